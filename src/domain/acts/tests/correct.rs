use serde_json::{Value, json};

use super::{detail, refused, with_harvest};
use crate::domain::entities::Entity;
use crate::domain::record::Handle;
use crate::domain::testing::{County, LOOSE};

fn seq_of(county: &County, subject: Handle, kind: &str) -> u64 {
    county.it.chain(subject).iter().find(|record| record.kind == kind).unwrap().seq
}

fn harvested_in_2026(county: &County, plot: Handle) -> u64 {
    match &county.it.subjects[&plot].entity {
        Entity::Plot(plot) => plot.harvested[&2026].quantity,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_corrected_harvest_is_corrected_in_its_plot_too() {
    let (mut county, batch) = with_harvest();
    let by = county.hongqi.clone();
    county.correct(&by, batch, 0, "/body/quantity", json!(400_000)).unwrap();
    assert_eq!(county.it.batch(batch).balance.input, 400_000);
    assert_eq!(harvested_in_2026(&county, county.plots[0]), 400_000);
    county.it.verify(batch);
}

/// A harvest of two plots: 3,000 kg and 1,000 kg.
fn with_two_plots() -> (County, Handle) {
    let mut county = County::new();
    let by = county.hongqi.clone();
    county.it.at("2026-11-16 17:00");
    let shares = [(county.plots[0], 3_000_000), (county.plots[2], 1_000_000)];
    let plots: Vec<Value> = shares.iter().map(|(plot, g)| json!({"plot": plot, "quantity": g})).collect();
    let form = json!({"basis": "harvested", "gtin": LOOSE, "lot": "SF26AB", "quantity": 4_000_000, "plots": plots,
        "picked": {"from": "2026-11-15", "to": "2026-11-16"}});
    let batch = county.open(&by, form).unwrap();
    (county, batch)
}

#[test]
fn the_weight_of_several_plots_is_corrected_at_the_plot_and_reaches_the_batch() {
    let (mut county, batch) = with_two_plots();
    let (by, plot) = (county.hongqi.clone(), county.plots[2]);
    let refusal = county.correct(&by, batch, 0, "/body/quantity", json!(3_100_000));
    refused(refusal, "correct-at-plots", "path", "/body/quantity", "");
    let harvested = seq_of(&county, plot, "plot.harvested");
    county.correct(&by, plot, harvested, "/body/quantity", json!(100_000)).unwrap();
    assert_eq!(county.it.batch(batch).balance.input, 3_100_000);
    county.correct(&by, plot, harvested, "/body/quantity", json!(200_000)).unwrap();
    assert_eq!(county.it.batch(batch).balance.input, 3_200_000);
    assert_eq!((harvested_in_2026(&county, county.plots[0]), harvested_in_2026(&county, plot)), (3_000_000, 200_000));
    assert_eq!(county.it.replayed(), county.it.states());
    let wrong = county.correct(&by, plot, harvested, "/body/quantity", json!("a lot"));
    refused(wrong, "wrong-shape", "new", "\"a lot\"", "");
}

#[test]
fn corrected_days_of_picking_reach_every_plot_and_cannot_end_before_they_begin() {
    let (mut county, batch) = with_two_plots();
    let by = county.hongqi.clone();
    county.correct(&by, batch, 0, "/body/picked/from", json!("2026-11-14")).unwrap();
    for plot in [county.plots[0], county.plots[2]] {
        let last = county.it.chain(plot).pop().unwrap();
        assert_eq!((last.kind.as_str(), &last.body["new"]), ("plot.corrected", &json!("2026-11-14")));
    }
    let reversed = county.correct(&by, batch, 0, "/body/picked/to", json!("2026-11-13"));
    refused(reversed, "window-reversed", "new", "2026-11-13", "2026-11-14");
    let whole = county.correct(&by, batch, 0, "/body/picked", json!({"from": "2026-11-10", "to": "2026-11-11"}));
    refused(whole, "not-correctable", "path", "/body/picked", "/body/picked/from");
}

#[test]
fn a_balance_that_would_go_below_nothing_names_the_acts_to_correct_first() {
    let (mut county, batch) = with_harvest();
    let by = county.hongqi.clone();
    county.split(&by, batch, json!({"parts": [{"lot": "SF26A-1", "quantity": 900_000}]})).unwrap();
    county.lose(&by, batch, json!({"quantity": 100_000, "reason": "rot"})).unwrap();
    let refusal = county.correct(&by, batch, 0, "/body/quantity", json!(999_999));
    let refusal = refused(refusal, "correct-first", "new", 999_999, 1_000_000);
    assert_eq!((detail(&refusal, "lot"), detail(&refusal, "discrepancy")), ("SF26A", "-1"));
    let blocking: Vec<_> = refusal.blocking.iter().map(|act| (act.seq, act.kind.as_str())).collect();
    assert_eq!(blocking, [(1, "batch.split"), (2, "batch.lost")]);
    county.correct(&by, batch, 0, "/body/quantity", json!(1_000_000)).unwrap();
    assert_eq!(county.it.batch(batch).rest(), 0);
}

#[test]
fn what_a_parent_gave_is_corrected_at_the_parent_and_reaches_the_child() {
    let (mut county, batch) = with_harvest();
    let by = county.hongqi.clone();
    county.split(&by, batch, json!({"parts": [{"lot": "SF26A-1", "quantity": 900_000}]})).unwrap();
    let child = county.lot(LOOSE, "SF26A-1");
    let refusal = county.correct(&by, child, 0, "/body/quantity", json!(800_000));
    let refusal = refused(refusal, "correct-at-parent", "path", "/body/quantity", "");
    assert_eq!(detail(&refusal, "parent"), batch.to_string());
    let path = "/body/parts/0/quantity";
    county.correct(&by, batch, 1, path, json!(800_000)).unwrap();
    let (parent, child_now) = (county.it.batch(batch), county.it.batch(child));
    assert_eq!((parent.rest(), child_now.rest(), child_now.parents[0].quantity.get()), (3_200_000, 800_000, 800_000));
    county.lose(&by, child, json!({"quantity": 800_000, "reason": "eaten"})).unwrap();
    let blocked = refused(county.correct(&by, batch, 1, path, json!(7)), "correct-first", "new", 7, 800_000);
    assert_eq!(blocked.blocking[0].subject.handle, child);
    let picked = county.correct(&by, child, 0, "/body/picked/from", json!("2026-11-15"));
    refused(picked, "correct-at-parent", "path", "/body/picked/from", "");
}

#[test]
fn a_corrected_output_of_a_processing_step_reaches_the_batch_that_it_made() {
    let (mut county, batch) = with_harvest();
    let by = county.hongqi.clone();
    let peeled = json!({"process": "peeled", "input": 1_000, "output": 700, "into": {"gtin": LOOSE, "lot": "PEELED"}});
    let child = county.process(&by, batch, peeled).unwrap();
    county.correct(&by, batch, 1, "/body/output", json!(650)).unwrap();
    assert_eq!(county.it.batch(child).balance.input, 650);
    let refusal = county.correct(&by, batch, 1, "/body/output", json!(1_001));
    refused(refusal, "outputs-exceed-input", "new", 1_001, 1_000);
}

#[test]
fn no_correction_makes_more_come_out_than_went_in() {
    let (mut county, batch) = with_harvest();
    let by = county.hongqi.clone();
    county.lose(&by, batch, json!({"quantity": 500, "reason": "rot"})).unwrap();
    county.process(&by, batch, json!({"process": "dried", "input": 100, "output": 90})).unwrap();
    // The other loss would hide what this one no longer explains.
    let refusal = county.correct(&by, batch, 2, "/body/output", json!(110));
    refused(refusal, "outputs-exceed-input", "new", 110, 100);
    let grading = json!({"input": 1_000, "outputs": [{"lot": "G", "grade": "一级", "quantity": 900}], "loss": 50});
    county.grade(&by, batch, grading).unwrap();
    let refusal = county.correct(&by, batch, 3, "/body/outputs/0/quantity", json!(951));
    refused(refusal, "outputs-exceed-input", "new", 1_001, 1_000);
}

#[test]
fn a_licensee_cannot_correct_how_much_of_its_quota_it_used() {
    let mut county = County::new();
    let good = county.good_batch();
    let (by, licence) = (county.hongqi.clone(), county.licence);
    let used = seq_of(&county, licence, "licence.used");
    let refusal = county.correct(&by, licence, used, "/body/packs", json!(1));
    refused(refusal, "not-correctable", "subject", format!("licence:{licence}"), "batch plot");
    let packed = seq_of(&county, good.special, "batch.packed");
    let refusal = county.correct(&by, good.special, packed, "/body/outputs/0/packs", json!(1));
    refused(refusal, "not-correctable", "path", "/body/outputs/0/packs", "/body/quantity");
    let refusal = county.correct(&by, good.special, packed, "/body/outputs/0/quantity", json!(1));
    refused(refusal, "not-correctable", "path", "/body/outputs/0/quantity", "");
}

#[test]
fn what_rules_judged_is_not_corrected_but_its_note_is() {
    let (mut county, batch) = with_harvest();
    let by = county.hongqi.clone();
    county.certify(&by, batch, json!({"basis": "quality_control", "note": "第一张"})).unwrap();
    let certificate = seq_of(&county, batch, "certificate.issued");
    let path = "/body/basis";
    let refusal = county.correct(&by, batch, certificate, path, json!("commissioned_test"));
    refused(refusal, "not-correctable", "path", path, "/body/quantity");
    let refusal = county.correct(&by, batch, certificate, "/body/issued_on", json!("2026-11-01"));
    refused(refusal, "not-correctable", "path", "/body/issued_on", "/body/note");
    county.correct(&by, batch, certificate, "/body/note", json!("第二张")).unwrap();
    let sample = county.sample(&by, batch, "S-1", 100);
    county.screen(sample, "S-1-K", "56.3").unwrap();
    let (laboratory, held) = (county.laboratory.clone(), seq_of(&county, batch, "batch.held"));
    let refusal = county.correct(&laboratory, batch, held, "/body/reason", json!("under_enquiry"));
    refused(refusal, "not-correctable", "path", "/body/reason", "/body/note");
}

#[test]
fn only_who_said_it_corrects_it_and_a_stranger_sees_nothing() {
    let (mut county, batch) = with_harvest();
    let (by, riverside) = (county.hongqi.clone(), county.riverside.clone());
    let sample = county.sample(&by, batch, "S-1", 100);
    county.screen(sample, "S-1-K", "12.6").unwrap();
    let reported = seq_of(&county, batch, "test.reported");
    let refusal = county.correct(&by, batch, reported, "/body/note", json!("好"));
    refused(refusal, "not-the-author", "seq", reported, "");
    let refusal = county.correct(&riverside, batch, 0, "/body/quantity", json!(1));
    refused(refusal, "not-found", "subject", batch, "");
    refused(county.correct(&by, batch, 99, "/body/quantity", json!(1)), "not-found", "seq", 99, "");
}

#[test]
fn a_correction_needs_a_place_a_new_value_of_its_shape_and_a_record_that_is_none() {
    let (mut county, batch) = with_harvest();
    let by = county.hongqi.clone();
    let path = "/body/nothing";
    refused(county.correct(&by, batch, 0, path, json!(1)), "nothing-there", "path", path, "");
    let same = county.correct(&by, batch, 0, "/body/quantity", json!(4_000_000));
    refused(same, "nothing-changed", "new", 4_000_000, "");
    let wrong = county.correct(&by, batch, 0, "/body/picked/from", json!("yesterday"));
    assert_eq!(refused(wrong, "invalid-value", "new", "yesterday", "2026-11-18").rule, "civil-date");
    let wrong = county.correct(&by, batch, 0, "/body/picked/from", json!(7));
    assert!(detail(&refused(wrong, "wrong-shape", "new", 7, ""), "reason").contains("expected"));
    let whose = county.correct(&by, batch, 0, "/body/lot", json!("OTHER"));
    refused(whose, "not-correctable", "path", "/body/lot", "/body/quantity");
    county.correct(&by, batch, 0, "/body/quantity", json!(4_000_001)).unwrap();
    let again = county.correct(&by, batch, 1, "/body/quantity", json!(1));
    refused(again, "not-correctable", "seq", 1, "");
}

#[test]
fn what_a_correction_says_reaches_the_state_that_later_acts_are_judged_by() {
    let (mut county, batch) = with_harvest();
    let (by, plot) = (county.hongqi.clone(), county.plots[0]);
    let agent = json!({"product": "咪鲜胺 45% EW", "active": "咪鲜安", "dose": "1000×"});
    let dip = json!({"process": "dipped", "input": 10, "output": 10, "agent": agent});
    county.process(&by, batch, dip).unwrap();
    county.correct(&by, batch, 1, "/body/agent/active", json!("咪鲜胺")).unwrap();
    assert_eq!(county.it.batch(batch).agents[0].active.as_str(), "咪鲜胺");
    county.correct(&by, plot, 0, "/body/area_m2", json!(13_000)).unwrap();
    assert!(matches!(&county.it.subjects[&plot].entity, Entity::Plot(plot) if plot.area_m2 == 13_000));
    assert_eq!(county.it.replayed(), county.it.states());
}

#[test]
fn a_whole_list_is_not_corrected_because_its_figures_stand_in_the_children_too() {
    let (mut county, batch) = with_harvest();
    let by = county.hongqi.clone();
    county.split(&by, batch, json!({"parts": [{"lot": "SF26A-1", "quantity": 1_000}]})).unwrap();
    let split = county.it.chain(batch).last().unwrap().clone();
    let mut lighter = split.body["parts"].clone();
    lighter[0]["quantity"] = json!(1);
    for (path, new) in [("/body/parts", lighter.clone()), ("/body/parts/0", lighter[0].clone())] {
        let refusal = county.correct(&by, batch, split.seq, path, new);
        refused(refusal, "not-correctable", "path", path, "/body/quantity");
    }
}

#[test]
fn a_best_before_that_follows_from_the_product_is_not_corrected() {
    let (mut county, batch) = with_harvest();
    let by = county.hongqi.clone();
    let later = county.correct(&by, batch, 0, "/body/best_before", json!("2099-01-01"));
    refused(later, "not-correctable", "path", "/body/best_before", "/body/quantity");
}
