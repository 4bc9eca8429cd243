//! A proof that is verified without asking the log: index, hashes, checkpoint (C2SP tlog-proof).

use std::fmt;

use super::checkpoint::{CheckpointError, SignedCheckpoint};
use super::lines::{self, HashLinesError};
use super::note::Note;
use super::policy::{Approval, Policy, PolicyFault};
use crate::domain::merkle::{ProofFault, verify_inclusion};
use crate::domain::record::Digest;

/// A `.tlog-proof` file. `extra` of others is read over: nothing signs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfflineProof {
    /// The record's place in the log, from 0.
    pub index: u64,
    /// From the leaf's sibling up to the root's child, at most 63.
    pub hashes: Vec<Digest>,
    pub note: Note,
}

/// Why bytes are no proof, or a proof proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OfflineProofError {
    #[error("The proof is not text in UTF-8.")]
    NotUtf8,
    #[error("The first line of a proof must be {HEADER:?}.")]
    Header,
    #[error("The proof's line of extra data is not base64.")]
    Extra,
    #[error("The proof needs a line 'index <number>': digits without leading zero, at most 2^63-1.")]
    Index,
    #[error("The proof has no blank line before its checkpoint.")]
    NoCheckpoint,
    #[error(transparent)]
    Hashes(#[from] HashLinesError),
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    #[error(transparent)]
    Policy(#[from] PolicyFault),
    #[error(transparent)]
    Proof(#[from] ProofFault),
}

const HEADER: &str = "c2sp.org/tlog-proof@v1";

impl OfflineProof {
    pub fn parse(bytes: &[u8]) -> Result<Self, OfflineProofError> {
        let text = std::str::from_utf8(bytes).map_err(|_| OfflineProofError::NotUtf8)?;
        let rest = text.strip_prefix(HEADER).and_then(|rest| rest.strip_prefix('\n'));
        let rest = rest.ok_or(OfflineProofError::Header)?;
        let (head, checkpoint) = rest.split_once("\n\n").ok_or(OfflineProofError::NoCheckpoint)?;
        let mut parts = head.split('\n').peekable();
        if let Some(extra) = parts.next_if(|line| line.starts_with("extra")) {
            let data = extra.strip_prefix("extra ").and_then(lines::from_base64);
            data.ok_or(OfflineProofError::Extra)?;
        }
        let index = parts.next().and_then(|line| line.strip_prefix("index ")).and_then(lines::decimal);
        Ok(Self {
            index: index.ok_or(OfflineProofError::Index)?,
            hashes: lines::read_hashes(parts)?,
            note: Note::parse(checkpoint.as_bytes()).map_err(CheckpointError::from)?,
        })
    }

    /// The leaf, whose hash comes from the record's own bytes, stands at the index in a log whose checkpoint the policy
    /// accepts.
    pub fn verify<'p>(&self, leaf: &Digest, policy: &'p Policy) -> Result<Approval<'p>, OfflineProofError> {
        let signed = SignedCheckpoint::try_from(self.note.clone())?;
        let approval = policy.satisfied(&signed)?;
        let checkpoint = &signed.checkpoint;
        verify_inclusion(leaf, self.index, checkpoint.size, &self.hashes, &checkpoint.root)?;
        Ok(approval)
    }
}

impl fmt::Display for OfflineProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{HEADER}\nindex {}\n{}\n{}", self.index, lines::hash_lines(&self.hashes), self.note)
    }
}
