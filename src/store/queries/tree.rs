//! The Merkle tree over the log: finished tiles stand in a table, what is unfinished follows from the records and from the roots
//! of finished tiles.

use diesel::prelude::*;

use super::Conn;
use crate::domain::merkle::{Edge, FullTile, Leaf, TILE_WIDTH};
use crate::domain::record::Digest;
use crate::store::rows::{CheckpointRow, TileRow, digest, handle};
use crate::store::schema::{log_checkpoints, log_tiles, records};
use crate::store::{Damaged, Published, StoreError};

/// Leaves read at once.
const PAGE: u32 = 10_000;
const WIDTH: u64 = TILE_WIDTH as u64;

/// What stands in the tree for the records from `from` on, at most `limit`.
pub fn leaves(conn: &mut Conn, from: u64, limit: u32) -> Result<Vec<Leaf>, StoreError> {
    let rows: Vec<(i64, Vec<u8>, i64, Vec<u8>)> = records::table
        .filter(records::log_index.ge(from as i64))
        .order(records::log_index)
        .limit(limit.into())
        .select((records::log_index, records::subject, records::seq, records::hash))
        .load(conn)?;
    let leaf = |(index, (log_index, subject, seq, hash)): (u64, (i64, Vec<u8>, i64, Vec<u8>))| {
        if log_index as u64 != index {
            return Err(Damaged::new("the log", format!("the record at {index} is missing")).into());
        }
        Ok(Leaf { subject: handle(&subject)?, seq: seq as u64, record_hash: digest(&hash)? })
    };
    (from..).zip(rows).map(leaf).collect()
}

/// The tree's right edge where the log ends at `end`: `known` grown by what was recorded since, or read anew.
pub fn edge(conn: &mut Conn, known: Option<Edge>, end: u64) -> Result<Edge, StoreError> {
    let mut edge = match known {
        Some(known) if known.size() <= end => known,
        _ => stored_edge(conn, end)?,
    };
    // Whoever recorded these has written their tiles too.
    grow(conn, &mut edge, end, &mut |_, _| Ok(()))?;
    Ok(edge)
}

/// Each level's unfinished tile, from the finished ones below it, and the records after the last of these.
fn stored_edge(conn: &mut Conn, end: u64) -> Result<Edge, StoreError> {
    let mut levels = vec![Vec::new()];
    let mut tiles_below = end / WIDTH;
    for level in 0.. {
        if tiles_below == 0 {
            break;
        }
        let from = tiles_below - tiles_below % WIDTH;
        levels.push(roots(conn, level, from, tiles_below - from)?);
        tiles_below /= WIDTH;
    }
    let mut edge = Edge::from_levels(levels).map_err(|cause| Damaged::new("log_tiles", cause))?;
    grow(conn, &mut edge, end, &mut |_, _| Ok(()))?;
    Ok(edge)
}

/// Roots of `count` finished tiles.
fn roots(conn: &mut Conn, level: i64, from: u64, count: u64) -> Result<Vec<Digest>, StoreError> {
    let rows: Vec<Vec<u8>> = log_tiles::table
        .filter(log_tiles::level.eq(level))
        .filter(log_tiles::number.ge(from as i64))
        .order(log_tiles::number)
        .limit(count as i64)
        .select(log_tiles::root)
        .load(conn)?;
    if rows.len() as u64 != count {
        let cause = format!("{} of {count} tiles of level {level} from {from} on", rows.len());
        return Err(Damaged::new("log_tiles", cause).into());
    }
    rows.iter().map(|root| digest(root)).collect()
}

/// Told of tiles that were finished.
type Finished<'f> = dyn FnMut(&mut Conn, Vec<FullTile>) -> Result<(), StoreError> + 'f;

/// Adds the records up to `end`; finished tiles are handed out page by page.
fn grow(conn: &mut Conn, edge: &mut Edge, end: u64, finished: &mut Finished<'_>) -> Result<(), StoreError> {
    while edge.size() < end {
        let limit = u64::from(PAGE).min(end - edge.size());
        let page = leaves(conn, edge.size(), limit as u32)?;
        if page.is_empty() {
            return Err(
                Damaged::new("the log", format!("it ends at {}, {end} records were written", edge.size())).into()
            );
        }
        let mut full = Vec::new();
        page.iter().for_each(|leaf| edge.push(leaf.hash(), &mut full));
        finished(conn, full)?;
    }
    Ok(())
}

/// Makes every tile anew.
pub fn rebuild(conn: &mut Conn, end: u64) -> Result<(), StoreError> {
    diesel::delete(log_tiles::table).execute(conn)?;
    grow(conn, &mut Edge::default(), end, &mut |conn, full| {
        // Few at once: a tile is 8 KiB.
        for chunk in full.iter().map(TileRow::from).collect::<Vec<_>>().chunks(100) {
            diesel::insert_into(log_tiles::table).values(chunk).execute(conn)?;
        }
        Ok(())
    })
}

/// Makes the tiles anew where there are fewer or more than the records come to.
pub fn settle(conn: &mut Conn, end: u64) -> Result<(), StoreError> {
    let stored: i64 = log_tiles::table.filter(log_tiles::level.eq(0)).count().get_result(conn)?;
    if stored as u64 != end / WIDTH {
        rebuild(conn, end)?;
        tracing::info!(records = end, "the tree over the log was made anew from the records");
    }
    Ok(())
}

/// The first `width` hashes of a tile; `None` where the tree has fewer.
pub fn tile(conn: &mut Conn, level: u8, number: u64, width: u16) -> Result<Option<Vec<Digest>>, StoreError> {
    let Ok(number) = i64::try_from(number) else { return Ok(None) };
    let hashes = match stored_tile(conn, level, number)? {
        Some(hashes) => hashes,
        None => unfinished(conn, level, number as u64, width)?,
    };
    Ok(hashes.get(..usize::from(width)).map(<[Digest]>::to_vec))
}

fn stored_tile(conn: &mut Conn, level: u8, number: i64) -> Result<Option<Vec<Digest>>, StoreError> {
    let bytes: Option<Vec<u8>> =
        log_tiles::table.find((i64::from(level), number)).select(log_tiles::hashes).first(conn).optional()?;
    bytes.map(|bytes| bytes.chunks(32).map(digest).collect()).transpose()
}

fn unfinished(conn: &mut Conn, level: u8, number: u64, width: u16) -> Result<Vec<Digest>, StoreError> {
    let Some(from) = number.checked_mul(WIDTH).filter(|from| *from <= i64::MAX as u64) else { return Ok(Vec::new()) };
    match level.checked_sub(1) {
        None => Ok(leaves(conn, from, width.into())?.iter().map(Leaf::hash).collect()),
        Some(below) => {
            let rows: Vec<Vec<u8>> = log_tiles::table
                .filter(log_tiles::level.eq(i64::from(below)))
                .filter(log_tiles::number.ge(from as i64))
                .order(log_tiles::number)
                .limit(width.into())
                .select(log_tiles::root)
                .load(conn)?;
            rows.iter().map(|root| digest(root)).collect()
        }
    }
}

/// The signed note over a tree of this size.
pub fn checkpoint(conn: &mut Conn, epoch: u64, size: u64) -> Result<Option<String>, StoreError> {
    let (Ok(epoch), Ok(size)) = (i64::try_from(epoch), i64::try_from(size)) else { return Ok(None) };
    Ok(log_checkpoints::table.find((epoch, size)).select(log_checkpoints::note).first(conn).optional()?)
}

/// Signed notes of one epoch over trees of fewer records than `below`, the largest first.
pub fn checkpoints(conn: &mut Conn, epoch: u64, below: u64, limit: u32) -> Result<Vec<(u64, String)>, StoreError> {
    let rows: Vec<CheckpointRow> = log_checkpoints::table
        .filter(log_checkpoints::epoch.eq(epoch as i64))
        .filter(log_checkpoints::size.lt(i64::try_from(below).unwrap_or(i64::MAX)))
        .order(log_checkpoints::size.desc())
        .limit(limit.into())
        .select(CheckpointRow::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(|row| (row.size as u64, row.note)).collect())
}

/// Keeps a signed note; one over the same tree is the same.
pub fn keep_checkpoint(conn: &mut Conn, signed: &Published) -> Result<(), StoreError> {
    diesel::insert_into(log_checkpoints::table)
        .values(CheckpointRow::from(signed))
        .on_conflict_do_nothing()
        .execute(conn)?;
    Ok(())
}

/// Keeps a note with cosignatures in the place of the one without.
pub fn keep_cosigned(conn: &mut Conn, signed: &Published) -> Result<(), StoreError> {
    diesel::insert_into(log_checkpoints::table)
        .values(CheckpointRow::from(signed))
        .on_conflict((log_checkpoints::epoch, log_checkpoints::size))
        .do_update()
        .set(log_checkpoints::note.eq(&signed.note))
        .execute(conn)?;
    Ok(())
}
