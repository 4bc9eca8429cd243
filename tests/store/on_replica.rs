//! The nightly look on a standby that follows the database: a copy, so that the database is spared, and where the copy does not
//! do the database itself.

use std::sync::Arc;
use std::time::{Duration, Instant};

use suyuan::app::clock::SystemClock;
use suyuan::app::log::recheck::{Looked, look};
use suyuan::app::log::{Keys, PublishedLog};
use suyuan::app::randomness::SystemRandomness;
use suyuan::domain::merkle::{EMPTY_ROOT, TreeHead};
use suyuan::domain::ports::{Clock as _, Guard as _};
use suyuan::log::SigningKey;
use suyuan::log::guard::FileGuard;
use suyuan::store::postgres::{PostgresReplica, PostgresStore};
use suyuan::store::{PostgresSettings, Replica, Source, Standing};

use crate::engine::cluster::Cluster;
use crate::engine::{Place, QUICK};
use crate::support::{Founded, loss, opening, perform};

const ORIGIN: &str = "sy.example/log";

/// A log over a primary, and the standby that follows; dropped in this order.
struct Pair {
    log: Arc<PublishedLog>,
    replica: PostgresReplica,
    founded: Founded,
    standby: Cluster,
    primary: Cluster,
    _folder: tempfile::TempDir,
}

fn settings(url: &str) -> PostgresSettings {
    PostgresSettings { url: url.to_owned(), connections: 2, prepared_statements: true }
}

impl Pair {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let primary = Cluster::start(QUICK);
        let url = primary.new_database();
        let standby = primary.standby(QUICK);
        let store = PostgresStore::open(settings(&url), Arc::new(SystemClock), Arc::new(SystemRandomness)).unwrap();
        let store = Arc::new(store);
        let founded = Founded::with(Place::Postgres(url), Arc::clone(&store) as _);
        let replica = store.replica(&settings(&standby.url("t0"))).unwrap();
        let key = SigningKey::from_seed(ORIGIN, &[9; 32]).unwrap();
        let guard = FileGuard::at(folder.path().join("guard"));
        let keys = Keys::of(ORIGIN, std::slice::from_ref(&key)).unwrap();
        guard.begin(&keys.sign(1, TreeHead { size: 0, root: EMPTY_ROOT })).unwrap();
        let log = PublishedLog::open(&founded.store, Box::new(guard), &[key]).unwrap();
        let batch = perform(&*founded.store, opening("L1", 1_000)).unwrap().id;
        for grams in 1..=20 {
            perform(&*founded.store, loss(batch, grams)).unwrap();
        }
        let pair = Self { log, replica, founded, standby, primary, _folder: folder };
        pair.comes_to("it follows", |standing| matches!(standing, Standing::Following { .. }));
        pair
    }

    fn comes_to(&self, what: &str, is: impl Fn(Standing) -> bool) {
        let begun = Instant::now();
        while !is(self.replica.standing()) {
            assert!(begun.elapsed() < Duration::from_secs(20), "in vain: {what}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn look(&self) -> Looked {
        look(&self.log, Some(&self.replica), SystemClock.now());
        self.log.last_look().get().unwrap()
    }
}

const ALTERED: &str = "update records set seq = seq + 100 where log_index = 5";

#[test]
fn the_copy_is_looked_through_and_the_database_is_not() {
    let pair = Pair::start();
    let looked = pair.look();
    assert_eq!((looked.records, looked.source, looked.damage), (23, Source::Replica, None));
    // Only so can it be changed: a standby takes no statement that would.
    pair.standby.promote();
    pair.standby.sql("t0", ALTERED);
    let looked = pair.look();
    let damage = "on the replica: the record at 5 is filed under another subject or place than it has";
    assert_eq!((looked.source, looked.damage.as_deref()), (Source::Replica, Some(damage)));
    look(&pair.log, None, SystemClock.now());
    let looked = pair.log.last_look().get().unwrap();
    assert_eq!((looked.source, looked.damage), (Source::Server, None), "the database itself is sound");
}

#[test]
fn what_was_changed_in_the_database_reaches_the_copy_and_is_found_there() {
    let pair = Pair::start();
    pair.founded.place.execute(ALTERED);
    let changed = || pair.standby.sql("t0", "select seq from records where log_index = 5").parse::<i64>().unwrap() > 99;
    let begun = Instant::now();
    while !changed() {
        assert!(begun.elapsed() < Duration::from_secs(20), "the change never reaches the standby");
        std::thread::sleep(Duration::from_millis(20));
    }
    let looked = pair.look();
    assert!(looked.damage.is_some_and(|damage| damage.starts_with("on the replica: the record at 5")));
}

#[test]
fn a_copy_that_is_just_behind_is_waited_for_and_one_that_is_away_is_not() {
    let mut pair = Pair::start();
    pair.standby.sql("postgres", "select pg_wal_replay_pause()");
    perform(&*pair.founded.store, opening("L2", 10)).unwrap();
    std::thread::scope(|scope| {
        let looking = scope.spawn(|| pair.look());
        // Whether the look has begun by now or not: it has to wait.
        std::thread::sleep(Duration::from_millis(600));
        assert!(!looking.is_finished(), "what the copy does not have yet was looked through");
        pair.standby.sql("postgres", "select pg_wal_replay_resume()");
        let looked = looking.join().unwrap();
        assert_eq!((looked.records, looked.source, looked.damage), (24, Source::Replica, None));
    });
    pair.standby.crash();
    pair.comes_to("it is away", |standing| standing == Standing::Away);
    let looked = pair.look();
    assert_eq!((looked.records, looked.source, looked.damage), (24, Source::Server, None));
    pair.primary.sql("t0", "select 1");
}
