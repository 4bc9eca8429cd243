//! Marks and licences, in their thinnest form: who may pack what under which mark, when, and how much.

use serde::Deserialize;
use utoipa::ToSchema;

use super::{Act, Needs, Note, Refusal, Step, Told, UniqueName};
use crate::domain::entities::Entity;
use crate::domain::gs1::Gtin;
use crate::domain::kinds::Name;
use crate::domain::kinds::licences::{LicenceGranted, LicenceRevoked, MarkRegistered};
use crate::domain::quantity::PositiveAmount;
use crate::domain::record::{Actor, Handle, Subject, SubjectKind};
use crate::domain::text::{Code, LongText};
use crate::domain::time::CivilDate;

/// Registers a mark of the association.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": {"zh": "示范之巅", "en": "Shifan Peak"}}))]
pub struct RegisterMark {
    pub name: Name,
    #[serde(flatten)]
    pub told: Told,
}

impl Act for RegisterMark {
    fn operation(&self) -> &'static str {
        "mark.register"
    }

    fn needs(&self, actor: &Actor, needs: &mut Needs) {
        needs.subject(actor.org);
    }

    fn decide(&self, step: &mut Step<'_>) -> Result<Subject, Refusal> {
        step.check_told(&self.told)?;
        let subject = step.new_subject(SubjectKind::Mark);
        let note = Note::told(&self.told).link(step.link("organisation", step.actor().org)?);
        step.write(subject, &MarkRegistered { name: self.name.clone(), media: self.told.media() }, note)?;
        Ok(subject)
    }
}

/// Lends a mark to an organisation for some packs and a period.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"number": "LIC-SF-2026-001", "mark": "00112233445566778899aabbccddeeff",
    "licensee": "ffeeddccbbaa99887766554433221100", "gtins": ["09520000100018"], "from": "2026-01-01",
    "until": "2027-01-01", "packs": 120000}))]
pub struct GrantLicence {
    #[schema(value_type = String)]
    pub number: Code<40>,
    #[schema(value_type = String)]
    pub mark: Handle,
    #[schema(value_type = String)]
    pub licensee: Handle,
    /// The packs that may wear the mark.
    #[schema(value_type = Vec<String>)]
    pub gtins: Vec<Gtin>,
    #[schema(value_type = String)]
    pub from: CivilDate,
    /// First day on which it is no longer in force.
    #[schema(value_type = String)]
    pub until: CivilDate,
    /// Quota of packs.
    #[schema(value_type = u64)]
    pub packs: PositiveAmount,
    #[serde(flatten)]
    pub told: Told,
}

const MAX_GTINS: usize = 100;

impl Act for GrantLicence {
    fn operation(&self) -> &'static str {
        "licence.grant"
    }

    fn needs(&self, actor: &Actor, needs: &mut Needs) {
        needs.subjects([self.mark, self.licensee, actor.org]);
        needs.name(UniqueName::own("licence", actor.org, self.number.as_str()));
        needs.names.extend(self.gtins.iter().map(|gtin| UniqueName::gtin(*gtin)));
    }

    fn decide(&self, step: &mut Step<'_>) -> Result<Subject, Refusal> {
        step.check_told(&self.told)?;
        let mark_name = match step.entity(self.mark) {
            Some(Entity::Mark(mark)) if mark.home == step.actor().org => mark.name.clone(),
            _ => return Err(Refusal::not_found("mark", self.mark)),
        };
        // Whoever is unnamed in public is named to nobody by being licensed.
        match step.entity(self.licensee) {
            Some(Entity::Organisation(licensee)) if !licensee.kind.is_unnamed_in_public() => {}
            _ => return Err(Refusal::not_found("licensee", self.licensee)),
        }
        if self.licensee == step.actor().org {
            return Err(Refusal::new("own-licence").at("licensee", self.licensee));
        }
        if self.from >= self.until {
            return Err(Refusal::new("window-reversed").at("until", self.until).expected(self.from.plus_days(1)));
        }
        if self.gtins.is_empty() || self.gtins.len() > MAX_GTINS {
            return Err(Refusal::new("gtins-required")
                .at("gtins", self.gtins.len())
                .expected(format!("1–{MAX_GTINS}")));
        }
        for (index, gtin) in self.gtins.iter().enumerate() {
            step.product_of(*gtin, &format!("gtins[{index}]"))?;
        }
        let subject = step.new_subject(SubjectKind::Licence);
        let name = UniqueName::own("licence", step.actor().org, self.number.as_str());
        step.claim(name, subject.handle, || Refusal::new("code-taken").at("number", &self.number))?;
        let note = Note::told(&self.told)
            .link(step.link("mark", self.mark)?)
            .link(step.link("organisation", step.actor().org)?);
        let body = LicenceGranted {
            number: self.number.clone(),
            mark: self.mark,
            mark_name,
            licensee: self.licensee,
            gtins: self.gtins.clone(),
            from: self.from,
            until: self.until,
            packs: self.packs,
            media: self.told.media(),
        };
        step.write(subject, &body, note)?;
        Ok(subject)
    }
}

/// Takes a licence back for cause.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "使用未登记的纸箱厂"}))]
pub struct RevokeLicence {
    #[serde(skip)]
    pub licence: Handle,
    #[schema(value_type = String)]
    pub reason: LongText<500>,
    #[serde(flatten)]
    pub told: Told,
}

impl Act for RevokeLicence {
    fn operation(&self) -> &'static str {
        "licence.revoke"
    }

    fn needs(&self, _actor: &Actor, needs: &mut Needs) {
        needs.subject(self.licence);
    }

    fn decide(&self, step: &mut Step<'_>) -> Result<Subject, Refusal> {
        step.check_told(&self.told)?;
        let licence = step.own_licence(self.licence, "licence")?;
        if let Some(day) = licence.revoked_on {
            return Err(Refusal::new("licence-revoked").at("licence", &licence.number).detail("day", day));
        }
        let subject = Subject::new(SubjectKind::Licence, self.licence);
        let body = LicenceRevoked { on: step.day_of(&self.told), reason: self.reason.clone() };
        step.write(subject, &body, Note::told(&self.told))?;
        Ok(subject)
    }
}
