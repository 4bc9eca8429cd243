//! A shipment as it is now.

use serde::{Deserialize, Serialize};

use super::{Fact, Inapplicable, misplaced};
use crate::domain::gs1::{Gtin, Lot};
use crate::domain::kinds::Body;
use crate::domain::kinds::shipments::{ShipmentReceived, ShipmentReturned, ShipmentSent};
use crate::domain::quantity::Unit;
use crate::domain::record::Handle;
use crate::domain::time::Instant;

/// Goods on their way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shipment {
    pub home: Handle,
    pub batch: Handle,
    pub gtin: Gtin,
    pub lot: Lot,
    pub unit: Unit,
    pub quantity: u64,
    pub received: u64,
    pub returned: u64,
    /// Known while the opening exists.
    pub buyer: Option<Handle>,
    /// `None` where it was sent while this was not kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<Instant>,
    /// Sealed fields whose openings were destroyed, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub withheld: Vec<String>,
}

impl Shipment {
    pub(super) fn open(fact: &Fact<'_>) -> Result<Self, Inapplicable> {
        let body = ShipmentSent::read(fact.record)?;
        let buyer = fact.opened.get("buyer").and_then(|value| value.as_str()).and_then(|text| text.parse().ok());
        Ok(Self {
            home: fact.record.actor.org,
            batch: body.batch,
            gtin: body.gtin,
            lot: body.lot,
            unit: body.unit,
            quantity: body.quantity.get(),
            received: 0,
            returned: 0,
            buyer,
            sent_at: Some(fact.record.recorded_at),
            withheld: Vec::new(),
        })
    }

    pub(super) fn forget(&mut self, erased: impl Fn(&str) -> bool) {
        for field in ["buyer", "order"] {
            if erased(field) && !self.withheld.iter().any(|known| known == field) {
                self.withheld.push(field.to_owned());
            }
        }
        self.buyer.take_if(|_| erased("buyer"));
    }

    /// What is neither received nor returned.
    pub fn under_way(&self) -> u64 {
        self.quantity.saturating_sub(self.received + self.returned)
    }

    pub(super) fn apply(&mut self, fact: &Fact<'_>) -> Result<(), Inapplicable> {
        let overdrawn = || Inapplicable::Overdrawn { subject: fact.record.subject.to_string() };
        match fact.record.kind.as_str() {
            ShipmentReceived::KIND => self.received += ShipmentReceived::read(fact.record)?.quantity.get(),
            ShipmentReturned::KIND => self.returned += ShipmentReturned::read(fact.record)?.quantity.get(),
            _ => return Err(misplaced(fact.record)),
        }
        if self.received + self.returned > self.quantity { Err(overdrawn()) } else { Ok(()) }
    }
}
