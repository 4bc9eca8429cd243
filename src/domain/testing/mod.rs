//! A whole instance in memory, for tests: acts are decided on exactly the state that they ask for, as the store loads it,
//! so that an act which forgets to name a need fails here too. Time goes on by a minute an act, randomness is seeded.

mod county;
mod good_batch;
mod signers;

pub(crate) use county::*;
pub(crate) use good_batch::GoodBatch;
pub(crate) use signers::Signer;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::acts::correct::neighbours;
use super::acts::{Act, Effects, Known, Needs, NewRecord, Refusal, Step, UniqueName, World};
use super::chain::history::{HistoryPlan, Range};
use super::chain::{Verified, verify_ndjson};
use super::entities::{Batch, Corrected, Entity, Fact};
use super::record::correction::{Correction, corrected};
use super::record::{Actor, Handle, Record, Role, Subject, sealed};
use super::time::Instant;
use super::view::ScanView;
use super::view::build;

/// Civil dates are meant in China.
pub(crate) const OFFSET_MINUTES: i32 = 480;

pub(crate) struct Instance {
    pub log: Vec<NewRecord>,
    pub openings: Vec<sealed::Opening>,
    pub subjects: BTreeMap<Handle, Known>,
    pub names: BTreeMap<UniqueName, Handle>,
    pub now: Instant,
    seed: u64,
}

impl Instance {
    pub fn new(seed: u64) -> Self {
        Self {
            log: Vec::new(),
            openings: Vec::new(),
            subjects: BTreeMap::new(),
            names: BTreeMap::new(),
            now: china("2026-01-05 08:00"),
            seed,
        }
    }

    /// Moves the clock on to a moment on China's clock, such as `2026-11-18 09:20`; it never goes back.
    pub fn at(&mut self, moment: &str) -> &mut Self {
        self.now = self.now.max(china(moment));
        self
    }

    /// Decides an act and keeps what it did; a refusal leaves all as it was.
    pub fn run(&mut self, actor: &Actor, act: &dyn Act) -> Result<Subject, Refusal> {
        self.now = self.now.plus_minutes(1);
        let (subject, effects, seed) = self.decide(actor, act)?;
        self.seed = seed;
        self.take(effects);
        Ok(subject)
    }

    /// What an act would write now; nothing is kept.
    pub fn prepare(&self, actor: &Actor, act: &dyn Act) -> Result<Vec<Record>, Refusal> {
        Ok(self.decide(actor, act)?.1.records.into_iter().map(|new| new.record).collect())
    }

    fn decide(&self, actor: &Actor, act: &dyn Act) -> Result<(Subject, Effects, u64), Refusal> {
        let world = self.load(actor, act);
        let mut seed = self.seed;
        let mut random = |buffer: &mut [u8]| buffer.iter_mut().for_each(|byte| *byte = splitmix(&mut seed) as u8);
        let mut step = Step::new(&world, self.now, OFFSET_MINUTES, actor.clone(), &mut random);
        let subject = act.decide(&mut step)?;
        let effects = step.finish();
        Ok((subject, effects, seed))
    }

    fn take(&mut self, effects: Effects) {
        self.subjects.extend(effects.changed.into_iter().map(|known| (known.subject.handle, known)));
        for (name, handle) in effects.names {
            assert!(self.names.insert(name.clone(), handle).is_none(), "{name:?} was taken, as the store would say");
        }
        self.openings.extend(effects.openings.into_iter().map(|new| new.opening));
        self.openings.retain(|opening| !effects.erased.contains(&opening.place()));
        self.log.extend(effects.records);
    }

    /// What the store would load for this act, and no more.
    fn load(&self, actor: &Actor, act: &dyn Act) -> World {
        let mut needs = Needs::default();
        act.needs(actor, &mut needs);
        needs.handles.extend(needs.chains.clone());
        let mut world = World { next_log_index: self.log.len() as u64, ..World::default() };
        self.load_names(&needs.names, &mut world);
        self.load_subjects(needs.handles.iter().copied().chain(world.names.values().copied()).collect(), &mut world);
        self.load_names(&needs.names_of_lots(&world), &mut world);
        for chain in &needs.chains {
            let records = self.chain(*chain);
            let beside: BTreeSet<Handle> = records.iter().flat_map(neighbours).collect();
            world.chains.insert(*chain, records);
            self.load_subjects(beside.clone(), &mut world);
            world.chains.extend(beside.into_iter().map(|neighbour| (neighbour, self.chain(neighbour))));
        }
        world
    }

    fn load_names(&self, names: &BTreeSet<UniqueName>, world: &mut World) {
        world.names.extend(names.iter().filter_map(|name| Some((name.clone(), *self.names.get(name)?))));
    }

    fn load_subjects(&self, mut wanted: BTreeSet<Handle>, world: &mut World) {
        while let Some(handle) = wanted.pop_first() {
            if let Some(known) = self.subjects.get(&handle) {
                wanted.extend(known.entity.rests_on().into_iter().filter(|it| !world.subjects.contains_key(it)));
                world.subjects.insert(handle, known.clone());
            }
        }
    }

    pub fn chain(&self, handle: Handle) -> Vec<Record> {
        self.log.iter().map(|new| &new.record).filter(|record| record.subject.handle == handle).cloned().collect()
    }

    pub fn batch(&self, handle: Handle) -> &Batch {
        match &self.subjects[&handle].entity {
            Entity::Batch(batch) => batch,
            other => panic!("{handle} is a {}", other.kind()),
        }
    }

    fn range(&self, range: Range) -> impl Iterator<Item = &NewRecord> {
        let within = move |new: &&NewRecord| {
            new.record.subject == range.subject && (range.from_seq..=range.to_seq).contains(&new.record.seq)
        };
        self.log.iter().filter(within)
    }

    /// What `/history` of a subject holds, in that order.
    pub fn history(&self, handle: Handle) -> Vec<Record> {
        let known = &self.subjects[&handle];
        let mut plan = HistoryPlan::new(known.subject, known.head.seq);
        let mut found: BTreeMap<u64, Record> = BTreeMap::new();
        while let Some(range) = plan.next() {
            for new in self.range(range) {
                plan.feed(&new.record.links);
                found.insert(new.log_index, new.record.clone());
            }
        }
        found.into_values().collect()
    }

    /// What was recorded since on the subjects at which a history ends.
    pub fn since(&self, batch: Handle) -> Vec<Record> {
        let mut ends = build::OpenEnds::of(&self.history(batch), batch).unwrap();
        let mut since = Vec::new();
        while let Some(range) = ends.next() {
            for new in self.range(range) {
                ends.feed(&new.record.links);
                since.push(new.record.clone());
            }
        }
        since
    }

    /// The consumer's page of a batch, now.
    pub fn page(&self, batch: Handle) -> ScanView {
        build::scan_view(&self.history(batch), &self.since(batch), batch, self.now, OFFSET_MINUTES).unwrap()
    }

    /// Verifies a subject's history as a stranger would.
    pub fn verify(&self, handle: Handle) -> Verified {
        let lines = self
            .history(handle)
            .iter()
            .flat_map(|record| [record.to_bytes().unwrap(), vec![b'\n']])
            .collect::<Vec<_>>();
        let head = self.subjects[&handle].head.hash;
        verify_ndjson(&lines.concat(), Some(head)).unwrap_or_else(|fault| panic!("history of {handle}: {fault}"))
    }

    /// The states that the records come to when they are applied anew, one by one, as `suyuan rebuild` does.
    pub fn replayed(&self) -> BTreeMap<Handle, Entity> {
        let mut states: BTreeMap<Handle, Entity> = BTreeMap::new();
        let mut chains: HashMap<Handle, Vec<Record>> = HashMap::new();
        for new in &self.log {
            let record = Record::parse(&new.bytes).unwrap();
            let handle = record.subject.handle;
            let chain = chains.entry(handle).or_default();
            chain.push(record.clone());
            let openings = self.openings.iter().filter(|it| (it.subject, it.seq) == (record.subject, record.seq));
            let opened = openings.map(|opening| (opening.field.clone(), opening.value.clone())).collect();
            let correction = Correction::of(&record).unwrap().map(|correction| {
                let (seq, end) = (correction.corrects.seq, chain.len());
                Corrected { before: as_of(chain, seq, end - 1), after: as_of(chain, seq, end) }
            });
            let before = states.remove(&handle);
            let fact = Fact { record: &record, opened: &opened, correction };
            states.insert(handle, Entity::apply(before, &fact).unwrap());
        }
        states
    }

    /// The states as deciding left them.
    pub fn states(&self) -> BTreeMap<Handle, Entity> {
        self.subjects.iter().map(|(handle, known)| (*handle, known.entity.clone())).collect()
    }
}

fn as_of(chain: &[Record], seq: u64, until: usize) -> Record {
    let value = corrected(&chain[..until], seq).unwrap();
    let mut record = chain[seq as usize].clone();
    record.body = value["body"].as_object().unwrap().clone();
    record
}

/// An act from its JSON form; what comes from the address is set afterwards.
pub(crate) fn act<A: DeserializeOwned>(form: Value) -> A {
    serde_json::from_value(form.clone()).unwrap_or_else(|cause| panic!("{form}: {cause}"))
}

pub(crate) fn actor(org: Handle, role: Role) -> Actor {
    Actor { key: None, org, role }
}

/// `2026-11-18 09:20` on China's clock.
pub(crate) fn china(moment: &str) -> Instant {
    let (day, time) = moment.split_once(' ').unwrap();
    let at: Instant = format!("{day}T{time}:00.000Z").parse().unwrap();
    at.plus_minutes(-i64::from(OFFSET_MINUTES))
}

/// SplitMix64 (Steele, Lea, Flood 2014): enough for handles and salts that only have to differ.
fn splitmix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
