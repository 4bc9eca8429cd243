//! Several instances of the service on one PostgreSQL database, writing at once.

use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use suyuan::app::clock::SystemClock;
use suyuan::app::randomness::SystemRandomness;
use suyuan::domain::acts::UniqueName;
use suyuan::domain::record::Handle;
use suyuan::store::postgres::PostgresStore;
use suyuan::store::{PostgresSettings, Receipt, Store, StoreError};

use crate::engine::cluster::Cluster;
use crate::engine::{Place, cluster};
use crate::support::{Founded, GTIN, check_log, loss, open, opening, perform, refusal, rest, submit};

/// The store of a test and others on the same database; on PostgreSQL whatever engine the other tests run on.
fn founded_with(others: usize) -> (Founded, Vec<Arc<dyn Store>>) {
    let founded = Founded::at(Place::Postgres(cluster().new_database()));
    let others = (0..others).map(|_| open(&founded.place)).collect();
    (founded, others)
}

#[test]
fn the_last_gram_goes_to_one_of_64_writers_on_two_instances() {
    let (founded, others) = founded_with(1);
    for round in 0..20 {
        let batch = perform(&*founded.store, opening(&format!("L{round}"), 1)).unwrap().id;
        let stores = [&*founded.store, &*others[0]];
        let waiting: Vec<_> = (0..64).map(|writer| submit(stores[writer % 2], loss(batch, 1), None)).collect();
        let answers: Vec<_> = waiting.into_iter().map(|answer| answer.blocking_recv().unwrap()).collect();
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "round {round}");
        answers.into_iter().filter(Result::is_err).for_each(|answer| assert_eq!(refusal(answer), "overdrawn"));
        assert_eq!(rest(&*founded.store, batch), 0);
    }
    check_log(&*founded.store);
}

#[test]
fn one_lot_is_opened_by_one_instance() {
    let (founded, others) = founded_with(2);
    let stores = [&*founded.store, &*others[0], &*others[1]];
    for round in 0..20 {
        let lot = format!("L{round}");
        let waiting: Vec<_> = stores.iter().map(|store| submit(*store, opening(&lot, 5), None)).collect();
        let answers: Vec<_> = waiting.into_iter().map(|answer| answer.blocking_recv().unwrap()).collect();
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
        answers.into_iter().filter(Result::is_err).for_each(|answer| assert_eq!(refusal(answer), "lot-taken"));
    }
    check_log(&*founded.store);
}

#[test]
fn one_key_sent_to_two_instances_has_one_effect_and_one_answer() {
    let (founded, others) = founded_with(1);
    let batch = perform(&*founded.store, opening("L0", 1_000)).unwrap().id;
    for round in 1..=40 {
        let stores = [&*founded.store, &*others[0]];
        let losses = stores.map(|store| submit(store, loss(batch, 1), Some(&format!("loss-{round}"))));
        // An act that would be refused where its twin was done before.
        let lot = format!("L{round}");
        let openings = stores.map(|store| submit(store, opening(&lot, 5), Some(&format!("open-{round}"))));
        for both in [losses, openings] {
            let [one, other] = both.map(|answer| answer.blocking_recv().unwrap().unwrap());
            assert_eq!(one, other, "round {round}");
        }
    }
    assert_eq!(rest(&*founded.store, batch), 960);
    check_log(&*founded.store);
}

#[test]
fn instances_that_start_at_once_make_the_tables_once() {
    for _ in 0..5 {
        let place = Place::Postgres(cluster().new_database());
        thread::scope(|scope| {
            let starting: Vec<_> = (0..4).map(|_| scope.spawn(|| open(&place))).collect();
            starting.into_iter().for_each(|it| drop(it.join().unwrap()));
        });
        check_log(&*Founded::at(place).store);
    }
}

#[test]
fn instances_that_write_to_the_same_batches_lose_nothing() {
    let (founded, others) = founded_with(2);
    let batches: Vec<Handle> =
        (0..4).map(|number| perform(&*founded.store, opening(&format!("L{number}"), 100_000)).unwrap().id).collect();
    let stores = [&founded.store, &others[0], &others[1]];
    thread::scope(|scope| {
        for store in stores {
            let batches = &batches;
            scope.spawn(move || {
                for round in 0..50 {
                    let waiting: Vec<_> =
                        batches.iter().map(|batch| submit(&**store, loss(*batch, 1 + round % 3), None)).collect();
                    waiting.into_iter().for_each(|answer| drop(answer.blocking_recv().unwrap().unwrap()));
                }
            });
        }
    });
    // 50 rounds of 1, 2, 3, 1, … grams.
    let lost: u64 = (0..50).map(|round| 1 + round % 3).sum::<u64>() * 3;
    for batch in batches {
        assert_eq!(rest(&*founded.store, batch), 100_000 - lost);
    }
    assert_eq!(check_log(&*founded.store), 2 + 4 + 3 * 50 * 4);
}

#[test]
fn an_instance_hears_within_a_second_what_another_wrote() {
    let (founded, others) = founded_with(1);
    let heard: Arc<Mutex<Vec<Handle>>> = Arc::default();
    let ears = Arc::clone(&heard);
    others[0].on_commit(Box::new(move |touched| ears.lock().unwrap().extend(touched)));
    let batch = perform(&*founded.store, opening("L1", 10)).unwrap().id;
    let begun = Instant::now();
    while !heard.lock().unwrap().contains(&batch) {
        assert!(begun.elapsed() < Duration::from_secs(5), "the other instance never heard of it");
        thread::sleep(Duration::from_millis(10));
    }
}

/// The server is told to answer before its log is on the disk, and to write it every ten seconds only: what a crash then
/// keeps is kept because our transactions asked for it.
const CARELESS: &[&str] = &["synchronous_commit=off", "wal_writer_delay=10s", "autovacuum=off"];

#[test]
fn a_server_that_crashed_keeps_what_was_acknowledged_and_is_written_to_when_it_is_back() {
    crash_and_look(true);
}

#[test]
fn a_server_behind_a_pooler_that_crashed_keeps_what_was_acknowledged() {
    crash_and_look(false);
}

fn crash_and_look(prepared_statements: bool) {
    let mut cluster = Cluster::start(CARELESS);
    let url = cluster.new_database();
    let settings = PostgresSettings { url: url.clone(), connections: 4, prepared_statements };
    let store = PostgresStore::open(settings, Arc::new(SystemClock), Arc::new(SystemRandomness)).unwrap();
    let founded = Founded::with(Place::Postgres(url), Arc::new(store));
    let store = &founded.store;
    let (mut acknowledged, mut attempted) = (Vec::new(), Vec::new());
    for round in 0..3 {
        let answers = thread::scope(|scope| {
            let writers: Vec<_> =
                (0..4).map(|writer| scope.spawn(move || open_lots(&**store, &format!("R{round}W{writer}-")))).collect();
            thread::sleep(Duration::from_millis(400));
            cluster.crash();
            cluster.run();
            writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect::<Vec<_>>()
        });
        attempted.extend(answers.iter().map(|(lot, _)| lot.clone()));
        acknowledged.extend(answers.into_iter().filter_map(|(lot, answer)| Some((lot, answer.ok()?))));
    }
    for (lot, receipt) in &acknowledged {
        let name = UniqueName::lot(GTIN.parse().unwrap(), &lot.parse().unwrap());
        assert_eq!(store.named(&name).unwrap(), Some(receipt.id), "{lot} was acknowledged");
    }
    let stored = (check_log(&**store) - 2) as usize;
    assert!(acknowledged.len() <= stored && stored <= attempted.len());
    assert!(acknowledged.len() > 100, "{} of {} acknowledged", acknowledged.len(), attempted.len());
    perform(&**store, opening("LAST", 1)).unwrap();
}

type Answer = Result<Receipt, StoreError>;

/// Opens one lot after the other for two seconds.
fn open_lots(store: &dyn Store, prefix: &str) -> Vec<(String, Answer)> {
    let until = Instant::now() + Duration::from_secs(2);
    let mut answers = Vec::new();
    while Instant::now() < until {
        let lot = format!("{prefix}{}", answers.len());
        let answer = perform(store, opening(&lot, 1));
        answers.push((lot, answer));
    }
    answers
}

#[test]
fn a_password_is_not_told_to_whoever_reads_the_error() {
    for address in ["p%25ss=geheim", "x:p%ssgeheim@localhost", "x:pa/ssgeheim@localhost", "x:p@geheim@localhost"] {
        let settings =
            PostgresSettings { url: format!("postgres://{address}/db"), connections: 1, prepared_statements: true };
        let refused = PostgresStore::open(settings, Arc::new(SystemClock), Arc::new(SystemRandomness));
        let told = refused.err().unwrap().to_string();
        assert!(!told.contains("geheim"), "{told}");
    }
}
