//! Who has which page and which form, and what is another organisation's.

use serde_json::json;
use suyuan::auth::policy;
use suyuan::domain::record::Role;
use suyuan::web::console::{FORMS, PAGES};

use crate::support::desk::texts;
use crate::support::{LOOSE, TestApp, batch_path};

fn texts_of_csrf(page: &str) -> String {
    let from = page.find("name=\"csrf\" value=\"").unwrap() + "name=\"csrf\" value=\"".len();
    page[from..].split('"').next().unwrap().to_owned()
}

/// Pages that are no table, and so no file either.
const NO_LISTS: [&str; 4] = ["/console", "/console/pending", "/console/scan", "/console/health"];

fn role(name: &str) -> Role {
    name.parse().unwrap()
}

#[actix_web::test]
async fn another_organisations_things_answer_as_missing_ones_on_every_page_and_form() {
    let app = TestApp::start().await;
    let season = app.season().await;
    let batch = app.harvest(&season, "SF26P011116", 9_600_000).await;
    let licence = app.licence(100).await;
    let drawn = json!({"laboratory": app.laboratory.id, "code": "S-1", "quantity": 1000});
    let sample = app.cooperative.made(&batch_path(&batch, "samples"), drawn).await;
    let shipped = json!({"to_uscc": crate::support::BUYER[2], "quantity": 1000});
    let shipment = app.cooperative.made(&batch_path(&batch, "shipments"), shipped).await;
    let other_lab = app.admit("laboratory", "另一快检中心", "12999001MA0000999K").await;
    let other_association = app.admit("association", "另一协会", "51999001MA0000999J").await;
    let records = app.log_length();
    for (client, kind) in
        [(&app.other_cooperative, "cooperative"), (&other_lab, "laboratory"), (&other_association, "association")]
    {
        let desk = app.desk(client).await;
        let mut paths: Vec<String> = FORMS
            .iter()
            .filter(|(path, operation)| path.contains("{id}") && policy::may(role(kind), operation))
            .map(|(path, _)| {
                let id = match path.split('/').nth(2) {
                    Some("batches") => &batch,
                    Some("plots") => &season.plot,
                    Some("samples") => &sample,
                    Some("shipments") => &shipment,
                    _ => &licence,
                };
                path.replace("{id}", id)
            })
            .collect();
        assert!(!paths.is_empty());
        let token = desk.page("/console").await;
        let csrf = texts_of_csrf(&token);
        for path in &paths {
            desk.get(path).await.expect(404);
            desk.post(path, &[("csrf".to_owned(), csrf.clone())].into()).await.expect(404);
        }
        paths.clear();
        if kind == "cooperative" {
            for path in [
                format!("/console/batches/{batch}"),
                format!("/console/batches/{batch}/label"),
                format!("/console/plots/{}", season.plot),
                format!("/console/licences/{licence}"),
            ] {
                let said = desk.get(&path).await.expect(404).text();
                assert!(!said.contains("SF26P011116") && !said.contains("SF-P01"), "{path}: {said}");
            }
            let found = desk.page("/console/search?q=SF-P01").await;
            assert!(texts(&found, "main li").is_empty(), "{found}");
            // The lot as whoever scans it sees it is public, its page in the console is not.
            for query in ["SF26P011116".to_owned(), format!("/01/{LOOSE}/10/SF26P011116")] {
                let found = desk.page(&format!("/console/search?q={query}")).await;
                assert!(found.contains(&format!("href=\"/01/{LOOSE}/10/SF26P011116\"")), "{found}");
                assert!(!found.contains(&format!("/console/batches/{batch}")), "{found}");
            }
            let beginning = desk.page("/console/search?q=SF26P01111").await;
            assert!(texts(&beginning, "main li").is_empty(), "of others only the whole: {beginning}");
            assert!(!desk.page("/console/batches").await.contains("SF26P011116"));
        }
    }
    // What is one's own, but not one's own to do: a sender does not take in what he sent.
    let sender = app.desk(&app.cooperative).await;
    sender.get(&format!("/console/shipments/{shipment}/receive")).await.expect(404);
    assert_eq!(app.log_length(), records);
}

#[actix_web::test]
async fn each_role_has_the_pages_and_forms_that_the_tables_give_it_and_no_other() {
    let app = TestApp::start().await;
    for (name, client) in app.roles() {
        let desk = app.desk(client).await;
        for (href, operation) in PAGES.iter().map(|page| (page.href, page.operation)) {
            let expected = if policy::may(role(name), operation) { 200 } else { 403 };
            for path in [href.to_owned(), format!("{href}.csv"), format!("{href}.xlsx")] {
                let is_file = path.ends_with(".csv") || path.ends_with(".xlsx");
                let is_list = operation.starts_with("page.") && !NO_LISTS.contains(&href);
                if !is_file || is_list {
                    assert_eq!(desk.get(&path).await.status, expected, "{name} at {path}");
                }
            }
        }
        let csrf = texts_of_csrf(&desk.page("/console").await);
        for (path, operation) in FORMS {
            let path = path.replace("{id}", &"0".repeat(32));
            let expected: &[u16] = match (policy::may(role(name), operation), path.contains("000")) {
                (false, _) => &[403],
                (true, true) => &[404],
                (true, false) => &[200, 422],
            };
            let shown = desk.get(&path).await.status;
            let sent = desk.post(&path, &[("csrf".to_owned(), csrf.clone())].into()).await.status;
            assert!(expected.contains(&shown) && expected.contains(&sent), "{name} at {path}: {shown}, {sent}");
        }
    }
}

#[actix_web::test]
async fn nobody_gets_in_without_a_session_and_no_form_of_another_site_is_taken() {
    let app = TestApp::start().await;
    let season = app.season().await;
    let batch = app.harvest(&season, "SF26P011116", 9_600_000).await;
    let coop = app.desk(&app.cooperative).await;
    let path = format!("/console/batches/{batch}/lose");
    let records = app.log_length();
    for (page, _) in FORMS {
        let page = page.replace("{id}", &batch);
        let sent_away = app.anon.get_with(&page, &[("accept", "text/html")]).await.expect(303);
        assert!(sent_away.header("location").unwrap().starts_with("/login?then=/console/"), "{page}");
    }
    let mut form = coop.form(&path).await;
    form.insert("quantity".into(), "10".into());
    form.insert("reason".into(), "rot".into());
    let cross = coop.post_with(&path, &[("sec-fetch-site", "cross-site")], &form).await;
    assert!(cross.status == 403 || cross.status == 422, "{}", cross.status);
    form.insert("csrf".into(), "0".repeat(64));
    assert_ne!(coop.post(&path, &form).await.status, 303);
    assert_eq!(app.log_length(), records);
}
