//! Writing a group into SQLite, table by table, many rows in a statement.

use diesel::prelude::*;
use diesel::upsert::excluded;

use super::Conn;
use super::queries::keep;
use crate::store::StoreError;
use crate::store::projection::{Rows, Writes};
use crate::store::schema::{
    batches, grants, idempotency, lineage, log_checkpoints, log_tiles, openings, records, subjects, unique_names,
};

/// Rows in one statement; nine columns times this stays below SQLite's parameter limit.
const ROWS: usize = 2_000;

/// `false` where the log does not end where it was to grow: then nothing was written.
pub fn write(conn: &mut Conn, writes: &Writes) -> Result<bool, StoreError> {
    if let Some(growth) = writes.growth
        && !keep::grow_log(conn, growth)?
    {
        return Ok(false);
    }
    for chunk in writes.records.chunks(ROWS) {
        diesel::insert_into(records::table).values(chunk).execute(conn)?;
    }
    for chunk in writes.openings.chunks(ROWS) {
        diesel::insert_into(openings::table).values(chunk).execute(conn)?;
    }
    projections(conn, &writes.projections)?;
    for chunk in writes.answers.chunks(ROWS) {
        diesel::insert_into(idempotency::table).values(chunk).execute(conn)?;
    }
    // A tile is 8 KiB, and a group finishes two at most: one by one.
    for tile in &writes.tiles {
        diesel::insert_into(log_tiles::table).values(tile).execute(conn)?;
    }
    if let Some(checkpoint) = &writes.checkpoint {
        diesel::insert_into(log_checkpoints::table).values(checkpoint).on_conflict_do_nothing().execute(conn)?;
    }
    Ok(true)
}

fn projections(conn: &mut Conn, rows: &Rows) -> Result<(), StoreError> {
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
            .set((batches::stage.eq(excluded(batches::stage)), batches::stocked.eq(excluded(batches::stocked))))
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
