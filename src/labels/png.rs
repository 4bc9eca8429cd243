//! The symbol as PNG, 8-bit grey, for screens and for label programs that take images. White margins, black modules,
//! nothing between: no pixel is blended, so a module is exactly `module_px` wide.

use std::ops::RangeInclusive;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};

use super::font;
use super::qr::QrMatrix;
use crate::domain::invalid::Invalid;

/// Pixels that a module's side may have: below 2 readers fail on screens, above 40 the image serves nobody.
pub const MODULE_PX: RangeInclusive<u32> = 2..=40;

const WHITE: u8 = 255;
const BLACK: u8 = 0;

/// Draws the symbol with the caption's lines under it; a line wider than the symbol widens the image.
pub fn png(matrix: &QrMatrix, module_px: u32, caption: &[String]) -> Result<Vec<u8>, Invalid> {
    if !MODULE_PX.contains(&module_px) {
        let bounds = format!("{}-{}", MODULE_PX.start(), MODULE_PX.end());
        return Err(Invalid::new("module-px-range", module_px, bounds));
    }
    if let Some(character) = caption.iter().flat_map(|line| line.chars()).find(|&c| !font::can_draw(c)) {
        return Err(Invalid::new("caption-character", character, "ASCII"));
    }
    let columns = caption.iter().map(|line| line.len()).max().unwrap_or(0);
    if columns > MOST_COLUMNS || caption.len() > MOST_LINES {
        return Err(Invalid::new("caption-size", caption.join(" "), format!("{MOST_LINES} x {MOST_COLUMNS}")));
    }
    Ok(draw(matrix, module_px as usize, caption).encode())
}

/// A caption is a GTIN, a lot and a serial, not a page.
const MOST_COLUMNS: usize = 80;
const MOST_LINES: usize = 8;

fn draw(matrix: &QrMatrix, module: usize, caption: &[String]) -> Raster {
    let side = matrix.width_with_quiet_zone() * module;
    let columns = caption.iter().map(|line| line.len()).max().unwrap_or(0);
    let dot = dot_size(side, columns, module);
    let line_height = (font::HEIGHT + 2) * dot;
    let margin = if caption.is_empty() { 0 } else { module };
    let width = side.max(text_width(columns, dot) + 2 * module);
    let mut raster = Raster::white(width, side + caption.len() * line_height + margin);

    let left = (width - side) / 2;
    for y in 0..side {
        for x in 0..side {
            if matrix.is_dark_in_quiet_zone(x / module, y / module) {
                raster.ink(left + x, y);
            }
        }
    }
    for (number, line) in caption.iter().enumerate() {
        let start = (width - text_width(line.len(), dot)) / 2;
        raster.line(line, start, side + number * line_height, dot);
    }
    raster
}

/// The largest dot with which the longest line fits under the symbol, between a quarter and half a module.
fn dot_size(side: usize, columns: usize, module: usize) -> usize {
    let fitting = side / text_width(columns.max(1), 1);
    fitting.clamp(module.div_ceil(4), module.div_ceil(2))
}

fn text_width(columns: usize, dot: usize) -> usize {
    columns * (font::WIDTH + 1) * dot
}

struct Raster {
    width: usize,
    pixels: Vec<u8>,
}

impl Raster {
    fn white(width: usize, height: usize) -> Self {
        Self { width, pixels: vec![WHITE; width * height] }
    }

    fn ink(&mut self, x: usize, y: usize) {
        self.pixels[y * self.width + x] = BLACK;
    }

    fn line(&mut self, line: &str, left: usize, top: usize, dot: usize) {
        for (place, character) in line.chars().enumerate() {
            let left = left + text_width(place, dot);
            for y in 0..font::HEIGHT * dot {
                for x in 0..font::WIDTH * dot {
                    if font::is_ink(character, x / dot, y / dot) {
                        self.ink(left + x, top + y);
                    }
                }
            }
        }
    }

    fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let height = self.pixels.len() / self.width;
        PngEncoder::new_with_quality(&mut bytes, CompressionType::Fast, FilterType::Up)
            .write_image(&self.pixels, self.width as u32, height as u32, ExtendedColorType::L8)
            .expect("the buffer has width times height pixels and a Vec takes all bytes");
        bytes
    }
}
