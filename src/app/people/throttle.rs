//! How often somebody may try to log in. Counted apart: this name from this network, this name from all strangers, this network
//! for all names; and, on its own, a device that logged in by this name before. So whoever guesses from elsewhere cannot keep the
//! owner of a name from logging in on his own device, and an office behind one address does not stand still for one stranger.
//!
//! Memory is one table of fixed size: a name or network falls into a place by a keyed hash, so nothing is evicted and nobody
//! chooses whose place he fills.

use std::hash::{BuildHasher as _, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use crate::domain::time::Instant;

const PLACES: usize = 1 << 16;

/// How many failures are let by at once, and after how many seconds one more.
#[derive(Debug, Clone, Copy)]
struct Rule {
    most: f64,
    seconds: f64,
}

const NAME_FROM_NETWORK: Rule = Rule { most: 6.0, seconds: 60.0 };
const NAME_FROM_STRANGERS: Rule = Rule { most: 100.0, seconds: 36.0 };
const NETWORK: Rule = Rule { most: 30.0, seconds: 10.0 };
const DEVICE: Rule = Rule { most: 10.0, seconds: 60.0 };

/// The network that somebody comes from: neighbours are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network([u8; 8]);

impl Network {
    /// The /24 of an IPv4 address, the /56 of an IPv6 one.
    pub fn of(address: IpAddr) -> Self {
        let mut kept = [0; 8];
        match address.to_canonical() {
            IpAddr::V4(v4) => {
                kept[..3].copy_from_slice(&v4.octets()[..3]);
                // No global IPv6 address begins with these bytes.
                kept[7] = 4;
            }
            IpAddr::V6(v6) => kept[..7].copy_from_slice(&v6.octets()[..7]),
        }
        Self(kept)
    }

    pub const fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Place {
    /// Failures that count still.
    level: f64,
    /// Milliseconds.
    at: i64,
}

/// Counts failures.
pub struct Throttle {
    places: Mutex<Vec<Place>>,
    hash: RandomState,
}

/// An attempt that was let by. Counts as failed until it is taken back.
#[derive(Debug)]
pub struct Admitted(Vec<usize>);

impl Default for Throttle {
    fn default() -> Self {
        Self { places: Mutex::new(vec![Place::default(); PLACES]), hash: RandomState::new() }
    }
}

impl Throttle {
    /// Lets an attempt by, or says in how many seconds the next one is.
    pub fn admit(&self, now: Instant, name: &str, from: Network, device: Option<&str>) -> Result<Admitted, u32> {
        let counted = match device {
            Some(device) => vec![(self.place("device", (name, device)), DEVICE)],
            None => vec![
                (self.place("name and network", (name, from)), NAME_FROM_NETWORK),
                (self.place("name", name), NAME_FROM_STRANGERS),
                (self.place("network", from), NETWORK),
            ],
        };
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        let mut wait: f64 = 0.0;
        for (place, rule) in &counted {
            let level = places[*place].leak(now, *rule);
            wait = wait.max((level + 1.0 - rule.most) * rule.seconds);
        }
        // A refused attempt does not count, or whoever goes on trying would wait for ever.
        if wait > 0.0 {
            return Err(wait.ceil().clamp(1.0, 86_400.0) as u32);
        }
        counted.iter().for_each(|(place, _)| places[*place].level += 1.0);
        Ok(Admitted(counted.into_iter().map(|(place, _)| place).collect()))
    }

    /// The password was right: the attempt does not count.
    pub fn take_back(&self, admitted: &Admitted) {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        for place in &admitted.0 {
            places[*place].level = (places[*place].level - 1.0).max(0.0);
        }
    }

    fn place(&self, kind: &str, key: impl std::hash::Hash) -> usize {
        (self.hash.hash_one((kind, key)) % PLACES as u64) as usize
    }
}

impl Place {
    /// What is left of the failures.
    fn leak(&mut self, now: Instant, rule: Rule) -> f64 {
        let seconds = (now.millis() - self.at).max(0) as f64 / 1_000.0;
        self.level = (self.level - seconds / rule.seconds).max(0.0);
        self.at = now.millis();
        self.level
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Instant {
        Instant::from_millis(1_800_000_000_000 + second * 1_000).unwrap()
    }

    fn network(last: u8) -> Network {
        Network::of(IpAddr::from([10, 0, last, 1]))
    }

    #[test]
    fn a_name_is_tried_six_times_from_one_network_then_once_a_minute() {
        let throttle = Throttle::default();
        let attempt = |second| throttle.admit(at(second), "li.na", network(1), None).map(|_| ());
        assert!((0..6).all(|_| attempt(0).is_ok()));
        assert_eq!(attempt(0), Err(60));
        assert_eq!(attempt(30), Err(30));
        assert_eq!((attempt(60), attempt(60)), (Ok(()), Err(60)));
        // Not one for each minute gone by.
        assert!((0..6).all(|_| attempt(100_000).is_ok()) && attempt(100_000).is_err());
    }

    #[test]
    fn a_right_password_does_not_count() {
        let throttle = Throttle::default();
        for _ in 0..50 {
            let admitted = throttle.admit(at(0), "li.na", network(1), None).unwrap();
            throttle.take_back(&admitted);
        }
    }

    #[test]
    fn strangers_from_everywhere_do_not_shut_out_a_device_that_was_in_before() {
        let throttle = Throttle::default();
        let mut let_by = 0;
        for last in 0..=255 {
            for _ in 0..10 {
                let_by += u32::from(throttle.admit(at(0), "li.na", network(last), None).is_ok());
            }
        }
        assert_eq!(let_by, 100);
        assert!(throttle.admit(at(0), "li.na", network(9), Some("her telephone")).is_ok());
        // The others of her network, and she by another name, are no worse off.
        assert!(throttle.admit(at(0), "wang.wu", network(1), None).is_ok());
    }

    #[test]
    fn a_network_that_tries_many_names_is_slowed() {
        let throttle = Throttle::default();
        let let_by = (0..100).filter(|n| throttle.admit(at(0), &n.to_string(), network(1), None).is_ok()).count();
        assert_eq!(let_by, 30);
    }

    #[test]
    fn a_device_that_guesses_is_slowed_too() {
        let throttle = Throttle::default();
        let let_by = (0..100).filter(|_| throttle.admit(at(0), "li.na", network(1), Some("d")).is_ok()).count();
        assert_eq!(let_by, 10);
    }

    #[test]
    fn neighbours_are_one_network_and_an_address_in_two_forms_too() {
        let network = |text: &str| Network::of(text.parse().unwrap());
        assert_eq!(network("192.0.2.1"), network("192.0.2.254"));
        assert_eq!(network("192.0.2.1"), network("::ffff:192.0.2.9"));
        assert_ne!(network("192.0.2.1"), network("192.0.3.1"));
        assert_eq!(network("2001:db8:1:2200::1"), network("2001:db8:1:22ff::1"));
        assert_ne!(network("2001:db8:1:2200::1"), network("2001:db8:1:2300::1"));
    }
}
