//! Bytes that change on the disk behind the service's back. A changed record or opening is never handed out as if it were
//! what was recorded: whoever reads it is told, and projections are not made from it.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use suyuan::app::clock::SystemClock;
use suyuan::app::randomness::SystemRandomness;
use suyuan::domain::acts::organisations::RegisterOrganisation;
use suyuan::domain::record::{Handle, Subject};
use suyuan::store::sqlite::SqliteStore;
use suyuan::store::{Store, StoreError, StoredRecord};

use crate::engine::{Dump, Place};
use crate::support::{Founded, check_log, loss, open, opening, perform};

/// A batch with a history, and how it was.
struct Sound {
    founded: Founded,
    batch: Handle,
    chain: Vec<StoredRecord>,
}

fn sound() -> Sound {
    let founded = Founded::new();
    let batch = perform(&*founded.store, opening("L1", 1_000)).unwrap().id;
    for grams in 1..=4 {
        perform(&*founded.store, loss(batch, grams)).unwrap();
    }
    let chain = founded.store.chain(batch, 0, u64::MAX).unwrap();
    assert_eq!(chain.len(), 5);
    Sound { founded, batch, chain }
}

/// Bytes as both engines read them in a statement.
fn literal(place: &Place, bytes: &[u8]) -> String {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    match place {
        Place::Sqlite(_) => format!("x'{hex}'"),
        #[cfg(feature = "postgres")]
        Place::Postgres(_) => format!("decode('{hex}', 'hex')"),
    }
}

fn is_damaged<T: std::fmt::Debug>(read: Result<T, StoreError>) -> bool {
    matches!(read, Err(StoreError::Damaged(_)))
}

#[test]
fn no_byte_of_a_record_or_its_hash_changes_unseen() {
    let Sound { founded, batch, chain } = sound();
    let (store, place) = (&*founded.store, &founded.place);
    for stored in &chain {
        for (column, bytes) in [("bytes", &stored.bytes[..]), ("hash", stored.hash.as_bytes())] {
            let set = |bytes: &[u8]| {
                let (value, index) = (literal(place, bytes), stored.log_index);
                place.execute(&format!("update records set {column} = {value} where log_index = {index}"));
            };
            for at in (0..bytes.len()).step_by(11) {
                let mut changed = bytes.to_vec();
                changed[at] ^= 1;
                set(&changed);
                let what = || format!("byte {at} of {column} at {}", stored.log_index);
                assert!(is_damaged(store.chain(batch, 0, u64::MAX)), "{}", what());
                assert!(is_damaged(store.log(0, 100)), "{}", what());
                assert!(is_damaged(store.stretch(0, 100)), "{}", what());
                assert!(is_damaged(store.rebuild(&mut |_| {})), "{}", what());
            }
            set(bytes);
        }
    }
    assert_eq!(store.chain(batch, 0, u64::MAX).unwrap(), chain);
    check_log(store);
}

#[test]
fn what_opens_a_sealed_field_has_to_fit_before_anything_is_made_from_it() {
    let founded = Founded::new();
    let household: RegisterOrganisation =
        serde_json::from_value(serde_json::json!({"kind": "household", "name": {"zh": "农户甲"}})).unwrap();
    let subject: Subject = perform(&*founded.store, household).unwrap().subject;
    let (class, before) = founded.store.openings(subject).unwrap()[0].clone();
    assert_eq!((class.as_str(), before.field.as_str()), ("parties", "name"));
    founded.place.execute("update openings set value = replace(value, '甲', '乙')");
    assert!(is_damaged(founded.store.rebuild(&mut |_| {})));
    founded.place.execute("update openings set value = replace(value, '乙', '甲')");
    founded.store.rebuild(&mut |_| {}).unwrap();
}

/// A state is made from records: one that changed is refused, or made anew.
#[test]
fn a_state_that_changed_is_put_right_by_a_rebuild() {
    let Sound { founded, batch, .. } = sound();
    let before = founded.place.projections();
    let mut refused = 0;
    for (from, to) in
        [("1000", "9000"), ("\"", "'"), ("loss", "lost"), ("{", "["), ("\"opened_on\":\"", "\"opened_on\":\"x")]
    {
        let state = format!("update subjects set state = replace(state, '{}', '{}')", from, to.replace('\'', "''"));
        founded.place.execute(&state);
        assert_ne!(founded.place.projections(), before, "{from}: nothing was changed");
        refused += usize::from(is_damaged(founded.store.subject(batch)));
        founded.store.rebuild(&mut |_| {}).unwrap();
        assert_eq!(founded.place.projections(), before, "{from}");
    }
    assert!(refused >= 3, "{refused} changed states were refused");
}

/// What came of reading a damaged file.
#[derive(Debug, PartialEq, Eq)]
enum Read {
    Same,
    Refused,
    /// Something that was never recorded.
    Other(&'static str),
}

/// A reader may be given nothing, or what was recorded.
fn read_all(path: &Path, chain: &[StoredRecord], batch: Handle, projections: &Dump) -> Read {
    found_in(path, chain, batch, projections).unwrap_or(Read::Refused)
}

fn found_in(path: &Path, chain: &[StoredRecord], batch: Handle, projections: &Dump) -> Result<Read, ()> {
    let refused = |_: StoreError| ();
    let store = SqliteStore::open(path, Arc::new(SystemClock), Arc::new(SystemRandomness)).map_err(refused)?;
    let log = Store::check(&store).and_then(|()| suyuan::store::Records::log(&store, 0, 100)).map_err(refused)?;
    let found: Vec<_> =
        log.into_iter().filter(|stored| chain.iter().any(|it| it.log_index == stored.log_index)).collect();
    if found != chain {
        return Ok(Read::Other("another record is read"));
    }
    // An index that lost its end gives a chain that ends early; whoever hands chains out holds them against their heads.
    let read = suyuan::store::Records::chain(&store, batch, 0, u64::MAX).map_err(refused)?;
    if !chain.starts_with(&read) {
        return Ok(Read::Other("another chain is read"));
    }
    store.rebuild(&mut |_| {}).map_err(refused)?;
    // A table that nothing above reads may be the one that SQLite refuses.
    let made = Place::Sqlite(path.to_owned()).readable_projections().map_err(|_| ())?;
    Ok(if made == *projections { Read::Same } else { Read::Other("other projections are made") })
}

#[test]
fn a_flipped_byte_of_any_page_of_sqlite_is_refused_or_does_not_matter() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("suyuan.sqlite");
    let place = Place::Sqlite(path.clone());
    let founded = Founded::with(place.clone(), open(&place));
    let batch = perform(&*founded.store, opening("L1", 1_000)).unwrap().id;
    (1..=4).for_each(|grams| drop(perform(&*founded.store, loss(batch, grams)).unwrap()));
    let (chain, projections) = (founded.store.chain(batch, 0, u64::MAX).unwrap(), place.projections());
    // The last connection writes the log into the file.
    drop(founded);
    let sound = fs::read(&path).unwrap();
    assert!(!path.with_extension("sqlite-wal").exists());
    let (page, copy) = (4096, folder.path().join("damaged.sqlite"));
    let mut refused = 0;
    // Spread over every page, and where its header and first cells are.
    let places = (0..sound.len()).step_by(page).flat_map(|start| {
        [0, 3, 6, 9, 17, 101, 811]
            .into_iter()
            .map(move |at| start + at)
            .chain((0..6).map(move |at| start + page - 7 - at * 131))
    });
    for at in places {
        for ending in ["", "-wal", "-shm"] {
            fs::remove_file(format!("{}{ending}", copy.display())).ok();
        }
        let mut damaged = sound.clone();
        damaged[at] ^= 0x15;
        fs::write(&copy, damaged).unwrap();
        let read = read_all(&copy, &chain, batch, &projections);
        assert!(!matches!(read, Read::Other(_)), "byte {at} of page {} was flipped: {read:?}", at / page + 1);
        refused += usize::from(read == Read::Refused);
    }
    assert!(refused > 20, "{refused} flips were seen");
}
