//! A witness: it says of other people's logs that they only ever grew (C2SP tlog-witness, `add-checkpoint`).
//!
//! Promises: of one log never two checkpoints that do not extend each other are cosigned, nor a smaller one after a larger one;
//! what was cosigned is on the disk before it is answered. That holds as long as the folder is not put back to an older state.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use sha2::{Digest as _, Sha256};

use super::add_checkpoint::{AddCheckpoint, AddCheckpointError};
use super::checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint};
use super::cosignature::CosigningKey;
use super::key::{KeyError, SignatureType, VerifierKey};
use super::note::SignatureLine;
use crate::domain::merkle::{EMPTY_ROOT, ProofFault, verify_consistency};
use crate::domain::record::Digest;

/// A witness with its key, the logs that it knows, and what it cosigned of each.
pub struct Witness {
    key: CosigningKey,
    logs: Vec<VerifierKey>,
    folder: PathBuf,
    /// Comparing with what is stored and storing are one step.
    turn: Mutex<()>,
}

/// Why a checkpoint is not cosigned.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error(transparent)]
    Malformed(#[from] AddCheckpointError),
    #[error("The log {0:?} is not one that this witness knows.")]
    UnknownLog(String),
    #[error("{0}")]
    NotSigned(CheckpointError),
    #[error("This witness cosigned a checkpoint of {stored} records last; a proof from there is needed.")]
    OldSize { stored: u64 },
    #[error("The log has two different checkpoints of {size} records.")]
    SameSize { size: u64 },
    #[error("{0}")]
    Proof(ProofFault),
    #[error("What this witness cosigned cannot be read or kept: {0}")]
    Storage(io::Error),
}

impl Witness {
    /// A witness of these logs whose memory is in `folder`, which no other process uses.
    pub fn open(folder: &Path, key: CosigningKey, logs: Vec<VerifierKey>) -> io::Result<Self> {
        fs::create_dir_all(folder.join("seen"))?;
        let witness = Self { key, logs, folder: folder.to_owned(), turn: Mutex::new(()) };
        // Whatever cannot be read is told now, not when a log asks.
        for log in &witness.logs {
            witness.seen(log.name())?;
        }
        Ok(witness)
    }

    pub fn key(&self) -> &VerifierKey {
        self.key.verifier()
    }

    pub fn logs(&self) -> &[VerifierKey] {
        &self.logs
    }

    /// Judges a body of `add-checkpoint` at `now` (seconds since 1970). The line is answered only after what it says is durable.
    pub fn add_checkpoint(&self, body: &[u8], now: u64) -> Result<SignatureLine, Refused> {
        let request = AddCheckpoint::parse(body)?;
        let origin = &request.checkpoint.checkpoint.origin;
        let keys: Vec<VerifierKey> = self.logs.iter().filter(|log| log.name() == origin).cloned().collect();
        if keys.is_empty() {
            return Err(Refused::UnknownLog(super::lines::shortened(origin)));
        }
        request.checkpoint.verify(&keys).map_err(Refused::NotSigned)?;
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = self.seen(origin).map_err(Refused::Storage)?;
        if let Err(refused) = decide(&request, seen.as_ref().map(|it| &it.checkpoint)) {
            self.keep_evidence(&request, &refused);
            return Err(refused);
        }
        let text = &request.checkpoint.note.text;
        let line = self.key.cosign(text, now).map_err(|cause| Refused::Storage(io::Error::other(cause)))?;
        self.store(&self.path(origin), &request.checkpoint).map_err(Refused::Storage)?;
        Ok(line)
    }

    /// What was cosigned last of a log.
    pub fn seen(&self, origin: &str) -> io::Result<Option<SignedCheckpoint>> {
        let path = self.path(origin);
        let bytes = match fs::read(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            read => read?,
        };
        let signed = SignedCheckpoint::parse(&bytes);
        let wrong = |cause: &dyn std::fmt::Display| io::Error::other(format!("{}: {cause}", path.display()));
        let signed = signed.map_err(|cause| wrong(&cause))?;
        if signed.checkpoint.origin != origin {
            return Err(wrong(&"it is of another log"));
        }
        Ok(Some(signed))
    }

    /// An origin may hold anything; its hash is a name of a file everywhere.
    fn path(&self, origin: &str) -> PathBuf {
        self.folder.join("seen").join(Digest::from_bytes(Sha256::digest(origin).into()).to_string())
    }

    fn store(&self, path: &Path, signed: &SignedCheckpoint) -> io::Result<()> {
        let new = path.with_extension("new");
        let mut file = File::create(&new)?;
        file.write_all(signed.note.to_string().as_bytes())?;
        file.sync_all()?;
        fs::rename(&new, path)?;
        File::open(path.parent().unwrap_or(&self.folder))?.sync_all()
    }

    /// A checkpoint that the log signed and that does not extend what it signed before: whoever accuses the log needs both. A log
    /// cannot take its signature back, a stranger cannot make one; the newest stays.
    fn keep_evidence(&self, request: &AddCheckpoint, refused: &Refused) {
        if !matches!(refused, Refused::SameSize { .. }) {
            return;
        }
        let path = self.path(&request.checkpoint.checkpoint.origin).with_extension("conflict");
        let kept = self.store(&path, &request.checkpoint);
        tracing::error!(
            origin = request.checkpoint.checkpoint.origin,
            evidence = %path.display(),
            kept = kept.is_ok(),
            "a log signed two histories: {refused}"
        );
    }
}

/// Whether the new checkpoint extends the one that was cosigned last.
fn decide(request: &AddCheckpoint, seen: Option<&Checkpoint>) -> Result<(), Refused> {
    let (stored, root) = seen.map_or((0, EMPTY_ROOT), |seen| (seen.size, seen.root));
    let new = &request.checkpoint.checkpoint;
    if new.size == stored && new.root != root && stored > 0 {
        return Err(Refused::SameSize { size: stored });
    }
    if request.old != stored {
        return Err(Refused::OldSize { stored });
    }
    verify_consistency(stored, new.size, &root, &new.root, &request.proof).map_err(Refused::Proof)
}

/// What the witness of a folder cosigned last of each log.
pub fn all_seen(folder: &Path) -> io::Result<Vec<SignedCheckpoint>> {
    let mut seen = Vec::new();
    for entry in fs::read_dir(folder.join("seen"))? {
        let path = entry?.path();
        if path.extension().is_none() {
            let signed = SignedCheckpoint::parse(&fs::read(&path)?);
            seen.push(signed.map_err(|cause| io::Error::other(format!("{}: {cause}", path.display())))?);
        }
    }
    Ok(seen)
}

/// Why a list of logs cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("line {line} of the list of logs: {cause}")]
pub struct LogsError {
    line: usize,
    cause: KeyError,
}

/// Keys of logs, one a line; empty lines and those that begin with `#` are none.
pub fn parse_logs(text: &str) -> Result<Vec<VerifierKey>, LogsError> {
    let lines = text.lines().enumerate().map(|(at, line)| (at + 1, line.trim()));
    let keys = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let key = |(line, text): (usize, &str)| {
        let key = text.parse::<VerifierKey>().and_then(|key| key.must_be(SignatureType::Ed25519));
        key.map_err(|cause| LogsError { line, cause })
    };
    keys.map(key).collect()
}
