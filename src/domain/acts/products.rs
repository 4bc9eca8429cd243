//! Registering a product.

use serde::Deserialize;
use utoipa::ToSchema;

use super::{Act, Needs, Note, Refusal, Step, Told, UniqueName};
use crate::domain::gs1::Gtin;
use crate::domain::kinds::Name;
use crate::domain::kinds::products::{ProductForm, ProductRegistered, StorageAdvice};
use crate::domain::quantity::{PositiveGrams, Unit};
use crate::domain::record::{Actor, Subject, SubjectKind};
use crate::domain::text::{Code, Text};

/// Registers what a GTIN stands for. Loose goods need one too.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"gtin": "09520000100018", "name": {"zh": "脐橙 5 kg 箱装", "en": "Navel oranges, 5 kg carton"},
    "commodity": "navel_orange", "grade": "特级", "form": "pack", "unit": "pieces", "net_g": 5000, "requires_cert": true}))]
pub struct RegisterProduct {
    #[schema(value_type = String)]
    pub gtin: Gtin,
    pub name: Name,
    /// `navel_orange`, `lychee`, `tea`, …
    #[schema(value_type = String)]
    pub commodity: Code<40>,
    #[serde(default)]
    pub variety: Option<Name>,
    /// The only grade that may be packed under this GTIN.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub grade: Option<Text<40>>,
    pub form: ProductForm,
    pub unit: Unit,
    /// Net content of one pack; packs and cases need it.
    #[serde(default)]
    #[schema(value_type = Option<u64>)]
    pub net_g: Option<PositiveGrams>,
    #[serde(default)]
    pub shelf_life_days: Option<u32>,
    #[serde(default)]
    pub requires_cert: bool,
    #[serde(default)]
    pub plausible_t_per_ha: Option<u32>,
    #[serde(default)]
    pub storage: Option<StorageAdvice>,
    #[serde(flatten)]
    pub told: Told,
}

impl Act for RegisterProduct {
    fn operation(&self) -> &'static str {
        "product.register"
    }

    fn needs(&self, _actor: &Actor, needs: &mut Needs) {
        needs.name(UniqueName::gtin(self.gtin));
    }

    fn decide(&self, step: &mut Step<'_>) -> Result<Subject, Refusal> {
        step.check_told(&self.told)?;
        if self.form != ProductForm::Loose && self.net_g.is_none() {
            return Err(Refusal::new("net-content-required").at("net_g", "").expected(5000));
        }
        if self.form != ProductForm::Loose && self.unit != Unit::Pieces {
            return Err(Refusal::new("packs-are-counted").at("unit", "grams").expected("pieces"));
        }
        let subject = step.new_subject(SubjectKind::Product);
        step.claim(UniqueName::gtin(self.gtin), subject.handle, || Refusal::new("gtin-taken").at("gtin", self.gtin))?;
        let body = ProductRegistered {
            gtin: self.gtin,
            name: self.name.clone(),
            commodity: self.commodity.clone(),
            variety: self.variety.clone(),
            grade: self.grade.clone(),
            form: self.form,
            unit: self.unit,
            net_g: self.net_g,
            shelf_life_days: self.shelf_life_days,
            requires_cert: self.requires_cert,
            plausible_t_per_ha: self.plausible_t_per_ha,
            storage: self.storage.clone(),
            media: self.told.media(),
        };
        step.write(subject, &body, Note::told(&self.told))?;
        Ok(subject)
    }
}
