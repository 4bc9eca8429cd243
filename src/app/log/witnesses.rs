//! The log's witnesses (C2SP tlog-witness, tlog-policy): one thread shows them the newest checkpoint and keeps what they cosign.
//!
//! Promises: nobody who writes waits for a witness; a cosignature is verified before it is kept; of a witness that does not answer
//! the others do not suffer. All witnesses are shown the same checkpoint in a round: else none would have a quorum.

mod submit;

use std::sync::{Arc, PoisonError, RwLock, Weak};
use std::time::{Duration, Instant as Tick};

use super::PublishedLog;
use crate::domain::merkle::Published;
use crate::domain::time::Instant;
use crate::log::fetch::Fetcher;
use crate::log::policy::{PolicyError, Witness};
use crate::log::{Note, Policy, SignedCheckpoint};
use crate::store::StoreError;

/// How often at most a new checkpoint is shown around.
const PAUSE: Duration = Duration::from_secs(1);
/// A log that stands still is shown again: a cosignature says when it was the newest.
const AGAIN: Duration = Duration::from_secs(3600);
/// A witness that fails is asked again after a second, two, four, at most this.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// Older notes are not searched for cosignatures at the start.
const SEARCHED: u32 = 2_000;

/// Whom this log asks for cosignatures, and what they answered.
pub struct Witnesses {
    /// The log holds this; it must not hold the log.
    log: Weak<PublishedLog>,
    policy: Policy,
    /// The policy as the operator wrote it.
    file: String,
    /// Those that can be asked.
    asked: Vec<Witness>,
    fetcher: Fetcher,
    state: RwLock<State>,
}

#[derive(Default)]
struct State {
    /// The newest checkpoint that anybody cosigned.
    cosigned: Option<Arc<Published>>,
    witnessed: Option<Arc<Witnessed>>,
    /// In the order of `asked`.
    each: Vec<Standing>,
}

/// How a witness stands.
#[derive(Debug, Clone, Default)]
struct Standing {
    /// Size that it cosigned last, as far as is known.
    size: u64,
    /// When it answered with a cosignature.
    cosigned: Option<Tick>,
    /// In a row.
    failures: u32,
    failed: Option<Tick>,
}

/// A checkpoint that enough witnesses cosigned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witnessed {
    /// Its note holds the cosignatures.
    pub checkpoint: Arc<Published>,
    /// Names of the witnesses, as the policy calls them.
    pub by: Vec<String>,
    /// Time of the newest cosignature.
    pub at: Instant,
}

/// One witness, for whoever looks after the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessStanding {
    pub name: String,
    pub size: u64,
    /// Failed attempts since the last cosignature.
    pub failures: u32,
}

impl Witnesses {
    /// Begins to show the log around, where the policy names witnesses that can be asked.
    pub fn start(log: &Arc<PublishedLog>, file: &[u8]) -> Result<Arc<Self>, PolicyError> {
        let mut policy = Policy::parse(file)?;
        log.keys().verifying().iter().for_each(|key| policy.trust_log(key.clone()));
        let asked: Vec<Witness> = policy.witnesses().filter(|witness| witness.url.is_some()).cloned().collect();
        let each = vec![Standing::default(); asked.len()];
        let witnesses = Arc::new(Self {
            log: Arc::downgrade(log),
            policy,
            file: String::from_utf8_lossy(file).into_owned(),
            asked,
            fetcher: Fetcher::new(),
            state: RwLock::new(State { each, ..State::default() }),
        });
        if let Err(error) = witnesses.recall(log) {
            tracing::warn!(%error, "earlier cosignatures could not be read; the witnesses are asked again");
        }
        log.is_witnessed_by(Arc::clone(&witnesses));
        let weak = Arc::downgrade(&witnesses);
        if !witnesses.asked.is_empty() {
            std::thread::Builder::new()
                .name("witnesses".into())
                .spawn(move || run(&weak))
                .map_or_else(|error| tracing::error!(%error, "no thread for the witnesses: they are not asked"), drop);
        }
        Ok(witnesses)
    }

    /// The policy file, word for word.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Whether the policy asks for cosignatures at all.
    pub fn are_needed(&self) -> bool {
        self.policy.needs_witnesses()
    }

    /// The newest checkpoint that enough witnesses cosigned, at least one.
    pub fn witnessed(&self) -> Option<Arc<Witnessed>> {
        self.read(|state| state.witnessed.clone())
    }

    /// The note over this tree with its cosignatures, where there are any.
    pub fn cosigned(&self, published: &Published) -> Option<Arc<Published>> {
        let same = |it: &Arc<Published>| (it.epoch, it.tree) == (published.epoch, published.tree);
        self.read(|state| state.cosigned.clone().filter(same))
    }

    pub fn standings(&self) -> Vec<WitnessStanding> {
        let standing = |(witness, it): (&Witness, &Standing)| WitnessStanding {
            name: witness.name.clone(),
            size: it.size,
            failures: it.failures,
        };
        self.read(|state| self.asked.iter().zip(&state.each).map(standing).collect())
    }

    fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.write().unwrap_or_else(PoisonError::into_inner))
    }

    /// What earlier runs kept.
    fn recall(&self, log: &PublishedLog) -> Result<(), StoreError> {
        let published = log.published();
        let below = published.tree.size.saturating_add(1);
        for (size, note) in log.store()?.checkpoints(log.epoch(), below, SEARCHED)? {
            let Ok(signed) = SignedCheckpoint::parse(note.as_bytes()) else { continue };
            if signed.note.signatures.len() <= log.keys().verifying().len() {
                continue;
            }
            let tree = signed.checkpoint.tree();
            if super::root_at(&*log.store()?, size)? != tree.root {
                tracing::error!(size, "witnesses cosigned another history than the one that is here");
                continue;
            }
            self.take(Published { epoch: log.epoch(), tree, note }, &signed);
            if self.witnessed().is_some() {
                break;
            }
        }
        Ok(())
    }

    /// Takes a note with cosignatures for what it is worth.
    fn take(&self, published: Published, signed: &SignedCheckpoint) {
        let (published, size) = (Arc::new(published), signed.checkpoint.size);
        let witnessed = self.policy.satisfied(signed).ok().filter(|approval| !approval.witnesses.is_empty());
        let witnessed = witnessed.map(|approval| {
            let newest = approval.witnesses.iter().map(|(_, time)| *time).max().unwrap_or(0);
            let millis = i64::try_from(newest).unwrap_or(i64::MAX).saturating_mul(1000);
            Arc::new(Witnessed {
                checkpoint: Arc::clone(&published),
                by: approval.witnesses.iter().map(|(witness, _)| witness.name.clone()).collect(),
                at: Instant::from_millis(millis).unwrap_or(Instant::MIN),
            })
        });
        self.change(|state| {
            if state.cosigned.as_ref().is_none_or(|it| it.tree.size <= size) {
                state.cosigned = Some(published);
            }
            if let Some(witnessed) = witnessed
                && state.witnessed.as_ref().is_none_or(|it| it.checkpoint.tree.size <= size)
            {
                state.witnessed = Some(witnessed);
            }
        });
    }

    /// Shows the newest checkpoint to every witness that has not cosigned it and is not waited for.
    fn round(&self, log: &PublishedLog) {
        let published = log.published();
        let size = published.tree.size;
        if log.stopped().is_some() || size == 0 {
            return;
        }
        let each = self.read(|state| state.each.clone());
        let due: Vec<usize> = (0..each.len()).filter(|at| each[*at].is_due(size)).collect();
        let answers: Vec<_> = std::thread::scope(|scope| {
            let ask = |at: &usize| {
                let (at, known) = (*at, each[*at].size);
                let published = &published;
                (at, scope.spawn(move || self.submit(log, published, &self.asked[at], known)))
            };
            let asked: Vec<_> = due.iter().map(ask).collect();
            asked.into_iter().filter_map(|(at, answer)| Some((at, answer.join().ok()?))).collect()
        });
        let mut lines = Vec::new();
        for (at, answer) in answers {
            lines.extend(self.note_answer(at, size, answer));
        }
        if !lines.is_empty()
            && let Err(error) = self.keep(log, &published, lines)
        {
            tracing::warn!(%error, "cosignatures could not be kept; the witnesses are asked again");
        }
    }

    fn note_answer(&self, at: usize, size: u64, answer: submit::Answer) -> Vec<crate::log::SignatureLine> {
        let name = self.asked[at].name.clone();
        match answer {
            Ok(lines) => {
                let before = self.change(|state| {
                    let standing = &mut state.each[at];
                    (standing.size, standing.cosigned, standing.failed) = (size, Some(Tick::now()), None);
                    std::mem::take(&mut standing.failures)
                });
                if before > 0 {
                    tracing::info!(witness = name, size, "the witness cosigns again");
                }
                lines
            }
            Err(failed) => {
                let before = self.change(|state| {
                    let standing = &mut state.each[at];
                    standing.failed = Some(Tick::now());
                    standing.size = failed.size.unwrap_or(standing.size);
                    standing.failures += 1;
                    standing.failures - 1
                });
                metrics::counter!("suyuan_witness_failures_total", "witness" => name.clone()).increment(1);
                if before == 0 || failed.is_grave {
                    tracing::warn!(witness = name, size, cause = failed.cause, "the witness did not cosign");
                }
                Vec::new()
            }
        }
    }

    /// Adds the lines to the note of this size, on the disk first.
    fn keep(
        &self,
        log: &PublishedLog,
        published: &Published,
        lines: Vec<crate::log::SignatureLine>,
    ) -> Result<(), StoreError> {
        let before = self.cosigned(published);
        let bytes = before.as_ref().map_or(&published.note, |it| &it.note).as_bytes();
        let mut note = Note::parse(bytes).map_err(|cause| StoreError::Engine(cause.to_string()))?;
        // One cosignature a witness, the newest.
        note.signatures.retain(|old| !lines.iter().any(|new| (&new.name, new.id) == (&old.name, old.id)));
        note.signatures.extend(lines);
        let kept = Published { epoch: published.epoch, tree: published.tree, note: note.to_string() };
        log.store()?.keep_cosigned(&kept)?;
        let signed = SignedCheckpoint::try_from(note).map_err(|cause| StoreError::Engine(cause.to_string()))?;
        self.take(kept, &signed);
        Ok(())
    }

    fn measure(&self, now: Instant) {
        if let Some(witnessed) = self.witnessed() {
            metrics::gauge!("suyuan_witnessed_size").set(witnessed.checkpoint.tree.size as f64);
            metrics::gauge!("suyuan_witnessed_age_seconds").set((now.millis() - witnessed.at.millis()) as f64 / 1000.0);
        }
        for standing in self.standings() {
            metrics::gauge!("suyuan_witness_size", "witness" => standing.name).set(standing.size as f64);
        }
    }
}

impl Standing {
    fn is_due(&self, size: u64) -> bool {
        let wait = Duration::from_secs(1 << self.failures.saturating_sub(1).min(6)).min(LONGEST_WAIT);
        if self.failed.is_some_and(|failed| failed.elapsed() < wait) {
            return false;
        }
        self.size != size || self.cosigned.is_none_or(|at| at.elapsed() > AGAIN)
    }
}

/// Until the service ends.
fn run(witnesses: &Weak<Witnesses>) {
    use crate::domain::ports::Clock as _;
    loop {
        {
            let Some(witnesses) = witnesses.upgrade() else { return };
            let Some(log) = witnesses.log.upgrade() else { return };
            witnesses.round(&log);
            witnesses.measure(crate::app::clock::SystemClock.now());
        }
        std::thread::sleep(PAUSE);
    }
}
