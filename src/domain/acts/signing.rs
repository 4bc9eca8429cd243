//! Judging statements where they are written: whose the key is, whether it still counts, that it signs this and nothing
//! else, and this once.

use super::{Refusal, Step, UniqueName};
use crate::domain::entities::{Entity, Key};
use crate::domain::kinds::organisations::OrganisationKind;
use crate::domain::record::statement::{COUNTERSIGN, FIELD, Said, Statement, StatementFault};
use crate::domain::record::{Handle, Record, sort_links};
use crate::domain::time::Instant;

impl Step<'_> {
    /// Puts the actor's statement into a record that says all it will say, and its key with it.
    pub(super) fn sign(
        &mut self,
        record: &mut Record,
        statement: &Statement,
        told: Option<Instant>,
    ) -> Result<(), Refusal> {
        if told.is_none() {
            return Err(signs_itself("occurred_at"));
        }
        let key = self.counting_key(statement, FIELD)?;
        if key.home != self.actor().org {
            return Err(unknown(statement, FIELD));
        }
        check(Said::of(record, statement.nonce), statement, key, FIELD)?;
        self.claim_nonce(statement, record.subject.handle, FIELD)?;
        let value = serde_json::to_value(statement).map_err(|cause| unreadable(&cause))?;
        record.body.insert(FIELD.to_owned(), value);
        record.actor.key = Some(statement.key);
        if record.subject.handle != statement.key {
            record.links.push(self.link("key", statement.key)?);
            sort_links(&mut record.links);
        }
        Ok(())
    }

    /// Judges the statement by which an association vouches for a key; `said` is what it has to sign.
    pub(super) fn check_countersign(
        &mut self,
        statement: &Statement,
        said: Said<'_>,
        subject: Handle,
    ) -> Result<(), Refusal> {
        let key = self.counting_key(statement, COUNTERSIGN)?;
        if !self.is_association(key.home) {
            return Err(Refusal::new("countersign-by-association").at("countersign.key", statement.key));
        }
        check(said, statement, key, COUNTERSIGN)?;
        self.claim_nonce(statement, subject, COUNTERSIGN)
    }

    pub(super) fn is_association(&self, organisation: Handle) -> bool {
        matches!(self.entity(organisation), Some(Entity::Organisation(it)) if it.kind == OrganisationKind::Association)
    }

    /// A key that is known and not revoked.
    fn counting_key(&self, statement: &Statement, field: &str) -> Result<&Key, Refusal> {
        let Some(Entity::Key(key)) = self.entity(statement.key) else { return Err(unknown(statement, field)) };
        match &key.revoked {
            Some(revoked) => Err(key_revoked(statement.key, revoked.at).at(format!("{field}.key"), statement.key)),
            None => Ok(key),
        }
    }

    fn claim_nonce(&mut self, statement: &Statement, subject: Handle, field: &str) -> Result<(), Refusal> {
        let used = || Refusal::new("nonce-used").at(format!("{field}.nonce"), statement.nonce);
        self.claim(UniqueName::nonce(statement), subject, used)
    }
}

/// What somebody signed cannot be filled in for him.
pub(super) fn signs_itself(field: &str) -> Refusal {
    Refusal::new("signed-field-required").at(field, "").expected("?prepare=true")
}

pub(super) fn key_revoked(key: Handle, at: Instant) -> Refusal {
    Refusal::new("key-revoked").at("key", key).detail("day", at)
}

fn check(said: Said<'_>, statement: &Statement, key: &Key, field: &str) -> Result<(), Refusal> {
    said.verify(statement, &key.public).map_err(|fault| match fault {
        StatementFault::NotNormal(text) => Refusal::new("statement-not-normal").at(field, text).expected("NFC"),
        StatementFault::Profile(error) => error.into(),
        StatementFault::Signature(_) => {
            Refusal::new("bad-signature").at(format!("{field}.sig"), statement.sig).expected("?prepare=true")
        }
    })
}

fn unknown(statement: &Statement, field: &str) -> Refusal {
    Refusal::new("unknown-key").at(format!("{field}.key"), statement.key)
}

fn unreadable(cause: &serde_json::Error) -> Refusal {
    Refusal::new("unreadable-record").detail("reason", cause)
}
