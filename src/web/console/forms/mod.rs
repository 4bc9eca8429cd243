//! The forms, by what they are about.

mod association;
pub(super) mod batches;
pub(super) mod choices;
mod correcting;
mod dividing;
pub(super) mod farm;
mod goods;
mod laboratory;
mod moving;
mod neighbours;
mod signing;

use super::sheet::Sheet;
use crate::app::Receipt;
use crate::domain::record::{Handle, SubjectKind};
use crate::web::map::Map;

/// Calls `with` for every form: its routes and the test that walks over them come from this list.
macro_rules! each_sheet {
    ($with:ident) => {
        $with! {
            farm::NewPlot farm::Treatment farm::Input farm::PlotNote farm::Consent farm::Withdrawal farm::NewProduct farm::NewSite
            batches::Harvest batches::Processing batches::Grading batches::Packing
            dividing::Splitting dividing::Merging
            goods::Certificate goods::Storing goods::Loss goods::Closing goods::Recall goods::BatchNote
            moving::Drawing moving::Shipping moving::Returning moving::Arrival
            correcting::OfBatch correcting::OfPlot
            laboratory::Receipt laboratory::Report
            association::NewMark association::NewLicence association::Revocation
            signing::NewKey signing::KeyRevocation
        }
    };
}

macro_rules! routes {
    ($($sheet:path)+) => {
        /// A page a form, to be looked at and to be sent.
        pub fn configure(map: &mut Map<'_>) {
            $(super::routes::<$sheet>(map);)+
            laboratory::configure(map);
        }

        /// Address and operation of every form.
        pub const FORMS: &[(&str, &str)] = &[$((<$sheet as Sheet>::PATH, <$sheet as Sheet>::PAGE)),+];
    };
}

each_sheet!(routes);

/// The page of the batch that an act wrote on first.
fn to_batch(receipt: &Receipt) -> String {
    let batch = receipt.records.iter().map(|record| record.subject).find(|subject| subject.kind == SubjectKind::Batch);
    batch.map_or_else(|| "/console/batches".to_owned(), |batch| format!("/console/batches/{}", batch.handle))
}

/// Batches that an act opened.
fn opened(receipt: &Receipt) -> Vec<Handle> {
    receipt.records.iter().filter(|record| record.kind == "batch.opened").map(|record| record.subject.handle).collect()
}
