//! What the database holds, table by table, so that two moments can be compared. The only place of these tests that reads
//! SQL, and it writes none.

use std::collections::BTreeMap;
use std::path::Path;

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::Text;

/// Tables that are never made anew: the records themselves, and ordinary rows beside them.
const KEPT: &[&str] = &["records", "openings", "attachments", "api_keys", "idempotency", "problem_reports"];
/// Tables that `rebuild` makes from the records.
const PROJECTIONS: &[&str] = &["subjects", "unique_names", "batches", "lineage", "grants"];

/// Table → its rows in order, each as text.
pub type Dump = BTreeMap<String, Vec<String>>;

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// All projections of a database.
pub fn projections(path: &Path) -> Dump {
    dump(path, PROJECTIONS)
}

/// The records and what opens their sealed fields.
pub fn truth(path: &Path) -> Dump {
    dump(path, &["records", "openings"])
}

fn dump(path: &Path, tables: &[&str]) -> Dump {
    let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    conn.batch_execute("pragma query_only = on").unwrap();
    let all = "select name as line from sqlite_master where type = 'table' and name not like 'sqlite_%' \
               and name not like '__diesel%'";
    for table in lines(&mut conn, all) {
        let known = KEPT.contains(&table.as_str()) || PROJECTIONS.contains(&table.as_str());
        assert!(known, "{table} is neither kept nor made anew: say which in this file");
    }
    tables.iter().map(|table| ((*table).to_owned(), rows(&mut conn, table))).collect()
}

fn rows(conn: &mut SqliteConnection, table: &str) -> Vec<String> {
    let columns = lines(conn, &format!("select name as line from pragma_table_info('{table}') order by cid"));
    let quoted: Vec<String> = columns.iter().map(|column| format!("'{column}=' || quote({column})")).collect();
    lines(conn, &format!("select {} as line from {table} order by 1", quoted.join(" || ' ' || ")))
}

fn lines(conn: &mut SqliteConnection, query: &str) -> Vec<String> {
    diesel::sql_query(query).load::<Line>(conn).unwrap().into_iter().map(|row| row.line).collect()
}
