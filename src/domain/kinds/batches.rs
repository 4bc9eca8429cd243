//! Batches: everything that happens to goods. Amounts are in the unit of the batch (grams or pieces) unless the name
//! says otherwise; what an act gives to a child batch names the child's handle.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::samples::LimitRule;
use super::{Media, Name, SealClass, kinds};
use crate::domain::decimal::Decimal;
use crate::domain::gs1::{Gtin, Lot};
use crate::domain::quantity::{Amount, PositiveAmount, PositiveGrams, Unit};
use crate::domain::record::Handle;
use crate::domain::text::{Code, Text};
use crate::domain::time::CivilDate;

/// How a batch came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Picked on plots of our own.
    Harvested,
    /// Gathered in the wild.
    Collected,
    Slaughtered,
    /// Bought from somebody who keeps no records here.
    BoughtIn,
    /// Made from things that are not traced here (crafts, textiles).
    Made,
    Received,
    Processed,
    Graded,
    Split,
    Merged,
    Packed,
}

/// An amount taken from a parent, in the parent's unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Parent {
    pub batch: Handle,
    pub quantity: PositiveAmount,
}

/// `batch.opened`: the first record of every batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchOpened {
    pub basis: Basis,
    pub product: Handle,
    pub gtin: Gtin,
    pub lot: Lot,
    pub unit: Unit,
    pub quantity: PositiveAmount,
    /// Where it grew; for a harvest at least one, for a child those of its parents.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plots: Vec<Handle>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<Handle>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picked: Option<Window>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parents: Vec<Parent>,
    /// Every batch this one was made from, directly or through others: a hold on any of them holds this one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ancestors: Vec<Handle>,
    /// The civil day of the opening in the instance's zone.
    pub opened_on: CivilDate,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<Text<40>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<Text<40>>,
    /// Net content of one pack, for packs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub net_g: Option<PositiveGrams>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packed_on: Option<CivilDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub best_before: Option<CivilDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<Handle>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipment: Option<Handle>,
    /// Whom or where it was bought or gathered from, in words that may be public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Name>,
    /// The one who opened it confirmed a harvest above the plausible yield.
    #[serde(default, skip_serializing_if = "is_false")]
    pub yield_confirmed: bool,
    #[serde(flatten)]
    pub media: Media,
}

/// First and last civil day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Window {
    #[schema(value_type = String, example = "2026-11-16")]
    pub from: CivilDate,
    #[schema(value_type = String, example = "2026-11-17")]
    pub to: CivilDate,
}

/// What is done to goods before they are graded or packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Process {
    Washed,
    Trimmed,
    Withered,
    Dried,
    Peeled,
    Dipped,
    PreCooled,
    Roasted,
    Fermented,
    Smoked,
    Cut,
}

/// A substance used on the goods after harvest (保鲜剂, 防腐剂), declared by law.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Agent {
    #[schema(example = "咪鲜胺 45% EW")]
    pub product: Text<120>,
    #[schema(example = "咪鲜胺")]
    pub active: Text<60>,
    #[schema(example = "1000×")]
    pub dose: Text<60>,
}

/// `batch.processed`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchProcessed {
    pub process: Process,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<Agent>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub celsius: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u32>,
    pub input: PositiveAmount,
    /// What came out, in the unit of what came out; input − output is the loss of this step.
    pub output: PositiveAmount,
    /// The batch of the new product, when the product changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub into: Option<Handle>,
    #[serde(flatten)]
    pub media: Media,
}

/// A grade standard by name and edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StandardRef {
    #[schema(example = "示范县脐橙分级")]
    pub name: Text<120>,
    #[schema(example = "SF-2026")]
    pub edition: Text<40>,
}

/// As it is printed: a year stands behind the number with a dash (GB/T 1.1-2020, 6.1.5), other editions apart.
impl fmt::Display for StandardRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let edition = self.edition.as_str();
        let is_year = edition.len() == 4 && edition.bytes().all(|byte| byte.is_ascii_digit());
        let is_numbered = self.name.as_str().ends_with(|last: char| last.is_ascii_digit());
        let joint = if is_year && is_numbered { '—' } else { ' ' };
        write!(f, "{}{joint}{edition}", self.name)
    }
}

/// What a grading run gave to one child batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GradeOutput {
    pub batch: Handle,
    pub gtin: Gtin,
    pub lot: Lot,
    pub grade: Text<40>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<Text<40>>,
    pub quantity: PositiveAmount,
}

/// One measure of the sample that was graded by, such as soluble solids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// Such as `brix`, `acid`, `ratio`, `edible`.
    pub name: Code<40>,
    #[schema(example = "°Brix")]
    pub unit: Text<20>,
    #[schema(value_type = String, example = "12.4")]
    pub mean: Decimal,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "11.2")]
    pub min: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "13.6")]
    pub max: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 20)]
    pub n: Option<u32>,
}

/// `grading.recorded`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GradingRecorded {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standard: Option<StandardRef>,
    pub input: PositiveAmount,
    pub outputs: Vec<GradeOutput>,
    /// 等外: below the lowest grade, leaves the batch.
    pub cull: Amount,
    pub loss: Amount,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub measures: Vec<Measure>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<Code<40>>,
    #[serde(flatten)]
    pub media: Media,
}

/// `batch.split`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchSplit {
    pub parts: Vec<SplitPart>,
    #[serde(flatten)]
    pub media: Media,
}

/// One child of a split.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SplitPart {
    pub batch: Handle,
    pub lot: Lot,
    pub quantity: PositiveAmount,
}

/// `batch.merged`: what this batch gave to a merged one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchMerged {
    pub into: Handle,
    pub lot: Lot,
    pub quantity: PositiveAmount,
    #[serde(flatten)]
    pub media: Media,
}

/// `batch.sampled`: grams that left the batch for the laboratory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchSampled {
    pub sample: Handle,
    pub code: Text<40>,
    pub quantity: PositiveAmount,
    #[serde(flatten)]
    pub media: Media,
}

/// `batch.packed`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchPacked {
    pub packed_on: CivilDate,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<Handle>,
    pub outputs: Vec<PackOutput>,
    /// Overfill and shrink of the whole act, in the unit of this batch.
    pub loss: Amount,
    #[serde(flatten)]
    pub media: Media,
}

/// The packs of one GTIN.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackOutput {
    pub batch: Handle,
    pub gtin: Gtin,
    pub lot: Lot,
    pub packs: PositiveAmount,
    pub net_g: PositiveGrams,
    /// What these packs took from this batch, in its unit.
    pub quantity: PositiveAmount,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<Handle>,
}

/// `batch.stored`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchStored {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<Handle>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub celsius: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub humidity_percent: Option<u32>,
    #[serde(flatten)]
    pub media: Media,
}

/// `batch.shipped`: an amount that left with a shipment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchShipped {
    pub shipment: Handle,
    pub quantity: PositiveAmount,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<TemperatureSummary>,
    #[serde(flatten)]
    pub media: Media,
}

/// What the logger of a transport showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemperatureSummary {
    #[schema(value_type = String, example = "5.0")]
    pub min_celsius: Decimal,
    #[schema(value_type = String, example = "11.8")]
    pub max_celsius: Decimal,
    /// Interval between two readings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 10)]
    pub every_minutes: Option<u32>,
    /// Times above the agreed range.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excursions: Vec<Excursion>,
}

/// A stretch outside the agreed temperature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Excursion {
    #[schema(value_type = String, example = "11.8")]
    pub peak_celsius: Decimal,
    #[schema(example = 40)]
    pub minutes: u32,
}

/// `batch.returned`: goods came back; they wait apart from what may be sold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchReturned {
    pub shipment: Handle,
    pub quantity: PositiveAmount,
    pub reason: Text<200>,
    #[serde(flatten)]
    pub media: Media,
}

/// `batch.lost`: spoilage, shrink, destruction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchLost {
    pub quantity: PositiveAmount,
    pub reason: LossReason,
    /// Taken from what was returned, not from what is for sale.
    #[serde(default, skip_serializing_if = "is_false")]
    pub from_returned: bool,
    #[serde(flatten)]
    pub media: Media,
}

/// Why an amount is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LossReason {
    Rot,
    Drying,
    Shrink,
    Damage,
    Overfill,
    Destroyed,
    Eaten,
    Other,
}

impl LossReason {
    pub const ALL: [Self; 8] = [
        Self::Rot,
        Self::Drying,
        Self::Shrink,
        Self::Damage,
        Self::Overfill,
        Self::Destroyed,
        Self::Eaten,
        Self::Other,
    ];

    /// The name on the wire and in the locales.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rot => "rot",
            Self::Drying => "drying",
            Self::Shrink => "shrink",
            Self::Damage => "damage",
            Self::Overfill => "overfill",
            Self::Destroyed => "destroyed",
            Self::Eaten => "eaten",
            Self::Other => "other",
        }
    }
}

/// `batch.closed`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchClosed {
    #[serde(flatten)]
    pub media: Media,
}

/// `batch.noted`: a photo, document, film or remark that came later, about an earlier record or the batch as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchNoted {
    /// Position of the record it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<u64>,
    #[serde(flatten)]
    pub media: Media,
}

/// `batch.held`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchHeld {
    pub reason: HoldReason,
    /// The report that failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report_no: Option<Text<60>>,
    /// What failed in it: the report that ends the hold must have found each of them within its limit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<FailedAnalyte>,
    #[serde(flatten)]
    pub media: Media,
}

/// An analyte that failed, in which unit and against which limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedAnalyte {
    pub analyte: Text<60>,
    pub unit: Text<20>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Decimal>,
    #[serde(default, skip_serializing_if = "LimitRule::is_default")]
    pub rule: LimitRule,
}

/// Why goods may not be sold for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HoldReason {
    /// A screening was positive: the instrument of any accredited laboratory may clear it.
    ScreeningPositive,
    /// An instrument found something above its limit: another accredited laboratory may clear it.
    TestFailed,
    UnderEnquiry,
    /// A correction left more out than in; ends with the one that closes the gap.
    Discrepancy,
}

impl HoldReason {
    pub const ALL: [Self; 4] = [Self::ScreeningPositive, Self::TestFailed, Self::UnderEnquiry, Self::Discrepancy];

    /// The name on the wire and in the locales.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ScreeningPositive => "screening_positive",
            Self::TestFailed => "test_failed",
            Self::UnderEnquiry => "under_enquiry",
            Self::Discrepancy => "discrepancy",
        }
    }
}

/// `batch.released`: a hold ended, by the rule that is named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchReleased {
    pub reason: HoldReason,
    /// The report that cleared it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report_no: Option<Text<60>>,
    /// The report whose hold this ends; without it all holds for the reason end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_report_no: Option<Text<60>>,
    /// Who gave that report: numbers are unique for a laboratory only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_laboratory: Option<Handle>,
    #[serde(flatten)]
    pub media: Media,
}

/// `batch.recalled`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchRecalled {
    /// 食品召回管理办法: class 1 (most severe) to 3.
    pub class: u8,
    pub on: CivilDate,
    pub reason: Name,
    #[serde(flatten)]
    pub media: Media,
}

/// 承诺依据: the three that the 2025 rule knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CertificateBasis {
    /// 质量安全控制符合要求
    QualityControl,
    /// 自行检测合格
    OwnTest,
    /// 委托检测合格
    CommissionedTest,
}

/// `certificate.issued`: 承诺达标合格证 of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateIssued {
    pub basis: CertificateBasis,
    pub issued_on: CivilDate,
    /// Reports that the basis rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reports: Vec<Text<60>>,
    /// 样式二: bought in or mixed from several producers.
    #[serde(default, skip_serializing_if = "is_false")]
    pub bought_in: bool,
    #[serde(flatten)]
    pub media: Media,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

kinds! {
    BatchOpened = "batch.opened" sealed &[("seller", SealClass::Parties), ("worker", SealClass::Personal)],
    BatchProcessed = "batch.processed",
    GradingRecorded = "grading.recorded",
    BatchSplit = "batch.split",
    BatchMerged = "batch.merged",
    BatchSampled = "batch.sampled",
    BatchPacked = "batch.packed",
    BatchStored = "batch.stored",
    BatchShipped = "batch.shipped",
    BatchReturned = "batch.returned",
    BatchLost = "batch.lost",
    BatchClosed = "batch.closed",
    BatchNoted = "batch.noted",
    BatchHeld = "batch.held",
    BatchReleased = "batch.released",
    BatchRecalled = "batch.recalled",
    CertificateIssued = "certificate.issued",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_stands_behind_the_number_of_a_standard_with_a_dash() {
        let shown = |name: &str, edition: &str| {
            StandardRef { name: name.parse().unwrap(), edition: edition.parse().unwrap() }.to_string()
        };
        assert_eq!(shown("DB999001/T 6", "2026"), "DB999001/T 6—2026");
        assert_eq!(shown("示范县脐橙分级", "SF-2026"), "示范县脐橙分级 SF-2026");
        assert_eq!(shown("示范县脐橙分级", "2026"), "示范县脐橙分级 2026");
        assert_eq!(shown("GB/T 21488", "第1版"), "GB/T 21488 第1版");
    }
}
