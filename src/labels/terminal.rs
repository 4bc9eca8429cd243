//! The symbol as text for a terminal, two modules a character. Colours are set outright, black on white of the 256-colour
//! palette that themes leave alone: a symbol in the terminal's own colours is inverted on a dark one.

use super::qr::QrMatrix;

const BLACK_ON_WHITE: &str = "\x1b[38;5;16;48;5;231m";
const RESET: &str = "\x1b[0m";

/// Lines end with `\n`; the quiet zone is included.
pub fn terminal(matrix: &QrMatrix) -> String {
    let side = matrix.width_with_quiet_zone();
    let mut out = String::new();
    for y in (0..side).step_by(2) {
        out.push_str(BLACK_ON_WHITE);
        for x in 0..side {
            // The side is odd; below the last row `is_dark` answers light.
            out.push(match (matrix.is_dark_in_quiet_zone(x, y), matrix.is_dark_in_quiet_zone(x, y + 1)) {
                (false, false) => ' ',
                (true, false) => '▀',
                (false, true) => '▄',
                (true, true) => '█',
            });
        }
        out.push_str(RESET);
        out.push('\n');
    }
    out
}
