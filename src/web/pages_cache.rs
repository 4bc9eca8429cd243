//! Finished scan pages in memory: rendered and compressed once, dropped when any subject they show gets a record.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::io::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix_web::web::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use moka::notification::RemovalCause;
use moka::sync::Cache;

use crate::domain::record::Handle;

/// A page as it is sent.
#[derive(Debug, Clone)]
pub struct FinishedPage {
    pub status: u16,
    pub plain: Bytes,
    pub gzip: Bytes,
}

impl FinishedPage {
    pub fn new(status: u16, plain: String) -> Self {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::new(6));
        // Writing to memory does not fail; an empty page would be noticed by every test.
        let gzip = encoder.write_all(plain.as_bytes()).and_then(|()| encoder.finish()).unwrap_or_default();
        Self { status, plain: plain.into(), gzip: gzip.into() }
    }
}

/// Pages in memory, by address and language.
#[derive(Clone)]
pub struct PageCache {
    pages: Cache<String, Kept>,
    index: Arc<Mutex<Index>>,
}

/// Which pages show which subjects, and which subjects changed of late.
#[derive(Default)]
struct Index {
    /// Subject → keys of the pages that show it.
    shown_on: HashMap<Handle, HashSet<String>>,
    /// Number of the newest commit.
    commits: u64,
    /// Subjects of the newest commits, oldest first.
    recent: VecDeque<(u64, Handle)>,
}

/// The moment at which a page began to be read; see [`PageCache::put`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment(u64);

/// A page with the subjects that it shows.
#[derive(Clone)]
struct Kept {
    page: Arc<FinishedPage>,
    subjects: Arc<[Handle]>,
}

/// Bytes of pages, plain and compressed, that are kept: some 1,500 pages.
const BYTES: u64 = 48 << 20;
/// Changed subjects that are remembered for pages that are being made.
const RECENT: usize = 8_192;
/// A verdict may change by the calendar alone (best before, licence): no page is older than this.
const OLDEST: Duration = Duration::from_secs(60);

impl PageCache {
    pub fn new() -> Self {
        let index: Arc<Mutex<Index>> = Arc::default();
        let forgetting = Arc::clone(&index);
        let pages = Cache::builder()
            .max_capacity(BYTES)
            .weigher(|key: &String, kept: &Kept| {
                let bytes = kept.page.plain.len() + kept.page.gzip.len() + key.len() + 32 * kept.subjects.len();
                u32::try_from(bytes).unwrap_or(u32::MAX)
            })
            .time_to_live(OLDEST)
            .eviction_listener(move |key: Arc<String>, kept: Kept, cause| {
                // A replaced page shows the same address: its entries in the index stay good.
                if cause != RemovalCause::Replaced {
                    lock(&forgetting).forget(&key, &kept.subjects);
                }
            })
            .build();
        Self { pages, index }
    }

    pub fn get(&self, key: &str) -> Option<Arc<FinishedPage>> {
        self.pages.get(key).map(|kept| kept.page)
    }

    /// To be taken before a page's records are read.
    pub fn now(&self) -> Moment {
        Moment(lock(&self.index).commits)
    }

    /// Keeps a page that shows `subjects` as they were at `read_at`. Where one of them changed since, the page is old before
    /// it was finished and is not kept.
    pub fn put(&self, key: String, page: Arc<FinishedPage>, subjects: &BTreeSet<Handle>, read_at: Moment) {
        // Inserted before it is indexed: a page that this one replaces may be told as gone, and takes its entries with it.
        self.pages.insert(key.clone(), Kept { page, subjects: subjects.iter().copied().collect() });
        let mut index = lock(&self.index);
        if index.changed_since(read_at, subjects) {
            drop(index);
            self.pages.invalidate(&key);
            return;
        }
        for subject in subjects {
            index.shown_on.entry(*subject).or_default().insert(key.clone());
        }
    }

    /// Drops every page that shows one of these subjects.
    pub fn drop_subjects(&self, touched: &[Handle]) {
        let keys = lock(&self.index).touch(touched);
        for key in keys {
            self.pages.invalidate(&key);
        }
    }
}

fn lock(index: &Mutex<Index>) -> MutexGuard<'_, Index> {
    index.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Index {
    /// Notes a commit; answers the pages that it makes old.
    fn touch(&mut self, touched: &[Handle]) -> HashSet<String> {
        self.commits += 1;
        for subject in touched {
            self.recent.push_back((self.commits, *subject));
        }
        while self.recent.len() > RECENT {
            self.recent.pop_front();
        }
        touched.iter().filter_map(|subject| self.shown_on.remove(subject)).flatten().collect()
    }

    fn changed_since(&self, moment: Moment, subjects: &BTreeSet<Handle>) -> bool {
        // Commits that are no longer remembered may have touched anything.
        let remembered = self.recent.front().is_none_or(|(commit, _)| *commit <= moment.0 + 1);
        let since = self.recent.iter().rev().take_while(|(commit, _)| *commit > moment.0);
        !remembered || since.into_iter().any(|(_, subject)| subjects.contains(subject))
    }

    fn forget(&mut self, key: &str, subjects: &[Handle]) {
        for subject in subjects {
            if let Some(keys) = self.shown_on.get_mut(subject) {
                keys.remove(key);
                if keys.is_empty() {
                    self.shown_on.remove(subject);
                }
            }
        }
    }
}

impl Default for PageCache {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(number: u8) -> Handle {
        Handle::from_bytes([number; 16])
    }

    fn page() -> Arc<FinishedPage> {
        Arc::new(FinishedPage::new(200, "page".into()))
    }

    #[test]
    fn a_page_goes_with_the_next_record_of_any_subject_that_it_shows() {
        let cache = PageCache::new();
        let now = cache.now();
        cache.put("a".into(), page(), &BTreeSet::from([subject(1), subject(2)]), now);
        cache.put("b".into(), page(), &BTreeSet::from([subject(3)]), now);
        cache.drop_subjects(&[subject(1)]);
        assert!(cache.get("a").is_none() && cache.get("b").is_some());
    }

    #[test]
    fn a_page_whose_subject_changed_while_it_was_made_is_not_kept() {
        let cache = PageCache::new();
        let before = cache.now();
        cache.drop_subjects(&[subject(1)]);
        cache.put("old".into(), page(), &BTreeSet::from([subject(1)]), before);
        cache.put("other".into(), page(), &BTreeSet::from([subject(2)]), before);
        cache.put("new".into(), page(), &BTreeSet::from([subject(1)]), cache.now());
        assert!(cache.get("old").is_none() && cache.get("other").is_some() && cache.get("new").is_some());
    }

    #[test]
    fn a_page_that_took_longer_than_is_remembered_is_not_kept() {
        let cache = PageCache::new();
        let before = cache.now();
        for _ in 0..=RECENT {
            cache.drop_subjects(&[subject(1)]);
        }
        cache.put("slow".into(), page(), &BTreeSet::from([subject(2)]), before);
        assert!(cache.get("slow").is_none());
    }
}
