//! A signing key as it is now.

use serde::{Deserialize, Serialize};

use super::{Fact, Inapplicable, misplaced};
use crate::domain::kinds::Body;
use crate::domain::kinds::keys::{KeyRegistered, KeyRevoked, KeyRotated};
use crate::domain::record::{Handle, PublicKey};
use crate::domain::time::Instant;

/// What a laboratory or an association signs with. The private half is theirs alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Key {
    /// Whose key it is, whoever registered it.
    pub home: Handle,
    /// The newest; those before it stay in the chain.
    pub public: PublicKey,
    /// The association's key that vouched for it; none vouches for a root.
    pub countersigned_by: Option<Handle>,
    pub registered_at: Instant,
    pub rotated_at: Option<Instant>,
    pub revoked: Option<Revoked>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revoked {
    pub at: Instant,
    pub reason: String,
}

impl Key {
    pub(super) fn open(fact: &Fact<'_>) -> Result<Self, Inapplicable> {
        let body = KeyRegistered::read(fact.record)?;
        Ok(Self {
            home: body.org,
            public: body.public,
            countersigned_by: body.countersign.map(|statement| statement.key),
            registered_at: fact.record.recorded_at,
            rotated_at: None,
            revoked: None,
        })
    }

    pub(super) fn apply(&mut self, fact: &Fact<'_>) -> Result<(), Inapplicable> {
        match fact.record.kind.as_str() {
            KeyRotated::KIND => {
                let body = KeyRotated::read(fact.record)?;
                if body.org != self.home || self.revoked.is_some() {
                    return Err(misplaced(fact.record));
                }
                self.public = body.public;
                self.countersigned_by = body.countersign.map_or(self.countersigned_by, |statement| Some(statement.key));
                self.rotated_at = Some(fact.record.recorded_at);
            }
            KeyRevoked::KIND => {
                let reason = KeyRevoked::read(fact.record)?.reason.to_string();
                self.revoked = Some(Revoked { at: fact.record.recorded_at, reason });
            }
            _ => return Err(misplaced(fact.record)),
        }
        Ok(())
    }
}
