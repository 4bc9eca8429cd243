//! Between commit and answer: the tree is signed, the guard is moved, the checkpoint is published. Whatever breaks off in between,
//! nothing is lost, nothing is said twice, and nothing leaves that the guard does not hold.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};

use suyuan::app::log::{Keys, PublishedLog};
use suyuan::domain::merkle::{EMPTY_ROOT, Published, Tiles as _, TreeHead};
use suyuan::domain::ports::{Guard, GuardFailed};
use suyuan::log::SigningKey;
use suyuan::store::{Publisher as _, Store, StoreError};

use crate::support::{Founded, open, opening, perform, submit};

const ORIGIN: &str = "sy.example/log";

fn key() -> SigningKey {
    SigningKey::from_seed(ORIGIN, &[9; 32]).unwrap()
}

/// A guard in memory that breaks off where it is told, as a process or its disk would.
#[derive(Clone, Default)]
struct Brittle {
    held: Arc<Mutex<Option<Published>>>,
    breaks: Arc<AtomicU8>,
}

const NEVER: u8 = 0;
/// Before anything is written: the signature is lost.
const BEFORE: u8 = 1;
/// After it was written: the answer is lost.
const AFTER: u8 = 2;

impl Brittle {
    fn begun() -> Self {
        let guard = Self::default();
        let keys = Keys::of(ORIGIN, &[key()]).unwrap();
        guard.begin(&keys.sign(1, TreeHead { size: 0, root: EMPTY_ROOT })).unwrap();
        guard
    }

    fn break_off(&self, when: u8) {
        self.breaks.store(when, Ordering::SeqCst);
    }

    fn size(&self) -> u64 {
        self.held.lock().unwrap().as_ref().unwrap().tree.size
    }

    fn failed(&self) -> GuardFailed {
        GuardFailed { place: "memory".into(), cause: "it was told to".into() }
    }
}

impl Guard for Brittle {
    fn read(&self) -> Result<Option<Published>, GuardFailed> {
        Ok(self.held.lock().unwrap().clone())
    }

    fn advance(&self, next: &mut dyn FnMut(&Published) -> Option<Published>) -> Result<Option<Published>, GuardFailed> {
        let mut held = self.held.lock().unwrap();
        let Some(stands) = &*held else { return Ok(None) };
        let Some(next) = next(stands) else { return Ok(held.clone()) };
        let breaks = self.breaks.load(Ordering::SeqCst);
        if breaks == BEFORE {
            return Err(self.failed());
        }
        *held = Some(next.clone());
        if breaks == AFTER { Err(self.failed()) } else { Ok(Some(next)) }
    }

    fn begin(&self, first: &Published) -> Result<bool, GuardFailed> {
        *self.held.lock().unwrap() = Some(first.clone());
        Ok(true)
    }
}

fn publish(store: &Arc<dyn Store>, guard: &Brittle) -> Arc<PublishedLog> {
    PublishedLog::open(store, Box::new(guard.clone()), &[key()]).unwrap()
}

fn unpublished(answer: Result<suyuan::store::Receipt, StoreError>) {
    assert!(matches!(answer, Err(StoreError::Unpublished(_))), "{answer:?}");
}

fn send(store: &dyn Store, lot: &str) -> Result<suyuan::store::Receipt, StoreError> {
    submit(store, opening(lot, 1_000), Some(lot)).blocking_recv().unwrap()
}

#[test]
fn what_was_committed_and_not_signed_is_published_at_the_next_start() {
    // As if the process had ended between the commit and the signature: this store knows no publisher.
    let founded = Founded::new();
    perform(&*founded.store, opening("L1", 1_000)).unwrap();
    let (end, guard) = (founded.store.log_end().unwrap(), Brittle::begun());
    let log = publish(&founded.store, &guard);
    assert_eq!((log.published().tree, guard.size()), (founded.store.tree().unwrap(), end));
    assert!(log.stopped().is_none());
}

#[test]
fn an_act_whose_signature_was_lost_is_answered_when_it_is_sent_again_and_has_one_effect() {
    for when in [BEFORE, AFTER] {
        for restarted in [false, true] {
            let (founded, guard) = (Founded::new(), Brittle::begun());
            let log = publish(&founded.store, &guard);
            let end = founded.store.log_end().unwrap();
            guard.break_off(when);
            unpublished(send(&*founded.store, "L1"));
            assert_eq!(log.published().tree.size, end, "nothing leaves that the guard may not hold");
            assert_eq!(founded.store.log_end().unwrap(), end + 1, "it is committed");
            guard.break_off(NEVER);
            let (store, log) = match restarted {
                false => (Arc::clone(&founded.store), log),
                true => {
                    drop((log, founded.store));
                    let store = open(&founded.place);
                    let log = publish(&store, &guard);
                    (store, log)
                }
            };
            let receipt = send(&*store, "L1").unwrap();
            assert_eq!((receipt.log_index, store.log_end().unwrap()), (end, end + 1), "{when} {restarted}");
            assert_eq!((log.published().tree.size, guard.size()), (end + 1, end + 1));
            send(&*store, "L2").unwrap();
            assert_eq!((log.published().tree, guard.size()), (store.tree().unwrap(), end + 2));
        }
    }
}

#[test]
fn tiles_in_memory_are_those_that_are_stored() {
    let (founded, guard) = (Founded::new(), Brittle::begun());
    let log = publish(&founded.store, &guard);
    let submit = |lot: u32| submit(&*founded.store, opening(&format!("L{lot}"), 1_000), None);
    for group in [0..200, 200..270, 270..540] {
        let answers: Vec<_> = group.map(submit).collect();
        answers.into_iter().for_each(|answer| drop(answer.blocking_recv().unwrap().unwrap()));
        let size = log.published().tree.size;
        for (level, hashes) in [(0, size), (1, size / 256)] {
            for number in 0..hashes.div_ceil(256) {
                let whole = (hashes - number * 256).min(256) as u16;
                // Twice: the second time it may be kept.
                for width in [whole, 1, whole.div_ceil(2), whole] {
                    let kept = log.tiles(&*founded.store).tile(level, number, width).unwrap();
                    assert_eq!(
                        Some(kept),
                        founded.store.tile(level, number, width).unwrap(),
                        "{level}/{number}.{width}"
                    );
                }
                assert!(whole == 256 || log.tiles(&*founded.store).tile(level, number, whole + 1).is_err());
            }
        }
    }
    assert!(log.published().tree.size > 512);
}

#[test]
fn a_guard_that_is_ahead_of_the_records_stops_the_log() {
    let (founded, guard) = (Founded::new(), Brittle::begun());
    let ahead = Keys::of(ORIGIN, &[key()]).unwrap().sign(1, TreeHead { size: 99, root: EMPTY_ROOT });
    guard.begin(&ahead).unwrap();
    let log = publish(&founded.store, &guard);
    assert!(log.stopped().unwrap().contains("99 records were published"), "{:?}", log.stopped());
    let answer = send(&*founded.store, "L1");
    assert!(matches!(answer, Err(StoreError::LogStopped(_))), "{answer:?}");
    assert_eq!(log.newest().unwrap().tree.size, 99);
}

#[test]
fn a_guard_that_others_moved_on_is_followed_if_the_records_come_to_it() {
    let (founded, guard) = (Founded::new(), Brittle::begun());
    let log = publish(&founded.store, &guard);
    // Another instance on the same database has committed, signed and guarded.
    let beside = open(&founded.place);
    if matches!(founded.place, crate::engine::Place::Sqlite(_)) {
        return;
    }
    let other = publish(&beside, &guard);
    send(&*beside, "L1").unwrap();
    send(&*founded.store, "L2").unwrap();
    send(&*beside, "L3").unwrap();
    assert!(log.stopped().is_none() && other.stopped().is_none());
    assert_eq!(other.published().tree, beside.tree().unwrap());
    guard.begin(&Keys::of(ORIGIN, &[key()]).unwrap().sign(2, beside.tree().unwrap())).unwrap();
    let answer = send(&*founded.store, "L4");
    assert!(matches!(answer, Err(StoreError::LogStopped(_))), "{answer:?}");
    assert!(log.stopped().unwrap().contains("begun anew elsewhere"));
}
