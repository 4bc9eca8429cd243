//! Faults, and what has to hold after each:
//!
//! - acknowledged ⊆ stored ⊆ attempted: each acknowledged receipt is kept as it was answered, each kept one was asked for;
//! - each record of the log stands in exactly one kept receipt, and the log has no gap;
//! - each chain that was written to verifies, and holds exactly the records of the receipts;
//! - a repetition of every attempt with its key gives the same receipt, and one effect;
//! - what is left in each batch is what was put in less what went out.

mod acts;
pub mod crash;
mod day;
mod disk;
pub mod failover;
pub mod powercut;
pub mod reader;
pub mod readonly;
mod strace;
pub mod syscalls;
mod trial;
