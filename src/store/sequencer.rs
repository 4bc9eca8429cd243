//! One thread writes. Acts queue; while one group is being made durable the next gathers, so nobody waits for a timer and
//! the cost of a sync is shared. Knows nothing of SQL: the engine runs a group, this hands out groups and answers.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use super::{Listener, Receipt, ReceiptRecord, StoreError, Submission};
use crate::domain::record::Handle;

/// Acts that wait at most; more are told to come back.
const QUEUE: usize = 4096;
/// Acts of one transaction.
const GROUP: usize = 256;

/// Runs groups of acts, each in one transaction.
pub trait Engine: Send {
    /// Decides and writes the group; when this returns `Ok`, everything accepted is durable. Answers in the order of the
    /// group. `Err` means that nothing of the group was written, but for [`StoreError::CommitUnknown`] and
    /// [`StoreError::Unresolved`]: nobody can tell.
    fn run(&mut self, group: &[Submission]) -> Result<GroupResult, StoreError>;
}

/// What became of a group.
pub struct GroupResult {
    pub answers: Vec<Result<Receipt, StoreError>>,
    /// Subjects that changed.
    pub touched: Vec<Handle>,
    /// One of the records that the group wrote, by which it is seen whether it was committed.
    #[cfg_attr(
        not(feature = "postgres"),
        expect(dead_code, reason = "only a server loses its connection in a commit")
    )]
    pub written: Option<ReceiptRecord>,
    /// Where the log ends now.
    #[cfg_attr(not(feature = "postgres"), expect(dead_code, reason = "asking costs a way to the server and back"))]
    pub log_end: u64,
}

type Waiting = (Submission, oneshot::Sender<Result<Receipt, StoreError>>);

/// The writer's queue.
pub struct Sequencer {
    /// Taken out when the sequencer is dropped, so that the thread ends.
    queue: Option<SyncSender<Waiting>>,
    listeners: Listeners,
    thread: Option<JoinHandle<()>>,
}

/// Whoever wants to hear of commits.
#[derive(Clone, Default)]
pub struct Listeners(Arc<Mutex<Vec<Listener>>>);

impl Listeners {
    pub fn notify(&self, touched: &[Handle]) {
        for listener in self.0.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            listener(touched);
        }
    }
}

impl Sequencer {
    pub fn start(engine: impl Engine + 'static) -> std::io::Result<Self> {
        Self::start_with(engine, end_process)
    }

    /// `unknown` is called where a commit may or may not have happened; it is meant not to return.
    fn start_with(engine: impl Engine + 'static, unknown: fn(&StoreError)) -> std::io::Result<Self> {
        let (queue, arrivals) = sync_channel(QUEUE);
        let listeners = Listeners::default();
        let mut writer = Writer { engine, listeners: listeners.clone(), unknown };
        let thread = std::thread::Builder::new().name("writer".into()).spawn(move || writer.write(&arrivals))?;
        Ok(Self { queue: Some(queue), listeners, thread: Some(thread) })
    }

    #[cfg(feature = "postgres")]
    pub fn listeners(&self) -> Listeners {
        self.listeners.clone()
    }

    pub fn submit(&self, submission: Submission) -> oneshot::Receiver<Result<Receipt, StoreError>> {
        let (answer, answered) = oneshot::channel();
        let refused = match &self.queue {
            None => Some((answer, StoreError::Engine("the writer has stopped".into()))),
            Some(queue) => match queue.try_send((submission, answer)) {
                Ok(()) => None,
                Err(TrySendError::Full((_, answer))) => Some((answer, StoreError::Busy)),
                Err(TrySendError::Disconnected((_, answer))) => {
                    Some((answer, StoreError::Engine("the writer has stopped".into())))
                }
            },
        };
        if let Some((answer, error)) = refused {
            // Nobody waits any more where this fails.
            let _ = answer.send(Err(error));
        }
        answered
    }

    pub fn listen(&self, listener: Listener) {
        self.listeners.0.lock().unwrap_or_else(PoisonError::into_inner).push(listener);
    }
}

impl Drop for Sequencer {
    /// Lets the queue run empty before the store goes.
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// The writing thread.
struct Writer<E> {
    engine: E,
    listeners: Listeners,
    unknown: fn(&StoreError),
}

impl<E: Engine> Writer<E> {
    fn write(&mut self, arrivals: &Receiver<Waiting>) {
        while let Ok(first) = arrivals.recv() {
            let (mut group, mut answers) = (vec![first.0], vec![first.1]);
            while group.len() < GROUP
                && let Ok((submission, answer)) = arrivals.try_recv()
            {
                group.push(submission);
                answers.push(answer);
            }
            for (answer, result) in answers.into_iter().zip(self.run(&group)) {
                // Nobody waits any more where this fails.
                let _ = answer.send(result);
            }
        }
    }

    /// Runs a group. Where a constraint refuses it, one by one, so that one odd act does not fail its neighbours; where the
    /// engine fails, the group fails: trying each act again would only make everybody wait.
    fn run(&mut self, group: &[Submission]) -> Vec<Result<Receipt, StoreError>> {
        match self.engine.run(group) {
            Ok(result) => {
                self.listeners.notify(&result.touched);
                result.answers
            }
            Err(StoreError::Constraint(error)) if group.len() > 1 => {
                tracing::warn!(error, acts = group.len(), "a group broke a constraint and is run one by one");
                group.iter().flat_map(|submission| self.run(std::slice::from_ref(submission))).collect()
            }
            Err(error) => {
                tracing::error!(%error, acts = group.len(), "the writer could not commit");
                if matches!(error, StoreError::CommitUnknown(_)) {
                    (self.unknown)(&error);
                }
                group.iter().map(|_| Err(error.for_another())).collect()
            }
        }
    }
}

/// Exit code of a process that cannot tell whether it committed (EX_IOERR).
const UNKNOWN_COMMIT: i32 = 74;

/// What the engine holds in memory may differ from what is on the disk, and a sync that failed must not be tried again: the
/// next start reads what is there, and whoever was not answered asks again with the same key.
fn end_process(_: &StoreError) {
    tracing::error!("nobody can tell whether the last commit is on the disk; the process ends, start it again");
    std::process::exit(UNKNOWN_COMMIT);
}

#[cfg(test)]
mod tests;
