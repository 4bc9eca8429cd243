//! Samples and what laboratories report. A sample has a chain of its own; the result stands on the chain of the batch,
//! written by the laboratory, so that nobody else can soften it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Media, SealClass, kinds};
use crate::domain::decimal::Decimal;
use crate::domain::quantity::PositiveAmount;
use crate::domain::record::Handle;
use crate::domain::text::Text;
use crate::domain::time::{CivilDate, Instant};

/// `sample.drawn`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleDrawn {
    pub batch: Handle,
    pub laboratory: Handle,
    /// What stands on the sample bag.
    pub code: Text<40>,
    pub quantity: PositiveAmount,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portions: Option<Text<120>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Text<120>>,
    #[serde(flatten)]
    pub media: Media,
}

/// `sample.received`: starts the laboratory's 24-hour clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleReceived {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<Text<200>>,
    #[serde(flatten)]
    pub media: Media,
}

/// Evidence is of three kinds that are never mixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// 快检: may stop a batch, proves nothing by itself.
    Screening,
    /// 自行检测: the producer's own instrument.
    Own,
    /// 第三方定量: an accredited laboratory's instrument (CMA).
    ThirdParty,
}

/// How a value relates to what the method can see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Qualifier {
    /// The value was measured.
    Equals,
    /// Not detected; `value` is the limit of detection.
    NotDetected,
    /// Detected below the limit of quantification, which is `value`.
    BelowLoq,
}

/// Which side of the limit is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LimitRule {
    /// value ≤ limit passes (residues).
    #[default]
    AtMost,
    /// value < limit passes (inhibition: at the limit it is positive).
    Below,
    /// value ≥ limit passes (sugar).
    AtLeast,
}

impl LimitRule {
    pub(crate) fn is_default(&self) -> bool {
        *self == Self::AtMost
    }
}

/// What a single value or a whole report comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TestVerdict {
    Pass,
    Fail,
    /// 无限量,未判定: no limit on file. Never to be read as passed.
    NotJudged,
}

/// One line of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestResult {
    pub analyte: Text<60>,
    pub value: Decimal,
    pub qualifier: Qualifier,
    pub unit: Text<20>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Decimal>,
    #[serde(default, skip_serializing_if = "LimitRule::is_default")]
    pub rule: LimitRule,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit_source: Option<Text<120>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Text<120>>,
    pub verdict: TestVerdict,
}

/// `test.reported`: on the batch's chain, by the laboratory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestReported {
    pub sample: Handle,
    pub sample_code: Text<40>,
    pub report_no: Text<60>,
    pub tier: Tier,
    pub received_at: Instant,
    pub issued_on: CivilDate,
    /// Accreditation as of the day of issue; only a third-party report has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cma: Option<Text<60>>,
    pub results: Vec<TestResult>,
    pub verdict: TestVerdict,
    /// The report that this one confirms or tests again; both stay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retests: Option<Text<60>>,
    #[serde(flatten)]
    pub media: Media,
}

/// `sample.reported`: the sample's own note of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleReported {
    pub report_no: Text<60>,
}

kinds! {
    SampleDrawn = "sample.drawn" sealed &[("sampler", SealClass::Personal)],
    SampleReceived = "sample.received",
    TestReported = "test.reported" sealed &[("signer", SealClass::Personal)],
    SampleReported = "sample.reported",
}
