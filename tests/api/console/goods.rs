//! Lots split, merged, sent back; mistakes corrected; remarks that come later; what a plot gets besides sprays.

use scraper::{Html, Selector};

use crate::support::desk::{fields, href, texts};
use crate::support::{TestApp, batch_path};
use serde_json::json;

/// Value of the line of a select that has these words.
pub fn choice(page: &str, name: &str, words: &str) -> String {
    let page = Html::parse_document(page);
    let options = Selector::parse(&format!("select[name='{name}'] option")).unwrap();
    let found = page.select(&options).find(|option| option.text().collect::<String>().contains(words));
    let found = found.unwrap_or_else(|| panic!("no {words:?} in {name}: {}", page.html()));
    found.value().attr("value").unwrap().to_owned()
}

#[actix_web::test]
async fn a_batch_is_split_into_lots_that_are_offered_by_number_and_merged_again() {
    let app = TestApp::start().await;
    let season = app.season().await;
    let batch = app.harvest(&season, "SF26P011116", 9_600_000).await;
    let coop = app.desk(&app.cooperative).await;
    let (split, own) = (format!("/console/batches/{batch}/split"), format!("/console/batches/{batch}"));
    assert_eq!(coop.form(&split).await["parts[1].lot"], "SF26P011116-2");
    let refused = coop.fill(&split, &[("parts[0].quantity", "9600"), ("parts[1].quantity", "0.001")]).await;
    assert_eq!(texts(&refused.expect(409).text(), ".field-error").len(), 1);
    let none = coop.page(&format!("{own}/merge")).await;
    assert!(none.contains("没有可以合并的"), "{none}");
    coop.done(&split, &[("parts[0].quantity", "6000斤"), ("parts[1].quantity", "600")]).await;
    assert_eq!(texts(&coop.page(&own).await, ".equation"), ["进 9,600 kg = 转出 3,600 kg + 结余 6,000 kg"]);

    let merge = format!("{own}/merge");
    let other = choice(&coop.page(&merge).await, "parents[1].batch", "SF26P011116-2");
    let merged = [("parents[0].quantity", "400"), ("parents[1].batch", other.as_str()), ("parents[1].quantity", "600")];
    let page = coop.page(&coop.done(&merge, &merged).await).await;
    assert_eq!(texts(&page, "h1"), ["SF26P011116M"]);
    assert_eq!(texts(&page, ".equation"), ["进 1,000 kg = 结余 1,000 kg"]);
    let alone = coop.fill(&merge, &[("parents[0].quantity", "1")]).await.expect(422).text();
    assert_eq!(texts(&alone, ".error li").len(), 1, "one batch is no merge: {alone}");
}

#[actix_web::test]
async fn what_was_shipped_comes_back_and_stands_apart_until_it_is_written_off() {
    let app = TestApp::start().await;
    let season = app.season().await;
    let batch = app.harvest(&season, "SF26P011116", 9_600_000).await;
    let coop = app.desk(&app.cooperative).await;
    let own = format!("/console/batches/{batch}");
    assert!(!coop.page(&own).await.contains(&format!("{own}/return")), "nothing was shipped yet");
    app.cooperative
        .act(&batch_path(&batch, "shipments"), json!({"to_uscc": crate::support::BUYER[2], "quantity": 300_000}))
        .await;
    assert!(coop.page(&own).await.contains(&format!("{own}/return")));
    let back = format!("{own}/return");
    let said = [("quantity", "301"), ("reason", "外箱破损")];
    let refused = coop.fill(&back, &said).await.expect(409).text();
    assert!(texts(&refused, ".field-error")[0].contains("300 kg"), "{refused}");
    coop.done(&back, &[("quantity", "100"), ("reason", "外箱破损")]).await;
    let equation = "进 9,600 kg = 发运 200 kg + 退回 100 kg + 结余 9,300 kg";
    assert_eq!(texts(&coop.page(&own).await, ".equation"), [equation]);
    coop.done(&format!("{own}/lose"), &[("quantity", "100"), ("reason", "rot"), ("from_returned", "true")]).await;
    assert!(texts(&coop.page(&own).await, ".equation")[0].contains("损耗 100 kg"));
}

#[actix_web::test]
async fn why_something_was_lost_is_corrected_in_words_of_either_language() {
    let app = TestApp::start().await;
    let batch = app.harvest(&app.season().await, "SF26P011116", 9_600_000).await;
    app.cooperative.act(&batch_path(&batch, "losses"), json!({"quantity": 1_000, "reason": "rot"})).await;
    let coop = app.desk(&app.cooperative).await;
    let correct = format!("/console/batches/{batch}/correct");
    let reason = choice(&coop.page(&correct).await, "path", "腐烂");
    let said = |new| [("path", reason.as_str()), ("new", new), ("reason", "记错了")];
    let page = coop.fill(&correct, &said("发霉")).await.expect(422).text();
    assert!(texts(&page, "#f-new-error")[0].contains("可以填：腐烂 / 失水、烘干减重"), "{page}");
    coop.done(&correct, &said("Drying")).await;
    choice(&coop.page(&correct).await, "path", "失水、烘干减重");
    let chain = app.cooperative.get(&batch_path(&batch, "chain")).await.text();
    assert!(chain.contains("\"new\":\"drying\""), "{chain}");
}

#[actix_web::test]
async fn a_wrong_weight_is_corrected_by_choosing_it_and_refused_with_what_to_correct_first() {
    let app = TestApp::start().await;
    let season = app.season().await;
    let batch = app.harvest(&season, "SF26P011116", 9_600_000).await;
    let coop = app.desk(&app.cooperative).await;
    let (own, correct) = (format!("/console/batches/{batch}"), format!("/console/batches/{batch}/correct"));
    let wrong = choice(&coop.page(&correct).await, "path", "9,600 kg");
    let said = [("path", wrong.as_str()), ("new", "18000斤"), ("reason", "录入多了")];
    coop.done(&correct, &said).await;
    let page = coop.page(&own).await;
    assert_eq!(texts(&page, ".equation"), ["进 9,000 kg = 结余 9,000 kg"]);
    assert!(page.contains("<del><bdi>9,600 kg</bdi></del>") && page.contains("录入多了"), "{page}");
    // What stands there now is offered, not what stood there.
    assert!(choice(&coop.page(&correct).await, "path", "9,000 kg").contains("/body/quantity"));

    coop.done(&format!("{own}/lose"), &[("quantity", "8000"), ("reason", "rot")]).await;
    let said = [("path", wrong.as_str()), ("new", "7000"), ("reason", "再改")];
    let refused = coop.fill(&correct, &said).await.expect(409).text();
    assert_eq!((fields(&refused)["new"].as_str(), fields(&refused)["reason"].as_str()), ("7000", "再改"));
    for (new, errors) in [("很多", 1), ("", 1)] {
        let said = [("path", wrong.as_str()), ("new", new), ("reason", "再改")];
        let page = coop.fill(&correct, &said).await.expect(422).text();
        assert_eq!(texts(&page, ".field-error").len(), errors, "{new}");
    }
    let records = app.log_length();
    let no_such = [("path", "99 /body/quantity weight"), ("new", "1"), ("reason", "试")];
    assert!(coop.fill(&correct, &no_such).await.status >= 400);
    assert_eq!(app.log_length(), records);
}

#[actix_web::test]
async fn plots_and_batches_take_remarks_and_plots_inputs_and_mistakes() {
    let app = TestApp::start().await;
    let season = app.season().await;
    let batch = app.harvest(&season, "SF26P011116", 9_600_000).await;
    let coop = app.desk(&app.cooperative).await;
    let (own, plot) = (format!("/console/batches/{batch}"), format!("/console/plots/{}", season.plot));
    let nothing = coop.fill(&format!("{own}/note"), &[]).await;
    assert!(nothing.status >= 400, "a remark says something");
    coop.done(&format!("{own}/note"), &[("note", "过磅单在办公室")]).await;
    let mut paper = coop.form(&format!("{own}/note")).await;
    paper.insert("note".into(), "随附过磅单".into());
    coop.post_file(&format!("{own}/note"), &paper, "application/pdf", "%PDF-1.7\n%%EOF").await.expect(303);
    let path = href(&coop.page(&own).await, "查看附件（PDF）");
    assert!(app.anon.get(&path).await.expect(200).bytes.starts_with(b"%PDF"), "{path}");
    let lot = href(&coop.page(&own).await, "消费者看到的页面");
    assert_eq!(href(&coop.get(&lot).await.expect(200).text(), "查看附件（PDF）"), path, "everybody sees it");
    assert!(coop.page(&own).await.contains("过磅单在办公室"));
    coop.done(&format!("{plot}/note"), &[("note", "新栽防风林")]).await;
    let input = [("name", "有机肥"), ("purpose", "基肥"), ("dose", "500 kg/亩"), ("on", "2026-02-20")];
    coop.done(&format!("{plot}/inputs/new"), &input).await;
    let area = choice(&coop.page(&format!("{plot}/correct")).await, "path", "面积");
    let said = [("path", area.as_str()), ("new", "20亩"), ("reason", "量错了")];
    coop.done(&format!("{plot}/correct"), &said).await;
    assert!(texts(&coop.page(&plot).await, ".hero p").iter().any(|line| line.contains("20 亩")));
}

#[actix_web::test]
async fn stock_tells_by_store_and_lot_what_is_there_what_is_held_and_what_came_back() {
    let app = TestApp::start().await;
    let season = app.season().await;
    let first = app.harvest(&season, "L1", 9_600_000).await;
    let second = app.harvest(&season, "L2", 1_000_000).await;
    let gone = app.harvest(&season, "L3", 1_000).await;
    let coop = app.desk(&app.cooperative).await;
    let site = json!({"code": "ST-1", "kind": "store", "name": {"zh": "一号冷库"}, "place": {"zh": "示范县"}});
    let site = app.cooperative.made("/api/v1/sites", site).await;
    app.cooperative.act(&batch_path(&first, "storings"), json!({"site": site})).await;
    let shipment = json!({"to_uscc": crate::support::BUYER[2], "quantity": 600_000});
    let shipment = app.cooperative.made(&batch_path(&first, "shipments"), shipment).await;
    let back = json!({"shipment": shipment, "quantity": 100_000, "reason": "外箱破损"});
    app.cooperative.act(&batch_path(&first, "returns"), back).await;
    app.cooperative.act(&batch_path(&gone, "losses"), json!({"quantity": 1_000, "reason": "rot"})).await;
    let rows = |page: &str| texts(page, ".card.table:not(.sums) tbody tr");
    let page = coop.page("/console/stock").await;
    let stock = rows(&page);
    assert_eq!(stock.len(), 2, "nothing is left of the third: {stock:?}");
    assert!(stock[0].starts_with("L2") && stock[0].contains("未入库") && stock[0].contains("1,000 kg"), "{stock:?}");
    let told = ["ST-1 · 一号冷库", "9,000 kg", "500 kg", "100 kg"];
    assert!(told.iter().all(|told| stock[1].contains(told)), "{stock:?}");
    let sums = texts(&page, ".sums tbody tr");
    assert_eq!(sums.len(), 2, "{sums:?}");
    assert!(sums.iter().any(|sum| sum.contains("ST-1") && sum.contains("9,000 kg") && sum.contains("100 kg")));
    // What is looked for is summed alone.
    let fitting = texts(&coop.page("/console/stock?contains=st-1").await, ".sums tbody tr");
    assert!(fitting.len() == 1 && fitting[0].contains("9,000 kg"), "{fitting:?}");
    assert!(texts(&coop.page("/console/stock?contains=L9").await, ".sums").is_empty());
    // All of a batch is held or none.
    let drawn = json!({"laboratory": app.laboratory.id, "code": "S-2", "quantity": 1_000});
    let sample = app.cooperative.made(&batch_path(&second, "samples"), drawn).await;
    app.laboratory.act(&format!("/api/v1/samples/{sample}/receipt"), json!({"condition": "完好"})).await;
    let failed =
        json!({"analyte": "啶虫脒", "value": "0.9", "unit": "mg/kg", "limit": "0.5", "limit_source": "GB 2763-2026"});
    let report = json!({"report_no": "R-2", "tier": "third_party", "signer": "李签字", "results": [failed]});
    app.laboratory.act(&format!("/api/v1/samples/{sample}/reports"), report).await;
    let page = coop.page("/console/stock").await;
    assert!(rows(&page)[0].contains("0999 kg"), "{:?}", rows(&page));
    let file = coop.get("/console/stock.csv").await.expect(200).text();
    assert!(file.contains("\"L1\",\"脐橙（散装）\",\"ST-1 · 一号冷库\",9000,0,500,100"), "{file}");
}

#[actix_web::test]
async fn where_no_site_is_registered_stock_says_so_once() {
    let app = TestApp::start().await;
    let season = app.season().await;
    // A harvest is days later, and the session before it is over.
    let hints = async || {
        let coop = app.desk(&app.cooperative).await;
        let page = coop.page("/console/stock").await;
        (texts(&page, ".notice.is-attention a[href='/console/sites/new']").len(), texts(&page, "td.act-col a").len())
    };
    assert_eq!(hints().await, (0, 0), "nothing is in stock");
    app.harvest(&season, "L1", 9_600_000).await;
    app.harvest(&season, "L2", 1_000_000).await;
    assert_eq!(hints().await, (1, 0));
    let site = json!({"code": "ST-1", "kind": "store", "name": {"zh": "一号冷库"}, "place": {"zh": "示范县"}});
    app.cooperative.made("/api/v1/sites", site).await;
    assert_eq!(hints().await, (0, 2));
    let coop = app.desk(&app.cooperative).await;
    assert_eq!(texts(&coop.page("/console/stock").await, ".sums h2"), ["有库存批次合计"]);
    assert_eq!(texts(&coop.page("/console/stock?lots=all").await, ".sums h2"), ["下列批次合计"]);
}

#[actix_web::test]
async fn a_packhouse_is_registered_and_offered_where_goods_are_stored() {
    let app = TestApp::start().await;
    let season = app.season().await;
    let batch = app.harvest(&season, "SF26P011116", 9_600_000).await;
    let coop = app.desk(&app.cooperative).await;
    let site = [("kind", "store"), ("code", "ST-1"), ("name.zh", "一号冷库"), ("place.zh", "示范县")];
    coop.done("/console/sites/new", &site).await;
    let list = coop.page("/console/sites").await;
    assert!(list.contains("一号冷库") && list.contains("仓库"), "{list}");
    let store = format!("/console/batches/{batch}/store");
    let site = choice(&coop.page(&store).await, "site", "一号冷库");
    coop.done(&store, &[("site", site.as_str())]).await;
    let again =
        coop.fill("/console/sites/new", &[("code", "ST-1"), ("name.zh", "又一个"), ("place.zh", "示范县")]).await;
    assert_eq!(texts(&again.expect(409).text(), ".field-error").len(), 1);
}

#[actix_web::test]
async fn lots_of_which_nothing_is_left_are_found_in_stock_by_what_was_shipped_and_came_back() {
    let app = TestApp::start().await;
    let season = app.season().await;
    app.harvest(&season, "STAYS", 5_000_000).await;
    let gone = app.harvest(&season, "GONE", 1_000_000).await;
    let lost = app.harvest(&season, "LOST", 1_000).await;
    let shipment = json!({"to_uscc": crate::support::BUYER[2], "quantity": 1_000_000});
    let shipment = app.cooperative.made(&batch_path(&gone, "shipments"), shipment).await;
    let back = json!({"shipment": shipment, "quantity": 300_000, "reason": "外箱破损"});
    app.cooperative.act(&batch_path(&gone, "returns"), back).await;
    let rotten = json!({"quantity": 300_000, "reason": "rot", "from_returned": true});
    app.cooperative.act(&batch_path(&gone, "losses"), rotten).await;
    app.cooperative.act(&batch_path(&lost, "losses"), json!({"quantity": 1_000, "reason": "rot"})).await;
    let coop = app.desk(&app.cooperative).await;
    let lots = |page: &str| texts(page, ".card.table:not(.sums) tbody th");
    assert_eq!(lots(&coop.page("/console/stock").await), ["STAYS"]);
    let page = coop.page("/console/stock?lots=gone").await;
    assert_eq!(lots(&page), ["GONE"], "what was lost was never out");
    assert_eq!(texts(&page, "#filter-lots option[selected]"), ["已无库存（发过货或有退货）"]);
    assert_eq!(texts(&page, ".sums thead th").len(), 6);
    let sums = texts(&page, ".sums td.n");
    assert_eq!(sums, ["0", "0", "700 kg", "0"], "free, held, shipped, returned");
    assert_eq!(lots(&coop.page("/console/stock?lots=all").await), ["GONE", "STAYS"]);
    let csv = coop.get("/console/stock.csv?lots=gone").await.expect(200).text();
    assert!(csv.lines().count() == 2 && csv.contains("\"GONE\"") && csv.contains(",0,0,700,0"), "{csv}");
}

#[actix_web::test]
async fn an_association_sees_who_packs_under_its_marks_and_how_much_of_it_is_left() {
    let app = TestApp::start().await;
    let (_, _, first) = crate::packs::packed(&app).await;
    let mark = app.association.made("/api/v1/marks", json!({"name": {"zh": "示范红"}})).await;
    let grant = async |number: &str, to: &str, from: &str, until: &str| {
        let licence = json!({"number": number, "mark": mark, "licensee": to, "gtins": [crate::support::CARTON],
            "from": from, "until": until, "packs": 1_000});
        app.association.made("/api/v1/licences", licence).await
    };
    grant("LIC-2", &app.cooperative.id, "2026-01-01", "2027-01-01").await;
    grant("LIC-3", &app.cooperative.id, "2025-01-01", "2025-12-01").await;
    grant("LIC-4", &app.other_cooperative.id, "2027-02-01", "2027-12-01").await;
    let desk = app.desk(&app.association).await;
    assert!(desk.page("/console").await.contains("href=\"/console/licensees\""));
    let page = desk.page("/console/licensees").await;
    assert_eq!(texts(&page, "tbody tr").len(), 2, "{page}");
    assert_eq!(texts(&page, "tbody td.n"), ["0", "1", "0", "0", "0", "2", "3", "121,000", "200", "120,800"]);
    assert!(
        texts(&page, "tbody td")[6].contains("示范红") && texts(&page, "tbody td")[6].contains("示范之巅"),
        "{page}"
    );
    assert_eq!(texts(&desk.page("/console/licensees?force=yes").await, "tbody tr").len(), 1);
    let sorted = texts(&desk.page("/console/licensees?sort=-7").await, "tbody td.n");
    assert_eq!(sorted[4], "120,800", "the most is left of the first: {sorted:?}");
    let csv = desk.get("/console/licensees.csv?force=no").await.expect(200).text();
    assert_eq!(csv.lines().count(), 2, "{csv}");
    assert!(desk.get("/console/licensees.xlsx").await.expect(200).bytes.starts_with(b"PK"));
    let revoked = json!({"reason": "终止合作"});
    app.association.act(&format!("/api/v1/licences/{first}/revocation"), revoked).await;
    let page = desk.page("/console/licensees?force=yes").await;
    assert_eq!(texts(&page, "tbody td.n"), ["1", "3", "1,000", "0", "1,000"]);
    app.desk(&app.cooperative).await.get("/console/licensees").await.expect(403);
}
