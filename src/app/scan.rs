//! What a scanned label shows: the consumer's view, made from the records that anybody can download.

use std::collections::BTreeSet;

use super::{AppError, Visit, records};
use crate::domain::acts::UniqueName;
use crate::domain::consent::Consent;
use crate::domain::entities::Entity;
use crate::domain::gs1::DigitalLink;
use crate::domain::record::sealed::Opening;
use crate::domain::record::{Handle, Record, SubjectKind};
use crate::domain::view::build::{BuildError, OpenEnds, scan_view};
use crate::domain::view::{ScanView, Verdict, WitnessedView};
use crate::store::{PublicReads, StoreError};

/// A view, and the subjects whose next record makes it old.
pub struct Scan {
    pub view: ScanView,
    pub rests_on: BTreeSet<Handle>,
}

impl Scan {
    pub fn is_unknown(&self) -> bool {
        self.view.verdict == Verdict::Unknown
    }
}

/// The view of an address with a lot.
pub fn scan(visit: &Visit<'_>, link: &DigitalLink) -> Result<Scan, AppError> {
    let found = match &link.lot {
        Some(lot) => visit.read.named(&UniqueName::lot(link.gtin, lot))?,
        None => None,
    };
    match found {
        Some(batch) if link.serial.is_none() => of_batch(visit, batch),
        // Serials are not issued yet, so none of them is known.
        _ => Ok(unknown(visit, link)),
    }
}

fn unknown(visit: &Visit<'_>, link: &DigitalLink) -> Scan {
    let mut view = ScanView::bare(Verdict::Unknown, link.gtin.to_string(), visit.now.to_string());
    view.lot = link.lot.as_ref().map(ToString::to_string);
    view.serial = link.serial.as_ref().map(ToString::to_string);
    view.data_from = visit.data_from.map(|from| from.to_string());
    Scan { view, rests_on: BTreeSet::new() }
}

/// The view of a batch: from its history, and from what was recorded since on the subjects that the history ends at.
pub fn of_batch(visit: &Visit<'_>, batch: Handle) -> Result<Scan, AppError> {
    let failed = |error: BuildError| AppError::Failed(error.to_string());
    let history = records::history_records(visit.read, batch)?;
    let newest = history.iter().map(|(stored, _)| stored.log_index).max();
    let history: Vec<Record> = history.into_iter().map(|(_, record)| record).collect();
    let mut since = Vec::new();
    let mut ends = OpenEnds::of(&history, batch).map_err(failed)?;
    while let Some(range) = ends.next() {
        // A licence is used far more often than it changes: its later records matter once it is revoked.
        if range.subject.kind == SubjectKind::Licence && !is_revoked(visit, range.subject.handle)? {
            continue;
        }
        for record in records::read(visit.read, range.subject.handle, range.from_seq, range.to_seq)? {
            ends.feed(&record.links);
            since.push(record);
        }
    }
    let rests_on = history.iter().chain(&since).map(|record| record.subject.handle).collect();
    let mut view = scan_view(&history, &since, batch, visit.now, visit.utc_offset_minutes).map_err(failed)?;
    name_growers(visit, &mut view, &Consent::in_force(history.iter().chain(&since)))?;
    view.data_from = visit.data_from.map(|from| from.to_string());
    if let Some(checks) = &mut view.checks {
        checks.awaits_witnesses = visit.awaits_witnesses;
        checks.witnessed = visit.witnessed.as_ref().map(|witnessed| {
            let records = witnessed.checkpoint.tree.size;
            WitnessedView {
                records,
                at: witnessed.at.to_string(),
                by: witnessed.by.clone(),
                covers_all: newest.is_some_and(|index| index < records),
            }
        });
    }
    Ok(Scan { view, rests_on })
}

/// Names of growers who agreed to it. A copy of the database may not know yet that one withdrew, or that a name was erased: there
/// the database has the last word, and where it cannot be asked nobody is named.
fn name_growers(visit: &Visit<'_>, view: &mut ScanView, consents: &[Consent]) -> Result<(), AppError> {
    // A database that is away is waited for once, not for each of them.
    let mut is_away = false;
    for consent in consents {
        let plot = consent.plot().to_string();
        let Some(origin) = view.origins.iter_mut().find(|origin| origin.plot == plot) else { continue };
        let opening = match visit.database {
            None => visit.read.consented(consent)?,
            Some(_) if is_away => None,
            Some(database) => still_consented(database, consent).unwrap_or_else(|error| {
                tracing::warn!(%error, "growers are not named: whether their consents stand cannot be asked");
                is_away = true;
                None
            }),
        };
        origin.grower = opening.and_then(|opening| opening.value.as_str().map(str::to_owned));
    }
    Ok(())
}

fn still_consented(database: &dyn PublicReads, consent: &Consent) -> Result<Option<Opening>, StoreError> {
    let known = database.subject(consent.plot())?;
    match known.map(|known| known.entity) {
        Some(Entity::Plot(plot)) if plot.consented == Some(consent.place().seq) => database.consented(consent),
        _ => Ok(None),
    }
}

fn is_revoked(visit: &Visit<'_>, licence: Handle) -> Result<bool, AppError> {
    let known = visit.read.subject(licence)?;
    Ok(known.is_some_and(|known| matches!(known.entity, Entity::Licence(licence) if licence.revoked_on.is_some())))
}
