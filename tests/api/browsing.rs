//! Pages that list subjects: made once for many, sent once to whoever has them, and never old for long.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::{LOOSE, TestApp, batch_path};

#[actix_web::test]
async fn who_has_a_page_already_is_told_so_in_each_language_by_itself() {
    let app = TestApp::start().await;
    let season = app.season().await;
    app.harvest(&season, "SF26P011116", 1_000).await;
    let (producer, product) = (format!("/producers/{}", app.cooperative.id), format!("/01/{LOOSE}"));
    for path in ["/", producer.as_str(), product.as_str(), &format!("{product}/10/SF26P011116")] {
        let etag = async |language: &str| {
            let page = app.anon.get_with(path, &[("accept-language", language)]).await.expect(200);
            page.header("etag").unwrap_or_else(|| panic!("{path} has no ETag")).to_owned()
        };
        let (english, chinese) = (etag("en").await, etag("zh-CN").await);
        assert_ne!(english, chinese, "{path}");
        let again = [("accept-language", "en"), ("if-none-match", english.as_str())];
        let known = app.anon.get_with(path, &again).await.expect(304);
        assert!(known.bytes.is_empty() && known.header("cache-control").unwrap().starts_with("public, max-age="));
        let other = [("accept-language", "en"), ("if-none-match", chinese.as_str())];
        app.anon.get_with(path, &other).await.expect(200);
    }
}

#[actix_web::test]
async fn a_recall_shows_on_the_products_page_within_five_seconds() {
    let app = TestApp::start().await;
    let season = app.season().await;
    let batch = app.harvest(&season, "SF26P011116", 1_000).await;
    let path = format!("/01/{LOOSE}");
    let before = app.anon.get(&path).await.expect(200).text();
    let recall = json!({"class": 1, "reason": {"zh": "农药残留超标"}});
    app.cooperative.act(&batch_path(&batch, "recalls"), recall).await;
    let since = Instant::now();
    // The three seconds that a browser may keep the page come on top of what passes here.
    while app.anon.get(&path).await.expect(200).text() == before {
        assert!(since.elapsed() < Duration::from_secs(5), "the page is old");
    }
}

#[actix_web::test]
async fn a_list_for_everybody_holds_nothing_of_one_visitors_query() {
    let app = TestApp::start().await;
    app.season().await;
    for path in ["/".to_owned(), format!("/producers/{}", app.cooperative.id), format!("/01/{LOOSE}")] {
        app.anon.get(&format!("{path}?utm_id=somebody")).await.expect(200);
        assert!(!app.anon.get(&path).await.expect(200).text().contains("somebody"), "{path}");
    }
    app.anon.get("/producers/00112233445566778899aabbccddeeff").await.problem(404, "not-found");
}
