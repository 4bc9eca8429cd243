//! The whole life of a batch, told over REST by those who take part in it, and read back by those who look at it.

use actix_web::test::TestRequest;
use serde_json::{Value, json};
use suyuan::domain::chain::verify_ndjson;

use crate::support::{Answer, CARTON, LOOSE, Season, TestApp, batch_path, kinds, plot};

const ROOT: &str = "SF26P011116";
const SPECIAL: &str = "SF26P011116-T";
const FIRST: &str = "SF26P011116-1";
const PACKS: &str = "SF26P011116T";

/// What nobody but the parties may read: persons, orders, places to the metre, the buyer.
const SECRETS: &[&str] = &[
    "张果农",
    "赵打药",
    "王采样",
    "李签字",
    "PO-2026-118",
    "31.018320",
    "109.464210",
    "31.01832",
    "109.46421",
    "31.0190",
    "示范生鲜甲",
    "Demo Fresh A",
    "91999002MA00003143",
];

/// Handles of the life's subjects.
struct Life {
    season: Season,
    licence: String,
    root: String,
    special: String,
    first: String,
    packs: String,
    shipment: String,
    received: String,
}

#[actix_web::test]
async fn a_batch_lives_from_plot_to_recall_and_every_stage_is_told() {
    let app = TestApp::start().await;
    let mut life = until_grading(&app).await;
    tested_and_certified(&app, &life).await;
    packed_and_shipped(&app, &mut life).await;
    returned_lost_closed(&app, &life).await;
    the_pack_proves_its_way(&app, &life).await;
    the_association_sees_its_mark(&app, &life).await;
    traces_reach_both_ends(&app, &life).await;
    openings_are_for_the_parties(&app, &life).await;
    corrected_split_merged_recalled(&app, &life).await;
    nothing_secret_was_public(&app);
    projections_made_anew_are_the_same(&app);
}

fn projections_made_anew_are_the_same(app: &TestApp) {
    let written = app.place.projections();
    // A tile is finished by 256 records: `tests/store/tree.rs`.
    let used = |(table, rows): (&String, &Vec<String>)| table == "log_tiles" || !rows.is_empty();
    assert!(written.iter().all(used), "every projection is used");
    let records = app.store.rebuild(&mut |_| {}).unwrap();
    assert_eq!(records as usize, app.log_length());
    assert_eq!(app.place.projections(), written);
}

async fn until_grading(app: &TestApp) -> Life {
    let coop = &app.cooperative;
    let mut season = app.season().await;
    let mut with_secrets = plot("SF-P02");
    with_secrets["grower"] = json!("张果农");
    with_secrets["polygon"] = json!([{"lat": "31.0190", "lon": "109.4650"}, {"lat": "31.0191", "lon": "109.4660"},
        {"lat": "31.0180", "lon": "109.4655"}]);
    season.plot = coop.made("/api/v1/plots", with_secrets).await;
    let licence = app.licence(120_000).await;
    let spray = json!({"product": "阿维菌素 1.8% EC", "active": "阿维菌素", "dose": "3000×", "on": "2026-09-30",
        "interval_days": 14, "most_per_season": 2, "worker": "赵打药"});
    app.on("2026-09-30");
    coop.act(&format!("/api/v1/plots/{}/treatments", season.plot), spray).await;
    let manure = json!({"name": "有机肥", "purpose": "基肥", "dose": "7500 kg/ha", "on": "2026-02-20"});
    coop.act(&format!("/api/v1/plots/{}/inputs", season.plot), manure).await;

    let root = app.harvest(&season, ROOT, 9_600_000).await;
    told(app, LOOSE, ROOT, "harvested").await;
    let dip = json!({"process": "dipped", "agent": {"product": "咪鲜胺 45% EW", "active": "咪鲜胺", "dose": "1000×"},
        "minutes": 1, "input": 9_600_000, "output": 9_592_800});
    coop.act(&batch_path(&root, "processings"), dip).await;
    told(app, LOOSE, ROOT, "preserved").await;
    let grading = json!({"standard": {"name": "示范县脐橙分级", "edition": "SF-2026"}, "input": 9_592_800,
        "outputs": [{"lot": SPECIAL, "grade": "特级", "quantity": 2_688_000},
                    {"lot": FIRST, "grade": "一级", "quantity": 6_144_000}],
        "cull": 672_000, "loss": 88_800,
        "measures": [{"name": "brix", "unit": "°Brix", "mean": "12.4", "min": "11.2", "max": "13.6", "n": 20}]});
    let graded = coop.act(&batch_path(&root, "gradings"), grading).await;
    told(app, LOOSE, ROOT, "graded").await;
    let children = opened_in(&graded);
    assert_eq!(app.cooperative.get(&format!("/api/v1/batches/{root}")).await.ok()["balance"]["rest"], 0);
    let (special, first) = (children[0].clone(), children[1].clone());
    Life {
        season,
        licence,
        root,
        special,
        first,
        packs: String::new(),
        shipment: String::new(),
        received: String::new(),
    }
}

async fn tested_and_certified(app: &TestApp, life: &Life) {
    let screened = sample(app, life, "SF-S-0217").await;
    let report = json!({"report_no": "SFKJ-0217", "tier": "screening", "signer": "李签字", "results": [
        {"analyte": "抑制率", "value": "12.6", "unit": "%", "limit": "50", "rule": "below"}]});
    app.laboratory.act(&format!("/api/v1/samples/{screened}/reports"), report).await;
    told(app, LOOSE, SPECIAL, "screened").await;

    let early = json!({"basis": "commissioned_test", "reports": ["SFJC-2026-0217"]});
    let refused = app.cooperative.post(&batch_path(&life.special, "certificates"), early.clone()).await;
    refused.problem(409, "no-passing-report");

    let tested = sample(app, life, "SF-S-0218").await;
    let report = json!({"report_no": "SFJC-2026-0217", "tier": "third_party", "signer": "李签字", "results": [
        {"analyte": "阿维菌素", "value": "0.005", "unit": "mg/kg", "limit": "0.02", "limit_source": "GB 2763-2026"},
        {"analyte": "咪鲜胺", "value": "0.83", "unit": "mg/kg", "limit": "5", "limit_source": "GB 2763-2026"}]});
    multipart_report(app, &tested, &report).await.created();
    told(app, LOOSE, SPECIAL, "tested").await;
    let view = app.scan(LOOSE, SPECIAL).await;
    let tiers: Vec<&str> =
        view["tests"].as_array().unwrap().iter().map(|test| test["tier"].as_str().unwrap()).collect();
    assert_eq!(tiers.len(), 2, "{view}");
    app.cooperative.act(&batch_path(&life.special, "certificates"), early).await;
    told(app, LOOSE, SPECIAL, "certificate").await;
    assert!(!app.scan(LOOSE, SPECIAL).await["certificate"].is_null());
}

/// Draws a sample and has the laboratory take it in.
async fn sample(app: &TestApp, life: &Life, code: &str) -> String {
    let drawn = json!({"laboratory": app.laboratory.id, "code": code, "quantity": 7_200, "sampler": "王采样"});
    let sample = app.cooperative.made(&batch_path(&life.special, "samples"), drawn).await;
    told(app, LOOSE, SPECIAL, "sampled").await;
    app.laboratory.act(&format!("/api/v1/samples/{sample}/receipt"), json!({"condition": "完好"})).await;
    sample
}

/// The report with its signed PDF beside the values.
async fn multipart_report(app: &TestApp, sample: &str, report: &Value) -> Answer {
    let pdf = "%PDF-1.7\n% a report\n%%EOF\n";
    let body = format!(
        "--cut\r\nContent-Disposition: form-data; name=\"report\"\r\nContent-Type: application/json\r\n\r\n{report}\r\n\
         --cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"r.pdf\"\r\nContent-Type: application/pdf\r\n\r\n\
         {pdf}\r\n--cut--\r\n"
    );
    let path = format!("/api/v1/samples/{sample}/reports");
    let request = TestRequest::post().uri(&path).insert_header(("Content-Type", "multipart/form-data; boundary=cut"));
    app.laboratory.send(request.set_payload(body)).await
}

async fn packed_and_shipped(app: &TestApp, life: &mut Life) {
    app.on("2026-11-19");
    let coop = &app.cooperative;
    let packing = json!({"packed_on": "2026-11-19", "loss": 3_600,
        "outputs": [{"gtin": CARTON, "lot": PACKS, "packs": 534, "licence": life.licence}]});
    let packed = coop.act(&batch_path(&life.special, "packings"), packing).await;
    life.packs = opened_in(&packed)[0].clone();
    let view = told(app, CARTON, PACKS, "packed").await;
    assert_eq!(view["verdict"], "issued");
    assert_eq!(view["brand"]["licence_no"], "LIC-SF-2026-001");
    let site = json!({"code": "CS-1", "kind": "store", "name": {"zh": "一号冷库"}, "place": {"zh": "示范县"}});
    let site = coop.made("/api/v1/sites", site).await;
    let stored = json!({"site": site, "celsius": "5.0", "humidity_percent": 90});
    coop.act(&batch_path(&life.packs, "storings"), stored).await;
    told(app, CARTON, PACKS, "stored").await;
    let shipping = json!({"to_uscc": crate::support::BUYER[2], "quantity": 300, "order": "PO-2026-118",
        "temperature": {"min_celsius": "5.0", "max_celsius": "11.8", "every_minutes": 10,
            "excursions": [{"peak_celsius": "11.8", "minutes": 40}]}});
    life.shipment = coop.made(&batch_path(&life.packs, "shipments"), shipping).await;
    told(app, CARTON, PACKS, "shipped").await;

    app.on("2026-11-20");
    let incoming = app.buyer.get("/api/v1/shipments?direction=incoming").await.ok();
    assert_eq!(incoming["items"][0]["id"], life.shipment);
    let receipt = json!({"lot": "SFJ-26-0451", "quantity": 288});
    life.received = app.buyer.made(&format!("/api/v1/shipments/{}/receipts", life.shipment), receipt).await;
    told(app, CARTON, "SFJ-26-0451", "received").await;
}

async fn returned_lost_closed(app: &TestApp, life: &Life) {
    let coop = &app.cooperative;
    let back = json!({"shipment": life.shipment, "quantity": 12, "reason": "外箱破损"});
    coop.act(&batch_path(&life.packs, "returns"), back).await;
    told(app, CARTON, PACKS, "returned").await;
    let balance = coop.get(&format!("/api/v1/batches/{}", life.packs)).await.ok()["balance"].clone();
    assert_eq!(balance, json!({"input": 534, "output": 288, "loss": 0, "returned": 12, "discrepancy": 0, "rest": 234}));
    let lose = async |quantity: u64, reason: &str, from_returned: bool| {
        let lost = json!({"quantity": quantity, "reason": reason, "from_returned": from_returned});
        coop.act(&batch_path(&life.packs, "losses"), lost).await;
    };
    lose(12, "destroyed", true).await;
    let early = coop.post(&batch_path(&life.packs, "closing"), json!({})).await;
    assert_eq!(early.problem(409, "batch-not-empty")["details"]["left"], "234");
    lose(234, "rot", false).await;
    told(app, CARTON, PACKS, "lost").await;
    coop.act(&batch_path(&life.packs, "closing"), json!({})).await;
    let view = told(app, CARTON, PACKS, "closed").await;
    assert_eq!(view["batch"]["state"], "closed");
}

async fn the_pack_proves_its_way(app: &TestApp, life: &Life) {
    let history = app.anon.get(&batch_path(&life.packs, "history")).await.expect(200);
    let head = history.header("suyuan-head").unwrap().parse().unwrap();
    let verified = verify_ndjson(&history.bytes, Some(head)).unwrap();
    assert_eq!(verified.subject, format!("batch:{}", life.packs));
    let text = history.text();
    for subject in
        [format!("plot:{}", life.season.plot), format!("batch:{}", life.root), format!("licence:{}", life.licence)]
    {
        assert!(text.contains(&subject), "the history reaches {subject}");
    }
    for kind in ["plot.treated", "test.reported", "sample.drawn", "licence.granted", "mark.registered"] {
        assert!(text.contains(&format!("\"kind\":\"{kind}\"")), "the history holds {kind}");
    }
    let chain = app.anon.get(&batch_path(&life.packs, "chain")).await.expect(200);
    verify_ndjson(&chain.bytes, Some(head)).unwrap();
    assert_eq!(app.scan(CARTON, PACKS).await["checks"]["head"], chain.header("suyuan-head").unwrap());
    let bought = app.anon.get(&batch_path(&life.received, "history")).await.expect(200);
    assert_eq!(verify_ndjson(&bought.bytes, None).unwrap().subject, format!("batch:{}", life.received));
    assert!(bought.text().contains(&format!("plot:{}", life.season.plot)), "the buyer's batch reaches the plot");
}

async fn the_association_sees_its_mark(app: &TestApp, life: &Life) {
    let path = format!("/api/v1/licences/{}/packs", life.licence);
    let packed = app.association.get(&path).await.ok();
    assert_eq!((&packed["used"], &packed["quota"]), (&json!(534), &json!(120_000)));
    let item = &packed["items"][0];
    assert_eq!((&item["batch"], &item["packs"], &item["lot"]), (&json!(life.packs), &json!(534), &json!(PACKS)));
    app.anon.get(item["history_url"].as_str().unwrap()).await.expect(200);
    assert_eq!(app.cooperative.get(&path).await.ok()["items"], packed["items"]);
    app.other_cooperative.get(&path).await.problem(404, "not-found");
}

async fn traces_reach_both_ends(app: &TestApp, life: &Life) {
    let trace = app.cooperative.get(&batch_path(&life.special, "trace")).await.ok();
    let edge = |parent: &str, child: &str| {
        let edges = trace["edges"].as_array().unwrap();
        edges
            .iter()
            .find(|edge| edge["parent"] == parent && edge["child"] == child)
            .map(|edge| edge["quantity"].clone())
    };
    assert_eq!(edge(&life.root, &life.special), Some(json!(2_688_000)));
    assert_eq!(edge(&life.special, &life.packs), Some(json!(2_670_000)));
    assert_eq!(edge(&life.packs, &life.received), Some(json!(288)));
    assert_eq!(trace["cut"], false);
    assert_eq!(trace["batches"].as_array().unwrap().len(), 4, "{trace}");
    app.other_cooperative.get(&batch_path(&life.special, "trace")).await.problem(404, "not-found");
}

async fn openings_are_for_the_parties(app: &TestApp, life: &Life) {
    let path = batch_path(&life.packs, "openings");
    let home = app.cooperative.get(&path).await.expect(200).text();
    assert!(home.contains(&format!("\"{}\"", app.buyer.id)) && home.contains("PO-2026-118"), "{home}");
    for (role, other) in [("buyer", &app.buyer), ("other", &app.other_cooperative), ("laboratory", &app.laboratory)] {
        let text = other.get(&path).await.problem(404, "not-found").to_string();
        assert!(!text.contains("PO-2026-118"), "{role}");
    }
    app.anon.get(&path).await.problem(401, "unauthorised");
    let own = app.cooperative.get(&batch_path(&life.special, "openings")).await.expect(200).text();
    for person in ["王采样", "李签字", "张果农", "赵打药"] {
        assert!(own.contains(person), "the home reads {person}: {own}");
    }
}

async fn corrected_split_merged_recalled(app: &TestApp, life: &Life) {
    let coop = &app.cooperative;
    let lost = coop.act(&batch_path(&life.first, "losses"), json!({"quantity": 1_200, "reason": "rot"})).await;
    let seq = lost["records"][0]["seq"].clone();
    let correction = json!({"seq": seq, "path": "/body/quantity", "new": 1_000, "reason": "录入多了 200 克"});
    coop.act(&batch_path(&life.first, "corrections"), correction).await;
    let view = told(app, LOOSE, FIRST, "corrected").await;
    let steps = view["timeline"].as_array().unwrap();
    let step = steps.iter().find(|step| step["kind"] == "corrected").unwrap();
    assert!(
        step["correction"]["old"].to_string().contains("1.2") && step["correction"]["new"].to_string().contains('1')
    );
    assert_eq!(coop.get(&format!("/api/v1/batches/{}", life.first)).await.ok()["balance"]["loss"], 1_000);

    let parts = json!({"parts": [{"lot": "SF-S1", "quantity": 1_000_000}, {"lot": "SF-S2", "quantity": 2_000_000}]});
    let split = coop.act(&batch_path(&life.first, "splits"), parts).await;
    told(app, LOOSE, FIRST, "split").await;
    let parts = opened_in(&split);
    let merge = json!({"lot": "SF-M1", "parents": [{"batch": parts[0], "quantity": 400_000},
        {"batch": parts[1], "quantity": 600_000}]});
    let merged = coop.made("/api/v1/batches/merges", merge).await;
    told(app, LOOSE, "SF-M1", "merged").await;
    assert_eq!(coop.get(&format!("/api/v1/batches/{merged}")).await.ok()["balance"]["input"], 1_000_000);

    let recall = json!({"class": 3, "reason": {"zh": "净含量低于允许短缺量", "en": "Net content below tolerance"}});
    coop.act(&batch_path(&parts[0], "recalls"), recall).await;
    for lot in ["SF-S1", "SF-M1"] {
        let view = told(app, LOOSE, lot, "recalled").await;
        assert_eq!(view["verdict"], "recalled", "{lot}");
        assert!(app.page(LOOSE, lot, "zh-CN").await.contains("净含量低于允许短缺量"), "{lot}");
    }
    assert_eq!(app.scan(LOOSE, "SF-S2").await["verdict"], "issued", "the other part is not recalled");
    let shipping = json!({"to_uscc": crate::support::BUYER[2], "quantity": 1});
    coop.post(&batch_path(&merged, "shipments"), shipping).await.problem(409, "batch-recalled");
}

/// Searches everything that anybody without credentials was answered, byte for byte.
fn nothing_secret_was_public(app: &TestApp) {
    let heard = app.anon.heard.borrow();
    assert!(heard.len() > 50, "only {} public answers were read", heard.len());
    for answer in heard.iter() {
        let text = answer.text();
        for secret in SECRETS {
            assert!(!text.contains(secret), "{} tells {secret}", answer.request);
        }
    }
}

/// The view of a lot, which must tell a step of this kind.
async fn told(app: &TestApp, gtin: &str, lot: &str, kind: &str) -> Value {
    let view = app.scan(gtin, lot).await;
    let told = kinds(&view);
    assert!(told.iter().any(|step| step == kind), "{lot} does not tell {kind}: {told:?}");
    view
}

/// Batches that an act opened, in order.
fn opened_in(receipt: &Value) -> Vec<String> {
    let records = receipt["records"].as_array().unwrap().iter();
    let opened = records.filter(|record| record["kind"] == "batch.opened");
    opened.map(|record| record["subject"].as_str().unwrap().trim_start_matches("batch:").to_owned()).collect()
}
