//! Tables on their way: up, down and up again; and forward on a database that holds data.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use crate::engine::Place;
use crate::support::{Founded, check_log, loss, open, opening, perform};

#[test]
fn empty_projections_are_filled_when_the_store_is_opened() {
    let founded = Founded::new();
    let batch = perform(&*founded.store, opening("L1", 10)).unwrap().id;
    perform(&*founded.store, loss(batch, 3)).unwrap();
    let before = founded.place.projections();
    execute(&founded.place, "delete from subjects; delete from unique_names; delete from batches; delete from lineage");
    assert_ne!(founded.place.projections(), before);
    let again = open(&founded.place);
    assert_eq!(founded.place.projections(), before);
    perform(&*again, loss(batch, 7)).unwrap();
    check_log(&*again);
}

#[test]
fn a_database_of_a_newer_program_is_refused() {
    let founded = Founded::new();
    let newer = "insert into __diesel_schema_migrations (version, run_on) values ('99991231000001', '2026-01-01')";
    execute(&founded.place, newer);
    let opened = std::panic::catch_unwind(|| open(&founded.place));
    let refused = opened.err().and_then(|panic| panic.downcast::<String>().ok()).unwrap();
    assert!(refused.contains("newer program (version 99991231000001)"), "{refused}");
}

fn execute(place: &Place, statements: &str) {
    match place {
        Place::Sqlite(path) => {
            SqliteConnection::establish(path.to_str().unwrap()).unwrap().batch_execute(statements).unwrap();
        }
        #[cfg(feature = "postgres")]
        Place::Postgres(url) => PgConnection::establish(url).unwrap().batch_execute(statements).unwrap(),
    }
}
