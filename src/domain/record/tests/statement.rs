use proptest::prelude::*;
use serde_json::{Value, json};

use super::samples::*;
use crate::domain::ed25519::{self, SecretKey};
use crate::domain::record::statement::{Said, Statement, StatementFault, bytes_to_sign};
use crate::domain::record::*;

fn hex<const N: usize>(text: &Value) -> [u8; N] {
    bytes(text).try_into().unwrap()
}

fn bytes(text: &Value) -> Vec<u8> {
    let pairs = text.as_str().unwrap().as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

#[test]
fn statements_of_another_implementation_are_signed_and_verified_byte_for_byte() {
    let vectors = vector_json("statements.json");
    let cases = vectors["statements"].as_array().unwrap();
    assert_eq!(cases.len(), 5);
    for case in cases {
        let message = bytes_to_sign(&case["said"]).unwrap();
        assert_eq!(String::from_utf8(message.clone()).unwrap(), case["bytes"].as_str().unwrap());
        let (seed, public) = (hex(&case["seed"]), hex(&case["public"]));
        assert_eq!(SecretKey::from_seed(&seed).public(), public);
        assert_eq!(SecretKey::from_seed(&seed).sign(&message), hex::<64>(&case["sig"]));
        ed25519::verify(&public, &message, &hex(&case["sig"])).unwrap();
    }
}

#[test]
fn what_a_record_says_is_what_was_signed_before_it_was_chained() {
    let vectors = vector_json("statements.json");
    let mut cases = vectors["statements"].as_array().unwrap().iter();
    for line in vector("signed.ndjson").lines() {
        let record = Record::parse(line.as_bytes()).unwrap();
        let read = |field: &str| -> Option<Statement> {
            serde_json::from_value(record.body.get(field)?.clone()).unwrap_or_default()
        };
        // As the other implementation wrote them: the association first, then the key itself.
        for (field, statement) in ["countersign", "statement"].map(|field| (field, read(field))) {
            let Some(statement) = statement else { continue };
            let said = Said::of(&record, statement.nonce);
            let said = if field == "countersign" { said.countersigned() } else { said };
            let case = cases.next().unwrap();
            assert_eq!(said.to_value(), case["said"]);
            said.verify(&statement, &case["public"].as_str().unwrap().parse().unwrap()).unwrap();
        }
    }
    assert!(cases.next().is_none());
}

#[test]
fn signatures_that_only_a_careless_verifier_accepts_are_refused() {
    let vectors = vector_json("statements.json");
    let cases = vectors["refused"].as_array().unwrap();
    assert_eq!(cases.len(), 12);
    for case in cases {
        let (public, sig) = (hex(&case["public"]), hex(&case["sig"]));
        assert!(ed25519::verify(&public, &bytes(&case["message"]), &sig).is_err(), "accepted: {}", case["rule"]);
    }
}

#[test]
fn a_public_key_is_a_canonical_point_that_is_not_of_small_order() {
    let refused = |text: &str| text.parse::<PublicKey>().unwrap_err().code.into_owned();
    assert_eq!(refused("3D4017C3E843895A92B70AA74D1B7EBC9C982CCF2EC4968CC0CD55F12AF4660C"), "public-key-hex");
    assert_eq!(refused("3d4017"), "public-key-hex");
    let small = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05";
    assert_eq!(refused(small), "public-key");
    assert_eq!(refused(&format!("01{}", "00".repeat(31))), "public-key");
    // y = 2 is on no point of the curve.
    assert_eq!(refused(&format!("02{}", "00".repeat(31))), "public-key");
    // y = p + 3 stands for the point y = 3, whose canonical bytes are others.
    assert!(format!("03{}", "00".repeat(31)).parse::<PublicKey>().is_ok());
    assert_eq!(refused(&format!("f0{}7f", "ff".repeat(30))), "public-key");
}

#[test]
fn text_that_is_not_in_normal_form_c_is_not_signed() {
    let said = |note: &str| json!({"v": 1, "body": {"lines": [{"note": note}]}, "nonce": "00"});
    assert!(bytes_to_sign(&said("Caf\u{e9}")).is_ok());
    let fault = bytes_to_sign(&said("Cafe\u{301}")).unwrap_err();
    assert_eq!(fault, StatementFault::NotNormal("Cafe\u{301}".into()));
    // The escape of a line feed ends with the letter n, which is no part of the text.
    assert!(bytes_to_sign(&said("\n\u{303}")).is_ok());
}

proptest! {
    #[test]
    fn no_bit_of_what_is_said_can_change_under_a_signature(text in "[a-z啶虫脒 ]{1,20}", at in any::<prop::sample::Index>()) {
        let mut record = record();
        record.body = json!({"note": text}).as_object().unwrap().clone();
        let (seed, nonce) = ([9; 32], Nonce::from_bytes([3; 16]));
        let message = Said::of(&record, nonce).to_bytes().unwrap();
        let statement =
            Statement { key: handle(4), nonce, sig: Signature::from_bytes(SecretKey::from_seed(&seed).sign(&message)) };
        let public = PublicKey::from_bytes(SecretKey::from_seed(&seed).public()).unwrap();
        prop_assert!(Said::of(&record, nonce).verify(&statement, &public).is_ok());
        let bit = at.index(message.len() * 8);
        let mut other = message;
        other[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(ed25519::verify(public.as_bytes(), &other, statement.sig.as_bytes()).is_err());
    }
}
