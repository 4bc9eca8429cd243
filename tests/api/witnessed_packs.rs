//! Which checkpoint and which policy an audit pack holds, where the log has a witness.

use std::io::Cursor;
use std::time::{Duration, Instant};

use serde_json::json;
use suyuan::app::audit_pack::judge;
use suyuan::app::log::witnesses::Witnesses;
use suyuan::log::{Policy, SignedCheckpoint};

use crate::packs::{members, pack, packed};
use crate::support::witness::Witness;
use crate::support::{Answer, TestApp, batch_path};

fn member(pack: &Answer, name: &str) -> String {
    String::from_utf8(members(pack)[name].clone()).unwrap()
}

/// How many records a pack's checkpoint is over, and how many signed it.
fn covered(pack: &Answer) -> (u64, usize) {
    let note = member(pack, "checkpoint");
    let signed = SignedCheckpoint::parse(note.as_bytes()).unwrap();
    (signed.checkpoint.size, signed.note.signatures.len())
}

fn verdict(pack: &Answer, policy: &Policy) -> Result<usize, String> {
    let judged = judge::verify(Cursor::new(&pack.bytes), Some(policy), None);
    judged.map(|verdict| verdict.records).map_err(|error| error.to_string())
}

#[actix_web::test]
async fn a_pack_is_as_of_what_the_witness_knows_where_that_covers_it() {
    let app = TestApp::start().await;
    let (root, packs, licence) = packed(&app).await;
    let log = app.app.log.as_ref().unwrap();
    let vkey = log.keys().verifying()[0].clone();
    let folder = tempfile::tempdir().unwrap();
    let witness = Witness::start(folder.path(), "witness.example", &vkey);
    let file = format!("witness 协会 {} {}\nquorum 协会\n", witness.key, witness.url());
    Witnesses::start(log, file.as_bytes()).unwrap();
    let size = log.published().tree.size;
    let begun = Instant::now();
    while log.witnessed().is_none_or(|it| it.checkpoint.tree.size != size) {
        assert!(begun.elapsed() < Duration::from_secs(30), "never cosigned");
        std::thread::sleep(Duration::from_millis(20));
    }
    drop(witness);
    // The witness does not know this one.
    app.cooperative.act(&batch_path(&packs, "losses"), json!({"quantity": 1, "reason": "rot"})).await;
    let newest = log.published().tree.size;
    assert!(newest > size);

    let demanding = Policy::parse(format!("log {vkey}\n{file}").as_bytes()).unwrap();
    let lenient = Policy::parse(format!("log {vkey}\nquorum none\n").as_bytes()).unwrap();
    let of_root = pack(&app.anon, &batch_path(&root, "audit-pack")).await;
    assert_eq!(covered(&of_root), (size, 2), "nothing was recorded of it since");
    verdict(&of_root, &demanding).unwrap();
    let of_packs = pack(&app.anon, &batch_path(&packs, "audit-pack")).await;
    assert_eq!(covered(&of_packs), (newest, 1), "its newest record is in the pack, witnessed or not");
    let refused = verdict(&of_packs, &demanding).unwrap_err();
    assert!(refused.contains("quorum"), "{refused}");
    let all = verdict(&of_packs, &lenient).unwrap();
    let of_licence = pack(&app.association, &format!("/api/v1/licences/{licence}/audit-pack")).await;
    assert_eq!(covered(&of_licence), (size, 2), "many are as of what the witness knows");
    assert_eq!(verdict(&of_licence, &demanding).unwrap(), all - 1);
    let path = format!("/api/v1/organisations/{}/audit-pack", app.cooperative.id);
    let of_cooperative = pack(&app.cooperative, &path).await;
    assert_eq!(covered(&of_cooperative), (size, 2));
    verdict(&of_cooperative, &demanding).unwrap();
    for pack in [&of_root, &of_packs, &of_licence, &of_cooperative] {
        assert_eq!(member(pack, "policy"), format!("log {vkey}\n{file}"), "the log's key and what the operator wrote");
    }
}

#[actix_web::test]
async fn a_policy_that_names_the_log_itself_is_packed_word_for_word_and_nobody_is_waited_for() {
    let app = TestApp::start().await;
    let (root, _, licence) = packed(&app).await;
    let log = app.app.log.as_ref().unwrap();
    let vkey = log.keys().verifying()[0].clone();
    let never = suyuan::log::CosigningKey::from_seed("witness.example", &[3; 32]).unwrap();
    // Nobody listens on port 1.
    let file = format!("# 见证\nlog {vkey}\nwitness w {} http://127.0.0.1:1\nquorum w\n", never.verifier());
    Witnesses::start(log, file.as_bytes()).unwrap();
    let newest = log.published().tree.size;
    let of_root = pack(&app.anon, &batch_path(&root, "audit-pack")).await;
    let of_licence = pack(&app.association, &format!("/api/v1/licences/{licence}/audit-pack")).await;
    for pack in [of_root, of_licence] {
        assert_eq!((covered(&pack), member(&pack, "policy")), ((newest, 1), file.clone()));
    }
}
