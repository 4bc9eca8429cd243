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

/// 红旗's lot SF26A with one sprayed active and a sample in the laboratory.
fn with_spray() -> (County, crate::domain::record::Handle, crate::domain::record::Handle) {
    let mut county = County::new();
    let (by, plot) = (county.hongqi.clone(), county.plots[0]);
    county.it.at("2026-09-30 10:00");
    let spray = json!({"product": "阿维菌素 1.8% EC", "active": "阿维菌素", "dose": "3000×", "on": "2026-09-30", "interval_days": 14});
    county.treat(&by, plot, spray).unwrap();
    let batch = county.harvest(plot, "SF26A", "2026-11-16", 4_000_000).unwrap();
    let sample = county.sample(&by, batch, "S-1", 1_000);
    (county, batch, sample)
}

#[test]
fn a_test_basis_needs_a_passing_report_that_has_every_active_that_was_used() {
    let (mut county, batch, sample) = with_spray();
    let by = county.hongqi.clone();
    let commissioned = json!({"basis": "commissioned_test"});
    let refusal = refused(county.certify(&by, batch, commissioned.clone()), "no-passing-report", "basis", "test", "");
    assert_eq!(detail(&refusal, "lot"), "SF26A");
    county.test(sample, "R-1", &[("克百威", "<0.005", "0.02")]).unwrap();
    refused(county.certify(&by, batch, commissioned.clone()), "panel-incomplete", "basis", "阿维菌素", "");
    county.test(sample, "R-2", &[("阿维菌素", "<0.005", "0.02")]).unwrap();
    county.certify(&by, batch, commissioned).unwrap();
}

#[test]
fn a_value_without_a_limit_and_the_producers_own_test_are_no_commissioned_test() {
    let (mut county, batch, sample) = with_spray();
    let (by, laboratory) = (county.hongqi.clone(), county.laboratory.clone());
    let commissioned = json!({"basis": "commissioned_test"});
    let result = json!({"analyte": "阿维菌素", "value": "0.01", "unit": "mg/kg"});
    county
        .report(&laboratory, sample, json!({"report_no": "R-1", "tier": "third_party", "results": [result]}))
        .unwrap();
    refused(county.certify(&by, batch, commissioned.clone()), "no-passing-report", "basis", "test", "");
    let result = json!({"analyte": "阿维菌素", "value": "0.01", "unit": "mg/kg", "limit": "0.02"});
    county.report(&laboratory, sample, json!({"report_no": "R-2", "tier": "own", "results": [result]})).unwrap();
    refused(county.certify(&by, batch, commissioned), "no-passing-report", "basis", "test", "");
    county.certify(&by, batch, json!({"basis": "own_test"})).unwrap();
}

#[test]
fn a_certificate_rests_on_passing_reports_of_the_batch_or_of_what_it_was_made_from() {
    let (mut county, batch, sample) = with_spray();
    let (by, laboratory) = (county.hongqi.clone(), county.laboratory.clone());
    county.screen(sample, "K-1", "12.6").unwrap();
    let result = json!({"analyte": "阿维菌素", "value": "0.01", "unit": "mg/kg", "limit": "0.02"});
    county.report(&laboratory, sample, json!({"report_no": "O-1", "tier": "own", "results": [result]})).unwrap();
    county.test(sample, "R-2", &[("阿维菌素", "<0.005", "0.02")]).unwrap();
    county.test(sample, "R-1", &[("克百威", "<0.005", "0.02")]).unwrap();
    county.split(&by, batch, json!({"parts": [{"lot": "SF26A-1", "quantity": 1_000}]})).unwrap();
    let part = county.lot(LOOSE, "SF26A-1");
    let named = |basis: &str, reports: &[&str]| json!({"basis": basis, "reports": reports});
    // Of another tier, a screening, invented: none is a report that the basis may rest on.
    for stranger in ["O-1", "K-1", "R-9"] {
        let refusal = county.certify(&by, part, named("commissioned_test", &["R-2", stranger]));
        let refusal = refused(refusal, "not-a-passing-report", "reports[1]", stranger, "R-2、R-1");
        assert_eq!(detail(&refusal, "lot"), "SF26A-1");
    }
    let refusal = county.certify(&by, part, named("quality_control", &["R-9"]));
    refused(refusal, "not-a-passing-report", "reports[0]", "R-9", "O-1、R-2、R-1");
    // What was used is looked for in the reports that are named, not in others.
    let refusal = county.certify(&by, part, named("commissioned_test", &["R-1"]));
    refused(refusal, "panel-incomplete", "basis", "阿维菌素", "");
    county.certify(&by, part, named("commissioned_test", &["R-2", "R-2"])).unwrap();
    county.certify(&by, part, named("own_test", &["O-1"])).unwrap();
    county.certify(&by, part, json!({"basis": "commissioned_test"})).unwrap();
    county.certify(&by, part, json!({"basis": "quality_control"})).unwrap();
    let issued = county.it.chain(part).into_iter().filter(|record| record.kind == "certificate.issued");
    let reports: Vec<_> = issued.map(|record| record.body.get("reports").cloned().unwrap_or_default()).collect();
    assert_eq!(reports, [json!(["R-2"]), json!(["O-1"]), json!(["R-1", "R-2"]), json!(null)]);
}

#[test]
fn packing_needs_outputs_that_are_packs_of_the_batchs_grade() {
    let (mut county, batch) = with_harvest();
    let by = county.hongqi.clone();
    let day = "2026-11-16";
    refused(
        county.pack(&by, batch, json!({"packed_on": day, "outputs": []})),
        "outputs-required",
        "outputs",
        0,
        "1–100",
    );
    let loose = json!({"packed_on": day, "outputs": [{"gtin": LOOSE, "lot": "P", "packs": 1}]});
    refused(county.pack(&by, batch, loose), "not-a-pack", "outputs[0].gtin", LOOSE, "");
    let ungraded = json!({"packed_on": day, "outputs": [{"gtin": CARTON_SPECIAL, "lot": "P", "packs": 1}]});
    let refusal = refused(county.pack(&by, batch, ungraded), "other-grade", "outputs[0].gtin", CARTON_SPECIAL, "特级");
    assert_eq!(detail(&refusal, "grade"), "-");
    let grading = json!({"input": 50_000, "outputs": [{"lot": "G", "grade": "二级", "quantity": 50_000}]});
    county.grade(&by, batch, grading).unwrap();
    let graded = county.lot(LOOSE, "G");
    let lower = json!({"packed_on": day, "outputs": [{"gtin": CARTON_FIRST, "lot": "P", "packs": 1}]});
    let refusal = refused(county.pack(&by, graded, lower), "other-grade", "outputs[0].gtin", CARTON_FIRST, "一级");
    assert_eq!(detail(&refusal, "grade"), "二级");
}

#[test]
fn packs_and_overfill_together_may_not_exceed_what_is_left() {
    let mut county = County::new();
    let (by, special) = (county.hongqi.clone(), county.good_batch().special);
    let outputs = json!([{"gtin": CARTON_SPECIAL, "lot": "P", "packs": 1}]);
    let form = json!({"packed_on": "2026-11-20", "outputs": outputs, "loss": 1});
    // 537 cartons left 3 kg of 2,688.
    refused(county.pack(&by, special, form), "overdrawn", "outputs", 5_001, 3_000);
}

#[test]
fn the_mark_is_lent_to_one_licensee_for_some_packs_some_time_and_some_number() {
    let mut county = County::new();
    let (by, association) = (county.hongqi.clone(), county.association.clone());
    let special = county.good_batch().special;
    let pack = |licence, packs: u64, day: &str| json!({"packed_on": day, "outputs": [{"gtin": CARTON_SPECIAL, "lot": "P", "packs": packs, "licence": licence}]});
    let riverside = county.riverside.clone();
    let foreign = county.grant_to(&riverside, "LIC-2", "2027-01-01").unwrap();
    let refusal = county.pack(&by, special, pack(foreign, 1, "2026-11-20"));
    refused(refusal, "not-found", "outputs[0].licence", foreign, "");
    let of_mark = |gtin: &str, packs: u64, number: &str, mark, licensee| {
        json!({"number": number, "mark": mark, "licensee": licensee, "gtins": [gtin], "from": "2026-01-01",
            "until": "2026-11-20", "packs": packs})
    };
    let (mark, own) = (county.mark, by.org);
    let other = county.grant(&association, of_mark(LYCHEE_BOX, 10, "LIC-3", mark, own)).unwrap();
    let refusal = county.pack(&by, special, pack(other, 1, "2026-11-19"));
    let refusal = refused(refusal, "licence-other-product", "outputs[0].licence", "LIC-3", "");
    assert_eq!(detail(&refusal, "gtin"), CARTON_SPECIAL);
    let short = county.grant(&association, of_mark(CARTON_SPECIAL, 10, "LIC-4", mark, own)).unwrap();
    let refusal = county.pack(&by, special, pack(short, 1, "2026-11-20"));
    let refusal = refused(refusal, "licence-not-in-force", "outputs[0].licence", "LIC-4", "2026-01-01…2026-11-19");
    assert_eq!(detail(&refusal, "day"), "2026-11-20");
    // Two cartons of two lots under a licence for one.
    let one = county.grant(&association, of_mark(CARTON_FIRST, 1, "LIC-5", mark, own)).unwrap();
    let grade = county.lot(LOOSE, "SF26P011116-Y");
    let output = |lot: &str| json!({"gtin": CARTON_FIRST, "lot": lot, "packs": 1, "licence": one});
    county.lose(&by, grade, json!({"quantity": 1_000, "reason": "rot"})).unwrap();
    let batch = county.harvest(county.plots[2], "SF26C", "2026-11-19", 100_000).unwrap();
    let grading = json!({"input": 100_000, "outputs": [{"lot": "C-Y", "grade": "一级", "quantity": 100_000}]});
    county.grade(&by, batch, grading).unwrap();
    let grade = county.lot(LOOSE, "C-Y");
    let both = json!({"packed_on": "2026-11-19", "outputs": [output("P-1"), output("P-2")]});
    let refusal = refused(county.pack(&by, grade, both), "licence-quota", "outputs[0].packs", 2, 1);
    assert_eq!(detail(&refusal, "number"), "LIC-5");
    county.revoke(&association, short, json!({"reason": "使用未登记的纸箱厂"})).unwrap();
    let refusal = county.pack(&by, special, pack(short, 1, "2026-11-19"));
    let refusal = refused(refusal, "licence-revoked", "outputs[0].licence", "LIC-4", "");
    assert_eq!(detail(&refusal, "day"), "2026-11-20");
}

#[test]
fn a_case_holds_whole_packs_and_nothing_else() {
    let mut county = County::new();
    let (by, cartons) = (county.hongqi.clone(), county.good_batch().cartons_first);
    let case = |gtin: &str, net_g: u64| json!({"gtin": gtin, "name": {"zh": "整箱"}, "commodity": "navel_orange", "form": "case", "unit": "pieces", "net_g": net_g});
    let (of_two, uneven) = ("19520000100015", "19520000100022");
    county.register_product(&by, case(of_two, 10_000)).unwrap();
    county.register_product(&by, case(uneven, 12_000)).unwrap();
    let form = |gtin: &str| json!({"packed_on": "2026-11-20", "outputs": [{"gtin": gtin, "lot": "K", "packs": 3}]});
    refused(county.pack(&by, cartons, form(uneven)), "other-unit", "outputs[0].gtin", uneven, "");
    county.pack(&by, cartons, form(of_two)).unwrap();
    assert_eq!(county.it.batch(cartons).balance.output, 6);
}

#[test]
fn a_wait_that_was_not_kept_is_covered_by_a_test_of_what_was_applied_and_by_nothing_else() {
    let (mut county, batch) = with_harvest();
    let (by, plot) = (county.hongqi.clone(), county.plots[0]);
    let sample = county.sample(&by, batch, "S-1", 1_000);
    county.split(&by, batch, json!({"parts": [{"lot": "SF26A-1", "quantity": 1_000}]})).unwrap();
    let part = county.lot(LOOSE, "SF26A-1");
    // Written down after the fruit was picked and divided.
    let spray = json!({"product": "阿维菌素 1.8% EC", "active": "阿维菌素", "dose": "3000×", "on": "2026-11-10", "interval_days": 14});
    county.treat(&by, plot, spray).unwrap();
    let quality = json!({"basis": "quality_control"});
    for batch in [batch, part] {
        let refusal =
            refused(county.certify(&by, batch, quality.clone()), "interval-not-kept", "basis", "quality_control", "");
        for (name, value) in [("active", "阿维菌素"), ("sprayed", "2026-11-10"), ("day", "6"), ("interval", "14")] {
            assert_eq!(detail(&refusal, name), value);
        }
    }
    county.test(sample, "R-1", &[("阿维菌素", "<0.005", "0.02")]).unwrap();
    refused(county.certify(&by, part, quality), "interval-not-kept", "basis", "quality_control", "");
    county.certify(&by, part, json!({"basis": "commissioned_test"})).unwrap();
}

#[test]
fn nothing_is_packed_before_the_first_of_it_was_picked() {
    let mut county = County::new();
    let (by, plot) = (county.hongqi.clone(), county.plots[0]);
    let batch = county.harvest(plot, "SF26A", "2026-11-16", 4_000_000).unwrap();
    let grading = json!({"standard": {"name": "示范县脐橙分级", "edition": "SF-2026"}, "input": 4_000_000, "cull": 0, "loss": 0,
        "outputs": [{"lot": "SF26A-T", "grade": "特级", "quantity": 4_000_000}], "measures": []});
    county.grade(&by, batch, grading).unwrap();
    let special = county.lot(LOOSE, "SF26A-T");
    let pack = |on: &str| json!({"packed_on": on, "outputs": [{"gtin": CARTON_SPECIAL, "lot": "P-1", "packs": 1}]});
    let early = county.pack(&by, special, pack("2026-11-15"));
    refused(early, "packed-before-picked", "packed_on", "2026-11-15", "2026-11-16");
    county.pack(&by, special, pack("2026-11-16")).unwrap();
}
