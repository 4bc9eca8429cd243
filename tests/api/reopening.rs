//! The log begun anew without its old key: possible, on purpose only, and nobody takes it for what it is not.

use std::process::{Command, Stdio};

use serde_json::{Value, json};
use suyuan::domain::record::Record;
use suyuan::log::{SignedCheckpoint, VerifierKey};

use crate::guard::{HONGQI, Instance, admit, place, public, stop};
use crate::support::LOOSE;
use crate::support::program::{Service, on, suyuan};

const REASON: &[&str] = &["log", "reopen", "--reason", "the key was lost with its machine"];
const LOST: &[&str] = &["log", "reopen", "--reason", "the key was lost with its machine", "--old-key-lost"];

/// Exit code and all that was said.
fn said(command: &mut Command) -> (i32, String) {
    let output = command.stderr(Stdio::piped()).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
}

fn monitor(instance: &Instance, service: &Service, state: &str, more: &[&str]) -> (i32, String) {
    let mut command = suyuan(&["monitor", &format!("http://{}", service.address), "--state"]);
    said(command.arg(instance.path().join(state)).args(more))
}

/// As [`Instance::verb`]; where the service starts although it must not, the test does not stand still.
fn verb(instance: &Instance, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new("timeout");
    command.args(["20", env!("CARGO_BIN_EXE_suyuan")]).args(arguments).env("RUST_LOG", "warn");
    let output = on(command, instance.path(), &place(instance.path())).output().unwrap();
    (output.status.code(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
}

/// A batch of a cooperative, opened over REST.
fn batch(service: &Service) -> String {
    let cooperative = json!({"kind": "cooperative", "name": {"zh": HONGQI.0}, "uscc": HONGQI.1});
    let key = service.admit(&cooperative).1;
    let made = |path: &str, body: Value| {
        let made = service.post(path, &key, &body);
        assert_eq!(made.status, 201, "{}", made.body);
        made.json()["id"].as_str().unwrap().to_owned()
    };
    let product = json!({"gtin": LOOSE, "name": {"zh": "脐橙（散装）"}, "commodity": "navel_orange", "form": "loose",
        "unit": "grams"});
    made("/api/v1/products", product);
    let collected =
        json!({"basis": "collected", "gtin": LOOSE, "lot": "L1", "quantity": 10, "origin": {"zh": "示范县"}});
    made("/api/v1/batches", collected)
}

/// What `suyuan verify` says of a batch's audit pack under a policy that trusts this key.
fn judged(instance: &Instance, service: &Service, batch: &str, key: &str) -> (i32, String) {
    let [pack, policy] = ["pack.zip", "policy"].map(|name| instance.path().join(name));
    let url = format!("http://{}/api/v1/batches/{batch}/audit-pack", service.address);
    assert!(Command::new("curl").args(["-sSf", &url, "-o"]).arg(&pack).status().unwrap().success());
    std::fs::write(&policy, format!("log {key}\nquorum none\n")).unwrap();
    said(suyuan(&["verify"]).arg(&pack).arg("--policy").arg(&policy))
}

fn sole_key(service: &Service) -> String {
    let key = public(service, "/log/key").1;
    assert_eq!(key.lines().count(), 1, "{key}");
    key.trim().to_owned()
}

#[test]
fn a_log_whose_key_is_lost_is_begun_anew_on_purpose_and_everybody_can_tell() {
    let instance = Instance::new();
    let service = instance.serve(&[]);
    let batch = batch(&service);
    let (old_key, old) = (sole_key(&service), public(&service, "/log/checkpoint").1);
    assert_eq!(monitor(&instance, &service, "followed", &[]).0, 0);
    stop(service);
    let (code, words) = instance.verb(LOST);
    assert!(code == Some(1) && words.contains("nothing is wrong"), "nothing to begin: {words}");
    std::fs::remove_file(instance.path().join("log/key")).unwrap();

    for arguments in [&["serve", "--listen", "127.0.0.1:0"], REASON, &["log", "key", "--origin", "sy.example/log"]] {
        let (code, words) = verb(&instance, arguments);
        assert!(code == Some(1) && words.contains("suyuan log reopen --old-key-lost"), "{words}");
    }
    let (code, words) = instance.verb(LOST);
    assert_eq!(code, Some(0), "{words}");
    assert!(words.contains("epoch 2 has begun as sy.example/log/2; 4 entries were kept"), "{words}");
    assert!(words.contains("nobody can tell it from a stranger's"), "{words}");

    let service = instance.serve(&[]);
    let new_key = sole_key(&service);
    assert!(words.contains(&new_key), "{words}");
    let note = public(&service, "/log/checkpoint").1;
    assert_eq!(note.lines().take(2).collect::<Vec<_>>(), ["sy.example/log/2", "5"]);
    let key: VerifierKey = new_key.parse().unwrap();
    SignedCheckpoint::parse(note.as_bytes()).unwrap().verify(&[key]).unwrap();
    let store = place(instance.path()).open(
        std::sync::Arc::new(suyuan::app::clock::SystemClock),
        std::sync::Arc::new(suyuan::app::randomness::SystemRandomness),
    );
    let record = Record::parse(&suyuan::store::Records::log(&*store, 4, 1).unwrap()[0].bytes).unwrap();
    let body = Value::from(record.body);
    assert_eq!(record.kind, "log.reopened");
    assert_eq!((body["kept"].as_u64(), body["checkpoint"].as_str()), (Some(4), Some(&*old)), "{body}");
    assert_eq!((body["vkey"].as_str(), body.get("signed")), (Some(&*new_key), None), "{body}");
    // The old epoch stays what it was; its key is not told, for nobody here has it.
    assert_eq!(public(&service, "/log/epoch/1/checkpoint"), (200, old));
    assert_eq!(public(&service, "/log/epoch/1/key").0, 404);

    let (code, words) = monitor(&instance, &service, "followed", &[]);
    assert_eq!(code, 1, "a monitor leaves the judging to people: {words}");
    let (code, words) = monitor(&instance, &service, "by-the-old-key", &["--vkey", &old_key]);
    assert_eq!(code, 1, "{words}");
    let (code, words) = monitor(&instance, &service, "anew", &["--vkey", &new_key]);
    assert!(code == 0 && words.contains("5 records of"), "{code} {words}");
    let (code, words) = judged(&instance, &service, &batch, &new_key);
    assert_eq!(code, 0, "{words}");
    let (code, words) = judged(&instance, &service, &batch, &old_key);
    assert_ne!(code, 0, "{words}");
    assert_eq!(admit(&service, crate::guard::BUYER.0, crate::guard::BUYER.1).status, 201);
    stop(service);
}

#[test]
fn a_log_whose_whole_folder_is_lost_is_not_written_on_as_if_there_had_been_none() {
    let instance = Instance::new();
    let service = instance.serve(&[]);
    batch(&service);
    stop(service);
    std::fs::remove_dir_all(instance.path().join("log")).unwrap();
    for arguments in [&["serve", "--listen", "127.0.0.1:0"], REASON, &["log", "key", "--origin", "sy.example/log"]] {
        let (code, words) = verb(&instance, arguments);
        assert!(code == Some(1) && words.contains("suyuan log reopen --old-key-lost"), "{words}");
    }
    let (code, words) = instance.verb(LOST);
    assert_eq!(code, Some(0), "{words}");
    // The last note was in the guard alone.
    assert!(words.contains("epoch 2 has begun as sy.example/log/2; 3 entries were kept"), "{words}");
    let service = instance.serve(&[]);
    assert_eq!(monitor(&instance, &service, "anew", &["--vkey", &sole_key(&service)]).0, 0);
    stop(service);
}

#[test]
fn a_key_that_is_there_signs_the_new_epoch_whatever_is_said_of_it() {
    let instance = Instance::new();
    let service = instance.serve(&[]);
    assert_eq!(admit(&service, HONGQI.0, HONGQI.1).status, 201);
    stop(service);
    std::fs::remove_file(instance.path().join("log/guard")).unwrap();
    let (code, words) = instance.verb(LOST);
    assert_eq!(code, Some(1), "{words}");
    assert!(words.contains("is not lost, it is here"), "{words}");
    assert_eq!(instance.verb(REASON).0, Some(0));
}

#[test]
fn a_second_epoch_ends_without_its_key_like_the_first() {
    let instance = Instance::new();
    let service = instance.serve(&[]);
    assert_eq!(admit(&service, HONGQI.0, HONGQI.1).status, 201);
    stop(service);
    let key = instance.path().join("log/key");
    for epoch in [2, 3] {
        std::fs::remove_file(&key).unwrap();
        let (code, words) = instance.verb(LOST);
        assert!(code == Some(0) && words.contains(&format!("epoch {epoch} has begun")), "{words}");
    }
    let service = instance.serve(&[]);
    let note = public(&service, "/log/checkpoint").1;
    assert_eq!(note.lines().take(2).collect::<Vec<_>>(), ["sy.example/log/3", "4"]);
    assert!(public(&service, "/log/epoch/2/checkpoint").1.starts_with("sy.example/log/2\n3\n"));
    assert!(public(&service, "/log/epoch/1/checkpoint").1.starts_with("sy.example/log\n2\n"));
    stop(service);
}
