//! Products: what a GTIN stands for. Loose goods have one too, so that every batch has a Digital Link address.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Media, Name, kinds};
use crate::domain::gs1::Gtin;
use crate::domain::quantity::{PositiveGrams, Unit};
use crate::domain::text::{Code, LongText, Text};

/// How the goods are traded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProductForm {
    /// By weight, in crates or sacks.
    Loose,
    /// A consumer pack, counted in packs.
    Pack,
    /// A case of packs.
    Case,
}

/// `product.registered`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductRegistered {
    pub gtin: Gtin,
    pub name: Name,
    /// Machine name of the commodity, such as `navel_orange`, `lychee`, `tea`.
    pub commodity: Code<40>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variety: Option<Name>,
    /// The only grade that may be packed under this GTIN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<Text<40>>,
    pub form: ProductForm,
    pub unit: Unit,
    /// Net content of one pack.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub net_g: Option<PositiveGrams>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shelf_life_days: Option<u32>,
    /// 承诺达标合格证 is due before sale (fruit, vegetables, fresh tea leaf, eggs, live animals, farmed fish).
    pub requires_cert: bool,
    /// Above this harvest per hectare and season the service asks twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plausible_t_per_ha: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage: Option<StorageAdvice>,
    #[serde(flatten)]
    pub media: Media,
}

/// How to keep the goods, in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StorageAdvice {
    pub zh: LongText<300>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<LongText<300>>,
}

kinds! { ProductRegistered = "product.registered" }
