//! Looking past memory finds what lies on the disk, not what SQLite or the operating system remember of it.

use std::path::{Path, PathBuf};
use std::process::Command;

use suyuan::store::Source;

use crate::support::{Founded, loss, opening, perform};

/// Bytes of a file that the operating system keeps in memory, as util-linux tells them.
fn in_memory(path: &Path) -> u64 {
    let arguments = ["--bytes", "--noheadings", "--output", "RES"];
    let output = Command::new("fincore").args(arguments).arg(path).output().expect("Debian's util-linux-extra has it");
    let printed = String::from_utf8(output.stdout).unwrap();
    printed.trim().parse().unwrap_or_else(|_| panic!("{printed} {}", String::from_utf8_lossy(&output.stderr)))
}

#[test]
fn a_look_past_memory_reads_every_record_from_the_disk_again() {
    let founded = Founded::new();
    let (store, place) = (&*founded.store, &founded.place);
    // A server's memory is its own.
    let Some(database) = place.file().map(PathBuf::from) else {
        assert_eq!(store.past_memory(&mut |_| Ok(())).unwrap(), Source::Server);
        return;
    };
    let beside = database.with_extension("sqlite-wal");
    let batch = perform(store, opening("L1", 100_000)).unwrap().id;
    for grams in 1..=250 {
        perform(store, loss(batch, grams)).unwrap();
    }
    // Some of it lies in the database, the newest in the log beside it.
    place.execute("pragma wal_checkpoint(passive)");
    for grams in 1..=50 {
        perform(store, loss(batch, grams)).unwrap();
    }
    // Whoever reads now, over every connection, fills what SQLite and the system remember.
    for _ in 0..8 {
        store.log(0, 10_000).unwrap();
    }
    let cached = [&database, &beside].map(|file| in_memory(file));
    assert!(cached[0] > 200_000 && cached[1] > 50_000, "{cached:?}");
    let mut looks = 0;
    let source = store.past_memory(&mut |entries| {
        looks += 1;
        assert_eq!([&database, &beside].map(|file| in_memory(file)), [0, 0], "forgotten");
        let records = entries.log(0, 10_000)?;
        assert_eq!(records.len(), 303);
        let read: usize = records.iter().map(|stored| stored.bytes.len()).sum();
        let fetched: u64 = [&database, &beside].iter().map(|file| in_memory(file)).sum();
        assert!(fetched > read as u64, "{fetched} bytes came from the disk, {read} bytes are the records");
        assert_eq!(entries.leaves(0, 10_000)?.len(), 303);
        Ok(())
    });
    assert_eq!((source.unwrap(), looks), (Source::Disk, 1));
}
