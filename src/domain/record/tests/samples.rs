use std::path::PathBuf;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Map, Value};

use crate::domain::record::*;
use crate::domain::time::Instant;

pub(crate) fn vector(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub(crate) fn vector_json(name: &str) -> Value {
    serde_json::from_str(&vector(name)).unwrap()
}

/// A case of `refused.json`: the rule it breaks, and its bytes.
pub(crate) fn refused() -> Vec<(String, Vec<u8>)> {
    let cases = vector_json("refused.json");
    let bytes_of = |case: &Value| match (case["line"].as_str(), case["hex"].as_str()) {
        (Some(line), _) => line.as_bytes().to_vec(),
        (None, Some(hex)) => hex
            .as_bytes()
            .chunks(2)
            .map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect(),
        _ => panic!("{case} has neither line nor hex"),
    };
    cases.as_array().unwrap().iter().map(|case| (case["rule"].as_str().unwrap().to_owned(), bytes_of(case))).collect()
}

pub(crate) fn handle(byte: u8) -> Handle {
    Handle::from_bytes([byte; 16])
}

pub(crate) fn batch(byte: u8) -> Subject {
    Subject::new(SubjectKind::Batch, handle(byte))
}

/// The first record of a batch, with an empty body.
pub(crate) fn record() -> Record {
    Record {
        subject: batch(1),
        seq: 0,
        prev: Digest::ZERO,
        kind: "batch.opened".to_owned(),
        occurred_at: "2026-11-18T01:20:00.000Z".parse().unwrap(),
        recorded_at: "2026-11-18T01:20:01.250Z".parse().unwrap(),
        actor: Actor { key: None, org: handle(2), role: Role::Cooperative },
        body: Map::new(),
        sealed: Default::default(),
        links: Vec::new(),
        seen: None,
    }
}

/// A chain of records whose kinds and bodies are given; everything else follows.
pub(crate) fn chain(facts: &[(&str, Value)]) -> Vec<Record> {
    let mut prev = Digest::ZERO;
    let grow = |(seq, (kind, body)): (usize, &(&str, Value))| {
        let body = body.as_object().unwrap().clone();
        let next = Record { seq: seq as u64, prev, kind: (*kind).to_owned(), body, ..record() };
        prev = record_hash(&next.to_bytes().unwrap());
        next
    };
    facts.iter().enumerate().map(grow).collect()
}

/// Strings of the profile, control characters and astral planes included.
pub(crate) fn text() -> impl Strategy<Value = String> {
    let character = prop_oneof![
        6 => proptest::char::range(' ', '~'),
        2 => proptest::char::range('\u{1}', '\u{1f}'),
        1 => proptest::sample::select(vec!['"', '\\', '/', '\u{7f}', '\u{80}', '\u{2028}', '\u{feff}', '\u{ffff}']),
        3 => any::<char>().prop_filter("no U+0000", |character| *character != '\0'),
    ];
    vec(character, 0..24).prop_map(String::from_iter)
}

pub(crate) fn key() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[a-z0-9_]{1,6}", 1 => "[a-z0-9_]{64}"]
}

/// Values that nest at most five deep, so that they fit into a body.
pub(crate) fn value() -> impl Strategy<Value = Value> {
    const MOST: i64 = (1 << 53) - 1;
    let integer = prop_oneof![-MOST..=MOST, -9i64..=9, Just(MOST), Just(-MOST)];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        integer.prop_map(Value::from),
        text().prop_map(Value::String),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![vec(inner.clone(), 0..5).prop_map(Value::Array), members(inner).prop_map(Value::Object),]
    })
}

fn members(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Map<String, Value>> {
    // Shuffled, because a map may keep the order in which its members came.
    vec((key(), value), 0..5).prop_shuffle().prop_map(|members| members.into_iter().collect())
}

fn some_handle() -> impl Strategy<Value = Handle> {
    any::<[u8; 16]>().prop_map(Handle::from_bytes)
}

fn digest() -> impl Strategy<Value = Digest> {
    any::<[u8; 32]>().prop_map(Digest::from_bytes)
}

pub(crate) fn instant() -> impl Strategy<Value = Instant> {
    (Instant::MIN.millis()..=Instant::MAX.millis()).prop_map(|millis| Instant::from_millis(millis).unwrap())
}

fn subject() -> impl Strategy<Value = Subject> {
    (proptest::sample::select(SubjectKind::ALL), some_handle()).prop_map(|(kind, handle)| Subject { kind, handle })
}

fn links() -> impl Strategy<Value = Vec<Link>> {
    let link = (digest(), "[a-z0-9_]{1,8}", 0u64..1 << 53, subject());
    vec(link.prop_map(|(hash, rel, seq, subject)| Link { hash, rel, seq, subject }), 0..4).prop_map(|mut links| {
        sort_links(&mut links);
        links
    })
}

/// Any record that the profile allows; links to its own subject do not come up by chance.
pub(crate) fn any_record() -> impl Strategy<Value = Record> {
    let actor = (proptest::option::of(some_handle()), some_handle(), proptest::sample::select(Role::ALL))
        .prop_map(|(key, org, role)| Actor { key, org, role });
    let seen = proptest::option::of((digest(), 1u64..1 << 53).prop_map(|(root, size)| Seen { root, size }));
    let place = (subject(), prop_oneof![Just(0), 0u64..1 << 53], digest());
    let times = (instant(), instant());
    let kind = "[a-z0-9_]{1,8}(\\.[a-z0-9_]{1,8}){1,3}";
    let facts = (members(value()), btree_map(key(), digest(), 0..3), links(), seen);
    (place, kind, times, actor, facts).prop_map(|(place, kind, times, actor, (body, sealed, links, seen))| {
        let (subject, seq, prev) = place;
        let prev = if seq == 0 { Digest::ZERO } else { prev };
        let (occurred_at, recorded_at) = times;
        Record { subject, seq, prev, kind, occurred_at, recorded_at, actor, body, sealed, links, seen }
    })
}

/// Canonical bytes with a few edits: bytes changed, put in, taken out, tokens of JSON pasted over.
pub(crate) fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let paste = proptest::sample::select(vec![
        "0",
        "00",
        "-0",
        "-1",
        "1.0",
        "1e0",
        "9007199254740991",
        "9007199254740992",
        "\"",
        "\\u0041",
        "\\u001f",
        "\\n",
        "\\/",
        "null",
        "{}",
        "[]",
        ",",
        ":",
        " ",
        "a",
        "F",
        "\u{0}",
        "\\u0000",
        "\"a\":1,",
        "橙",
        "Z",
        "\n",
    ]);
    let edit = (any::<proptest::sample::Index>(), 0usize..3, paste);
    (any_record(), vec(edit, 0..3)).prop_map(|(record, edits)| {
        let mut bytes = record.to_bytes().unwrap();
        for (place, removed, pasted) in edits {
            let at = place.index(bytes.len());
            let end = (at + removed).min(bytes.len());
            bytes.splice(at..end, pasted.bytes());
        }
        bytes
    })
}
