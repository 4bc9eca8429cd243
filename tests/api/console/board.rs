//! Batches by stage: what is left, the oldest on top, what is held marked.

use serde_json::json;

use crate::support::desk::{href, texts};
use crate::support::{TestApp, batch_path};

#[actix_web::test]
async fn the_board_shows_what_is_left_by_stage_the_oldest_on_top_and_what_is_held() {
    let app = TestApp::start().await;
    let season = app.season().await;
    let mut batches = Vec::new();
    for number in 1..=14 {
        batches.push(app.harvest(&season, &format!("L{number:02}"), 1_000).await);
    }
    // Of the second nothing is left: the list has it, the board has not.
    app.cooperative.act(&batch_path(&batches[1], "losses"), json!({"quantity": 1_000, "reason": "rot"})).await;
    let recall = json!({"class": 1, "reason": {"zh": "农药残留超标"}});
    app.cooperative.act(&batch_path(&batches[2], "recalls"), recall).await;
    let coop = app.desk(&app.cooperative).await;
    let list = coop.page("/console/batches").await;
    let board = coop.page(&href(&list, "看板")).await;
    let lanes = texts(&board, ".lane h2");
    assert_eq!(lanes, ["已建立 13", "已分级 0", "已包装 0", "已发运 0"], "{lanes:?}");
    let cards = texts(&board, ".lane li b");
    assert_eq!((cards.len(), cards[0].as_str(), cards[1].as_str()), (12, "L01", "L03"));
    assert_eq!(texts(&board, ".lane li.is-stop b"), ["L03"]);
    assert!(texts(&board, ".lane li .state").join("").contains("召回"));
    let all = coop.page(&href(&board, "全部 13 批")).await;
    assert_eq!(texts(&all, "tbody tr").len(), 13);
    assert!(!texts(&all, "tbody th").contains(&"L02".to_owned()));
    // Nobody else's batches stand on it.
    let other = app.desk(&app.other_cooperative).await;
    assert!(texts(&other.page("/console/batches/board").await, ".lane li").is_empty());
}
