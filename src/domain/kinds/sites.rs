//! Places: plots where goods grow, packhouses and stores where they are handled. The exact outline is sealed; public
//! records hold coordinates rounded to 0.01° (about one kilometre).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Media, Name, SealClass, kinds};
use crate::domain::decimal::Decimal;
use crate::domain::gs1::Lot;
use crate::domain::quantity::PositiveAmount;
use crate::domain::record::Handle;
use crate::domain::text::{Code, Text};
use crate::domain::time::CivilDate;

/// What a site that is no plot is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SiteKind {
    Packhouse,
    Store,
    Slaughterhouse,
    Workshop,
    Apiary,
    Forest,
}

/// `site.registered`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteRegistered {
    pub code: Code<20>,
    pub kind: SiteKind,
    pub name: Name,
    pub place: Name,
    #[serde(flatten)]
    pub media: Media,
}

/// `plot.registered`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlotRegistered {
    pub code: Code<20>,
    pub place: Name,
    pub area_m2: u64,
    pub crop: Name,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variety: Option<Name>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub altitude_m: Option<i64>,
    pub near: CoarsePoint,
    #[serde(flatten)]
    pub media: Media,
}

/// WGS84 degrees with two decimals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CoarsePoint {
    #[schema(value_type = String, example = "31.02")]
    pub lat: Decimal,
    #[schema(value_type = String, example = "109.46")]
    pub lon: Decimal,
}

/// `plot.treated`: a plant protection product was applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlotTreated {
    /// Trade name and formulation, such as `阿维菌素 1.8% EC`.
    pub product: Text<120>,
    /// Active ingredient: the name that the laboratory's panel is compared with.
    pub active: Text<60>,
    pub dose: Text<60>,
    pub on: CivilDate,
    /// 安全间隔期: whole civil days between this and a harvest.
    pub interval_days: u32,
    /// 每季最多使用次数
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most_per_season: Option<u32>,
    #[serde(flatten)]
    pub media: Media,
}

/// `plot.input_used`: fertiliser, film, seedlings and other inputs without an interval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlotInputUsed {
    pub name: Text<120>,
    pub purpose: Text<60>,
    pub dose: Text<60>,
    pub on: CivilDate,
    #[serde(flatten)]
    pub media: Media,
}

/// `plot.noted`: a photo, document, film or remark that came later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlotNoted {
    /// Position of the record it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<u64>,
    #[serde(flatten)]
    pub media: Media,
}

/// `plot.consented`: the grower agrees that the public is told the name under `shown_as`, which is sealed. Shown while the newest
/// word on it is not `plot.consent_withdrawn`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlotConsented {
    pub shows: Shows,
    pub how: ConsentForm,
}

impl PlotConsented {
    /// The sealed field that holds the name.
    pub const SHOWN_AS: &'static str = "shown_as";
}

/// `plot.consent_withdrawn`: from here on it is not shown any more, on no page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlotConsentWithdrawn {
    pub shows: Shows,
}

/// What a consent is about; each is a consent of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Shows {
    /// The name of who grows on the plot.
    Grower,
}

/// How somebody agreed; whoever recorded it keeps the proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConsentForm {
    /// On signed paper.
    Paper,
    /// Spoken, before whoever recorded it.
    Spoken,
    /// In a message.
    Message,
}

impl ConsentForm {
    /// The name on the wire and in the locales.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Paper => "paper",
            Self::Spoken => "spoken",
            Self::Message => "message",
        }
    }
}

/// `plot.harvested`: what one batch took from this plot; the season's sum is judged by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlotHarvested {
    pub batch: Handle,
    pub lot: Lot,
    pub quantity: PositiveAmount,
    pub from: CivilDate,
    pub to: CivilDate,
}

kinds! {
    SiteRegistered = "site.registered",
    PlotRegistered = "plot.registered" sealed &[("grower", SealClass::Personal), ("outline", SealClass::Parties)],
    PlotTreated = "plot.treated" sealed &[("worker", SealClass::Personal)],
    PlotInputUsed = "plot.input_used",
    PlotHarvested = "plot.harvested",
    PlotNoted = "plot.noted",
    PlotConsented = "plot.consented" sealed &[("shown_as", SealClass::Personal)],
    PlotConsentWithdrawn = "plot.consent_withdrawn",
}
