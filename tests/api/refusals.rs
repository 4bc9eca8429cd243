//! Bad input: each is refused with a problem that names slug, field, value and what would be right, in the caller's
//! language, and leaves nothing behind.

use serde_json::{Value, json};

use crate::support::{Answer, CARTON, LOOSE, Season, TestApp, batch_path, harvest, plot};

/// A county with one harvest of 1,000,000 g, and how long the log then was.
struct Scene {
    app: TestApp,
    season: Season,
    batch: String,
    length: usize,
}

impl Scene {
    async fn new() -> Self {
        let app = TestApp::start().await;
        let season = app.season().await;
        let batch = app.harvest(&season, "SF26P011116", 1_000_000).await;
        let length = app.log_length();
        Self { app, season, batch, length }
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        self.app.cooperative.post(path, body).await
    }

    async fn on_batch(&self, what: &str, body: Value) -> Answer {
        self.post(&batch_path(&self.batch, what), body).await
    }

    /// The refusal at `field`; it gives the value and, where there is one, what would be right.
    fn refused(&self, answer: Answer, status: u16, slug: &str, field: &str) -> Value {
        let problem = answer.problem(status, slug);
        assert_eq!(problem["field"], field, "{problem}");
        assert_eq!(self.app.log_length(), self.length, "a refusal left a record: {problem}");
        problem
    }

    /// As [`Scene::refused`], for a value that broke the rule of its type.
    fn invalid(&self, answer: Answer, field: &str, rule: &str) -> Value {
        let problem = self.refused(answer, 400, "invalid-value", field);
        assert_eq!(problem["rule"], rule, "{problem}");
        assert!(problem["expected"].as_str().is_some_and(|text| !text.is_empty()), "nothing expected: {problem}");
        problem
    }
}

#[actix_web::test]
async fn wrong_numbers_of_goods_name_the_right_ones() {
    let scene = Scene::new().await;
    let opening = |name: &str, value: Value| {
        let mut body = harvest(&scene.season.plot, "NEW", 1_000);
        body[name] = value;
        body
    };
    let open = async |name: &str, value: Value| scene.post("/api/v1/batches", opening(name, value)).await;
    let digit = scene.invalid(open("gtin", json!("09520000100019")).await, "gtin", "gtin-check-digit");
    assert_eq!((&digit["value"], &digit["expected"]), (&json!("09520000100019"), &json!("8")));
    scene.invalid(open("gtin", json!("095200001000")).await, "gtin", "gtin-check-digit");
    scene.invalid(open("gtin", json!("0952000010001８")).await, "gtin", "gtin-digits");
    let long = scene.invalid(open("lot", json!("ABCDEFGHIJKLMNOPQRSTU")).await, "lot", "lot-length");
    assert_eq!(long["expected"], "1-20");
    scene.invalid(open("lot", json!("批号")).await, "lot", "lot-character");
    scene.invalid(open("lot", json!("")).await, "lot", "lot-length");
    scene.invalid(open("lot", json!("A B")).await, "lot", "lot-character");
    scene.invalid(open("lot", json!("..")).await, "lot", "lot-dots");
    let unknown = scene.refused(open("gtin", json!("09520000100070")).await, 422, "unknown-product", "gtin");
    assert_eq!(unknown["value"], "09520000100070");
    let taken = scene.refused(open("lot", json!("SF26P011116")).await, 409, "lot-taken", "lot");
    assert_eq!(taken["details"]["gtin"], LOOSE);
    scene.refused(open("gtin", json!(9520000100049_u64)).await, 400, "wrong-type", "gtin");
    let uscc = json!({"kind": "buyer", "name": {"zh": "乙"}, "uscc": "91999003MA0000322D"});
    scene.invalid(scene.app.operator.post("/api/v1/organisations", uscc).await, "uscc", "uscc-check-character");
}

#[actix_web::test]
async fn amounts_are_whole_positive_and_bounded() {
    let scene = Scene::new().await;
    let lose = async |quantity: &str| {
        let body = format!("{{\"quantity\":{quantity},\"reason\":\"rot\"}}");
        scene.app.cooperative.post_text(&batch_path(&scene.batch, "losses"), "application/json", body).await
    };
    for (quantity, rule) in [
        ("0", "amount-positive"),
        ("-1", "amount-positive"),
        ("0.5", "amount-whole"),
        ("1.0", "amount-whole"),
        ("1e2", "amount-whole"),
        ("\"100\"", "amount-whole"),
        ("9007199254740992", "amount-range"),
        ("18446744073709551616", "amount-range"),
        ("1e300", "amount-range"),
    ] {
        scene.invalid(lose(quantity).await, "quantity", rule);
    }
    for quantity in ["null", "true", "[]", "{}"] {
        scene.refused(lose(quantity).await, 400, "wrong-type", "quantity");
    }
    let over = scene.refused(lose("1000001").await, 409, "overdrawn", "quantity");
    assert_eq!((&over["value"], &over["expected"]), (&json!("1000001"), &json!("1000000")));
    // Packs whose grams no 64 bits hold.
    scene.app.on("2026-11-17");
    let packs =
        json!({"packed_on": "2026-11-17", "outputs": [{"gtin": CARTON, "lot": "P", "packs": 9007199254740991_u64}]});
    let answer = scene.on_batch("packings", packs).await;
    assert!((400..500).contains(&answer.status), "{}", answer.text());
    assert_eq!(scene.app.log_length(), scene.length);
}

#[actix_web::test]
async fn nothing_comes_out_that_did_not_go_in() {
    let scene = Scene::new().await;
    let grading = |input: u64, output: u64, cull: u64, loss: u64| json!({"input": input, "outputs": [{"lot": "G", "grade": "特级", "quantity": output}], "cull": cull, "loss": loss});
    let graded = scene.on_batch("gradings", grading(1_000_000, 999_999, 1, 1)).await;
    let one_more = scene.refused(graded, 409, "outputs-exceed-input", "outputs");
    assert_eq!((&one_more["value"], &one_more["expected"]), (&json!("1000001"), &json!("1000000")));
    let graded = scene.on_batch("gradings", grading(1_000_001, 1, 0, 0)).await;
    scene.refused(graded, 409, "overdrawn", "input");
    let most = 9_007_199_254_740_991;
    let graded = scene.on_batch("gradings", grading(most, most, most, most)).await;
    scene.refused(graded, 409, "outputs-exceed-input", "outputs");
    let washed = scene.on_batch("processings", json!({"process": "washed", "input": 10, "output": 11})).await;
    scene.refused(washed, 409, "outputs-exceed-input", "output");
    let split = json!({"parts": [{"lot": "A", "quantity": 1_000_000}, {"lot": "B", "quantity": 1}]});
    scene.refused(scene.on_batch("splits", split).await, 409, "overdrawn", "parts");
    let shares = json!({"basis": "harvested", "gtin": LOOSE, "lot": "TWO", "quantity": 10,
        "plots": [{"plot": scene.season.plot, "quantity": 11}], "picked": {"from": "2026-11-16", "to": "2026-11-16"}});
    scene.refused(scene.post("/api/v1/batches", shares).await, 422, "shares-differ", "quantity");
}

#[actix_web::test]
async fn a_lot_is_taken_whichever_act_would_open_it() {
    let scene = Scene::new().await;
    scene.app.harvest(&scene.season, "SECOND", 1_000).await;
    let shipped = json!({"to_uscc": crate::support::BUYER[2], "quantity": 10});
    let shipment = scene.app.cooperative.made(&batch_path(&scene.batch, "shipments"), shipped).await;
    let second = scene.app.cooperative.get("/api/v1/batches?lot=SECOND").await.ok()["items"][0]["id"].clone();
    let length = scene.app.log_length();
    let grading = json!({"input": 2, "outputs": [{"lot": "SECOND", "grade": "特级", "quantity": 1}]});
    let merge =
        json!({"lot": "SECOND", "parents": [{"batch": scene.batch, "quantity": 1}, {"batch": second, "quantity": 1}]});
    let into = json!({"process": "washed", "input": 1, "output": 1, "into": {"gtin": LOOSE, "lot": "SECOND"}});
    let twice = json!({"parts": [{"lot": "NEW", "quantity": 1}, {"lot": "NEW", "quantity": 1}]});
    let receipt = format!("/api/v1/shipments/{shipment}/receipts");
    for (field, answer) in [
        ("parts[0].lot", scene.on_batch("splits", json!({"parts": [{"lot": "SECOND", "quantity": 1}]})).await),
        ("parts[1].lot", scene.on_batch("splits", twice).await),
        ("outputs[0].lot", scene.on_batch("gradings", grading).await),
        ("into.lot", scene.on_batch("processings", into).await),
        ("lot", scene.post("/api/v1/batches/merges", merge).await),
        ("lot", scene.app.buyer.post(&receipt, json!({"lot": "SECOND", "quantity": 1})).await),
    ] {
        assert_eq!(answer.problem(409, "lot-taken")["field"], field);
    }
    assert_eq!(scene.app.log_length(), length);
}

#[actix_web::test]
async fn dates_lie_in_the_season_and_after_the_interval() {
    let scene = Scene::new().await;
    let picked = async |from: &str, to: &str| {
        let mut body = harvest(&scene.season.plot, "NEW", 1_000);
        body["picked"] = json!({"from": from, "to": to});
        scene.post("/api/v1/batches", body).await
    };
    let ahead = scene.refused(picked("2026-11-16", "2026-11-17").await, 422, "date-in-future", "picked.to");
    assert_eq!((&ahead["value"], &ahead["expected"]), (&json!("2026-11-17"), &json!("2026-11-16")));
    scene.refused(picked("2025-11-14", "2026-11-16").await, 422, "date-before-season", "picked.from");
    scene.refused(picked("2026-11-16", "2026-11-15").await, 422, "window-reversed", "picked.to");
    let no_day = picked("2026-02-30", "2026-11-16").await;
    assert_eq!(scene.refused(no_day, 400, "invalid-value", "picked.from")["value"], "2026-02-30");
    let told = json!({"quantity": 1, "reason": "rot", "occurred_at": "2026-11-16T02:06:00.000Z"});
    scene.refused(scene.on_batch("losses", told).await, 422, "date-in-future", "occurred_at");
    let told = json!({"quantity": 1, "reason": "rot", "occurred_at": "2025-11-01T00:00:00.000Z"});
    scene.refused(scene.on_batch("losses", told).await, 422, "date-before-season", "occurred_at");
}

#[actix_web::test]
async fn a_harvest_inside_the_interval_is_refused_until_its_last_day_has_passed() {
    let app = TestApp::start().await;
    let season = app.season().await;
    app.on("2026-11-08");
    let spray = json!({"product": "阿维菌素 1.8% EC", "active": "阿维菌素", "dose": "3000×", "on": "2026-11-08", "interval_days": 14});
    app.cooperative.act(&format!("/api/v1/plots/{}/treatments", season.plot), spray).await;
    app.on("2026-11-22");
    let mut early = harvest(&season.plot, "SF26P041121", 1_000);
    early["picked"] = json!({"from": "2026-11-21", "to": "2026-11-22"});
    let length = app.log_length();
    let problem = app.cooperative.post("/api/v1/batches", early.clone()).await.problem(409, "pre-harvest-interval");
    assert_eq!((&problem["field"], &problem["expected"]), (&json!("picked.from"), &json!("2026-11-22")));
    assert_eq!((&problem["details"]["day"], &problem["details"]["interval"]), (&json!("13"), &json!("14")));
    assert!(problem["detail"].as_str().unwrap().contains("阿维菌素"), "{problem}");
    assert_eq!(app.log_length(), length);
    early["picked"] = json!({"from": "2026-11-22", "to": "2026-11-22"});
    app.cooperative.act("/api/v1/batches", early).await;
}

#[actix_web::test]
async fn an_implausible_yield_needs_a_yes() {
    let scene = Scene::new().await;
    let mut body = harvest(&scene.season.plot, "HUGE", 900_000_000);
    let refused = scene.post("/api/v1/batches", body.clone()).await;
    let problem = refused.json();
    let sentence = problem["detail"].as_str().unwrap();
    assert!(sentence.contains("901,000 kg") && sentence.contains("72,000 kg"), "{sentence}");
    scene.refused(refused, 409, "implausible-yield", "quantity");
    body["confirm_yield"] = json!(true);
    scene.post("/api/v1/batches", body).await.created();
}

#[actix_web::test]
async fn a_closed_batch_takes_no_further_record() {
    let scene = Scene::new().await;
    scene.on_batch("losses", json!({"quantity": 1_000_000, "reason": "destroyed"})).await.created();
    scene.on_batch("closing", json!({})).await.created();
    let length = scene.app.log_length();
    for (what, body) in [
        ("losses", json!({"quantity": 1, "reason": "rot"})),
        ("closing", json!({})),
        ("storings", json!({"celsius": "5"})),
        ("processings", json!({"process": "washed", "input": 1, "output": 1})),
        ("gradings", json!({"input": 1, "outputs": [{"lot": "A", "grade": "特级", "quantity": 1}]})),
        ("splits", json!({"parts": [{"lot": "A", "quantity": 1}]})),
        ("packings", json!({"packed_on": "2026-11-16", "outputs": [{"gtin": CARTON, "lot": "A", "packs": 1}]})),
        ("samples", json!({"laboratory": scene.app.laboratory.id, "code": "S", "quantity": 1})),
        ("shipments", json!({"to_uscc": crate::support::BUYER[2], "quantity": 1})),
    ] {
        let problem = scene.on_batch(what, body).await.problem(409, "batch-closed");
        assert_eq!(
            (&problem["value"], &problem["details"]["lot"]),
            (&json!(scene.batch), &json!("SF26P011116")),
            "{what}"
        );
    }
    assert_eq!(scene.app.log_length(), length);
}

#[actix_web::test]
async fn another_organisations_goods_and_plots_are_out_of_reach() {
    let scene = Scene::new().await;
    let other = &scene.app.other_cooperative;
    let foreign_product = other.post("/api/v1/batches", harvest(&scene.season.plot, "X", 1)).await;
    scene.refused(foreign_product, 422, "unknown-product", "gtin");
    let spray = json!({"product": "药", "active": "药", "dose": "1000×", "on": "2026-11-01", "interval_days": 1});
    let foreign_plot = other.post(&format!("/api/v1/plots/{}/treatments", scene.season.plot), spray).await;
    scene.refused(foreign_plot, 404, "not-found", "plot");
    let merge = json!({"lot": "X", "parents": [{"batch": scene.batch, "quantity": 1}, {"batch": scene.season.plot, "quantity": 1}]});
    scene.refused(other.post("/api/v1/batches/merges", merge).await, 404, "not-found", "parents[0].batch");
    let licence = json!({"number": "L", "mark": scene.season.plot, "licensee": other.id, "gtins": [CARTON],
        "from": "2026-01-01", "until": "2027-01-01", "packs": 1});
    scene.refused(scene.app.association.post("/api/v1/licences", licence).await, 404, "not-found", "mark");
}

#[actix_web::test]
async fn every_refusal_speaks_both_languages() {
    let scene = Scene::new().await;
    let path = batch_path(&scene.batch, "losses");
    let lose = async |headers: &[(&'static str, &str)]| {
        let body = json!({"quantity": 1_000_001, "reason": "rot"});
        let problem = scene.app.cooperative.post_with(&path, headers, body).await.problem(409, "overdrawn");
        problem["detail"].as_str().unwrap().to_owned()
    };
    let is_chinese = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    let (chinese, english) = (lose(&[("accept-language", "zh-CN")]).await, lose(&[("accept-language", "en")]).await);
    assert!(is_chinese(&chinese) && !is_chinese(&english), "{chinese} / {english}");
    for sentence in [&chinese, &english] {
        let digits: String = sentence.chars().filter(|c| !",， \u{202f}".contains(*c)).collect();
        assert!(digits.contains("1000001") && digits.contains("1000000"), "{sentence}");
    }
    assert_eq!(lose(&[("accept-language", "fr, en;q=0.5, zh;q=0.2")]).await, english);
    assert_eq!(lose(&[]).await, chinese, "Chinese comes first");
    let plot = scene.app.cooperative.post("/api/v1/plots?lang=en", plot("no spaces")).await;
    assert!(!is_chinese(plot.problem(400, "invalid-value")["detail"].as_str().unwrap()));
    let anon = scene.app.anon.get_with("/api/v1/batches", &[("accept-language", "en")]).await;
    assert!(!is_chinese(anon.problem(401, "unauthorised")["detail"].as_str().unwrap()));
}
