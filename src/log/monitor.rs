//! What an outsider keeps of a log to hold it to its word: its last checkpoint, the right edge of a tree that he built from the
//! entries himself, and the newest record of every subject. Fetches nothing.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::checkpoint::{CheckpointError, SignedCheckpoint};
use super::policy::PolicyFault;
use crate::domain::merkle::{BundleError, Edge, Leaf, ProofFault, TreeHead};
use crate::domain::record::{Digest, Handle};

/// A log as far as it was read.
#[derive(Debug, Clone, Default)]
pub struct Monitor {
    /// The checkpoint that was read up to, with its signatures.
    note: Option<String>,
    edge: Edge,
    heads: HashMap<Handle, Head>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Head {
    seq: u64,
    hash: Digest,
}

/// What a log must never do. Each is a reason to show both checkpoints to others.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Alarm {
    #[error("the checkpoint is not believed: {0}")]
    Checkpoint(#[from] CheckpointError),
    #[error("the checkpoint is not believed: {0}")]
    Policy(PolicyFault),
    #[error("the log calls itself {now:?}, and was {before:?}: it was begun anew, or this is another log")]
    OtherLog { before: String, now: String },
    #[error("the log has {now} records, and had {before}: records were taken away")]
    Shrunk { before: u64, now: u64 },
    #[error("the log of {now} records does not begin with the {before} that were read before: {fault}")]
    Rewritten { before: u64, now: u64, fault: ProofFault },
    #[error("the log shows other entries before record {size} than it showed earlier")]
    OtherEntries { size: u64 },
    #[error("entry {index} of the log cannot be read: {fault}")]
    Entry { index: u64, fault: BundleError },
    #[error("the {size} entries of the log do not come to the root that it signed")]
    Root { size: u64 },
    #[error(
        "entry {index} is record {seq} of {subject}, for which there is another one already: two histories of one thing"
    )]
    TwoHeads { index: u64, subject: Handle, seq: u64 },
    #[error("entry {index} is record {seq} of {subject}; record {expected} must come first")]
    Gap { index: u64, subject: Handle, seq: u64, expected: u64 },
}

/// Why a kept state cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the kept state is damaged: {0}")]
pub struct StateError(String);

impl Monitor {
    /// How many entries were read.
    pub fn size(&self) -> u64 {
        self.edge.size()
    }

    /// How many subjects the log has.
    pub fn subjects(&self) -> usize {
        self.heads.len()
    }

    /// The checkpoint that was read up to, as it came.
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// The tree that was read.
    pub fn tree(&self) -> TreeHead {
        TreeHead::of(&self.edge)
    }

    /// Whether a new checkpoint may be one of the log that was read: the same name, not smaller, the same tree at the same size.
    pub fn compare(&self, new: &SignedCheckpoint) -> Result<(), Alarm> {
        let (now, before) = (&new.checkpoint, self.tree());
        if let Some(kept) = &self.note {
            let kept = SignedCheckpoint::parse(kept.as_bytes())?.checkpoint.origin;
            if kept != now.origin {
                return Err(Alarm::OtherLog { before: kept, now: now.origin.clone() });
            }
        }
        if now.size < before.size {
            return Err(Alarm::Shrunk { before: before.size, now: now.size });
        }
        if now.size == before.size && now.root != before.root {
            let fault = ProofFault::SameSize { size: now.size };
            return Err(Alarm::Rewritten { before: before.size, now: now.size, fault });
        }
        Ok(())
    }

    /// Whether entries that were read before, and come again in the same bundle, are the same.
    pub fn compare_again(&self, again: &[Leaf]) -> Result<(), Alarm> {
        let same = again.len() == self.edge.level(0).len()
            && again.iter().zip(self.edge.level(0)).all(|(leaf, hash)| leaf.hash() == *hash);
        if same { Ok(()) } else { Err(Alarm::OtherEntries { size: self.size() }) }
    }

    /// Takes the next entries.
    pub fn read(&mut self, leaves: &[Leaf]) -> Result<(), Alarm> {
        for leaf in leaves {
            let (index, subject, seq) = (self.size(), leaf.subject, leaf.seq);
            let expected = self.heads.get(&subject).map_or(0, |head| head.seq + 1);
            if seq < expected {
                return Err(Alarm::TwoHeads { index, subject, seq });
            }
            if seq > expected {
                return Err(Alarm::Gap { index, subject, seq, expected });
            }
            self.heads.insert(subject, Head { seq, hash: leaf.record_hash });
            // What became full is known by its root in the level above.
            self.edge.push(leaf.hash(), &mut Vec::new());
        }
        Ok(())
    }

    /// Ends a reading: the entries come to what was signed.
    pub fn settle(&mut self, new: &SignedCheckpoint) -> Result<(), Alarm> {
        let TreeHead { size, root } = self.tree();
        if (size, root) != (new.checkpoint.size, new.checkpoint.root) {
            return Err(Alarm::Root { size: new.checkpoint.size });
        }
        self.note = Some(new.note.to_string());
        Ok(())
    }

    /// The state as a file: SHA-256 of what follows, a line break, JSON.
    pub fn to_file(&self) -> Vec<u8> {
        let levels = (0..8).map(|level| self.edge.level(level).to_vec()).collect();
        let mut heads: Vec<_> = self.heads.iter().map(|(subject, head)| (*subject, head.seq, head.hash)).collect();
        heads.sort_unstable_by_key(|(subject, ..)| *subject);
        let state = State { note: self.note.clone(), levels, heads };
        // Strings, numbers and lists: writing them cannot fail.
        let json = serde_json::to_vec(&state).unwrap_or_default();
        [format!("{}\n", sum(&json)).as_bytes(), &json].concat()
    }

    /// Reads what [`Monitor::to_file`] writes.
    pub fn from_file(bytes: &[u8]) -> Result<Self, StateError> {
        let cut =
            bytes.iter().position(|byte| *byte == b'\n').ok_or_else(|| StateError("it has no first line".into()))?;
        let (first, json) = (&bytes[..cut], &bytes[cut + 1..]);
        if first != sum(json).to_string().as_bytes() {
            return Err(StateError("its sum is wrong".into()));
        }
        let state: State = serde_json::from_slice(json).map_err(|error| StateError(error.to_string()))?;
        let edge = Edge::from_levels(state.levels).map_err(|error| StateError(error.to_string()))?;
        let heads = state.heads.into_iter().map(|(subject, seq, hash)| (subject, Head { seq, hash })).collect();
        Ok(Self { note: state.note, edge, heads })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    note: Option<String>,
    levels: Vec<Vec<Digest>>,
    heads: Vec<(Handle, u64, Digest)>,
}

fn sum(json: &[u8]) -> Digest {
    Digest::from_bytes(Sha256::digest(json).into())
}
