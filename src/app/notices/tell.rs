//! Reading the log for news. How far it was read is kept with what was told, in one transaction: nothing is told twice, nothing
//! is left out, however many instances read.

use std::collections::{BTreeMap, BTreeSet};

use crate::app::{App, AppError};
use crate::domain::entities::Entity;
use crate::domain::kinds::Body;
use crate::domain::kinds::batches::{BatchRecalled, BatchShipped};
use crate::domain::kinds::licences::{LicenceGranted, LicenceRevoked};
use crate::domain::kinds::samples::{SampleDrawn, TestReported, TestVerdict};
use crate::domain::kinds::shipments::ShipmentSent;
use crate::domain::notices::{Notice, NoticeKind};
use crate::domain::record::{Handle, Record, SubjectKind};
use crate::domain::time::CivilDate;
use crate::store::StoredRecord;
use crate::store::notices::NewsRead;

/// Records read at once.
const PAGE: u32 = 500;
/// A service that starts telling late tells of the newest records, not of years.
const LOOKED_BACK: u64 = 2_000;
/// Batches that a recall or a failed report is followed to.
const FOLLOWED: usize = 10_000;

/// Tells what was recorded since the last time, and once a day which licences end soon. Answers how much was told.
pub fn tell(app: &App) -> Result<usize, AppError> {
    let mut told = 0;
    loop {
        let before = app.store.news_read()?;
        let from = match before {
            Some(read) => read.next_log_index,
            None => app.store.tree()?.size.saturating_sub(LOOKED_BACK),
        };
        let records = app.store.log(from, PAGE)?;
        let mut notices = Vec::new();
        for stored in &records {
            news(app, stored, &mut notices)?;
        }
        let today = app.today();
        let is_new_day = before.is_none_or(|read| read.looked_on != today);
        if is_new_day {
            licences_that_end(app, today, &mut notices)?;
        }
        let next_log_index = records.last().map_or(from, |last| last.log_index + 1);
        if records.is_empty() && !is_new_day {
            return Ok(told);
        }
        // Another instance that was faster has told the same.
        if app.store.tell(before, NewsRead { next_log_index, looked_on: today }, &notices)? {
            told += notices.len();
        }
    }
}

/// Kinds that are news to somebody: of all others not even the body is read.
const NEWS: &[&str] = &[
    TestReported::KIND,
    SampleDrawn::KIND,
    ShipmentSent::KIND,
    BatchRecalled::KIND,
    LicenceGranted::KIND,
    LicenceRevoked::KIND,
];

fn news(app: &App, stored: &StoredRecord, notices: &mut Vec<Notice>) -> Result<(), AppError> {
    let failed = |error: String| AppError::Failed(error);
    let record = Record::parse(&stored.bytes).map_err(|error| failed(error.to_string()))?;
    let breaks = super::intervals::KINDS.contains(&record.kind.as_str());
    if !breaks && !NEWS.contains(&record.kind.as_str()) {
        return Ok(());
    }
    let Some(known) = app.store.subject(record.subject.handle)? else { return Ok(()) };
    if breaks {
        return super::intervals::broken(app, &record, &known.entity, notices);
    }
    let once = format!("log:{}", stored.log_index);
    let now = app.now();
    let mut tell = |home: Handle, once: String, kind: NoticeKind, subject: Handle, about: String| {
        // What one has recorded oneself is no news.
        if home != record.actor.org {
            notices.push(Notice { home, once, kind, subject, about, told_at: now, seen_at: None });
        }
    };
    let mut say = |home, kind, subject, about| tell(home, once.clone(), kind, subject, about);
    let subject = record.subject.handle;
    match (record.kind.as_str(), known.entity) {
        (TestReported::KIND, Entity::Batch(batch)) => {
            let body = TestReported::read(&record).map_err(|error| failed(error.to_string()))?;
            let kind = match body.verdict {
                TestVerdict::Fail => NoticeKind::ResultFailed,
                TestVerdict::Pass => NoticeKind::ResultPassed,
                TestVerdict::NotJudged => NoticeKind::ResultNotJudged,
            };
            say(batch.home, kind, subject, format!("{} · {}", batch.lot, body.report_no));
            if kind == NoticeKind::ResultFailed {
                for (association, licence, lot) in licensed(app, subject)? {
                    let about = format!("{lot} · {}", body.report_no);
                    tell(association, format!("{once}:{licence}"), NoticeKind::LicensedFailed, licence, about);
                }
            }
        }
        (SampleDrawn::KIND, Entity::Sample(sample)) => {
            say(sample.laboratory, NoticeKind::SampleDrawn, subject, sample.code);
        }
        (ShipmentSent::KIND, Entity::Shipment(shipment)) => {
            if let Some(buyer) = shipment.buyer {
                say(buyer, NoticeKind::ShipmentSent, subject, shipment.lot.to_string());
            }
        }
        (LicenceGranted::KIND, Entity::Licence(licence)) => {
            say(licence.licensee, NoticeKind::LicenceGranted, subject, licence.number);
        }
        (LicenceRevoked::KIND, Entity::Licence(licence)) => {
            say(licence.licensee, NoticeKind::LicenceRevoked, subject, licence.number);
        }
        (BatchRecalled::KIND, Entity::Batch(_)) => {
            for (buyer, shipment, lot) in received(app, subject)? {
                tell(buyer, format!("{once}:{shipment}"), NoticeKind::ShipmentRecalled, shipment, lot);
            }
        }
        _ => {}
    }
    Ok(())
}

/// What was shipped of this batch and of what was made from it: to whom, by which shipment, which lot.
fn received(app: &App, recalled: Handle) -> Result<Vec<(Handle, Handle, String)>, AppError> {
    let mut told = Vec::new();
    for batch in with_descendants(app, recalled)? {
        for record in crate::app::records::read(&*app.store, batch, 0, u64::MAX)?.iter().rev() {
            if record.kind != BatchShipped::KIND {
                continue;
            }
            let body = BatchShipped::read(record).map_err(|error| AppError::Failed(error.to_string()))?;
            let Some(known) = app.store.subject(body.shipment)? else { continue };
            if let Entity::Shipment(shipment) = known.entity
                && let Some(buyer) = shipment.buyer
            {
                told.push((buyer, body.shipment, shipment.lot.to_string()));
            }
        }
    }
    Ok(told)
}

/// Under which licences this batch, or what was made from it, was packed: whose they are, and one lot of each.
fn licensed(app: &App, failed: Handle) -> Result<Vec<(Handle, Handle, String)>, AppError> {
    let mut lots = BTreeMap::new();
    for known in app.store.subjects(&with_descendants(app, failed)?)? {
        if let Entity::Batch(batch) = known.entity
            && let Some(licence) = batch.licence
        {
            lots.insert(licence, batch.lot.to_string());
        }
    }
    let licences: Vec<Handle> = lots.keys().copied().collect();
    let known = app.store.subjects(&licences)?;
    Ok(known
        .into_iter()
        .filter_map(|known| {
            let licence = known.subject.handle;
            Some((known.entity.home(), licence, lots.remove(&licence)?))
        })
        .collect())
}

/// A batch and what was made from it, nearest first.
fn with_descendants(app: &App, batch: Handle) -> Result<Vec<Handle>, AppError> {
    let (mut found, mut seen) = (vec![batch], BTreeSet::from([batch]));
    let mut next = 0;
    while let Some(batch) = found.get(next).copied() {
        next += 1;
        for edge in app.store.children(&[batch])? {
            if found.len() == FOLLOWED {
                tracing::warn!(%batch, "more was made from a batch than is followed to tell whom it concerns");
                return Ok(found);
            }
            if seen.insert(edge.child) {
                found.push(edge.child);
            }
        }
    }
    Ok(found)
}

/// Both sides are told, once for each end.
fn licences_that_end(app: &App, today: CivilDate, notices: &mut Vec<Notice>) -> Result<(), AppError> {
    let now = app.now();
    let mut after = None;
    loop {
        let slice = app.store.of_kind(SubjectKind::Licence, after, PAGE)?;
        for known in slice.items {
            let Entity::Licence(licence) = known.entity else { continue };
            if !licence.ends_soon(today) {
                continue;
            }
            let subject = known.subject.handle;
            notices.extend([licence.home, licence.licensee].map(|home| Notice {
                home,
                once: format!("ends:{subject}:{}", licence.until),
                kind: NoticeKind::LicenceEnds,
                subject,
                about: licence.number.clone(),
                told_at: now,
                seen_at: None,
            }));
        }
        after = slice.next;
        if after.is_none() {
            return Ok(());
        }
    }
}
