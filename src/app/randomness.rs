//! The operating system's randomness: the only place that asks it.

use crate::domain::ports::Randomness;

/// `getrandom(2)` and its like.
pub struct SystemRandomness;

impl Randomness for SystemRandomness {
    #[expect(clippy::disallowed_methods, reason = "this is the port")]
    fn fill(&self, buffer: &mut [u8]) {
        if getrandom::fill(buffer).is_err() {
            // Without randomness every handle, salt and key would be a guess: there is nothing to fall back on.
            std::process::abort();
        }
    }
}
