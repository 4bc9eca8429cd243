//! Keeping an eye on the write-ahead log. A reader that stays (a copy of a large database, somebody's `sqlite3`) keeps it from
//! being written back into the database: writing goes on, and the log grows until the reader ends. Nothing can be done about
//! that from here but to say it in time.

use std::path::{Path, PathBuf};

use diesel::prelude::*;
use diesel::sql_types::Integer;

use crate::domain::time::Instant;
use crate::store::StoreError;

/// The log is brought back to this size with the first commit after a reader let go of it. Written back every 3,000 pages
/// (12 MB) it stays below this by itself.
pub const KEPT_BYTES: u64 = 64 * 1024 * 1024;

/// From this size on somebody is told, once a minute.
const ALARM_BYTES: u64 = 2 * KEPT_BYTES;

const LOOK_EVERY_MILLIS: i64 = 1_000;
const WARN_EVERY_MILLIS: i64 = 60_000;

#[derive(QueryableByName)]
struct Checkpoint {
    #[diesel(sql_type = Integer)]
    busy: i32,
}

/// Writes the log back into the database and cuts it to nothing.
pub fn empty(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    let done: Checkpoint = diesel::sql_query("pragma wal_checkpoint(truncate)").get_result(conn)?;
    match done.busy {
        0 => Ok(()),
        _ => Err(StoreError::Busy),
    }
}

pub struct WalWatch {
    file: PathBuf,
    looked_at: Instant,
    warned_at: Instant,
}

impl WalWatch {
    pub fn of(database: &Path) -> Self {
        let mut file = database.as_os_str().to_owned();
        file.push("-wal");
        Self { file: file.into(), looked_at: Instant::MIN, warned_at: Instant::MIN }
    }

    /// Called after commits: the log grows by nothing else.
    pub fn look(&mut self, now: Instant) {
        if now.millis().saturating_sub(self.looked_at.millis()) < LOOK_EVERY_MILLIS {
            return;
        }
        self.looked_at = now;
        let Ok(found) = std::fs::metadata(&self.file) else { return };
        metrics::gauge!("suyuan_wal_bytes").set(found.len() as f64);
        if found.len() > ALARM_BYTES && now.millis().saturating_sub(self.warned_at.millis()) >= WARN_EVERY_MILLIS {
            self.warned_at = now;
            tracing::warn!(
                megabytes = found.len() >> 20,
                "the write-ahead log grows: a reader of the database has stayed for long and keeps it from being written back"
            );
        }
    }
}
