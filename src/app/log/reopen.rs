//! Beginning the log anew (FORMATS §2, epochs): after a backup of an older state was restored, or the guard was lost. What was
//! published before stays true of its epoch; the first record of the new one says how much of it was kept.

use std::sync::Arc;

use super::{Keys, OpenError, PublishedLog, check_held, root_at};
use crate::app::{App, AppError, Caller, Conditions, founding, records};
use crate::domain::acts::log::ReopenLog;
use crate::domain::entities::Entity;
use crate::domain::kinds::Body as _;
use crate::domain::kinds::log::LogReopened;
use crate::domain::merkle::{Published, TreeHead};
use crate::domain::ports::Guard;
use crate::domain::record::{Handle, Role, SubjectKind};
use crate::domain::text::LongText;
use crate::log::{Note, SignedCheckpoint, SigningKey};
use crate::store::{Receipt, Store};

/// Signed notes that are held against the records, the newest first.
const NOTES: u32 = 10_000;

/// Why the log is not begun anew.
#[derive(Debug, thiserror::Error)]
pub enum ReopenError {
    #[error("nothing is wrong: the records extend what was published, {0} records. Start the service")]
    NotNeeded(u64),
    #[error("no log was published from here; make its key with `suyuan log key`")]
    NoLog,
    #[error("the key of the log {0} is not lost, it is here: begin anew without --old-key-lost, so that it signs that")]
    KeyNotLost(String),
    #[error("the instance has no operator")]
    NoOperator,
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    App(#[from] AppError),
}

impl From<crate::store::StoreError> for ReopenError {
    fn from(error: crate::store::StoreError) -> Self {
        Self::App(error.into())
    }
}

impl From<crate::domain::ports::GuardFailed> for ReopenError {
    fn from(error: crate::domain::ports::GuardFailed) -> Self {
        Self::Open(error.into())
    }
}

/// What has to be done.
pub struct Plan {
    /// The last note of the old epoch that is known.
    old: Option<Published>,
    pub epoch: u64,
    pub origin: String,
    pub kept: u64,
    tree: TreeHead,
    /// The new epoch stands in the guard already: an earlier attempt broke off.
    begun: bool,
}

/// Looks what was published and what is here. `all` are the log's keys, the newest last; `old_key_lost` says that the one of the
/// epoch that ends is not among them and never will be.
pub fn plan(store: &dyn Store, guard: &dyn Guard, all: &[SigningKey], old_key_lost: bool) -> Result<Plan, ReopenError> {
    let held = guard.read()?;
    let tree = store.tree()?;
    let origin = match &held {
        Some(held) => origin_of(held)?,
        None => newest_origin(store, all)?.ok_or(ReopenError::NoLog)?,
    };
    let keys = match Keys::of(&origin, all) {
        Err(OpenError::NoKey | OpenError::OtherLog { .. }) if old_key_lost => None,
        keys => Some(keys?),
    };
    if let (Some(held), Some(keys)) = (&held, &keys)
        && check_held(store, held, held.epoch, keys.verifying())?.is_none()
    {
        if !is_unannounced(store, held)? {
            return Err(ReopenError::NotNeeded(tree.size));
        }
        let old = last_note(store, held.epoch - 1)?;
        let kept = kept(store, held.epoch - 1, tree.size)?;
        return Ok(Plan { old, epoch: held.epoch, origin, kept, tree, begun: true });
    }
    if old_key_lost && keys.is_some() {
        return Err(ReopenError::KeyNotLost(origin));
    }
    let (epoch, base) = epoch_of(&origin);
    let epoch = held.as_ref().map_or(epoch, |held| held.epoch);
    let kept = match &held {
        Some(held) if is_kept(store, held.tree, tree.size)? => held.tree.size,
        _ => kept(store, epoch, tree.size)?,
    };
    let old = match held {
        Some(held) => Some(held),
        None => last_note(store, epoch)?,
    };
    Ok(Plan { old, epoch: epoch + 1, origin: format!("{base}/{}", epoch + 1), kept, tree, begun: false })
}

/// The newest name of the log that its keys or the database know.
fn newest_origin(store: &dyn Store, all: &[SigningKey]) -> Result<Option<String>, ReopenError> {
    let key = all.last().map(|key| key.verifier().name().to_owned());
    Ok(published_as(store)?.into_iter().chain(key).max_by_key(|origin| epoch_of(origin).0))
}

/// The name under which the records here were published last, as far as the database knows; `None` where it knows of no log.
pub fn published_as(store: &dyn Store) -> Result<Option<String>, ReopenError> {
    if let Some((_, vkey)) = subject(store)? {
        return Ok(vkey.split('+').next().map(str::to_owned));
    }
    last_note(store, 1)?.map(|note| origin_of(&note).map_err(ReopenError::from)).transpose()
}

/// The newest note over no more than `end` records that the database knows of the log's newest epoch.
pub fn note_within(store: &dyn Store, end: u64) -> Result<Option<Published>, ReopenError> {
    let Some(origin) = published_as(store)? else { return Ok(None) };
    newest_note(store, epoch_of(&origin).0, end.saturating_add(1))
}

/// The first epoch of a log is `{host}/log`, its n-th `{host}/log/{n}`.
pub fn epoch_of(origin: &str) -> (u64, &str) {
    match origin.rsplit_once('/').and_then(|(base, number)| Some((number.parse().ok()?, base))) {
        Some(found) => found,
        None => (1, origin),
    }
}

fn origin_of(held: &Published) -> Result<String, OpenError> {
    let signed = SignedCheckpoint::parse(held.note.as_bytes()).map_err(|cause| OpenError::Note(cause.to_string()))?;
    Ok(signed.checkpoint.origin)
}

/// Whether a later epoch has no record yet that says so.
pub fn is_unannounced(store: &dyn Store, held: &Published) -> Result<bool, ReopenError> {
    if held.epoch == 1 {
        return Ok(false);
    }
    let origin = origin_of(held)?;
    let said = subject(store)?.is_some_and(|(_, vkey)| vkey.split('+').next() == Some(origin.as_str()));
    Ok(!said)
}

fn subject(store: &dyn Store) -> Result<Option<(Handle, String)>, ReopenError> {
    let found = store.of_kind(SubjectKind::Log, None, 1)?.items.pop();
    Ok(found.and_then(|known| match known.entity {
        Entity::Log(log) => Some((known.subject.handle, log.vkey)),
        _ => None,
    }))
}

/// An epoch that has ended.
pub struct Ended {
    /// Its last note.
    pub note: String,
    /// How many of its entries stand first in every later epoch: what can still be served of it.
    pub kept: u64,
}

/// What is known of an epoch that has ended.
pub fn ended(store: &dyn Store, epoch: u64) -> Result<Option<Ended>, AppError> {
    let Some(log) = store.of_kind(SubjectKind::Log, None, 1)?.items.pop() else { return Ok(None) };
    for record in records::read(store, log.subject.handle, 0, u64::MAX)? {
        let said = LogReopened::read(&record).map_err(|cause| AppError::Failed(cause.to_string()))?;
        let begun = said.vkey.split('+').next().map(epoch_of);
        if begun.is_some_and(|(begun, _)| begun == epoch + 1) {
            return Ok(Some(Ended { note: said.checkpoint, kept: said.kept }));
        }
    }
    Ok(None)
}

/// The newest note of an epoch that the database knows.
fn last_note(store: &dyn Store, epoch: u64) -> Result<Option<Published>, ReopenError> {
    newest_note(store, epoch, u64::MAX)
}

fn newest_note(store: &dyn Store, epoch: u64, below: u64) -> Result<Option<Published>, ReopenError> {
    let note = store.checkpoints(epoch, below, 1)?.pop();
    Ok(note.map(|(_, note)| read_note(epoch, note)).transpose()?)
}

/// A note of an epoch, with the tree that it signs.
pub fn read_note(epoch: u64, note: String) -> Result<Published, OpenError> {
    let signed = SignedCheckpoint::parse(note.as_bytes()).map_err(|cause| OpenError::Note(cause.to_string()))?;
    let tree = TreeHead { size: signed.checkpoint.size, root: signed.checkpoint.root };
    Ok(Published { epoch, tree, note })
}

/// How many entries are proven to be those that were signed: the largest signed tree that the records still come to.
fn kept(store: &dyn Store, epoch: u64, size: u64) -> Result<u64, ReopenError> {
    let mut below = size + 1;
    loop {
        let notes = store.checkpoints(epoch, below, NOTES)?;
        let Some(last) = notes.last() else { return Ok(0) };
        below = last.0;
        for (size, note) in notes {
            let signed =
                SignedCheckpoint::parse(note.as_bytes()).map_err(|cause| OpenError::Note(cause.to_string()))?;
            if is_kept(store, TreeHead { size, root: signed.checkpoint.root }, size)? {
                return Ok(size);
            }
        }
    }
}

/// Whether the first of `size` records are those of a tree that was signed.
fn is_kept(store: &dyn Store, signed: TreeHead, size: u64) -> Result<bool, ReopenError> {
    Ok(signed.size <= size && root_at(store, signed.size)? == signed.root)
}

impl Plan {
    /// Whether the new epoch needs a key.
    pub fn needs_key(&self, all: &[SigningKey]) -> bool {
        !all.iter().any(|key| key.verifier().name() == self.origin)
    }

    /// Moves the guard to the new epoch and writes its first record. `all` holds a key of the new epoch. What broke off is
    /// gone on with by another plan.
    pub fn carry_out(
        &self,
        app: &mut App,
        guard: Box<dyn Guard>,
        all: &[SigningKey],
        reason: LongText<500>,
    ) -> Result<Receipt, ReopenError> {
        let keys = Keys::of(&self.origin, all)?;
        if !self.begun {
            guard.begin(&keys.sign(self.epoch, self.tree))?;
        }
        let operator = founding::operator(&*app.store)?.ok_or(ReopenError::NoOperator)?;
        let vkey = keys.verifying()[0].to_string();
        let said = LogReopened {
            checkpoint: self.old.as_ref().map(|old| old.note.clone()).unwrap_or_default(),
            kept: self.kept,
            reason,
            signed: self.signed_by_old(all, &vkey)?,
            vkey,
        };
        let log = subject(&*app.store)?.map(|(handle, _)| handle);
        app.log = Some(PublishedLog::open(&app.store, guard, all)?);
        let caller = Caller::of(operator, Role::Operator);
        Ok(app.perform_blocking(caller, Arc::new(ReopenLog { log, said }), Conditions::default())?)
    }

    fn signed_by_old(&self, all: &[SigningKey], vkey: &str) -> Result<Option<String>, ReopenError> {
        let Some(old) = &self.old else { return Ok(None) };
        let origin = origin_of(old)?;
        let Some(key) = all.iter().rev().find(|key| key.verifier().name() == origin) else { return Ok(None) };
        let text = LogReopened::statement(&origin, self.kept, vkey);
        let signatures = vec![key.sign(&text)];
        Ok(Some(Note { text, signatures }.to_string()))
    }
}
