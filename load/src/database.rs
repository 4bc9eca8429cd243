//! Looking into the server's file beside it, and the baseline of bare inserts.

use std::path::Path;

use anyhow::Context;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Text};
use diesel::sqlite::SqliteConnection;

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

/// A server's file, read from outside while the server runs.
pub struct Reader(SqliteConnection);

impl Reader {
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let mut conn = SqliteConnection::establish(&path.to_string_lossy()).context("the server's database")?;
        conn.batch_execute("pragma busy_timeout = 5000; pragma query_only = on;")?;
        Ok(Self(conn))
    }

    /// Places and hashes of the log from an index on.
    pub fn log(&mut self, from: i64) -> anyhow::Result<Vec<Stored>> {
        let query = "select log_index, lower(hex(hash)) as hash from records where log_index >= ? order by log_index";
        Ok(diesel::sql_query(query).bind::<BigInt, _>(from).load(&mut self.0)?)
    }

    /// Answers that are kept under keys that start so.
    pub fn remembered(&mut self, organisation: &str, prefix: &str) -> anyhow::Result<Vec<Remembered>> {
        let query = "select key, receipt from idempotency \
                     where organisation = ? and key >= ? and key < ? order by key";
        Ok(diesel::sql_query(query)
            .bind::<Binary, _>(unhex(organisation)?)
            .bind::<Text, _>(prefix)
            .bind::<Text, _>(format!("{prefix}~"))
            .load(&mut self.0)?)
    }

    /// SQLite's own judgement of its file.
    pub fn integrity(&mut self) -> anyhow::Result<String> {
        let found: One =
            diesel::sql_query("select integrity_check as value from pragma_integrity_check").get_result(&mut self.0)?;
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

/// A file with nothing but the records table of the service, written as durably as the service writes.
pub struct Bare(SqliteConnection);

impl Bare {
    pub fn create(path: &Path) -> anyhow::Result<Self> {
        let mut conn = SqliteConnection::establish(&path.to_string_lossy())?;
        conn.batch_execute(
            "pragma journal_mode = wal; pragma synchronous = full;
             create table records (log_index bigint not null, subject blob not null, seq bigint not null,
                 kind text not null, hash blob not null, bytes blob not null, primary key (subject, seq));
             create unique index records_log_index on records (log_index);",
        )?;
        Ok(Self(conn))
    }

    /// One transaction; durable when this returns.
    pub fn insert(&mut self, rows: &[RecordRow], how: Inserting) -> anyhow::Result<()> {
        self.0.immediate_transaction(|conn| match how {
            Inserting::Together => diesel::insert_into(records::table).values(rows).execute(conn).map(|_| ()),
            Inserting::RowByRow => rows
                .iter()
                .try_for_each(|row| diesel::insert_into(records::table).values(row).execute(conn).map(|_| ())),
        })?;
        Ok(())
    }
}
