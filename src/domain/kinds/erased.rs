//! `<subject kind>.erased`: which openings of a subject's sealed fields were destroyed, and why. Like a correction it stands on
//! every kind of subject. The record itself says nothing of what stood there; the commitments stay where they are.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::UnreadableBody;
use crate::domain::record::{Record, SubjectKind};
use crate::domain::text::LongText;

/// The body of `<subject kind>.erased`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erased {
    /// Sorted by seq, then field.
    pub fields: Vec<ErasedField>,
    /// Public: never what was erased, nor whose it was.
    pub reason: LongText<500>,
}

/// A sealed field of an earlier record of the same chain.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ErasedField {
    pub seq: u64,
    pub field: String,
}

impl Erased {
    /// So that a record stays far below its limit.
    pub const MOST_FIELDS: usize = 2_000;

    pub fn kind(subject: SubjectKind) -> String {
        format!("{subject}.erased")
    }

    pub fn is(record: &Record) -> bool {
        record.kind.strip_suffix(".erased") == Some(record.subject.kind.as_str())
    }

    pub fn read(record: &Record) -> Result<Self, UnreadableBody> {
        serde_json::from_value(Value::Object(record.body.clone()))
            .map_err(|cause| UnreadableBody { kind: record.kind.clone(), cause: cause.to_string() })
    }

    pub fn to_map(&self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(map)) => map,
            other => unreachable!("the body of an erasure is not an object: {other:?}"),
        }
    }
}
