//! What happens to a batch without making another: certificate, store, loss, end, recall.

use serde_json::Value;

use super::batches::head;
use super::choices::{self, amount, batch, shown};
use crate::app::desk::{Names, reach};
use crate::app::{App, AppError, Receipt};
use crate::domain::acts::keeping::{CloseBatch, LoseQuantity, RecallBatch, StoreBatch};
use crate::domain::acts::note::NoteBatch;
use crate::domain::acts::packing::IssueCertificate;
use crate::domain::entities::{Batch, Entity, Why};
use crate::domain::kinds::batches::Basis;
use crate::domain::record::{Handle, SubjectKind};
use crate::i18n::Locale;
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
        let tested = promise(desk, form)?;
        form.field("basis", Kind::Pick(choices::of_words(desk, "basis", &bases)))
            .suggest(if tested { "commissioned_test" } else { "quality_control" })
            .hint(desk.w().t("h-basis"));
        form.folded("note", Kind::Lines).hint(desk.w().t("h-note"));
        Ok(())
    }
);

/// What is signed: the words of the promise, for what goods, and the reports it may rest on; whether there are any.
fn promise(desk: &Desk<'_>, form: &mut Form) -> Result<bool, AppError> {
    let (w, batch) = (desk.w(), batch(desk)?);
    let is_bought = matches!(batch.basis, Basis::BoughtIn | Basis::Merged);
    let promise = w.t(if is_bought { "cert-promise-buyer" } else { "cert-promise-producer" });
    let joint = if w.locale == Locale::En { " " } else { "" };
    form.lead.push(format!("{}{joint}{promise}", w.t("cert-promise")));
    let names = Names::of(desk.app, desk.shell.caller, [batch.product])?;
    if let Some(product) = names.product(batch.product) {
        form.facts.insert(0, (w.t("col-product"), desk.shell.name(&product.name).to_owned()));
    }
    form.facts.push((w.t("cert-quantity"), certified_amount(desk, batch)));
    let mut reports: Vec<String> = batch.panels.iter().map(|panel| panel.report_no.to_string()).collect();
    for known in desk.app.store.subjects(&batch.ancestors)? {
        if let Entity::Batch(ancestor) = known.entity {
            reports.extend(ancestor.panels.iter().map(|panel| panel.report_no.to_string()));
        }
    }
    if !reports.is_empty() {
        form.facts.push((w.t("col-report"), reports.join(w.comma())));
    }
    Ok(!reports.is_empty())
}

/// It covers all of the batch, also what has gone on from it already.
fn certified_amount(desk: &Desk<'_>, batch: &Batch) -> String {
    let (whole, gone) = (batch.balance.input, batch.balance.input.saturating_sub(batch.rest()));
    let all = shown(desk, whole, batch.unit);
    match gone {
        0 => all,
        gone => desk.w().t2("cert-quantity-gone", "all", all, "gone", shown(desk, gone, batch.unit)),
    }
}

about_batch!(Storing, StoreBatch, "batch.store", "batch-store", "/console/batches/{id}/store", |desk, form| {
    let sites = choices::sites(desk)?;
    // The first is the one that chooses nothing.
    if sites.len() == 1 {
        form.needs_first("lead-no-site", "/console/sites/new", "verb-site-new");
        if !form.came_back() {
            form.is_closed = true;
            return Ok(());
        }
    }
    let only = (sites.len() == 2).then(|| sites[1].value.clone());
    form.field("site", Kind::Pick(sites)).suggest(only.unwrap_or_default());
    form.field("celsius", Kind::Figure("°C")).optional();
    form.field("humidity_percent", Kind::Whole("unit-percent")).optional();
    form.told();
    Ok(())
});

/// Why something was lost, as records hold it.
pub(super) const LOSSES: &[&str] = &["rot", "drying", "shrink", "damage", "overfill", "destroyed", "eaten", "other"];

about_batch!(Loss, LoseQuantity, "batch.lose", "batch-lose", "/console/batches/{id}/lose", |desk, form| {
    let batch = batch(desk)?;
    form.field("quantity", amount(batch.unit)).label(desk.w().t("f-quantity-lost"));
    let mut choices = vec![choices::none(desk)];
    choices.extend(choices::of_words(desk, "loss", LOSSES));
    form.field("reason", Kind::Pick(choices));
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

pub struct Recall;

impl Sheet for Recall {
    type Act = RecallBatch;
    const OPERATION: &'static str = "batch.recall";
    const KEY: &'static str = "batch-recall";
    const PATH: &'static str = "/console/batches/{id}/recall";
    const ABOUT: Option<SubjectKind> = Some(SubjectKind::Batch);

    fn draw(desk: &Desk<'_>, form: &mut Form) -> Result<(), AppError> {
        head(desk, form)?;
        let w = desk.w();
        form.is_final = true;
        reached(desk, form)?;
        form.lead.push(w.t("lead-recall"));
        let mut classes = vec![choices::none(desk)];
        classes.extend(choices::of_words(desk, "recall-class", &["1", "2", "3"]));
        form.field("class", Kind::Pick(classes)).hint(w.t("h-recall-class"));
        form.field("reason.zh", Kind::Line).hint(w.t("h-recall-reason"));
        form.field("reason.en", Kind::Line).optional();
        Ok(())
    }

    /// Chosen as a word, recorded as a number.
    fn adjust(_: &App, _: &Form, act: &mut Value) -> Result<(), AppError> {
        if let Some(class) = act["class"].as_str().and_then(|class| class.parse::<u8>().ok()) {
            act["class"] = class.into();
        }
        Ok(())
    }

    fn about(act: &mut RecallBatch, batch: Handle) {
        act.batch = batch;
    }

    fn then(receipt: &Receipt) -> String {
        format!("/console/batches/{}", receipt.id)
    }
}

/// What the recall hits: what was made of the batch, and who has it.
fn reached(desk: &Desk<'_>, form: &mut Form) -> Result<(), AppError> {
    let w = desk.w();
    let reached = reach(desk.app, desk.shell.caller, desk.subject()?.subject.handle)?;
    if reached.batches > 0 {
        form.facts.push((w.t("recall-made"), w.t1("recall-batches", "n", reached.batches)));
    }
    let names = Names::of(desk.app, desk.shell.caller, reached.receivers.iter().copied())?;
    let names = reached.receivers.iter().filter_map(|buyer| names.acquaintance(*buyer, Why::ReaderToldIt));
    let names: Vec<&str> = names.map(|name| desk.shell.name(name)).collect();
    if !names.is_empty() {
        form.facts.push((w.t("recall-sent"), names.join(w.comma())));
    }
    Ok(())
}

/// What a remark that comes later may hold.
pub(super) fn remark(desk: &Desk<'_>, form: &mut Form) {
    let w = desk.w();
    form.lead.push(w.t("lead-note"));
    form.field("note", Kind::Lines).either();
    if let Some(file) = &mut form.file {
        file.is_main = true;
    }
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
