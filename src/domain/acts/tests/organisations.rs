use serde_json::json;

use super::refused;
use crate::domain::acts::organisations::FoundInstance;
use crate::domain::record::Handle;
use crate::domain::testing::{County, act};

#[test]
fn every_organisation_but_a_household_has_a_code_of_its_own() {
    let mut county = County::new();
    let by = county.operator.clone();
    let name = json!({"zh": "示范农户"});
    let none = county.register_organisation(&by, json!({"kind": "company", "name": name}));
    refused(none, "uscc-required", "uscc", "", "93999001MA0000015G");
    let code = "93999001MA0000015G";
    let taken = json!({"kind": "company", "name": name, "uscc": code});
    refused(county.register_organisation(&by, taken.clone()), "uscc-taken", "uscc", code, "");
    let second = FoundInstance { handle: Handle::from_bytes([8; 16]), organisation: act(taken) };
    refused(county.it.run(&by, &second), "uscc-taken", "uscc", code, "");
    county.register_organisation(&by, json!({"kind": "household", "name": name})).unwrap();
}

#[test]
fn an_accreditation_belongs_to_a_laboratory() {
    let mut county = County::new();
    let by = county.operator.clone();
    let form = json!({"kind": "household", "name": {"zh": "示范农户"},
        "accreditation": {"cma": "示范-2026-009", "until": "2029-05-31"}});
    refused(county.register_organisation(&by, form), "not-a-laboratory", "accreditation", "Household", "");
}

#[test]
fn a_buyers_name_and_code_stand_nowhere_in_its_public_record() {
    let county = County::new();
    let record = &county.it.chain(county.buyer.org)[0];
    let bytes = String::from_utf8(record.to_bytes().unwrap()).unwrap();
    for secret in ["示范生鲜甲", "91999002MA00003143", "000-33333"] {
        assert!(!bytes.contains(secret), "{secret}");
    }
    let sealed: Vec<_> = record.sealed.keys().map(String::as_str).collect();
    assert_eq!(sealed, ["name", "uscc"]);
}
