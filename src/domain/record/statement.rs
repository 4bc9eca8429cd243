//! Signed statements: an actor signs what it says with a key of its own, before the record is chained.
//!
//! Promises: [`Said::to_bytes`] writes the one text that is signed, and refuses text that is not in NFC; what is covered is
//! what is said (subject, kind, time, organisation, body, commitments), not where it will stand (links, place in the chain,
//! time of storing). Knows no keys: whose the key is, and whether it still counts, is judged by who asks.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use thiserror::Error;
use unicode_normalization::is_nfc;
use utoipa::ToSchema;

use super::{Digest, Handle, Nonce, ProfileError, PublicKey, Record, Signature, canonical};
use crate::domain::ed25519::{self, SignatureFault};
use crate::domain::time::Instant;

/// Where a statement stands in a body.
pub const FIELD: &str = "statement";
/// Where the statement of an association stands in the body of a key's record.
pub const COUNTERSIGN: &str = "countersign";

const PREFIX: &[u8] = b"suyuan/statement/v1\n";

/// A signature with the key that made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// Handle of the key.
    #[schema(value_type = String)]
    pub key: Handle,
    /// Drawn by who signs; one key signs with one nonce once.
    #[schema(value_type = String)]
    pub nonce: Nonce,
    #[schema(value_type = String)]
    pub sig: Signature,
}

/// What is signed. Subject and kind are words, because verifiers accept those of later versions.
#[derive(Debug, Clone)]
pub struct Said<'a> {
    pub subject: String,
    pub kind: &'a str,
    pub occurred_at: Instant,
    pub org: Handle,
    pub nonce: Nonce,
    /// Without the statement that signs it.
    pub body: Map<String, Value>,
    pub sealed: BTreeMap<&'a str, Digest>,
}

/// Why a statement does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StatementFault {
    #[error("the text {0:?} is not in Unicode normal form C")]
    NotNormal(String),
    #[error(transparent)]
    Profile(#[from] ProfileError),
    #[error("the signature is not one of this key over this text")]
    Signature(#[from] SignatureFault),
}

impl<'a> Said<'a> {
    /// What a statement in the body of `record` signs.
    pub fn of(record: &'a Record, nonce: Nonce) -> Self {
        Self {
            subject: record.subject.to_string(),
            kind: &record.kind,
            occurred_at: record.occurred_at,
            org: record.actor.org,
            nonce,
            body: without(record.body.clone(), &[FIELD]),
            sealed: record.sealed.iter().map(|(field, commitment)| (field.as_str(), *commitment)).collect(),
        }
    }

    /// What the countersignature in the body of a key's record signs: neither itself nor the old key's statement.
    pub fn countersigned(self) -> Self {
        Self { body: without(self.body, &[FIELD, COUNTERSIGN]), ..self }
    }

    /// As a person may read it before signing, and as it is handed to who signs.
    pub fn to_value(&self) -> Value {
        json!({
            "v": 1,
            "kind": self.kind,
            "subject": self.subject,
            "occurred_at": self.occurred_at,
            "org": self.org,
            "nonce": self.nonce,
            "body": self.body,
            "sealed": self.sealed,
        })
    }

    /// The bytes that are signed.
    pub fn to_bytes(&self) -> Result<Vec<u8>, StatementFault> {
        bytes_to_sign(&self.to_value())
    }

    pub fn verify(&self, statement: &Statement, public: &PublicKey) -> Result<(), StatementFault> {
        Ok(ed25519::verify(public.as_bytes(), &self.to_bytes()?, statement.sig.as_bytes())?)
    }
}

/// The bytes that are signed for what somebody was handed to sign.
pub fn bytes_to_sign(said: &Value) -> Result<Vec<u8>, StatementFault> {
    if let Some(text) = not_normal(said) {
        return Err(StatementFault::NotNormal(text.to_owned()));
    }
    let mut bytes = PREFIX.to_vec();
    bytes.extend(canonical::value_to_bytes(said)?);
    Ok(bytes)
}

/// The statements that a record carries, each with what it signs: its own, and the association's that stands in a key's.
pub fn of_record(record: &Record) -> Vec<Statement> {
    let read = |field: &str| serde_json::from_value(record.body.get(field)?.clone()).ok();
    let own = record.actor.key.and_then(|_| read(FIELD));
    let countersign = (record.subject.kind == super::SubjectKind::Key).then(|| read(COUNTERSIGN)).flatten();
    own.into_iter().chain(countersign).collect()
}

pub(crate) fn without(mut body: Map<String, Value>, fields: &[&str]) -> Map<String, Value> {
    fields.iter().for_each(|field| drop(body.remove(*field)));
    body
}

/// The first text that is not in normal form C: others may write it in other bytes.
pub fn not_normal(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => (!is_nfc(text)).then_some(text),
        Value::Array(items) => items.iter().find_map(not_normal),
        Value::Object(members) => members.values().find_map(not_normal),
        _ => None,
    }
}
