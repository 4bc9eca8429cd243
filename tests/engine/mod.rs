//! The engine that a test's store runs on: a temporary SQLite file, or, with `SUYUAN_TEST_ENGINE=postgres`, a database of its
//! own in a private PostgreSQL cluster. The tests themselves do not know which.

#![allow(dead_code, reason = "each test binary uses its part")]

#[cfg(feature = "postgres")]
pub mod cluster;
mod dump;

use std::path::{Path, PathBuf};
use std::sync::Arc;
#[cfg(feature = "postgres")]
use std::sync::OnceLock;

use diesel::prelude::*;
use suyuan::domain::ports::{Clock, Randomness};
use suyuan::store::Store;
use suyuan::store::sqlite::SqliteStore;

pub use dump::Dump;

/// Where the store of a test is.
#[derive(Debug, Clone)]
pub enum Place {
    Sqlite(PathBuf),
    #[cfg(feature = "postgres")]
    Postgres(String),
}

/// A transaction that nobody can write beside.
pub enum Hold {
    Sqlite(SqliteConnection),
    #[cfg(feature = "postgres")]
    Postgres(PgConnection),
}

/// Settings of servers that may lose what they have when the power goes.
#[cfg(feature = "postgres")]
pub const QUICK: &[&str] = &["fsync=off", "full_page_writes=off", "max_connections=300"];

/// The cluster that all tests of a process share, each in its own database. It does not sync: these tests do not cut power.
#[cfg(feature = "postgres")]
pub fn cluster() -> &'static cluster::Cluster {
    static SHARED: OnceLock<cluster::Cluster> = OnceLock::new();
    SHARED.get_or_init(|| cluster::Cluster::start(QUICK))
}

impl Place {
    /// A new, empty place; what needs a folder lies in this one.
    pub fn new(folder: &Path) -> Self {
        match std::env::var("SUYUAN_TEST_ENGINE").as_deref() {
            Err(_) | Ok("" | "sqlite") => Self::Sqlite(folder.join("suyuan.sqlite")),
            #[cfg(feature = "postgres")]
            Ok("postgres") => Self::Postgres(cluster().new_database()),
            Ok(other) => panic!("SUYUAN_TEST_ENGINE={other}: these tests were built for sqlite (--features postgres)"),
        }
    }

    pub fn open(&self, clock: Arc<dyn Clock>, random: Arc<dyn Randomness>) -> Arc<dyn Store> {
        match self {
            Self::Sqlite(path) => Arc::new(SqliteStore::open(path, clock, random).unwrap()),
            #[cfg(feature = "postgres")]
            Self::Postgres(url) => {
                let settings = suyuan::store::PostgresSettings {
                    url: url.clone(),
                    connections: 4,
                    prepared_statements: std::env::var("SUYUAN_TEST_PREPARED").as_deref() != Ok("off"),
                };
                Arc::new(suyuan::store::postgres::PostgresStore::open(settings, clock, random).unwrap())
            }
        }
    }

    /// The file of the records; none where a server has them.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::Sqlite(path) => Some(path),
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => None,
        }
    }

    /// As `--database` takes it.
    pub fn url(&self) -> String {
        match self {
            Self::Sqlite(path) => format!("sqlite:{}", path.display()),
            #[cfg(feature = "postgres")]
            Self::Postgres(url) => url.clone(),
        }
    }

    /// Keeps every writer waiting, as another process that writes would, until the answer is dropped.
    pub fn hold(&self) -> Hold {
        use diesel::connection::SimpleConnection as _;
        match self {
            Self::Sqlite(path) => {
                let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
                conn.batch_execute("begin immediate").unwrap();
                Hold::Sqlite(conn)
            }
            #[cfg(feature = "postgres")]
            Self::Postgres(url) => {
                let mut conn = PgConnection::establish(url).unwrap();
                conn.batch_execute("begin; select * from log_head for update").unwrap();
                Hold::Postgres(conn)
            }
        }
    }

    /// Runs statements as somebody would who works on the database beside the service.
    pub fn execute(&self, statements: &str) {
        use diesel::connection::SimpleConnection as _;
        match self {
            Self::Sqlite(path) => {
                SqliteConnection::establish(path.to_str().unwrap()).unwrap().batch_execute(statements).unwrap();
            }
            #[cfg(feature = "postgres")]
            Self::Postgres(url) => PgConnection::establish(url).unwrap().batch_execute(statements).unwrap(),
        }
    }

    /// All projections.
    pub fn projections(&self) -> Dump {
        dump::of(self, dump::PROJECTIONS)
    }

    /// The same, of a database that may be damaged.
    pub fn readable_projections(&self) -> diesel::QueryResult<Dump> {
        dump::read(self, dump::PROJECTIONS)
    }

    /// The records and what opens their sealed fields.
    pub fn truth(&self) -> Dump {
        dump::of(self, &["records", "openings", "log_head"])
    }
}
