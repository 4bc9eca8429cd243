//! What the address says today: the first that holds of recalled, held, licence ended, expired, issued.

use super::history::bilingual;
use super::{Built, Page};
use crate::domain::kinds::batches::{BatchRecalled, HoldReason as Reason};
use crate::domain::view::{Bilingual, BrandView, HoldReason, RecallView, Verdict};

/// Whom to ask where no organisation of the branch may be named: the consumer line.
const CONSUMER_LINE: &str = "12315";

impl Page<'_> {
    /// Holds that have not ended, of the batch and of all it was made from.
    pub fn holds(&self) -> Vec<Reason> {
        let batches = self.lineage.batches().filter_map(|(handle, _)| self.history.batch(handle));
        batches.flat_map(|batch| batch.holds.iter().map(|hold| hold.reason)).collect()
    }

    /// The newest recall of the batch or of one it was made from.
    pub fn recall(&self) -> Built<Option<RecallView>> {
        let recalls = self
            .history
            .lines()
            .iter()
            .filter(|line| line.is::<BatchRecalled>() && self.lineage.holds(line.record.subject.handle));
        let Some(newest) = recalls.max_by_key(|line| line.record.recorded_at) else { return Ok(None) };
        let body: BatchRecalled = newest.body()?;
        let contact = match self.history.organisation(newest.record.actor.org)? {
            Some((name, it)) => {
                let phone = it.phone.map(|phone| format!(" {phone}")).unwrap_or_default();
                let Bilingual { zh, en } = bilingual(&name);
                let en = if en.is_empty() { en } else { en + &phone };
                Bilingual { zh: zh + &phone, en }
            }
            None => Bilingual::same(CONSUMER_LINE),
        };
        Ok(Some(RecallView {
            reason: bilingual(&body.reason),
            class: Some(body.class),
            since: body.on.to_string(),
            contact,
        }))
    }

    pub fn verdict(&self, holds: &[Reason], recall: Option<&RecallView>, brand: Option<&BrandView>) -> Verdict {
        if recall.is_some() {
            Verdict::Recalled
        } else if !holds.is_empty() {
            Verdict::Held
        } else if brand.is_some_and(|brand| !brand.in_force_at_packing) {
            Verdict::LicenceEnded
        } else if self.best_before().is_some_and(|day| day < self.today) {
            Verdict::Expired
        } else {
            Verdict::Issued
        }
    }
}

/// What the public is told of the gravest hold: a test, if there is one, and weights last.
pub(super) fn reason(holds: &[Reason]) -> Option<HoldReason> {
    let tested = |reason: &Reason| matches!(reason, Reason::ScreeningPositive | Reason::TestFailed);
    match holds {
        [] => None,
        holds if holds.iter().any(tested) => Some(HoldReason::TestFailed),
        holds if holds.iter().all(|reason| *reason == Reason::Discrepancy) => Some(HoldReason::Discrepancy),
        _ => Some(HoldReason::UnderEnquiry),
    }
}
