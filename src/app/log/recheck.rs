//! Looking through the whole log again, once a night: what is on the disk has to be what was published. Each record is hashed,
//! stands on the one before it in its chain, and is what the tree holds; the tree comes to the published root.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use super::PublishedLog;
use crate::app::App;
use crate::domain::merkle::{Edge, FullTile, Leaf, TILE_WIDTH, TreeHead};
use crate::domain::ports::Clock;
use crate::domain::record::{Digest, Handle, Record};
use crate::domain::time::Instant;
use crate::store::{Entries, Replica, Source, Standing, Store, StoreError};

/// Records read at once.
const PAGE: u32 = 1_000;
/// The hour of the night, in the instance's civil time, in which the log is looked through.
const HOUR: i64 = 3;
/// How often the clock is looked at.
const TICK: Duration = Duration::from_secs(30);
/// How often, and how long each time, a replica is waited for that does not have the newest record yet.
const WAITS: u32 = 60;
const WAIT: Duration = Duration::from_millis(500);

/// What the last look came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked {
    pub at: Instant,
    pub records: u64,
    pub source: Source,
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

/// Looks through the log each night, as long as the log lives.
pub struct Nightly {
    log: Weak<PublishedLog>,
    copy: Option<Weak<dyn Replica>>,
    clock: Arc<dyn Clock>,
    utc_offset_minutes: i32,
}

impl Nightly {
    /// `None` where no log is published.
    pub fn of(app: &App) -> Option<Self> {
        Some(Self {
            log: Arc::downgrade(app.log.as_ref()?),
            copy: app.pages.replica().map(Arc::downgrade),
            clock: Arc::clone(&app.clock),
            utc_offset_minutes: app.utc_offset_minutes,
        })
    }

    /// In a thread of its own.
    pub fn start(self) -> std::io::Result<()> {
        let tick = || {
            std::thread::sleep(TICK);
            true
        };
        std::thread::Builder::new().name("recheck".into()).spawn(move || self.run(tick)).map(drop)
    }

    /// Looks at the clock whenever `wait` returns, until it says that there is nothing more to wait for.
    pub fn run(&self, wait: impl FnMut() -> bool) {
        each_night(&*self.clock, self.utc_offset_minutes, wait, |now| {
            let log = self.log.upgrade();
            if let Some(log) = &log {
                look(log, self.copy.as_ref().and_then(Weak::upgrade).as_deref(), now);
            }
            log.is_some()
        });
    }
}

/// Calls `look` once in the night; after a night that was slept through, as soon as the clock is looked at again. Ends when
/// `wait` or `look` says so.
fn each_night(
    clock: &dyn Clock,
    utc_offset_minutes: i32,
    mut wait: impl FnMut() -> bool,
    mut look: impl FnMut(Instant) -> bool,
) {
    let mut next = next_night(clock.now(), utc_offset_minutes);
    while wait() {
        let now = clock.now();
        let is_due = now >= next;
        // Told anew each time: a clock that ran ahead and was put right must not put off the night.
        next = next_night(now, utc_offset_minutes);
        if is_due && !look(now) {
            return;
        }
    }
}

/// When the log is next looked through: later than now, at most a day.
fn next_night(now: Instant, utc_offset_minutes: i32) -> Instant {
    const MINUTES_A_DAY: i64 = 24 * 60;
    let since = (now.millis() / 60_000 + i64::from(utc_offset_minutes) - HOUR * 60).rem_euclid(MINUTES_A_DAY);
    let begun = Instant::from_millis(now.millis() - now.millis() % 60_000).unwrap_or(now);
    begun.plus_minutes(MINUTES_A_DAY - since)
}

/// Looks through the log now, and keeps what it came to: on a copy that follows, where there is one, else in the database.
pub fn look(log: &PublishedLog, copy: Option<&dyn Replica>, now: Instant) {
    let published = log.published().tree;
    let looked = match copy.and_then(|copy| on_copy(copy, published)) {
        Some(damage) => Ok((Source::Replica, damage.map(|damage| format!("on the replica: {damage}")))),
        None => log.store().and_then(|store| of_store(&*store, published, &mut |_| {})),
    };
    match looked {
        Ok((source, damage)) => {
            match &damage {
                Some(damage) => tracing::error!(damage, "the records are not those that were published"),
                None => tracing::info!(records = published.size, %source, "every record is as it was published"),
            }
            log.last_look().set(Looked { at: now, records: published.size, source, damage });
        }
        // The database is away: the next night tells.
        Err(error) => tracing::warn!(%error, "the log could not be looked through"),
    }
}

/// What is damaged on a copy; nothing where it is away, too far behind, or fails.
fn on_copy(copy: &dyn Replica, published: TreeHead) -> Option<Option<String>> {
    let looked = has(copy, published.size).and_then(|has| match has {
        true => through(copy, published, &mut |_| {}).map(Some),
        false => Ok(None),
    });
    looked.unwrap_or_else(|error| {
        tracing::warn!(%error, "the log could not be looked through on the replica; the database itself is read");
        None
    })
}

/// Whether a copy has so many records; one that follows is waited for.
fn has(copy: &dyn Replica, size: u64) -> Result<bool, StoreError> {
    for _ in 0..WAITS {
        if !matches!(copy.standing(), Standing::Following { .. }) {
            return Ok(false);
        }
        if size == 0 || !copy.leaves(size - 1, 1)?.is_empty() {
            return Ok(true);
        }
        std::thread::sleep(WAIT);
    }
    Ok(false)
}

/// Reads every record that was published, past what is kept in memory; answers from where, and what is not as it was.
pub fn of_store(
    store: &dyn Store,
    published: TreeHead,
    progress: &mut dyn FnMut(u64),
) -> Result<(Source, Option<String>), StoreError> {
    let mut damage = None;
    let source = store.past_memory(&mut |entries| {
        damage = through(entries, published, progress)?;
        Ok(())
    })?;
    Ok((source, damage))
}

/// Reads every record that was published; answers what is not as it was, in a sentence. Memory: a head for each subject.
fn through(
    entries: &dyn Entries,
    published: TreeHead,
    progress: &mut dyn FnMut(u64),
) -> Result<Option<String>, StoreError> {
    let (mut edge, mut heads) = (Edge::default(), HashMap::new());
    while edge.size() < published.size {
        let limit = u64::from(PAGE).min(published.size - edge.size()) as u32;
        let page = match entries.log(edge.size(), limit) {
            Err(StoreError::Damaged(damaged)) => return Ok(Some(damaged.to_string())),
            page => page?,
        };
        if page.is_empty() {
            return Ok(Some(format!("the log ends at {}, {} records were published", edge.size(), published.size)));
        }
        // What stands beside the bytes is what chains and bundles are read by.
        let beside = match entries.leaves(edge.size(), limit) {
            Err(StoreError::Damaged(damaged)) => return Ok(Some(damaged.reason)),
            beside => beside?,
        };
        let mut full = Vec::new();
        for (stored, beside) in page.into_iter().zip(beside) {
            let index = edge.size();
            if stored.log_index != index {
                return Ok(Some(format!("the record at {index} is missing")));
            }
            match leaf(&stored.bytes, stored.hash, &mut heads) {
                Err(reason) => return Ok(Some(format!("the record at {index} {reason}"))),
                Ok(leaf) if leaf != beside => {
                    return Ok(Some(format!(
                        "the record at {index} is filed under another subject or place than it has"
                    )));
                }
                Ok(leaf) => edge.push(leaf.hash(), &mut full),
            }
        }
        for tile in full {
            if let Some(damage) = other_tile(entries, &tile)? {
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

fn other_tile(entries: &dyn Entries, tile: &FullTile) -> Result<Option<String>, StoreError> {
    let kept = entries.tile(tile.level, tile.number, TILE_WIDTH)?;
    let same = kept.is_some_and(|hashes| hashes == tile.hashes);
    Ok((!same).then(|| format!("tile {}/{} of the tree is not what its records come to", tile.level, tile.number)))
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};

    use super::*;

    struct Hands(Mutex<Instant>);

    impl Clock for Hands {
        fn now(&self) -> Instant {
            *self.0.lock().unwrap()
        }
    }

    const CHINA: i32 = 480;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    #[test]
    fn the_next_night_begins_at_three_of_the_instances_own_time() {
        for (now, offset, next) in [
            ("2026-11-27T00:00:00.000Z", CHINA, "2026-11-27T19:00:00.000Z"),
            ("2026-11-27T18:59:59.999Z", CHINA, "2026-11-27T19:00:00.000Z"),
            ("2026-11-27T19:00:00.000Z", CHINA, "2026-11-28T19:00:00.000Z"),
            ("2026-11-27T19:00:30.001Z", CHINA, "2026-11-28T19:00:00.000Z"),
            ("2026-12-31T23:00:00.000Z", 0, "2027-01-01T03:00:00.000Z"),
            ("2026-11-27T02:00:00.000Z", -210, "2026-11-27T06:30:00.000Z"),
            ("2026-11-27T00:00:00.000Z", 345, "2026-11-27T21:15:00.000Z"),
        ] {
            assert_eq!(next_night(at(now), offset), at(next), "{now} {offset}");
        }
    }

    /// When the log is looked through while the clock shows these times, one after the other.
    fn looks(times: &[&str]) -> Vec<String> {
        let clock = Hands(Mutex::new(at(times[0])));
        let (shown, looked) = (Cell::new(0), RefCell::new(Vec::new()));
        let wait = || {
            shown.set(shown.get() + 1);
            times.get(shown.get()).map(|time| *clock.0.lock().unwrap() = at(time)).is_some()
        };
        each_night(&clock, CHINA, wait, |now| {
            looked.borrow_mut().push(now.to_string());
            true
        });
        looked.into_inner()
    }

    #[test]
    fn each_night_has_one_look() {
        let mut times = Vec::new();
        let mut now = at("2026-11-27T10:00:00.000Z");
        while now < at("2026-11-30T10:00:00.000Z") {
            times.push(now.to_string());
            now = Instant::from_millis(now.millis() + 30_000).unwrap();
        }
        let times: Vec<&str> = times.iter().map(String::as_str).collect();
        let nights = [27, 28, 29].map(|day| format!("2026-11-{day}T19:00:00.000Z"));
        assert_eq!(looks(&times), nights);
    }

    #[test]
    fn a_night_that_was_slept_through_is_made_up_for_and_a_clock_that_ran_ahead_costs_none() {
        let slept = ["2026-11-27T18:00:00.000Z", "2026-11-28T01:30:00.000Z", "2026-11-28T01:30:30.000Z"];
        assert_eq!(looks(&slept), slept[1..2]);
        let ahead = [
            "2036-11-27T10:00:00.000Z",
            "2026-11-27T10:00:00.000Z",
            "2026-11-27T18:59:59.000Z",
            "2026-11-27T19:00:29.000Z",
        ];
        assert_eq!(looks(&ahead), ahead[3..]);
    }

    #[test]
    fn nobody_looks_once_the_log_is_gone() {
        let clock = Hands(Mutex::new(at("2026-11-27T18:00:00.000Z")));
        let (mut looks, mut nights) = (0, 0);
        let wait = || {
            let mut now = clock.0.lock().unwrap();
            *now = now.plus_minutes(24 * 60);
            nights += 1;
            nights < 100
        };
        each_night(&clock, CHINA, wait, |_| {
            looks += 1;
            looks < 3
        });
        assert_eq!(looks, 3);
    }
}
