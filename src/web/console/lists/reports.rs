//! What was reported on one sample, a value a line: for the laboratory, and for whoever drew it.

use super::{Found, Lines, Row, Shown, lines};
use crate::app::{App, AppError, subjects};
use crate::domain::acts::Refusal;
use crate::domain::entities::{Entity, Sample};
use crate::domain::gs1::DigitalLink;
use crate::domain::kinds::samples::{Qualifier, TestReported, TestResult, TestVerdict, Tier};
use crate::domain::record::{Handle, SubjectKind};
use crate::web::console::read::Typed;
use crate::web::console::shell::Shell;
use crate::web::map::Map;

pub fn configure(map: &mut Map<'_>) {
    lines::<Reports>(map);
}

struct Reports;

impl Lines for Reports {
    const HREF: &'static str = "/console/samples/{id}/reports";
    const OPERATION: &'static str = "page.sample";
    const KEY: &'static str = "sample-reports";

    fn heading(app: &App, shell: &Shell) -> Result<String, AppError> {
        let (_, sample) = sample_of(app, shell)?;
        Ok(shell.w.t1("sample-reports-of", "code", sample.code))
    }

    fn columns() -> &'static [(&'static str, bool)] {
        &[
            ("col-report", false),
            ("col-issued", false),
            ("f-results-analyte", false),
            ("f-results-value", false),
            ("f-results-limit", false),
            ("col-state", false),
        ]
    }

    /// Newest reports first, each with its values as they were reported.
    fn found(app: &App, shell: &Shell, _: &Typed, after: u64, limit: u32) -> Result<Found, AppError> {
        let (handle, sample) = sample_of(app, shell)?;
        let page = match app.store.subject(sample.batch)?.map(|known| known.entity) {
            Some(Entity::Batch(batch)) => Some(DigitalLink::lot(batch.gtin, batch.lot).path()),
            _ => None,
        };
        let reports = subjects::reports_on(app, shell.caller, handle)?;
        let values = reports.iter().flat_map(|(_, report)| report.results.iter().map(move |value| (report, value)));
        let shown = values.skip(usize::try_from(after).unwrap_or(usize::MAX)).take(limit as usize + 1);
        let rows = shown.map(|(report, value)| row(shell, page.as_deref(), report, value)).collect();
        Ok(Found::counted(rows, after, limit))
    }

    fn other_look(shell: &Shell) -> Option<(String, String)> {
        Some(("/console/samples".to_owned(), shell.w.t("samples-back")))
    }
}

fn sample_of(app: &App, shell: &Shell) -> Result<(Handle, Sample), AppError> {
    let missing = || AppError::from(Refusal::not_found("id", shell.id()));
    let handle = shell.id().parse().map_err(|_| missing())?;
    match subjects::get(app, shell.caller, SubjectKind::Sample, handle)?.entity {
        Entity::Sample(sample) => Ok((handle, sample)),
        _ => Err(missing()),
    }
}

/// The number leads to the document, or to the page where everybody reads the report.
fn row(shell: &Shell, page: Option<&str>, report: &TestReported, value: &TestResult) -> Row {
    let w = &shell.w;
    let tier = match report.tier {
        Tier::ThirdParty => "tier-third_party",
        Tier::Own => "tier-own",
        Tier::Screening => "tier-screening",
    };
    let file = report.media.attachments.first().map(|it| format!("/attachments/{}", it.attachment.sha256));
    let (verdict, tone) = match value.verdict {
        TestVerdict::Pass => ("value-pass", "ok"),
        TestVerdict::Fail => ("value-fail", "stop"),
        TestVerdict::NotJudged => ("tests-not-judged", "attention"),
    };
    let measured = format!("{} {}", value.value, value.unit);
    let found = match value.qualifier {
        Qualifier::Equals => Shown::text(measured),
        Qualifier::BelowLoq => Shown::text(w.t1("value-below-loq", "limit", measured)),
        Qualifier::NotDetected => Shown::text(w.t1("value-not-detected", "limit", measured)),
    };
    let limit = value.limit.map(|limit| format!("{limit} {}", value.unit)).unwrap_or_default();
    let limit = Shown { sub: value.limit_source.as_ref().map(ToString::to_string), ..Shown::text(limit) };
    Row {
        href: file.or_else(|| page.map(str::to_owned)),
        cells: vec![
            Shown::text(report.report_no.to_string()).sub(w.t(tier)),
            Shown::text(report.issued_on.to_string()),
            Shown::text(w.term(value.analyte.as_str())),
            found,
            limit,
            Shown::text(w.t(verdict)).toned(tone),
        ],
        verb: None,
    }
}
