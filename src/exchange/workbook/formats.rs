//! How numbers are shown. One that is shown as something else than it is would be recorded otherwise than the laboratory sees it:
//! 0.62 as `62%`, 0.01 as `<0.01`, a day as its number.

use std::collections::HashMap;

use quick_xml::events::Event;

use super::xml::{attribute, each};
use super::{MOST_TEXTS, too_large};
use crate::domain::acts::Refusal;

/// Formats that every spreadsheet knows by number and that show digits alone: general, decimals, thousands, exponents, text.
const PLAIN: &[u32] = &[0, 1, 2, 3, 4, 11, 48, 49];

/// Formats of a workbook, by the style of a cell.
#[derive(Debug, Default)]
pub struct Formats {
    styles: Vec<u32>,
    codes: HashMap<u32, String>,
}

impl Formats {
    pub fn read(xml: &str) -> Result<Self, Refusal> {
        let (mut formats, mut list) = (Self::default(), String::new());
        let number = |text: Option<String>| text.and_then(|text| text.parse().ok()).unwrap_or(0);
        each(xml, |event| {
            let (Event::Start(start) | Event::Empty(start)) = event else { return Ok(()) };
            match start.local_name().into_inner() {
                // Formats and styles of other lists have numbers of their own.
                name @ ("numFmts" | "cellXfs" | "cellStyleXfs" | "dxfs") => list = name.to_owned(),
                "numFmt" if list == "numFmts" => {
                    let code = attribute(start, "formatCode").unwrap_or_default();
                    formats.codes.insert(number(attribute(start, "numFmtId")), code);
                }
                "xf" if list == "cellXfs" => formats.styles.push(number(attribute(start, "numFmtId"))),
                _ => {}
            }
            if formats.styles.len() > MOST_TEXTS {
                return Err(too_large("styles", formats.styles.len(), MOST_TEXTS));
            }
            Ok(())
        })?;
        Ok(formats)
    }

    /// Whether a number of this style is seen as the number that it is.
    pub fn is_plain(&self, style: usize, value: f64) -> bool {
        let Some(id) = self.styles.get(style) else { return self.styles.is_empty() };
        self.codes.get(id).map_or_else(|| PLAIN.contains(id), |code| shows_digits(code, value))
    }
}

/// A code has up to four parts: for what is above nought, below, nought itself, and texts.
fn shows_digits(code: &str, value: f64) -> bool {
    let parts: Vec<&str> = code.split(';').collect();
    let part = match parts.as_slice() {
        [_, below, ..] if value < 0.0 => below.strip_prefix('-').unwrap_or(below),
        [_, _, nought, ..] if value == 0.0 => nought,
        [first, ..] => first,
        [] => return false,
    };
    let part = without_colour(part);
    if part.eq_ignore_ascii_case("general") || part == "@" {
        return true;
    }
    let (mut points, mut digits, mut characters) = (0, 0, part.chars().peekable());
    while let Some(character) = characters.next() {
        match character {
            '0' | '#' | '?' => digits += 1,
            '.' => points += 1,
            // Behind the last digit it divides by a thousand.
            ',' if characters.peek().is_some_and(|next| matches!(next, '0' | '#' | '?')) => {}
            'E' | 'e' if digits > 0 && characters.next().is_some_and(|next| matches!(next, '+' | '-')) => {}
            // A gap as wide as the next character.
            '_' => drop(characters.next()),
            _ => return false,
        }
    }
    digits > 0 && points <= 1
}

fn without_colour(part: &str) -> &str {
    let Some((colour, rest)) = part.strip_prefix('[').and_then(|rest| rest.split_once(']')) else { return part };
    let known = ["black", "blue", "cyan", "green", "magenta", "red", "white", "yellow"];
    if known.contains(&colour.to_lowercase().as_str()) { rest } else { part }
}
