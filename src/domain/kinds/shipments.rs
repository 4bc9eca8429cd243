//! Shipments: goods on their way to somebody. Whom they go to and under which order is sealed.

use serde::{Deserialize, Serialize};

use super::batches::TemperatureSummary;
use super::{Media, SealClass, kinds};
use crate::domain::gs1::{Gtin, Lot};
use crate::domain::quantity::{PositiveAmount, Unit};
use crate::domain::record::Handle;

/// `shipment.sent`; sealed: `buyer` (organisation handle), `order` (order or contract reference).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShipmentSent {
    pub batch: Handle,
    pub gtin: Gtin,
    pub lot: Lot,
    pub unit: Unit,
    pub quantity: PositiveAmount,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<TemperatureSummary>,
    #[serde(flatten)]
    pub media: Media,
}

/// `shipment.received`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShipmentReceived {
    /// The batch opened in the receiver's home.
    pub batch: Handle,
    pub quantity: PositiveAmount,
    #[serde(flatten)]
    pub media: Media,
}

/// `shipment.returned`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShipmentReturned {
    pub quantity: PositiveAmount,
}

kinds! {
    ShipmentSent = "shipment.sent" sealed &[("buyer", SealClass::Parties), ("order", SealClass::Parties)],
    ShipmentReceived = "shipment.received",
    ShipmentReturned = "shipment.returned",
}
