//! Databases that the program cannot work on: one sentence, exit code 1, and nothing in them is changed.

use std::path::Path;

use crate::engine::Place;
use crate::support::program::{Service, on, suyuan};

/// Exit code and words of a verb on a database.
fn said(arguments: &[&str], folder: &Path, place: &Place) -> (Option<i32>, String) {
    let output = on(suyuan(arguments), folder, place).stderr(std::process::Stdio::piped()).output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_database_of_a_newer_program_is_left_alone_by_every_verb_that_opens_it() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::new(folder.path());
    drop(Service::start_at(folder.path(), &place, &[]));
    place.execute(
        "insert into __diesel_schema_migrations (version, run_on) values ('99991231000001', '2026-01-01');
         update log_head set next_log_index = 0; delete from subjects",
    );
    // An opening would put both right.
    let before = (place.truth(), place.projections());
    for verb in [&["serve", "--listen", "127.0.0.1:0"][..], &["migrate"], &["rebuild"]] {
        let (code, words) = said(verb, folder.path(), &place);
        assert_eq!(code, Some(1), "{verb:?}: {words}");
        // PostgreSQL's settings may be warned of before.
        let words = words.trim_end().lines().last().unwrap();
        assert!(words.starts_with("suyuan: "), "{verb:?}: {words}");
        assert!(words.contains("newer program (version 99991231000001)"), "{verb:?}: {words}");
        assert_eq!((place.truth(), place.projections()), before, "{verb:?}");
    }
}

#[test]
fn a_file_that_is_no_database_is_named_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("suyuan.sqlite");
    let content =
        "a letter, not a database, and longer than the hundred bytes of a header: 溯源溯源溯源溯源溯源溯源溯源";
    std::fs::write(&path, content).unwrap();
    let (code, words) = said(&["serve", "--listen", "127.0.0.1:0"], folder.path(), &Place::Sqlite(path.clone()));
    assert_eq!(code, Some(1), "{words}");
    assert!(words.contains("suyuan.sqlite") && words.contains("not a database"), "{words}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), content);
}
