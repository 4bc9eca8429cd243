//! Organisations: who acts. Buyers and households stay unnamed in public: their name and code are sealed.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Media, Name, SealClass, kinds};
use crate::domain::gs1::Gln;
use crate::domain::record::Role;
use crate::domain::text::{Code, Text};
use crate::domain::uscc::Uscc;

/// What an organisation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrganisationKind {
    Cooperative,
    FamilyFarm,
    Company,
    Household,
    Packhouse,
    Processor,
    Laboratory,
    Association,
    Logistics,
    Buyer,
    Regulator,
    Operator,
}

impl OrganisationKind {
    /// The role under which its people act (DESIGN §4: `cooperative` stands for whoever holds goods).
    pub fn role(self) -> Role {
        match self {
            Self::Laboratory => Role::Laboratory,
            Self::Association => Role::Association,
            Self::Regulator => Role::Regulator,
            Self::Operator => Role::Operator,
            _ => Role::Cooperative,
        }
    }

    /// It deals in what others grow: nothing begins with a harvest.
    pub fn only_trades(self) -> bool {
        matches!(self, Self::Buyer | Self::Logistics)
    }

    /// Buyers are a commercial secret of who sells to them, households are persons.
    pub fn is_unnamed_in_public(self) -> bool {
        matches!(self, Self::Buyer | Self::Household)
    }
}

/// `organisation.registered`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationRegistered {
    pub kind: OrganisationKind,
    pub role: Role,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// 统一社会信用代码; sealed for buyers, absent for households.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uscc: Option<Uscc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gln: Option<Gln>,
    /// County or district, never a street address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Name>,
    /// Code of the administrative division (GB/T 2260 and below).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Code<12>>,
    /// The organisation's public telephone; never a farmer's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Text<40>>,
    /// A laboratory's CMA accreditation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accreditation: Option<Accreditation>,
    /// Minutes east of UTC in which civil dates of this instance are meant; only in the operator's own record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub utc_offset_minutes: Option<i32>,
    #[serde(flatten)]
    pub media: Media,
}

/// A laboratory's accreditation (CMA) and how long it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Accreditation {
    #[schema(example = "示范-2026-001")]
    pub cma: Text<60>,
    pub until: crate::domain::time::CivilDate,
}

kinds! {
    OrganisationRegistered = "organisation.registered"
        sealed &[("contact", SealClass::Personal), ("name", SealClass::Parties), ("uscc", SealClass::Parties)],
}
