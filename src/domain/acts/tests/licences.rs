use serde_json::{Value, json};

use super::{detail, refused};
use crate::domain::testing::{CARTON_SPECIAL, County};

fn form(county: &County) -> Value {
    json!({"number": "LIC-9", "mark": county.mark, "licensee": county.hongqi.org, "gtins": [CARTON_SPECIAL],
        "from": "2026-01-01", "until": "2027-01-01", "packs": 10})
}

fn with(county: &County, key: &str, value: Value) -> Value {
    let mut form = form(county);
    form[key] = value;
    form
}

#[test]
fn an_association_lends_its_own_mark_to_another_organisation_that_is_known() {
    let mut county = County::new();
    let (by, hongqi) = (county.association.clone(), county.hongqi.clone());
    let (mark, plot) = (county.mark, county.plots[0]);
    let own = form(&county);
    refused(county.grant(&hongqi, own), "not-found", "mark", mark, "");
    let nobody = with(&county, "licensee", json!(plot));
    refused(county.grant(&by, nobody), "not-found", "licensee", plot, "");
    let buyer = county.buyer.org;
    let unnamed = with(&county, "licensee", json!(buyer));
    refused(county.grant(&by, unnamed), "not-found", "licensee", buyer, "");
    let itself = with(&county, "licensee", json!(by.org));
    refused(county.grant(&by, itself), "own-licence", "licensee", by.org, "");
}

#[test]
fn a_licence_has_a_period_packs_that_are_known_and_a_new_number() {
    let mut county = County::new();
    let by = county.association.clone();
    let reversed = with(&county, "until", json!("2026-01-01"));
    refused(county.grant(&by, reversed), "window-reversed", "until", "2026-01-01", "2026-01-02");
    let none = with(&county, "gtins", json!([]));
    refused(county.grant(&by, none), "gtins-required", "gtins", 0, "1–100");
    let unknown = with(&county, "gtins", json!([CARTON_SPECIAL, "09520000100063"]));
    refused(county.grant(&by, unknown), "unknown-product", "gtins[1]", "09520000100063", "");
    let taken = with(&county, "number", json!("LIC-SF-2026-001"));
    refused(county.grant(&by, taken), "code-taken", "number", "LIC-SF-2026-001", "");
}

#[test]
fn a_licence_is_revoked_once_and_by_who_granted_it() {
    let mut county = County::new();
    let (by, hongqi, licence) = (county.association.clone(), county.hongqi.clone(), county.licence);
    let form = json!({"reason": "使用未登记的纸箱厂"});
    refused(county.revoke(&hongqi, licence, form.clone()), "not-found", "licence", licence, "");
    county.revoke(&by, licence, form.clone()).unwrap();
    let again = refused(county.revoke(&by, licence, form), "licence-revoked", "licence", "LIC-SF-2026-001", "");
    assert_eq!(detail(&again, "day"), "2026-01-05");
}
