//! What keeps the way to several machines open: every key and every unique constraint holds what its rows are spread by, so
//! that no machine has to ask another whether a row may be written. Read from the schema; a new table must follow or say why.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::engine::Place;
use crate::support::open;

#[derive(QueryableByName, Debug)]
struct Line {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    line: String,
}

/// Columns that rows may be spread by: the subject's handle under its several names, or the organisation at home.
const SPREAD_BY: &[&str] = &["subject", "handle", "child", "home", "organisation"];

/// Constraints that hold neither, and why that is right.
const OTHERWISE: &[(&str, &str)] = &[
    ("log_head: id", "one row on one machine: the log's end"),
    ("notice_head: id", "one row on one machine: how far the log was read for news"),
    ("log_tiles: level,number", "on one machine with the log's end: 32 bytes a record"),
    ("log_checkpoints: epoch,size", "on one machine with the log's end"),
    ("records: log_index", "the log's own order, kept by the machine that holds its end"),
    ("unique_names: scope,name", "spread by scope: a lot's scope holds its GTIN"),
    ("attachments: sha256", "spread by hash"),
    ("api_keys: id", "some thousands of rows, the same on every machine"),
    ("api_keys: secret_hash", "some thousands of rows, the same on every machine"),
    ("members: login", "some thousands of rows, the same on every machine"),
    ("invitations: token_hash", "some rows, the same on every machine"),
    ("sessions: token_hash", "spread by hash"),
    ("applications: id", "some hundreds of rows; who applies has no home yet"),
    ("problem_reports: id", "nothing else refers to them"),
];

const KEYS: &str = "select t.name as name, group_concat(c.name, ',' order by c.pk) as line
    from sqlite_master t join pragma_table_info(t.name) c
    where t.type = 'table' and t.name not like '__diesel%' and c.pk > 0 group by t.name";

const UNIQUE: &str = "select t.name as name,
    (select group_concat(c.name, ',') from (select c.name from pragma_index_info(i.name) c order by c.seqno) c) as line
    from sqlite_master t join pragma_index_list(t.name) i
    where t.type = 'table' and t.name not like '__diesel%' and i.\"unique\" and i.origin <> 'pk'";

#[test]
fn every_key_and_unique_constraint_holds_what_its_rows_are_spread_by() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("growth.sqlite");
    drop(open(&Place::Sqlite(path.clone())));
    let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    let mut found = BTreeSet::new();
    for query in [KEYS, UNIQUE] {
        let lines: Vec<Line> = diesel::sql_query(query).load(&mut conn).unwrap();
        found.extend(lines.into_iter().map(|line| format!("{}: {}", line.name, line.line)));
    }
    assert!(found.len() >= 12, "{found:?}");
    let otherwise: BTreeMap<&str, &str> = OTHERWISE.iter().copied().collect();
    for constraint in &found {
        let columns: Vec<&str> = constraint.split(": ").nth(1).unwrap().split(',').collect();
        let spread = columns.iter().any(|column| SPREAD_BY.contains(column));
        assert!(spread || otherwise.contains_key(constraint.as_str()), "{constraint} holds neither handle nor home");
    }
    for constraint in otherwise.keys() {
        assert!(found.contains(*constraint), "{constraint} is excused and does not exist");
    }
    let foreign: Vec<Line> = diesel::sql_query(
        "select t.name as name, f.\"table\" as line from sqlite_master t join pragma_foreign_key_list(t.name) f",
    )
    .load(&mut conn)
    .unwrap();
    assert!(foreign.is_empty(), "{foreign:?}");
    let made: Vec<Line> =
        diesel::sql_query("select name as name, type as line from sqlite_master where type not in ('table', 'index')")
            .load(&mut conn)
            .unwrap();
    assert!(made.is_empty(), "neither trigger nor view: {made:?}");
}
