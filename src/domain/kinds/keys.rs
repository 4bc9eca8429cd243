//! Keys by which laboratories and associations sign what they say. The body of `key.rotated` holds the old key's
//! statement beside these fields, like any record that is signed.

use serde::{Deserialize, Serialize};

use super::kinds;
use crate::domain::record::statement::Statement;
use crate::domain::record::{Handle, PublicKey};
use crate::domain::text::LongText;

/// How a key signs; one way so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Algorithm {
    #[default]
    Ed25519,
}

/// `key.registered`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRegistered {
    pub alg: Algorithm,
    /// By the key of an association, over this body without it; `null` where a root enters: an association's own key, that
    /// the operator admits.
    pub countersign: Option<Statement>,
    /// Whose key it is.
    pub org: Handle,
    pub public: PublicKey,
}

/// `key.rotated`: another public key from now on, signed by the one before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRotated {
    pub alg: Algorithm,
    /// As in `key.registered`; `null` where an association changes its own.
    pub countersign: Option<Statement>,
    pub org: Handle,
    pub public: PublicKey,
}

/// `key.revoked`: whatever stands behind it in the log is not signed by this key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRevoked {
    pub reason: LongText<500>,
}

kinds! {
    KeyRegistered = "key.registered",
    KeyRotated = "key.rotated",
    KeyRevoked = "key.revoked",
}
