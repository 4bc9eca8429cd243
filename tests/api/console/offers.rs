//! What forms and searches offer to who does not know the names of things yet.

use serde_json::json;

use crate::support::desk::{fields, href, texts};
use crate::support::{LOOSE, TestApp, batch_path};

/// For an address.
fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[actix_web::test]
async fn the_lot_that_a_harvest_proposes_is_free_and_a_plot_says_when_it_may_be_picked() {
    let app = TestApp::start().await;
    let season = app.season().await;
    app.on("2026-11-16");
    let coop = app.desk(&app.cooperative).await;
    let new = format!("/console/batches/new?plot={}", season.plot);
    let proposed = coop.form(&new).await["lot"].clone();
    assert_eq!(proposed, "SF26P011116");
    for taken in ["SF26P011116", "SF26P011116-2"] {
        app.harvest(&season, taken, 1_000).await;
    }
    assert_eq!(coop.form(&new).await["lot"], "SF26P011116-3");
    assert!(!texts(&coop.page(&new).await, "option").iter().any(|text| text.contains("可采日")));
    let spray = json!({"product": "阿维菌素 1.8% EC", "active": "阿维菌素", "dose": "3000×", "on": "2026-11-16", "interval_days": 14});
    app.cooperative.act(&format!("/api/v1/plots/{}/treatments", season.plot), spray).await;
    for (language, words) in [("zh-CN", "可采日 2026-11-30 起"), ("en", "may be picked from 2026-11-30")] {
        *coop.language.borrow_mut() = language;
        let options = texts(&coop.page(&new).await, "option");
        assert!(options.iter().any(|text| text.starts_with("SF-P01") && text.contains(words)), "{options:?}");
    }
}

#[actix_web::test]
async fn own_products_are_found_by_name_in_the_console_and_products_and_producers_in_public() {
    let app = TestApp::start().await;
    app.season().await;
    let coop = app.desk(&app.cooperative).await;
    for typed in ["脐橙", "navel"] {
        let found = coop.page(&format!("/console/search?q={}", encoded(typed))).await;
        assert!(found.contains("脐橙（散装）") && found.contains("脐橙 5 kg 箱装"), "{typed}");
    }
    let other = app.desk(&app.other_cooperative).await;
    assert!(
        !other.page(&format!("/console/search?q={}", encoded("脐橙"))).await.contains("脐橙（散装）"),
        "of others only by number"
    );
    let look = async |typed: &str| {
        app.anon.get_with(&format!("/?q={}", encoded(typed)), &[("accept-language", "zh-CN")]).await
    };
    for (typed, name) in [("脐橙", "脐橙（散装）"), ("carton", "脐橙 5 kg 箱装"), ("红旗", "红旗")] {
        let page = look(typed).await.expect(200).text();
        let results = texts(&page, "#results li");
        assert!(results.iter().any(|text| text.contains(name)) && !page.contains("id=\"q-error\""), "{typed}: {page}");
    }
    let producer = look("红旗").await.text();
    assert!(href(&producer, &texts(&producer, "#results li a")[0]).starts_with("/producers/"));
    assert!(look("没有这个").await.text().contains("id=\"q-error\""));
}

#[actix_web::test]
async fn the_condition_of_a_sample_is_read_in_the_language_of_the_reader() {
    let app = TestApp::start().await;
    let season = app.season().await;
    let batch = app.harvest(&season, "SF26P011116", 9_600_000).await;
    let drawn = json!({"laboratory": app.laboratory.id, "code": "S-1", "quantity": 1});
    let sample = app.cooperative.made(&batch_path(&batch, "samples"), drawn).await;
    let laboratory = app.desk(&app.laboratory).await;
    *laboratory.language.borrow_mut() = "en";
    let path = format!("/console/samples/{sample}/receive");
    let page = laboratory.page(&path).await;
    assert_eq!(fields(&page)["condition"], "", "nothing is said that nobody said");
    assert!(texts(&page, "#f-condition option").contains(&"Intact".to_owned()));
    laboratory.done(&path, &[("condition", "完好")]).await;
    let result = json!({"analyte": "啶虫脒", "value": "0.1", "unit": "mg/kg", "limit": "0.5"});
    let report = json!({"report_no": "R-1", "tier": "third_party", "signer": "李签字", "results": [result]});
    app.laboratory.act(&format!("/api/v1/samples/{sample}/reports"), report).await;
    for (language, word, other) in [("zh-CN", "完好", "Intact"), ("en", "Intact", "完好")] {
        let scan = app.anon.get_with(&format!("/01/{LOOSE}/10/SF26P011116"), &[("accept-language", language)]).await;
        let page = scan.expect(200).text();
        assert!(page.contains(word) && !page.contains(other), "{language}");
    }
}

#[actix_web::test]
async fn the_code_that_a_sample_is_proposed_is_free_and_one_in_chinese_goes_all_the_way() {
    let app = TestApp::start().await;
    let batch = app.harvest(&app.season().await, "SF26P011116", 1_000_000).await;
    let (coop, laboratory) = (app.desk(&app.cooperative).await, app.desk(&app.laboratory).await);
    let draw = format!("/console/batches/{batch}/sample");
    assert_eq!(coop.form(&draw).await["code"], "SF26P011116-S1");
    coop.done(&draw, &[("quantity", "1")]).await;
    assert_eq!(coop.form(&draw).await["code"], "SF26P011116-S2");
    coop.done(&draw, &[("quantity", "1"), ("code", "红旗样 1128-01")]).await;
    let list = laboratory.page("/console/samples").await;
    let receive = href(&list, "收样");
    laboratory.done(&receive, &[]).await;
    let report = href(&laboratory.page("/console/samples").await, "填写报告");
    let page = laboratory.page(&report).await;
    assert!(texts(&page, ".facts dd").contains(&"红旗样 1128-01".to_owned()), "the newest comes first: {page}");
    let said = [
        ("report_no", "R-1"),
        ("tier", "third_party"),
        ("results[0].analyte", "啶虫脒"),
        ("results[0].value", "0.058"),
    ];
    laboratory.done(&report, &said).await;
    assert_eq!(app.scan(LOOSE, "SF26P011116").await["tests"][0]["sample_no"], "红旗样 1128-01");
}
