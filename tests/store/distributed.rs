//! Spreading the tables over a cluster. No Citus runs here: the statements are held against its rules by functions of the same
//! names, which refuse what Citus refuses of a table (a column that is not there, a unique constraint without it).

use std::collections::BTreeSet;

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::Text;
use suyuan::store::postgres::PostgresStore;
use suyuan::store::postgres::distributed::statements;
use suyuan::store::{PostgresSettings, StoreError};

use crate::engine::{Place, cluster};
use crate::support::{Founded, check_log, open, opening, perform};

const RULES: &str = "
    create table pg_dist_partition (logicalrelid regclass, partkey text);
    create function create_distributed_table(spread regclass, by text) returns void language plpgsql as $$
    begin
        if not exists (select from pg_attribute where attrelid = spread and attname = by) then
            raise exception '% has no column %', spread, by;
        end if;
        if exists (select from pg_index i where i.indrelid = spread and i.indisunique and not exists (
            select from pg_attribute a where a.attrelid = spread and a.attname = by and a.attnum = any(i.indkey)))
        then
            raise exception 'a unique constraint of % does not hold %', spread, by;
        end if;
        insert into pg_dist_partition values (spread, by);
    end $$;
    create function create_reference_table(spread regclass) returns void language sql as
        'insert into pg_dist_partition values (spread, null)'";

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

fn names(conn: &mut PgConnection, query: &str) -> BTreeSet<String> {
    diesel::sql_query(query).load(conn).unwrap().into_iter().map(|found: Name| found.name).collect()
}

fn settings(url: &str) -> PostgresSettings {
    PostgresSettings { url: url.to_owned(), connections: 2, prepared_statements: true }
}

#[test]
fn every_table_is_spread_once_and_written_to_as_before() {
    let url = cluster().new_database();
    let place = Place::Postgres(url.clone());
    let store = open(&place);
    drop(store);
    let mut conn = PgConnection::establish(&url).unwrap();
    let refused = PostgresStore::distribute(&settings(&url)).unwrap_err();
    assert!(matches!(&refused, StoreError::Engine(why) if why.contains("create extension citus")), "{refused}");

    conn.batch_execute(RULES).unwrap();
    let spread = PostgresStore::distribute(&settings(&url)).unwrap();
    assert_eq!(spread, statements().iter().map(|(table, _)| *table).collect::<Vec<_>>());
    assert_eq!(PostgresStore::distribute(&settings(&url)).unwrap(), Vec::<&str>::new(), "once is enough");
    let all = names(
        &mut conn,
        "select relname::text as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace",
    );
    let spread = names(&mut conn, "select logicalrelid::text as name from pg_dist_partition");
    let left: Vec<&String> = all.difference(&spread).collect();
    assert_eq!(
        left,
        ["__diesel_schema_migrations", "log_checkpoints", "log_head", "log_tiles", "notice_head", "pg_dist_partition"],
        "a new table is spread or named here"
    );

    let founded = Founded::at(place);
    perform(&*founded.store, opening("L1", 1_000)).unwrap();
    assert_eq!(check_log(&*founded.store), founded.store.log_end().unwrap());
}

#[test]
fn the_statements_are_those_of_the_documentation() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/SCALING.md")).unwrap();
    let told: Vec<&str> = page.lines().filter(|line| line.starts_with("select create_")).collect();
    let issued: Vec<String> = statements().into_iter().map(|(_, statement)| format!("{statement};")).collect();
    assert_eq!(told, issued);
}
