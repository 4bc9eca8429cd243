//! Marks and licences: what an association owns, and to whom it lends it for which packs.

use serde::{Deserialize, Serialize};

use super::{Media, Name, kinds};
use crate::domain::gs1::{Gtin, Lot};
use crate::domain::quantity::PositiveAmount;
use crate::domain::record::Handle;
use crate::domain::text::{Code, LongText};
use crate::domain::time::CivilDate;

/// `mark.registered`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkRegistered {
    pub name: Name,
    #[serde(flatten)]
    pub media: Media,
}

/// `licence.granted`; in force from `from` until the day before `until` (half-open).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LicenceGranted {
    pub number: Code<40>,
    pub mark: Handle,
    pub mark_name: Name,
    pub licensee: Handle,
    /// The packs that may wear the mark.
    pub gtins: Vec<Gtin>,
    pub from: CivilDate,
    pub until: CivilDate,
    /// Quota for the whole period.
    pub packs: PositiveAmount,
    #[serde(flatten)]
    pub media: Media,
}

/// `licence.used`: packs were packed under the mark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LicenceUsed {
    pub batch: Handle,
    pub gtin: Gtin,
    pub lot: Lot,
    pub packs: PositiveAmount,
    pub packed_on: CivilDate,
}

/// `licence.revoked`: for cause; also what was packed in time loses its right to the mark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LicenceRevoked {
    pub on: CivilDate,
    pub reason: LongText<500>,
}

kinds! {
    MarkRegistered = "mark.registered",
    LicenceGranted = "licence.granted",
    LicenceUsed = "licence.used",
    LicenceRevoked = "licence.revoked",
}
