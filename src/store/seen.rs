//! What a writer knows when a group is written, for the next one: acts mostly concern what was just written to. It stays true
//! as long as nobody else writes; whoever uses it looks, under the lock on the log's end, whether somebody did.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::domain::acts::Known;
use crate::domain::merkle::Edge;
use crate::domain::record::Handle;

/// What the writer of this process saw, held by whoever changes states: the writer while it decides and writes a group, and
/// who writes beside it.
#[derive(Debug, Clone, Default)]
pub struct Memory(Arc<Mutex<Seen>>);

impl Memory {
    pub fn hold(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes states beside the writer, which has then seen nothing: it would write back what it remembers.
    pub fn beside<T>(&self, write: impl FnOnce() -> T) -> T {
        let mut seen = self.hold();
        let done = write();
        *seen = Seen::default();
        done
    }
}

/// What this writer last saw of the database.
#[derive(Debug)]
pub struct Seen {
    /// Where the log ended; `None` has it asked.
    pub log_end: Option<u64>,
    /// The right edge of the tree over it; `None` has it read.
    pub tree: Option<Arc<Edge>>,
    pub states: States,
    /// Groups in a row during which nobody else wrote.
    quiet: u32,
}

/// Where others write too, a hope is rarely fulfilled, and costs the group twice: so many groups of nobody else come first.
const QUIET: u32 = 16;

impl Default for Seen {
    fn default() -> Self {
        Self { log_end: None, tree: None, states: States::default(), quiet: QUIET }
    }
}

impl Seen {
    /// Whether a group may be decided in the hope that nobody else writes. What it then breaks is a constraint of the database:
    /// the same group is to be run again, by somebody who has seen nothing.
    pub fn hopes(&self) -> bool {
        self.quiet >= QUIET && self.log_end.is_some() && self.tree.is_some()
    }

    /// Whether others wrote while a group was decided.
    pub fn others_wrote(&mut self, wrote: bool) {
        self.quiet = if wrote { 0 } else { self.quiet.saturating_add(1) };
    }
}

/// Subjects of a generation of states; a state has a kilobyte or two.
const GENERATION: usize = 4_096;

/// States of the subjects that were needed last. Those that are not asked for while a generation fills go with the next.
#[derive(Debug, Default)]
pub struct States {
    young: HashMap<Handle, State>,
    old: HashMap<Handle, State>,
}

/// A subject's state and the log index of its first record.
pub type State = (Known, u64);

impl States {
    /// Taken out: whoever changes it puts it back when that is written.
    pub fn take(&mut self, handle: Handle) -> Option<State> {
        self.young.remove(&handle).or_else(|| self.old.remove(&handle))
    }

    pub fn put(&mut self, subjects: HashMap<Handle, Known>, opened_at: &BTreeMap<Handle, u64>) {
        for (handle, known) in subjects {
            if let Some(first) = opened_at.get(&handle) {
                self.young.insert(handle, (known, *first));
            }
        }
        if self.young.len() >= GENERATION {
            self.old = std::mem::take(&mut self.young);
        }
    }

    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::acts::Head;
    use crate::domain::entities::{Entity, Log};
    use crate::domain::record::{Digest, Subject, SubjectKind};
    use crate::domain::time::Instant;

    fn known(number: u64) -> (Handle, Known) {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&number.to_be_bytes());
        let handle = Handle::from_bytes(bytes);
        let head = Head { seq: 0, hash: Digest::ZERO, recorded_at: Instant::MIN };
        let entity = Entity::Log(Log { home: handle, vkey: String::new() });
        (handle, Known { subject: Subject { kind: SubjectKind::Log, handle }, head, entity })
    }

    fn put(states: &mut States, numbers: std::ops::Range<u64>) {
        let subjects: HashMap<_, _> = numbers.clone().map(known).collect();
        let opened_at = numbers.map(|number| (known(number).0, number)).collect();
        states.put(subjects, &opened_at);
    }

    #[test]
    fn who_saw_others_write_hopes_again_when_they_have_been_quiet_for_a_while() {
        let mut seen = Seen::default();
        assert!(!seen.hopes(), "nothing was seen yet");
        (seen.log_end, seen.tree) = (Some(0), Some(Arc::default()));
        assert!(seen.hopes());
        seen.others_wrote(true);
        let groups = (0..).take_while(|_| {
            seen.others_wrote(false);
            !seen.hopes()
        });
        assert_eq!(groups.count() as u32, QUIET - 1);
    }

    #[test]
    fn what_is_not_asked_for_goes_and_what_is_taken_is_gone_until_it_is_put_back() {
        let mut states = States::default();
        let generation = GENERATION as u64;
        put(&mut states, 0..10);
        assert_eq!(states.take(known(3).0).unwrap().1, 3);
        assert!(states.take(known(3).0).is_none());
        put(&mut states, 10..generation + 10);
        assert!(states.take(known(5).0).is_some(), "the generation before is still there");
        put(&mut states, 5..6);
        put(&mut states, 2 * generation..3 * generation);
        assert!(states.take(known(5).0).is_some(), "it was asked for in this generation");
        assert!(states.take(known(6).0).is_none());
        assert!(states.young.len() + states.old.len() <= 2 * GENERATION);
    }
}
