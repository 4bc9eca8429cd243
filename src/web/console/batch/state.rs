//! How a batch stands, in a few words: what stops it comes first, and says why and what ends it.

use crate::app::desk::BatchPage;
use crate::domain::entities::Batch;
use crate::domain::kinds::batches::HoldReason;
use crate::domain::view::*;
use crate::web::words::Words;

/// Tests, brand and stage; each with the class of its state. A stage is no judgement and has none.
pub fn chips(w: &Words, page: &BatchPage) -> Vec<(&'static str, String)> {
    let mut chips = Vec::new();
    if page.batch.recalled {
        chips.push(("stop", w.t("stage-recalled")));
    } else if !page.batch.holds.is_empty() {
        chips.push(("stop", w.t("stage-held")));
    }
    chips.push(("", w.t(&format!("stage-{}", page.batch.stage.as_str()))));
    if let Some(report) = page.public.tests.last() {
        let tier = w.tier(&report.tier);
        chips.push((w.report_tone(&report.verdict), format!("{tier} · {}", w.report_verdict(&report.verdict))));
    }
    if let Some(brand) = &page.public.brand {
        let key = if brand.in_force_today { "chip-brand-yes" } else { "chip-brand-no" };
        let tone = if brand.in_force_today { "ok" } else { "attention" };
        chips.push((tone, w.t1(key, "mark", w.b(&brand.mark))));
    }
    if page.batch.certified {
        chips.push(("ok", w.t("chip-certified")));
    }
    chips
}

/// Why it stands still, and what ends that.
pub fn stops(w: &Words, page: &BatchPage) -> Vec<String> {
    if let Some(recall) = page.public.recall.as_ref().filter(|_| page.batch.recalled) {
        return vec![w.t1("stop-recalled", "reason", w.b(&recall.reason))];
    }
    held(w, &page.batch, &page.public.tests)
}

/// `暂停销售：联苯菊酯 0.083，限量 0.05 mg/kg（报告 SFJC-2026-0218）。复检合格后解除。`, a sentence a hold.
pub fn held(w: &Words, batch: &Batch, tests: &[TestReportView]) -> Vec<String> {
    let holds = batch.holds.iter().map(|hold| {
        let no = hold.report_no.as_ref().map(ToString::to_string);
        let report = tests.iter().find(|report| no.as_ref().is_some_and(|no| *no == report.report_no));
        let rows = report.map(|report| report.rows.as_slice()).unwrap_or_default();
        let over = rows.iter().filter(|row| row.verdict == RowVerdict::Fail);
        let over: Vec<String> = over.map(|row| over_limit(w, row)).collect();
        let why = if over.is_empty() { w.t(&format!("held-{}", hold.reason.as_str())) } else { over.join(w.comma()) };
        let why = no.map_or_else(|| why.clone(), |no| w.t2("stop-report", "why", &why, "no", no));
        let ends = match hold.reason {
            HoldReason::TestFailed | HoldReason::ScreeningPositive => "stop-ends-retest",
            HoldReason::Discrepancy => "stop-ends-correction",
            HoldReason::UnderEnquiry => "stop-ends-enquiry",
        };
        format!("{}{}", w.t1("stop-held", "why", why), w.t(ends))
    });
    holds.collect()
}

fn over_limit(w: &Words, row: &TestRow) -> String {
    let found = format!("{} {}", w.b(&row.analyte), row.value);
    let limit = row.limit.as_ref().map(|limit| format!("{limit} {}", row.unit));
    limit.map_or_else(|| found.clone(), |limit| w.t2("stop-over", "found", &found, "limit", limit))
}

/// The same where the results are not at hand: in the forms.
pub fn held_by(w: &Words, batch: &Batch) -> Option<String> {
    if batch.recalled {
        return Some(w.t("stage-recalled"));
    }
    let held = held(w, batch, &[]);
    (!held.is_empty()).then(|| held.join(" "))
}
