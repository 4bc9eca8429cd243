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
/// them anew from the file, and a checkpoint each 1,000 pages writes the same pages out again every few groups.
const WRITER: &str = "pragma cache_size = -32768; pragma wal_autocheckpoint = 10000;";

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
        .connection_customizer(Box::new(Reader))
        .build(ConnectionManager::new(path.to_string_lossy()))
        .map_err(|error| StoreError::Engine(error.to_string()))
}

pub fn establish(path: &Path) -> Result<SqliteConnection, StoreError> {
    SqliteConnection::establish(&path.to_string_lossy())
        .map_err(|error| StoreError::Engine(format!("{}: {error}", path.display())))
}

#[derive(Debug)]
struct Reader;

impl CustomizeConnection<SqliteConnection, diesel::r2d2::Error> for Reader {
    fn on_acquire(&self, conn: &mut SqliteConnection) -> Result<(), diesel::r2d2::Error> {
        conn.batch_execute("pragma busy_timeout = 5000; pragma query_only = on;")
            .map_err(diesel::r2d2::Error::QueryError)
    }
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = diesel::sql_types::Text)]
    version: String,
}

fn check_version(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    let found: Version = diesel::sql_query("select sqlite_version() as version").get_result(conn)?;
    let mut parts = found.version.split('.').map(|part| part.parse().unwrap_or(0));
    let version = (parts.next().unwrap_or(0), parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    if version < OLDEST {
        return Err(StoreError::Engine(format!(
            "SQLite {} may lose committed writes at a checkpoint; {}.{}.{} or newer is needed",
            found.version, OLDEST.0, OLDEST.1, OLDEST.2
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
