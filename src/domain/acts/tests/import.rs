use std::sync::Arc;

use serde_json::json;

use super::detail;
use crate::domain::acts::batches::OpenBatch;
use crate::domain::acts::import::ImportRows;
use crate::domain::acts::{Act, Refusal};
use crate::domain::gs1::Gtin;
use crate::domain::testing::{County, LOOSE, act};

fn rows(county: &County, lots: &[&str]) -> ImportRows {
    let row = |lot: &&str| -> Arc<dyn Act> {
        let plots = json!([{"plot": county.plots[0]}]);
        Arc::new(act::<OpenBatch>(json!({"basis": "harvested", "gtin": LOOSE, "lot": lot, "quantity": 1_000,
            "plots": plots, "picked": {"from": "2026-11-16", "to": "2026-11-16"}})))
    };
    ImportRows { rows: (2..).zip(lots.iter().map(row)).collect() }
}

#[test]
fn a_file_with_a_refused_row_leaves_nothing_and_names_each_by_its_line() {
    let mut county = County::new();
    county.it.at("2026-11-16 17:00");
    let by = county.hongqi.clone();
    let twice = rows(&county, &["A", "B", "A", "B"]);
    let before = county.it.log.len();
    let refusal = county.it.run(&by, &twice).unwrap_err();
    assert_eq!((refusal.code, detail(&refusal, "count")), ("refused-rows", "2"));
    let lines: Vec<_> =
        refusal.rows.iter().map(|row| (row.line, row.refusal.code, row.refusal.value.as_str())).collect();
    assert_eq!(lines, [(4, "lot-taken", "A"), (5, "lot-taken", "B")]);
    assert_eq!(county.it.log.len(), before);
    let once = rows(&county, &["A", "B"]);
    county.it.run(&by, &once).unwrap();
    assert_eq!(county.it.replayed(), county.it.states());
}

#[test]
fn a_value_that_breaks_the_rule_of_its_type_names_the_rule() {
    let broken = "09520000100010".parse::<Gtin>().unwrap_err();
    let refusal = Refusal::invalid("gtin", &broken);
    let found = (refusal.code, refusal.field.as_str(), refusal.value.as_str(), refusal.expected.as_str());
    assert_eq!(found, ("invalid-value", "gtin", "09520000100010", broken.expected.as_str()));
    assert_eq!(refusal.rule, "gtin-check-digit");
}
