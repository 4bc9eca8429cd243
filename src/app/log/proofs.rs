//! What outsiders fetch to check the log: tiles, entries, proofs. Everything is told of the newest checkpoint that is signed
//! and guarded, or of an older one by its size; nothing beyond it leaves.

use super::lines::decimal;
use super::tiles::Recent;
use super::{PublishedLog, of, reopen, unproven};
use crate::app::{App, AppError, records};
use crate::domain::acts::Refusal;
use crate::domain::merkle::{self, ProofError, Published, Tile, TileLevel};
use crate::domain::record::{Digest, Handle, Subject};
use crate::log::{Note, OfflineProof};
use crate::store::StoreError;

/// Hashes of a tile, or entries of a bundle, as bytes; `None` where no signed checkpoint covers it.
pub fn tile(app: &App, tile: Tile) -> Result<Option<Vec<u8>>, AppError> {
    let log = of(app)?;
    if !tile.is_in(log.published().tree.size) {
        log.follow_to(u64::MAX);
    }
    tile_of(app, tile, log.published().tree.size)
}

/// The newest checkpoint, with the cosignatures that it has.
pub fn newest(app: &App) -> Result<String, AppError> {
    let log = of(app)?;
    log.follow();
    Ok(log.newest_note())
}

/// As [`tile`], of an epoch that has ended: what of it was kept. `None` where there was no such epoch, too.
pub fn tile_of_epoch(app: &App, epoch: u64, tile: Tile) -> Result<Option<Vec<u8>>, AppError> {
    match of(app)?.epoch() == epoch {
        true => self::tile(app, tile),
        false => reopen::ended(&*app.store, epoch)?.map_or(Ok(None), |ended| tile_of(app, tile, ended.kept)),
    }
}

/// The last checkpoint of an epoch.
pub fn checkpoint_of_epoch(app: &App, epoch: u64) -> Result<Option<String>, AppError> {
    let log = of(app)?;
    match log.epoch() == epoch {
        true => {
            log.follow();
            Ok(Some(log.published().note.clone()))
        }
        false => Ok(reopen::ended(&*app.store, epoch)?.map(|ended| ended.note)),
    }
}

fn tile_of(app: &App, tile: Tile, size: u64) -> Result<Option<Vec<u8>>, AppError> {
    if !tile.is_in(size) {
        return Ok(None);
    }
    match tile.level {
        TileLevel::Hashes(level) => {
            let hashes = app.store.tile(level, tile.number, tile.width)?;
            Ok(hashes.map(|hashes| hashes.iter().flat_map(|hash| *hash.as_bytes()).collect()))
        }
        TileLevel::Entries => {
            let leaves = app.store.leaves(tile.number * u64::from(Tile::FULL), tile.width.into())?;
            Ok((leaves.len() == usize::from(tile.width)).then(|| merkle::bundle::write(&leaves)))
        }
    }
}

/// The proof that a record is in the log, to be checked without asking us again.
pub fn inclusion(app: &App, index: u64, size: Option<u64>) -> Result<OfflineProof, AppError> {
    let (size, note) = signed(app, of(app)?, size)?;
    against(app, index, size, &note)
}

/// As [`inclusion`], of an epoch that has ended: against the last checkpoint of which all was kept. `None` where there was no
/// such epoch.
pub fn inclusion_of_epoch(
    app: &App,
    epoch: u64,
    index: u64,
    size: Option<u64>,
) -> Result<Option<OfflineProof>, AppError> {
    if of(app)?.epoch() == epoch {
        return inclusion(app, index, size).map(Some);
    }
    let Some(ended) = reopen::ended(&*app.store, epoch)? else { return Ok(None) };
    let size = size.unwrap_or(ended.kept);
    let note = match ended.note.lines().nth(1).and_then(decimal) == Some(size) {
        true => Some(ended.note),
        false => app.store.checkpoint(epoch, size)?,
    };
    let note = note.filter(|_| size <= ended.kept).ok_or_else(|| Refusal::not_found("size", size))?;
    against(app, index, size, &note).map(Some)
}

/// The proof of a record against a signed checkpoint.
fn against(app: &App, index: u64, size: u64, note: &str) -> Result<OfflineProof, AppError> {
    let hashes = match merkle::inclusion(&of(app)?.tiles(&*app.store), index, size) {
        Err(ProofError::NoSuchLeaf { .. }) => {
            return Err(Refusal::not_found("index", index).expected(format!("0 to {}", size.saturating_sub(1))).into());
        }
        other => other.map_err(unproven)?,
    };
    let note = Note::parse(note.as_bytes()).map_err(|cause| AppError::Failed(cause.to_string()))?;
    Ok(OfflineProof { index, hashes, note })
}

/// Proofs of records that were just answered, against one checkpoint that covers them all.
pub fn of_records(app: &App, indexes: &[u64]) -> Result<Vec<String>, AppError> {
    let newest = of(app)?.published();
    indexes.iter().map(|index| Ok(against(app, *index, newest.tree.size, &newest.note)?.to_string())).collect()
}

/// The newest checkpoint, or the one that was kept of this size.
fn signed(app: &App, log: &PublishedLog, size: Option<u64>) -> Result<(u64, String), AppError> {
    match size {
        None => log.follow(),
        Some(size) => log.follow_to(size),
    }
    let newest = log.published();
    match size {
        None => Ok((newest.tree.size, newest.note.clone())),
        Some(size) if size == newest.tree.size => Ok((size, newest.note.clone())),
        Some(size) => match app.store.checkpoint(log.epoch(), size)?.filter(|_| size < newest.tree.size) {
            Some(note) => Ok((size, note)),
            None => Err(Refusal::not_found("size", size).into()),
        },
    }
}

/// The proof that a tree of `from` records is the beginning of one of `to`.
pub fn consistency(app: &App, from: u64, to: u64) -> Result<Vec<Digest>, AppError> {
    let log = of(app)?;
    log.follow_to(to);
    within(app, from, to, log.published().tree.size)
}

/// As [`consistency`], of an epoch that has ended: within what was kept of it. `None` where there was no such epoch.
pub fn consistency_of_epoch(app: &App, epoch: u64, from: u64, to: u64) -> Result<Option<Vec<Digest>>, AppError> {
    if of(app)?.epoch() == epoch {
        return consistency(app, from, to).map(Some);
    }
    let ended = reopen::ended(&*app.store, epoch)?;
    ended.map(|ended| within(app, from, to, ended.kept)).transpose()
}

fn within(app: &App, from: u64, to: u64, newest: u64) -> Result<Vec<Digest>, AppError> {
    if from > to {
        return Err(Refusal::new("log-sizes").at("from", from).expected(format!("0 to {to}")).into());
    }
    if to > newest {
        return Err(Refusal::not_found("to", to).expected(format!("at most {newest}")).into());
    }
    if from == 0 || from == to {
        return Ok(Vec::new());
    }
    Ok(merkle::consistency(&of(app)?.tiles(&*app.store), from, to).map_err(unproven)?)
}

/// What proves a batch: each record of its history against one checkpoint.
pub struct BatchProof {
    pub checkpoint: std::sync::Arc<Published>,
    pub records: Vec<RecordProof>,
}

/// Where a record stands in the log, and why.
pub struct RecordProof {
    pub index: u64,
    pub subject: Subject,
    pub seq: u64,
    pub hashes: Vec<Digest>,
}

/// Proofs of a batch's whole history; `None` where there is no such batch.
pub fn of_batch(app: &App, batch: Handle) -> Result<Option<BatchProof>, AppError> {
    let log = of(app)?;
    // First the records, then the checkpoint: whoever committed them is answered only after they are covered.
    let history = records::history_records(&*app.store, batch)?;
    if history.is_empty() || !records::is_batch(app, batch)? {
        return Ok(None);
    }
    let last = history.iter().map(|(stored, _)| stored.log_index).max().unwrap_or(0);
    log.follow_to(last + 1);
    let checkpoint = covering(log, last);
    let prover = Prover::new(app, log, checkpoint.tree.size);
    let prove = |(stored, record): &(crate::store::StoredRecord, crate::domain::record::Record)| {
        let hashes = prover.inclusion(stored.log_index)?;
        Ok(RecordProof { index: stored.log_index, subject: record.subject, seq: record.seq, hashes })
    };
    let covered = history.iter().filter(|(stored, _)| stored.log_index < checkpoint.tree.size);
    let records = covered.map(prove).collect::<Result<_, StoreError>>()?;
    Ok(Some(BatchProof { checkpoint, records }))
}

/// The newest checkpoint that enough witnesses cosigned, if it covers this record; else the newest of all.
pub fn covering(log: &PublishedLog, index: u64) -> std::sync::Arc<Published> {
    let witnessed = log.witnessed().map(|witnessed| std::sync::Arc::clone(&witnessed.checkpoint));
    witnessed.filter(|it| it.tree.size > index).unwrap_or_else(|| log.published())
}

/// Proofs against the tree of one size.
pub struct Prover<'a> {
    tiles: Remembered<Recent<'a>>,
    size: u64,
}

impl<'a> Prover<'a> {
    pub fn new(app: &'a App, log: &'a PublishedLog, size: u64) -> Self {
        Self { tiles: Remembered { tiles: log.tiles(&*app.store), read: Default::default() }, size }
    }

    /// The hashes by which a record of the tree is in it.
    pub fn inclusion(&self, index: u64) -> Result<Vec<Digest>, StoreError> {
        merkle::inclusion(&self.tiles, index, self.size).map_err(unproven)
    }
}

/// Many proofs from the same tiles: each is read once.
struct Remembered<T> {
    tiles: T,
    read: std::cell::RefCell<std::collections::HashMap<(u8, u64, u16), Vec<Digest>>>,
}

impl<T: merkle::Tiles> merkle::Tiles for Remembered<T> {
    type Error = T::Error;

    fn tile(&self, level: u8, number: u64, width: u16) -> Result<Vec<Digest>, T::Error> {
        if let Some(hashes) = self.read.borrow().get(&(level, number, width)) {
            return Ok(hashes.clone());
        }
        let hashes = self.tiles.tile(level, number, width)?;
        self.read.borrow_mut().insert((level, number, width), hashes.clone());
        Ok(hashes)
    }
}
