//! Admitting an organisation. Buyers and households stay unnamed in public records.

use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{Act, Needs, Note, Refusal, Step, Told, UniqueName};
use crate::domain::gs1::Gln;
use crate::domain::kinds::Name;
use crate::domain::kinds::organisations::{Accreditation, OrganisationKind, OrganisationRegistered};
use crate::domain::record::{Actor, Handle, Subject, SubjectKind};
use crate::domain::text::{Code, Text};
use crate::domain::uscc::Uscc;

/// Registers an organisation.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "cooperative", "name": {"zh": "示范红旗脐橙合作社", "en": "Hongqi Navel Orange Cooperative"},
    "uscc": "93999001MA0000015G", "place": {"zh": "示范县", "en": "Demo County"}}))]
pub struct RegisterOrganisation {
    pub kind: OrganisationKind,
    pub name: Name,
    /// 统一社会信用代码; households have none.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "93999001MA0000015G")]
    pub uscc: Option<Uscc>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub gln: Option<Gln>,
    /// County or district.
    #[serde(default)]
    pub place: Option<Name>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub region: Option<Code<12>>,
    /// The organisation's public telephone.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub phone: Option<Text<40>>,
    #[serde(default)]
    pub accreditation: Option<Accreditation>,
    /// A person to turn to; sealed.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub contact: Option<Text<120>>,
    /// Minutes east of UTC of civil dates; only for the operator's own organisation.
    #[serde(default)]
    pub utc_offset_minutes: Option<i32>,
    #[serde(flatten)]
    pub told: Told,
}

impl Act for RegisterOrganisation {
    fn operation(&self) -> &'static str {
        "organisation.register"
    }

    fn needs(&self, _actor: &Actor, needs: &mut Needs) {
        needs.names.extend(self.uscc.as_ref().map(UniqueName::uscc));
    }

    fn decide(&self, step: &mut Step<'_>) -> Result<Subject, Refusal> {
        step.check_told(&self.told)?;
        if self.uscc.is_none() && self.kind != OrganisationKind::Household {
            return Err(Refusal::new("uscc-required").at("uscc", "").expected("93999001MA0000015G"));
        }
        if self.accreditation.is_some() && self.kind != OrganisationKind::Laboratory {
            return Err(Refusal::new("not-a-laboratory").at("accreditation", format!("{:?}", self.kind)));
        }
        let subject = step.new_subject(SubjectKind::Organisation);
        if let Some(uscc) = &self.uscc {
            step.claim(UniqueName::uscc(uscc), subject.handle, || Refusal::new("uscc-taken").at("uscc", uscc))?;
        }
        self.register(step, subject)
    }
}

impl RegisterOrganisation {
    /// Writes the first record of `subject`.
    pub(crate) fn register(&self, step: &mut Step<'_>, subject: Subject) -> Result<Subject, Refusal> {
        let unnamed = self.kind.is_unnamed_in_public();
        let body = OrganisationRegistered {
            kind: self.kind,
            role: self.kind.role(),
            name: (!unnamed).then(|| self.name.clone()),
            uscc: self.uscc.clone().filter(|_| !unnamed),
            gln: self.gln.filter(|_| !unnamed),
            place: self.place.clone(),
            region: self.region.clone(),
            phone: self.phone.clone().filter(|_| !unnamed),
            accreditation: self.accreditation.clone(),
            utc_offset_minutes: self.utc_offset_minutes,
            media: self.told.media(),
        };
        let mut note = Note::told(&self.told);
        if unnamed {
            note = note.seal("name", json!(self.name));
            if let Some(uscc) = &self.uscc {
                note = note.seal("uscc", uscc.as_str());
            }
        }
        if let Some(contact) = &self.contact {
            note = note.seal("contact", contact.as_str());
        }
        step.write(subject, &body, note)?;
        Ok(subject)
    }
}

/// The operator's own organisation: the first record of an instance, written by itself.
#[derive(Debug, Clone)]
pub struct FoundInstance {
    /// Drawn before the act, because the act's actor is the organisation itself.
    pub handle: Handle,
    pub organisation: RegisterOrganisation,
}

impl Act for FoundInstance {
    fn operation(&self) -> &'static str {
        "instance.found"
    }

    fn needs(&self, actor: &Actor, needs: &mut Needs) {
        self.organisation.needs(actor, needs);
    }

    fn decide(&self, step: &mut Step<'_>) -> Result<Subject, Refusal> {
        let subject = Subject::new(SubjectKind::Organisation, self.handle);
        if let Some(uscc) = &self.organisation.uscc {
            step.claim(UniqueName::uscc(uscc), self.handle, || Refusal::new("uscc-taken").at("uscc", uscc))?;
        }
        self.organisation.register(step, subject)
    }
}
