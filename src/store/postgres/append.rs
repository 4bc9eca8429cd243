//! Writing the effects of a group into PostgreSQL: each table's rows go over as one array per column, so that a statement is
//! as short for a thousand rows as for one. Planning a list of `values` of that length costs the server more than the
//! rows themselves.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Binary, Text};

use super::Conn;
use crate::store::StoreError;
use crate::store::projection::Rows;
use crate::store::rows::{IdempotencyRow, OpeningRow, RecordRow};

pub fn truth(conn: &mut Conn, records: &[RecordRow], openings: &[OpeningRow]) -> Result<(), StoreError> {
    Columns::of(records)
        .numbers(|row| row.log_index)
        .bytes(|row| &row.subject)
        .numbers(|row| row.seq)
        .texts(|row| &row.kind)
        .bytes(|row| &row.hash)
        .bytes(|row| &row.bytes)
        .insert(conn, "records (log_index, subject, seq, kind, hash, bytes)", "")?;
    Columns::of(openings)
        .bytes(|row| &row.subject)
        .numbers(|row| row.seq)
        .texts(|row| &row.field)
        .texts(|row| &row.class)
        .bytes(|row| &row.salt)
        .texts(|row| &row.value)
        .insert(conn, "openings (subject, seq, field, class, salt, value)", "")
}

pub fn answers(conn: &mut Conn, rows: &[IdempotencyRow]) -> Result<(), StoreError> {
    Columns::of(rows)
        .bytes(|row| &row.organisation)
        .texts(|row| &row.key)
        .texts(|row| &row.operation)
        .bytes(|row| &row.request_hash)
        .texts(|row| &row.receipt)
        .numbers(|row| row.created_at)
        .insert(conn, "idempotency (organisation, key, operation, request_hash, receipt, created_at)", "")
}

/// Writes projections over what stood there. A unique name that another subject holds is a constraint error.
pub fn projections(conn: &mut Conn, rows: &Rows) -> Result<(), StoreError> {
    Columns::of(&rows.subjects)
        .bytes(|row| &row.handle)
        .texts(|row| &row.kind)
        .bytes(|row| &row.home)
        .numbers(|row| row.head_seq)
        .bytes(|row| &row.head_hash)
        .numbers(|row| row.head_recorded_at)
        .numbers(|row| row.first_log_index)
        .texts(|row| &row.state)
        .insert(
            conn,
            "subjects (handle, kind, home, head_seq, head_hash, head_recorded_at, first_log_index, state)",
            "on conflict (handle) do update set head_seq = excluded.head_seq, head_hash = excluded.head_hash, \
             head_recorded_at = excluded.head_recorded_at, state = excluded.state",
        )?;
    Columns::of(&rows.names).texts(|row| &row.scope).texts(|row| &row.name).bytes(|row| &row.subject).insert(
        conn,
        "unique_names (scope, name, subject)",
        "",
    )?;
    Columns::of(&rows.batches)
        .bytes(|row| &row.home)
        .numbers(|row| row.first_log_index)
        .bytes(|row| &row.handle)
        .bytes(|row| &row.product)
        .texts(|row| &row.gtin)
        .texts(|row| &row.lot)
        .texts(|row| &row.stage)
        .texts(|row| &row.opened_on)
        .insert(
            conn,
            "batches (home, first_log_index, handle, product, gtin, lot, stage, opened_on)",
            "on conflict (home, first_log_index) do update set stage = excluded.stage",
        )?;
    Columns::of(&rows.lineage).bytes(|row| &row.child).bytes(|row| &row.parent).numbers(|row| row.quantity).insert(
        conn,
        "lineage (child, parent, quantity)",
        "on conflict (child, parent) do update set quantity = excluded.quantity",
    )?;
    Columns::of(&rows.grants)
        .bytes(|row| &row.subject)
        .bytes(|row| &row.organisation)
        .texts(|row| &row.view)
        .numbers(|row| row.first_log_index)
        .insert(
            conn,
            "grants (subject, organisation, view, first_log_index)",
            "on conflict (subject, organisation) do nothing",
        )
}

/// One column of all rows.
enum Column<'r> {
    Numbers(Vec<i64>),
    Bytes(Vec<&'r [u8]>),
    Texts(Vec<&'r str>),
}

/// The columns of some rows, in the order of their table.
struct Columns<'r, R> {
    rows: &'r [R],
    columns: Vec<Column<'r>>,
}

impl<'r, R> Columns<'r, R> {
    fn of(rows: &'r [R]) -> Self {
        Self { rows, columns: Vec::new() }
    }

    fn numbers(mut self, column: impl Fn(&'r R) -> i64) -> Self {
        self.columns.push(Column::Numbers(self.rows.iter().map(column).collect()));
        self
    }

    fn bytes(mut self, column: impl Fn(&'r R) -> &'r Vec<u8>) -> Self {
        self.columns.push(Column::Bytes(self.rows.iter().map(|row| column(row).as_slice()).collect()));
        self
    }

    fn texts(mut self, column: impl Fn(&'r R) -> &'r String) -> Self {
        self.columns.push(Column::Texts(self.rows.iter().map(|row| column(row).as_str()).collect()));
        self
    }

    /// `into` names table and columns, `otherwise` says what happens to rows that stand there already.
    fn insert(self, conn: &mut Conn, into: &'static str, otherwise: &'static str) -> Result<(), StoreError> {
        if !self.rows.is_empty() {
            InsertArrays { columns: self.columns, into, otherwise }.execute(conn)?;
        }
        Ok(())
    }
}

/// `insert into … select * from unnest(…)`: the same text whatever the number of rows, so that the server plans it once.
struct InsertArrays<'r> {
    columns: Vec<Column<'r>>,
    into: &'static str,
    otherwise: &'static str,
}

impl QueryFragment<Pg> for InsertArrays<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("insert into ");
        out.push_sql(self.into);
        out.push_sql(" select * from unnest(");
        for (at, column) in self.columns.iter().enumerate() {
            if at > 0 {
                out.push_sql(", ");
            }
            match column {
                Column::Numbers(values) => out.push_bind_param::<Array<BigInt>, _>(values)?,
                Column::Bytes(values) => out.push_bind_param::<Array<Binary>, _>(values)?,
                Column::Texts(values) => out.push_bind_param::<Array<Text>, _>(values)?,
            }
        }
        out.push_sql(") ");
        out.push_sql(self.otherwise);
        Ok(())
    }
}

impl QueryId for InsertArrays<'_> {
    type QueryId = ();
    // The text differs from table to table: it is the key of the prepared statement.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl RunQueryDsl<Conn> for InsertArrays<'_> {}
