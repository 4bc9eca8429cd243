//! Lists: paging by cursor, filters, what each organisation gets to see.

use serde_json::{Value, json};

use crate::support::{LOOSE, TestApp, batch_path, harvest, plot};

fn lots(page: &Value) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|item| item["lot"].as_str().unwrap().to_owned()).collect()
}

#[actix_web::test]
async fn pages_stay_stable_while_others_write() {
    let app = TestApp::start().await;
    let season = app.season().await;
    for index in 0..7 {
        app.harvest(&season, &format!("L{index}"), 1_000).await;
    }
    let mut page = app.cooperative.get("/api/v1/batches?limit=3").await.ok();
    let mut seen = lots(&page);
    for round in 0.. {
        app.harvest(&season, &format!("NEW{round}"), 1_000).await;
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        page = app.cooperative.get(&format!("/api/v1/batches?limit=3&cursor={cursor}")).await.ok();
        assert!(page["items"].as_array().unwrap().len() <= 3);
        seen.extend(lots(&page));
    }
    assert_eq!(seen, ["L6", "L5", "L4", "L3", "L2", "L1", "L0"]);
}

#[actix_web::test]
async fn every_list_pages_through_all_of_its_items_once() {
    let app = TestApp::start().await;
    let season = app.season().await;
    for index in 0..4 {
        app.cooperative.made("/api/v1/plots", plot(&format!("P{index}"))).await;
    }
    app.licence(100).await;
    let batch = app.harvest(&season, "L0", 1_000_000).await;
    for index in 0..3 {
        let drawn = json!({"laboratory": app.laboratory.id, "code": format!("S{index}"), "quantity": 1});
        app.cooperative.made(&batch_path(&batch, "samples"), drawn).await;
        let shipped = json!({"to_uscc": crate::support::BUYER[2], "quantity": 1});
        app.cooperative.made(&batch_path(&batch, "shipments"), shipped).await;
    }
    for (client, path, count) in [
        (&app.cooperative, "/api/v1/plots", 5),
        (&app.cooperative, "/api/v1/samples", 3),
        (&app.laboratory, "/api/v1/samples", 3),
        (&app.cooperative, "/api/v1/shipments", 3),
        (&app.buyer, "/api/v1/shipments?direction=incoming", 3),
        (&app.buyer, "/api/v1/shipments", 0),
        (&app.cooperative, "/api/v1/products", 2),
        (&app.cooperative, "/api/v1/licences", 1),
        (&app.association, "/api/v1/licences", 1),
        (&app.cooperative, "/api/v1/marks", 1),
        (&app.operator, "/api/v1/organisations", 7),
        (&app.cooperative, "/api/v1/sites", 0),
        (&app.other_cooperative, "/api/v1/batches", 0),
    ] {
        let whole = app_items(client, path, 200).await;
        let in_twos = app_items(client, path, 2).await;
        assert_eq!((whole.len(), &whole), (count, &in_twos), "{path}");
    }
}

async fn app_items(client: &crate::support::Client, path: &str, limit: u32) -> Vec<String> {
    let joint = if path.contains('?') { '&' } else { '?' };
    let (mut ids, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = client.get(&format!("{path}{joint}limit={limit}{cursor}")).await.ok();
        ids.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return ids,
        }
    }
}

#[actix_web::test]
async fn batches_are_found_by_stage_product_date_and_lot() {
    let app = TestApp::start().await;
    let season = app.season().await;
    app.harvest(&season, "NOV16", 1_000).await;
    app.on("2026-11-18");
    let mut late = harvest(&season.plot, "NOV18", 2_000);
    late["picked"] = json!({"from": "2026-11-18", "to": "2026-11-18"});
    let late = app.cooperative.made("/api/v1/batches", late).await;
    let grading = json!({"input": 2_000, "outputs": [{"lot": "NOV18-T", "grade": "特级", "quantity": 2_000}]});
    app.cooperative.act(&batch_path(&late, "gradings"), grading).await;
    for (filter, expected) in [
        ("stage=open", vec!["NOV16"]),
        ("stage=graded", vec!["NOV18-T", "NOV18"]),
        ("stage=closed", vec![]),
        ("lot=NOV18", vec!["NOV18"]),
        ("opened_from=2026-11-17", vec!["NOV18-T", "NOV18"]),
        ("opened_to=2026-11-17", vec!["NOV16"]),
        ("opened_from=2026-11-16&opened_to=2026-11-16", vec!["NOV16"]),
        ("gtin=09520000100018", vec![]),
        (&format!("gtin={LOOSE}&stage=open&limit=1"), vec!["NOV16"]),
    ] {
        let page = app.cooperative.get(&format!("/api/v1/batches?{filter}")).await.ok();
        assert_eq!(lots(&page), expected, "{filter}");
    }
    assert!(lots(&app.other_cooperative.get("/api/v1/batches").await.ok()).is_empty());
}

#[actix_web::test]
async fn a_parameter_that_cannot_be_meant_is_refused() {
    let app = TestApp::start().await;
    for (field, query) in [
        ("limit", "limit=0"),
        ("limit", "limit=201"),
        ("limit", "limit=ten"),
        ("limit", "limit=-1"),
        ("cursor", "cursor=x"),
        ("cursor", "cursor=-1"),
        ("cursor", "cursor=99999999999999999999999"),
        ("stage", "stage=ripe"),
        ("gtin", "gtin=09520000100019"),
        ("gtin", "gtin=1234567890123"),
        ("lot", "lot=abcdefghijklmnopqrstu"),
        ("lot", "lot=%E6%89%B9"),
        ("opened_from", "opened_from=2026-02-30"),
        ("opened_to", "opened_to=16.11.2026"),
    ] {
        let problem = app.cooperative.get(&format!("/api/v1/batches?{query}")).await.problem(400, "bad-parameter");
        assert_eq!(problem["field"], field, "{query}");
        let named = |name: &str| problem[name].as_str().is_some_and(|text| !text.is_empty());
        assert!(named("value") && named("expected"), "{query}: {problem}");
    }
    let direction = app.cooperative.get("/api/v1/shipments?direction=up").await.problem(400, "bad-parameter");
    assert_eq!(direction["field"], "direction");
    // The largest cursor that is a number is a page like any other.
    app.cooperative.get("/api/v1/batches?cursor=18446744073709551615").await.ok();
}

#[actix_web::test]
async fn a_laboratory_and_who_drew_the_sample_list_what_was_reported_on_it() {
    let app = TestApp::start().await;
    let season = app.season().await;
    let batch = app.harvest(&season, "L0", 1_000_000).await;
    let mut samples = Vec::new();
    for code in ["S0", "S1"] {
        let drawn = json!({"laboratory": app.laboratory.id, "code": code, "quantity": 1_000});
        let sample = app.cooperative.made(&batch_path(&batch, "samples"), drawn).await;
        app.laboratory.act(&format!("/api/v1/samples/{sample}/receipt"), json!({})).await;
        samples.push(sample);
    }
    let value = json!([{"analyte": "联苯菊酯", "value": "0.050", "unit": "mg/kg", "limit": "0.05"}]);
    for (number, sample) in [("R0", 0), ("R1", 1), ("R2", 0)] {
        let report = json!({"report_no": number, "tier": "third_party", "signer": "李签字", "results": value});
        app.laboratory.act(&format!("/api/v1/samples/{}/reports", samples[sample]), report).await;
    }
    let path = format!("/api/v1/samples/{}/reports", samples[0]);
    let page = app.laboratory.get(&path).await.ok();
    assert_eq!(page, app.cooperative.get(&path).await.ok());
    let items = page["items"].as_array().unwrap();
    let numbers: Vec<_> = items.iter().map(|item| item["report_no"].as_str().unwrap()).collect();
    assert_eq!(numbers, ["R2", "R0"]);
    let newest = &items[0];
    assert_eq!((&newest["subject"], &newest["sample_code"]), (&json!(format!("batch:{batch}")), &json!("S0")));
    assert_eq!((&newest["tier"], &newest["verdict"]), (&json!("third_party"), &json!("pass")));
    assert_eq!((&newest["results"][0]["value"], &newest["results"][0]["limit"]), (&json!("0.050"), &json!("0.05")));
    assert!(!page.to_string().contains("李签字"), "who signed is sealed");
    app.other_cooperative.get(&path).await.problem(404, "not-found");
}
