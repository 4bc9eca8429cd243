//! The OpenAPI document: what is checked in is what the service serves, and each operation says what callers need.
#![allow(clippy::unwrap_used, reason = "helpers of tests; a failed unwrap is a failed test")]

use std::collections::BTreeSet;

use serde_json::Value;

fn document() -> Value {
    serde_json::to_value(suyuan::http::openapi_document()).unwrap()
}

/// Every operation with its path and method.
fn operations(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().unwrap().iter();
    paths
        .flat_map(|(path, item)| {
            item.as_object().unwrap().iter().map(move |(method, operation)| (format!("{method} {path}"), operation))
        })
        .collect()
}

#[test]
fn the_checked_in_document_is_the_one_that_is_served() {
    let checked_in = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/openapi.json")).unwrap();
    let served = suyuan::http::openapi_document().to_pretty_json().unwrap();
    assert!(
        checked_in.trim_end() == served.trim_end(),
        "openapi/openapi.json is old; make it anew with `cargo run -- openapi > openapi/openapi.json`"
    );
}

#[test]
fn the_document_names_no_host_and_no_build() {
    let document = document();
    assert_eq!(document["openapi"].as_str().map(|version| &version[..3]), Some("3.1"));
    assert_eq!(document["servers"][0]["url"], "/");
    let text = document.to_string();
    assert!(!text.contains("http://") && !text.contains("127.0.0.1") && !text.contains("localhost"), "a host");
}

#[test]
fn every_operation_has_a_summary_a_known_tag_an_id_of_its_own_and_problem_answers() {
    let document = document();
    let tags: BTreeSet<&str> =
        document["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect();
    let mut ids = BTreeSet::new();
    for (name, operation) in operations(&document) {
        assert!(operation["summary"].as_str().is_some_and(|text| text.len() > 3), "{name} has no summary");
        let own = operation["tags"].as_array().unwrap();
        assert!(own.len() == 1 && tags.contains(own[0].as_str().unwrap()), "{name}: {own:?}");
        assert!(ids.insert(operation["operationId"].as_str().unwrap()), "{name} shares its operationId");
        let responses = operation["responses"].as_object().unwrap();
        let problems = responses.iter().filter(|(status, _)| status.starts_with(['4', '5']));
        let mut count = 0;
        for (status, response) in problems {
            let schema = &response["content"]["application/problem+json"]["schema"]["$ref"];
            assert_eq!(schema, "#/components/schemas/ProblemBody", "{name} {status}");
            count += 1;
        }
        assert!(count >= 3, "{name} has {count} problem answers");
        let closed = operation["security"].is_array();
        assert_eq!(responses.contains_key("401"), closed, "{name}: credentials and 401 belong together");
        assert!(responses.keys().any(|status| status.starts_with('2')), "{name} has no good answer");
    }
}

#[test]
fn every_body_of_values_has_an_example() {
    let document = document();
    for (name, operation) in operations(&document) {
        let request = operation["requestBody"]["content"].as_object().into_iter().flatten();
        let answers = operation["responses"].as_object().unwrap().values();
        let answers = answers.filter_map(|response| response["content"].as_object()).flatten();
        for (media_type, content) in request.chain(answers) {
            let told = media_type.contains("json") || media_type.contains("form-data");
            if told && !media_type.contains("ndjson") {
                let has = has_example(&document, &content["schema"], &mut BTreeSet::new());
                assert!(has, "{name}: no example in {}", content["schema"]);
            }
        }
    }
}

#[test]
fn a_report_is_described_with_and_without_its_document() {
    let document = document();
    let content = &document["paths"]["/api/v1/samples/{id}/reports"]["post"]["requestBody"]["content"];
    let values = &content["application/json"]["schema"]["$ref"];
    let form = &content["multipart/form-data"];
    let schema = document.pointer(form["schema"]["$ref"].as_str().unwrap().trim_start_matches('#')).unwrap();
    assert_eq!(
        (&schema["properties"]["report"]["$ref"], &schema["required"]),
        (values, &serde_json::json!(["report"]))
    );
    for (part, media_type) in [("report", "application/json"), ("file", "application/pdf")] {
        assert_eq!(form["encoding"][part]["contentType"], media_type);
        assert!(!schema["example"][part].is_null() && !schema["properties"][part]["description"].is_null(), "{part}");
    }
}

/// Whether a schema, or one that it refers to, holds an example.
fn has_example<'d>(document: &'d Value, schema: &'d Value, seen: &mut BTreeSet<&'d str>) -> bool {
    match schema {
        Value::Object(map) => {
            if map.contains_key("example") || map.contains_key("examples") {
                return true;
            }
            if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
                let target =
                    document.pointer(reference.trim_start_matches('#')).unwrap_or_else(|| panic!("{reference}"));
                return seen.insert(reference) && has_example(document, target, seen);
            }
            map.values().any(|inner| has_example(document, inner, seen))
        }
        Value::Array(list) => list.iter().any(|inner| has_example(document, inner, seen)),
        _ => false,
    }
}
