//! Sealed fields: a record holds a salted commitment, the opening lies beside the chain and can be destroyed.
//!
//! Promises: a commitment covers the field's name, the salt and the canonical value; an opening that passes
//! [`Opening::check`] is the one that was sealed. Draws no salt (randomness is a parameter) and decides nothing about
//! who may see an opening.

use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use super::{Digest, ProfileError, Record, Subject, canonical};

/// What a commitment hides: one line of an openings file.
#[derive(Debug, Clone, PartialEq)]
pub struct Opening {
    pub field: String,
    pub salt: [u8; 32],
    /// The record that holds the commitment.
    pub seq: u64,
    pub subject: Subject,
    /// Obeys the record profile; its own outermost object or array is depth 1.
    pub value: Value,
}

/// A sealed field of one record.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    pub subject: Subject,
    pub seq: u64,
    pub field: String,
}

/// Why an opening does not open a record's field.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OpeningFault {
    #[error("the opening is for record {opening_seq} of {opening_subject}, not for record {seq} of {subject}")]
    OtherRecord { opening_subject: Subject, opening_seq: u64, subject: Subject, seq: u64 },
    #[error("the record seals no field {0:?}")]
    NoSuchField(String),
    #[error("the opening of {field:?} gives the commitment {found}, the record holds {expected}")]
    OtherValue { field: String, expected: Digest, found: Digest },
    #[error(transparent)]
    Profile(#[from] ProfileError),
}

/// SHA-256("suyuan/sealed/v1\n" ‖ field ‖ "\n" ‖ salt ‖ JCS(value)).
pub fn commitment(field: &str, salt: &[u8; 32], value: &Value) -> Result<Digest, ProfileError> {
    canonical::check_key(field)?;
    let hash = Sha256::new_with_prefix(b"suyuan/sealed/v1\n")
        .chain_update(field)
        .chain_update(b"\n")
        .chain_update(salt)
        .chain_update(canonical::value_to_bytes(value)?);
    Ok(Digest::from_bytes(hash.finalize().into()))
}

impl Opening {
    pub fn place(&self) -> Place {
        Place { subject: self.subject, seq: self.seq, field: self.field.clone() }
    }

    /// What the record that it opens holds.
    pub fn commitment(&self) -> Result<Digest, ProfileError> {
        commitment(&self.field, &self.salt, &self.value)
    }

    /// The canonical line, without the `\n` that ends it in a file.
    pub fn to_bytes(&self) -> Result<Vec<u8>, ProfileError> {
        canonical::opening_to_bytes(self)
    }

    /// Reads a canonical line without its `\n`; any other form is refused.
    pub fn parse(line: &[u8]) -> Result<Self, ProfileError> {
        let wire: Wire = serde_json::from_slice(line).map_err(|error| ProfileError::Syntax(error.to_string()))?;
        let opening = Self {
            field: wire.field,
            salt: *wire.salt.as_bytes(),
            seq: wire.seq,
            subject: wire.subject,
            value: wire.value,
        };
        canonical::must_equal(&opening.to_bytes()?, line)?;
        Ok(opening)
    }

    /// Whether this is what the record sealed.
    pub fn check(&self, record: &Record) -> Result<(), OpeningFault> {
        if (self.subject, self.seq) != (record.subject, record.seq) {
            return Err(OpeningFault::OtherRecord {
                opening_subject: self.subject,
                opening_seq: self.seq,
                subject: record.subject,
                seq: record.seq,
            });
        }
        let expected = *record.sealed.get(&self.field).ok_or_else(|| OpeningFault::NoSuchField(self.field.clone()))?;
        let found = self.commitment()?;
        if found == expected {
            Ok(())
        } else {
            Err(OpeningFault::OtherValue { field: self.field.clone(), expected, found })
        }
    }
}

/// A salt has the shape of a digest: 64 hex digits.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    field: String,
    salt: Digest,
    seq: u64,
    subject: Subject,
    value: Value,
}
