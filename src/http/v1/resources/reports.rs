//! Wire types of laboratory reports, as they were recorded.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::kinds::Attachment;
use crate::domain::kinds::samples::{LimitRule, Qualifier, TestReported, TestResult, TestVerdict, Tier};
use crate::domain::record::{Handle, Record, Subject};

/// A report on a sample. It stands on the batch's chain, where anybody may read it too.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportResource {
    /// The record: its chain, and its place there.
    #[schema(value_type = String, example = "batch:00112233445566778899aabbccddeeff")]
    pub subject: Subject,
    pub seq: u64,
    #[schema(value_type = String)]
    pub sample: Handle,
    /// What stands on the sample bag.
    #[schema(example = "SF-S-0217")]
    pub sample_code: String,
    #[schema(value_type = String)]
    pub laboratory: Handle,
    #[schema(example = "SFJC-2026-0217")]
    pub report_no: String,
    pub tier: Tier,
    pub verdict: TestVerdict,
    pub received_at: String,
    #[schema(example = "2026-11-19")]
    pub issued_on: String,
    /// Accreditation as of the day of issue.
    pub cma: Option<String>,
    pub results: Vec<ResultResource>,
    /// The report that this one confirms or tests again.
    pub retests: Option<String>,
    /// The signed PDF and other files.
    pub attachments: Vec<Attachment>,
    /// Handle of the laboratory's own key, where it signed.
    #[schema(value_type = Option<String>)]
    pub key: Option<Handle>,
}

/// One value, with the digits that were reported.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResultResource {
    #[schema(example = "啶虫脒")]
    pub analyte: String,
    #[schema(example = "0.058")]
    pub value: String,
    pub qualifier: Qualifier,
    #[schema(example = "mg/kg")]
    pub unit: String,
    #[schema(example = "0.5")]
    pub limit: Option<String>,
    pub rule: LimitRule,
    pub limit_source: Option<String>,
    pub method: Option<String>,
    pub verdict: TestVerdict,
}

impl ReportResource {
    pub fn of(record: &Record, body: &TestReported) -> Self {
        Self {
            subject: record.subject,
            seq: record.seq,
            sample: body.sample,
            sample_code: body.sample_code.to_string(),
            laboratory: record.actor.org,
            report_no: body.report_no.to_string(),
            tier: body.tier,
            verdict: body.verdict,
            received_at: body.received_at.to_string(),
            issued_on: body.issued_on.to_string(),
            cma: body.cma.as_ref().map(ToString::to_string),
            results: body.results.iter().map(ResultResource::of).collect(),
            retests: body.retests.as_ref().map(ToString::to_string),
            attachments: body.media.attachments.clone(),
            key: record.actor.key,
        }
    }
}

impl ResultResource {
    fn of(result: &TestResult) -> Self {
        Self {
            analyte: result.analyte.to_string(),
            value: result.value.to_string(),
            qualifier: result.qualifier,
            unit: result.unit.to_string(),
            limit: result.limit.map(|limit| limit.to_string()),
            rule: result.rule,
            limit_source: result.limit_source.as_ref().map(ToString::to_string),
            method: result.method.as_ref().map(ToString::to_string),
            verdict: result.verdict,
        }
    }
}
