//! The guard of a log that several instances publish: one row in a database of its own, which no backup of the records overwrites.
//!
//! The row is the lease to sign. Whoever advances the guard holds the row's lock while it signs and until the new checkpoint is on
//! the disk, so that one instance signs at a time, and the next one sees what it left. An instance that falls silent with the lease
//! loses it when [`LEASE`] is over: the server ends its session. That is the fence too: a transaction that was ended changes
//! nothing when its owner wakes up.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;

use super::connection;
use crate::domain::merkle::{Published, TreeHead};
use crate::domain::ports::{Guard, GuardFailed};
use crate::store::rows::digest;
use crate::store::{PostgresSettings, StoreError};

diesel::table! {
    log_guard (id) {
        id -> BigInt,
        epoch -> BigInt,
        size -> BigInt,
        root -> Binary,
        note -> Text,
    }
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = log_guard)]
struct GuardRow<'p> {
    id: i64,
    epoch: i64,
    size: i64,
    root: Vec<u8>,
    note: &'p str,
}

const COLUMNS: (log_guard::epoch, log_guard::size, log_guard::root, log_guard::note) =
    (log_guard::epoch, log_guard::size, log_guard::root, log_guard::note);

type Row = (i64, i64, Vec<u8>, String);

/// To sign takes a millisecond, to hold a long tree of others against the records some tens of them.
const LEASE: Duration = Duration::from_secs(5);

/// A guard in a PostgreSQL database.
pub struct PostgresGuard {
    settings: PostgresSettings,
    lease: Duration,
    /// `None` after it failed; the next use opens another.
    conn: Mutex<Option<PgConnection>>,
}

impl PostgresGuard {
    pub fn at(settings: PostgresSettings) -> Self {
        Self { settings, lease: LEASE, conn: Mutex::new(None) }
    }

    /// As long as this an instance that fell silent keeps the others from signing.
    #[must_use]
    pub fn with_lease(self, lease: Duration) -> Self {
        Self { lease, ..self }
    }

    /// Runs in a transaction that is on the disk when this returns.
    fn run<T>(&self, work: impl FnOnce(&mut PgConnection) -> Result<T, StoreError>) -> Result<T, GuardFailed> {
        let mut kept = self.conn.lock().unwrap_or_else(PoisonError::into_inner);
        let done = kept.take().map_or_else(|| self.connect(), Ok).and_then(|mut conn| {
            let done = conn.transaction(|conn| {
                connection::durable(conn)?;
                // For the transaction alone: the session may be one that a pooler gives to others.
                let lease = self.lease.as_millis();
                conn.batch_execute(&format!("set local idle_in_transaction_session_timeout = '{lease}ms'"))?;
                work(conn)
            })?;
            *kept = Some(conn);
            Ok(done)
        });
        // The address may hold a password.
        done.map_err(|error| GuardFailed { place: "PostgreSQL".into(), cause: error.to_string() })
    }

    fn connect(&self) -> Result<PgConnection, StoreError> {
        let mut conn = connection::writer(&self.settings)?;
        conn.batch_execute(
            "create table if not exists log_guard (id bigint not null primary key, epoch bigint not null, \
             size bigint not null, root bytea not null, note text not null)",
        )?;
        Ok(conn)
    }
}

/// What the row holds.
fn held(conn: &mut PgConnection) -> Result<Option<Published>, StoreError> {
    let row: Option<Row> = log_guard::table.find(1).select(COLUMNS).first(conn).optional()?;
    row.map(published).transpose()
}

/// As [`held`]; nobody else moves it, or signs, until the transaction ends.
fn locked(conn: &mut PgConnection) -> Result<Option<Published>, StoreError> {
    let row: Option<Row> = log_guard::table.find(1).select(COLUMNS).for_update().first(conn).optional()?;
    row.map(published).transpose()
}

fn published((epoch, size, root, note): Row) -> Result<Published, StoreError> {
    Ok(Published { epoch: epoch as u64, tree: TreeHead { size: size as u64, root: digest(&root)? }, note })
}

fn put(conn: &mut PgConnection, new: &Published) -> Result<(), StoreError> {
    let row = GuardRow {
        id: 1,
        epoch: new.epoch as i64,
        size: new.tree.size as i64,
        root: new.tree.root.as_bytes().to_vec(),
        note: &new.note,
    };
    diesel::insert_into(log_guard::table)
        .values(&row)
        .on_conflict(log_guard::id)
        .do_update()
        .set(&row)
        .execute(conn)?;
    Ok(())
}

impl Guard for PostgresGuard {
    fn read(&self) -> Result<Option<Published>, GuardFailed> {
        self.run(held)
    }

    fn advance(&self, next: &mut dyn FnMut(&Published) -> Option<Published>) -> Result<Option<Published>, GuardFailed> {
        self.run(|conn| {
            let Some(held) = locked(conn)? else { return Ok(None) };
            let Some(next) = next(&held) else { return Ok(Some(held)) };
            put(conn, &next)?;
            Ok(Some(next))
        })
    }

    fn begin(&self, first: &Published) -> Result<bool, GuardFailed> {
        self.run(|conn| {
            let later = locked(conn)?.is_none_or(|held| held.epoch < first.epoch);
            if later {
                put(conn, first)?;
            }
            Ok(later)
        })
    }
}
