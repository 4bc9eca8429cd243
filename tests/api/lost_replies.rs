//! A network that loses replies: between clients and the service stands a proxy that hands every request on and drops each
//! tenth reply, after the service committed. Whoever was not answered asks again with the same key.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use serde_json::{Value, json};

use crate::support::program::{Reply, Service, ask};
use crate::support::{LOOSE, batch_path};

const WRITERS: usize = 8;
const ACTS: usize = 40;

/// Ends with the process; its threads wait for connections that no longer come.
struct Proxy {
    address: String,
    dropped: Arc<AtomicUsize>,
}

impl Proxy {
    fn before(service: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (service, dropped) = (service.to_owned(), Arc::new(AtomicUsize::new(0)));
        let count = Arc::clone(&dropped);
        thread::spawn(move || {
            for (number, client) in listener.incoming().enumerate() {
                let (service, count) = (service.clone(), Arc::clone(&count));
                thread::spawn(move || hand_on(client.unwrap(), &service, number % 10 == 3, &count));
            }
        });
        Self { address, dropped }
    }
}

/// One request, and its reply if that is not the one that is lost.
fn hand_on(mut client: TcpStream, service: &str, lose: bool, count: &AtomicUsize) {
    let mut request = Vec::new();
    let mut piece = [0; 4096];
    let whole = |request: &[u8]| {
        let end = request.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
        let head = std::str::from_utf8(&request[..end]).unwrap();
        let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: "))?;
        (request.len() - end >= length.parse::<usize>().unwrap()).then_some(())
    };
    while whole(&request).is_none() {
        let read = client.read(&mut piece).unwrap();
        assert!(read > 0, "the client broke off");
        request.extend_from_slice(&piece[..read]);
    }
    let mut reply = Vec::new();
    let mut there = TcpStream::connect(service).unwrap();
    there.write_all(&request).unwrap();
    // Whatever is answered was committed or refused by now.
    there.read_to_end(&mut reply).unwrap();
    if lose {
        count.fetch_add(1, Ordering::SeqCst);
    } else {
        client.write_all(&reply).unwrap();
    }
}

/// A client of the service behind the proxy.
#[derive(Clone, Copy)]
struct Client<'a> {
    address: &'a str,
    key: &'a str,
}

impl Client<'_> {
    /// Asks until there is an answer.
    fn post(self, path: &str, idempotency: &str, body: &Value) -> Reply {
        let bearer = format!("Bearer {}", self.key);
        let headers =
            [("Authorization", &*bearer), ("Content-Type", "application/json"), ("Idempotency-Key", idempotency)];
        (0..20)
            .find_map(|_| ask(self.address, "POST", path, &headers, &body.to_string()).ok())
            .unwrap_or_else(|| panic!("{path} was never answered"))
    }
}

fn loss(grams: u64) -> Value {
    json!({"quantity": grams, "reason": "drying"})
}

/// A service, its proxy, the key of a cooperative and its batch of a kilogram.
fn behind_a_proxy(folder: &std::path::Path) -> (Service, Proxy, String, String) {
    let service = Service::start(folder, &[]);
    let proxy = Proxy::before(&service.address);
    let cooperative =
        json!({"kind": "cooperative", "name": {"zh": "示范红旗脐橙合作社"}, "uscc": "93999001MA0000015G"});
    let key = service.admit(&cooperative).1;
    let product = json!({"gtin": LOOSE, "name": {"zh": "脐橙"}, "commodity": "navel_orange", "form": "loose",
        "unit": "grams"});
    assert_eq!(service.post("/api/v1/products", &key, &product).status, 201);
    let batch = json!({"basis": "collected", "gtin": LOOSE, "lot": "L1", "quantity": 1_000,
        "origin": {"zh": "示范县"}});
    let batch = service.post("/api/v1/batches", &key, &batch).json()["id"].as_str().unwrap().to_owned();
    (service, proxy, key, batch)
}

#[test]
fn each_act_has_one_effect_and_one_answer_however_often_it_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let (service, proxy, key, batch) = behind_a_proxy(folder.path());
    let (path, client) = (batch_path(&batch, "losses"), Client { address: &proxy.address, key: &key });
    let write = |writer: usize| -> Vec<(String, String)> {
        (0..ACTS)
            .map(|number| {
                let idempotency = format!("w{writer}-{number}");
                let reply = client.post(&path, &idempotency, &loss(1));
                assert_eq!(reply.status, 201, "{}", reply.body);
                (idempotency, reply.body)
            })
            .collect()
    };
    let answered: Vec<(String, String)> = thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS).map(|writer| scope.spawn(move || write(writer))).collect();
        writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect()
    });
    assert!(proxy.dropped.load(Ordering::SeqCst) >= WRITERS * ACTS / 10, "hardly any reply was lost");
    let receipts: BTreeSet<&String> = answered.iter().map(|(_, receipt)| receipt).collect();
    assert_eq!(receipts.len(), WRITERS * ACTS, "two acts share a receipt");
    let stored = service.get(&format!("/api/v1/batches/{batch}"), &key).json();
    assert_eq!(stored["balance"]["loss"], WRITERS * ACTS, "an act was done twice or not at all: {stored}");
    for (idempotency, receipt) in &answered {
        assert_eq!(client.post(&path, idempotency, &loss(1)).body, *receipt, "{idempotency}");
        let other = client.post(&path, idempotency, &loss(2));
        assert_eq!((other.status, other.json()["slug"].as_str()), (422, Some("idempotency-key-reused")));
    }
    let again = service.get(&format!("/api/v1/batches/{batch}"), &key).json();
    assert_eq!(again["balance"], stored["balance"]);
}

#[test]
fn those_who_send_one_key_at_once_all_get_the_one_answer() {
    let folder = tempfile::tempdir().unwrap();
    let (service, proxy, key, batch) = behind_a_proxy(folder.path());
    let (path, client) = (batch_path(&batch, "losses"), Client { address: &proxy.address, key: &key });
    for round in 0..20 {
        let idempotency = format!("round-{round}");
        let answers: Vec<Reply> = thread::scope(|scope| {
            let ask = || scope.spawn(|| client.post(&path, &idempotency, &loss(1)));
            let asking: Vec<_> = (0..WRITERS).map(|_| ask()).collect();
            asking.into_iter().map(|it| it.join().unwrap()).collect()
        });
        let different: BTreeSet<(u16, String)> = answers.into_iter().map(|it| (it.status, it.body)).collect();
        assert_eq!(different.len(), 1, "{different:?}");
        assert_eq!(different.first().unwrap().0, 201);
    }
    assert!(proxy.dropped.load(Ordering::SeqCst) >= 10);
    assert_eq!(service.get(&format!("/api/v1/batches/{batch}"), &key).json()["balance"]["loss"], 20);
}
