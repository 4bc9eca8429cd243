//! What the judge of audit packs refuses: seeded tamperings of packs that hold, and archives that are none.
#![allow(clippy::unwrap_used, reason = "helpers of tests; a failed unwrap is a failed test")]

mod archives;
mod lies;
mod tamper;
mod world;
