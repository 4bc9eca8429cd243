//! How old a replica's data is, told by the records themselves: where the database's log ended, and when; where the
//! replica's ends now.
//!
//! The server's own figures answer another question. The time of the last replayed transaction is long ago wherever nobody
//! writes; and "all that was received is replayed" also holds for a replica that is cut off and receives nothing.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Ends that are remembered: half an hour of writing at each look. A replica that is further behind is told older than it is.
const REMEMBERED: usize = 3_600;

/// Where the database's log ended, and when that was last so.
#[derive(Debug, Default)]
pub struct Ends {
    seen: VecDeque<(u64, Instant)>,
}

impl Ends {
    /// The log ended at `end` when somebody looked who began to look `at`.
    pub fn saw(&mut self, end: u64, at: Instant) {
        let full = self.seen.len() >= REMEMBERED;
        match self.seen.back_mut() {
            Some(last) if last.0 == end || full => *last = (end, at),
            _ => self.seen.push_back((end, at)),
        }
    }

    /// How long ago the database had nothing that a replica with this end has not. `None` where that was never seen.
    pub fn behind(&mut self, replica_end: u64, now: Instant) -> Option<Duration> {
        while self.seen.get(1).is_some_and(|(end, _)| *end <= replica_end) {
            self.seen.pop_front();
        }
        let (end, at) = self.seen.front()?;
        (*end <= replica_end).then(|| now.saturating_duration_since(*at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    #[test]
    fn where_nobody_writes_a_replica_is_as_new_as_the_last_look() {
        let (mut ends, start) = (Ends::default(), Instant::now());
        ends.saw(7, start);
        ends.saw(7, start + seconds(3_600));
        assert_eq!(ends.behind(7, start + seconds(3_601)), Some(seconds(1)));
    }

    #[test]
    fn a_replica_that_stands_still_is_as_old_as_the_last_moment_at_which_it_had_everything() {
        let (mut ends, start) = (Ends::default(), Instant::now());
        for (second, end) in [(0, 7), (1, 7), (2, 9), (3, 12), (30, 12)] {
            ends.saw(end, start + seconds(second));
        }
        let now = start + seconds(30);
        assert_eq!(ends.behind(7, now), Some(seconds(29)));
        assert_eq!(ends.behind(10, now), Some(seconds(28)));
        assert_eq!(ends.behind(12, now), Some(seconds(0)));
    }

    #[test]
    fn a_database_that_answers_nobody_makes_the_replicas_data_older_and_older() {
        let (mut ends, start) = (Ends::default(), Instant::now());
        ends.saw(7, start);
        assert_eq!(ends.behind(7, start + seconds(20)), Some(seconds(20)));
    }

    #[test]
    fn the_age_of_what_was_behind_from_the_start_is_not_guessed() {
        let (mut ends, start) = (Ends::default(), Instant::now());
        assert_eq!(ends.behind(7, start), None);
        ends.saw(7, start);
        assert_eq!(ends.behind(6, start + seconds(1)), None);
    }

    #[test]
    fn a_replica_that_is_far_behind_is_told_older_never_newer() {
        let (mut ends, start) = (Ends::default(), Instant::now());
        let last = REMEMBERED as u64 + 100;
        (0..=last).for_each(|second| ends.saw(second, start + seconds(second)));
        let now = start + seconds(last);
        assert_eq!(ends.behind(0, now), Some(seconds(last)));
        assert_eq!(
            ends.behind(last - 1, now),
            Some(seconds(102)),
            "known is only when it had the last that is remembered"
        );
        assert_eq!(ends.behind(last, now), Some(seconds(0)));
    }
}
