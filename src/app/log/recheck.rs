//! Looking through the whole log again, once a night: what is on the disk has to be what was published. Each record is hashed,
//! stands on the one before it in its chain, and is what the tree holds; the tree comes to the published root.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::PublishedLog;
use crate::domain::merkle::{Edge, FullTile, Leaf, TILE_WIDTH, TreeHead};
use crate::domain::ports::Clock;
use crate::domain::record::{Digest, Handle, Record};
use crate::domain::time::Instant;
use crate::store::{Store, StoreError};

/// Records read at once.
const PAGE: u32 = 1_000;
/// The hour of the night, in the instance's civil time, in which the log is looked through.
const HOUR: i64 = 3;
/// How often the clock is looked at.
const TICK: Duration = Duration::from_secs(30);

/// What the last look came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked {
    pub at: Instant,
    pub records: u64,
    /// What is not as it was published.
    pub damage: Option<String>,
}

/// The last look; nothing until the first.
#[derive(Debug, Clone, Default)]
pub struct LastLook(Arc<Mutex<Option<Looked>>>);

impl LastLook {
    pub fn get(&self) -> Option<Looked> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, looked: Looked) {
        metrics::gauge!("suyuan_log_rechecked_records").set(looked.records as f64);
        metrics::gauge!("suyuan_log_rechecked_at_seconds").set(looked.at.millis() as f64 / 1_000.0);
        metrics::gauge!("suyuan_log_damaged").set(if looked.damage.is_some() { 1.0 } else { 0.0 });
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(looked);
    }
}

/// Looks through the log each night, as long as the store lives.
pub fn each_night(log: &Arc<PublishedLog>, clock: Arc<dyn Clock>, utc_offset_minutes: i32) -> std::io::Result<()> {
    let log = Arc::downgrade(log);
    let night = move |now: Instant| {
        let local = now.plus_minutes(utc_offset_minutes.into()).millis();
        (local / 3_600_000 % 24 == HOUR).then_some(local / 86_400_000)
    };
    let watch = move || {
        let mut last = None;
        loop {
            std::thread::sleep(TICK);
            let Some(log) = log.upgrade() else { return };
            let now = clock.now();
            if let Some(day) = night(now)
                && last.replace(day) != Some(day)
            {
                look(&log, now);
            }
        }
    };
    std::thread::Builder::new().name("recheck".into()).spawn(watch).map(drop)
}

/// Looks through the log now, and keeps what it came to.
pub fn look(log: &PublishedLog, now: Instant) {
    let published = log.published().tree;
    let looked = log.store().and_then(|store| {
        store.forget_cached()?;
        through(&*store, published, &mut |_| {})
    });
    match looked {
        Ok(damage) => {
            match &damage {
                Some(damage) => tracing::error!(damage, "the records are not those that were published"),
                None => tracing::info!(records = published.size, "every record is as it was published"),
            }
            log.last_look().set(Looked { at: now, records: published.size, damage });
        }
        // The database is away: the next night tells.
        Err(error) => tracing::warn!(%error, "the log could not be looked through"),
    }
}

/// Reads every record that was published; answers what is not as it was, in a sentence. Memory: a head for each subject.
pub fn through(
    store: &dyn Store,
    published: TreeHead,
    progress: &mut dyn FnMut(u64),
) -> Result<Option<String>, StoreError> {
    let (mut edge, mut heads) = (Edge::default(), HashMap::new());
    while edge.size() < published.size {
        let limit = u64::from(PAGE).min(published.size - edge.size()) as u32;
        let page = match store.log(edge.size(), limit) {
            Err(StoreError::Damaged(damaged)) => return Ok(Some(damaged.to_string())),
            page => page?,
        };
        if page.is_empty() {
            return Ok(Some(format!("the log ends at {}, {} records were published", edge.size(), published.size)));
        }
        let mut full = Vec::new();
        for stored in page {
            let index = edge.size();
            if stored.log_index != index {
                return Ok(Some(format!("the record at {index} is missing")));
            }
            match leaf(&stored.bytes, stored.hash, &mut heads) {
                Err(reason) => return Ok(Some(format!("the record at {index} {reason}"))),
                Ok(leaf) => edge.push(leaf.hash(), &mut full),
            }
        }
        for tile in full {
            if let Some(damage) = other_tile(store, &tile)? {
                return Ok(Some(damage));
            }
        }
        progress(edge.size());
    }
    let same = edge.root() == published.root;
    Ok((!same).then(|| format!("the {} records come to another root than was published", published.size)))
}

/// What the tree holds for a record that stands on the head before it.
fn leaf(bytes: &[u8], hash: Digest, heads: &mut HashMap<Handle, (u64, Digest)>) -> Result<Leaf, String> {
    let record = Record::parse(bytes).map_err(|cause| format!("cannot be read: {cause}"))?;
    let subject = record.subject.handle;
    let expected = heads.get(&subject).copied().unwrap_or((0, Digest::ZERO));
    if (record.seq, record.prev) != expected {
        return Err(format!("does not stand on the head of {}", record.subject));
    }
    heads.insert(subject, (record.seq + 1, hash));
    Ok(Leaf { subject, seq: record.seq, record_hash: hash })
}

fn other_tile(store: &dyn Store, tile: &FullTile) -> Result<Option<String>, StoreError> {
    let kept = store.tile(tile.level, tile.number, TILE_WIDTH)?;
    let same = kept.is_some_and(|hashes| hashes == tile.hashes);
    Ok((!same).then(|| format!("tile {}/{} of the tree is not what its records come to", tile.level, tile.number)))
}
