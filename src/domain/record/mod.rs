//! A record: one fact about one subject, and the bytes that stand for it for ever (FORMATS §1).
//!
//! Promises: [`Record::to_bytes`] writes the one canonical form or refuses; [`Record::parse`] accepts exactly the bytes
//! that `to_bytes` writes. Knows the subject kinds and roles of this service; the verifier of strangers' bytes, which
//! accepts any subject kind, is [`crate::domain::chain`]. Does not know what a kind's body means.

/// The restricted canonical JSON: limits, writer.
pub mod canonical;
/// Corrections: their body, JSON pointers, a record as corrected.
pub mod correction;
mod hex;
mod public_key;
/// Commitments to sealed fields and their openings.
pub mod sealed;
/// What somebody signed with a key of his own.
pub mod statement;
mod subject;
#[cfg(test)]
pub(crate) mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::domain::time::Instant;
pub use canonical::ProfileError;
pub use hex::{Digest, Handle, Nonce, Signature};
pub use public_key::PublicKey;
pub use subject::{Role, Subject, SubjectKind};

/// One link of a subject's chain. `v` is always 1 and therefore no field.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    pub subject: Subject,
    /// Position in the subject's chain, from 0.
    pub seq: u64,
    /// Hash of the record before; [`Digest::ZERO`] at `seq` 0.
    pub prev: Digest,
    /// `batch.opened`, `grading.recorded`, …
    pub kind: String,
    /// When it happened, as claimed.
    pub occurred_at: Instant,
    /// When it was stored; never decreases within a chain.
    pub recorded_at: Instant,
    pub actor: Actor,
    pub body: Map<String, Value>,
    /// Field → commitment, see [`sealed`].
    pub sealed: BTreeMap<String, Digest>,
    /// Sorted by rel, subject (as text) and seq, each once, never to the own subject; [`sort_links`] brings them there.
    pub links: Vec<Link>,
    pub seen: Option<Seen>,
}

/// Who says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Actor {
    /// The key that signed the statement, if one did.
    pub key: Option<Handle>,
    pub org: Handle,
    pub role: Role,
}

/// A record of another subject that this one rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    pub hash: Digest,
    pub rel: String,
    pub seq: u64,
    pub subject: Subject,
}

/// The newest signed checkpoint that the writer knew: the record is not older than it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    pub root: Digest,
    pub size: u64,
}

/// SHA-256("suyuan/record/v1\n" ‖ bytes).
pub fn record_hash(bytes: &[u8]) -> Digest {
    Digest::from_bytes(Sha256::new_with_prefix(b"suyuan/record/v1\n").chain_update(bytes).finalize().into())
}

/// The order in which links stand in a record; equal ones are merged.
pub fn sort_links(links: &mut Vec<Link>) {
    links.sort_by(|a, b| a.place().cmp(&b.place()));
    links.dedup();
}

impl Record {
    /// The canonical bytes, or the rule of the profile that the record breaks.
    pub fn to_bytes(&self) -> Result<Vec<u8>, ProfileError> {
        canonical::record_to_bytes(self)
    }

    /// Reads canonical bytes of a subject kind and role that this service knows. Anything else is refused: what is
    /// written again from the parsed record must be the very bytes that came in.
    pub fn parse(bytes: &[u8]) -> Result<Self, ProfileError> {
        let wire: Wire = serde_json::from_slice(bytes).map_err(|error| ProfileError::Syntax(error.to_string()))?;
        if wire.v != 1 {
            return Err(ProfileError::Version(wire.v));
        }
        let record = Self {
            subject: wire.subject,
            seq: wire.seq,
            prev: wire.prev,
            kind: wire.kind,
            occurred_at: wire.occurred_at,
            recorded_at: wire.recorded_at,
            actor: wire.actor,
            body: wire.body,
            sealed: wire.sealed,
            links: wire.links,
            seen: wire.seen,
        };
        canonical::must_equal(&record.to_bytes()?, bytes)?;
        Ok(record)
    }

    /// The record as JSON, for pointers into it.
    pub fn to_value(&self) -> Result<Value, ProfileError> {
        serde_json::from_slice(&self.to_bytes()?).map_err(|error| ProfileError::Syntax(error.to_string()))
    }
}

impl Link {
    /// What links are sorted by and unique in.
    fn place(&self) -> (&str, (&'static str, Handle), u64) {
        (&self.rel, self.subject.text_order(), self.seq)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    actor: Actor,
    body: Map<String, Value>,
    kind: String,
    links: Vec<Link>,
    occurred_at: Instant,
    prev: Digest,
    recorded_at: Instant,
    sealed: BTreeMap<String, Digest>,
    seen: Option<Seen>,
    seq: u64,
    subject: Subject,
    v: u64,
}
