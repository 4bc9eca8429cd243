use serde_json::{Value, json};

use super::{detail, refused, with_harvest};
use crate::domain::record::{Handle, Role};
use crate::domain::testing::{County, actor, uscc};

fn with_sample() -> (County, Handle, Handle) {
    let (mut county, batch) = with_harvest();
    let by = county.hongqi.clone();
    let sample = county.sample(&by, batch, "S-1", 1_000);
    (county, batch, sample)
}

fn report(tier: &str, results: Value) -> Value {
    json!({"report_no": "R-1", "tier": tier, "results": results})
}

fn value(value: &str) -> Value {
    json!({"analyte": "联苯菊酯", "value": value, "unit": "mg/kg", "limit": "0.05"})
}

#[test]
fn a_sample_is_drawn_for_a_laboratory_under_a_new_code_from_what_is_left() {
    let (mut county, batch, _) = with_sample();
    let (by, laboratory) = (county.hongqi.clone(), county.laboratory.org);
    let draw = |laboratory: Handle, code: &str, g: u64| json!({"laboratory": laboratory, "code": code, "quantity": g});
    let own = county.draw(&by, batch, draw(by.org, "S-2", 1));
    refused(own, "unknown-laboratory", "laboratory", by.org, "");
    refused(county.draw(&by, batch, draw(laboratory, "S-1", 1)), "code-taken", "code", "S-1", "");
    let over = county.draw(&by, batch, draw(laboratory, "S-2", 3_999_001));
    refused(over, "overdrawn", "quantity", 3_999_001, 3_999_000);
}

#[test]
fn a_sample_is_received_once_by_its_laboratory_and_not_before_it_was_drawn() {
    let (mut county, batch, received) = with_sample();
    let (by, laboratory, riverside) = (county.hongqi.clone(), county.laboratory.clone(), county.riverside.clone());
    let again = refused(
        county.receive_sample(&laboratory, received, json!({})),
        "sample-already-received",
        "sample",
        received,
        "",
    );
    assert_eq!(detail(&again, "code"), "S-1");
    let form = json!({"laboratory": laboratory.org, "code": "S-2", "quantity": 1});
    let sample = county.draw(&by, batch, form).unwrap();
    let drawn_at = county.it.now;
    refused(county.receive_sample(&riverside, sample, json!({})), "not-found", "sample", sample, "");
    let early = json!({"occurred_at": "2026-11-16T09:00:00.000Z"});
    let refusal = county.receive_sample(&laboratory, sample, early);
    refused(refusal, "received-before-drawn", "occurred_at", "2026-11-16T09:00:00.000Z", drawn_at);
    let waiting = refused(county.screen(sample, "K-1", "12.6"), "sample-not-received", "sample", sample, "");
    assert_eq!(detail(&waiting, "code"), "S-2");
}

#[test]
fn a_report_has_results_and_a_number_of_its_own() {
    let (mut county, _, sample) = with_sample();
    let laboratory = county.laboratory.clone();
    refused(
        county.report(&laboratory, sample, report("screening", json!([]))),
        "results-required",
        "results",
        0,
        "1–300",
    );
    county.report(&laboratory, sample, report("screening", json!([value("0.01")]))).unwrap();
    let again = county.report(&laboratory, sample, report("screening", json!([value("0.01")])));
    refused(again, "report-number-taken", "report_no", "R-1", "");
}

#[test]
fn a_result_is_not_negative_and_its_verdict_follows_from_value_and_limit() {
    let (mut county, _, sample) = with_sample();
    let laboratory = county.laboratory.clone();
    let below = county.report(&laboratory, sample, report("third_party", json!([value("0.01"), value("-0.01")])));
    refused(below, "negative-result", "results[1].value", "-0.01", "0.01");
    let mut softened = value("0.083");
    softened["verdict"] = json!("pass");
    let refusal = county.report(&laboratory, sample, report("third_party", json!([softened])));
    let refusal = refused(refusal, "verdict-contradicts", "results[0].verdict", "pass", "fail");
    assert_eq!((detail(&refusal, "value"), detail(&refusal, "limit")), ("0.083", "0.05"));
}

#[test]
fn only_an_accredited_laboratory_reports_as_a_third_party_and_only_while_it_is() {
    let (mut county, batch) = with_harvest();
    let (by, operator) = (county.hongqi.clone(), county.operator.clone());
    let form = json!({"kind": "laboratory", "name": {"zh": "合作社化验室"}, "uscc": uscc("12999001MA0000222")});
    let plain = actor(county.register_organisation(&operator, form).unwrap(), Role::Laboratory);
    let draw = json!({"laboratory": plain.org, "code": "S-1", "quantity": 1});
    let sample = county.draw(&by, batch, draw).unwrap();
    county.receive_sample(&plain, sample, json!({})).unwrap();
    let refusal = county.report(&plain, sample, report("third_party", json!([value("0.01")])));
    let refusal = refused(refusal, "not-accredited", "tier", "third_party", "screening");
    assert_eq!(detail(&refusal, "day"), "2026-11-16");
    county.it.at("2029-05-31 09:00");
    let batch = county.harvest(county.plots[0], "SF29A", "2029-05-31", 1_000).unwrap();
    let sample = county.sample(&by, batch, "S-2", 10);
    let lapsed = county.test(sample, "R-9", &[("联苯菊酯", "0.01", "0.05")]);
    refused(lapsed, "not-accredited", "tier", "third_party", "screening");
}
