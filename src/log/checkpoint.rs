//! Checkpoints: origin, size and root of a log as the text of a note (C2SP tlog-checkpoint).

use std::fmt;
use std::str::FromStr;

use super::key::{SigningKey, VerifierKey};
use super::lines;
use super::note::{Note, NoteError, Verified};
use crate::domain::merkle::TreeHead;
use crate::domain::record::Digest;

/// The head of a log. Extension lines of others are read over: they stay in the note's text, where signatures cover
/// them, and mean nothing here. We write none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name for ever: a URL without scheme.
    pub origin: String,
    pub size: u64,
    pub root: Digest,
}

/// A checkpoint in the note that it came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    pub checkpoint: Checkpoint,
    pub note: Note,
}

/// Why a note is no checkpoint, or not one of this log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    #[error(transparent)]
    Note(#[from] NoteError),
    #[error("A checkpoint has three lines at least: origin, size, root; each ends with a line break.")]
    Lines,
    #[error("The first line of the checkpoint, the log's name, is empty.")]
    Origin,
    #[error("The checkpoint's size {0:?} is not a number of records: digits without leading zero, at most 2^63-1.")]
    Size(String),
    #[error("The checkpoint's root {0:?} is not the base64 form of 32 bytes.")]
    Root(String),
    #[error("The checkpoint has an empty line before its signatures.")]
    EmptyLine,
    #[error("The checkpoint is of the log {0:?}, and no known key of that log signed it.")]
    NotSigned(String),
}

impl Checkpoint {
    /// The tree that it is over.
    pub fn tree(&self) -> TreeHead {
        TreeHead { size: self.size, root: self.root }
    }

    /// The note, signed by every key (two while a log changes its key).
    pub fn sign(&self, keys: &[SigningKey]) -> Note {
        let text = self.to_string();
        let signatures = keys.iter().map(|key| key.sign(&text)).collect();
        Note { text, signatures }
    }
}

impl SignedCheckpoint {
    pub fn parse(bytes: &[u8]) -> Result<Self, CheckpointError> {
        Self::try_from(Note::parse(bytes)?)
    }

    /// Who of `keys` signed: at least one of them is a key of the log itself, by name and type.
    pub fn verify<'k>(&self, keys: &'k [VerifierKey]) -> Result<Vec<Verified<'k>>, CheckpointError> {
        let verified = self.note.verify(keys)?;
        if verified.iter().any(|signer| self.is_own(signer.key)) {
            return Ok(verified);
        }
        Err(CheckpointError::NotSigned(self.checkpoint.origin.clone()))
    }

    /// Whether a key is one by which this log signs.
    pub(super) fn is_own(&self, key: &VerifierKey) -> bool {
        key.kind() == super::SignatureType::Ed25519 && key.name() == self.checkpoint.origin
    }
}

impl TryFrom<Note> for SignedCheckpoint {
    type Error = CheckpointError;

    fn try_from(note: Note) -> Result<Self, CheckpointError> {
        Ok(Self { checkpoint: note.text.parse()?, note })
    }
}

impl FromStr for Checkpoint {
    type Err = CheckpointError;

    fn from_str(text: &str) -> Result<Self, CheckpointError> {
        let mut parts = text.strip_suffix('\n').ok_or(CheckpointError::Lines)?.split('\n');
        let (Some(origin), Some(size), Some(root)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(CheckpointError::Lines);
        };
        if origin.is_empty() {
            return Err(CheckpointError::Origin);
        }
        let size = lines::decimal(size).ok_or_else(|| CheckpointError::Size(lines::shortened(size)))?;
        let root = lines::hash_from_base64(root).ok_or_else(|| CheckpointError::Root(lines::shortened(root)))?;
        if parts.any(str::is_empty) {
            return Err(CheckpointError::EmptyLine);
        }
        Ok(Self { origin: origin.to_owned(), size, root })
    }
}

impl fmt::Display for Checkpoint {
    /// The note's text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, lines::base64(self.root.as_bytes()))
    }
}
