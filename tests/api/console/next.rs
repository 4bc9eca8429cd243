//! What pages offer next: of a batch, of a plot, at home. What cannot succeed is not offered, what stops is said first.

use serde_json::json;

use crate::support::desk::{fields, href, texts};
use crate::support::{BUYER, LOOSE, TestApp, batch_path};

/// A test of the batch that finds too much.
async fn failed(app: &TestApp, batch: &str) {
    let drawn = json!({"laboratory": app.laboratory.id, "code": "S-2", "quantity": 1_000});
    let sample = app.cooperative.made(&batch_path(batch, "samples"), drawn).await;
    app.laboratory.act(&format!("/api/v1/samples/{sample}/receipt"), json!({"condition": "完好"})).await;
    let found =
        json!({"analyte": "啶虫脒", "value": "0.9", "unit": "mg/kg", "limit": "0.5", "limit_source": "GB 2763-2026"});
    let report = json!({"report_no": "R-2", "tier": "third_party", "signer": "李签字", "results": [found]});
    app.laboratory.act(&format!("/api/v1/samples/{sample}/reports"), report).await;
}

#[actix_web::test]
async fn a_batch_on_hold_says_why_and_offers_the_retest_and_so_do_its_forms() {
    let app = TestApp::start().await;
    let batch = app.harvest(&app.season().await, "SF26P011116", 9_600_000).await;
    failed(&app, &batch).await;
    let coop = app.desk(&app.cooperative).await;
    let own = format!("/console/batches/{batch}");
    let page = coop.page(&own).await;
    assert_eq!(texts(&page, ".notice.is-stop"), ["暂停销售：啶虫脒 0.9，限量 0.5 mg/kg（报告 R-2）。复检合格后解除。"]);
    assert!(texts(&page, ".chips .chip")[0].contains("暂停销售"), "what stops comes first: {page}");
    assert_eq!(texts(&page, ".hero .verb.first"), ["取样复检"]);
    assert!(texts(&page, "tr.is-stop").iter().any(|row| row.contains("超过限量")), "not by colour alone: {page}");
    assert!(!page.contains(&format!("{own}/ship\"")) && !page.contains(&format!("{own}/certify\"")));
    let form = coop.page(&format!("{own}/sample")).await;
    assert_eq!(texts(&form, "h1"), ["取样复检"]);
    assert!(texts(&form, ".notice.is-stop")[0].contains("R-2"), "{form}");
}

#[actix_web::test]
async fn of_a_recalled_batch_what_is_left_is_dealt_with_first_and_waits_at_home() {
    let app = TestApp::start().await;
    let batch = app.harvest(&app.season().await, "SF26P011116", 9_600_000).await;
    let coop = app.desk(&app.cooperative).await;
    let own = format!("/console/batches/{batch}");
    let shipment = json!({"to_uscc": BUYER[2], "quantity": 300_000});
    app.cooperative.act(&batch_path(&batch, "shipments"), shipment).await;
    let form = coop.page(&format!("{own}/recall")).await;
    assert!(texts(&form, ".facts dd").iter().any(|fact| fact.contains(BUYER[0])), "who has it: {form}");
    let unchosen = coop.fill(&format!("{own}/recall"), &[("reason.zh", "农药残留超标")]).await.expect(422).text();
    assert_eq!(texts(&unchosen, ".field-error").len(), 1, "the class is chosen, not offered: {unchosen}");
    let location = coop.done(&format!("{own}/recall"), &[("class", "2"), ("reason.zh", "农药残留超标")]).await;
    let page = coop.page(&location).await;
    assert!(texts(&page, ".notice.is-stop")[0].contains("农药残留超标"), "{page}");
    assert!(href(&page, "处理召回的货：记损耗").ends_with("/lose"));
    assert!(texts(&page, ".hero .verb.first")[0].starts_with("处理召回的货"), "{page}");
    let home = coop.page("/console").await;
    let line = texts(&home, ".waiting li").join("");
    assert!(line.contains("召回的货还有 9,300 kg") && line.contains("SF26P011116"), "{line}");
    let lost = [("quantity", "9300"), ("reason", "destroyed")];
    coop.done(&format!("{own}/lose"), &lost).await;
    assert!(!coop.page("/console").await.contains("召回的货还有"));
}

#[actix_web::test]
async fn it_goes_on_with_what_is_still_there_and_a_closed_batch_has_nothing_next() {
    let app = TestApp::start().await;
    let batch = app.harvest(&app.season().await, "SF26P011116", 1_000_000).await;
    let coop = app.desk(&app.cooperative).await;
    let own = format!("/console/batches/{batch}");
    let graded = [("outputs[0].quantity", "600"), ("outputs[1].quantity", "400")];
    coop.done(&format!("{own}/grade"), &graded).await;
    let page = coop.page(&own).await;
    assert_eq!(texts(&page, ".hero .verb.first"), ["继续：特级"]);
    assert!(texts(&page, ".hero .page-verbs")[0].contains("结余 600 kg"), "{page}");
    let special = href(&page, "继续：特级");
    coop.done(&format!("{special}/lose"), &[("quantity", "600"), ("reason", "rot")]).await;
    let page = coop.page(&own).await;
    assert_eq!(texts(&page, ".hero .verb.first"), ["继续：一级"], "nothing is left of the other");
    coop.done(&format!("{own}/close"), &[]).await;
    let page = coop.page(&own).await;
    assert!(texts(&page, ".hero .verb.first").is_empty() && page.contains(&format!("{own}/note")), "{page}");
    assert!(!page.contains("下一步"), "{page}");
}

#[actix_web::test]
async fn a_merge_is_offered_where_there_is_something_to_merge_with() {
    let app = TestApp::start().await;
    let season = app.season().await;
    let batch = app.harvest(&season, "L1", 1_000_000).await;
    let coop = app.desk(&app.cooperative).await;
    let own = format!("/console/batches/{batch}");
    assert!(!coop.page(&own).await.contains(&format!("{own}/merge")));
    let alone = coop.page(&format!("{own}/merge")).await;
    assert!(texts(&alone, ".sheet select").is_empty() && !alone.contains("合并，建立新批次</button>"), "{alone}");
    app.harvest(&season, "L2", 1_000_000).await;
    assert!(coop.page(&own).await.contains(&format!("{own}/merge")));
}

#[actix_web::test]
async fn a_grade_that_is_written_in_english_is_the_one_that_records_hold() {
    let app = TestApp::start().await;
    let batch = app.harvest(&app.season().await, "SF26P011116", 1_000_000).await;
    let coop = app.desk(&app.cooperative).await;
    *coop.language.borrow_mut() = "en";
    let path = format!("/console/batches/{batch}/grade");
    assert_eq!(coop.form(&path).await["outputs[0].grade"], "Special grade");
    let graded = [("outputs[0].quantity", "600"), ("outputs[1].grade", "first grade"), ("outputs[1].quantity", "400")];
    coop.done(&path, &graded).await;
    let made = app.cooperative.get(&format!("/api/v1/batches?gtin={LOOSE}")).await.ok();
    let mut grades: Vec<&str> =
        made["items"].as_array().unwrap().iter().filter_map(|it| it["grade"].as_str()).collect();
    grades.sort_unstable();
    assert_eq!(grades, ["一级", "特级"], "{made}");
}

#[actix_web::test]
async fn what_is_chosen_for_good_is_not_chosen_before() {
    let app = TestApp::start().await;
    let batch = app.harvest(&app.season().await, "SF26P011116", 1_000_000).await;
    let coop = app.desk(&app.cooperative).await;
    let before = app.log_length();
    for (act, said) in [("lose", ("quantity", "10")), ("store", ("celsius", "5"))] {
        let page = coop.fill(&format!("/console/batches/{batch}/{act}"), &[said]).await.expect(422).text();
        assert_eq!(texts(&page, ".field-error").len(), 1, "{act}: {page}");
        assert!(texts(&page, "select option")[0].contains("请选择"), "{act}: {page}");
    }
    let association = app.desk(&app.association).await;
    assert_eq!(association.form("/console/licences/new").await["licensee"], "");
    assert_eq!(app.log_length(), before);
}

#[actix_web::test]
async fn a_licence_is_asked_for_its_last_day() {
    let app = TestApp::start().await;
    app.season().await;
    let association = app.desk(&app.association).await;
    association.done("/console/marks/new", &[("name.zh", "示范之巅")]).await;
    let said = [
        ("licensee", app.cooperative.id.as_str()),
        ("number", "LIC-9"),
        ("gtins", LOOSE),
        ("from", "2026-11-01"),
        ("until", "2027-10-31"),
        ("packs", "100"),
    ];
    association.done("/console/licences/new", &said).await;
    let list = association.page("/console/licences").await;
    assert!(texts(&list, "tbody tr").iter().any(|row| row.contains("LIC-9") && row.contains("2027-10-31")), "{list}");
}

#[actix_web::test]
async fn what_was_recorded_on_a_plot_stands_on_its_page() {
    let app = TestApp::start().await;
    let season = app.season().await;
    let batch = app.harvest(&season, "SF26P011116", 1_000_000).await;
    let coop = app.desk(&app.cooperative).await;
    let list = coop.page("/console/plots").await;
    let plot = href(&list, "SF-P01");
    coop.done(&format!("{plot}/inputs/new"), &[("name", "有机肥"), ("purpose", "基肥"), ("dose", "500 kg/亩")]).await;
    coop.done(&format!("{plot}/note"), &[("note", "花期遇雨")]).await;
    let page = coop.page(&plot).await;
    for told in ["有机肥", "500 kg/亩", "花期遇雨", &format!("/console/batches/{batch}")] {
        assert!(page.contains(told), "{told}: {page}");
    }
}

#[actix_web::test]
async fn a_shipment_says_when_it_was_sent_and_to_whom_also_after_it_arrived() {
    let app = TestApp::start().await;
    let batch = app.harvest(&app.season().await, "SF26P011116", 1_000_000).await;
    app.at("2026-11-20T01:30:00.000Z");
    let shipment = json!({"to_uscc": BUYER[2], "quantity": 300_000});
    let shipment = app.cooperative.made(&batch_path(&batch, "shipments"), shipment).await;
    app.at("2026-11-21T01:30:00.000Z");
    let (coop, buyer) = (app.desk(&app.cooperative).await, app.desk(&app.buyer).await);
    let receive = format!("/console/shipments/{shipment}/receive");
    let form = buyer.page(&receive).await;
    assert_eq!(fields(&form)["lot"], "SF26P011116-R", "a lot made from the sender's is offered");
    assert!(texts(&form, ".facts dd").iter().any(|fact| fact.contains("脐橙")), "what the goods are: {form}");
    buyer.done(&receive, &[]).await;
    let rows = texts(&coop.page("/console/shipments").await, "tbody tr").join("");
    assert!(rows.contains("2026-11-20 09:30 发出"), "{rows}");
    let story = texts(&coop.page(&format!("/console/batches/{batch}")).await, ".story li").join("");
    assert!(story.contains(&format!("发给 {}", BUYER[0])), "{story}");
}

#[actix_web::test]
async fn who_deals_in_goods_is_not_asked_to_harvest_and_who_supervises_may_look_up() {
    let app = TestApp::start().await;
    let batch = app.harvest(&app.season().await, "SF26P011116", 1_000_000).await;
    let buyer = app.desk(&app.buyer).await;
    app.cooperative.act(&batch_path(&batch, "shipments"), json!({"to_uscc": BUYER[2], "quantity": 300_000})).await;
    let home = buyer.page("/console").await;
    assert_eq!(texts(&home, ".side li")[..4], ["待办", "发运", "库存", "批次"], "what it comes for stands first");
    assert!(texts(&app.desk(&app.cooperative).await.page("/console").await, ".side li")[..5].contains(&"地块".into()));
    assert_eq!(texts(&home, "main .verb.first"), ["收货"], "{home}");
    assert!(!home.contains("采收"), "{home}");
    let regulator = app.desk(&app.regulator).await;
    assert!(regulator.page("/console").await.contains("action=\"/console/search\" role=\"search\"><label"));
}

#[actix_web::test]
async fn what_is_left_after_the_first_packing_is_packed_too_under_a_lot_that_is_free() {
    let app = TestApp::start().await;
    let batch = app.harvest(&app.season().await, "SF26P011116", 1_000_000).await;
    let coop = app.desk(&app.cooperative).await;
    coop.done(&format!("/console/batches/{batch}/grade"), &[("outputs[0].quantity", "1000")]).await;
    let special = href(&coop.page(&format!("/console/batches/{batch}")).await, "继续：特级");
    let form = coop.form(&format!("{special}/pack")).await;
    assert_eq!(form.get("outputs[0].lot").map(String::as_str), Some("SF26P011116T"));
    coop.done(&format!("{special}/pack"), &[("outputs[0].packs", "120")]).await;
    let page = coop.page(&special).await;
    assert!(texts(&page, ".hero .verb.first")[0].starts_with("包装"), "{page}");
    assert!(texts(&coop.page("/console").await, ".waiting li").iter().any(|line| line.contains("400 kg")));
    let form = coop.form(&format!("{special}/pack")).await;
    assert_eq!(form.get("outputs[0].lot").map(String::as_str), Some("SF26P011116T-2"));
    coop.done(&format!("{special}/pack"), &[("outputs[0].packs", "79"), ("loss", "1")]).await;
    let waiting = texts(&coop.page("/console").await, ".waiting li");
    assert!(!waiting.iter().any(|line| line.contains("可以包装")), "less than a pack: {waiting:?}");
}

#[actix_web::test]
async fn what_never_fills_a_pack_does_not_wait_to_be_packed() {
    let app = TestApp::start().await;
    let batch = app.harvest(&app.season().await, "SF26P011116", 1_000_000).await;
    let coop = app.desk(&app.cooperative).await;
    let graded = [("outputs[0].quantity", "997"), ("outputs[1].quantity", "3")];
    coop.done(&format!("/console/batches/{batch}/grade"), &graded).await;
    let waiting = texts(&coop.page("/console").await, ".waiting li");
    assert!(waiting.iter().any(|line| line.contains("可以包装") && line.contains("997 kg")), "{waiting:?}");
    assert!(!waiting.iter().any(|line| line.contains("剩 3 kg")), "{waiting:?}");
}

#[actix_web::test]
async fn who_packs_or_ships_fruit_of_a_wait_that_was_not_kept_is_told() {
    let app = TestApp::start().await;
    let season = app.season().await;
    let batch = app.harvest(&season, "SF26P011116", 1_000_000).await;
    let spray = json!({"product": "阿维菌素 1.8% EC", "active": "阿维菌素", "dose": "3000×", "on": "2026-11-10", "interval_days": 14});
    app.cooperative.act(&format!("/api/v1/plots/{}/treatments", season.plot), spray).await;
    let coop = app.desk(&app.cooperative).await;
    for form in ["pack", "ship"] {
        let page = coop.page(&format!("/console/batches/{batch}/{form}")).await;
        let told = texts(&page, "p.notice.is-attention:not([hidden])");
        assert!(told.iter().any(|text| text.contains("用药间隔没有满足")), "{form}: {told:?}");
    }
}
