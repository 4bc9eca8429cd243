//! What was reported on a sample, in the console: all reports, not the newest alone.

use serde_json::json;

use crate::support::desk::{href, texts};
use crate::support::{TestApp, batch_path};

#[actix_web::test]
async fn all_reports_on_a_sample_are_read_by_the_laboratory_and_by_whoever_drew_it() {
    let app = TestApp::start().await;
    let batch = app.harvest(&app.season().await, "SF26P011116", 1_000_000).await;
    let drawn = json!({"laboratory": app.laboratory.id, "code": "S-1", "quantity": 1000});
    let sample = app.cooperative.made(&batch_path(&batch, "samples"), drawn).await;
    app.laboratory.act(&format!("/api/v1/samples/{sample}/receipt"), json!({})).await;
    let (laboratory, coop) = (app.desk(&app.laboratory).await, app.desk(&app.cooperative).await);
    let report = |number: &str, qualifier: &str, value: &str| {
        json!({"report_no": number, "tier": "third_party", "results": [{"analyte": "啶虫脒", "value": value,
            "qualifier": qualifier, "unit": "mg/kg", "limit": "0.5", "limit_source": "GB 2763-2026"}]})
    };
    let path = format!("/api/v1/samples/{sample}/reports");
    app.laboratory.act(&path, report("R-1", "equals", "0.058")).await;
    assert!(!laboratory.page("/console/samples").await.contains("份报告"), "one is told by its number");
    app.laboratory.act(&path, report("R-2", "below_loq", "0.01")).await;
    for desk in [&laboratory, &coop] {
        let list = desk.page("/console/samples").await;
        assert!(texts(&list, "tbody tr")[0].contains("共 2 份报告"), "{list}");
        let page = desk.page(&href(&list, "S-1")).await;
        let rows = texts(&page, "tbody tr");
        assert!(rows[0].contains("R-2") && rows[0].contains("低于定量限 0.01 mg/kg"), "newest first: {rows:?}");
        assert!(rows[1].contains("R-1") && rows[1].contains("0.058 mg/kg") && rows[1].contains("未超限量"), "{rows:?}");
        let csv = desk.get(&format!("/console/samples/{sample}/reports.csv")).await.expect(200).text();
        assert_eq!(csv.lines().count(), 3, "{csv}");
    }
    let list = coop.page("/console/samples").await;
    assert!(list.contains(&format!("href=\"/console/batches/{batch}\"")), "and the way to the batch: {list}");
    let others = app.desk(&app.other_cooperative).await;
    others.get(&format!("/console/samples/{sample}/reports")).await.expect(404);
}
