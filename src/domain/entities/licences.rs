//! Marks and licences as they are now.

use serde::{Deserialize, Serialize};

use super::{Fact, Inapplicable, misplaced};
use crate::domain::gs1::Gtin;
use crate::domain::kinds::licences::{LicenceGranted, LicenceRevoked, LicenceUsed, MarkRegistered};
use crate::domain::kinds::{Body, Name};
use crate::domain::record::{Handle, Link, Record, record_hash};
use crate::domain::time::CivilDate;

/// A brand that an association lends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mark {
    pub home: Handle,
    pub name: Name,
}

impl Mark {
    pub(super) fn open(fact: &Fact<'_>) -> Result<Self, Inapplicable> {
        let body = MarkRegistered::read(fact.record)?;
        Ok(Self { home: fact.record.actor.org, name: body.name })
    }
}

/// The right of one licensee to wear a mark.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Licence {
    /// The association.
    pub home: Handle,
    pub number: String,
    pub mark: Handle,
    pub mark_name: Name,
    pub licensee: Handle,
    pub gtins: Vec<Gtin>,
    pub from: CivilDate,
    pub until: CivilDate,
    /// Packs of the quota.
    pub packs: u64,
    /// Packs packed under the mark so far.
    pub used: u64,
    pub revoked_on: Option<CivilDate>,
    /// The record that granted it: what packs under the mark rest on. The uses of others are no part of their history, so
    /// that a history does not grow with the licence.
    pub granted: Link,
}

impl Licence {
    pub(super) fn open(fact: &Fact<'_>) -> Result<Self, Inapplicable> {
        let body = LicenceGranted::read(fact.record)?;
        Ok(Self {
            home: fact.record.actor.org,
            number: body.number.to_string(),
            mark: body.mark,
            mark_name: body.mark_name,
            licensee: body.licensee,
            gtins: body.gtins,
            from: body.from,
            until: body.until,
            packs: body.packs.get(),
            used: 0,
            revoked_on: None,
            granted: first_record(fact.record)?,
        })
    }

    /// Days before its end in which a licence is told of.
    const ENDS_SOON_DAYS: i64 = 30;

    /// In force on `day`: half-open period, not revoked.
    pub fn in_force_on(&self, day: CivilDate) -> bool {
        self.from <= day && day < self.until && self.revoked_on.is_none()
    }

    /// In force on `day` and not much longer: both sides are told.
    pub fn ends_soon(&self, day: CivilDate) -> bool {
        self.in_force_on(day) && day.days_until(self.until) <= Self::ENDS_SOON_DAYS
    }

    pub(super) fn apply(&mut self, fact: &Fact<'_>) -> Result<(), Inapplicable> {
        match fact.record.kind.as_str() {
            LicenceUsed::KIND => self.used += LicenceUsed::read(fact.record)?.packs.get(),
            LicenceRevoked::KIND => self.revoked_on = Some(LicenceRevoked::read(fact.record)?.on),
            "licence.corrected" => {
                let Some(corrected) = &fact.correction else { return Err(misplaced(fact.record)) };
                if corrected.after.kind == LicenceUsed::KIND {
                    let (before, after) = (LicenceUsed::read(&corrected.before)?, LicenceUsed::read(&corrected.after)?);
                    self.used = self.used.saturating_sub(before.packs.get()) + after.packs.get();
                }
            }
            _ => return Err(misplaced(fact.record)),
        }
        Ok(())
    }
}

fn first_record(record: &Record) -> Result<Link, Inapplicable> {
    // A record that was written or read has bytes.
    let bytes = record.to_bytes().map_err(|_| misplaced(record))?;
    Ok(Link { hash: record_hash(&bytes), rel: "licence".to_owned(), seq: record.seq, subject: record.subject })
}
