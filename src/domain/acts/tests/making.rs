use serde_json::json;

use super::{detail, refused, with_harvest};
use crate::domain::testing::{CARTON_SPECIAL, LOOSE};

#[test]
fn a_lot_that_is_taken_is_refused_also_where_its_gtin_is_that_of_the_parent() {
    let (mut county, batch) = with_harvest();
    let by = county.hongqi.clone();
    let other = county.harvest(county.plots[1], "SF26B", "2026-11-17", 1_000_000).unwrap();
    let taken = "SF26B";
    let grading = json!({"input": 1_000, "outputs": [{"lot": taken, "grade": "一级", "quantity": 1_000}]});
    let refusal = refused(county.grade(&by, batch, grading), "lot-taken", "outputs[0].lot", taken, "");
    assert_eq!(detail(&refusal, "gtin"), LOOSE);
    let split = json!({"parts": [{"lot": "SF26A-1", "quantity": 10}, {"lot": taken, "quantity": 10}]});
    refused(county.split(&by, batch, split), "lot-taken", "parts[1].lot", taken, "");
    let merge = json!({"lot": taken, "parents": [{"batch": batch, "quantity": 10}, {"batch": other, "quantity": 10}]});
    refused(county.merge(&by, merge), "lot-taken", "lot", taken, "");
}

#[test]
fn a_lot_named_twice_in_one_act_is_refused() {
    let (mut county, batch) = with_harvest();
    let by = county.hongqi.clone();
    let split = json!({"parts": [{"lot": "SF26A-1", "quantity": 10}, {"lot": "SF26A-1", "quantity": 10}]});
    refused(county.split(&by, batch, split), "lot-taken", "parts[1].lot", "SF26A-1", "");
}

#[test]
fn what_comes_out_may_not_exceed_what_went_in() {
    let (mut county, batch) = with_harvest();
    let by = county.hongqi.clone();
    let dip = json!({"process": "washed", "input": 1_000, "output": 1_001});
    refused(county.process(&by, batch, dip), "outputs-exceed-input", "output", 1_001, 1_000);
    let grading =
        json!({"input": 1_000, "cull": 1, "loss": 1, "outputs": [{"lot": "G", "grade": "一级", "quantity": 999}]});
    refused(county.grade(&by, batch, grading), "outputs-exceed-input", "outputs", 1_001, 1_000);
}

#[test]
fn nothing_takes_more_than_is_left() {
    let (mut county, batch) = with_harvest();
    let by = county.hongqi.clone();
    let over = 4_000_001;
    let grading = json!({"input": over, "outputs": [{"lot": "G", "grade": "一级", "quantity": 1}]});
    let refusal = refused(county.grade(&by, batch, grading), "overdrawn", "input", over, 4_000_000);
    assert_eq!(detail(&refusal, "lot"), "SF26A");
    let dip = json!({"process": "washed", "input": over, "output": 1});
    refused(county.process(&by, batch, dip), "overdrawn", "input", over, 4_000_000);
    let split = json!({"parts": [{"lot": "A", "quantity": 4_000_000}, {"lot": "B", "quantity": 1}]});
    refused(county.split(&by, batch, split), "overdrawn", "parts", over, 4_000_000);
    let other = county.harvest(county.plots[1], "SF26B", "2026-11-17", 1_000).unwrap();
    let merge = json!({"lot": "M", "parents": [{"batch": other, "quantity": 1}, {"batch": batch, "quantity": over}]});
    refused(county.merge(&by, merge), "overdrawn", "parents[1].quantity", over, 4_000_000);
}

#[test]
fn an_act_without_outputs_is_refused() {
    let (mut county, batch) = with_harvest();
    let by = county.hongqi.clone();
    let none = json!({"input": 1_000, "outputs": []});
    refused(county.grade(&by, batch, none), "outputs-required", "outputs", 0, "1–100");
    refused(county.split(&by, batch, json!({"parts": []})), "outputs-required", "parts", 0, "1–100");
}

#[test]
fn a_grade_keeps_the_unit_and_is_loose() {
    let (mut county, batch) = with_harvest();
    let by = county.hongqi.clone();
    let outputs = json!([{"gtin": CARTON_SPECIAL, "lot": "G", "grade": "特级", "quantity": 10}]);
    let grading = json!({"input": 1_000, "outputs": outputs});
    refused(county.grade(&by, batch, grading), "other-unit", "outputs[0].gtin", CARTON_SPECIAL, "");
}

#[test]
fn packs_are_not_graded_again() {
    let mut county = crate::domain::testing::County::new();
    let (by, cartons) = (county.hongqi.clone(), county.good_batch().cartons_first);
    let grading = json!({"input": 10, "outputs": [{"lot": "G", "grade": "二级", "quantity": 10}]});
    refused(county.grade(&by, cartons, grading), "other-unit", "batch", cartons, "loose");
}

#[test]
fn a_merge_wants_several_parents_of_one_product_each_once_and_none_held() {
    let (mut county, batch) = with_harvest();
    let by = county.hongqi.clone();
    let one = json!({"lot": "M", "parents": [{"batch": batch, "quantity": 10}]});
    refused(county.merge(&by, one), "parents-required", "parents", 1, "2–100");
    let twice = json!({"lot": "M", "parents": [{"batch": batch, "quantity": 10}, {"batch": batch, "quantity": 10}]});
    refused(county.merge(&by, twice), "parent-twice", "parents[1].batch", "SF26A", "");
    let grading = json!({"input": 1_000, "outputs": [{"lot": "G", "grade": "一级", "quantity": 1_000}]});
    county.grade(&by, batch, grading).unwrap();
    let graded = county.lot(LOOSE, "G");
    let mixed = json!({"lot": "M", "parents": [{"batch": batch, "quantity": 10}, {"batch": graded, "quantity": 10}]});
    let refusal = refused(county.merge(&by, mixed), "parents-differ", "parents[1].batch", graded, "");
    assert_eq!(detail(&refusal, "lot"), "G");
    let other = county.harvest(county.plots[1], "SF26B", "2026-11-17", 1_000).unwrap();
    let sample = county.sample(&by, other, "S-1", 100);
    county.screen(sample, "S-1-K", "56.3").unwrap();
    let held = json!({"lot": "M", "parents": [{"batch": batch, "quantity": 10}, {"batch": other, "quantity": 10}]});
    let refusal = refused(county.merge(&by, held), "batch-held", "parents[1].batch", other, "");
    assert_eq!(detail(&refusal, "report"), "S-1-K");
}

#[test]
fn a_batch_that_descends_from_too_many_is_refused() {
    let (mut county, batch) = with_harvest();
    let by = county.hongqi.clone();
    let mut merged = Vec::new();
    for hundred in 0..5 {
        let lots: Vec<String> = (0..100).map(|part| format!("P{hundred}-{part}")).collect();
        let parts: Vec<_> = lots.iter().map(|lot| json!({"lot": lot, "quantity": 10})).collect();
        county.split(&by, batch, json!({"parts": parts})).unwrap();
        let parents: Vec<_> = lots.iter().map(|lot| json!({"batch": county.lot(LOOSE, lot), "quantity": 10})).collect();
        merged.push(county.merge(&by, json!({"lot": format!("M{hundred}"), "parents": parents})).unwrap());
    }
    let parents: Vec<_> = merged.iter().map(|batch| json!({"batch": batch, "quantity": 1})).collect();
    let all = json!({"lot": "ALL", "parents": parents});
    // 500 parts, the five they were mixed into, and the harvest.
    refused(county.merge(&by, all), "too-many-ancestors", "parents", 506, 500);
}

#[test]
fn an_unknown_product_is_refused_where_it_is_named() {
    let (mut county, batch) = with_harvest();
    let by = county.hongqi.clone();
    let nobodys = "09520000100063";
    let dip = json!({"process": "cut", "input": 10, "output": 10, "into": {"gtin": nobodys, "lot": "N"}});
    refused(county.process(&by, batch, dip), "unknown-product", "into.gtin", nobodys, "");
}
