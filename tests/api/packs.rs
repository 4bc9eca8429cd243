//! Audit packs as they are downloaded, judged from their bytes and by the keys that the log shows.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read as _};

use serde_json::json;
use suyuan::app::audit_pack::judge::{self, Verdict};
use suyuan::domain::record::Digest;
use suyuan::exchange::zip::ZipReader;
use suyuan::log::Policy;

use crate::support::{Answer, CARTON, Client, TestApp, batch_path, harvest};

async fn policy(app: &TestApp) -> Policy {
    let keys = app.anon.get("/log/key").await.expect(200).text();
    let logs: String = keys.lines().map(|key| format!("log {key}\n")).collect();
    Policy::parse(format!("{logs}quorum none\n").as_bytes()).unwrap()
}

async fn judged(app: &TestApp, pack: &Answer, head: Option<Digest>) -> Verdict {
    assert_eq!(pack.header("content-type"), Some("application/zip"));
    judge::verify(Cursor::new(&pack.bytes), Some(&policy(app).await), head).unwrap()
}

pub fn members(pack: &Answer) -> BTreeMap<String, Vec<u8>> {
    let mut zip = ZipReader::open(Cursor::new(&pack.bytes)).unwrap();
    let mut members = BTreeMap::new();
    for entry in zip.entries().to_vec() {
        let mut bytes = Vec::new();
        zip.read(&entry).unwrap().read_to_end(&mut bytes).unwrap();
        assert!(members.insert(entry.name, bytes).is_none());
    }
    members
}

/// Names with what differs from pack to pack replaced.
fn kinds(pack: &Answer) -> BTreeSet<String> {
    let kind = |name: &String| match name.split_once('/') {
        Some((folder, rest)) => format!("{folder}/{}", rest.rsplit_once('.').map_or("", |(_, extension)| extension)),
        None => name.clone(),
    };
    members(pack).keys().map(kind).collect()
}

const REPORT: &[u8] = b"%PDF-1.4\n% a report that says nothing\n%%EOF\n";

/// A harvest with a document, graded, packed under a licence, shipped to the buyer: its handles, the packs and the licence.
pub async fn packed(app: &TestApp) -> (String, String, String) {
    let (coop, season) = (&app.cooperative, app.season().await);
    let licence = app.licence(120_000).await;
    app.on("2026-09-30");
    let spray = json!({"product": "阿维菌素 1.8% EC", "active": "阿维菌素", "dose": "3000×", "on": "2026-09-30",
        "interval_days": 14, "most_per_season": 2, "worker": "赵打药"});
    coop.act(&format!("/api/v1/plots/{}/treatments", season.plot), spray).await;
    app.on("2026-11-16");
    let file = coop.post_text("/api/v1/attachments", "application/pdf", REPORT).await.created();
    let mut body = harvest(&season.plot, "W01", 1_000_000);
    body["attachments"] = json!([file]);
    let root = coop.made("/api/v1/batches", body).await;
    let grading = json!({"standard": {"name": "示范县脐橙分级", "edition": "SF-2026"}, "input": 1_000_000,
        "outputs": [{"lot": "W01T", "grade": "特级", "quantity": 1_000_000}], "cull": 0, "loss": 0, "measures": []});
    let graded = coop.act(&batch_path(&root, "gradings"), grading).await;
    let special = opened(&graded);
    app.on("2026-11-19");
    let packing = json!({"packed_on": "2026-11-19", "loss": 0,
        "outputs": [{"gtin": CARTON, "lot": "P01", "packs": 200, "licence": licence}]});
    let packs = opened(&coop.act(&batch_path(&special, "packings"), packing).await);
    let shipping = json!({"to_uscc": crate::support::BUYER[2], "quantity": 100, "order": "PO-2026-118"});
    coop.made(&batch_path(&packs, "shipments"), shipping).await;
    (root, packs, licence)
}

/// The batch that an act opened.
pub fn opened(receipt: &serde_json::Value) -> String {
    let records = receipt["records"].as_array().unwrap();
    let opened = records.iter().find(|record| record["kind"] == "batch.opened").unwrap();
    opened["subject"].as_str().unwrap().trim_start_matches("batch:").to_owned()
}

pub async fn pack(client: &Client, path: &str) -> Answer {
    client.get(path).await.expect(200)
}

#[actix_web::test]
async fn a_batchs_pack_holds_all_that_proves_its_history_and_openings_for_its_home_only() {
    let app = TestApp::start().await;
    let (_, packs, _) = packed(&app).await;
    let path = batch_path(&packs, "audit-pack");
    let history = app.anon.get(&batch_path(&packs, "history")).await.expect(200);
    let head: Digest = history.header("suyuan-head").unwrap().parse().unwrap();

    let public = pack(&app.anon, &path).await;
    let verdict = judged(&app, &public, Some(head)).await;
    let lines = history.text().lines().count();
    assert_eq!((verdict.records, verdict.openings, verdict.attachments, verdict.withheld), (lines, 0, 1, 0));
    assert_eq!(verdict.heads, [(format!("batch:{packs}"), head)]);
    let found = members(&public);
    assert_eq!(found["history.ndjson"], history.bytes);
    assert!(found["openings.ndjson"].is_empty());
    assert_eq!(found["policy"], format!("log {}quorum none\n", app.anon.get("/log/key").await.text()).as_bytes());
    assert_eq!(found.values().filter(|bytes| **bytes == REPORT).count(), 1);
    assert_eq!(found.keys().filter(|name| name.starts_with("proof/")).count(), lines);
    let expected = [
        "README.txt",
        "attachments/pdf",
        "checkpoint",
        "history.ndjson",
        "index.ndjson",
        "openings.ndjson",
        "policy",
        "proof/tlog-proof",
        "tile/p/",
        "verify.html",
    ];
    let kinds: BTreeSet<_> =
        kinds(&public).into_iter().map(|it| if it.starts_with("tile/") { "tile/p/".into() } else { it }).collect();
    assert_eq!(kinds, expected.map(String::from).into());
    assert!(String::from_utf8_lossy(&found["README.txt"]).contains("审计包"));

    let own = pack(&app.cooperative, &path).await;
    let verdict = judged(&app, &own, Some(head)).await;
    assert!(verdict.openings > 0, "{verdict}");
    assert!(String::from_utf8_lossy(&members(&own)["openings.ndjson"]).contains("赵打药"), "{verdict}");
    for other in [&app.other_cooperative, &app.regulator] {
        assert_eq!(judged(&app, &pack(other, &path).await, None).await.openings, 0);
    }
    app.stranger("sy_wrong").get(&path).await.problem(401, "unauthorised");
}

#[actix_web::test]
async fn a_licences_pack_holds_what_was_packed_under_it_in_a_period() {
    let app = TestApp::start().await;
    let (_, packs, licence) = packed(&app).await;
    let path = format!("/api/v1/licences/{licence}/audit-pack");
    for client in [&app.association, &app.cooperative, &app.regulator] {
        let verdict = judged(&app, &pack(client, &path).await, None).await;
        assert_eq!(
            verdict.heads.iter().map(|(subject, _)| subject.clone()).collect::<Vec<_>>(),
            [format!("batch:{packs}")]
        );
    }
    let found = members(&pack(&app.association, &format!("{path}?from=2026-11-19&to=2026-11-19")).await);
    assert!(found.contains_key("heads.ndjson") && found.contains_key(&format!("history/{packs}.ndjson")));
    app.association.get(&format!("{path}?from=2026-11-20")).await.problem(404, "no-batches");
    app.association.get(&format!("{path}?to=2026-11-18")).await.problem(404, "no-batches");
    app.association.get(&format!("{path}?from=2026-11-20&to=2026-11-18")).await.problem(422, "window-reversed");
    app.association.get(&format!("{path}?from=tomorrow")).await.problem(400, "bad-parameter");
    for client in [&app.other_cooperative, &app.buyer, &app.laboratory, &app.operator] {
        client.get(&path).await.problem(404, "not-found");
    }
}

#[actix_web::test]
async fn an_organisations_pack_holds_the_batches_that_it_opened() {
    let app = TestApp::start().await;
    let (root, packs, _) = packed(&app).await;
    let path = format!("/api/v1/organisations/{}/audit-pack", app.cooperative.id);
    let own = pack(&app.cooperative, &path).await;
    let verdict = judged(&app, &own, None).await;
    assert_eq!(verdict.heads.len(), 3, "harvest, grade, packs");
    assert!(verdict.openings > 0);
    let regulators = judged(&app, &pack(&app.regulator, &path).await, None).await;
    assert_eq!((regulators.records, regulators.openings), (verdict.records, 0));
    let early = judged(&app, &pack(&app.cooperative, &format!("{path}?to=2026-11-18")).await, None).await;
    assert!(early.heads.iter().any(|(subject, _)| *subject == format!("batch:{root}")));
    assert!(early.heads.iter().all(|(subject, _)| *subject != format!("batch:{packs}")));
    for client in [&app.other_cooperative, &app.association, &app.operator, &app.laboratory] {
        client.get(&path).await.problem(404, "not-found");
    }
    let nothing = format!("/api/v1/organisations/{}/audit-pack", app.other_cooperative.id);
    app.other_cooperative.get(&nothing).await.problem(404, "no-batches");
    app.anon.get(&path).await.problem(401, "unauthorised");
}

#[actix_web::test]
async fn from_a_thousand_records_on_tiles_prove_instead_of_proofs() {
    let app = TestApp::start().await;
    let season = app.season().await;
    let batch = app.harvest(&season, "W01", 1_000_000).await;
    for number in 0..990 {
        app.cooperative.act(&batch_path(&batch, "notes"), json!({"note": format!("第 {number} 筐")})).await;
    }
    let path = batch_path(&batch, "audit-pack");
    let below = pack(&app.anon, &path).await;
    let verdict = judged(&app, &below, None).await;
    assert!(verdict.records < 1_000 && members(&below).keys().any(|name| name.starts_with("proof/")));
    for number in verdict.records..1_001 {
        app.cooperative.act(&batch_path(&batch, "notes"), json!({"note": format!("第 {number} 筐")})).await;
    }
    let above = pack(&app.anon, &path).await;
    assert_eq!(judged(&app, &above, None).await.records, 1_001);
    let found = members(&above);
    assert!(found.keys().all(|name| !name.starts_with("proof/")));
    assert!(
        ["tile/0/000", "tile/0/001", "tile/0/002"].iter().all(|tile| found.contains_key(*tile)),
        "{:?}",
        found.keys()
    );
}

#[actix_web::test]
async fn packs_of_an_organisation_and_of_a_licence_are_downloaded_from_a_page() {
    let app = TestApp::start().await;
    let (_, _, licence) = packed(&app).await;
    let place = "/console/audit-packs/download?of=";
    let coop = app.desk(&app.cooperative).await;
    let page = coop.page("/console/audit-packs").await;
    let offered = crate::support::desk::texts(&page, "#f-of option");
    assert_eq!(offered, ["本单位的全部批次", "示范之巅 LIC-SF-2026-001"]);
    for of in [format!("organisation:{}", app.cooperative.id), format!("licence:{licence}")] {
        let pack = coop.get(&format!("{place}{of}&from=2026-11-01&to=2026-11-30")).await.expect(200);
        assert!(!judged(&app, &pack, None).await.heads.is_empty(), "{of}");
    }
    let association = app.desk(&app.association).await;
    association.get(&format!("{place}licence:{licence}")).await.expect(200);
    // Nobody else's, but for a regulator.
    let own = format!("{place}organisation:{}", app.cooperative.id);
    app.desk(&app.laboratory).await.get(&own).await.expect(404);
    app.desk(&app.laboratory).await.get(&format!("{place}licence:{licence}")).await.expect(404);
    let regulator = app.desk(&app.regulator).await;
    assert!(regulator.page("/console/audit-packs").await.contains(&format!("organisation:{}", app.cooperative.id)));
    regulator.get(&own).await.expect(200);
    for wrong in ["", "batch:1", "licence:1"] {
        coop.get(&format!("{place}{wrong}")).await.expect(404);
    }
    coop.get(&format!("{place}licence:{licence}&from=heute")).await.expect(400);
}
