//! Lists, their files, and the search box.

use serde_json::json;

use crate::support::desk::{href, texts};
use crate::support::{LOOSE, TestApp, batch_path};

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
    assert!(text.contains("\"L007\",\"脐橙（散装）\",\"已建立\",1000.5,1000.5,\"kg\",\"2026-11-16\""), "{text}");
    let file = coop.get("/console/batches.xlsx?lot=L007").await.expect(200);
    assert!(file.bytes.starts_with(b"PK"));
}

#[actix_web::test]
async fn the_head_of_a_column_orders_the_list_by_value_and_back() {
    let app = TestApp::start().await;
    let season = app.season().await;
    for (lot, grams) in [("B", 9_600_000), ("A", 10_000_000), ("C", 800_000)] {
        app.harvest(&season, lot, grams).await;
    }
    let coop = app.desk(&app.cooperative).await;
    let lots = async |path: &str| texts(&coop.page(path).await, "tbody th");
    assert_eq!(lots("/console/batches").await, ["C", "A", "B"], "the newest first");
    let page = coop.page("/console/batches").await;
    let by_lot = href(&page, "批号");
    assert_eq!(lots(&by_lot).await, ["A", "B", "C"]);
    let back = href(&coop.page(&by_lot).await, "批号");
    assert_eq!(lots(&back).await, ["C", "B", "A"]);
    assert!(coop.page(&back).await.contains("aria-sort=\"descending\""));
    // 800 kg, 9,600 kg, 10,000 kg: by what they weigh, not by their digits.
    assert_eq!(lots(&href(&page, "结余")).await, ["C", "B", "A"]);
    assert_eq!(lots("/console/batches?lot=B&sort=1").await, ["B"], "filters stay");
    for nonsense in ["0", "99", "-99", "x", "-9223372036854775808"] {
        assert_eq!(lots(&format!("/console/batches?sort={nonsense}")).await, ["C", "A", "B"], "{nonsense}");
    }
}

#[actix_web::test]
async fn a_laboratory_finds_its_sample_by_the_code_on_the_bag() {
    let app = TestApp::start().await;
    let season = app.season().await;
    let batch = app.harvest(&season, "SF26P011116", 9_600_000).await;
    let drawn = json!({"laboratory": app.laboratory.id, "code": "SF-S-0217", "quantity": 1});
    let sample = app.cooperative.made(&batch_path(&batch, "samples"), drawn).await;
    let found = app.desk(&app.laboratory).await.get("/console/search?q=sf-s-0217").await;
    assert!(found.status == 303 && found.header("location") == Some("/console/samples"), "{}", found.text());
    let own = app.desk(&app.cooperative).await.get("/console/search?q=SF-S-0217").await;
    assert_eq!(own.header("location"), Some(format!("/console/batches/{batch}").as_str()));
    app.laboratory.act(&format!("/api/v1/samples/{sample}/receipt"), json!({"condition": "完好"})).await;
    let result = json!({"analyte": "啶虫脒", "value": "0.1", "unit": "mg/kg", "limit": "0.5"});
    let report = json!({"report_no": "SFJC-2026-0217", "tier": "third_party", "signer": "李签字", "results": [result]});
    app.laboratory.act(&format!("/api/v1/samples/{sample}/reports"), report).await;
    let found = app.desk(&app.laboratory).await.get("/console/search?q=sfjc-2026-0217").await;
    assert_eq!(found.header("location"), Some("/console/samples"), "by the number of its report");
    let association = app.desk(&app.association).await.get("/console/search?q=SF-S-0217").await;
    assert!(association.status == 200 && !association.text().contains("/console/samples"));
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
    let laboratory = coop.page("/console/search?q=%E5%BF%AB%E6%A3%80").await;
    assert!(
        laboratory.contains(&format!("href=\"/producers/{}\"", app.laboratory.id)),
        "with a way back: {laboratory}"
    );
    app.harvest(&season, "SF26P011117", 1_000_000).await;
    let begun = coop.page("/console/search?q=sf26p0111").await;
    let lots = texts(&begun, "main li b");
    assert_eq!(lots, ["SF26P011117", "SF26P011116"], "by their beginning, the newest first");
    for role in [&app.laboratory, &app.association, &app.regulator, &app.operator] {
        let found = app.desk(role).await.page("/console/search?q=SF26P011116").await;
        assert!(found.contains(&format!("href=\"/01/{LOOSE}/10/SF26P011116\"")), "{found}");
    }
    let nothing = coop.page("/console/search?q=nosuchthing").await;
    assert!(nothing.contains("nosuchthing"));
}

#[actix_web::test]
async fn every_list_is_filtered_by_what_its_rows_hold_on_the_page_in_order_and_in_the_file() {
    let app = TestApp::start().await;
    app.season().await;
    for number in 10..30 {
        let body = json!({"code": format!("ST-{number}"), "name": {"zh": format!("仓库{number}")}, "kind": "store", "place": {"zh": "奉节县"}});
        app.cooperative.made("/api/v1/sites", body).await;
    }
    let coop = app.desk(&app.cooperative).await;
    let page = coop.page("/console/sites?contains=st-2").await;
    assert_eq!(texts(&page, "tbody tr").len(), 10);
    assert!(page.contains("value=\"st-2\""), "what was typed stays");
    let sorted = coop.page(&href(&page, "编号")).await;
    assert_eq!(texts(&sorted, "tbody th")[0], "ST-20");
    let csv = coop.get(&href(&page, "CSV")).await.expect(200).text();
    assert_eq!(csv.lines().count(), 11, "{csv}");
    assert!(texts(&coop.page("/console/sites?contains=ST-99").await, ".empty")[0].contains("没有"));
    for list in ["/console/members", "/console/keys"] {
        let link = href(&coop.page(list).await, "以表格查看，可导出 CSV、XLSX");
        let page = coop.page(&link).await;
        assert!(page.contains("name=\"contains\""), "{list}");
        coop.get(&href(&page, "XLSX")).await.expect(200);
    }
    let members = coop.page("/console/members/list?contains=%E6%9D%8E%E6%9F%90").await;
    assert_eq!(texts(&members, "tbody tr").len(), 1);
    coop.get("/console/notices/list").await.expect(200);
    let worker = app.desk_as(&app.cooperative, suyuan::domain::people::MemberKind::Worker).await;
    worker.get("/console/members/list.csv").await.expect(403);
}

#[actix_web::test]
async fn what_cannot_be_a_lot_or_a_day_is_told_at_its_filter_stays_typed_and_finds_nothing() {
    let app = TestApp::start().await;
    let season = app.season().await;
    app.harvest(&season, "L1", 1_000_000).await;
    let coop = app.desk(&app.cooperative).await;
    for (query, field, typed) in [
        ("lot=%E4%B8%9C", "lot", "东"),
        ("lot=@@@%20x", "lot", "@@@ x"),
        ("from=tomorrow", "from", "tomorrow"),
        ("to=2026-02-30", "to", "2026-02-30"),
        ("from=2026-11-17&to=2026-11-16", "to", "2026-11-16"),
    ] {
        let page = coop.page(&format!("/console/batches?{query}")).await;
        assert_eq!(texts(&page, &format!("#filter-{field}-error")).len(), 1, "{query}: {page}");
        assert!(page.contains(&format!("value=\"{typed}\"")) && page.contains("aria-invalid=\"true\""), "{query}");
        assert!(texts(&page, "tbody tr").is_empty(), "{query}");
        let csv = coop.get(&format!("/console/batches.csv?{query}")).await.expect(200).text();
        assert_eq!(csv.lines().count(), 1, "{query}: {csv}");
    }
    let none = coop.page("/console/batches?lot=L2").await;
    assert!(texts(&none, ".field-error").is_empty() && texts(&none, ".empty")[0].contains("没有"), "{none}");
}

#[actix_web::test]
async fn batches_are_found_by_the_days_between_which_they_were_opened_on_the_page_and_in_the_file() {
    let app = TestApp::start().await;
    let season = app.season().await;
    app.harvest(&season, "FIRST", 1_000_000).await;
    for (day, lot) in [("2026-11-18", "SECOND"), ("2026-11-20", "THIRD")] {
        app.on(day);
        app.cooperative.made("/api/v1/batches", crate::support::harvest(&season.plot, lot, 1_000_000)).await;
    }
    let coop = app.desk(&app.cooperative).await;
    let lots = async |path: &str| texts(&coop.page(path).await, "tbody th");
    assert_eq!(lots("/console/batches?from=2026-11-17").await, ["THIRD", "SECOND"]);
    let between = "/console/batches?from=2026-11-17&to=2026-11-19";
    assert_eq!(lots(between).await, ["SECOND"]);
    let page = coop.page(between).await;
    assert!(page.contains("type=\"date\" value=\"2026-11-17\"") && page.contains("value=\"2026-11-19\""), "{page}");
    assert_eq!(lots(&href(&page, "批号")).await, ["SECOND"], "the days stay in the order of a column");
    let csv = coop.get(&href(&page, "CSV")).await.expect(200).text();
    assert!(csv.lines().count() == 2 && csv.contains("SECOND"), "{csv}");
}

#[actix_web::test]
async fn batches_that_stand_still_are_found_by_why_and_products_by_their_grade() {
    let app = TestApp::start().await;
    let season = app.season().await;
    let [held, recalled] =
        [app.harvest(&season, "HELD", 1_000_000).await, app.harvest(&season, "BACK", 1_000_000).await];
    app.harvest(&season, "FREE", 1_000_000).await;
    let drawn = json!({"laboratory": app.laboratory.id, "code": "S-2", "quantity": 1_000});
    let sample = app.cooperative.made(&batch_path(&held, "samples"), drawn).await;
    app.laboratory.act(&format!("/api/v1/samples/{sample}/receipt"), json!({"condition": "完好"})).await;
    let failed =
        json!({"analyte": "啶虫脒", "value": "0.9", "unit": "mg/kg", "limit": "0.5", "limit_source": "GB 2763-2026"});
    let report = json!({"report_no": "R-2", "tier": "third_party", "signer": "李签字", "results": [failed]});
    app.laboratory.act(&format!("/api/v1/samples/{sample}/reports"), report).await;
    app.cooperative.act(&batch_path(&recalled, "recalls"), json!({"class": 2, "reason": {"zh": "异味"}})).await;
    let coop = app.desk(&app.cooperative).await;
    let lots = async |query: &str| texts(&coop.page(&format!("/console/batches?{query}")).await, "tbody th");
    assert_eq!(lots("stage=held").await, ["HELD"]);
    assert_eq!(lots("stage=recalled").await, ["BACK"]);
    assert!(lots("stage=held&lot=FREE").await.is_empty());
    let file = coop.get("/console/batches.csv?stage=held").await.expect(200).text();
    assert_eq!(file.lines().count(), 2, "{file}");
    let page = coop.page("/console/batches?stage=held").await;
    assert_eq!(texts(&page, "#filter-stage option[selected]"), ["暂停销售"]);
    for (gtin, grade) in [("09520000101015", "特级"), ("09520000101022", "一级")] {
        let product = json!({"gtin": gtin, "name": {"zh": "脐橙 5 kg"}, "commodity": "navel_orange", "form": "pack",
            "unit": "pieces", "net_g": 5_000, "grade": grade});
        app.cooperative.made("/api/v1/products", product).await;
    }
    let products = texts(&coop.page("/console/batches").await, "#filter-gtin option");
    assert!(
        products.contains(&"脐橙 5 kg · 特级".to_owned()) && products.contains(&"脐橙 5 kg · 一级".to_owned()),
        "{products:?}"
    );
}
