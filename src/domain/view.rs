//! What a person who scans a label may see: an allowlist in types of its own. Rows and records are never serialised to
//! the public; whoever builds a [`ScanView`] names each fact that leaves the house.
//!
//! Promises: there is no field for a buyer, a person, a price or an exact coordinate (places are given in hundredths of a
//! degree, about one kilometre). Dates are `YYYY-MM-DD` in the demo county's civil calendar (+08:00), instants are
//! RFC 3339 in UTC, weights are grams. Reads nothing, words nothing: sentences are in the locales.

use serde::Serialize;
use utoipa::ToSchema;

use super::terms;

/// The look-up page, products, producers and reports of problems.
pub mod browse;
/// Building a page from the records of a batch's history.
pub mod build;
/// Laboratory reports, treatments, the 承诺达标合格证.
pub mod evidence;
/// The way from farm to pack, step by step.
pub mod step;

pub use browse::*;
pub use evidence::*;
pub use step::*;

/// A name in two languages; an empty `en` falls back to `zh`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct Bilingual {
    pub zh: String,
    pub en: String,
}

impl Bilingual {
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }

    /// One text for both languages: a code, a name that was only given once.
    pub fn same(text: impl Into<String>) -> Self {
        Self { zh: text.into(), en: String::new() }
    }

    /// A substance or grade, which records hold in Chinese only: in English where the list of terms has it.
    pub fn term(text: impl Into<String>) -> Self {
        let zh = text.into();
        Self { en: terms::english(&zh).unwrap_or_default(), zh }
    }
}

/// What a label or a lot address says today. Where several hold, the builder takes the first of: unknown, voided,
/// not_activated, recalled, held, licence_ended, expired, issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Issued,
    NotActivated,
    Voided,
    Held,
    Recalled,
    LicenceEnded,
    Expired,
    Unknown,
}

impl Verdict {
    pub const ALL: [Self; 8] = [
        Self::Issued,
        Self::NotActivated,
        Self::Voided,
        Self::Held,
        Self::Recalled,
        Self::LicenceEnded,
        Self::Expired,
        Self::Unknown,
    ];

    /// The name on the wire and in the locales.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Issued => "issued",
            Self::NotActivated => "not_activated",
            Self::Voided => "voided",
            Self::Held => "held",
            Self::Recalled => "recalled",
            Self::LicenceEnded => "licence_ended",
            Self::Expired => "expired",
            Self::Unknown => "unknown",
        }
    }
}

/// Why a batch is on hold, as far as the public is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HoldReason {
    TestFailed,
    UnderEnquiry,
    /// More went out than is on record.
    Discrepancy,
}

/// The whole scan page, and the body of the same address asked for as JSON.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ScanView {
    pub verdict: Verdict,
    /// The instant as of which all this holds.
    pub as_of: String,
    /// Where what is shown may be noticeably older than that: everything that was recorded until then is in it.
    pub data_from: Option<String>,
    /// GTIN-14 as scanned, also where it is unknown.
    pub gtin: String,
    pub lot: Option<String>,
    pub serial: Option<String>,
    /// Only for an address with a serial, and only once look-ups are counted.
    pub look_up: Option<LookUpCount>,
    /// With the verdict `held`.
    pub hold_reason: Option<HoldReason>,
    /// With the verdict `recalled`.
    pub recall: Option<RecallView>,
    pub batch: Option<BatchView>,
    pub product: Option<ProductView>,
    pub brand: Option<BrandView>,
    /// Oldest first.
    pub timeline: Vec<StepView>,
    pub tests: Vec<TestReportView>,
    pub certificate: Option<CertificateView>,
    pub treatments: Vec<TreatmentView>,
    pub origins: Vec<OriginView>,
    pub checks: Option<ChecksView>,
    pub contact: Option<ContactView>,
}

impl ScanView {
    /// The view of a code that was not issued here: the verdict and what was scanned, nothing else.
    pub fn bare(verdict: Verdict, gtin: impl Into<String>, as_of: impl Into<String>) -> Self {
        Self {
            verdict,
            as_of: as_of.into(),
            data_from: None,
            gtin: gtin.into(),
            lot: None,
            serial: None,
            look_up: None,
            hold_reason: None,
            recall: None,
            batch: None,
            product: None,
            brand: None,
            timeline: Vec::new(),
            tests: Vec::new(),
            certificate: None,
            treatments: Vec::new(),
            origins: Vec::new(),
            checks: None,
            contact: None,
        }
    }

    /// A treatment whose wait was not over when it was picked: the one that lacks most.
    pub fn interval_broken(&self) -> Option<&TreatmentView> {
        let broken = self.treatments.iter().filter(|treatment| !treatment.kept);
        broken.max_by_key(|treatment| treatment.interval_days.saturating_sub(treatment.days_kept))
    }

    /// Whether an organisation is not the one named as producer.
    pub fn producer_differs(&self, name: &Bilingual) -> bool {
        self.product.as_ref().is_none_or(|product| product.producer != *name)
    }
}

/// How often a serial was looked up by the public; staff and previews do not count.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LookUpCount {
    /// This look-up is number `nth`; 1 is the first.
    pub nth: u64,
    pub first_at: String,
    /// City or province, never finer.
    pub first_place: Option<Bilingual>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RecallView {
    pub reason: Bilingual,
    /// 1, 2 or 3 (食品召回管理办法).
    pub class: Option<u8>,
    pub since: String,
    /// Organisation and its telephone; never a person.
    pub contact: Bilingual,
}

/// The lot that the address resolves to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BatchView {
    /// The subject's handle, as in `/api/v1/batches/{id}`.
    pub id: String,
    pub lot_code: String,
    /// open, graded, packed, shipped, closed.
    pub state: String,
    pub held: bool,
    pub recalled: bool,
    /// Zero, or below it by what went out beyond what came in, in the unit of the batch.
    pub discrepancy: i64,
}

/// Which quiet drawing stands where no photo is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProductKind {
    Orange,
    Lychee,
    Tea,
    Generic,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProductView {
    pub name: Bilingual,
    pub variety: Option<Bilingual>,
    pub grade: Option<Bilingual>,
    /// Of one pack, in grams.
    pub net_content_g: Option<i64>,
    /// Pieces in one pack: a gift box of 12 fruit, a case of 6 boxes.
    pub pieces: Option<u32>,
    pub kind: ProductKind,
    pub photo: Option<String>,
    pub harvested_on: Option<String>,
    pub packed_on: Option<String>,
    pub best_before: Option<String>,
    pub producer: Bilingual,
    /// The producer's page here.
    pub producer_url: Option<String>,
    /// 产地 as on the pack: province, county.
    pub place: Option<Bilingual>,
    /// Product or grading standard by number and edition.
    pub standard: Option<Bilingual>,
    /// SC number, for foods that need one (tea, not fresh fruit).
    pub licence_sc: Option<String>,
    pub storage: Option<Bilingual>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BrandView {
    pub mark: Bilingual,
    pub sub_brand: Option<Bilingual>,
    pub owner: Option<Bilingual>,
    pub licence_no: String,
    pub in_force_at_packing: bool,
    pub in_force_today: bool,
    /// Last day of the licence, or the day of its end.
    pub until: Option<String>,
}

/// Where it grew, coarse by type: hundredths of a degree (WGS 84) cannot hold an exact point.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OriginView {
    /// Village or county.
    pub place: Bilingual,
    pub variety: Option<Bilingual>,
    pub altitude_m: Option<i32>,
    pub area_m2: Option<i64>,
    pub lat_centidegrees: Option<i32>,
    pub lon_centidegrees: Option<i32>,
    /// SF-P01.
    pub site_code: String,
    /// Handle of the plot.
    pub plot: String,
    /// Who grows there, where that person agreed to be named and did not withdraw it.
    pub grower: Option<String>,
    /// Share of this lot, where several plots went into it; thousandths.
    pub share_permille: Option<u32>,
}

/// What the service verified before it answered, and where to fetch the bytes that prove it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ChecksView {
    /// Handle of the batch.
    pub batch: String,
    /// Records in the batch's history, its own included.
    pub records: u64,
    /// Subjects (plots, batches, samples, licences …) in that history.
    pub subjects: u64,
    pub chain_ok: bool,
    pub history_ok: bool,
    /// Hash of the batch's last record, lower-case hexadecimal.
    pub head: String,
    pub chain_url: String,
    pub history_url: String,
    /// Up to where the log of all records was witnessed; nothing where no witness cosigned it.
    pub witnessed: Option<WitnessedView>,
    /// The operator asks witnesses for the log, and so far too few of them confirmed any state of it.
    pub awaits_witnesses: bool,
}

/// What witnesses said of the log that holds the batch's records.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WitnessedView {
    /// How many records of the log they cosigned.
    pub records: u64,
    /// When the newest of them did.
    pub at: String,
    /// Their names, as the operator's policy calls them.
    pub by: Vec<String>,
    /// Whether every record shown here is among these.
    pub covers_all: bool,
}

/// Whom to ask: an organisation, never a person.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ContactView {
    pub name: Bilingual,
    pub phone: Option<String>,
    pub place: Option<Bilingual>,
    /// Where to buy again; shown only beside an issued code, and only if it begins with `https://`.
    pub buy_url: Option<String>,
}
