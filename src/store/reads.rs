//! Who read what of another's that is not public: the port. Operational rows, shown to whose it is.

use serde::{Deserialize, Serialize};

use super::StoreError;
use crate::domain::people::MemberId;
use crate::domain::record::Handle;
use crate::domain::time::Instant;

/// One look at somebody else's data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataRead {
    /// Whose it is.
    pub home: Handle,
    pub at: Instant,
    pub id: Handle,
    /// The organisation that read.
    pub reader: Handle,
    /// Its member; `None` where it read by a key.
    pub member: Option<MemberId>,
    /// `openings`, `audit_pack`, `application`: the end of the key of its words.
    pub what: String,
    /// What it was about, where that is one subject.
    pub subject: Option<Handle>,
}

pub trait DataReads {
    /// Durable when it returns: nothing is shown that could not be noted.
    fn add_reads(&self, reads: &[DataRead]) -> Result<(), StoreError>;

    /// Of one owner, newest first: those from `skip` on, `limit` of them.
    fn reads(&self, home: Handle, skip: u64, limit: u32) -> Result<Vec<DataRead>, StoreError>;

    /// Of all, in the order of owner and time.
    fn all_reads(&self) -> Result<Vec<DataRead>, StoreError>;
}
