//! Writing the effects of a group into SQLite, table by table, many rows in a statement.

use diesel::prelude::*;
use diesel::upsert::excluded;

use super::Conn;
use crate::store::StoreError;
use crate::store::projection::Rows;
use crate::store::rows::{IdempotencyRow, OpeningRow, RecordRow};
use crate::store::schema::{batches, grants, idempotency, lineage, openings, records, subjects, unique_names};

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

pub fn answers(conn: &mut Conn, rows: &[IdempotencyRow]) -> Result<(), StoreError> {
    for chunk in rows.chunks(ROWS) {
        diesel::insert_into(idempotency::table).values(chunk).execute(conn)?;
    }
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
            .on_conflict((batches::home, batches::first_log_index))
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
