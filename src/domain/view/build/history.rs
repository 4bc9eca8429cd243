//! The records of a history by subject, each beside what it says after its corrections. Built once for a page.

use std::collections::BTreeMap;

use super::{BuildError, Built};
use crate::domain::entities::{Batch, Corrected, Entity, Fact, Licence};
use crate::domain::kinds::organisations::OrganisationRegistered;
use crate::domain::kinds::{Body, Name, UnreadableBody};
use crate::domain::record::correction::{Correction, corrected};
use crate::domain::record::{Handle, Record, SubjectKind};
use crate::domain::view::Bilingual;

/// A record and what it says now.
pub(super) struct Line {
    pub record: Record,
    /// The record with every later correction applied to its body.
    pub shown: Record,
}

impl Line {
    pub fn is<B: Body>(&self) -> bool {
        self.record.kind == B::KIND
    }

    /// The body as corrected.
    pub fn body<B: Body>(&self) -> Result<B, UnreadableBody> {
        B::read(&self.shown)
    }
}

pub(super) struct History {
    /// In the order they came: that of the log.
    lines: Vec<Line>,
    /// Places in `lines`, by subject.
    places: BTreeMap<Handle, Vec<usize>>,
    /// Batches and licences as they stand after all of it.
    states: BTreeMap<Handle, Entity>,
}

impl History {
    pub fn read<'a>(records: impl IntoIterator<Item = &'a Record>) -> Built<Self> {
        let mut chains: BTreeMap<Handle, Vec<Record>> = BTreeMap::new();
        let mut order = Vec::new();
        for record in records {
            let chain = chains.entry(record.subject.handle).or_default();
            let (seq, known) = (record.seq, chain.len());
            if seq < known as u64 {
                continue;
            }
            if seq > known as u64 {
                return Err(BuildError::Gap { subject: record.subject, seq, known });
            }
            order.push((record.subject.handle, known));
            chain.push(record.clone());
        }
        let mut history = Self { lines: Vec::new(), places: BTreeMap::new(), states: BTreeMap::new() };
        let mut shown: BTreeMap<Handle, Vec<Record>> = BTreeMap::new();
        for (handle, chain) in &chains {
            shown.insert(*handle, as_corrected(chain)?);
            if matches!(chain[0].subject.kind, SubjectKind::Batch | SubjectKind::Licence) {
                history.states.extend(fold(chain)?.map(|state| (*handle, state)));
            }
        }
        for (handle, seq) in order {
            history.places.entry(handle).or_default().push(history.lines.len());
            let (record, shown) = (chains[&handle][seq].clone(), shown[&handle][seq].clone());
            history.lines.push(Line { record, shown });
        }
        Ok(history)
    }

    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The records of a subject, oldest first.
    pub fn chain(&self, handle: Handle) -> impl DoubleEndedIterator<Item = &Line> {
        self.places.get(&handle).into_iter().flatten().map(|place| &self.lines[*place])
    }

    pub fn at(&self, handle: Handle, seq: u64) -> Option<&Line> {
        self.chain(handle).nth(usize::try_from(seq).ok()?)
    }

    /// What opened a subject; `None` where the history does not hold it or it is of another kind.
    pub fn opening<B: Body>(&self, handle: Handle) -> Built<Option<B>> {
        Ok(self.at(handle, 0).filter(|line| line.is::<B>()).map(Line::body).transpose()?)
    }

    pub fn batch(&self, handle: Handle) -> Option<&Batch> {
        match self.states.get(&handle) {
            Some(Entity::Batch(batch)) => Some(batch),
            _ => None,
        }
    }

    pub fn licence(&self, handle: Handle) -> Option<&Licence> {
        match self.states.get(&handle) {
            Some(Entity::Licence(licence)) => Some(licence),
            _ => None,
        }
    }

    /// The organisation, if the history holds it and its name is public.
    pub fn organisation(&self, handle: Handle) -> Built<Option<(Name, OrganisationRegistered)>> {
        let found: Option<OrganisationRegistered> = self.opening(handle)?;
        Ok(found.and_then(|found| Some((found.name.clone()?, found))))
    }

    /// Its public name, or nothing.
    pub fn name_of(&self, organisation: Handle) -> Built<Bilingual> {
        Ok(self.organisation(organisation)?.map(|(name, _)| bilingual(&name)).unwrap_or_default())
    }
}

pub(super) fn bilingual(name: &Name) -> Bilingual {
    Bilingual::new(name.zh.as_str(), name.en.as_ref().map_or("", |en| en.as_str()))
}

/// Every record of a chain with its corrections applied.
pub(super) fn as_corrected(chain: &[Record]) -> Built<Vec<Record>> {
    let mut shown = chain.to_vec();
    for record in chain {
        if let Some(correction) = Correction::of(record)? {
            let seq = correction.corrects.seq;
            let after = with_body_of(chain, seq, chain.len())?;
            if let Some(place) = usize::try_from(seq).ok().and_then(|seq| shown.get_mut(seq)) {
                *place = after;
            }
        }
    }
    Ok(shown)
}

/// Record `seq` as the first `until` records of the chain leave it.
fn with_body_of(chain: &[Record], seq: u64, until: usize) -> Built<Record> {
    let value = corrected(&chain[..until], seq)?;
    // `corrected` found the record, so that it stands there.
    let mut record = chain[seq as usize].clone();
    if let Some(serde_json::Value::Object(body)) = value.get("body") {
        record.body = body.clone();
    }
    Ok(record)
}

/// The state after a whole chain. Openings are not looked at: what is sealed stays so on a public page.
fn fold(chain: &[Record]) -> Built<Option<Entity>> {
    let opened = BTreeMap::new();
    let mut state = None;
    for (at, record) in chain.iter().enumerate() {
        let correction = match Correction::of(record)? {
            Some(correction) => Some(Corrected {
                before: with_body_of(chain, correction.corrects.seq, at)?,
                after: with_body_of(chain, correction.corrects.seq, at + 1)?,
            }),
            None => None,
        };
        state = Some(Entity::apply(state, &Fact { record, opened: &opened, correction })?);
    }
    Ok(state)
}
