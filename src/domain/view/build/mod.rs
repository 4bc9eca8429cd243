//! Builds the consumer's page from the records of a batch's history and nothing else, so that the page says what the
//! downloadable record says.
//!
//! A history ends, for every subject but the batch itself, at the last record that something links. What was recorded
//! since on the batches it was made from, on their plots and on the licence (a failed test, a recall, a revocation, a
//! correction) is not in it, yet the page must tell it: [`OpenEnds`] says where to go on reading, and those later
//! records are the second input of [`scan_view`]. They too are public, in the chains of their subjects.
//!
//! Pure: reads no clock and no store. Names each fact that leaves the house; an organisation without a public name is
//! shown as nothing, and no sealed value is ever looked at.

mod correction;
mod ends;
mod evidence;
mod figures;
mod flow;
mod history;
mod lineage;
mod origin;
mod product;
mod signed;
mod step;
mod story;
#[cfg(test)]
mod tests;
mod verdict;

use thiserror::Error;

use super::{BatchView, ChecksView, ScanView, Verdict};
use crate::domain::chain::verify_ndjson;
use crate::domain::entities::Inapplicable;
use crate::domain::kinds::UnreadableBody;
use crate::domain::record::correction::CorrectionFault;
use crate::domain::record::{Handle, ProfileError, Record, Subject};
use crate::domain::time::{CivilDate, Instant};
pub use correction::{field_name, is_amount};
pub use ends::OpenEnds;
pub use flow::{Flow, Given, flow};
use history::History;
use lineage::Lineage;

/// Why records do not come to a page: a program's fault or damage, never a visitor's.
#[derive(Debug, Error)]
pub enum BuildError {
    #[error("the history holds no batch {0}")]
    NoBatch(Handle),
    #[error("record {seq} of {subject} does not follow the {known} that came before")]
    Gap { subject: Subject, seq: u64, known: usize },
    #[error(transparent)]
    Unreadable(#[from] UnreadableBody),
    #[error(transparent)]
    Inapplicable(#[from] Inapplicable),
    #[error(transparent)]
    Correction(#[from] CorrectionFault),
    #[error(transparent)]
    Profile(#[from] ProfileError),
}

type Built<T> = Result<T, BuildError>;

/// What the page of one batch is made from.
struct Page<'p> {
    history: &'p History,
    lineage: &'p Lineage,
    today: CivilDate,
    /// Minutes east of UTC of the instance's civil calendar.
    offset_minutes: i32,
}

/// The page of `batch` at `now`, for an address without a serial.
///
/// `history` is what `/history` of the batch holds, in that order; `since` are the later records of its [`OpenEnds`]
/// (records that the history holds already may stand there again).
pub fn scan_view(
    history: &[Record],
    since: &[Record],
    batch: Handle,
    now: Instant,
    offset_minutes: i32,
) -> Built<ScanView> {
    let known = History::read(history.iter().chain(since))?;
    let lineage = Lineage::of(&known, batch)?;
    let page = Page { history: &known, lineage: &lineage, today: now.civil_date(offset_minutes), offset_minutes };
    let own = known.batch(batch).ok_or(BuildError::NoBatch(batch))?;
    let (holds, recall) = (page.holds(), page.recall()?);
    let treatments = page.treatments()?;
    let brand = page.brand()?;
    let verdict = page.verdict(&holds, recall.as_ref(), brand.as_ref());
    Ok(ScanView {
        lot: Some(own.lot.to_string()),
        hold_reason: verdict::reason(&holds).filter(|_| verdict == Verdict::Held),
        batch: Some(BatchView {
            id: batch.to_string(),
            lot_code: own.lot.to_string(),
            state: own.stage.as_str().to_owned(),
            held: !holds.is_empty(),
            recalled: recall.is_some(),
            discrepancy: own.balance.discrepancy,
        }),
        recall: recall.filter(|_| verdict == Verdict::Recalled),
        product: Some(page.product()?),
        brand,
        timeline: page.timeline(&treatments)?,
        tests: page.tests(&treatments)?,
        certificate: page.certificate()?,
        treatments: treatments.into_iter().map(|treatment| treatment.view).collect(),
        origins: page.origins()?,
        checks: Some(checks(history, batch)?),
        contact: page.contact()?,
        ..ScanView::bare(verdict, own.gtin.to_string(), now.to_string())
    })
}

/// Verifies what the page was made from, as a stranger would verify the download.
fn checks(history: &[Record], batch: Handle) -> Built<ChecksView> {
    let (mut all, mut chain) = (Vec::new(), Vec::new());
    for record in history {
        let bytes = record.to_bytes()?;
        if record.subject.handle == batch {
            chain.extend_from_slice(&bytes);
            chain.push(b'\n');
        }
        all.extend_from_slice(&bytes);
        all.push(b'\n');
    }
    let (all, chain) = (verify_ndjson(&all, None), verify_ndjson(&chain, None));
    let subjects: std::collections::BTreeSet<Handle> = history.iter().map(|record| record.subject.handle).collect();
    Ok(ChecksView {
        batch: batch.to_string(),
        records: history.len() as u64,
        subjects: subjects.len() as u64,
        history_ok: all.is_ok_and(|all| chain.as_ref().is_ok_and(|chain| chain.head == all.head)),
        chain_ok: chain.is_ok(),
        head: chain.map(|chain| chain.head.to_string()).unwrap_or_default(),
        chain_url: format!("/api/v1/batches/{batch}/chain"),
        history_url: format!("/api/v1/batches/{batch}/history"),
        witnessed: None,
        awaits_witnesses: false,
    })
}
