//! Archives that are no packs, and packs that want to cost more than they may.

use std::io::Cursor;
use std::process::Command;

use suyuan::app::audit_pack::judge;
use suyuan::domain::record::Digest;
use suyuan::exchange::zip::ZipWriter;
use suyuan::log::Policy;

use crate::world::{Members, farm, log_key, policy, zipped};

fn good() -> Members {
    let (world, batches) = farm(40, 1, 1, 6, 60);
    world.members(&batches, &world.note(), false)
}

fn sentence(pack: &[u8], policy: Option<&str>, head: Option<Digest>) -> String {
    let policy = policy.map(|text| Policy::parse(text.as_bytes()).unwrap());
    match judge::verify(Cursor::new(pack), policy.as_ref(), head) {
        Ok(verdict) => format!("held: {verdict}"),
        Err(fault) => fault.to_string(),
    }
}

#[test]
fn a_pack_without_a_policy_from_outside_is_said_to_have_its_own_keys() {
    let pack = zipped(&good());
    let own = sentence(&pack, None, None);
    assert!(own.starts_with("held: ") && own.contains("The keys are the pack's own"), "{own}");
    let outside = sentence(&pack, Some(&policy()), None);
    assert!(outside.starts_with("held: ") && !outside.contains("own"), "{outside}");
    let lenient = sentence(&pack, Some(&format!("log {}\nquorum none\n", log_key().verifier())), None);
    assert!(lenient.contains("asks for no witness"), "{lenient}");
}

#[test]
fn a_quorum_that_is_not_reached_refuses_the_pack_and_a_stranger_among_policies_too() {
    let (world, batches) = farm(40, 1, 1, 6, 60);
    let alone = world.checkpoint(world.tree.size()).sign(&[log_key()]).to_string();
    let pack = zipped(&world.members(&batches, &alone, false));
    for policy in [Some(policy()), None] {
        let sentence = sentence(&pack, policy.as_deref(), None);
        assert!(sentence.contains("quorum") && sentence.contains("not reached"), "{sentence}");
    }
    let other = suyuan::log::SigningKey::from_seed(suyuan_name(), &[5; 32]).unwrap();
    let sentence = sentence(&pack, Some(&format!("log {}\nquorum none\n", other.verifier())), None);
    assert!(sentence.contains("not believed"), "{sentence}");
}

fn suyuan_name() -> &'static str {
    crate::world::ORIGIN
}

#[test]
fn a_head_that_was_noted_elsewhere_has_to_be_the_end_of_a_history() {
    let (world, batches) = farm(300, 1, 3, 4, 200);
    let pack = zipped(&world.members(&batches, &world.note(), false));
    for batch in &batches {
        let last = *world.history(*batch).last().unwrap();
        let head = suyuan::domain::record::record_hash(&world.lines[last]);
        assert!(sentence(&pack, None, Some(head)).starts_with("held: "));
    }
    let other = Digest::from_bytes([1; 32]);
    assert!(sentence(&pack, None, Some(other)).contains("0101"), "the hash is named");
}

#[test]
fn strange_doubled_and_climbing_names_are_refused() {
    let good = good();
    for name in
        ["../../etc/passwd", "/etc/passwd", "history/", "a\\b", "checkpoint ", "CHECKPOINT", "keys/../checkpoint"]
    {
        let mut pack = good.clone();
        pack.insert(name.to_owned(), b"x".to_vec());
        let sentence = sentence(&zipped(&pack), None, None);
        assert!(sentence.contains("does not belong"), "{name}: {sentence}");
    }
    let name = "checkpoint".to_owned();
    let doubled = zipped(good.iter().chain([(&name, &good["checkpoint"])]));
    assert!(sentence(&doubled, None, None).contains("twice"));
    let (sha256, bytes) = good.iter().find(|(name, _)| name.starts_with("attachments/")).unwrap();
    let mut pack = good.clone();
    pack.insert(sha256.replace(".jpg", ".png"), bytes.clone());
    assert!(sentence(&zipped(&pack), None, None).contains("twice"));
}

/// The program may have 400 MiB in all, program text and libraries included; each member unfolds to more.
#[test]
fn what_unfolds_to_much_costs_no_memory() {
    let (good, folder) = (good(), tempfile::tempdir().unwrap());
    let zeros = vec![b'0'; 1 << 20];
    for (name, expected) in [
        ("checkpoint", "more than it can need"),
        ("history.ndjson", "line 1"),
        ("proof/40.tlog-proof", "more than it can need"),
        ("tile/0/000.p/123", "tile/0/000.p/123"),
    ] {
        let mut zip = ZipWriter::new(Vec::new());
        for (other, bytes) in good.iter().filter(|(other, _)| *other != name) {
            zip.deflated(other, |out| out.write_all(bytes)).unwrap();
        }
        zip.deflated(name, |out| (0..450).try_for_each(|_| out.write_all(&zeros))).unwrap();
        let pack = folder.path().join("pack.zip");
        std::fs::write(&pack, zip.finish().unwrap()).unwrap();
        let mut limited = Command::new("sh");
        limited
            .arg("-c")
            .arg("ulimit -v 409600; exec \"$0\" verify \"$1\"")
            .arg(env!("CARGO_BIN_EXE_suyuan"))
            .arg(&pack);
        let answer = limited.output().unwrap();
        let said = String::from_utf8_lossy(&answer.stdout);
        assert_eq!(answer.status.code(), Some(1), "{name}: {said}{}", String::from_utf8_lossy(&answer.stderr));
        assert!(said.contains(expected) && said.lines().count() == 1, "{name}: {said}");
    }
}
