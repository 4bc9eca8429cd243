//! GS1 keys and their web addresses (GS1 General Specifications, GS1 Digital Link URI 1.6).
//!
//! Promises: a value of these types is valid by the standard's syntax, and what is built here parses back to itself.
//! Does not know which keys the instance has issued.

mod attribute;
mod digital_link;
mod gln;
mod gtin;
mod lookup;
mod lot;

pub use digital_link::DigitalLink;
pub use gln::Gln;
pub use gtin::{Gtin, check_digit};
pub use lookup::{LookedUp, lookup};
pub use lot::{Cpv, Lot, Serial, Tpx};

#[cfg(test)]
mod tests;
