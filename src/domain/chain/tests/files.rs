use serde_json::Value;

use crate::domain::chain::*;
use crate::domain::record::Digest;
use crate::domain::record::tests::samples::*;

fn head(of: &str) -> Digest {
    vector_json("expected.json")[of]["head"].as_str().unwrap().parse().unwrap()
}

/// What another implementation counted in the file it wrote.
fn assert_as_expected(found: &Verified, of: &str) {
    let expected = &vector_json("expected.json")[of];
    assert_eq!(found.records as u64, expected["records"].as_u64().unwrap());
    assert_eq!(found.subjects as u64, expected["subjects"].as_u64().unwrap());
    assert_eq!(found.subject, expected["subject"].as_str().unwrap());
    assert_eq!(found.head.to_string(), expected["head"].as_str().unwrap());
}

#[test]
fn a_chain_of_another_implementation_verifies_and_says_that_links_were_not_followed() {
    let verified = verify_ndjson(vector("chain.ndjson").as_bytes(), Some(head("chain"))).unwrap();
    assert_eq!(verified.kind, FileKind::Chain);
    assert_as_expected(&verified, "chain");
    assert!(verified.to_string().ends_with("links to other subjects were not followed."), "{verified}");
}

#[test]
fn a_history_of_another_implementation_verifies() {
    let verified = verify_ndjson(vector("history.ndjson").as_bytes(), Some(head("history"))).unwrap();
    assert_eq!(verified.kind, FileKind::History);
    assert_as_expected(&verified, "history");
    assert!(verified.to_string().contains("every link followed"), "{verified}");
}

#[test]
fn another_head_than_the_one_named_is_a_fault_of_the_last_line() {
    let (file, named) = (vector("history.ndjson"), Digest::from_bytes([7; 32]));
    let fault = verify_ndjson(file.as_bytes(), Some(named)).unwrap_err();
    assert_eq!(fault.line, file.lines().count());
    assert_eq!(*fault.reason, FaultReason::Head { expected: named, found: head("history") });
    // A file cut at its end is a shorter chain that holds together: only the head tells.
    let chain = vector("chain.ndjson");
    let cut = &chain[..chain.trim_end().rfind('\n').unwrap() + 1];
    assert!(verify_ndjson(cut.as_bytes(), None).is_ok());
    assert!(verify_ndjson(cut.as_bytes(), Some(head("chain"))).is_err());
}

#[test]
fn a_history_with_any_byte_changed_is_refused() {
    let (file, head) = (vector("history.ndjson").into_bytes(), Some(head("history")));
    for at in 0..file.len() {
        for flip in [0x01, 0x20, 0x80] {
            let mut changed = file.clone();
            changed[at] ^= flip;
            let verified = verify_ndjson(&changed, head);
            assert!(verified.is_err(), "byte {at} flipped by {flip:#x}: {verified:?}");
        }
    }
}

#[test]
fn a_history_with_any_line_missing_twice_or_exchanged_is_refused() {
    let file = vector("history.ndjson");
    let (lines, head) = (file.split_inclusive('\n').collect::<Vec<_>>(), Some(head("history")));
    let refused = |lines: Vec<&str>| verify_ndjson(lines.concat().as_bytes(), head).is_err();
    for at in 0..lines.len() {
        let (mut less, mut more) = (lines.clone(), lines.clone());
        less.remove(at);
        more.insert(at, lines[at]);
        assert!(refused(less), "without line {}", at + 1);
        assert!(refused(more), "line {} twice", at + 1);
    }
}

#[test]
fn hostile_lines_are_refused_with_their_line_number_and_a_sentence() {
    let chain = vector("chain.ndjson");
    let first = chain.lines().next().unwrap();
    for (rule, line) in refused() {
        let file = [first.as_bytes(), b"\n", &line, b"\n"].concat();
        let fault = verify_ndjson(&file, None).unwrap_err();
        let about_the_line = matches!(*fault.reason, FaultReason::NotCanonical(_) | FaultReason::CarriageReturn);
        assert!(about_the_line && fault.line == 2, "{rule}: {fault}");
        assert!(fault.to_string().starts_with("line 2: ") && fault.to_string().contains("found"), "{rule}: {fault}");
    }
}

#[test]
fn files_that_are_no_chain_and_no_history_are_refused_at_the_line_at_fault() {
    let cases = vector_json("files.json");
    for case in cases.as_array().unwrap() {
        let fault =
            verify_ndjson(case["file"].as_str().unwrap().as_bytes(), None).expect_err(&case["rule"].to_string());
        assert_eq!(Value::from(fault.line), case["line"], "{}: {fault}", case["rule"]);
        assert!(fault.to_string().contains("found"), "{fault}");
    }
}

#[test]
fn each_fault_of_a_file_is_told_apart() {
    let cases = vector_json("files.json");
    let reason = |rule: &str| -> FaultReason {
        let case = cases.as_array().unwrap().iter().find(|case| case["rule"] == rule).expect(rule);
        *verify_ndjson(case["file"].as_str().unwrap().as_bytes(), None).unwrap_err().reason
    };
    assert_eq!(reason("an empty file"), FaultReason::EmptyFile);
    assert_eq!(reason("an empty line between"), FaultReason::EmptyLine);
    assert_eq!(reason("no line feed at the end"), FaultReason::NoLineEnd);
    assert_eq!(reason("carriage returns"), FaultReason::CarriageReturn);
    assert_eq!(reason("a byte order mark"), FaultReason::ByteOrderMark);
    assert!(matches!(reason("a gap in seq"), FaultReason::Seq { expected: 1, found: 2, .. }));
    assert!(matches!(reason("another record before"), FaultReason::Prev { seq: 1, .. }));
    assert!(matches!(reason("a record that goes back in time"), FaultReason::RecordedEarlier { .. }));
    assert!(matches!(reason("one handle for two subjects"), FaultReason::HandleOfTwo { .. }));
    assert!(matches!(reason("a link to the same handle under another kind"), FaultReason::HandleOfTwo { .. }));
    assert!(matches!(reason("a link to a record that is missing"), FaultReason::LinkMissing { seq: 2, .. }));
    assert!(matches!(reason("a linked record stands behind the one that links it"), FaultReason::LinkMissing { .. }));
    assert!(matches!(reason("a link with another hash"), FaultReason::LinkHash { .. }));
    assert!(matches!(reason("a subject that nothing leads to"), FaultReason::NothingLeadsTo { .. }));
    let beyond = reason("a record beyond the last one linked");
    assert!(matches!(beyond, FaultReason::BeyondLastLinked { expected: 1, found: 2, .. }), "{beyond}");
}
