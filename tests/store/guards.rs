//! Guards of a log that several instances publish.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::time::Duration;

use suyuan::app::log::{Keys, PublishedLog};
use suyuan::domain::merkle::{EMPTY_ROOT, Published, TreeHead};
use suyuan::domain::ports::{Guard, GuardFailed};
use suyuan::domain::record::Digest;
use suyuan::log::SigningKey;
use suyuan::store::PostgresSettings;
use suyuan::store::postgres::PostgresGuard;

use crate::engine::{Place, cluster};
use crate::support::{Founded, open, opening, submit};

const ORIGIN: &str = "sy.example/log";

fn guard(url: &str) -> PostgresGuard {
    PostgresGuard::at(PostgresSettings { url: url.to_owned(), connections: 1, prepared_statements: true })
}

fn signed(epoch: u64, size: u64) -> Published {
    let tree = TreeHead { size, root: Digest::from_bytes([size as u8; 32]) };
    Published { epoch, tree, note: format!("{ORIGIN}\n{size}\n") }
}

/// Moves the guard to `size` of its epoch if that is more.
fn advance(guard: &PostgresGuard, epoch: u64, size: u64) -> Result<Option<Published>, GuardFailed> {
    guard.advance(&mut |held| (held.epoch == epoch && held.tree.size < size).then(|| signed(epoch, size)))
}

#[test]
fn a_guard_in_a_database_moves_from_what_stands_there() {
    let url = cluster().new_database();
    let (one, two) = (guard(&url), guard(&url));
    assert_eq!(one.read().unwrap(), None);
    assert_eq!(advance(&one, 1, 1).unwrap(), None, "what is not there cannot move");
    assert!(one.begin(&signed(1, 0)).unwrap());
    assert!(!two.begin(&signed(1, 5)).unwrap(), "it is begun once");
    assert_eq!(advance(&two, 1, 1).unwrap(), Some(signed(1, 1)));
    assert_eq!(advance(&one, 1, 1).unwrap(), Some(signed(1, 1)), "the other was first");
    assert_eq!(one.read().unwrap(), Some(signed(1, 1)));
    assert!(one.begin(&signed(2, 1)).unwrap());
    assert_eq!(advance(&two, 1, 3).unwrap(), Some(signed(2, 1)));
    assert_eq!(two.read().unwrap(), Some(signed(2, 1)));
}

#[test]
fn of_several_instances_one_signs_at_a_time() {
    let url = cluster().new_database();
    guard(&url).begin(&signed(1, 0)).unwrap();
    let (signing, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let guard = guard(&url);
                for _ in 0..10 {
                    let next = |held: &Published| {
                        most.fetch_max(signing.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        std::thread::sleep(Duration::from_millis(2));
                        signing.fetch_sub(1, Ordering::SeqCst);
                        Some(signed(1, held.tree.size + 1))
                    };
                    guard.advance(&mut { next }).unwrap();
                }
            });
        }
    });
    assert_eq!(most.into_inner(), 1);
    assert_eq!(guard(&url).read().unwrap().unwrap().tree.size, 40, "each saw what the one before left");
}

#[test]
fn an_instance_that_falls_silent_while_it_signs_loses_its_turn_and_moves_nothing_when_it_wakes() {
    let url = cluster().new_database();
    let (sleeper, other) = (guard(&url).with_lease(Duration::from_millis(300)), guard(&url));
    other.begin(&signed(1, 0)).unwrap();
    let (asleep, is_asleep) = channel();
    let (wake, is_woken) = channel();
    std::thread::scope(|scope| {
        let slept = scope.spawn(move || {
            let late = sleeper.advance(&mut |held| {
                asleep.send(()).unwrap();
                is_woken.recv().unwrap();
                Some(signed(1, held.tree.size + 1))
            });
            (late, advance(&sleeper, 1, 8))
        });
        is_asleep.recv().unwrap();
        assert_eq!(advance(&other, 1, 7).unwrap(), Some(signed(1, 7)), "nobody waits for ever");
        wake.send(()).unwrap();
        let (late, next) = slept.join().unwrap();
        assert!(late.is_err(), "{late:?}");
        assert_eq!(next.unwrap(), Some(signed(1, 8)), "it goes on with another session");
    });
    assert_eq!(other.read().unwrap(), Some(signed(1, 8)));
}

#[test]
fn a_guard_that_cannot_be_reached_says_so_without_its_password() {
    let failed = guard("postgres://suyuan:secret@127.0.0.1:1/nowhere").read().unwrap_err().to_string();
    assert!(failed.contains("guard of the log") && !failed.contains("secret"), "{failed}");
}

#[test]
fn instances_that_share_a_guard_publish_one_log_and_answer_only_what_it_covers() {
    let founded = Founded::at(Place::Postgres(cluster().new_database()));
    let other = open(&founded.place);
    let url = cluster().new_database();
    let key = SigningKey::from_seed(ORIGIN, &[9; 32]).unwrap();
    let keys = Keys::of(ORIGIN, std::slice::from_ref(&key)).unwrap();
    guard(&url).begin(&keys.sign(1, TreeHead { size: 0, root: EMPTY_ROOT })).unwrap();
    let logs = [&founded.store, &other]
        .map(|store| PublishedLog::open(store, Box::new(guard(&url)), std::slice::from_ref(&key)).unwrap());
    std::thread::scope(|scope| {
        for (number, (store, log)) in [&founded.store, &other].into_iter().zip(&logs).enumerate() {
            for writer in 0..4 {
                scope.spawn(move || {
                    for act in 0..30 {
                        let lot = format!("L{number}-{writer}-{act}");
                        let receipt = submit(&**store, opening(&lot, 1_000), None).blocking_recv().unwrap().unwrap();
                        assert!(log.published().tree.size > receipt.log_index, "{lot}");
                    }
                });
            }
        }
    });
    assert!(logs.iter().all(|log| log.stopped().is_none()));
    let held = guard(&url).read().unwrap().unwrap();
    assert_eq!(held.tree, founded.store.tree().unwrap());
    assert_eq!(founded.store.log_end().unwrap(), held.tree.size);
}

#[test]
fn an_instance_that_publishes_nothing_itself_shows_what_the_others_published() {
    let founded = Founded::at(Place::Postgres(cluster().new_database()));
    let idle = open(&founded.place);
    let url = cluster().new_database();
    let key = SigningKey::from_seed(ORIGIN, &[9; 32]).unwrap();
    let keys = Keys::of(ORIGIN, std::slice::from_ref(&key)).unwrap();
    guard(&url).begin(&keys.sign(1, TreeHead { size: 0, root: EMPTY_ROOT })).unwrap();
    let [_log, idle_log] = [&founded.store, &idle]
        .map(|store| PublishedLog::open(store, Box::new(guard(&url)), std::slice::from_ref(&key)).unwrap());
    submit(&*founded.store, opening("L1", 1_000), None).blocking_recv().unwrap().unwrap();
    let end = founded.store.log_end().unwrap();
    idle_log.follow_to(end);
    assert_eq!(idle_log.published().tree, founded.store.tree().unwrap());
    // A guard of other records is not followed.
    let other = keys.sign(1, TreeHead { size: end, root: EMPTY_ROOT });
    guard(&url).advance(&mut |_| Some(other.clone())).unwrap();
    submit(&*founded.store, opening("L2", 1_000), None).blocking_recv().unwrap().unwrap_err();
    idle_log.follow_to(end + 1);
    assert_eq!(idle_log.published().tree.size, end);
}
