//! Dates, weights and shares as people read them. Input comes from views: dates `YYYY-MM-DD`, instants RFC 3339,
//! grams, thousandths. Text that is none of these is shown as it stands: a page never fails for a date.

use super::Locale;
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

const SHANGHAI: UtcOffset = time::macros::offset!(+8);

/// `2026-11-16` within the year `2026` → `11-16`; another year keeps all of it.
pub fn short_date<'a>(date: &'a str, year: &str) -> &'a str {
    date.strip_prefix(year).and_then(|rest| rest.strip_prefix('-')).filter(|_| year.len() == 4).unwrap_or(date)
}

/// An instant on the clock of +08:00: `2026-11-22 10:21`.
pub fn instant(rfc3339: &str) -> String {
    let Ok(at) = OffsetDateTime::parse(rfc3339, &Rfc3339) else { return rfc3339.to_owned() };
    let at = at.to_offset(SHANGHAI);
    let (date, time) = (at.date(), at.time());
    format!("{date} {:02}:{:02}", time.hour(), time.minute())
}

/// The civil day of an instant at +08:00.
pub fn day(rfc3339: &str) -> String {
    instant(rfc3339).chars().take(10).collect()
}

/// `9600` → `9,600`.
pub fn thousands(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        text.push('-');
    }
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Grams as kilograms without trailing zeros, below one kilogram as grams: `9,592.8 kg`, `50 g`.
pub fn weight(g: i64) -> String {
    if g != 0 && g.abs() < 1000 {
        return format!("{} g", thousands(g));
    }
    format!("{} kg", scaled(g, 1000))
}

/// Net content with 斤 (500 g) beside it in Chinese: `5 kg（10 斤）`.
pub fn net_content(locale: Locale, g: i64) -> String {
    match locale {
        Locale::ZhCn if g >= 500 => format!("{}（{} 斤）", weight(g), scaled(g, 500)),
        _ => weight(g),
    }
}

/// Grams as 斤, without the word: `9600000` → `19,200`.
pub fn jin(g: i64) -> String {
    scaled(g, 500)
}

/// Thousandths as percent, one decimal only where it says something: `280` → `28%`, `116` → `11.6%`.
pub fn percent(permille: u32) -> String {
    format!("{}%", scaled(i64::from(permille), 10))
}

/// Tenths: `118` → `11.8`.
pub fn tenths(value: i32) -> String {
    scaled(i64::from(value), 10)
}

/// Square metres as hectares: `1.2 ha`.
pub fn hectares(m2: i64) -> String {
    format!("{} ha", scaled(m2, 10_000))
}

/// Square metres as hectares, with 亩 (1/15 ha) beside them: `1.2 ha（18 亩）`.
pub fn area(locale: Locale, m2: i64) -> String {
    let (hectares, mu) = (hectares(m2), scaled((m2 * 15 + 50) / 100, 100));
    match locale {
        Locale::ZhCn => format!("{hectares}（{mu} 亩）"),
        Locale::En => format!("{hectares} ({mu} mu)"),
    }
}

/// `value / unit` exactly, for units that divide a power of ten: no floating point touches a weight.
fn scaled(value: i64, unit: i64) -> String {
    let (whole, rest) = (value.abs() / unit, value.abs() % unit);
    let sign = if value < 0 { "-" } else { "" };
    if rest == 0 {
        return format!("{sign}{}", thousands(whole));
    }
    let decimals = 10_000 / unit * rest;
    let fraction = format!("{decimals:04}");
    format!("{sign}{}.{}", thousands(whole), fraction.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_keep_every_gram_and_no_more_digits_than_needed() {
        assert_eq!(weight(9_592_800), "9,592.8 kg");
        assert_eq!(weight(1_234_567_001), "1,234,567.001 kg");
        assert_eq!(weight(50), "50 g");
        assert_eq!(weight(0), "0 kg");
        assert_eq!(weight(-1_500), "-1.5 kg");
    }

    #[test]
    fn net_content_shows_jin_beside_kilograms_in_chinese_only() {
        assert_eq!(net_content(Locale::ZhCn, 5_000), "5 kg（10 斤）");
        assert_eq!(net_content(Locale::ZhCn, 1_250), "1.25 kg（2.5 斤）");
        assert_eq!(net_content(Locale::ZhCn, 50), "50 g");
        assert_eq!(net_content(Locale::En, 5_000), "5 kg");
    }

    #[test]
    fn instants_are_shown_on_the_clock_of_shanghai() {
        assert_eq!(instant("2026-11-21T18:21:59Z"), "2026-11-22 02:21");
        assert_eq!(day("2026-12-31T16:00:00Z"), "2027-01-01");
        assert_eq!(instant("soon"), "soon");
    }

    #[test]
    fn a_date_of_the_same_year_is_shown_without_it() {
        assert_eq!(short_date("2026-11-16", "2026"), "11-16");
        assert_eq!(short_date("2025-11-16", "2026"), "2025-11-16");
        assert_eq!(short_date("2026-11-16", ""), "2026-11-16");
    }

    #[test]
    fn shares_and_areas_read_naturally() {
        assert_eq!(percent(280), "28%");
        assert_eq!(percent(116), "11.6%");
        assert_eq!(percent(1660), "166%");
        assert_eq!(area(Locale::ZhCn, 12_000), "1.2 ha（18 亩）");
        assert_eq!(area(Locale::ZhCn, 8_600), "0.86 ha（12.9 亩）");
        // As lists of plots have it, to the hundredth.
        assert_eq!(area(Locale::ZhCn, 7_500), "0.75 ha（11.25 亩）");
        assert_eq!(area(Locale::En, 8_600), "0.86 ha (12.9 mu)");
        assert_eq!(thousands(-1_000), "-1,000");
        assert_eq!(thousands(999), "999");
    }
}
