//! The log as a subject: that it was begun anew is itself a record.

use serde::{Deserialize, Serialize};

use super::kinds;
use crate::domain::text::LongText;

/// `log.reopened`: a new epoch of the log, over all records that were kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogReopened {
    /// The last signed note of the old epoch, whole; empty where it is lost.
    pub checkpoint: String,
    /// How many entries of the old epoch stand first and unchanged in the new one.
    pub kept: u64,
    pub reason: LongText<500>,
    /// Key of the new epoch.
    pub vkey: String,
    /// A note by the old epoch's key that says the same, where that key still exists: see [`Self::statement`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed: Option<String>,
}

impl LogReopened {
    /// The text that the old key signs: old origin, what happened, how many entries were kept, the new key; a line each.
    pub fn statement(origin: &str, kept: u64, vkey: &str) -> String {
        format!("{origin}\nlog.reopened\n{kept}\n{vkey}\n")
    }
}

kinds! {
    LogReopened = "log.reopened",
}
