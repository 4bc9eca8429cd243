use proptest::prelude::*;
use serde_json::{Value, json};

use super::samples::*;
use crate::domain::chain::Envelope;
use crate::domain::record::canonical::{self, MAX_BYTES, MAX_STRING};
use crate::domain::record::sealed::{Opening, commitment};
use crate::domain::record::*;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn canonical_bytes_are_those_of_a_general_rfc_8785_implementation(value in value()) {
        prop_assert_eq!(canonical::value_to_bytes(&value).unwrap(), serde_json_canonicalizer::to_vec(&value).unwrap());
    }

    #[test]
    fn a_record_is_written_as_a_general_rfc_8785_implementation_writes_its_json(record in any_record()) {
        let bytes = record.to_bytes().unwrap();
        prop_assert_eq!(&serde_json_canonicalizer::to_vec(&record.to_value().unwrap()).unwrap(), &bytes);
    }

    #[test]
    fn what_is_written_is_read_back_the_same(record in any_record()) {
        prop_assert_eq!(Record::parse(&record.to_bytes().unwrap()).unwrap(), record);
    }

    #[test]
    fn the_verifier_reads_every_record_that_we_write(record in any_record()) {
        let bytes = record.to_bytes().unwrap();
        let envelope = Envelope::scan(&bytes).unwrap();
        prop_assert_eq!(envelope.subject.text, record.subject.to_string());
        prop_assert_eq!(envelope.subject.kind(), record.subject.kind.as_str());
        prop_assert_eq!((envelope.seq, envelope.prev, envelope.kind), (record.seq, record.prev, record.kind.as_str()));
        prop_assert_eq!((envelope.occurred_at, envelope.recorded_at), (record.occurred_at, record.recorded_at));
        let actor = Actor { key: envelope.actor_key, org: envelope.actor_org, role: envelope.actor_role };
        prop_assert_eq!((actor, envelope.seen), (record.actor, record.seen));
        prop_assert_eq!(serde_json::from_slice::<Value>(envelope.body).unwrap(), Value::Object(record.body));
        prop_assert!(envelope.sealed.iter().map(|(field, hash)| (*field, hash))
            .eq(record.sealed.iter().map(|(field, hash)| (field.as_str(), hash))));
        prop_assert_eq!(envelope.links.len(), record.links.len());
        for (found, link) in envelope.links.iter().zip(&record.links) {
            prop_assert_eq!((found.hash, found.rel, found.seq), (link.hash, link.rel.as_str(), link.seq));
            prop_assert_eq!(found.subject.text, link.subject.to_string());
        }
    }

    #[test]
    fn an_opening_is_read_back_the_same_and_opens_only_its_own_value(
        field in key(), salt in any::<[u8; 32]>(), value in value(), other in value(),
    ) {
        let mut record = record();
        record.sealed.insert(field.clone(), commitment(&field, &salt, &value).unwrap());
        let opening = Opening { field, salt, seq: 0, subject: record.subject, value };
        prop_assert_eq!(&Opening::parse(&opening.to_bytes().unwrap()).unwrap(), &opening);
        prop_assert_eq!(opening.check(&record), Ok(()));
        prop_assume!(other != opening.value);
        let changed = Opening { value: other, ..opening };
        prop_assert!(changed.check(&record).is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(4000) })]

    // The writer judges by writing again what serde_json understood, the scanner byte by byte: two ways, one verdict.
    #[test]
    fn scanner_and_parser_agree_on_edited_bytes(bytes in mutated()) {
        let (scanned, parsed) = (Envelope::scan(&bytes), Record::parse(&bytes));
        let known_kinds = |envelope: &Envelope<'_>| {
            let mut kinds = vec![envelope.subject.kind()];
            kinds.extend(envelope.links.iter().map(|link| link.subject.kind()));
            kinds.into_iter().all(|kind| kind.parse::<SubjectKind>().is_ok())
        };
        let expected = scanned.as_ref().is_ok_and(known_kinds);
        let shown = String::from_utf8_lossy(&bytes);
        prop_assert_eq!(parsed.is_ok(), expected, "{:?}\n{:?}\n{}", scanned.err(), parsed.err(), shown);
    }
}

/// Both the parser and the scanner accept, or both refuse.
fn accepted(bytes: &[u8]) -> bool {
    let (scanned, parsed) = (Envelope::scan(bytes), Record::parse(bytes));
    assert_eq!(scanned.is_ok(), parsed.is_ok(), "{scanned:?} {parsed:?}");
    parsed.is_ok()
}

fn with_body(body: Value) -> Record {
    Record { body: body.as_object().unwrap().clone(), ..record() }
}

#[test]
fn a_record_has_at_most_256_kib() {
    let full = |last: usize| {
        let mut lines = vec!["x".repeat(MAX_STRING); 63];
        lines.push("x".repeat(last));
        with_body(json!({ "lines": lines }))
    };
    let left = MAX_BYTES - full(0).to_bytes().unwrap().len();
    let largest = full(left).to_bytes().unwrap();
    assert_eq!(largest.len(), MAX_BYTES);
    assert!(accepted(&largest));
    assert_eq!(full(left + 1).to_bytes(), Err(ProfileError::TooLong(MAX_BYTES + 1)));
    let text = String::from_utf8(largest).unwrap();
    let longer = text.replace("x\"]},\"kind\"", "xx\"]},\"kind\"");
    assert_eq!(longer.len(), MAX_BYTES + 1);
    assert!(!accepted(longer.as_bytes()));
}

#[test]
fn numbers_beyond_the_profile_are_refused_by_the_writer() {
    for number in [json!(0.5), json!(5.0), json!(-0.0), json!(1u64 << 53), json!(-(1i64 << 53)), json!(u64::MAX)] {
        let written = with_body(json!({ "n": number })).to_bytes();
        assert!(matches!(written, Err(ProfileError::Number(_))), "{number} gave {written:?}");
    }
}

#[test]
fn strings_keys_and_nesting_beyond_the_profile_are_refused_by_the_writer() {
    let deep = (0..7).fold(json!(1), |inner, _| json!([inner]));
    let refused = [
        (json!({ "a": "x".repeat(4097) }), ProfileError::StringTooLong(4097)),
        (json!({ "a": "橙".repeat(1366) }), ProfileError::StringTooLong(4098)),
        (json!({ "a": "nul\0" }), ProfileError::Nul),
        (json!({ "a": deep }), ProfileError::TooDeep),
        (json!({ "": 1 }), ProfileError::Key(String::new())),
        (json!({ "Mass": 1 }), ProfileError::Key("Mass".to_owned())),
        (json!({ "质量": 1 }), ProfileError::Key("质量".to_owned())),
        (json!({ "k".repeat(65): 1 }), ProfileError::Key("k".repeat(65))),
    ];
    for (body, error) in refused {
        assert_eq!(with_body(body).to_bytes(), Err(error));
    }
}

#[test]
fn an_envelope_against_the_rules_is_refused_by_the_writer() {
    let link = |rel: &str, seq| Link { hash: Digest::ZERO, rel: rel.to_owned(), seq, subject: batch(9) };
    let own = Link { subject: record().subject, ..link("a", 0) };
    let refused = [
        (Record { kind: "batch".to_owned(), ..record() }, ProfileError::Kind("batch".to_owned())),
        (Record { prev: Digest::from_bytes([1; 32]), ..record() }, ProfileError::FirstPrev),
        (Record { seq: 1 << 53, ..record() }, ProfileError::Number("9007199254740992".to_owned())),
        (Record { links: vec![link("A", 0)], ..record() }, ProfileError::Rel("A".to_owned())),
        (Record { links: vec![link("a", 0), own], ..record() }, ProfileError::LinkToItself(1)),
        (Record { links: vec![link("a", 1), link("a", 0)], ..record() }, ProfileError::LinkOrder(1)),
        (Record { links: vec![link("a", 0), link("a", 0)], ..record() }, ProfileError::LinkOrder(1)),
        (Record { seen: Some(Seen { root: Digest::ZERO, size: 0 }), ..record() }, ProfileError::SeenSize),
        (
            Record { sealed: [("Buyer".to_owned(), Digest::ZERO)].into(), ..record() },
            ProfileError::Key("Buyer".to_owned()),
        ),
    ];
    for (record, error) in refused {
        assert_eq!(record.to_bytes(), Err(error));
    }
}

#[test]
fn sorted_links_are_accepted_however_they_came() {
    let link = |rel: &str, kind, seq| Link {
        hash: Digest::ZERO,
        rel: rel.to_owned(),
        seq,
        subject: Subject::new(kind, handle(9)),
    };
    let mut links = vec![
        link("b", SubjectKind::Batch, 0),
        link("a", SubjectKind::Standard, 0),
        link("a", SubjectKind::Organisation, 10),
        link("a", SubjectKind::Organisation, 2),
        link("a", SubjectKind::Organisation, 2),
    ];
    sort_links(&mut links);
    assert!(accepted(&Record { links, ..record() }.to_bytes().unwrap()));
}
