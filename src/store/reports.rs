//! Reports of problems: ordinary rows beside the records.

use serde::{Deserialize, Serialize};

use super::StoreError;
use crate::domain::record::Handle;
use crate::domain::time::Instant;

/// What somebody who scanned a label tells us.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProblemReport {
    pub id: Handle,
    pub gtin: String,
    pub lot: String,
    pub what: String,
    pub story: String,
    /// May be empty: nobody has to say who he is.
    pub contact: String,
    pub created_at: Instant,
}

/// Reports of problems.
pub trait Reports {
    fn add_problem_report(&self, report: &ProblemReport) -> Result<(), StoreError>;
}
