//! GLN, the number of a party or place (全球位置码, GB/T 16828): 13 digits, the last a check digit.

use std::fmt;
use std::str::FromStr;

use super::gtin::number_with_check_digit;
use crate::domain::invalid::{Invalid, text_form};

/// Global Location Number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Gln(u64);

impl FromStr for Gln {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Invalid::new("gln-digits", text, "0-9"));
        }
        if text.len() != 13 {
            return Err(Invalid::new("gln-length", text, 13));
        }
        number_with_check_digit(text, "gln-check-digit").map(Self)
    }
}

impl fmt::Display for Gln {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:013}", self.0)
    }
}

text_form!(Gln, "Gln", "9520000000011", "GS1 GLN: 13 digits with a valid check digit.");
