//! The symbol as SVG: scales to any printer, sized in millimetres, one path of horizontal runs.

use std::fmt::Write as _;

use super::qr::{QUIET_ZONE, QrMatrix};

/// Side of a module: just above the 0.396 mm that GS1 asks of a symbol on a consumer pack.
pub const MODULE_MM: f64 = 0.4;

/// Millimetres: height of caption type, and from line to line.
const TYPE_MM: f64 = 2.0;
const LINE_MM: f64 = 2.6;
/// Advance of one character in a monospaced face, of one hanzi, relative to the height.
const NARROW: f64 = 0.6;
const WIDE: f64 = 1.0;

/// Draws the symbol on white with the caption's lines under it; a line wider than the symbol widens the label.
pub fn svg(matrix: &QrMatrix, caption: &[String]) -> String {
    let symbol = matrix.width_with_quiet_zone() as f64 * MODULE_MM;
    let text = caption.iter().map(|line| line_width(line)).fold(0.0, f64::max);
    let width = if text > symbol { text + 2.0 * MODULE_MM } else { symbol };
    let under = if caption.is_empty() { 0.0 } else { caption.len() as f64 * LINE_MM + 2.0 * MODULE_MM };
    let height = symbol + under;
    let title = if caption.is_empty() { "QR".to_owned() } else { escape(&caption.join(" ")) };
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"{width:.1}mm\" height=\"{height:.1}mm\" \
         viewBox=\"0 0 {width:.1} {height:.1}\"><title>{title}</title>\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\
         <path transform=\"translate({:.2} 0) scale({MODULE_MM})\" fill=\"#000\" shape-rendering=\"crispEdges\" d=\"{}\"/>",
        (width - symbol) / 2.0,
        runs(matrix)
    );
    for (number, line) in caption.iter().enumerate() {
        push(
            &mut out,
            format_args!(
                "<text x=\"{:.2}\" y=\"{:.2}\" font-family=\"monospace\" font-size=\"{TYPE_MM}\" \
                 text-anchor=\"middle\" fill=\"#000\">{}</text>",
                width / 2.0,
                symbol + TYPE_MM + number as f64 * LINE_MM,
                escape(line)
            ),
        );
    }
    out.push_str("</svg>");
    out
}

/// One sub-path a run of dark modules, in modules, quiet zone included.
fn runs(matrix: &QrMatrix) -> String {
    let mut path = String::new();
    for y in 0..matrix.width() {
        let mut x = 0;
        while x < matrix.width() {
            let length = (x..matrix.width()).take_while(|&x| matrix.is_dark(x, y)).count();
            if length > 0 {
                push(&mut path, format_args!("M{} {}h{length}v1h-{length}z", x + QUIET_ZONE, y + QUIET_ZONE));
            }
            x += length.max(1);
        }
    }
    path
}

fn line_width(line: &str) -> f64 {
    line.chars().map(|c| if c.is_ascii() { NARROW } else { WIDE }).sum::<f64>() * TYPE_MM
}

/// For text and attributes; characters that XML 1.0 cannot hold become U+FFFD.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            '\0'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => escaped.push('\u{FFFD}'),
            _ => escaped.push(character),
        }
    }
    escaped
}

fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("writing to a string cannot fail");
}
