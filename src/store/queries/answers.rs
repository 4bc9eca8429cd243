//! Answers that are kept under the keys of their acts: who sends an act again learns what became of it, and it is done once.

use std::collections::HashMap;

use super::{Conn, load};
use crate::domain::acts::{Effects, Refusal};
use crate::domain::record::{Handle, Subject};
use crate::domain::time::Instant;
use crate::store::rows::IdempotencyRow;
use crate::store::{Damaged, IdempotencyKey, Receipt, ReceiptRecord, StoreError, Submission};

/// By organisation and key.
pub type Answers = HashMap<(Handle, String), IdempotencyRow>;

/// What acts with the keys of these were answered before.
pub fn earlier<'g>(conn: &mut Conn, group: impl Iterator<Item = &'g Submission>) -> Result<Answers, StoreError> {
    let keys: Vec<(Handle, &str)> = group
        .filter_map(|submission| Some((submission.actor.org, submission.idempotency.as_ref()?.key.as_str())))
        .collect();
    let rows = load::earlier_answers(conn, &keys)?;
    rows.into_iter().map(|row| Ok(((crate::store::rows::handle(&row.organisation)?, row.key.clone()), row))).collect()
}

/// The answer to an act that came before; a refusal, if it was another.
pub fn again(
    row: &IdempotencyRow,
    idempotency: &IdempotencyKey,
    operation: &str,
) -> Result<Result<Receipt, StoreError>, StoreError> {
    if row.operation != operation || row.request_hash != idempotency.request_hash.as_bytes() {
        return Ok(Err(reused(idempotency).into()));
    }
    let receipt = serde_json::from_str(&row.receipt).map_err(|cause| Damaged::new("idempotency.receipt", cause))?;
    Ok(Ok(receipt))
}

/// Whether two acts with one key are one.
pub fn same_request(first: &Submission, second: &Submission) -> bool {
    let hash = |it: &Submission| it.idempotency.as_ref().map(|key| key.request_hash);
    first.act.operation() == second.act.operation() && hash(first) == hash(second)
}

pub fn reused(idempotency: &IdempotencyKey) -> Refusal {
    Refusal::new("idempotency-key-reused").at("Idempotency-Key", &idempotency.key)
}

/// What is kept of an answer, where the act has a key.
pub fn row(submission: &Submission, receipt: &Receipt, now: Instant) -> Result<Option<IdempotencyRow>, StoreError> {
    let Some(idempotency) = &submission.idempotency else { return Ok(None) };
    Ok(Some(IdempotencyRow {
        organisation: submission.actor.org.as_bytes().to_vec(),
        key: idempotency.key.clone(),
        operation: submission.act.operation().to_owned(),
        request_hash: idempotency.request_hash.as_bytes().to_vec(),
        receipt: serde_json::to_string(receipt).map_err(|cause| Damaged::new("idempotency.receipt", cause))?,
        created_at: now.millis(),
    }))
}

/// What whoever sent the act is told.
pub fn receipt(subject: &Subject, effects: &Effects) -> Result<Receipt, StoreError> {
    let of_subject = effects.records.iter().rev().find(|new| new.record.subject == *subject);
    let last = effects.records.last().ok_or_else(|| StoreError::Engine("an act wrote no record".into()))?;
    Ok(Receipt {
        id: subject.handle,
        subject: *subject,
        head: of_subject.unwrap_or(last).hash,
        log_index: last.log_index,
        records: effects
            .records
            .iter()
            .map(|new| ReceiptRecord {
                log_index: new.log_index,
                subject: new.record.subject,
                seq: new.record.seq,
                kind: new.record.kind.clone(),
                hash: new.hash,
            })
            .collect(),
    })
}
