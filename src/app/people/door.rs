//! What stands at the door: the count of failures, and who checks a password at the moment. Two at most do, one of them a
//! stranger: so a flood of guesses takes one core, and whoever was in before does not queue behind it.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::throttle::{Admitted, Network, Throttle};
use crate::app::AppError;
use crate::auth::session::Marks;

/// Who waits for a check at most; more are sent away at once.
const QUEUE: usize = 32;
/// Longer nobody waits.
const PATIENCE: Duration = Duration::from_secs(10);

/// Whether those who have to show a second factor are held to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecondFactor {
    Required,
    /// Whoever likes sets one up: in the demo, whose passwords are printed.
    Offered,
}

/// Shared by all who come.
pub struct Door {
    pub throttle: Throttle,
    pub marks: Marks,
    pub second_factor: SecondFactor,
    /// Proxies whose word is taken for where a request comes from.
    pub trusted_proxies: Vec<IpAddr>,
    strangers: Lane,
    known: Lane,
}

struct Lane {
    queue: Arc<Semaphore>,
    checking: Arc<Semaphore>,
}

/// One's turn to have a password checked or hashed. Held while it is.
pub struct Turn {
    _queued: OwnedSemaphorePermit,
    _checking: OwnedSemaphorePermit,
}

/// Somebody at the door.
#[derive(Debug, Clone, Copy)]
pub struct Knock<'a> {
    /// As it was typed.
    pub login: &'a str,
    pub from: Network,
    /// A device that logged in by this name before.
    pub device: Option<&'a str>,
}

impl Door {
    pub fn new(marks: Marks) -> Self {
        Self {
            throttle: Throttle::default(),
            marks,
            second_factor: SecondFactor::Required,
            trusted_proxies: Vec::new(),
            strangers: Lane::new(),
            known: Lane::new(),
        }
    }

    /// Lets an attempt by and waits for its turn.
    pub async fn admit(
        &self,
        now: crate::domain::time::Instant,
        knock: Knock<'_>,
    ) -> Result<(Admitted, Turn), super::PeopleError> {
        let admitted = self
            .throttle
            .admit(now, knock.login, knock.from, knock.device)
            .map_err(|seconds| super::PeopleError::Wait { seconds })?;
        match self.turn(knock.device.is_some()).await {
            Ok(turn) => Ok((admitted, turn)),
            // No password was looked at: a flood does not count against the owner who comes meanwhile.
            Err(busy) => {
                self.throttle.take_back(&admitted);
                Err(busy.into())
            }
        }
    }

    /// Waits for a turn.
    pub async fn turn(&self, known: bool) -> Result<Turn, AppError> {
        self.turn_within(known, PATIENCE).await
    }

    async fn turn_within(&self, known: bool, patience: Duration) -> Result<Turn, AppError> {
        let lane = if known { &self.known } else { &self.strangers };
        let queued = Arc::clone(&lane.queue).try_acquire_owned().map_err(|_| AppError::Busy)?;
        let checking = tokio::time::timeout(patience, Arc::clone(&lane.checking).acquire_owned()).await;
        let checking = checking.map_err(|_| AppError::Busy)?.map_err(|_| AppError::Busy)?;
        Ok(Turn { _queued: queued, _checking: checking })
    }
}

impl Lane {
    fn new() -> Self {
        Self { queue: Arc::new(Semaphore::new(QUEUE)), checking: Arc::new(Semaphore::new(1)) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::PeopleError;
    use super::*;

    fn door() -> Door {
        Door::new(Marks::from_seed(&[7; 32]))
    }

    fn now() -> crate::domain::time::Instant {
        "2026-09-01T00:00:00.000Z".parse().unwrap()
    }

    fn knock(device: Option<&str>) -> Knock<'_> {
        Knock { login: "li.na", from: Network::of([192, 0, 2, 1].into()), device }
    }

    /// Goes on while others wait, until nothing more happens by itself.
    async fn settle() {
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn one_stranger_and_one_known_device_are_checked_at_once_and_no_more() {
        let door = Arc::new(door());
        let (stranger, _known) = (door.turn(false).await.unwrap(), door.turn(true).await.unwrap());
        let waiting = [false, true].map(|known| {
            let door = Arc::clone(&door);
            tokio::spawn(async move { door.turn(known).await.is_ok() })
        });
        settle().await;
        assert!(waiting.iter().all(|one| !one.is_finished()));
        drop(stranger);
        settle().await;
        assert_eq!(waiting.each_ref().map(tokio::task::JoinHandle::is_finished), [true, false]);
    }

    #[tokio::test]
    async fn the_thirty_third_is_sent_away_at_once_and_whoever_was_in_before_does_not_queue_behind_them() {
        let door = Arc::new(door());
        let first = door.turn(false).await.unwrap();
        let mut waiting: Vec<_> = (1..QUEUE)
            .map(|_| {
                let door = Arc::clone(&door);
                tokio::spawn(async move { door.turn(false).await.map(drop).is_ok() })
            })
            .collect();
        settle().await;
        let one_more = Arc::clone(&door);
        let one_more = tokio::spawn(async move { matches!(one_more.turn(false).await, Err(AppError::Busy)) });
        settle().await;
        assert!(one_more.is_finished() && one_more.await.unwrap());
        let turn = door.turn(true).await;
        assert!(turn.is_ok());
        // Each gets his turn when the one before him is done.
        drop(first);
        for one in waiting.drain(..) {
            assert!(one.await.unwrap());
        }
        assert!(door.turn(false).await.is_ok());
    }

    #[tokio::test]
    async fn whoever_waited_too_long_is_sent_away_and_leaves_his_place() {
        let door = door();
        let first = door.turn(false).await.unwrap();
        for _ in 0..2 * QUEUE {
            assert!(matches!(door.turn_within(false, Duration::from_micros(1)).await, Err(AppError::Busy)));
        }
        drop(first);
        assert!(door.turn(false).await.is_ok());
    }

    #[tokio::test]
    async fn whoever_was_sent_away_unchecked_has_not_failed() {
        let door = Arc::new(door());
        let _all: Vec<_> = (0..QUEUE)
            .map(|_| {
                let door = Arc::clone(&door);
                tokio::spawn(async move {
                    let turn = door.turn(false).await;
                    std::future::pending::<()>().await;
                    drop(turn);
                })
            })
            .collect();
        settle().await;
        // More often than failures are let by.
        for _ in 0..20 {
            let refused = door.admit(now(), knock(None)).await;
            assert!(matches!(refused, Err(PeopleError::App(AppError::Busy))));
        }
    }
}
