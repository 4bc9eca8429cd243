//! Audit packs (FORMATS §2): all that somebody needs who trusts nobody, in one file. For one batch, for what was packed under a
//! licence, for all that an organisation opened; written as a stream, and judged again from its bytes alone.

mod gathered;
pub mod judge;
mod named;
mod order;
mod write;

pub use order::{MOST_BATCHES, Order, Period, of_batch, of_licence, of_organisation};
pub use write::{WriteError, write};
