//! One thread writes. Acts queue; while one group is being made durable the next gathers, so nobody waits for a timer and
//! the cost of a sync is shared. Knows nothing of SQL: the engine runs a group, this hands out groups and answers.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use super::{Listener, Receipt, StoreError, Submission};
use crate::domain::record::Handle;

/// Acts that wait at most; more are told to come back.
const QUEUE: usize = 4096;
/// Acts of one transaction.
const GROUP: usize = 256;

/// Runs groups of acts, each in one transaction.
pub trait Engine: Send {
    /// Decides and writes the group; when this returns `Ok`, everything accepted is durable. Answers in the order of the
    /// group. `Err` means that nothing of the group was written.
    fn run(&mut self, group: &[Submission]) -> Result<GroupResult, StoreError>;
}

/// What became of a group.
pub struct GroupResult {
    pub answers: Vec<Result<Receipt, StoreError>>,
    /// Subjects that changed.
    pub touched: Vec<Handle>,
}

type Waiting = (Submission, oneshot::Sender<Result<Receipt, StoreError>>);

/// The writer's queue.
pub struct Sequencer {
    /// Taken out when the sequencer is dropped, so that the thread ends.
    queue: Option<SyncSender<Waiting>>,
    listeners: Arc<Mutex<Vec<Listener>>>,
    thread: Option<JoinHandle<()>>,
}

impl Sequencer {
    pub fn start(engine: impl Engine + 'static) -> std::io::Result<Self> {
        let (queue, arrivals) = sync_channel(QUEUE);
        let listeners: Arc<Mutex<Vec<Listener>>> = Arc::default();
        let heard = Arc::clone(&listeners);
        let thread =
            std::thread::Builder::new().name("writer".into()).spawn(move || write(engine, &arrivals, &heard))?;
        Ok(Self { queue: Some(queue), listeners, thread: Some(thread) })
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
        match self.listeners.lock() {
            Ok(mut listeners) => listeners.push(listener),
            Err(poisoned) => poisoned.into_inner().push(listener),
        }
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

fn write(mut engine: impl Engine, arrivals: &Receiver<Waiting>, listeners: &Mutex<Vec<Listener>>) {
    while let Ok(first) = arrivals.recv() {
        let (mut group, mut answers) = (vec![first.0], vec![first.1]);
        while group.len() < GROUP
            && let Ok((submission, answer)) = arrivals.try_recv()
        {
            group.push(submission);
            answers.push(answer);
        }
        for (answer, result) in answers.into_iter().zip(run(&mut engine, &group, listeners)) {
            let _ = answer.send(result);
        }
    }
}

/// Runs a group. Where a constraint refuses it, one by one, so that one odd act does not fail its neighbours; where the
/// engine fails, the group fails: trying each act again would only make everybody wait.
fn run(
    engine: &mut impl Engine,
    group: &[Submission],
    listeners: &Mutex<Vec<Listener>>,
) -> Vec<Result<Receipt, StoreError>> {
    match engine.run(group) {
        Ok(result) => {
            notify(listeners, &result.touched);
            result.answers
        }
        Err(error) if group.len() == 1 => {
            tracing::error!(%error, "the writer could not commit an act");
            vec![Err(error)]
        }
        Err(StoreError::Constraint(error)) => {
            tracing::warn!(error, acts = group.len(), "a group broke a constraint and is run one by one");
            group.iter().flat_map(|submission| run(engine, std::slice::from_ref(submission), listeners)).collect()
        }
        Err(error) => {
            tracing::error!(%error, acts = group.len(), "the writer could not commit a group");
            group.iter().map(|_| Err(StoreError::Engine(error.to_string()))).collect()
        }
    }
}

fn notify(listeners: &Mutex<Vec<Listener>>, touched: &[Handle]) {
    let listeners = listeners.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    for listener in listeners.iter() {
        listener(touched);
    }
}
