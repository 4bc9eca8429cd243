//! Writing the effects of a group, table by table, many rows in a statement.

use diesel::prelude::*;
use diesel::upsert::excluded;

use super::Conn;
use crate::domain::time::Instant;
use crate::store::StoreError;
use crate::store::projection::Rows;
use crate::store::rows::{IdempotencyRow, OpeningRow, RecordRow};
use crate::store::schema::{
    batches, grants, idempotency, lineage, log_head, openings, records, subjects, unique_names,
};

/// Rows in one statement; nine columns times this stays below SQLite's parameter limit.
const ROWS: usize = 2_000;

pub fn truth(conn: &mut Conn, new_records: &[RecordRow], new_openings: &[OpeningRow]) -> Result<(), StoreError> {
    for chunk in new_records.chunks(ROWS) {
        diesel::insert_into(records::table).values(chunk).execute(conn)?;
    }
    for chunk in new_openings.chunks(ROWS) {
        diesel::insert_into(openings::table).values(chunk).execute(conn)?;
    }
    Ok(())
}

/// Notes where the log ends now. The caller holds the lock on its end.
pub fn move_log_head(conn: &mut Conn, end: u64) -> Result<(), StoreError> {
    diesel::update(log_head::table).set(log_head::next_log_index.eq(end as i64)).execute(conn)?;
    Ok(())
}

pub fn answers(conn: &mut Conn, rows: &[IdempotencyRow]) -> Result<(), StoreError> {
    for chunk in rows.chunks(ROWS) {
        diesel::insert_into(idempotency::table).values(chunk).execute(conn)?;
    }
    Ok(())
}

/// 30 days: packing houses that were offline for a month are still told apart.
const ANSWERS_KEPT_MINUTES: i64 = 30 * 24 * 60;

/// Forgets answers that were kept long enough; looks once an hour.
pub fn forget_old_answers(conn: &mut Conn, now: Instant, last: &mut Instant) -> Result<(), StoreError> {
    if now < last.plus_minutes(60) {
        return Ok(());
    }
    let before = now.plus_minutes(-ANSWERS_KEPT_MINUTES).millis();
    diesel::delete(idempotency::table.filter(idempotency::created_at.lt(before))).execute(conn)?;
    *last = now;
    Ok(())
}

/// Writes projections over what stood there. A unique name that another subject holds is a constraint error.
pub fn projections(conn: &mut Conn, rows: &Rows) -> Result<(), StoreError> {
    for chunk in rows.subjects.chunks(ROWS) {
        diesel::insert_into(subjects::table)
            .values(chunk)
            .on_conflict(subjects::handle)
            .do_update()
            .set((
                subjects::head_seq.eq(excluded(subjects::head_seq)),
                subjects::head_hash.eq(excluded(subjects::head_hash)),
                subjects::head_recorded_at.eq(excluded(subjects::head_recorded_at)),
                subjects::state.eq(excluded(subjects::state)),
            ))
            .execute(conn)?;
    }
    for chunk in rows.names.chunks(ROWS) {
        diesel::insert_into(unique_names::table).values(chunk).execute(conn)?;
    }
    for chunk in rows.batches.chunks(ROWS) {
        diesel::insert_into(batches::table)
            .values(chunk)
            .on_conflict(batches::handle)
            .do_update()
            .set(batches::stage.eq(excluded(batches::stage)))
            .execute(conn)?;
    }
    for chunk in rows.lineage.chunks(ROWS) {
        diesel::insert_into(lineage::table)
            .values(chunk)
            .on_conflict((lineage::child, lineage::parent))
            .do_update()
            .set(lineage::quantity.eq(excluded(lineage::quantity)))
            .execute(conn)?;
    }
    for chunk in rows.grants.chunks(ROWS) {
        diesel::insert_into(grants::table)
            .values(chunk)
            .on_conflict((grants::subject, grants::organisation))
            .do_nothing()
            .execute(conn)?;
    }
    Ok(())
}

/// Empties the projections, for `suyuan rebuild`.
pub fn clear_projections(conn: &mut Conn) -> Result<(), StoreError> {
    diesel::delete(grants::table).execute(conn)?;
    diesel::delete(lineage::table).execute(conn)?;
    diesel::delete(batches::table).execute(conn)?;
    diesel::delete(unique_names::table).execute(conn)?;
    diesel::delete(subjects::table).execute(conn)?;
    Ok(())
}
