//! Two instances of the program on one PostgreSQL database, one of which dies.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use serde_json::json;

use crate::engine::{Place, cluster};
use crate::support::plot;
use crate::support::program::Service;

/// Registers plots until the instance is gone or enough are there; those that were answered.
fn write(service: &Service, key: &str, prefix: &str, enough: usize, answered: &AtomicUsize) -> Vec<String> {
    let mut written = Vec::new();
    while written.len() < enough {
        let code = format!("{prefix}{}", written.len());
        match service.try_post("/api/v1/plots", key, &plot(&code)) {
            Ok(reply) if reply.status == 201 => written.push(code),
            Ok(reply) => panic!("{}", reply.body),
            Err(_) => break,
        }
        answered.fetch_add(1, Ordering::SeqCst);
    }
    written
}

#[test]
fn when_one_instance_is_killed_the_other_goes_on_writing_and_nothing_acknowledged_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::Postgres(cluster().new_database());
    let first = Service::start_at(&folder.path().join("first"), &place, &[]);
    let cooperative =
        json!({"kind": "cooperative", "name": {"zh": "示范红旗脐橙合作社"}, "uscc": "93999001MA0000015G"});
    let key = first.admit(&cooperative).1;
    let second = Service::serve(&folder.path().join("second"), &place, &[], first.operator.clone());
    let answered = AtomicUsize::new(0);
    let (first_wrote, second_wrote) = thread::scope(|scope| {
        let writer = |service, prefix, enough| {
            let (key, answered) = (&key, &answered);
            scope.spawn(move || write(service, key, prefix, enough, answered))
        };
        let of_first: Vec<_> = ["A", "B"].map(|prefix| writer(&first, prefix, usize::MAX)).into();
        let of_second: Vec<_> = ["C", "D"].map(|prefix| writer(&second, prefix, 300)).into();
        while answered.load(Ordering::SeqCst) < 100 {
            thread::yield_now();
        }
        first.kill();
        let joined = |writers: Vec<thread::ScopedJoinHandle<'_, Vec<String>>>| -> Vec<String> {
            writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect()
        };
        (joined(of_first), joined(of_second))
    });
    assert_eq!(second_wrote.len(), 600, "the other instance went on to the end");
    assert!(!first_wrote.is_empty());
    let stored = second.plot_codes(&key);
    let lost: Vec<_> = first_wrote.iter().chain(&second_wrote).filter(|code| !stored.contains(*code)).collect();
    assert!(lost.is_empty(), "{lost:?}");
    assert!(stored.len() <= first_wrote.len() + second_wrote.len() + 2, "at most the two in flight were not answered");
}
