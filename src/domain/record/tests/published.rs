//! The test data of RFC 8785's own repository, and what our narrower profile makes of it (`tests/vectors/published`).

use serde_json::Value;
use sha2::Digest as _;

use super::samples::vector;
use crate::domain::record::ProfileError;
use crate::domain::record::canonical::{self, MAX_INTEGER};

fn read(folder: &str, name: &str) -> String {
    vector(&format!("published/jcs/{folder}/{name}"))
}

/// Whether an error is the expected one.
type Rule = fn(&ProfileError) -> bool;

/// Name of a file → what is admitted, or the first rule of our profile that it breaks: a key in other characters, a
/// number that is no integer.
const FILES: [(&str, Result<(), Rule>); 7] = [
    ("arrays.json", Ok(())),
    ("french.json", Err(|found| matches!(found, ProfileError::Key(key) if key == "péché"))),
    ("rfc8785_sorting.json", Err(|found| matches!(found, ProfileError::Key(key) if key == "\r"))),
    ("structures.json", Err(|found| matches!(found, ProfileError::Key(key) if key.is_empty()))),
    ("unicode.json", Err(|found| matches!(found, ProfileError::Key(key) if key == "Unnormalized Unicode"))),
    ("values.json", Err(|found| matches!(found, ProfileError::Number(number) if number.starts_with("333333333.33")))),
    ("weird.json", Err(|found| matches!(found, ProfileError::Key(key) if key == "\n"))),
];

#[test]
fn what_the_profile_admits_is_written_as_published_and_the_rest_is_refused_for_its_reason() {
    for (name, expected) in FILES {
        let input: Value = serde_json::from_str(&read("input", name)).unwrap();
        let output = read("output", name);
        match (canonical::value_to_bytes(&input), expected) {
            (Ok(found), Ok(())) => assert_eq!(String::from_utf8(found).unwrap(), output),
            (Err(found), Err(is_the_reason)) => assert!(is_the_reason(&found), "{name}: {found}"),
            (found, _) => panic!("{name}: {found:?}"),
        }
    }
}

#[test]
fn the_hex_of_a_published_file_is_its_text() {
    for (name, _) in FILES.iter().filter(|(name, _)| !name.starts_with("rfc")) {
        let hex = read("outhex", &name.replace(".json", ".txt"));
        let bytes = hex.split_whitespace().map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect();
        assert_eq!(String::from_utf8(bytes).unwrap(), read("output", name));
    }
}

/// Of the files that are refused as a whole too: each scalar, by itself or as a key, is admitted and written as there,
/// but for the numbers that are no integers.
#[test]
fn every_string_and_literal_of_the_published_files_is_written_as_there() {
    let mut seen = 0;
    for (name, _) in FILES {
        let output = read("output", name);
        let mut visit = vec![serde_json::from_str::<Value>(&read("input", name)).unwrap()];
        while let Some(value) = visit.pop() {
            match value {
                Value::Array(items) => visit.extend(items),
                Value::Object(members) => {
                    visit.extend(members.into_iter().flat_map(|(key, value)| [Value::String(key), value]));
                }
                Value::Number(number) if !number.is_i64() => {}
                scalar => {
                    let found = String::from_utf8(canonical::value_to_bytes(&scalar).unwrap()).unwrap();
                    assert!(output.contains(&found), "{name}: {found}");
                    seen += 1;
                }
            }
        }
    }
    assert_eq!(seen, 72);
}

#[test]
fn of_the_published_numbers_the_integers_below_2_to_53_are_admitted_and_no_other() {
    let lines = vector("published/jcs/numbers.txt");
    let digest = crate::domain::record::Digest::from_bytes(sha2::Sha256::digest(&lines).into());
    assert_eq!(digest.to_string(), "be18b62b6f69cdab33a7e0dae0d9cfa869fda80ddc712221570f9f40a5878687");
    let mut admitted = Vec::new();
    for line in lines.lines() {
        let (bits, text) = line.split_once(',').unwrap();
        let number = f64::from_bits(u64::from_str_radix(bits, 16).unwrap());
        // As the double itself it is a number with a fraction to JSON, whatever it is.
        let double = serde_json::Number::from_f64(number).unwrap();
        assert!(matches!(canonical::value_to_bytes(&Value::Number(double)), Err(ProfileError::Number(_))), "{line}");
        let integer = number.fract() == 0.0 && number.abs() <= MAX_INTEGER as f64;
        match canonical::value_to_bytes(&serde_json::from_str(text).unwrap()) {
            Ok(found) => {
                assert!(integer && found == text.as_bytes(), "{line}");
                admitted.push(text);
            }
            Err(found) => assert!(!integer && matches!(found, ProfileError::Number(_)), "{line}: {found}"),
        }
    }
    // 0 is written for −0 too, which a record may not spell.
    assert_eq!(admitted, ["0", "0", "-3333333333333334", "3333333333333334", "10", "5", "1", "-1"]);
}
