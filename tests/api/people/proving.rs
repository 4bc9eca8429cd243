//! The password given again: what is refused without it, and how often it may be wrong.

use std::collections::BTreeMap;

use suyuan::app::admission::{self, Typed};
use suyuan::app::people::throttle::Network;
use suyuan::domain::people::MemberKind::{Manager, Worker};

use crate::support::desk::Desk;
use crate::support::{Answer, PASSWORD, TestApp};

/// Somebody is sent to give his password, by a page in between or by its address.
fn is_asked_again(answer: &Answer) -> bool {
    let sent_there = answer.header("location").is_some_and(|to| to.starts_with("/console/prove"));
    (answer.status == 303 && sent_there) || (answer.status == 403 && answer.text().contains("/console/prove"))
}

fn filled(desk: &Desk, fields: &[(&str, &str)]) -> BTreeMap<String, String> {
    let own = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    own.chain([("csrf".to_owned(), desk.csrf())]).collect()
}

/// Somebody applies.
fn applied(app: &TestApp) -> String {
    let applied = Typed {
        kind: "family_farm".into(),
        name_zh: "示范山下家庭农场".into(),
        uscc: "92999001MA00006005".into(),
        place: "示范县".into(),
        contact: "王 13800000000".into(),
        manager_name: "王五".into(),
        manager_login: "wang.wu".into(),
        ..Typed::default()
    };
    admission::apply(&app.app, &applied, Network::of([192, 0, 2, 7].into())).unwrap();
    app.store.applications(0, 1).unwrap()[0].id.to_string()
}

#[actix_web::test]
async fn members_applications_and_suspensions_wait_for_the_password() {
    let app = TestApp::start().await;
    app.at("2026-09-01T00:00:00.000Z");
    app.member(&app.operator, "wo.one", Worker);
    let house = app.operator.id.parse().unwrap();
    let worker = app.store.members(Some(house)).unwrap()[0].id.to_string();
    let application = format!("/console/applications/{}", applied(&app));
    let coop = format!("/console/organisations/{}", app.cooperative.id);
    let acts: [(&str, &[(&str, &str)]); 6] = [
        ("/console/members", &[("name", "王五"), ("kind", "worker")]),
        ("/console/members/change", &[("id", &worker), ("act", "disable")]),
        (&format!("{coop}/suspend"), &[("reason", "资质过期")]),
        (&format!("{coop}/lift"), &[]),
        (&format!("{application}/refuse"), &[("reason", "营业执照已注销")]),
        (&format!("{application}/approve"), &[]),
    ];
    let late = app.desk(&app.operator).await;
    app.at("2026-09-01T00:31:00.000Z");
    let fresh = app.desk(&app.operator).await;
    let records = app.log_length();
    for (path, fields) in acts {
        let answer = late.post(path, &filled(&late, fields)).await;
        assert!(is_asked_again(&answer), "{path}: {} {}", answer.status, answer.text());
    }
    // Nothing of it was done.
    assert_eq!(app.log_length(), records);
    assert!(app.store.invitations(house).unwrap().is_empty());
    assert!(app.store.members(Some(house)).unwrap().iter().all(|member| member.disabled_at.is_none()));
    assert!(app.store.suspension(app.cooperative.id.parse().unwrap()).unwrap().is_none());
    late.get(&application).await.expect(200);
    // Whoever gave it does all of this; what was refused is approved no more.
    for (path, fields) in acts {
        let answer = fresh.post(path, &filled(&fresh, fields)).await;
        let done = [200, 303].contains(&answer.status) && !is_asked_again(&answer);
        assert!(done || path.ends_with("/approve"), "{path}: {} {}", answer.status, answer.text());
    }
    assert!(app.store.members(Some(house)).unwrap().iter().any(|member| member.disabled_at.is_some()));
    assert_eq!(app.store.invitations(house).unwrap().len(), 1);
}

#[actix_web::test]
async fn whoever_took_over_a_session_guesses_its_password_no_faster_than_a_stranger() {
    let app = TestApp::start().await;
    app.at("2026-09-01T00:00:00.000Z");
    let taken = app.logged_in(&app.cooperative, "li.na", Manager).await;
    let owner = app.browser();
    owner.log_in("li.na").await;
    let new = "seven grey buckets of plums";
    let change = [("current", "wrong"), ("password", new), ("again", new)];
    // By either of the two forms that ask for it.
    for _ in 0..5 {
        taken.open("/console/prove?then=/console/keys").await;
        taken.send("/console/prove", &[("password", "wrong")]).await.expect(422);
        taken.open("/console/account").await;
        taken.send("/console/account/password", &change).await.expect(422);
    }
    let page = taken.send("/console/account/password", &change).await.expect(429).text();
    assert!(page.contains("Wait a minute"), "{page}");
    let right = [("current", PASSWORD), ("password", new), ("again", new)];
    taken.send("/console/account/password", &right).await.expect(429);
    taken.open("/console/prove?then=/console/keys").await;
    taken.send("/console/prove", &[("password", PASSWORD)]).await.expect(429);
    // The owner in his own session does not wait.
    owner.open("/console/prove?then=/console/keys").await;
    owner.send("/console/prove", &[("password", PASSWORD)]).await.expect(303);
    app.at("2026-09-01T00:01:00.000Z");
    taken.open("/console/prove?then=/console/keys").await;
    taken.send("/console/prove", &[("password", PASSWORD)]).await.expect(303);
}

#[actix_web::test]
async fn over_plain_http_the_pages_that_take_a_password_say_that_it_travels_readable() {
    let warning = "This page is not encrypted";
    for (public_url, warns) in [("http://192.168.1.20:8080", true), ("https://sy.example", false)] {
        let app = TestApp::reached_by(public_url).await;
        let home = app.cooperative.id.parse().unwrap();
        let link = suyuan::app::people::members::invite_from_terminal(&app.app, home, "王五", Worker).unwrap();
        app.member(&app.cooperative, "li.na", Worker);
        let reset = suyuan::app::people::members::reset_from_terminal(&app.app, "li.na").unwrap();
        let (join, reset) = (format!("/invitation/{}", link.reveal()), format!("/reset/{}", reset.reveal()));
        for path in ["/login", &join, &reset] {
            let page = app.browser().open(path).await.expect(200).text();
            assert_eq!(page.contains(warning), warns, "{public_url}{path}");
        }
    }
}
