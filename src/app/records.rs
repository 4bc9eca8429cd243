//! What anybody may download: chains and histories; and, by policy, the openings of sealed fields.

use std::collections::BTreeMap;

use super::reads::{self, What};
use super::{App, AppError, Caller};
use crate::domain::acts::Refusal;
use crate::domain::chain::history::HistoryPlan;
use crate::domain::record::sealed::Opening;
use crate::domain::record::{Digest, Handle, Record, Subject, SubjectKind};
use crate::store::{PublicReads, StoredRecord};

/// Records as NDJSON and the hash of the last line.
pub struct Download {
    pub lines: Vec<u8>,
    pub head: Digest,
}

/// The chain of one subject of a kind.
pub fn chain(app: &App, kind: SubjectKind, handle: Handle) -> Result<Option<Download>, AppError> {
    let Some(known) = app.store.subject(handle)?.filter(|known| known.subject.kind == kind) else {
        return Ok(None);
    };
    let records = app.store.chain(handle, 0, u64::MAX)?;
    // What was recorded meanwhile may stand behind the head; the head itself has to be there.
    if !records.iter().any(|stored| stored.hash == known.head.hash) {
        return Err(AppError::Failed(format!("the chain of {} lacks its head", known.subject)));
    }
    Ok(download(records))
}

/// The chain of a batch and of all it rests on, in log order.
pub fn history(app: &App, batch: Handle) -> Result<Option<Download>, AppError> {
    if !is_batch(app, batch)? {
        return Ok(None);
    }
    Ok(download(history_records(&*app.store, batch)?.into_iter().map(|(stored, _)| stored).collect()))
}

pub fn is_batch(app: &App, handle: Handle) -> Result<bool, AppError> {
    Ok(app.store.subject(handle)?.is_some_and(|known| known.subject.kind == SubjectKind::Batch))
}

fn download(records: Vec<StoredRecord>) -> Option<Download> {
    let head = records.last()?.hash;
    let mut lines = Vec::with_capacity(records.iter().map(|record| record.bytes.len() + 1).sum());
    for record in records {
        lines.extend_from_slice(&record.bytes);
        lines.push(b'\n');
    }
    Some(Download { lines, head })
}

/// The records of a history in log order, parsed.
pub fn history_records(read: &dyn PublicReads, batch: Handle) -> Result<Vec<(StoredRecord, Record)>, AppError> {
    let Some(known) = read.subject(batch)? else { return Ok(Vec::new()) };
    history_up_to(read, known.subject, known.head.seq)
}

/// The history as it was when the log had `size` entries; empty where the batch was not there yet.
pub fn history_at(read: &dyn PublicReads, batch: Subject, size: u64) -> Result<Vec<(StoredRecord, Record)>, AppError> {
    let own = read.chain(batch.handle, 0, u64::MAX)?;
    let there = own.iter().take_while(|stored| stored.log_index < size).count();
    match there.checked_sub(1) {
        // Links lead to records that were there before: none of them lies behind `size`.
        Some(head) => history_up_to(read, batch, head as u64),
        None => Ok(Vec::new()),
    }
}

fn history_up_to(read: &dyn PublicReads, start: Subject, head: u64) -> Result<Vec<(StoredRecord, Record)>, AppError> {
    let damaged = |error: crate::domain::record::ProfileError| AppError::Failed(error.to_string());
    let mut plan = HistoryPlan::new(start, head);
    let mut found: BTreeMap<u64, (StoredRecord, Record)> = BTreeMap::new();
    while let Some(range) = plan.next() {
        let records = read.chain(range.subject.handle, range.from_seq, range.to_seq)?;
        if records.len() as u64 != range.to_seq - range.from_seq + 1 {
            return Err(AppError::Failed(format!("the chain of {} lacks records", range.subject)));
        }
        for stored in records {
            let record = Record::parse(&stored.bytes).map_err(damaged)?;
            plan.feed(&record.links);
            found.insert(stored.log_index, (stored, record));
        }
    }
    Ok(found.into_values().collect())
}

/// Records of one chain, parsed.
pub fn read(read: &dyn PublicReads, subject: Handle, from: u64, to: u64) -> Result<Vec<Record>, AppError> {
    let stored = read.chain(subject, from, to)?;
    stored.iter().map(|it| Record::parse(&it.bytes).map_err(|error| AppError::Failed(error.to_string()))).collect()
}

/// Openings of a batch's own chain and of the samples and shipments its organisation wrote: for its home, and for those
/// whom an act made a party. Personal data only for the home.
pub fn openings(app: &App, caller: Caller, batch: Handle) -> Result<Vec<u8>, AppError> {
    caller.may("openings.read")?;
    let known = openable(app, caller, batch)?.ok_or_else(|| AppError::from(Refusal::not_found("id", batch)))?;
    let mut subjects: Vec<Subject> = vec![known];
    for (_, record) in history_records(&*app.store, batch)? {
        if !subjects.contains(&record.subject) && record.actor.org == caller.organisation {
            subjects.push(record.subject);
        }
    }
    subjects.extend(shipments_of(app, batch)?);
    let mut lines = Vec::new();
    for subject in subjects {
        for opening in openings_of(app, caller, subject)? {
            lines.extend(opening.to_bytes().map_err(|error| AppError::Failed(error.to_string()))?);
            lines.push(b'\n');
        }
    }
    if let Some(home) = app.store.subject(batch)?.map(|known| known.entity.home()).filter(|_| !lines.is_empty()) {
        reads::note(app, caller, home, What::Openings, Some(batch))?;
    }
    Ok(lines)
}

/// The batch, if the caller is its home or a party: whoever may see openings of it at all.
pub fn openable(app: &App, caller: Caller, batch: Handle) -> Result<Option<Subject>, AppError> {
    let known = app.store.subject(batch)?.filter(|known| known.subject.kind == SubjectKind::Batch);
    let Some(known) = known else { return Ok(None) };
    let party = known.entity.home() == caller.organisation || app.store.has_grant(caller.organisation, batch)?;
    Ok(party.then_some(known.subject))
}

/// What the caller may see of one subject's sealed fields.
pub fn openings_of(app: &App, caller: Caller, subject: Subject) -> Result<Vec<Opening>, AppError> {
    let records = read(&*app.store, subject.handle, 0, u64::MAX)?;
    let owner = app.store.subject(subject.handle)?.is_some_and(|it| it.entity.home() == caller.organisation);
    let mut seen = Vec::new();
    for (class, opening) in app.store.openings(subject)? {
        if !owner && (class == "personal" || !app.store.has_grant(caller.organisation, subject.handle)?) {
            continue;
        }
        let record = records.iter().find(|record| record.seq == opening.seq);
        let fits = record.is_some_and(|record| opening.check(record).is_ok());
        if !fits {
            return Err(AppError::Failed(format!("an opening of {subject} is not what its record sealed")));
        }
        if class == "personal" {
            tracing::info!(organisation = %caller.organisation, subject = %subject, field = opening.field, "personal data read");
        }
        seen.push(opening);
    }
    Ok(seen)
}

/// Shipments that a batch's chain names: they rest on the batch, so its history does not reach them.
fn shipments_of(app: &App, batch: Handle) -> Result<Vec<Subject>, AppError> {
    let mut found = Vec::new();
    for record in read(&*app.store, batch, 0, u64::MAX)? {
        let handle = record.body.get("shipment").and_then(|value| value.as_str()).and_then(|text| text.parse().ok());
        if let Some(handle) = handle.filter(|_| record.kind == "batch.shipped") {
            found.push(Subject::new(SubjectKind::Shipment, handle));
        }
    }
    Ok(found)
}
