//! Days of a cooperative, its laboratory and its buyer, told by forms alone.

use serde_json::json;

use crate::support::desk::{Desk, href, texts};
use crate::support::{BUYER, CARTON, LOOSE, TestApp, batch_path};

use super::goods::choice;

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
    // Until there is a batch, each of the first steps leads back to them.
    assert_eq!(plain(&desk.done("/console/plots/new", &plot).await), "/console");
    let list = desk.page("/console/plots").await;
    let plots = list.split("href=\"/console/plots/").filter_map(|rest| rest.split('"').next());
    let id = plots.into_iter().find(|id| id.len() == 32).unwrap();
    format!("/console/plots/{id}")
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
    // Nor is his name to be had by his number, which stands in the list of organisations.
    let by_number = json!({"to": app.buyer.id, "quantity": 1});
    app.cooperative.post(&batch_path(&batch, "shipments"), by_number).await.problem(422, "unknown-receiver");
    let refused = coop.fill(&ship, &[("quantity", "1"), ("to", app.buyer.id.as_str())]).await.expect(422).text();
    assert!(texts(&refused, ".field-error")[0].contains("统一社会信用代码"), "{refused}");
    assert!(!coop.page("/console/shipments").await.contains(BUYER[0]) && !coop.page(&ship).await.contains(BUYER[0]));
    let refused = coop.fill(&ship, &[("quantity", "300")]).await.expect(422).text();
    assert_eq!(texts(&refused, ".field-error").len(), 1, "{refused}");
    coop.done(&ship, &[("quantity", "300"), ("to_uscc", BUYER[2])]).await;
    let page = coop.page(&ship).await;
    assert!(page.contains(BUYER[0]), "now he is");
    assert!(coop.page("/console/shipments").await.contains(BUYER[0]));
    let known = choice(&page, "to", BUYER[0]);

    let take_in = href(&buyer.page("/console").await, "收货");
    let opened = buyer.done(&take_in, &[("lot", "SFJ-1")]).await;
    assert_eq!(texts(&buyer.page(plain(&opened)).await, ".equation"), ["进 300 kg = 结余 300 kg"]);
    // Shipped to once, he is chosen.
    coop.done(&ship, &[("quantity", "10"), ("to", known.as_str())]).await;
    // The seller's page draws what the buyer made of it, and does not open it.
    let page = coop.page(&format!("/console/batches/{batch}")).await;
    assert!(page.contains("SFJ-1") && !page.contains(plain(&opened)), "{page}");
    coop.get(plain(&opened)).await.expect(404);
}
