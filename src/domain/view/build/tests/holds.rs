//! What a page says of a hold: why, by which report or discrepancy, and what ended it.

use serde_json::json;

use super::{figures, good, kinds};
use crate::domain::testing::{County, LOOSE, LYCHEE};
use crate::domain::view::*;

#[test]
fn a_failed_test_holds_the_batch_and_all_that_was_made_from_it_before() {
    let (mut county, good) = good();
    let by = county.hongqi.clone();
    county.it.at("2026-11-21 09:00");
    let sample = county.sample(&by, good.special, "SF-S-0300", 1_000);
    county.test(sample, "SFJC-2026-0300", &[("联苯菊酯", "0.083", "0.05")]).unwrap();
    for batch in [good.special, good.cartons_special] {
        let view = county.it.page(batch);
        assert_eq!((view.verdict, view.hold_reason), (Verdict::Held, Some(HoldReason::TestFailed)));
        let report = view.tests.iter().find(|report| report.verdict == ReportVerdict::Fail).unwrap();
        assert_eq!((report.rows[0].verdict, report.rows[0].share_permille), (RowVerdict::Fail, Some(1660)));
        assert_eq!(report.laboratory.zh, "示范县农产品快检中心");
        assert_eq!(report.sampled_on.as_deref(), Some("2026-11-21"));
        let why =
            json!([{"figure": "held_for", "reason": "test_failed"}, {"figure": "reference", "no": "SFJC-2026-0300"}]);
        assert_eq!(figures(&view, StepKind::Held), why);
    }
    assert_eq!(county.it.page(good.cartons_first).verdict, Verdict::Issued, "a sibling is not held");
}

#[test]
fn a_discrepancy_shows_on_the_batch_and_on_all_that_was_made_from_it_until_it_is_closed() {
    let mut county = County::new();
    let by = county.hongqi.clone();
    let batch = county.harvest(county.plots[0], "SF26A", "2026-11-16", 4_000_000).unwrap();
    county.split(&by, batch, json!({"parts": [{"lot": "SF26A-1", "quantity": 900_000}]})).unwrap();
    county.lose(&by, batch, json!({"quantity": 100_000, "reason": "rot"})).unwrap();
    let less = json!({"seq": 0, "path": "/body/quantity", "new": 999_000, "discrepancy_g": -1_000});
    county.correct_with(&by, batch, less).unwrap();
    let part = county.lot(LOOSE, "SF26A-1");
    for (lot, discrepancy) in [(batch, -1_000), (part, 0)] {
        let view = county.it.page(lot);
        assert_eq!((view.verdict, view.hold_reason), (Verdict::Held, Some(HoldReason::Discrepancy)));
        assert_eq!(view.batch.as_ref().unwrap().discrepancy, discrepancy);
        let open = json!({"figure": "discrepancy", "amount": "1 kg"});
        let held = json!([{"figure": "held_for", "reason": "discrepancy"}, open]);
        assert_eq!(figures(&view, StepKind::Held), held);
        assert_eq!(figures(&view, StepKind::Corrected), json!([open]));
    }
    let lost = json!([{"figure": "weight", "g": 100_000}, {"figure": "lost_by", "reason": "rot"}]);
    assert_eq!(figures(&county.it.page(batch), StepKind::Lost), lost);
    county.correct(&by, batch, 2, "/body/quantity", json!(99_000)).unwrap();
    let view = county.it.page(part);
    assert_eq!(view.verdict, Verdict::Issued);
    assert_eq!(figures(&view, StepKind::Released), json!([{"figure": "held_for", "reason": "discrepancy"}]));
}

#[test]
fn a_discrepancy_of_a_child_is_told_on_its_own_page_though_its_amount_stands_in_the_parent() {
    let mut county = County::new();
    let by = county.hongqi.clone();
    let batch = county.harvest(county.plots[0], "SF26A", "2026-11-16", 4_000_000).unwrap();
    county.split(&by, batch, json!({"parts": [{"lot": "SF26A-1", "quantity": 900_000}]})).unwrap();
    let part = county.lot(LOOSE, "SF26A-1");
    county.lose(&by, part, json!({"quantity": 900_000, "reason": "destroyed"})).unwrap();
    let less = json!({"seq": 1, "path": "/body/parts/0/quantity", "new": 899_950, "discrepancy_g": -50});
    county.correct_with(&by, batch, less).unwrap();
    let view = county.it.page(part);
    let open = json!({"figure": "discrepancy", "amount": "50 g"});
    assert_eq!(figures(&view, StepKind::Held)[1], open);
    let told = view.timeline.iter().filter(|step| serde_json::to_value(&step.figures).unwrap() == json!([open]));
    assert_eq!(told.count(), 1);
    assert_eq!(county.it.page(batch).verdict, Verdict::Issued, "the parent's account adds up");
}

#[test]
fn a_positive_screening_that_an_instrument_cleared_leaves_both_records_and_no_hold() {
    let mut county = County::new();
    let by = county.riverside.clone();
    let plot = county.lychee_plot;
    county.it.at("2026-06-20 17:00");
    let form = json!({"basis": "harvested", "gtin": LYCHEE, "lot": "SF26L010620", "quantity": 1_850_000,
        "plots": [{"plot": plot}], "picked": {"from": "2026-06-20", "to": "2026-06-20"}});
    let batch = county.open(&by, form).unwrap();
    let sample = county.sample(&by, batch, "SF-S-0101", 2_000);
    county.screen(sample, "SF-S-0101-K", "56.3").unwrap();
    assert_eq!(county.it.page(batch).hold_reason, Some(HoldReason::TestFailed));
    let (laboratory, value) = (county.laboratory.clone(), |analyte: &str| {
        json!({"analyte": analyte, "value": "0.01",
        "qualifier": "below_loq", "unit": "mg/kg", "limit": "0.02"})
    });
    let confirming = json!({"report_no": "SFJC-2026-0101", "tier": "third_party", "retests": "SF-S-0101-K",
        "results": [value("克百威"), value("毒死蜱")]});
    county.report(&laboratory, sample, confirming).unwrap();
    let view = county.it.page(batch);
    assert_eq!(view.verdict, Verdict::Issued);
    for kind in [StepKind::Tested, StepKind::Released] {
        let step = view.timeline.iter().find(|step| step.kind == kind).unwrap();
        let retested = |figure: &Figure| matches!(figure, Figure::Retested { no } if no == "SF-S-0101-K");
        assert!(step.figures.iter().any(retested), "{:?}", step.figures);
    }
    let verdicts: Vec<_> = view.tests.iter().map(|report| report.verdict).collect();
    assert_eq!(verdicts, [ReportVerdict::Positive, ReportVerdict::Pass]);
    let (screening, retest) = (&view.tests[0], &view.tests[1]);
    assert_eq!((screening.replaces.as_deref(), screening.replaced_by.as_deref()), (None, Some("SFJC-2026-0101")));
    assert_eq!((retest.replaces.as_deref(), retest.replaced_by.as_deref()), (Some("SF-S-0101-K"), None));
    assert!(kinds(&view).contains(&StepKind::Held) && kinds(&view).contains(&StepKind::Released));
    assert_eq!(view.product.unwrap().kind, ProductKind::Lychee);
}
