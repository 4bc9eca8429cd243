//! Looking into the service's database beside it, and the baseline of bare inserts.

use std::process::Command;

use anyhow::{Context, bail, ensure};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Text};
use diesel::sqlite::SqliteConnection;

use crate::cluster::{Cluster, program};
use crate::engine::Database;

diesel::table! {
    records (subject, seq) {
        log_index -> BigInt,
        subject -> Binary,
        seq -> BigInt,
        kind -> Text,
        hash -> Binary,
        bytes -> Binary,
    }
}

#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = records, treat_none_as_default_value = false)]
pub struct RecordRow {
    pub log_index: i64,
    pub subject: Vec<u8>,
    pub seq: i64,
    pub kind: String,
    pub hash: Vec<u8>,
    pub bytes: Vec<u8>,
}

#[derive(Debug, QueryableByName)]
pub struct Stored {
    #[diesel(sql_type = BigInt)]
    pub log_index: i64,
    #[diesel(sql_type = Text)]
    pub hash: String,
}

#[derive(Debug, QueryableByName)]
pub struct Remembered {
    #[diesel(sql_type = Text)]
    pub key: String,
    #[diesel(sql_type = Text)]
    pub receipt: String,
}

#[derive(Debug, QueryableByName)]
struct One {
    #[diesel(sql_type = Text)]
    value: String,
}

/// A service's database, read from outside while the service runs.
pub enum Reader {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Reader {
    pub fn open(database: &Database) -> anyhow::Result<Self> {
        Ok(match database {
            Database::Sqlite(path) => {
                let mut conn =
                    SqliteConnection::establish(&path.to_string_lossy()).context("the service's database")?;
                conn.batch_execute("pragma busy_timeout = 5000; pragma query_only = on;")?;
                Self::Sqlite(conn)
            }
            Database::Postgres(url) => {
                let mut conn = PgConnection::establish(url).context("the service's database")?;
                conn.batch_execute("set default_transaction_read_only = on")?;
                Self::Postgres(conn)
            }
        })
    }

    /// Keeps one view of the database until it is closed.
    pub fn stay(&mut self) -> anyhow::Result<()> {
        match self {
            Self::Sqlite(conn) => conn.batch_execute("begin; select count(*) from sqlite_master")?,
            Self::Postgres(conn) => conn.batch_execute("begin isolation level repeatable read; select 1")?,
        }
        Ok(())
    }

    /// Places and hashes of the log from an index on.
    pub fn log(&mut self, from: i64) -> anyhow::Result<Vec<Stored>> {
        Ok(match self {
            Self::Sqlite(conn) => diesel::sql_query(
                "select log_index, lower(hex(hash)) as hash from records where log_index >= ? order by log_index",
            )
            .bind::<BigInt, _>(from)
            .load(conn)?,
            Self::Postgres(conn) => diesel::sql_query(
                "select log_index, encode(hash, 'hex') as hash from records where log_index >= $1 order by log_index",
            )
            .bind::<BigInt, _>(from)
            .load(conn)?,
        })
    }

    /// Answers that are kept under keys that start so.
    pub fn remembered(&mut self, organisation: &str, prefix: &str) -> anyhow::Result<Vec<Remembered>> {
        let (organisation, end) = (unhex(organisation)?, format!("{prefix}~"));
        Ok(match self {
            Self::Sqlite(conn) => diesel::sql_query(
                "select key, receipt from idempotency where organisation = ? and key >= ? and key < ? order by key",
            )
            .bind::<Binary, _>(organisation)
            .bind::<Text, _>(prefix)
            .bind::<Text, _>(end)
            .load(conn)?,
            Self::Postgres(conn) => diesel::sql_query(
                "select key, receipt from idempotency where organisation = $1 and key >= $2 and key < $3 order by key",
            )
            .bind::<Binary, _>(organisation)
            .bind::<Text, _>(prefix)
            .bind::<Text, _>(end)
            .load(conn)?,
        })
    }

    /// The engine's own judgement of its files: `ok`, or what is wrong. PostgreSQL's is that of its checksums, which a
    /// read of every row meets.
    pub fn integrity(&mut self) -> anyhow::Result<String> {
        let found: One = match self {
            Self::Sqlite(conn) => {
                diesel::sql_query("select integrity_check as value from pragma_integrity_check").get_result(conn)?
            }
            Self::Postgres(conn) => diesel::sql_query(
                "select case when count(sha256(bytes)) = count(*) then 'ok' else 'rows are missing' end as value \
                 from records",
            )
            .get_result(conn)?,
        };
        Ok(found.value)
    }
}

fn unhex(text: &str) -> anyhow::Result<Vec<u8>> {
    (0..text.len()).step_by(2).map(|at| Ok(u8::from_str_radix(&text[at..at + 2], 16)?)).collect()
}

/// How rows of one transaction are handed to the engine.
#[derive(Debug, Clone, Copy)]
pub enum Inserting {
    /// One statement, prepared once, run for each row.
    RowByRow,
    /// One statement for all rows.
    Together,
}

/// A database with nothing but the records table of the service, written as durably as the service writes.
pub enum Bare {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Bare {
    pub fn create(database: &Database) -> anyhow::Result<Self> {
        Ok(match database {
            Database::Sqlite(path) => {
                let mut conn = SqliteConnection::establish(&path.to_string_lossy())?;
                conn.batch_execute("pragma journal_mode = wal; pragma synchronous = full;")?;
                conn.batch_execute(&table("blob"))?;
                Self::Sqlite(conn)
            }
            Database::Postgres(url) => {
                let mut conn = PgConnection::establish(url)?;
                conn.batch_execute(&table("bytea"))?;
                Self::Postgres(conn)
            }
        })
    }

    /// One transaction; durable when this returns.
    pub fn insert(&mut self, rows: &[RecordRow], how: Inserting) -> anyhow::Result<()> {
        match self {
            Self::Sqlite(conn) => conn.immediate_transaction(|conn| match how {
                Inserting::Together => diesel::insert_into(records::table).values(rows).execute(conn).map(|_| ()),
                Inserting::RowByRow => rows
                    .iter()
                    .try_for_each(|row| diesel::insert_into(records::table).values(row).execute(conn).map(|_| ())),
            })?,
            Self::Postgres(conn) => conn.transaction(|conn| match how {
                Inserting::Together => diesel::insert_into(records::table).values(rows).execute(conn).map(|_| ()),
                Inserting::RowByRow => rows
                    .iter()
                    .try_for_each(|row| diesel::insert_into(records::table).values(row).execute(conn).map(|_| ())),
            })?,
        }
        Ok(())
    }
}

fn table(bytes: &str) -> String {
    format!(
        "create table records (log_index bigint not null, subject {bytes} not null, seq bigint not null,
             kind text not null, hash {bytes} not null, bytes {bytes} not null, primary key (subject, seq));
         create unique index records_log_index on records (log_index);"
    )
}

/// What `pgbench` commits a second when each of its clients inserts one such row per transaction: the tool that everybody
/// has, on the same cluster, as durable.
pub fn pgbench(cluster: &Cluster, row_bytes: usize, clients: usize, seconds: u64) -> anyhow::Result<f64> {
    let database = cluster.new_database();
    let Bare::Postgres(mut conn) = Bare::create(&Database::Postgres(database.clone()))? else {
        bail!("pgbench needs PostgreSQL")
    };
    conn.batch_execute("create sequence places cache 100")?;
    let script = cluster.folder().join("insert.pgbench");
    std::fs::write(
        &script,
        format!(
            "insert into records values (nextval('places'), decode(md5(random()::text), 'hex'), 0, 'batch.lost', \
             sha256('x'), decode(repeat('ab', {row_bytes}), 'hex'));\n"
        ),
    )?;
    let done = Command::new(program("pgbench"))
        .args([
            "-n",
            "-M",
            "prepared",
            "-j",
            "2",
            "-U",
            "suyuan",
            "-c",
            &clients.to_string(),
            "-T",
            &seconds.to_string(),
        ])
        .arg("-f")
        .arg(&script)
        .arg("-h")
        .arg(cluster.folder())
        .arg(database.trim_start_matches("postgres:///").split('?').next().unwrap_or_default())
        .output()?;
    ensure!(done.status.success(), "pgbench: {}", String::from_utf8_lossy(&done.stderr));
    let printed = String::from_utf8(done.stdout)?;
    let rate = printed.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
    rate.with_context(|| format!("no rate in {printed}"))
}
