//! What was recorded wrongly: one value of one record, chosen from those that stand there now; others that were wrong with it, in
//! what it was made from or what was made from it; and a difference that stays.

use serde_json::Value;

use super::super::read;
use super::choices::amount;
use super::farm::plot_line;
use super::goods::LOSSES;
use crate::app::{App, AppError, Receipt, records};
use crate::domain::acts::correct::{CorrectRecord, MAX_ALSO, may_be_corrected};
use crate::domain::acts::{Known, Refusal};
use crate::domain::entities::Entity;
use crate::domain::kinds::Body as _;
use crate::domain::kinds::batches::BatchLost;
use crate::domain::quantity::Unit;
use crate::domain::record::correction::{corrected, is_correction};
use crate::domain::record::{Handle, Record, Subject, SubjectKind};
use crate::domain::view::build::{field_name, is_amount};
use crate::i18n::{Locale, format, t};
use crate::web::console::kit::{Choice, Form, Kind};
use crate::web::console::sheet::{Desk, Sheet, kind_name};

/// A form that corrects a record of a subject of this kind.
macro_rules! correcting {
    ($sheet:ident, $kind:ident, $path:literal, $page:literal) => {
        pub struct $sheet;

        impl Sheet for $sheet {
            type Act = CorrectRecord;
            const OPERATION: &'static str = "record.correct";
            const PAGE: &'static str = "own_record.correct";
            const KEY: &'static str = "correct";
            const PATH: &'static str = $path;
            const ABOUT: Option<SubjectKind> = Some(SubjectKind::$kind);

            fn draw(desk: &Desk<'_>, form: &mut Form) -> Result<(), AppError> {
                form.back = format!($page, desk.subject()?.subject.handle);
                draw(desk, form)
            }

            fn adjust(_: &App, form: &Form, act: &mut Value) -> Result<(), AppError> {
                adjust(act, form.locale())
            }

            fn about(act: &mut CorrectRecord, handle: Handle) {
                act.subject = Some(Subject::new(SubjectKind::$kind, handle));
            }

            fn then(receipt: &Receipt) -> String {
                format!($page, receipt.id)
            }
        }
    };
}

correcting!(OfBatch, Batch, "/console/batches/{id}/correct", "/console/batches/{}");
correcting!(OfPlot, Plot, "/console/plots/{id}/correct", "/console/plots/{}");

/// Neighbours whose records may be corrected with it: a form with more would not be read.
const NEIGHBOURS: usize = 12;
/// Values that stand to choose from in each row of what is corrected with it.
const MOST_VALUES: usize = 400;

fn draw(desk: &Desk<'_>, form: &mut Form) -> Result<(), AppError> {
    let (w, known) = (desk.w(), desk.subject()?);
    let is_plot = known.subject.kind == SubjectKind::Plot;
    form.lead.push(w.t(if is_plot { "lead-correct-plot" } else { "lead-correct" }));
    match &known.entity {
        Entity::Batch(it) => {
            form.unit = it.unit;
            if it.unit == Unit::Pieces {
                form.lead.push(w.t("lead-correct-packs"));
            }
            form.facts.push((w.t("batch"), it.lot.to_string()));
        }
        Entity::Plot(it) => form.facts.push((w.t("plot"), plot_line(desk, it))),
        _ => {}
    }
    let mut own = vec![Choice::new("", w.t("pick-none"))];
    own.extend(values(desk, known, None)?);
    form.field("path", Kind::Pick(own.clone())).label(w.t("f-correct-what"));
    form.field("new", Kind::Line).label(w.t("f-correct-new")).hint(w.t(if is_plot {
        "h-correct-plot"
    } else {
        "h-correct-new"
    }));
    form.field("reason", Kind::Lines).label(w.t("f-correct-reason")).hint(w.t("h-note"));
    let Entity::Batch(batch) = &known.entity else { return Ok(()) };
    // As many as the act takes: each row has all values to choose from.
    form.cut_rows("also", MAX_ALSO);
    if form.count("also", 0) > 0 {
        let parents = batch.parents.iter().map(|parent| parent.batch);
        let mut choices = beside(desk, known, parents)?;
        if choices.len() > MOST_VALUES {
            form.lead.push(w.t1("correct-cut", "n", MOST_VALUES));
            choices.truncate(MOST_VALUES);
        }
        form.rows("also", "path", 0, |row, _| {
            row.field("path", Kind::Pick(choices.clone()), "").label(w.t("f-correct-what"));
            row.field("new", Kind::Line, "").label(w.t("f-correct-new"));
        });
    } else {
        form.rows("also", "path", 0, |_, _| {});
    }
    form.folded("discrepancy_g", amount(batch.unit)).label(w.t("f-discrepancy")).hint(w.t("h-discrepancy"));
    Ok(())
}

/// The values of this batch, and of those that share figures with it.
fn beside(desk: &Desk<'_>, known: &Known, parents: impl Iterator<Item = Handle>) -> Result<Vec<Choice>, AppError> {
    let own = known.subject.handle;
    let children = desk.app.store.children(&[own])?.into_iter().map(|edge| edge.child);
    let mut near: Vec<Handle> = parents.chain(children).collect();
    near.dedup();
    near.truncate(NEIGHBOURS);
    let mut choices = vec![Choice::new("", desk.w().t("pick-none"))];
    choices.extend(values(desk, known, Some(""))?);
    for known in desk.app.store.subjects(&near)? {
        if let Entity::Batch(batch) = &known.entity
            && batch.home == desk.shell.caller.organisation
        {
            choices.extend(values(desk, &known, Some(batch.lot.as_str()))?);
        }
    }
    Ok(choices)
}

/// The values of a subject's records that people correct, as they stand now. `lot` names the batch where several stand together.
fn values(desk: &Desk<'_>, known: &Known, lot: Option<&str>) -> Result<Vec<Choice>, AppError> {
    let unit = match &known.entity {
        Entity::Batch(batch) => batch.unit,
        _ => Unit::Grams,
    };
    let chain = records::read(&*desk.app.store, known.subject.handle, 0, u64::MAX)?;
    let mut choices = Vec::new();
    for record in chain.iter().rev().filter(|record| !is_correction(record)) {
        choices.extend(values_of(desk, &chain, record, unit)?);
    }
    if let Some(lot) = lot {
        for choice in &mut choices {
            choice.value = format!("{} {}", known.subject, choice.value);
            if !lot.is_empty() {
                choice.label = format!("{lot}　{}", choice.label);
            }
        }
    }
    Ok(choices)
}

fn values_of(desk: &Desk<'_>, chain: &[Record], record: &Record, unit: Unit) -> Result<Vec<Choice>, AppError> {
    let w = desk.w();
    let now = corrected(chain, record.seq).map_err(|error| AppError::Failed(error.to_string()))?;
    let mut found = Vec::new();
    if let Some(body) = now.get("body") {
        leaves(body, "/body".to_owned(), &mut found);
        // What no correction changes is not offered.
        found.retain(|(path, _)| path.parse().is_ok_and(|path| may_be_corrected(record, &path)));
    }
    let when = format::instant(&record.recorded_at.to_string());
    let choice = |(path, value): (String, &Value)| {
        let last = path.rsplit('/').find(|part| part.bytes().any(|byte| !byte.is_ascii_digit()))?;
        let name = field_name(last)?;
        let shown = match (read_as(record, last, value, unit), value) {
            (LOSS, Value::String(code)) => w.t(&format!("loss-{code}")),
            ("weight", Value::Number(grams)) => format::weight(grams.as_i64()?),
            ("area", Value::Number(m2)) => format::area(w.locale, m2.as_i64()?),
            ("whole", Value::Number(count)) if is_amount(last) => w.packs(&count.as_u64()?),
            (_, Value::String(text)) => w.term(text),
            (_, other) => other.to_string(),
        };
        let of = part(now.get("body")?, &path).map(|part| format!("（{}）", w.term(part))).unwrap_or_default();
        let label = format!("{when}　{} · {}{of}: {shown}", kind_name(w, &record.kind), w.b(&name));
        Some(Choice::new(format!("{} {path} {}", record.seq, read_as(record, last, value, unit)), label))
    };
    Ok(found.into_iter().filter_map(choice).collect())
}

/// Of a row of a list that has values of the same names: its grade or its lot.
fn part<'v>(body: &'v Value, path: &str) -> Option<&'v str> {
    let (row, _) = path.strip_prefix("/body")?.rsplit_once('/')?;
    let row = body.pointer(row).filter(|_| row.bytes().any(|byte| byte.is_ascii_digit()))?;
    ["grade", "lot", "analyte", "name"].iter().find_map(|name| row.get(*name)?.as_str())
}

/// Numbers and words below a value, with the pointers that lead to them.
fn leaves<'v>(value: &'v Value, path: String, found: &mut Vec<(String, &'v Value)>) {
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, inner)| leaves(inner, format!("{path}/{name}"), found));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, inner)| leaves(inner, format!("{path}/{index}"), found));
        }
        Value::Number(_) | Value::String(_) => found.push((path, value)),
        Value::Bool(_) | Value::Null => {}
    }
}

/// One of the reasons for which something is lost.
const LOSS: &str = "loss";

/// How what is typed for such a value is read.
fn read_as(record: &Record, last: &str, value: &Value, unit: Unit) -> &'static str {
    match value {
        _ if record.kind == BatchLost::KIND && last == "reason" => LOSS,
        Value::Number(_) if is_amount(last) && unit == Unit::Grams => "weight",
        Value::Number(_) if last == "area_m2" => "area",
        Value::Number(_) => "whole",
        _ => "text",
    }
}

fn adjust(act: &mut Value, locale: Locale) -> Result<(), AppError> {
    place(act, locale).map_err(|refusal| AppError::from(*refusal))?;
    for (index, also) in act.get_mut("also").and_then(Value::as_array_mut).into_iter().flatten().enumerate() {
        place(also, locale)
            .map_err(|refusal| Refusal { field: format!("also[{index}].{}", refusal.field), ..*refusal })?;
    }
    // More is out than came in: records count it below zero.
    if let Some(more) = act["discrepancy_g"].as_i64() {
        act["discrepancy_g"] = more.saturating_neg().into();
    }
    Ok(())
}

/// `3 /body/quantity weight`, perhaps with a subject before it, and what was typed become record, place and value of the act.
fn place(act: &mut Value, locale: Locale) -> Result<(), Box<Refusal>> {
    let chosen = act["path"].as_str().unwrap_or_default().to_owned();
    let missing = || Box::new(Refusal::new("missing-field").at("path", ""));
    let parts: Vec<&str> = chosen.split(' ').collect();
    let (subject, seq, path, kind) = match parts[..] {
        [seq, path, kind] => (None, seq, path, kind),
        [subject, seq, path, kind] => (Some(subject), seq, path, kind),
        _ => return Err(missing()),
    };
    let seq: u64 = seq.parse().map_err(|_| Refusal::not_found("path", &chosen))?;
    let typed = act["new"].as_str().unwrap_or_default().to_owned();
    let is_loss = kind == LOSS;
    let kind = match kind {
        "weight" => Kind::Weight,
        "area" => Kind::Area,
        "whole" => Kind::Whole("unit-pieces"),
        _ => Kind::Line,
    };
    // Offsets matter to moments alone, and no moment is corrected here.
    act["new"] = match is_loss {
        true => loss(&typed, locale)?.into(),
        false => read::value(&kind, &typed, 0).map_err(|invalid| Refusal::invalid("new", &invalid))?,
    };
    act["seq"] = seq.into();
    act["path"] = path.into();
    if let Some(subject) = subject {
        act["subject"] = subject.into();
    }
    Ok(())
}

/// The reason that somebody wrote in either language, as records hold it.
fn loss(typed: &str, locale: Locale) -> Result<&'static str, Box<Refusal>> {
    let typed = typed.trim().to_lowercase();
    let word = |locale, code: &str| t(locale, &format!("loss-{code}"));
    let is_it = |code: &&&str| Locale::ALL.into_iter().any(|locale| word(locale, code).to_lowercase() == typed);
    LOSSES.iter().find(is_it).copied().ok_or_else(|| {
        let words: Vec<String> = LOSSES.iter().map(|code| word(locale, code)).collect();
        Box::new(Refusal::new("not-a-choice").at("new", &typed).expected(words.join(" / ")))
    })
}
