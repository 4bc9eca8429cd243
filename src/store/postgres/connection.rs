//! Connections to PostgreSQL: what every one of them is told, and what a server must promise.

use std::time::Duration;

use diesel::connection::{CacheSize, SimpleConnection};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Pool};
use diesel::sql_types::Text;
use diesel_migrations::{EmbeddedMigrations, embed_migrations};

use crate::store::{PostgresSettings, StoreError, migrate};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Nobody waits longer for a connection; a caller is better told to come back.
const PATIENCE: Duration = Duration::from_secs(2);

/// Every query of ours goes by a key or an index. A plan is kept with its prepared statement, and one that was made while a
/// table was small would read the whole of it when it is large, until somebody analyses it. What is avoided so counts as
/// dear, and for dear plans the server would start its compiler.
const BY_KEY: &str = "set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off; set jit = off";

/// A reader that takes longer than this holds up others; a transaction that idles belongs to somebody who is gone.
const READER: &str = "set statement_timeout = '30s'";
const REPLICA_READER: &str = "set statement_timeout = '5s'; set default_transaction_read_only = on";
const WRITER: &str = "set idle_in_transaction_session_timeout = '60s'";

pub fn writer(settings: &PostgresSettings) -> Result<PgConnection, StoreError> {
    let mut conn = PgConnection::establish(&with_timeouts(&settings.url)).map_err(unreachable)?;
    prepare(&mut conn, settings.prepared_statements, WRITER)?;
    if !settings.is_pooled() {
        conn.batch_execute(&durable_settings(false))?;
    }
    Ok(conn)
}

pub fn readers(settings: &PostgresSettings, most: u32) -> Pool<ConnectionManager<PgConnection>> {
    pool(settings, most, READER)
}

/// Readers that could not write if they would.
pub fn replica_readers(settings: &PostgresSettings, most: u32) -> Pool<ConnectionManager<PgConnection>> {
    // What is set for a session of a pooler may meet a writer.
    pool(settings, most, if settings.is_pooled() { READER } else { REPLICA_READER })
}

fn pool(settings: &PostgresSettings, most: u32, told: &'static str) -> Pool<ConnectionManager<PgConnection>> {
    Pool::builder()
        .max_size(most)
        .min_idle(Some(0))
        .connection_timeout(PATIENCE)
        .connection_customizer(Box::new(Reader { prepared_statements: settings.prepared_statements, told }))
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

/// The cause as the server told it. What libpq says of an address that it cannot read quotes the address, and in it the
/// password: that is not handed on.
fn unreachable(error: ConnectionError) -> StoreError {
    let text = error.to_string();
    let told = text.starts_with("connection to server");
    let unreadable = "the address cannot be read, or its host is not known; it is postgres://USER:PASSWORD@HOST/NAME, with \
                      % / @ : ? # in a password written as %25 %2F %40 %3A %3F %23";
    // libpq breaks its lines.
    let in_one_line = || text.split_whitespace().collect::<Vec<_>>().join(" ");
    StoreError::Unavailable(if told { in_one_line() } else { unreadable.to_owned() })
}

#[derive(Debug)]
struct Reader {
    prepared_statements: bool,
    told: &'static str,
}

impl CustomizeConnection<PgConnection, diesel::r2d2::Error> for Reader {
    fn on_acquire(&self, conn: &mut PgConnection) -> Result<(), diesel::r2d2::Error> {
        prepare(conn, self.prepared_statements, self.told).map_err(diesel::r2d2::Error::QueryError)
    }
}

fn prepare(conn: &mut PgConnection, prepared_statements: bool, settings: &str) -> QueryResult<()> {
    if prepared_statements {
        conn.batch_execute(BY_KEY)?;
    } else {
        conn.set_prepared_statement_cache_size(CacheSize::Disabled);
    }
    conn.batch_execute(settings)
}

/// An answer of ours means that the log is on the disk, whatever the server was told; and what takes long may take long.
fn durable_settings(for_transaction: bool) -> String {
    let set = if for_transaction { "set local" } else { "set" };
    format!(
        "select set_config('synchronous_commit', 'on', {for_transaction}) \
         where current_setting('synchronous_commit') not in ('on', 'remote_apply'); \
         {set} statement_timeout = 0; {set} lock_timeout = '10s'"
    )
}

/// For this transaction alone: the session may be a reader's, or one that a pooler gives to others.
pub fn durable(conn: &mut PgConnection) -> QueryResult<()> {
    conn.batch_execute(&durable_settings(true))
}

#[derive(QueryableByName)]
struct Server {
    #[diesel(sql_type = Text)]
    encoding: String,
    #[diesel(sql_type = Text)]
    fsync: String,
    #[diesel(sql_type = Text)]
    language: String,
}

/// Refuses a server that cannot keep what is written here, warns of one that loses it at a power cut.
pub fn check_server(conn: &mut PgConnection) -> Result<(), StoreError> {
    let server: Server = diesel::sql_query(
        "select current_setting('server_encoding') as encoding, current_setting('fsync') as fsync, \
             current_setting('lc_messages') as language",
    )
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
    // diesel hands on the server's words, not its codes.
    if !["C", "POSIX", "en"].iter().any(|known| server.language.starts_with(known)) {
        tracing::warn!(
            language = server.language,
            "a full disk or a deadlock is only recognised in English; let an administrator run: \
             alter role … set lc_messages = 'C'"
        );
    }
    Ok(())
}

/// How often a migration is tried that another instance, starting at the same moment, made first.
const TRIES: u32 = 50;
const BETWEEN_TRIES: Duration = Duration::from_millis(50);

/// Runs what is missing. Of instances that start at once one is first with each table; the others fail with that migration,
/// whole, and look again.
pub fn migrate(conn: &mut PgConnection) -> Result<(), StoreError> {
    let mut tries = 0;
    loop {
        tries += 1;
        match migrate::run::<diesel::pg::Pg>(conn, MIGRATIONS) {
            Err(StoreError::Engine(cause)) if tries < TRIES && is_made_by_another(&cause) => {
                std::thread::sleep(BETWEEN_TRIES);
            }
            done => return done,
        }
    }
}

fn is_made_by_another(cause: &str) -> bool {
    ["already exists", "does not exist", "duplicate key"].iter().any(|words| cause.contains(words))
}

/// Refuses tables that are not up to date: of a verb that may run beside a service of an older program.
pub fn check_migrated(conn: &mut PgConnection) -> Result<(), StoreError> {
    migrate::check::<diesel::pg::Pg>(conn, MIGRATIONS)
}
