//! Where a form says what is wrong: at the field that lacks it, with what was typed, in the unit of the field.

use serde_json::json;

use crate::support::desk::{Desk, texts};
use crate::support::{TestApp, batch_path};

/// The faults of a page: id of the field, sentence.
fn faults(page: &str) -> Vec<(String, String)> {
    let document = scraper::Html::parse_document(page);
    let fault = scraper::Selector::parse("p.field-error").unwrap();
    let of = |it: scraper::ElementRef<'_>| (it.value().id().unwrap().to_owned(), it.text().collect::<String>());
    document.select(&fault).map(of).collect()
}

async fn refused(desk: &Desk, path: &str, filled: &[(&str, &str)]) -> Vec<(String, String)> {
    let answer = desk.fill(path, filled).await;
    assert!([409, 422].contains(&answer.status), "{path}: {}", answer.status);
    faults(&answer.text())
}

#[actix_web::test]
async fn what_a_row_lacks_is_said_at_the_field_that_lacks_it() {
    let app = TestApp::start().await;
    let season = app.season().await;
    let batch = app.harvest(&season, "SF26P011116", 9_600_000).await;
    let drawn = json!({"laboratory": app.laboratory.id, "code": "S-1", "quantity": 1});
    let sample = app.cooperative.made(&batch_path(&batch, "samples"), drawn).await;
    app.laboratory.act(&format!("/api/v1/samples/{sample}/receipt"), json!({"condition": "完好"})).await;
    let laboratory = app.desk(&app.laboratory).await;
    let report = format!("/console/samples/{sample}/report");
    let lacks = refused(&laboratory, &report, &[("report_no", "R-1")]).await;
    assert!(lacks.len() == 1 && lacks[0].0 == "f-results-0--value-error" && lacks[0].1.contains("数值"), "{lacks:?}");
    for (language, word) in [("zh-CN", "“结果”里选“未检出”"), ("en", "under “Result”")] {
        *laboratory.language.borrow_mut() = language;
        for typed in ["未检出", "N.D.", "<0.01"] {
            let filled = [("report_no", "R-1"), ("results[0].analyte", "联苯菊酯"), ("results[0].value", typed)];
            let wrong = refused(&laboratory, &report, &filled).await;
            assert!(wrong.len() == 1 && wrong[0].0 == "f-results-0--value-error", "{wrong:?}");
            assert!(wrong[0].1.contains(word) && wrong[0].1.contains(typed), "{wrong:?}");
        }
    }
}

/// A script adds a row with nothing in it, also where the server offers a unit.
#[actix_web::test]
async fn a_row_that_was_added_and_left_empty_is_no_row() {
    let app = TestApp::start().await;
    let season = app.season().await;
    let batch = app.harvest(&season, "SF26P011116", 9_600_000).await;
    let drawn = json!({"laboratory": app.laboratory.id, "code": "S-1", "quantity": 1});
    let sample = app.cooperative.made(&batch_path(&batch, "samples"), drawn).await;
    app.laboratory.act(&format!("/api/v1/samples/{sample}/receipt"), json!({"condition": "完好"})).await;
    let laboratory = app.desk(&app.laboratory).await;
    let report = format!("/console/samples/{sample}/report");
    let said =
        [("report_no", "R-1"), ("signer", "李签字"), ("results[0].analyte", "联苯菊酯"), ("results[0].value", "0.01")];
    let left =
        [("results[9].analyte", ""), ("results[9].value", ""), ("results[9].unit", ""), ("results[9].limit", "")];
    laboratory.done(&report, &[&said[..], &left[..]].concat()).await;
}

#[actix_web::test]
async fn a_harvest_above_what_is_plausible_is_asked_about_where_one_answers_and_then_recorded() {
    let app = TestApp::start().await;
    app.season().await;
    let coop = app.desk(&app.cooperative).await;
    let harvest = "/console/batches/new";
    assert!(
        texts(&coop.page(harvest).await, ".field[hidden] label").len() == 1,
        "nobody is asked before there is a doubt"
    );
    let said = [("quantity", "900 t"), ("lot", "L9")];
    let asked = coop.fill(harvest, &said).await.expect(409).text();
    assert!(texts(&asked, ".field[hidden] label").is_empty(), "{:?}", texts(&asked, ".error li, .field-error"));
    assert!(texts(&asked, "#f-confirm-yield-error").len() == 1, "{asked}");
    coop.done(harvest, &[said[0], said[1], ("confirm_yield", "true")]).await;
}

#[actix_web::test]
async fn more_packs_than_there_are_goods_for_are_told_at_the_packs_as_they_were_typed() {
    let app = TestApp::start().await;
    let season = app.season().await;
    let batch = app.harvest(&season, "SF26P011116", 1_000_000).await;
    let grading = json!({"input": 1_000_000, "outputs": [{"lot": "G", "grade": "特级", "quantity": 1_000_000}]});
    let graded = app.cooperative.act(&batch_path(&batch, "gradings"), grading).await;
    let graded = graded["records"].as_array().unwrap().iter().find_map(|record| {
        let subject = record["subject"].as_str()?.strip_prefix("batch:")?;
        (subject != batch).then(|| subject.to_owned())
    });
    let coop = app.desk(&app.cooperative).await;
    let pack = format!("/console/batches/{}/pack", graded.unwrap());
    for (language, word) in [("zh-CN", "500 件 (2,500 kg)"), ("en", "500 packs (2,500 kg)")] {
        *coop.language.borrow_mut() = language;
        let wrong = refused(&coop, &pack, &[("outputs[0].packs", "500")]).await;
        assert!(wrong.len() == 1 && wrong[0].0 == "f-outputs-0--packs-error", "{wrong:?}");
        assert!(wrong[0].1.contains(word) && wrong[0].1.contains("1,000 kg"), "{wrong:?}");
    }
}

#[actix_web::test]
async fn a_fault_speaks_in_the_unit_and_the_letters_of_its_field_and_comes_with_the_others() {
    let app = TestApp::start().await;
    let coop = app.desk(&app.cooperative).await;
    let product = "/console/products/new?form=pack";
    let filled = [("gtin", "6901234567893"), ("name.zh", "脐橙"), ("net_g", "")];
    let wrong = refused(&coop, product, &filled).await;
    let at: Vec<&str> = wrong.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(at, ["f-gtin-error", "f-net-g-error"], "both at once: {wrong:?}");
    // Where the kind was chosen on the page the act refuses it: in kilograms too.
    let filled = [("form", "pack"), ("gtin", "6901234567892"), ("name.zh", "脐橙"), ("net_g", "")];
    let wrong = refused(&coop, "/console/products/new", &filled).await;
    assert!(wrong.len() == 1 && wrong[0].0 == "f-net-g-error", "{wrong:?}");
    assert!(!wrong[0].1.contains("5000") && !wrong[0].1.contains('克'), "{wrong:?}");
    for (language, word) in [("zh-CN", "编号里不能有“东”"), ("en", "cannot have “东”")] {
        *coop.language.borrow_mut() = language;
        let plot = coop.fill("/console/plots/new", &[("code", "东坡1号"), ("area_m2", "")]).await.expect(422).text();
        let hint = texts(&plot, "#f-code-hint");
        assert!(hint[0].contains(". _ -"), "{hint:?}");
        let wrong = faults(&plot);
        let code = wrong.iter().find(|(id, _)| id == "f-code-error").unwrap();
        assert!(code.1.contains(word) && !code.1.contains("U+"), "{wrong:?}");
        assert!(wrong.iter().any(|(id, _)| id == "f-area-m2-error"), "with the others: {wrong:?}");
    }
}

#[actix_web::test]
async fn what_may_be_corrected_is_shown_with_its_unit_and_what_may_not_is_not_offered() {
    let app = TestApp::start().await;
    let (root, packs, _) = crate::packs::packed(&app).await;
    let coop = app.desk(&app.cooperative).await;
    let offered =
        async |batch: &str| texts(&coop.page(&format!("/console/batches/{batch}/correct")).await, "#f-path option");
    let of_root = offered(&root).await;
    let amounts: Vec<&String> = of_root.iter().filter(|text| text.contains("数量")).collect();
    assert!(amounts.iter().any(|text| text.ends_with("1,000 kg")), "{of_root:?}");
    assert!(amounts.iter().all(|text| text.ends_with("kg")), "{amounts:?}");
    // Licences count packs, and a buyer knows what was sent to him.
    let of_packs = offered(&packs).await;
    assert!(!of_packs.iter().any(|text| text.contains("数量") || text.contains("件数")), "{of_packs:?}");
    let page = coop.page(&format!("/console/batches/{packs}/correct")).await;
    assert!(texts(&page, ".lead").iter().any(|lead| lead.contains("再包装一次")), "{page}");
}
