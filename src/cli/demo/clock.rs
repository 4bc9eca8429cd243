//! A clock that the loader sets to each act's moment and then lets go: to the present, or to this hour of the day that the
//! demo was told to play on.

use std::sync::atomic::{AtomicI64, Ordering};

use crate::app::clock::SystemClock;
use crate::domain::ports::Clock;
use crate::domain::time::{CivilDate, Instant};

/// Demo dates are meant in China's civil calendar.
pub const OFFSET_MINUTES: i32 = 480;

/// The demo's clock.
pub struct DemoClock {
    /// Milliseconds; `i64::MIN` while no moment is told.
    told: AtomicI64,
    today: CivilDate,
    /// Minutes from the system's day to the day that was told.
    ahead_minutes: i64,
}

impl DemoClock {
    /// `today` decides which season is loaded.
    pub fn new(today: Option<CivilDate>) -> Self {
        let real = SystemClock.now().civil_date(OFFSET_MINUTES);
        let today = today.unwrap_or(real);
        Self { told: AtomicI64::new(i64::MIN), today, ahead_minutes: real.days_until(today) * 24 * 60 }
    }

    pub fn today(&self) -> CivilDate {
        self.today
    }

    pub fn set(&self, now: Instant) {
        self.told.store(now.millis(), Ordering::SeqCst);
    }

    /// From now on the system's clock, on the demo's day.
    pub fn release(&self) {
        self.told.store(i64::MIN, Ordering::SeqCst);
    }
}

impl Clock for DemoClock {
    fn now(&self) -> Instant {
        match self.told.load(Ordering::SeqCst) {
            i64::MIN => SystemClock.now().plus_minutes(self.ahead_minutes),
            millis => Instant::from_millis(millis).unwrap_or(Instant::MIN),
        }
    }
}
