//! Tables on their way: up, down and up again; and forward on a database that holds data.

use diesel::backend::Backend;
use diesel::connection::LoadConnection;
use diesel::migration::{Migration, MigrationSource as _};
use diesel::prelude::*;
use diesel::query_builder::SqlQuery;
use diesel::query_dsl::LoadQuery;
use diesel::sql_types::Text;
use diesel_migrations::{FileBasedMigrations, MigrationHarness};

use crate::engine::Place;
use crate::support::{Founded, check_log, loss, open, opening, perform};

#[test]
fn empty_projections_are_filled_when_the_store_is_opened() {
    let founded = Founded::new();
    let batch = perform(&*founded.store, opening("L1", 10)).unwrap().id;
    perform(&*founded.store, loss(batch, 3)).unwrap();
    let before = founded.place.projections();
    founded.place.execute("delete from subjects; delete from unique_names; delete from batches; delete from lineage");
    assert_ne!(founded.place.projections(), before);
    let again = open(&founded.place);
    assert_eq!(founded.place.projections(), before);
    perform(&*again, loss(batch, 7)).unwrap();
    check_log(&*again);
}

#[test]
fn a_log_that_an_older_program_went_on_with_is_gone_on_with() {
    let founded = Founded::new();
    perform(&*founded.store, opening("L1", 10)).unwrap();
    founded.place.execute("update log_head set next_log_index = 1");
    let again = open(&founded.place);
    assert_eq!(perform(&*again, opening("L2", 10)).unwrap().log_index, 3);
    check_log(&*again);
}

#[test]
fn a_log_that_lost_its_end_is_refused() {
    let founded = Founded::new();
    perform(&*founded.store, opening("L1", 10)).unwrap();
    founded.place.execute("delete from records where log_index = 2");
    let refused = refusal_to_open(&founded.place);
    assert!(refused.contains("it ends at 2, 3 records were written"), "{refused}");
}

#[test]
fn a_database_of_a_newer_program_is_refused() {
    let founded = Founded::new();
    let newer = "insert into __diesel_schema_migrations (version, run_on) values ('99991231000001', '2026-01-01')";
    founded.place.execute(newer);
    let refused = refusal_to_open(&founded.place);
    assert!(refused.contains("newer program (version 99991231000001)"), "{refused}");
}

fn refusal_to_open(place: &Place) -> String {
    let opened = std::panic::catch_unwind(|| open(place));
    *opened.err().and_then(|panic| panic.downcast::<String>().ok()).unwrap()
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Every table and index with the text that made it, but for the list of migrations itself.
const SQLITE_SCHEMA: &str = "select type || ' ' || name || ': ' || coalesce(sql, '') as line from sqlite_master \
                             where tbl_name not like '__diesel%' order by type, name";
/// Every column with its place and type, and every index.
#[cfg(feature = "postgres")]
const POSTGRES_SCHEMA: &str = "select concat_ws(' ', table_name, ordinal_position, column_name, data_type, is_nullable, \
                               collation_name) as line from information_schema.columns where table_schema = 'public' \
                               and table_name not like '\\_\\_diesel%' \
                               union all select indexdef from pg_indexes where schemaname = 'public' \
                               and tablename not like '\\_\\_diesel%' order by 1";

#[test]
fn every_migration_goes_up_down_and_up_to_the_same_schema() {
    let folder = tempfile::tempdir().unwrap();
    match Place::new(folder.path()) {
        Place::Sqlite(path) => {
            let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
            up_down_up(&mut conn, "sqlite", SQLITE_SCHEMA);
        }
        #[cfg(feature = "postgres")]
        Place::Postgres(url) => up_down_up(&mut PgConnection::establish(&url).unwrap(), "postgres", POSTGRES_SCHEMA),
    }
}

fn up_down_up<C, DB>(conn: &mut C, engine: &str, query: &'static str)
where
    C: MigrationHarness<DB> + LoadConnection<Backend = DB>,
    DB: Backend,
    SqlQuery: for<'q> LoadQuery<'q, C, Line>,
{
    // Asking makes the list of migrations, which each step writes into.
    assert!(conn.applied_migrations().unwrap().is_empty());
    let folder = format!("{}/migrations/{engine}", env!("CARGO_MANIFEST_DIR"));
    let mut migrations: Vec<Box<dyn Migration<DB>>> =
        FileBasedMigrations::from_path(folder).unwrap().migrations().unwrap();
    migrations.sort_by(|a, b| a.name().version().cmp(&b.name().version()));
    assert!(migrations.len() >= 5);
    let schema = |conn: &mut C| -> Vec<String> {
        diesel::sql_query(query).load::<Line>(conn).unwrap().into_iter().map(|row| row.line).collect()
    };
    for migration in &migrations {
        let (name, before) = (migration.name().to_string(), schema(conn));
        conn.run_migration(migration).unwrap();
        let made = schema(conn);
        conn.revert_migration(migration).unwrap();
        assert_eq!(schema(conn), before, "{name} is not taken back whole");
        conn.run_migration(migration).unwrap();
        assert_eq!(schema(conn), made, "{name} makes something else the second time");
    }
    assert!(!schema(conn).is_empty());
}

/// A migration that cannot be finished: its last index is refused, after it dropped and made tables.
#[test]
fn a_migration_that_fails_in_the_middle_leaves_the_older_database_whole() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::new(folder.path());
    match &place {
        Place::Sqlite(path) => {
            let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
            fail_in_the_middle(&mut conn, "sqlite", SQLITE_SCHEMA, &place);
        }
        #[cfg(feature = "postgres")]
        Place::Postgres(url) => {
            fail_in_the_middle(&mut PgConnection::establish(url).unwrap(), "postgres", POSTGRES_SCHEMA, &place);
        }
    }
}

fn fail_in_the_middle<C, DB>(conn: &mut C, engine: &str, query: &'static str, place: &Place)
where
    C: MigrationHarness<DB> + LoadConnection<Backend = DB>,
    DB: Backend,
    SqlQuery: for<'q> LoadQuery<'q, C, Line>,
{
    let folder = format!("{}/migrations/{engine}", env!("CARGO_MANIFEST_DIR"));
    let mut migrations: Vec<Box<dyn Migration<DB>>> =
        FileBasedMigrations::from_path(folder).unwrap().migrations().unwrap();
    migrations.sort_by(|a, b| a.name().version().cmp(&b.name().version()));
    assert!(migrations[3].name().to_string().ends_with("projections_anew"), "{}", migrations[3].name());
    conn.applied_migrations().unwrap();
    for older in &migrations[..3] {
        conn.run_migration(older).unwrap();
    }
    place.execute("drop index grants_organisation; create index grants_organisation on records (log_index)");
    let schema = |conn: &mut C| -> Vec<String> {
        diesel::sql_query(query).load::<Line>(conn).unwrap().into_iter().map(|row| row.line).collect()
    };
    let before = (schema(conn), conn.applied_migrations().unwrap());
    let refused = refusal_to_open(place);
    assert!(refused.contains("grants_organisation") && refused.contains("already exists"), "{refused}");
    assert_eq!((schema(conn), conn.applied_migrations().unwrap()), before, "half of it stayed");
    place.execute("drop index grants_organisation");
    open(place);
    assert_eq!(conn.applied_migrations().unwrap().len(), migrations.len());
}
