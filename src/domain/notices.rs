//! What an organisation is told of: news that somebody else recorded, and days that come near.

use serde::{Deserialize, Serialize};

use super::invalid::Invalid;
use super::record::Handle;
use super::time::Instant;

/// What a notice is about. The name is also the `type` of what is sent to webhooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum NoticeKind {
    /// A laboratory's report on an own batch is over a limit; the batch is held.
    ResultFailed,
    ResultPassed,
    /// Reported without limits to judge it by: never to be read as passed.
    ResultNotJudged,
    /// For an association: a report on goods that are packed under its mark, or on what they were made from, is over a limit.
    LicensedFailed,
    /// For the laboratory: a sample was drawn for it.
    SampleDrawn,
    /// A treatment that was recorded late, or a corrected day, breaks the wait before a harvest of the one who is told.
    IntervalBroken,
    /// Goods are on their way to the one who is told.
    ShipmentSent,
    /// Goods that were shipped to the one who is told are recalled.
    ShipmentRecalled,
    LicenceGranted,
    LicenceRevoked,
    /// In 30 days or less.
    LicenceEnds,
}

impl NoticeKind {
    pub const ALL: &'static [Self] = &[
        Self::ResultFailed,
        Self::ResultPassed,
        Self::ResultNotJudged,
        Self::LicensedFailed,
        Self::SampleDrawn,
        Self::IntervalBroken,
        Self::ShipmentSent,
        Self::ShipmentRecalled,
        Self::LicenceGranted,
        Self::LicenceRevoked,
        Self::LicenceEnds,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ResultFailed => "result.failed",
            Self::ResultPassed => "result.passed",
            Self::ResultNotJudged => "result.not_judged",
            Self::LicensedFailed => "licensed.failed",
            Self::SampleDrawn => "sample.drawn",
            Self::IntervalBroken => "interval.broken",
            Self::ShipmentSent => "shipment.sent",
            Self::ShipmentRecalled => "shipment.recalled",
            Self::LicenceGranted => "licence.granted",
            Self::LicenceRevoked => "licence.revoked",
            Self::LicenceEnds => "licence.ends",
        }
    }

    /// The page of the console that shows more, below its address.
    pub fn page(self, subject: Handle) -> String {
        match self {
            Self::ResultFailed | Self::ResultPassed | Self::ResultNotJudged | Self::IntervalBroken => {
                format!("/console/batches/{subject}")
            }
            Self::SampleDrawn => "/console/samples".to_owned(),
            Self::ShipmentSent | Self::ShipmentRecalled => "/console/shipments?direction=in".to_owned(),
            Self::LicenceGranted | Self::LicenceRevoked | Self::LicenceEnds | Self::LicensedFailed => {
                format!("/console/licences/{subject}")
            }
        }
    }
}

impl std::str::FromStr for NoticeKind {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let found = Self::ALL.iter().find(|kind| kind.as_str() == text);
        found.copied().ok_or_else(|| Invalid::new("notice-kind", text, "result.failed"))
    }
}

impl From<NoticeKind> for String {
    fn from(kind: NoticeKind) -> Self {
        kind.as_str().to_owned()
    }
}

impl TryFrom<String> for NoticeKind {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

/// Something that an organisation is told, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    pub home: Handle,
    /// Names what it is told of, so that nothing is told twice: the place in the log, or the licence and its end.
    pub once: String,
    pub kind: NoticeKind,
    pub subject: Handle,
    /// Lot, sample code or licence number.
    pub about: String,
    pub told_at: Instant,
    pub seen_at: Option<Instant>,
}
