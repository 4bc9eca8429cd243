//! A wait before the harvest that turns out not to have been kept: its own house hears of it as early as whoever scans the goods.

use serde_json::json;

use crate::support::desk::texts;
use crate::support::{LOOSE, TestApp, batch_path};

/// A harvest, and a spray of six days before it that is written down afterwards. Answers the batch and the plot.
async fn broken(app: &TestApp) -> (String, String) {
    let season = app.season().await;
    let batch = app.harvest(&season, "SF26P011116", 9_600_000).await;
    let spray = json!({"product": "阿维菌素 1.8% EC", "active": "阿维菌素", "dose": "3000×", "on": "2026-11-10", "interval_days": 14});
    app.cooperative.act(&format!("/api/v1/plots/{}/treatments", season.plot), spray).await;
    (batch, season.plot)
}

async fn told(app: &TestApp) -> usize {
    let app = app.app.clone();
    actix_web::web::block(move || suyuan::app::notices::tell(&app).unwrap()).await.unwrap()
}

async fn passed(app: &TestApp, batch: &str) {
    let drawn = json!({"laboratory": app.laboratory.id, "code": "S-1", "quantity": 1});
    let sample = app.cooperative.made(&batch_path(batch, "samples"), drawn).await;
    app.laboratory.act(&format!("/api/v1/samples/{sample}/receipt"), json!({"condition": "完好"})).await;
    let result =
        json!({"analyte": "阿维菌素", "qualifier": "below_loq", "value": "0.01", "unit": "mg/kg", "limit": "0.02"});
    let report = json!({"report_no": "R-1", "tier": "third_party", "signer": "李签字", "results": [result]});
    app.laboratory.act(&format!("/api/v1/samples/{sample}/reports"), report).await;
}

#[actix_web::test]
async fn a_wait_that_was_not_kept_waits_at_home_is_told_and_heads_the_page_of_the_batch() {
    let app = TestApp::start().await;
    let (batch, _) = broken(&app).await;
    let page = format!("/console/batches/{batch}");
    let coop = app.desk(&app.cooperative).await;
    for (language, word) in [("zh-CN", "用药间隔没有满足"), ("en", "waiting time was not kept")] {
        *coop.language.borrow_mut() = language;
        let home = texts(&coop.page("/console").await, ".waiting li.is-stop");
        assert!(home.len() == 1 && home[0].contains("SF26P011116") && home[0].contains(word), "{home:?}");
        assert!(home[0].contains("14") && home[0].contains('6'), "{home:?}");
        let head = texts(&coop.page(&page).await, ".notice.is-attention:not([hidden])");
        assert!(head.iter().any(|text| text.contains(word) && text.contains("SF-P01")), "{head:?}");
    }
    *coop.language.borrow_mut() = "zh-CN";
    told(&app).await;
    let notices = texts(&coop.page("/console/notices").await, ".waiting li");
    assert!(notices.len() == 1 && notices[0].contains("用药间隔没有满足"), "{notices:?}");
    assert!(notices[0].contains("SF26P011116 · 阿维菌素 2026-11-10"), "{notices:?}");
    // Nothing is told twice.
    told(&app).await;
    assert_eq!(texts(&coop.page("/console/notices").await, ".waiting li").len(), 1);
    let scanned = coop.get(&format!("/01/{LOOSE}/10/SF26P011116")).await.expect(200).text();
    assert_eq!(texts(&scanned, "#verdict .warn"), ["用药间隔没有满足，见下"]);
}

#[actix_web::test]
async fn no_promise_by_quality_control_covers_a_wait_that_was_not_kept_and_a_passed_test_does() {
    let app = TestApp::start().await;
    let (batch, _) = broken(&app).await;
    let page = format!("/console/batches/{batch}");
    let coop = app.desk(&app.cooperative).await;
    let certify = format!("{page}/certify");
    let before = app.log_length();
    for (language, word) in [("zh-CN", "隔 6 天采收，要求 14 天"), ("en", "6 days later, 14 are required")] {
        *coop.language.borrow_mut() = language;
        let refused = coop.fill(&certify, &[("basis", "quality_control")]).await.expect(409).text();
        let errors = texts(&refused, ".error li");
        assert!(errors.len() == 1 && errors[0].contains(word) && errors[0].contains("SF-P01"), "{errors:?}");
    }
    assert_eq!(app.log_length(), before);
    passed(&app, &batch).await;
    coop.done(&certify, &[("basis", "commissioned_test")]).await;
    let home = texts(&coop.page("/console").await, ".waiting li.is-stop");
    assert!(home.is_empty(), "what was tested waits no longer: {home:?}");
    let head = texts(&coop.page(&page).await, ".notice.is-attention:not([hidden])");
    assert!(head.len() == 1 && head[0].contains("has passed"), "{head:?}");
}

#[actix_web::test]
async fn a_corrected_day_mends_what_was_only_a_slip_of_the_pen() {
    let app = TestApp::start().await;
    let (batch, plot) = broken(&app).await;
    let page = format!("/console/batches/{batch}");
    let coop = app.desk(&app.cooperative).await;
    let slip = json!({"seq": 2, "path": "/body/on", "new": "2026-11-01", "reason": "日期抄错了"});
    app.cooperative.act(&format!("/api/v1/plots/{plot}/corrections"), slip).await;
    let scan = coop.get(&format!("/01/{LOOSE}/10/SF26P011116")).await.expect(200).text();
    assert!(texts(&scan, "#verdict .warn").is_empty());
    assert!(texts(&coop.page(&page).await, ".notice.is-attention:not([hidden])").is_empty());
    coop.done(&format!("{page}/certify"), &[("basis", "quality_control")]).await;
}

#[actix_web::test]
async fn each_wait_that_no_test_answers_is_told_on_the_page_of_the_batch() {
    let app = TestApp::start().await;
    let (batch, plot) = broken(&app).await;
    let spray = json!({"product": "乙螨唑 11% SC", "active": "乙螨唑", "dose": "6000×", "on": "2026-11-12", "interval_days": 30});
    app.cooperative.act(&format!("/api/v1/plots/{plot}/treatments"), spray).await;
    let page = format!("/console/batches/{batch}");
    let coop = app.desk(&app.cooperative).await;
    let told = async || texts(&coop.page(&page).await, ".notice.is-attention:not([hidden])");
    let both = told().await;
    assert!(both.len() == 2 && both[0].contains("阿维菌素") && both[1].contains("乙螨唑"), "{both:?}");
    passed(&app, &batch).await;
    let rest = told().await;
    assert!(rest.len() == 1 && rest[0].contains("乙螨唑") && rest[0].contains("请取样检测"), "{rest:?}");
}

#[actix_web::test]
async fn stock_does_not_count_as_free_what_no_test_answers_for() {
    let app = TestApp::start().await;
    let (batch, _) = broken(&app).await;
    let graded = json!({"input": 9_600_000, "outputs": [{"lot": "G1", "grade": "一级", "quantity": 9_000_000}], "cull": 0, "loss": 0,
        "standard": {"name": "示范县脐橙分级", "edition": "SF-2026"}});
    app.cooperative.act(&batch_path(&batch, "gradings"), graded).await;
    let coop = app.desk(&app.cooperative).await;
    let stock = async || {
        let page = coop.page("/console/stock").await;
        (texts(&page, ".card.table:not(.sums) tbody tr"), texts(&page, ".sums tbody tr"))
    };
    let (rows, sums) = stock().await;
    // What was made from it, and what is left of it.
    assert!(rows.len() == 2 && rows[0].starts_with("G1"), "{rows:?}");
    for (row, left) in rows.iter().zip(["09,000 kg用药间隔没有满足", "0600 kg用药间隔没有满足"]) {
        assert!(row.contains(left), "{row}");
    }
    assert!(sums.iter().any(|sum| sum.contains("09,000 kg")), "{sums:?}");
    passed(&app, &batch).await;
    let (rows, _) = stock().await;
    assert!(rows.iter().all(|row| !row.contains("用药间隔")) && rows[0].contains("9,000 kg0"), "{rows:?}");
}
