//! Data attributes in the query of an address (`?17=270131&3103=000512`): their syntax by the GS1 General
//! Specifications §3. Knows those that may describe a trade item; the keys that belong into the path are not among them.

use std::ops::Range;

use super::digital_link::decode;
use super::lot::is_set82;
use crate::domain::invalid::Invalid;

/// Checks every all-digit key of a query; other keys (`utm_x`, `linkType`) are nobody's business here.
pub(super) fn check_query(query: &str) -> Result<(), Invalid> {
    for pair in query.split('&') {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        if !key.is_empty() && key.bytes().all(|b| b.is_ascii_digit()) {
            check(key, &decode(value)?)?;
        }
    }
    Ok(())
}

/// Checks one data attribute, its value already decoded.
pub(super) fn check(key: &str, value: &str) -> Result<(), Invalid> {
    let form = form(key).ok_or_else(|| Invalid::new("link-query-key", key, "11, 13, 15, 17, 3103, 7007"))?;
    if form.fits(value) { Ok(()) } else { Err(Invalid::new("link-attribute", format!("{key}={value}"), form.name())) }
}

/// The syntaxes of values; lengths are least and most.
#[derive(Clone, Copy)]
enum Form {
    Digits(usize, usize),
    Text(usize, usize),
    /// YYMMDD, where 00 for the day means the whole month.
    DayOrMonth,
    /// One whole date YYMMDD, or two of them: from, to.
    DayOrSpan,
    /// YYMMDDHHMM.
    Minute,
}

fn form(key: &str) -> Option<Form> {
    use Form::{DayOrMonth, DayOrSpan, Digits, Minute, Text};
    // The fourth digit of a measure or price says where the decimal point stands.
    let is_decimal = |most: u8| key.len() == 4 && key.as_bytes()[3] <= most;
    Some(match key {
        "11" | "12" | "13" | "15" | "16" | "17" => DayOrMonth,
        "20" => Digits(2, 2),
        "30" | "37" => Digits(1, 8),
        "240" | "241" | "250" | "251" => Text(1, 30),
        "242" => Digits(1, 6),
        "243" => Text(1, 20),
        "422" | "424" | "426" => Digits(3, 3),
        "423" | "425" => Digits(3, 15),
        "427" => Text(1, 3),
        "710" | "711" | "712" | "713" | "714" | "715" | "716" | "717" => Text(1, 20),
        "4330" | "4331" | "4332" | "4333" => Text(6, 7),
        "7001" => Digits(13, 13),
        "7002" | "7023" => Text(1, 30),
        "7003" => Minute,
        "7004" => Digits(1, 4),
        "7005" => Text(1, 12),
        "7006" | "7007" => DayOrSpan,
        "7008" => Text(1, 3),
        "7009" => Text(1, 10),
        "7010" => Text(1, 2),
        "7020" | "7021" | "7022" | "8012" => Text(1, 20),
        "8001" => Digits(14, 14),
        "8005" => Digits(6, 6),
        "8008" => Digits(8, 12),
        "8009" => Text(1, 50),
        "8200" => Text(1, 70),
        "90" => Text(1, 30),
        "91" | "92" | "93" | "94" | "95" | "96" | "97" | "98" | "99" => Text(1, 90),
        _ if is_decimal(b'5') && is_measure(&key[..3]) => Digits(6, 6),
        _ if is_decimal(b'9') && matches!(&key[..3], "390" | "392") => Digits(1, 15),
        _ if is_decimal(b'9') && matches!(&key[..3], "391" | "393") => Digits(4, 18),
        _ if is_decimal(b'9') && &key[..3] == "703" => Text(4, 30),
        _ if is_decimal(b'9') && &key[..3] == "723" => Text(3, 30),
        _ => return None,
    })
}

/// Weights, lengths, areas, volumes: AI 310n to 369n with the gaps of the standard.
fn is_measure(ai: &str) -> bool {
    matches!(ai.parse(), Ok(310..=316 | 320..=337 | 340..=357 | 360..=369))
}

impl Form {
    fn fits(self, value: &str) -> bool {
        let digits = value.bytes().all(|b| b.is_ascii_digit());
        match self {
            Self::Digits(least, most) => digits && (least..=most).contains(&value.len()),
            Self::Text(least, most) => value.chars().all(is_set82) && (least..=most).contains(&value.len()),
            Self::DayOrMonth => digits && value.len() == 6 && is_date(value, 0),
            Self::DayOrSpan => match value.len() {
                6 => digits && is_date(value, 1),
                12 => digits && is_date(&value[..6], 1) && is_date(&value[6..], 1) && value[..6] <= value[6..],
                _ => false,
            },
            Self::Minute => {
                digits && value.len() == 10 && is_date(&value[..6], 1) && &value[6..8] < "24" && &value[8..] < "60"
            }
        }
    }

    fn name(self) -> String {
        match self {
            Self::Digits(least, most) if least == most => format!("{least} 0-9"),
            Self::Digits(least, most) => format!("{least}-{most} 0-9"),
            Self::Text(least, most) => format!("{least}-{most} A-Z a-z 0-9"),
            Self::DayOrMonth => "YYMMDD".to_owned(),
            Self::DayOrSpan => "YYMMDD, YYMMDDYYMMDD".to_owned(),
            Self::Minute => "YYMMDDHHMM".to_owned(),
        }
    }
}

/// Six digits YYMMDD as a real date; `first_day` 0 lets day 00 pass. Years are taken as 20YY: the century rule differs
/// by 50 years around today, which no leap year depends on until 2100.
fn is_date(six: &str, first_day: u32) -> bool {
    let number = |range: Range<usize>| six[range].parse::<u32>().unwrap_or(99);
    let (year, month, day) = (number(0..2), number(2..4), number(4..6));
    let days = match month {
        2 if year % 4 == 0 => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    (first_day..=days).contains(&day)
}
