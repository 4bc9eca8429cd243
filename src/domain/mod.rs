//! The field: what a record is, what an act may do, what a batch weighs. Nothing here reads a clock, draws a random
//! number or touches a file; time, randomness and state are parameters.

/// A refused value and what would have been right.
pub mod invalid;

/// What a consumer may see, in types of its own.
pub mod view;
