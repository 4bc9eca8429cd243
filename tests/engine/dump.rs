//! What the database holds, table by table, so that two moments can be compared. The only place of these tests that reads
//! SQL, and it writes none.

use std::collections::BTreeMap;

use diesel::connection::{LoadConnection, SimpleConnection as _};
use diesel::prelude::*;
use diesel::query_dsl::LoadQuery;
use diesel::sql_types::Text;

use super::Place;

/// Tables that are never made anew: the records themselves, and ordinary rows beside them.
const KEPT: &[&str] = &[
    "records",
    "log_head",
    "log_checkpoints",
    "openings",
    "attachments",
    "api_keys",
    "idempotency",
    "problem_reports",
    "members",
    "sessions",
    "invitations",
    "recovery_codes",
    "notice_head",
    "notices",
    "webhooks",
    "deliveries",
    "applications",
    "suspensions",
    "data_reads",
];
/// Tables that `rebuild` makes from the records.
pub const PROJECTIONS: &[&str] = &["subjects", "unique_names", "batches", "lineage", "grants", "log_tiles"];

/// Table → its rows in order, each as text.
pub type Dump = BTreeMap<String, Vec<String>>;

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

pub fn of(place: &Place, tables: &[&str]) -> Dump {
    read(place, tables).unwrap()
}

/// As [`of`], of a database that may be damaged.
pub fn read(place: &Place, tables: &[&str]) -> QueryResult<Dump> {
    match place {
        Place::Sqlite(path) => {
            let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
            conn.batch_execute("pragma query_only = on")?;
            let all = "select name as line from sqlite_master where type = 'table' and name not like 'sqlite_%' \
                       and name not like '__diesel%'";
            check_known(lines(&mut conn, all)?);
            tables.iter().map(|table| Ok(((*table).to_owned(), rows_of_sqlite(&mut conn, table)?))).collect()
        }
        #[cfg(feature = "postgres")]
        Place::Postgres(url) => {
            let mut conn = PgConnection::establish(url).unwrap();
            conn.batch_execute("set default_transaction_read_only = on")?;
            let all = "select tablename::text as line from pg_tables where schemaname = 'public' \
                       and tablename not like '\\_\\_diesel%'";
            check_known(lines(&mut conn, all)?);
            let rows = |table: &str| format!("select t::text as line from {table} t order by 1");
            tables.iter().map(|table| Ok(((*table).to_owned(), lines(&mut conn, &rows(table))?))).collect()
        }
    }
}

fn check_known(tables: Vec<String>) {
    assert!(tables.len() >= KEPT.len() + PROJECTIONS.len(), "{tables:?}");
    for table in tables {
        let known = KEPT.contains(&table.as_str()) || PROJECTIONS.contains(&table.as_str());
        assert!(known, "{table} is neither kept nor made anew: say which in this file");
    }
}

fn rows_of_sqlite(conn: &mut SqliteConnection, table: &str) -> QueryResult<Vec<String>> {
    let columns = lines(conn, &format!("select name as line from pragma_table_info('{table}') order by cid"))?;
    let quoted: Vec<String> = columns.iter().map(|column| format!("'{column}=' || quote({column})")).collect();
    lines(conn, &format!("select {} as line from {table} order by 1", quoted.join(" || ' ' || ")))
}

fn lines<C>(conn: &mut C, query: &str) -> QueryResult<Vec<String>>
where
    C: LoadConnection,
    diesel::query_builder::SqlQuery: for<'q> LoadQuery<'q, C, Line>,
{
    Ok(diesel::sql_query(query).load::<Line>(conn)?.into_iter().map(|row| row.line).collect())
}
