//! A correction that leaves more out than in, as its author and the public meet it.

use serde_json::{Value, json};

use crate::support::{LOOSE, TestApp, batch_path};

fn harvest(new: u64) -> Value {
    json!({"seq": 0, "path": "/body/quantity", "new": new, "reason": "按过磅单更正"})
}

#[actix_web::test]
async fn a_discrepancy_is_asked_for_declared_shown_and_closed() {
    let app = TestApp::start().await;
    let batch = app.harvest(&app.season().await, "SF26P011116", 1_000_000).await;
    let (coop, path) = (&app.cooperative, batch_path(&batch, "corrections"));
    coop.act(&batch_path(&batch, "losses"), json!({"quantity": 600_000, "reason": "rot"})).await;
    let refused = coop.post(&path, harvest(500_000)).await.problem(409, "correct-first");
    assert_eq!(refused["details"]["discrepancy"], "-100000");
    assert!(refused["detail"].as_str().unwrap().contains("discrepancy_g：-100000"), "{refused}");
    let mut declared = harvest(500_000);
    declared["discrepancy_g"] = json!(-100_000);
    coop.act(&path, declared).await;
    let resource = coop.get(&format!("/api/v1/batches/{batch}")).await.ok();
    let balance =
        json!({"input": 500_000, "output": 0, "loss": 600_000, "returned": 0, "discrepancy": -100_000, "rest": 0});
    assert_eq!((&resource["balance"], &resource["holds"]), (&balance, &json!(["discrepancy"])));
    let words = [
        ("zh-CN", "数量核对中：发出的比记录的多 100\u{a0}kg", "腐烂"),
        ("en", "amounts under review: 100\u{a0}kg more went out than is on record", "rot"),
    ];
    for (language, open, loss) in words {
        let page = app.page(LOOSE, "SF26P011116", language).await;
        assert_eq!(page.matches(open).count(), 2, "at the correction and at the hold: {page}");
        assert!(page.contains(loss));
    }
    let certified = coop.post(&batch_path(&batch, "certificates"), json!({"basis": "quality_control"})).await;
    let held = certified.problem(409, "batch-held");
    assert!(held["detail"].as_str().unwrap().contains("数量对不上"), "{held}");
    let closing = json!({"seq": 1, "path": "/body/quantity", "new": 500_000, "reason": "少报", "also": []});
    coop.act(&path, closing).await;
    let resource = coop.get(&format!("/api/v1/batches/{batch}")).await.ok();
    assert_eq!((&resource["balance"]["discrepancy"], &resource["holds"]), (&json!(0), &json!([])));
}

#[actix_web::test]
async fn a_child_and_its_parent_are_corrected_at_once_and_a_rebuilt_store_knows_the_same() {
    let app = TestApp::start().await;
    let batch = app.harvest(&app.season().await, "SF26P011116", 1_000_000).await;
    let (coop, path) = (&app.cooperative, batch_path(&batch, "corrections"));
    let split = json!({"parts": [{"lot": "SF26P011116-1", "quantity": 400_000}]});
    let receipt = coop.act(&batch_path(&batch, "splits"), split).await;
    let opened = receipt["records"].as_array().unwrap().iter().find(|record| record["kind"] == "batch.opened").unwrap();
    let child = opened["subject"].as_str().unwrap().trim_start_matches("batch:").to_owned();
    coop.act(&batch_path(&child, "losses"), json!({"quantity": 400_000, "reason": "eaten"})).await;
    let part = json!({"seq": 1, "path": "/body/parts/0/quantity", "new": 300_000, "reason": "称重有误"});
    coop.post(&path, part.clone()).await.problem(409, "correct-first");
    let mut both = part.clone();
    both["also"] = json!([{"subject": format!("batch:{child}"), "seq": 1, "path": "/body/quantity", "new": 300_000}]);
    coop.act(&path, both).await;
    let mut open = part;
    (open["new"], open["discrepancy_g"]) = (json!(250_000), json!(-50_000));
    coop.act(&path, open).await;
    let resource = coop.get(&format!("/api/v1/batches/{child}")).await.ok();
    assert_eq!((&resource["balance"]["discrepancy"], &resource["holds"]), (&json!(-50_000), &json!(["discrepancy"])));
    let before = app.place.projections();
    app.store.rebuild(&mut |_| {}).unwrap();
    assert_eq!(app.place.projections(), before);
}
