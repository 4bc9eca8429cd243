//! What happens to a batch without making another: certificate, store, loss, end, recall.

use super::batches::head;
use super::choices::{self, amount, batch, shown, typed};
use crate::app::{AppError, Receipt};
use crate::domain::acts::keeping::{CloseBatch, LoseQuantity, RecallBatch, StoreBatch};
use crate::domain::acts::note::NoteBatch;
use crate::domain::acts::packing::IssueCertificate;
use crate::domain::record::{Handle, SubjectKind};
use crate::web::console::kit::{Form, Kind};
use crate::web::console::sheet::{Desk, Sheet};

/// A form about a batch that goes back to its page.
macro_rules! about_batch {
    ($sheet:ident, $act:ty, $operation:literal, $key:literal, $path:literal, $draw:expr) => {
        pub struct $sheet;

        impl Sheet for $sheet {
            type Act = $act;
            const OPERATION: &'static str = $operation;
            const KEY: &'static str = $key;
            const PATH: &'static str = $path;
            const ABOUT: Option<SubjectKind> = Some(SubjectKind::Batch);

            fn draw(desk: &Desk<'_>, form: &mut Form) -> Result<(), AppError> {
                head(desk, form)?;
                let draw: fn(&Desk<'_>, &mut Form) -> Result<(), AppError> = $draw;
                draw(desk, form)
            }

            fn about(act: &mut $act, batch: Handle) {
                act.batch = batch;
            }

            fn then(receipt: &Receipt) -> String {
                format!("/console/batches/{}", receipt.id)
            }
        }
    };
}

about_batch!(
    Certificate,
    IssueCertificate,
    "batch.certify",
    "batch-certify",
    "/console/batches/{id}/certify",
    |desk, form| {
        let bases = ["commissioned_test", "own_test", "quality_control"];
        // The words are those of the law, as on the certificate itself.
        let tested = !batch(desk)?.panels.is_empty();
        form.field("basis", Kind::Pick(choices::of_words(desk, "basis", &bases)))
            .suggest(if tested { "commissioned_test" } else { "quality_control" })
            .hint(desk.w().t("h-basis"));
        form.folded("note", Kind::Lines).hint(desk.w().t("h-note"));
        Ok(())
    }
);

about_batch!(Storing, StoreBatch, "batch.store", "batch-store", "/console/batches/{id}/store", |desk, form| {
    form.field("site", Kind::Pick(choices::sites(desk)?)).optional();
    form.field("celsius", Kind::Figure("°C")).optional();
    form.field("humidity_percent", Kind::Whole("unit-percent")).optional();
    form.told();
    Ok(())
});

about_batch!(Loss, LoseQuantity, "batch.lose", "batch-lose", "/console/batches/{id}/lose", |desk, form| {
    let reasons = ["rot", "drying", "shrink", "damage", "overfill", "destroyed", "eaten", "other"];
    let batch = batch(desk)?;
    form.field("quantity", amount(batch.unit)).label(desk.w().t("f-quantity-lost"));
    form.field("reason", Kind::Pick(choices::of_words(desk, "loss", &reasons)));
    if batch.balance.returned > 0 {
        let returned = shown(desk, batch.balance.returned, batch.unit);
        form.field("from_returned", Kind::Tick).hint(desk.w().t1("h-from-returned", "returned", returned));
    }
    form.told();
    Ok(())
});

about_batch!(Closing, CloseBatch, "batch.close", "batch-close", "/console/batches/{id}/close", |desk, form| {
    form.lead.push(desk.w().t("lead-close"));
    form.folded("note", Kind::Lines).hint(desk.w().t("h-note"));
    Ok(())
});

about_batch!(Recall, RecallBatch, "batch.recall", "batch-recall", "/console/batches/{id}/recall", |desk, form| {
    form.lead.push(desk.w().t("lead-recall"));
    form.field("class", Kind::Whole("unit-class"))
        .hint(desk.w().t("h-recall-class"))
        .suggest(typed(2, crate::domain::quantity::Unit::Pieces));
    form.field("reason.zh", Kind::Line).hint(desk.w().t("h-recall-reason"));
    form.field("reason.en", Kind::Line).optional();
    Ok(())
});

/// What a remark that comes later may hold.
pub(super) fn remark(desk: &Desk<'_>, form: &mut Form) {
    let w = desk.w();
    form.lead.push(w.t("lead-note"));
    form.field("note", Kind::Lines).optional().hint(w.t("h-note"));
    form.folded("videos[0]", Kind::Line).label(w.t("f-video")).hint(w.t("h-video"));
    form.folded("occurred_at", Kind::Moment).hint(w.t("h-occurred_at"));
}

pub struct BatchNote;

impl Sheet for BatchNote {
    type Act = NoteBatch;
    const OPERATION: &'static str = "batch.note";
    const KEY: &'static str = "batch-note";
    const PATH: &'static str = "/console/batches/{id}/note";
    const ABOUT: Option<SubjectKind> = Some(SubjectKind::Batch);
    const TAKES_FILE: bool = true;

    fn draw(desk: &Desk<'_>, form: &mut Form) -> Result<(), AppError> {
        head(desk, form)?;
        remark(desk, form);
        Ok(())
    }

    fn about(act: &mut NoteBatch, batch: Handle) {
        act.batch = batch;
    }

    fn then(receipt: &Receipt) -> String {
        format!("/console/batches/{}", receipt.id)
    }
}
