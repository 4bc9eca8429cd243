//! One batch into several lots, several lots into one.

use super::batches::head;
use super::choices::{self, amount, batch, shown, typed};
use super::{opened, to_batch};
use crate::app::desk::mergeable;
use crate::app::{AppError, Receipt};
use crate::domain::acts::making::{MergeBatches, SplitBatch};
use crate::domain::entities::Batch;
use crate::domain::quantity::Unit;
use crate::domain::record::{Handle, SubjectKind};
use crate::web::console::kit::{Choice, Form, Kind};
use crate::web::console::sheet::{Desk, Sheet};

pub struct Splitting;

impl Sheet for Splitting {
    type Act = SplitBatch;
    const OPERATION: &'static str = "batch.split";
    const KEY: &'static str = "batch-split";
    const PATH: &'static str = "/console/batches/{id}/split";
    const ABOUT: Option<SubjectKind> = Some(SubjectKind::Batch);

    fn draw(desk: &Desk<'_>, form: &mut Form) -> Result<(), AppError> {
        head(desk, form)?;
        let batch = batch(desk)?;
        form.lead.push(desk.w().t("lead-split"));
        form.rows("parts", "quantity", 2, |row, index| {
            let quantity = row.field("quantity", amount(batch.unit), "");
            if batch.unit == Unit::Grams && index == 0 {
                quantity.hint(desk.w().t("h-weight"));
            }
            row.field("lot", Kind::Code, numbered(batch, index + 1));
        });
        form.told();
        Ok(())
    }

    fn about(act: &mut SplitBatch, batch: Handle) {
        act.batch = batch;
    }

    fn then(receipt: &Receipt) -> String {
        to_batch(receipt)
    }
}

/// The lot with a number behind it, within the twenty characters of a label.
fn numbered(batch: &Batch, number: usize) -> String {
    let number = number.to_string();
    let lot: String = batch.lot.as_str().chars().take(19 - number.len()).collect();
    format!("{lot}-{number}")
}

pub struct Merging;

impl Sheet for Merging {
    type Act = MergeBatches;
    const OPERATION: &'static str = "batch.merge";
    const KEY: &'static str = "batch-merge";
    const PATH: &'static str = "/console/batches/{id}/merge";
    const ABOUT: Option<SubjectKind> = Some(SubjectKind::Batch);

    fn draw(desk: &Desk<'_>, form: &mut Form) -> Result<(), AppError> {
        head(desk, form)?;
        let (w, first, own) = (desk.w(), batch(desk)?, desk.subject()?.subject.handle);
        let others = mergeable(desk.app, desk.shell.caller, first, own)?;
        if others.is_empty() && !form.came_back() {
            form.closed("lead-merge-none");
            return Ok(());
        }
        form.lead.push(w.t("lead-merge"));
        let label = |it: &Batch| format!("{} · {}", it.lot, shown(desk, it.rest(), it.unit));
        let mut choices = vec![choices::none(desk), Choice::new(own, label(first))];
        choices.extend(others.iter().map(|(handle, batch)| Choice::new(handle, label(batch))));
        form.rows("parents", "batch", 2, |row, index| {
            let (batch, quantity) = match index {
                0 => (own.to_string(), typed(first.rest(), first.unit)),
                _ => (String::new(), String::new()),
            };
            row.field("batch", Kind::Pick(choices.clone()), batch);
            row.field("quantity", amount(first.unit), quantity);
        });
        let lot: String = first.lot.as_str().chars().take(19).collect();
        form.field("lot", Kind::Code).label(w.t("f-merged-lot")).hint(w.t("h-lot")).suggest(format!("{lot}M"));
        form.told();
        Ok(())
    }

    fn then(receipt: &Receipt) -> String {
        match opened(receipt).first() {
            Some(batch) => format!("/console/batches/{batch}"),
            None => to_batch(receipt),
        }
    }
}
