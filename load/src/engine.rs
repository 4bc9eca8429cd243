//! The engine under the measured service: SQLite in its data folder, or a database in a PostgreSQL cluster of our own that
//! syncs every commit.

use std::path::PathBuf;
use std::sync::Arc;

use clap::ValueEnum;
use suyuan::app::clock::SystemClock;
use suyuan::app::randomness::SystemRandomness;
use suyuan::store::postgres::PostgresStore;
use suyuan::store::sqlite::SqliteStore;
use suyuan::store::{PostgresSettings, Store};

use crate::cluster::Cluster;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    /// The cluster to work in, where the engine needs one.
    pub fn cluster(self) -> Option<Cluster> {
        // Enough memory for both engines to work from memory; the rest as it is built in: every commit is synced.
        let settings = ["shared_buffers=1GB", "max_connections=200", "max_wal_size=4GB"];
        (self == Self::Postgres).then(|| Cluster::start(&settings))
    }

    pub fn describe(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite, WAL, synchronous=FULL",
            Self::Postgres => "PostgreSQL on this machine, fsync and synchronous_commit on, by its socket",
        }
    }
}

/// Where the records are.
#[derive(Debug, Clone)]
pub enum Database {
    Sqlite(PathBuf),
    Postgres(String),
}

impl Database {
    /// As `--database` takes it.
    pub fn url(&self) -> String {
        match self {
            Self::Sqlite(path) => format!("sqlite:{}", path.display()),
            Self::Postgres(url) => url.clone(),
        }
    }

    /// The store of the service, in this process.
    pub fn open(&self) -> anyhow::Result<Arc<dyn Store>> {
        let (clock, random) = (Arc::new(SystemClock), Arc::new(SystemRandomness));
        Ok(match self {
            Self::Sqlite(path) => Arc::new(SqliteStore::open(path, clock, random)?),
            Self::Postgres(url) => {
                let settings = PostgresSettings { url: url.clone(), connections: 8, prepared_statements: true };
                Arc::new(PostgresStore::open(settings, clock, random)?)
            }
        })
    }
}
