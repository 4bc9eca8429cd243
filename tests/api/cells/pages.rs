//! The cells of the pages.

use actix_web::http::Method;
use suyuan::app::people::members::{self, Of};
use suyuan::auth::policy::{self, Whose};
use suyuan::domain::people::MemberKind;
use suyuan::web::map::{Page, Who};
use suyuan::web::routes::pages;

use super::NOBODY;
use super::world::{World, collection, never};
use crate::support::desk::Desk;
use crate::support::{Answer, Client};

/// Forms that name, beside what the address names, something that an empty one does not: that is what is missing.
const NAMES_MORE: &[&str] = &["/console/webhooks/{id}/replay"];

fn path(page: &Page, id: &str) -> String {
    let path = page.path.replace("{id}", id).replace("{tail:.*}", "09520000100049/10/NO-LOT");
    ["{name}", "{sha256}", "{token}"].iter().fold(path, |path, part| path.replace(part, NOBODY))
}

/// Looks at a page, or sends its form with nothing in it but the token.
async fn ask(desk: &Desk, page: &Page, id: &str) -> Answer {
    let path = path(page, id);
    match page.method {
        Method::GET => desk.get(&path).await,
        _ => desk.post(&path, &[("csrf".to_owned(), desk.csrf())].into()).await,
    }
}

/// Nobody is let in: who looks is sent to log in, who sends is told to.
fn is_shut(page: &Page, answer: &Answer) -> bool {
    match page.method {
        Method::GET => answer.status == 303 && answer.header("location").unwrap().starts_with("/login"),
        _ => answer.status == 401,
    }
}

/// What a page says, whoever was asked for.
fn said(answer: &Answer, handle: &str) -> String {
    let text = answer.text().replace(handle, "…");
    let id = answer.header("x-request-id").unwrap_or_default();
    if id.is_empty() { text } else { text.replace(id, "…") }
}

#[actix_web::test]
async fn every_page_answers_each_member_as_the_table_says() {
    let world = World::new().await;
    let (owners, strangers) = (world.owners(), world.strangers().await);
    let mut walked = 0;
    let all: Vec<Page> = pages().into_iter().filter(|page| page.method != Method::OPTIONS).collect();
    for ((role, owner), (_, stranger)) in owners.iter().zip(&strangers) {
        for kind in MemberKind::ALL {
            let (own, foreign) = (world.app.desk_as(owner, *kind).await, world.app.desk_as(stranger, *kind).await);
            let buyer = world.app.desk_as(&world.app.buyer, *kind).await;
            for page in &all {
                let Who::May(operation) = page.who else { continue };
                let cell = format!("{} {} by a {kind} of a {role}", page.method, page.path);
                let rule = policy::rule(operation).unwrap_or_else(|| panic!("{cell}: {operation} is not in the table"));
                let named = page.path.contains("{id}");
                assert!(!named || rule.whose != Whose::House, "{cell}: {operation} says not whose");
                if !(rule.roles.contains(&role.parse().unwrap()) && rule.members.contains(kind)) {
                    let about = if named { world.foreign(role, collection(&page.path)) } else { NOBODY };
                    for id in [about, NOBODY] {
                        assert_eq!(ask(&own, page, id).await.status, 403, "{cell}");
                        walked += 1;
                    }
                    continue;
                }
                let missing = ask(&foreign, page, NOBODY).await;
                walked += 1;
                if !named {
                    assert!(![401, 403].contains(&missing.status), "{cell}: {}", missing.text());
                    continue;
                }
                let collection = collection(&page.path);
                assert_eq!(missing.status, 404, "{cell}, nothing there: {}", missing.text());
                let handle = world.foreign(role, collection);
                let theirs = ask(&foreign, page, handle).await;
                if rule.whose == Whose::Anybodys {
                    assert!(![401, 403, 404].contains(&theirs.status), "{cell}, another's: {}", theirs.text());
                    walked += 2;
                    continue;
                }
                assert_eq!(theirs.status, 404, "{cell}, another's: {}", theirs.text());
                assert_eq!(said(&theirs, handle), said(&missing, NOBODY), "{cell}, another's");
                let party = world.party(role, collection).filter(|_| rule.whose != Whose::Own);
                let opened = world.own(role, collection).filter(|_| rule.whose != Whose::Given);
                let mut reached = vec![(&own, opened), (&own, party)];
                if *role == "cooperative" && rule.whose != Whose::Own {
                    reached.push((&buyer, world.party("receiver", collection)));
                }
                reached.retain(|(_, handle)| handle.is_some());
                assert!(!reached.is_empty() || never(role, operation, collection), "{cell}: nobody has one");
                for (desk, handle) in reached {
                    let answer = ask(desk, page, handle.unwrap()).await;
                    let there = answer.status != 404 || NAMES_MORE.contains(&page.path.as_str());
                    assert!(there && ![401, 403].contains(&answer.status), "{cell}, its own: {}", answer.text());
                    walked += 1;
                }
                walked += 1;
            }
        }
    }
    assert!(walked > 1_500, "only {walked} cells");
}

#[actix_web::test]
async fn whoever_has_no_session_or_one_that_ended_or_may_act_no_more_is_shut_out_of_every_page() {
    let world = World::new().await;
    let app = &world.app;
    let mut shut = vec![("nobody".to_owned(), Desk::of_cookie(&app.anon, String::new()))];
    for (role, client) in world.owners() {
        let (ended, disabled) = (app.desk(&client).await, app.desk(&client).await);
        let home = client.id.parse().unwrap();
        app.store.end_sessions(home, ended.member, None).unwrap();
        let manager = suyuan::app::Caller::of(home, role.parse().unwrap());
        members::change(&app.app, manager, disabled.member, Of::Disabled).unwrap();
        shut.push((format!("an ended session of a {role}"), ended));
        shut.push((format!("a disabled member of a {role}"), disabled));
    }
    let mut walked = 0;
    for page in pages().into_iter().filter(|page| page.method != Method::OPTIONS) {
        for (who, desk) in &shut {
            let answer = ask(desk, &page, NOBODY).await;
            let open = page.who == Who::Anybody;
            // Who logs out twice is out.
            let out = page.path == "/logout" && answer.status == 303;
            let (method, path) = (&page.method, &page.path);
            assert_eq!(is_shut(&page, &answer) || out, !open, "{who} at {method} {path}: {}", answer.status);
            walked += 1;
        }
    }
    assert!(walked > 1_000, "only {walked}");
}

#[actix_web::test]
async fn public_pages_ask_nobody_who_he_is() {
    let world = World::new().await;
    let mut walked = 0;
    for page in pages().into_iter().filter(|page| page.who == Who::Anybody && page.method == Method::GET) {
        let anon: &Client = &world.app.anon;
        let answer = anon.get_with(&path(&page, NOBODY), &[("accept", "text/html")]).await;
        assert!(
            answer.status == 200 || answer.status == 404 || answer.status == 410,
            "{}: {}",
            page.path,
            answer.status
        );
        walked += 1;
    }
    assert!(walked > 6, "only {walked}");
}
