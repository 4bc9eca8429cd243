//! 统一社会信用代码, the code that names every Chinese organisation (GB 32100-2015).
//!
//! Promises: 18 characters with a right check character. Does not ask any register whether the organisation exists,
//! nor judge the organisation code's own check digit (GB 11714), which exceptions in use do not carry.

use std::fmt;
use std::str::FromStr;

use crate::domain::invalid::{Invalid, text_form};

/// Unified social credit code, upper case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uscc(String);

impl Uscc {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Administrative division (行政区划, GB/T 2260) of the registering authority: characters 3 to 8.
    pub fn division(&self) -> &str {
        &self.0[2..8]
    }
}

impl FromStr for Uscc {
    type Err = Invalid;

    /// Lower case is taken as upper case; white space at either end is ignored.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let code = text.trim().to_uppercase();
        let mut values = Vec::with_capacity(LENGTH);
        for character in code.chars() {
            match ALPHABET.find(character) {
                Some(value) => values.push(value),
                None => return Err(Invalid::new("uscc-character", character, ALPHABET)),
            }
        }
        if values.len() != LENGTH {
            return Err(Invalid::new("uscc-length", &code, LENGTH));
        }
        if let Some(letter) = code[2..8].chars().find(|c| !c.is_ascii_digit()) {
            return Err(Invalid::new("uscc-character", letter, "0-9"));
        }
        let expected = check_character(&values[..LENGTH - 1]);
        if code.ends_with(expected) {
            Ok(Self(code))
        } else {
            Err(Invalid::new("uscc-check-character", &code, expected))
        }
    }
}

impl fmt::Display for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_form!(
    Uscc,
    "Uscc",
    "93999001MA0000015G",
    "Unified social credit code (GB 32100-2015): 18 characters, the last a check character."
);

const LENGTH: usize = 18;

/// GB 32100 table 1: digits and letters without I, O, S, V, Z; a character's value is its position.
const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/// GB 32100 annex A: weights are the powers of 3 modulo 31.
fn check_character(values: &[usize]) -> char {
    let mut weight = 1;
    let mut sum = 0;
    for value in values {
        sum += value * weight;
        weight = weight * 3 % 31;
    }
    char::from(ALPHABET.as_bytes()[(31 - sum % 31) % 31])
}
