//! What must not come in or go out: tokens that renew themselves, heads of strangers, one visitor's query on everybody's
//! page.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use serde_json::json;

use crate::support::{CARTON, LOOSE, TestApp, plot};

#[actix_web::test]
async fn a_token_works_but_makes_no_other_token() {
    let app = TestApp::start().await;
    let token =
        app.cooperative.post("/api/v1/token", json!({})).await.ok()["access_token"].as_str().unwrap().to_owned();
    let bearer = format!("Bearer {token}");
    let with = |request: TestRequest| request.insert_header(("Authorization", bearer.clone()));
    assert_eq!(app.anon.send(with(TestRequest::get().uri("/api/v1/plots"))).await.status, 200);
    assert_eq!(app.anon.send(with(TestRequest::post().uri("/api/v1/token"))).await.status, 401);
}

#[actix_web::test]
async fn a_wrong_head_tells_a_stranger_nothing_whatever_else_is_wrong() {
    let app = TestApp::start().await;
    let season = app.season().await;
    app.on("2026-11-16");
    let spray = json!({"product": "药", "active": "药", "dose": "1000×", "on": "2026-11-01", "interval_days": 1,
        "occurred_at": "2026-12-24T00:00:00.000Z"});
    let head = format!("\"{}\"", "ab".repeat(32));
    let mut answers = Vec::new();
    for plot in [season.plot.as_str(), "00112233445566778899aabbccddeeff"] {
        let path = format!("/api/v1/plots/{plot}/treatments");
        let answer = app.other_cooperative.post_with(&path, &[("If-Match", &head)], spray.clone()).await;
        answers.push((answer.status, answer.json()["slug"].clone()));
    }
    assert_eq!(answers[0], answers[1]);
    assert_ne!(answers[0].0, 412);
}

#[actix_web::test]
async fn a_page_for_everybody_holds_nothing_of_one_visitors_query() {
    let app = TestApp::start().await;
    let season = app.season().await;
    app.harvest(&season, "SF26P011116", 1_000).await;
    let page = format!("/01/{LOOSE}/10/SF26P011116");
    app.anon.get(&format!("{page}?utm_id=somebody")).await.expect(200);
    let next = app.anon.get(&page).await.expect(200);
    assert!(!next.text().contains("somebody"));
}

#[actix_web::test]
async fn a_product_address_is_known_to_programs_too_and_an_unknown_one_is_not_kept() {
    let app = TestApp::start().await;
    app.season().await;
    let json = [("Accept", "application/json")];
    assert_eq!(app.anon.get_with(&format!("/01/{CARTON}"), &json).await.expect(200).json()["gtin"], CARTON);
    let unknown = app.anon.get_with(&format!("/01/{CARTON}/10/NOPE"), &json).await.expect(404);
    assert_eq!(unknown.header("cache-control"), Some("no-store"));
}

#[actix_web::test]
async fn other_sites_may_read_and_nothing_else() {
    let app = TestApp::start().await;
    let path = format!("/01/{CARTON}");
    let asked = app.anon.send(TestRequest::default().method(Method::OPTIONS).uri(&path)).await;
    assert_eq!((asked.status, asked.header("access-control-allow-origin")), (204, Some("*")));
    let written = app.anon.send(TestRequest::post().uri(&path)).await;
    assert_eq!(written.status, 405);
}

#[actix_web::test]
async fn the_page_of_the_openapi_document_may_load_what_it_names() {
    let app = TestApp::start().await;
    let page = app.anon.get("/api/docs/").await.expect(200);
    let policy = page.header("content-security-policy").unwrap().to_owned();
    for kind in ["script-src 'self'", "style-src 'self'", "connect-src 'self'", "default-src 'none'"] {
        assert!(policy.contains(kind), "{policy}");
    }
    assert!(!policy.contains("unsafe-inline"));
    let html = page.text();
    let named = |attribute: &str| -> Vec<String> {
        let parts = html.split(attribute).skip(1).map(|rest| rest.split('"').next().unwrap().to_owned());
        parts.filter(|path| path.ends_with(".js") || path.ends_with(".css")).collect()
    };
    let files = [named("src=\""), named("href=\"")].concat();
    assert!(files.len() >= 3, "{html}");
    for file in files {
        app.anon.get(&format!("/api/docs/{}", file.trim_start_matches("./"))).await.expect(200);
    }
    assert!(!app.anon.get("/livez").await.header("content-security-policy").unwrap().contains("self"));
}

#[actix_web::test]
async fn whom_people_reach_by_https_tells_browsers_to_come_by_nothing_else() {
    let (secure, plain) = (TestApp::start().await, TestApp::reached_by("http://192.168.1.20:8080").await);
    let paths = ["/", "/login", "/livez", "/api/v1/plots", "/no-such-page", "/console/account"];
    for path in paths {
        let told = secure.anon.get(path).await;
        assert_eq!(told.header("strict-transport-security"), Some("max-age=31536000"), "{path}");
        // A browser would not find the service again that speaks no https.
        assert_eq!(plain.anon.get(path).await.header("strict-transport-security"), None, "{path}");
    }
}

#[actix_web::test]
async fn a_table_with_one_bad_row_of_a_thousand_stores_nothing_and_names_its_line() {
    let app = TestApp::start().await;
    let mut table = String::from("code,place_zh,area_m2,crop_zh,lat,lon\n");
    for row in 0..1_000 {
        let area = if row == 700 { "x".to_owned() } else { (1_000 + row).to_string() };
        table.push_str(&format!("Q{row},示范县,{area},脐橙,31.01,109.46\n"));
    }
    let length = app.log_length();
    let path = "/api/v1/imports/plots";
    let refused = app.cooperative.post_text(path, "text/csv", table.clone()).await.problem(422, "refused-rows");
    assert_eq!((&refused["rows"][0]["line"], &refused["rows"][0]["field"]), (&json!(702), &json!("area_m2")));
    assert_eq!((refused["rows"].as_array().unwrap().len(), app.log_length()), (1, length));
    let good = table.replace(",x,", ",1700,");
    app.cooperative.post_text(path, "text/csv", good).await.expect(201);
    assert_eq!(app.log_length(), length + 1_000);
    app.cooperative.post("/api/v1/plots", plot("Q5")).await.problem(409, "code-taken");
}
