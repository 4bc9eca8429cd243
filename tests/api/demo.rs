//! The demo at several dates: everything it promises is there, the pages say what `demo.json` says, and started again it
//! keeps its data, before and after the projections were made anew.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::Value;
use suyuan::domain::chain::verify_ndjson;
use suyuan::log::SignedCheckpoint;

use crate::engine::Place;
use crate::support::program::{Demo, fetch, fill, suyuan};

#[test]
fn the_demo_holds_on_the_first_day_of_its_season() {
    the_demo_holds_on("2026-11-23");
}

#[test]
fn the_demo_holds_in_the_spring_after_its_season() {
    the_demo_holds_on("2027-03-01");
}

#[test]
fn the_demo_holds_on_the_last_day_of_a_leap_year() {
    the_demo_holds_on("2028-12-31");
}

fn the_demo_holds_on(today: &str) {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::new(folder.path());
    let demo = Demo::start(folder.path(), &place, today);
    assert!(demo.ready_after < Duration::from_secs(10), "the demo took {:?}", demo.ready_after);
    let summary = demo.summary();
    every_organisation_acts(&summary);
    the_labels_say_what_the_pages_say(&summary);
    every_history_verifies(&summary);
    the_laboratory_signs(&summary, folder.path());
    the_good_batch_has_pictures_and_the_report_itself(&summary);
    the_log_is_signed_by_the_key_that_is_told(&summary);
    let before = place.truth();
    drop(demo);

    let made = place.projections();
    let arguments = ["rebuild", "--data-dir", folder.path().to_str().unwrap(), "--database", &place.url()];
    let rebuilt = suyuan(&arguments).output().unwrap();
    assert!(rebuilt.status.success());
    assert_eq!(place.projections(), made);

    let again = Demo::start(folder.path(), &place, today);
    assert_eq!(place.truth(), before, "started again it keeps its data");
    let later = again.summary();
    assert_eq!((&later["accounts"], &later["batches"]), (&summary["accounts"], &summary["batches"]));
    assert_ne!(later["base_url"], Value::Null);
    the_labels_say_what_the_pages_say(&later);
    the_log_is_signed_by_the_key_that_is_told(&later);
}

fn the_log_is_signed_by_the_key_that_is_told(summary: &Value) {
    let (base, log) = (text(summary, "base_url"), &summary["log"]);
    assert_eq!(fetch(&format!("{base}/log/key"), &[]), (200, format!("{}\n", text(log, "vkey"))));
    let (_, note) = fetch(&format!("{base}/log/checkpoint"), &[]);
    assert_eq!(note.lines().next(), Some(text(log, "origin")));
    SignedCheckpoint::parse(note.as_bytes()).unwrap().verify(&[text(log, "vkey").parse().unwrap()]).unwrap();
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {value}"))
}

fn every_organisation_acts(summary: &Value) {
    let base = text(summary, "base_url");
    let mut roles: BTreeMap<&str, usize> = BTreeMap::new();
    for account in summary["accounts"].as_array().unwrap() {
        *roles.entry(text(account, "role")).or_default() += 1;
        let bearer = format!("Bearer {}", text(account, "api_key"));
        let path = format!("{base}/api/v1/organisations/{}", text(account, "id"));
        let (status, body) = fetch(&path, &[("Authorization", &bearer)]);
        assert_eq!(status, 200, "{body}");
        assert!(body.contains(text(account, "organisation")), "{body}");
        let host = base.strip_prefix("http://").unwrap();
        let password = text(account, "password").replace(' ', "+");
        let (entered, _) = fill(host, "/login", &format!("login={}&password={password}", text(account, "login")));
        assert_eq!((entered.status, entered.header("location")), (303, Some("/console")), "{}", entered.body);
    }
    // Three cooperatives and two buyers hold goods.
    let expected = [("association", 1), ("cooperative", 5), ("laboratory", 1), ("operator", 1), ("regulator", 1)];
    assert_eq!(roles, BTreeMap::from(expected));
}

fn the_labels_say_what_the_pages_say(summary: &Value) {
    let labels = summary["labels"].as_array().unwrap();
    let mut states = BTreeSet::new();
    for label in labels {
        let (state, url) = (text(label, "state"), text(label, "url"));
        states.insert(state);
        let status = if state == "unknown" { 404 } else { 200 };
        let (answered, view) = fetch(url, &[("Accept", "application/json")]);
        let view: Value = serde_json::from_str(&view).unwrap();
        assert_eq!((answered, text(&view, "verdict")), (status, state), "{url}");
        assert_eq!((text(&view, "lot"), text(&view, "gtin")), (text(label, "lot_code"), text(label, "gtin")));
        for language in ["zh-CN", "en"] {
            let (answered, page) = fetch(url, &[("Accept", "text/html"), ("Accept-Language", language)]);
            assert_eq!(answered, status, "{url}");
            assert!(page.contains(text(label, "lot_code")), "{url}");
            for word in ["正品", "真品", "假", "genuine", "fake"] {
                assert!(!page.contains(word), "{url} says {word}");
            }
        }
    }
    for state in ["issued", "held", "recalled", "licence_ended", "expired", "unknown"] {
        assert!(states.contains(state), "no label is {state}: {states:?}");
    }
}

fn the_laboratory_signs(summary: &Value, folder: &std::path::Path) {
    let base = text(summary, "base_url");
    let keys = summary["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 2);
    for key in keys {
        let (status, chain) = fetch(&format!("{base}/api/v1/keys/{}/chain", text(key, "id")), &[]);
        assert!(status == 200 && chain.contains(text(key, "public")), "{chain}");
        assert!(folder.join(text(key, "file")).is_file());
    }
    let batch =
        summary["batches"].as_array().unwrap().iter().find(|batch| batch["lot_code"] == "SF26P011116T").unwrap();
    let url = format!("{base}/01/{}/10/{}", text(batch, "gtin"), text(batch, "lot_code"));
    let (_, view) = fetch(&url, &[("Accept", "application/json")]);
    let view: Value = serde_json::from_str(&view).unwrap();
    let signed: Vec<_> = view["tests"].as_array().unwrap().iter().map(|test| &test["signed"]["key"]).collect();
    // The screening was not signed, the quantitative report was.
    assert_eq!(signed, [&Value::Null, &keys[1]["id"]], "{view}");
}

fn the_good_batch_has_pictures_and_the_report_itself(summary: &Value) {
    let base = text(summary, "base_url");
    let labels = summary["labels"].as_array().unwrap();
    let label = labels.iter().find(|label| label["lot_code"] == "SF26P011116T").unwrap();
    let (_, view) = fetch(text(label, "url"), &[("Accept", "application/json")]);
    let view: Value = serde_json::from_str(&view).unwrap();
    let harvested = view["timeline"].as_array().unwrap().iter().find(|step| step["kind"] == "harvested").unwrap();
    for file in [&view["product"]["photo"], &harvested["photos"][0], &view["tests"][1]["file_url"]] {
        let path = file.as_str().unwrap_or_else(|| panic!("no file: {view}"));
        assert_eq!(fetch(&format!("{base}{path}"), &[]).0, 200, "{path}");
    }
}

fn every_history_verifies(summary: &Value) {
    let base = text(summary, "base_url");
    let mut states = BTreeSet::new();
    for batch in summary["batches"].as_array().unwrap() {
        states.insert(text(batch, "state"));
        let (status, lines) = fetch(&format!("{base}/api/v1/batches/{}/history", text(batch, "id")), &[]);
        assert_eq!(status, 200);
        let verified = verify_ndjson(lines.as_bytes(), None).unwrap_or_else(|fault| panic!("{batch}: {fault}"));
        assert_eq!(verified.subject, format!("batch:{}", text(batch, "id")));
        for secret in ["示范生鲜甲", "Demo Fresh A", "示范商超乙", "31.018320", "109.464210"] {
            assert!(!lines.contains(secret), "{batch} tells {secret}");
        }
    }
    assert!(states.is_superset(&BTreeSet::from(["open", "graded", "packed", "shipped"])), "{states:?}");
}
