//! Corrections that leave more out than in, and corrections that are made together.

use serde_json::{Value, json};

use super::{detail, refused, with_harvest};
use crate::domain::kinds::batches::HoldReason;
use crate::domain::record::Handle;
use crate::domain::testing::{BUYER_CODE, County, LOOSE};

/// SF26A gave 900 kg to SF26A-1 and lost 100 kg; the harvest of 4,000 kg was 999 kg.
fn with_gap() -> (County, Handle) {
    let (mut county, batch) = with_losses();
    let by = county.hongqi.clone();
    county.correct_with(&by, batch, harvest(999_000, Some(-1_000))).unwrap();
    (county, batch)
}

fn with_losses() -> (County, Handle) {
    let (mut county, batch) = with_harvest();
    let by = county.hongqi.clone();
    county.split(&by, batch, json!({"parts": [{"lot": "SF26A-1", "quantity": 900_000}]})).unwrap();
    county.lose(&by, batch, json!({"quantity": 100_000, "reason": "rot"})).unwrap();
    (county, batch)
}

fn harvest(new: u64, discrepancy_g: Option<i64>) -> Value {
    json!({"seq": 0, "path": "/body/quantity", "new": new, "discrepancy_g": discrepancy_g})
}

fn open_gaps(county: &County, batch: Handle) -> (i64, usize) {
    let batch = county.it.batch(batch);
    let held = batch.holds.iter().filter(|hold| hold.reason == HoldReason::Discrepancy).count();
    (batch.balance.discrepancy, held)
}

#[test]
fn a_discrepancy_is_declared_to_the_gram_or_not_at_all() {
    let (mut county, batch) = with_losses();
    let by = county.hongqi.clone();
    for wrong in [None, Some(-999), Some(-1_001), Some(1_000), Some(0)] {
        let refusal = county.correct_with(&by, batch, harvest(999_000, wrong));
        let refusal = refused(refusal, "correct-first", "new", 999_000, 1_000_000);
        assert_eq!(detail(&refusal, "discrepancy"), "-1000");
    }
    for wrong in [-1, 0, 1] {
        let refusal = county.correct_with(&by, batch, harvest(1_000_000, Some(wrong)));
        refused(refusal, "no-discrepancy", "discrepancy_g", wrong, 0);
    }
    let remark = json!({"seq": 0, "path": "/body/picked/from", "new": "2026-11-15", "discrepancy_g": -1});
    refused(county.correct_with(&by, batch, remark), "no-discrepancy", "discrepancy_g", -1, 0);
    county.correct_with(&by, batch, harvest(999_000, Some(-1_000))).unwrap();
    let remark = |gap| json!({"seq": 0, "path": "/body/picked/from", "new": "2026-11-15", "discrepancy_g": gap});
    let standing = county.correct_with(&by, batch, remark(-999));
    refused(standing, "no-discrepancy", "discrepancy_g", -999, -1_000);
    assert_eq!(open_gaps(&county, batch), (-1_000, 1));
    assert_eq!(county.it.batch(batch).rest(), 0);
    assert_eq!(county.it.chain(batch)[3].body["discrepancy_g"], -1_000);
    county.it.verify(batch);
}

#[test]
fn while_a_discrepancy_stands_nothing_is_drawn_and_nothing_made_from_it_goes_out() {
    let (mut county, batch) = with_gap();
    let by = county.hongqi.clone();
    let lose = json!({"quantity": 1, "reason": "rot"});
    refused(county.lose(&by, batch, lose), "overdrawn", "quantity", 1, 0);
    let child = county.lot(LOOSE, "SF26A-1");
    let ship = json!({"to_uscc": BUYER_CODE, "quantity": 1});
    let refusal = refused(county.ship(&by, child, ship), "batch-held", "batch", child, "");
    assert_eq!((detail(&refusal, "lot"), detail(&refusal, "reason")), ("SF26A", "discrepancy"));
}

#[test]
fn the_correction_that_closes_a_discrepancy_ends_its_hold_in_the_same_act() {
    let (mut county, batch) = with_gap();
    let by = county.hongqi.clone();
    let before = county.it.log.len();
    county.correct(&by, batch, 2, "/body/quantity", json!(99_000)).unwrap();
    let kinds: Vec<_> = county.it.log[before..].iter().map(|new| new.record.kind.as_str()).collect();
    assert_eq!(kinds, ["batch.corrected", "batch.released"]);
    assert_eq!(open_gaps(&county, batch), (0, 0));
    assert_eq!(county.it.replayed(), county.it.states());
    county.ship(&by, county.lot(LOOSE, "SF26A-1"), json!({"to_uscc": BUYER_CODE, "quantity": 1})).unwrap();
}

#[test]
fn a_discrepancy_that_changes_is_declared_anew_and_one_that_does_not_is_not() {
    let (mut county, batch) = with_gap();
    let by = county.hongqi.clone();
    county.correct(&by, batch, 0, "/body/picked/from", json!("2026-11-15")).unwrap();
    assert_eq!(open_gaps(&county, batch), (-1_000, 1));
    let smaller = county.correct_with(&by, batch, harvest(999_400, None));
    let smaller = refused(smaller, "correct-first", "new", 999_400, 1_000_000);
    assert_eq!(detail(&smaller, "discrepancy"), "-600");
    county.correct_with(&by, batch, harvest(999_400, Some(-600))).unwrap();
    assert_eq!(open_gaps(&county, batch), (-600, 1));
    assert_eq!(county.it.replayed(), county.it.states());
}

#[test]
fn a_discrepancy_of_a_child_holds_the_child_and_not_the_parent_that_says_it() {
    let (mut county, batch) = with_losses();
    let by = county.hongqi.clone();
    let child = county.lot(LOOSE, "SF26A-1");
    county.lose(&by, child, json!({"quantity": 900_000, "reason": "eaten"})).unwrap();
    let less = json!({"seq": 1, "path": "/body/parts/0/quantity", "new": 899_999, "discrepancy_g": -1});
    county.correct_with(&by, batch, less).unwrap();
    assert_eq!((open_gaps(&county, batch), open_gaps(&county, child)), ((0, 0), (-1, 1)));
    assert_eq!(county.it.replayed(), county.it.states());
    county.it.verify(child);
}

#[test]
fn a_discrepancy_beyond_what_a_record_can_say_is_refused_without_a_value() {
    let (mut county, batch) = with_harvest();
    let by = county.hongqi.clone();
    let most = (1_u64 << 53) - 1;
    let parts: Vec<_> = (0..3).map(|part| json!({"lot": format!("P{part}"), "quantity": 1_000})).collect();
    county.split(&by, batch, json!({"parts": parts})).unwrap();
    let part = |part: u32, discrepancy_g: Option<i64>| {
        let path = format!("/body/parts/{part}/quantity");
        json!({"seq": 1, "path": path, "new": most, "discrepancy_g": discrepancy_g})
    };
    let gap = 4_000_000 - 2_000 - i64::try_from(most).unwrap();
    county.correct_with(&by, batch, part(0, Some(gap))).unwrap();
    let refusal = county.correct_with(&by, batch, part(1, Some(gap * 2)));
    assert_eq!(detail(&refused(refusal, "correct-first", "new", most, most + 2_000), "discrepancy"), "-");
}

#[test]
fn corrections_of_one_command_are_made_in_their_order_and_all_or_none() {
    let (mut county, batch) = with_losses();
    let by = county.hongqi.clone();
    let subject = format!("batch:{batch}");
    let lost = |new: u64| json!({"subject": subject, "seq": 2, "path": "/body/quantity", "new": new});
    let with = |also: Value| json!({"seq": 0, "path": "/body/quantity", "new": 990_000, "also": also});
    let before = county.it.log.len();
    let short = county.correct_with(&by, batch, with(json!([lost(90_001)])));
    refused(short, "correct-first", "new", 990_000, 990_001);
    let same = county.correct_with(&by, batch, with(json!([lost(90_000), lost(90_000)])));
    refused(same, "nothing-changed", "also[1].new", 90_000, "");
    let many: Vec<_> = (0..21).map(|_| lost(90_000)).collect();
    refused(county.correct_with(&by, batch, with(json!(many))), "too-many-corrections", "also", 21, 20);
    assert_eq!(county.it.log.len(), before);
    // The same record twice: the second says what the first left there.
    county.correct_with(&by, batch, with(json!([lost(95_000), lost(90_000)]))).unwrap();
    let chain = county.it.chain(batch);
    assert_eq!((&chain[4].body["old"], &chain[4].body["new"]), (&json!(95_000), &json!(90_000)));
    assert_eq!((county.it.batch(batch).rest(), open_gaps(&county, batch)), (0, (0, 0)));
    assert_eq!(county.it.replayed(), county.it.states());
    county.it.verify(batch);
}

#[test]
fn two_outputs_of_a_grading_and_a_child_with_its_parent_are_corrected_at_once() {
    let (mut county, batch) = with_harvest();
    let by = county.hongqi.clone();
    let grading = json!({"input": 1_000, "outputs": [{"lot": "T", "grade": "特级", "quantity": 600},
        {"lot": "Y", "grade": "一级", "quantity": 400}]});
    county.grade(&by, batch, grading).unwrap();
    let special = county.lot(LOOSE, "T");
    county.lose(&by, special, json!({"quantity": 600, "reason": "eaten"})).unwrap();
    let also = json!([
        {"subject": format!("batch:{special}"), "seq": 1, "path": "/body/quantity", "new": 500},
        {"subject": format!("batch:{batch}"), "seq": 1, "path": "/body/outputs/0/quantity", "new": 500}]);
    let form = json!({"seq": 1, "path": "/body/outputs/1/quantity", "new": 500, "also": also});
    county.correct_with(&by, batch, form).unwrap();
    let rest = |lot: &str| county.it.batch(county.lot(LOOSE, lot)).rest();
    assert_eq!((rest("T"), rest("Y"), county.it.batch(batch).balance.output), (0, 500, 1_000));
    assert_eq!(county.it.replayed(), county.it.states());
}

#[test]
fn nobody_corrects_another_ones_batch_beside_his_own() {
    let (mut county, batch) = with_losses();
    let (by, riverside) = (county.hongqi.clone(), county.riverside.clone());
    let own = county.harvest(county.plots[1], "SF26B", "2026-11-17", 1_000).unwrap();
    let also = json!([{"subject": format!("batch:{batch}"), "seq": 2, "path": "/body/quantity", "new": 1}]);
    let form = json!({"seq": 0, "path": "/body/quantity", "new": 1_001, "also": also});
    let refusal = county.correct_with(&riverside, own, form.clone());
    refused(refusal, "not-found", "also[0].subject", batch, "");
    county.correct_with(&by, own, form).unwrap();
}
