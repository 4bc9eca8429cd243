//! PostgreSQL keeps a checksum in each page (`initdb --data-checksums`): a page that changed on the
//! disk is not read.

use std::fs;
use std::process::Command;
use std::sync::Arc;

use suyuan::app::clock::SystemClock;
use suyuan::app::randomness::SystemRandomness;
use suyuan::store::postgres::PostgresStore;
use suyuan::store::{PostgresSettings, StoreError};

use crate::engine::Place;
use crate::engine::cluster::{Cluster, program};
use crate::support::{Founded, loss, opening, perform};

fn amcheck(cluster: &Cluster) -> bool {
    let done = Command::new(program("pg_amcheck"))
        .args(["-U", "suyuan", "-d", "t0", "--install-missing", "-h"])
        .arg(cluster.folder())
        .output()
        .unwrap();
    done.status.success()
}

#[test]
fn a_flipped_byte_of_a_page_is_refused_by_the_server_and_found_by_its_check() {
    let mut cluster = Cluster::start(&[]);
    let founded = Founded::at(Place::Postgres(cluster.new_database()));
    let batch = perform(&*founded.store, opening("L1", 1_000)).unwrap().id;
    perform(&*founded.store, loss(batch, 1)).unwrap();
    assert!(amcheck(&cluster), "a sound database is found to be broken");
    drop(founded);
    // Once the pages are written, and nobody is there to mark rows in them, the log does not write them again at the next
    // start.
    cluster.sql("t0", "checkpoint");
    let file = cluster.folder().join("data").join(cluster.sql("t0", "select pg_relation_filepath('records')"));
    cluster.crash();
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() - 300;
    bytes[middle] ^= 1;
    fs::write(&file, bytes).unwrap();
    cluster.run();
    let settings = PostgresSettings { url: cluster.url("t0"), connections: 1, prepared_statements: true };
    match PostgresStore::open(settings, Arc::new(SystemClock), Arc::new(SystemRandomness)) {
        Ok(_) => panic!("a changed page was read"),
        Err(error) => assert!(matches!(&error, StoreError::Engine(cause) if cause.contains("invalid page")), "{error}"),
    }
    assert!(!amcheck(&cluster), "pg_amcheck does not see it");
}
