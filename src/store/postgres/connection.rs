//! Connections to PostgreSQL: what every one of them is told, and what a server must promise.

use std::time::Duration;

use diesel::connection::{CacheSize, SimpleConnection};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Pool};
use diesel::sql_types::Text;
use diesel_migrations::{EmbeddedMigrations, embed_migrations};

use crate::store::{PostgresSettings, StoreError};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Nobody waits longer for a connection; a caller is better told to come back.
const PATIENCE: Duration = Duration::from_secs(2);

/// A reader that takes longer than this holds up others; a lock that takes longer belongs to somebody who is gone.
const READER: &str = "set statement_timeout = '30s'";
const WRITER: &str = "set lock_timeout = '10s'; set idle_in_transaction_session_timeout = '60s'";

pub fn writer(settings: &PostgresSettings) -> Result<PgConnection, StoreError> {
    let mut conn = PgConnection::establish(&with_timeouts(&settings.url)).map_err(unreachable)?;
    prepare(&mut conn, settings.prepared_statements, WRITER)?;
    Ok(conn)
}

pub fn readers(settings: &PostgresSettings) -> Pool<ConnectionManager<PgConnection>> {
    Pool::builder()
        .max_size(settings.connections)
        .min_idle(Some(0))
        .connection_timeout(PATIENCE)
        .connection_customizer(Box::new(Reader { prepared_statements: settings.prepared_statements }))
        .build_unchecked(ConnectionManager::new(with_timeouts(&settings.url)))
}

/// Without these, a server that vanished is noticed after a quarter of an hour.
fn with_timeouts(url: &str) -> String {
    let mut url = url.to_owned();
    for (name, value) in [("connect_timeout", "3"), ("tcp_user_timeout", "10000"), ("application_name", "suyuan")] {
        if !url.contains(name) {
            url.push(if url.contains('?') { '&' } else { '?' });
            url.push_str(name);
            url.push('=');
            url.push_str(value);
        }
    }
    url
}

/// The cause as the server told it; the address, which holds a password, is not part of it.
fn unreachable(error: ConnectionError) -> StoreError {
    StoreError::Unavailable(error.to_string().trim_end().to_owned())
}

#[derive(Debug)]
struct Reader {
    prepared_statements: bool,
}

impl CustomizeConnection<PgConnection, diesel::r2d2::Error> for Reader {
    fn on_acquire(&self, conn: &mut PgConnection) -> Result<(), diesel::r2d2::Error> {
        prepare(conn, self.prepared_statements, READER).map_err(diesel::r2d2::Error::QueryError)
    }
}

fn prepare(conn: &mut PgConnection, prepared_statements: bool, settings: &str) -> QueryResult<()> {
    if !prepared_statements {
        conn.set_prepared_statement_cache_size(CacheSize::Disabled);
    }
    // A server may have been told to answer before its log is on the disk. An answer of ours means that it is.
    conn.batch_execute(
        "select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'",
    )?;
    conn.batch_execute(settings)
}

#[derive(QueryableByName)]
struct Server {
    #[diesel(sql_type = Text)]
    encoding: String,
    #[diesel(sql_type = Text)]
    fsync: String,
}

/// Refuses a server that cannot keep what is written here, warns of one that loses it at a power cut.
pub fn check_server(conn: &mut PgConnection) -> Result<(), StoreError> {
    let server: Server =
        diesel::sql_query("select current_setting('server_encoding') as encoding, current_setting('fsync') as fsync")
            .get_result(conn)?;
    if server.encoding != "UTF8" {
        return Err(StoreError::Engine(format!(
            "the database is encoded in {}; make one with: create database suyuan encoding 'UTF8' template template0",
            server.encoding
        )));
    }
    if server.fsync != "on" {
        tracing::warn!("the server runs with fsync = off: a power cut loses acknowledged writes");
    }
    Ok(())
}

/// Runs what is missing. Where two instances start at once, the second finds the tables made and looks again.
pub fn migrate(conn: &mut PgConnection) -> Result<(), StoreError> {
    let run = |conn: &mut PgConnection| crate::store::migrate::run::<diesel::pg::Pg>(conn, MIGRATIONS);
    run(conn).or_else(|_| run(conn))
}
