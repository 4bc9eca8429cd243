//! A report signed by the laboratory's own key, from the form: prepared, signed elsewhere, sent with the statement.

use serde_json::{Value, json};

use crate::signed::{KeyFile, Keys, keys, prepared_and_signed, sample};
use crate::support::desk::{Desk, Fields, fields, texts};
use crate::support::{LOOSE, TestApp};

const PDF: &str = "%PDF-1.7\n% a report\n%%EOF\n";

/// A laboratory before the form for a sample that it took in, with what its technician types.
async fn typed(app: &TestApp) -> (Desk, String, Fields) {
    let (_, sample) = sample(app).await;
    let laboratory = app.desk(&app.laboratory).await;
    let path = format!("/console/samples/{sample}/report");
    let mut form = laboratory.form(&path).await;
    for (name, value) in [
        ("report_no", "SFJC-2026-0217"),
        ("tier", "third_party"),
        ("results[0].analyte", "啶虫脒"),
        ("results[0].value", "0.058"),
        ("results[0].limit", "0.5"),
        ("signer", "李签字"),
        ("note", "Cafe\u{301}"),
    ] {
        form.insert(name.into(), value.into());
    }
    (laboratory, path, form)
}

/// Presses the button that prepares; answers the page.
async fn prepared(laboratory: &Desk, path: &str, form: &Fields, status: u16) -> String {
    let mut asked = form.clone();
    asked.insert("more".into(), "sign".into());
    laboratory.post(path, &asked).await.expect(status).text()
}

/// What stands there to be signed.
fn to_sign(page: &str) -> Value {
    serde_json::from_str(&texts(page, "#to-sign")[0]).unwrap()
}

/// What came back, with the statement of a key pasted as a terminal shows it.
fn signed(page: &str, by: &KeyFile) -> Fields {
    let mut form = fields(page);
    let statement = by.sign(&to_sign(page)).to_string();
    form.insert("statement".into(), format!("{}\r\n  {}\n", &statement[..80], &statement[80..]));
    form
}

#[actix_web::test]
async fn a_technician_prepares_a_report_signs_it_elsewhere_and_hands_it_in() {
    let app = TestApp::start().await;
    let Keys { laboratory: key, .. } = keys(&app).await;
    let (laboratory, path, mut form) = typed(&app).await;
    let before = app.log_length();
    form.insert("more".into(), "sign".into());
    let page = laboratory.post_file(&path, &form, "application/pdf", PDF).await.expect(200).text();
    assert_eq!(app.log_length(), before, "nothing is recorded");
    let said = to_sign(&page);
    assert_eq!(said["body"]["report_no"], "SFJC-2026-0217");
    assert!(said["body"]["attachments"][0].is_object() && said["sealed"]["signer"].is_string(), "{said}");
    assert!(page.contains("download=\"to-sign-SFJC-2026-0217.json\"") && page.contains("href=\"data:application/json"));
    let back = signed(&page, &key);
    assert_eq!([&*back["results[0].value"], &*back["signer"]], ["0.058", "李签字"], "what was typed is there");
    laboratory.post(&path, &back).await.expect(303);
    let view = app.scan(LOOSE, "SF26P011116").await;
    assert_eq!(view["tests"][0]["signed"]["key"], key.id, "{view}");
    let page = app.page(LOOSE, "SF26P011116", "en").await;
    assert!(page.contains("Signed by the laboratory’s own key"), "{page}");
}

#[actix_web::test]
async fn what_does_not_fit_is_said_at_the_field_and_prepared_again() {
    let app = TestApp::start().await;
    let keys = keys(&app).await;
    let (laboratory, path, form) = typed(&app).await;
    let page = prepared(&laboratory, &path, &form, 200).await;
    let before = app.log_length();
    let good = signed(&page, &keys.laboratory);
    for (name, value, status, says) in [
        ("results[0].value", "0.01", 422, "重新生成待签内容"),
        ("statement", "please sign", 422, "不是 suyuan sign 输出"),
        ("statement", &to_sign(&page).to_string(), 422, "不是 suyuan sign 输出"),
        ("statement", &keys.root.sign(&to_sign(&page)).to_string(), 422, "不是签名一方登记过的密钥"),
    ] {
        let mut other = good.clone();
        other.insert(name.into(), value.into());
        let refused = laboratory.post(&path, &other).await.expect(status).text();
        assert!(texts(&refused, ".signing .field-error").join("").contains(says), "{name}: {refused}");
        assert_eq!(to_sign(&refused), to_sign(&page), "what was to be signed is there still");
        assert_eq!(fields(&refused)["statement"], other["statement"].replace("\r\n", "\n"));
    }
    let mut changed = good.clone();
    changed.insert("results[0].value".into(), "0.06".into());
    let again = prepared(&laboratory, &path, &changed, 200).await;
    assert_eq!(to_sign(&again)["body"]["results"][0]["value"], "0.06");
    assert_eq!(fields(&again)["statement"], "", "what was signed before is nothing any more");
    assert_eq!(app.log_length(), before);
    laboratory.post(&path, &signed(&again, &keys.laboratory)).await.expect(303);
}

#[actix_web::test]
async fn questions_and_refusals_come_before_there_is_anything_to_sign() {
    let app = TestApp::start().await;
    let Keys { laboratory: key, .. } = keys(&app).await;
    let (laboratory, path, form) = typed(&app).await;
    for (name, value, status) in [("report_no", "", 422), ("results[0].value", "n.d.", 422), ("retests", "NO-1", 409)] {
        let mut other = form.clone();
        other.insert(name.into(), value.into());
        let page = prepared(&laboratory, &path, &other, status).await;
        assert!(texts(&page, "#to-sign").is_empty() && !texts(&page, ".error li").is_empty(), "{name}: {page}");
    }
    let plot = app.cooperative.get("/api/v1/plots").await.ok()["items"][0]["id"].as_str().unwrap().to_owned();
    let spray = json!({"product": "阿维菌素乳油", "active": "阿维菌素", "dose": "2000x", "on": "2026-08-20",
        "interval_days": 21, "most_per_season": 2});
    app.cooperative.act(&format!("/api/v1/plots/{plot}/treatments"), spray).await;
    let asked = prepared(&laboratory, &path, &form, 409).await;
    assert!(texts(&asked, "#to-sign").is_empty() && texts(&asked, ".error li")[0].contains("阿维菌素"), "{asked}");
    let mut form = fields(&asked);
    form.insert("confirm_gap".into(), "true".into());
    // Without a statement it is sent as it always was.
    let page = prepared(&laboratory, &path, &form, 200).await;
    laboratory.post(&path, &fields(&page)).await.expect(303);
    assert!(app.scan(LOOSE, "SF26P011116").await["tests"][0]["signed"].is_null());
    // The same number again is refused before anybody signs it, and a statement counts once.
    let page = prepared(&laboratory, &path, &form, 409).await;
    assert!(texts(&page, "#to-sign").is_empty(), "{page}");
    let mut next = form.clone();
    next.insert("report_no".into(), "SFJC-2026-0218".into());
    next.remove("key");
    let back = signed(&prepared(&laboratory, &path, &next, 200).await, &key);
    laboratory.post(&path, &back).await.expect(303);
}

#[actix_web::test]
async fn only_who_has_a_key_in_force_is_offered_to_sign() {
    let app = TestApp::start().await;
    let (laboratory, path, form) = typed(&app).await;
    let page = laboratory.page(&path).await;
    assert!(!page.contains("value=\"sign\""), "no key, nothing to sign with");
    let keys = keys(&app).await;
    assert!(laboratory.page(&path).await.contains("value=\"sign\""));
    let page = prepared(&laboratory, &path, &form, 200).await;
    let back = signed(&page, &keys.laboratory);
    // A second key in force: the form offers it, and what the revoked one signed is refused at the field.
    let other = KeyFile::new(app.folder.path(), "other.json", &[]);
    let told = prepared_and_signed(&app.laboratory, "/api/v1/keys", other.form.clone(), &keys.root).await;
    app.laboratory.act("/api/v1/keys", told).await;
    let revocation = |id: &str| format!("/api/v1/keys/{id}/revocation");
    app.laboratory.act(&revocation(&keys.laboratory.id), json!({"reason": "换机器"})).await;
    let refused = laboratory.post(&path, &back).await.expect(409).text();
    assert!(texts(&refused, ".signing .field-error").join("").contains("作废"), "{refused}");
    laboratory.post(&path, &signed(&page, &other)).await.expect(303);
    app.laboratory.act(&revocation(&other.id), json!({"reason": "换机器"})).await;
    assert!(!laboratory.page(&path).await.contains("value=\"sign\""), "none is in force");
}
