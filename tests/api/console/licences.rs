//! Licences from their form: whose products they are for, days as people name them, and what became of the goods.

use serde_json::json;

use crate::packs::opened;
use crate::support::desk::{fields, href, texts};
use crate::support::{CARTON, LOOSE, TestApp, batch_path};

const NEW: &str = "/console/licences/new";

#[actix_web::test]
async fn products_of_the_licensee_are_ticked_and_those_of_others_are_refused() {
    let app = TestApp::start().await;
    app.season().await;
    let other = json!({"gtin": "09520000100063", "name": {"zh": "别家的脐橙"}, "commodity": "navel-orange", "form": "pack",
        "unit": "pieces", "net_g": 5000});
    app.other_cooperative.made("/api/v1/products", other).await;
    let association = app.desk(&app.association).await;
    association.done("/console/marks/new", &[("name.zh", "示范之巅")]).await;
    let mut form = association.form(NEW).await;
    assert!(!form.keys().any(|name| name.starts_with("products.")), "nobody is chosen yet");
    form.insert("licensee".into(), app.cooperative.id.clone());
    form.insert("number".into(), "LIC-9".into());
    form.insert("packs".into(), "100".into());
    let mut asked = form.clone();
    asked.insert("more".into(), "products".into());
    let before = app.log_length();
    let page = association.post(NEW, &asked).await.expect(200).text();
    let ticks = texts(&page, ".ticks .tick");
    assert!(ticks.iter().any(|it| it.contains(CARTON.trim_start_matches('0'))), "{ticks:?}");
    assert!(!ticks.iter().any(|it| it.contains("散装") || it.contains("别家")), "packs of its own: {ticks:?}");
    assert_eq!(fields(&page)["number"], "LIC-9");
    // Nothing ticked: asked for, with the ticks at hand though the button was not pressed.
    let page = association.post(NEW, &form).await.expect(422).text();
    assert!(texts(&page, ".ticks .tick").len() == 1 && !texts(&page, "#f-gtins-error").is_empty(), "{page}");
    let mut foreign = fields(&page);
    foreign.insert("gtins".into(), "09520000100063".into());
    let page = association.post(NEW, &foreign).await.expect(409).text();
    let said = texts(&page, "#f-gtins-error").join("");
    assert!(said.contains("09520000100063") && said.contains("示范江岸合作社"), "whose it is: {said}");
    assert_eq!(app.log_length(), before);
    let mut ticked = fields(&page);
    ticked.insert("gtins".into(), String::new());
    ticked.insert(format!("products.{CARTON}"), "true".into());
    association.post(NEW, &ticked).await.expect(303);
    let licence = &app.association.get("/api/v1/licences").await.ok()["items"][0];
    assert_eq!(licence["gtins"], json!([CARTON]));
    // What is ticked and typed too is one.
    ticked.insert("gtins".into(), format!("{CARTON} {LOOSE}"));
    ticked.insert("number".into(), "LIC-10".into());
    ticked.remove("key");
    association.post(NEW, &ticked).await.expect(303);
    let both = &app.association.get("/api/v1/licences").await.ok()["items"][0];
    assert_eq!(both["gtins"].as_array().unwrap().len(), 2, "{both}");
}

#[actix_web::test]
async fn days_are_told_as_they_were_typed_and_the_past_is_asked_about() {
    let app = TestApp::start().await;
    app.season().await;
    app.on("2026-11-16");
    let association = app.desk(&app.association).await;
    association.done("/console/marks/new", &[("name.zh", "示范之巅")]).await;
    let said = |from, until| {
        [
            ("licensee", app.cooperative.id.as_str()),
            ("number", "LIC-9"),
            ("gtins", CARTON),
            ("from", from),
            ("until", until),
            ("packs", "100"),
        ]
    };
    let page = association.fill(NEW, &said("2026-11-16", "2026-01-01")).await.expect(422).text();
    let error = texts(&page, "#f-until-error").join("");
    assert!(error.contains("2026-01-01") && error.contains("2026-11-16"), "{error}");
    assert!(!error.contains("2026-01-02") && !error.contains("2026-11-17"), "nobody typed these: {error}");
    let page = association.fill(NEW, &said("2026-10-01", "2026-11-15")).await.expect(409).text();
    assert!(texts(&page, "#f-confirm-past-error").join("").contains("2026-11-15"), "{page}");
    let mut meant = fields(&page);
    meant.insert("confirm_past".into(), "true".into());
    association.post(NEW, &meant).await.expect(303);
    let list = association.page("/console/licences").await;
    let page = association.page(&href(&list, "LIC-9")).await;
    let again = association.form(&href(&page, "续发")).await;
    assert_eq!([&*again["licensee"], &*again["packs"]], [&*app.cooperative.id, "100"]);
    assert_eq!(again.get(&format!("products.{CARTON}")).map(String::as_str), Some("true"), "{again:?}");
}

#[actix_web::test]
async fn the_page_of_a_licence_says_what_failed_of_the_goods_under_it() {
    let app = TestApp::start().await;
    let season = app.season().await;
    let licence = app.licence(1_000).await;
    let harvest = app.harvest(&season, "SF26P011116", 1_000_000).await;
    let grading = json!({"standard": {"name": "示范县脐橙分级", "edition": "SF-2026"}, "input": 900_000,
        "outputs": [{"lot": "W01T", "grade": "特级", "quantity": 900_000}], "cull": 0, "loss": 0, "measures": []});
    let graded = opened(&app.cooperative.act(&batch_path(&harvest, "gradings"), grading).await);
    let packing = json!({"packed_on": "2026-11-16", "loss": 0,
        "outputs": [{"gtin": CARTON, "lot": "P01", "packs": 100, "licence": licence}]});
    app.cooperative.act(&batch_path(&graded, "packings"), packing).await;
    let association = app.desk(&app.association).await;
    let path = format!("/console/licences/{licence}");
    assert!(texts(&association.page(&path).await, ".notice.is-stop").is_empty());
    let drawn = json!({"laboratory": app.laboratory.id, "code": "S-1", "quantity": 1000});
    let sample = app.cooperative.made(&batch_path(&harvest, "samples"), drawn).await;
    app.laboratory.act(&format!("/api/v1/samples/{sample}/receipt"), json!({})).await;
    let reports = format!("/api/v1/samples/{sample}/reports");
    let failed = json!({"report_no": "R-9", "tier": "screening", "results": [
        {"analyte": "胆碱酯酶抑制率", "value": "68", "unit": "%", "limit": "50", "limit_source": "GB/T 5009.199-2003"}]});
    app.laboratory.act(&reports, failed).await;
    for desk in [&association, &app.desk(&app.cooperative).await] {
        let said = texts(&desk.page(&path).await, ".notice.is-stop").concat();
        assert!(said.contains("P01") && said.contains("R-9") && said.contains("快速检测阳性"), "{said}");
    }
    let list = association.page(&format!("{path}/packed")).await;
    assert!(texts(&list, "tbody tr").iter().any(|row| row.contains("P01") && row.contains("暂停销售")), "{list}");
    // What ended is told by whom the notice of it leads here.
    let clear = |analyte| json!({"analyte": analyte, "value": "0.01", "unit": "mg/kg", "limit": "0.05"});
    let passed = json!({"report_no": "R-10", "tier": "third_party", "retests": "R-9",
        "results": [clear("毒死蜱"), clear("克百威")]});
    app.laboratory.act(&reports, passed).await;
    let told = app.app.clone();
    actix_web::web::block(move || suyuan::app::notices::tell(&told).unwrap()).await.unwrap();
    let page = association.page(&path).await;
    let said = texts(&page, ".notice.is-attention").concat();
    assert!(texts(&page, ".notice.is-stop").is_empty() && said.contains("P01") && said.contains("R-9"), "{page}");
}
