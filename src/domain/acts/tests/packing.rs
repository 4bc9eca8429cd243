use serde_json::json;

use super::{detail, refused, with_harvest};
use crate::domain::kinds::Body;
use crate::domain::kinds::samples::TestReported;
use crate::domain::testing::{CARTON_FIRST, CARTON_SPECIAL, County, LOOSE, LYCHEE_BOX};

#[test]
fn a_pack_commits_to_a_report_that_came_after_its_parent_had_left_the_tested_batch() {
    let mut county = County::new();
    let good = county.good_batch();
    for batch in [good.cartons_special, good.cartons_first] {
        let history = county.it.history(batch);
        let reports: Vec<_> = history.iter().filter_map(|record| TestReported::read(record).ok()).collect();
        let numbers: Vec<_> = reports.iter().map(|report| report.report_no.as_str()).collect();
        assert_eq!(numbers, ["SF-S-0217-K", "SFJC-2026-0217"]);
        county.it.verify(batch);
    }
}

#[test]
fn a_certificate_commits_to_a_report_that_came_after_packing() {
    let (mut county, batch) = with_harvest();
    let by = county.hongqi.clone();
    let sample = county.sample(&by, batch, "S-1", 100);
    county.split(&by, batch, json!({"parts": [{"lot": "SF26A-1", "quantity": 1_000}]})).unwrap();
    let part = county.lot(LOOSE, "SF26A-1");
    county.test(sample, "R-1", &[("克百威", "<0.005", "0.02")]).unwrap();
    county.certify(&by, part, json!({"basis": "commissioned_test", "reports": ["R-1"]})).unwrap();
    assert!(county.it.history(part).iter().any(|record| record.kind == TestReported::KIND));
    county.it.verify(part);
}
