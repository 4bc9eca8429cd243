//! How the service ends: whoever was answered has it stored, whoever is in flight is answered, and the process goes.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::plot;
use crate::support::program::Service;

const WRITERS: usize = 8;

/// A request whose head was taken in and whose body has not been sent yet: certainly in flight.
struct Half {
    stream: BufReader<TcpStream>,
    body: String,
}

impl Half {
    fn begin(service: &Service, key: &str, body: &Value) -> Self {
        let (mut stream, body) = (TcpStream::connect(&service.address).unwrap(), body.to_string());
        let head = format!(
            "POST /api/v1/plots HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nConnection: close\r\n\
             Content-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut stream = BufReader::new(stream);
        let mut line = String::new();
        stream.read_line(&mut line).unwrap();
        assert!(line.starts_with("HTTP/1.1 100"), "{line}");
        Self { stream, body }
    }

    /// Sends the body; answers everything that comes back.
    fn finish(mut self) -> String {
        self.stream.get_mut().write_all(self.body.as_bytes()).unwrap();
        let mut answer = String::new();
        self.stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

/// Registers plots until nobody answers any more; the codes of those that were confirmed.
fn write_until_the_end(service: &Service, key: &str, writer: usize, answered: &AtomicUsize) -> Vec<String> {
    let mut confirmed = Vec::new();
    for number in 0.. {
        let code = format!("W{writer}-{number}");
        // An answer that is cut off panics in there.
        let Ok(reply) = service.try_post("/api/v1/plots", key, &plot(&code)) else { break };
        assert_eq!(reply.status, 201, "{}", reply.body);
        confirmed.push(code);
        answered.fetch_add(1, Ordering::SeqCst);
    }
    confirmed
}

#[test]
fn who_was_answered_before_the_end_has_it_stored_and_who_is_in_flight_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start(folder.path(), &[]);
    let cooperative =
        json!({"kind": "cooperative", "name": {"zh": "示范红旗脐橙合作社"}, "uscc": "93999001MA0000015G"});
    let key = service.admit(&cooperative).1;
    // One that nobody uses any more must not hold up the end.
    let idle = TcpStream::connect(&service.address).unwrap();
    let answered = AtomicUsize::new(0);
    let (confirmed, last) = thread::scope(|scope| {
        let (service, key, answered) = (&service, &key, &answered);
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| scope.spawn(move || write_until_the_end(service, key, writer, answered)))
            .collect();
        while answered.load(Ordering::SeqCst) < 50 {
            thread::yield_now();
        }
        let half = Half::begin(service, key, &plot("LAST"));
        service.terminate();
        let confirmed: Vec<_> = writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect();
        let asked = Instant::now();
        while TcpStream::connect(&service.address).is_ok() {
            assert!(asked.elapsed() < Duration::from_secs(5), "it takes somebody new");
        }
        (confirmed, half.finish())
    });
    assert!(last.contains("HTTP/1.1 201") && last.ends_with('}'), "{last}");
    let (operator, place) = (service.operator.clone(), service.place.clone());
    let (code, log) = service.ended(Duration::from_secs(10));
    drop(idle);
    assert_eq!(code, Some(0), "{log}");
    let again = Service::serve(folder.path(), &place, &[], operator);
    let stored = again.plot_codes(&key);
    let lost: Vec<_> =
        confirmed.iter().chain([&"LAST".to_owned()]).filter(|code| !stored.contains(*code)).cloned().collect();
    assert!(lost.is_empty() && confirmed.len() >= 50, "{lost:?} of {}", confirmed.len());
}
