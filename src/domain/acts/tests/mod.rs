//! Acts of the demo county: what each refusal says, and what no sequence of acts may ever do.

mod batches;
mod correct;
mod discrepancy;
mod erase;
mod handing_over;
mod import;
mod keys;
mod laboratory;
mod licences;
mod making;
mod note;
mod organisations;
mod packing;
mod plots;
mod products;
mod properties;
mod retests;
mod signed_reports;

use std::fmt::Debug;

use super::Refusal;
use crate::domain::testing::County;

/// The refusal of an act, held against its code, field, value and what would have been right.
#[track_caller]
fn refused<T: Debug>(
    result: Result<T, Refusal>,
    code: &str,
    field: &str,
    value: impl ToString,
    expected: impl ToString,
) -> Refusal {
    let refusal = result.expect_err("the act should be refused");
    let found = (refusal.code, refusal.field.as_str(), refusal.value.clone(), refusal.expected.clone());
    assert_eq!(found, (code, field, value.to_string(), expected.to_string()));
    refusal
}

/// A detail of a refusal's sentence.
#[track_caller]
fn detail<'r>(refusal: &'r Refusal, name: &str) -> &'r str {
    let found = refusal.details.iter().find(|(known, _)| *known == name);
    found.map(|(_, value)| value.as_str()).unwrap_or_else(|| panic!("no {name} in {:?}", refusal.details))
}

/// The county with 4,000 kg of navel oranges of one plot, lot SF26A.
fn with_harvest() -> (County, crate::domain::record::Handle) {
    let mut county = County::new();
    let batch = county.harvest(county.plots[0], "SF26A", "2026-11-16", 4_000_000).unwrap();
    (county, batch)
}

/// Refusals that no act of today can lead to: they stand for damage, or behind another check.
const NEVER: &[&str] = &["unreadable-record", "statement-not-normal"];

#[test]
fn every_refusal_has_a_test() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/domain/acts");
    let (mut codes, mut tests) = (std::collections::BTreeSet::new(), String::new());
    let mut waiting = vec![folder];
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let source = std::fs::read_to_string(&path).unwrap();
        if path.parent().is_some_and(|parent| parent.ends_with("tests")) {
            tests.push_str(&source);
            continue;
        }
        for start in ["Refusal::new(\"", "refusal(\"", "Self::new(\""] {
            let found = source.split(start).skip(1).filter_map(|rest| rest.split('"').next());
            codes.extend(found.map(str::to_owned));
        }
    }
    assert!(codes.len() > 60, "{codes:?}");
    let missing: Vec<_> = codes
        .iter()
        .filter(|code| !NEVER.contains(&code.as_str()) && !tests.contains(&format!("\"{code}\"")))
        .collect();
    assert!(missing.is_empty(), "no test produces {missing:?}");
}
