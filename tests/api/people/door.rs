//! Logging in and out, sessions, forms of other sites, guessing.

use suyuan::domain::people::MemberKind::Worker;
use suyuan::domain::time::Instant;

use crate::support::{PASSWORD, TestApp};

#[actix_web::test]
async fn a_member_logs_in_by_any_form_of_his_name_and_comes_to_where_he_wanted() {
    let app = TestApp::start().await;
    app.member(&app.cooperative, "li.na", Worker);
    let browser = app.browser();
    let login = browser.open("/console/account?done=").await.expect(200);
    assert!(login.text().contains("<h1>Log in</h1>") && login.header("cache-control") == Some("no-store"));
    let answer = browser.send("/login", &[("login", " Ｌi.NA"), ("password", PASSWORD)]).await.expect(303);
    assert_eq!(answer.header("location"), Some("/console/account?done="));
    let session = answer.headers.get_all("set-cookie").map(|it| it.to_str().unwrap()).find(|it| it.contains("session"));
    let session = session.unwrap();
    assert!(session.starts_with("__Host-session="), "{session}");
    for part in ["Path=/", "HttpOnly", "Secure", "SameSite=Lax"] {
        assert!(session.contains(part), "{session}");
    }
    let page = browser.open("/console/account").await.expect(200).text();
    assert!(
        page.contains("李娜") && page.contains("Hongqi Cooperative") && page.contains("Chrome · Android"),
        "{page}"
    );
}

#[actix_web::test]
async fn a_wrong_password_and_an_unknown_name_are_one_answer_and_what_was_typed_stays() {
    let app = TestApp::start().await;
    app.member(&app.cooperative, "li.na", Worker);
    app.member(&app.cooperative, "gone.one", Worker);
    let mut answers = Vec::new();
    for (login, password) in [("li.na", "wrong"), ("no.one", PASSWORD), ("no one at all", PASSWORD), ("li.na", "")] {
        let browser = app.browser();
        browser.open("/login").await;
        let answer = browser.send("/login", &[("login", login), ("password", password)]).await.expect(422);
        assert!(answer.text().contains(&format!("value=\"{login}\"")), "{}", answer.text());
        assert!(!answer.text().contains(PASSWORD) && browser.cookie("__Host-session").is_none());
        let csrf = &browser.hidden("/login")[0].1;
        answers.push(answer.text().replace(login, "").replace(csrf, ""));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert!(answers[0].contains("Login name or password is not right"));
}

#[actix_web::test]
async fn nobody_gets_in_without_a_session_and_a_form_without_one_is_401() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let pages = ["/console/account", "/console/members", "/console/keys", "/console/prove"];
    for page in pages {
        let answer = app.anon.get_with(page, &[("Accept", "text/html")]).await.expect(303);
        assert_eq!(answer.header("location"), Some(format!("/login?then={page}").as_str()));
        app.anon.get_with(page, &[("Accept", "application/json")]).await.problem(401, "log-in-first");
    }
    for form in ["/console/account/password", "/console/members", "/console/keys", "/console/members/change", "/logout"]
    {
        let answer = browser.post(form, &[]).await.expect(401);
        assert!(answer.text().contains("Nobody is logged in here"), "{}", answer.text());
    }
    browser.set_cookie("__Host-session", &"0".repeat(64));
    assert!(browser.open("/console/account").await.text().contains("<h1>Log in</h1>"));
    // A key is no session.
    app.cooperative.get_with("/console/account", &[("Accept", "application/json")]).await.problem(401, "log-in-first");
}

#[actix_web::test]
async fn a_form_of_another_site_is_refused_whatever_it_carries() {
    let app = TestApp::start().await;
    let browser = app.logged_in(&app.cooperative, "li.na", Worker).await;
    browser.open("/console/account").await;
    let good = browser.hidden("/logout");
    for site in ["cross-site", "same-site"] {
        browser.post_from("/logout", &good, site).await.expect(403);
    }
    let other = app.logged_in(&app.cooperative, "wang.wu", Worker).await;
    other.open("/console/account").await;
    for fields in [vec![], vec![("csrf".into(), String::new())], other.hidden("/logout")] {
        let answer = browser.post("/logout", &fields).await.expect(403);
        assert!(answer.text().contains("belongs to an earlier session"), "{}", answer.text());
    }
    assert!(browser.open("/console/account").await.text().contains("李娜"), "still there");
    browser.post("/logout", &good).await.expect(303);
    // The login form has a token of its own.
    let stranger = app.browser();
    stranger.open("/login").await;
    let foreign = app.browser();
    foreign.open("/login").await;
    let mut fields = foreign.hidden("/login");
    fields.extend([("login".into(), "li.na".into()), ("password".into(), PASSWORD.into())]);
    stranger.post("/login", &fields).await.expect(403);
}

#[actix_web::test]
async fn a_session_ends_on_logout_and_its_cookie_is_worth_nothing_after() {
    let app = TestApp::start().await;
    let browser = app.logged_in(&app.cooperative, "li.na", Worker).await;
    let stolen = browser.cookie("__Host-session").unwrap();
    browser.submit("/logout", &[]).await.expect(200);
    assert!(browser.cookie("__Host-session").is_none());
    browser.set_cookie("__Host-session", &stolen);
    assert!(browser.open("/console/account").await.text().contains("<h1>Log in</h1>"));
}

#[actix_web::test]
async fn a_session_ends_when_nobody_uses_it_for_twelve_hours_and_after_thirty_days_anyway() {
    let app = TestApp::start().await;
    app.at("2026-09-01T00:00:00.000Z");
    let browser = app.logged_in(&app.cooperative, "li.na", Worker).await;
    let is_in = async || browser.open("/console/account").await.text().contains("李娜");
    app.at("2026-09-01T11:59:00.000Z");
    assert!(is_in().await);
    app.at("2026-09-01T23:58:00.000Z");
    assert!(is_in().await, "it was used meanwhile");
    app.at("2026-09-02T11:58:00.000Z");
    assert!(!is_in().await);
    app.at("2026-10-01T00:00:00.000Z");
    let browser = app.browser();
    browser.log_in("li.na").await;
    let began: Instant = "2026-10-01T00:00:00.000Z".parse().unwrap();
    for hours in (0..30 * 24).step_by(11) {
        app.at(&began.plus_minutes(60 * hours).to_string());
        let page = browser.open("/console/account").await.text();
        assert!(page.contains("李娜"), "{hours}");
    }
    app.at("2026-10-31T00:01:00.000Z");
    assert!(browser.open("/console/account").await.text().contains("<h1>Log in</h1>"));
}

#[actix_web::test]
async fn whoever_guesses_waits_and_the_owner_comes_in_from_his_own_device() {
    let app = TestApp::start().await;
    let owner = app.logged_in(&app.cooperative, "li.na", Worker).await;
    owner.submit("/logout", &[]).await;
    let guess = async |network: usize| {
        let stranger = app.browser().at(&format!("198.51.{network}.7:5000"));
        stranger.open("/login").await;
        stranger.send("/login", &[("login", "li.na"), ("password", "wrong")]).await
    };
    for _ in 0..6 {
        guess(1).await.expect(422);
    }
    let told = guess(1).await.expect(429);
    assert_eq!(told.header("retry-after"), Some("60"));
    assert!(told.text().contains("Wait a minute"), "{}", told.text());
    // From everywhere at once: in the end no stranger may try, not even with the right password.
    for network in 2..30 {
        for _ in 0..6 {
            guess(network).await;
        }
    }
    guess(200).await.expect(429);
    owner.log_in("li.na").await.expect(200);
    assert!(owner.open("/console/account").await.text().contains("李娜"));
    // The right password from a stranger's device waits like any other: who waits learns nothing of it.
    let elsewhere = app.browser().at("203.0.113.9:5000");
    elsewhere.open("/login").await;
    elsewhere.send("/login", &[("login", "li.na"), ("password", PASSWORD)]).await.expect(429);
    // An unknown name is counted like a known one.
    for _ in 0..6 {
        elsewhere.send("/login", &[("login", "no.one"), ("password", "x")]).await.expect(422);
    }
    elsewhere.send("/login", &[("login", "no.one"), ("password", "x")]).await.expect(429);
}

#[actix_web::test]
async fn a_device_that_several_log_in_on_is_known_to_each_of_them() {
    let app = TestApp::start().await;
    let shared = app.logged_in(&app.cooperative, "li.na", Worker).await;
    app.member(&app.cooperative, "wang.wu", Worker);
    shared.submit("/logout", &[]).await;
    shared.log_in("wang.wu").await;
    shared.submit("/logout", &[]).await;
    for login in ["li.na", "wang.wu"] {
        for _ in 0..8 {
            let answer = shared.submit("/login", &[("login", login), ("password", "wrong")]).await.expect(422);
            assert!(answer.text().contains("is not right"), "a stranger waits after six");
        }
    }
    let stranger = app.browser();
    stranger.set_cookie("__Host-device", &"0".repeat(97));
    stranger.open("/login").await;
    for _ in 0..6 {
        stranger.send("/login", &[("login", "zhao.liu"), ("password", "wrong")]).await.expect(422);
    }
    stranger.send("/login", &[("login", "zhao.liu"), ("password", "wrong")]).await.expect(429);
}

#[actix_web::test]
async fn after_logging_in_one_goes_on_to_this_host_only() {
    let app = TestApp::start().await;
    app.member(&app.cooperative, "li.na", Worker);
    for evil in ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"] {
        let browser = app.browser();
        browser.open(&format!("/login?then={evil}")).await.expect(200);
        let fields = [("login", "li.na"), ("password", PASSWORD), ("then", evil)];
        let answer = browser.send("/login", &fields).await.expect(303);
        assert_eq!(answer.header("location"), Some("/console"), "{evil}");
    }
}
