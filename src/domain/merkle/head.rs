//! The tree as it stood at one moment, and what was signed of it.

use super::Edge;
use crate::domain::record::{Digest, Seen};

/// How many records a tree holds, and what they come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TreeHead {
    pub size: u64,
    pub root: Digest,
}

impl TreeHead {
    pub fn of(edge: &Edge) -> Self {
        Self { size: edge.size(), root: edge.root() }
    }

    /// What a record says that was written after it; an empty tree tells nothing.
    pub fn seen(self) -> Option<Seen> {
        (self.size > 0).then_some(Seen { root: self.root, size: self.size })
    }
}

/// A checkpoint with the log's own signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// 1, and one more each time the log was begun anew.
    pub epoch: u64,
    pub tree: TreeHead,
    /// The signed note, whole.
    pub note: String,
}
