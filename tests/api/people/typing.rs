//! What somebody has typed when his session ends, or his password has grown old: it comes back, without script, and nothing is done
//! with it before he has looked at it again.

use suyuan::domain::people::MemberKind::Manager;

use crate::support::desk::{Desk, Fields};
use crate::support::{Browser, PASSWORD, TestApp};

const START: &str = "2026-09-01T00:00:00.000Z";

/// Address of the form, what is typed, and the marks of it in the form that comes back.
type Typed = (&'static str, &'static [(&'static str, &'static str)], &'static [&'static str]);

const FORMS: &[Typed] = &[
    (
        "/console/members",
        &[("name", "王 & \"五\""), ("kind", "worker")],
        &["王 &#38; &#34;五&#34;", "value=\"worker\" selected"],
    ),
    (
        "/console/keys",
        &[("name", "packing line"), ("until", "2027-01-31"), ("may", "some"), ("scope", "batch.pack")],
        &["packing line", "2027-01-31", "value=\"some\" checked", "value=\"batch.pack\" checked"],
    ),
    ("/console/webhooks", &[("url", "https://hooks.example/a?b=c&d")], &["https://hooks.example/a?b=c&#38;d"]),
    ("/console/plots/new", &[("code", "P-77"), ("place.zh", "后山 77")], &["value=\"P-77\"", "后山 77"]),
];

/// Of a page, the fields that it would hand on.
fn waiting(browser: &Browser, action: &str) -> Vec<(String, String)> {
    let fields = browser.hidden(action);
    assert!(fields.iter().any(|(name, _)| name == "handed_on"), "{fields:?}");
    fields
}

#[actix_web::test]
async fn what_was_typed_when_the_session_ended_is_in_the_form_again_after_logging_in_and_nothing_was_done() {
    let app = TestApp::start().await;
    app.at(START);
    app.member(&app.cooperative, "li.na", Manager);
    let records = app.log_length();
    for (path, typed, marks) in FORMS {
        let browser = app.browser();
        browser.log_in("li.na").await.expect(200);
        browser.open(path).await.expect(200);
        browser.set_cookie("__Host-session", "ended");
        let page = browser.submit(path, typed).await.expect(401).text();
        assert!(page.contains("What you typed is still there, on this page"), "{path}: {page}");
        let kept = waiting(&browser, path);
        assert!(kept.iter().all(|(name, _)| name != "csrf" && name != "password"), "{kept:?}");
        // Whoever goes on without having logged in keeps it as well.
        browser.submit(path, &[]).await.expect(401);
        assert_eq!(waiting(&browser, path), kept, "{path}");
        browser.log_in("li.na").await.expect(200);
        let form = browser.post(path, &kept).await.expect(200).text();
        for mark in *marks {
            assert!(form.contains(mark), "{path}, {mark}: {form}");
        }
        // Of another site, and where the browser does not say of which, nothing is shown and nothing done.
        for site in ["cross-site", "same-site", "none"] {
            browser.post_from(path, &kept, site).await.expect(403);
        }
    }
    assert_eq!(app.log_length(), records);
    let home = app.cooperative.id.parse().unwrap();
    assert!(app.store.webhooks(home).unwrap().is_empty());
}

#[actix_web::test]
async fn what_was_typed_when_the_password_had_grown_old_is_in_the_form_again_and_then_sent() {
    let app = TestApp::start().await;
    app.at(START);
    let browser = app.logged_in(&app.cooperative, "li.na", Manager).await;
    let mut minutes = 0;
    for (path, typed, marks) in &FORMS[..3] {
        browser.open("/console/prove").await.expect(200);
        browser.submit("/console/prove", &[("password", PASSWORD)]).await.expect(200);
        browser.open(path).await.expect(200);
        minutes += 31;
        app.at(&format!("2026-09-01T{:02}:{:02}:00.000Z", minutes / 60, minutes % 60));
        let asked = browser.submit(path, typed).await.expect(403).text();
        assert!(asked.contains("What you typed comes back"), "{path}: {asked}");
        let wrong = browser.submit("/console/prove", &[("password", "wrong wrong wrong")]).await.expect(422).text();
        assert!(!wrong.contains("wrong wrong wrong"), "{wrong}");
        waiting(&browser, "/console/prove");
        let form = browser.submit("/console/prove", &[("password", PASSWORD)]).await.expect(200).text();
        for mark in *marks {
            assert!(form.contains(mark), "{path}, {mark}: {form}");
        }
        let done = browser.submit(path, typed).await.expect(200).text();
        assert!(done.contains("role=\"status\""), "{path}: {done}");
    }
}

#[actix_web::test]
async fn a_form_with_a_file_keeps_what_was_typed_beside_it() {
    let app = TestApp::start().await;
    let gone = Desk::of_cookie(&app.cooperative, "__Host-session=ended".into());
    let typed: Fields = [("code".to_owned(), "P-77".to_owned()), ("place.zh".to_owned(), "后山".to_owned())].into();
    let sent =
        gone.post_file("/console/plots/new", &typed, "image/png", &"x".repeat(3_000_000)).await.expect(401).text();
    assert!(sent.contains("value=\"P-77\"") && sent.contains("value=\"后山\"") && sent.contains("重新选"), "{sent}");
    gone.post_file("/console/plots/new", &typed, "image/png", &"x".repeat(30_000_000)).await.expect(413);
}

#[actix_web::test]
async fn the_reasons_of_the_operator_stay_typed_too() {
    let app = TestApp::start().await;
    app.at(START);
    let applicant = app.browser();
    applicant.open("/join").await.expect(200);
    applicant.submit("/join", super::admission::FORM).await.expect(200);
    let id = app.store.applications(0, 1).unwrap()[0].id.to_string();
    let operator = app.desk(&app.operator).await;
    let fields: Fields = [("csrf".to_owned(), operator.csrf()), ("reason".to_owned(), "查无此社".to_owned())].into();
    let mut handed_on = fields.clone();
    handed_on.insert("handed_on".to_owned(), "1".to_owned());
    app.at("2026-09-01T00:31:00.000Z");
    for path in
        [format!("/console/applications/{id}/refuse"), format!("/console/organisations/{}/suspend", app.buyer.id)]
    {
        let asked = operator.post(&path, &fields).await.expect(403).text();
        assert!(asked.contains("action=\"/console/prove\"") && asked.contains("value=\"查无此社\""), "{asked}");
    }
    let operator = app.desk(&app.operator).await;
    for path in
        [format!("/console/applications/{id}/refuse"), format!("/console/organisations/{}/suspend", app.buyer.id)]
    {
        handed_on.insert("csrf".to_owned(), "of a session that ended".to_owned());
        operator.post(&path, &handed_on).await.expect(403);
        let form = operator.post_with(&path, &[("sec-fetch-site", "same-origin")], &handed_on).await;
        assert!(form.expect(200).text().contains("value=\"查无此社\""));
    }
    assert!(app.store.applications(0, 1).unwrap()[0].decision.is_none());
}

#[actix_web::test]
async fn an_application_that_was_sent_with_an_old_token_comes_back_filled_and_can_be_sent() {
    let app = TestApp::start().await;
    let browser = app.browser();
    browser.open("/join").await.expect(200);
    browser.set_cookie("__Host-form", "of another day");
    let again = browser.submit("/join", super::admission::FORM).await.expect(403).text();
    assert!(again.contains("Nothing was sent") && again.contains("Foothill Farm"), "{again}");
    assert!(app.store.applications(0, 1).unwrap().is_empty());
    browser.submit("/join", super::admission::FORM).await.expect(200);
    assert_eq!(app.store.applications(0, 9).unwrap().len(), 1);
}
