//! An organisation as it is now.

use serde::{Deserialize, Serialize};

use super::{Fact, Inapplicable, Why, Withheld, misplaced};
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
    pub sealed_name: Option<Withheld<Name>>,
    pub sealed_uscc: Option<Withheld<Uscc>>,
    /// Sealed fields whose openings were destroyed, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub withheld: Vec<String>,
    pub place: Option<Name>,
    pub phone: Option<String>,
    pub accreditation: Option<Accreditation>,
    pub utc_offset_minutes: Option<i32>,
}

impl Organisation {
    /// The name, for a reader who may know it also where the public does not.
    pub fn name_for(&self, why: Why) -> Option<&Name> {
        self.name.as_ref().or_else(|| self.sealed_name.as_ref().map(|name| name.open(why)))
    }

    pub fn uscc_for(&self, why: Why) -> Option<&Uscc> {
        self.uscc.as_ref().or_else(|| self.sealed_uscc.as_ref().map(|uscc| uscc.open(why)))
    }

    pub(super) fn open(fact: &Fact<'_>) -> Result<Self, Inapplicable> {
        let body = OrganisationRegistered::read(fact.record)?;
        let opened = |field: &str| fact.opened.get(field).cloned();
        Ok(Self {
            sealed_name: opened("name").and_then(|value| serde_json::from_value(value).ok()),
            sealed_uscc: opened("uscc").and_then(|value| serde_json::from_value(value).ok()),
            withheld: Vec::new(),
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

    pub(super) fn forget(&mut self, erased: impl Fn(&str) -> bool) {
        for field in ["contact", "name", "uscc"] {
            if erased(field) && !self.withheld.iter().any(|known| known == field) {
                self.withheld.push(field.to_owned());
            }
        }
        self.sealed_name.take_if(|_| erased("name"));
        self.sealed_uscc.take_if(|_| erased("uscc"));
    }

    pub(super) fn apply(&mut self, fact: &Fact<'_>) -> Result<(), Inapplicable> {
        Err(misplaced(fact.record))
    }
}
