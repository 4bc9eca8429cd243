//! What somebody has to know of a batch before he goes on with it; in the colour of its weight, with the act that mends it.

use super::shell::Shell;
use crate::app::desk::BatchPage;
use crate::domain::entities::Batch;
use crate::domain::intervals::Broken;
use crate::i18n::t_args;
use crate::web::words::Words;

/// Tone, sentence, and the address and name of what to do.
pub type Warning = (&'static str, String, Option<(String, String)>);

/// For the page of the batch: goods that are not packed yet wait for their packs to be certified.
pub fn of_batch(shell: &Shell, page: &BatchPage, id: &str) -> Vec<Warning> {
    let certificate = certificate(shell, id).filter(|_| page.certificate_due && page.batch.net_g.is_some());
    intervals(shell, &page.batch, &page.broken, id).into_iter().chain(certificate).collect()
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
    // Of loose goods that have all gone on nothing is sold under this lot.
    let is_any = page.batch.rest() > 0 || page.batch.net_g.is_some();
    let certificate = certificate(shell, id).filter(|_| page.certificate_due && is_any);
    stopped.into_iter().chain(intervals(shell, &page.batch, &page.broken, id)).chain(certificate).collect()
}

/// With the way to issue it, for whom may.
pub fn certificate(shell: &Shell, id: &str) -> Option<Warning> {
    let verb =
        shell.may("batch.certify").then(|| (format!("/console/batches/{id}/certify"), shell.w.t("verb-certify")));
    Some(("attention", shell.w.t("warn-certificate"), verb))
}

/// A wait that was not kept is written on the page of everybody who scans the goods. Those that no report answers are told each;
/// where all are answered, one tells of it.
pub fn intervals(shell: &Shell, batch: &Batch, broken: &[Broken], id: &str) -> Vec<Warning> {
    let open: Vec<&Broken> = broken.iter().filter(|broken| !broken.is_tested).collect();
    let (told, key) = match (open.is_empty(), batch.certified) {
        (true, _) => (broken.iter().take(1).collect(), "warn-interval-tested"),
        (false, true) => (open, "warn-interval-certified"),
        (false, false) => (open, "warn-interval"),
    };
    let can_sample = key != "warn-interval-tested" && batch.rest() > 0 && shell.may("sample.draw");
    let told = told.into_iter().map(|broken| {
        let text = format!("{}{}", not_kept(&shell.w, broken), shell.w.t(key));
        let verb = can_sample.then(|| (format!("/console/batches/{id}/sample"), shell.w.t("verb-sample")));
        ("attention", text, verb)
    });
    told.collect()
}

/// `用药间隔没有满足：地块 SF-P01 2026-11-10 用阿维菌素，隔 6 天采收，要求 14 天`
pub fn not_kept(w: &Words, broken: &Broken) -> String {
    let treatment = &broken.treatment;
    let about = [
        ("plot", broken.plot.as_str().into()),
        ("active", w.term(&treatment.active).into()),
        ("date", treatment.on.to_string().into()),
        ("days", broken.days.max(0).into()),
        ("interval", treatment.interval_days.into()),
    ];
    t_args(w.locale, "wait-interval", &about)
}
