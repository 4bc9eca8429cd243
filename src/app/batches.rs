//! Lists of batches, and what was packed under a licence.

use std::collections::{BTreeSet, HashMap};

use super::{App, AppError, Caller};
use crate::domain::acts::{Known, Refusal};
use crate::domain::entities::{Batch, Entity};
use crate::domain::kinds::Body;
use crate::domain::kinds::licences::LicenceUsed;
use crate::domain::record::{Digest, Handle, Record, SubjectKind};
use crate::domain::time::Instant;
use crate::store::{BatchFilter, Cursor, Slice};

/// The caller's batches.
pub fn list(
    app: &App,
    caller: Caller,
    filter: &BatchFilter,
    after: Option<Cursor>,
    limit: u32,
) -> Result<Slice, AppError> {
    caller.may("batch.read")?;
    Ok(app.store.batches(caller.organisation, filter, after, limit)?)
}

/// A use of a mark, with the record that says so.
pub struct MarkUse {
    pub seq: u64,
    pub hash: Digest,
    pub recorded_at: Instant,
    pub used: LicenceUsed,
}

/// What was packed under a licence, oldest first: for the association that granted it and for the licensee.
pub fn packed_under(
    app: &App,
    caller: Caller,
    licence: Handle,
    from_seq: u64,
    limit: u32,
) -> Result<(Known, Vec<MarkUse>, Option<u64>), AppError> {
    let known = licence_of_party(app, caller, licence)?;
    let to = from_seq.saturating_add(u64::from(limit)).saturating_sub(1);
    let uses = uses(app, licence, from_seq, to)?;
    let next = (to < known.head.seq).then_some(to + 1);
    Ok((known, uses, next))
}

/// The same, newest first: of the records before `before`, or of all.
pub fn last_packed_under(
    app: &App,
    caller: Caller,
    licence: Handle,
    before: Option<u64>,
    limit: u32,
) -> Result<(Known, Vec<MarkUse>, Option<u64>), AppError> {
    let known = licence_of_party(app, caller, licence)?;
    let to = before.map_or(known.head.seq, |before| before.saturating_sub(1)).min(known.head.seq);
    let from = to.saturating_sub(u64::from(limit).saturating_sub(1));
    let mut uses = uses(app, licence, from, to)?;
    uses.reverse();
    Ok((known, uses, Some(from).filter(|from| *from > 0)))
}

/// A licence, for who granted it and who has it.
fn licence_of_party(app: &App, caller: Caller, licence: Handle) -> Result<Known, AppError> {
    caller.may("licence.read")?;
    let missing = || AppError::from(Refusal::not_found("id", licence));
    let known =
        app.store.subject(licence)?.filter(|known| known.subject.kind == SubjectKind::Licence).ok_or_else(missing)?;
    let party = match &known.entity {
        Entity::Licence(it) => it.home == caller.organisation || it.licensee == caller.organisation,
        _ => false,
    };
    if party { Ok(known) } else { Err(missing()) }
}

fn uses(app: &App, licence: Handle, from_seq: u64, to_seq: u64) -> Result<Vec<MarkUse>, AppError> {
    let mut uses = Vec::new();
    for stored in app.store.chain(licence, from_seq, to_seq)? {
        let failed = |error: String| AppError::Failed(error);
        let record = Record::parse(&stored.bytes).map_err(|error| failed(error.to_string()))?;
        if record.kind == LicenceUsed::KIND {
            let used = LicenceUsed::read(&record).map_err(|error| failed(error.to_string()))?;
            uses.push(MarkUse { seq: record.seq, hash: stored.hash, recorded_at: record.recorded_at, used });
        }
    }
    Ok(uses)
}

/// Of these batches those that stand still, each with what it stands for: itself, or the one that it was made from.
pub fn stopped(app: &App, batches: &[Handle]) -> Result<HashMap<Handle, Batch>, AppError> {
    let of = |handles: &[Handle]| -> Result<HashMap<Handle, Batch>, AppError> {
        let found = app.store.subjects(handles)?.into_iter().filter_map(|known| match known.entity {
            Entity::Batch(batch) => Some((known.subject.handle, batch)),
            _ => None,
        });
        Ok(found.collect())
    };
    let mut own = of(batches)?;
    let ancestors: BTreeSet<Handle> = own.values().flat_map(|batch| batch.ancestors.iter().copied()).collect();
    let ancestors = of(&ancestors.into_iter().collect::<Vec<_>>())?;
    let is_stopped = |batch: &Batch| batch.recalled || !batch.holds.is_empty();
    own.retain(|_, batch| {
        if !is_stopped(batch)
            && let Some(source) = batch.ancestors.iter().filter_map(|it| ancestors.get(it)).find(|it| is_stopped(it))
        {
            *batch = source.clone();
        }
        is_stopped(batch)
    });
    Ok(own)
}
