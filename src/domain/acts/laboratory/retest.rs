//! The rule by which a report ends the hold of an earlier one.

use super::ReportTest;
use crate::domain::acts::{Refusal, Step};
use crate::domain::entities::{Batch, Hold};
use crate::domain::kinds::batches::HoldReason;
use crate::domain::kinds::samples::{TestResult, TestVerdict, Tier};
use crate::domain::record::Handle;
use crate::domain::residue;
use crate::domain::text::Text;

impl ReportTest {
    /// The hold that this report ends. The rule: only a third-party report that names the held report, passes as a whole
    /// and has passed whatever failed there. A positive screening is confirmed by any accredited laboratory
    /// (GB/T 5009.199-2003: confirm by instrument); a failed instrument report is tested again by another laboratory than
    /// the first and not by a quick method (农产品质量安全法, retest). A failed retest ends nothing and holds once more.
    pub(super) fn cleared(
        &self,
        step: &Step<'_>,
        batch: Handle,
        results: &[TestResult],
        verdict: TestVerdict,
    ) -> Result<Option<Hold>, Refusal> {
        let Some(named) = &self.retests else { return Ok(None) };
        let batch = step.any_batch(batch, "batch")?;
        let hold = self.held_by(batch, named)?;
        if self.tier != Tier::ThirdParty {
            return Err(Refusal::new("retest-by-instrument").at("retests", named).expected("third_party"));
        }
        if hold.reason == HoldReason::TestFailed && hold.laboratory == Some(step.actor().org) {
            return Err(Refusal::new("retest-by-another").at("retests", named).detail("lot", &batch.lot));
        }
        if verdict == TestVerdict::Fail {
            return Ok(None);
        }
        let mut missing = residue::uncleared(hold.reason, &hold.failed, results);
        if hold.failed.is_empty() {
            // The record is older than the list of what failed: nothing can be shown to cover it.
            missing.push("–".to_owned());
        }
        if verdict != TestVerdict::Pass || !missing.is_empty() {
            let refusal = Refusal::new("retest-incomplete").at("results", missing.join("、"));
            return Err(refusal.detail("report", named).detail("lot", &batch.lot));
        }
        Ok(Some(hold.clone()))
    }

    /// The one hold by the report that is named; numbers are unique for a laboratory only.
    fn held_by<'b>(&self, batch: &'b Batch, named: &Text<60>) -> Result<&'b Hold, Refusal> {
        let same_laboratory = |hold: &&Hold| self.retests_laboratory.is_none_or(|lab| hold.laboratory == Some(lab));
        let by_number = batch.holds.iter().filter(|hold| hold.report_no.as_deref() == Some(named.as_str()));
        match by_number.filter(same_laboratory).collect::<Vec<_>>().as_slice() {
            [hold] => Ok(hold),
            [] => {
                let held_by: Vec<&str> = batch.holds.iter().filter_map(|hold| hold.report_no.as_deref()).collect();
                let held_by = if held_by.is_empty() { "–".to_owned() } else { held_by.join("、") };
                let refusal = Refusal::new("not-held-by-report").at("retests", named);
                Err(refusal.expected(held_by).detail("lot", &batch.lot))
            }
            several => {
                let laboratories: Vec<String> =
                    several.iter().filter_map(|hold| Some(hold.laboratory?.to_string())).collect();
                let refusal = Refusal::new("retests-laboratory-required").at("retests_laboratory", "");
                Err(refusal.expected(laboratories.join(" ")).detail("report", named))
            }
        }
    }
}
