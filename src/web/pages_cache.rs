//! Finished pages in memory, rendered and compressed once. Scan pages are dropped when any subject they show gets a record;
//! pages that list many subjects are kept for [`BRIEF`] instead, because what they show is too wide to be followed.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::io::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix_web::web::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use moka::notification::RemovalCause;
use moka::sync::Cache;
use sha2::{Digest as _, Sha256};

use crate::domain::record::{Digest, Handle};

/// A page as it is sent.
#[derive(Debug, Clone)]
pub struct FinishedPage {
    pub status: u16,
    pub plain: Bytes,
    pub gzip: Bytes,
    /// Weak, because both encodings share it.
    pub etag: String,
}

impl FinishedPage {
    pub fn new(status: u16, plain: String) -> Self {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::new(6));
        // Writing to memory does not fail; an empty page would be noticed by every test.
        let gzip = encoder.write_all(plain.as_bytes()).and_then(|()| encoder.finish()).unwrap_or_default();
        let etag = format!("W/\"{}\"", Digest::from_bytes(Sha256::digest(plain.as_bytes()).into()));
        Self { status, plain: plain.into(), gzip: gzip.into(), etag }
    }
}

/// Pages in memory, by address and language.
#[derive(Clone)]
pub struct PageCache {
    pages: Cache<String, Kept>,
    brief: Cache<String, Arc<FinishedPage>>,
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
/// Life of a page that lists subjects. With the three seconds that a browser keeps it, a recall shows within five.
const BRIEF: Duration = Duration::from_secs(2);
const BRIEF_PAGES: u64 = 500;

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
        let brief = Cache::builder().max_capacity(BRIEF_PAGES).time_to_live(BRIEF).build();
        Self { pages, brief, index }
    }

    pub fn get(&self, key: &str) -> Option<Arc<FinishedPage>> {
        self.pages.get(key).map(|kept| kept.page)
    }

    /// A page that lists subjects, if it was made within [`BRIEF`].
    pub fn get_brief(&self, key: &str) -> Option<Arc<FinishedPage>> {
        self.brief.get(key)
    }

    /// As [`PageCache::get_brief`], else made now: once, however many ask for it at this moment; they wait for the first.
    pub fn brief<E: Clone + Send + Sync + 'static>(
        &self,
        key: String,
        make: impl FnOnce() -> Result<FinishedPage, E>,
    ) -> Result<Arc<FinishedPage>, E> {
        self.brief.try_get_with(key, || make().map(Arc::new)).map_err(|error| E::clone(&error))
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
    fn a_page_that_many_ask_for_at_once_is_made_once_and_a_failure_is_not_kept() {
        let (cache, start) = (PageCache::new(), std::sync::Barrier::new(16));
        let made = std::sync::atomic::AtomicU32::new(0);
        let failed = cache.brief("list".into(), || Err::<FinishedPage, _>("the database is busy"));
        assert_eq!(failed.map(|page| page.status), Err("the database is busy"));
        std::thread::scope(|scope| {
            for _ in 0..16 {
                scope.spawn(|| {
                    start.wait();
                    let make = || {
                        made.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                        Ok::<_, ()>(FinishedPage::new(200, "page".into()))
                    };
                    assert_eq!(cache.brief("list".into(), make).unwrap().plain, "page");
                });
            }
        });
        assert_eq!(made.into_inner(), 1);
        assert!(cache.get_brief("list").is_some() && cache.get_brief("other").is_none());
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
