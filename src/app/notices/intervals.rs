//! Whose waiting times a record breaks: the house tells itself here, for it may well not know what it has just done.

use std::collections::BTreeSet;

use crate::app::{App, AppError, records};
use crate::domain::entities::{Batch, Entity, Plot};
use crate::domain::intervals::broken_on;
use crate::domain::kinds::Body;
use crate::domain::kinds::sites::{PlotHarvested, PlotTreated};
use crate::domain::notices::{Notice, NoticeKind};
use crate::domain::record::{Handle, Record};

/// Kinds by which a wait can break after the harvest.
pub const KINDS: &[&str] = &[PlotTreated::KIND, "plot.corrected", "batch.corrected"];

/// The harvests of the subject's plots whose wait is broken, told to their home; once for each treatment as it stands now.
pub fn broken(app: &App, record: &Record, entity: &Entity, notices: &mut Vec<Notice>) -> Result<(), AppError> {
    let subject = record.subject.handle;
    match entity {
        Entity::Plot(plot) => {
            for batch in harvests(app, subject)? {
                if let Some(Entity::Batch(harvest)) = app.store.subject(batch)?.map(|known| known.entity) {
                    tell(app, (subject, plot), (batch, &harvest), notices);
                }
            }
        }
        Entity::Batch(harvest) if harvest.parents.is_empty() => {
            for known in app.store.subjects(&harvest.plots)? {
                if let Entity::Plot(plot) = &known.entity {
                    tell(app, (known.subject.handle, plot), (subject, harvest), notices);
                }
            }
        }
        _ => {}
    }
    Ok(())
}

fn tell(app: &App, (at, plot): (Handle, &Plot), (subject, harvest): (Handle, &Batch), notices: &mut Vec<Notice>) {
    let Some(window) = &harvest.picked else { return };
    notices.extend(broken_on(plot, window).map(|treatment| Notice {
        home: harvest.home,
        once: format!("interval:{subject}:{at}:{}:{}:{}", treatment.seq, treatment.on, treatment.interval_days),
        kind: NoticeKind::IntervalBroken,
        subject,
        about: format!("{} · {} {}", harvest.lot, treatment.active, treatment.on),
        told_at: app.now(),
        seen_at: None,
    }));
}

/// The batches that were picked on a plot.
fn harvests(app: &App, plot: Handle) -> Result<BTreeSet<Handle>, AppError> {
    let mut batches = BTreeSet::new();
    for record in records::read(&*app.store, plot, 0, u64::MAX)?.iter().filter(|it| it.kind == PlotHarvested::KIND) {
        batches.insert(PlotHarvested::read(record).map_err(|error| AppError::Failed(error.to_string()))?.batch);
    }
    Ok(batches)
}
