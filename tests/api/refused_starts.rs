//! What the program says where its database cannot be used: one sentence, exit code 1, and no half state.

use std::process::Stdio;

use crate::engine::Place;
use crate::support::program::{on, suyuan};

/// Runs a verb that has to fail; what it said.
fn refused(place: &Place, folder: &std::path::Path, arguments: &[&str]) -> String {
    let done = on(suyuan(arguments), folder, place).stderr(Stdio::piped()).output().unwrap();
    let told = String::from_utf8(done.stderr).unwrap();
    assert_eq!(done.status.code(), Some(1), "{told}");
    assert!(told.lines().last().unwrap().starts_with("suyuan: ") && !told.contains("panicked"), "{told}");
    told
}

#[test]
fn a_replica_is_refused_where_the_records_are_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = Place::Sqlite(folder.path().join("suyuan.sqlite"));
    let told = refused(
        &file,
        folder.path(),
        &["serve", "--listen", "127.0.0.1:0", "--database-read", "postgres://x:geheim@localhost/db"],
    );
    assert!(told.contains("--database-read") && told.contains("has no replica") && !told.contains("geheim"), "{told}");
    assert!(!folder.path().join("suyuan.sqlite").exists(), "nothing was made");
}

#[cfg(feature = "postgres")]
mod postgres {
    use std::path::Path;
    use std::time::{Duration, Instant};

    use super::{Place, refused};
    use crate::engine::cluster::Cluster;
    use crate::engine::{QUICK, cluster};
    use crate::support::program::Service;

    #[test]
    fn a_wrong_password_is_told_without_the_password() {
        let mut server = Cluster::start(QUICK);
        let name = server.new_database();
        server.sql("t0", "create role held login password 'richtig'");
        server.demand_passwords();
        let folder = tempfile::tempdir().unwrap();
        // By the socket, with the password in the address as people write it.
        let wrong = name.replace("user=suyuan", "user=held&password=geheim");
        let told = refused(&Place::Postgres(wrong), folder.path(), &["serve", "--listen", "127.0.0.1:0"]);
        assert!(told.contains("password authentication failed") && !told.contains("geheim"), "{told}");
    }

    #[test]
    fn a_server_that_is_not_there_is_told_and_not_waited_for() {
        let mut server = Cluster::start(QUICK);
        let place = Place::Postgres(server.new_database());
        server.crash();
        let (folder, begun) = (tempfile::tempdir().unwrap(), Instant::now());
        let told = refused(&place, folder.path(), &["serve", "--listen", "127.0.0.1:0"]);
        assert!(told.contains("cannot be reached"), "{told}");
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
        server.run();
    }

    #[test]
    fn tables_of_a_newer_program_are_left_alone() {
        let (folder, place) = (tempfile::tempdir().unwrap(), Place::Postgres(cluster().new_database()));
        drop(Service::start_at(folder.path(), &place, &[]));
        let before = place.truth();
        sql(&place, "insert into __diesel_schema_migrations (version) values ('99990101000000')");
        let told = refused(&place, folder.path(), &["migrate"]);
        assert!(told.contains("newer program") && told.contains("99990101000000"), "{told}");
        assert_eq!(place.truth(), before);
    }

    #[test]
    fn a_verb_beside_the_service_refuses_tables_that_are_behind_it() {
        let (folder, place) = (tempfile::tempdir().unwrap(), Place::Postgres(cluster().new_database()));
        let service = Service::start_at(folder.path(), &place, &[]);
        sql(
            &place,
            "delete from __diesel_schema_migrations where version = (select max(version) from __diesel_schema_migrations)",
        );
        let told = refused(&place, folder.path(), &["key", "list"]);
        assert!(told.contains("behind this program") && told.contains("suyuan migrate"), "{told}");
        assert_eq!(service.get("/livez", "").status, 200);
    }

    #[test]
    fn tables_that_are_half_there_are_told_and_are_whole_once_the_cause_is_gone() {
        let (folder, place) = (tempfile::tempdir().unwrap(), Place::Postgres(cluster().new_database()));
        // A table of somebody else's stands where one of ours belongs: the migration that makes it fails half way.
        sql(&place, "create table openings (id bigint)");
        let init = ["init", "--name", "示范县农业农村局", "--uscc", "11999001MA0000423G"];
        let told = refused(&place, folder.path(), &init);
        assert!(told.contains("openings"), "{told}");
        assert_eq!(sql(&place, "select count(*) from pg_tables where tablename in ('records', 'log_head')"), "0");
        sql(&place, "drop table openings");
        serve_well(folder.path(), &place);
    }

    fn serve_well(folder: &Path, place: &Place) {
        let service = Service::start_at(folder, place, &[]);
        assert_eq!(service.get("/readyz", "").status, 200);
    }

    fn sql(place: &Place, statement: &str) -> String {
        let url = place.url();
        let name = url.trim_start_matches("postgres:///").split('?').next().unwrap();
        cluster().sql(name, statement)
    }
}
