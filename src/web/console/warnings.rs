//! What somebody has to know of a batch before he goes on with it; in the colour of its weight, with the act that mends it.

use super::shell::Shell;
use crate::app::desk::BatchPage;
use crate::domain::view::{RowVerdict, TestRow};
use crate::i18n::t_args;

/// Tone, sentence, and the address and name of what to do.
pub type Warning = (&'static str, String, Option<(String, String)>);

/// For the page of the batch: goods that are not packed yet wait for their packs to be certified.
pub fn of_batch(shell: &Shell, page: &BatchPage, id: &str) -> Vec<Warning> {
    let certificate = certificate(shell, id).filter(|_| page.certificate_due && page.batch.net_g.is_some());
    interval(shell, page, id).into_iter().chain(certificate).collect()
}

/// For who prints its labels.
pub fn of_label(shell: &Shell, page: &BatchPage, id: &str) -> Vec<Warning> {
    let batch = page.public.batch.as_ref();
    let key = match batch {
        Some(batch) if batch.recalled => Some("warn-label-recalled"),
        Some(batch) if batch.held => Some("warn-label-held"),
        _ => None,
    };
    let stopped = key.map(|key| ("stop", shell.w.t(key), None));
    let certificate = certificate(shell, id).filter(|_| page.certificate_due);
    stopped.into_iter().chain(interval(shell, page, id)).chain(certificate).collect()
}

/// With the way to issue it, for whom may.
pub fn certificate(shell: &Shell, id: &str) -> Option<Warning> {
    let verb =
        shell.may("batch.certify").then(|| (format!("/console/batches/{id}/certify"), shell.w.t("verb-certify")));
    Some(("attention", shell.w.t("warn-certificate"), verb))
}

/// A wait that was not kept is written on the page of everybody who scans the goods.
fn interval(shell: &Shell, page: &BatchPage, id: &str) -> Option<Warning> {
    let (w, broken) = (&shell.w, page.public.interval_broken()?);
    let active = broken.active.as_ref().unwrap_or(&broken.product);
    let about = [
        ("plot", broken.site_code.as_deref().unwrap_or_default().into()),
        ("active", w.b(active).into()),
        ("date", broken.date.as_str().into()),
        ("days", broken.days_kept.into()),
        ("interval", broken.interval_days.into()),
    ];
    let passed = |row: &TestRow| row.verdict == RowVerdict::Pass && row.analyte.zh == active.zh;
    let is_tested = page.public.tests.iter().any(|report| report.rows.iter().any(passed));
    let key = match page.batch.certified {
        _ if is_tested => "warn-interval-tested",
        true => "warn-interval-certified",
        false => "warn-interval",
    };
    let text = format!("{}{}", t_args(w.locale, "wait-interval", &about), w.t(key));
    let verb = shell.may("sample.draw").then(|| (format!("/console/batches/{id}/sample"), w.t("verb-sample")));
    Some(("attention", text, verb.filter(|_| page.batch.rest() > 0 && !is_tested)))
}
