//! Reports of problems by people who scanned a label. Nobody has to say who he is.

use super::{App, AppError};
use crate::domain::gs1::DigitalLink;
use crate::domain::record::Handle;
use crate::domain::view::{ReportError, ReportForm};
use crate::store::ProblemReport;

/// Characters of a report at most.
const MAX_TEXT: usize = 2_000;
const MAX_CONTACT: usize = 200;

/// What is missing in a form.
pub fn check(form: &ReportForm) -> Option<ReportError> {
    if form.kind.is_none() {
        return Some(ReportError::KindMissing);
    }
    if form.text.trim().is_empty() {
        return Some(ReportError::TextMissing);
    }
    let too_long = form.text.chars().count() > MAX_TEXT || form.contact.chars().count() > MAX_CONTACT;
    too_long.then_some(ReportError::TextTooLong)
}

/// Keeps a report. Answers its number, for asking again.
pub fn take(app: &App, form: &ReportForm) -> Result<String, AppError> {
    let mut id = [0; 16];
    app.random.fill(&mut id);
    let id = Handle::from_bytes(id);
    let link = DigitalLink::parse(form.code.split('?').next().unwrap_or_default(), "").ok();
    let gtin = link.as_ref().map(|link| link.gtin.to_string()).unwrap_or_default();
    let lot = match link.and_then(|link| link.lot) {
        Some(lot) => lot.to_string(),
        None => form.code.chars().take(100).collect(),
    };
    app.store.add_problem_report(&ProblemReport {
        id,
        gtin,
        lot,
        what: form.kind.map_or("", |kind| kind.as_str()).to_owned(),
        story: form.text.trim().to_owned(),
        contact: form.contact.trim().to_owned(),
        created_at: app.now(),
    })?;
    Ok(id.to_string()[..8].to_uppercase())
}
