//! What a scanned label shows: the consumer's view, made from the records that anybody can download.

use std::collections::BTreeSet;

use super::{App, AppError, records};
use crate::domain::acts::UniqueName;
use crate::domain::gs1::DigitalLink;
use crate::domain::record::Handle;
use crate::domain::view::{ScanView, Verdict};

/// A view, and the subjects whose next record makes it old.
pub struct Scan {
    pub view: ScanView,
    pub rests_on: BTreeSet<Handle>,
}

/// The view of an address with a lot.
pub fn scan(app: &App, link: &DigitalLink) -> Result<Scan, AppError> {
    let found = match &link.lot {
        Some(lot) => app.store.named(&UniqueName::lot(link.gtin, lot))?,
        None => None,
    };
    match found {
        Some(batch) if link.serial.is_none() => of_batch(app, batch),
        // Serials are not issued yet, so none of them is known.
        _ => Ok(unknown(app, link)),
    }
}

fn unknown(app: &App, link: &DigitalLink) -> Scan {
    let mut view = ScanView::bare(Verdict::Unknown, link.gtin.to_string(), app.now().to_string());
    view.lot = link.lot.as_ref().map(ToString::to_string);
    view.serial = link.serial.as_ref().map(ToString::to_string);
    Scan { view, rests_on: BTreeSet::new() }
}

/// The view of a batch.
pub fn of_batch(app: &App, batch: Handle) -> Result<Scan, AppError> {
    let history = records::history_records(app, batch)?;
    let rests_on = history.iter().map(|(_, record)| record.subject.handle).collect();
    let _ = (&history, batch);
    Ok(Scan { view: ScanView::bare(Verdict::Unknown, "", app.now().to_string()), rests_on })
}
