//! Whole instances on the move: stretches of the log read out here and taken over there, checked link by link.

use std::collections::HashMap;

use diesel::prelude::*;

use super::{Conn, append, lock_log_head, read, rebuild, tree};
use crate::domain::merkle::Leaf;
use crate::domain::record::{Digest, Handle, Record, record_hash, sealed};
use crate::store::projection::{Growth, Writes};
use crate::store::rows::{
    AttachmentRow, IdempotencyRow, OpeningRow, ProblemReportRow, RecordRow, TileRow, digest, handle, instant,
};
use crate::store::schema::{attachments, idempotency, openings, problem_reports};
use crate::store::{Damaged, KeptAnswer, ProblemReport, StoreError, StoredFile, StoredRecord, Stretch};

pub fn stretch(conn: &mut Conn, from: u64, limit: u32) -> Result<Stretch, StoreError> {
    let records = read::log(conn, from, limit)?;
    let mut wanted = HashMap::new();
    for (position, record) in parsed(&records)?.into_iter().enumerate().filter(|(_, it)| !it.sealed.is_empty()) {
        wanted.insert((record.subject.handle, record.seq), (position, record.subject));
    }
    let subjects: Vec<&[u8]> = wanted.keys().map(|(handle, _)| handle.as_bytes().as_slice()).collect();
    let rows: Vec<OpeningRow> = openings::table
        .filter(openings::subject.eq_any(subjects))
        .order((openings::subject, openings::seq, openings::field))
        .select(OpeningRow::as_select())
        .load(conn)?;
    let mut found = Vec::new();
    for row in rows {
        // A subject has openings of other stretches too.
        if let Some((position, subject)) = wanted.get(&(handle(&row.subject)?, row.seq as u64)) {
            found.push((*position, read::opening(row, *subject)?));
        }
    }
    // Those of one record stay in the order of their fields.
    found.sort_by_key(|(position, _)| *position);
    Ok(Stretch { records, openings: found.into_iter().map(|(_, opening)| opening).collect() })
}

fn parsed(records: &[StoredRecord]) -> Result<Vec<Record>, StoreError> {
    let parse = |stored: &StoredRecord| Record::parse(&stored.bytes);
    Ok(records.iter().map(parse).collect::<Result<_, _>>().map_err(|cause| Damaged::new("records.bytes", cause))?)
}

/// Runs in a transaction beside which nobody writes.
pub fn take(conn: &mut Conn, stretch: &Stretch) -> Result<(), StoreError> {
    let end = lock_log_head(conn)?;
    let records = parsed(&stretch.records)?;
    check(conn, end, &stretch.records, &records)?;
    let mut edge = tree::edge(conn, None, end)?;
    let mut tiles = Vec::new();
    for (stored, record) in stretch.records.iter().zip(&records) {
        let leaf = Leaf { subject: record.subject.handle, seq: record.seq, record_hash: stored.hash };
        edge.push(leaf.hash(), &mut tiles);
    }
    let truth = Writes {
        tiles: tiles.iter().map(TileRow::from).collect(),
        records: stretch.records.iter().zip(&records).map(|(stored, record)| row(stored, record)).collect(),
        openings: stretch.openings.iter().map(|(class, opening)| opening_row(class, opening)).collect(),
        growth: Some(Growth { from: end, to: end + records.len() as u64 }),
        ..Writes::default()
    };
    if !append::write(conn, &truth)? {
        return Err(StoreError::Engine("the end of the log moved under its lock".into()));
    }
    rebuild::replay(conn, stretch.records.clone())
}

/// Each record hashes to what it says, follows in the log, and stands on the head before it.
fn check(conn: &mut Conn, end: u64, stored: &[StoredRecord], records: &[Record]) -> Result<(), StoreError> {
    let handles: Vec<Handle> = records.iter().map(|record| record.subject.handle).collect();
    let known = read::subjects_of(conn, &handles)?.into_iter();
    let mut heads: HashMap<Handle, (u64, Digest)> =
        known.map(|known| (known.subject.handle, (known.head.seq + 1, known.head.hash))).collect();
    for ((index, stored), record) in (end..).zip(stored).zip(records) {
        let damaged = |reason: &str| Damaged::new("the log", format!("{reason} at {index} ({})", record.subject));
        if stored.log_index != index {
            return Err(damaged("a record is missing").into());
        }
        if record_hash(&stored.bytes) != stored.hash {
            return Err(damaged("a record does not hash to what it says").into());
        }
        let expected = heads.get(&record.subject.handle).copied().unwrap_or((0, Digest::ZERO));
        if (record.seq, record.prev) != expected {
            return Err(damaged("a record does not stand on the head before it").into());
        }
        heads.insert(record.subject.handle, (record.seq + 1, stored.hash));
    }
    Ok(())
}

fn row(stored: &StoredRecord, record: &Record) -> RecordRow {
    RecordRow {
        log_index: stored.log_index as i64,
        subject: record.subject.handle.as_bytes().to_vec(),
        seq: record.seq as i64,
        kind: record.kind.clone(),
        hash: stored.hash.as_bytes().to_vec(),
        bytes: stored.bytes.clone(),
    }
}

fn opening_row(class: &str, opening: &sealed::Opening) -> OpeningRow {
    OpeningRow {
        subject: opening.subject.handle.as_bytes().to_vec(),
        seq: opening.seq as i64,
        field: opening.field.clone(),
        class: class.to_owned(),
        salt: opening.salt.to_vec(),
        value: opening.value.to_string(),
    }
}

pub fn answers(conn: &mut Conn, after: Option<(Handle, &str)>, limit: u32) -> Result<Vec<KeptAnswer>, StoreError> {
    let mut query = idempotency::table.select(IdempotencyRow::as_select()).into_boxed();
    if let Some((organisation, key)) = after {
        let organisation = organisation.as_bytes().to_vec();
        query = query.filter(
            idempotency::organisation
                .gt(organisation.clone())
                .or(idempotency::organisation.eq(organisation).and(idempotency::key.gt(key.to_owned()))),
        );
    }
    let rows: Vec<IdempotencyRow> =
        query.order((idempotency::organisation, idempotency::key)).limit(limit.into()).load(conn)?;
    let answer = |row: IdempotencyRow| {
        Ok(KeptAnswer {
            organisation: handle(&row.organisation)?,
            request_hash: digest(&row.request_hash)?,
            key: row.key,
            operation: row.operation,
            receipt: row.receipt,
            created_at: instant(row.created_at)?,
        })
    };
    rows.into_iter().map(answer).collect()
}

pub fn take_answers(conn: &mut Conn, answers: &[KeptAnswer]) -> Result<(), StoreError> {
    for answer in answers {
        let row = IdempotencyRow {
            organisation: answer.organisation.as_bytes().to_vec(),
            key: answer.key.clone(),
            operation: answer.operation.clone(),
            request_hash: answer.request_hash.as_bytes().to_vec(),
            receipt: answer.receipt.clone(),
            created_at: answer.created_at.millis(),
        };
        diesel::insert_into(idempotency::table).values(row).on_conflict_do_nothing().execute(conn)?;
    }
    Ok(())
}

pub fn attachments(conn: &mut Conn) -> Result<Vec<StoredFile>, StoreError> {
    let rows: Vec<AttachmentRow> =
        attachments::table.order(attachments::sha256).select(AttachmentRow::as_select()).load(conn)?;
    rows.into_iter().map(StoredFile::try_from).collect()
}

pub fn problem_reports(conn: &mut Conn) -> Result<Vec<ProblemReport>, StoreError> {
    let rows: Vec<ProblemReportRow> =
        problem_reports::table.order(problem_reports::id).select(ProblemReportRow::as_select()).load(conn)?;
    let report = |row: ProblemReportRow| {
        Ok(ProblemReport {
            id: handle(&row.id)?,
            gtin: row.gtin,
            lot: row.lot,
            what: row.what,
            story: row.story,
            contact: row.contact,
            created_at: instant(row.created_at)?,
        })
    };
    rows.into_iter().map(report).collect()
}
