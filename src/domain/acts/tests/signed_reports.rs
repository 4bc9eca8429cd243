use serde_json::{Value, json};

use super::{refused, with_harvest};
use crate::domain::chain::verify_ndjson;
use crate::domain::record::{Handle, Record, record_hash};
use crate::domain::testing::{County, Signer};

/// A sample that waits for its report, and the laboratory's key.
fn with_key() -> (County, Handle, Handle, Signer, Signer) {
    let (mut county, batch) = with_harvest();
    let by = county.hongqi.clone();
    let sample = county.sample(&by, batch, "S-1", 1_000);
    let root = county.root();
    let signer = county.laboratory_key(root);
    (county, batch, sample, root, signer)
}

fn report(number: &str, value: &str) -> Value {
    json!({"report_no": number, "tier": "third_party", "signer": "示范·张某", "signer_salt": "5a".repeat(32),
        "results": [{"analyte": "联苯菊酯", "value": value, "unit": "mg/kg", "limit": "0.05"}]})
}

fn text(form: &Value, pointer: &str) -> String {
    form.pointer(pointer).and_then(Value::as_str).unwrap().to_owned()
}

#[test]
fn a_report_is_signed_by_the_laboratorys_own_key_and_anybody_can_check_it() {
    let (mut county, batch, sample, root, signer) = with_key();
    let laboratory = county.laboratory.clone();
    let form = county.signed(signer, sample, report("R-1", "0.01"), 1).unwrap();
    county.report(&laboratory, sample, form.clone()).unwrap();
    let record = county.it.chain(batch).pop().unwrap();
    assert_eq!(record.actor.key, Some(signer.key));
    assert_eq!(record.body["statement"], form["statement"]);
    let link = record.links.iter().find(|link| link.rel == "key").unwrap();
    assert_eq!((link.subject.handle, link.seq), (signer.key, 0));
    let verified = county.it.verify(batch);
    assert_eq!((verified.signed, verified.unjudged), (2, 0), "the report and the countersignature of its key");
    assert!(county.it.history(batch).iter().any(|record| record.subject.handle == root.key));
    assert_eq!(county.it.states(), county.it.replayed());
    let signed = county.it.page(batch).tests[0].signed.clone().unwrap();
    assert_eq!((signed.key, signed.public), (signer.key.to_string(), signer.public().to_string()));
    assert_eq!(signed.countersigned_by.unwrap().zh, "示范县脐橙协会");
}

#[test]
fn what_was_signed_is_recorded_or_refused() {
    let (mut county, _, sample, root, signer) = with_key();
    let laboratory = county.laboratory.clone();
    let good = county.signed(signer, sample, report("R-1", "0.01"), 1).unwrap();
    let sig = text(&good, "/statement/sig");
    let changes: [(&str, Value); 6] = [
        ("/results/0/value", json!("0.02")),
        ("/report_no", json!("R-2")),
        ("/occurred_at", json!(county.it.now.plus_minutes(-1))),
        ("/signer", json!("示范·李某")),
        ("/signer_salt", json!("5b".repeat(32))),
        ("/statement/nonce", json!("00".repeat(16))),
    ];
    for (pointer, value) in changes {
        let mut changed = good.clone();
        *changed.pointer_mut(pointer).unwrap() = value;
        refused(county.report(&laboratory, sample, changed), "bad-signature", "statement.sig", &sig, "?prepare=true");
    }
    for field in ["occurred_at", "signer_salt"] {
        let mut untold = good.clone();
        untold[field] = Value::Null;
        refused(county.report(&laboratory, sample, untold), "signed-field-required", field, "", "?prepare=true");
    }
    let mut by_root = good.clone();
    by_root["statement"]["key"] = json!(root.key);
    refused(county.report(&laboratory, sample, by_root), "unknown-key", "statement.key", root.key, "");
    county.report(&laboratory, sample, good).unwrap();
    let again = county.signed(signer, sample, report("R-2", "0.02"), 1).unwrap();
    let nonce = text(&again, "/statement/nonce");
    refused(county.report(&laboratory, sample, again), "nonce-used", "statement.nonce", nonce, "");
    let late = county.signed(signer, sample, report("R-2", "0.02"), 2).unwrap();
    county.revoke_key(&laboratory, signer.key, json!({"reason": "私钥丢失"})).unwrap();
    refused(county.report(&laboratory, sample, late), "key-revoked", "statement.key", signer.key, "");
}

fn lines(records: &[Record]) -> Vec<u8> {
    records.iter().flat_map(|record| [record.to_bytes().unwrap(), b"\n".to_vec()]).collect::<Vec<_>>().concat()
}

#[test]
fn whoever_can_write_records_still_cannot_sign_them() {
    let (mut county, batch, sample, _, signer) = with_key();
    let laboratory = county.laboratory.clone();
    let form = county.signed(signer, sample, report("R-1", "0.083"), 1).unwrap();
    county.report(&laboratory, sample, form).unwrap();
    // The operator softens the newest report and chains all anew; the batch's last record is its hold.
    let mut records = county.it.history(batch);
    records.pop();
    let last = records.last_mut().unwrap();
    let fault = |records: &[Record]| verify_ndjson(&lines(records), None).unwrap_err().to_string();
    last.body["verdict"] = json!("pass");
    assert!(fault(&records).contains("the signature is not one of this key over this text"), "{}", fault(&records));
    let last = records.last_mut().unwrap();
    last.links.retain(|link| link.rel != "key");
    assert!(fault(&records).contains("must link that key's newest record"), "{}", fault(&records));
    let last = records.last_mut().unwrap();
    last.actor.key = None;
    assert!(fault(&records).contains("must name it as the actor's key, found null"), "{}", fault(&records));
    let last = records.last_mut().unwrap();
    last.body.remove("statement");
    assert!(verify_ndjson(&lines(&records), None).is_err(), "the key's chain is one that nothing leads to");
}

#[test]
fn a_key_that_was_revoked_or_changed_in_the_order_of_the_log_signs_nothing() {
    let (mut county, batch, sample, _, signer) = with_key();
    let laboratory = county.laboratory.clone();
    let form = county.signed(signer, sample, report("R-1", "0.01"), 1).unwrap();
    county.report(&laboratory, sample, form).unwrap();
    let good = county.it.history(batch);
    county.revoke_key(&laboratory, signer.key, json!({"reason": "私钥丢失"})).unwrap();
    let end = county.it.chain(signer.key).pop().unwrap();
    assert!(verify_ndjson(&lines(&good), None).is_ok());
    // As if the revocation had stood before the report, and the report named it.
    let mut records = good;
    let report = records.len() - 1;
    records.insert(report, end.clone());
    let fault = |records: &[Record]| verify_ndjson(&lines(records), None).unwrap_err().to_string();
    assert!(fault(&records).contains("newest record, which is 1, found 0"), "{}", fault(&records));
    let link = records.last_mut().unwrap().links.iter_mut().find(|link| link.rel == "key").unwrap();
    (link.seq, link.hash) = (1, record_hash(&end.to_bytes().unwrap()));
    assert!(fault(&records).contains("was revoked before this record"), "{}", fault(&records));
}

#[test]
fn a_statement_that_is_recorded_a_second_time_is_found() {
    let (mut county, batch, sample, _, signer) = with_key();
    let laboratory = county.laboratory.clone();
    let form = county.signed(signer, sample, report("R-1", "0.01"), 1).unwrap();
    county.report(&laboratory, sample, form).unwrap();
    let mut records = county.it.history(batch);
    let mut again = records.last().unwrap().clone();
    (again.seq, again.prev) = (again.seq + 1, record_hash(&again.to_bytes().unwrap()));
    records.push(again);
    let fault = verify_ndjson(&lines(&records), None).unwrap_err().to_string();
    assert!(
        fault.contains("found it a second time"),
        "the signature holds, for it covers no place in the chain: {fault}"
    );
}
