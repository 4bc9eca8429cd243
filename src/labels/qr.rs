//! From text to modules. Segments are chosen by the `qrcode` crate, which mixes modes: a lower-case scheme and host cost
//! eight bits a character, the digits and capitals behind them far less.

use std::fmt;

use qrcode::types::{Color, QrError};
use qrcode::{EcLevel, QrCode};

use crate::domain::invalid::Invalid;

/// Light modules that must surround the symbol (ISO/IEC 18004 §5.3.8).
pub const QUIET_ZONE: usize = 4;

/// The modules of a QR symbol, without its quiet zone.
#[derive(Clone, PartialEq, Eq)]
pub struct QrMatrix {
    width: usize,
    dark: Vec<bool>,
}

/// The smallest symbol for a text, error correction M.
///
/// Refuses characters beyond ASCII: readers disagree on their encoding without an ECI, and an address has none.
pub fn symbol(data: &str) -> Result<QrMatrix, Invalid> {
    if let Some(character) = data.chars().find(|c| !c.is_ascii()) {
        return Err(Invalid::new("symbol-character", character, "ASCII"));
    }
    let code = QrCode::with_error_correction_level(data, EcLevel::M).map_err(|error| match error {
        QrError::DataTooLong => Invalid::new("symbol-too-long", data, MOST_BYTES),
        _ => Invalid::new("symbol-character", data, "ASCII"),
    })?;
    Ok(QrMatrix { width: code.width(), dark: code.into_colors().into_iter().map(|c| c == Color::Dark).collect() })
}

/// What version 40 M holds in byte mode.
const MOST_BYTES: usize = 2331;

impl QrMatrix {
    /// Modules on a side, 21 to 177.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Modules on a side, quiet zone included.
    pub fn width_with_quiet_zone(&self) -> usize {
        self.width + 2 * QUIET_ZONE
    }

    /// Whether the module is dark; outside the symbol all is light.
    pub fn is_dark(&self, x: usize, y: usize) -> bool {
        x < self.width && y < self.width && self.dark[y * self.width + x]
    }

    /// The same with coordinates that start in the corner of the quiet zone.
    pub(super) fn is_dark_in_quiet_zone(&self, x: usize, y: usize) -> bool {
        x >= QUIET_ZONE && y >= QUIET_ZONE && self.is_dark(x - QUIET_ZONE, y - QUIET_ZONE)
    }
}

impl fmt::Debug for QrMatrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "QrMatrix({0} x {0})", self.width)
    }
}
