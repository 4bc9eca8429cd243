//! What can go wrong in a store, told apart once for every engine.

use crate::domain::acts::Refusal;

/// A stored value that cannot be what was stored.
#[derive(Debug, thiserror::Error)]
#[error("{place} is damaged: {reason}")]
pub struct Damaged {
    pub place: &'static str,
    pub reason: String,
}

impl Damaged {
    pub fn new(place: &'static str, reason: impl std::fmt::Display) -> Self {
        Self { place, reason: reason.to_string() }
    }
}

/// Why the store did not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The queue is full; nothing was written, try again.
    #[error("the writer's queue is full")]
    Busy,
    /// No room, or the medium takes no writes; nothing was acknowledged, and it may work again later.
    #[error("the storage takes no more: {0}")]
    Full(String),
    /// The database server does not answer, or refuses us; nothing was acknowledged, and it may work again later.
    #[error("the database cannot be reached: {0}")]
    Unavailable(String),
    /// The connection broke in a commit, and what became of it cannot be learnt yet: the same again, with its key, gets the
    /// answer or the effect.
    #[error("nobody knows yet what became of a commit: {0}")]
    Unresolved(String),
    /// The log may not be gone on with; nothing was written, reading goes on.
    #[error("the log is stopped: {0}")]
    LogStopped(String),
    /// Committed, but not published: the same again, with its key, gets the answer once the log goes on.
    #[error("the log could not be published: {0}")]
    Unpublished(String),
    /// Two transactions stood in each other's way; the same again may succeed.
    #[error("transactions collided: {0}")]
    Collision(String),
    /// The engine failed; nothing was acknowledged.
    #[error("the database failed: {0}")]
    Engine(String),
    /// The commit itself failed, and nobody can tell whether it is on the disk.
    #[error("the database failed in a commit: {0}")]
    CommitUnknown(String),
    /// A constraint refused the group: one of its acts, not the engine, is at fault.
    #[error("a constraint was broken: {0}")]
    Constraint(String),
    #[error(transparent)]
    Damaged(#[from] Damaged),
}

impl StoreError {
    /// The same failure for another act of the group.
    pub(super) fn for_another(&self) -> Self {
        match self {
            Self::Refused(refusal) => Self::Refused(refusal.clone()),
            Self::Busy => Self::Busy,
            Self::Full(cause) => Self::Full(cause.clone()),
            Self::Unavailable(cause) => Self::Unavailable(cause.clone()),
            Self::Unresolved(cause) => Self::Unresolved(cause.clone()),
            Self::LogStopped(cause) => Self::LogStopped(cause.clone()),
            Self::Unpublished(cause) => Self::Unpublished(cause.clone()),
            other => Self::Engine(other.to_string()),
        }
    }
}

/// What engines say when there is no room or no permission to write: SQLite's words for its codes, and the system's for
/// PostgreSQL, whose codes diesel does not hand on.
const FULL: &[&str] = &[
    "database or disk is full",
    "attempt to write a readonly database",
    "No space left on device",
    "Read-only file system",
];

/// PostgreSQL's words while it starts, stops, or has no place for us.
const UNAVAILABLE: &[&str] = &[
    "server closed the connection",
    "terminating connection",
    "the database system is",
    "could not connect",
    "connection to server",
    "too many clients",
    "no connection to the server",
    "canceling statement due to lock timeout",
    "canceling statement due to statement timeout",
];

impl From<diesel::result::Error> for StoreError {
    fn from(error: diesel::result::Error) -> Self {
        use diesel::result::{DatabaseErrorKind as Kind, Error};
        let text = error.to_string();
        let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
        match &error {
            Error::DatabaseError(
                Kind::UniqueViolation | Kind::ForeignKeyViolation | Kind::NotNullViolation | Kind::CheckViolation,
                _,
            ) => Self::Constraint(text),
            Error::DatabaseError(Kind::SerializationFailure, _) => Self::Collision(text),
            _ if text.contains("deadlock detected") => Self::Collision(text),
            Error::DatabaseError(Kind::ReadOnlyTransaction, _) => Self::Full(text),
            _ if says(FULL) => Self::Full(text),
            Error::DatabaseError(Kind::ClosedConnection, _) => Self::Unavailable(text),
            _ if says(UNAVAILABLE) => Self::Unavailable(text),
            _ => Self::Engine(text),
        }
    }
}
