//! Finished pages in memory, rendered and compressed once. Scan pages are dropped when any subject they show gets a record,
//! and made anew before they are too old to be shown, so that nobody waits for a page that is asked for all the time;
//! pages that list many subjects are kept for [`BRIEF`] instead, because what they show is too wide to be followed.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use actix_web::http::header::HeaderValue;
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
    pub etag: HeaderValue,
}

impl FinishedPage {
    pub fn new(status: u16, plain: String) -> Self {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::new(6));
        // Writing to memory does not fail; an empty page would be noticed by every test.
        let gzip = encoder.write_all(plain.as_bytes()).and_then(|()| encoder.finish()).unwrap_or_default();
        let etag = format!("W/\"{}\"", Digest::from_bytes(Sha256::digest(plain.as_bytes()).into()));
        // A hash in quotes is a header.
        let etag = HeaderValue::try_from(etag).unwrap_or_else(|_| HeaderValue::from_static("W/\"\""));
        Self { status, plain: plain.into(), gzip: gzip.into(), etag }
    }
}

impl Kept {
    fn new((page, subjects): Made, read_at: Moment) -> Self {
        Self {
            page: Arc::new(page),
            subjects: subjects.into_iter().collect(),
            read_at,
            made: Instant::now(),
            renewing: Arc::default(),
        }
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

/// The number of commits at which a page began to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Moment(u64);

/// A page with the subjects that it shows; one that shows none is handed out and not kept, for nothing would drop it.
pub type Made = (FinishedPage, BTreeSet<Handle>);

/// A page from memory.
pub struct Hit {
    pub page: Arc<FinishedPage>,
    /// It will be too old soon: whoever is told so, one caller alone, renews it while others still get this one.
    pub is_due: bool,
}

/// A page with the subjects that it shows.
#[derive(Clone)]
struct Kept {
    page: Arc<FinishedPage>,
    subjects: Arc<[Handle]>,
    read_at: Moment,
    made: Instant,
    /// Somebody was told to renew it.
    renewing: Arc<AtomicBool>,
}

/// Bytes of pages, plain and compressed, that are kept: some 1,500 pages.
const BYTES: u64 = 48 << 20;
/// Changed subjects that are remembered for pages that are being made.
const RECENT: usize = 8_192;
/// A verdict may change by the calendar alone (best before, licence): no page is older than this.
const OLDEST: Duration = Duration::from_secs(60);
/// Age at which a page that is still asked for is made anew.
const DUE: Duration = Duration::from_secs(45);
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

    pub fn get(&self, key: &str) -> Option<Hit> {
        let kept = self.pages.get(key)?;
        let is_due = kept.made.elapsed() >= DUE && !kept.renewing.swap(true, Ordering::Relaxed);
        Some(Hit { page: kept.page, is_due })
    }

    /// A page that lists subjects, if it was made within [`BRIEF`].
    pub fn get_brief(&self, key: &str) -> Option<Arc<FinishedPage>> {
        self.brief.get(key)
    }

    /// Keeps a page for [`BRIEF`].
    pub fn put_brief(&self, key: String, page: Arc<FinishedPage>) {
        self.brief.insert(key, page);
    }

    /// As [`PageCache::get_brief`], else made now: once, however many ask for it at this moment; they wait for the first.
    pub fn brief<E: Clone + Send + Sync + 'static>(
        &self,
        key: String,
        make: impl FnOnce() -> Result<FinishedPage, E>,
    ) -> Result<Arc<FinishedPage>, E> {
        self.brief.try_get_with(key, || make().map(Arc::new)).map_err(|error| E::clone(&error))
    }

    /// A scan page from memory, else made now: once, however many ask for it at this moment; they wait for the first.
    pub fn get_or_make<E: Clone + Send + Sync + 'static>(
        &self,
        key: String,
        make: impl Fn() -> Result<Made, E>,
    ) -> Result<Arc<FinishedPage>, E> {
        let first = || {
            let read_at = self.now();
            Ok(Kept::new(make()?, read_at))
        };
        let entry = self.pages.entry(key.clone()).or_try_insert_with(first).map_err(|error| E::clone(&error))?;
        let is_fresh = entry.is_fresh();
        let kept = entry.into_value();
        if is_fresh {
            self.index(key, &kept);
        } else if lock(&self.index).changed_since(kept.read_at, &kept.subjects) {
            // Who waited for the first may have asked after a commit that the first did not see.
            return self.renew(key, make);
        }
        Ok(kept.page)
    }

    /// Makes a page anew, whatever is in memory.
    pub fn renew<E>(&self, key: String, make: impl FnOnce() -> Result<Made, E>) -> Result<Arc<FinishedPage>, E> {
        let read_at = self.now();
        let kept = Kept::new(make()?, read_at);
        // Inserted before it is indexed: a page that this one replaces may be told as gone, and takes its entries with it.
        self.pages.insert(key.clone(), kept.clone());
        self.index(key, &kept);
        Ok(kept.page)
    }

    fn now(&self) -> Moment {
        Moment(lock(&self.index).commits)
    }

    /// Notes what a page shows that was inserted. Where one of its subjects changed since it was read, it is old before it was
    /// finished and is not kept.
    fn index(&self, key: String, kept: &Kept) {
        let mut index = lock(&self.index);
        if kept.subjects.is_empty() || index.changed_since(kept.read_at, &kept.subjects) {
            drop(index);
            self.pages.invalidate(&key);
            return;
        }
        for subject in kept.subjects.iter() {
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

    /// `subjects` are sorted.
    fn changed_since(&self, moment: Moment, subjects: &[Handle]) -> bool {
        // Commits that are no longer remembered may have touched anything.
        let remembered = self.recent.front().is_none_or(|(commit, _)| *commit <= moment.0 + 1);
        let since = self.recent.iter().rev().take_while(|(commit, _)| *commit > moment.0);
        !remembered || since.into_iter().any(|(_, subject)| subjects.binary_search(subject).is_ok())
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
    use std::convert::Infallible;
    use std::sync::Barrier;
    use std::sync::atomic::AtomicU32;

    use super::*;

    fn subject(number: u8) -> Handle {
        Handle::from_bytes([number; 16])
    }

    fn made(subjects: &[u8]) -> Made {
        (FinishedPage::new(200, "page".into()), subjects.iter().map(|number| subject(*number)).collect())
    }

    fn keep(cache: &PageCache, key: &str, subjects: &[u8]) {
        cache.get_or_make(key.into(), || Ok::<_, Infallible>(made(subjects))).unwrap();
    }

    #[test]
    fn a_page_goes_with_the_next_record_of_any_subject_that_it_shows() {
        let cache = PageCache::new();
        keep(&cache, "a", &[1, 2]);
        keep(&cache, "b", &[3]);
        cache.drop_subjects(&[subject(1)]);
        assert!(cache.get("a").is_none() && cache.get("b").is_some());
    }

    #[test]
    fn a_page_that_shows_no_subject_is_not_kept() {
        let cache = PageCache::new();
        keep(&cache, "unknown", &[]);
        assert!(cache.get("unknown").is_none());
    }

    #[test]
    fn a_page_whose_subject_changed_while_it_was_made_is_not_kept() {
        let cache = PageCache::new();
        let made_while_one_changes = |subjects: &[u8]| {
            cache.drop_subjects(&[subject(1)]);
            Ok::<_, Infallible>(made(subjects))
        };
        cache.get_or_make("old".into(), || made_while_one_changes(&[1])).unwrap();
        cache.get_or_make("other".into(), || made_while_one_changes(&[2])).unwrap();
        cache.renew("renewed".into(), || made_while_one_changes(&[1])).unwrap();
        keep(&cache, "new", &[1]);
        assert!(cache.get("old").is_none() && cache.get("renewed").is_none());
        assert!(cache.get("other").is_some() && cache.get("new").is_some());
    }

    /// Asks for one page from sixteen threads at once.
    fn ask_at_once(ask: impl Fn() -> Arc<FinishedPage> + Sync) {
        let start = Barrier::new(16);
        std::thread::scope(|scope| {
            for _ in 0..16 {
                scope.spawn(|| {
                    start.wait();
                    assert_eq!(ask().plain, "page");
                });
            }
        });
    }

    #[test]
    fn a_page_that_many_ask_for_at_once_is_made_once_and_a_failure_is_not_kept() {
        let (cache, count) = (PageCache::new(), AtomicU32::new(0));
        let failed = cache.get_or_make("scan".into(), || Err("the database is busy"));
        assert_eq!(failed.map(|page| page.status), Err("the database is busy"));
        let failed = cache.brief("list".into(), || Err::<FinishedPage, _>("the database is busy"));
        assert_eq!(failed.map(|page| page.status), Err("the database is busy"));
        let slowly = || {
            count.fetch_add(1, Ordering::SeqCst);
            std::thread::sleep(Duration::from_millis(20));
            Ok::<_, Infallible>(made(&[1]))
        };
        ask_at_once(|| cache.get_or_make("scan".into(), slowly).unwrap());
        ask_at_once(|| cache.brief("list".into(), || slowly().map(|(page, _)| page)).unwrap());
        assert_eq!(count.into_inner(), 2);
        assert!(cache.get_brief("list").is_some() && cache.get_brief("other").is_none());
    }

    #[test]
    fn who_asks_after_a_commit_does_not_get_what_another_read_before_it() {
        let (cache, begun, committed) = (PageCache::new(), Barrier::new(2), Barrier::new(2));
        let page = |text: &str| Ok::<_, Infallible>((FinishedPage::new(200, text.into()), [subject(1)].into()));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                cache.get_or_make("scan".into(), || {
                    begun.wait();
                    committed.wait();
                    // Long enough for the other to wait for this page.
                    std::thread::sleep(Duration::from_millis(100));
                    page("before")
                })
            });
            begun.wait();
            cache.drop_subjects(&[subject(1)]);
            committed.wait();
            assert_eq!(cache.get_or_make("scan".into(), || page("after")).unwrap().plain, "after");
        });
    }

    #[test]
    fn a_page_that_took_longer_than_is_remembered_is_not_kept() {
        let cache = PageCache::new();
        let slow = || {
            for _ in 0..=RECENT {
                cache.drop_subjects(&[subject(1)]);
            }
            Ok::<_, Infallible>(made(&[2]))
        };
        cache.get_or_make("slow".into(), slow).unwrap();
        assert!(cache.get("slow").is_none());
    }

    #[test]
    fn one_caller_is_told_that_a_page_is_due() {
        let cache = PageCache::new();
        keep(&cache, "young", &[1]);
        let mut old = Kept::new(made(&[1]), cache.now());
        old.made -= DUE;
        cache.pages.insert("old".into(), old);
        let due = |key: &str| cache.get(key).unwrap().is_due;
        assert_eq!((due("young"), due("old"), due("old")), (false, true, false));
        cache.renew("old".into(), || Ok::<_, Infallible>(made(&[1]))).unwrap();
        assert!(!due("old"));
    }
}
