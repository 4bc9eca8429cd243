//! The log as a tree: what is kept of it, and who publishes it.

use std::sync::Arc;

use super::StoreError;
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

/// The Merkle tree over the log.
pub trait Log {
    /// The tree over all records.
    fn tree(&self) -> Result<TreeHead, StoreError>;

    /// The first `width` hashes of a tile; `None` where the tree has fewer. What was answered once never changes.
    fn tile(&self, level: u8, number: u64, width: u16) -> Result<Option<Vec<Digest>>, StoreError>;

    /// What stands in the tree for the records from `from` on, at most `limit`.
    fn leaves(&self, from: u64, limit: u32) -> Result<Vec<Leaf>, StoreError>;

    /// The signed note over a tree of this size, where one was kept.
    fn checkpoint(&self, epoch: u64, size: u64) -> Result<Option<String>, StoreError>;

    /// Signed notes of one epoch over trees of fewer records than `below`, the largest first.
    fn checkpoints(&self, epoch: u64, below: u64, limit: u32) -> Result<Vec<(u64, String)>, StoreError>;

    /// Keeps a signed note.
    fn keep_checkpoint(&self, signed: &Published) -> Result<(), StoreError>;

    /// As [`Log::keep_checkpoint`]; the note takes the place of one of the same size, which has fewer cosignatures.
    fn keep_cosigned(&self, signed: &Published) -> Result<(), StoreError>;
}
