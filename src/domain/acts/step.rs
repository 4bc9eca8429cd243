//! One act being decided: it sees the world with its own changes on top, and its records are chained and applied as they
//! are written. Dropped, it leaves the world as it was.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::{Effects, Head, Known, NewOpening, NewRecord, Refusal, Told, UniqueName, World};
use crate::domain::entities::{Batch, Corrected, Entity, Fact, Key, Licence, Plot, Product, Sample, Shipment, Site};
use crate::domain::gs1::{Gtin, Lot};
use crate::domain::kinds::{Body, seal_class};
use crate::domain::merkle::TreeHead;
use crate::domain::record::statement::Statement;
use crate::domain::record::{
    Actor, Digest, Handle, Link, Record, Seen, Subject, SubjectKind, record_hash, sealed, sort_links,
};
use crate::domain::time::{CivilDate, Instant};

/// Client clocks may run ahead by this much.
const CLOCK_TOLERANCE_MINUTES: i64 = 5;
/// Nobody writes down now what happened longer ago.
const OLDEST_DAYS: i64 = 366;

/// A record that was just written.
#[derive(Debug, Clone, Copy)]
pub struct Written {
    pub subject: Subject,
    pub seq: u64,
    pub hash: Digest,
}

/// What a record says beside its body.
#[derive(Debug, Default)]
pub struct Note {
    pub occurred_at: Option<Instant>,
    pub sealed: Vec<Secret>,
    pub links: Vec<Link>,
    /// By the actor's own key, over what this record says.
    pub statement: Option<Statement>,
}

/// A value to be sealed.
#[derive(Debug)]
pub struct Secret {
    field: &'static str,
    value: Value,
    /// Of who signs the commitment; else one is drawn.
    salt: Option<[u8; 32]>,
}

impl Note {
    pub fn told(told: &Told) -> Self {
        Self { occurred_at: told.occurred_at, ..Self::default() }
    }

    pub fn link(mut self, link: Link) -> Self {
        self.links.push(link);
        self
    }

    pub fn links(mut self, links: impl IntoIterator<Item = Link>) -> Self {
        self.links.extend(links);
        self
    }

    pub fn seal(mut self, field: &'static str, value: impl Into<Value>) -> Self {
        self.sealed.push(Secret { field, value: value.into(), salt: None });
        self
    }

    /// As [`Note::seal`], with a salt that the actor drew.
    pub fn seal_with(mut self, field: &'static str, value: impl Into<Value>, salt: Option<[u8; 32]>) -> Self {
        self.sealed.push(Secret { field, value: value.into(), salt });
        self
    }

    pub fn signed(self, statement: Option<Statement>) -> Self {
        Self { statement, ..self }
    }
}

/// An act being decided.
pub struct Step<'w> {
    world: &'w World,
    now: Instant,
    /// Minutes east of UTC of the instance's civil calendar.
    utc_offset_minutes: i32,
    actor: Actor,
    random: &'w mut dyn FnMut(&mut [u8]),
    changed: HashMap<Handle, Known>,
    names: HashMap<UniqueName, Handle>,
    /// The chains that the act asked for and wrote to.
    chains: HashMap<Handle, Vec<Record>>,
    effects: Effects,
    /// What its records say that they have seen.
    seen: Option<Seen>,
}

impl<'w> Step<'w> {
    pub fn new(
        world: &'w World,
        now: Instant,
        utc_offset_minutes: i32,
        actor: Actor,
        random: &'w mut dyn FnMut(&mut [u8]),
    ) -> Self {
        Self {
            world,
            now,
            utc_offset_minutes,
            actor,
            random,
            changed: HashMap::new(),
            names: HashMap::new(),
            chains: HashMap::new(),
            effects: Effects::default(),
            seen: None,
        }
    }

    /// Tells the newest signed checkpoint: no record of the act is older than it.
    pub fn has_seen(&mut self, tree: Option<TreeHead>) {
        self.seen = tree.and_then(TreeHead::seen);
    }

    /// What the act wrote.
    pub fn finish(self) -> Effects {
        let mut effects = self.effects;
        effects.changed = self.changed.into_values().collect();
        effects.changed.sort_by_key(|known| known.subject.handle);
        effects.names = self.names.into_iter().collect();
        effects.names.sort();
        effects
    }

    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    pub fn now(&self) -> Instant {
        self.now
    }

    /// The civil day of now.
    pub fn today(&self) -> CivilDate {
        self.now.civil_date(self.utc_offset_minutes)
    }

    /// The civil day on which the act happened.
    pub fn day_of(&self, told: &Told) -> CivilDate {
        told.occurred_at.unwrap_or(self.now).civil_date(self.utc_offset_minutes)
    }

    /// Refuses a time that lies ahead or too far back.
    pub fn check_told(&self, told: &Told) -> Result<(), Refusal> {
        self.check_time(told.occurred_at)
    }

    pub fn check_time(&self, occurred_at: Option<Instant>) -> Result<(), Refusal> {
        let Some(at) = occurred_at else { return Ok(()) };
        if at > self.now.plus_minutes(CLOCK_TOLERANCE_MINUTES) {
            return Err(Refusal::new("date-in-future").at("occurred_at", at).expected(self.now));
        }
        self.check_not_too_old("occurred_at", at.civil_date(self.utc_offset_minutes))
    }

    /// Refuses a civil day after today or before the season.
    pub fn check_day(&self, field: &str, day: CivilDate) -> Result<(), Refusal> {
        if day > self.today() {
            return Err(Refusal::new("date-in-future").at(field, day).expected(self.today()));
        }
        self.check_not_too_old(field, day)
    }

    fn check_not_too_old(&self, field: &str, day: CivilDate) -> Result<(), Refusal> {
        let earliest = self.today().plus_days(-OLDEST_DAYS);
        if day < earliest {
            return Err(Refusal::new("date-before-season").at(field, day).expected(earliest));
        }
        Ok(())
    }

    pub fn known(&self, handle: Handle) -> Option<&Known> {
        self.changed.get(&handle).or_else(|| self.world.subjects.get(&handle))
    }

    pub fn entity(&self, handle: Handle) -> Option<&Entity> {
        self.known(handle).map(|known| &known.entity)
    }

    pub fn named(&self, name: &UniqueName) -> Option<Handle> {
        self.names.get(name).or_else(|| self.world.names.get(name)).copied()
    }

    /// The records of a chain that the act asked for, with those it wrote itself.
    pub fn chain(&self, handle: Handle) -> &[Record] {
        self.chains.get(&handle).or_else(|| self.world.chains.get(&handle)).map_or(&[], Vec::as_slice)
    }

    pub fn product_of(&self, gtin: Gtin, field: &str) -> Result<(Handle, &Product), Refusal> {
        let found = self.named(&UniqueName::gtin(gtin)).and_then(|handle| match self.entity(handle) {
            Some(Entity::Product(product)) => Some((handle, product)),
            _ => None,
        });
        found.ok_or_else(|| Refusal::new("unknown-product").at(field, gtin))
    }

    /// As [`Step::product_of`], and the actor's own: nobody makes goods under another's GTIN.
    pub fn own_product_of(&self, gtin: Gtin, field: &str) -> Result<(Handle, &Product), Refusal> {
        let (handle, product) = self.product_of(gtin, field)?;
        if product.home != self.actor.org {
            return Err(Refusal::new("unknown-product").at(field, gtin));
        }
        Ok((handle, product))
    }

    /// Takes a (GTIN, lot) for a new batch.
    pub fn claim_lot(&mut self, gtin: Gtin, lot: &Lot, batch: Handle, field: &str) -> Result<(), Refusal> {
        self.claim(UniqueName::lot(gtin, lot), batch, || Refusal::new("lot-taken").at(field, lot).detail("gtin", gtin))
    }

    /// Takes a unique name, or refuses with `taken`.
    pub fn claim(&mut self, name: UniqueName, subject: Handle, taken: impl Fn() -> Refusal) -> Result<(), Refusal> {
        if self.named(&name).is_some() {
            return Err(taken());
        }
        self.names.insert(name, subject);
        Ok(())
    }

    pub fn new_subject(&mut self, kind: SubjectKind) -> Subject {
        let mut bytes = [0; 16];
        (self.random)(&mut bytes);
        Subject::new(kind, Handle::from_bytes(bytes))
    }

    /// A link to the newest record of a subject.
    pub fn link(&self, rel: &str, handle: Handle) -> Result<Link, Refusal> {
        let known = self.known(handle).ok_or_else(|| Refusal::not_found(rel, handle))?;
        Ok(Link { hash: known.head.hash, rel: rel.to_owned(), seq: known.head.seq, subject: known.subject })
    }

    /// Destroys openings, with the act's records.
    pub fn erase(&mut self, places: Vec<sealed::Place>) {
        self.effects.erased.extend(places);
    }

    /// Chains a record onto its subject, seals what is secret, applies it to the state.
    pub fn write<B: Body>(&mut self, subject: Subject, body: &B, note: Note) -> Result<Written, Refusal> {
        self.write_kind(subject, B::KIND.to_owned(), body.to_map(), note, None)
    }

    /// As [`Step::write`], for corrections: with the corrected record before and after.
    pub fn write_kind(
        &mut self,
        subject: Subject,
        kind: String,
        body: serde_json::Map<String, Value>,
        note: Note,
        correction: Option<Corrected>,
    ) -> Result<Written, Refusal> {
        let before = self.known(subject.handle).cloned();
        let (seq, prev, earliest) = match &before {
            Some(known) => (known.head.seq + 1, known.head.hash, known.head.recorded_at),
            None => (0, Digest::ZERO, Instant::MIN),
        };
        let recorded_at = self.now.max(earliest);
        let mut links: Vec<Link> = note.links.into_iter().filter(|link| link.subject != subject).collect();
        sort_links(&mut links);
        let mut record = Record {
            subject,
            seq,
            prev,
            kind,
            occurred_at: note.occurred_at.unwrap_or(self.now),
            recorded_at,
            actor: self.actor.clone(),
            body,
            sealed: BTreeMap::new(),
            links,
            seen: self.seen,
        };
        let opened = self.seal(&mut record, note.sealed)?;
        if let Some(statement) = &note.statement {
            self.sign(&mut record, statement, note.occurred_at)?;
        }
        let bytes = record.to_bytes()?;
        let hash = record_hash(&bytes);
        let entity =
            Entity::apply(before.map(|known| known.entity), &Fact { record: &record, opened: &opened, correction })?;
        self.changed.insert(subject.handle, Known { subject, head: Head { seq, hash, recorded_at }, entity });
        let log_index = self.world.next_log_index + self.effects.records.len() as u64;
        if let Some(known) = self.world.chains.get(&subject.handle) {
            self.chains.entry(subject.handle).or_insert_with(|| known.clone()).push(record.clone());
        }
        self.effects.records.push(NewRecord { log_index, hash, bytes, record });
        Ok(Written { subject, seq, hash })
    }

    fn seal(&mut self, record: &mut Record, fields: Vec<Secret>) -> Result<BTreeMap<String, Value>, Refusal> {
        let mut opened = BTreeMap::new();
        for Secret { field, value, salt } in fields {
            let salt = salt.unwrap_or_else(|| {
                let mut drawn = [0; 32];
                (self.random)(&mut drawn);
                drawn
            });
            record.sealed.insert(field.to_owned(), sealed::commitment(field, &salt, &value)?);
            opened.insert(field.to_owned(), value.clone());
            let opening =
                sealed::Opening { field: field.to_owned(), salt, seq: record.seq, subject: record.subject, value };
            self.effects.openings.push(NewOpening { class: seal_class(&record.kind, field), opening });
        }
        Ok(opened)
    }
}

/// Looks up an entity of one kind; a foreign or missing one reads the same.
macro_rules! lookup {
    ($any:ident, $own:ident, $variant:ident, $type:ty) => {
        pub fn $any(&self, handle: Handle, field: &str) -> Result<&$type, Refusal> {
            match self.entity(handle) {
                Some(Entity::$variant(found)) => Ok(found),
                _ => Err(Refusal::not_found(field, handle)),
            }
        }

        /// As above, and the actor's own.
        pub fn $own(&self, handle: Handle, field: &str) -> Result<&$type, Refusal> {
            let found = self.$any(handle, field)?;
            if found.home == self.actor.org { Ok(found) } else { Err(Refusal::not_found(field, handle)) }
        }
    };
}

impl Step<'_> {
    lookup!(any_batch, own_batch, Batch, Batch);
    lookup!(any_plot, own_plot, Plot, Plot);
    lookup!(any_sample, own_sample, Sample, Sample);
    lookup!(any_shipment, own_shipment, Shipment, Shipment);
    lookup!(any_licence, own_licence, Licence, Licence);
    lookup!(any_product, own_product, Product, Product);
    lookup!(any_site, own_site, Site, Site);
    lookup!(any_key, own_key, Key, Key);

    /// An own batch that may still be written to.
    pub fn open_batch(&self, handle: Handle, field: &str) -> Result<&Batch, Refusal> {
        let batch = self.own_batch(handle, field)?;
        if batch.is_closed() {
            return Err(Refusal::new("batch-closed").at(field, handle).detail("lot", &batch.lot));
        }
        Ok(batch)
    }

    /// Refuses where the batch, or one it was made from, is held or recalled.
    pub fn check_not_held(&self, handle: Handle, field: &str) -> Result<(), Refusal> {
        let batch = self.any_batch(handle, field)?;
        for source in std::iter::once(handle).chain(batch.ancestors.iter().copied()) {
            let source_batch = self.any_batch(source, field)?;
            let refusal = |code| Refusal::new(code).at(field, handle).detail("lot", &source_batch.lot);
            if source_batch.recalled {
                return Err(refusal("batch-recalled"));
            }
            if let Some(hold) = source_batch.holds.first() {
                let report = hold.report_no.as_deref().unwrap_or("-");
                return Err(refusal("batch-held").detail("report", report).detail("reason", hold.reason.as_str()));
            }
        }
        Ok(())
    }

    /// Refuses to take more than is left.
    pub fn check_rest(&self, batch: &Batch, amount: u128, field: &str) -> Result<(), Refusal> {
        if amount > u128::from(batch.rest()) {
            return Err(Refusal::new("overdrawn").at(field, amount).expected(batch.rest()).detail("lot", &batch.lot));
        }
        Ok(())
    }
}
