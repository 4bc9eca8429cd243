//! The field: what a record is, what an act may do, what a batch weighs. Nothing here reads a clock, draws a random
//! number or touches a file; time, randomness and state are parameters.

/// Verifying chains and histories; which records a history needs.
pub mod chain;
/// A refused value and what would have been right.
pub mod invalid;
/// Records: their parts, their canonical bytes, sealed fields, corrections.
pub mod record;
/// Instants and civil dates.
pub mod time;
