//! What is known of each subject now: the fold of its records. The same `apply` runs when an act is decided and when the
//! projections are rebuilt, so both give the same state.
//!
//! An entity stays small for ever: it holds no list that grows with the number of acts.

mod batches;
mod keys;
mod licences;
mod log;
mod organisations;
mod products;
mod samples;
mod shipments;
mod sites;
mod withheld;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use batches::{Batch, BatchStage, Hold, Panel};
pub use keys::{Key, Revoked};
pub use licences::{Licence, Mark};
pub use log::Log;
pub use organisations::Organisation;
pub use products::Product;
pub use samples::Sample;
pub use shipments::Shipment;
pub use sites::{Plot, Season, Site, Treatment};
pub use withheld::{Why, Withheld};

use super::kinds::UnreadableBody;
use super::kinds::erased::Erased;
use super::record::{Handle, Record, SubjectKind};

/// One record and what an authorised program knows beside it.
pub struct Fact<'a> {
    pub record: &'a Record,
    /// Openings of the record's sealed fields that still exist.
    pub opened: &'a BTreeMap<String, Value>,
    /// For a correction: the corrected record as it stood before and as it stands now.
    pub correction: Option<Corrected>,
}

/// A record before and after a correction.
pub struct Corrected {
    pub before: Record,
    pub after: Record,
}

/// The state of a subject.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entity {
    Organisation(Organisation),
    Site(Site),
    Plot(Plot),
    Product(Product),
    Batch(Batch),
    Sample(Sample),
    Shipment(Shipment),
    Mark(Mark),
    Licence(Licence),
    Key(Key),
    Log(Log),
}

/// A record that does not follow from the state before it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Inapplicable {
    #[error(transparent)]
    Unreadable(#[from] UnreadableBody),
    #[error("a record of kind {kind} cannot stand on {subject}")]
    Misplaced { kind: String, subject: String },
    #[error("the record overdraws {subject}")]
    Overdrawn { subject: String },
}

impl Entity {
    /// The state after `fact`; `before` is `None` for the first record of a subject.
    pub fn apply(before: Option<Self>, fact: &Fact<'_>) -> Result<Self, Inapplicable> {
        let record = fact.record;
        let Some(mut entity) = before else {
            return Self::open(fact);
        };
        if Erased::is(record) {
            entity.forget(&Erased::read(record)?);
            return Ok(entity);
        }
        match &mut entity {
            Self::Organisation(organisation) => organisation.apply(fact)?,
            Self::Site(_) | Self::Product(_) | Self::Mark(_) => return Err(misplaced(record)),
            Self::Plot(plot) => plot.apply(fact)?,
            Self::Batch(batch) => batch.apply(fact)?,
            Self::Sample(sample) => sample.apply(fact)?,
            Self::Shipment(shipment) => shipment.apply(fact)?,
            Self::Licence(licence) => licence.apply(fact)?,
            Self::Key(key) => key.apply(fact)?,
            Self::Log(log) => log.apply(fact)?,
        }
        Ok(entity)
    }

    /// Lets go of what came from openings that were destroyed.
    fn forget(&mut self, erased: &Erased) {
        let first = |name: &str| erased.fields.iter().any(|it| it.seq == 0 && it.field == name);
        match self {
            Self::Organisation(organisation) => organisation.forget(first),
            Self::Shipment(shipment) => shipment.forget(first),
            _ => {}
        }
    }

    fn open(fact: &Fact<'_>) -> Result<Self, Inapplicable> {
        Ok(match fact.record.subject.kind {
            SubjectKind::Organisation => Self::Organisation(Organisation::open(fact)?),
            SubjectKind::Site => Self::Site(Site::open(fact)?),
            SubjectKind::Plot => Self::Plot(Plot::open(fact)?),
            SubjectKind::Product => Self::Product(Product::open(fact)?),
            SubjectKind::Batch => Self::Batch(Batch::open(fact)?),
            SubjectKind::Sample => Self::Sample(Sample::open(fact)?),
            SubjectKind::Shipment => Self::Shipment(Shipment::open(fact)?),
            SubjectKind::Mark => Self::Mark(Mark::open(fact)?),
            SubjectKind::Licence => Self::Licence(Licence::open(fact)?),
            SubjectKind::Key => Self::Key(Key::open(fact)?),
            SubjectKind::Log => Self::Log(Log::open(fact)?),
            _ => return Err(misplaced(fact.record)),
        })
    }

    pub fn kind(&self) -> SubjectKind {
        match self {
            Self::Organisation(_) => SubjectKind::Organisation,
            Self::Site(_) => SubjectKind::Site,
            Self::Plot(_) => SubjectKind::Plot,
            Self::Product(_) => SubjectKind::Product,
            Self::Batch(_) => SubjectKind::Batch,
            Self::Sample(_) => SubjectKind::Sample,
            Self::Shipment(_) => SubjectKind::Shipment,
            Self::Mark(_) => SubjectKind::Mark,
            Self::Licence(_) => SubjectKind::Licence,
            Self::Key(_) => SubjectKind::Key,
            Self::Log(_) => SubjectKind::Log,
        }
    }

    /// The organisation that opened the subject; it never changes.
    pub fn home(&self) -> Handle {
        match self {
            Self::Organisation(it) => it.home,
            Self::Site(it) => it.home,
            Self::Plot(it) => it.home,
            Self::Product(it) => it.home,
            Self::Batch(it) => it.home,
            Self::Sample(it) => it.home,
            Self::Shipment(it) => it.home,
            Self::Mark(it) => it.home,
            Self::Licence(it) => it.home,
            Self::Key(it) => it.home,
            Self::Log(it) => it.home,
        }
    }

    /// Other subjects whose state an act on this one is judged by.
    pub fn rests_on(&self) -> Vec<Handle> {
        match self {
            Self::Batch(batch) => {
                let mut handles = batch.ancestors.clone();
                handles.push(batch.product);
                handles.extend(batch.licence);
                handles.extend(batch.plots.iter().copied());
                handles
            }
            Self::Sample(sample) => vec![sample.batch],
            Self::Shipment(shipment) => vec![shipment.batch],
            Self::Licence(licence) => vec![licence.mark],
            // Whose key it is, and whose vouched for it.
            Self::Key(key) => std::iter::once(key.home).chain(key.countersigned_by).collect(),
            _ => Vec::new(),
        }
    }
}

fn misplaced(record: &Record) -> Inapplicable {
    Inapplicable::Misplaced { kind: record.kind.clone(), subject: record.subject.to_string() }
}
