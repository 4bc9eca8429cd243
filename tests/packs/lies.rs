//! Logs that everybody signed, log and witnesses, and in which something is wrong all the same.

use std::io::Cursor;

use serde_json::json;
use suyuan::app::audit_pack::judge;
use suyuan::domain::record::{Digest, Seen, Subject, SubjectKind};
use suyuan::log::Policy;

use crate::world::{Members, World, policy, subject, zipped};

fn sentence(members: &Members) -> String {
    let policy = Policy::parse(policy().as_bytes()).unwrap();
    match judge::verify(Cursor::new(zipped(members)), Some(&policy), None) {
        Ok(verdict) => format!("held: {verdict}"),
        Err(fault) => fault.to_string(),
    }
}

/// A batch of four records among strangers, of which the third says that it saw this.
fn seeing(sees: impl FnOnce(&World) -> Option<Seen>) -> (World, Subject) {
    let (mut world, batch) = (World::default(), subject(SubjectKind::Batch, "one"));
    world.strangers(30);
    world.write(batch, "batch.opened", json!({"mass_g": 1}), &[]);
    world.strangers(5);
    world.write(batch, "packing.recorded", json!({"packs": 1}), &[]);
    world.sees = sees(&world);
    world.write(batch, "packing.recorded", json!({"packs": 2}), &[]);
    world.write(batch, "packing.recorded", json!({"packs": 3}), &[]);
    world.strangers(9);
    (world, batch)
}

#[test]
fn a_record_that_saw_another_log_or_a_later_one_is_named() {
    for (size, root, expected) in [
        (20, None, "held: "),
        (37, None, "held: "),
        (38, None, "says that it saw one of 38 entries"),
        (45, None, "says that it saw one of 45 entries"),
        (20, Some(Digest::from_bytes([3; 32])), "saw a log of 20 entries with the root 0303"),
    ] {
        for tiles in [false, true] {
            let (world, batch) = seeing(|world| {
                let root = root.unwrap_or_else(|| world.tree.root(size.min(world.tree.size())));
                Some(Seen { root, size })
            });
            let said = sentence(&world.members(&[batch], &world.note(), tiles));
            assert!(said.contains(expected), "{size}: {said}");
            assert!(
                said.starts_with("held: ") || said.starts_with("history.ndjson, line 3: record 2 of batch:"),
                "{said}"
            );
        }
    }
}

#[test]
fn tiles_that_what_was_seen_needs_are_not_to_be_left_out() {
    let (world, batch) = seeing(|_| None);
    let mut members = world.members(&[batch], &world.note(), false);
    members.retain(|name, _| !name.starts_with("tile/"));
    assert!(sentence(&members).contains("needed here and missing"), "{}", sentence(&members));
}

#[test]
fn a_record_stands_where_the_index_says_and_is_named_once() {
    let (world, batch) = seeing(|_| None);
    for tiles in [false, true] {
        let good = world.members(&[batch], &world.note(), tiles);
        let index = String::from_utf8(good["index.ndjson"].clone()).unwrap();
        for (from, to, expected) in [
            ("{\"index\":36,", "{\"index\":35,", "line 2: "),
            ("{\"index\":30,", "{\"index\":48,", "does not go on in the order"),
            ("{\"index\":38,", "{\"index\":4700,", "does not go on in the order"),
            ("\"seq\":1,", "\"seq\":2,", "must go on with record 1"),
            ("\"seq\":3,\"subject\":\"batch", "\"seq\":3,\"subject\":\"plot", "a handle belongs to one subject"),
            ("{\"index\":36,", "{ \"index\":36,", "canonical form"),
        ] {
            let mut members = good.clone();
            let changed = index.replacen(from, to, 1);
            assert_ne!(changed, index, "{from}");
            members.insert("index.ndjson".into(), changed.into_bytes());
            let said = sentence(&members);
            assert!(said.contains(expected), "{to}: {said}");
        }
    }
}

#[test]
fn heads_and_names_of_histories_are_held_against_their_last_lines() {
    let (world, batch) = seeing(|_| None);
    let other = subject(SubjectKind::Batch, "other");
    let mut world = world;
    world.write(other, "batch.opened", json!({"mass_g": 1}), &[]);
    let good = world.members(&[batch, other], &world.note(), false);
    assert!(sentence(&good).starts_with("held: "));
    let name = |subject: Subject| format!("history/{}.ndjson", subject.handle);
    let mut exchanged = good.clone();
    exchanged.insert(name(batch), good[&name(other)].clone());
    exchanged.insert(name(other), good[&name(batch)].clone());
    assert!(sentence(&exchanged).contains("does not end with the record that heads.ndjson names"));
    let mut headless = good.clone();
    headless.remove("heads.ndjson");
    assert!(sentence(&headless).contains("history.ndjson, or else"));
    let mut fewer = good.clone();
    fewer.remove(&name(other));
    assert!(sentence(&fewer).contains("2 batches, but there are 1 histories"), "{}", sentence(&fewer));
}
