//! The look-up page and what it leads to: products, producers, lots, and the form that takes a report of a problem.
//! Public facts only; holds no counts of sales and no names of persons.

use super::{Bilingual, ProductKind, Verdict};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct LookupView {
    /// What was typed, as typed.
    pub query: Option<String>,
    pub error: Option<LookupError>,
    pub results: Vec<LookupResult>,
    pub products: Vec<ProductEntry>,
    pub producers: Vec<ProducerEntry>,
}

/// Why a query led nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LookupError {
    NotFound,
    BadCheckDigit,
    BadCharacters,
    TooLong,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LookupResult {
    pub name: Bilingual,
    pub gtin: Option<String>,
    pub lot: Option<String>,
    pub producer: Option<Bilingual>,
    pub date: Option<String>,
    pub verdict: Option<Verdict>,
    pub url: String,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProductEntry {
    pub name: Bilingual,
    pub kind: ProductKind,
    pub gtin: String,
    pub producer: Bilingual,
    pub url: String,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProducerEntry {
    pub name: Bilingual,
    pub place: Option<Bilingual>,
    pub products: u32,
    pub url: String,
}

/// `/01/{gtin}`: a product and its lots.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProductPageView {
    pub name: Bilingual,
    pub variety: Option<Bilingual>,
    pub grade: Option<Bilingual>,
    pub kind: ProductKind,
    pub gtin: String,
    pub net_content_g: Option<i64>,
    pub pieces: Option<u32>,
    pub producer: Bilingual,
    pub producer_url: Option<String>,
    pub storage: Option<Bilingual>,
    /// Newest first.
    pub lots: Vec<LotEntry>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LotEntry {
    pub lot: String,
    pub packed_on: Option<String>,
    pub harvested_on: Option<String>,
    pub verdict: Verdict,
    pub url: String,
}

/// A producer: an organisation, with what it grows and its licences.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProducerPageView {
    pub name: Bilingual,
    pub place: Option<Bilingual>,
    /// 统一社会信用代码.
    pub credit_code: Option<String>,
    pub households: Option<u32>,
    pub area_m2: Option<i64>,
    pub phone: Option<String>,
    pub licences: Vec<LicenceEntry>,
    pub products: Vec<ProductEntry>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LicenceEntry {
    pub mark: Bilingual,
    pub licence_no: String,
    pub from: String,
    pub until: Option<String>,
    pub in_force_today: bool,
}

/// The form of a report and, after a refused attempt, what was typed.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct ReportForm {
    /// The scanned address (path) that the report is about.
    pub code: String,
    pub kind: Option<ReportKind>,
    pub text: String,
    pub contact: String,
    /// Field that was refused, if any.
    pub error: Option<ReportError>,
}

impl ReportForm {
    pub fn refused(&self, error: ReportError) -> bool {
        self.error == Some(error)
    }

    pub fn chosen(&self, kind: &ReportKind) -> bool {
        self.kind.as_ref() == Some(kind)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportKind {
    /// The pack and the page differ.
    Mismatch,
    /// Looked up before, though the pack was just opened.
    LookedUpBefore,
    Quality,
    /// The label was damaged, pasted over or hard to read.
    Label,
    Other,
}

impl ReportKind {
    pub const ALL: [Self; 5] = [Self::Mismatch, Self::LookedUpBefore, Self::Quality, Self::Label, Self::Other];

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// The value in the form and the name in the locales.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mismatch => "mismatch",
            Self::LookedUpBefore => "looked_up_before",
            Self::Quality => "quality",
            Self::Label => "label",
            Self::Other => "other",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportError {
    KindMissing,
    TextMissing,
    TextTooLong,
}
