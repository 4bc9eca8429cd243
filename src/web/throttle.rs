//! How many reports of problems are taken: each is a row and a sync on the writer, and anybody may send one. Counted for
//! everybody together, so that no address has to be remembered.

use std::sync::{Mutex, PoisonError};

use crate::domain::time::Instant;

/// Reports in one minute.
const MOST: u32 = 60;

/// A count that begins anew each minute.
#[derive(Debug, Default)]
pub struct Throttle(Mutex<(i64, u32)>);

impl Throttle {
    /// Whether one more is taken at `now`.
    pub fn admits(&self, now: Instant) -> bool {
        let minute = now.millis() / 60_000;
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counted.0 != minute {
            *counted = (minute, 0);
        }
        counted.1 += 1;
        counted.1 <= MOST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_takes_sixty_and_the_next_begins_anew() {
        let (throttle, now) = (Throttle::default(), "2026-11-18T01:20:00.000Z".parse::<Instant>().unwrap());
        assert!((0..MOST).all(|_| throttle.admits(now)) && !throttle.admits(now));
        assert!(throttle.admits(now.plus_minutes(1)));
    }
}
