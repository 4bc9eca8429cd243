use serde_json::{Value, json};

use super::samples::chain;
use crate::domain::record::correction::*;
use crate::domain::record::*;

/// A batch of 1,000 g, and corrections of its record 0: (path, old, new).
fn corrections(steps: &[(&str, Value, Value)]) -> Vec<Record> {
    let opened = ("batch.opened", json!({ "crates": [{ "mass_g": 600 }, { "mass_g": 400 }], "mass_g": 1000 }));
    let mut facts = vec![opened.clone(), ("grading.recorded", json!({ "mass_g": 7 }))];
    let hash = record_hash(&chain(&[opened])[0].to_bytes().unwrap());
    for (path, old, new) in steps {
        let corrects = json!({ "hash": hash, "seq": 0 });
        let body = json!({ "corrects": corrects, "new": new, "old": old, "path": path, "reason": "read again" });
        facts.push(("batch.corrected", body));
    }
    chain(&facts)
}

#[test]
fn a_record_without_corrections_stays_as_it_was_written() {
    let chain = corrections(&[]);
    assert_eq!(corrected(&chain, 0).unwrap(), chain[0].to_value().unwrap());
}

#[test]
fn corrections_apply_one_after_another_and_earlier_states_stay() {
    let chain = corrections(&[
        ("/body/mass_g", json!(1000), json!(990)),
        ("/body/crates/1/mass_g", json!(400), json!(390)),
        ("/body/mass_g", json!(990), json!(980)),
    ]);
    let mass_g = |records: usize| corrected(&chain[..records], 0).unwrap()["body"]["mass_g"].clone();
    assert_eq!([mass_g(2), mass_g(3), mass_g(4), mass_g(5)], [json!(1000), json!(990), json!(990), json!(980)]);
    assert_eq!(corrected(&chain, 0).unwrap()["body"]["crates"], json!([{ "mass_g": 600 }, { "mass_g": 390 }]));
    assert_eq!(corrected(&chain, 1).unwrap(), chain[1].to_value().unwrap());
}

#[test]
fn two_people_cannot_correct_past_each_other() {
    let chain = corrections(&[("/body/mass_g", json!(1000), json!(990)), ("/body/mass_g", json!(1000), json!(1010))]);
    let path: Pointer = "/body/mass_g".parse().unwrap();
    let expected = CorrectionFault::OtherOld { path, expected: json!(1000), found: json!(990) };
    assert_eq!(corrected(&chain, 0), Err(expected));
}

#[test]
fn a_correction_adds_no_field() {
    let chain = corrections(&[("/body/moisture", Value::Null, json!(5))]);
    assert_eq!(corrected(&chain, 0), Err(CorrectionFault::NothingThere("/body/moisture".parse().unwrap())));
}

#[test]
fn a_correction_names_the_hash_of_an_earlier_record_that_is_no_correction() {
    let mut chain = corrections(&[("/body/mass_g", json!(1000), json!(990))]);
    let again = |corrects: Value| {
        let body = json!({ "corrects": corrects, "new": 1, "old": 2, "path": "/body/new", "reason": "" });
        let prev = record_hash(&chain[2].to_bytes().unwrap());
        Record { seq: 3, prev, body: body.as_object().unwrap().clone(), ..chain[2].clone() }
    };
    let of_correction = again(json!({ "hash": Digest::ZERO, "seq": 2 }));
    let of_itself = again(json!({ "hash": Digest::ZERO, "seq": 3 }));
    let other_hash = again(json!({ "hash": Digest::ZERO, "seq": 1 }));
    let expected = chain[2].prev;
    chain.push(of_correction);
    assert_eq!(corrected(&chain, 2), Err(CorrectionFault::OfCorrection { corrects: 2 }));
    chain[3] = of_itself;
    assert_eq!(corrected(&chain, 3).map(|value| value["seq"].clone()), Ok(json!(3)));
    assert_eq!(
        Correction::of(&chain[3]).unwrap().unwrap().check(&chain[3], &chain),
        Err(CorrectionFault::NotEarlier { seq: 3, corrects: 3 })
    );
    chain[3] = other_hash;
    let fault = CorrectionFault::OtherHash { seq: 3, corrects: 1, expected, found: Digest::ZERO };
    assert_eq!(corrected(&chain, 1), Err(fault));
}

#[test]
fn a_body_with_an_unknown_or_missing_field_is_no_correction() {
    let good = corrections(&[("/body/mass_g", json!(1000), json!(990))]).remove(2);
    assert!(Correction::of(&good).unwrap().is_some());
    let mut more = good.clone();
    more.body.insert("note".to_owned(), json!("x"));
    assert!(matches!(Correction::of(&more), Err(CorrectionFault::Shape { seq: 2, .. })));
    for field in ["corrects", "new", "old", "path", "reason"] {
        let mut less = good.clone();
        less.body.remove(field);
        assert!(matches!(Correction::of(&less), Err(CorrectionFault::Shape { seq: 2, .. })), "{field}");
    }
    let other_kind = Record { kind: "plot.corrected".to_owned(), ..good };
    assert_eq!(Correction::of(&other_kind), Ok(None));
}

#[test]
fn pointers_find_what_rfc_6901_says() {
    // The document of RFC 6901 §5, without the whole-document pointer, which no correction has.
    let document = json!({
        "foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5, "k\"l": 6, " ": 7, "m~n": 8
    });
    let expected = [
        ("/foo", json!(["bar", "baz"])),
        ("/foo/0", json!("bar")),
        ("/", json!(0)),
        ("/a~1b", json!(1)),
        ("/c%d", json!(2)),
        ("/e^f", json!(3)),
        ("/g|h", json!(4)),
        ("/i\\j", json!(5)),
        ("/k\"l", json!(6)),
        ("/ ", json!(7)),
        ("/m~0n", json!(8)),
    ];
    for (text, value) in expected {
        let pointer: Pointer = text.parse().unwrap();
        assert_eq!(pointer.find(&document), Some(&value), "{text}");
        assert_eq!(pointer.to_string(), text);
        let mut changed = document.clone();
        assert_eq!(apply_pointer(&mut changed, &pointer, json!("new")), Ok(value));
        assert_eq!(pointer.find(&changed), Some(&json!("new")));
    }
    for nothing in ["/bar", "/foo/2", "/foo/-", "/foo/00", "/foo/01", "/foo/+1", "/foo/0/x", "/foo/", "//"] {
        assert_eq!(nothing.parse::<Pointer>().unwrap().find(&document), None, "{nothing}");
    }
    for bad in ["", "foo", "#/foo", "/a~", "/a~2b", "/~", "/a~~1"] {
        assert_eq!(bad.parse::<Pointer>().unwrap_err().code, "pointer", "{bad}");
    }
}
