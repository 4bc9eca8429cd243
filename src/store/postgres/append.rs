//! Writing a group into PostgreSQL: one statement for all tables, for each statement is a way to the server and back. It takes the
//! lock on the log's end itself, and writes nothing where others were first. Each
//! table's rows go over as one array per column, so that the text is as short for a thousand rows as for one: planning a list
//! of `values` of that length costs the server more than the rows themselves.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Binary, Bool, Nullable, Text};

use super::Conn;
use crate::store::StoreError;
use crate::store::projection::{Rows, Writes};
use crate::store::rows::{CheckpointRow, IdempotencyRow, OpeningRow, RecordRow, TileRow};

/// `false` where the log does not end where it was to grow: then nothing was written.
pub fn write(conn: &mut Conn, writes: &Writes) -> Result<bool, StoreError> {
    let mut tables = vec![records(&writes.records), openings(&writes.openings)];
    tables.extend(projections(&writes.projections));
    tables.push(answers(&writes.answers));
    tables.push(tiles(&writes.tiles));
    tables.push(checkpoints(writes.checkpoint.as_slice()));
    tables.retain(Table::has_rows);
    if tables.is_empty() && writes.growth.is_none() {
        return Ok(true);
    }
    let growth = writes.growth.map(|growth| (growth.from as i64, growth.to as i64));
    Ok(Write { tables, growth }.get_result(conn)?)
}

fn records(rows: &[RecordRow]) -> Table<'_> {
    Columns::of(rows)
        .numbers(|row| row.log_index)
        .bytes(|row| &row.subject)
        .numbers(|row| row.seq)
        .texts(|row| &row.kind)
        .bytes(|row| &row.hash)
        .bytes(|row| &row.bytes)
        .insert("records (log_index, subject, seq, kind, hash, bytes)", "")
}

fn openings(rows: &[OpeningRow]) -> Table<'_> {
    Columns::of(rows)
        .bytes(|row| &row.subject)
        .numbers(|row| row.seq)
        .texts(|row| &row.field)
        .texts(|row| &row.class)
        .bytes(|row| &row.salt)
        .texts(|row| &row.value)
        .insert("openings (subject, seq, field, class, salt, value)", "")
}

fn answers(rows: &[IdempotencyRow]) -> Table<'_> {
    Columns::of(rows)
        .bytes(|row| &row.organisation)
        .texts(|row| &row.key)
        .texts(|row| &row.operation)
        .bytes(|row| &row.request_hash)
        .texts(|row| &row.receipt)
        .numbers(|row| row.created_at)
        .insert("idempotency (organisation, key, operation, request_hash, receipt, created_at)", "")
}

fn tiles(rows: &[TileRow]) -> Table<'_> {
    Columns::of(rows)
        .numbers(|row| row.level)
        .numbers(|row| row.number)
        .bytes(|row| &row.hashes)
        .bytes(|row| &row.root)
        .insert("log_tiles (level, number, hashes, root)", "")
}

/// Another instance may have kept the same one.
fn checkpoints(rows: &[CheckpointRow]) -> Table<'_> {
    Columns::of(rows)
        .numbers(|row| row.epoch)
        .numbers(|row| row.size)
        .texts(|row| &row.note)
        .insert("log_checkpoints (epoch, size, note)", "on conflict (epoch, size) do nothing")
}

fn projections(rows: &Rows) -> [Table<'_>; 5] {
    let subjects = Columns::of(&rows.subjects)
        .bytes(|row| &row.handle)
        .texts(|row| &row.kind)
        .bytes(|row| &row.home)
        .numbers(|row| row.head_seq)
        .bytes(|row| &row.head_hash)
        .numbers(|row| row.head_recorded_at)
        .numbers(|row| row.first_log_index)
        .texts(|row| &row.state)
        .insert(
            "subjects (handle, kind, home, head_seq, head_hash, head_recorded_at, first_log_index, state)",
            "on conflict (handle) do update set head_seq = excluded.head_seq, head_hash = excluded.head_hash, \
             head_recorded_at = excluded.head_recorded_at, state = excluded.state",
        );
    let names = Columns::of(&rows.names)
        .texts(|row| &row.scope)
        .texts(|row| &row.name)
        .bytes(|row| &row.subject)
        .insert("unique_names (scope, name, subject)", "");
    let batches = Columns::of(&rows.batches)
        .bytes(|row| &row.home)
        .numbers(|row| row.first_log_index)
        .bytes(|row| &row.handle)
        .bytes(|row| &row.product)
        .texts(|row| &row.gtin)
        .texts(|row| &row.lot)
        .texts(|row| &row.stage)
        .texts(|row| &row.opened_on)
        .maybe_numbers(|row| row.stocked)
        .insert(
            "batches (home, first_log_index, handle, product, gtin, lot, stage, opened_on, stocked)",
            "on conflict (home, first_log_index) do update set stage = excluded.stage, stocked = excluded.stocked",
        );
    let lineage =
        Columns::of(&rows.lineage).bytes(|row| &row.child).bytes(|row| &row.parent).numbers(|row| row.quantity).insert(
            "lineage (child, parent, quantity)",
            "on conflict (child, parent) do update set quantity = excluded.quantity",
        );
    let grants = Columns::of(&rows.grants)
        .bytes(|row| &row.subject)
        .bytes(|row| &row.organisation)
        .texts(|row| &row.view)
        .numbers(|row| row.first_log_index)
        .insert(
            "grants (subject, organisation, view, first_log_index)",
            "on conflict (subject, organisation) do nothing",
        );
    [subjects, names, batches, lineage, grants]
}

/// One column of all rows.
enum Column<'r> {
    Numbers(Vec<i64>),
    MaybeNumbers(Vec<Option<i64>>),
    Bytes(Vec<&'r [u8]>),
    Texts(Vec<&'r str>),
}

impl Column<'_> {
    fn is_empty(&self) -> bool {
        match self {
            Self::Numbers(values) => values.is_empty(),
            Self::MaybeNumbers(values) => values.is_empty(),
            Self::Bytes(values) => values.is_empty(),
            Self::Texts(values) => values.is_empty(),
        }
    }
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

    fn maybe_numbers(mut self, column: impl Fn(&'r R) -> Option<i64>) -> Self {
        self.columns.push(Column::MaybeNumbers(self.rows.iter().map(column).collect()));
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
    fn insert(self, into: &'static str, otherwise: &'static str) -> Table<'r> {
        Table { columns: self.columns, into, otherwise }
    }
}

/// `insert into … select * from unnest(…)`: the same text whatever the number of rows.
struct Table<'r> {
    columns: Vec<Column<'r>>,
    into: &'static str,
    otherwise: &'static str,
}

impl Table<'_> {
    fn has_rows(&self) -> bool {
        self.columns.first().is_some_and(|column| !column.is_empty())
    }

    /// `only` says when.
    fn walk<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>, only: &str) -> QueryResult<()> {
        out.push_sql("insert into ");
        out.push_sql(self.into);
        out.push_sql(" select * from unnest(");
        for (at, column) in self.columns.iter().enumerate() {
            if at > 0 {
                out.push_sql(", ");
            }
            match column {
                Column::Numbers(values) => out.push_bind_param::<Array<BigInt>, _>(values)?,
                Column::MaybeNumbers(values) => out.push_bind_param::<Array<Nullable<BigInt>>, _>(values)?,
                Column::Bytes(values) => out.push_bind_param::<Array<Binary>, _>(values)?,
                Column::Texts(values) => out.push_bind_param::<Array<Text>, _>(values)?,
            }
        }
        out.push_sql(") ");
        out.push_sql(only);
        out.push_sql(self.otherwise);
        Ok(())
    }
}

/// `with head as (update log_head …), t0 as (insert …), t1 as (insert …) select exists (select from head)`. The server runs every
/// part to its end, in an order of its own; none reads what another writes but for the head, without which none writes. There are
/// as many texts as sets of tables that a group may write to: a few dozen, of which two or three are common, and the server plans
/// each once a session.
struct Write<'r> {
    tables: Vec<Table<'r>>,
    /// Where the log ends before and after.
    growth: Option<(i64, i64)>,
}

impl Query for Write<'_> {
    type SqlType = Bool;
}

impl QueryFragment<Pg> for Write<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        const NAMES: [&str; 9] = ["t0", "t1", "t2", "t3", "t4", "t5", "t6", "t7", "t8"];
        out.push_sql("with ");
        if let Some((from, to)) = &self.growth {
            out.push_sql("head as (update log_head set next_log_index = ");
            out.push_bind_param::<BigInt, _>(to)?;
            out.push_sql(" where id = 1 and next_log_index = ");
            out.push_bind_param::<BigInt, _>(from)?;
            out.push_sql(" returning id)");
        }
        let only = if self.growth.is_some() { "where exists (select from head) " } else { "" };
        for (at, (table, name)) in self.tables.iter().zip(NAMES).enumerate() {
            out.push_sql(if at == 0 && self.growth.is_none() { "" } else { ", " });
            out.push_sql(name);
            out.push_sql(" as (");
            table.walk(&mut out, only)?;
            out.push_sql(")");
        }
        out.push_sql(if self.growth.is_some() { " select exists (select from head)" } else { " select true" });
        Ok(())
    }
}

impl QueryId for Write<'_> {
    type QueryId = ();
    // The text is the key of the prepared statement.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl RunQueryDsl<Conn> for Write<'_> {}
