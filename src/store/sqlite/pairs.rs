//! Looking up pairs: who has which name, which key of which organisation was answered. As row values: a test of both columns
//! against lists would look up every scope with every name.

use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Binary, Text};
use diesel::sqlite::Sqlite;

use super::Conn;
use crate::store::StoreError;
use crate::store::rows::{IdempotencyRow, NameRow};

/// Pairs in one statement: SQLite takes 32,766 parameters.
const AT_ONCE: usize = 8_000;

/// Rows of `unique_names` with these scopes and names.
pub fn names(conn: &mut Conn, pairs: &[(&str, &str)]) -> Result<Vec<NameRow>, StoreError> {
    let mut found = Vec::new();
    for pairs in pairs.chunks(AT_ONCE) {
        found.extend(Names { pairs }.load::<NameRow>(conn)?);
    }
    Ok(found)
}

/// Rows of `idempotency` with these organisations and keys.
pub fn answers(conn: &mut Conn, pairs: &[(&[u8], &str)]) -> Result<Vec<IdempotencyRow>, StoreError> {
    let mut found = Vec::new();
    for pairs in pairs.chunks(AT_ONCE) {
        found.extend(Answers { pairs }.load::<IdempotencyRow>(conn)?);
    }
    Ok(found)
}

struct Names<'a> {
    pairs: &'a [(&'a str, &'a str)],
}

impl QueryFragment<Sqlite> for Names<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        // As many texts as numbers of pairs: not worth keeping.
        out.unsafe_to_cache_prepared();
        out.push_sql("select scope, name, subject from unique_names where (scope, name) in (values ");
        for (at, (scope, name)) in self.pairs.iter().enumerate() {
            out.push_sql(if at == 0 { "(" } else { ", (" });
            out.push_bind_param::<Text, _>(scope)?;
            out.push_sql(", ");
            out.push_bind_param::<Text, _>(name)?;
            out.push_sql(")");
        }
        out.push_sql(")");
        Ok(())
    }
}

impl Query for Names<'_> {
    type SqlType = (Text, Text, Binary);
}

impl QueryId for Names<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl RunQueryDsl<Conn> for Names<'_> {}

struct Answers<'a> {
    pairs: &'a [(&'a [u8], &'a str)],
}

impl QueryFragment<Sqlite> for Answers<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        out.push_sql("select organisation, key, operation, request_hash, receipt, created_at from idempotency ");
        out.push_sql("where (organisation, key) in (values ");
        for (at, (organisation, key)) in self.pairs.iter().enumerate() {
            out.push_sql(if at == 0 { "(" } else { ", (" });
            out.push_bind_param::<Binary, _>(organisation)?;
            out.push_sql(", ");
            out.push_bind_param::<Text, _>(key)?;
            out.push_sql(")");
        }
        out.push_sql(")");
        Ok(())
    }
}

impl Query for Answers<'_> {
    type SqlType = (Binary, Text, Text, Binary, Text, BigInt);
}

impl QueryId for Answers<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl RunQueryDsl<Conn> for Answers<'_> {}
