//! What is written beside the effects of a group: where the log ends, which answers are forgotten, projections emptied.

use diesel::prelude::*;

use super::Conn;
use crate::domain::time::Instant;
use crate::store::StoreError;
use crate::store::projection::Growth;
use crate::store::schema::{batches, grants, idempotency, lineage, log_head, subjects, unique_names};

/// Notes where the log ends now; `false` where it does not end at `from`. Until the transaction ends nobody else commits a
/// record.
pub fn grow_log(conn: &mut Conn, Growth { from, to }: Growth) -> Result<bool, StoreError> {
    let from = log_head::table.filter(log_head::id.eq(1)).filter(log_head::next_log_index.eq(from as i64));
    Ok(diesel::update(from).set(log_head::next_log_index.eq(to as i64)).execute(conn)? == 1)
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

/// Empties the projections, for `suyuan rebuild`.
pub fn clear_projections(conn: &mut Conn) -> Result<(), StoreError> {
    diesel::delete(grants::table).execute(conn)?;
    diesel::delete(lineage::table).execute(conn)?;
    diesel::delete(batches::table).execute(conn)?;
    diesel::delete(unique_names::table).execute(conn)?;
    diesel::delete(subjects::table).execute(conn)?;
    Ok(())
}
