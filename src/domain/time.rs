//! Instants (UTC, milliseconds) and civil dates (days of a calendar, in a zone that the caller names).
//!
//! Promises: a value is a real moment or day inside its range, its text has one form only (FORMATS §1). Arithmetic that
//! would leave the range stops at its end, so that no input can make it panic. There is no clock here.

use std::fmt;
use std::str::FromStr;

use crate::domain::invalid::{Invalid, text_form};

/// A moment: Unix milliseconds in the years 2000–9999, written `2026-11-18T01:20:00.000Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

/// A day of the Gregorian calendar in the years 1900–9999 (orchards are old), written `2026-11-18`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CivilDate(time::Date);

text_form!(Instant, "Instant", "2026-11-18T01:20:00.000Z", "Instant in UTC with exactly three decimals.");
text_form!(CivilDate, "CivilDate", "2026-11-18", "Calendar day in the zone of the instance.");

const MS_A_DAY: i64 = 86_400_000;
const JULIAN_DAY_OF_EPOCH: i64 = 2_440_588;
const YEARS_OF_DATES: std::ops::RangeInclusive<i32> = 1900..=9999;

impl Instant {
    /// 2000-01-01T00:00:00.000Z
    pub const MIN: Self = Self(946_684_800_000);
    /// 9999-12-31T23:59:59.999Z
    pub const MAX: Self = Self(253_402_300_799_999);

    pub fn from_millis(millis: i64) -> Result<Self, Invalid> {
        if (Self::MIN.0..=Self::MAX.0).contains(&millis) {
            Ok(Self(millis))
        } else {
            Err(Invalid::new("instant-range", millis, "a moment in the years 2000 to 9999"))
        }
    }

    /// Milliseconds since 1970-01-01T00:00Z.
    pub fn millis(self) -> i64 {
        self.0
    }

    /// Stops at the ends of the range.
    pub fn plus_minutes(self, minutes: i64) -> Self {
        Self(self.0.saturating_add(minutes.saturating_mul(60_000)).clamp(Self::MIN.0, Self::MAX.0))
    }

    /// The day that a calendar `offset_minutes` east of UTC shows at this moment.
    pub fn civil_date(self, offset_minutes: i32) -> CivilDate {
        let local = self.0 + i64::from(offset_minutes) * 60_000;
        CivilDate::from_epoch_day(local.div_euclid(MS_A_DAY))
    }

    /// The text form as bytes; records are written with it.
    pub(crate) fn to_text(self) -> [u8; 24] {
        let mut text = *b"0000-00-00T00:00:00.000Z";
        let (year, month, day) = civil_from_days(self.0.div_euclid(MS_A_DAY));
        let ms = self.0.rem_euclid(MS_A_DAY);
        digits(&mut text[0..4], year);
        digits(&mut text[5..7], month);
        digits(&mut text[8..10], day);
        digits(&mut text[11..13], ms / 3_600_000);
        digits(&mut text[14..16], ms / 60_000 % 60);
        digits(&mut text[17..19], ms / 1000 % 60);
        digits(&mut text[20..23], ms % 1000);
        text
    }

    /// Reads the text form; `None` where it is another form or no real moment of the range.
    pub(crate) fn from_text(text: &[u8]) -> Option<Self> {
        let text: &[u8; 24] = text.try_into().ok()?;
        let shape = text[4] == b'-' && text[7] == b'-' && text[10] == b'T';
        if !(shape && text[13] == b':' && text[16] == b':' && text[19] == b'.' && text[23] == b'Z') {
            return None;
        }
        let (year, month, day) = (number(&text[0..4])?, number(&text[5..7])?, number(&text[8..10])?);
        let (hour, minute) = (number(&text[11..13])?, number(&text[14..16])?);
        let (second, ms) = (number(&text[17..19])?, number(&text[20..23])?);
        let real = (2000..=9999).contains(&year) && is_day(year, month, day) && hour < 24 && minute < 60 && second < 60;
        real.then(|| {
            Self(days_from_civil(year, month, day) * MS_A_DAY + ((hour * 60 + minute) * 60 + second) * 1000 + ms)
        })
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.to_text()).map_err(|_| fmt::Error)?)
    }
}

impl FromStr for Instant {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::from_text(text.as_bytes()).ok_or_else(|| Invalid::new("instant", text, "2026-11-18T01:20:00.000Z"))
    }
}

impl CivilDate {
    pub fn from_ymd(year: i32, month: u8, day: u8) -> Result<Self, Invalid> {
        let refused = || Invalid::new("civil-date", format_args!("{year:04}-{month:02}-{day:02}"), "2026-11-18");
        let month = time::Month::try_from(month).map_err(|_| refused())?;
        let date = time::Date::from_calendar_date(year, month, day).map_err(|_| refused())?;
        if YEARS_OF_DATES.contains(&year) { Ok(Self(date)) } else { Err(refused()) }
    }

    pub fn year(self) -> i32 {
        self.0.year()
    }

    pub fn month(self) -> u8 {
        self.0.month().into()
    }

    pub fn day(self) -> u8 {
        self.0.day()
    }

    /// Stops at the ends of the range.
    pub fn plus_days(self, days: i64) -> Self {
        Self::from_epoch_day(self.epoch_day().saturating_add(days))
    }

    /// Days from this day to `other`; negative when `other` is earlier.
    pub fn days_until(self, other: Self) -> i64 {
        other.epoch_day() - self.epoch_day()
    }

    /// The moment at which this day begins in a zone `offset_minutes` east of UTC; stops at the ends of [`Instant`].
    pub fn at_midnight(self, offset_minutes: i32) -> Instant {
        let millis = self.epoch_day() * MS_A_DAY - i64::from(offset_minutes) * 60_000;
        Instant(millis.clamp(Instant::MIN.0, Instant::MAX.0))
    }

    fn epoch_day(self) -> i64 {
        i64::from(self.0.to_julian_day()) - JULIAN_DAY_OF_EPOCH
    }

    fn from_epoch_day(day: i64) -> Self {
        let first = days_from_civil(i64::from(*YEARS_OF_DATES.start()), 1, 1);
        let last = days_from_civil(i64::from(*YEARS_OF_DATES.end()), 12, 31);
        let (year, month, day) = civil_from_days(day.clamp(first, last));
        // Clamped above, so that the fallback is never taken; it keeps this function free of a panic.
        Self::from_ymd(year as i32, month as u8, day as u8).unwrap_or(Self(time::Date::MAX))
    }
}

impl fmt::Display for CivilDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year(), self.month(), self.day())
    }
}

impl FromStr for CivilDate {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let refused = || Invalid::new("civil-date", text, "2026-11-18");
        let bytes: &[u8; 10] = text.as_bytes().try_into().map_err(|_| refused())?;
        if bytes[4] != b'-' || bytes[7] != b'-' {
            return Err(refused());
        }
        let part = |range: std::ops::Range<usize>| number(&bytes[range]).ok_or_else(refused);
        Self::from_ymd(part(0..4)? as i32, part(5..7)? as u8, part(8..10)? as u8).map_err(|_| refused())
    }
}

/// Writes `value` right-aligned with leading zeros.
fn digits(out: &mut [u8], mut value: i64) {
    for place in out.iter_mut().rev() {
        *place = b'0' + (value % 10) as u8;
        value /= 10;
    }
}

/// Reads ASCII digits only.
fn number(text: &[u8]) -> Option<i64> {
    text.iter().try_fold(0, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0')))
}

fn is_day(year: i64, month: i64, day: i64) -> bool {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=last).contains(&day)
}

// Days since 1970-01-01 and back, after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": years run from
// March, so that the leap day is the last one. Ten times faster than going through a general calendar type.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_instant_has_one_text() {
        for text in [
            "2026-11-18T01:20:00.000Z",
            "2000-01-01T00:00:00.000Z",
            "9999-12-31T23:59:59.999Z",
            "2024-02-29T12:34:56.789Z",
        ] {
            assert_eq!(text.parse::<Instant>().unwrap().to_string(), text);
        }
        assert_eq!("2026-11-18T01:20:00.000Z".parse::<Instant>().unwrap().millis(), 1_794_964_800_000);
        assert_eq!(Instant::MIN.to_string(), "2000-01-01T00:00:00.000Z");
        assert_eq!(Instant::MAX.to_string(), "9999-12-31T23:59:59.999Z");
    }

    #[test]
    fn moments_that_are_not_real_or_written_otherwise_are_refused() {
        for text in [
            "2026-02-30T00:00:00.000Z",
            "2100-02-29T00:00:00.000Z",
            "2026-11-18T24:00:00.000Z",
            "2016-12-31T23:59:60.000Z",
            "1999-12-31T23:59:59.999Z",
            "2026-11-18T01:20:00Z",
            "2026-11-18T01:20:00.000z",
            "2026-11-18T01:20:00.00 Z",
            "2026-11-18T01:20:00.000Z ",
            "2026-11-18T09:20:00.000+08:00",
            "２026-11-18T01:20:00.00Z",
            "",
        ] {
            assert_eq!(text.parse::<Instant>().unwrap_err().code, "instant", "{text}");
        }
        assert!(Instant::from_millis(Instant::MIN.millis() - 1).is_err());
        assert!(Instant::from_millis(Instant::MAX.millis() + 1).is_err());
    }

    #[test]
    fn a_day_begins_at_midnight_of_its_zone() {
        let china = 8 * 60;
        let evening: Instant = "2026-11-18T15:59:59.999Z".parse().unwrap();
        let midnight: Instant = "2026-11-18T16:00:00.000Z".parse().unwrap();
        assert_eq!(evening.civil_date(china).to_string(), "2026-11-18");
        assert_eq!(midnight.civil_date(china).to_string(), "2026-11-19");
        assert_eq!(midnight.civil_date(-china).to_string(), "2026-11-18");
        assert_eq!(midnight.civil_date(china).at_midnight(china), midnight);
        assert_eq!(evening.plus_minutes(-60).to_string(), "2026-11-18T14:59:59.999Z");
    }

    #[test]
    fn days_are_counted_across_leap_days_and_years() {
        let day = |text: &str| text.parse::<CivilDate>().unwrap();
        assert_eq!(day("2028-02-28").plus_days(1), day("2028-02-29"));
        assert_eq!(day("2026-02-28").plus_days(1), day("2026-03-01"));
        assert_eq!(day("2026-12-31").plus_days(1), day("2027-01-01"));
        assert_eq!(day("2026-11-18").plus_days(-365), day("2025-11-18"));
        assert_eq!(day("2026-11-18").days_until(day("2026-12-02")), 14);
        assert_eq!(day("2026-12-02").days_until(day("2026-11-18")), -14);
        let date = CivilDate::from_ymd(2026, 11, 18).unwrap();
        assert_eq!((date.year(), date.month(), date.day()), (2026, 11, 18));
    }

    #[test]
    fn days_that_are_not_real_or_written_otherwise_are_refused() {
        for text in [
            "2026-02-29",
            "2026-13-01",
            "2026-00-01",
            "2026-1-01",
            "1899-12-31",
            "26-11-18",
            "2026/11/18",
            "+026-01-01",
        ] {
            assert_eq!(text.parse::<CivilDate>().unwrap_err().code, "civil-date", "{text}");
        }
        assert!(CivilDate::from_ymd(2026, 2, 29).is_err());
        assert!(CivilDate::from_ymd(10_000, 1, 1).is_err());
    }

    #[test]
    fn arithmetic_stops_at_the_ends_of_the_calendar() {
        let last = CivilDate::from_ymd(9999, 12, 31).unwrap();
        let first = CivilDate::from_ymd(1900, 1, 1).unwrap();
        assert_eq!((last.plus_days(i64::MAX), first.plus_days(i64::MIN)), (last, first));
        assert_eq!(Instant::MAX.plus_minutes(i64::MAX), Instant::MAX);
        assert_eq!(Instant::MAX.plus_minutes(i64::MIN), Instant::MIN);
        assert_eq!(Instant::MAX.civil_date(8 * 60), last);
        assert_eq!(first.at_midnight(0), Instant::MIN);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

        #[test]
        fn instants_agree_with_a_general_calendar(millis in Instant::MIN.millis()..=Instant::MAX.millis()) {
            let instant = Instant::from_millis(millis).unwrap();
            let general = time::OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000).unwrap();
            let format = time::macros::format_description!(
                "[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z"
            );
            prop_assert_eq!(instant.to_string(), general.format(&format).unwrap());
            prop_assert_eq!(instant.to_string().parse::<Instant>().unwrap(), instant);
            prop_assert_eq!(instant.civil_date(0).to_string(), general.date().to_string());
        }
    }
}
