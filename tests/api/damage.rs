//! Records that changed or vanished on the disk, as the public meets them: no page is made of them and no download holds them.

use crate::support::{CARTON, LOOSE, TestApp, batch_path, scan_path};
use serde_json::json;

/// Bytes of a record are JSON; the weight of a loss is told by this.
const LOSS: u64 = 7_777;

async fn with_a_loss() -> (TestApp, String) {
    let app = TestApp::start().await;
    let season = app.season().await;
    let batch = app.harvest(&season, "SF26P011116", 1_000_000).await;
    app.cooperative.act(&batch_path(&batch, "losses"), json!({"quantity": LOSS, "reason": "drying"})).await;
    (app, batch)
}

async fn is_refused_to_everybody(app: &TestApp, batch: &str) {
    let page = app.anon.get_with(&scan_path(LOOSE, "SF26P011116"), &[("accept", "text/html")]).await;
    assert_eq!(page.status, 500, "{}", page.text());
    for what in ["chain", "history"] {
        app.anon.get(&batch_path(batch, what)).await.problem(500, "internal");
    }
}

#[actix_web::test]
async fn a_record_that_changed_is_on_no_page_and_in_no_download() {
    let (app, batch) = with_a_loss().await;
    let last = app.log_length() - 1;
    let changed = match &app.place {
        crate::engine::Place::Sqlite(_) => "cast(replace(cast(bytes as text), '7777', '7778') as blob)",
        #[cfg(feature = "postgres")]
        crate::engine::Place::Postgres(_) => "convert_to(replace(convert_from(bytes, 'UTF8'), '7777', '7778'), 'UTF8')",
    };
    app.place.execute(&format!("update records set bytes = {changed} where log_index = {last}"));
    is_refused_to_everybody(&app, &batch).await;
}

#[actix_web::test]
async fn a_chain_without_its_end_is_on_no_page_and_in_no_download() {
    let (app, batch) = with_a_loss().await;
    app.place.execute(&format!("delete from records where log_index = {}", app.log_length() - 1));
    is_refused_to_everybody(&app, &batch).await;
    // Nor is it hidden by what is written on top.
    let packing = json!({"packed_on": "2026-11-19", "outputs": [{"gtin": CARTON, "lot": "P1", "packs": 1}]});
    app.cooperative.post(&batch_path(&batch, "packings"), packing).await;
    is_refused_to_everybody(&app, &batch).await;
}

#[actix_web::test]
async fn an_opening_that_changed_is_not_handed_out() {
    let (app, batch) = with_a_loss().await;
    let noted = json!({"to_uscc": crate::support::BUYER[2], "quantity": 10, "order": "PO-1"});
    app.cooperative.act(&batch_path(&batch, "shipments"), noted).await;
    let before = app.cooperative.get(&batch_path(&batch, "openings")).await.expect(200).text();
    assert!(before.contains("PO-1"), "{before}");
    app.place.execute("update openings set value = replace(value, 'PO-1', 'PO-2')");
    app.cooperative.get(&batch_path(&batch, "openings")).await.problem(500, "internal");
}
