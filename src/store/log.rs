//! The log as a tree: what is kept of it, and who publishes it.

use std::fmt;
use std::sync::Arc;

use super::{Records, StoreError};
use crate::domain::merkle::{Edge, Leaf, Published, TreeHead};
use crate::domain::record::Digest;

/// Signs and guards what was committed, before anybody is answered.
pub trait Publisher: Send + Sync {
    /// Whether records may be written; [`StoreError::LogStopped`] says why not.
    fn check(&self) -> Result<(), StoreError>;

    /// The newest checkpoint that is signed and guarded.
    fn newest(&self) -> Option<Arc<Published>>;

    /// Returns once a checkpoint over this tree or a larger one is signed and guarded. Called by one thread.
    fn publish(&self, tree: &Arc<Edge>) -> Result<(), StoreError>;
}

/// The log as it lies somewhere: in the database, or in a copy of it.
pub trait Entries: Records {
    /// The first `width` hashes of a tile; `None` where the tree has fewer. What was answered once never changes.
    fn tile(&self, level: u8, number: u64, width: u16) -> Result<Option<Vec<Digest>>, StoreError>;

    /// What stands in the tree for the records from `from` on, at most `limit`.
    fn leaves(&self, from: u64, limit: u32) -> Result<Vec<Leaf>, StoreError>;
}

/// From where records were read that were looked through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// From the disk itself: nothing that was in memory.
    Disk,
    /// As a database server gives them: what it has in its memory it does not read from its disk.
    Server,
    /// From a copy that follows the database.
    Replica,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Disk => "on the disk",
            Self::Server => "as the database server gave them",
            Self::Replica => "on the replica",
        })
    }
}

/// The Merkle tree over the log.
pub trait Log: Entries {
    /// The tree over all records.
    fn tree(&self) -> Result<TreeHead, StoreError>;

    /// The signed note over a tree of this size, where one was kept.
    fn checkpoint(&self, epoch: u64, size: u64) -> Result<Option<String>, StoreError>;

    /// Signed notes of one epoch over trees of fewer records than `below`, the largest first.
    fn checkpoints(&self, epoch: u64, below: u64, limit: u32) -> Result<Vec<(u64, String)>, StoreError>;

    /// Keeps a signed note.
    fn keep_checkpoint(&self, signed: &Published) -> Result<(), StoreError>;

    /// As [`Log::keep_checkpoint`]; the note takes the place of one of the same size, which has fewer cosignatures.
    fn keep_cosigned(&self, signed: &Published) -> Result<(), StoreError>;
}
