//! The published log, as outsiders fetch it: everything is checked from the bytes that came over HTTP.

use serde_json::{Value, json};
use suyuan::app::log::recheck::{self, Nightly};
use suyuan::domain::merkle::{Leaf, leaf_hash, verify_consistency, verify_inclusion};
use suyuan::domain::record::{Digest, Record, record_hash};
use suyuan::log::lines::{hash_from_base64, read_hash_lines};
use suyuan::log::{OfflineProof, Policy, SignedCheckpoint, VerifierKey};
use suyuan::store::Source;

use crate::support::{Answer, TestApp};

async fn get(app: &TestApp, path: &str) -> Answer {
    app.anon.get(path).await
}

async fn keys(app: &TestApp) -> Vec<VerifierKey> {
    get(app, "/log/key").await.text().lines().map(|line| line.parse().unwrap()).collect()
}

async fn checkpoint(app: &TestApp) -> SignedCheckpoint {
    let signed = SignedCheckpoint::parse(&get(app, "/log/checkpoint").await.expect(200).bytes).unwrap();
    signed.verify(&keys(app).await).unwrap();
    signed
}

fn leaf_of(line: &str) -> Digest {
    let record = Record::parse(line.as_bytes()).unwrap();
    let leaf = Leaf { subject: record.subject.handle, seq: record.seq, record_hash: record_hash(line.as_bytes()) };
    leaf.hash()
}

#[actix_web::test]
async fn every_answer_to_a_write_is_covered_by_the_published_checkpoint_and_later_records_have_seen_it() {
    let app = TestApp::start().await;
    let season = app.season().await;
    let before = checkpoint(&app).await.checkpoint;
    assert_eq!(before.origin, "sy.example/log");
    let batch = app.harvest(&season, "W01", 1_000).await;
    let after = checkpoint(&app).await.checkpoint;
    assert_eq!(after.size as usize, app.log_length());
    let lines = get(&app, &format!("/log/consistency?from={}&to={}", before.size, after.size)).await.expect(200).text();
    let proof = read_hash_lines(&lines).unwrap();
    verify_consistency(before.size, after.size, &before.root, &after.root, &proof).unwrap();
    let chain = get(&app, &format!("/api/v1/batches/{batch}/chain")).await.expect(200).text();
    let opened: Value = serde_json::from_str(chain.lines().next().unwrap()).unwrap();
    assert_eq!(opened["seen"]["size"], before.size);
    assert_eq!(opened["seen"]["root"], before.root.to_string());
}

#[actix_web::test]
async fn a_batch_is_proven_record_by_record_from_its_history() {
    let app = TestApp::start().await;
    let season = app.season().await;
    let batch = app.harvest(&season, "W01", 1_000).await;
    let history = get(&app, &format!("/api/v1/batches/{batch}/history")).await.expect(200).text();
    let proof = get(&app, &format!("/api/v1/batches/{batch}/proof")).await.ok();
    let signed = SignedCheckpoint::parse(proof["checkpoint"].as_str().unwrap().as_bytes()).unwrap();
    let vkeys: Vec<VerifierKey> =
        proof["vkeys"].as_array().unwrap().iter().map(|key| key.as_str().unwrap().parse().unwrap()).collect();
    signed.verify(&vkeys).unwrap();
    let records = proof["records"].as_array().unwrap();
    assert_eq!(records.len(), history.lines().count());
    for (line, record) in history.lines().zip(records) {
        let hashes: Vec<Digest> = record["proof"]
            .as_array()
            .unwrap()
            .iter()
            .map(|hash| hash_from_base64(hash.as_str().unwrap()).unwrap())
            .collect();
        let (index, checkpoint) = (record["index"].as_u64().unwrap(), &signed.checkpoint);
        verify_inclusion(&leaf_of(line), index, checkpoint.size, &hashes, &checkpoint.root).unwrap();
        let offline = get(&app, &format!("/log/proof/{index}")).await.expect(200);
        let offline = OfflineProof::parse(&offline.bytes).unwrap();
        let policy = {
            let mut policy = Policy::parse(b"quorum none\n").unwrap();
            policy.trust_log(vkeys[0].clone());
            policy
        };
        offline.verify(&leaf_of(line), &policy).unwrap();
        assert!(offline.verify(&leaf_hash(b"another"), &policy).is_err());
    }
}

#[actix_web::test]
async fn tiles_and_bundles_hold_the_published_tree_and_nothing_beyond_it() {
    let app = TestApp::start().await;
    let season = app.season().await;
    app.harvest(&season, "W01", 1_000).await;
    let size = checkpoint(&app).await.checkpoint.size;
    let bundle = get(&app, &format!("/log/tile/entries/000.p/{size}")).await.expect(200);
    assert_eq!(bundle.header("content-type"), Some("application/octet-stream"));
    assert!(bundle.header("cache-control").unwrap().contains("immutable"));
    let entries: Vec<&[u8]> = bundle.bytes.chunks(59).map(|entry| entry.strip_prefix(&[0, 57]).unwrap()).collect();
    assert_eq!(entries.len() as u64, size);
    let hashes: Vec<u8> = entries.iter().flat_map(|entry| *leaf_hash(entry).as_bytes()).collect();
    assert_eq!(get(&app, &format!("/log/tile/0/000.p/{size}")).await.expect(200).bytes, hashes);
    assert_eq!(get(&app, "/log/tile/0/000.p/3").await.expect(200).bytes, &hashes[..96]);
    for missing in [
        "0/000".to_owned(),
        format!("0/000.p/{}", size + 1),
        "0/001.p/1".into(),
        "1/000.p/1".into(),
        "0/0".into(),
        "0/000.p/0".into(),
        "0/000.p/256".into(),
        "64/000".into(),
        "entries/x000/000".into(),
        "0/x18446744073709551/615".into(),
        "..%2f".into(),
    ] {
        let answer = get(&app, &format!("/log/tile/{missing}")).await;
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{missing}");
        answer.problem(404, "not-found");
    }
}

#[actix_web::test]
async fn sizes_that_are_none_or_not_signed_are_refused() {
    let app = TestApp::start().await;
    let season = app.season().await;
    app.harvest(&season, "W01", 1_000).await;
    let size = checkpoint(&app).await.checkpoint.size;
    for (path, slug) in [
        ("/log/consistency?from=2&to=1".to_owned(), "log-sizes"),
        ("/log/consistency?from=01&to=3".into(), "bad-parameter"),
        ("/log/consistency?from=1".into(), "bad-parameter"),
        ("/log/consistency?from=-1&to=3".into(), "bad-parameter"),
        ("/log/consistency?from=1&to=9223372036854775808".into(), "bad-parameter"),
        ("/log/proof/01".into(), "bad-parameter"),
        ("/log/proof/x".into(), "bad-parameter"),
    ] {
        get(&app, &path).await.problem(400, slug);
    }
    for path in [
        format!("/log/consistency?from=1&to={}", size + 1),
        format!("/log/proof/{size}"),
        format!("/log/proof/0?size={}", size + 1),
        "/log/proof/0?size=0".into(),
        "/log/proof/9223372036854775807".into(),
    ] {
        get(&app, &path).await.problem(404, "not-found");
    }
    for (from, to) in [(0, size), (size, size), (0, 0)] {
        let lines = get(&app, &format!("/log/consistency?from={from}&to={to}")).await.expect(200);
        assert_eq!(lines.text(), "");
        assert!(lines.header("content-type").unwrap().starts_with("text/plain"));
    }
}

#[actix_web::test]
async fn a_proof_against_an_older_checkpoint_is_given_by_its_size() {
    let app = TestApp::start().await;
    let season = app.season().await;
    app.harvest(&season, "W01", 1_000).await;
    let older = checkpoint(&app).await;
    app.harvest(&season, "W02", 1_000).await;
    app.harvest(&season, "W03", 1_000).await;
    let proof = get(&app, &format!("/log/proof/0?size={}", older.checkpoint.size)).await.expect(200);
    let proof = OfflineProof::parse(&proof.bytes).unwrap();
    assert_eq!(proof.note.text, older.note.text);
}

#[actix_web::test]
async fn an_answer_proves_what_it_recorded_where_that_is_asked_for() {
    let app = TestApp::start().await;
    let season = app.season().await;
    let batch = app.harvest(&season, "W01", 1_000).await;
    let path = format!("/api/v1/batches/{batch}/losses?proof=true");
    let recorded = app.cooperative.post(&path, json!({"quantity": 10, "reason": "drying"})).await.created();
    let proofs = recorded["proofs"].as_array().unwrap();
    assert_eq!(proofs.len(), recorded["records"].as_array().unwrap().len());
    let mut policy = Policy::parse(b"quorum none\n").unwrap();
    policy.trust_log(keys(&app).await.remove(0));
    let chain = get(&app, &format!("/api/v1/batches/{batch}/chain")).await.expect(200).text();
    let proof = OfflineProof::parse(proofs[0].as_str().unwrap().as_bytes()).unwrap();
    proof.verify(&leaf_of(chain.lines().last().unwrap()), &policy).unwrap();
    assert!(proof.verify(&leaf_of(chain.lines().next().unwrap()), &policy).is_err());
    let path = format!("/api/v1/batches/{batch}/losses");
    let plain = app.cooperative.act(&path, json!({"quantity": 10, "reason": "drying"})).await;
    assert!(plain.get("proofs").is_none());
}

#[actix_web::test]
async fn the_log_is_looked_through_when_the_instances_night_comes() {
    let app = TestApp::start().await;
    let log = app.app.log.as_ref().unwrap();
    let nightly = Nightly::of(&app.app).unwrap();
    app.at("2026-11-16T18:59:00.000Z");
    let mut times = ["2026-11-16T18:59:30.000Z", "2026-11-16T19:00:10.000Z", "2026-11-16T19:00:40.000Z"].into_iter();
    let mut before = Vec::new();
    nightly.run(|| {
        before.push(log.last_look().get().map(|looked| looked.at.to_string()));
        times.next().map(|time| app.at(time)).is_some()
    });
    let night = Some("2026-11-16T19:00:10.000Z".to_owned());
    assert_eq!(before, [None, None, night.clone(), night]);
    let looked = log.last_look().get().unwrap();
    assert_eq!((looked.records as usize, looked.damage), (app.log_length(), None));
    let (source, words) = match app.place {
        crate::engine::Place::Sqlite(_) => (Source::Disk, "records on the disk, 2026-11-16T19:00:10.000Z"),
        #[cfg(feature = "postgres")]
        crate::engine::Place::Postgres(_) => (Source::Server, "records as the database server gave them, 2026-11-16"),
    };
    assert_eq!(looked.source, source);
    let ready = get(&app, "/readyz").await.expect(200).text();
    assert!(ready.contains(words), "{ready}");
}

#[actix_web::test]
async fn the_nightly_look_finds_what_was_changed_on_the_disk_and_readyz_says_so() {
    let app = TestApp::start().await;
    let season = app.season().await;
    app.harvest(&season, "W01", 1_000).await;
    let log = app.app.log.as_ref().unwrap();
    recheck::look(log, None, app.app.now());
    assert_eq!(log.last_look().get().unwrap().damage, None);
    let ready = get(&app, "/readyz").await.expect(200).text();
    assert!(ready.contains(&format!("looked through {} records", app.log_length())), "{ready}");
    let filed = "the record at 4 is filed under another subject or place than it has";
    for (change, back, words) in [
        // Beside the bytes, and yet what chains and bundles are read by.
        (
            "update records set seq = seq + 100 where log_index = 4",
            "update records set seq = seq - 100 where log_index = 4",
            filed,
        ),
        (
            "update records set log_index = 1000 where log_index = 3",
            "update records set log_index = 3 where log_index = 1000",
            "the record at 3 is missing",
        ),
    ] {
        app.place.execute(change);
        recheck::look(log, None, app.app.now());
        let found = log.last_look().get().unwrap().damage;
        app.place.execute(back);
        assert_eq!(found.as_deref(), Some(words));
        get(&app, "/readyz").await.problem(503, "log-stopped");
    }
    app.place.execute("update records set seq = seq + 100 where log_index = 4");
    let filed = Record::parse(&suyuan::store::Records::log(&*app.store, 4, 1).unwrap()[0].bytes).unwrap().subject;
    let chain = suyuan::store::Records::chain(&*app.store, filed.handle, 0, u64::MAX);
    assert!(chain.unwrap_err().to_string().contains("of a chain is missing"), "who reads the chain is told the same");
    app.place.execute("update records set seq = seq - 100 where log_index = 4");
    let hash = "x'0000000000000000000000000000000000000000000000000000000000000000'";
    if matches!(app.place, crate::engine::Place::Sqlite(_)) {
        app.place.execute(&format!("update records set hash = {hash} where log_index = 5"));
        recheck::look(log, None, app.app.now());
        let found = log.last_look().get().unwrap().damage.unwrap();
        assert!(found.contains("does not hash to what it says"), "{found}");
    }
}
