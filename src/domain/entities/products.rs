//! A product as it is now.

use serde::{Deserialize, Serialize};

use super::{Fact, Inapplicable};
use crate::domain::gs1::Gtin;
use crate::domain::kinds::products::{ProductForm, ProductRegistered, StorageAdvice};
use crate::domain::kinds::{Body, Name};
use crate::domain::quantity::{PositiveGrams, Unit};
use crate::domain::record::Handle;
use crate::domain::text::Text;

/// What a GTIN stands for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Product {
    pub home: Handle,
    pub gtin: Gtin,
    pub name: Name,
    pub commodity: String,
    pub variety: Option<Name>,
    pub grade: Option<Text<40>>,
    pub form: ProductForm,
    pub unit: Unit,
    pub net_g: Option<PositiveGrams>,
    pub shelf_life_days: Option<u32>,
    pub requires_cert: bool,
    pub plausible_t_per_ha: u32,
    pub storage: Option<StorageAdvice>,
}

/// Asked twice above this where the product names no other figure (t/ha and season).
const PLAUSIBLE_T_PER_HA: u32 = 60;

impl Product {
    pub(super) fn open(fact: &Fact<'_>) -> Result<Self, Inapplicable> {
        let body = ProductRegistered::read(fact.record)?;
        Ok(Self {
            home: fact.record.actor.org,
            gtin: body.gtin,
            name: body.name,
            commodity: body.commodity.to_string(),
            variety: body.variety,
            grade: body.grade,
            form: body.form,
            unit: body.unit,
            net_g: body.net_g,
            shelf_life_days: body.shelf_life_days,
            requires_cert: body.requires_cert,
            plausible_t_per_ha: body.plausible_t_per_ha.unwrap_or(PLAUSIBLE_T_PER_HA),
            storage: body.storage,
        })
    }
}
