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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn refused(text: &str) -> (String, String) {
        let invalid = text.parse::<Uscc>().unwrap_err();
        (invalid.code.into_owned(), invalid.expected)
    }

    #[test]
    fn the_demo_organisations_and_a_real_one_are_valid() {
        for code in [
            "51999001MA0000218F",
            "12999001MA00001115",
            "91999002MA00003143",
            "91999003MA0000322C",
            "93999001MA0000015G",
            "93999001MA0000023B",
            "93999001MA00000316",
            "91350100M000100Y43", // the example of GB 32100-2015
        ] {
            assert_eq!(code.parse::<Uscc>().unwrap().as_str(), code);
        }
    }

    #[test]
    fn it_is_read_from_lower_case_and_names_its_division() {
        let code: Uscc = " 93999001ma0000015g\n".parse().unwrap();
        assert_eq!((code.to_string().as_str(), code.division()), ("93999001MA0000015G", "999001"));
    }

    #[test]
    fn a_refused_code_names_its_rule_and_the_right_check_character() {
        assert_eq!(refused("93999001MA0000015F"), ("uscc-check-character".into(), "G".into()));
        assert_eq!(refused("93999001MA0000015").0, "uscc-length");
        assert_eq!(refused("").0, "uscc-length");
        assert_eq!(refused("93999001MA0000015GG").0, "uscc-length");
        assert_eq!(refused("9399900AMA0000015G"), ("uscc-character".into(), "0-9".into()));
        for letter in ["I", "O", "S", "V", "Z", "-", "中", "İ"] {
            assert_eq!(refused(&format!("93999001MA00000{letter}5G")).0, "uscc-character", "{letter}");
        }
    }

    proptest! {
        #[test]
        fn the_check_character_detects_every_wrong_character(place in 8..18usize, other in 0..31usize) {
            let mut code = b"93999001MA0000015G".to_vec();
            let wrong = ALPHABET.as_bytes()[other];
            prop_assume!(code[place] != wrong);
            code[place] = wrong;
            prop_assert_eq!(refused(std::str::from_utf8(&code).unwrap()).0, "uscc-check-character");
        }

        #[test]
        fn nothing_panics(text in any::<String>()) {
            let _ = text.parse::<Uscc>();
        }
    }
}
