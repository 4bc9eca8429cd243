//! The service as its users meet it: every test talks to the real application over its routes, on a store of its own
//! (`engine`), with a clock that the test sets. Nothing is mocked and nobody writes SQL.
#![allow(clippy::unwrap_used, reason = "helpers of tests; a failed unwrap is a failed test")]

#[path = "../engine/mod.rs"]
mod engine;
mod support;

#[cfg(feature = "postgres")]
mod away;
mod backups;
mod browsing;
mod busy;
mod cells;
mod conditions;
mod console;
mod damage;
mod demo;
mod discrepancies;
mod doors;
mod ending;
mod epochs;
mod erasure;
mod exports;
mod guard;
mod hostile;
#[cfg(feature = "postgres")]
mod instances;
mod keys;
mod life;
mod lists;
mod log;
mod log_key;
mod lost_replies;
mod monitor;
mod notices;
mod packs;
mod people;
mod photos;
#[cfg(feature = "postgres")]
mod pool;
mod refused_starts;
mod refusals;
mod reopening;
#[cfg(feature = "postgres")]
mod replica;
mod secrets;
mod signed;
mod sweep;
mod unfit_databases;
mod walk;
mod watching;
mod witness;
mod witnessed_packs;
mod writers;
