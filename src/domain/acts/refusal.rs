//! Why an act is refused: a stable code, the field, its value, what would have been right. The locales hold the sentence
//! of each code; the REST layer holds its status.

use std::fmt;

use crate::domain::entities::Inapplicable;
use crate::domain::invalid::Invalid;
use crate::domain::record::{Digest, ProfileError, Subject};

/// A refusal; nothing was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refusal {
    pub code: &'static str,
    /// JSON path of the field in the request, empty where the act as a whole is refused.
    pub field: String,
    pub value: String,
    pub expected: String,
    /// Further figures of the sentence.
    pub details: Vec<(&'static str, String)>,
    /// The rule of a type that the value broke, where `code` is `invalid-value`.
    pub rule: String,
    /// Acts that stand in the way.
    pub blocking: Vec<BlockingAct>,
    /// Rows of an import that are refused.
    pub rows: Vec<RefusedRow>,
}

/// A row of an imported file and why it is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedRow {
    /// Line of the file, the header is 1.
    pub line: u64,
    pub refusal: Refusal,
}

/// A record that must be corrected first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockingAct {
    pub subject: Subject,
    pub seq: u64,
    pub kind: String,
    pub hash: Digest,
}

const NOT_FOUND: &str = "not-found";

impl Refusal {
    pub fn new(code: &'static str) -> Self {
        Self { code, ..Self::default() }
    }

    /// The subject does not exist, or is another organisation's: both read the same.
    pub fn not_found(field: &str, value: impl fmt::Display) -> Self {
        Self::new(NOT_FOUND).at(field, value)
    }

    pub fn is_not_found(&self) -> bool {
        self.code == NOT_FOUND
    }

    /// A value that broke the rule of its type.
    pub fn invalid(field: impl Into<String>, invalid: &Invalid) -> Self {
        let mut refusal = Self::new("invalid-value").at(field, &invalid.value).expected(&invalid.expected);
        refusal.rule = invalid.code.to_string();
        refusal
    }

    /// A file whose rows are refused.
    pub fn of_rows(rows: Vec<RefusedRow>) -> Self {
        let count = rows.len();
        Self { rows, ..Self::new("refused-rows").detail("count", count) }
    }

    pub fn at(mut self, field: impl Into<String>, value: impl fmt::Display) -> Self {
        self.field = field.into();
        self.value = value.to_string();
        self
    }

    pub fn expected(mut self, expected: impl fmt::Display) -> Self {
        self.expected = expected.to_string();
        self
    }

    pub fn detail(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.details.push((name, value.to_string()));
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code)?;
        if !self.field.is_empty() {
            write!(f, " at {}: {:?}", self.field, self.value)?;
        }
        if !self.expected.is_empty() {
            write!(f, ", expected {}", self.expected)?;
        }
        for (name, value) in &self.details {
            write!(f, ", {name} {value}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Refusal {}

impl From<ProfileError> for Refusal {
    fn from(error: ProfileError) -> Self {
        Self::new("record-too-large").detail("reason", error)
    }
}

impl From<Inapplicable> for Refusal {
    fn from(error: Inapplicable) -> Self {
        match error {
            Inapplicable::Overdrawn { subject } => Self::new("overdrawn").detail("subject", subject),
            other => Self::new("unreadable-record").detail("reason", other),
        }
    }
}
