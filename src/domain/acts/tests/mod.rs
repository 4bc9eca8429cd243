//! Acts of the demo county: what each refusal says, and what no sequence of acts may ever do.

mod batches;
mod correct;
mod handing_over;
mod laboratory;
mod licences;
mod making;
mod organisations;
mod packing;
mod plots;
mod products;
mod properties;

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
