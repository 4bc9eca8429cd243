//! Decimals as laboratories report them: a scaled integer that keeps the digits as they were written, so that `0.50`
//! stays `0.50`. Compared by value. No arithmetic: nobody here adds milligrams per kilogram.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use super::invalid::{Invalid, text_form};

/// `mantissa × 10^-scale`, at most 15 digits.
#[derive(Debug, Clone, Copy)]
pub struct Decimal {
    mantissa: i64,
    scale: u8,
}

const MAX_DIGITS: usize = 15;

impl Decimal {
    /// Rounds half away from zero to `scale` decimals; keeps values that have no more.
    pub fn rounded(self, scale: u8) -> Self {
        if self.scale <= scale {
            return self;
        }
        let divisor = 10_i64.pow(u32::from(self.scale - scale));
        let half = divisor / 2 * self.mantissa.signum();
        Self { mantissa: (self.mantissa + half) / divisor, scale }
    }

    pub fn is_negative(self) -> bool {
        self.mantissa < 0
    }

    /// This value in thousandths of `limit`, for drawing; `None` where the limit is not positive.
    pub fn permille_of(self, limit: Self) -> Option<i64> {
        let (own, other) = aligned(self, limit);
        if other <= 0 { None } else { i64::try_from(own * 1000 / other).ok() }
    }

    /// The value as a whole number of `10^-scale`.
    pub fn scaled(self, scale: u8) -> i128 {
        let common = self.scale.max(scale);
        let own = i128::from(self.mantissa) * 10_i128.pow(u32::from(common - self.scale));
        own / 10_i128.pow(u32::from(common - scale))
    }
}

fn aligned(a: Decimal, b: Decimal) -> (i128, i128) {
    let scale = a.scale.max(b.scale);
    (a.scaled(scale), b.scaled(scale))
}

impl FromStr for Decimal {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let invalid = || Invalid::new("decimal", text, "0.083");
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let well_formed = !whole.is_empty()
            && whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit())
            && (whole == "0" || !whole.starts_with('0'))
            && (fraction.is_empty() != digits.contains('.'))
            && whole.len() + fraction.len() <= MAX_DIGITS;
        if !well_formed {
            return Err(invalid());
        }
        let magnitude: i64 = format!("{whole}{fraction}").parse().map_err(|_| invalid())?;
        if magnitude == 0 && text.starts_with('-') {
            return Err(invalid());
        }
        let mantissa = if text.starts_with('-') { -magnitude } else { magnitude };
        Ok(Self { mantissa, scale: fraction.len() as u8 })
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let magnitude = self.mantissa.unsigned_abs();
        if self.scale == 0 {
            return write!(f, "{sign}{magnitude}");
        }
        let unit = 10_u64.pow(u32::from(self.scale));
        write!(f, "{sign}{}.{:0width$}", magnitude / unit, magnitude % unit, width = usize::from(self.scale))
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Decimal {}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let (own, others) = aligned(*self, *other);
        own.cmp(&others)
    }
}

text_form!(Decimal, "Decimal", "0.083", "A decimal number as a string; its digits are kept as written");

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn digits_stay_as_they_were_reported() {
        for text in ["0", "0.050", "12.40", "-3.5", "999999999999999"] {
            assert_eq!(decimal(text).to_string(), text);
        }
    }

    #[test]
    fn values_compare_by_size_and_not_by_digits() {
        assert!(decimal("0.083") > decimal("0.05"));
        assert_eq!(decimal("0.50"), decimal("0.5"));
        assert!(decimal("-1") < decimal("0.1"));
    }

    #[test]
    fn anything_but_a_plain_decimal_is_refused() {
        for text in ["", ".5", "5.", "1e3", "01", "-0", "-0.0", "1,5", "+1", "0.0000000000000001", "１"] {
            assert_eq!(text.parse::<Decimal>().unwrap_err().code, "decimal", "{text}");
        }
    }

    #[test]
    fn rounding_to_two_decimals_goes_half_away_from_zero() {
        assert_eq!(decimal("31.018320").rounded(2).to_string(), "31.02");
        assert_eq!(decimal("-109.465").rounded(2).to_string(), "-109.47");
        assert_eq!(decimal("31.0").rounded(2).to_string(), "31.0");
    }
}
