//! What was measured and what was promised: laboratory reports in three tiers that are never mixed, treatments with
//! their intervals, the 承诺达标合格证. A row without a limit on file is "not judged", never "passed".

use super::Bilingual;
use serde::Serialize;
use utoipa::ToSchema;

/// Kinds of laboratory evidence; never shown as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// 快检
    Screening,
    /// 自行检测
    Own,
    /// 第三方定量
    ThirdParty,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportVerdict {
    Pass,
    Fail,
    NotJudged,
    /// Screening only.
    Negative,
    Positive,
    Invalid,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TestReportView {
    pub tier: Tier,
    pub report_no: String,
    pub sample_no: Option<String>,
    pub laboratory: Bilingual,
    /// As valid on the test date.
    pub cma_no: Option<String>,
    /// By the laboratory's own key; absent where it did not sign, or where the signature does not hold.
    pub signed: Option<SignedView>,
    pub sampled_on: Option<String>,
    pub received_on: Option<String>,
    pub issued_on: Option<String>,
    pub method: Option<String>,
    pub verdict: ReportVerdict,
    pub rows: Vec<TestRow>,
    /// The report's file on this host.
    pub file_url: Option<String>,
    /// Number of the report that this one confirms or tests again (`retests` of its upload); both stay.
    pub replaces: Option<String>,
    /// Number of the newest report that confirmed this one or tested it again, with whatever result.
    pub replaced_by: Option<String>,
}

/// A signature that was checked against the key's own records.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SignedView {
    /// Handle of the key.
    pub key: String,
    /// The public key that it had then, 64 hex digits.
    pub public: String,
    /// The association that vouched for the key.
    pub countersigned_by: Option<Bilingual>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Qualifier {
    Equal,
    /// `value` is the limit of quantification.
    BelowLoq,
    /// `value` is the limit of detection.
    NotDetected,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RowVerdict {
    Pass,
    Fail,
    NotJudged,
    BelowLoq,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TestRow {
    pub analyte: Bilingual,
    pub qualifier: Qualifier,
    /// With the reported digits.
    pub value: String,
    pub unit: String,
    pub limit: Option<String>,
    /// Standard and edition of the limit.
    pub limit_source: Option<String>,
    /// Found / limit in thousandths, may exceed 1000; none below quantification or without a limit.
    pub share_permille: Option<u32>,
    pub verdict: RowVerdict,
    /// It was used on this lot: the panel has to have it.
    pub used: bool,
}

/// A plant-protection treatment of a plot that this lot comes from.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TreatmentView {
    pub date: String,
    pub site_code: Option<String>,
    pub product: Bilingual,
    pub active: Option<Bilingual>,
    pub dose: String,
    /// 安全间隔期.
    pub interval_days: u32,
    /// Days from the treatment to the harvest.
    pub days_kept: u32,
    pub kept: bool,
    /// Uses this season and the most allowed.
    pub uses: Option<u32>,
    pub max_uses: Option<u32>,
}

/// 承诺依据: exactly these three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CertificateBasis {
    /// 质量安全控制符合要求
    QualityControl,
    /// 自行检测合格
    OwnTest,
    /// 委托检测合格
    CommissionedTest,
}

/// Which of the two promises it makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CertificateForm {
    /// 样式一
    Producer,
    /// 样式二
    Buyer,
}

/// 承诺达标合格证 (农业农村部令2025年第4号).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CertificateView {
    pub form: CertificateForm,
    pub number: Option<String>,
    pub product: Bilingual,
    pub quantity_g: i64,
    pub packs: Option<u64>,
    pub place: Bilingual,
    pub basis: CertificateBasis,
    /// 承诺主体.
    pub promiser: Bilingual,
    /// The organisation's telephone.
    pub contact: Option<String>,
    pub issued_on: String,
    /// Voided later: the day and the reason; it stays visible.
    pub voided_on: Option<String>,
    pub void_reason: Option<String>,
}
