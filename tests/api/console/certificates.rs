//! Goods that need a certificate before they are sold: whoever packs, prints or ships reads that it is still due.

use serde_json::json;

use crate::packs::packed;
use crate::support::desk::{href, texts};
use crate::support::{CARTON, TestApp, batch_path};

#[actix_web::test]
async fn a_packed_batch_asks_for_its_certificate_wherever_it_is_handled_until_it_is_issued() {
    let app = TestApp::start().await;
    let (_, batch, _) = packed(&app).await;
    let page = format!("/console/batches/{batch}");
    let coop = app.desk(&app.cooperative).await;
    for (language, word, verb) in
        [("en", "before it is sold", "Issue the certificate"), ("zh-CN", "还没有开", "开具合格证")]
    {
        *coop.language.borrow_mut() = language;
        let home = texts(&coop.page("/console").await, ".waiting li.is-attention");
        assert!(home.len() == 1 && home[0].contains(word) && home[0].contains(verb), "{home:?}");
        for place in [page.clone(), format!("{page}/label"), format!("{page}/ship")] {
            let here = coop.page(&place).await;
            let warned = texts(&here, "p.notice.is-attention:not([hidden])");
            assert!(warned.iter().any(|text| text.contains(word)), "{place}: {warned:?}");
            assert_eq!(href(&here, verb), format!("{page}/certify"), "{place}");
        }
        assert_eq!(texts(&coop.page(&page).await, ".hero .verb.first"), [verb]);
    }
    coop.done(&format!("{page}/certify"), &[("basis", "quality_control")]).await;
    for place in ["/console".to_owned(), page.clone(), format!("{page}/label"), format!("{page}/ship")] {
        assert!(!coop.page(&place).await.contains("还没有开"), "{place}");
    }
}

#[actix_web::test]
async fn who_prints_the_label_of_a_held_batch_is_warned_and_its_certificate_is_marked_in_public() {
    let app = TestApp::start().await;
    let (_, batch, _) = packed(&app).await;
    app.cooperative.act(&batch_path(&batch, "certificates"), json!({"basis": "quality_control"})).await;
    let scanned = format!("/01/{CARTON}/10/P01");
    let coop = app.desk(&app.cooperative).await;
    let certificate = async || texts(&coop.get(&scanned).await.expect(200).text(), "#certificate .result.is-stop");
    assert!(certificate().await.is_empty());
    let label = format!("/console/batches/{batch}/label");
    assert!(texts(&coop.page(&label).await, "p.notice.is-stop").is_empty());
    let drawn = json!({"laboratory": app.laboratory.id, "code": "S-1", "quantity": 1});
    let sample = app.cooperative.made(&batch_path(&batch, "samples"), drawn).await;
    app.laboratory.act(&format!("/api/v1/samples/{sample}/receipt"), json!({"condition": "完好"})).await;
    let result = json!({"analyte": "啶虫脒", "value": "0.9", "unit": "mg/kg", "limit": "0.5"});
    let report = json!({"report_no": "R-1", "tier": "third_party", "signer": "李签字", "results": [result]});
    app.laboratory.act(&format!("/api/v1/samples/{sample}/reports"), report).await;
    let warned = texts(&coop.page(&label).await, "p.notice.is-stop");
    assert!(warned.len() == 1 && warned[0].contains("暂停销售"), "{warned:?}");
    assert_eq!(certificate().await, ["该批次暂停销售，下面的承诺待核"]);
    app.cooperative.act(&batch_path(&batch, "recalls"), json!({"class": 2, "reason": {"zh": "农残超标"}})).await;
    assert!(texts(&coop.page(&label).await, "p.notice.is-stop")[0].contains("召回"));
    assert_eq!(certificate().await, ["该批次正在召回，下面的承诺待核"]);
}

#[actix_web::test]
async fn a_certificate_covers_what_is_made_after_it_and_nothing_that_had_gone_or_was_mixed_in() {
    let app = TestApp::start().await;
    let (season, coop) = (app.season().await, &app.cooperative);
    let quality = json!({"basis": "quality_control"});
    let due = async || texts(&app.desk(coop).await.page("/console").await, ".waiting li.is-attention");
    let packs = async |batch: &str, lot: &str| {
        let packing =
            json!({"packed_on": "2026-11-19", "loss": 0, "outputs": [{"gtin": CARTON, "lot": lot, "packs": 10}]});
        coop.act(&batch_path(batch, "packings"), packing).await;
    };
    let special = async |lot: &str, grams: u64| {
        let harvest = app.harvest(&season, lot, grams).await;
        let grading = json!({"standard": {"name": "示范县脐橙分级", "edition": "SF-2026"}, "input": grams, "cull": 0,
            "loss": 0, "measures": [], "outputs": [{"lot": format!("{lot}T"), "grade": "特级", "quantity": grams}]});
        crate::packs::opened(&coop.act(&batch_path(&harvest, "gradings"), grading).await)
    };
    let [first, second] = [special("W01", 150_000).await, special("W02", 50_000).await];
    app.on("2026-11-19");
    packs(&first, "P-BEFORE").await;
    app.on("2026-11-20");
    coop.act(&batch_path(&first, "certificates"), quality).await;
    app.on("2026-11-21");
    packs(&first, "P-AFTER").await;
    let waiting = due().await;
    assert!(waiting.len() == 1 && waiting[0].contains("P-BEFORE"), "{waiting:?}");
    // Half of it is certified: that says nothing of the whole.
    let parents = json!([{"batch": first, "quantity": 50_000}, {"batch": second, "quantity": 50_000}]);
    let mixed = coop.made("/api/v1/batches/merges", json!({"lot": "M01", "parents": parents})).await;
    packs(&mixed, "P-MIXED").await;
    let waiting = due().await;
    assert!(waiting.len() == 2 && waiting.iter().any(|line| line.contains("P-MIXED")), "{waiting:?}");
}
