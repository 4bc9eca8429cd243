//! Destroying openings, with everything that was made from them: the states, names and grants of their subjects are folded
//! anew from the records, as `suyuan rebuild` would; what a kept answer says of the request is taken back.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::{Conn, read, rebuild};
use crate::domain::record::{Digest, Handle, sealed};
use crate::store::schema::{grants, idempotency, openings, subjects, unique_names};
use crate::store::{Damaged, Receipt, StoreError};

/// Runs in a transaction beside which nobody writes.
pub fn run(conn: &mut Conn, places: &[sealed::Place]) -> Result<(), StoreError> {
    let mut of_subject: BTreeMap<Handle, BTreeSet<u64>> = BTreeMap::new();
    for place in places {
        let key = (place.subject.handle.as_bytes().as_slice(), place.seq as i64, &place.field);
        diesel::delete(openings::table.find(key)).execute(conn)?;
        of_subject.entry(place.subject.handle).or_default().insert(place.seq);
    }
    for (subject, seqs) in of_subject {
        fold_anew(conn, subject)?;
        blur_answers(conn, subject, &seqs)?;
    }
    Ok(())
}

fn fold_anew(conn: &mut Conn, subject: Handle) -> Result<(), StoreError> {
    let key = subject.as_bytes().as_slice();
    diesel::delete(grants::table.filter(grants::subject.eq(key))).execute(conn)?;
    diesel::delete(unique_names::table.filter(unique_names::subject.eq(key))).execute(conn)?;
    diesel::delete(subjects::table.find(key)).execute(conn)?;
    let chain = read::chain(conn, subject, 0, u64::MAX)?;
    rebuild::replay(conn, chain)
}

/// The hash of a request that held what was sealed could be guessed at. The key stays known: a repetition is told that it was
/// used, and not done a second time.
fn blur_answers(conn: &mut Conn, subject: Handle, seqs: &BTreeSet<u64>) -> Result<(), StoreError> {
    let rows: Vec<(Vec<u8>, String, String)> = idempotency::table
        .filter(idempotency::receipt.like(format!("%{subject}%")))
        .select((idempotency::organisation, idempotency::key, idempotency::receipt))
        .load(conn)?;
    for (organisation, key, receipt) in rows {
        let receipt: Receipt =
            serde_json::from_str(&receipt).map_err(|cause| Damaged::new("idempotency.receipt", cause))?;
        let about =
            |record: &crate::store::ReceiptRecord| record.subject.handle == subject && seqs.contains(&record.seq);
        if receipt.records.iter().any(about) {
            diesel::update(idempotency::table.find((organisation, key)))
                .set(idempotency::request_hash.eq(Digest::ZERO.as_bytes().as_slice()))
                .execute(conn)?;
        }
    }
    Ok(())
}
