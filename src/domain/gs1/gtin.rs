//! GTIN, the number of a product (商品条码, GB 12904), in any of its four printed lengths.
//!
//! Promises: a `Gtin` carries a right check digit. Does not check the GS1 company prefix: demo and restricted numbers
//! are valid GTINs here.

use std::fmt;
use std::str::FromStr;

use crate::domain::invalid::{Invalid, text_form};

/// Global Trade Item Number; always shown with 14 digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Gtin(u64);

impl Gtin {
    /// The GTIN as people know it from the shelf: without the leading zero where the packaging indicator is 0.
    pub fn short(self) -> String {
        if self.indicator() == 0 { format!("{:013}", self.0) } else { self.to_string() }
    }

    /// Packaging indicator, the first of the 14 digits: 0 for the base unit, 1–8 for cases of it, 9 for variable measure.
    pub fn indicator(self) -> u8 {
        (self.0 / 10u64.pow(13)) as u8
    }

    /// The 14 digits as a number, for storage.
    pub fn as_u64(self) -> u64 {
        self.0
    }
}

impl TryFrom<u64> for Gtin {
    type Error = Invalid;

    fn try_from(number: u64) -> Result<Self, Invalid> {
        format!("{number:014}").parse()
    }
}

impl FromStr for Gtin {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Invalid::new("gtin-digits", text, "0-9"));
        }
        if !matches!(text.len(), 8 | 12 | 13 | 14) {
            return Err(Invalid::new("gtin-length", text, "8, 12, 13, 14"));
        }
        number_with_check_digit(text, "gtin-check-digit").map(Self)
    }
}

impl fmt::Display for Gtin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:014}", self.0)
    }
}

text_form!(
    Gtin,
    "Gtin",
    "09520000100018",
    "GS1 GTIN: 8, 12, 13 or 14 digits with a valid check digit; answered with 14."
);

/// The check digit that belongs behind `digits` (GS1 General Specifications §7.9.1): weights 3, 1, 3 … from the right.
/// `digits` are numbers 0–9, not characters, without the check digit itself.
pub fn check_digit(digits: &[u8]) -> u8 {
    let sum: u32 =
        digits.iter().rev().zip([3, 1].into_iter().cycle()).map(|(&digit, weight)| u32::from(digit) * weight).sum();
    ((10 - sum % 10) % 10) as u8
}

/// Reads a run of ASCII digits whose last is the check digit.
pub(super) fn number_with_check_digit(text: &str, code: &'static str) -> Result<u64, Invalid> {
    let digits: Vec<u8> = text.bytes().map(|b| b - b'0').collect();
    match digits.split_last() {
        Some((&last, body)) if check_digit(body) == last => {
            Ok(digits.iter().fold(0, |number, &digit| number * 10 + u64::from(digit)))
        }
        Some((_, body)) => Err(Invalid::new(code, text, check_digit(body))),
        None => Err(Invalid::new(code, text, "0-9")),
    }
}
