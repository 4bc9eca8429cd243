//! Samples and shipments; and how the stage of a batch is shown.

use super::{Filter, List, Row, Shown, lines};
use crate::app::desk::Names;
use crate::app::{App, AppError, Cursor, Slice, subjects};
use crate::domain::acts::Known;
use crate::domain::entities::{Batch, Entity, Why};
use crate::domain::quantity::{Grams, Unit};
use crate::domain::record::{Handle, Role, SubjectKind};
use crate::i18n::format;
use crate::web::console::kit::Choice;
use crate::web::console::read::Typed;
use crate::web::console::shell::Shell;
use crate::web::map::Map;

pub fn configure(map: &mut Map<'_>) {
    lines::<Samples>(map);
    lines::<Shipments>(map);
}

pub fn amount(shell: &Shell, amount: u64, unit: Unit) -> Shown {
    let whole = i64::try_from(amount).unwrap_or(i64::MAX);
    match unit {
        Unit::Grams => {
            let text = if amount == 0 { "0".to_owned() } else { format::weight(whole) };
            Shown::number(text, Grams::new(amount).map(|it| it.kg()).unwrap_or_default()).unit("kg")
        }
        Unit::Pieces => {
            let text = if amount == 0 { "0".to_owned() } else { shell.w.packs(&amount) };
            Shown::number(text, amount).unit(shell.w.t("unit-pieces"))
        }
    }
}

pub struct Samples;

impl List for Samples {
    const HREF: &'static str = "/console/samples";
    const OPERATION: &'static str = "page.samples";
    const KEY: &'static str = "nav-samples";

    fn columns() -> &'static [(&'static str, bool)] {
        &[
            ("col-sample", false),
            ("col-lot", false),
            ("col-drawn", false),
            ("col-received", false),
            ("col-report", false),
        ]
    }

    fn slice(app: &App, shell: &Shell, _: &Typed, after: Option<Cursor>, limit: u32) -> Result<Slice, AppError> {
        subjects::list(app, shell.caller, SubjectKind::Sample, after, limit)
    }

    fn names(known: &Known) -> Vec<Handle> {
        match &known.entity {
            Entity::Sample(sample) => vec![sample.batch],
            _ => Vec::new(),
        }
    }

    fn row(shell: &Shell, names: &Names, known: &Known) -> Option<Row> {
        let Entity::Sample(sample) = &known.entity else { return None };
        let id = known.subject.handle;
        let received = sample.received_at.map(|at| format::instant(&at.to_string()));
        let verb = match (&received, &sample.report_no) {
            (None, _) if shell.may("sample.receive") => {
                Some((format!("/console/samples/{id}/receive"), shell.w.t("verb-receive")))
            }
            (Some(_), None) if shell.may("sample.report") => {
                Some((format!("/console/samples/{id}/report"), shell.w.t("verb-report")))
            }
            (Some(_), Some(_)) if shell.may("sample.report") => {
                Some((format!("/console/samples/{id}/report"), shell.w.t("verb-report-again")))
            }
            (_, Some(_)) if shell.caller.role == Role::Cooperative => {
                Some((format!("/console/batches/{}", sample.batch), shell.w.t("batch")))
            }
            _ => None,
        };
        // A laboratory sees the sample; the lot is what stands on its bag, the batch's page is its home's.
        let batch = names.batch(sample.batch);
        let own = shell.caller.role == Role::Cooperative;
        let href = match &sample.report_no {
            Some(_) => Some(format!("/console/samples/{id}/reports")),
            None => own.then(|| format!("/console/batches/{}", sample.batch)),
        };
        // Drawn, taken in, then a record a report.
        let reports = known.head.seq.saturating_sub(1);
        Some(Row {
            href,
            cells: vec![
                Shown::text(sample.code.as_str()),
                Shown::text(batch.map(|batch| batch.lot.to_string()).unwrap_or_default()),
                Shown::text(format::instant(&sample.drawn_at.to_string())),
                match received {
                    Some(at) => Shown::text(at),
                    None => Shown::text(shell.w.t("sample-not-received")).toned("attention"),
                },
                several(shell, report(shell, batch, sample.report_no.as_deref()), reports),
            ],
            verb,
        })
    }
}

/// The newest report, and what came of it as far as the batch says: a failed one holds it, a passed one is counted.
fn report(shell: &Shell, batch: Option<&Batch>, no: Option<&str>) -> Shown {
    let (Some(batch), Some(no)) = (batch, no) else { return Shown::text(no.unwrap_or_default()) };
    let is_this = |report: &dyn ToString| report.to_string() == no;
    if batch.holds.iter().any(|hold| hold.report_no.as_ref().is_some_and(|report| is_this(report))) {
        Shown::text(no).toned("stop").sub(shell.w.t("report-fail"))
    } else if batch.panels.iter().any(|panel| is_this(&panel.report_no)) {
        Shown::text(no).toned("ok").sub(shell.w.t("report-pass"))
    } else {
        Shown::text(no)
    }
}

/// Says where there are more than the newest.
fn several(shell: &Shell, newest: Shown, reports: u64) -> Shown {
    if reports < 2 {
        return newest;
    }
    let all = shell.w.tn("sample-reports-count", &reports);
    let sub = newest.sub.iter().cloned().chain([all]).collect::<Vec<_>>().join(" · ");
    newest.sub(sub)
}

pub struct Shipments;

impl List for Shipments {
    const HREF: &'static str = "/console/shipments";
    const OPERATION: &'static str = "page.shipments";
    const KEY: &'static str = "nav-shipments";

    fn columns() -> &'static [(&'static str, bool)] {
        &[
            ("col-lot", false),
            ("col-other-side", false),
            ("col-sent", true),
            ("col-received", true),
            ("col-returned", true),
        ]
    }

    fn slice(app: &App, shell: &Shell, typed: &Typed, after: Option<Cursor>, limit: u32) -> Result<Slice, AppError> {
        match typed.get("direction").as_deref() {
            Some("in") => subjects::incoming_shipments(app, shell.caller, after, limit),
            _ => subjects::list(app, shell.caller, SubjectKind::Shipment, after, limit),
        }
    }

    fn names(known: &Known) -> Vec<Handle> {
        match &known.entity {
            Entity::Shipment(it) => [it.home].into_iter().chain(it.buyer).collect(),
            _ => Vec::new(),
        }
    }

    fn row(shell: &Shell, names: &Names, known: &Known) -> Option<Row> {
        let Entity::Shipment(it) = &known.entity else { return None };
        let incoming = it.home != shell.caller.organisation;
        // Of what was taken in or came back since, the newest record says another time.
        let sent = it.sent_at.unwrap_or(known.head.recorded_at);
        let name = match incoming {
            true => names.acquaintance(it.home, Why::ItCame),
            false => it.buyer.and_then(|buyer| names.acquaintance(buyer, Why::ReaderToldIt)),
        };
        let name = name.map(|name| shell.name(name).to_owned());
        let verb = (incoming && it.under_way() > 0 && shell.may("shipment.receive"))
            .then(|| (format!("/console/shipments/{}/receive", known.subject.handle), shell.w.t("verb-take-in")));
        Some(Row {
            href: (!incoming).then(|| format!("/console/batches/{}", it.batch)),
            cells: vec![
                Shown::text(it.lot.to_string()).sub(shell.w.t1("ship-sent", "at", format::instant(&sent.to_string()))),
                Shown::text(name.unwrap_or_else(|| shell.w.t("name-withheld"))),
                amount(shell, it.quantity, it.unit),
                amount(shell, it.received, it.unit),
                amount(shell, it.returned, it.unit),
            ],
            verb,
        })
    }

    fn filters(_: &App, shell: &Shell, typed: &Typed) -> Result<Vec<Filter>, AppError> {
        let value = typed.get("direction").filter(|value| value == "in").unwrap_or_default();
        let choices = vec![Choice::new("", shell.w.t("ship-out")), Choice::new("in", shell.w.t("ship-in"))];
        Ok(vec![Filter::choice("direction", shell.w.t("filter-direction"), choices, value)])
    }
}
