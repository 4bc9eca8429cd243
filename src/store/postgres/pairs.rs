//! Looking up pairs: who has which name, which key of which organisation was answered. Joined with the pairs themselves: a
//! test of both columns against lists would let the server read every key of an organisation.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Binary, Text};

use super::Conn;
use crate::store::StoreError;
use crate::store::rows::{IdempotencyRow, NameRow};

/// Rows of `unique_names` with these scopes and names.
pub fn names(conn: &mut Conn, pairs: &[(&str, &str)]) -> Result<Vec<NameRow>, StoreError> {
    let (scopes, names) = pairs.iter().copied().unzip();
    Ok(Names { scopes, names }.load(conn)?)
}

/// Rows of `idempotency` with these organisations and keys.
pub fn answers(conn: &mut Conn, pairs: &[(&[u8], &str)]) -> Result<Vec<IdempotencyRow>, StoreError> {
    let (organisations, keys) = pairs.iter().copied().unzip();
    Ok(Answers { organisations, keys }.load(conn)?)
}

struct Names<'a> {
    scopes: Vec<&'a str>,
    names: Vec<&'a str>,
}

impl QueryFragment<Pg> for Names<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("select scope, name, subject from unnest(");
        out.push_bind_param::<Array<Text>, _>(&self.scopes)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.names)?;
        out.push_sql(") as asked (scope, name) join unique_names using (scope, name)");
        Ok(())
    }
}

impl Query for Names<'_> {
    type SqlType = (Text, Text, Binary);
}

impl QueryId for Names<'_> {
    type QueryId = ();
    // The text is the key of the prepared statement.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl RunQueryDsl<Conn> for Names<'_> {}

struct Answers<'a> {
    organisations: Vec<&'a [u8]>,
    keys: Vec<&'a str>,
}

impl QueryFragment<Pg> for Answers<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("select organisation, key, operation, request_hash, receipt, created_at from unnest(");
        out.push_bind_param::<Array<Binary>, _>(&self.organisations)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.keys)?;
        out.push_sql(") as asked (organisation, key) join idempotency using (organisation, key)");
        Ok(())
    }
}

impl Query for Answers<'_> {
    type SqlType = (Binary, Text, Text, Binary, Text, BigInt);
}

impl QueryId for Answers<'_> {
    type QueryId = ();
    // The text is the key of the prepared statement.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl RunQueryDsl<Conn> for Answers<'_> {}
