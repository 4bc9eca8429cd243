//! A lot's story as steps. Each step has a kind (worded by the locales), an organisation, a coarse place and the
//! figures that matter. A correction is a step of its own and shows both values; nothing is ever left out for being
//! awkward. Holds no free text of persons except a note that passed the public form.

use super::Bilingual;
use crate::domain::kinds::batches::{HoldReason, LossReason};
use crate::domain::record::Handle;
use serde::Serialize;
use utoipa::ToSchema;

/// The kinds once: variant, name on the wire and in the locales.
macro_rules! step_kinds {
    ($($variant:ident = $name:literal,)*) => {
        /// What happened. `as_str` names the text in the locales (`step-<kind>`).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum StepKind {
            $($variant,)*
        }

        impl StepKind {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

step_kinds! {
    Licensed = "licensed",
    LicenceEnded = "licence_ended",
    Opened = "opened",
    Harvested = "harvested",
    Bought = "bought",
    Received = "received",
    Washed = "washed",
    Preserved = "preserved",
    Cooled = "cooled",
    Withered = "withered",
    Dried = "dried",
    Processed = "processed",
    Graded = "graded",
    Split = "split",
    Merged = "merged",
    Sampled = "sampled",
    SampleReceived = "sample_received",
    Screened = "screened",
    Tested = "tested",
    Held = "held",
    Released = "released",
    Certificate = "certificate",
    CertificateVoided = "certificate_voided",
    Packed = "packed",
    Stored = "stored",
    Shipped = "shipped",
    Arrived = "arrived",
    Returned = "returned",
    Lost = "lost",
    Recalled = "recalled",
    RecallClosed = "recall_closed",
    Closed = "closed",
    Noted = "noted",
    Corrected = "corrected",
    Withheld = "withheld",
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StepView {
    pub kind: StepKind,
    /// The day it happened.
    pub date: String,
    /// Last day, where it took several.
    pub until: Option<String>,
    /// The day it was written down, where that was another day.
    pub recorded_on: Option<String>,
    /// The organisation.
    pub who: Bilingual,
    /// Coarse: county, orchard code, packhouse.
    #[serde(rename = "where")]
    pub where_: Option<Bilingual>,
    /// The lot that the step was about, where it is not the scanned one.
    pub lot: Option<String>,
    pub figures: Vec<Figure>,
    pub note: Option<Bilingual>,
    /// Addresses on this host.
    pub photos: Vec<String>,
    /// Papers that came with it, on this host; that of a test report stands with the report.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub documents: Vec<String>,
    /// Shown only if they begin with `https://`.
    pub videos: Vec<String>,
    pub correction: Option<CorrectionView>,
    /// The record that became the step, by its subject and its place in that chain: for pages of the house.
    #[serde(skip)]
    pub record: Option<(Handle, u64)>,
}

impl StepView {
    /// A step with its day and its organisation; the rest is filled in by name.
    pub fn new(kind: StepKind, date: impl Into<String>, who: Bilingual) -> Self {
        Self {
            kind,
            date: date.into(),
            until: None,
            recorded_on: None,
            who,
            where_: None,
            lot: None,
            figures: Vec::new(),
            note: None,
            photos: Vec::new(),
            documents: Vec::new(),
            videos: Vec::new(),
            correction: None,
            record: None,
        }
    }
}

/// Old and new stand side by side; `old` and `new` carry their unit ("96,000 kg").
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CorrectionView {
    pub what: Bilingual,
    pub old: String,
    pub new: String,
    pub reason: String,
}

/// A figure that matters in a step. Laboratory decimals are strings, so that the reported digits stay.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(tag = "figure", rename_all = "snake_case")]
pub enum Figure {
    /// What the step was about: harvested, received, sampled, packed, shipped.
    Weight {
        g: i64,
    },
    /// What went in, where something else came out.
    Input {
        g: i64,
    },
    Output {
        g: i64,
    },
    Loss {
        g: i64,
    },
    /// Left over from the step.
    Rest {
        g: i64,
    },
    Packs {
        count: u64,
        net_g: Option<i64>,
    },
    Crates {
        count: u64,
        net_g: Option<i64>,
    },
    Pieces {
        count: u64,
    },
    /// Tenths of a degree Celsius; equal ends are one value.
    Temperature {
        low_tenths: i32,
        high_tenths: i32,
    },
    /// Once out of its range: the highest value and for how long.
    Excursion {
        tenths: i32,
        minutes: u32,
    },
    Humidity {
        low_percent: u32,
        high_percent: u32,
    },
    Minutes {
        minutes: u32,
    },
    /// °Brix at 20 °C: mean, and the span of `n` fruit.
    Brix {
        mean: String,
        low: Option<String>,
        high: Option<String>,
        n: Option<u32>,
    },
    /// Titratable acid, g/100 mL.
    Acid {
        value: String,
    },
    SugarAcidRatio {
        value: String,
    },
    EdiblePercent {
        value: String,
    },
    FruitMass {
        low_g: u32,
        high_g: u32,
    },
    FruitSize {
        low_mm: u32,
        high_mm: u32,
    },
    /// A preservative or treatment that the producer declared.
    Agent {
        product: Bilingual,
        active: Option<Bilingual>,
        dose: String,
    },
    /// One grade's part of the run; thousandths of what went in or was harvested.
    GradeShare {
        grade: Bilingual,
        g: i64,
        permille: Option<u32>,
    },
    Standard {
        name: Bilingual,
    },
    /// Enzyme inhibition in percent, and whether that is positive; nothing where it was not judged.
    Inhibition {
        percent: String,
        positive: Option<bool>,
    },
    /// Sample, report or certificate number.
    Reference {
        no: String,
    },
    /// Number of the report that another one confirmed or tested again.
    Retested {
        no: String,
    },
    /// What a correction left open: so much more went out than came in, with its unit ("1,000 kg").
    Discrepancy {
        amount: String,
    },
    /// Why goods are gone.
    LostBy {
        reason: LossReason,
    },
    /// Why goods were or are not to be sold.
    HeldFor {
        reason: HoldReason,
    },
    /// Pre-harvest intervals at harvest: all kept; days since the last treatment.
    IntervalsKept {
        last_days: Option<u32>,
    },
    Analytes {
        count: u32,
        failed: u32,
    },
    /// From or into another lot.
    Lot {
        code: String,
        g: Option<i64>,
    },
}
