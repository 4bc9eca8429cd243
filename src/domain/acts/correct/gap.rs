//! What a correction leaves where a batch then gave more than it got: a refusal with the acts to correct first, or a
//! discrepancy that is declared to the gram. A discrepancy holds the batch, and by that all that was made from it, from the
//! correction that leaves it to the one that closes it.

use super::{One, unreadable};
use crate::domain::acts::batches::sum;
use crate::domain::acts::{BlockingAct, Note, Refusal, Step, Written};
use crate::domain::balance::Movement;
use crate::domain::entities::{Batch, Entity};
use crate::domain::kinds::batches::{BatchHeld, BatchReleased, HoldReason};
use crate::domain::record::{Record, Subject, record_hash};

impl One<'_> {
    /// The discrepancy that the correction of one record declares. One that stands already and does not change need not be
    /// declared anew.
    pub(super) fn discrepancy(
        &self,
        step: &Step<'_>,
        subject: Subject,
        before: &Record,
        after: &Record,
    ) -> Result<Option<i64>, Refusal> {
        let Some(Entity::Batch(batch)) = step.entity(subject.handle) else { return Ok(None) };
        let difference = Movement::of(after).map_err(unreadable)?.minus(Movement::of(before).map_err(unreadable)?);
        let left = batch.balance.moved(difference).map(|balance| balance.discrepancy);
        match left {
            Some(0) => Ok(None),
            Some(_) if left == self.discrepancy_g => Ok(left),
            Some(left) if left == batch.balance.discrepancy => Ok(None),
            _ => Err(self.correct_first(step, subject, batch, after.seq, left)?),
        }
    }

    /// Names what the batch gave and took away, and the discrepancy that would have to be declared.
    fn correct_first(
        &self,
        step: &Step<'_>,
        subject: Subject,
        batch: &Batch,
        corrected: u64,
        left: Option<i64>,
    ) -> Result<Refusal, Refusal> {
        let used = sum([batch.balance.output, batch.balance.loss, batch.balance.returned]);
        let mut refusal = Refusal::new("correct-first").at("new", self.new).expected(used).detail("lot", &batch.lot);
        refusal = refusal.detail("discrepancy", left.map_or_else(|| "-".to_owned(), |left| left.to_string()));
        for record in step.chain(subject.handle) {
            let movement = Movement::of(record).map_err(unreadable)?;
            if record.seq != corrected && (movement.output > 0 || movement.loss > 0) {
                let hash = record_hash(&record.to_bytes()?);
                refusal.blocking.push(BlockingAct { subject, seq: record.seq, kind: record.kind.clone(), hash });
            }
        }
        Ok(refusal)
    }

    /// Refuses a discrepancy that none of the corrected records has.
    pub(super) fn check_declared(&self, step: &Step<'_>, written: &[Written]) -> Result<(), Refusal> {
        let Some(declared) = self.discrepancy_g else { return Ok(()) };
        let declares = |one: &Written| {
            let record = step.chain(one.subject.handle).get(one.seq as usize);
            record.is_some_and(|record| record.body.contains_key("discrepancy_g"))
        };
        if written.iter().any(declares) {
            return Ok(());
        }
        // One that stands may be named as it is.
        let standing = written.iter().filter_map(|one| match step.entity(one.subject.handle) {
            Some(Entity::Batch(batch)) if batch.balance.discrepancy != 0 => Some(batch.balance.discrepancy),
            _ => None,
        });
        let standing: Vec<i64> = standing.collect();
        if standing.contains(&declared) {
            return Ok(());
        }
        let refusal = Refusal::new("no-discrepancy").at("discrepancy_g", declared);
        Err(refusal.expected(standing.first().copied().unwrap_or(0)))
    }
}

/// The hold stands exactly while the discrepancy does.
pub(super) fn hold_or_release(step: &mut Step<'_>, subject: Subject) -> Result<(), Refusal> {
    let Some(Entity::Batch(batch)) = step.entity(subject.handle) else { return Ok(()) };
    let held = batch.holds.iter().any(|hold| hold.reason == HoldReason::Discrepancy);
    let reason = HoldReason::Discrepancy;
    match (batch.balance.discrepancy != 0, held) {
        (true, false) => {
            let body = BatchHeld { reason, report_no: None, failed: Vec::new(), media: Default::default() };
            step.write(subject, &body, Note::default())?;
        }
        (false, true) => {
            let body = BatchReleased {
                reason,
                report_no: None,
                ends_report_no: None,
                ends_laboratory: None,
                media: Default::default(),
            };
            step.write(subject, &body, Note::default())?;
        }
        _ => {}
    }
    Ok(())
}
