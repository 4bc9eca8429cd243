//! A whole instance on its way: the port of those who carry it.

use serde::{Deserialize, Serialize};

use super::{ProblemReport, StoreError, StoredFile, StoredRecord};
use crate::domain::record::{Digest, Handle, sealed};
use crate::domain::time::Instant;

/// A stretch of the log with what opens its sealed fields.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Stretch {
    pub records: Vec<StoredRecord>,
    /// With their classes, in the order of the records.
    pub openings: Vec<(String, sealed::Opening)>,
}

/// An answer that is kept under its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeptAnswer {
    pub organisation: Handle,
    pub key: String,
    pub operation: String,
    pub request_hash: Digest,
    /// The receipt as JSON, to the byte.
    pub receipt: String,
    pub created_at: Instant,
}

/// A whole instance on its way from one database to another: the truth and the rows beside it. Projections are not carried,
/// they are made from the records on arrival.
pub trait Moving {
    /// Index of the record to come.
    fn log_end(&self) -> Result<u64, StoreError>;

    fn stretch(&self, from: u64, limit: u32) -> Result<Stretch, StoreError>;

    /// Takes over records that follow those that are here, with their projections, all or none. Whatever does not hash to what
    /// it says, or does not stand on the head before it, is [`Damaged`].
    fn take(&self, stretch: &Stretch) -> Result<(), StoreError>;

    /// Kept answers in the order of organisation and key.
    fn answers(&self, after: Option<(Handle, &str)>, limit: u32) -> Result<Vec<KeptAnswer>, StoreError>;

    /// Those that are here already stay as they are.
    fn take_answers(&self, answers: &[KeptAnswer]) -> Result<(), StoreError>;

    fn attachments(&self) -> Result<Vec<StoredFile>, StoreError>;

    fn problem_reports(&self) -> Result<Vec<ProblemReport>, StoreError>;
}
