//! The console as its people use it: forms that are filled in, lists that are read, and what is refused.

use serde_json::json;
use suyuan::auth::policy;
use suyuan::domain::record::Role;
use suyuan::web::console::{FORMS, PAGES};

use crate::support::desk::{Desk, fields, href, texts};
use crate::support::{BUYER, CARTON, LOOSE, TestApp, batch_path};

/// The address of a page without what it says was done.
fn plain(location: &str) -> &str {
    location.split('?').next().unwrap()
}

/// What a cooperative registers before its first harvest, by forms; answers the plot.
async fn set_up(desk: &Desk) -> String {
    desk.done("/console/products/new", &[("gtin", LOOSE), ("name.zh", "脐橙（散装）"), ("commodity", "navel_orange")])
        .await;
    let carton =
        [("form", "pack"), ("gtin", CARTON), ("name.zh", "脐橙 5 kg 箱装"), ("net_g", "10斤"), ("grade", "特级")];
    desk.done("/console/products/new", &carton).await;
    let plot = [
        ("code", "SF-P01"),
        ("area_m2", "18亩"),
        ("place.zh", "示范县"),
        ("crop.zh", "脐橙"),
        ("point.lat", "31.018320"),
        ("point.lon", "109.464210"),
    ];
    plain(&desk.done("/console/plots/new", &plot).await).to_owned()
}

#[actix_web::test]
async fn a_day_from_the_first_product_to_the_label_is_told_by_forms_alone() {
    let app = TestApp::start().await;
    app.on("2026-11-16");
    let (coop, laboratory) = (app.desk(&app.cooperative).await, app.desk(&app.laboratory).await);
    let home = coop.page("/console").await;
    assert_eq!(texts(&home, ".firsts li").len(), 4, "the first steps are named");
    let plot = set_up(&coop).await;
    coop.done(
        &format!("{plot}/treatments/new"),
        &[
            ("product", "阿维菌素 1.8% EC"),
            ("active", "阿维菌素"),
            ("dose", "3000×"),
            ("on", "2026-09-30"),
            ("interval_days", "14"),
        ],
    )
    .await;

    // The lot is offered by plot and day, the plot and the product are those there are.
    let batch = coop.done("/console/batches/new", &[("quantity", "19200斤")]).await;
    let batch = plain(&batch).to_owned();
    let page = coop.page(&batch).await;
    assert_eq!(texts(&page, "h1"), ["SF26P011116"]);
    assert_eq!(texts(&page, ".equation"), ["进 9,600 kg = 结余 9,600 kg"]);

    let drawn = coop.done(&format!("{batch}/sample"), &[("code", "SF-S-0217"), ("quantity", "7.2")]).await;
    assert_eq!(plain(&drawn), batch);
    assert!(texts(&coop.page("/console").await, ".waiting li").iter().any(|line| line.contains("SF-S-0217")));
    let inbox = laboratory.page("/console").await;
    let receive = href(&inbox, "收样");
    laboratory.done(&receive, &[]).await;
    let report = href(&laboratory.page("/console/samples").await, "填写报告");
    // What was sprayed is offered as a row.
    assert_eq!(laboratory.form(&report).await["results[0].analyte"], "阿维菌素");
    laboratory
        .done(
            &report,
            &[
                ("report_no", "SFJC-2026-0217"),
                ("results[0].qualifier", "below_loq"),
                ("results[0].value", "0.005"),
                ("results[0].limit", "0.02"),
            ],
        )
        .await;

    let graded = [
        ("outputs[0].quantity", "2688"),
        ("outputs[1].quantity", "4416 kg"),
        ("cull", "672"),
        ("loss", "88.8"),
        ("measures[0].mean", "12.4"),
    ];
    coop.done(&format!("{batch}/grade"), &graded).await;
    let page = coop.page(&batch).await;
    let equation = "进 9,600 kg = 转出 7,104 kg + 样品 7.2 kg + 等外 672 kg + 损耗 88.8 kg + 结余 1,728 kg";
    assert_eq!(texts(&page, ".equation"), [equation]);
    let special = href(&page, "特级");
    let label = coop.done(&format!("{special}/pack"), &[]).await;
    assert!(plain(&label).ends_with("/label"), "{label}");
    let page = coop.page(&label).await;
    assert!(page.contains("SF26P011116T") && page.contains("qr.svg"), "{page}");
    assert_eq!(texts(&page, ".done").len(), 1);

    let view = app.scan(CARTON, "SF26P011116T").await;
    assert_eq!(view["verdict"], "issued", "{view}");
    let packs = app.cooperative.get(&format!("/api/v1/batches?gtin={CARTON}")).await.ok();
    assert_eq!(packs["items"][0]["balance"]["input"], 537, "{packs}");
}

#[actix_web::test]
async fn goods_go_to_a_buyer_who_is_told_by_his_code_and_takes_them_in() {
    let app = TestApp::start().await;
    let season = app.season().await;
    let batch = app.harvest(&season, "SF26P011116", 9_600_000).await;
    let (coop, buyer) = (app.desk(&app.cooperative).await, app.desk(&app.buyer).await);
    let ship = format!("/console/batches/{batch}/ship");
    let page = coop.page(&ship).await;
    assert!(
        !page.contains(BUYER[0]) && !page.contains(&app.buyer.id),
        "a buyer is not offered to who never dealt with him"
    );
    let refused = coop.fill(&ship, &[("quantity", "300")]).await.expect(422).text();
    assert_eq!(texts(&refused, ".field-error").len(), 1, "{refused}");
    coop.done(&ship, &[("quantity", "300"), ("to_uscc", BUYER[2])]).await;
    assert!(coop.page(&ship).await.contains(BUYER[0]), "now he is");

    let take_in = href(&buyer.page("/console").await, "收货");
    let opened = buyer.done(&take_in, &[("lot", "SFJ-1")]).await;
    assert_eq!(texts(&buyer.page(plain(&opened)).await, ".equation"), ["进 300 kg = 结余 300 kg"]);
    // The seller's page draws what the buyer made of it, and does not open it.
    let page = coop.page(&format!("/console/batches/{batch}")).await;
    assert!(page.contains("SFJ-1") && !page.contains(plain(&opened)), "{page}");
    coop.get(plain(&opened)).await.expect(404);
}

#[actix_web::test]
async fn a_form_with_faults_comes_back_with_all_of_them_at_their_fields_and_loses_nothing() {
    let app = TestApp::start().await;
    let season = app.season().await;
    let batch = app.harvest(&season, "SF26P011116", 9_600_000).await;
    let coop = app.desk(&app.cooperative).await;
    let before = app.log_length();
    for (language, missing) in [("zh-CN", "请填写"), ("en", "Please fill in")] {
        *coop.language.borrow_mut() = language;
        let faults = [("quantity", "九千"), ("picked.from", "2026-02-30"), ("lot", ""), ("note", "照旧 <b>")];
        let page = coop.fill("/console/batches/new", &faults).await.expect(422).text();
        let errors = texts(&page, ".error li");
        assert_eq!((errors.len(), texts(&page, ".field-error").len()), (3, 3), "{errors:?}");
        assert!(
            errors.iter().any(|error| error.contains(missing)) && errors.iter().any(|error| error.contains("九千"))
        );
        let kept = fields(&page);
        assert_eq!((kept["quantity"].as_str(), kept["note"].as_str()), ("九千", "照旧 <b>"));
        assert_eq!(kept["picked.from"], "2026-02-30");
        assert!(page.contains("aria-invalid=\"true\"") && !page.contains("<b>照旧"));
    }
    // What only the state refuses: in kilograms, at the field, of the row that is meant.
    *coop.language.borrow_mut() = "zh-CN";
    let grade = format!("/console/batches/{batch}/grade");
    let page = coop.fill(&grade, &[("input", "9601"), ("outputs[2].quantity", "9600.5")]).await.expect(409).text();
    let errors = texts(&page, ".error li");
    assert!(errors.len() == 1 && errors[0].contains("9,601 kg") && errors[0].contains("9,600 kg"), "{errors:?}");
    assert_eq!(fields(&page)["outputs[2].quantity"], "9600.5");
    app.other_cooperative.get("/api/v1/batches").await.ok();
    let taken = coop
        .fill(
            &grade,
            &[("outputs[1].quantity", "10"), ("outputs[2].quantity", "10"), ("outputs[2].lot", "SF26P011116")],
        )
        .await;
    let page = taken.expect(409).text();
    assert!(page.contains("id=\"f-outputs-2--lot-error\""), "the row of the form, not that of the act: {page}");
    assert_eq!(app.log_length(), before);
}

#[actix_web::test]
async fn a_row_that_says_nothing_is_none_and_one_more_can_be_asked_for() {
    let app = TestApp::start().await;
    let season = app.season().await;
    let batch = app.harvest(&season, "SF26P011116", 9_600_000).await;
    let coop = app.desk(&app.cooperative).await;
    let grade = format!("/console/batches/{batch}/grade");
    let page = coop.fill(&grade, &[("more", "outputs"), ("outputs[0].quantity", "abc")]).await.expect(200).text();
    let more = fields(&page);
    assert!(more.contains_key("outputs[3].lot") && !more.contains_key("outputs[4].lot"));
    assert_eq!((more["outputs[0].quantity"].as_str(), texts(&page, ".field-error").len()), ("abc", 0));
    // A lot without a weight is a row that somebody began.
    let page =
        coop.fill(&grade, &[("outputs[0].quantity", "1"), ("outputs[1].size", "75 mm")]).await.expect(422).text();
    assert_eq!(texts(&page, ".field-error").len(), 1);
    coop.done(&grade, &[("outputs[1].quantity", "1")]).await;
    let made = app.cooperative.get(&format!("/api/v1/batches?gtin={LOOSE}")).await.ok();
    assert_eq!(made["items"].as_array().unwrap().len(), 2, "{made}");
}

#[actix_web::test]
async fn a_double_click_has_one_effect() {
    let app = TestApp::start().await;
    let season = app.season().await;
    let batch = app.harvest(&season, "SF26P011116", 9_600_000).await;
    let coop = app.desk(&app.cooperative).await;
    let path = format!("/console/batches/{batch}/lose");
    let mut form = coop.form(&path).await;
    form.insert("quantity".into(), "10".into());
    let first = coop.post(&path, &form).await.expect(303);
    let records = app.log_length();
    let second = coop.post(&path, &form).await.expect(303);
    assert_eq!(first.header("location"), second.header("location"));
    assert_eq!(app.log_length(), records);
    // The same form with another amount is not the same: it is said, and nothing is recorded.
    form.insert("quantity".into(), "11".into());
    coop.post(&path, &form).await.expect(422);
    assert_eq!(app.log_length(), records);
}

#[actix_web::test]
async fn who_was_overtaken_sees_what_happened_keeps_what_he_typed_and_may_go_on() {
    let app = TestApp::start().await;
    let season = app.season().await;
    let batch = app.harvest(&season, "SF26P011116", 9_600_000).await;
    let coop = app.desk(&app.cooperative).await;
    let path = format!("/console/batches/{batch}/lose");
    let mut form = coop.form(&path).await;
    form.insert("quantity".into(), "10".into());
    app.cooperative.act(&batch_path(&batch, "storings"), json!({"celsius": "5.0"})).await;
    let records = app.log_length();
    let page = coop.post(&path, &form).await.expect(412).text();
    assert_eq!(app.log_length(), records);
    assert!(texts(&page, ".error li").join("").contains("入库"), "{page}");
    let again = fields(&page);
    assert_eq!(again["quantity"], "10");
    coop.post(&path, &again).await.expect(303);
    assert_eq!(app.log_length(), records + 1);
}

#[actix_web::test]
async fn another_organisations_things_answer_as_missing_ones_on_every_page_and_form() {
    let app = TestApp::start().await;
    let season = app.season().await;
    let batch = app.harvest(&season, "SF26P011116", 9_600_000).await;
    let licence = app.licence(100).await;
    let drawn = json!({"laboratory": app.laboratory.id, "code": "S-1", "quantity": 1000});
    let sample = app.cooperative.made(&batch_path(&batch, "samples"), drawn).await;
    let shipped = json!({"to": app.buyer.id, "quantity": 1000});
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
            for query in ["SF26P011116", "SF-P01"] {
                let found = desk.page(&format!("/console/search?q={query}")).await;
                assert!(texts(&found, "main li").is_empty(), "{query}: {found}");
            }
            // The product is public, its lot's page in the console is not.
            let found = desk.get(&format!("/console/search?q=/01/{LOOSE}/10/SF26P011116")).await.expect(303);
            assert_eq!(found.header("location").unwrap(), format!("/01/{LOOSE}"));
            assert!(!desk.page("/console/batches").await.contains("SF26P011116"));
        }
    }
    assert_eq!(app.log_length(), records);
}

fn texts_of_csrf(page: &str) -> String {
    let from = page.find("name=\"csrf\" value=\"").unwrap() + "name=\"csrf\" value=\"".len();
    page[from..].split('"').next().unwrap().to_owned()
}

fn role(name: &str) -> Role {
    name.parse().unwrap()
}

#[actix_web::test]
async fn each_role_has_the_pages_and_forms_that_the_tables_give_it_and_no_other() {
    let app = TestApp::start().await;
    for (name, client) in app.roles() {
        let desk = app.desk(client).await;
        for (href, roles) in PAGES.iter().map(|page| (page.href, page.roles)) {
            let expected = if roles.contains(&role(name)) { 200 } else { 403 };
            for path in [href.to_owned(), format!("{href}.csv"), format!("{href}.xlsx")] {
                if !path.starts_with("/console.") {
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
    let cross = coop.post_with(&path, &[("sec-fetch-site", "cross-site")], &form).await;
    assert!(cross.status == 403 || cross.status == 422, "{}", cross.status);
    form.insert("csrf".into(), "0".repeat(64));
    assert_ne!(coop.post(&path, &form).await.status, 303);
    assert_eq!(app.log_length(), records);
}

#[actix_web::test]
async fn a_list_filters_turns_pages_and_is_exported_whole() {
    let app = TestApp::start().await;
    let season = app.season().await;
    for number in 0..60 {
        app.harvest(&season, &format!("L{number:03}"), 1_000_500).await;
    }
    let coop = app.desk(&app.cooperative).await;
    let first = coop.page("/console/batches").await;
    assert_eq!(texts(&first, "tbody tr").len(), 50);
    let second = coop.page(&href(&first, "更早的")).await;
    assert_eq!(texts(&second, "tbody tr").len(), 10);
    let one = coop.page("/console/batches?lot=l007&stage=open").await;
    assert_eq!(texts(&one, "tbody th"), ["L007"]);
    assert!(texts(&coop.page("/console/batches?stage=packed").await, "tbody tr").is_empty());
    let file = coop.get("/console/batches.csv").await.expect(200);
    assert!(file.header("content-disposition").unwrap().contains("batches.csv"));
    let text = file.text();
    assert_eq!(text.lines().count(), 61);
    assert!(text.contains("\"L007\",\"脐橙（散装）\",\"已建立\",1000.5,1000.5,\"2026-11-16\""), "{text}");
    let file = coop.get("/console/batches.xlsx?lot=L007").await.expect(200);
    assert!(file.bytes.starts_with(b"PK"));
}

#[actix_web::test]
async fn a_lot_of_one_alone_is_opened_by_the_search_box() {
    let app = TestApp::start().await;
    let season = app.season().await;
    let batch = app.harvest(&season, "SF26P011116", 9_600_000).await;
    let coop = app.desk(&app.cooperative).await;
    let found = coop.get("/console/search?q=sf26p011116").await.expect(303);
    assert_eq!(found.header("location").unwrap(), format!("/console/batches/{batch}"));
    let found = coop.get("/console/search?q=SF-P01").await.expect(303);
    assert_eq!(found.header("location").unwrap(), format!("/console/plots/{}", season.plot));
    let laboratory = coop.get("/console/search?q=%E5%BF%AB%E6%A3%80").await.expect(303);
    assert_eq!(laboratory.header("location").unwrap(), format!("/producers/{}", app.laboratory.id));
    let nothing = coop.page("/console/search?q=nosuchthing").await;
    assert!(nothing.contains("nosuchthing"));
}

#[actix_web::test]
async fn a_report_keeps_its_file_while_its_figures_are_put_right() {
    let app = TestApp::start().await;
    let season = app.season().await;
    let batch = app.harvest(&season, "SF26P011116", 9_600_000).await;
    let drawn = json!({"laboratory": app.laboratory.id, "code": "S-1", "quantity": 1000});
    let sample = app.cooperative.made(&batch_path(&batch, "samples"), drawn).await;
    app.laboratory.act(&format!("/api/v1/samples/{sample}/receipt"), json!({})).await;
    let laboratory = app.desk(&app.laboratory).await;
    let path = format!("/console/samples/{sample}/report");
    let mut form = laboratory.form(&path).await;
    for (name, value) in [
        ("report_no", "R-1"),
        ("results[0].analyte", "联苯菊酯"),
        ("results[0].value", "0,01"),
        ("results[0].limit", "0.05"),
    ] {
        form.insert(name.to_owned(), value.to_owned());
    }
    let pdf = "%PDF-1.7\n% a report\n%%EOF\n";
    let lies = laboratory.post_file(&path, &form, "application/pdf", "<html>").await.expect(415).text();
    assert_eq!(texts(&lies, ".error li").len(), 1, "a file that is none is said: {lies}");
    let page = laboratory.post_file(&path, &form, "application/pdf", pdf).await.expect(422).text();
    let mut form = fields(&page);
    assert!(form["attached"].contains("application/pdf") && form["results[0].value"] == "0,01", "{form:?}");
    form.insert("results[0].value".into(), "0.01".into());
    form.remove("file");
    let mut forged = form.clone();
    forged.insert("attached".into(), form["attached"].replace("\"bytes\":", "\"bytes\":1"));
    laboratory.post(&path, &forged).await.expect(422);
    laboratory.post(&path, &form).await.expect(303);
    let view = app.scan(LOOSE, "SF26P011116").await;
    let file = view["tests"][0]["file_url"].as_str().unwrap();
    assert_eq!(app.anon.get(file).await.expect(200).text(), pdf);
    let mut stranger = form.clone();
    stranger.insert("csrf".into(), "0".repeat(64));
    let before = app.log_length();
    assert_ne!(laboratory.post_file(&path, &stranger, "application/pdf", pdf).await.status, 303);
    assert_eq!(app.log_length(), before);
}
