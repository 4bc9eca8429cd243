//! Keys that were found good a moment ago: a device that writes often does not cost two reads of the database each time.
//! Only good ones are kept, by the hash of the secret, and only for [`OLDEST`]: so long does a revoked or expired key live on, and an organisation that was suspended write.

use std::time::Duration;

use moka::sync::Cache;

use crate::app::Caller;
use crate::domain::record::{Digest, Handle};

const KEYS: u64 = 10_000;
const OLDEST: Duration = Duration::from_secs(2);

/// Callers by the hash of their key.
#[derive(Clone)]
pub struct Callers {
    keys: Cache<Digest, Caller>,
    /// Whether an organisation is suspended, for those who come with a token.
    suspended: Cache<Handle, bool>,
}

impl Callers {
    pub fn new() -> Self {
        Self {
            keys: Cache::builder().max_capacity(KEYS).time_to_live(OLDEST).build(),
            suspended: Cache::builder().max_capacity(KEYS).time_to_live(OLDEST).build(),
        }
    }

    pub fn get(&self, key: Digest) -> Option<Caller> {
        self.keys.get(&key)
    }

    pub fn put(&self, key: Digest, caller: Caller) {
        self.keys.insert(key, caller);
    }

    pub fn suspended(&self, organisation: Handle) -> Option<bool> {
        self.suspended.get(&organisation)
    }

    pub fn put_suspended(&self, organisation: Handle, suspended: bool) {
        self.suspended.insert(organisation, suspended);
    }
}

impl Default for Callers {
    fn default() -> Self {
        Self::new()
    }
}
