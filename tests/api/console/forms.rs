//! What a form does with faults, repetitions, and what others did meanwhile.

use serde_json::json;

use crate::support::desk::{fields, texts};
use crate::support::{LOOSE, TestApp, batch_path};

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
    form.insert("reason".into(), "rot".into());
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
    form.insert("reason".into(), "rot".into());
    app.cooperative.act(&batch_path(&batch, "storings"), json!({"celsius": "5.0"})).await;
    let records = app.log_length();
    let page = coop.post(&path, &form).await.expect(412).text();
    assert_eq!(app.log_length(), records);
    let told = texts(&page, ".error li").join("");
    assert!(
        ["入库", "5 °C", "示范红旗脐橙合作社"].iter().all(|part| told.contains(part)),
        "what, how much, who: {told}"
    );
    let again = fields(&page);
    assert_eq!(again["quantity"], "10");
    coop.post(&path, &again).await.expect(303);
    assert_eq!(app.log_length(), records + 1);
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

#[actix_web::test]
async fn what_was_wrong_together_is_corrected_together_and_a_difference_that_stays_is_declared() {
    let app = TestApp::start().await;
    let batch = app.harvest(&app.season().await, "SF26P011116", 1_000_000).await;
    app.cooperative.act(&batch_path(&batch, "losses"), json!({"quantity": 600_000, "reason": "rot"})).await;
    let coop = app.desk(&app.cooperative).await;
    let path = format!("/console/batches/{batch}/correct");
    let wrong = [("path", "0 /body/quantity weight"), ("new", "500"), ("reason", "过磅单")];
    let mut form = coop.form(&path).await;
    form.extend(wrong.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let before = app.log_length();
    let page = coop.post(&path, &form).await.expect(409).text();
    let said = texts(&page, ".error li").join("");
    assert!(said.contains("600 kg") && said.contains("500 kg") && said.contains("100 kg"), "{said}");
    assert_eq!(app.log_length(), before);
    // One more row: the loss was written too large as well.
    form.insert("more".into(), "also".into());
    let page = coop.post(&path, &form).await.expect(200).text();
    let offered = texts(&page, "#f-also-0--path option");
    assert!(offered.iter().any(|text| text.contains("600 kg")), "{offered:?}");
    let mut form = fields(&page);
    form.insert("also[0].path".into(), format!("batch:{batch} 1 /body/quantity weight"));
    form.insert("also[0].new".into(), "many".into());
    let page = coop.post(&path, &form).await.expect(422).text();
    assert!(page.contains("id=\"f-also-0--new-error\""), "{:?}", texts(&page, ".error li"));
    form.insert("also[0].new".into(), "400".into());
    coop.post(&path, &form).await.expect(303);
    let balance = app.cooperative.get(&format!("/api/v1/batches/{batch}")).await.ok()["balance"].clone();
    assert_eq!(
        (&balance["input"], &balance["loss"], &balance["rest"]),
        (&json!(500_000), &json!(400_000), &json!(100_000))
    );
    // And where every record is right: the difference itself.
    let path_of = |new: &str| {
        [("path", "0 /body/quantity weight"), ("new", new), ("reason", "过磅单")]
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
    };
    let mut form = coop.form(&path).await;
    form.extend(path_of("300"));
    form.insert("discrepancy_g".into(), "100".into());
    coop.post(&path, &form).await.expect(303);
    let known = app.cooperative.get(&format!("/api/v1/batches/{batch}")).await.ok();
    assert_eq!((&known["balance"]["discrepancy"], &known["holds"]), (&json!(-100_000), &json!(["discrepancy"])));
}
