//! A whole instance as a folder of lines, for an archive, another system or another database: what a person can read and a
//! program of others can check. Every part is NDJSON, its lines and SHA-256 stand in `export.json`, which is written last.
//!
//! | part | one line |
//! |---|---|
//! | `records.ndjson` | a record's own bytes; line n, counted from 0, is the record with log index n |
//! | `openings.CLASS.ndjson` | an opening of a sealed field, as FORMATS §1 has it, in the order of the records |
//! | `keys.ndjson` | an API key: its hash, never itself |
//! | `members.ndjson` | a member: the hash of his password and of his recovery codes, the secret of his authenticator |
//! | `admission.ndjson` | an application, a suspension, or that somebody read what is another's |
//! | `notices.ndjson` | a webhook with its secret, a notice, a delivery that still waits, or how far the log was read for news |
//! | `answers.ndjson` | what an idempotency key was answered |
//! | `attachments.ndjson` | type, size and SHA-256 of a file; its bytes lie in `files/` under that name |
//! | `reports.ndjson` | what somebody who scanned a label told |
//! | `log.ndjson` | the newest signed note of the log that these records were published in, if there was one |

mod read;
mod write;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::record::Digest;
use crate::domain::time::Instant;

pub use read::Export;
pub use write::write;

/// Name and version of this form.
pub const FORMAT: &str = "suyuan-export/1";

const CONTENTS: &str = "export.json";
const RECORDS: &str = "records.ndjson";
const KEYS: &str = "keys.ndjson";
/// Exports of before there were members do not have it.
const MEMBERS: &str = "members.ndjson";
/// Likewise.
const ADMISSION: &str = "admission.ndjson";
/// Likewise.
const NOTICES: &str = "notices.ndjson";
const ANSWERS: &str = "answers.ndjson";
const ATTACHMENTS: &str = "attachments.ndjson";
const REPORTS: &str = "reports.ndjson";
/// Exports from before it was written have none.
const LOG: &str = "log.ndjson";
const FILES: &str = "files";

/// `openings.CLASS.ndjson`: a class that nobody may see can be left out of what is handed on.
fn openings_of(class: &str) -> String {
    format!("openings.{class}.ndjson")
}

/// The class in the name of a part.
fn class_of(part: &str) -> Option<&str> {
    part.strip_prefix("openings.")?.strip_suffix(".ndjson")
}

/// What an export holds: `export.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contents {
    pub format: String,
    pub program: String,
    pub made_at: Instant,
    pub parts: BTreeMap<String, Part>,
    pub files: u64,
    /// Names of files that were not there: uploads that no record named and that were swept away.
    pub missing: u64,
}

impl Contents {
    pub fn records(&self) -> u64 {
        self.parts.get(RECORDS).map_or(0, |part| part.lines)
    }
}

/// One file of lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    pub lines: u64,
    pub bytes: u64,
    pub sha256: Digest,
}
