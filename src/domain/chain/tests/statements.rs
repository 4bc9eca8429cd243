use crate::domain::chain::{FileKind, verify_ndjson};
use crate::domain::record::tests::samples::*;

#[test]
fn a_history_signed_by_another_implementation_verifies() {
    let expected = &vector_json("statements.json")["history"];
    let verified = verify_ndjson(vector("signed.ndjson").as_bytes(), None).unwrap();
    assert_eq!(verified.kind, FileKind::History);
    assert_eq!(verified.records as u64, expected["records"].as_u64().unwrap());
    assert_eq!((verified.signed as u64, verified.unjudged), (expected["signed"].as_u64().unwrap(), 0));
    assert_eq!(verified.head.to_string(), expected["head"].as_str().unwrap());
}

#[test]
fn a_chain_alone_says_that_its_statements_were_not_judged() {
    let chain: String = vector("signed.ndjson")
        .lines()
        .filter(|line| line.contains("\"subject\":\"batch:") && line.contains("\"v\":1}"))
        .filter(|line| line.rsplit("\"subject\":\"").next().unwrap().starts_with("batch:"))
        .map(|line| format!("{line}\n"))
        .collect();
    let verified = verify_ndjson(chain.as_bytes(), None).unwrap();
    assert_eq!((verified.kind, verified.signed, verified.unjudged), (FileKind::Chain, 0, 2));
    assert!(verified.to_string().ends_with("not judged: 2."), "{verified}");
}

#[test]
fn statements_that_do_not_hold_are_found_where_they_stand() {
    let vectors = vector_json("statements.json");
    let files = vectors["files"].as_array().unwrap();
    assert_eq!(files.len(), 15);
    for case in files {
        let (rule, says) = (case["rule"].as_str().unwrap(), case["says"].as_str().unwrap());
        let fault = verify_ndjson(case["file"].as_str().unwrap().as_bytes(), None).expect_err(rule);
        assert_eq!(fault.line as u64, case["line"].as_u64().unwrap(), "{rule}: {fault}");
        assert!(fault.to_string().contains(says), "{rule}: {fault}");
    }
}

#[test]
fn a_body_may_call_a_fact_a_statement_as_long_as_nobody_signs() {
    let mut lines = chain(&[("batch.opened", serde_json::json!({"statement": "we picked it", "countersign": 5}))]);
    let text = |line: &crate::domain::record::Record| [line.to_bytes().unwrap(), b"\n".to_vec()].concat();
    assert!(verify_ndjson(&text(&lines[0]), None).is_ok());
    lines[0].actor.key = Some(handle(7));
    let fault = verify_ndjson(&text(&lines[0]), None).unwrap_err();
    assert!(fault.to_string().contains("key, nonce and sig"), "{fault}");
}
