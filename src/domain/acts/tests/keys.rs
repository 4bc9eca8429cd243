use serde_json::{Value, json};

use super::refused;
use crate::domain::entities::{Entity, Key};
use crate::domain::record::{Handle, SubjectKind};
use crate::domain::testing::{County, Signer};

fn key(county: &County, handle: Handle) -> &Key {
    match &county.it.subjects[&handle].entity {
        Entity::Key(key) => key,
        other => panic!("{handle} is no key: {other:?}"),
    }
}

fn with(mut form: Value, field: &str, value: Value) -> Value {
    form[field] = value;
    form
}

#[test]
fn the_operator_admits_the_first_key_of_an_association_and_of_nobody_else() {
    let mut county = County::new();
    let (operator, laboratory, association) =
        (county.operator.clone(), county.laboratory.clone(), county.association.clone());
    let form = |org: Handle| json!({"org": org, "public": Signer::new(1).public()});
    refused(county.register_key(&operator, form(laboratory.org)), "not-an-association", "org", laboratory.org, "");
    refused(county.register_key(&operator, form(operator.org)), "not-an-association", "org", operator.org, "");
    let alone = county.register_key(&association, form(association.org));
    refused(alone, "countersign-required", "countersign", "", "?prepare=true");
    let root = county.root();
    let known = key(&county, root.key);
    assert_eq!((known.home, known.public, known.countersigned_by), (association.org, root.public(), None));
    let record = &county.it.chain(root.key)[0];
    assert_eq!(record.body["countersign"], Value::Null, "the field is always there");
    assert_eq!(record.links.iter().map(|link| link.rel.as_str()).collect::<Vec<_>>(), ["organisation"]);
}

#[test]
fn a_laboratorys_key_is_vouched_for_by_an_association_over_exactly_what_is_recorded() {
    let mut county = County::new();
    let (root, by) = (county.root(), county.laboratory.clone());
    let signer = Signer::new(2);
    let form = county.countersigned(&by, signer, root, 1);
    let bare = json!({"id": signer.key, "public": signer.public()});
    refused(county.register_key(&by, bare), "countersign-required", "countersign", "", "?prepare=true");
    for field in ["id", "occurred_at"] {
        let left_out = with(form.clone(), field, Value::Null);
        refused(county.register_key(&by, left_out), "signed-field-required", field, "", "?prepare=true");
    }
    let other_key = with(form.clone(), "public", json!(Signer::new(3).public()));
    let sig = form["countersign"]["sig"].as_str().unwrap();
    refused(county.register_key(&by, other_key), "bad-signature", "countersign.sig", sig, "?prepare=true");
    let other_id = with(form.clone(), "id", json!(Signer::new(3).key));
    refused(county.register_key(&by, other_id), "bad-signature", "countersign.sig", sig, "?prepare=true");
    let foreign = with(form.clone(), "org", json!(county.hongqi.org));
    refused(county.register_key(&by, foreign), "not-found", "org", county.hongqi.org, "");

    county.register_key(&by, form.clone()).unwrap();
    assert_eq!(key(&county, signer.key).countersigned_by, Some(root.key));
    let record = &county.it.chain(signer.key)[0];
    assert!(record.links.iter().any(|link| link.rel == "countersign" && link.subject.handle == root.key));
    assert_eq!(record.actor.key, None, "the laboratory itself signed nothing yet");
    assert_eq!(county.it.verify(signer.key).signed, 1);

    let taken = county.countersigned(&by, Signer { key: signer.key, seed: [9; 32] }, root, 2);
    refused(county.register_key(&by, taken), "handle-taken", "id", signer.key, "");
    let again = county.countersigned(&by, Signer { key: Signer::new(4).key, ..signer }, root, 3);
    refused(county.register_key(&by, again), "key-taken", "public", signer.public(), "");
    let nonce = county.countersigned(&by, Signer::new(5), root, 1);
    let used = nonce["countersign"]["nonce"].as_str().unwrap().to_owned();
    refused(county.register_key(&by, nonce), "nonce-used", "countersign.nonce", used, "");
}

#[test]
fn only_a_key_of_an_association_that_still_counts_countersigns() {
    let mut county = County::new();
    let (root, by, association) = (county.root(), county.laboratory.clone(), county.association.clone());
    let signer = county.laboratory_key(root);
    let itself = county.countersigned(&by, Signer::new(3), signer, 1);
    refused(county.register_key(&by, itself), "countersign-by-association", "countersign.key", signer.key, "");
    let unknown = county.countersigned(&by, Signer::new(3), Signer::new(7), 2);
    refused(county.register_key(&by, unknown), "unknown-key", "countersign.key", Signer::new(7).key, "");
    let second = county.countersigned(&association, Signer::new(4), root, 3);
    county.register_key(&association, second).unwrap();
    county.revoke_key(&association, root.key, json!({"reason": "旧电脑报废"})).unwrap();
    let late = county.countersigned(&by, Signer::new(3), root, 4);
    refused(county.register_key(&by, late), "key-revoked", "countersign.key", root.key, "");
    let by_second = county.countersigned(&by, Signer::new(3), Signer::new(4), 5);
    county.register_key(&by, by_second).unwrap();
    assert_eq!(county.it.states(), county.it.replayed());
}

#[test]
fn a_key_is_changed_by_the_old_key_and_the_association_and_the_old_one_signs_nothing_more() {
    let mut county = County::new();
    let (root, by, association) = (county.root(), county.laboratory.clone(), county.association.clone());
    let old = county.laboratory_key(root);
    let new = Signer { key: old.key, seed: [12; 32] };
    let form = county.rotation(&by, old, new, Some(root), 5);
    let alone = county.rotation(&by, old, new, None, 5);
    refused(county.rotate_key(&by, old.key, alone), "countersign-required", "countersign", "", "?prepare=true");
    let unsigned = with(form.clone(), "statement", Value::Null);
    refused(county.rotate_key(&by, old.key, unsigned), "statement-by-old-key", "statement", "", old.key);
    let mut swapped = form.clone();
    swapped["countersign"]["nonce"] = json!("00".repeat(16));
    let sig = swapped["countersign"]["sig"].as_str().unwrap().to_owned();
    refused(county.rotate_key(&by, old.key, swapped), "bad-signature", "countersign.sig", sig, "?prepare=true");
    refused(county.rotate_key(&association, old.key, form.clone()), "not-found", "key", old.key, "");
    county.rotate_key(&by, old.key, form).unwrap();
    let known = key(&county, old.key);
    assert_eq!((known.public, known.rotated_at), (new.public(), Some(county.it.now)));
    let record = county.it.chain(old.key).pop().unwrap();
    assert_eq!(record.actor.key, Some(old.key));
    assert!(!record.links.iter().any(|link| link.rel == "key"), "no link leads to the own subject");
    assert_eq!(county.it.verify(old.key).signed, 3, "two countersignatures and the old key's");

    let third = Signer { key: old.key, seed: [13; 32] };
    let by_the_first = county.rotation(&by, old, third, Some(root), 6);
    let sig = by_the_first["statement"]["sig"].as_str().unwrap().to_owned();
    refused(county.rotate_key(&by, old.key, by_the_first), "bad-signature", "statement.sig", sig, "?prepare=true");
    let back = county.rotation(&by, new, old, Some(root), 7);
    refused(county.rotate_key(&by, old.key, back), "key-taken", "public", old.public(), "");
    // The association's own needs nobody else.
    let renewed = county.rotation(&association, root, Signer { key: root.key, seed: [14; 32] }, None, 8);
    county.rotate_key(&association, root.key, renewed).unwrap();
    assert_eq!(county.it.states(), county.it.replayed());
}

#[test]
fn a_key_is_revoked_once_by_whose_it_is_or_by_the_association_that_vouched_for_it() {
    let mut county = County::new();
    let (root, by, association, hongqi) =
        (county.root(), county.laboratory.clone(), county.association.clone(), county.hongqi.clone());
    let signer = county.laboratory_key(root);
    let form = json!({"reason": "存放密钥的电脑失窃"});
    refused(county.revoke_key(&hongqi, signer.key, form.clone()), "not-found", "key", signer.key, "");
    refused(county.revoke_key(&by, root.key, form.clone()), "not-found", "key", root.key, "");
    county.revoke_key(&association, signer.key, form.clone()).unwrap();
    refused(county.revoke_key(&by, signer.key, form.clone()), "key-revoked", "key", signer.key, "");
    let rotation = county.rotation(&by, signer, Signer { key: signer.key, seed: [12; 32] }, Some(root), 9);
    refused(county.rotate_key(&by, signer.key, rotation), "key-revoked", "key", signer.key, "");
    county.revoke_key(&association, root.key, form).unwrap();
    assert!(county.it.subjects.values().filter(|known| known.subject.kind == SubjectKind::Key).count() == 2);
}
