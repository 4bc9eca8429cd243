//! A copy of the whole server by PostgreSQL's own means, taken while writers write, and started as a server of its own.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use suyuan::domain::record::Digest;
use suyuan::store::Store;

use crate::engine::cluster::Cluster;
use crate::engine::{Place, QUICK};
use crate::support::{Founded, check_log, loss, open, opening, perform};

/// Hashes of all records, in their order.
fn hashes(store: &dyn Store) -> Vec<Digest> {
    let (mut all, mut next) = (Vec::new(), 0);
    loop {
        let page = store.log(next, 1_000).unwrap();
        let Some(last) = page.last() else { return all };
        next = last.log_index + 1;
        all.extend(page.iter().map(|record| record.hash));
    }
}

/// Where the server's log stands, as a number.
fn position(server: &Cluster) -> u64 {
    server.sql("postgres", "select pg_current_wal_insert_lsn() - '0/0'").parse().unwrap()
}

/// Up to where the copy holds the server's log for certain, as `pg_basebackup` wrote it down.
fn end_of(copy: &Cluster) -> u64 {
    let manifest = std::fs::read_to_string(copy.data().join("backup_manifest")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    let (high, low) = manifest["WAL-Ranges"][0]["End-LSN"].as_str().unwrap().split_once('/').unwrap();
    let half = |digits| u64::from_str_radix(digits, 16).unwrap();
    (half(high) << 32) + half(low)
}

type Acknowledged = Mutex<Vec<(u64, Digest)>>;

/// Opens batches and loses of each until it is over.
fn write(store: &dyn Store, writer: u32, over: &AtomicBool, acknowledged: &Acknowledged) {
    for round in 0.. {
        if over.load(Ordering::SeqCst) {
            return;
        }
        let batch = perform(store, opening(&format!("W{writer}R{round}"), 100)).unwrap();
        let lost = perform(store, loss(batch.id, 1)).unwrap();
        let records = batch.records.iter().chain(&lost.records);
        acknowledged.lock().unwrap().extend(records.map(|record| (record.log_index, record.hash)));
    }
}

#[test]
fn a_base_backup_under_writers_is_a_prefix_with_all_that_was_acknowledged_before_it_ended() {
    let server = Cluster::start(QUICK);
    let founded = Founded::at(Place::Postgres(server.new_database()));
    let store = &*founded.store;
    let (over, acknowledged) = (AtomicBool::new(false), Acknowledged::default());
    let count = || acknowledged.lock().unwrap().len();
    let wait_for = |more: usize| {
        while count() < more {
            thread::sleep(Duration::from_millis(10));
        }
    };
    let (copy, begun, looks) = thread::scope(|scope| {
        for writer in 0..4 {
            let (over, acknowledged) = (&over, &acknowledged);
            scope.spawn(move || write(store, writer, over, acknowledged));
        }
        let looking = scope.spawn(|| {
            let mut looks = Vec::new();
            while !over.load(Ordering::SeqCst) {
                // What was acknowledged before the log stood somewhere stands before that place.
                looks.push((count(), position(&server)));
            }
            looks
        });
        // Whatever fails in here, the writers end.
        let end = End(&over);
        wait_for(200);
        let begun = count();
        // `fetch`: the log that makes the copy whole comes at its end.
        let copy = server.base_backup(QUICK, &["--wal-method=fetch"]);
        wait_for(count() + 200);
        drop(end);
        (copy, begun, looking.join().unwrap())
    });
    let mut copy = copy;
    let end = end_of(&copy);
    copy.run();
    let certain = looks.iter().filter(|(_, position)| *position <= end).map(|(count, _)| *count).max().unwrap();
    assert!(certain > begun, "{begun} were acknowledged before the copy was begun, {certain} before it ended");
    let copied = open(&Place::Postgres(copy.url("t0")));
    // Every record as its hash says, every chain without a fork, every state at its head.
    let length = check_log(&*copied);
    let (original, copied_hashes) = (hashes(store), hashes(&*copied));
    assert_eq!(copied_hashes.len() as u64, length);
    assert!(original.starts_with(&copied_hashes), "the copy is no prefix");
    assert!(copied_hashes.len() < original.len(), "the copy holds what was written after it was taken");
    for (index, hash) in &acknowledged.lock().unwrap()[..certain] {
        assert_eq!(copied_hashes.get(*index as usize), Some(hash), "record {index} was acknowledged before it ended");
    }
    // It goes on from there.
    let next = perform(&*copied, opening("NEXT", 1)).unwrap();
    assert_eq!(check_log(&*copied), length + next.records.len() as u64);
}

struct End<'a>(&'a AtomicBool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}
