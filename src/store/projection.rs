//! Which rows a subject's state comes to. Pure, and the only place that knows: the write path and `suyuan rebuild` use it.

use super::StoreError;
use super::rows::{
    BatchRow, CheckpointRow, GrantRow, IdempotencyRow, LineageRow, NameRow, OpeningRow, RecordRow, SubjectRow, TileRow,
};
use crate::domain::acts::{Known, UniqueName};
use crate::domain::entities::{Entity, Why};
use crate::domain::kinds::Body;
use crate::domain::kinds::batches::Parent;
use crate::domain::kinds::keys::KeyRevoked;
use crate::domain::kinds::samples::SampleReported;
use crate::domain::record::{Handle, Record, statement};

/// Everything that is written at once: the truth, what is kept beside it, and where the log ends then.
#[derive(Debug, Default)]
pub struct Writes {
    pub records: Vec<RecordRow>,
    pub openings: Vec<OpeningRow>,
    /// A unique name that another subject holds is a constraint error.
    pub projections: Rows,
    pub answers: Vec<IdempotencyRow>,
    /// Tiles of the tree that the records finished.
    pub tiles: Vec<TileRow>,
    /// The newest signed checkpoint; kept already, it stays.
    pub checkpoint: Option<CheckpointRow>,
    /// `None` where the log does not grow.
    pub growth: Option<Growth>,
}

/// The log grows by a group. Nothing is written where it does not end at `from`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Growth {
    pub from: u64,
    pub to: u64,
}

/// Rows of subjects; written over what stood there.
#[derive(Debug, Default, PartialEq)]
pub struct Rows {
    pub subjects: Vec<SubjectRow>,
    pub names: Vec<NameRow>,
    pub batches: Vec<BatchRow>,
    pub lineage: Vec<LineageRow>,
    pub grants: Vec<GrantRow>,
}

impl Rows {
    /// Adds the rows of `known`, which was opened at `first_log_index`. Of those beside its state only what differs from
    /// `before`: most acts change nothing of a batch but its state.
    pub fn add(&mut self, known: &Known, first_log_index: u64, before: Option<&Entity>) -> Result<(), StoreError> {
        self.subjects.push(SubjectRow::new(known, first_log_index)?);
        let handle = known.subject.handle;
        let mut beside = Self::default();
        beside.add_beside(handle, &known.entity, first_log_index as i64);
        let mut stood = Self::default();
        before.into_iter().for_each(|before| stood.add_beside(handle, before, first_log_index as i64));
        self.batches.extend(beside.batches.into_iter().filter(|row| !stood.batches.contains(row)));
        self.lineage.extend(beside.lineage.into_iter().filter(|row| !stood.lineage.contains(row)));
        self.grants.extend(beside.grants.into_iter().filter(|row| !stood.grants.contains(row)));
        Ok(())
    }

    fn add_beside(&mut self, handle: Handle, entity: &Entity, index: i64) {
        match entity {
            Entity::Batch(batch) => {
                self.batches.push(BatchRow {
                    home: batch.home.as_bytes().to_vec(),
                    first_log_index: index,
                    handle: handle.as_bytes().to_vec(),
                    product: batch.product.as_bytes().to_vec(),
                    gtin: batch.gtin.to_string(),
                    lot: batch.lot.to_string(),
                    stage: batch.stage.as_str().to_owned(),
                    opened_on: batch.opened_on.to_string(),
                    stocked: batch.is_stocked().then_some(index),
                });
                self.lineage.extend(batch.parents.iter().map(|parent| lineage_row(handle, parent)));
            }
            Entity::Sample(sample) => self.grants.push(grant_row(handle, sample.laboratory, "laboratory", index)),
            Entity::Shipment(shipment) => {
                self.grants.extend(shipment.buyer.map(|buyer| grant_row(handle, buyer, "receiver", index)));
            }
            Entity::Licence(licence) => self.grants.push(grant_row(handle, licence.licensee, "licensee", index)),
            _ => {}
        }
    }
}

/// The unique names that a record gives to its subject: what its act claimed.
pub fn names_of(record: &Record, entity: &Entity) -> Vec<(UniqueName, Handle)> {
    let name = match entity {
        Entity::Sample(it) if record.kind == SampleReported::KIND => {
            it.report_no.as_ref().map(|number| UniqueName::own("report", it.laboratory, number))
        }
        Entity::Key(it) => (record.kind != KeyRevoked::KIND).then(|| UniqueName::public_key(&it.public)),
        _ if record.seq > 0 => None,
        Entity::Organisation(it) => it.uscc_for(Why::Compared).map(UniqueName::uscc),
        Entity::Product(it) => Some(UniqueName::gtin(it.gtin)),
        Entity::Plot(it) => Some(UniqueName::own("plot", it.home, &it.code)),
        Entity::Site(it) => Some(UniqueName::own("site", it.home, &it.code)),
        Entity::Batch(it) => Some(UniqueName::lot(it.gtin, &it.lot)),
        Entity::Sample(it) => Some(UniqueName::own("sample", it.laboratory, &it.code)),
        Entity::Licence(it) => Some(UniqueName::own("licence", it.home, &it.number)),
        Entity::Shipment(_) | Entity::Mark(_) | Entity::Log(_) => None,
    };
    let nonces = statement::of_record(record).into_iter().map(|statement| UniqueName::nonce(&statement));
    name.into_iter().chain(nonces).map(|name| (name, record.subject.handle)).collect()
}

fn lineage_row(child: Handle, parent: &Parent) -> LineageRow {
    LineageRow {
        child: child.as_bytes().to_vec(),
        parent: parent.batch.as_bytes().to_vec(),
        quantity: parent.quantity.as_i64(),
    }
}

fn grant_row(subject: Handle, organisation: Handle, view: &str, first_log_index: i64) -> GrantRow {
    GrantRow {
        subject: subject.as_bytes().to_vec(),
        organisation: organisation.as_bytes().to_vec(),
        view: view.to_owned(),
        first_log_index,
    }
}
