//! What the domain's callers bring: the time and randomness of the moment. The system's own stand behind these in
//! `app::clock` and `app::randomness` only.

use super::merkle::Published;
use super::time::Instant;

/// The present.
pub trait Clock: Send + Sync {
    /// Milliseconds matter, monotony does not: order is by index, never by clock.
    fn now(&self) -> Instant;
}

/// Bytes that nobody can guess.
pub trait Randomness: Send + Sync {
    /// Fills the whole buffer. Implementations abort the process rather than give weak bytes.
    fn fill(&self, buffer: &mut [u8]);
}

/// What the log last promised, kept where no restored backup of the records reaches (FORMATS §2).
pub trait Guard: Send + Sync {
    /// `None` where there is no guard.
    fn read(&self) -> Result<Option<Published>, GuardFailed>;

    /// Shows `next` what the guard holds and durably puts in its place what that answers, if anything. Nobody else moves the
    /// guard meanwhile, so that of several instances one signs at a time. Answers what the guard holds now; `None` where
    /// there is no guard.
    fn advance(&self, next: &mut dyn FnMut(&Published) -> Option<Published>) -> Result<Option<Published>, GuardFailed>;

    /// Makes the guard, or one of a new epoch. `false` where there is one of this epoch or a later one.
    fn begin(&self, first: &Published) -> Result<bool, GuardFailed>;
}

/// The guard could not be read or written.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the guard of the log ({place}) failed: {cause}")]
pub struct GuardFailed {
    pub place: String,
    pub cause: String,
}
