use serde_json::Value;

use super::samples::*;
use crate::domain::chain::{Envelope, lines::OpeningLine};
use crate::domain::record::sealed::{Opening, OpeningFault, commitment};
use crate::domain::record::*;

#[test]
fn records_of_another_implementation_are_read_and_written_byte_for_byte() {
    let (lines, expected) = (vector("records.ndjson"), vector_json("expected.json"));
    let expected = expected["records"].as_array().unwrap();
    assert_eq!(lines.lines().count(), expected.len());
    for (line, expected) in lines.lines().zip(expected) {
        assert_eq!(record_hash(line.as_bytes()).to_string(), expected["hash"].as_str().unwrap());
        Envelope::scan(line.as_bytes()).unwrap_or_else(|broken| panic!("{broken}: {line}"));
        let parsed = Record::parse(line.as_bytes());
        assert_eq!(parsed.is_ok(), expected["known_kinds"].as_bool().unwrap(), "{parsed:?}: {line}");
        if let Ok(record) = parsed {
            assert_eq!(String::from_utf8(record.to_bytes().unwrap()).unwrap(), line);
        }
    }
}

#[test]
fn every_record_of_a_farm_is_read_and_written_byte_for_byte() {
    for line in vector("history.ndjson").lines() {
        let record = Record::parse(line.as_bytes()).unwrap();
        assert_eq!(String::from_utf8(record.to_bytes().unwrap()).unwrap(), line);
    }
}

#[test]
fn hostile_lines_are_refused_by_parser_and_verifier() {
    let cases = refused();
    assert!(cases.len() > 200, "{} cases", cases.len());
    for (rule, bytes) in cases {
        assert!(Envelope::scan(&bytes).is_err(), "the verifier accepts: {rule}");
        assert!(Record::parse(&bytes).is_err(), "the parser accepts: {rule}");
    }
}

#[test]
fn commitments_equal_those_of_another_implementation() {
    let expected = vector_json("expected.json");
    let cases = expected["commitments"].as_array().unwrap();
    assert!(!cases.is_empty());
    for case in cases {
        let text = |key: &str| case[key].as_str().unwrap();
        let salt = text("salt").parse::<Digest>().unwrap();
        let found = commitment(text("field"), salt.as_bytes(), &case["value"]).unwrap();
        assert_eq!(found.to_string(), text("commitment"));
        assert_eq!(canonical::value_to_bytes(&case["value"]).unwrap(), text("canonical").as_bytes());
    }
}

#[test]
fn openings_of_another_implementation_open_the_fields_of_its_records() {
    let records: Vec<Record> =
        vector("history.ndjson").lines().map(|line| Record::parse(line.as_bytes()).unwrap()).collect();
    let openings = vector("openings.ndjson");
    assert_eq!(openings.lines().count(), 2);
    for line in openings.lines() {
        let opening = Opening::parse(line.as_bytes()).unwrap();
        assert_eq!(opening.to_bytes().unwrap(), line.as_bytes());
        for record in &records {
            let own = (record.subject, record.seq) == (opening.subject, opening.seq);
            let checked = opening.check(record);
            assert!(if own { checked.is_ok() } else { matches!(checked, Err(OpeningFault::OtherRecord { .. })) });
        }
    }
}

/// The profile holds for the value by itself, so that the verifiers count its levels as the writer does.
#[test]
fn the_value_of_an_opening_nests_eight_deep_and_no_deeper_whoever_reads_it() {
    let cases = vector_json("opened.json");
    for case in cases.as_array().unwrap() {
        let (line, holds) = (case["line"].as_str().unwrap(), case["holds"].as_bool().unwrap());
        assert_eq!(OpeningLine::scan(line.as_bytes()).is_ok(), holds, "the verifier: {}", case["what"]);
        let parsed = Opening::parse(line.as_bytes());
        assert_eq!(parsed.is_ok(), holds, "the parser: {}: {parsed:?}", case["what"]);
        let value: Value =
            serde_json::from_str(line.split_once("\"value\":").unwrap().1.strip_suffix('}').unwrap()).unwrap();
        assert_eq!(commitment("price", &[7; 32], &value).is_ok(), holds, "the writer: {}", case["what"]);
    }
}

#[test]
fn an_opening_with_another_salt_field_or_value_opens_nothing() {
    let line = vector("openings.ndjson").lines().next().unwrap().to_owned();
    let opening = Opening::parse(line.as_bytes()).unwrap();
    let own = vector("history.ndjson")
        .lines()
        .map(|line| Record::parse(line.as_bytes()).unwrap())
        .find(|record| (record.subject, record.seq) == (opening.subject, opening.seq))
        .unwrap();
    let other_value = |opening: Opening| matches!(opening.check(&own), Err(OpeningFault::OtherValue { .. }));
    assert!(other_value(Opening { salt: [0; 32], ..opening.clone() }));
    assert!(other_value(Opening { value: Value::Null, ..opening.clone() }));
    let unknown = Opening { field: "buyer".to_owned(), ..opening };
    assert_eq!(unknown.check(&own), Err(OpeningFault::NoSuchField("buyer".to_owned())));
}

#[test]
fn an_opening_in_any_other_form_is_refused() {
    let good = vector("openings.ndjson").lines().next().unwrap().to_owned();
    let salt = good.split("\"salt\":\"").nth(1).unwrap()[..64].to_owned();
    let refused = [
        good.replace(",\"seq\"", ", \"seq\""),
        good.replace("{\"field\"", "{\"a\":1,\"field\""),
        good.replace(&salt, &salt.to_uppercase()),
        good.replace(&salt, &salt[2..]),
        good.replace("\"value\":", "\"value\":1,\"value\":"),
        good.replace("\"seq\":0", "\"seq\":0.0"),
        good.replace("\"field\":\"", "\"field\":\"A"),
        format!("{good}\n"),
    ];
    for line in refused {
        assert_ne!(line, good);
        assert!(Opening::parse(line.as_bytes()).is_err(), "{line}");
    }
}
