//! What a phone takes along, and how a script sends what was filled in.

use actix_web::test::TestRequest;
use serde_json::Value;

use crate::support::desk::{Desk, Fields, fields};
use crate::support::{Answer, LOOSE, TestApp, batch_path};

const BY_SCRIPT: (&str, &str) = ("accept", "application/json");

impl Desk {
    /// The pages that this member's phone keeps.
    async fn kept(&self) -> Value {
        self.get("/console/kept").await.ok()
    }

    async fn ticket(&self) -> Value {
        self.get("/console/ticket").await.ok()
    }

    /// Sends the form of a kept page as the script does: with a ticket, a key of its own and the time of the phone.
    async fn send_kept(&self, path: &str, page: &str, key: &str, filled: &[(&str, &str)]) -> Answer {
        let mut form = fields(page);
        let csrf = self.ticket().await["csrf"].as_str().unwrap().to_owned();
        form.extend([("csrf".to_owned(), csrf), ("key".to_owned(), key.to_owned())]);
        form.extend(filled.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        self.by_script(path, &form).await
    }

    async fn by_script(&self, path: &str, form: &Fields) -> Answer {
        self.post_with(path, &[BY_SCRIPT], form).await
    }
}

fn page(kept: &Value, path: &str) -> String {
    let pages = kept["pages"].as_array().unwrap();
    let found = pages.iter().find(|page| page[0] == path).unwrap_or_else(|| panic!("{path} is not kept"));
    found[1].as_str().unwrap().to_owned()
}

#[actix_web::test]
async fn a_phone_keeps_the_forms_of_its_own_house_and_nothing_of_the_session() {
    let app = TestApp::start().await;
    let season = app.season().await;
    let batch = app.harvest(&season, "SF26P011116", 9_600_000).await;
    let coop = app.desk(&app.cooperative).await;
    let kept = coop.kept().await;
    for path in [
        "/console/pending".to_owned(),
        "/console/plots/new".to_owned(),
        "/console/batches/new".to_owned(),
        format!("/console/plots/{}/treatments/new", season.plot),
        format!("/console/batches/{batch}/process"),
        format!("/console/batches/{batch}/grade"),
    ] {
        let page = page(&kept, &path);
        assert!(page.contains("data-kept=") && page.contains(kept["who"].as_str().unwrap()), "{path}");
    }
    let csrf = coop.ticket().await["csrf"].as_str().unwrap().to_owned();
    assert!(csrf.len() > 20 && !kept.to_string().contains(&csrf), "a kept page is of use without the session");
    assert!(kept["policy"].as_str().unwrap().contains("script-src 'self'"));
    let other = app.desk(&app.other_cooperative).await.kept().await.to_string();
    assert!(!other.contains("SF26P011116") && !other.contains(&season.plot) && !other.contains(&batch));
    app.desk(&app.laboratory).await.get("/console/kept").await.expect(403);
    // Who is not logged in gets no page and no ticket.
    for path in ["/console/kept", "/console/ticket"] {
        app.anon.get_with(path, &[BY_SCRIPT]).await.expect(401);
    }
}

#[actix_web::test]
async fn what_was_filled_in_on_a_kept_page_is_recorded_once_with_the_time_of_the_phone() {
    let app = TestApp::start().await;
    let season = app.season().await;
    let coop = app.desk(&app.cooperative).await;
    let path = format!("/console/plots/{}/treatments/new", season.plot);
    let page = page(&coop.kept().await, &path);
    let filled = [
        ("product", "阿维菌素 1.8% EC"),
        ("active", "阿维菌素"),
        ("dose", "3000×"),
        ("interval_days", "14"),
        ("occurred_at", "2026-08-31T23:10:00.000Z"),
    ];
    let before = app.log_length();
    let first = coop.send_kept(&path, &page, "0123456789abcdef0123456789abcdef", &filled).await.ok();
    let second = coop.send_kept(&path, &page, "0123456789abcdef0123456789abcdef", &filled).await.ok();
    assert_eq!((&first, app.log_length()), (&second, before + 1));
    let location = first["location"].as_str().unwrap();
    assert_eq!(location, format!("/console/plots/{}?done=plot-treat", season.plot));
    let plot = coop.page(&format!("/console/plots/{}", season.plot)).await;
    assert!(plot.contains("阿维菌素 1.8% EC"), "{plot}");
    // The next form about it that was kept with the first goes on from what the answer tells.
    let head = [
        ("head", first["head"].as_str().unwrap()),
        ("product", "别的"),
        ("active", "别的"),
        ("dose", "1"),
        ("interval_days", "1"),
    ];
    coop.send_kept(&path, &page, "00000000000000000000000000000001", &head).await.ok();
    assert_eq!(app.log_length(), before + 2);
}

#[actix_web::test]
async fn a_refusal_names_the_field_and_what_others_recorded_meanwhile() {
    let app = TestApp::start().await;
    let season = app.season().await;
    let batch = app.harvest(&season, "SF26P011116", 9_600_000).await;
    let coop = app.desk(&app.cooperative).await;
    let path = format!("/console/batches/{batch}/grade");
    let page = page(&coop.kept().await, &path);
    let key = "0123456789abcdef0123456789abcdef";
    let too_much = [("input", "9601"), ("outputs[0].quantity", "9600.5")];
    let refused = coop.send_kept(&path, &page, key, &too_much).await.expect(409).json();
    assert_eq!(refused["errors"][0][0], "f-input");
    assert!(refused["errors"][0][1].as_str().unwrap().contains("9,601 kg"), "{refused}");
    let unread = coop.send_kept(&path, &page, key, &[("input", "很多"), ("loss", "x")]).await.expect(422).json();
    assert_eq!(unread["errors"].as_array().unwrap().len(), 2, "{unread}");
    let lost = serde_json::json!({"quantity": 1000, "reason": "damage"});
    app.cooperative.made(&batch_path(&batch, "losses"), lost).await;
    let stale = coop.send_kept(&path, &page, key, &[("outputs[0].quantity", "9599")]).await.expect(412).json();
    assert_eq!(stale["meanwhile"].as_array().unwrap().len(), 1, "{stale}");
    // Sent again on what is there now, it is recorded: the key of a refusal is free.
    let again = [("head", stale["head"].as_str().unwrap()), ("input", "9599"), ("outputs[0].quantity", "9599")];
    let done = coop.send_kept(&path, &page, key, &again).await.ok();
    assert!(done["location"].as_str().unwrap().ends_with("done=batch-grade"), "{done}");
    // What is not there is said as data too.
    let form = fields(&coop.page("/console/plots/new").await);
    let missing = coop.by_script(&format!("/console/batches/{}/grade", "0".repeat(32)), &form).await.expect(404).json();
    assert!(missing["errors"][0][0].is_null() && missing["errors"][0][1].is_string(), "{missing}");
}

#[actix_web::test]
async fn the_console_can_be_installed_in_both_languages() {
    let app = TestApp::start().await;
    for (language, name) in [("zh-CN", "溯源工作台"), ("en", "Suyuan console")] {
        let manifest = app.anon.get(&format!("/manifest.webmanifest?lang={language}")).await.expect(200).json();
        assert_eq!((manifest["name"].as_str(), manifest["lang"].as_str()), (Some(name), Some(language)));
        for icon in manifest["icons"].as_array().unwrap() {
            let answer = app.anon.get(icon["src"].as_str().unwrap()).await.expect(200);
            let side = u32::from_be_bytes(answer.bytes[16..20].try_into().unwrap());
            assert_eq!(icon["sizes"], format!("{side}x{side}"));
        }
    }
    let worker = app.anon.get("/sw.js").await.expect(200);
    assert_eq!(worker.header("cache-control"), Some("no-cache"));
    let text = worker.text();
    let files = text.lines().find_map(|line| line.strip_prefix("const FILES = ")).unwrap().trim_end_matches(';');
    for file in serde_json::from_str::<Vec<String>>(files).unwrap() {
        app.anon.get(&file).await.expect(200);
    }
}

#[actix_web::test]
async fn a_scanned_label_leads_to_ones_own_batch_else_to_what_everybody_sees() {
    let app = TestApp::start().await;
    let season = app.season().await;
    let batch = app.harvest(&season, "SF26P011116", 9_600_000).await;
    let public = format!("/01/{LOOSE}/10/SF26P011116");
    let printed = format!("https%3A%2F%2Fprinted.example{}", public.replace('/', "%2F"));
    let coop = app.desk(&app.cooperative).await;
    let other = app.desk(&app.other_cooperative).await;
    let lab = app.desk(&app.laboratory).await;
    for (desk, typed, to) in [
        (&coop, printed.as_str(), format!("/console/batches/{batch}")),
        (&coop, "SF26P011116", format!("/console/batches/{batch}")),
        (&other, &printed, public.clone()),
        (&lab, &printed, public.clone()),
        (&lab, "SF26P011116", "/console/search?q=SF26P011116".to_owned()),
        (&coop, "a%26b%2F%2Fevil.example", "/console/search?q=a%26b//evil.example".to_owned()),
    ] {
        let sent = desk.get(&format!("/console/scan?q={typed}")).await.expect(303);
        assert_eq!(sent.header("location"), Some(to.as_str()), "{typed}");
    }
    assert!(coop.page("/console/scan").await.contains("data-reader=\"/assets/jsqr."));
    app.desk(&app.operator).await.get("/console/scan?q=SF26P011116").await.expect(403);
}

#[actix_web::test]
async fn who_sends_a_form_after_his_session_comes_back_to_the_page_on_which_it_stood() {
    let app = TestApp::start().await;
    let form = |referer: &'static str| {
        let request = TestRequest::post().uri("/console/products/new").set_form([("gtin", "1")]);
        let headers = [("accept", "text/html"), ("host", "suyuan.example"), ("referer", referer)];
        app.anon.send(headers.into_iter().fold(request, |request, header| request.insert_header(header)))
    };
    let there = form("https://suyuan.example/console/products/new?form=pack").await.expect(401).text();
    assert!(there.contains("/login?then=/console/products/new%3Fform%3Dpack"), "{there}");
    for elsewhere in
        ["https://evil.example/console", "https://suyuan.example", "//x", "https://suyuan.example//evil.example"]
    {
        let page = form(elsewhere).await.expect(401).text();
        assert!(page.contains("href=\"/login\"") && !page.contains("then="), "{elsewhere}: {page}");
    }
}
