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
        let lane = if known { &self.known } else { &self.strangers };
        let queued = Arc::clone(&lane.queue).try_acquire_owned().map_err(|_| AppError::Busy)?;
        let checking = tokio::time::timeout(PATIENCE, Arc::clone(&lane.checking).acquire_owned()).await;
        let checking = checking.map_err(|_| AppError::Busy)?.map_err(|_| AppError::Busy)?;
        Ok(Turn { _queued: queued, _checking: checking })
    }
}

impl Lane {
    fn new() -> Self {
        Self { queue: Arc::new(Semaphore::new(QUEUE)), checking: Arc::new(Semaphore::new(1)) }
    }
}
