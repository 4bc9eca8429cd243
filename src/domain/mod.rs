//! The field: what a record is, what an act may do, what a batch weighs. Nothing here reads a clock, draws a random
//! number or touches a file; time, randomness and state are parameters.

/// A refused value and what would have been right.
pub mod invalid;
/// Instants and civil dates.
pub mod time;
/// Time and randomness as parameters.
pub mod ports;
/// Decimals with the digits that were reported.
pub mod decimal;
/// Grams, pieces, and how they are shown.
pub mod quantity;
/// What people type: names, notes, short codes, addresses of films.
pub mod text;
/// English names of actives and grades.
pub mod terms;
/// GS1 keys and addresses: GTIN, GLN, lot, serial, Digital Link.
pub mod gs1;
/// 统一社会信用代码, the unified social credit code of organisations.
pub mod uscc;
/// Ed25519, strictly.
pub mod ed25519;
/// Records: their parts, their canonical bytes, sealed fields, corrections.
pub mod record;
/// Verifying chains and histories; which records a history needs.
pub mod chain;
/// The Merkle tree of the log: hashes, tiles, proofs.
pub mod merkle;
/// What each kind of record says.
pub mod kinds;
/// What a record puts into its batch and takes out.
pub mod balance;
/// Judging laboratory values against limits.
pub mod residue;
/// What is known of each subject now: the fold of its records.
pub mod entities;
/// What people do: acts decided on state alone.
pub mod acts;
/// What growers agreed to show in public.
pub mod consent;
/// Waiting times between a treatment and the picking.
pub mod intervals;
/// Outlines of plots.
pub mod outline;
/// What somebody is told of.
pub mod notices;
/// Members of organisations: what they are called, what they are.
pub mod people;
/// JSON that is sent to us, parsed or refused by field.
pub mod json;
/// What a consumer may see, in types of its own.
pub mod view;
/// An instance in memory and the demo county, for tests.
#[cfg(test)]
pub(crate) mod testing;
