//! An organisation as it is now.

use serde::{Deserialize, Serialize};

use super::{Fact, Inapplicable, misplaced};
use crate::domain::kinds::organisations::{Accreditation, OrganisationKind, OrganisationRegistered};
use crate::domain::kinds::{Body, Name};
use crate::domain::record::{Handle, Role};
use crate::domain::uscc::Uscc;

/// Who acts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Organisation {
    pub home: Handle,
    pub kind: OrganisationKind,
    pub role: Role,
    /// Absent where the name is sealed.
    pub name: Option<Name>,
    pub uscc: Option<Uscc>,
    /// Known while the opening exists; for those who deal with it, never for the public.
    pub sealed_name: Option<Name>,
    pub sealed_uscc: Option<Uscc>,
    pub place: Option<Name>,
    pub phone: Option<String>,
    pub accreditation: Option<Accreditation>,
    pub utc_offset_minutes: Option<i32>,
}

impl Organisation {
    pub(super) fn open(fact: &Fact<'_>) -> Result<Self, Inapplicable> {
        let body = OrganisationRegistered::read(fact.record)?;
        let opened = |field: &str| fact.opened.get(field).cloned();
        Ok(Self {
            sealed_name: opened("name").and_then(|value| serde_json::from_value(value).ok()),
            sealed_uscc: opened("uscc").and_then(|value| serde_json::from_value(value).ok()),
            home: fact.record.subject.handle,
            kind: body.kind,
            role: body.role,
            name: body.name,
            uscc: body.uscc,
            place: body.place,
            phone: body.phone.map(|phone| phone.to_string()),
            accreditation: body.accreditation,
            utc_offset_minutes: body.utc_offset_minutes,
        })
    }

    pub(super) fn apply(&mut self, fact: &Fact<'_>) -> Result<(), Inapplicable> {
        Err(misplaced(fact.record))
    }
}
