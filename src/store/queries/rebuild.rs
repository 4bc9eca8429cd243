//! Making the projections anew from the truth, in `log_index` order. The same `Entity::apply` and the same rows as the
//! write path, so that a rebuilt store equals one that was written.

use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;

use super::{Conn, append, keep, load, read, tree};
use crate::domain::acts::{Head, Known};
use crate::domain::entities::{Corrected, Entity, Fact};
use crate::domain::record::correction::{Correction, corrected, is_correction};
use crate::domain::record::{Handle, Record};
use crate::store::projection::{Growth, Rows, Writes, names_of};
use crate::store::rows::NameRow;
use crate::store::schema::{records, subjects};
use crate::store::{Damaged, StoreError};

/// Records read at once.
const PAGE: u32 = 1_000;

/// Replays every record; `progress` is told how many are done.
pub fn run(conn: &mut Conn, progress: &mut dyn FnMut(u64)) -> Result<u64, StoreError> {
    keep::clear_projections(conn)?;
    let mut next = 0;
    loop {
        let page = read::log(conn, next, PAGE)?;
        let Some(last) = page.last() else { break };
        let after = last.log_index + 1;
        replay(conn, page)?;
        next = after;
        progress(next);
    }
    tree::rebuild(conn, next)?;
    Ok(next)
}

/// Puts right, when a database is opened, what an upgrade may have left: a log that an older program went on with, and
/// projections that a migration emptied.
pub fn settle(conn: &mut Conn) -> Result<(), StoreError> {
    let last: Option<i64> =
        records::table.select(records::log_index).order(records::log_index.desc()).first(conn).optional()?;
    let (end, noted) = (last.map_or(0, |index| index as u64 + 1), load::log_end(conn)?);
    if end < noted {
        return Err(Damaged::new("the log", format!("it ends at {end}, {noted} records were written")).into());
    }
    if end > noted {
        tracing::warn!(end, noted, "an older program wrote into this database");
        keep::grow_log(conn, Growth { from: noted, to: end })?;
    }
    fill_empty(conn)?;
    tree::settle(conn, end)
}

fn fill_empty(conn: &mut Conn) -> Result<(), StoreError> {
    let filled: Option<Vec<u8>> = subjects::table.select(subjects::handle).first(conn).optional()?;
    if filled.is_some() || read::log(conn, 0, 1)?.is_empty() {
        return Ok(());
    }
    let records = run(conn, &mut |_| {})?;
    tracing::info!(records, "projections were made anew from the records");
    Ok(())
}

/// Applies one page on top of the state that the pages before left in the tables.
pub fn replay(conn: &mut Conn, page: Vec<crate::store::StoredRecord>) -> Result<(), StoreError> {
    let mut parsed = Vec::with_capacity(page.len());
    for stored in page {
        let record = Record::parse(&stored.bytes).map_err(|cause| Damaged::new("records.bytes", cause))?;
        parsed.push((stored.log_index, stored.hash, record));
    }
    let handles: Vec<Handle> = parsed.iter().map(|(_, _, record)| record.subject.handle).collect();
    let mut states: HashMap<Handle, Known> =
        read::subjects_of(conn, &handles)?.into_iter().map(|known| (known.subject.handle, known)).collect();
    let mut opened_at: BTreeMap<Handle, u64> = first_indexes(conn, &handles)?;
    let mut names: Vec<NameRow> = Vec::new();
    for (log_index, hash, record) in parsed {
        let handle = record.subject.handle;
        let opened = opened_values(conn, &record)?;
        let correction = correction_of(conn, &record)?;
        let fact = Fact { record: &record, opened: &opened, correction };
        let before = states.remove(&handle).map(|known| known.entity);
        let entity = Entity::apply(before, &fact).map_err(|cause| Damaged::new("records", cause))?;
        names.extend(names_of(&record, &entity).iter().map(NameRow::from));
        let head = Head { seq: record.seq, hash, recorded_at: record.recorded_at };
        states.insert(handle, Known { subject: record.subject, head, entity });
        opened_at.entry(handle).or_insert(log_index);
    }
    let mut rows = Rows { names, ..Rows::default() };
    for (handle, known) in &states {
        if let Some(first) = opened_at.get(handle) {
            rows.add(known, *first, None)?;
        }
    }
    append::write(conn, &Writes { projections: rows, ..Writes::default() })?;
    Ok(())
}

fn first_indexes(conn: &mut Conn, handles: &[Handle]) -> Result<BTreeMap<Handle, u64>, StoreError> {
    let keys: Vec<&[u8]> = handles.iter().map(|handle| handle.as_bytes().as_slice()).collect();
    let rows: Vec<(Vec<u8>, i64)> = subjects::table
        .filter(subjects::handle.eq_any(keys))
        .select((subjects::handle, subjects::first_log_index))
        .load(conn)?;
    rows.into_iter().map(|(handle, index)| Ok((crate::store::rows::handle(&handle)?, index as u64))).collect()
}

fn opened_values(conn: &mut Conn, record: &Record) -> Result<BTreeMap<String, serde_json::Value>, StoreError> {
    if record.sealed.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut opened = BTreeMap::new();
    for (_, opening) in read::openings_of(conn, record.subject)? {
        if opening.seq == record.seq {
            opening.check(record).map_err(|cause| Damaged::new("openings", cause))?;
            opened.insert(opening.field, opening.value);
        }
    }
    Ok(opened)
}

/// For a correction, the corrected record before and after it.
fn correction_of(conn: &mut Conn, record: &Record) -> Result<Option<Corrected>, StoreError> {
    if !is_correction(record) {
        return Ok(None);
    }
    let damaged = |cause: String| Damaged::new("records", cause);
    let correction = Correction::of(record).map_err(|cause| damaged(cause.to_string()))?;
    let Some(correction) = correction else { return Ok(None) };
    let mut chain = Vec::new();
    for stored in read::chain(conn, record.subject.handle, 0, record.seq)? {
        chain.push(Record::parse(&stored.bytes).map_err(|cause| damaged(cause.to_string()))?);
    }
    let at = |end: u64| -> Result<Record, StoreError> {
        let value =
            corrected(&chain[..end as usize], correction.corrects.seq).map_err(|cause| damaged(cause.to_string()))?;
        let mut changed = chain[correction.corrects.seq as usize].clone();
        if let Some(serde_json::Value::Object(body)) = value.get("body") {
            changed.body = body.clone();
        }
        Ok(changed)
    };
    Ok(Some(Corrected { before: at(record.seq)?, after: at(record.seq + 1)? }))
}
