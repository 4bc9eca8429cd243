//! Finished scan pages in memory: rendered and compressed once, dropped when any subject they show gets a record.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};
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
    /// Subject → keys of the pages that show it.
    shown_on: Arc<Mutex<HashMap<Handle, HashSet<String>>>>,
}

/// A page with the subjects that it shows.
#[derive(Clone)]
struct Kept {
    page: Arc<FinishedPage>,
    subjects: Arc<[Handle]>,
}

const PAGES: u64 = 10_000;
/// A verdict may change by the calendar alone (best before, licence): no page is older than this.
const OLDEST: Duration = Duration::from_secs(60);

impl PageCache {
    pub fn new() -> Self {
        let shown_on: Arc<Mutex<HashMap<Handle, HashSet<String>>>> = Arc::default();
        let index = Arc::clone(&shown_on);
        let pages = Cache::builder()
            .max_capacity(PAGES)
            .time_to_live(OLDEST)
            .eviction_listener(move |key: Arc<String>, kept: Kept, cause| {
                // A replaced page shows the same address: its entries in the index stay good.
                if cause != RemovalCause::Replaced {
                    forget(&mut index.lock().unwrap_or_else(PoisonError::into_inner), &key, &kept.subjects);
                }
            })
            .build();
        Self { pages, shown_on }
    }

    pub fn get(&self, key: &str) -> Option<Arc<FinishedPage>> {
        self.pages.get(key).map(|kept| kept.page)
    }

    /// Keeps a page that shows `subjects`.
    pub fn put(&self, key: String, page: Arc<FinishedPage>, subjects: &BTreeSet<Handle>) {
        {
            let mut index = self.shown_on.lock().unwrap_or_else(PoisonError::into_inner);
            for subject in subjects {
                index.entry(*subject).or_default().insert(key.clone());
            }
        }
        self.pages.insert(key, Kept { page, subjects: subjects.iter().copied().collect() });
    }

    /// Drops every page that shows one of these subjects.
    pub fn drop_subjects(&self, touched: &[Handle]) {
        let keys: HashSet<String> = {
            let mut index = self.shown_on.lock().unwrap_or_else(PoisonError::into_inner);
            touched.iter().filter_map(|subject| index.remove(subject)).flatten().collect()
        };
        for key in keys {
            self.pages.invalidate(&key);
        }
    }
}

fn forget(index: &mut HashMap<Handle, HashSet<String>>, key: &str, subjects: &[Handle]) {
    for subject in subjects {
        if let Some(keys) = index.get_mut(subject) {
            keys.remove(key);
            if keys.is_empty() {
                index.remove(subject);
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

    #[test]
    fn a_page_goes_with_the_next_record_of_any_subject_that_it_shows() {
        let cache = PageCache::new();
        let (farm, batch, other) =
            (Handle::from_bytes([1; 16]), Handle::from_bytes([2; 16]), Handle::from_bytes([3; 16]));
        let page = Arc::new(FinishedPage::new(200, "page".into()));
        cache.put("a".into(), Arc::clone(&page), &BTreeSet::from([farm, batch]));
        cache.put("b".into(), page, &BTreeSet::from([other]));
        cache.drop_subjects(&[farm]);
        assert!(cache.get("a").is_none() && cache.get("b").is_some());
    }
}
