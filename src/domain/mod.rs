//! The field: what a record is, what an act may do, what a batch weighs. Nothing here reads a clock, draws a random
//! number or touches a file; time, randomness and state are parameters.

/// GS1 keys and addresses: GTIN, GLN, lot, serial, Digital Link.
pub mod gs1;
/// A refused value and what would have been right.
pub mod invalid;
/// Grams, pieces, and how they are shown.
pub mod quantity;
/// What people type: names, notes, short codes, addresses of films.
pub mod text;
/// 统一社会信用代码, the unified social credit code of organisations.
pub mod uscc;
