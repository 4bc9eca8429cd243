//! The table of operations, cell by cell: every operation of the API and every page, by every role and every kind of member, on
//! what is its own, on what it is a party to, on what is another's, on what is not there; without credentials, and with such as
//! were ended. An address that the table does not know fails.

mod api;
mod open;
mod pages;
mod world;

/// A handle that nothing has.
pub use crate::walk::NOBODY;
