//! Bodies, names, addresses and files that nobody sends by accident.

use actix_web::test::TestRequest;
use serde_json::{Value, json};

use crate::support::{Answer, CARTON, LOOSE, TestApp, batch_path, harvest, plot, scan_path};

#[actix_web::test]
async fn json_that_can_be_read_in_two_ways_is_refused() {
    let app = TestApp::start().await;
    let season = app.season().await;
    let batch = app.harvest(&season, "SF26P011116", 1_000).await;
    let length = app.log_length();
    let post =
        async |body: &str| app.cooperative.post_text(&batch_path(&batch, "losses"), "application/json", body).await;
    let field = |answer: Answer, slug: &str| answer.problem(400, slug)["field"].as_str().unwrap_or_default().to_owned();
    let twice = "{\"quantity\":1,\"quantity\":2,\"reason\":\"rot\"}";
    assert_eq!(field(post(twice).await, "duplicate-field"), "quantity");
    let note = "{\"quantity\":1,\"reason\":\"rot\",\"note\":\"a\",\"note\":\"b\"}";
    assert_eq!(field(post(note).await, "duplicate-field"), "note");
    let escaped = "{\"quantity\":1,\"reason\":\"rot\",\"quantit\\u0079\":2}";
    assert_eq!(field(post(escaped).await, "duplicate-field"), "quantity");
    assert_eq!(field(post("{\"quantity\":1,\"reason\":\"rot\",\"price\":3}").await, "unknown-field"), "price");
    assert_eq!(field(post("{\"quantity\":1,\"reason\":\"rot\",\"batch\":\"x\"}").await, "unknown-field"), "batch");
    assert_eq!(field(post("{\"reason\":\"rot\"}").await, "missing-field"), "quantity");
    let theft = post("{\"quantity\":1,\"reason\":\"theft\"}").await.problem(400, "wrong-type");
    assert_eq!((&theft["field"], &theft["value"]), (&json!("reason"), &json!("theft")));
    assert!(theft["expected"].as_str().unwrap().starts_with("rot, drying, "), "{theft}");
    for broken in
        ["", "{", "nul", "{\"quantity\":1,}", "{\"quantity\":NaN}", "{\"quantity\":01}", "\u{feff}{}", "{} {}"]
    {
        post(broken).await.problem(400, if broken == "{} {}" { "missing-field" } else { "malformed-json" });
    }
    post("[1]").await.problem(400, "wrong-type");
    let trailing = "{\"quantity\":1,\"reason\":\"rot\"} x";
    post(trailing).await.problem(400, "malformed-json");
    let inside = json!({"seq": 0, "path": "/body/note", "reason": "r"}).to_string();
    let inside = inside.replace("\"seq\"", "\"new\":{\"a\":1,\"a\":2},\"seq\"");
    let answer = app.cooperative.post_text(&batch_path(&batch, "corrections"), "application/json", inside).await;
    answer.problem(400, "duplicate-field");
    assert_eq!(app.log_length(), length);
}

#[actix_web::test]
async fn names_hide_reorder_and_break_nothing() {
    let app = TestApp::start().await;
    let length = app.log_length();
    for (name, rule) in [
        ("示范\\u202e合作社", "text-bidi"),
        ("示范\\u2066合作社", "text-bidi"),
        ("示\\u200b范", "text-invisible"),
        ("示\\ufeff范", "text-invisible"),
        ("示\\u0000范", "text-control"),
        ("示\\n范", "text-control"),
        ("\\ue000", "text-private"),
        ("   ", "text-empty"),
    ] {
        let body = format!("{{\"name\":{{\"zh\":\"{name}\"}}}}");
        let answer = app.association.post_text("/api/v1/marks", "application/json", body).await;
        let problem = answer.problem(400, "invalid-value");
        assert_eq!((&problem["field"], &problem["rule"]), (&json!("name.zh"), &json!(rule)), "{name}");
    }
    for surrogate in ["\\ud800", "\\udc00", "\\ud800\\ud800", "\\ud83d"] {
        let body = format!("{{\"name\":{{\"zh\":\"示范{surrogate}\"}}}}");
        app.association.post_text("/api/v1/marks", "application/json", body).await.problem(400, "malformed-json");
    }
    for bytes in [&b"{\"name\":{\"zh\":\"\xff\xfe\"}}"[..], b"{\"name\":{\"zh\":\"\0\"}}"] {
        app.association.post_text("/api/v1/marks", "application/json", bytes).await.problem(400, "malformed-json");
    }
    let long = json!({"name": {"zh": "长".repeat(121)}});
    let problem = app.association.post("/api/v1/marks", long).await.problem(400, "invalid-value");
    assert_eq!(problem["rule"], "text-too-long");
    assert_eq!(app.log_length(), length);
    app.association.act("/api/v1/marks", json!({"name": {"zh": "长".repeat(120), "en": "𠮷 <script>"}})).await;
}

#[actix_web::test]
async fn bodies_that_are_too_large_deep_or_of_another_kind_are_refused() {
    let app = TestApp::start().await;
    let length = app.log_length();
    let post =
        async |media_type: &str, body: Vec<u8>| app.cooperative.post_text("/api/v1/plots", media_type, body).await;
    let json = "application/json";
    let large = format!("{{\"code\":\"{}\"}}", "a".repeat(10 * 1024 * 1024)).into_bytes();
    post(json, large.clone()).await.problem(413, "too-large");
    app.anon.post_text("/api/v1/plots", json, large).await.problem(401, "unauthorised");
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let deep = format!("{}1{}", open.repeat(10_000), close.repeat(10_000));
        let answer = post(json, deep.into_bytes()).await;
        assert!(answer.status == 400, "{}", answer.text());
        let deep = format!(
            "{{\"seq\":0,\"path\":\"/body/note\",\"reason\":\"r\",\"new\":{}1{}}}",
            open.repeat(10_000),
            close.repeat(10_000)
        );
        let path = batch_path("00112233445566778899aabbccddeeff", "corrections");
        app.cooperative.post_text(&path, json, deep).await.problem(400, "malformed-json");
    }
    for media_type in ["text/plain", "application/xml", "", "application/jsonp"] {
        let body = plot("SF-P09").to_string().into_bytes();
        post(media_type, body).await.problem(415, "unsupported-media-type");
    }
    assert_eq!(app.log_length(), length);
    post("application/json; charset=utf-8", plot("SF-P09").to_string().into_bytes()).await.created();
}

#[actix_web::test]
async fn a_method_or_path_that_is_not_there_is_a_problem_too() {
    let app = TestApp::start().await;
    let put = TestRequest::put().uri("/api/v1/plots");
    let answer = app.cooperative.send(put).await;
    assert!([404, 405].contains(&answer.status), "{}", answer.text());
    app.cooperative.get("/api/v1/nowhere").await.problem(404, "not-found");
    app.anon.get("/nowhere").await.problem(404, "not-found");
    let delete = TestRequest::delete().uri("/api/v1/batches/00112233445566778899aabbccddeeff");
    let answer = app.cooperative.send(delete).await;
    assert!([404, 405].contains(&answer.status), "{}", answer.text());
}

#[actix_web::test]
async fn an_address_of_wrong_syntax_is_400_and_an_unknown_code_404_in_plain_words() {
    let app = TestApp::start().await;
    let season = app.season().await;
    app.harvest(&season, "SF26P011116", 1_000).await;
    let json = [("accept", "application/json")];
    for (path, rule) in [
        ("/01/9520000100049/10/SF26P011116", "gtin-14-digits"),
        ("/01/09520000100048/10/SF26P011116", "gtin-check-digit"),
        ("/01/09520000100049/10/ABCDEFGHIJKLMNOPQRSTU", "lot-length"),
        ("/01/09520000100049/10/%E6%89%B9", "lot-character"),
    ] {
        let problem = app.anon.get_with(path, &json).await.problem(400, "bad-address");
        assert_eq!(problem["rule"], rule, "{path}: {problem}");
        let page = app.anon.get_with(path, &[("accept", "text/html")]).await.expect(400);
        assert!(page.header("content-type").unwrap().starts_with("text/html"));
    }
    for path in [scan_path(LOOSE, "NOSUCH"), scan_path(CARTON, "SF26P011116"), format!("/01/{LOOSE}/21/7K3M9Q2X")] {
        let view = app.anon.get_with(&path, &json).await.expect(404).json();
        assert_eq!((&view["verdict"], &view["batch"]), (&json!("unknown"), &Value::Null), "{path}");
        let page = app.anon.get_with(&path, &[("accept", "text/html"), ("accept-language", "zh-CN")]).await.expect(404);
        let text = page.text();
        assert!(text.contains("本平台未签发此码"), "{text}");
        for word in ["正品", "真品", "假"] {
            assert!(!text.contains(word), "{path} says {word}");
        }
    }
    app.anon.get("/?q=%00").await;
    for query in ["/?q=09520000100048", "/?q=%E2%80%AE", "/?q=%EF%BF%BF"] {
        let answer = app.anon.get(query).await;
        assert!(answer.status < 500, "{query}: {}", answer.text());
    }
}

/// The smallest PNG that shows something: one pixel.
const PNG: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0, 0, 1, 8, 0,
    0, 0, 0, 0x3a, 0x7e, 0x9b, 0x55, 0, 0, 0, 10, b'I', b'D', b'A', b'T', 0x78, 0x9c, 0x63, 0x68, 0, 0, 0, 0x82, 0,
    0x81, 0x77, 0xcd, 0x72, 0xb6, 0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82,
];

#[actix_web::test]
async fn a_file_is_what_it_says_or_is_not_kept() {
    let app = TestApp::start().await;
    let upload = async |media_type: &str, bytes: &[u8]| {
        app.cooperative.post_text("/api/v1/attachments", media_type, bytes).await
    };
    for (media_type, bytes) in [
        ("image/png", &b"%PDF-1.7\n"[..]),
        ("application/pdf", PNG),
        ("image/jpeg", PNG),
        ("text/html", b"<script>1</script>"),
        ("image/svg+xml", b"<svg/>"),
        ("application/pdf", b"MZ"),
        ("application/pdf", b""),
    ] {
        let problem = upload(media_type, bytes).await.problem(415, "file-type");
        assert_eq!((&problem["field"], &problem["value"]), (&json!("Content-Type"), &json!(media_type)));
        assert!(!problem["expected"].as_str().unwrap().is_empty());
    }
    upload("image/png", &PNG[..40]).await.problem(422, "bad-photo");
    let mut large = b"%PDF-1.7\n".to_vec();
    large.resize(10 * 1024 * 1024 + 1, b' ');
    upload("application/pdf", &large).await.problem(413, "too-large");
}

#[actix_web::test]
async fn a_stored_file_is_named_by_an_act_and_read_back_without_a_way_to_run() {
    let app = TestApp::start().await;
    let pdf = b"%PDF-1.7\n% a contract\n%%EOF\n";
    let stored = app.cooperative.post_text("/api/v1/attachments", "application/pdf", &pdf[..]).await.created();
    let mut with_file = plot("SF-P09");
    with_file["attachments"] = json!([stored]);
    app.cooperative.act("/api/v1/plots", with_file.clone()).await;
    let length = app.log_length();
    let sha256 = stored["attachment"]["sha256"].as_str().unwrap();
    let read = app.anon.get(&format!("/attachments/{sha256}")).await.expect(200);
    assert_eq!(read.bytes, pdf);
    assert_eq!(read.header("x-content-type-options"), Some("nosniff"));
    assert!(read.header("content-disposition").unwrap().starts_with("attachment"));
    assert!(read.header("content-security-policy").unwrap().contains("sandbox"));
    with_file["code"] = json!("SF-P10");
    with_file["attachments"][0]["attachment"]["sha256"] = json!("0".repeat(64));
    let problem = app.cooperative.post("/api/v1/plots", with_file.clone()).await.problem(422, "unknown-attachment");
    assert_eq!(problem["field"], "attachments[0].attachment.sha256");
    with_file["attachments"] = json!([stored]);
    with_file["attachments"][0]["attachment"]["bytes"] = json!(1);
    app.cooperative.post("/api/v1/plots", with_file).await.problem(422, "unknown-attachment");
    assert_eq!(app.log_length(), length);
}

#[actix_web::test]
async fn a_harvest_names_each_plot_once() {
    let app = TestApp::start().await;
    let season = app.season().await;
    app.on("2026-11-16");
    let mut body = harvest(&season.plot, "TWICE", 10);
    body["plots"] = json!([{"plot": season.plot, "quantity": 5}, {"plot": season.plot, "quantity": 5}]);
    let problem = app.cooperative.post("/api/v1/batches", body.clone()).await.problem(422, "plot-twice");
    assert_eq!(problem["field"], "plots[1].plot");
    body["plots"] = json!([]);
    app.cooperative.post("/api/v1/batches", body).await.problem(422, "plots-required");
}

/// A form in parts with these fields, and as many files.
fn in_parts(fields: &[(&str, usize)], files: usize) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, length) in fields {
        body.extend(format!("--cut\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n").into_bytes());
        body.extend(std::iter::repeat_n(b'x', *length));
        body.extend(b"\r\n");
    }
    for _ in 0..files {
        let head =
            "--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"r\"\r\nContent-Type: image/png\r\n\r\n";
        body.extend(head.as_bytes());
        body.extend(b"x\r\n");
    }
    body.extend(b"--cut--\r\n");
    body
}

#[actix_web::test]
async fn the_parts_of_a_form_have_a_bound_together_and_one_file() {
    let app = TestApp::start().await;
    let coop = app.desk(&app.cooperative).await;
    const MOST: usize = 512 * 1024;
    for (fields, files) in [
        (vec![("a", MOST), ("b", 1), ("c", MOST)], 0),
        (vec![("a", MOST - 1), ("b", 1)], 0),
        (vec![("a", MOST + 1)], 0),
        (vec![("a", 1)], 2),
    ] {
        let (status, said) = coop.post_parts("/console/plots/new", in_parts(&fields, files)).await;
        assert_eq!(status, 413, "{fields:?} {files}: {said}");
    }
}

#[actix_web::test]
async fn a_cursor_beyond_all_records_finds_nothing() {
    let app = TestApp::start().await;
    app.season().await;
    let licence = app.licence(10).await;
    let found = app.association.get(&format!("/api/v1/licences/{licence}/packs?cursor=9223372036854775808")).await.ok();
    assert_eq!(found["items"], json!([]));
}

#[actix_web::test]
async fn an_address_with_nothing_behind_it_is_a_page_for_a_browser_and_a_problem_for_a_program() {
    let app = TestApp::start().await;
    for path in ["/nothing", "/producers/nothing", "/assets/nothing.css"] {
        let answer =
            app.anon.send(TestRequest::get().uri(path).insert_header(("accept", "text/html,*/*"))).await.expect(404);
        let page = answer.text();
        assert!(page.contains("<h1>这个地址没有内容</h1>") && page.contains("href=\"/\""), "{path}: {page}");
        assert!(answer.header("content-security-policy").unwrap().contains("default-src 'none'"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        app.anon.send(TestRequest::get().uri(path)).await.problem(404, "not-found");
    }
    let api = TestRequest::get().uri("/api/v1/nothing").insert_header(("accept", "text/html"));
    app.anon.send(api).await.problem(401, "unauthorised");
}
