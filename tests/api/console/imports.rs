//! Tables that people have already: taken in whole from a page, or not at all.

use crate::support::desk::{Desk, fields, href, texts};
use crate::support::{LOOSE, TestApp};

const CSV: &str = "text/csv";

async fn sent(desk: &Desk, path: &str, table: &str) -> crate::support::Answer {
    let form = fields(&desk.page(path).await);
    desk.post_part(path, &form, "table", CSV, table.as_bytes()).await
}

#[actix_web::test]
async fn plots_treatments_and_harvests_come_from_tables_with_heads_and_units_of_people() {
    let app = TestApp::start().await;
    app.season().await;
    let coop = app.desk(&app.cooperative).await;
    let plots = href(&coop.page("/console/plots/new").await, "有现成的表格？从表格导入");
    let table = "编号,地点,面积,作物,纬度,经度,说明\nSF-P11,示范县,18 亩,脐橙,31.018320,109.464210,\nSF-P12,示范县,1.2 公顷,脐橙,31.0184,109.4643,新果园\n";
    assert_eq!(sent(&coop, &plots, table).await.expect(303).header("location"), Some("/console/plots?done=import"));
    let list = coop.page("/console/plots?done=import").await;
    assert!(
        list.contains("SF-P11") && list.contains("SF-P12") && texts(&list, "td").iter().any(|text| text.contains("18")),
        "{:?}",
        texts(&list, "td")
    );
    assert_eq!(texts(&list, ".done"), ["表格里的都记下了。"]);
    let treatments =
        "地块编号,药品名称,有效成分,用量,日期,安全间隔期（天）\nSF-P11,阿维菌素乳油,阿维菌素,3000×,2026/9/1,14\n";
    sent(&coop, "/console/plots/treatments/import", treatments).await.expect(303);
    app.on("2026-11-16");
    let coop = app.desk(&app.cooperative).await;
    *coop.language.borrow_mut() = "en";
    let harvests = format!(
        "Bar code (GTIN),Lot,Weight,Plots,Picked from,Picked to\n{LOOSE},W11,\"2,400 jin\",SF-P11,2026-11-15,2026年11月16日\n"
    );
    sent(&coop, "/console/batches/import", &harvests).await.expect(303);
    assert!(texts(&coop.page("/console/batches").await, "tbody td").iter().any(|cell| cell.contains("1,200 kg")));
    assert!(app.scan(LOOSE, "W11").await.to_string().contains("2026-11-16"), "the last day of picking");
    let template = coop.get("/console/batches/import.csv").await.expect(200).text();
    assert!(template.contains("First day of picking") && template.contains("Weight"), "{template}");
}

#[actix_web::test]
async fn one_wrong_row_refuses_the_table_and_is_named_by_its_line_and_its_head() {
    let app = TestApp::start().await;
    app.season().await;
    let coop = app.desk(&app.cooperative).await;
    let before = app.log_length();
    let path = "/console/plots/import";
    let row = "SF-P21,示范县,18 亩,脐橙,31.018320,109.464210";
    for (table, said) in [
        (format!("编号,地点,面积,作物,纬度,经度\n{row}\nSF-P22,示范县,许多,脐橙,31.0,109.4\n"), "第 3 行：面积"),
        (format!("编号,地点,面积,作物,纬度,经度\n{row}\n{row}\n"), "第 3 行：编号"),
        (format!("编号,地点,面积,作物,纬度\n{}\n", row.rsplit_once(',').unwrap().0), "表里没有“经度”这一列"),
        (format!("编号,地点,面积,作物,纬度,经度,颜色\n{row},绿\n"), "不认识“颜色”这一列"),
        (format!("编号,地点,面积,作物,纬度,经度,编号\n{row},SF-P23\n"), "编号"),
        ("编号\n".to_owned(), ""),
        ("%PDF-1.4".to_owned(), "PDF"),
    ] {
        let page = sent(&coop, path, &table).await.expect(422).text();
        let errors = texts(&page, ".error li");
        assert!(errors.len() == 1 && errors[0].contains(said), "{table}: {errors:?}");
    }
    let none = coop.post(path, &fields(&coop.page(path).await)).await;
    assert!(none.status >= 400, "without a file: {}", none.status);
    assert_eq!(app.log_length(), before);
}

#[actix_web::test]
async fn a_table_that_is_sent_twice_is_recorded_once() {
    let app = TestApp::start().await;
    let coop = app.desk(&app.cooperative).await;
    let path = "/console/plots/import";
    let form = fields(&coop.page(path).await);
    let table = "编号,地点,面积,作物,纬度,经度\nSF-P31,示范县,18 亩,脐橙,31.018320,109.464210\n";
    coop.post_part(path, &form, "table", CSV, table.as_bytes()).await.expect(303);
    let after = app.log_length();
    coop.post_part(path, &form, "table", CSV, table.as_bytes()).await.expect(303);
    assert_eq!(app.log_length(), after);
}

#[actix_web::test]
async fn a_table_has_the_words_of_the_forms_and_kinds_in_the_words_of_its_reader() {
    let app = TestApp::start().await;
    app.season().await;
    let coop = app.desk(&app.cooperative).await;
    let path = "/console/plots/treatments/import";
    for (language, form, head) in [
        ("zh-CN", "地块编号,药剂,有效成分,用量,日期,安全间隔期（天）,备注（公开）", "药剂"),
        ("en", "Plot,Pesticide used,Active ingredient,Dose,Day,Pre-harvest interval,Remark (public)", "Pesticide used"),
    ] {
        *coop.language.borrow_mut() = language;
        assert!(coop.get(&format!("{path}.csv")).await.expect(200).text().contains(head));
        let table = format!("{form}\nSF-P01,阿维菌素乳油,阿维菌素,3000×,2026-08-01,14,{language}\n");
        sent(&coop, path, &table).await.expect(303);
    }
    let operator = app.desk(&app.operator).await;
    let path = "/console/organisations/import";
    let page = operator.page(path).await;
    assert!(page.contains("家庭农场 (family_farm)") && page.contains("行政区划代码"), "{page}");
    let table = "类别,名称,地点,统一社会信用代码\n家庭农场,示范家庭农场,示范县,93999001MA0000912A\n\
        Cooperative,示范新合作社,示范县,93999001MA00009205\npackhouse,示范包装厂,示范县,93999001MA00009392\n";
    sent(&operator, path, table).await.expect(303);
    let refused = sent(&operator, path, "类别,名称\n马戏团,示范马戏团\n").await.expect(422).text();
    assert!(texts(&refused, ".error li")[0].contains("类别"), "{refused}");
}
