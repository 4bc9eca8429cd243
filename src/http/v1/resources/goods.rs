//! Wire types of goods and of what happens to them: products, batches, samples, shipments.

use serde::Serialize;
use utoipa::ToSchema;

use super::ChainEnd;
use crate::domain::acts::Known;
use crate::domain::entities::Entity;
use crate::domain::kinds::Name;
use crate::domain::kinds::batches::{Basis, HoldReason, Window};
use crate::domain::kinds::products::ProductForm;
use crate::domain::quantity::Unit;
use crate::domain::record::Handle;

#[derive(Debug, Serialize, ToSchema)]
pub struct ProductResource {
    #[serde(flatten)]
    pub chain: ChainEnd,
    #[schema(example = "09520000100018")]
    pub gtin: String,
    pub name: Name,
    pub commodity: String,
    pub variety: Option<Name>,
    pub grade: Option<String>,
    pub form: ProductForm,
    pub unit: Unit,
    pub net_g: Option<u64>,
    pub shelf_life_days: Option<u32>,
    pub requires_cert: bool,
}

impl ProductResource {
    pub(super) fn of(known: &Known) -> Option<Self> {
        let Entity::Product(it) = &known.entity else { return None };
        Some(Self {
            chain: known.into(),
            gtin: it.gtin.to_string(),
            name: it.name.clone(),
            commodity: it.commodity.clone(),
            variety: it.variety.clone(),
            grade: it.grade.as_ref().map(ToString::to_string),
            form: it.form,
            unit: it.unit,
            net_g: it.net_g.map(|net| net.get()),
            shelf_life_days: it.shelf_life_days,
            requires_cert: it.requires_cert,
        })
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub struct BatchResource {
    #[serde(flatten)]
    pub chain: ChainEnd,
    #[schema(value_type = String)]
    pub product: Handle,
    #[schema(example = "09520000100018")]
    pub gtin: String,
    #[schema(example = "SF26P011116T")]
    pub lot: String,
    pub basis: Basis,
    #[schema(example = "packed")]
    pub stage: &'static str,
    pub unit: Unit,
    pub balance: BalanceResource,
    pub grade: Option<String>,
    pub size: Option<String>,
    pub net_g: Option<u64>,
    #[schema(value_type = Vec<String>)]
    pub plots: Vec<Handle>,
    pub picked: Option<Window>,
    pub packed_on: Option<String>,
    pub best_before: Option<String>,
    #[schema(value_type = Option<String>)]
    pub licence: Option<Handle>,
    /// Holds on this batch itself; one on a parent holds it too.
    pub holds: Vec<HoldReason>,
    pub recalled: bool,
    pub certified: bool,
    pub opened_on: String,
}

impl BatchResource {
    pub fn of(known: &Known) -> Option<Self> {
        let Entity::Batch(batch) = &known.entity else { return None };
        let balance = &batch.balance;
        Some(Self {
            chain: known.into(),
            product: batch.product,
            gtin: batch.gtin.to_string(),
            lot: batch.lot.to_string(),
            basis: batch.basis,
            stage: batch.stage.as_str(),
            unit: batch.unit,
            balance: BalanceResource {
                input: balance.input,
                output: balance.output,
                loss: balance.loss,
                returned: balance.returned,
                discrepancy: balance.discrepancy,
                rest: balance.rest(),
            },
            grade: batch.grade.as_ref().map(ToString::to_string),
            size: batch.size.as_ref().map(ToString::to_string),
            net_g: batch.net_g.map(|net| net.get()),
            plots: batch.plots.clone(),
            picked: batch.picked.clone(),
            packed_on: batch.packed_on.map(|day| day.to_string()),
            best_before: batch.best_before.map(|day| day.to_string()),
            licence: batch.licence,
            holds: batch.holds.iter().map(|hold| hold.reason).collect(),
            recalled: batch.recalled,
            certified: batch.certified,
            opened_on: batch.opened_on.to_string(),
        })
    }
}

/// input = output + loss + returned + discrepancy + rest
#[derive(Debug, Serialize, ToSchema)]
pub struct BalanceResource {
    #[schema(example = 9600000)]
    pub input: u64,
    #[schema(example = 8839200)]
    pub output: u64,
    #[schema(example = 760800)]
    pub loss: u64,
    #[schema(example = 0)]
    pub returned: u64,
    /// Zero, or below it by what went out beyond what came in, as a correction declared; then nothing can be drawn.
    #[schema(example = 0)]
    pub discrepancy: i64,
    #[schema(example = 0)]
    pub rest: u64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SampleResource {
    #[serde(flatten)]
    pub chain: ChainEnd,
    #[schema(value_type = String)]
    pub batch: Handle,
    #[schema(value_type = String)]
    pub laboratory: Handle,
    pub code: String,
    pub quantity: u64,
    pub drawn_at: String,
    pub received_at: Option<String>,
    pub report_no: Option<String>,
}

impl SampleResource {
    pub(super) fn of(known: &Known) -> Option<Self> {
        let Entity::Sample(it) = &known.entity else { return None };
        Some(Self {
            chain: known.into(),
            batch: it.batch,
            laboratory: it.laboratory,
            code: it.code.clone(),
            quantity: it.quantity,
            drawn_at: it.drawn_at.to_string(),
            received_at: it.received_at.map(|at| at.to_string()),
            report_no: it.report_no.clone(),
        })
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ShipmentResource {
    #[serde(flatten)]
    pub chain: ChainEnd,
    #[schema(value_type = String)]
    pub batch: Handle,
    pub gtin: String,
    pub lot: String,
    pub unit: Unit,
    pub quantity: u64,
    pub received: u64,
    pub returned: u64,
    /// You are one of the two parties, so you may see it.
    #[schema(value_type = Option<String>)]
    pub to: Option<Handle>,
    /// Sealed fields that were erased for good: `buyer` (then `to` is null), `order`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub withheld: Vec<String>,
}

impl ShipmentResource {
    pub(super) fn of(known: &Known) -> Option<Self> {
        let Entity::Shipment(it) = &known.entity else { return None };
        Some(Self {
            chain: known.into(),
            batch: it.batch,
            gtin: it.gtin.to_string(),
            lot: it.lot.to_string(),
            unit: it.unit,
            quantity: it.quantity,
            received: it.received,
            returned: it.returned,
            to: it.buyer,
            withheld: it.withheld.clone(),
        })
    }
}
