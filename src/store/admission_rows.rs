//! Rows of applications, suspensions and reads.

use diesel::prelude::*;

use super::admission::{Application, Decision, Suspension};
use super::reads::DataRead;
use super::rows::{handle, instant};
use super::schema::*;
use super::{Damaged, StoreError};
use crate::domain::kinds::organisations::OrganisationKind;

#[derive(Debug, Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = applications, treat_none_as_default_value = false)]
pub struct ApplicationRow {
    pub id: Vec<u8>,
    pub kind: String,
    pub name_zh: String,
    pub name_en: String,
    pub uscc: String,
    pub place: String,
    pub contact: String,
    pub cma: Option<String>,
    pub cma_until: Option<String>,
    pub manager_name: String,
    pub manager_login: String,
    pub created_at: i64,
    pub decided_at: Option<i64>,
    pub decided_by: Option<Vec<u8>>,
    pub organisation: Option<Vec<u8>>,
    pub refusal: Option<String>,
}

impl From<&Application> for ApplicationRow {
    fn from(it: &Application) -> Self {
        let decided = it.decision.as_ref();
        Self {
            id: it.id.as_bytes().to_vec(),
            kind: word(it.kind),
            name_zh: it.name_zh.clone(),
            name_en: it.name_en.clone(),
            uscc: it.uscc.clone(),
            place: it.place.clone(),
            contact: it.contact.clone(),
            cma: it.cma.as_ref().map(|(number, _)| number.clone()),
            cma_until: it.cma.as_ref().map(|(_, until)| until.to_string()),
            manager_name: it.manager_name.clone(),
            manager_login: it.manager_login.clone(),
            created_at: it.created_at.millis(),
            decided_at: decided.map(|it| it.at.millis()),
            decided_by: decided.and_then(|it| it.by).map(|by| by.as_bytes().to_vec()),
            organisation: decided.and_then(|it| it.organisation).map(|it| it.as_bytes().to_vec()),
            refusal: decided.and_then(|it| it.refusal.clone()),
        }
    }
}

/// As it stands in records.
fn word(kind: OrganisationKind) -> String {
    serde_json::to_value(kind).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

impl TryFrom<ApplicationRow> for Application {
    type Error = StoreError;

    fn try_from(row: ApplicationRow) -> Result<Self, StoreError> {
        let damaged = |column: &'static str, value: &str| StoreError::from(Damaged::new(column, value));
        let until = row.cma_until.map(|day| day.parse().map_err(|_| damaged("applications.cma_until", &day)));
        let decision = match row.decided_at {
            None => None,
            Some(at) => Some(Decision {
                at: instant(at)?,
                by: row.decided_by.as_deref().map(handle).transpose()?,
                organisation: row.organisation.as_deref().map(handle).transpose()?,
                refusal: row.refusal,
            }),
        };
        Ok(Self {
            id: handle(&row.id)?,
            kind: serde_json::from_value(row.kind.as_str().into())
                .map_err(|_| damaged("applications.kind", &row.kind))?,
            name_zh: row.name_zh,
            name_en: row.name_en,
            uscc: row.uscc,
            place: row.place,
            contact: row.contact,
            cma: row.cma.zip(until.transpose()?),
            manager_name: row.manager_name,
            manager_login: row.manager_login,
            created_at: instant(row.created_at)?,
            decision,
        })
    }
}

#[derive(Debug, Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = suspensions, treat_none_as_default_value = false)]
pub struct SuspensionRow {
    pub home: Vec<u8>,
    pub since: i64,
    pub reason: String,
    pub suspended_by: Option<Vec<u8>>,
    pub lifted_at: Option<i64>,
    pub lifted_by: Option<Vec<u8>>,
}

impl From<&Suspension> for SuspensionRow {
    fn from(it: &Suspension) -> Self {
        Self {
            home: it.home.as_bytes().to_vec(),
            since: it.since.millis(),
            reason: it.reason.clone(),
            suspended_by: it.by.map(|by| by.as_bytes().to_vec()),
            lifted_at: it.lifted_at.map(|at| at.millis()),
            lifted_by: it.lifted_by.map(|by| by.as_bytes().to_vec()),
        }
    }
}

impl TryFrom<SuspensionRow> for Suspension {
    type Error = StoreError;

    fn try_from(row: SuspensionRow) -> Result<Self, StoreError> {
        Ok(Self {
            home: handle(&row.home)?,
            since: instant(row.since)?,
            reason: row.reason,
            by: row.suspended_by.as_deref().map(handle).transpose()?,
            lifted_at: row.lifted_at.map(instant).transpose()?,
            lifted_by: row.lifted_by.as_deref().map(handle).transpose()?,
        })
    }
}

#[derive(Debug, Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = data_reads, treat_none_as_default_value = false)]
pub struct DataReadRow {
    pub home: Vec<u8>,
    pub read_at: i64,
    pub id: Vec<u8>,
    pub reader: Vec<u8>,
    pub member: Option<Vec<u8>>,
    pub what: String,
    pub subject: Option<Vec<u8>>,
}

impl From<&DataRead> for DataReadRow {
    fn from(it: &DataRead) -> Self {
        Self {
            home: it.home.as_bytes().to_vec(),
            read_at: it.at.millis(),
            id: it.id.as_bytes().to_vec(),
            reader: it.reader.as_bytes().to_vec(),
            member: it.member.map(|member| member.as_bytes().to_vec()),
            what: it.what.clone(),
            subject: it.subject.map(|subject| subject.as_bytes().to_vec()),
        }
    }
}

impl TryFrom<DataReadRow> for DataRead {
    type Error = StoreError;

    fn try_from(row: DataReadRow) -> Result<Self, StoreError> {
        Ok(Self {
            home: handle(&row.home)?,
            at: instant(row.read_at)?,
            id: handle(&row.id)?,
            reader: handle(&row.reader)?,
            member: row.member.as_deref().map(handle).transpose()?,
            what: row.what,
            subject: row.subject.as_deref().map(handle).transpose()?,
        })
    }
}
