//! Several instances of the service on one PostgreSQL database, writing at once.

use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use suyuan::domain::record::Handle;
use suyuan::store::Store;

use crate::engine::Place;
use crate::engine::cluster::Cluster;
use crate::support::{Founded, check_log, loss, open, opening, perform, refusal, rest, submit};

/// The store of a test and others on the same database; `None` on an engine that only one process writes to.
fn founded_with(others: usize) -> Option<(Founded, Vec<Arc<dyn Store>>)> {
    let founded = Founded::new();
    if matches!(founded.place, Place::Sqlite(_)) {
        return None;
    }
    let others = (0..others).map(|_| open(&founded.place)).collect();
    Some((founded, others))
}

#[test]
fn the_last_gram_goes_to_one_of_64_writers_on_two_instances() {
    let Some((founded, others)) = founded_with(1) else { return };
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
    let Some((founded, others)) = founded_with(2) else { return };
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
fn one_key_sent_to_two_instances_has_one_effect() {
    let Some((founded, others)) = founded_with(1) else { return };
    let batch = perform(&*founded.store, opening("L1", 1_000)).unwrap().id;
    for round in 0..20 {
        let key = format!("k{round}");
        let both = [&*founded.store, &*others[0]].map(|store| submit(store, loss(batch, 1), Some(&key)));
        let [one, other] = both.map(|answer| answer.blocking_recv().unwrap().unwrap());
        assert_eq!(one, other);
    }
    assert_eq!(rest(&*founded.store, batch), 980);
}

#[test]
fn instances_that_write_to_the_same_batches_lose_nothing() {
    let Some((founded, others)) = founded_with(2) else { return };
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
    let Some((founded, others)) = founded_with(1) else { return };
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

#[test]
fn a_server_that_crashed_is_written_to_again_when_it_is_back() {
    let mut cluster = Cluster::start(&[]);
    let place = Place::Postgres(cluster.new_database());
    let founded = Founded::at(place);
    let store = &founded.store;
    let batch = perform(&**store, opening("L1", 1_000_000)).unwrap().id;
    let (mut acknowledged, mut failed) = (0, 0);
    for _ in 0..3 {
        thread::scope(|scope| {
            let writer = scope.spawn(|| {
                let until = Instant::now() + Duration::from_millis(1_500);
                let mut answers = Vec::new();
                while Instant::now() < until {
                    answers.push(perform(&**store, loss(batch, 1)));
                }
                answers
            });
            thread::sleep(Duration::from_millis(300));
            cluster.crash();
            cluster.run();
            let answers = writer.join().unwrap();
            acknowledged += answers.iter().filter(|answer| answer.is_ok()).count() as u64;
            failed += answers.iter().filter(|answer| answer.is_err()).count() as u64;
        });
    }
    perform(&**store, loss(batch, 1)).unwrap();
    let lost = 1_000_000 - rest(&**store, batch);
    assert!(acknowledged > 0 && lost > acknowledged, "{acknowledged} acknowledged, {lost} stored");
    assert!(lost <= acknowledged + failed + 1, "{acknowledged} acknowledged, {failed} failed, {lost} stored");
    check_log(&**store);
}
