//! Witnessing the logs of others, at the time of the clock.

use std::sync::Arc;

use crate::domain::ports::Clock;
pub use crate::log::witness::Refused;

/// A witness at work.
pub struct Witness {
    witness: crate::log::Witness,
    clock: Arc<dyn Clock>,
}

impl Witness {
    pub fn new(witness: crate::log::Witness, clock: Arc<dyn Clock>) -> Self {
        Self { witness, clock }
    }

    /// The cosignature lines for a body of `add-checkpoint`.
    pub fn add_checkpoint(&self, body: &[u8]) -> Result<String, Refused> {
        let now = u64::try_from(self.clock.now().millis() / 1000).unwrap_or(0);
        Ok(format!("{}\n", self.witness.add_checkpoint(body, now)?))
    }

    /// The key that others verify by.
    pub fn vkey(&self) -> String {
        self.witness.key().to_string()
    }
}
