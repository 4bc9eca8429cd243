//! Which records `/history` of a subject holds: its whole chain, and of every subject it rests on, directly or through
//! others, all records from seq 0 up to the last one linked.
//!
//! A pure worklist: the plan says which ranges to load, the caller loads them from wherever they lie and feeds the
//! links found. Each record is asked for once. Order and bytes are the caller's: the file stands in `log_index` order.
//!
//! ```ignore
//! let mut plan = HistoryPlan::new(batch, head_seq);
//! while let Some(range) = plan.next() {
//!     for record in store.load(range)? { plan.feed(&record.links); }
//! }
//! let included = plan.included();
//! ```

use std::collections::BTreeMap;

use crate::domain::record::{Link, Subject};

/// The records of one subject that are to be loaded next, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    pub subject: Subject,
    pub from_seq: u64,
    pub to_seq: u64,
}

/// What is known so far of a history.
#[derive(Debug, Clone)]
pub struct HistoryPlan {
    start: Subject,
    /// Subject → last seq included.
    included: BTreeMap<Subject, u64>,
    /// Subject → first seq that was not handed out yet.
    handed_out: BTreeMap<Subject, u64>,
    /// Subjects whose included part has grown; a subject may stand here twice, the second time finds nothing to do.
    grown: Vec<Subject>,
}

impl HistoryPlan {
    /// A history of `start`, whose newest record is `head_seq`.
    pub fn new(start: Subject, head_seq: u64) -> Self {
        Self { start, included: BTreeMap::from([(start, head_seq)]), handed_out: BTreeMap::new(), grown: vec![start] }
    }

    /// Takes the links of records that were loaded.
    pub fn feed(&mut self, links: &[Link]) {
        for link in links {
            self.reach(link.subject, link.seq);
        }
    }

    /// One link's target. The chain of the start is included whole already.
    pub fn reach(&mut self, subject: Subject, seq: u64) {
        if subject == self.start || self.included.get(&subject).is_some_and(|last| *last >= seq) {
            return;
        }
        self.included.insert(subject, seq);
        self.grown.push(subject);
    }

    /// Subject → last seq included; complete once `next` gave `None` and everything loaded was fed.
    pub fn included(&self) -> &BTreeMap<Subject, u64> {
        &self.included
    }
}

/// The ranges still to be loaded. After a `None` more may come when more links are fed.
impl Iterator for HistoryPlan {
    type Item = Range;

    fn next(&mut self) -> Option<Range> {
        while let Some(subject) = self.grown.pop() {
            let to_seq = *self.included.get(&subject)?;
            let from_seq = self.handed_out.insert(subject, to_seq + 1).unwrap_or(0);
            if from_seq <= to_seq {
                return Some(Range { subject, from_seq, to_seq });
            }
        }
        None
    }
}
