//! Suyuan (溯源): farm-to-label traceability. A cooperative opens a batch at harvest; grading, laboratory tests, packing,
//! labels and shipping are recorded as hash-chained events; whoever scans the label can check the record.
//!
//! Modules in reading order; `docs/ARCHITECTURE.md` has the map and the invariants.

/// The field itself: records, chains, balance, lineage, grades. Pure: no IO, clock or randomness.
pub mod domain;
/// Where records are kept: ports, the writer, the engines.
pub mod store;
/// Symbols of labels: QR as SVG, PNG and terminal text.
pub mod labels;
/// Formats of others: tables.
pub mod exchange;
/// Attachments by their hash.
pub mod files;
/// The texts of the published log: notes, keys, checkpoints, proofs; its guard.
pub mod log;
/// Calls to other machines: whom to trust, where webhooks may lead, what they carry.
pub mod outgoing;
/// Who is asking, and what he may do.
pub mod auth;
/// Two languages: choosing one, wording, dates, weights.
pub mod i18n;
/// Use cases.
pub mod app;
/// REST, its description, operations.
pub mod http;
/// Pages for people: look-up, scan page, reports.
pub mod web;
/// The command line.
pub mod cli;

/// Of our programs, and of SQLite in them: a group of acts takes and gives back tens of thousands of small pieces.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
