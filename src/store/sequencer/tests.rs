use std::sync::mpsc::{Receiver, Sender, channel};

use super::*;
use crate::domain::acts::keeping::CloseBatch;
use crate::domain::record::{Actor, Digest, Role, Subject, SubjectKind};
use crate::store::IdempotencyKey;

/// Tells of each group that it got, and answers it once it may.
struct Gate {
    came: Sender<Vec<String>>,
    may_go: Receiver<()>,
}

impl Engine for Gate {
    fn run(&mut self, group: &[Submission], _: Option<&Published>) -> Result<GroupResult, StoreError> {
        let names = group.iter().map(|it| it.idempotency.as_ref().unwrap().key.clone()).collect();
        self.came.send(names).unwrap();
        self.may_go.recv().unwrap();
        Ok(GroupResult {
            answers: group.iter().map(|_| Ok(receipt())).collect(),
            touched: Vec::new(),
            written: None,
            tree: Arc::default(),
        })
    }
}

fn receipt() -> Receipt {
    let subject = Subject::new(SubjectKind::Batch, Handle::from_bytes([1; 16]));
    Receipt { id: subject.handle, subject, head: Digest::from_bytes([2; 32]), log_index: 0, records: Vec::new() }
}

fn named(name: &str) -> Submission {
    let actor = Actor { key: None, org: Handle::from_bytes([3; 16]), role: Role::Cooperative };
    let act: CloseBatch = serde_json::from_str("{}").unwrap();
    let idempotency = IdempotencyKey { key: name.to_owned(), request_hash: Digest::from_bytes([4; 32]) };
    Submission { act: Arc::new(act), actor, idempotency: Some(idempotency), expected_head: None }
}

#[test]
fn who_comes_to_a_full_queue_is_told_at_once_and_never_written_and_the_rest_are_answered() {
    let ((came, groups), (go, may_go)) = (channel(), channel());
    let sequencer = Sequencer::start(Gate { came, may_go }).unwrap();
    // Dropped before the sequencer, which waits for its thread: where an assertion fails the gate must not stay shut.
    let go = go;
    let first = sequencer.submit(named("first"));
    assert_eq!(groups.recv().unwrap(), ["first"], "the writer is at work and takes nothing from the queue");
    let waiting: Vec<_> = (0..QUEUE).map(|number| sequencer.submit(named(&number.to_string()))).collect();
    for _ in 0..3 {
        let refused = sequencer.submit(named("refused")).try_recv();
        assert!(matches!(refused, Ok(Err(StoreError::Busy))), "{refused:?}");
    }
    let expected = QUEUE.div_ceil(GROUP);
    (0..=expected).for_each(|_| go.send(()).unwrap());
    for answer in [first].into_iter().chain(waiting) {
        answer.blocking_recv().unwrap().unwrap();
    }
    let written: Vec<String> = groups.try_iter().flatten().collect();
    let all: Vec<String> = (0..QUEUE).map(|number| number.to_string()).collect();
    assert!(written == all, "in the order in which they came, and no other: {}", written.len());
    go.send(()).unwrap();
    sequencer.submit(named("later")).blocking_recv().unwrap().unwrap();
    assert_eq!(groups.recv().unwrap(), ["later"]);
}

/// An engine whose disk fails in a commit.
struct Broken;

impl Engine for Broken {
    fn run(&mut self, _: &[Submission], _: Option<&Published>) -> Result<GroupResult, StoreError> {
        Err(StoreError::CommitUnknown("disk I/O error".into()))
    }
}

#[test]
fn a_commit_of_which_nobody_can_tell_ends_the_process_before_anybody_is_answered() {
    static ENDED: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);
    // The real one does not return; this one leaves the writer to answer, so that the order shows.
    let end = |_: &StoreError| ENDED.store(true, std::sync::atomic::Ordering::SeqCst);
    let sequencer = Sequencer::start_with(Broken, end).unwrap();
    let answer = sequencer.submit(named("lost")).blocking_recv().unwrap();
    assert!(ENDED.load(std::sync::atomic::Ordering::SeqCst));
    assert!(matches!(answer, Err(StoreError::Engine(_))), "{answer:?}");
}
