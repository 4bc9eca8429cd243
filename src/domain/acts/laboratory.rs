//! Samples and results. Only the laboratory that a sample was drawn for reports on it, and nobody softens what it says:
//! the report stands on the batch's chain with the laboratory as actor, and a failed one holds the batch at once. When such
//! a hold ends is told in `retest`.

mod retest;

use serde::Deserialize;
use utoipa::ToSchema;

use super::signing::signs_itself;
use super::{Act, Needs, Note, Refusal, Step, Told, UniqueName};
use crate::domain::decimal::Decimal;
use crate::domain::entities::{Batch, Entity, Hold};
use crate::domain::kinds::batches::{BatchHeld, BatchReleased, BatchSampled, FailedAnalyte, HoldReason};
use crate::domain::kinds::organisations::OrganisationKind;
use crate::domain::kinds::samples::{
    LimitRule, Qualifier, SampleDrawn, SampleReceived, SampleReported, TestReported, TestResult, TestVerdict, Tier,
};
use crate::domain::quantity::PositiveAmount;
use crate::domain::record::statement::Statement;
use crate::domain::record::{Actor, Digest, Handle, Subject, SubjectKind};
use crate::domain::residue;
use crate::domain::text::Text;
use crate::domain::time::CivilDate;

/// Draws a sample of a batch for a laboratory; its amount leaves the batch.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"laboratory": "00112233445566778899aabbccddeeff", "code": "SF-S-0217", "quantity": 7200}))]
pub struct DrawSample {
    #[serde(skip)]
    pub batch: Handle,
    #[schema(value_type = String)]
    pub laboratory: Handle,
    /// What stands on the sample bag, in any script; unique for the laboratory.
    #[schema(value_type = String)]
    pub code: Text<40>,
    #[schema(value_type = u64)]
    pub quantity: PositiveAmount,
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "A + B 2.7 kg")]
    pub portions: Option<Text<120>>,
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "GB/T 8855-2008")]
    pub method: Option<Text<120>>,
    /// Who drew it; sealed.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub sampler: Option<Text<120>>,
    #[serde(flatten)]
    pub told: Told,
}

impl Act for DrawSample {
    fn operation(&self) -> &'static str {
        "sample.draw"
    }

    fn needs(&self, _actor: &Actor, needs: &mut Needs) {
        needs.subjects([self.batch, self.laboratory]);
        needs.name(UniqueName::own("sample", self.laboratory, self.code.as_str()));
    }

    fn decide(&self, step: &mut Step<'_>) -> Result<Subject, Refusal> {
        step.check_told(&self.told)?;
        let batch = step.open_batch(self.batch, "batch")?;
        step.check_rest(batch, self.quantity.get().into(), "quantity")?;
        match step.entity(self.laboratory) {
            Some(Entity::Organisation(lab)) if lab.kind == OrganisationKind::Laboratory => {}
            _ => return Err(Refusal::new("unknown-laboratory").at("laboratory", self.laboratory)),
        }
        let sample = step.new_subject(SubjectKind::Sample);
        let name = UniqueName::own("sample", self.laboratory, self.code.as_str());
        step.claim(name, sample.handle, || Refusal::new("code-taken").at("code", &self.code))?;
        let body = BatchSampled {
            sample: sample.handle,
            code: self.code.clone(),
            quantity: self.quantity,
            media: self.told.media(),
        };
        let given = step.write(Subject::new(SubjectKind::Batch, self.batch), &body, Note::told(&self.told))?;
        let drawn = SampleDrawn {
            batch: self.batch,
            laboratory: self.laboratory,
            code: self.code.clone(),
            quantity: self.quantity,
            portions: self.portions.clone(),
            method: self.method.clone(),
            media: self.told.media(),
        };
        let mut note = Note::told(&self.told).link(given.link("batch")).link(step.link("laboratory", self.laboratory)?);
        if let Some(sampler) = &self.sampler {
            note = note.seal("sampler", sampler.as_str());
        }
        step.write(sample, &drawn, note)?;
        Ok(sample)
    }
}

/// The laboratory takes a sample in; its clock starts.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"condition": "完好"}))]
pub struct ReceiveSample {
    #[serde(skip)]
    pub sample: Handle,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub condition: Option<Text<200>>,
    #[serde(flatten)]
    pub told: Told,
}

impl Act for ReceiveSample {
    fn operation(&self) -> &'static str {
        "sample.receive"
    }

    fn needs(&self, _actor: &Actor, needs: &mut Needs) {
        needs.subject(self.sample);
    }

    fn decide(&self, step: &mut Step<'_>) -> Result<Subject, Refusal> {
        step.check_told(&self.told)?;
        let sample = assigned(step, self.sample)?;
        if sample.received_at.is_some() {
            return Err(Refusal::new("sample-already-received").at("sample", self.sample).detail("code", &sample.code));
        }
        let at = self.told.occurred_at.unwrap_or(step.now());
        if at < sample.drawn_at {
            return Err(Refusal::new("received-before-drawn").at("occurred_at", at).expected(sample.drawn_at));
        }
        let body = SampleReceived { condition: self.condition.clone(), media: self.told.media() };
        let subject = Subject::new(SubjectKind::Sample, self.sample);
        step.write(subject, &body, Note::told(&self.told))?;
        Ok(subject)
    }
}

/// The sample, if it was drawn for the actor.
fn assigned<'s>(step: &'s Step<'_>, handle: Handle) -> Result<&'s crate::domain::entities::Sample, Refusal> {
    let sample = step.any_sample(handle, "sample")?;
    if sample.laboratory == step.actor().org { Ok(sample) } else { Err(Refusal::not_found("sample", handle)) }
}

/// One value of a report as it is uploaded.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UploadedResult {
    #[schema(value_type = String, example = "啶虫脒")]
    pub analyte: Text<60>,
    /// The number as reported; with `below_loq` the limit of quantification, with `not_detected` that of detection.
    #[schema(value_type = String, example = "0.058")]
    pub value: Decimal,
    #[serde(default = "equals")]
    pub qualifier: Qualifier,
    #[schema(value_type = String, example = "mg/kg")]
    pub unit: Text<20>,
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "0.5")]
    pub limit: Option<Decimal>,
    #[serde(default)]
    pub rule: LimitRule,
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "GB 2763-2026")]
    pub limit_source: Option<Text<120>>,
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "GB 23200.121-2026")]
    pub method: Option<Text<120>>,
    /// The laboratory's own verdict; refused where it contradicts value and limit.
    #[serde(default)]
    pub verdict: Option<TestVerdict>,
}

fn equals() -> Qualifier {
    Qualifier::Equals
}

/// Reports on a sample.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"report_no": "SFJC-2026-0217", "tier": "third_party", "results": [
    {"analyte": "啶虫脒", "value": "0.058", "unit": "mg/kg", "limit": "0.5", "limit_source": "GB 2763-2026"}]}))]
pub struct ReportTest {
    #[serde(skip)]
    pub sample: Handle,
    #[schema(value_type = String)]
    pub report_no: Text<60>,
    pub tier: Tier,
    pub results: Vec<UploadedResult>,
    /// Number of the report that holds the batch and that this one confirms or tests again. Passing, it ends that hold.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "SFJC-K-2026-0131")]
    pub retests: Option<Text<60>>,
    /// The laboratory of that report, where two gave one of this number.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub retests_laboratory: Option<Handle>,
    /// Who signed; sealed.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub signer: Option<Text<120>>,
    /// 32 random bytes by which `signer` is sealed, 64 hex digits. Told where a statement is, for it covers the commitment.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub signer_salt: Option<Digest>,
    /// By the laboratory's own key, over what will be recorded: `?prepare=true` answers it.
    #[serde(default)]
    pub statement: Option<Statement>,
    #[serde(flatten)]
    pub told: Told,
}

/// Values of one report at most.
pub const MAX_RESULTS: usize = 300;

impl Act for ReportTest {
    fn operation(&self) -> &'static str {
        "sample.report"
    }

    fn needs(&self, actor: &Actor, needs: &mut Needs) {
        needs.subjects([self.sample, actor.org]);
        needs.name(UniqueName::own("report", actor.org, self.report_no.as_str()));
        self.statement.iter().for_each(|statement| needs.statement(statement));
    }

    fn decide(&self, step: &mut Step<'_>) -> Result<Subject, Refusal> {
        step.check_told(&self.told)?;
        let sample = assigned(step, self.sample)?.clone();
        let Some(received_at) = sample.received_at else {
            return Err(Refusal::new("sample-not-received").at("sample", self.sample).detail("code", &sample.code));
        };
        let results = self.judged()?;
        let issued_on = step.day_of(&self.told);
        let cma = self.accreditation(step, issued_on)?;
        let name = UniqueName::own("report", step.actor().org, self.report_no.as_str());
        let taken = || Refusal::new("report-number-taken").at("report_no", &self.report_no);
        step.claim(name, self.sample, taken)?;
        let verdict = residue::overall(results.iter().map(|result| result.verdict));
        self.check_panels(step.any_batch(sample.batch, "batch")?, verdict)?;
        let cleared = self.cleared(step, sample.batch, &results, verdict)?;
        let failed = failed(&results);
        let code = sample.code.parse().map_err(|_| Refusal::not_found("sample", self.sample))?;
        let body = TestReported {
            sample: self.sample,
            sample_code: code,
            report_no: self.report_no.clone(),
            tier: self.tier,
            received_at,
            issued_on,
            cma,
            results,
            verdict,
            retests: self.retests.clone(),
            media: self.told.media(),
        };
        let sample_subject = Subject::new(SubjectKind::Sample, self.sample);
        let noted = SampleReported { report_no: self.report_no.clone() };
        let noted = step.write(sample_subject, &noted, Note::told(&self.told))?;
        let mut note = Note::told(&self.told).link(noted.link("sample"));
        note = note.link(step.link("laboratory", step.actor().org)?);
        if let Some(signer) = &self.signer {
            if self.statement.is_some() && self.signer_salt.is_none() {
                return Err(signs_itself("signer_salt"));
            }
            note = note.seal_with("signer", signer.as_str(), self.signer_salt.map(|salt| *salt.as_bytes()));
        }
        let note = note.signed(self.statement);
        let batch = Subject::new(SubjectKind::Batch, sample.batch);
        step.write(batch, &body, note)?;
        if verdict == TestVerdict::Fail {
            self.hold(step, batch, failed)?;
        }
        if let Some(hold) = cleared {
            self.release(step, batch, hold)?;
        }
        Ok(sample_subject)
    }
}

impl ReportTest {
    fn judged(&self) -> Result<Vec<TestResult>, Refusal> {
        if self.results.is_empty() || self.results.len() > MAX_RESULTS {
            return Err(Refusal::new("results-required")
                .at("results", self.results.len())
                .expected(format!("1–{MAX_RESULTS}")));
        }
        self.results.iter().enumerate().map(|(index, uploaded)| uploaded.judge(&format!("results[{index}]"))).collect()
    }

    /// A third-party report needs an accreditation that holds on the day of issue.
    fn accreditation(&self, step: &Step<'_>, day: CivilDate) -> Result<Option<Text<60>>, Refusal> {
        if self.tier != Tier::ThirdParty {
            return Ok(None);
        }
        let refusal =
            || Refusal::new("not-accredited").at("tier", "third_party").expected("screening").detail("day", day);
        match step.entity(step.actor().org) {
            Some(Entity::Organisation(lab)) => match &lab.accreditation {
                Some(held) if day < held.until => Ok(Some(held.cma.clone())),
                _ => Err(refusal()),
            },
            _ => Err(refusal()),
        }
    }

    /// Certificates rest on passing reports, so a batch keeps them, and only so many; a failed one is never turned away.
    fn check_panels(&self, batch: &Batch, verdict: TestVerdict) -> Result<(), Refusal> {
        let kept = self.tier != Tier::Screening && verdict == TestVerdict::Pass;
        // Nor is one that would end a hold.
        if kept && self.retests.is_none() && batch.panels.len() >= Batch::MOST_PANELS {
            let refusal = Refusal::new("too-many-reports").at("report_no", &self.report_no);
            return Err(refusal.expected(Batch::MOST_PANELS).detail("lot", &batch.lot));
        }
        Ok(())
    }

    /// A failed report of any tier holds the batch.
    fn hold(&self, step: &mut Step<'_>, batch: Subject, failed: Vec<FailedAnalyte>) -> Result<(), Refusal> {
        let reason = match self.tier {
            Tier::Screening => HoldReason::ScreeningPositive,
            _ => HoldReason::TestFailed,
        };
        let body = BatchHeld { reason, report_no: Some(self.report_no.clone()), failed, media: Default::default() };
        step.write(batch, &body, Note::told(&self.told))?;
        Ok(())
    }

    fn release(&self, step: &mut Step<'_>, batch: Subject, hold: Hold) -> Result<(), Refusal> {
        let body = BatchReleased {
            reason: hold.reason,
            report_no: Some(self.report_no.clone()),
            ends_report_no: self.retests.clone(),
            ends_laboratory: hold.laboratory,
            media: Default::default(),
        };
        step.write(batch, &body, Note::told(&self.told))?;
        Ok(())
    }
}

fn failed(results: &[TestResult]) -> Vec<FailedAnalyte> {
    let mut failed = Vec::new();
    for result in results.iter().filter(|result| result.verdict == TestVerdict::Fail) {
        let (analyte, unit) = (result.analyte.clone(), result.unit.clone());
        let value = FailedAnalyte { analyte, unit, limit: result.limit, rule: result.rule };
        // A repeated screening names its one value several times.
        if !failed.contains(&value) {
            failed.push(value);
        }
    }
    failed
}

impl UploadedResult {
    /// Whether a report may hold it.
    pub fn check(&self) -> Result<(), Refusal> {
        let judged = self.judge("result");
        judged.map(drop).map_err(|refusal| Refusal { field: refusal.field.replace("result.", ""), ..refusal })
    }

    fn judge(&self, field: &str) -> Result<TestResult, Refusal> {
        if self.value.is_negative() {
            return Err(Refusal::new("negative-result").at(format!("{field}.value"), self.value).expected("0.01"));
        }
        let verdict = residue::judge(self.value, self.qualifier, self.limit, self.rule);
        if let Some(claimed) = self.verdict.filter(|claimed| *claimed != verdict) {
            let refusal = Refusal::new("verdict-contradicts").at(format!("{field}.verdict"), residue::name(claimed));
            let limit = self.limit.map_or_else(|| "-".to_owned(), |limit| limit.to_string());
            return Err(refusal.expected(residue::name(verdict)).detail("value", self.value).detail("limit", limit));
        }
        Ok(TestResult {
            analyte: self.analyte.clone(),
            value: self.value,
            qualifier: self.qualifier,
            unit: self.unit.clone(),
            limit: self.limit,
            rule: self.rule,
            limit_source: self.limit_source.clone(),
            method: self.method.clone(),
            verdict,
        })
    }
}
