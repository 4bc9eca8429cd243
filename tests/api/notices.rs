//! What organisations are told, on a page and at addresses of theirs.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use suyuan::app::notices::{deliver, tell};
use suyuan::outgoing::reach::Reach;
use suyuan::outgoing::signature;
use suyuan::outgoing::webhook::{Message, Sender};

use crate::packs::packed;
use crate::support::desk::{Desk, texts};
use crate::support::{TestApp, batch_path};

/// A request that came: its headers in lower case, and its body.
type Came = (Vec<String>, String);

/// Somebody's own system, which answers as it is told.
struct Receiver {
    url: String,
    came: Arc<Mutex<Vec<Came>>>,
    answer: Arc<Mutex<&'static str>>,
}

impl Receiver {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let (came, answer) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new("204 No Content")));
        let (heard, says) = (Arc::clone(&came), Arc::clone(&answer));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let lines = reader.by_ref().lines().map(Result::unwrap).take_while(|line| !line.is_empty());
                let head: Vec<String> = lines.collect();
                let length =
                    head.iter().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
                let mut body = vec![0; length.unwrap_or(0)];
                reader.read_exact(&mut body).unwrap();
                heard.lock().unwrap().push((head, String::from_utf8(body).unwrap()));
                let status = *says.lock().unwrap();
                let _ = write!(
                    stream,
                    "HTTP/1.1 {status}\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                );
            }
        });
        Self { url, came, answer }
    }

    fn came(&self) -> Vec<Came> {
        std::mem::take(&mut *self.came.lock().unwrap())
    }
}

fn header(head: &[String], name: &str) -> String {
    let found = head.iter().find_map(|line| {
        let (known, value) = line.split_once(": ")?;
        known.eq_ignore_ascii_case(name).then(|| value.to_owned())
    });
    found.unwrap_or_else(|| panic!("no {name} in {head:?}"))
}

async fn told(app: &TestApp) -> usize {
    let app = app.app.clone();
    actix_web::web::block(move || tell(&app).unwrap()).await.unwrap()
}

async fn delivered(app: &TestApp) -> usize {
    let app = app.app.clone();
    actix_web::web::block(move || deliver(&app, &Sender::new(Reach::Private)).unwrap()).await.unwrap()
}

/// A harvest whose sample fails; answers the batch.
async fn failed_test(app: &TestApp) -> String {
    let season = app.season().await;
    let batch = app.harvest(&season, "SF26P011116", 9_600_000).await;
    let result =
        json!({"analyte": "啶虫脒", "value": "0.9", "unit": "mg/kg", "limit": "0.5", "limit_source": "GB 2763-2026"});
    reported(app, &batch, result).await;
    batch
}

async fn reported(app: &TestApp, batch: &str, result: Value) {
    reported_as(app, batch, "S-1", result).await;
}

async fn reported_as(app: &TestApp, batch: &str, code: &str, result: Value) {
    let drawn = json!({"laboratory": app.laboratory.id, "code": code, "quantity": 1});
    let sample = app.cooperative.made(&batch_path(batch, "samples"), drawn).await;
    app.laboratory.act(&format!("/api/v1/samples/{sample}/receipt"), json!({"condition": "完好"})).await;
    let report =
        json!({"report_no": code.replace('S', "R"), "tier": "third_party", "signer": "李签字", "results": [result]});
    app.laboratory.act(&format!("/api/v1/samples/{sample}/reports"), report).await;
}

fn badge(page: &str) -> Vec<String> {
    texts(page, ".me .badge")
}

/// Adds an address; answers its secret.
async fn address(desk: &Desk, url: &str) -> String {
    let page = desk.fill("/console/webhooks", &[("url", url)]).await.expect(200).text();
    texts(&page, "#made code").remove(0)
}

#[actix_web::test]
async fn whom_it_concerns_is_told_once_and_nobody_else() {
    let app = TestApp::start().await;
    let batch = failed_test(&app).await;
    assert!(told(&app).await >= 2);
    assert_eq!(told(&app).await, 0, "nothing is told twice");
    let (coop, laboratory) = (app.desk(&app.cooperative).await, app.desk(&app.laboratory).await);
    let page = coop.page("/console/notices").await;
    assert_eq!(badge(&page), ["1"]);
    let lines = texts(&page, ".waiting li");
    assert!(lines.len() == 1 && lines[0].contains("SF26P011116 · R-1") && lines[0].contains("不合格"), "{lines:?}");
    assert!(page.contains(&format!("/console/batches/{batch}")));
    let lines = texts(&laboratory.page("/console/notices").await, ".waiting li");
    assert!(lines.len() == 1 && lines[0].contains("S-1") && !lines[0].contains("SF26P011116"), "{lines:?}");
    let other = app.desk(&app.other_cooperative).await;
    assert!(texts(&other.page("/console/notices").await, ".waiting li").is_empty());

    let mut form = [("csrf".to_owned(), String::new())].into();
    assert_eq!(coop.post("/console/notices/seen", &form).await.status, 403);
    form.insert("csrf".into(), page.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().into());
    coop.post("/console/notices/seen", &form).await.expect(303);
    let page = coop.page("/console/notices").await;
    assert!(badge(&page).is_empty() && texts(&page, ".waiting li").len() == 1, "seen, and still there");
    assert_eq!(badge(&laboratory.page("/console").await), ["1"], "each house for itself");
}

#[actix_web::test]
async fn a_licence_that_ends_is_told_to_both_sides_thirty_days_before_and_once() {
    let app = TestApp::start().await;
    app.season().await;
    app.licence(100).await;
    told(&app).await;
    let (coop, association) = (app.desk(&app.cooperative).await, app.desk(&app.association).await);
    let lines = async |desk: &Desk| texts(&desk.page("/console/notices").await, ".waiting li");
    assert!(lines(&coop).await[0].contains("得到授权") && lines(&association).await.is_empty());
    for (day, ends) in [("2027-05-01", 0), ("2027-05-02", 1), ("2027-05-03", 1), ("2027-06-02", 1)] {
        app.on(day);
        told(&app).await;
        // Sessions have ended with the days.
        for client in [&app.cooperative, &app.association] {
            let told = lines(&app.desk(client).await).await;
            let ending = told.iter().filter(|line| line.contains("到期")).count();
            assert_eq!(ending, ends, "{day}: {told:?}");
        }
    }
}

#[actix_web::test]
async fn a_recall_reaches_whoever_was_shipped_of_it_or_of_what_was_made_of_it() {
    let app = TestApp::start().await;
    let season = app.season().await;
    let batch = app.harvest(&season, "L1", 9_600_000).await;
    app.cooperative
        .act(&batch_path(&batch, "splits"), json!({"parts": [{"lot": "L1-1", "quantity": 1_000_000}]}))
        .await;
    let part =
        app.cooperative.get("/api/v1/batches?lot=L1-1").await.ok()["items"][0]["id"].as_str().unwrap().to_owned();
    for (of, quantity) in [(&part, 1_000), (&batch, 2_000)] {
        let shipped = json!({"to_uscc": crate::support::BUYER[2], "quantity": quantity});
        app.cooperative.act(&batch_path(of, "shipments"), shipped).await;
    }
    told(&app).await;
    let recall = json!({"class": 2, "reason": {"zh": "农残超标", "en": "Residues"}});
    app.cooperative.act(&batch_path(&batch, "recalls"), recall).await;
    told(&app).await;
    let lines = texts(&app.desk(&app.buyer).await.page("/console/notices").await, ".waiting li");
    // Of each shipment: whoever is told of one of two lots goes on selling the other.
    let recalled: Vec<&String> = lines.iter().filter(|line| line.contains("召回")).collect();
    assert!(recalled.len() == 2 && lines.len() == 4, "{lines:?}");
    assert_eq!(recalled.iter().filter(|line| line.contains("L1-1")).count(), 1, "{lines:?}");
}

#[actix_web::test]
async fn a_report_that_nothing_was_judged_by_is_not_told_as_passed() {
    let app = TestApp::start().await;
    let season = app.season().await;
    let batch = app.harvest(&season, "SF26P011116", 9_600_000).await;
    reported(&app, &batch, json!({"analyte": "啶虫脒", "value": "0.9", "unit": "mg/kg"})).await;
    told(&app).await;
    let notices = app.app.store.notices(app.cooperative.id.parse().unwrap(), None, 10).unwrap().rows;
    assert_eq!(notices[0].kind.as_str(), "result.not_judged");
    let page = app.desk(&app.cooperative).await.page("/console/notices").await;
    assert!(texts(&page, ".waiting li")[0].contains("未作判定"));
}

#[actix_web::test]
async fn an_association_is_told_of_a_failed_test_of_what_is_packed_under_its_mark() {
    let app = TestApp::start().await;
    let (_, packs, licence) = packed(&app).await;
    let over =
        json!({"analyte": "啶虫脒", "value": "0.9", "unit": "mg/kg", "limit": "0.5", "limit_source": "GB 2763-2026"});
    reported(&app, &packs, over).await;
    told(&app).await;
    let page = app.desk(&app.association).await.page("/console/notices").await;
    let lines = texts(&page, ".waiting li");
    assert!(lines.len() == 1 && lines[0].contains("P01 · R-1"), "{lines:?}");
    assert!(page.contains(&format!("/console/licences/{licence}")));
}

#[actix_web::test]
async fn an_address_that_fails_rests_and_one_that_was_ended_meanwhile_stays_ended() {
    let app = TestApp::start().await;
    let (dead, alive) = (Receiver::start(), Receiver::start());
    *dead.answer.lock().unwrap() = "500 Internal Server Error";
    app.on("2026-11-16");
    let coop = app.desk(&app.cooperative).await;
    address(&coop, &dead.url).await;
    let season = app.season().await;
    for lot in 0..12 {
        let batch = app.harvest(&season, &format!("L{lot}"), 10_000).await;
        let limits = json!({"analyte": "啶虫脒", "value": "0.1", "unit": "mg/kg", "limit": "0.5",
            "limit_source": "GB 2763-2026"});
        reported_as(&app, &batch, &format!("S-{lot}"), limits).await;
    }
    told(&app).await;
    delivered(&app).await;
    let tried = dead.came().len();
    assert!(tried <= 8, "one look at an address that fails, not twelve: {tried}");
    // What is in hand when its address ends is not taken up again.
    address(&coop, &alive.url).await;
    let home = app.cooperative.id.parse().unwrap();
    app.at("2026-11-16T03:00:00.000Z");
    let (delivery, webhook, _) = app.app.store.due(app.app.now(), 1).unwrap().remove(0);
    let until = app.app.now().plus_minutes(1);
    assert!(app.app.store.claim(&delivery, until).unwrap());
    assert!(app.app.store.end_webhook(home, webhook.id, app.app.now()).unwrap());
    let settled = suyuan::app::notices::Delivery { next_at: Some(until.plus_minutes(5)), ..delivery };
    app.app.store.settle(&settled, until).unwrap();
    app.on("2026-11-18");
    assert!(app.app.store.due(app.app.now(), 100).unwrap().is_empty());
    assert_eq!(delivered(&app).await, 0);
}

#[actix_web::test]
async fn a_webhook_is_told_too_signed_and_again_until_it_has_heard() {
    let app = TestApp::start().await;
    let receiver = Receiver::start();
    app.on("2026-11-16");
    let coop = app.desk(&app.cooperative).await;
    let secret = address(&coop, &receiver.url).await;
    assert!(secret.starts_with("whsec_") && !coop.page("/console/webhooks").await.contains(&secret), "shown once");
    *receiver.answer.lock().unwrap() = "302 Found";
    failed_test(&app).await;
    told(&app).await;
    assert_eq!((delivered(&app).await, delivered(&app).await), (1, 0), "the next attempt has its time");
    let (head, body) = receiver.came().remove(0);
    let parsed: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(
        (parsed["type"].as_str().unwrap(), parsed["data"]["about"].as_str().unwrap()),
        ("result.failed", "SF26P011116 · R-1")
    );
    let (id, seconds) = (header(&head, "webhook-id"), header(&head, "webhook-timestamp"));
    let key = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, &secret["whsec_".len()..]).unwrap();
    assert_eq!(header(&head, "webhook-signature"), signature::sign(&key, &id, seconds.parse().unwrap(), &body));

    // A redirect is no yes, and is not followed. Ten seconds later it is tried again, under the same id.
    app.at("2026-11-16T02:00:10.000Z");
    *receiver.answer.lock().unwrap() = "204 No Content";
    assert_eq!(delivered(&app).await, 1);
    let (head, again) = receiver.came().remove(0);
    assert_eq!((header(&head, "webhook-id"), again), (id, body));
    app.on("2026-11-17");
    assert_eq!(delivered(&app).await, 0, "what has arrived is not sent again");
}

#[actix_web::test]
async fn what_never_arrives_is_given_up_after_ten_attempts_and_sent_again_by_hand() {
    let app = TestApp::start().await;
    let receiver = Receiver::start();
    *receiver.answer.lock().unwrap() = "500 Internal Server Error";
    app.on("2026-11-16");
    let coop = app.desk(&app.cooperative).await;
    address(&coop, &receiver.url).await;
    failed_test(&app).await;
    told(&app).await;
    for day in 16..=30 {
        app.on(&format!("2026-11-{day}"));
        delivered(&app).await;
    }
    assert_eq!(receiver.came().len(), 10);
    let coop = app.desk(&app.cooperative).await;
    let list = coop.page("/console/webhooks").await;
    let log = list.split("href=\"/console/webhooks/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let log = format!("/console/webhooks/{log}");
    let page = coop.page(&log).await;
    let row = texts(&page, "tbody tr").remove(0);
    assert!(row.contains("已放弃") && row.contains("500") && row.contains("10"), "{row}");
    *receiver.answer.lock().unwrap() = "200 OK";
    let hidden = |name: &str| {
        page.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    let once = page.split("name=\"once\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let form = [("csrf".to_owned(), hidden("csrf")), ("once".to_owned(), once)].into();
    // Nobody else has it sent again, or sees that it is there.
    let stranger = app.desk(&app.other_cooperative).await;
    stranger.get(&log).await.expect(404);
    coop.post(&format!("{log}/replay"), &form).await.expect(303);
    assert_eq!((delivered(&app).await, receiver.came().len()), (1, 1));
    assert!(texts(&coop.page(&log).await, "tbody tr")[0].contains("已送达"));
    // An address that has ended hears nothing more.
    coop.post(&format!("{log}/end"), &form).await.expect(303);
    coop.post(&format!("{log}/replay"), &form).await.expect(404);
    assert_eq!(delivered(&app).await, 0);
}

#[actix_web::test]
async fn addresses_are_for_managers_who_are_at_the_keyboard_and_say_what_is_wrong_with_them() {
    let app = TestApp::start().await;
    let coop = app.desk(&app.cooperative).await;
    for (url, sentence) in [("hooks.example", "https://"), ("https://u:p@hooks.example/", "用户名"), ("", "地址")]
    {
        let page = coop.fill("/console/webhooks", &[("url", url)]).await.expect(422).text();
        let errors = texts(&page, ".field-error");
        assert!(errors.len() == 1 && errors[0].contains(sentence), "{url}: {errors:?}");
        assert!(page.contains(&format!("value=\"{url}\"")), "what was typed is kept");
    }
    // A name that leads inside is taken, for it may lead elsewhere tomorrow; nothing is sent there, and where it leads is not told.
    assert_eq!(Reach::Public.check("https://127.1/"), Ok(()));
    // Ten work at most; one that was ended makes room.
    for number in 0..10 {
        address(&coop, &format!("https://hooks.example/{number}")).await;
    }
    for (language, says) in [("zh-CN", "10 个"), ("en", "At most 10")] {
        *coop.language.borrow_mut() = language;
        let eleventh = [("url", "https://hooks.example/eleventh")];
        let page = coop.fill("/console/webhooks", &eleventh).await.expect(422).text();
        assert!(
            texts(&page, ".field-error")[0].contains(says) && page.contains("value=\"https://hooks.example/eleventh")
        );
    }
    *coop.language.borrow_mut() = "zh-CN";
    let all = app.store.webhooks(app.cooperative.id.parse().unwrap()).unwrap();
    assert_eq!(all.len(), 10);
    let end = format!("/console/webhooks/{}/end", all[0].id);
    coop.post(&end, &[("csrf".to_owned(), coop.csrf())].into()).await.expect(303);
    address(&coop, "https://hooks.example/eleventh").await;
    let worker = app.desk_as(&app.cooperative, suyuan::domain::people::MemberKind::Worker).await;
    worker.get("/console/webhooks").await.expect(403);
    worker.get("/console/notices").await.expect(200);
    // An hour later he may have left his place.
    app.at("2026-09-01T03:00:00.000Z");
    let page = coop.page("/console/webhooks").await;
    assert!(page.contains("/console/prove?then=/console/webhooks") && !page.contains("name=\"url\""));
    for act in ["end", "replay"] {
        let path = format!("/console/webhooks/{}/{act}", "0".repeat(32));
        let answer = coop.post(&path, &[("csrf".to_owned(), coop.csrf())].into()).await;
        assert!(
            answer.status == 303
                && answer.header("location").unwrap().starts_with("/console/prove?then=/console/webhooks")
        );
    }
}

#[test]
fn nothing_but_the_public_internet_is_called_whatever_a_name_says() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    // The last two are no addresses by their form, and lead inside when they are looked up.
    for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "127.1", "0x7f.0.0.1"] {
        let url = format!("https://{host}:{port}/");
        let message = Message { url: &url, secret: &[1; 32], id: "m", seconds: 1, body: "{}" };
        let refused = Sender::new(Reach::Public).send(&message).unwrap_err();
        assert!(refused.contains("not on the public internet"), "{host}: {refused}");
        assert!(!refused.contains("127.") && !refused.contains("::"), "where it leads is not told: {refused}");
        assert!(listener.accept().is_err(), "nobody called");
    }
}
