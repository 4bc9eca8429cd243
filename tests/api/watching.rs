//! The service, a witness and a monitor together: what an honest log shows them, and what a dishonest one cannot hide.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use suyuan::app::log::Keys;
use suyuan::app::log::witnesses::Witnesses;
use suyuan::app::randomness::SystemRandomness;
use suyuan::domain::ports::Guard as _;
use suyuan::log::guard::FileGuard;
use suyuan::log::{AddCheckpoint, CosigningKey, Note, Policy, SignedCheckpoint, VerifierKey, keyring};

use crate::guard::{BUYER, HONGQI, Instance, JIANGAN, admit, place, public, stop};
use crate::support::program::{Service, suyuan};
use crate::support::witness::Witness;
use crate::support::{TestApp, scan_path};

fn vkey(instance: &Instance) -> VerifierKey {
    keyring::read(&instance.path().join("log/key")).unwrap().unwrap()[0].verifier().clone()
}

fn witness(instance: &Instance) -> Witness {
    Witness::start(&instance.path().join("witness"), "witness.example", &vkey(instance))
}

/// A policy that wants this witness, in a file.
fn policy(instance: &Instance, key: &VerifierKey, url: &str) -> PathBuf {
    let path = instance.path().join("policy");
    let log = vkey(instance);
    std::fs::write(&path, format!("log {log}\nwitness 协会 {key} {url}\nquorum 协会\n")).unwrap();
    path
}

#[track_caller]
fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "never came: {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// The note at an address of the log once it is over this many records.
#[track_caller]
fn note_of(service: &Service, path: &str, size: u64) -> String {
    until(&format!("{path} of {size} records"), || {
        let (status, note) = public(service, path);
        (status == 200 && note.lines().nth(1) == Some(&size.to_string())).then_some(note)
    })
}

/// Exit code and all that was said.
fn monitor(service: &Service, state: &Path, more: &[&str]) -> (i32, String) {
    let url = format!("http://{}", service.address);
    let mut command = suyuan(&["monitor", &url, "--state", state.to_str().unwrap()]);
    let output = command.args(more).stderr(Stdio::piped()).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
}

#[test]
fn a_log_is_witnessed_as_it_grows_and_the_monitor_reads_every_entry() {
    let instance = Instance::new();
    let witness = witness(&instance);
    let policy_file = policy(&instance, &witness.key, &witness.url());
    let policy_file = policy_file.to_str().unwrap();
    let state = instance.path().join("monitor");
    let variables = [("SUYUAN_POLICY", policy_file)];
    let service = instance.serve(&variables);
    assert_eq!(admit(&service, HONGQI.0, HONGQI.1).status, 201);
    let witnessed = note_of(&service, "/log/witnessed", 2);
    assert_eq!(note_of(&service, "/log/checkpoint", 2), witnessed, "the newest note carries its cosignatures");
    let policy = Policy::parse(&std::fs::read(policy_file).unwrap()).unwrap();
    let signed = SignedCheckpoint::parse(witnessed.as_bytes()).unwrap();
    assert_eq!(policy.satisfied(&signed).unwrap().witnesses.len(), 1);
    let (code, words) = monitor(&service, &state, &["--policy", policy_file]);
    assert_eq!(code, 0, "{words}");
    assert!(words.contains("2 records of 2 subjects, 2 of them new, cosigned by 协会"), "{words}");
    assert_eq!(admit(&service, JIANGAN.0, JIANGAN.1).status, 201);
    note_of(&service, "/log/witnessed", 3);
    let (code, words) = monitor(&service, &state, &["--policy", policy_file]);
    assert_eq!(code, 0, "{words}");
    assert!(words.contains("3 records of 3 subjects, 1 of them new"), "{words}");
    let (_, ready) = public(&service, "/readyz");
    assert!(ready.contains("witnessed 3 of 3 records") && ready.contains("witness 协会 cosigned 3 records"), "{ready}");
    let (_, metrics) = public(&service, "/metrics");
    assert!(metrics.contains("suyuan_witnessed_size 3"), "{metrics}");
    stop(service);
    drop(witness);
    // What was cosigned is still told after the witness has gone.
    let service = instance.serve(&variables);
    assert_eq!(note_of(&service, "/log/witnessed", 3).matches('\u{2014}').count(), 2);
    assert_eq!(monitor(&service, &state, &["--policy", policy_file]).0, 0);
}

#[test]
fn a_witness_that_is_away_stops_nobody_and_catches_up_when_it_is_back() {
    let instance = Instance::new();
    let witness = witness(&instance);
    let (key, address) = (witness.key.clone(), witness.address.clone());
    drop(witness);
    let policy_file = policy(&instance, &key, &format!("http://{address}/"));
    let policy_file = policy_file.to_str().unwrap();
    let service = instance.serve(&[("SUYUAN_POLICY", policy_file)]);
    for (zh, uscc) in [HONGQI, JIANGAN] {
        assert_eq!(admit(&service, zh, uscc).status, 201);
    }
    let ready = until("a failure", || Some(public(&service, "/readyz").1).filter(|it| it.contains("failed")));
    assert!(ready.starts_with("ready\n") && ready.contains("witnessed 0 of 3 records"), "{ready}");
    let number = |text: &str, before: &str| -> u32 {
        let rest = text.split(before).nth(1).unwrap_or_else(|| panic!("no {before} in {text}"));
        rest.split_whitespace().next().unwrap().parse().unwrap()
    };
    let metrics = public(&service, "/metrics").1;
    let counted = number(&metrics, "suyuan_witness_failures_total{witness=\"协会\"} ");
    assert!(counted >= number(&ready, "failed "), "each failure is counted from the start on: {ready}{metrics}");
    assert_eq!(public(&service, "/log/witnessed").0, 404);
    let state = instance.path().join("monitor");
    let (code, words) = monitor(&service, &state, &["--policy", policy_file]);
    assert!(code == 2 && words.contains("quorum"), "{code} {words}");
    let (code, words) = monitor(&service, &instance.path().join("lenient"), &[]);
    assert_eq!(code, 0, "{words}");
    let _witness = Witness::start_on(&instance.path().join("witness"), "witness.example", &vkey(&instance), &address);
    note_of(&service, "/log/witnessed", 3);
    assert_eq!(monitor(&service, &state, &["--policy", policy_file]).0, 0);
}

/// Answers what is asked as it likes, and closes.
fn answering(answer: impl Fn(&str) -> String + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            // A checkpoint ends with a line of base64 after its only dash; nothing else of the request does.
            let (mut asked, mut part) = (Vec::new(), [0; 8192]);
            while let Ok(read @ 1..) = stream.read(&mut part) {
                asked.extend_from_slice(&part[..read]);
                if String::from_utf8_lossy(&asked).rfind('\u{2014}').is_some_and(|_| asked.ends_with(b"=\n")) {
                    break;
                }
            }
            let asked = String::from_utf8(asked).unwrap();
            let body = asked.split_once("\r\n\r\n").map_or("", |(_, body)| body);
            let _ = stream.write_all(answer(body).as_bytes());
        }
    });
    url
}

fn garbage(answer: String) -> String {
    answering(move |_| answer.clone())
}

fn with_body(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

#[test]
fn lines_of_others_in_a_witness_answer_are_left_out() {
    let instance = Instance::new();
    let own = CosigningKey::from_seed("own.example", &[31; 32]).unwrap();
    let other = CosigningKey::from_seed("other.example", &[32; 32]).unwrap();
    let key = own.verifier().clone();
    let url = answering(move |body| {
        let asked = AddCheckpoint::parse(body.as_bytes()).unwrap();
        let text = &asked.checkpoint.note.text;
        let lines = [&other, &own].map(|key| format!("{}\n", key.cosign(text, 1_790_000_000).unwrap()));
        with_body("200 OK", &lines.concat())
    });
    let path = policy(&instance, &key, &url);
    let service = instance.serve(&[("SUYUAN_POLICY", path.to_str().unwrap())]);
    let note = Note::parse(note_of(&service, "/log/witnessed", 1).as_bytes()).unwrap();
    let names: Vec<&str> = note.signatures.iter().map(|line| line.name.as_str()).collect();
    assert_eq!(names, ["sy.example/log", "own.example"]);
}

#[test]
fn what_a_witness_answers_is_kept_only_if_it_is_its_cosignature() {
    let instance = Instance::new();
    let honest = witness(&instance);
    let lines = [
        garbage(with_body("200 OK", "welcome\n")),
        garbage(with_body("200 OK", "\u{2014} witness.example AAAA\n")),
        garbage(with_body("409 Conflict", "007\n")),
        garbage(with_body("409 Conflict", "9000\n")),
        garbage(with_body("200 OK", &"x".repeat(2 << 20))),
        garbage("no HTTP at all\r\n\r\n".into()),
        // The cosignature of another key than the policy names.
        honest.url(),
    ];
    let mut text = format!("log {}\n", vkey(&instance));
    for (seed, url) in (20u8..).zip(&lines) {
        let key = CosigningKey::from_seed("witness.example", &[seed; 32]).unwrap();
        text.push_str(&format!("witness w{seed} {} {url}\n", key.verifier()));
    }
    let path = instance.path().join("policy");
    std::fs::write(&path, text + "quorum none\n").unwrap();
    let service = instance.serve(&[("SUYUAN_POLICY", path.to_str().unwrap())]);
    assert_eq!(admit(&service, HONGQI.0, HONGQI.1).status, 201);
    let failed = |ready: &String| ready.matches("failed").count() == lines.len();
    until("all witnesses failed", || Some(public(&service, "/readyz").1).filter(failed));
    let (_, note) = public(&service, "/log/checkpoint");
    assert_eq!(Note::parse(note.as_bytes()).unwrap().signatures.len(), 1, "{note}");
    assert_eq!(public(&service, "/log/witnessed").0, 404);
    assert_eq!(admit(&service, JIANGAN.0, JIANGAN.1).status, 201);
}

/// Edits a record and forges the guard so that the service starts over it, as an operator could.
fn rewrite(instance: &Instance, statements: &str) {
    place(instance.path()).execute(statements);
    let clock = std::sync::Arc::new(suyuan::app::clock::SystemClock);
    let store = place(instance.path()).open(clock, std::sync::Arc::new(SystemRandomness));
    let all = keyring::read(&instance.path().join("log/key")).unwrap().unwrap();
    let forged = Keys::of("sy.example/log", &all).unwrap().sign(1, store.tree().unwrap());
    let path = instance.path().join("log/guard");
    std::fs::remove_file(&path).unwrap();
    FileGuard::at(path).begin(&forged).unwrap();
}

#[test]
fn a_history_that_the_operator_rewrote_is_refused_by_the_witness_and_alarms_the_monitor() {
    let instance = Instance::new();
    let witness = witness(&instance);
    let policy_file = policy(&instance, &witness.key, &witness.url());
    let policy_file = policy_file.to_str().unwrap();
    let variables = [("SUYUAN_POLICY", policy_file)];
    let state = instance.path().join("monitor");
    let lenient = instance.path().join("lenient");
    let service = instance.serve(&variables);
    assert_eq!(admit(&service, HONGQI.0, HONGQI.1).status, 201);
    let before = note_of(&service, "/log/witnessed", 2);
    assert_eq!(monitor(&service, &state, &["--policy", policy_file]).0, 0);
    assert_eq!(monitor(&service, &lenient, &[]).0, 0);
    stop(service);

    rewrite(&instance, "update records set hash = zeroblob(32) where log_index = 1");
    let service = instance.serve(&variables);
    assert_eq!(admit(&service, JIANGAN.0, JIANGAN.1).status, 201, "the forger can go on writing");
    let ready = until("a refusal", || Some(public(&service, "/readyz").1).filter(|it| it.contains("failed")));
    assert!(!ready.contains("witnessed 3"), "{ready}");
    for (state, more) in [(&state, &["--policy", policy_file][..]), (&lenient, &[])] {
        let (code, words) = monitor(&service, state, more);
        assert_eq!(code, 1, "{words}");
        assert!(
            words.contains("ALARM: the log of 3 records does not begin with the 2 that were read before"),
            "{words}"
        );
        let evidence = SignedCheckpoint::parse(&std::fs::read(state.join("alarm")).unwrap()).unwrap();
        assert_eq!(evidence.checkpoint.size, 3);
        assert_eq!(monitor(&service, state, more).0, 1, "an alarm does not pass by itself");
    }
    let log = stop(service);
    // By its proof, or already by its size, where the service showed what it started with.
    let refused = ["it refuses the checkpoint with 422", "it has cosigned another history of 2 records"];
    assert!(refused.iter().any(|words| log.contains(words)), "{log}");
    let mut status = suyuan(&["witness", "status", "--dir"]);
    let status = status.arg(instance.path().join("witness")).output().unwrap();
    let text = before.split("\n\n").next().unwrap();
    assert!(String::from_utf8(status.stdout).unwrap().contains(text), "the witness stays with what it cosigned");
}

#[test]
fn a_log_that_was_rolled_back_or_that_forks_at_the_same_size_alarms_the_monitor() {
    let instance = Instance::new();
    let (database, guard) = (instance.path().join("suyuan.sqlite"), instance.path().join("log/guard"));
    let keep = |name: &str| {
        std::fs::copy(&database, instance.path().join(format!("{name}.db"))).unwrap();
        std::fs::copy(&guard, instance.path().join(format!("{name}.guard"))).unwrap();
    };
    let restore = |name: &str| {
        std::fs::copy(instance.path().join(format!("{name}.db")), &database).unwrap();
        std::fs::copy(instance.path().join(format!("{name}.guard")), &guard).unwrap();
    };
    let state = instance.path().join("monitor");
    keep("before");
    let service = instance.serve(&[]);
    assert_eq!(admit(&service, HONGQI.0, HONGQI.1).status, 201);
    let (code, words) = monitor(&service, &state, &[]);
    assert_eq!(code, 0, "{words}");
    stop(service);
    restore("before");
    let service = instance.serve(&[]);
    let (code, words) = monitor(&service, &state, &[]);
    assert_eq!(code, 1, "{words}");
    assert!(words.contains("the log has 1 records, and had 2: records were taken away"), "{words}");
    assert_eq!(admit(&service, BUYER.0, BUYER.1).status, 201);
    let (code, words) = monitor(&service, &state, &[]);
    assert_eq!(code, 1, "{words}");
    assert!(words.contains("does not begin with the 2 that were read before"), "{words}");
    // Whoever was not there before cannot know.
    assert_eq!(monitor(&service, &instance.path().join("other"), &[]).0, 0);
    // A key that is not the log's.
    let stranger = suyuan::log::SigningKey::from_seed("sy.example/log", &[1; 32]).unwrap();
    let (code, words) =
        monitor(&service, &instance.path().join("third"), &["--vkey", &stranger.verifier().to_string()]);
    assert!(code == 1 && words.contains("No known key signed the note"), "{code} {words}");
    let address = service.address.clone();
    stop(service);
    let mut gone = suyuan(&["monitor", &format!("http://{address}"), "--state"]);
    let output = gone.arg(&state).stderr(Stdio::piped()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

#[actix_web::test]
async fn the_page_and_the_proof_of_a_batch_say_what_was_witnessed() {
    let app = TestApp::start().await;
    let season = app.season().await;
    app.harvest(&season, "W00", 1_000).await;
    let batch = app.harvest(&season, "W01", 1_000).await;
    let log = app.app.log.as_ref().unwrap();
    let before = scan_path(crate::support::LOOSE, "W00");
    let view = app.anon.get_with(&before, &[("Accept", "application/json")]).await.ok();
    assert!(view["checks"]["awaits_witnesses"] == false && view["checks"]["witnessed"].is_null(), "{view}");
    assert!(!app.anon.get(&before).await.text().contains("见证"));
    let path = scan_path(crate::support::LOOSE, "W01");
    let folder = tempfile::tempdir().unwrap();
    let witness = Witness::start(folder.path(), "witness.example", log.keys().verifying().first().unwrap());
    let policy = format!("witness 协会 {} {}\nquorum 协会\n", witness.key, witness.url());
    Witnesses::start(log, policy.as_bytes()).unwrap();
    let size = log.published().tree.size;
    until("the cosignature", || log.witnessed().filter(|it| it.checkpoint.tree.size == size));
    drop(witness);
    let proof = app.anon.get(&format!("/api/v1/batches/{batch}/proof")).await.ok();
    assert_eq!(proof["policy"], policy);
    let mut known = Policy::parse(policy.as_bytes()).unwrap();
    known.trust_log(log.keys().verifying()[0].clone());
    let signed = SignedCheckpoint::parse(proof["checkpoint"].as_str().unwrap().as_bytes()).unwrap();
    known.satisfied(&signed).unwrap();
    let view = app.anon.get_with(&path, &[("Accept", "application/json")]).await.ok();
    let witnessed = &view["checks"]["witnessed"];
    assert_eq!((witnessed["records"].as_u64(), witnessed["covers_all"].as_bool()), (Some(size), Some(true)), "{view}");
    assert_eq!(witnessed["by"][0], "协会");
    // A record that the witness has not seen: the page says so, and the proof is against the newest checkpoint.
    let plot = crate::support::plot("SF-P09");
    app.cooperative.made("/api/v1/plots", plot).await;
    let proof = app.anon.get(&format!("/api/v1/batches/{batch}/proof")).await.ok();
    assert_eq!(proof["checkpoint"].as_str().unwrap().lines().nth(1), Some(&*size.to_string()), "it still covers all");
    app.harvest(&season, "W02", 1_000).await;
    let second = scan_path(crate::support::LOOSE, "W02");
    let page = app.anon.get(&format!("{second}?lang=en")).await.text();
    assert!(page.contains(&format!("witnessed up to record {size}")), "{page}");
    assert!(page.contains("is not witnessed yet"), "{page}");
    let page = app.anon.get(&path).await.text();
    assert!(page.contains(&format!("截至第 {size} 条")), "{page}");
}

#[actix_web::test]
async fn the_page_says_so_while_the_witnesses_that_are_asked_have_said_nothing() {
    let app = TestApp::start().await;
    let season = app.season().await;
    app.harvest(&season, "W01", 1_000).await;
    let key = CosigningKey::from_seed("witness.example", &[33; 32]).unwrap();
    let policy = format!("witness 协会 {}\nquorum 协会\n", key.verifier());
    Witnesses::start(app.app.log.as_ref().unwrap(), policy.as_bytes()).unwrap();
    let path = scan_path(crate::support::LOOSE, "W01");
    let view = app.anon.get_with(&path, &[("Accept", "application/json")]).await.ok();
    let checks = &view["checks"];
    assert!(checks["awaits_witnesses"] == true && checks["witnessed"].is_null(), "{view}");
    let page = app.anon.get(&format!("{path}?lang=en")).await.text();
    assert!(page.contains("so far too few of them have done so"), "{page}");
}
