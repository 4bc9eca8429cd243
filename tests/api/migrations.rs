//! Migrations, each on a file of its own: what one makes, its way back takes away again.

use diesel::connection::SimpleConnection as _;
use diesel::migration::{Migration, MigrationSource as _};
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel::sqlite::Sqlite;
use diesel_migrations::{FileBasedMigrations, MigrationHarness as _};

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Every table and index with the text that made it, but for the list of migrations itself.
fn schema(conn: &mut SqliteConnection) -> Vec<String> {
    let query = "select type || ' ' || name || ': ' || coalesce(sql, '') as line from sqlite_master \
                 where tbl_name not like '__diesel%' order by type, name";
    diesel::sql_query(query).load::<Line>(conn).unwrap().into_iter().map(|row| row.line).collect()
}

#[test]
fn every_migration_goes_up_down_and_up_to_the_same_schema() {
    let folder = tempfile::tempdir().unwrap();
    let mut conn = SqliteConnection::establish(folder.path().join("empty.sqlite").to_str().unwrap()).unwrap();
    conn.batch_execute("pragma foreign_keys = on").unwrap();
    // Asking makes the list of migrations, which each step writes into.
    assert!(conn.applied_migrations().unwrap().is_empty());
    let source = FileBasedMigrations::from_path(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/sqlite")).unwrap();
    let mut migrations = source.migrations().unwrap();
    migrations.sort_by(|a, b| a.name().version().cmp(&b.name().version()));
    assert!(migrations.len() >= 3);
    for migration in &migrations {
        let migration: &dyn Migration<Sqlite> = migration;
        let (name, before) = (migration.name().to_string(), schema(&mut conn));
        conn.run_migration(migration).unwrap();
        let made = schema(&mut conn);
        assert_ne!(made, before, "{name} makes nothing");
        conn.revert_migration(migration).unwrap();
        assert_eq!(schema(&mut conn), before, "{name} is not taken back whole");
        conn.run_migration(migration).unwrap();
        assert_eq!(schema(&mut conn), made, "{name} makes something else the second time");
    }
}
