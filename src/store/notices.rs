//! What organisations are told, and what of it is sent to their webhooks: the port. Operational rows.

use serde::{Deserialize, Serialize};

use super::{Damaged, StoreError};
use crate::domain::notices::Notice;
use crate::domain::record::Handle;
use crate::domain::time::{CivilDate, Instant};

/// How far the log was read for news.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewsRead {
    pub next_log_index: u64,
    /// The civil day on which the ends of licences were last looked at.
    pub looked_on: CivilDate,
}

/// An address that an organisation has news sent to.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    pub home: Handle,
    pub id: Handle,
    pub url: String,
    /// Signs what is sent: never printed.
    pub secret: Vec<u8>,
    pub created_at: Instant,
    pub ended_at: Option<Instant>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    Waiting,
    Done,
    /// Tried as often as it is tried; a person may have it tried again.
    GivenUp,
}

impl DeliveryState {
    pub const ALL: [Self; 3] = [Self::Waiting, Self::Done, Self::GivenUp];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::GivenUp => "given_up",
        }
    }

    pub fn of(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// One notice on its way to one address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delivery {
    pub home: Handle,
    pub webhook: Handle,
    pub once: String,
    pub state: DeliveryState,
    pub attempts: u32,
    pub next_at: Option<Instant>,
    pub last_at: Option<Instant>,
    /// Of the last attempt: a status, or why none came.
    pub outcome: Option<String>,
}

/// A row on its way to another database. What was delivered, or given up, stays behind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    Webhook(Webhook),
    Notice(Notice),
    Waiting(Delivery),
    Read(NewsRead),
}

impl std::fmt::Debug for Webhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Webhook").field("home", &self.home).field("id", &self.id).finish_non_exhaustive()
    }
}

/// Rows, newest first: `limit` of them, and those that were told at the same moment as the last.
#[derive(Debug)]
pub struct Stretch<T> {
    pub rows: Vec<T>,
    /// Where older ones are: before this.
    pub older: Option<Instant>,
}

impl<T> Default for Stretch<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), older: None }
    }
}

impl<T> Stretch<T> {
    pub(super) fn of(
        rows: impl Iterator<Item = Result<T, StoreError>>,
        older: Option<i64>,
    ) -> Result<Self, StoreError> {
        let older = older.map(Instant::from_millis).transpose();
        let older = older.map_err(|cause| Damaged::new("notices.told_at", cause))?;
        Ok(Self { rows: rows.collect::<Result<_, _>>()?, older })
    }
}

pub trait Notices {
    /// Everything, in the order in which it can be taken.
    fn all_told(&self) -> Result<Vec<Told>, StoreError>;

    /// Takes rows of another database; what is there stays. Nothing is sent for them but what was still waiting.
    fn take_told(&self, told: &[Told]) -> Result<(), StoreError>;

    /// `None` before the first look.
    fn news_read(&self) -> Result<Option<NewsRead>, StoreError>;

    /// Keeps what is told, with a delivery to every address of those who are told, and how far the log was read then. Answers
    /// `false`, and keeps nothing, where another instance has read on meanwhile.
    fn tell(&self, before: Option<NewsRead>, after: NewsRead, told: &[Notice]) -> Result<bool, StoreError>;

    /// The newest that were told before a moment.
    fn notices(&self, home: Handle, before: Option<Instant>, limit: u32) -> Result<Stretch<Notice>, StoreError>;

    /// How many were not looked at.
    fn unseen(&self, home: Handle) -> Result<u64, StoreError>;

    /// Those that were told until `at` have been looked at.
    fn see(&self, home: Handle, at: Instant) -> Result<(), StoreError>;

    /// The newest first, those that ended too.
    fn webhooks(&self, home: Handle) -> Result<Vec<Webhook>, StoreError>;

    fn add_webhook(&self, webhook: &Webhook) -> Result<(), StoreError>;

    /// `false` where there is none that works. What waits for it is given up.
    fn end_webhook(&self, home: Handle, id: Handle, at: Instant) -> Result<bool, StoreError>;

    /// The newest at an address of what was told before a moment, in one state or in any, with what they tell.
    fn deliveries(
        &self,
        home: Handle,
        webhook: Handle,
        state: Option<DeliveryState>,
        before: Option<Instant>,
        limit: u32,
    ) -> Result<Stretch<(Delivery, Notice)>, StoreError>;

    /// What is to be tried by `now` at addresses that have not ended, the longest waiting first.
    fn due(&self, now: Instant, limit: u32) -> Result<Vec<(Delivery, Webhook, Notice)>, StoreError>;

    /// Puts the next attempt off to `until`, so that nobody else makes it; `false` where somebody else does.
    fn claim(&self, delivery: &Delivery, until: Instant) -> Result<bool, StoreError>;

    /// Keeps what an attempt came to, where the claim still stands.
    fn settle(&self, delivery: &Delivery, claimed_until: Instant) -> Result<(), StoreError>;

    /// Puts off to `until` what is due at an address and nobody has claimed.
    fn rest(&self, home: Handle, webhook: Handle, now: Instant, until: Instant) -> Result<(), StoreError>;

    /// Has something tried again from the beginning; `false` where there is nothing such, or its address has ended.
    fn replay(&self, home: Handle, webhook: Handle, once: &str, now: Instant) -> Result<bool, StoreError>;
}
