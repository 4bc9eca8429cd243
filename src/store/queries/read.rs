//! Reading records, states, lists, lineage.

use std::collections::HashMap;

use diesel::prelude::*;

use super::Conn;
use crate::domain::acts::{Known, UniqueName};
use crate::domain::entities::BatchStage;
use crate::domain::gs1::Lot;
use crate::domain::record::{Handle, Subject, SubjectKind, record_hash, sealed};
use crate::store::rows::{LineageRow, OpeningRow, RecordRow, SubjectRow, digest, handle};
use crate::store::schema::{batches, grants, lineage, openings, records, subjects, unique_names};
use crate::store::{BatchFilter, Cursor, Damaged, Edge, Slice, StoreError, StoredRecord};

pub fn chain(conn: &mut Conn, subject: Handle, from: u64, to: u64) -> Result<Vec<StoredRecord>, StoreError> {
    let Ok(first) = i64::try_from(from) else { return Ok(Vec::new()) };
    let rows: Vec<RecordRow> = records::table
        .filter(records::subject.eq(subject.as_bytes().as_slice()))
        .filter(records::seq.between(first, i64::try_from(to).unwrap_or(i64::MAX)))
        .order(records::seq)
        .select(RecordRow::as_select())
        .load(conn)?;
    if let Some((row, seq)) = rows.iter().zip(from..).find(|(row, seq)| row.seq as u64 != *seq) {
        let cause = format!("{seq} of a chain is missing; the next is {}, at {}", row.seq, row.log_index);
        return Err(Damaged::new("records.seq", cause).into());
    }
    rows.into_iter().map(stored).collect()
}

pub fn log(conn: &mut Conn, from: u64, limit: u32) -> Result<Vec<StoredRecord>, StoreError> {
    let Ok(first) = i64::try_from(from) else { return Ok(Vec::new()) };
    let rows: Vec<RecordRow> = records::table
        .filter(records::log_index.ge(first))
        .order(records::log_index)
        .limit(limit.into())
        .select(RecordRow::as_select())
        .load(conn)?;
    rows.into_iter().map(stored).collect()
}

/// A record is read only as it was written: bytes that changed on the disk are nobody's to see or to decide by.
pub fn stored(row: RecordRow) -> Result<StoredRecord, StoreError> {
    let hash = digest(&row.hash)?;
    if record_hash(&row.bytes) != hash {
        let cause = format!("the record at {} does not hash to what it says", row.log_index);
        return Err(Damaged::new("records.bytes", cause).into());
    }
    Ok(StoredRecord { log_index: row.log_index as u64, hash, bytes: row.bytes })
}

pub fn openings_of(conn: &mut Conn, subject: Subject) -> Result<Vec<(String, sealed::Opening)>, StoreError> {
    let rows: Vec<OpeningRow> = openings::table
        .filter(openings::subject.eq(subject.handle.as_bytes().as_slice()))
        .order((openings::seq, openings::field))
        .select(OpeningRow::as_select())
        .load(conn)?;
    rows.into_iter().map(|row| opening(row, subject)).collect()
}

pub fn openings_of_all(conn: &mut Conn, subjects: &[Subject]) -> Result<Vec<(String, sealed::Opening)>, StoreError> {
    let by_key: HashMap<&[u8], Subject> = subjects.iter().map(|it| (it.handle.as_bytes().as_slice(), *it)).collect();
    let keys: Vec<&[u8]> = by_key.keys().copied().collect();
    let mut found = Vec::new();
    for chunk in keys.chunks(8_000) {
        let rows: Vec<(Vec<u8>, OpeningRow)> = openings::table
            .filter(openings::subject.eq_any(chunk))
            .order((openings::subject, openings::seq, openings::field))
            .select((openings::subject, OpeningRow::as_select()))
            .load(conn)?;
        for (key, row) in rows {
            let Some(subject) = by_key.get(key.as_slice()) else { continue };
            found.push(opening(row, *subject)?);
        }
    }
    Ok(found)
}

pub fn opening_at(conn: &mut Conn, place: &sealed::Place) -> Result<Option<sealed::Opening>, StoreError> {
    let row: Option<OpeningRow> = openings::table
        .filter(openings::subject.eq(place.subject.handle.as_bytes().as_slice()))
        .filter(openings::seq.eq(place.seq as i64))
        .filter(openings::field.eq(&place.field))
        .select(OpeningRow::as_select())
        .first(conn)
        .optional()?;
    row.map(|row| opening(row, place.subject).map(|(_, opening)| opening)).transpose()
}

/// An opening with its class.
pub fn opening(row: OpeningRow, subject: Subject) -> Result<(String, sealed::Opening), StoreError> {
    let opening = sealed::Opening {
        field: row.field,
        salt: digest(&row.salt)?.as_bytes().to_owned(),
        seq: row.seq as u64,
        subject,
        value: serde_json::from_str(&row.value).map_err(|cause| Damaged::new("openings.value", cause))?,
    };
    Ok((row.class, opening))
}

/// One subject, by a statement that stays prepared: a list of keys is another text for each length.
pub fn subject(conn: &mut Conn, handle: Handle) -> Result<Option<Known>, StoreError> {
    let row: Option<SubjectRow> =
        subjects::table.find(handle.as_bytes().as_slice()).select(SubjectRow::as_select()).first(conn).optional()?;
    row.as_ref().map(Known::try_from).transpose()
}

pub fn subjects_of(conn: &mut Conn, handles: &[Handle]) -> Result<Vec<Known>, StoreError> {
    let keys: Vec<&[u8]> = handles.iter().map(|handle| handle.as_bytes().as_slice()).collect();
    let mut found = Vec::with_capacity(keys.len());
    for chunk in keys.chunks(8_000) {
        let rows: Vec<SubjectRow> =
            subjects::table.filter(subjects::handle.eq_any(chunk)).select(SubjectRow::as_select()).load(conn)?;
        for row in &rows {
            found.push(Known::try_from(row)?);
        }
    }
    Ok(found)
}

pub fn named(conn: &mut Conn, name: &UniqueName) -> Result<Option<Handle>, StoreError> {
    let found: Option<Vec<u8>> = unique_names::table
        .filter(unique_names::scope.eq(&name.scope))
        .filter(unique_names::name.eq(&name.name))
        .select(unique_names::subject)
        .first(conn)
        .optional()?;
    found.map(|bytes| handle(&bytes)).transpose()
}

/// One more row than a page tells whether there is a next one.
fn slice(rows: Vec<SubjectRow>, limit: u32) -> Result<Slice, StoreError> {
    let shown = rows.len().min(limit as usize);
    let next = (rows.len() > shown).then(|| Cursor(rows[shown - 1].first_log_index as u64));
    let items = rows[..shown].iter().map(Known::try_from).collect::<Result<_, _>>()?;
    Ok(Slice { items, next })
}

fn before(after: Option<Cursor>) -> i64 {
    after.map_or(i64::MAX, |cursor| i64::try_from(cursor.0).unwrap_or(i64::MAX))
}

pub fn of_home(
    conn: &mut Conn,
    home: Handle,
    kind: SubjectKind,
    after: Option<Cursor>,
    limit: u32,
) -> Result<Slice, StoreError> {
    let rows = subjects::table
        .filter(subjects::home.eq(home.as_bytes().as_slice()))
        .filter(subjects::kind.eq(kind.as_str()))
        .filter(subjects::first_log_index.lt(before(after)))
        .order(subjects::first_log_index.desc())
        .limit(i64::from(limit) + 1)
        .select(SubjectRow::as_select())
        .load(conn)?;
    slice(rows, limit)
}

pub fn of_kind(conn: &mut Conn, kind: SubjectKind, after: Option<Cursor>, limit: u32) -> Result<Slice, StoreError> {
    let rows = subjects::table
        .filter(subjects::kind.eq(kind.as_str()))
        .filter(subjects::first_log_index.lt(before(after)))
        .order(subjects::first_log_index.desc())
        .limit(i64::from(limit) + 1)
        .select(SubjectRow::as_select())
        .load(conn)?;
    slice(rows, limit)
}

pub fn granted(
    conn: &mut Conn,
    organisation: Handle,
    view: &str,
    after: Option<Cursor>,
    limit: u32,
) -> Result<Slice, StoreError> {
    let rows = subjects::table
        .inner_join(grants::table.on(grants::subject.eq(subjects::handle)))
        .filter(grants::organisation.eq(organisation.as_bytes().as_slice()))
        .filter(grants::view.eq(view))
        .filter(grants::first_log_index.lt(before(after)))
        .order(grants::first_log_index.desc())
        .limit(i64::from(limit) + 1)
        .select(SubjectRow::as_select())
        .load(conn)?;
    slice(rows, limit)
}

pub fn has_grant(conn: &mut Conn, organisation: Handle, subject: Handle) -> Result<bool, StoreError> {
    let found: i64 = grants::table
        .filter(grants::subject.eq(subject.as_bytes().as_slice()))
        .filter(grants::organisation.eq(organisation.as_bytes().as_slice()))
        .count()
        .get_result(conn)?;
    Ok(found > 0)
}

pub fn batches_of_home(
    conn: &mut Conn,
    home: Handle,
    filter: &BatchFilter,
    after: Option<Cursor>,
    limit: u32,
) -> Result<Slice, StoreError> {
    let mut query =
        batches::table.inner_join(subjects::table).filter(batches::home.eq(home.as_bytes().as_slice())).into_boxed();
    // Each by its own index: what is left is little beside all that ever was.
    query = match filter.in_stock {
        true => query.filter(batches::stocked.lt(before(after))).order(batches::stocked.desc()),
        false => query.filter(batches::first_log_index.lt(before(after))).order(batches::first_log_index.desc()),
    };
    if let Some(stage) = filter.stage {
        query = query.filter(batches::stage.eq(stage.as_str()));
    }
    if let Some(gtin) = filter.gtin {
        query = query.filter(batches::gtin.eq(gtin.to_string()));
    }
    if let Some(lot) = &filter.lot {
        query = query.filter(batches::lot.eq(lot.to_string()));
    }
    if let Some(from) = filter.opened_from {
        query = query.filter(batches::opened_on.ge(from.to_string()));
    }
    if let Some(to) = filter.opened_to {
        query = query.filter(batches::opened_on.le(to.to_string()));
    }
    let rows = query.limit(i64::from(limit) + 1).select(SubjectRow::as_select()).load(conn)?;
    slice(rows, limit)
}

pub fn stages_in_stock(conn: &mut Conn, home: Handle, limit: u32) -> Result<Vec<(Handle, BatchStage)>, StoreError> {
    let rows: Vec<(Vec<u8>, String)> = batches::table
        .filter(batches::home.eq(home.as_bytes().as_slice()))
        // Said as the index says it, which has nothing of what is used up.
        .filter(batches::stocked.is_not_null())
        .order(batches::stocked)
        .limit(limit.into())
        .select((batches::handle, batches::stage))
        .load(conn)?;
    rows.into_iter()
        .map(|(key, stage)| {
            let known = BatchStage::ALL.iter().copied().find(|known| known.as_str() == stage);
            let known = known.ok_or_else(|| Damaged::new("batches.stage", format!("{stage:?} is no stage")))?;
            Ok((handle(&key)?, known))
        })
        .collect()
}

pub fn batches_of_product(conn: &mut Conn, product: Handle, limit: u32) -> Result<Vec<Known>, StoreError> {
    let rows: Vec<SubjectRow> = batches::table
        .inner_join(subjects::table)
        .filter(batches::product.eq(product.as_bytes().as_slice()))
        .order(batches::first_log_index.desc())
        .limit(limit.into())
        .select(SubjectRow::as_select())
        .load(conn)?;
    rows.iter().map(Known::try_from).collect()
}

pub fn batches_of_lot(conn: &mut Conn, lot: &Lot, limit: u32) -> Result<Vec<Known>, StoreError> {
    let rows: Vec<SubjectRow> = batches::table
        .inner_join(subjects::table)
        .filter(batches::lot.eq(lot.to_string()))
        .order(batches::first_log_index.desc())
        .limit(limit.into())
        .select(SubjectRow::as_select())
        .load(conn)?;
    rows.iter().map(Known::try_from).collect()
}

pub fn children(conn: &mut Conn, parents: &[Handle]) -> Result<Vec<Edge>, StoreError> {
    let keys: Vec<&[u8]> = parents.iter().map(|handle| handle.as_bytes().as_slice()).collect();
    edges(lineage::table.filter(lineage::parent.eq_any(keys)).select(LineageRow::as_select()).load(conn)?)
}

pub fn parents(conn: &mut Conn, children: &[Handle]) -> Result<Vec<Edge>, StoreError> {
    let keys: Vec<&[u8]> = children.iter().map(|handle| handle.as_bytes().as_slice()).collect();
    edges(lineage::table.filter(lineage::child.eq_any(keys)).select(LineageRow::as_select()).load(conn)?)
}

fn edges(rows: Vec<LineageRow>) -> Result<Vec<Edge>, StoreError> {
    rows.into_iter()
        .map(|row| Ok(Edge { child: handle(&row.child)?, parent: handle(&row.parent)?, quantity: row.quantity as u64 }))
        .collect()
}

/// The instance's first subject: the operator's own organisation.
pub fn first_subject(conn: &mut Conn) -> Result<Option<Known>, StoreError> {
    let first: Option<Vec<u8>> =
        records::table.filter(records::log_index.eq(0)).select(records::subject).first(conn).optional()?;
    let Some(first) = first else { return Ok(None) };
    Ok(subjects_of(conn, &[handle(&first)?])?.pop())
}
