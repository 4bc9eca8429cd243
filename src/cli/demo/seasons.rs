//! Which year the demo plays in: all its dates shift by whole years to the latest season whose 22 November lies before
//! today.

use crate::domain::time::{CivilDate, Instant};

use super::clock::OFFSET_MINUTES;

/// The year that the demo's dates are written for.
const WRITTEN_FOR: i32 = 2026;

/// A season of the demo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Season {
    year: i32,
    today: CivilDate,
}

impl Season {
    pub fn before(today: CivilDate) -> Self {
        let this_year = (today.month(), today.day()) > (11, 22);
        Self { year: if this_year { today.year() } else { today.year() - 1 }, today }
    }

    /// `month-day` of the season's year.
    pub fn day(&self, month_day: &str) -> CivilDate {
        self.written(&format!("{WRITTEN_FOR}-{month_day}"))
    }

    /// A date as the demo's text gives it, shifted.
    pub fn written(&self, date: &str) -> CivilDate {
        let shift = self.year - WRITTEN_FOR;
        let shifted =
            date.parse::<CivilDate>().and_then(|day| CivilDate::from_ymd(day.year() + shift, day.month(), day.day()));
        match shifted {
            Ok(day) => day,
            Err(invalid) => unreachable!("a date of the demo: {invalid}"),
        }
    }

    /// A moment on a day of the season, `hour:minute` in the demo's zone.
    pub fn at(&self, month_day: &str, time: &str) -> Instant {
        let (hour, minute) = time.split_once(':').unwrap_or((time, "0"));
        let minutes = hour.parse::<i64>().unwrap_or(0) * 60 + minute.parse::<i64>().unwrap_or(0);
        self.day(month_day).at_midnight(OFFSET_MINUTES).plus_minutes(minutes)
    }

    /// The end of a licence that is shown in force: a year after today.
    pub fn year_after_today(&self) -> CivilDate {
        self.today.plus_days(366)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn season(today: &str) -> i32 {
        Season::before(today.parse().unwrap()).day("11-22").year()
    }

    #[test]
    fn the_season_is_the_latest_whose_22_november_lies_before_today() {
        assert_eq!(season("2026-11-23"), 2026);
        assert_eq!(season("2026-11-22"), 2025);
        assert_eq!(season("2027-03-01"), 2026);
        assert_eq!(season("2028-12-31"), 2028);
    }

    #[test]
    fn a_moment_is_meant_in_chinas_calendar() {
        let season = Season::before("2026-11-23".parse().unwrap());
        assert_eq!(season.at("11-18", "07:40").to_string(), "2026-11-17T23:40:00.000Z");
    }
}
