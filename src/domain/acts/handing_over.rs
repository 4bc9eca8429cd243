//! Goods that change hands: shipping, receiving, returning. Whom they go to is sealed; the receiver's batch is linked to
//! the shipment and through it to the farm.

use serde::Deserialize;
use utoipa::ToSchema;

use super::batches::opened;
use super::making::open_child;
use super::{Act, Needs, Note, Refusal, Step, Told, UniqueName};
use crate::domain::entities::Entity;
use crate::domain::gs1::{Gtin, Lot};
use crate::domain::kinds::batches::{Basis, BatchOpened, BatchReturned, BatchShipped, Parent, TemperatureSummary};
use crate::domain::kinds::organisations::OrganisationKind;
use crate::domain::kinds::shipments::{ShipmentReceived, ShipmentReturned, ShipmentSent};
use crate::domain::quantity::PositiveAmount;
use crate::domain::record::{Actor, Handle, Subject, SubjectKind};
use crate::domain::text::Text;
use crate::domain::uscc::Uscc;

/// Ships an amount of a batch to an organisation.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"to_uscc": "91999002MA00003143", "quantity": 300, "order": "PO-2026-118",
    "temperature": {"min_celsius": "5.0", "max_celsius": "11.8", "every_minutes": 10,
    "excursions": [{"peak_celsius": "11.8", "minutes": 40}]}}))]
pub struct ShipBatch {
    #[serde(skip)]
    pub batch: Handle,
    /// The receiving organisation; sealed. One without a public name is told by its credit code, `to_uscc`, which only whoever
    /// knows it can tell.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub to: Option<Handle>,
    /// 统一社会信用代码 of the receiving organisation.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "91999002MA00003143")]
    pub to_uscc: Option<Uscc>,
    #[schema(value_type = u64)]
    pub quantity: PositiveAmount,
    /// Order or contract reference; sealed.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub order: Option<Text<120>>,
    #[serde(default)]
    pub temperature: Option<TemperatureSummary>,
    #[serde(flatten)]
    pub told: Told,
}

impl Act for ShipBatch {
    fn operation(&self) -> &'static str {
        "batch.ship"
    }

    fn needs(&self, _actor: &Actor, needs: &mut Needs) {
        needs.subjects([self.batch].into_iter().chain(self.to));
        needs.names.extend(self.to_uscc.as_ref().map(UniqueName::uscc));
    }

    fn decide(&self, step: &mut Step<'_>) -> Result<Subject, Refusal> {
        step.check_told(&self.told)?;
        let batch = step.open_batch(self.batch, "batch")?.clone();
        step.check_not_held(self.batch, "batch")?;
        step.check_rest(&batch, self.quantity.get().into(), "quantity")?;
        let to = self.receiver(step)?;
        if let Some(found) = &self.temperature
            && found.min_celsius > found.max_celsius
        {
            let refusal = Refusal::new("temperature-reversed").at("temperature.max_celsius", found.max_celsius);
            return Err(refusal.expected(found.min_celsius));
        }
        let shipment = step.new_subject(SubjectKind::Shipment);
        let body = BatchShipped {
            shipment: shipment.handle,
            quantity: self.quantity,
            temperature: self.temperature.clone(),
            media: self.told.media(),
        };
        let batch_subject = Subject::new(SubjectKind::Batch, self.batch);
        let given = step.write(batch_subject, &body, Note::told(&self.told))?;
        let sent = ShipmentSent {
            batch: self.batch,
            gtin: batch.gtin,
            lot: batch.lot.clone(),
            unit: batch.unit,
            quantity: self.quantity,
            temperature: self.temperature.clone(),
            media: self.told.media(),
        };
        let mut note = Note::told(&self.told).link(given.link("batch")).seal("buyer", to.to_string());
        if let Some(order) = &self.order {
            note = note.seal("order", order.as_str());
        }
        step.write(shipment, &sent, note)?;
        Ok(shipment)
    }
}

impl ShipBatch {
    /// A household is a person: it takes in nothing here. A sealed name is not to be had by shipping to a number that stands in a
    /// list: whoever ships to a buyer tells the code, by which the public register of firms knows the name too.
    fn receiver(&self, step: &Step<'_>) -> Result<Handle, Refusal> {
        let unknown = match (&self.to_uscc, self.to) {
            (Some(code), _) => Refusal::new("unknown-receiver").at("to_uscc", code),
            (None, Some(to)) => Refusal::new("unknown-receiver").at("to", to),
            (None, None) => return Err(Refusal::new("missing-field").at("to", "")),
        };
        let by_code = self.to_uscc.as_ref().and_then(|code| step.named(&UniqueName::uscc(code)));
        let found = if self.to_uscc.is_some() { by_code } else { self.to };
        let is_receiver = |it: &Entity| match it {
            Entity::Organisation(it) => match it.kind {
                OrganisationKind::Household => false,
                kind => by_code.is_some() || !kind.is_unnamed_in_public(),
            },
            _ => false,
        };
        match found.filter(|found| step.entity(*found).is_some_and(is_receiver)) {
            Some(found) if found != step.actor().org && self.to.is_none_or(|to| to == found) => Ok(found),
            _ => Err(unknown),
        }
    }
}

/// Takes in an amount of a shipment: opens a batch in the receiver's home.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"lot": "SFJ-26-0451", "quantity": 300}))]
pub struct ReceiveShipment {
    #[serde(skip)]
    pub shipment: Handle,
    /// Product of the receiver's batch, if he has a GTIN of his own for the same goods.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub gtin: Option<Gtin>,
    #[schema(value_type = String)]
    pub lot: Lot,
    #[schema(value_type = u64)]
    pub quantity: PositiveAmount,
    #[serde(flatten)]
    pub told: Told,
}

impl Act for ReceiveShipment {
    fn operation(&self) -> &'static str {
        "shipment.receive"
    }

    fn needs(&self, actor: &Actor, needs: &mut Needs) {
        needs.subjects([self.shipment, actor.org]);
        match self.gtin {
            Some(gtin) => needs.lot(gtin, &self.lot),
            None => needs.lot_of(self.shipment, &self.lot),
        }
    }

    fn decide(&self, step: &mut Step<'_>) -> Result<Subject, Refusal> {
        step.check_told(&self.told)?;
        let shipment = step.any_shipment(self.shipment, "shipment")?.clone();
        if shipment.buyer != Some(step.actor().org) {
            return Err(Refusal::not_found("shipment", self.shipment));
        }
        if self.quantity.get() > shipment.under_way() {
            return Err(Refusal::new("overdrawn")
                .at("quantity", self.quantity)
                .expected(shipment.under_way())
                .detail("lot", &shipment.lot));
        }
        let source = step.any_batch(shipment.batch, "shipment")?.clone();
        let gtin = self.gtin.unwrap_or(source.gtin);
        let product = match self.gtin {
            Some(gtin) => {
                let (handle, product) = step.own_product_of(gtin, "gtin")?;
                if product.unit != source.unit || product.net_g != source.net_g {
                    return Err(Refusal::new("other-unit").at("gtin", gtin));
                }
                handle
            }
            None => source.product,
        };
        let child = step.new_subject(SubjectKind::Batch);
        step.claim_lot(gtin, &self.lot, child.handle, "lot")?;
        let body = ShipmentReceived { batch: child.handle, quantity: self.quantity, media: self.told.media() };
        let received = step.write(Subject::new(SubjectKind::Shipment, self.shipment), &body, Note::told(&self.told))?;
        let day = step.day_of(&self.told);
        let body = BatchOpened {
            shipment: Some(self.shipment),
            grade: source.grade.clone(),
            size: source.size.clone(),
            net_g: source.net_g,
            packed_on: source.packed_on,
            best_before: source.best_before,
            licence: source.licence,
            ..opened(Basis::Received, product, gtin, self.lot.clone(), source.unit, self.quantity, day)
        };
        let parents = [Parent { batch: shipment.batch, quantity: self.quantity }];
        open_child(step, child, body, &parents, vec![received.link("shipment")], &self.told)?;
        Ok(child)
    }
}

/// Takes back an amount that was shipped; it waits apart until it is written off.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"shipment": "00112233445566778899aabbccddeeff", "quantity": 12, "reason": "外箱破损"}))]
pub struct ReturnQuantity {
    #[serde(skip)]
    pub batch: Handle,
    #[schema(value_type = String)]
    pub shipment: Handle,
    #[schema(value_type = u64)]
    pub quantity: PositiveAmount,
    #[schema(value_type = String)]
    pub reason: Text<200>,
    #[serde(flatten)]
    pub told: Told,
}

impl Act for ReturnQuantity {
    fn operation(&self) -> &'static str {
        "batch.return"
    }

    fn needs(&self, _actor: &Actor, needs: &mut Needs) {
        needs.subjects([self.batch, self.shipment]);
    }

    fn decide(&self, step: &mut Step<'_>) -> Result<Subject, Refusal> {
        step.check_told(&self.told)?;
        step.open_batch(self.batch, "batch")?;
        let shipment = step.own_shipment(self.shipment, "shipment")?;
        if shipment.batch != self.batch {
            return Err(Refusal::not_found("shipment", self.shipment));
        }
        if self.quantity.get() > shipment.under_way() {
            return Err(Refusal::new("overdrawn")
                .at("quantity", self.quantity)
                .expected(shipment.under_way())
                .detail("lot", &shipment.lot));
        }
        let body = ShipmentReturned { quantity: self.quantity };
        let given = step.write(Subject::new(SubjectKind::Shipment, self.shipment), &body, Note::told(&self.told))?;
        let body = BatchReturned {
            shipment: self.shipment,
            quantity: self.quantity,
            reason: self.reason.clone(),
            media: self.told.media(),
        };
        let subject = Subject::new(SubjectKind::Batch, self.batch);
        step.write(subject, &body, Note::told(&self.told).link(given.link("shipment")))?;
        Ok(subject)
    }
}
