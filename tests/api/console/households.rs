//! Growers are named in public when they agreed to it, from then on and until they withdraw it; by the console and by the API.

use serde_json::json;

use crate::support::desk::texts;
use crate::support::{LOOSE, TestApp, plot};

const GROWER: &str = "李甲乙";
const SHOWN: &str = "李某";

/// A batch from a plot whose grower is known, and the plot.
async fn picked(app: &TestApp, form: serde_json::Value) -> String {
    app.on("2026-11-18");
    let plot = app.cooperative.made("/api/v1/plots", form).await;
    let product = json!({"gtin": LOOSE, "name": {"zh": "脐橙"}, "commodity": "navel_orange", "form": "loose",
        "unit": "grams"});
    app.cooperative.made("/api/v1/products", product).await;
    let harvest = json!({"basis": "harvested", "gtin": LOOSE, "lot": "L1", "quantity": 1_000_000,
        "plots": [{"plot": plot}], "picked": {"from": "2026-11-16", "to": "2026-11-17"}});
    app.cooperative.made("/api/v1/batches", harvest).await;
    plot
}

#[actix_web::test]
async fn a_grower_is_named_to_the_public_from_the_consent_to_its_withdrawal() {
    let app = TestApp::start().await;
    let mut form = plot("SF-P01");
    form["grower"] = json!(GROWER);
    let plot = picked(&app, form).await;
    let coop = app.desk(&app.cooperative).await;
    let public = async |name: &str| {
        let (page, view) = (app.page(LOOSE, "L1", "zh-CN").await, app.scan(LOOSE, "L1").await);
        assert!(!page.contains(GROWER) && !view.to_string().contains(GROWER), "only what was agreed to is shown");
        let (on_page, in_view) = (page.contains(name), view["origins"][0]["grower"] == name);
        assert_eq!(on_page, in_view);
        on_page
    };
    assert!(!public(SHOWN).await);
    let row = &texts(&coop.page("/console/households").await, "tbody tr")[0];
    assert!(row.contains(GROWER) && row.contains("不公示姓名"), "{row}");

    // The form offers the name that is known, and takes another.
    let address = format!("/console/plots/{plot}/consent");
    assert_eq!(coop.form(&address).await["shown_as"], GROWER);
    coop.done(&address, &[("shown_as", SHOWN), ("how", "paper")]).await;
    assert!(public(SHOWN).await);
    assert!(texts(&coop.page("/console/households").await, "tbody tr")[0].contains("公示为“李某”"));
    assert!(coop.page(&format!("/console/plots/{plot}")).await.contains("公示为“李某”"));
    let csv = coop.get("/console/households.csv").await.expect(200).text();
    assert!(csv.contains(GROWER) && csv.contains("SF-P01"), "{csv}");

    coop.done(&format!("/console/plots/{plot}/consent/withdrawal"), &[]).await;
    assert!(!public(SHOWN).await, "a page that was kept does not outlive the consent");
    // The records that anybody can download never held the name.
    let history = app.stranger("").get(&format!("/api/v1/plots/{plot}/chain")).await;
    assert!(!history.text().contains(SHOWN));
    let twice = app.cooperative.post(&format!("/api/v1/plots/{plot}/consent-withdrawals"), json!({})).await;
    twice.problem(409, "no-consent");
    // Agreed to once more.
    app.cooperative
        .made(&format!("/api/v1/plots/{plot}/consents"), json!({"shown_as": "李师傅", "how": "message"}))
        .await;
    assert!(public("李师傅").await);
}

#[actix_web::test]
async fn a_plot_is_registered_with_its_growers_consent_which_needs_a_name() {
    let app = TestApp::start().await;
    let mut form = plot("SF-P01");
    form["consent"] = json!("spoken");
    app.cooperative.post("/api/v1/plots", form.clone()).await.problem(422, "no-grower");
    form["consent"] = json!("telepathy");
    form["grower"] = json!(GROWER);
    assert_eq!(app.cooperative.post("/api/v1/plots", form.clone()).await.status, 400);
    form["consent"] = json!("spoken");
    let plot = picked(&app, form).await;
    assert_eq!(app.scan(LOOSE, "L1").await["origins"][0]["grower"], GROWER);
    // Whose plot it is not finds none.
    for path in ["consents", "consent-withdrawals"] {
        let body = if path == "consents" { json!({"shown_as": "x", "how": "paper"}) } else { json!({}) };
        let path = format!("/api/v1/plots/{plot}/{path}");
        assert_eq!(app.other_cooperative.post(&path, body.clone()).await.status, 404);
        assert_eq!(app.laboratory.post(&path, body).await.status, 403);
    }
    let other = app.desk(&app.other_cooperative).await;
    assert!(!other.page("/console/households").await.contains(GROWER));
}

#[actix_web::test]
async fn the_plots_of_one_grower_stand_together_each_with_what_the_public_reads() {
    let app = TestApp::start().await;
    let coop = app.desk(&app.cooperative).await;
    for (code, grower, consent) in
        [("SF-P01", "李甲乙", Some("spoken")), ("SF-P02", "王丙", None), ("SF-P03", "李甲乙", None)]
    {
        let mut form = plot(code);
        form["grower"] = json!(grower);
        form["consent"] = consent.into();
        app.cooperative.made("/api/v1/plots", form).await;
    }
    let page = coop.page("/console/households").await;
    let rows = texts(&page, "tbody tr");
    let found: Vec<bool> = rows.iter().map(|row| row.contains("李甲乙")).collect();
    assert_eq!(found, [true, true, false], "{rows:?}");
    assert!(rows[0].contains("SF-P03") && rows[0].contains("不公示姓名"), "{rows:?}");
    assert!(rows[1].contains("SF-P01") && rows[1].contains("公示为“李甲乙”"), "{rows:?}");
    assert_eq!(texts(&page, "tbody tr.again").len(), 1);
    assert_eq!(texts(&coop.page("/console/households?sort=2").await, "tbody tr.again").len(), 0);
}
