//! Keys of laboratories and associations over REST, and results that a laboratory signs with `suyuan sign` on a machine of
//! its own: what was prepared is recorded byte for byte.

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use actix_web::test::TestRequest;
use serde_json::{Value, json};

use crate::support::desk::texts;
use crate::support::program::suyuan;
use crate::support::{Answer, Client, LOOSE, TestApp, batch_path};

const LOT: &str = "SF26P011116";

/// A key in a file, as its owner has it.
pub struct KeyFile {
    path: PathBuf,
    pub id: String,
    /// What the service is told of it.
    pub form: Value,
}

impl KeyFile {
    pub fn new(folder: &Path, name: &str, more: &[&str]) -> Self {
        let path = folder.join(name);
        let made = suyuan(&["sign", "--new-key", path.to_str().unwrap()]).args(more).output().unwrap();
        assert!(made.status.success());
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600, "for its owner alone");
        let form: Value = serde_json::from_slice(&made.stdout).unwrap();
        let seed = serde_json::from_slice::<Value>(&std::fs::read(&path).unwrap()).unwrap()["seed"].clone();
        assert!(!String::from_utf8_lossy(&made.stdout).contains(seed.as_str().unwrap()), "the seed is not printed");
        Self { path, id: form["id"].as_str().unwrap().to_owned(), form }
    }

    /// The statement over what was prepared.
    pub fn sign(&self, prepared: &Value) -> Value {
        let mut child = suyuan(&["sign", "--key", self.path.to_str().unwrap()]).stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(prepared.to_string().as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success());
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

/// The form with what was prepared and the statement of a key.
fn signed(mut form: Value, prepared: &Value, by: &KeyFile) -> Value {
    let (fields, add) = (form.as_object_mut().unwrap(), prepared["add"].as_object().unwrap());
    fields.extend(add.clone());
    fields.insert(prepared["into"].as_str().unwrap().to_owned(), by.sign(prepared));
    form
}

pub async fn prepared_and_signed(client: &Client, path: &str, form: Value, by: &KeyFile) -> Value {
    let prepared = client.post(&format!("{path}?prepare=true"), form.clone()).await.ok();
    signed(form, &prepared, by)
}

pub struct Keys {
    pub root: KeyFile,
    pub laboratory: KeyFile,
}

/// The association's root, and the laboratory's key that it countersigned.
pub async fn keys(app: &TestApp) -> Keys {
    let root = KeyFile::new(app.folder.path(), "root.json", &[]);
    let mut form = root.form.clone();
    form["org"] = json!(app.association.id);
    app.operator.act("/api/v1/keys", form).await;
    let laboratory = KeyFile::new(app.folder.path(), "laboratory.json", &[]);
    let before = app.log_length();
    let form = prepared_and_signed(&app.laboratory, "/api/v1/keys", laboratory.form.clone(), &root).await;
    assert_eq!(app.log_length(), before, "preparing records nothing");
    let receipt = app.laboratory.act("/api/v1/keys", form).await;
    assert_eq!(receipt["id"], laboratory.id);
    Keys { root, laboratory }
}

/// A batch whose sample waits for results.
pub async fn sample(app: &TestApp) -> (String, String) {
    let season = app.season().await;
    let batch = app.harvest(&season, LOT, 4_000_000).await;
    let drawn = json!({"laboratory": app.laboratory.id, "code": "SF-S-0217", "quantity": 7_200});
    let sample = app.cooperative.made(&batch_path(&batch, "samples"), drawn).await;
    app.laboratory.act(&format!("/api/v1/samples/{sample}/receipt"), json!({})).await;
    (batch, sample)
}

fn report(number: &str) -> Value {
    json!({"report_no": number, "tier": "third_party", "signer": "李签字", "results": [
        {"analyte": "啶虫脒", "value": "0.058", "unit": "mg/kg", "limit": "0.5", "limit_source": "GB 2763-2026"}]})
}

async fn last_record(app: &TestApp, batch: &str) -> Value {
    let chain = app.anon.get(&batch_path(batch, "chain")).await.expect(200).text();
    serde_json::from_str(chain.lines().last().unwrap()).unwrap()
}

#[actix_web::test]
async fn a_laboratory_signs_its_results_and_everybody_reads_and_verifies_it() {
    let app = TestApp::start().await;
    let (batch, sample) = sample(&app).await;
    let keys = keys(&app).await;
    let path = format!("/api/v1/samples/{sample}/reports");
    let before = app.log_length();
    let form = report("SFJC-2026-0217");
    let prepared = app.laboratory.post(&format!("{path}?prepare=true"), form.clone()).await.ok();
    assert_eq!((app.log_length(), prepared["into"].as_str()), (before, Some("statement")));
    let form = signed(form, &prepared, &keys.laboratory);
    app.laboratory.act(&path, form.clone()).await;
    let record = last_record(&app, &batch).await;
    let mut body = record["body"].clone();
    assert_eq!(body.as_object_mut().unwrap().remove("statement"), Some(form["statement"].clone()));
    let covered = &prepared["to_sign"];
    assert_eq!((&body, &record["sealed"]), (&covered["body"], &covered["sealed"]));
    assert_eq!((&record["occurred_at"], &record["subject"]), (&covered["occurred_at"], &covered["subject"]));
    assert_eq!(record["actor"]["key"], keys.laboratory.id);

    let view = app.scan(LOOSE, LOT).await;
    assert_eq!(view["tests"][0]["signed"]["key"], keys.laboratory.id, "{view}");
    assert_eq!(view["checks"]["history_ok"], true, "{view}");
    for (language, words) in [
        ("en", "Signed by the laboratory’s own key, which Demo Orange Association vouched for."),
        ("zh-CN", "由检测机构电子签名，密钥由示范县脐橙协会确认。"),
    ] {
        let page = app.page(LOOSE, LOT, language).await;
        assert!(page.contains(words), "{language}: {page}");
    }
    let file = app.folder.path().join("history.ndjson");
    std::fs::write(&file, app.anon.get(&batch_path(&batch, "history")).await.expect(200).bytes).unwrap();
    let verified = suyuan(&["verify", file.to_str().unwrap()]).output().unwrap();
    let said = String::from_utf8(verified.stdout).unwrap();
    assert!(verified.status.success() && said.contains("2 signed statements, and their signatures hold"), "{said}");
    let pack = app.folder.path().join("pack.zip");
    std::fs::write(&pack, app.anon.get(&batch_path(&batch, "audit-pack")).await.expect(200).bytes).unwrap();
    let verified = suyuan(&["verify", pack.to_str().unwrap()]).output().unwrap();
    let said = String::from_utf8(verified.stdout).unwrap();
    // In the pack the association's key is there whole, and what it vouched for is judged too.
    assert!(
        verified.status.success() && said.contains(" signed statements, ") && !said.contains("not in the pack"),
        "{said}"
    );
    assert!(!said.contains(" 0 signed") && said.contains("keys are the pack's own"), "{said}");
}

#[actix_web::test]
async fn a_report_with_its_document_is_signed_too() {
    let app = TestApp::start().await;
    let (batch, sample) = sample(&app).await;
    let keys = keys(&app).await;
    let path = format!("/api/v1/samples/{sample}/reports");
    let prepared = multipart(&app, &format!("{path}?prepare=true"), &report("R-1")).await.ok();
    let file = prepared["to_sign"]["body"]["attachments"][0]["attachment"]["sha256"].as_str().unwrap().to_owned();
    app.anon.get(&format!("/attachments/{file}")).await.problem(404, "not-found");
    let form = signed(report("R-1"), &prepared, &keys.laboratory);
    // Without the document it is another statement.
    app.laboratory.post(&path, form.clone()).await.problem(422, "bad-signature");
    multipart(&app, &path, &form).await.created();
    assert_eq!(last_record(&app, &batch).await["body"]["attachments"][0]["attachment"]["sha256"], file);
    app.anon.get(&format!("/attachments/{file}")).await.expect(200);
}

async fn multipart(app: &TestApp, path: &str, report: &Value) -> Answer {
    let body = format!(
        "--cut\r\nContent-Disposition: form-data; name=\"report\"\r\nContent-Type: application/json\r\n\r\n{report}\r\n\
         --cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"r.pdf\"\r\nContent-Type: application/pdf\r\n\r\n\
         %PDF-1.7\n% a report\n%%EOF\n\r\n--cut--\r\n"
    );
    let request = TestRequest::post().uri(path).insert_header(("Content-Type", "multipart/form-data; boundary=cut"));
    app.laboratory.send(request.set_payload(body)).await
}

#[actix_web::test]
async fn what_changed_since_it_was_prepared_is_refused_with_what_to_do() {
    let app = TestApp::start().await;
    let (_, sample) = sample(&app).await;
    let keys = keys(&app).await;
    let path = format!("/api/v1/samples/{sample}/reports");
    let good = prepared_and_signed(&app.laboratory, &path, report("R-1"), &keys.laboratory).await;
    let mut softened = good.clone();
    softened["results"][0]["value"] = json!("0.001");
    let problem = app.laboratory.post(&path, softened).await.problem(422, "bad-signature");
    assert!(problem["detail"].as_str().unwrap().contains("prepare=true"), "{problem}");
    // The same text in other bytes: nothing is normalised under a signature.
    let mut decomposed = good.clone();
    decomposed["note"] = json!("Cafe\u{301}");
    let problem = app.laboratory.post(&path, decomposed.clone()).await.problem(422, "statement-not-normal");
    assert!(problem["detail"].as_str().unwrap().contains("Cafe\u{301}"), "{problem}");
    let preparing = format!("{path}?prepare=true");
    app.laboratory.post(&preparing, decomposed.clone()).await.problem(422, "statement-not-normal");
    for field in ["statement", "signer_salt"] {
        decomposed.as_object_mut().unwrap().remove(field);
    }
    app.laboratory.act(&path, decomposed).await;
    app.laboratory.post(&path, good.clone()).await.problem(409, "report-number-taken");
    let mut other = good;
    other["statement"]["sig"] = json!("zz".repeat(64));
    app.laboratory.post(&path, other).await.problem(400, "invalid-value");
    app.laboratory.post(&preparing, report("R-1")).await.problem(409, "report-number-taken");
    app.laboratory.post(&format!("{path}?prepare=maybe"), report("R-2")).await.problem(400, "bad-parameter");
}

#[actix_web::test]
async fn keys_are_registered_changed_and_revoked_by_whom_they_are_of_and_read_by_anybody() {
    let app = TestApp::start().await;
    let keys = keys(&app).await;
    let (id, laboratory) = (&keys.laboratory.id, &app.laboratory);
    for (role, client) in app.roles() {
        let form = json!({"public": keys.root.form["public"]});
        let answer = client.post("/api/v1/keys", form).await;
        match role {
            "laboratory" | "association" => answer.problem(422, "countersign-required"),
            "operator" => answer.problem(422, "not-an-association"),
            _ => answer.problem(403, "forbidden"),
        };
    }
    app.anon.post("/api/v1/keys", json!({})).await.problem(401, "unauthorised");
    for (public, rule) in [
        ("AB".repeat(32), "64"),
        (format!("{}00", "01".repeat(31)), "suyuan sign --new-key"),
        // The neutral point, and a point of order 8 (RFC 8032 §5.1.7 does not ask for it; FORMATS does).
        (format!("01{}", "00".repeat(31)), "suyuan sign --new-key"),
        ("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05".to_owned(), "suyuan sign --new-key"),
        // y = p + 3, which others take for 3.
        (format!("f0{}7f", "ff".repeat(30)), "suyuan sign --new-key"),
    ] {
        let problem = laboratory.post("/api/v1/keys", json!({"public": public})).await.problem(400, "invalid-value");
        assert!(problem["detail"].as_str().unwrap().contains(rule), "{public}: {problem}");
    }

    let new = KeyFile::new(app.folder.path(), "new.json", &["--replaces", keys.laboratory.path.to_str().unwrap()]);
    assert_eq!(new.id, *id);
    let path = format!("/api/v1/keys/{id}/rotations");
    let form = json!({"public": new.form["public"]});
    let form = prepared_and_signed(laboratory, &path, form, &keys.root).await;
    laboratory.post(&path, form.clone()).await.problem(422, "statement-by-old-key");
    let form = prepared_and_signed(laboratory, &path, form, &keys.laboratory).await;
    app.association.post(&path, form.clone()).await.problem(404, "not-found");
    laboratory.act(&path, form).await;
    let read = app.regulator.get(&format!("/api/v1/keys/{id}")).await.ok();
    assert_eq!((&read["public"], &read["home"]), (&new.form["public"], &json!(laboratory.id)));

    let path = format!("/api/v1/keys/{id}/revocation");
    let reason = json!({"reason": "存放密钥的电脑失窃"});
    app.cooperative.post(&path, reason.clone()).await.problem(403, "forbidden");
    app.association.act(&path, reason.clone()).await;
    laboratory.post(&path, reason).await.problem(409, "key-revoked");
    let listed = app.cooperative.get(&format!("/api/v1/organisations/{}/keys", laboratory.id)).await.ok();
    assert_eq!(listed["items"][0]["revoked_for"], "存放密钥的电脑失窃", "{listed}");
    app.cooperative.get(&format!("/api/v1/organisations/{id}/keys")).await.problem(404, "not-found");

    let chain = app.anon.get(&format!("/api/v1/keys/{id}/chain")).await.expect(200);
    assert_eq!(chain.text().lines().count(), 3);
    let file = app.folder.path().join("key.ndjson");
    std::fs::write(&file, &chain.bytes).unwrap();
    let verified = suyuan(&["verify", file.to_str().unwrap()]).output().unwrap();
    let said = String::from_utf8(verified.stdout).unwrap();
    assert!(said.contains("One signed statement") && said.contains("not judged: 2"), "{said}");
    app.anon.get(&format!("/api/v1/keys/{}/chain", app.laboratory.id)).await.problem(404, "not-found");
}

#[actix_web::test]
async fn nonces_and_public_keys_are_remembered_when_everything_is_made_anew() {
    let app = TestApp::start().await;
    let (_, sample) = sample(&app).await;
    let keys = keys(&app).await;
    let path = format!("/api/v1/samples/{sample}/reports");
    let form = prepared_and_signed(&app.laboratory, &path, report("R-1"), &keys.laboratory).await;
    app.laboratory.act(&path, form.clone()).await;
    let store = std::sync::Arc::clone(&app.store);
    actix_web::web::block(move || store.rebuild(&mut |_| {}).unwrap()).await.unwrap();
    let mut prepared = app.laboratory.post(&format!("{path}?prepare=true"), report("R-2")).await.ok();
    prepared["to_sign"]["nonce"] = form["statement"]["nonce"].clone();
    let again = signed(report("R-2"), &prepared, &keys.laboratory);
    app.laboratory.post(&path, again).await.problem(409, "nonce-used");
    let mut same = KeyFile::new(app.folder.path(), "other.json", &[]).form;
    same["public"] = keys.laboratory.form["public"].clone();
    let same = prepared_and_signed(&app.laboratory, "/api/v1/keys", same, &keys.root).await;
    app.laboratory.post("/api/v1/keys", same).await.problem(409, "key-taken");
}

#[test]
fn a_key_file_is_never_written_over_and_a_damaged_one_signs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let key = KeyFile::new(folder.path(), "key.json", &[]);
    let path = key.path.to_str().unwrap();
    let refused = |arguments: &[&str]| {
        let output = suyuan(arguments).stdin(Stdio::null()).stderr(Stdio::piped()).output().unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(refused(&["sign", "--new-key", path]).contains("key.json"));
    assert!(refused(&["sign", "--key", path]).contains("not JSON"));
    let odd = folder.path().join("odd.json");
    std::fs::write(&odd, "{\"v\": 1}").unwrap();
    assert!(refused(&["sign", "--key", path, odd.to_str().unwrap()]).contains("nonce"));
    let text = std::fs::read_to_string(path).unwrap();
    let public = key.form["public"].as_str().unwrap();
    let other = KeyFile::new(folder.path(), "other.json", &[]);
    std::fs::write(path, text.replace(public, other.form["public"].as_str().unwrap())).unwrap();
    assert!(refused(&["sign", "--key", path]).contains("damaged"));
}

#[actix_web::test]
async fn keys_are_registered_shown_and_revoked_on_pages_too() {
    let app = TestApp::start().await;
    let [root, own] = ["root", "own"].map(|name| KeyFile::new(app.folder.path(), name, &[]));
    let (new, list) = ("/console/signing-keys/new", "/console/signing-keys");
    let told = |form: &Value, name: &str| match &form[name] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let operator = app.desk(&app.operator).await;
    let form = |name| told(&root.form, name);
    operator.done(new, &[("org", &app.association.id), ("id", &form("id")), ("public", &form("public"))]).await;
    let laboratory = app.desk(&app.laboratory).await;
    let alone = [("id", told(&own.form, "id")), ("public", told(&own.form, "public"))];
    let alone: Vec<(&str, &str)> = alone.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let refused = laboratory.fill(new, &alone).await;
    assert_eq!(refused.status, 422, "nobody vouched for it: {}", refused.text());
    let signed = prepared_and_signed(&app.laboratory, "/api/v1/keys", own.form.clone(), &root).await;
    let filled = ["id", "public", "occurred_at", "countersign"].map(|name| (name, told(&signed, name)));
    let filled: Vec<(&str, &str)> = filled.iter().map(|(name, value)| (*name, value.as_str())).collect();
    laboratory.done(new, &filled).await;
    for desk in [&operator, &laboratory] {
        let page = desk.page(list).await;
        assert!(
            [&root, &own].iter().all(|key| page.replace('\u{2009}', "").contains(&told(&key.form, "public"))),
            "{page}"
        );
    }
    // By the association that vouched for it, and for good; nobody else finds it there.
    let association = app.desk(&app.association).await;
    let revoke = format!("{list}/{}/revoke", own.id);
    operator.get(&revoke).await.expect(403);
    let asked = texts(&association.page(&revoke).await, ".facts div").concat().replace(' ', "");
    for fact in ["示范县农产品快检中心", own.id.as_str(), "登记时间2026-09-01", "由谁认可示范县脐橙协会"]
    {
        assert!(asked.contains(fact), "{fact}: {asked}");
    }
    association.done(&revoke, &[("reason", "存放密钥的电脑失窃")]).await;
    assert!(laboratory.page(list).await.contains("存放密钥的电脑失窃"));
    assert_eq!(association.fill(&revoke, &[("reason", "又一次")]).await.status, 409);
    assert!(!laboratory.page(list).await.contains(&revoke), "what is revoked is not offered");
}
