//! Rows: how each table's line looks in Rust. Joined to the domain by conversions here; nobody outside the store sees them.

use diesel::prelude::*;

use super::schema::*;
use super::{Damaged, ProblemReport, Published, StoreError, StoredFile};
use crate::domain::acts::{Head, Known, NewOpening, NewRecord, UniqueName};
use crate::domain::entities::Entity;
use crate::domain::kinds::{MediaType, SealClass};
use crate::domain::merkle::FullTile;
use crate::domain::record::{Digest, Handle, Subject, SubjectKind};
use crate::domain::time::Instant;

#[derive(Debug, Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = records, treat_none_as_default_value = false)]
pub struct RecordRow {
    pub log_index: i64,
    pub subject: Vec<u8>,
    pub seq: i64,
    pub kind: String,
    pub hash: Vec<u8>,
    pub bytes: Vec<u8>,
}

impl From<&NewRecord> for RecordRow {
    fn from(new: &NewRecord) -> Self {
        Self {
            log_index: new.log_index as i64,
            subject: new.record.subject.handle.as_bytes().to_vec(),
            seq: new.record.seq as i64,
            kind: new.record.kind.clone(),
            hash: new.hash.as_bytes().to_vec(),
            bytes: new.bytes.clone(),
        }
    }
}

#[derive(Debug, Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = log_tiles, treat_none_as_default_value = false)]
pub struct TileRow {
    pub level: i64,
    pub number: i64,
    pub hashes: Vec<u8>,
    pub root: Vec<u8>,
}

impl From<&FullTile> for TileRow {
    fn from(tile: &FullTile) -> Self {
        Self {
            level: tile.level.into(),
            number: tile.number as i64,
            hashes: tile.hashes.iter().flat_map(|hash| *hash.as_bytes()).collect(),
            root: tile.root.as_bytes().to_vec(),
        }
    }
}

#[derive(Debug, Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = log_checkpoints, treat_none_as_default_value = false)]
pub struct CheckpointRow {
    pub epoch: i64,
    pub size: i64,
    pub note: String,
}

impl From<&Published> for CheckpointRow {
    fn from(signed: &Published) -> Self {
        Self { epoch: signed.epoch as i64, size: signed.tree.size as i64, note: signed.note.clone() }
    }
}

#[derive(Debug, Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = openings, treat_none_as_default_value = false)]
pub struct OpeningRow {
    pub subject: Vec<u8>,
    pub seq: i64,
    pub field: String,
    pub class: String,
    pub salt: Vec<u8>,
    pub value: String,
}

impl From<&NewOpening> for OpeningRow {
    fn from(new: &NewOpening) -> Self {
        let class = match new.class {
            SealClass::Parties => "parties",
            SealClass::Personal => "personal",
        };
        Self {
            subject: new.opening.subject.handle.as_bytes().to_vec(),
            seq: new.opening.seq as i64,
            field: new.opening.field.clone(),
            class: class.to_owned(),
            salt: new.opening.salt.to_vec(),
            value: new.opening.value.to_string(),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Insertable, Queryable, Selectable, AsChangeset)]
#[diesel(table_name = subjects, treat_none_as_default_value = false)]
pub struct SubjectRow {
    pub handle: Vec<u8>,
    pub kind: String,
    pub home: Vec<u8>,
    pub head_seq: i64,
    pub head_hash: Vec<u8>,
    pub head_recorded_at: i64,
    pub first_log_index: i64,
    pub state: String,
}

impl SubjectRow {
    pub fn new(known: &Known, first_log_index: u64) -> Result<Self, StoreError> {
        Ok(Self {
            handle: known.subject.handle.as_bytes().to_vec(),
            kind: known.subject.kind.as_str().to_owned(),
            home: known.entity.home().as_bytes().to_vec(),
            head_seq: known.head.seq as i64,
            head_hash: known.head.hash.as_bytes().to_vec(),
            head_recorded_at: known.head.recorded_at.millis(),
            first_log_index: first_log_index as i64,
            state: serde_json::to_string(&known.entity).map_err(|cause| Damaged::new("subjects.state", cause))?,
        })
    }
}

impl TryFrom<&SubjectRow> for Known {
    type Error = StoreError;

    fn try_from(row: &SubjectRow) -> Result<Self, StoreError> {
        let kind: SubjectKind = row.kind.parse().map_err(|cause| Damaged::new("subjects.kind", cause))?;
        let entity: Entity = serde_json::from_str(&row.state).map_err(|cause| Damaged::new("subjects.state", cause))?;
        let recorded_at =
            Instant::from_millis(row.head_recorded_at).map_err(|cause| Damaged::new("subjects.recorded_at", cause))?;
        let head = Head { seq: row.head_seq as u64, hash: digest(&row.head_hash)?, recorded_at };
        Ok(Self { subject: Subject::new(kind, handle(&row.handle)?), head, entity })
    }
}

#[derive(Debug, Clone, PartialEq, Insertable, Queryable, Selectable)]
#[diesel(table_name = unique_names, treat_none_as_default_value = false)]
pub struct NameRow {
    pub scope: String,
    pub name: String,
    pub subject: Vec<u8>,
}

impl From<&(UniqueName, Handle)> for NameRow {
    fn from((name, subject): &(UniqueName, Handle)) -> Self {
        Self { scope: name.scope.clone(), name: name.name.clone(), subject: subject.as_bytes().to_vec() }
    }
}

#[derive(Debug, Clone, PartialEq, Insertable, Queryable, Selectable)]
#[diesel(table_name = batches, treat_none_as_default_value = false)]
pub struct BatchRow {
    pub home: Vec<u8>,
    pub first_log_index: i64,
    pub handle: Vec<u8>,
    pub product: Vec<u8>,
    pub gtin: String,
    pub lot: String,
    pub stage: String,
    pub opened_on: String,
    pub stocked: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Insertable, Queryable, Selectable)]
#[diesel(table_name = lineage, treat_none_as_default_value = false)]
pub struct LineageRow {
    pub child: Vec<u8>,
    pub parent: Vec<u8>,
    pub quantity: i64,
}

#[derive(Debug, Clone, PartialEq, Insertable, Queryable, Selectable)]
#[diesel(table_name = grants, treat_none_as_default_value = false)]
pub struct GrantRow {
    pub subject: Vec<u8>,
    pub organisation: Vec<u8>,
    pub view: String,
    pub first_log_index: i64,
}

#[derive(Debug, Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = idempotency, treat_none_as_default_value = false)]
pub struct IdempotencyRow {
    pub organisation: Vec<u8>,
    pub key: String,
    pub operation: String,
    pub request_hash: Vec<u8>,
    pub receipt: String,
    pub created_at: i64,
}

#[derive(Debug, Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = api_keys, treat_none_as_default_value = false)]
pub struct ApiKeyRow {
    pub id: Vec<u8>,
    pub organisation: Vec<u8>,
    pub name: String,
    pub secret_hash: Vec<u8>,
    pub created_at: i64,
    pub expires_at: Option<i64>,
    pub revoked_at: Option<i64>,
    pub used_at: Option<i64>,
    pub scope: Option<String>,
}

#[derive(Debug, Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = attachments, treat_none_as_default_value = false)]
pub struct AttachmentRow {
    pub sha256: Vec<u8>,
    pub media_type: String,
    pub size: i64,
    pub stored_at: i64,
}

#[derive(Debug, Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = problem_reports, treat_none_as_default_value = false)]
pub struct ProblemReportRow {
    pub id: Vec<u8>,
    pub gtin: String,
    pub lot: String,
    pub what: String,
    pub story: String,
    pub contact: String,
    pub created_at: i64,
}

impl From<&ProblemReport> for ProblemReportRow {
    fn from(report: &ProblemReport) -> Self {
        Self {
            id: report.id.as_bytes().to_vec(),
            gtin: report.gtin.clone(),
            lot: report.lot.clone(),
            what: report.what.clone(),
            story: report.story.clone(),
            contact: report.contact.clone(),
            created_at: report.created_at.millis(),
        }
    }
}

impl TryFrom<AttachmentRow> for StoredFile {
    type Error = StoreError;

    fn try_from(row: AttachmentRow) -> Result<Self, StoreError> {
        let media_type: MediaType = serde_json::from_value(row.media_type.into())
            .map_err(|cause| Damaged::new("attachments.media_type", cause))?;
        Ok(Self { sha256: digest(&row.sha256)?, media_type, size: row.size as u64, stored_at: instant(row.stored_at)? })
    }
}

pub fn instant(millis: i64) -> Result<Instant, StoreError> {
    Instant::from_millis(millis).map_err(|cause| Damaged::new("instant", cause).into())
}

pub fn handle(bytes: &[u8]) -> Result<Handle, StoreError> {
    let bytes: [u8; 16] = bytes.try_into().map_err(|_| Damaged::new("handle", format!("{} bytes", bytes.len())))?;
    Ok(Handle::from_bytes(bytes))
}

pub fn digest(bytes: &[u8]) -> Result<Digest, StoreError> {
    let bytes: [u8; 32] = bytes.try_into().map_err(|_| Damaged::new("hash", format!("{} bytes", bytes.len())))?;
    Ok(Digest::from_bytes(bytes))
}
