//! Formats of others: bytes in and out, no IO.

/// What stands in an audit pack.
pub mod audit_pack;
/// Tables out: CSV and XLSX.
pub mod sheet;
/// Reading tables that people made in a spreadsheet.
pub mod table;
/// Reading XLSX.
pub mod workbook;
/// Archives: written as a stream, read strictly.
pub mod zip;
