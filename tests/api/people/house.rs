//! What an organisation looks after itself: members, passwords, keys. Nothing of another's.

use scraper::{Html, Selector};
use suyuan::domain::people::MemberKind::{Manager, Worker};
use suyuan::store::people::{Change, Changed};

use crate::support::{Answer, Browser, PASSWORD, TestApp};

const NEW: &str = "seven grey buckets of plums";

/// What stands in the frame of something that is shown once.
fn shown_once(answer: &Answer) -> String {
    let document = Html::parse_document(&answer.text());
    let frame = Selector::parse(".cert code").unwrap();
    let found = document.select(&frame).next().unwrap_or_else(|| panic!("nothing is shown: {}", answer.text()));
    found.text().collect()
}

/// The path of a link that a manager makes.
async fn invited(manager: &Browser, name: &str, kind: &str) -> String {
    manager.open("/console/members").await.expect(200);
    let answer = manager.submit("/console/members", &[("name", name), ("kind", kind)]).await.expect(200);
    let link = shown_once(&answer);
    link.strip_prefix("https://sy.example").unwrap().to_owned()
}

#[actix_web::test]
async fn somebody_joins_by_a_link_once_and_acts_for_the_house() {
    let app = TestApp::start().await;
    let manager = app.logged_in(&app.cooperative, "li.na", Manager).await;
    let link = invited(&manager, "王五", "worker").await;
    assert!(!manager.open("/console/members").await.text().contains(&link), "it is not shown again");
    let browser = app.browser();
    let page = browser.open(&link).await.expect(200).text();
    assert!(page.contains("Hongqi Cooperative") && page.contains("value=\"王五\""), "{page}");
    let fields = [("login", "wang.wu"), ("password", NEW), ("again", NEW)];
    assert_eq!(browser.send(&link, &fields).await.expect(303).header("location"), Some("/console"));
    let account = browser.open("/console/account").await.expect(200).text();
    assert!(account.contains("王五") && account.contains("worker"), "{account}");
    let late = app.browser();
    assert!(late.open(&link).await.expect(404).text().contains("no longer good"));
    // A worker looks after nobody.
    let refused = browser.open("/console/members").await.expect(403).text();
    assert!(refused.contains("but not every member"), "{refused}");
    browser.open("/console/keys").await.expect(403);
}

#[actix_web::test]
async fn a_refused_form_says_at_the_field_why_and_keeps_what_was_typed() {
    let app = TestApp::start().await;
    let manager = app.logged_in(&app.cooperative, "li.na", Manager).await;
    let link = invited(&manager, "王五", "worker").await;
    for (login, password, again, sentence) in [
        ("li.na", NEW, NEW, "Somebody logs in by this name already"),
        ("w", NEW, NEW, "has the wrong length"),
        ("wang wu", NEW, NEW, "may not stand there"),
        ("wang.wu", "short", "short", "fewer than 12 characters"),
        ("wang.wu", "password1234", "password1234", "stolen elsewhere"),
        ("wang.wu", "hongqicoop2026!!", "hongqicoop2026!!", "little more than your own name"),
        ("wang.wu", "!QAZ2wsx3edc4rfv", "!QAZ2wsx3edc4rfv", "a walk over neighbouring keys"),
        ("wang.wu", "hongqi123456", "hongqi123456", "little more than your own name"),
        ("wang.wu", NEW, "something else", "passwords differ"),
    ] {
        let browser = app.browser();
        browser.open(&link).await;
        let fields = [("name", "王五五"), ("login", login), ("password", password), ("again", again)];
        let page = browser.send(&link, &fields).await.expect(422).text();
        assert!(page.contains(sentence) && page.contains("class=\"field-error\""), "{login} {password}: {page}");
        assert!(page.contains("value=\"王五五\"") && page.contains(&format!("value=\"{login}\"")), "{page}");
        assert!(!page.contains(password) || password == "short", "a password is never sent back: {page}");
    }
    app.browser().open(&link).await.expect(200);
}

#[actix_web::test]
async fn a_link_ends_by_time_and_when_it_is_withdrawn() {
    let app = TestApp::start().await;
    app.at("2026-09-01T00:00:00.000Z");
    let manager = app.logged_in(&app.cooperative, "li.na", Manager).await;
    let (old, withdrawn) = (invited(&manager, "甲乙", "worker").await, invited(&manager, "丙丁", "worker").await);
    manager.open("/console/members").await;
    // The newest stands first.
    manager.submit("/console/members/change", &links_first(&manager)).await.expect(200);
    let open = [app.browser().open(&old).await.status, app.browser().open(&withdrawn).await.status];
    assert!(open == [200, 404] || open == [404, 200], "{open:?}");
    app.at("2026-09-08T00:00:00.000Z");
    app.browser().open(&old).await.expect(404);
    app.browser().open(&withdrawn).await.expect(404);
}

/// The fields that withdraw the first link on the page.
fn links_first(manager: &Browser) -> [(&'static str, &'static str); 2] {
    let hidden = manager.hidden("/console/members/change");
    let id = hidden.iter().find(|(name, _)| name == "id").unwrap().1.clone();
    [("id", id.leak()), ("act", "withdraw")]
}

#[actix_web::test]
async fn a_manager_helps_who_forgot_his_password_and_his_sessions_end() {
    let app = TestApp::start().await;
    let manager = app.logged_in(&app.cooperative, "li.na", Manager).await;
    let forgetful = app.logged_in(&app.cooperative, "wang.wu", Worker).await;
    manager.open("/console/members").await;
    let answer = manager.submit("/console/members/change", &[("act", "reset")]).await.expect(200);
    let link = shown_once(&answer).replace("https://sy.example", "");
    let browser = app.browser();
    browser.open(&link).await.expect(200);
    browser.send(&link, &[("password", NEW), ("again", NEW)]).await.expect(303);
    assert!(forgetful.open("/console/account").await.text().contains("<h1>Log in</h1>"));
    app.browser().open(&link).await.expect(404);
    let again = app.browser();
    again.open("/login").await;
    again.send("/login", &[("login", "wang.wu"), ("password", PASSWORD)]).await.expect(422);
    again.send("/login", &[("login", "wang.wu"), ("password", NEW)]).await.expect(303);
}

#[actix_web::test]
async fn who_is_shut_out_is_out_at_once_and_nobody_shuts_out_himself() {
    let app = TestApp::start().await;
    let manager = app.logged_in(&app.cooperative, "li.na", Manager).await;
    let worker = app.logged_in(&app.cooperative, "wang.wu", Worker).await;
    manager.open("/console/members").await;
    let page = manager.submit("/console/members/change", &[("act", "disable")]).await.expect(200).text();
    assert!(page.contains("may not log in"), "{page}");
    assert!(worker.open("/console/account").await.text().contains("<h1>Log in</h1>"));
    worker.send("/login", &[("login", "wang.wu"), ("password", PASSWORD)]).await.expect(422);
    let own = app.app.store.members(Some(app.cooperative.id.parse().unwrap())).unwrap();
    let own = own.iter().find(|member| member.login.as_str() == "li.na").unwrap().id.to_string();
    let refused = manager.submit("/console/members/change", &[("id", &own), ("act", "disable")]).await.expect(422);
    assert!(refused.text().contains("Nobody changes his own role"), "{}", refused.text());
    manager.submit("/console/members/change", &[("act", "enable")]).await.expect(200);
    worker.send("/login", &[("login", "wang.wu"), ("password", PASSWORD)]).await.expect(303);
}

#[actix_web::test]
async fn links_of_a_manager_who_is_shut_out_end_with_him_and_one_manager_is_always_left() {
    let app = TestApp::start().await;
    let first = app.logged_in(&app.cooperative, "li.na", Manager).await;
    let second = app.logged_in(&app.cooperative, "wang.wu", Manager).await;
    let link = invited(&second, "他自己", "manager").await;
    let reset = |answer: Answer| shown_once(&answer).replace("https://sy.example", "");
    let home = app.cooperative.id.parse().unwrap();
    let of = |login: &str| {
        let all = app.app.store.members(Some(home)).unwrap();
        all.into_iter().find(|member| member.login.as_str() == login).unwrap().id
    };
    let (one, two) = (of("li.na").to_string(), of("wang.wu").to_string());
    first.open("/console/members").await;
    let made = first.submit("/console/members/change", &[("id", &two), ("act", "reset")]).await.expect(200);
    let own = reset(made);
    app.browser().open(&own).await.expect(200);
    first.open("/console/members").await;
    first.submit("/console/members/change", &[("id", &two), ("act", "disable")]).await.expect(200);
    // The link for his password with him, and it does not come back when he does.
    app.browser().open(&own).await.expect(404);
    assert!(app.browser().open(&link).await.expect(404).text().contains("no longer good"));
    // As if the other had shut him out at the same moment.
    let now = Some(app.app.now());
    let last = app.app.store.change_member(home, of("li.na"), &Change::Disabled(now)).unwrap();
    let demoted = app.app.store.change_member(home, of("li.na"), &Change::Kind(Worker)).unwrap();
    assert_eq!((last, demoted), (Changed::LastManager, Changed::LastManager));
    first.submit("/console/members/change", &[("id", &two), ("act", "enable")]).await.expect(200);
    app.browser().open(&own).await.expect(404);
    second.log_in("wang.wu").await.expect(200);
    second.open("/console/members").await;
    let link = invited(&first, "王五", "worker").await;
    second.submit("/console/members/change", &[("id", &one), ("act", "worker")]).await.expect(200);
    app.browser().open(&link).await.expect(404);
}

#[actix_web::test]
async fn another_houses_people_keys_and_links_are_as_if_they_were_not_there() {
    let app = TestApp::start().await;
    let manager = app.logged_in(&app.cooperative, "li.na", Manager).await;
    let victim = app.logged_in(&app.other_cooperative, "zhao.liu", Manager).await;
    let link = invited(&victim, "周七", "worker").await;
    let home = app.other_cooperative.id.parse().unwrap();
    let member = app.app.store.members(Some(home)).unwrap()[0].id.to_string();
    let invitation = app.app.store.invitations(home).unwrap()[0].token_hash.to_string();
    let key = app.app.store.api_keys(Some(home)).unwrap()[0].id.to_string();
    manager.open("/console/members").await;
    let token = ("csrf".to_owned(), manager.hidden("/console/members").remove(0).1);
    let post = async |path: &str, fields: &[(&str, &str)]| {
        let mut all = vec![token.clone()];
        all.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        manager.post(path, &all).await
    };
    for act in ["disable", "enable", "reset", "worker", "no_second_factor"] {
        let foreign = post("/console/members/change", &[("id", &member), ("act", act)]).await.expect(404);
        let missing = post("/console/members/change", &[("id", &"0".repeat(32)), ("act", act)]).await.expect(404);
        let plain = |answer: &Answer| answer.text().replace(answer.header("x-request-id").unwrap(), "");
        assert_eq!(plain(&foreign), plain(&missing));
    }
    post("/console/members/change", &[("id", &invitation), ("act", "withdraw")]).await.expect(404);
    post("/console/keys/revoke", &[("id", &key)]).await.expect(404);
    for page in ["/console/members", "/console/keys"] {
        let text = manager.open(page).await.expect(200).text();
        assert!(!text.contains("zhao.liu") && !text.contains("周七") && !text.contains(&key), "{text}");
    }
    app.browser().open(&link).await.expect(200);
    app.other_cooperative.get("/api/v1/batches").await.expect(200);
    assert!(victim.open("/console/account").await.text().contains("zhao.liu"));
}

#[actix_web::test]
async fn changing_the_password_needs_the_old_one_and_logs_out_everywhere_else() {
    let app = TestApp::start().await;
    let here = app.logged_in(&app.cooperative, "li.na", Worker).await;
    let elsewhere = app.browser();
    elsewhere.log_in("li.na").await;
    assert_eq!(here.open("/console/account").await.text().matches("<b><bdi>Chrome · Android").count(), 2);
    let change = async |current: &str, new: &str| {
        here.open("/console/account").await;
        here.submit("/console/account/password", &[("current", current), ("password", new), ("again", new)]).await
    };
    assert!(change("wrong", NEW).await.expect(422).text().contains("id=\"current-error\""));
    assert!(change(PASSWORD, "li.na li.na 1").await.expect(422).text().contains("id=\"password-error\""));
    assert!(elsewhere.open("/console/account").await.text().contains("li.na"));
    assert!(change(PASSWORD, NEW).await.expect(200).text().contains("The password is changed"));
    assert!(elsewhere.open("/console/account").await.text().contains("<h1>Log in</h1>"));
}

#[actix_web::test]
async fn one_logs_out_elsewhere_one_place_or_all() {
    let app = TestApp::start().await;
    let here = app.logged_in(&app.cooperative, "li.na", Worker).await;
    let others = [app.browser(), app.browser()];
    for other in &others {
        other.log_in("li.na").await;
    }
    here.open("/console/account").await;
    here.submit("/console/account/sessions", &[]).await.expect(200);
    let mut left = 0;
    for other in &others {
        left += usize::from(other.open("/console/account").await.text().contains("li.na"));
    }
    assert_eq!(left, 1);
    here.submit("/console/account/sessions", &[("session", "")]).await.expect(200);
    for other in &others {
        assert!(!other.open("/console/account").await.text().contains("li.na"));
    }
    assert!(here.open("/console/account").await.text().contains("li.na"));
}

#[actix_web::test]
async fn a_key_is_made_shown_once_used_and_ended_by_its_house() {
    let app = TestApp::start().await;
    let manager = app.logged_in(&app.cooperative, "li.na", Manager).await;
    manager.open("/console/keys").await;
    let wanted = [("name", "包装线 1"), ("until", "2026-09-01")];
    let key = shown_once(&manager.submit("/console/keys", &wanted).await.expect(200));
    app.stranger(&key).get("/api/v1/batches").await.expect(200);
    let page = manager.open("/console/keys").await.expect(200).text();
    assert!(
        page.contains("包装线 1") && page.contains("works until 2026-09-01") && page.contains("last used"),
        "{page}"
    );
    assert!(!page.contains(&key));
    for (name, until, sentence) in
        [("", "", "is empty"), ("x", "2026-08-31", "That day is over"), ("x", "tomorrow", "It should look like this")]
    {
        manager.open("/console/keys").await;
        let answer = manager.submit("/console/keys", &[("name", name), ("until", until)]).await.expect(422).text();
        assert!(answer.contains(sentence) && answer.contains(&format!("value=\"{until}\"")), "{answer}");
    }
    manager.open("/console/keys").await;
    manager.submit("/console/keys/revoke", &[]).await.expect(200);
    assert!(manager.open("/console/keys").await.text().contains("ended"));
}

#[actix_web::test]
async fn what_cannot_be_taken_back_asks_for_the_password_again() {
    let app = TestApp::start().await;
    app.at("2026-09-01T00:00:00.000Z");
    let manager = app.logged_in(&app.cooperative, "li.na", Manager).await;
    manager.open("/console/keys").await;
    let form = manager.hidden("/console/keys");
    app.at("2026-09-01T00:31:00.000Z");
    let answer = manager.post("/console/keys", &form).await.expect(303);
    assert_eq!(answer.header("location"), Some("/console/prove?then=/console/keys"));
    let page = manager.open("/console/keys").await.expect(200).text();
    assert!(!page.contains("action=\"/console/keys\"") && page.contains("Give the password"), "{page}");
    manager.open("/console/prove?then=/console/keys").await.expect(200);
    let wrong = manager.submit("/console/prove", &[("password", "wrong")]).await.expect(422).text();
    assert!(wrong.contains("The password is not right"), "{wrong}");
    let page = manager.submit("/console/prove", &[("password", PASSWORD)]).await.expect(200).text();
    assert!(page.contains("action=\"/console/keys\""), "{page}");
}
