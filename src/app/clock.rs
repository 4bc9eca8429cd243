//! The system's clock: the only place that asks it.

use crate::domain::ports::Clock;
use crate::domain::time::Instant;

/// The server's own time, UTC.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the port")]
    fn now(&self) -> Instant {
        let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let millis = since_epoch.map_or(0, |duration| duration.as_millis() as i64);
        Instant::from_millis(millis).unwrap_or(Instant::MIN)
    }
}
