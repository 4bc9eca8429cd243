//! Label symbols: the QR symbol of an address, as SVG, PNG and terminal text, with what stands under it.
//!
//! Promises: error correction M, a quiet zone of four modules on each side, modules of at least 0.396 mm where the form
//! has a physical size (GS1 General Specifications §5.12, table 1). Does not know what an address means, and draws no
//! sheets: those need paper sizes and a font for Chinese.

mod font;
mod png;
mod qr;
mod svg;
mod terminal;

pub use png::{MODULE_PX, png};
pub use qr::{QUIET_ZONE, QrMatrix, symbol};
pub use svg::{MODULE_MM, svg};
pub use terminal::terminal;

#[cfg(test)]
mod tests;
