//! Repetitions and conditions: the idempotency key, `If-Match`, ETags.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::{TestApp, batch_path, harvest, plot};

fn lost(quantity: u64) -> Value {
    json!({"quantity": quantity, "reason": "rot"})
}

async fn rest(app: &TestApp, batch: &str) -> u64 {
    app.cooperative.get(&format!("/api/v1/batches/{batch}")).await.ok()["balance"]["rest"].as_u64().unwrap()
}

#[actix_web::test]
async fn a_repeated_post_after_a_lost_answer_has_one_effect_and_the_same_answer() {
    let app = TestApp::start().await;
    let batch = app.harvest(&app.season().await, "SF26P011116", 1_000_000).await;
    let key = [("Idempotency-Key", "phone-7/2026-11-16/1")];
    let first = app.cooperative.post_with(&batch_path(&batch, "losses"), &key, lost(100)).await.expect(201);
    let length = app.log_length();
    app.on("2026-11-20");
    let again = app.cooperative.post_with(&batch_path(&batch, "losses"), &key, lost(100)).await.expect(201);
    assert_eq!(again.bytes, first.bytes);
    assert_eq!(again.header("etag"), first.header("etag"));
    assert_eq!((app.log_length(), rest(&app, &batch).await), (length, 999_900));
}

#[actix_web::test]
async fn a_key_stands_for_one_organisation_address_and_body() {
    let app = TestApp::start().await;
    let season = app.season().await;
    let batch = app.harvest(&season, "SF26P011116", 1_000_000).await;
    let key = [("Idempotency-Key", "k")];
    let coop = &app.cooperative;
    coop.post_with(&batch_path(&batch, "losses"), &key, lost(100)).await.expect(201);
    let length = app.log_length();
    let other_body = coop.post_with(&batch_path(&batch, "losses"), &key, lost(101)).await;
    assert_eq!(other_body.problem(422, "idempotency-key-reused")["value"], "k");
    let other_address = coop.post_with(&batch_path(&batch, "closing"), &key, json!({})).await;
    other_address.problem(422, "idempotency-key-reused");
    assert_eq!(app.log_length(), length);
    app.other_cooperative.post_with("/api/v1/plots", &key, plot("JA-1")).await.expect(201);
}

#[actix_web::test]
async fn a_refusal_is_judged_again_with_the_same_key() {
    let app = TestApp::start().await;
    let season = app.season().await;
    app.on("2026-11-15");
    let key = [("Idempotency-Key", "tomorrow")];
    let opening = harvest(&season.plot, "SF26P011116", 1_000);
    let refused = app.cooperative.post_with("/api/v1/batches", &key, opening.clone()).await;
    refused.problem(422, "date-in-future");
    app.on("2026-11-16");
    app.cooperative.post_with("/api/v1/batches", &key, opening).await.expect(201);
}

#[actix_web::test]
async fn the_same_key_at_the_same_moment_has_one_effect() {
    let app = TestApp::start().await;
    let batch = app.harvest(&app.season().await, "SF26P011116", 1_000_000).await;
    let length = app.log_length();
    let key = [("Idempotency-Key", "twenty-taps")];
    let path = batch_path(&batch, "losses");
    let answers = join_all((0..20).map(|_| app.cooperative.post_with(&path, &key, lost(100)))).await;
    let first = answers[0].clone().expect(201);
    assert!(answers.iter().all(|answer| answer.status == 201 && answer.bytes == first.bytes));
    assert_eq!((app.log_length(), rest(&app, &batch).await), (length + 1, 999_900));
}

#[actix_web::test]
async fn a_key_that_is_no_key_is_refused() {
    let app = TestApp::start().await;
    let length = app.log_length();
    for key in ["", "two words", "钥匙", &"k".repeat(201)] {
        let refused = app.cooperative.post_with("/api/v1/plots", &[("Idempotency-Key", key)], plot("SF-P09")).await;
        assert_eq!(refused.problem(400, "bad-header")["field"], "Idempotency-Key");
    }
    assert_eq!(app.log_length(), length);
}

#[actix_web::test]
async fn a_stale_head_is_refused_with_the_new_one_and_the_right_head_writes() {
    let app = TestApp::start().await;
    let batch = app.harvest(&app.season().await, "SF26P011116", 1_000_000).await;
    let path = batch_path(&batch, "losses");
    let seen = app.cooperative.get(&format!("/api/v1/batches/{batch}")).await.expect(200);
    let etag = seen.header("etag").unwrap().to_owned();
    assert_eq!(etag, format!("\"{}\"", seen.json()["head"].as_str().unwrap()));
    let written = app.cooperative.post_with(&path, &[("If-Match", &etag)], lost(100)).await.expect(201);
    let head = written.json()["head"].as_str().unwrap().to_owned();
    assert_eq!(written.header("etag"), Some(format!("\"{head}\"").as_str()));
    assert_eq!(written.header("location"), Some(format!("/api/v1/batches/{batch}").as_str()));
    let length = app.log_length();
    let stale = app.cooperative.post_with(&path, &[("If-Match", &etag)], lost(100)).await.problem(412, "stale");
    assert_eq!((&stale["field"], &stale["expected"]), (&json!("If-Match"), &json!(head)));
    assert_eq!(stale["details"]["seq"], "1");
    for broken in ["*", &head, "\"abc\"", "W/\"x\""] {
        app.cooperative.post_with(&path, &[("If-Match", broken)], lost(100)).await.problem(400, "bad-header");
    }
    assert_eq!(app.log_length(), length);
    app.cooperative.post_with(&path, &[("If-Match", &format!("\"{head}\""))], lost(100)).await.expect(201);
}

#[actix_web::test]
async fn of_two_who_saw_the_same_head_one_writes() {
    let app = TestApp::start().await;
    let batch = app.harvest(&app.season().await, "SF26P011116", 1_000_000).await;
    let etag = app.cooperative.get(&format!("/api/v1/batches/{batch}")).await.header("etag").unwrap().to_owned();
    let path = batch_path(&batch, "losses");
    let condition = [("If-Match", etag.as_str())];
    let answers = join_all((1..=8).map(|grams| app.cooperative.post_with(&path, &condition, lost(grams)))).await;
    let (written, stale): (Vec<_>, Vec<_>) = answers.iter().map(|answer| answer.status).partition(|it| *it == 201);
    assert_eq!((written.len(), stale), (1, vec![412; 7]));
}
