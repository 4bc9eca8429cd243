//! docs/PERMISSIONS.md is the table that is enforced.
#![allow(clippy::unwrap_used, reason = "helpers of tests; a failed unwrap is a failed test")]

use suyuan::auth::policy::TABLE;

#[test]
fn the_page_of_permissions_is_the_table() {
    let checked_in = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/PERMISSIONS.md")).unwrap();
    assert!(
        checked_in.trim_end() == suyuan::http::permissions_page().trim_end(),
        "docs/PERMISSIONS.md is old; make it anew with `cargo run -- permissions > docs/PERMISSIONS.md`"
    );
}

/// What is done at the server's terminal, or is asked beside another operation.
const NOWHERE: &[&str] = &["instance.found", "log.reopen", "sealed.erase", "foreign_audit_pack.read"];

#[test]
fn every_operation_of_the_table_stands_for_an_address() {
    let page = suyuan::http::permissions_page();
    for rule in TABLE {
        let line = page.lines().find(|line| line.starts_with(&format!("| `{}` |", rule.operation))).unwrap();
        let somewhere = line.contains("/api/v1/") || line.contains("/console");
        assert_eq!(somewhere, !NOWHERE.contains(&rule.operation), "{line}");
    }
}
