//! The code at the door: who has to show one, that each works once, what stands in for a lost telephone.

use scraper::{Html, Selector};
use suyuan::auth::totp;
use suyuan::domain::people::MemberKind::{Manager, Signer, Worker};

use crate::support::{Answer, Browser, TestApp};

const START: &str = "2026-09-01T00:00:00.000Z";

fn step(moment: &str) -> u64 {
    moment.parse::<suyuan::domain::time::Instant>().unwrap().millis() as u64 / 30_000
}

/// Reads the secret off the page, as somebody would type it.
fn secret(browser: &Browser) -> Vec<u8> {
    let hidden = browser.hidden("/login/authenticator");
    let typed = &hidden.iter().find(|(name, _)| name == "secret").unwrap().1;
    totp::from_base32(&typed.replace(' ', "")).unwrap()
}

fn recovery_codes(answer: &Answer) -> Vec<String> {
    let document = Html::parse_document(&answer.text());
    let codes = Selector::parse(".codes code").unwrap();
    document.select(&codes).map(|code| code.text().collect()).collect()
}

/// Sets up an authenticator where the browser was sent to do so.
async fn set_up(browser: &Browser, moment: &str) -> (Vec<u8>, Vec<String>) {
    let secret = secret(browser);
    let code = totp::code(&secret, step(moment));
    let answer = browser.submit("/login/authenticator", &[("code", &code)]).await.expect(200);
    (secret, recovery_codes(&answer))
}

#[actix_web::test]
async fn whose_word_others_rest_on_sets_up_an_authenticator_before_anything_else() {
    let app = TestApp::start().await;
    app.at(START);
    for (house, login, kind) in
        [(&app.operator, "op", Worker), (&app.association, "as", Worker), (&app.laboratory, "la", Signer)]
    {
        let login = format!("{login}.one");
        app.member(house, &login, kind);
        let browser = app.browser();
        let page = browser.log_in(&login).await.expect(200).text();
        assert!(page.contains("Set up an authenticator") && page.contains("<svg"), "{page}");
        for elsewhere in ["/console/account", "/console/members", "/console/keys"] {
            assert!(browser.open(elsewhere).await.text().contains("Set up an authenticator"), "{elsewhere}");
        }
        let before = browser.cookie("__Host-session");
        let (_, codes) = set_up(&browser, START).await;
        assert_eq!(codes.len(), 10);
        assert_ne!(browser.cookie("__Host-session"), before, "another session begins");
        assert!(browser.open("/console/account").await.text().contains("10 recovery codes are left"));
    }
    for (house, kind) in [(&app.laboratory, Worker), (&app.cooperative, Manager), (&app.regulator, Manager)] {
        let browser = app.logged_in(house, &format!("free.{}", &house.id[..4]), kind).await;
        assert!(browser.open("/console/account").await.text().contains("Only the password protects"));
    }
}

#[actix_web::test]
async fn who_knows_only_the_password_does_not_replace_an_authenticator_that_was_set_up_meanwhile() {
    let app = TestApp::start().await;
    app.at(START);
    app.member(&app.laboratory, "la.one", Signer);
    let (thief, owner) = (app.browser(), app.browser());
    thief.log_in("la.one").await.expect(200);
    let stolen = secret(&thief);
    owner.log_in("la.one").await.expect(200);
    set_up(&owner, START).await;
    let code = totp::code(&stolen, step(START));
    let answer = thief.submit("/login/authenticator", &[("code", &code)]).await.expect(401).text();
    assert!(answer.contains("Nobody is logged in here"), "{answer}");
    assert!(thief.log_in("la.one").await.text().contains("Code of your authenticator"));
    assert!(thief.open("/login/authenticator").await.text().contains("Code of your authenticator"));
    assert!(!thief.open("/console/account").await.text().contains("recovery codes are left"));
    assert!(owner.open("/console/account").await.text().contains("10 recovery codes are left"));
}

#[actix_web::test]
async fn an_authenticator_that_is_set_up_or_changed_ends_every_other_session() {
    let app = TestApp::start().await;
    app.at(START);
    let here = app.logged_in(&app.cooperative, "li.na", Manager).await;
    let (elsewhere, other) = (app.browser(), app.logged_in(&app.cooperative, "wang.wu", Worker).await);
    elsewhere.log_in("li.na").await.expect(200);
    here.open("/login/authenticator").await.expect(200);
    let (secret, _) = set_up(&here, START).await;
    assert!(elsewhere.open("/console/account").await.text().contains("<h1>Log in</h1>"));
    assert!(here.open("/console/account").await.text().contains("10 recovery codes are left"));
    assert!(other.open("/console/account").await.text().contains("wang.wu"), "nobody else");
    // Another one in its place: whoever was in by the old one is out.
    let later = "2026-09-01T00:01:00.000Z";
    app.at(later);
    elsewhere.log_in("li.na").await.expect(200);
    elsewhere.submit("/login/code", &[("code", &totp::code(&secret, step(later)))]).await.expect(200);
    assert!(elsewhere.open("/console/account").await.text().contains("10 recovery codes are left"));
    here.open("/login/authenticator").await.expect(200);
    set_up(&here, later).await;
    assert!(elsewhere.open("/console/account").await.text().contains("<h1>Log in</h1>"));
    assert!(here.open("/console/account").await.text().contains("10 recovery codes are left"));
}

#[actix_web::test]
async fn a_code_is_asked_for_and_each_works_once() {
    let app = TestApp::start().await;
    app.at(START);
    let browser = app.logged_in(&app.operator, "op.one", Manager).await;
    let (secret, _) = set_up(&browser, START).await;
    let code = totp::code(&secret, step(START));
    let thief = app.browser();
    let page = thief.log_in("op.one").await.expect(200).text();
    assert!(page.contains("Code of your authenticator"), "{page}");
    let half = thief.cookie("__Host-session");
    for wrong in [code.as_str(), "000000", "", "MZXW-6YTB-MZXW-6YTB"] {
        let answer = thief.submit("/login/code", &[("code", wrong)]).await.expect(422).text();
        assert!(answer.contains("The code is not right, or was used before"), "{answer}");
    }
    assert!(thief.open("/console/members").await.text().contains("Code of your authenticator"));
    let later = "2026-09-01T00:00:30.000Z";
    app.at(later);
    let next = totp::code(&secret, step(later));
    thief.submit("/login/code", &[("code", &next)]).await.expect(200);
    assert_ne!(thief.cookie("__Host-session"), half);
    assert!(thief.open("/console/account").await.text().contains("op.one"));
    let again = app.browser();
    again.log_in("op.one").await;
    again.submit("/login/code", &[("code", &next)]).await.expect(422);
}

#[actix_web::test]
async fn a_recovery_code_stands_in_once() {
    let app = TestApp::start().await;
    app.at(START);
    let browser = app.logged_in(&app.operator, "op.one", Manager).await;
    let (_, codes) = set_up(&browser, START).await;
    let lost = app.browser();
    lost.log_in("op.one").await;
    lost.submit("/login/code", &[("code", &codes[3].to_lowercase())]).await.expect(200);
    assert!(lost.open("/console/account").await.text().contains("9 recovery codes are left"));
    let again = app.browser();
    again.log_in("op.one").await;
    again.submit("/login/code", &[("code", &codes[3])]).await.expect(422);
}

#[actix_web::test]
async fn whoever_guesses_codes_waits() {
    let app = TestApp::start().await;
    app.at(START);
    let browser = app.logged_in(&app.operator, "op.one", Manager).await;
    set_up(&browser, START).await;
    let thief = app.browser();
    thief.log_in("op.one").await;
    for guess in 0..10 {
        thief.submit("/login/code", &[("code", &format!("{guess:06}"))]).await.expect(422);
    }
    thief.submit("/login/code", &[("code", "000010")]).await.expect(429);
}

#[actix_web::test]
async fn whoever_knows_the_password_alone_keeps_nobody_from_showing_his_code() {
    let app = TestApp::start().await;
    app.at(START);
    let owner = app.logged_in(&app.operator, "op.one", Manager).await;
    let (secret, _) = set_up(&owner, START).await;
    owner.open("/console/account").await;
    owner.submit("/logout", &[]).await;
    // As many browsers as he likes: they are counted together, and none of them is known by a password alone.
    for guess in 0..10 {
        let thief = app.browser().at(&format!("198.51.{guess}.7:5000"));
        thief.log_in("op.one").await;
        thief.submit("/login/code", &[("code", &format!("{guess:06}"))]).await.expect(422);
    }
    let later = "2026-09-01T00:00:30.000Z";
    app.at(later);
    let code = totp::code(&secret, step(later));
    let elsewhere = app.browser();
    elsewhere.log_in("op.one").await;
    elsewhere.submit("/login/code", &[("code", "000010")]).await.expect(429);
    elsewhere.submit("/login/code", &[("code", &code)]).await.expect(429);
    owner.log_in("op.one").await;
    owner.submit("/login/code", &[("code", "000010")]).await.expect(422);
    owner.submit("/login/code", &[("code", &code)]).await.expect(200);
    assert!(owner.open("/console/account").await.text().contains("op.one"));
    // On his own device guesses are counted too.
    owner.submit("/logout", &[]).await;
    owner.log_in("op.one").await;
    for guess in 0..10 {
        owner.submit("/login/code", &[("code", &format!("{guess:06}"))]).await.expect(422);
    }
    owner.submit("/login/code", &[("code", "000010")]).await.expect(429);
}

#[actix_web::test]
async fn a_managers_link_lets_a_besieged_member_in_on_a_new_device() {
    let app = TestApp::start().await;
    app.at(START);
    let manager = app.logged_in(&app.laboratory, "ma.one", Manager).await;
    set_up(&manager, START).await;
    let signer = app.logged_in(&app.laboratory, "si.one", Signer).await;
    let (secret, _) = set_up(&signer, START).await;
    // Strangers guess the password until no stranger may, and one who knows it guesses codes.
    let thief = app.browser().at("198.51.100.7:5000");
    thief.log_in("si.one").await;
    for guess in 0..10 {
        thief.submit("/login/code", &[("code", &format!("{guess:06}"))]).await.expect(422);
    }
    let guess = async |network: usize| {
        let stranger = app.browser().at(&format!("198.51.{network}.7:5000"));
        stranger.open("/login").await;
        stranger.send("/login", &[("login", "si.one"), ("password", "wrong")]).await
    };
    for network in 0..20 {
        for _ in 0..6 {
            guess(network).await;
        }
    }
    guess(200).await.expect(429);
    let later = "2026-09-01T00:00:30.000Z";
    app.at(later);
    manager.open("/console/members").await.expect(200);
    let page = manager.submit("/console/members/change", &[("act", "reset")]).await.expect(200).text();
    let link = page.split("https://sy.example/reset/").nth(1).unwrap();
    let link = format!("/reset/{}", link.split(['"', '<']).next().unwrap());
    let new = app.browser().at("203.0.113.9:5000");
    new.open(&link).await.expect(200);
    let chosen = "seven grey buckets of plums";
    let page = new.submit(&link, &[("password", chosen), ("again", chosen)]).await.expect(200).text();
    assert!(page.contains("Code of your authenticator"), "{page}");
    // Who guessed codes is out with the old password: after a minute at most the code is taken.
    thief.submit("/login/code", &[("code", "000011")]).await.expect(401);
    let at_last = "2026-09-01T00:01:30.000Z";
    app.at(at_last);
    new.submit("/login/code", &[("code", &totp::code(&secret, step(at_last)))]).await.expect(200);
    assert!(new.open("/console/account").await.text().contains("si.one"));
}

#[actix_web::test]
async fn a_manager_removes_a_lost_second_factor_and_it_is_set_up_anew() {
    let app = TestApp::start().await;
    app.at(START);
    let signer = app.logged_in(&app.laboratory, "si.one", Signer).await;
    set_up(&signer, START).await;
    let manager = app.logged_in(&app.laboratory, "ma.one", Manager).await;
    set_up(&manager, START).await;
    manager.open("/console/members").await.expect(200);
    manager.submit("/console/members/change", &[("act", "no_second_factor")]).await.expect(200);
    assert!(signer.open("/console/account").await.text().contains("<h1>Log in</h1>"));
    assert!(signer.log_in("si.one").await.text().contains("Set up an authenticator"));
}

#[actix_web::test]
async fn a_worker_who_becomes_a_signer_sets_one_up_at_the_next_page() {
    let app = TestApp::start().await;
    app.at(START);
    let worker = app.logged_in(&app.laboratory, "wo.one", Worker).await;
    let manager = app.logged_in(&app.laboratory, "ma.one", Manager).await;
    set_up(&manager, START).await;
    manager.open("/console/members").await.expect(200);
    manager.submit("/console/members/change", &[("act", "signer")]).await.expect(200);
    assert!(worker.open("/console/account").await.text().contains("Set up an authenticator"));
    set_up(&worker, START).await;
    assert!(worker.open("/console/account").await.text().contains("signer"));
}
