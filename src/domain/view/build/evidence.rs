//! Laboratory reports by tier, and the 承诺达标合格证.

use std::collections::BTreeSet;

use super::figures::Counted;
use super::history::{Line, bilingual};
use super::origin::Treated;
use super::step::{files, read_media};
use super::{Built, Page};
use crate::domain::kinds::batches::{self, BatchOpened, BatchProcessed, CertificateIssued};
use crate::domain::kinds::samples::{self, LimitRule, SampleDrawn, TestReported, TestResult, TestVerdict};
use crate::domain::view::{
    Bilingual, CertificateBasis, CertificateForm, CertificateView, Figure, Qualifier, ReportVerdict, RowVerdict,
    StepKind, TestReportView, TestRow, Tier,
};

impl Page<'_> {
    /// Every report on the branch, oldest first: also those that came after the goods went on.
    pub fn tests(&self, treatments: &[Treated]) -> Built<Vec<TestReportView>> {
        let used = self.used_actives(treatments)?;
        let mut reports = Vec::new();
        for line in self.history.lines() {
            if line.is::<TestReported>() && self.lineage.holds(line.record.subject.handle) {
                reports.push(self.report(line, &used)?);
            }
        }
        tell_retested(&mut reports);
        Ok(reports)
    }

    fn report(&self, line: &Line, used: &BTreeSet<String>) -> Built<TestReportView> {
        let body: TestReported = line.body()?;
        let drawn = self.history.at(body.sample, 0).filter(|line| line.is::<SampleDrawn>());
        let methods: BTreeSet<String> =
            body.results.iter().filter_map(|it| Some(it.method.as_ref()?.to_string())).collect();
        Ok(TestReportView {
            tier: tier(body.tier),
            report_no: body.report_no.to_string(),
            sample_no: Some(body.sample_code.to_string()),
            laboratory: self.history.name_of(line.record.actor.org)?,
            cma_no: body.cma.as_ref().map(ToString::to_string),
            signed: self.signed(line)?,
            sampled_on: drawn.map(|line| self.day(line.record.occurred_at).to_string()),
            received_on: Some(self.day(body.received_at).to_string()),
            issued_on: Some(body.issued_on.to_string()),
            method: (!methods.is_empty()).then(|| methods.into_iter().collect::<Vec<_>>().join(" · ")),
            verdict: verdict(body.tier, body.verdict),
            rows: body.results.iter().map(|result| row(result, used)).collect(),
            file_url: files(&read_media(line)?, false).into_iter().next(),
            replaces: body.retests.as_ref().map(ToString::to_string),
            replaced_by: None,
        })
    }

    /// 用什么药检什么药: what was sprayed, and what was used after harvest.
    fn used_actives(&self, treatments: &[Treated]) -> Built<BTreeSet<String>> {
        let sprayed = treatments.iter().filter_map(|it| Some(it.view.active.as_ref()?.zh.clone()));
        let mut used: BTreeSet<String> = sprayed.collect();
        for line in self.history.lines() {
            if line.is::<BatchProcessed>() && self.lineage.holds(line.record.subject.handle) {
                used.extend(line.body::<BatchProcessed>()?.agent.map(|agent| agent.active.to_string()));
            }
        }
        Ok(used)
    }

    /// The newest certificate of the batch, else of what all of it was before; one of a part of a mixed lot says nothing
    /// about the rest.
    pub fn certificate(&self) -> Built<Option<CertificateView>> {
        for (handle, opening) in self.lineage.trunk() {
            let issued = self
                .history
                .chain(handle)
                .rev()
                .find(|line| line.is::<CertificateIssued>() && !self.lineage.after_giving(line));
            if let Some(line) = issued {
                return Ok(Some(self.certificate_of(line, opening)?));
            }
        }
        Ok(None)
    }

    fn certificate_of(&self, line: &Line, opening: &BatchOpened) -> Built<CertificateView> {
        let body: CertificateIssued = line.body()?;
        let counted = Counted::of(opening);
        let packs = (counted.unit == crate::domain::quantity::Unit::Pieces).then_some(opening.quantity.get());
        let product = self.history.opening::<crate::domain::kinds::products::ProductRegistered>(opening.product)?;
        let promiser = self.history.organisation(line.record.actor.org)?;
        let place = promiser.as_ref().and_then(|(_, it)| it.place.as_ref().map(bilingual));
        Ok(CertificateView {
            form: if body.bought_in { CertificateForm::Buyer } else { CertificateForm::Producer },
            number: None,
            product: product.map(|product| bilingual(&product.name)).unwrap_or_default(),
            quantity_g: counted.grams(opening.quantity.get()).unwrap_or_default(),
            packs,
            place: self.grown_at()?.or(place).unwrap_or_default(),
            basis: match body.basis {
                batches::CertificateBasis::QualityControl => CertificateBasis::QualityControl,
                batches::CertificateBasis::OwnTest => CertificateBasis::OwnTest,
                batches::CertificateBasis::CommissionedTest => CertificateBasis::CommissionedTest,
            },
            contact: promiser.as_ref().and_then(|(_, it)| it.phone.as_ref().map(ToString::to_string)),
            promiser: promiser.as_ref().map(|(name, _)| bilingual(name)).unwrap_or_default(),
            issued_on: body.issued_on.to_string(),
            voided_on: None,
            void_reason: None,
        })
    }
}

/// Says of each report which later one tested it again. A number that two laboratories gave says nothing of either: the
/// report that tests again names the number alone.
fn tell_retested(reports: &mut [TestReportView]) {
    for at in 0..reports.len() {
        let number = reports[at].report_no.clone();
        let is_alone = reports.iter().filter(|report| report.report_no == number).count() == 1;
        let again = reports[at + 1..].iter().rev().find(|later| is_alone && later.replaces.as_ref() == Some(&number));
        reports[at].replaced_by = again.map(|later| later.report_no.clone());
    }
}

pub(super) fn step_kind(tier: samples::Tier) -> StepKind {
    if tier == samples::Tier::Screening { StepKind::Screened } else { StepKind::Tested }
}

/// What a report's step says: of a screening the inhibition, of others how many values were judged and how many failed.
/// Values without a limit are in neither number.
pub(super) fn figures(body: &TestReported) -> Vec<Figure> {
    let number = Figure::Reference { no: body.report_no.to_string() };
    let inhibition = body.results.iter().find(|result| result.unit.as_str() == "%");
    if let Some(found) = inhibition.filter(|_| body.tier == samples::Tier::Screening) {
        let positive = match body.verdict {
            TestVerdict::Fail => Some(true),
            TestVerdict::Pass => Some(false),
            TestVerdict::NotJudged => None,
        };
        return vec![Figure::Inhibition { percent: found.value.to_string(), positive }, number];
    }
    let of = |verdict| body.results.iter().filter(|result| result.verdict == verdict).count() as u32;
    let (passed, failed) = (of(TestVerdict::Pass), of(TestVerdict::Fail));
    let judged = (passed + failed > 0).then_some(Figure::Analytes { count: passed + failed, failed });
    let retested = body.retests.as_ref().map(|no| Figure::Retested { no: no.to_string() });
    judged.into_iter().chain([number]).chain(retested).collect()
}

fn tier(tier: samples::Tier) -> Tier {
    match tier {
        samples::Tier::Screening => Tier::Screening,
        samples::Tier::Own => Tier::Own,
        samples::Tier::ThirdParty => Tier::ThirdParty,
    }
}

/// A screening is negative or positive, never passed or failed.
fn verdict(tier: samples::Tier, verdict: TestVerdict) -> ReportVerdict {
    match (tier, verdict) {
        (samples::Tier::Screening, TestVerdict::Pass) => ReportVerdict::Negative,
        (samples::Tier::Screening, TestVerdict::Fail) => ReportVerdict::Positive,
        (_, TestVerdict::Pass) => ReportVerdict::Pass,
        (_, TestVerdict::Fail) => ReportVerdict::Fail,
        (_, TestVerdict::NotJudged) => ReportVerdict::NotJudged,
    }
}

fn row(result: &TestResult, used: &BTreeSet<String>) -> TestRow {
    let qualifier = match result.qualifier {
        samples::Qualifier::Equals => Qualifier::Equal,
        samples::Qualifier::NotDetected => Qualifier::NotDetected,
        samples::Qualifier::BelowLoq => Qualifier::BelowLoq,
    };
    let verdict = match result.verdict {
        TestVerdict::Fail => RowVerdict::Fail,
        TestVerdict::NotJudged => RowVerdict::NotJudged,
        TestVerdict::Pass if qualifier != Qualifier::Equal => RowVerdict::BelowLoq,
        TestVerdict::Pass => RowVerdict::Pass,
    };
    // A bar of found against limit speaks of maxima only.
    let limit = result.limit.filter(|_| qualifier == Qualifier::Equal && result.rule != LimitRule::AtLeast);
    let share = limit.and_then(|limit| result.value.permille_of(limit));
    TestRow {
        analyte: Bilingual::term(result.analyte.as_str()),
        qualifier,
        value: result.value.to_string(),
        unit: result.unit.to_string(),
        limit: result.limit.map(|limit| limit.to_string()),
        limit_source: result.limit_source.as_ref().map(ToString::to_string),
        share_permille: share.map(|share| u32::try_from(share).unwrap_or(u32::MAX)),
        verdict,
        used: used.contains(result.analyte.as_str()),
    }
}
