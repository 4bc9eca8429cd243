//! Photos and documents of a backup, by the list of their hashes; and what a backup says of itself.

use serde::{Deserialize, Serialize};

use super::AppError;
use crate::domain::ports::Randomness;
use crate::domain::record::Digest;
use crate::domain::time::Instant;
use crate::files::Files;
use crate::store::{Store, StoredFile};

/// What lies in a backup, written beside it last of all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub made_at: Instant,
    pub program: String,
    pub records: u64,
    /// Hash of the last record.
    pub last: Option<Digest>,
    pub files: u64,
    /// Names of files that were not there: uploads that no record named and that were swept away.
    pub missing: u64,
}

impl Manifest {
    /// Of the database of a backup and the files that were copied for it.
    pub fn of(store: &dyn Store, made_at: Instant, copied: Copied) -> Result<Self, AppError> {
        let records = store.log_end()?;
        let last = records.checked_sub(1).map(|last| store.log(last, 1)).transpose()?;
        Ok(Self {
            made_at,
            program: format!("suyuan {}", env!("CARGO_PKG_VERSION")),
            records,
            last: last.and_then(|page| page.first().map(|record| record.hash)),
            files: copied.files,
            missing: copied.missing,
        })
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Copied {
    pub files: u64,
    pub missing: u64,
}

/// Copies the files that a database names, each held against its hash. One that is there already is not read again.
pub fn copy_files(
    names: &[StoredFile],
    from: &Files,
    to: &Files,
    random: &dyn Randomness,
    progress: &mut dyn FnMut(u64),
) -> Result<Copied, AppError> {
    let mut copied = Copied::default();
    for name in names {
        if to.holds(name.sha256) {
            copied.files += 1;
        } else if from.holds(name.sha256) {
            let failed = |error: std::io::Error| AppError::Failed(format!("file {}: {error}", name.sha256));
            to.take(name.sha256, &from.read(name.sha256).map_err(failed)?, random).map_err(failed)?;
            copied.files += 1;
        } else {
            copied.missing += 1;
        }
        progress(copied.files + copied.missing);
    }
    Ok(copied)
}
