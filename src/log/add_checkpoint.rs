//! What a witness is asked: the size it cosigned last, a consistency proof, the new checkpoint (C2SP tlog-witness).

use std::fmt;

use super::checkpoint::{CheckpointError, SignedCheckpoint};
use super::lines::{self, HashLinesError};
use crate::domain::record::Digest;

/// The body of `POST add-checkpoint`. Reading it verifies nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// Size of the checkpoint that the witness cosigned last, 0 if none.
    pub old: u64,
    /// Consistency of `old` with the checkpoint, at most 63 hashes.
    pub proof: Vec<Digest>,
    pub checkpoint: SignedCheckpoint,
}

/// Why a body is none; all of them are answered 400.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddCheckpointError {
    #[error("The request is not text in UTF-8.")]
    NotUtf8,
    #[error("The first line must be 'old <size>': digits without leading zero, at most 2^63-1.")]
    Old,
    #[error("The request has no blank line before its checkpoint.")]
    NoCheckpoint,
    #[error(transparent)]
    Proof(#[from] HashLinesError),
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    #[error("The old size {old} is larger than the checkpoint's size {size}.")]
    OldBeyond { old: u64, size: u64 },
}

impl AddCheckpoint {
    pub fn parse(body: &[u8]) -> Result<Self, AddCheckpointError> {
        let text = std::str::from_utf8(body).map_err(|_| AddCheckpointError::NotUtf8)?;
        let (head, note) = text.split_once("\n\n").ok_or(AddCheckpointError::NoCheckpoint)?;
        let mut parts = head.split('\n');
        let old = parts.next().and_then(|line| line.strip_prefix("old ")).and_then(lines::decimal);
        let old = old.ok_or(AddCheckpointError::Old)?;
        let proof = lines::read_hashes(parts)?;
        let checkpoint = SignedCheckpoint::parse(note.as_bytes())?;
        let size = checkpoint.checkpoint.size;
        if old > size {
            return Err(AddCheckpointError::OldBeyond { old, size });
        }
        Ok(Self { old, proof, checkpoint })
    }
}

impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "old {}\n{}\n{}", self.old, lines::hash_lines(&self.proof), self.checkpoint.note)
    }
}
