//! Files that no record names, such as the document of a refused report, and how they go.

use std::time::Duration;

use actix_web::test::TestRequest;
use serde_json::{Value, json};
use suyuan::app::attachments::{self, Swept};
use suyuan::domain::time::Instant;

use crate::support::program::{Service, on, suyuan};
use crate::support::{TestApp, plot};

const PDF: &str = "%PDF-1.7\n% a report\n%%EOF\n";

/// A report that is refused, because nobody drew the sample; its document is stored before that is judged.
async fn refused_report(app: &TestApp) {
    let report = json!({"report_no": "R-1", "tier": "third_party", "results": [
        {"analyte": "啶虫脒", "value": "0.058", "unit": "mg/kg"}]});
    let body = format!(
        "--cut\r\nContent-Disposition: form-data; name=\"report\"\r\n\r\n{report}\r\n--cut\r\nContent-Disposition: \
         form-data; name=\"file\"; filename=\"r.pdf\"\r\nContent-Type: application/pdf\r\n\r\n{PDF}\r\n--cut--\r\n"
    );
    let request = TestRequest::post().uri("/api/v1/samples/00112233445566778899aabbccddeeff/reports");
    let request = request.insert_header(("Content-Type", "multipart/form-data; boundary=cut"));
    app.laboratory.send(request.set_payload(body)).await.problem(404, "not-found");
}

async fn upload(app: &TestApp, text: &str) -> Value {
    app.cooperative.post_text("/api/v1/attachments", "application/pdf", text).await.created()
}

fn address(stored: &Value) -> String {
    format!("/attachments/{}", stored["attachment"]["sha256"].as_str().unwrap())
}

#[actix_web::test]
async fn files_that_no_record_names_are_swept_away_and_no_others() {
    let app = TestApp::start().await;
    let named = upload(&app, "%PDF-1.7 a contract").await;
    let mut with_file = plot("SF-P01");
    with_file["attachments"] = json!([named]);
    app.cooperative.act("/api/v1/plots", with_file.clone()).await;
    let sealed = upload(&app, "%PDF-1.7 of a person").await;
    let mut with_sealed = plot("SF-P09");
    with_sealed["grower"] = sealed["attachment"]["sha256"].clone();
    app.cooperative.act("/api/v1/plots", with_sealed).await;
    refused_report(&app).await;
    let left = upload(&app, PDF).await;
    app.anon.get(&address(&left)).await.expect(200);

    let sweep = |before: Instant| attachments::sweep(&app.app, before).unwrap();
    assert_eq!(sweep(Instant::MIN), Swept::default(), "young files stay");
    assert_eq!(sweep(Instant::MAX), Swept { files: 1, bytes: PDF.len() as u64 });
    app.anon.get(&address(&named)).await.expect(200);
    app.anon.get(&address(&sealed)).await.expect(200);
    app.anon.get(&address(&left)).await.problem(404, "not-found");
    with_file["code"] = json!("SF-P02");
    with_file["attachments"] = json!([left]);
    app.cooperative.post("/api/v1/plots", with_file.clone()).await.problem(422, "unknown-attachment");
    assert_eq!(upload(&app, PDF).await, left);
    app.cooperative.act("/api/v1/plots", with_file).await;
    assert_eq!(sweep(Instant::MAX), Swept::default());
    app.anon.get(&address(&left)).await.expect(200);
}

#[test]
fn nobody_sweeps_while_the_service_runs() {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start(folder.path(), &[]);
    let sweep_alone = ["files", "sweep", "--every-instance-is-stopped"];
    let refused = service.beside(&sweep_alone);
    assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains("another suyuan works"));
    if service.place.url().starts_with("postgres") {
        let unsaid = service.beside(&["files", "sweep"]);
        assert!(String::from_utf8_lossy(&unsaid.stderr).contains("stop every instance"));
    }
    let place = service.place.clone();
    service.terminate();
    service.ended(Duration::from_secs(10));
    let mut sweep = on(suyuan(&sweep_alone), folder.path(), &place);
    assert!(String::from_utf8_lossy(&sweep.output().unwrap().stdout).starts_with("0 files"));
}
