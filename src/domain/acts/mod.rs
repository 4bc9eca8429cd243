//! What people do. Every act says which state it must know ([`Act::needs`]) and then decides on that state alone:
//! records to write, or a refusal. Nothing here reads a clock or a database; the sequencer brings state, time, randomness.
//!
//! One file per resource. The input struct of an act is its JSON form: field types parse, so that `decide` only judges
//! what depends on state.

pub mod batches;
pub mod correct;
mod effects;
pub mod erase;
pub mod handing_over;
pub mod import;
pub mod keeping;
pub mod keys;
pub mod laboratory;
pub mod licences;
pub mod log;
pub mod making;
pub mod note;
pub mod organisations;
pub mod packing;
pub mod plots;
pub mod products;
mod refusal;
mod signing;
mod step;
#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap};
use std::fmt::Debug;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::entities::Entity;
use super::gs1::{Gtin, Lot};
use super::kinds::{Attachment, Media};
use super::record::statement::Statement;
use super::record::{Actor, Digest, Handle, PublicKey, Record, Subject};
use super::text::{LongText, VideoUrl};
use super::time::Instant;

pub use effects::{Effects, NewOpening, NewRecord};
pub use refusal::{BlockingAct, Refusal, RefusedRow};
pub use step::{Note, Step, Written};

/// Something that an organisation does.
pub trait Act: Send + Sync + Debug {
    /// Stable name: the key of the permission table and of idempotency.
    fn operation(&self) -> &'static str;

    /// Names the subjects and names that `decide` looks at. What those subjects rest on is loaded with them.
    fn needs(&self, actor: &Actor, needs: &mut Needs);

    /// Writes records into `step`, or refuses; a refusal leaves nothing behind. Answers the subject the act is about.
    fn decide(&self, step: &mut Step<'_>) -> Result<Subject, Refusal>;
}

/// A name that at most one subject of the instance has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UniqueName {
    /// What the name is unique in: `gtin`, `uscc`, `lot:{gtin}`, `site:{organisation}`, …
    pub scope: String,
    pub name: String,
}

impl UniqueName {
    pub fn gtin(gtin: Gtin) -> Self {
        Self { scope: "gtin".into(), name: gtin.to_string() }
    }

    pub fn lot(gtin: Gtin, lot: &Lot) -> Self {
        Self { scope: format!("lot:{gtin}"), name: lot.to_string() }
    }

    pub fn uscc(uscc: &super::uscc::Uscc) -> Self {
        Self { scope: "uscc".into(), name: uscc.to_string() }
    }

    /// One key signs with one nonce once.
    pub fn nonce(statement: &Statement) -> Self {
        Self { scope: format!("nonce:{}", statement.key), name: statement.nonce.to_string() }
    }

    /// A public key is registered once, and never again after it was changed.
    pub fn public_key(public: &PublicKey) -> Self {
        Self { scope: "public_key".into(), name: public.to_string() }
    }

    /// A code that is unique within one organisation, such as that of a plot.
    pub fn own(what: &str, organisation: Handle, code: &str) -> Self {
        Self { scope: format!("{what}:{organisation}"), name: code.to_owned() }
    }
}

/// What an act must know.
#[derive(Debug, Default)]
pub struct Needs {
    pub handles: BTreeSet<Handle>,
    pub names: BTreeSet<UniqueName>,
    /// Lots under the GTIN of a batch or shipment, which only loading that one tells.
    pub lots: BTreeSet<(Handle, Lot)>,
    /// Subjects whose whole chain is read (corrections only).
    pub chains: BTreeSet<Handle>,
}

impl Needs {
    pub fn subject(&mut self, handle: Handle) {
        self.handles.insert(handle);
    }

    pub fn subjects(&mut self, handles: impl IntoIterator<Item = Handle>) {
        self.handles.extend(handles);
    }

    pub fn name(&mut self, name: UniqueName) {
        self.names.insert(name);
    }

    /// The key of a statement, and whether its nonce was used.
    pub fn statement(&mut self, statement: &Statement) {
        self.subject(statement.key);
        self.name(UniqueName::nonce(statement));
    }

    /// The product of a GTIN, and whether its lot is taken.
    pub fn lot(&mut self, gtin: Gtin, lot: &Lot) {
        self.name(UniqueName::gtin(gtin));
        self.name(UniqueName::lot(gtin, lot));
    }

    /// Whether a lot is taken under the GTIN of a batch or of a shipment's batch.
    pub fn lot_of(&mut self, handle: Handle, lot: &Lot) {
        self.lots.insert((handle, lot.clone()));
    }

    /// The names that could only be told now that the subjects are loaded.
    pub fn names_of_lots(&self, world: &World) -> BTreeSet<UniqueName> {
        let gtin_of = |handle: &Handle| match &world.subjects.get(handle)?.entity {
            Entity::Batch(batch) => Some(batch.gtin),
            Entity::Shipment(shipment) => Some(shipment.gtin),
            _ => None,
        };
        self.lots.iter().filter_map(|(handle, lot)| Some(UniqueName::lot(gtin_of(handle)?, lot))).collect()
    }
}

/// The newest record of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    pub seq: u64,
    pub hash: Digest,
    pub recorded_at: Instant,
}

/// A subject, its newest record and its state.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    pub subject: Subject,
    pub head: Head,
    pub entity: Entity,
}

/// The state that a group of acts is decided on: what was loaded, with the effects of the acts decided so far.
#[derive(Debug, Default)]
pub struct World {
    pub subjects: HashMap<Handle, Known>,
    pub names: HashMap<UniqueName, Handle>,
    pub chains: HashMap<Handle, Vec<Record>>,
    /// Index that the next record gets.
    pub next_log_index: u64,
}

impl World {
    /// Takes over what an accepted act changed, so that later acts of the group see it.
    pub fn absorb(&mut self, effects: &Effects) {
        for known in &effects.changed {
            self.subjects.insert(known.subject.handle, known.clone());
        }
        for (name, handle) in &effects.names {
            self.names.insert(name.clone(), *handle);
        }
        for record in &effects.records {
            if let Some(chain) = self.chains.get_mut(&record.record.subject.handle) {
                chain.push(record.record.clone());
            }
        }
        self.next_log_index += effects.records.len() as u64;
    }
}

/// What every act may tell beside its facts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Told {
    /// When it happened, if not now; at most 5 minutes ahead of the server's clock.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "2026-11-18T01:20:00.000Z")]
    pub occurred_at: Option<Instant>,
    /// A public remark.
    #[serde(default)]
    pub note: Option<LongText<1000>>,
    /// Photos and documents, uploaded before (`POST /api/v1/attachments`).
    #[serde(default)]
    #[schema(max_items = 20)]
    pub attachments: Vec<Attachment>,
    /// Films, by https link.
    #[serde(default)]
    #[schema(max_items = 5)]
    pub videos: Vec<VideoUrl>,
}

impl Told {
    pub fn media(&self) -> Media {
        Media { note: self.note.clone(), attachments: self.attachments.clone(), videos: self.videos.clone() }
    }
}
