//! One thread writes. Acts queue; while one group is being made durable the next gathers, so nobody waits for a timer and
//! the cost of a sync is shared. Where the log is published, a second thread does that while the next group is written, and
//! answers then. Knows nothing of SQL: the engine runs a group, this hands out groups.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use super::{Listener, Published, Publisher, Receipt, ReceiptRecord, StoreError, Submission};
use crate::domain::merkle::Edge;
use crate::domain::record::Handle;

/// Acts that wait at most; more are told to come back.
const QUEUE: usize = 4096;
/// Acts of one transaction.
const GROUP: usize = 256;
/// Groups that may wait to be published; they share a signature and a sync.
const COMMITTED: usize = 16;

/// Runs groups of acts, each in one transaction.
pub trait Engine: Send {
    /// Decides and writes the group; when this returns `Ok`, everything accepted is durable. Answers in the order of the
    /// group. `Err` means that nothing of the group was written, but for [`StoreError::CommitUnknown`] and
    /// [`StoreError::Unresolved`]: nobody can tell.
    ///
    /// `newest` is the newest signed checkpoint, which the records say that they have seen.
    fn run(&mut self, group: &[Submission], newest: Option<&Published>) -> Result<GroupResult, StoreError>;
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
    /// The tree over the log, after the group.
    pub tree: Arc<Edge>,
}

type Answer = oneshot::Sender<Result<Receipt, StoreError>>;
type Waiting = (Submission, Answer);

/// The writer's queue.
pub struct Sequencer {
    /// Taken out when the sequencer is dropped, so that the threads end.
    queue: Option<SyncSender<Waiting>>,
    listeners: Listeners,
    publishing: Publishing,
    threads: Vec<JoinHandle<()>>,
}

/// Who publishes, once that is told.
type Publishing = Arc<OnceLock<Arc<dyn Publisher>>>;

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
        let (commits, committed) = sync_channel(COMMITTED);
        let (listeners, publishing) = (Listeners::default(), Publishing::default());
        let teller = Teller { listeners: listeners.clone(), publishing: Arc::clone(&publishing) };
        let mut writer = Writer { engine, publishing: Arc::clone(&publishing), unknown };
        let threads = vec![
            std::thread::Builder::new().name("writer".into()).spawn(move || writer.write(&arrivals, &commits))?,
            std::thread::Builder::new().name("publisher".into()).spawn(move || teller.tell(&committed))?,
        ];
        Ok(Self { queue: Some(queue), listeners, publishing, threads })
    }

    #[cfg(feature = "postgres")]
    pub fn listeners(&self) -> Listeners {
        self.listeners.clone()
    }

    /// Has every group published before it is answered; the first to be told stays.
    pub fn publish_by(&self, publisher: Arc<dyn Publisher>) {
        let _ = self.publishing.set(publisher);
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
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// What became of some acts, before anybody is told.
#[derive(Default)]
struct Ran {
    results: Vec<Result<Receipt, StoreError>>,
    touched: Vec<Handle>,
    /// The tree that has to be published before receipts are given out; `None` where nothing could be run.
    tree: Option<Arc<Edge>>,
}

/// A group on its way to its publication.
struct Committed {
    ran: Ran,
    answers: Vec<Answer>,
}

/// The writing thread.
struct Writer<E> {
    engine: E,
    publishing: Publishing,
    unknown: fn(&StoreError),
}

impl<E: Engine> Writer<E> {
    fn write(&mut self, arrivals: &Receiver<Waiting>, commits: &SyncSender<Committed>) {
        while let Ok(first) = arrivals.recv() {
            let (mut group, mut answers) = (vec![first.0], vec![first.1]);
            while group.len() < GROUP
                && let Ok((submission, answer)) = arrivals.try_recv()
            {
                group.push(submission);
                answers.push(answer);
            }
            let ran = match self.publishing.get().map(|publisher| publisher.check()) {
                Some(Err(stopped)) => Ran::failed(&stopped, &group),
                _ => self.run(&group),
            };
            if commits.send(Committed { ran, answers }).is_err() {
                return;
            }
        }
    }

    /// Runs a group. Where a constraint refuses it, one by one, so that one odd act does not fail its neighbours; where the
    /// engine fails, the group fails: trying each act again would only make everybody wait.
    fn run(&mut self, group: &[Submission]) -> Ran {
        let newest = self.publishing.get().and_then(|publisher| publisher.newest());
        match self.engine.run(group, newest.as_deref()) {
            Ok(result) => Ran { results: result.answers, touched: result.touched, tree: Some(result.tree) },
            Err(StoreError::Constraint(error)) if group.len() > 1 => {
                tracing::warn!(error, acts = group.len(), "a group broke a constraint and is run one by one");
                let mut all = Ran::default();
                group.iter().for_each(|submission| all.add(self.run(std::slice::from_ref(submission))));
                all
            }
            Err(error) => {
                tracing::error!(%error, acts = group.len(), "the writer could not commit");
                if matches!(error, StoreError::CommitUnknown(_)) {
                    (self.unknown)(&error);
                }
                Ran::failed(&error, group)
            }
        }
    }
}

impl Ran {
    fn failed(error: &StoreError, group: &[Submission]) -> Self {
        Self { results: group.iter().map(|_| Err(error.for_another())).collect(), ..Self::default() }
    }

    fn add(&mut self, later: Self) {
        self.results.extend(later.results);
        self.touched.extend(later.touched);
        self.tree = later.tree.or(self.tree.take());
    }
}

/// The publishing thread.
struct Teller {
    listeners: Listeners,
    publishing: Publishing,
}

impl Teller {
    /// Publishes all groups that wait at once, then tells of them.
    fn tell(&self, committed: &Receiver<Committed>) {
        while let Ok(first) = committed.recv() {
            let mut groups = vec![first];
            groups.extend(committed.try_iter());
            let tree = groups.iter().filter_map(|group| group.ran.tree.as_ref()).max_by_key(|tree| tree.size());
            let published = match (self.publishing.get(), tree) {
                (Some(publisher), Some(tree)) => publisher.publish(tree),
                _ => Ok(()),
            };
            if let Err(error) = &published {
                tracing::error!(%error, "the log could not be published");
            }
            for group in groups {
                self.listeners.notify(&group.ran.touched);
                for (answer, result) in group.answers.into_iter().zip(group.ran.results) {
                    let result = match (&published, result) {
                        (Err(error), Ok(_)) => Err(error.for_another()),
                        (_, result) => result,
                    };
                    // Nobody waits any more where this fails.
                    let _ = answer.send(result);
                }
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
