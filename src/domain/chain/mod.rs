//! The verifier of chains and histories (FORMATS §1), for `suyuan verify`, the server and whoever checks us.
//!
//! Judges the bytes of others: envelope and profile only, any subject kind, record kind and body, so that a file
//! written by a later version still verifies. Promises: what is accepted is byte for byte canonical, every record but
//! the last is committed to by the one after it or by a link, each fault names its line. Signed statements are judged wherever the key's
//! chain stands in the file. Knows nothing of the log or of openings.

mod envelope;
/// Which records a history needs.
pub mod history;
/// Lines of an audit pack that are no records.
pub mod lines;
mod scan;
mod statements;
#[cfg(test)]
mod tests;
mod verify;

pub use envelope::{Envelope, LinkRef, SubjectRef};
pub use scan::Broken;
pub use statements::{StatementFault, Statements};
pub use verify::{Fault, FaultReason, FileKind, Verified, verify_ndjson};
