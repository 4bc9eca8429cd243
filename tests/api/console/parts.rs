//! Forms with a file: how much of one is read, and what too much leaves.

use serde_json::json;

use crate::support::desk::{Desk, texts};
use crate::support::{Client, TestApp, batch_path};

/// One part of a body cut by `cut`.
fn part(head: &str, bytes: &[u8]) -> Vec<u8> {
    [format!("--cut\r\nContent-Disposition: form-data; {head}\r\n\r\n").as_bytes(), bytes, b"\r\n"].concat()
}

fn pdf(bytes: usize) -> Vec<u8> {
    let mut pdf = b"%PDF-1.7\n".to_vec();
    pdf.resize(bytes, b' ');
    pdf
}

fn file(bytes: usize) -> Vec<u8> {
    part("name=\"file\"; filename=\"r.pdf\"\r\nContent-Type: application/pdf", &pdf(bytes))
}

async fn sent(desk: &Desk, path: &str, parts: &[Vec<u8>]) -> (u16, String) {
    let csrf = part("name=\"csrf\"", desk.csrf().as_bytes());
    let body = [csrf, parts.concat(), b"--cut--\r\n".to_vec()].concat();
    desk.post_parts(path, body).await
}

fn files_below(folder: &std::path::Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { files_below(&path) } else { 1 }).sum()
}

const MIB: usize = 1024 * 1024;

#[actix_web::test]
async fn a_form_with_a_file_is_read_up_to_its_bounds_and_too_much_leaves_nothing() {
    let app = TestApp::start().await;
    let season = app.season().await;
    let batch = app.harvest(&season, "SF26P011116", 9_600_000).await;
    let coop = app.desk(&app.cooperative).await;
    let path = format!("/console/batches/{batch}/note");
    let field = |name: &str, bytes: usize| part(&format!("name=\"{name}\""), &vec![b'x'; bytes]);
    let kept = || files_below(&app.folder.path().join("files"));
    let records = app.log_length();
    let many: Vec<Vec<u8>> = (0..2_401).map(|number| field(&format!("f{number}"), 1)).collect();
    for (what, parts) in [
        ("two files", vec![file(100), file(100)]),
        ("a field over 512 KiB", vec![field("note", 512 * 1024 + 1)]),
        ("fields of 512 KiB together", vec![field("note", 300 * 1024), field("more", 300 * 1024)]),
        ("names of 512 KiB together", (0..200).map(|it| field(&format!("{it}{}", "n".repeat(3_000)), 0)).collect()),
        ("2,402 fields", many),
    ] {
        let (status, said) = sent(&coop, &path, &parts).await;
        assert!(status == 413 && said.contains("too-large"), "{what}: {status} {said}");
    }
    assert_eq!(app.log_length(), records);
    assert_eq!(kept(), 0, "no file was kept");
    let past = vec![file(40 * MIB), file(40 * MIB)];
    let (status, said) = sent(&coop, &path, &past).await;
    assert!(status == 413 && said.contains("too-large"), "read past to the end: {status} {said}");
    let (status, said) = sent(&coop, &path, &[field("note", 100), file(10 * MIB)]).await;
    assert!(status == 200, "just as much as is read: {status} {said}");
    assert_eq!((app.log_length(), kept()), (records + 1, 1));
}

#[actix_web::test]
async fn a_file_that_is_too_large_or_no_photo_is_told_at_its_field_and_nothing_that_was_typed_is_lost() {
    let app = TestApp::start().await;
    let batch = app.harvest(&app.season().await, "SF26P011116", 9_600_000).await;
    let coop = app.desk(&app.cooperative).await;
    let path = format!("/console/batches/{batch}/note");
    let mut fields = coop.form(&path).await;
    fields.insert("note".into(), "园主说今年花期晚".into());
    let records = app.log_length();
    for (what, status, media_type, bytes, said) in [
        ("too large", 413, "application/pdf", pdf(10 * MIB + 1), "超过 10 MB"),
        ("no photo", 415, "image/jpeg", b"plain words".to_vec(), "照片"),
    ] {
        let page = coop.post_part(&path, &fields, "file", media_type, &bytes).await.expect(status).text();
        assert!(texts(&page, "#f-file-error").join("").contains(said), "{what}: {page}");
        assert!(texts(&page, "#errors li a").join("").contains(said), "{what}: the list leads to the field: {page}");
        assert_eq!(texts(&page, "#f-note"), ["园主说今年花期晚"], "{what}");
    }
    assert_eq!(app.log_length(), records);
    assert_eq!(files_below(&app.folder.path().join("files")), 0);
}

#[actix_web::test]
async fn a_report_in_parts_is_read_up_to_its_bounds() {
    let app = TestApp::start().await;
    let season = app.season().await;
    let batch = app.harvest(&season, "SF26P011116", 9_600_000).await;
    let drawn = json!({"laboratory": app.laboratory.id, "code": "S-1", "quantity": 1_000});
    let sample = app.cooperative.made(&batch_path(&batch, "samples"), drawn).await;
    app.laboratory.act(&format!("/api/v1/samples/{sample}/receipt"), json!({"condition": "完好"})).await;
    let path = format!("/api/v1/samples/{sample}/reports");
    let report = |bytes: usize| {
        let result = json!({"analyte": "啶虫脒", "value": "0.1", "unit": "mg/kg", "limit": "0.5",
            "limit_source": "GB 2763-2026"});
        let mut report = json!({"report_no": "R-1", "tier": "third_party", "signer": "李签字", "results": [result]})
            .to_string()
            .into_bytes();
        report.resize(report.len().max(bytes), b' ');
        part("name=\"report\"\r\nContent-Type: application/json", &report)
    };
    let records = app.log_length();
    for (parts, slug) in [
        (vec![report(512 * 1024 + 1), file(100)], "too-large"),
        (vec![report(0), file(10 * MIB + 1)], "too-large"),
        (vec![report(0), file(100), file(100)], "duplicate-field"),
        (vec![report(0), part("name=\"other\"", b"x")], "unknown-field"),
        (vec![file(100)], "missing-field"),
    ] {
        let said = in_parts(&app.laboratory, &path, parts).await;
        assert!(said.0 >= 400 && said.1.contains(slug), "{slug}: {said:?}");
    }
    assert_eq!(app.log_length(), records);
    let (status, said) = in_parts(&app.laboratory, &path, vec![report(512 * 1024), file(100)]).await;
    assert_eq!(status, 201, "{said}");
}

async fn in_parts(client: &Client, path: &str, parts: Vec<Vec<u8>>) -> (u16, String) {
    let body = [parts.concat(), b"--cut--\r\n".to_vec()].concat();
    let request = actix_web::test::TestRequest::post().uri(path);
    let request = request.insert_header(("Content-Type", "multipart/form-data; boundary=cut"));
    let answer = client.send(request.set_payload(body)).await;
    (answer.status, answer.text())
}
