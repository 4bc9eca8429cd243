//! Keys of laboratories and associations. The first key of an association is a root: the operator, who admits the
//! association, admits it too. Every other key is vouched for by the key of an association, so that nobody who breaks into
//! the service can sign as a laboratory.
//!
//! The private half never comes here. What is signed is known beforehand: the handle is drawn by who makes the key.

use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::signing::{key_revoked, signs_itself};
use super::{Act, Needs, Note, Refusal, Step, UniqueName};
use crate::domain::entities::Entity;
use crate::domain::kinds::Body;
use crate::domain::kinds::keys::{Algorithm, KeyRegistered, KeyRevoked, KeyRotated};
use crate::domain::kinds::organisations::OrganisationKind;
use crate::domain::record::statement::{COUNTERSIGN, FIELD, Said, Statement};
use crate::domain::record::{Actor, Handle, Nonce, PublicKey, Role, Subject, SubjectKind};
use crate::domain::text::LongText;
use crate::domain::time::Instant;

/// Registers a public key.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"id": "5e1f0c2b3a4d5e6f708192a3b4c5d6e7",
    "public": "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    "occurred_at": "2026-11-18T01:20:00.000Z",
    "countersign": {"key": "00112233445566778899aabbccddeeff", "nonce": "7b1d0c52e6f0431a9b8c2d3e4f5a6b7c",
        "sig": "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"}}))]
pub struct RegisterKey {
    /// Handle of the key, 16 random bytes drawn by who made it: what is countersigned names it.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub id: Option<Handle>,
    /// The association whose first key the operator admits; everybody else registers his own.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub org: Option<Handle>,
    #[schema(value_type = String)]
    pub public: PublicKey,
    /// An association's statement over this key; only a root has none.
    #[serde(default)]
    pub countersign: Option<Statement>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub occurred_at: Option<Instant>,
}

impl RegisterKey {
    fn body(&self, actor: &Actor) -> KeyRegistered {
        let org = self.org.unwrap_or(actor.org);
        KeyRegistered { alg: Algorithm::Ed25519, countersign: self.countersign, org, public: self.public }
    }

    /// What the association signs; refuses where a part of it is not told.
    pub fn to_countersign(&self, actor: &Actor, nonce: Nonce) -> Result<Said<'static>, Refusal> {
        let id = self.id.ok_or_else(|| signs_itself("id"))?;
        countersigned(id, &self.body(actor), self.occurred_at, actor, nonce)
    }

    /// Whose key it may be.
    fn check_org(&self, step: &Step<'_>, org: Handle) -> Result<(), Refusal> {
        if step.actor().role == Role::Operator {
            let admitted = step.is_association(org);
            return if admitted { Ok(()) } else { Err(Refusal::new("not-an-association").at("org", org)) };
        }
        if org != step.actor().org {
            return Err(Refusal::not_found("org", org));
        }
        match step.entity(org) {
            Some(Entity::Organisation(it))
                if matches!(it.kind, OrganisationKind::Laboratory | OrganisationKind::Association) =>
            {
                Ok(())
            }
            _ => Err(Refusal::not_found("org", org)),
        }
    }
}

impl Act for RegisterKey {
    fn operation(&self) -> &'static str {
        "key.register"
    }

    fn needs(&self, actor: &Actor, needs: &mut Needs) {
        needs.subjects([self.org.unwrap_or(actor.org)].into_iter().chain(self.id));
        needs.name(UniqueName::public_key(&self.public));
        self.countersign.iter().for_each(|statement| needs.statement(statement));
    }

    fn decide(&self, step: &mut Step<'_>) -> Result<Subject, Refusal> {
        step.check_time(self.occurred_at)?;
        let body = self.body(step.actor());
        self.check_org(step, body.org)?;
        let subject = match self.id {
            Some(id) if step.known(id).is_some() => return Err(Refusal::new("handle-taken").at("id", id)),
            Some(id) => Subject::new(SubjectKind::Key, id),
            None => step.new_subject(SubjectKind::Key),
        };
        let note = note(step, self.occurred_at, body.org)?;
        let said = self.countersign.map(|by| self.to_countersign(step.actor(), by.nonce)).transpose()?;
        let is_root = step.actor().role == Role::Operator;
        let note = vouched_for(step, note, subject.handle, self.countersign.zip(said), is_root)?;
        claim_public(step, &self.public, subject.handle)?;
        step.write(subject, &body, note)?;
        Ok(subject)
    }
}

/// Changes a key for another one, signed by the one before.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"public": "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    "occurred_at": "2027-11-18T01:20:00.000Z",
    "countersign": {"key": "00112233445566778899aabbccddeeff", "nonce": "7b1d0c52e6f0431a9b8c2d3e4f5a6b7c",
        "sig": "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
    "statement": {"key": "5e1f0c2b3a4d5e6f708192a3b4c5d6e7", "nonce": "8c2e1d63f701542b0c9d3e4f5a6b7c8d",
        "sig": "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"}}))]
pub struct RotateKey {
    #[serde(skip)]
    pub key: Handle,
    /// The new public key.
    #[schema(value_type = String)]
    pub public: PublicKey,
    /// An association's statement over the new key; an association's own needs none.
    #[serde(default)]
    pub countersign: Option<Statement>,
    /// The old key's statement, over the countersignature too. Left out only to prepare it.
    #[serde(default)]
    pub statement: Option<Statement>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub occurred_at: Option<Instant>,
}

impl RotateKey {
    fn body(&self, actor: &Actor) -> KeyRotated {
        KeyRotated { alg: Algorithm::Ed25519, countersign: self.countersign, org: actor.org, public: self.public }
    }

    /// What the association signs.
    pub fn to_countersign(&self, actor: &Actor, nonce: Nonce) -> Result<Said<'static>, Refusal> {
        countersigned(self.key, &self.body(actor), self.occurred_at, actor, nonce)
    }

    /// What the old key signs.
    pub fn to_sign(&self, actor: &Actor, nonce: Nonce) -> Result<Said<'static>, Refusal> {
        said(self.key, &self.body(actor), self.occurred_at, actor, nonce)
    }
}

impl Act for RotateKey {
    fn operation(&self) -> &'static str {
        "key.rotate"
    }

    fn needs(&self, actor: &Actor, needs: &mut Needs) {
        needs.subjects([self.key, actor.org]);
        needs.name(UniqueName::public_key(&self.public));
        self.statement.iter().chain(&self.countersign).for_each(|statement| needs.statement(statement));
    }

    fn decide(&self, step: &mut Step<'_>) -> Result<Subject, Refusal> {
        let key = step.own_key(self.key, "key")?;
        step.check_time(self.occurred_at)?;
        if let Some(revoked) = &key.revoked {
            return Err(key_revoked(self.key, revoked.at));
        }
        let Some(statement) = self.statement.filter(|statement| statement.key == self.key) else {
            return Err(Refusal::new("statement-by-old-key").at(FIELD, "").expected(self.key));
        };
        let subject = Subject::new(SubjectKind::Key, self.key);
        let note = note(step, self.occurred_at, step.actor().org)?;
        let said = self.countersign.map(|by| self.to_countersign(step.actor(), by.nonce)).transpose()?;
        let is_root = step.is_association(step.actor().org);
        let note = vouched_for(step, note, self.key, self.countersign.zip(said), is_root)?;
        claim_public(step, &self.public, self.key)?;
        step.write(subject, &self.body(step.actor()), note.signed(Some(statement)))?;
        Ok(subject)
    }
}

/// Links the key that vouches for this one, once its statement was checked. Only a root needs none.
fn vouched_for(
    step: &mut Step<'_>,
    note: Note,
    key: Handle,
    by: Option<(Statement, Said<'static>)>,
    is_root: bool,
) -> Result<Note, Refusal> {
    match by {
        Some((by, said)) => {
            step.check_countersign(&by, said, key)?;
            // A record is never linked from its own chain.
            Ok(if by.key == key { note } else { note.link(step.link(COUNTERSIGN, by.key)?) })
        }
        None if is_root => Ok(note),
        None => Err(Refusal::new("countersign-required").at(COUNTERSIGN, "").expected("?prepare=true")),
    }
}

/// Ends a key: what stands before in the log stays signed, nothing behind it is. By whose key it is, or by the association
/// that vouched for it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "存放密钥的电脑失窃"}))]
pub struct RevokeKey {
    #[serde(skip)]
    pub key: Handle,
    #[schema(value_type = String)]
    pub reason: LongText<500>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub occurred_at: Option<Instant>,
}

impl Act for RevokeKey {
    fn operation(&self) -> &'static str {
        "key.revoke"
    }

    fn needs(&self, _actor: &Actor, needs: &mut Needs) {
        needs.subject(self.key);
    }

    fn decide(&self, step: &mut Step<'_>) -> Result<Subject, Refusal> {
        let key = step.any_key(self.key, "key")?;
        let vouched = key.countersigned_by.and_then(|by| step.entity(by)).map(Entity::home);
        if ![Some(key.home), vouched].contains(&Some(step.actor().org)) {
            return Err(Refusal::not_found("key", self.key));
        }
        step.check_time(self.occurred_at)?;
        if let Some(revoked) = &key.revoked {
            return Err(key_revoked(self.key, revoked.at));
        }
        let subject = Subject::new(SubjectKind::Key, self.key);
        let note = Note { occurred_at: self.occurred_at, ..Note::default() };
        step.write(subject, &KeyRevoked { reason: self.reason.clone() }, note)?;
        Ok(subject)
    }
}

fn note(step: &Step<'_>, occurred_at: Option<Instant>, org: Handle) -> Result<Note, Refusal> {
    Ok(Note { occurred_at, ..Note::default() }.link(step.link("organisation", org)?))
}

fn claim_public(step: &mut Step<'_>, public: &PublicKey, key: Handle) -> Result<(), Refusal> {
    step.claim(UniqueName::public_key(public), key, || Refusal::new("key-taken").at("public", public))
}

fn said<B: Body>(
    key: Handle,
    body: &B,
    occurred_at: Option<Instant>,
    actor: &Actor,
    nonce: Nonce,
) -> Result<Said<'static>, Refusal> {
    let occurred_at = occurred_at.ok_or_else(|| signs_itself("occurred_at"))?;
    let subject = Subject::new(SubjectKind::Key, key).to_string();
    let body: Map<String, Value> = body.to_map();
    Ok(Said { subject, kind: B::KIND, occurred_at, org: actor.org, nonce, body, sealed: Default::default() })
}

fn countersigned<B: Body>(
    key: Handle,
    body: &B,
    occurred_at: Option<Instant>,
    actor: &Actor,
    nonce: Nonce,
) -> Result<Said<'static>, Refusal> {
    Ok(said(key, body, occurred_at, actor, nonce)?.countersigned())
}
