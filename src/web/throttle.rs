//! How many reports of problems are taken: each is a row and a sync on the writer, and anybody may send one. One network takes a
//! small part of what is taken from all, so that nobody can keep everybody else from reporting.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::app::people::throttle::Network;
use crate::domain::time::Instant;

/// Reports in one minute, from everywhere; this bounds what is remembered too.
const MOST: usize = 600;
/// Reports in one minute from one network.
const FROM_NETWORK: u32 = 20;

/// A count that begins anew each minute.
#[derive(Debug, Default)]
pub struct Throttle(Mutex<Counted>);

#[derive(Debug, Default)]
struct Counted {
    minute: i64,
    all: usize,
    by_network: HashMap<Network, u32>,
}

impl Throttle {
    /// Whether one more from there is taken at `now`.
    pub fn admits(&self, now: Instant, from: Network) -> bool {
        let minute = now.millis() / 60_000;
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counted.minute != minute {
            *counted = Counted { minute, ..Counted::default() };
        }
        if counted.all >= MOST {
            return false;
        }
        let of_network = counted.by_network.entry(from).or_default();
        if *of_network >= FROM_NETWORK {
            return false;
        }
        *of_network += 1;
        counted.all += 1;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(number: u16) -> Network {
        let [high, low] = number.to_be_bytes();
        Network::of([198, high, low, 1].into())
    }

    #[test]
    fn a_network_takes_twenty_a_minute_and_leaves_the_rest_to_others() {
        let (throttle, now) = (Throttle::default(), "2026-11-18T01:20:00.000Z".parse::<Instant>().unwrap());
        assert!((0..FROM_NETWORK).all(|_| throttle.admits(now, network(1))) && !throttle.admits(now, network(1)));
        assert!(throttle.admits(now, network(2)));
        let taken = (3..1_000).filter(|number| throttle.admits(now, network(*number))).count();
        assert_eq!(taken, MOST - FROM_NETWORK as usize - 1);
        assert!(throttle.admits(now.plus_minutes(1), network(1)));
    }
}
