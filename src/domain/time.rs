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

/// A day of the Gregorian calendar in the years 1900–9999 (orchards are older than the year 2000), written `2026-11-18`.
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
