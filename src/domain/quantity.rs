//! Grams and pieces. A batch counts one of them, fixed at opening; 斤 and 亩 are for display and typing.
//!
//! Promises: whole numbers from 0 (or 1) to 2^53-1, so that every JSON reader keeps them exactly. Floats never enter:
//! `5.0` is refused like `5.5`, because a record holds integers only (FORMATS §1). Does no balance: see the batch.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::domain::invalid::Invalid;

/// The greatest integer that a double holds without gaps.
pub const MAX_WHOLE: u64 = (1 << 53) - 1;

/// Defines a whole number in bounds with its JSON form (an integer) and its schema.
macro_rules! whole {
    ($(#[$doc:meta])* $type:ident, $type_name:literal, $unit:literal, $least:literal, $description:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type(u64);

        impl $type {
            pub fn new(number: u64) -> Result<Self, Invalid> {
                Self::try_from(i128::from(number))
            }

            pub fn get(self) -> u64 {
                self.0
            }

            /// For storage; never negative.
            pub fn as_i64(self) -> i64 {
                self.0 as i64
            }

            fn not_whole(value: impl fmt::Display) -> Invalid {
                Invalid::new(concat!($unit, "-whole"), value, "1000")
            }
        }

        impl TryFrom<i128> for $type {
            type Error = Invalid;

            fn try_from(number: i128) -> Result<Self, Invalid> {
                if number < $least {
                    // With a least value of 0 only negative numbers come here.
                    let code = if $least == 1 { concat!($unit, "-positive") } else { concat!($unit, "-range") };
                    return Err(Invalid::new(code, number, concat!($least, "-9007199254740991")));
                }
                match u64::try_from(number) {
                    Ok(whole) if whole <= MAX_WHOLE => Ok(Self(whole)),
                    _ => Err(Invalid::new(concat!($unit, "-range"), number, concat!($least, "-9007199254740991"))),
                }
            }
        }

        impl TryFrom<i64> for $type {
            type Error = Invalid;

            fn try_from(number: i64) -> Result<Self, Invalid> {
                Self::try_from(i128::from(number))
            }
        }

        impl FromStr for $type {
            type Err = Invalid;

            /// ASCII digits only: for imports and settings.
            fn from_str(text: &str) -> Result<Self, Invalid> {
                let digits = text.strip_prefix('-').unwrap_or(text);
                if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
                    return Err(Self::not_whole(text));
                }
                // More digits than i128 holds are out of range all the same.
                Self::try_from(text.parse().unwrap_or(i128::MAX))
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }

        impl Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_u64(self.0)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Whole;

                impl serde::de::Visitor<'_> for Whole {
                    type Value = $type;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str(concat!("an integer from ", $least, " to 9007199254740991"))
                    }

                    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<$type, E> {
                        transported($type::try_from(number))
                    }

                    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<$type, E> {
                        transported($type::new(number))
                    }

                    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<$type, E> {
                        // An integer beyond 64 bits reaches us as a float; it is too large rather than not whole.
                        if number.abs() > MAX_WHOLE as f64 {
                            return transported($type::try_from(number as i128));
                        }
                        transported(Err($type::not_whole(number)))
                    }

                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<$type, E> {
                        transported(Err($type::not_whole(text)))
                    }
                }

                deserializer.deserialize_any(Whole)
            }
        }

        impl utoipa::PartialSchema for $type {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::schema::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::Integer)
                    .minimum(Some($least as u64))
                    .maximum(Some(MAX_WHOLE))
                    .description(Some($description))
                    .into()
            }
        }

        impl utoipa::ToSchema for $type {
            fn name() -> std::borrow::Cow<'static, str> {
                std::borrow::Cow::Borrowed($type_name)
            }
        }
    };
}

whole!(
    /// A mass that may be nothing: a rest, a loss.
    Grams, "Grams", "grams", 0, "Mass in whole grams, 0 or more."
);
whole!(
    /// A mass that somebody harvested, packed, shipped: at least one gram.
    PositiveGrams, "PositiveGrams", "grams", 1, "Mass in whole grams, at least 1."
);
whole!(
    /// A count that may be nothing.
    Pieces, "Pieces", "pieces", 0, "Number of pieces, 0 or more."
);
whole!(
    /// A count of at least one.
    PositivePieces, "PositivePieces", "pieces", 1, "Number of pieces, at least 1."
);
whole!(
    /// The number of a [`Quantity`], whose unit stands beside it.
    Amount, "Amount", "amount", 0, "Whole number of the unit beside it, 0 or more."
);
whole!(
    /// An amount that something happened to: at least one gram or piece, in the unit of its batch.
    PositiveAmount, "PositiveAmount", "amount", 1, "Whole number of the batch's unit (grams or pieces), at least 1."
);

/// Sums, differences and nothing: only where 0 is a value.
macro_rules! arithmetic {
    ($type:ident) => {
        impl $type {
            pub const ZERO: Self = Self(0);

            /// `None` beyond 2^53-1.
            pub fn checked_add(self, other: Self) -> Option<Self> {
                self.0.checked_add(other.0).filter(|&sum| sum <= MAX_WHOLE).map(Self)
            }

            /// `None` below 0.
            pub fn checked_sub(self, other: Self) -> Option<Self> {
                self.0.checked_sub(other.0).map(Self)
            }
        }
    };
    ($type:ident, $positive:ident) => {
        arithmetic!($type);

        impl From<$positive> for $type {
            fn from(positive: $positive) -> Self {
                Self(positive.0)
            }
        }

        impl TryFrom<$type> for $positive {
            type Error = Invalid;

            fn try_from(number: $type) -> Result<Self, Invalid> {
                Self::new(number.0)
            }
        }
    };
}

arithmetic!(Grams, PositiveGrams);
arithmetic!(Pieces, PositivePieces);
arithmetic!(Amount, PositiveAmount);

impl Grams {
    /// Kilograms without a unit, up to three decimals: `9592.8`.
    pub fn kg(self) -> String {
        thousandths(self.0)
    }

    /// 斤 (500 g) without a unit, up to three decimals.
    pub fn jin(self) -> String {
        thousandths(self.0 * 2)
    }
}

/// What a batch counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    Grams,
    Pieces,
}

/// So many of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Quantity {
    pub amount: Amount,
    pub unit: Unit,
}

impl Quantity {
    pub fn zero(unit: Unit) -> Self {
        Self { amount: Amount::ZERO, unit }
    }

    /// `None` where the units differ or the sum is beyond 2^53-1.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let amount = self.amount.checked_add(other.amount)?;
        (self.unit == other.unit).then_some(Self { amount, ..self })
    }

    /// `None` where the units differ or nothing would be left to take from.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        let amount = self.amount.checked_sub(other.amount)?;
        (self.unit == other.unit).then_some(Self { amount, ..self })
    }
}

impl From<Grams> for Quantity {
    fn from(grams: Grams) -> Self {
        Self { amount: Amount(grams.0), unit: Unit::Grams }
    }
}

impl From<Pieces> for Quantity {
    fn from(pieces: Pieces) -> Self {
        Self { amount: Amount(pieces.0), unit: Unit::Pieces }
    }
}

/// 亩 (1/15 ha) of an area, without a unit, rounded to two decimals: 12,000 m² are `18`.
pub fn mu(square_metres: u64) -> String {
    let hundredths = (u128::from(square_metres) * 3 + 10) / 20;
    decimal(hundredths, 2)
}

fn thousandths(number: u64) -> String {
    decimal(number.into(), 3)
}

/// A number of 10^-`places`, trailing zeros trimmed.
fn decimal(number: u128, places: u32) -> String {
    let one = 10u128.pow(places);
    let fraction = format!("{:0width$}", number % one, width = places as usize);
    match fraction.trim_end_matches('0') {
        "" => (number / one).to_string(),
        digits => format!("{}.{digits}", number / one),
    }
}

fn transported<T, E: serde::de::Error>(result: Result<T, Invalid>) -> Result<T, E> {
    result.map_err(|invalid| E::custom(invalid.to_transport()))
}

/// As people type them.
pub mod typed;

#[cfg(test)]
mod tests;
