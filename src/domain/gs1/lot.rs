//! The alphanumeric keys beside a GTIN: lot (批号), serial, consumer product variant, third-party serial.
//!
//! Promises: 1 to the key's maximum of characters of the GS1 AI encodable character set 82, kept as typed (upper and
//! lower case differ). `.` and `..` are refused though GS1 permits them: browsers drop them from an address.

use std::fmt;
use std::str::FromStr;

use crate::domain::invalid::{Invalid, text_form};

macro_rules! key_text {
    ($(#[$doc:meta])* $type:ident, $type_name:literal, $prefix:literal, $max:literal, $example:literal, $description:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type(String);

        impl $type {
            /// Most characters.
            pub const MAX: usize = $max;

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $type {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<Self, Invalid> {
                if let Some(character) = text.chars().find(|&c| !is_set82(c)) {
                    return Err(Invalid::new(concat!($prefix, "-character"), name_of(character), SET82));
                }
                if !(1..=Self::MAX).contains(&text.len()) {
                    return Err(Invalid::new(concat!($prefix, "-length"), text, concat!("1-", $max)));
                }
                if matches!(text, "." | "..") {
                    return Err(Invalid::new(concat!($prefix, "-dots"), text, $example));
                }
                Ok(Self(text.to_owned()))
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        text_form!($type, $type_name, $example, $description);
    };
}

key_text!(
    /// Batch or lot number, 批号 (AI 10).
    Lot, "Lot", "lot", 20, "SF26P011116T",
    "Lot (AI 10): 1 to 20 characters of the GS1 character set 82."
);
key_text!(
    /// Serial number of one pack (AI 21).
    Serial, "Serial", "serial", 20, "7K3M9Q2XWB4TZ0HC",
    "Serial (AI 21): 1 to 20 characters of the GS1 character set 82."
);
key_text!(
    /// Consumer product variant (AI 22).
    Cpv, "Cpv", "cpv", 20, "2A",
    "Consumer product variant (AI 22): 1 to 20 characters of the GS1 character set 82."
);
key_text!(
    /// Third-party controlled serial (AI 235). No label of this service carries one; addresses that do are valid.
    Tpx, "Tpx", "tpx", 28, "7K3M9Q2XWB4TZ0HC",
    "Third-party controlled serial (AI 235): 1 to 28 characters of the GS1 character set 82."
);

const SET82: &str = "A-Z a-z 0-9 ! \" % & ' ( ) * + , - . / : ; < = > ? _";

/// GS1 General Specifications, figure 7.11-1: the invariant characters of ISO/IEC 646.
pub(super) fn is_set82(character: char) -> bool {
    character.is_ascii_alphanumeric() || "!\"%&'()*+,-./:;<=>?_".contains(character)
}

/// A refused character, readable even where it is invisible: `中 (U+4E2D)`.
fn name_of(character: char) -> String {
    if character.is_control() || character.is_whitespace() {
        format!("U+{:04X}", u32::from(character))
    } else {
        format!("{character} (U+{:04X})", u32::from(character))
    }
}
