//! Pages of the demo county's batches, built from the records that real acts wrote.

use serde_json::json;

use super::scan_view;
use crate::domain::testing::{County, GoodBatch, LOOSE, LYCHEE, LYCHEE_BOX, OFFSET_MINUTES};
use crate::domain::view::*;

mod holds;

fn kinds(view: &ScanView) -> Vec<StepKind> {
    view.timeline.iter().map(|step| step.kind).collect()
}

fn step(view: &ScanView, kind: StepKind) -> &StepView {
    let found = view.timeline.iter().find(|step| step.kind == kind);
    found.unwrap_or_else(|| panic!("no {kind:?} in {:?}", kinds(view)))
}

fn figures(view: &ScanView, kind: StepKind) -> serde_json::Value {
    serde_json::to_value(&step(view, kind).figures).unwrap()
}

fn text(view: &ScanView) -> String {
    serde_json::to_string(view).unwrap()
}

fn good() -> (County, GoodBatch) {
    let mut county = County::new();
    let good = county.good_batch();
    (county, good)
}

#[test]
fn the_good_batch_tells_its_whole_way_from_the_orchard_to_the_carton() {
    use StepKind::*;
    let (county, good) = good();
    let view = county.it.page(good.cartons_special);
    assert_eq!(view.verdict, Verdict::Issued);
    let way =
        [Harvested, Preserved, Cooled, Sampled, SampleReceived, Screened, Graded, Tested, Packed, Certificate, Shipped];
    assert_eq!(kinds(&view), way);
    let harvest = step(&view, Harvested);
    assert_eq!((harvest.date.as_str(), harvest.until.as_deref()), ("2026-11-16", Some("2026-11-17")));
    assert_eq!((harvest.recorded_on.as_deref(), harvest.lot.as_deref()), (None, Some("SF26P011116")));
    assert_eq!(harvest.where_, Some(Bilingual::new("示范县 · SF-P01", "Shifan County · SF-P01")));
    let shown = json!([{"figure": "weight", "g": 9_600_000}, {"figure": "intervals_kept", "last_days": 47}]);
    assert_eq!(figures(&view, Harvested), shown);
    let shown = json!([{"figure": "packs", "count": 537, "net_g": 5000}, {"figure": "weight", "g": 2_685_000}]);
    assert_eq!(figures(&view, Packed), shown);
    assert_eq!(step(&view, Packed).lot, None, "packing made the lot of this page");
    let shares: Vec<_> = step(&view, Graded)
        .figures
        .iter()
        .filter_map(|figure| match figure {
            Figure::GradeShare { grade, g, permille } => Some((grade.zh.as_str(), *g, *permille)),
            _ => None,
        })
        .collect();
    let all = [("特级", 2_688_000, 280), ("一级", 4_416_000, 460), ("二级", 1_728_000, 180), ("等外", 672_000, 70)];
    assert_eq!(shares, all.map(|(grade, g, permille)| (grade, g, Some(permille))));
    assert!(figures(&view, Shipped).to_string().contains(r#"{"figure":"excursion","minutes":40,"tenths":118}"#));
}

#[test]
fn the_good_batch_shows_what_was_found_sprayed_promised_and_licensed() {
    let (county, good) = good();
    let view = county.it.page(good.cartons_special);
    let tiers: Vec<_> = view.tests.iter().map(|report| (report.tier, report.verdict, report.rows.len())).collect();
    let expected = [(Tier::Screening, ReportVerdict::Negative, 1), (Tier::ThirdParty, ReportVerdict::Pass, 12)];
    assert_eq!(tiers, expected);
    let report = &view.tests[1];
    assert_eq!(report.cma_no.as_deref(), Some("示范-2026-001"));
    assert_eq!((report.sampled_on.as_deref(), report.received_on.as_deref()), (Some("2026-11-18"), Some("2026-11-18")));
    assert_eq!(
        (report.rows[2].value.as_str(), report.rows[2].share_permille, report.rows[2].used),
        ("0.058", Some(116), true)
    );
    assert_eq!((report.rows[0].qualifier, report.rows[0].verdict), (Qualifier::BelowLoq, RowVerdict::BelowLoq));
    assert!(report.rows[5].used, "a dip after harvest counts as used");
    assert!(!report.rows[6].used);
    let kept: Vec<_> = view.treatments.iter().map(|it| (it.days_kept, it.kept, it.uses, it.max_uses)).collect();
    assert_eq!(kept[0], (224, true, Some(1), Some(3)));
    assert_eq!(kept[4], (47, true, Some(1), Some(2)));
    let brand = view.brand.unwrap();
    assert!(brand.in_force_at_packing && brand.in_force_today);
    assert_eq!((brand.licence_no.as_str(), brand.until.as_deref()), ("LIC-SF-2026-001", Some("2026-12-31")));
    let certificate = view.certificate.unwrap();
    assert_eq!((certificate.quantity_g, certificate.packs), (2_685_000, Some(537)));
    assert_eq!((certificate.form, certificate.basis), (CertificateForm::Producer, CertificateBasis::CommissionedTest));
    let product = view.product.unwrap();
    assert_eq!((product.kind, product.net_content_g), (ProductKind::Orange, Some(5000)));
    assert_eq!(product.standard, Some(Bilingual::same("示范县脐橙分级 SF-2026")));
    let origin = &view.origins[0];
    assert_eq!(
        (origin.lat_centidegrees, origin.lon_centidegrees, origin.share_permille),
        (Some(3102), Some(10946), None)
    );
    assert_eq!(view.contact.unwrap().phone.as_deref(), Some("000-12345"));
}

#[test]
fn substances_and_grades_have_their_english_names_where_there_is_one() {
    let (county, good) = good();
    let view = county.it.page(good.cartons_special);
    let english = |names: &[&Bilingual]| names.iter().map(|name| name.en.clone()).collect::<Vec<_>>();
    assert_eq!(english(&[view.product.as_ref().unwrap().grade.as_ref().unwrap()]), ["Special grade"]);
    let analytes: Vec<_> = view.tests[1].rows.iter().map(|row| &row.analyte).collect();
    assert_eq!(english(&analytes[..3]), ["Mancozeb", "Buprofezin", "Acetamiprid"]);
    let sprayed = &view.treatments[4];
    assert_eq!(english(&[&sprayed.product, sprayed.active.as_ref().unwrap()]), ["Abamectin 1.8% EC", "Abamectin"]);
    assert_eq!(figures(&view, StepKind::Graded)[0]["grade"], json!({"zh": "特级", "en": "Special grade"}));
    assert_eq!(figures(&view, StepKind::Preserved)[0]["active"], json!({"zh": "咪鲜胺", "en": "Prochloraz"}));
}

#[test]
fn what_the_page_names_as_checked_is_the_history_that_can_be_downloaded() {
    let (county, good) = good();
    let batch = good.cartons_special;
    let checks = county.it.page(batch).checks.unwrap();
    let verified = county.it.verify(batch);
    assert!(checks.chain_ok && checks.history_ok);
    assert_eq!((checks.records, checks.subjects), (verified.records as u64, verified.subjects as u64));
    assert_eq!(checks.head, verified.head.to_string());
    assert_eq!(checks.history_url, format!("/api/v1/batches/{batch}/history"));
}

#[test]
fn a_history_that_was_tampered_with_is_not_said_to_be_checked() {
    let (county, good) = good();
    let mut history = county.it.history(good.cartons_special);
    let last = history.len() - 2;
    history[last].body.insert("packed_on".into(), json!("2026-11-18"));
    let view = scan_view(&history, &[], good.cartons_special, county.it.now, OFFSET_MINUTES).unwrap();
    assert!(!view.checks.unwrap().history_ok);
}

#[test]
fn the_page_of_a_harvest_tells_all_that_it_gave_and_the_page_of_a_sibling_only_its_own_way() {
    let (county, good) = good();
    let harvest = county.it.page(good.harvest);
    assert_eq!(harvest.batch.as_ref().unwrap().state, "graded");
    assert!(!kinds(&harvest).contains(&StepKind::Packed), "a child's life is the child's page");
    let first = county.it.page(good.cartons_first);
    assert!(!kinds(&first).contains(&StepKind::Shipped), "only the other grade was shipped");
    assert!(!text(&first).contains("SF26P011116T"));
    assert_eq!(first.certificate.map(|it| it.issued_on), None, "the certificate is the other grade's");
}

#[test]
fn a_later_report_names_a_laboratory_that_the_history_itself_does_not_know() {
    let mut county = County::new();
    let by = county.hongqi.clone();
    let batch = county.harvest(county.plots[1], "SF26P021212", "2026-12-12", 1_000_000).unwrap();
    county.split(&by, batch, json!({"parts": [{"lot": "SF26P021212-1", "quantity": 10_000}]})).unwrap();
    let sample = county.sample(&by, batch, "SF-S-0400", 1_000);
    county.test(sample, "SFJC-2026-0400", &[("克百威", "<0.005", "0.02")]).unwrap();
    let view = county.it.page(county.lot(LOOSE, "SF26P021212-1"));
    assert_eq!(view.tests[0].laboratory.zh, "示范县农产品快检中心");
    assert_eq!(view.tests[0].sampled_on.as_deref(), Some("2026-12-12"));
}

#[test]
fn past_its_date_it_is_expired_and_on_the_date_it_is_not() {
    let mut county = County::new();
    let by = county.riverside.clone();
    let plot = county.lychee_plot;
    county.it.at("2026-06-20 17:00");
    let form = json!({"basis": "harvested", "gtin": LYCHEE, "lot": "SF26L010620", "quantity": 1_850_000,
        "plots": [{"plot": plot}], "picked": {"from": "2026-06-20", "to": "2026-06-20"}});
    let batch = county.open(&by, form).unwrap();
    let form =
        json!({"packed_on": "2026-06-20", "outputs": [{"gtin": LYCHEE_BOX, "lot": "SF26L010620B", "packs": 1640}]});
    county.pack(&by, batch, form).unwrap();
    let boxes = county.lot(LYCHEE_BOX, "SF26L010620B");
    county.it.at("2026-06-27 23:50");
    assert_eq!(county.it.page(boxes).verdict, Verdict::Issued);
    county.it.at("2026-06-28 00:01");
    let view = county.it.page(boxes);
    assert_eq!(view.verdict, Verdict::Expired);
    assert_eq!(view.product.unwrap().best_before.as_deref(), Some("2026-06-27"));
    assert!(view.brand.is_none(), "it wears no mark");
}

#[test]
fn a_licence_revoked_for_cause_takes_the_right_from_what_was_packed_before() {
    let (mut county, good) = good();
    let (association, licence) = (county.association.clone(), county.licence);
    county.it.at("2026-11-25 09:00");
    county.revoke(&association, licence, json!({"reason": "使用未登记的纸箱厂"})).unwrap();
    let view = county.it.page(good.cartons_special);
    assert_eq!(view.verdict, Verdict::LicenceEnded);
    let brand = view.brand.as_ref().unwrap();
    assert_eq!((brand.in_force_at_packing, brand.until.as_deref()), (false, Some("2026-11-25")));
    let ended = step(&view, StepKind::LicenceEnded);
    assert_eq!(ended.note, Some(Bilingual::same("使用未登记的纸箱厂")));
    assert_eq!(county.it.page(good.special).verdict, Verdict::Issued, "loose goods wear no mark");
}

#[test]
fn a_licence_that_ran_out_after_packing_leaves_the_pack_issued() {
    let (mut county, good) = good();
    county.it.at("2027-01-02 09:00");
    let view = county.it.page(good.cartons_special);
    let brand = view.brand.unwrap();
    assert_eq!((view.verdict, brand.in_force_at_packing, brand.in_force_today), (Verdict::Issued, true, false));
}

#[test]
fn a_recall_of_the_harvest_turns_every_pack_red_and_says_whom_to_ask() {
    let (mut county, good) = good();
    let by = county.hongqi.clone();
    let form = json!({"class": 2, "reason": {"zh": "检出禁用农药", "en": "A banned pesticide was found"}});
    county.recall(&by, good.harvest, form).unwrap();
    let view = county.it.page(good.cartons_first);
    assert_eq!(view.verdict, Verdict::Recalled);
    let recall = view.recall.unwrap();
    assert_eq!((recall.class, recall.since.as_str()), (Some(2), "2026-11-20"));
    assert_eq!(recall.contact.zh, "示范红旗脐橙合作社 000-12345");
    assert_eq!(recall.reason, Bilingual::new("检出禁用农药", "A banned pesticide was found"));
}

#[test]
fn a_corrected_harvest_shows_both_values_and_counts_with_the_new_one() {
    let mut county = County::new();
    let by = county.hongqi.clone();
    county.it.at("2026-11-17 16:00");
    let form = json!({"basis": "harvested", "gtin": LOOSE, "lot": "SF26P011116", "quantity": 96_000_000,
        "plots": [{"plot": county.plots[0]}], "confirm_yield": true,
        "picked": {"from": "2026-11-16", "to": "2026-11-17"}});
    let batch = county.open(&by, form).unwrap();
    county.split(&by, batch, json!({"parts": [{"lot": "SF26P011116-1", "quantity": 100_000}]})).unwrap();
    county.correct(&by, batch, 0, "/body/quantity", json!(9_600_000)).unwrap();
    for handle in [batch, county.lot(LOOSE, "SF26P011116-1")] {
        let view = county.it.page(handle);
        assert_eq!(figures(&view, StepKind::Harvested), json!([{"figure": "weight", "g": 9_600_000}]));
        let corrections: Vec<_> = view.timeline.iter().filter_map(|step| step.correction.as_ref()).collect();
        assert_eq!(corrections.len(), 1, "the plot's side of the same figure is not told twice");
        let fix = corrections[0];
        assert_eq!((fix.old.as_str(), fix.new.as_str()), ("96,000 kg", "9,600 kg"));
        assert_eq!((&fix.what, fix.reason.as_str()), (&Bilingual::new("采收重量", "Harvest weight"), "录入多一个零"));
    }
}

#[test]
fn a_corrected_grade_weight_is_told_once_on_the_page_of_its_child() {
    let (mut county, good) = good();
    let by = county.hongqi.clone();
    let grading = county.it.chain(good.harvest).iter().find(|record| record.kind == "grading.recorded").unwrap().seq;
    county.correct(&by, good.harvest, grading, "/body/outputs/1/quantity", json!(4_415_500)).unwrap();
    let view = county.it.page(good.cartons_first);
    let corrections: Vec<_> = view.timeline.iter().filter_map(|step| step.correction.as_ref()).collect();
    assert_eq!(corrections.len(), 1);
    assert_eq!((corrections[0].old.as_str(), corrections[0].new.as_str()), ("4,416 kg", "4,415.5 kg"));
    let share =
        json!({"figure": "grade_share", "grade": {"zh": "一级", "en": "First grade"}, "g": 4_415_500, "permille": 460});
    assert!(figures(&view, StepKind::Graded).as_array().unwrap().contains(&share));
}

#[test]
fn a_treatment_written_down_after_the_harvest_is_shown_with_the_days_it_was_short_of() {
    let mut county = County::new();
    let by = county.hongqi.clone();
    let plot = county.plots[2];
    let batch = county.harvest(plot, "SF26P031117", "2026-11-17", 6_400_000).unwrap();
    county.split(&by, batch, json!({"parts": [{"lot": "SF26P031117-1", "quantity": 100_000}]})).unwrap();
    let form = json!({"product": "阿维菌素 1.8% EC", "active": "阿维菌素", "dose": "3000×", "on": "2026-11-08", "interval_days": 14});
    county.treat(&by, plot, form).unwrap();
    let view = county.it.page(county.lot(LOOSE, "SF26P031117-1"));
    assert_eq!((view.treatments[0].days_kept, view.treatments[0].kept), (9, false));
    assert_eq!(figures(&view, StepKind::Harvested), json!([{"figure": "weight", "g": 6_400_000}]));
}

#[test]
fn a_mixed_lot_names_both_orchards_with_their_shares_and_both_parents() {
    let mut county = County::new();
    let by = county.hongqi.clone();
    let a = county.harvest(county.plots[0], "SF26A", "2026-11-16", 4_000_000).unwrap();
    let b = county.harvest(county.plots[2], "SF26B", "2026-11-17", 4_000_000).unwrap();
    county.certify(&by, a, json!({"basis": "quality_control"})).unwrap();
    let form =
        json!({"lot": "SF26M", "parents": [{"batch": a, "quantity": 1_000_000}, {"batch": b, "quantity": 3_000_000}]});
    let merged = county.merge(&by, form).unwrap();
    let view = county.it.page(merged);
    let origins: Vec<_> = view.origins.iter().map(|it| (it.site_code.as_str(), it.share_permille)).collect();
    assert_eq!(origins, [("SF-P01", Some(250)), ("SF-P03", Some(750))]);
    assert_eq!(kinds(&view).iter().filter(|kind| **kind == StepKind::Harvested).count(), 2);
    let lots = json!([{"figure": "weight", "g": 4_000_000}, {"figure": "lot", "code": "SF26A", "g": 1_000_000},
        {"figure": "lot", "code": "SF26B", "g": 3_000_000}]);
    assert_eq!(figures(&view, StepKind::Merged), lots);
    assert!(view.certificate.is_none(), "a certificate of one part says nothing about the rest");
    county.certify(&by, merged, json!({"basis": "quality_control"})).unwrap();
    assert_eq!(county.it.page(merged).certificate.unwrap().form, CertificateForm::Buyer);
}

#[test]
fn no_page_names_a_buyer_a_person_or_an_exact_place() {
    let (mut county, good) = good();
    let buyer = county.buyer.clone();
    let shipment = county.it.log.iter().find(|new| new.record.kind == "shipment.sent").unwrap().record.subject.handle;
    let received = county.receive(&buyer, shipment, json!({"lot": "SFJ-26-0451", "quantity": 300})).unwrap();
    let view = county.it.page(received);
    assert_eq!(view.verdict, Verdict::Issued);
    assert_eq!(step(&view, StepKind::Received).who, Bilingual::default());
    assert_eq!(view.product.as_ref().unwrap().producer.zh, "示范红旗脐橙合作社");
    assert_eq!(view.contact.as_ref().unwrap().phone.as_deref(), Some("000-12345"));
    assert_eq!(figures(&view, StepKind::Shipped)[0], json!({"figure": "packs", "count": 300, "net_g": 5000}));
    for page in [text(&view), text(&county.it.page(good.cartons_special))] {
        for secret in ["示范生鲜甲", "000-33333", "91999002MA00003143", "PO-2026", "示范·", "31.0183", "109.464"]
        {
            assert!(!page.contains(secret), "{secret} in {page}");
        }
        assert!(!page.contains(&county.buyer.org.to_string()));
    }
}

#[test]
fn what_came_back_is_told_on_the_batch_it_came_back_to() {
    let (mut county, good) = good();
    let by = county.hongqi.clone();
    let shipment = county.it.log.iter().find(|new| new.record.kind == "shipment.sent").unwrap().record.subject.handle;
    let form = json!({"shipment": shipment, "quantity": 12, "reason": "外箱破损", "note": "雨天"});
    county.give_back(&by, good.cartons_special, form).unwrap();
    let view = county.it.page(good.cartons_special);
    assert_eq!(step(&view, StepKind::Returned).note, Some(Bilingual::same("外箱破损\n雨天")));
    assert_eq!(figures(&view, StepKind::Returned), json!([{"figure": "packs", "count": 12, "net_g": 5000}]));
}

#[test]
fn a_remark_on_a_plot_is_told_with_the_harvest_of_its_season_and_not_of_another() {
    let mut county = County::new();
    let (by, plot) = (county.hongqi.clone(), county.plots[0]);
    county.it.at("2026-05-01 10:00");
    county.note_plot(&by, plot, json!({"note": "新栽防风林"})).unwrap();
    let batch = county.harvest(plot, "SF26A", "2026-11-16", 1_000).unwrap();
    county.it.at("2027-05-01 10:00");
    county.note_plot(&by, plot, json!({"note": "次年修剪"})).unwrap();
    let page = text(&county.it.page(batch));
    assert!(page.contains("新栽防风林") && !page.contains("次年修剪"));
}

#[test]
fn hostile_text_is_carried_as_text_and_files_are_addressed_by_their_hash() {
    let mut county = County::new();
    let by = county.hongqi.clone();
    let evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
    let file = |media: &str, digit: &str| json!({"attachment": {"bytes": 10, "media_type": media, "sha256": digit.repeat(64)}});
    county.it.at("2026-11-16 17:00");
    let form = json!({"basis": "harvested", "gtin": LOOSE, "lot": "SF-<&'", "quantity": 1_000,
        "plots": [{"plot": county.plots[0]}], "picked": {"from": "2026-11-16", "to": "2026-11-16"}, "note": evil,
        "attachments": [file("image/jpeg", "a"), file("application/pdf", "b")], "videos": ["https://video.example/a.mp4"]});
    let batch = county.open(&by, form).unwrap();
    let view = county.it.page(batch);
    let harvest = step(&view, StepKind::Harvested);
    assert_eq!(harvest.note.as_ref().unwrap().zh, evil);
    assert_eq!(harvest.photos, [format!("/attachments/{}", "a".repeat(64))]);
    assert_eq!(harvest.documents, [format!("/attachments/{}", "b".repeat(64))]);
    assert_eq!(view.lot.as_deref(), Some("SF-<&'"));
    assert_eq!(harvest.videos, ["https://video.example/a.mp4"]);
}
