//! The published log (FORMATS §2): what was committed is signed and guarded before anybody is answered. One thread of an instance
//! publishes ([`Publisher`]), and of several instances the one that holds the guard; everybody else reads the newest checkpoint.
//!
//! Promises: no checkpoint leaves before the guard holds it; one that does not extend what the guard holds is never signed. Where
//! the records are fewer or others than what was published, nothing is written until the operator begins the log anew.

pub mod proofs;
pub mod recheck;
pub mod reopen;
mod tiles;
pub mod witnesses;

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock, Weak};
use std::time::{Duration, Instant};

use super::AppError;
use crate::domain::merkle::{self, Edge, ProofError, Published, TreeHead};
use crate::domain::ports::{Guard, GuardFailed};
use crate::domain::record::Digest;
pub use crate::log::lines;
use crate::log::{Checkpoint, SignedCheckpoint, SigningKey, VerifierKey};
use crate::store::{Damaged, Publisher, Store, StoreError};
use recheck::LastLook;
use tiles::{Recent, Stored, TileMemory};
use witnesses::{Witnessed, Witnesses};

/// How old the newest checkpoint may be that is shown without asking whether another instance published since.
const FOLLOWED_EVERY: Duration = Duration::from_secs(1);

/// A log with its keys and its guard.
pub struct PublishedLog {
    keys: Keys,
    /// Those of earlier epochs too.
    all: Vec<SigningKey>,
    guard: Box<dyn Guard>,
    /// The store holds this log; it must not hold the store.
    store: Weak<dyn Store>,
    epoch: u64,
    newest: RwLock<Newest>,
    /// Held by whoever moves the newest checkpoint; tells when the guard was looked at last.
    moving: Mutex<Instant>,
    tiles: TileMemory,
    stopped: OnceLock<String>,
    /// Whoever cosigns, where the operator named somebody.
    witnesses: OnceLock<Arc<Witnesses>>,
    last_look: LastLook,
}

#[derive(Clone)]
struct Newest {
    published: Arc<Published>,
    /// The guard failed since: what it holds may not be on its disk.
    unsure: bool,
}

/// The log's keys of one epoch: they have one name, which is the origin. Two while a key is being changed.
#[derive(Debug, Clone)]
pub struct Keys {
    signing: Vec<SigningKey>,
    verifying: Vec<VerifierKey>,
}

/// Why a log cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(
        "there is no key of the log {origin}, the newest key is of {found}; put it back, or if it is lost for good, begin anew \
         with `suyuan log reopen --old-key-lost`"
    )]
    OtherLog { origin: String, found: String },
    #[error("the log has no key")]
    NoKey,
    #[error("what the guard holds is no checkpoint: {0}")]
    Note(String),
    #[error(transparent)]
    Guard(#[from] GuardFailed),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Keys {
    /// Of these keys those of the log `origin`, the newest last.
    pub fn of(origin: &str, all: &[SigningKey]) -> Result<Self, OpenError> {
        let newest = all.last().ok_or(OpenError::NoKey)?;
        let signing: Vec<SigningKey> = all.iter().filter(|key| key.verifier().name() == origin).cloned().collect();
        if signing.is_empty() {
            let found = newest.verifier().name().to_owned();
            return Err(OpenError::OtherLog { origin: origin.to_owned(), found });
        }
        let verifying = signing.iter().map(|key| key.verifier().clone()).collect();
        Ok(Self { signing, verifying })
    }

    pub fn origin(&self) -> &str {
        self.verifying[0].name()
    }

    pub fn verifying(&self) -> &[VerifierKey] {
        &self.verifying
    }

    /// The signed checkpoint over a tree.
    pub fn sign(&self, epoch: u64, tree: TreeHead) -> Published {
        let checkpoint = Checkpoint { origin: self.origin().to_owned(), size: tree.size, root: tree.root };
        Published { epoch, tree, note: checkpoint.sign(&self.signing).to_string() }
    }
}

impl PublishedLog {
    /// Opens the log over a store and publishes what was committed and not yet published. Where the records do not extend what
    /// was published, the log comes back stopped: everything can be read, nothing written.
    pub fn open(store: &Arc<dyn Store>, guard: Box<dyn Guard>, all: &[SigningKey]) -> Result<Arc<Self>, OpenError> {
        let (held, missing) = match guard.read()? {
            Some(held) => (held, None),
            None => {
                let newest = all.last().ok_or(OpenError::NoKey)?.verifier().name().to_owned();
                let empty = TreeHead { size: 0, root: merkle::EMPTY_ROOT };
                (Keys::of(&newest, all)?.sign(1, empty), Some(MISSING.to_owned()))
            }
        };
        let signed =
            SignedCheckpoint::parse(held.note.as_bytes()).map_err(|cause| OpenError::Note(cause.to_string()))?;
        let keys = Keys::of(&signed.checkpoint.origin, all)?;
        let log = Arc::new(Self {
            keys,
            all: all.to_vec(),
            guard,
            store: Arc::downgrade(store),
            epoch: held.epoch,
            newest: RwLock::new(Newest { published: Arc::new(held), unsure: false }),
            moving: Mutex::new(Instant::now()),
            tiles: TileMemory::default(),
            stopped: OnceLock::new(),
            last_look: LastLook::default(),
            witnesses: OnceLock::new(),
        });
        match missing {
            Some(reason) => log.stop(reason),
            None => match log.check_held(&log.newest().published) {
                Err(StoreError::LogStopped(_)) => {}
                Err(error) => return Err(error.into()),
                Ok(()) => {
                    log.sign_again(&signed)?;
                    log.guarded(store.tree()?)?;
                }
            },
        }
        store.publish_by(Arc::clone(&log) as Arc<dyn Publisher>);
        Ok(log)
    }

    /// A key that was added since has not signed what the guard holds.
    fn sign_again(&self, held: &SignedCheckpoint) -> Result<(), StoreError> {
        let by = held.verify(&self.keys.verifying).map_or(0, |verified| verified.len());
        if by == self.keys.verifying.len() {
            return Ok(());
        }
        let mut again = |held: &Published| Some(self.keys.sign(held.epoch, held.tree));
        match self.guard.advance(&mut again) {
            Ok(Some(signed)) => self.set(Arc::new(signed), false),
            Ok(None) => {}
            Err(failed) => return Err(StoreError::Unpublished(failed.to_string())),
        }
        Ok(())
    }

    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// The keys of an epoch, the newest last; none where the epoch is not known.
    pub fn keys_of_epoch(&self, epoch: u64) -> Vec<VerifierKey> {
        let of_epoch = |key: &&SigningKey| reopen::epoch_of(key.verifier().name()).0 == epoch;
        self.all.iter().filter(of_epoch).map(|key| key.verifier().clone()).collect()
    }

    /// The tiles of the tree, for proofs.
    pub fn tiles<'a>(&'a self, store: &'a dyn Store) -> Recent<'a> {
        self.tiles.over(store)
    }

    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// The newest checkpoint that is signed and guarded.
    pub fn published(&self) -> Arc<Published> {
        self.newest().published
    }

    /// The newest checkpoint as everybody may have it: with the cosignatures that it has so far.
    pub fn newest_note(&self) -> String {
        let published = self.published();
        let cosigned = self.witnesses().and_then(|witnesses| witnesses.cosigned(&published));
        cosigned.unwrap_or(published).note.clone()
    }

    pub fn witnesses(&self) -> Option<&Witnesses> {
        self.witnesses.get().map(|it| &**it)
    }

    /// The newest checkpoint that enough witnesses cosigned.
    pub fn witnessed(&self) -> Option<Arc<Witnessed>> {
        self.witnesses()?.witnessed()
    }

    fn is_witnessed_by(&self, witnesses: Arc<Witnesses>) {
        let _ = self.witnesses.set(witnesses);
    }

    /// What looking through the whole log came to last.
    pub fn last_look(&self) -> &LastLook {
        &self.last_look
    }

    /// Why nothing may be written.
    pub fn stopped(&self) -> Option<&str> {
        self.stopped.get().map(String::as_str)
    }

    fn newest(&self) -> Newest {
        self.newest.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, published: Arc<Published>, unsure: bool) {
        *self.newest.write().unwrap_or_else(PoisonError::into_inner) = Newest { published, unsure };
    }

    fn stop(&self, reason: String) {
        tracing::error!(reason, "the log is stopped; nothing can be recorded until `suyuan log reopen`");
        let _ = self.stopped.set(reason);
    }

    fn store(&self) -> Result<Arc<dyn Store>, StoreError> {
        self.store.upgrade().ok_or_else(|| StoreError::Engine("the store is closing".into()))
    }

    /// Whether the records extend what the guard holds; stops the log where they do not.
    fn check_held(&self, held: &Published) -> Result<(), StoreError> {
        match check_held(&*self.store()?, held, self.epoch, &self.keys.verifying)? {
            None => Ok(()),
            Some(reason) => {
                self.stop(reason.clone());
                Err(StoreError::LogStopped(reason))
            }
        }
    }

    /// Signs the tree while nobody else can, unless the guard holds as much already.
    fn guarded(&self, tree: TreeHead) -> Result<(), StoreError> {
        let mut looked = self.moving.lock().unwrap_or_else(PoisonError::into_inner);
        let known = self.newest();
        if known.published.tree.size >= tree.size && !known.unsure {
            return Ok(());
        }
        let mut refused = None;
        let advanced = self.guard.advance(&mut |held| match self.next(&known, held, tree) {
            Ok(next) => next,
            Err(error) => {
                refused = Some(error);
                None
            }
        });
        *looked = Instant::now();
        match (advanced, refused) {
            (Ok(Some(held)), None) => {
                self.set(Arc::new(held), false);
                Ok(())
            }
            (Ok(Some(_)), Some(refused)) => Err(refused),
            (Ok(None), _) => {
                self.stop(MISSING.to_owned());
                Err(StoreError::LogStopped(MISSING.to_owned()))
            }
            (Err(failed), _) => {
                self.set(known.published, true);
                Err(StoreError::Unpublished(failed.to_string()))
            }
        }
    }

    /// What the guard shall hold in the place of `held`.
    fn next(&self, known: &Newest, held: &Published, tree: TreeHead) -> Result<Option<Published>, StoreError> {
        let is_known = (held.epoch, held.tree) == (known.published.epoch, known.published.tree);
        // Another instance published, or the last try came further than it said.
        if !is_known {
            self.check_held(held)?;
        }
        Ok(match held.tree.size >= tree.size {
            // What a guard that failed holds is written once more: it may not be on its disk.
            true => known.unsure.then(|| held.clone()),
            false => Some(self.keys.sign(self.epoch, tree)),
        })
    }

    /// Takes up what other instances published that share the guard; asked for often, it looks once a second.
    pub fn follow(&self) {
        let looked = self.moving.lock().unwrap_or_else(PoisonError::into_inner);
        if looked.elapsed() >= FOLLOWED_EVERY {
            self.take_up(looked);
        }
    }

    /// As [`PublishedLog::follow`], at once, for somebody who asks for what only a larger tree has.
    pub fn follow_to(&self, size: u64) {
        if self.published().tree.size < size {
            self.take_up(self.moving.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }

    /// Where the guard cannot be read, or holds what is not of these records, what is known stays; the next publication tells.
    fn take_up(&self, mut looked: MutexGuard<'_, Instant>) {
        let known = self.newest();
        if self.stopped().is_some() || known.unsure {
            return;
        }
        *looked = Instant::now();
        match self.guard.read() {
            Ok(Some(held)) if held.tree.size > known.published.tree.size => match self.check_held(&held) {
                Ok(()) => self.set(Arc::new(held), false),
                Err(error) => tracing::error!(%error, "what another instance published cannot be followed"),
            },
            Ok(_) => {}
            Err(failed) => tracing::warn!(%failed, "the guard cannot be asked what other instances published"),
        }
    }
}

const MISSING: &str = "the guard is missing: what was published can no longer be told";

impl Publisher for PublishedLog {
    fn check(&self) -> Result<(), StoreError> {
        match self.stopped.get() {
            Some(reason) => Err(StoreError::LogStopped(reason.clone())),
            None => Ok(()),
        }
    }

    fn newest(&self) -> Option<Arc<Published>> {
        Some(self.published())
    }

    fn publish(&self, tree: &Arc<Edge>) -> Result<(), StoreError> {
        self.check()?;
        self.tiles.published(tree);
        self.guarded(TreeHead::of(tree))
    }
}

/// Why the records do not extend what the guard holds; `None` where they do.
fn check_held(
    store: &dyn Store,
    held: &Published,
    epoch: u64,
    keys: &[VerifierKey],
) -> Result<Option<String>, StoreError> {
    if held.epoch != epoch {
        return Ok(Some(format!(
            "the log was begun anew elsewhere: the guard is of epoch {}, this is {epoch}",
            held.epoch
        )));
    }
    let signed = SignedCheckpoint::parse(held.note.as_bytes()).and_then(|signed| signed.verify(keys).map(drop));
    if let Err(cause) = signed {
        return Ok(Some(format!("the guard holds what this log's key did not sign: {cause}")));
    }
    let (published, size) = (held.tree.size, store.log_end()?);
    if size < published {
        return Ok(Some(format!(
            "{published} records were published and only {size} are here: the database is an older state, perhaps a restored \
             backup"
        )));
    }
    let same = root_at(store, published)? == held.tree.root;
    let changed =
        || format!("the first {published} records are not those that were published: the database was changed");
    Ok((!same).then(changed))
}

fn root_at(store: &dyn Store, size: u64) -> Result<Digest, StoreError> {
    merkle::root_at(&Stored(store), size).map_err(unproven)
}

fn unproven(error: ProofError<StoreError>) -> StoreError {
    match error {
        ProofError::Tiles(error) => error,
        other => Damaged::new("log_tiles", other).into(),
    }
}

/// The log, where this instance publishes one.
pub fn of(app: &super::App) -> Result<&Arc<PublishedLog>, AppError> {
    app.log.as_ref().ok_or_else(|| crate::domain::acts::Refusal::new("no-log").into())
}
