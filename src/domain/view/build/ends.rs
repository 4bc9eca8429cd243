//! Where a history ends and its subjects may have gone on.

use std::collections::{BTreeMap, VecDeque};

use super::Built;
use super::history::History;
use super::lineage::Lineage;
use crate::domain::chain::history::Range;
use crate::domain::record::{Handle, Link, Record, Subject, SubjectKind};

/// The records to load beside a history for a page as of now: of the batches it was made from, of their plots and of the
/// licences all that came since, and what those records rest on (the laboratory of a later report, its sample).
///
/// A worklist like `HistoryPlan`: whoever loads a range feeds the links found.
///
/// ```ignore
/// let mut ends = OpenEnds::of(&history, batch)?;
/// while let Some(range) = ends.next() {
///     for record in store.load(range)? { ends.feed(&record.links); since.push(record); }
/// }
/// ```
#[derive(Debug)]
pub struct OpenEnds {
    /// Subject → first seq that is neither in the history nor handed out.
    next_seq: BTreeMap<Subject, u64>,
    /// First come, first out: two ranges of one subject stay in order.
    waiting: VecDeque<Range>,
}

impl OpenEnds {
    pub fn of(history: &[Record], batch: Handle) -> Built<Self> {
        let mut ends = Self { next_seq: BTreeMap::new(), waiting: VecDeque::new() };
        for record in history {
            ends.next_seq.insert(record.subject, record.seq + 1);
        }
        let known = History::read(history)?;
        let lineage = Lineage::of(&known, batch)?;
        let of = |kind: SubjectKind| move |handle: Handle| Subject::new(kind, handle);
        let ancestors = lineage.ancestors().map(of(SubjectKind::Batch));
        let plots = lineage.plots(&known).into_iter().map(of(SubjectKind::Plot));
        let licences = lineage.licences(&known).into_iter().map(of(SubjectKind::Licence));
        for subject in ancestors.chain(plots).chain(licences) {
            ends.reach(subject, u64::MAX);
        }
        // Its own chain is whole.
        ends.next_seq.insert(Subject::new(SubjectKind::Batch, batch), u64::MAX);
        Ok(ends)
    }

    /// Takes the links of records that were loaded.
    pub fn feed(&mut self, links: &[Link]) {
        for link in links {
            self.reach(link.subject, link.seq);
        }
    }

    fn reach(&mut self, subject: Subject, to_seq: u64) {
        let from_seq = self.next_seq.get(&subject).copied().unwrap_or(0);
        if from_seq <= to_seq && from_seq < u64::MAX {
            self.next_seq.insert(subject, to_seq.saturating_add(1));
            self.waiting.push_back(Range { subject, from_seq, to_seq });
        }
    }
}

/// The ranges still to be loaded. After a `None` more may come when more links are fed.
impl Iterator for OpenEnds {
    type Item = Range;

    fn next(&mut self) -> Option<Range> {
        self.waiting.pop_front()
    }
}
