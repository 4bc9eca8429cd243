//! What the domain's callers bring: the time and randomness of the moment. The system's own stand behind these in
//! `app::clock` and `app::randomness` only.

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
