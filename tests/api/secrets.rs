//! Canaries: secrets that a careless line would write into the log, planted while the service logs all it can.

use std::time::Duration;

use serde_json::{Value, json};
use suyuan::app::clock::SystemClock;
use suyuan::domain::ports::Clock as _;

use crate::support::program::{Service, ask};
use crate::support::{LOOSE, batch_path, harvest, plot};

const SAMPLER: &str = "canary-sampler";
const BUYER: &str = "canary-buyer";
const ORDER: &str = "canary-order";
const GROWER: &str = "canary-grower";
const QUERY: &str = "canary-query";
const CONTACT: &str = "canary-contact";
const REFUSED: &str = "canary-refused";

#[test]
fn no_secret_is_logged_for_people() {
    nothing_secret_is_logged_as("pretty");
}

#[test]
fn no_secret_is_logged_for_programs() {
    nothing_secret_is_logged_as("json");
}

fn nothing_secret_is_logged_as(format: &str) {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start(folder.path(), &[("RUST_LOG", "debug"), ("SUYUAN_LOG_FORMAT", format)]);
    let mut secrets = sealed_values(&service);
    secrets.extend(credentials(&service));
    secrets.extend(visitors(&service));
    secrets.extend(people(&service));
    service.terminate();
    let (code, log) = service.ended(Duration::from_secs(10));
    assert_eq!(code, Some(0));
    assert!(log.contains("DEBUG") && log.contains("/api/v1/plots"), "it logs in detail: {log}");
    assert_eq!(log.lines().next().unwrap().starts_with('{'), format == "json", "{log}");
    for secret in &secrets {
        assert!(secret.len() > 8 && !log.contains(secret.as_str()), "{secret} is in the log: {log}");
    }
}

fn made(service: &Service, path: &str, key: &str, body: &Value) -> String {
    let reply = service.post(path, key, body);
    assert_eq!(reply.status, 201, "{}", reply.body);
    reply.json()["id"].as_str().unwrap().to_owned()
}

/// Acts with values that are sealed, accepted and refused; answers the values.
fn sealed_values(service: &Service) -> Vec<String> {
    let admit = |kind: &str, zh: &str, uscc: &str| {
        service.admit(&json!({"kind": kind, "name": {"zh": zh}, "uscc": uscc, "contact": CONTACT}))
    };
    let (_, key) = admit("cooperative", "示范红旗脐橙合作社", "93999001MA0000015G");
    let (laboratory, _) = admit("laboratory", "示范县农产品快检中心", "12999001MA00001115");
    let (buyer, _) = admit("buyer", BUYER, "91999002MA00003143");
    let product =
        json!({"gtin": LOOSE, "name": {"zh": "脐橙"}, "commodity": "navel_orange", "form": "loose", "unit": "grams"});
    made(service, "/api/v1/products", &key, &product);
    let mut with_grower = plot("SF-P01");
    with_grower["grower"] = json!(GROWER);
    let plot = made(service, "/api/v1/plots", &key, &with_grower);
    let today = SystemClock.now().civil_date(480);
    let mut opening = harvest(&plot, "SF26P011116", 1_000);
    opening["picked"] = json!({"from": today, "to": today});
    let batch = made(service, "/api/v1/batches", &key, &opening);
    let sample = json!({"laboratory": laboratory, "code": "S-1", "quantity": 10, "sampler": SAMPLER});
    made(service, &batch_path(&batch, "samples"), &key, &sample);
    let shipment =
        |quantity: u64, order: &str| json!({"to_uscc": "91999002MA00003143", "quantity": quantity, "order": order});
    made(service, &batch_path(&batch, "shipments"), &key, &shipment(10, ORDER));
    let overdrawn = service.post(&batch_path(&batch, "shipments"), &key, &shipment(100_000, REFUSED));
    assert_eq!(overdrawn.status, 409);
    let unreadable = service.post(&batch_path(&batch, "shipments"), &key, &json!({"order": {"no": REFUSED}}));
    assert_eq!(unreadable.status, 400);
    let read = service.get(&batch_path(&batch, "openings"), &key);
    assert!(read.body.contains(ORDER), "{}", read.body);
    [SAMPLER, BUYER, ORDER, GROWER, CONTACT, REFUSED, buyer.as_str(), key.as_str(), &key[3..]].map(str::to_owned).into()
}

/// Good and wrong credentials, used; answers them.
fn credentials(service: &Service) -> Vec<String> {
    let key = &service.operator.1;
    let token = service.post("/api/v1/token", key, &Value::Null).json()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(service.get("/api/v1/organisations", &token).status, 200);
    let (wrong, forged) = (format!("sy_{}", "c0ffee00".repeat(8)), format!("{}AAAA", &token[..token.len() - 4]));
    let short = "sy_canary-short";
    for bearer in [&wrong, &forged, short] {
        assert_eq!(service.get("/api/v1/organisations", bearer).status, 401);
    }
    let signature = token.rsplit('.').next().unwrap();
    [key, &key[3..], &token, signature, &wrong, &wrong[3..], &forged, short].map(str::to_owned).into()
}

/// What people show at the door, right and wrong, and what they get; answers it.
fn people(service: &Service) -> Vec<String> {
    let link = String::from_utf8(service.beside(&["admin", "invite", "--name", "canary-name"]).stdout).unwrap();
    let path = link.trim().strip_prefix(&format!("http://{}", service.address)).unwrap_or(link.trim());
    let path = &path[path.find("/invitation/").unwrap()..];
    let (password, login) = ("canary-kettle-orchid-tractor", "canary.login");
    let fields = format!("name=canary-name&login={login}&password={password}&again={password}");
    let (joined, form) = service.fill(path, &fields);
    assert_eq!(joined.status, 303, "{}", joined.body);
    let given: Vec<String> = joined
        .head
        .lines()
        .filter_map(|line| line.strip_prefix("set-cookie: "))
        .filter_map(|cookie| Some(cookie.split(';').next()?.split_once('=')?.1.to_owned()))
        .filter(|value| !value.is_empty())
        .collect();
    assert_eq!(given.len(), 2, "a session and a mark: {}", joined.head);
    let cookies = format!("session={}; device={}", given[0], given[1]);
    let page = ask(&service.address, "GET", "/login/authenticator", &[("Cookie", &cookies)], "").unwrap();
    let secret = page.body.split("name=\"secret\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let (wrong, other) = service.fill("/login", "login=canary.stranger&password=canary-wrong-password");
    assert_eq!(wrong.status, 422);
    let form_secrets = [form, other].map(|cookie| cookie.split_once('=').unwrap().1.to_owned());
    let told = ["canary-name", password, login, "canary.stranger", "canary-wrong-password", &path[12..], &secret];
    told.iter().map(|text| (*text).to_owned()).chain(given).chain(form_secrets).collect()
}

/// What people who scan send along; answers it.
fn visitors(service: &Service) -> Vec<String> {
    let get = |path: &str| ask(&service.address, "GET", path, &[("Cookie", "session=canary-cookie")], "").unwrap();
    assert_eq!(get(&format!("/01/{LOOSE}/10/SF26P011116?utm_id={QUERY}")).status, 200);
    assert_eq!(get(&format!("/?q={QUERY}")).status, 200);
    assert_eq!(get(&format!("/01/{LOOSE}/10/canary-lot")).status, 404);
    let form = format!("code=x&kind=other&text=canary-story&contact={CONTACT}");
    let headers = [("Content-Type", "application/x-www-form-urlencoded")];
    let sent = ask(&service.address, "POST", "/report", &headers, &form).unwrap();
    assert!([200, 422].contains(&sent.status), "{}", sent.body);
    [QUERY, "canary-cookie", "canary-lot", "canary-story"].map(str::to_owned).into()
}
