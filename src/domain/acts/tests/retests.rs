//! When a hold by a laboratory ends, and when it does not.

use serde_json::{Value, json};

use super::{detail, refused, with_harvest};
use crate::domain::entities::{Batch, Entity, Fact};
use crate::domain::record::{Actor, Handle, Role};
use crate::domain::testing::{County, actor, uscc};

const POSITIVE: &str = "S-1-K";

/// SF26A with a positive screening S-1-K; the sample waits for the instrument.
fn positive() -> (County, Handle, Handle) {
    let (mut county, batch) = with_harvest();
    let by = county.hongqi.clone();
    let sample = county.sample(&by, batch, "S-1", 1_000);
    county.screen(sample, POSITIVE, "56.3").unwrap();
    (county, batch, sample)
}

fn residues(values: &[(&str, &str)]) -> Value {
    let one =
        |(analyte, value): &(&str, &str)| json!({"analyte": analyte, "value": value, "unit": "mg/kg", "limit": "0.05"});
    values.iter().map(one).collect()
}

fn report(number: &str, retests: Option<&str>, values: &[(&str, &str)]) -> Value {
    json!({"report_no": number, "tier": "third_party", "retests": retests, "results": residues(values)})
}

/// A second accredited laboratory with a sample of its own.
fn another_laboratory(county: &mut County, batch: Handle) -> (Actor, Handle) {
    let (operator, by) = (county.operator.clone(), county.hongqi.clone());
    let form = json!({"kind": "laboratory", "name": {"zh": "示范市检测院"}, "uscc": uscc("12999002MA0000555"),
        "accreditation": {"cma": "示范-2026-002", "until": "2029-05-31"}});
    let second = actor(county.register_organisation(&operator, form).unwrap(), Role::Laboratory);
    let drawn = json!({"laboratory": second.org, "code": "S-2", "quantity": 1_000});
    let sample = county.draw(&by, batch, drawn).unwrap();
    county.receive_sample(&second, sample, json!({})).unwrap();
    (second, sample)
}

fn holds(county: &County, batch: Handle) -> Vec<&str> {
    county.it.batch(batch).holds.iter().map(|hold| hold.report_no.as_deref().unwrap()).collect()
}

#[test]
fn a_report_that_names_no_held_report_ends_no_hold() {
    let (mut county, batch, sample) = positive();
    county.test(sample, "R-1", &[("毒死蜱", "<0.01", "2"), ("克百威", "<0.005", "0.02")]).unwrap();
    assert_eq!(holds(&county, batch), [POSITIVE]);
}

#[test]
fn a_positive_screening_is_ended_by_a_panel_of_both_classes_also_of_the_same_laboratory() {
    let (mut county, batch, sample) = positive();
    let laboratory = county.laboratory.clone();
    let passing = report("R-1", Some(POSITIVE), &[("毒死蜱", "0.01"), ("克百威", "0.005"), ("联苯菊酯", "0.01")]);
    county.report(&laboratory, sample, passing).unwrap();
    assert_eq!(holds(&county, batch), [""; 0]);
    let chain = county.it.chain(batch);
    let kinds: Vec<_> = chain.iter().skip(2).map(|record| record.kind.as_str()).collect();
    assert_eq!(kinds, ["test.reported", "batch.held", "test.reported", "batch.released"]);
    assert_eq!(chain[3].body["failed"], json!([{"analyte": "酶抑制率", "limit": "50", "rule": "below", "unit": "%"}]));
    assert_eq!(chain[4].body["retests"], POSITIVE);
    let released = &chain[5].body;
    assert_eq!((&released["report_no"], &released["ends_report_no"]), (&json!("R-1"), &json!(POSITIVE)));
    assert_eq!(released["ends_laboratory"], laboratory.org.to_string());
    assert_eq!(county.it.replayed(), county.it.states());
}

#[test]
fn a_panel_without_one_of_the_classes_that_the_screening_sees_writes_nothing() {
    let (mut county, batch, sample) = positive();
    let laboratory = county.laboratory.clone();
    let before = county.it.log.len();
    let missing = [
        ("联苯菊酯", "有机磷 (organophosphate)、氨基甲酸酯 (carbamate)"),
        ("多菌灵", "有机磷 (organophosphate)、氨基甲酸酯 (carbamate)"),
        ("甲拌磷", "氨基甲酸酯 (carbamate)"),
        ("涕灭威", "有机磷 (organophosphate)"),
    ];
    for (active, lacks) in missing {
        let refusal = county.report(&laboratory, sample, report("R-1", Some(POSITIVE), &[(active, "0.01")]));
        let refusal = refused(refusal, "retest-incomplete", "results", lacks, "");
        assert_eq!((detail(&refusal, "report"), detail(&refusal, "lot")), (POSITIVE, "SF26A"));
    }
    // No limit, no verdict: the analyte stands there and has not passed.
    let mut open = report("R-1", Some(POSITIVE), &[("毒死蜱", "0.01"), ("克百威", "0.01")]);
    open["results"][1]["limit"] = Value::Null;
    let refusal = county.report(&laboratory, sample, open);
    refused(refusal, "retest-incomplete", "results", "氨基甲酸酯 (carbamate)", "");
    assert_eq!(county.it.log.len(), before);
    assert_eq!(holds(&county, batch), [POSITIVE]);
}

#[test]
fn a_retest_names_a_report_that_holds_the_batch_and_is_itself_of_an_instrument() {
    let (mut county, _, sample) = positive();
    let laboratory = county.laboratory.clone();
    let panel = [("毒死蜱", "0.01"), ("克百威", "0.005")];
    let unknown = refused(
        county.report(&laboratory, sample, report("R-1", Some("S-9-K"), &panel)),
        "not-held-by-report",
        "retests",
        "S-9-K",
        POSITIVE,
    );
    assert_eq!(detail(&unknown, "lot"), "SF26A");
    for tier in ["screening", "own"] {
        let mut quick = report("R-1", Some(POSITIVE), &panel);
        quick["tier"] = json!(tier);
        let refusal = county.report(&laboratory, sample, quick);
        refused(refusal, "retest-by-instrument", "retests", POSITIVE, "third_party");
    }
    county.report(&laboratory, sample, report("R-1", Some(POSITIVE), &panel)).unwrap();
    let again = county.report(&laboratory, sample, report("R-2", Some(POSITIVE), &panel));
    refused(again, "not-held-by-report", "retests", POSITIVE, "–");
}

#[test]
fn a_failed_test_is_ended_by_another_laboratory_that_passed_all_that_failed() {
    let (mut county, batch) = with_harvest();
    let (by, laboratory) = (county.hongqi.clone(), county.laboratory.clone());
    let sample = county.sample(&by, batch, "S-1", 1_000);
    let failing = [("联苯菊酯", "0.083"), ("毒死蜱", "0.06"), ("克百威", "0.01")];
    county.report(&laboratory, sample, report("R-1", None, &failing)).unwrap();
    let passing = [("联苯菊酯", "0.04"), ("毒死蜱", "0.01")];
    let own = county.report(&laboratory, sample, report("R-2", Some("R-1"), &passing));
    let own = refused(own, "retest-by-another", "retests", "R-1", "");
    assert_eq!(detail(&own, "lot"), "SF26A");
    let (second, its_sample) = another_laboratory(&mut county, batch);
    let half = county.report(&second, its_sample, report("Z-1", Some("R-1"), &passing[..1]));
    refused(half, "retest-incomplete", "results", "毒死蜱", "");
    county.report(&second, its_sample, report("Z-1", Some("R-1"), &passing)).unwrap();
    assert_eq!(holds(&county, batch), [""; 0]);
    let reports = county.it.chain(batch).iter().filter(|record| record.kind == "test.reported").count();
    assert_eq!(reports, 2, "both reports stay");
    county.it.verify(batch);
}

#[test]
fn a_failed_retest_ends_nothing_and_holds_once_more() {
    let (mut county, batch, sample) = positive();
    let laboratory = county.laboratory.clone();
    county.report(&laboratory, sample, report("R-1", Some(POSITIVE), &[("毒死蜱", "0.06")])).unwrap();
    assert_eq!(holds(&county, batch), [POSITIVE, "R-1"]);
}

#[test]
fn a_retest_ends_the_hold_of_the_report_it_names_and_no_other() {
    let (mut county, batch, sample) = positive();
    let laboratory = county.laboratory.clone();
    county.screen(sample, "S-1-K2", "60").unwrap();
    let panel = [("毒死蜱", "0.01"), ("克百威", "0.005")];
    county.report(&laboratory, sample, report("R-1", Some(POSITIVE), &panel)).unwrap();
    assert_eq!(holds(&county, batch), ["S-1-K2"]);
}

#[test]
fn where_two_laboratories_gave_one_number_the_retest_says_whose_it_tests_again() {
    let (mut county, batch, sample) = positive();
    let laboratory = county.laboratory.clone();
    let (second, its_sample) = another_laboratory(&mut county, batch);
    let positive_too = json!({"report_no": POSITIVE, "tier": "screening", "results": [
        {"analyte": "酶抑制率", "value": "70", "unit": "%", "limit": "50", "rule": "below"}]});
    county.report(&second, its_sample, positive_too).unwrap();
    let mut retest = report("R-1", Some(POSITIVE), &[("毒死蜱", "0.01"), ("克百威", "0.005")]);
    let refusal = county.report(&laboratory, sample, retest.clone());
    let both = format!("{} {}", laboratory.org, second.org);
    let refusal = refused(refusal, "retests-laboratory-required", "retests_laboratory", "", both);
    assert_eq!(detail(&refusal, "report"), POSITIVE);
    retest["retests_laboratory"] = json!(second.org);
    county.report(&laboratory, sample, retest).unwrap();
    let left: Vec<_> = county.it.batch(batch).holds.iter().map(|hold| hold.laboratory).collect();
    assert_eq!(left, [Some(laboratory.org)]);
}

#[test]
fn holds_and_releases_from_before_what_failed_was_recorded_still_apply() {
    let (mut county, batch, sample) = positive();
    let laboratory = county.laboratory.clone();
    county
        .report(&laboratory, sample, report("R-1", Some(POSITIVE), &[("毒死蜱", "0.01"), ("克百威", "0.005")]))
        .unwrap();
    let nothing = std::collections::BTreeMap::new();
    let mut state = None;
    for mut record in county.it.chain(batch) {
        for field in ["failed", "retests", "ends_report_no", "ends_laboratory"] {
            record.body.remove(field);
        }
        state = Some(Entity::apply(state, &Fact { record: &record, opened: &nothing, correction: None }).unwrap());
        let Some(Entity::Batch(state)) = &state else { panic!("{state:?}") };
        let expected = usize::from(record.kind == "batch.held" || record.seq == 4);
        assert_eq!(state.holds.len(), expected, "after {}", record.kind);
    }
}

#[test]
fn a_hold_that_does_not_say_what_failed_is_not_shown_to_be_covered() {
    let (mut county, batch, sample) = positive();
    let laboratory = county.laboratory.clone();
    let Entity::Batch(state) = &mut county.it.subjects.get_mut(&batch).unwrap().entity else { panic!("no batch") };
    state.holds[0].failed.clear();
    let panel = [("毒死蜱", "0.01"), ("克百威", "0.005")];
    let refusal = county.report(&laboratory, sample, report("R-1", Some(POSITIVE), &panel));
    refused(refusal, "retest-incomplete", "results", "–", "");
}

#[test]
fn a_batch_keeps_fifty_passing_reports_and_still_takes_one_that_fails() {
    let (mut county, batch) = with_harvest();
    let by = county.hongqi.clone();
    let sample = county.sample(&by, batch, "S-1", 1_000);
    for number in 0..Batch::MOST_PANELS {
        county.test(sample, &format!("R-{number}"), &[("联苯菊酯", "0.01", "0.05")]).unwrap();
    }
    let over = county.test(sample, "R-50", &[("联苯菊酯", "0.01", "0.05")]);
    let over = refused(over, "too-many-reports", "report_no", "R-50", 50);
    assert_eq!(detail(&over, "lot"), "SF26A");
    county.screen(sample, "K-1", "12").unwrap();
    county.test(sample, "R-50", &[("联苯菊酯", "0.06", "0.05")]).unwrap();
    assert_eq!(holds(&county, batch), ["R-50"]);
}

#[test]
fn a_retest_clears_nothing_against_a_laxer_limit_in_another_unit_or_by_a_method_that_could_not_see_it() {
    let (mut county, batch) = with_harvest();
    let by = county.hongqi.clone();
    let sample = county.sample(&by, batch, "S-1", 1_000);
    let first = county.laboratory.clone();
    county.report(&first, sample, report("R-1", None, &[("联苯菊酯", "0.083")])).unwrap();
    let (second, sample) = another_laboratory(&mut county, batch);
    let one = |value: &str, qualifier: &str, unit: &str, limit: &str, rule: &str| {
        json!({"report_no": "R-2", "tier": "third_party", "retests": "R-1", "results": [{"analyte": "联苯菊酯",
            "value": value, "qualifier": qualifier, "unit": unit, "limit": limit, "rule": rule}]})
    };
    let before = county.it.log.len();
    for wrong in [
        one("0.083", "equals", "mg/kg", "0.5", "at_most"),
        one("0.01", "equals", "g/kg", "0.05", "at_most"),
        one("0.10", "below_loq", "mg/kg", "0.05", "at_most"),
        one("0.10", "not_detected", "mg/kg", "0.05", "at_most"),
        one("0.06", "equals", "mg/kg", "0.05", "at_least"),
    ] {
        let refusal = county.report(&second, sample, wrong);
        refused(refusal, "retest-incomplete", "results", "联苯菊酯", "");
    }
    assert_eq!((county.it.log.len(), holds(&county, batch)), (before, vec!["R-1"]));
    county.report(&second, sample, one("0.01", "below_loq", "mg/kg", "0.05", "at_most")).unwrap();
    assert_eq!(holds(&county, batch), [""; 0]);
}
