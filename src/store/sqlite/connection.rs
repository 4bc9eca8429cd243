//! Connections to SQLite: the pragmas, their order, the migrations.

use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Pool};
use diesel::sqlite::SqliteConnection;
use diesel_migrations::{EmbeddedMigrations, embed_migrations};

use crate::store::StoreError;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// First SQLite without the race between a checkpoint and a commit (WAL reset).
const OLDEST: (u32, u32, u32) = (3, 51, 3);

// The busy timeout must come first: switching to WAL takes a lock.
const EVERY: &str = "pragma busy_timeout = 5000; pragma journal_mode = wal; pragma foreign_keys = on; \
                     pragma synchronous = full;";

/// The writer touches some pages of each table and index in every group: with the 2 MB that are built in it reads most of
/// them anew from the file. A checkpoint each 1,000 pages, as is built in, writes the same pages out again every few groups;
/// one each 10,000 keeps the acts of a group waiting for 30 ms.
const WRITER: &str = "pragma cache_size = -32768; pragma wal_autocheckpoint = 3000;";

/// Of the log's file, see [`super::wal`].
fn size_limit() -> String {
    format!("pragma journal_size_limit = {};", super::wal::KEPT_BYTES)
}

pub fn writer(path: &Path) -> Result<SqliteConnection, StoreError> {
    let mut conn = establish(path)?;
    check_version(&mut conn)?;
    conn.batch_execute(EVERY)?;
    conn.batch_execute(WRITER)?;
    conn.batch_execute(&size_limit())?;
    Ok(conn)
}

pub fn readers(path: &Path, count: u32) -> Result<Pool<ConnectionManager<SqliteConnection>>, StoreError> {
    Pool::builder()
        .max_size(count)
        // A file does not hang up: asking it before each query whether it is there costs as much as the query.
        .test_on_check_out(false)
        .connection_customizer(Box::new(Reader))
        .build(ConnectionManager::new(path.to_string_lossy()))
        .map_err(|error| StoreError::Engine(error.to_string()))
}

pub fn establish(path: &Path) -> Result<SqliteConnection, StoreError> {
    SqliteConnection::establish(&path.to_string_lossy())
        .map_err(|error| StoreError::Engine(format!("{}: {error}", path.display())))
}

/// A connection of its own that only reads.
pub fn reader(path: &Path) -> Result<SqliteConnection, StoreError> {
    let mut conn = establish(path)?;
    conn.batch_execute(READER)?;
    Ok(conn)
}

const READER: &str = "pragma busy_timeout = 5000; pragma query_only = on; pragma cache_size = -8192;";

#[derive(Debug)]
struct Reader;

impl CustomizeConnection<SqliteConnection, diesel::r2d2::Error> for Reader {
    fn on_acquire(&self, conn: &mut SqliteConnection) -> Result<(), diesel::r2d2::Error> {
        conn.batch_execute(READER).map_err(diesel::r2d2::Error::QueryError)
    }
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = diesel::sql_types::Text)]
    version: String,
}

fn check_version(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    let found: Version = diesel::sql_query("select sqlite_version() as version").get_result(conn)?;
    refuse_older(&found.version)
}

/// A version that cannot be read is as good as an old one.
fn refuse_older(version: &str) -> Result<(), StoreError> {
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    if (next(), next(), next()) < OLDEST {
        return Err(StoreError::Engine(format!(
            "SQLite {version} may lose committed writes at a checkpoint; {}.{}.{} or newer is needed",
            OLDEST.0, OLDEST.1, OLDEST.2
        )));
    }
    Ok(())
}

pub fn migrate(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    crate::store::migrate::run::<diesel::sqlite::Sqlite>(conn, MIGRATIONS)
}

/// Refuses tables that are not up to date: of a verb that may run beside a service of an older program.
pub fn check_migrated(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    crate::store::migrate::check::<diesel::sqlite::Sqlite>(conn, MIGRATIONS)
}

#[cfg(test)]
mod tests {
    use super::refuse_older;

    #[test]
    fn a_sqlite_that_may_lose_writes_is_refused_with_the_version_that_would_be_right() {
        for version in ["3.51.3", "3.51.10", "3.53.2", "3.100.0", "4.0.0"] {
            assert!(refuse_older(version).is_ok(), "{version}");
        }
        for version in ["3.51.2", "3.50.4", "3.40.1", "3.9.99", "2.99.99", "3.51", "", "x"] {
            let refused = refuse_older(version).err().map(|error| error.to_string()).unwrap_or_default();
            assert!(refused.contains(version) && refused.contains("3.51.3 or newer"), "{version}: {refused}");
        }
    }
}
