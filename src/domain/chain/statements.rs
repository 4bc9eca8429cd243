//! Signed statements in a file: each is judged by the key's records above it, which is the order of the log.
//!
//! A key that the file does not hold leaves its statements unjudged: a chain of one batch names the laboratory's key and
//! no more. Where it does hold the key, a statement has to be right.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};
use thiserror::Error;

use super::envelope::{Envelope, LinkRef};
use crate::domain::record::statement::{self, COUNTERSIGN, FIELD, Said, Statement};
use crate::domain::record::{Handle, Nonce, PublicKey};

/// What is wrong with a statement.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StatementFault {
    #[error("the {field} must be an object of key, nonce and sig, found something else")]
    Shape { field: &'static str },
    #[error("what the key {expected} signed must name it as the actor's key, found {found}")]
    Actor { expected: Handle, found: String },
    #[error("a record signed by the key {key} must link that key's newest record, which is {expected}, found {found}")]
    Link { key: Handle, expected: u64, found: String },
    #[error("the key {key} was revoked before this record, and signs nothing any more")]
    Revoked { key: Handle },
    #[error("the key {key} is of organisation {expected}, found a statement of organisation {found}")]
    Foreign { key: Handle, expected: String, found: Handle },
    #[error("the key {key} has no public key by which a signature could be judged")]
    NoPublicKey { key: Handle },
    #[error("the key {key} signs with the nonce {nonce} once, found it a second time")]
    NonceTwice { key: Handle, nonce: Nonce },
    #[error("the {field} of the key {key} does not hold: {fault}")]
    Wrong { field: &'static str, key: Handle, fault: statement::StatementFault },
}

/// What is known of keys and nonces so far; records have to come in the order of the log.
#[derive(Default)]
pub struct Statements {
    keys: HashMap<Handle, Key>,
    nonces: HashSet<(Handle, Nonce)>,
    /// Signatures that hold.
    pub signed: usize,
    /// Statements by keys that did not come.
    pub unjudged: usize,
}

/// What the records of a key so far say. A foreign record may leave out anything.
struct Key {
    seq: u64,
    /// `None` where none was told, or one that is no public key.
    public: Option<PublicKey>,
    org: Option<String>,
    revoked: bool,
}

impl Statements {
    /// Judges what stands in a record, then lets a key's record count for what follows.
    pub fn judge(&mut self, record: &Envelope<'_>) -> Result<(), StatementFault> {
        let of_key = record.subject.kind() == "key";
        // Nearly every record: nobody signs.
        if record.statement.is_none() && !of_key {
            return Ok(());
        }
        // The envelope was scanned: its body is an object.
        let body: Map<String, Value> = serde_json::from_slice(record.body).unwrap_or_default();
        self.own(record, &body)?;
        if of_key {
            self.countersign(record, &body)?;
            self.learn(record, &body);
        }
        Ok(())
    }

    fn own(&mut self, record: &Envelope<'_>, body: &Map<String, Value>) -> Result<(), StatementFault> {
        let Some(value) = body.get(FIELD) else { return Ok(()) };
        let statement = match (read(value), record.actor_key) {
            (Some(statement), Some(key)) if statement.key == key => statement,
            (Some(statement), found) => {
                let found = found.map_or_else(|| "null".to_owned(), |key| key.to_string());
                return Err(StatementFault::Actor { expected: statement.key, found });
            }
            (None, Some(_)) => return Err(StatementFault::Shape { field: FIELD }),
            // Whoever signs nothing may call a fact so.
            (None, None) => return Ok(()),
        };
        self.check_link(record, statement.key, "key")?;
        let org = record.actor_org;
        if let Some(key) = self.keys.get(&statement.key)
            && let Some(expected) = key.org.clone().filter(|expected| *expected != org.to_string())
        {
            return Err(StatementFault::Foreign { key: statement.key, expected, found: org });
        }
        self.check(&statement, FIELD, said(record, body, statement.nonce))
    }

    /// What an association signed to vouch for a key.
    fn countersign(&mut self, record: &Envelope<'_>, body: &Map<String, Value>) -> Result<(), StatementFault> {
        let Some(value) = body.get(COUNTERSIGN).filter(|value| !value.is_null()) else { return Ok(()) };
        let statement = read(value).ok_or(StatementFault::Shape { field: COUNTERSIGN })?;
        self.check_link(record, statement.key, COUNTERSIGN)?;
        self.check(&statement, COUNTERSIGN, said(record, body, statement.nonce).countersigned())
    }

    /// A signed record rests on the newest record of its key; on the key's own chain it follows it.
    fn check_link(&self, record: &Envelope<'_>, key: Handle, rel: &str) -> Result<(), StatementFault> {
        if record.subject.kind() == "key" && record.subject.handle == key {
            return Ok(());
        }
        let leads = |link: &&LinkRef<'_>| link.rel == rel && link.subject.kind() == "key" && link.subject.handle == key;
        let found = record.links.iter().find(leads).map(|link| link.seq);
        let newest = self.keys.get(&key).map(|key| key.seq);
        match (found, newest) {
            (Some(found), Some(newest)) if found == newest => Ok(()),
            // The link's target is missing from the file, which is judged elsewhere.
            (Some(_), None) => Ok(()),
            (found, newest) => Err(StatementFault::Link {
                key,
                expected: newest.unwrap_or_default(),
                found: found.map_or_else(|| "no such link".to_owned(), |seq| seq.to_string()),
            }),
        }
    }

    fn check(&mut self, statement: &Statement, field: &'static str, said: Said<'_>) -> Result<(), StatementFault> {
        let (key, nonce) = (statement.key, statement.nonce);
        if !self.nonces.insert((key, nonce)) {
            return Err(StatementFault::NonceTwice { key, nonce });
        }
        let Some(known) = self.keys.get(&key) else {
            self.unjudged += 1;
            return Ok(());
        };
        if known.revoked {
            return Err(StatementFault::Revoked { key });
        }
        let public = known.public.ok_or(StatementFault::NoPublicKey { key })?;
        said.verify(statement, &public).map_err(|fault| StatementFault::Wrong { field, key, fault })?;
        self.signed += 1;
        Ok(())
    }

    fn learn(&mut self, record: &Envelope<'_>, body: &Map<String, Value>) {
        let text = |name: &str| body.get(name).and_then(Value::as_str);
        let blank = Key { seq: 0, public: None, org: None, revoked: false };
        let key = self.keys.entry(record.subject.handle).or_insert(blank);
        key.seq = record.seq;
        match record.kind {
            "key.registered" | "key.rotated" => {
                key.public = text("public").and_then(|text| text.parse().ok());
                key.org = text("org").map(str::to_owned).or(key.org.take());
            }
            "key.revoked" => key.revoked = true,
            // A later version may say more of a key.
            _ => {}
        }
    }
}

fn read(value: &Value) -> Option<Statement> {
    serde_json::from_value(value.clone()).ok()
}

fn said<'r>(record: &'r Envelope<'_>, body: &Map<String, Value>, nonce: Nonce) -> Said<'r> {
    Said {
        subject: record.subject.text.to_owned(),
        kind: record.kind,
        occurred_at: record.occurred_at,
        org: record.actor_org,
        nonce,
        body: statement::without(body.clone(), &[FIELD]),
        sealed: record.sealed.iter().map(|(field, commitment)| (*field, *commitment)).collect(),
    }
}
