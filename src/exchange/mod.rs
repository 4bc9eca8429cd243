//! Formats of others: bytes in and out, no IO.

/// Reading tables that people made in a spreadsheet.
pub mod table;
