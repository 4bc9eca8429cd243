//! Keys that were found good a moment ago: a device that writes often does not cost two reads of the database each time.
//! Only good ones are kept, by the hash of the secret, and only for [`OLDEST`]: so long does a revoked or expired key live on.

use std::time::Duration;

use moka::sync::Cache;

use crate::app::Caller;
use crate::domain::record::Digest;

const KEYS: u64 = 10_000;
const OLDEST: Duration = Duration::from_secs(2);

/// Callers by the hash of their key.
#[derive(Clone)]
pub struct Callers(Cache<Digest, Caller>);

impl Callers {
    pub fn new() -> Self {
        Self(Cache::builder().max_capacity(KEYS).time_to_live(OLDEST).build())
    }

    pub fn get(&self, key: Digest) -> Option<Caller> {
        self.0.get(&key)
    }

    pub fn put(&self, key: Digest, caller: Caller) {
        self.0.insert(key, caller);
    }
}

impl Default for Callers {
    fn default() -> Self {
        Self::new()
    }
}
