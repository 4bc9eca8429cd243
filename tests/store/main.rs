//! What the store promises to everything above it, on each engine: durable answers, chains without forks, a log without
//! gaps, whoever else writes; tables that are alike; a way forward for a database that holds data.
#![allow(clippy::unwrap_used, reason = "helpers of tests; a failed unwrap is a failed test")]

#[path = "../engine/mod.rs"]
mod engine;
mod support;

mod applications;
#[cfg(feature = "postgres")]
mod base_backup;
#[cfg(feature = "postgres")]
mod checksums;
mod contract;
mod damage;
#[cfg(feature = "postgres")]
mod distributed;
mod erasing;
mod growth;
#[cfg(feature = "postgres")]
mod guards;
#[cfg(feature = "postgres")]
mod instances;
mod migrations;
mod moving;
mod on_disk;
#[cfg(feature = "postgres")]
mod on_replica;
#[cfg(feature = "postgres")]
mod parity;
mod plans;
mod publishing;
mod tree;
