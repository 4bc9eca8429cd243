//! A laboratory takes a sample in and reports on it.

use std::collections::BTreeSet;

use actix_web::{HttpResponse, ResponseError as _};
use serde_json::Value;

use super::choices;
use crate::app::desk::Names;
use crate::app::desk::sheet::Cell;
use crate::app::prepare::{self, Prepared};
use crate::app::{App, AppError, Caller, Receipt as Recorded, results, subjects};
use crate::domain::acts::laboratory::{ReceiveSample, ReportTest};
use crate::domain::acts::{Known, Refusal};
use crate::domain::entities::{Entity, Sample};
use crate::domain::record::{Handle, SubjectKind};
use crate::domain::terms;
use crate::http::extract::State;
use crate::i18n::format;
use crate::web::console::kit::{Choice, Form, Kind};
use crate::web::console::lists::File;
use crate::web::console::page::{self, Asked};
use crate::web::console::sheet::{Desk, Question, ReadTable, Sheet};
use crate::web::map::{Map, Who};

fn is_assigned(known: &Known, caller: Caller) -> bool {
    matches!(&known.entity, Entity::Sample(sample) if sample.laboratory == caller.organisation)
}

/// What a laboratory may know of a sample: its code, what it is of, when it was drawn; not whose buyer waits for it.
fn head<'d>(desk: &'d Desk<'_>, form: &mut Form) -> Result<&'d Sample, AppError> {
    let Entity::Sample(sample) = &desk.subject()?.entity else {
        return Err(crate::domain::acts::Refusal::not_found("id", "").into());
    };
    form.back = "/console/samples".into();
    form.facts.push((desk.w().t("sample"), sample.code.clone()));
    let names = Names::of(desk.app, desk.shell.caller, [sample.batch])?;
    if let Some(batch) = names.batch(sample.batch) {
        form.facts.extend(choices::product_of(desk, batch.gtin)?.map(|name| (desk.w().t("col-product"), name)));
        form.facts.push((desk.w().t("col-lot"), batch.lot.to_string()));
    }
    form.facts.push((desk.w().t("sample-drawn"), format::instant(&sample.drawn_at.to_string())));
    if let Some(no) = &sample.report_no {
        form.facts.push((desk.w().t("sample-report-before"), no.clone()));
    }
    if let Some(at) = sample.received_at {
        form.facts.push((desk.w().t("sample-received"), format::instant(&at.to_string())));
    }
    Ok(sample)
}

pub struct Receipt;

impl Sheet for Receipt {
    type Act = ReceiveSample;
    const OPERATION: &'static str = "sample.receive";
    const KEY: &'static str = "sample-receive";
    const PATH: &'static str = "/console/samples/{id}/receive";
    const ABOUT: Option<SubjectKind> = Some(SubjectKind::Sample);

    fn concerns(known: &Known, caller: Caller) -> bool {
        is_assigned(known, caller)
    }

    fn draw(desk: &Desk<'_>, form: &mut Form) -> Result<(), AppError> {
        head(desk, form)?;
        form.lead.push(desk.w().t("lead-sample-receive"));
        // Stored as the term and shown in the language of who reads it; more goes into the remark.
        let mut conditions = vec![choices::none(desk)];
        conditions.extend(terms::CONDITIONS.iter().map(|(zh, _)| Choice::new(zh, desk.w().term(zh))));
        form.field("condition", Kind::Pick(conditions)).optional();
        form.told();
        Ok(())
    }

    fn about(act: &mut ReceiveSample, sample: Handle) {
        act.sample = sample;
    }

    fn then(_: &Recorded) -> String {
        "/console/samples".to_owned()
    }
}

pub struct Report;

/// Empty rows below those that are offered.
const SPARE: usize = 1;

impl Sheet for Report {
    type Act = ReportTest;
    const OPERATION: &'static str = "sample.report";
    const KEY: &'static str = "sample-report";
    const TAKES_FILE: bool = true;
    const TABLE: Option<ReadTable> = Some(("results", results::read));
    const PATH: &'static str = "/console/samples/{id}/report";
    const ABOUT: Option<SubjectKind> = Some(SubjectKind::Sample);

    fn concerns(known: &Known, caller: Caller) -> bool {
        is_assigned(known, caller)
    }

    fn draw(desk: &Desk<'_>, form: &mut Form) -> Result<(), AppError> {
        let sample = head(desk, form)?;
        let w = desk.w();
        let used = used(desk.app, sample)?;
        if !used.is_empty() {
            let names: Vec<String> = used.iter().map(|active| w.term(active)).collect();
            form.facts.push((w.t("sample-used"), names.join(w.comma())));
        }
        form.lead.push(w.t("lead-report"));
        form.lead.push(w.t("lead-report-rows"));
        form.field("report_no", Kind::Line);
        form.field("tier", Kind::Pick(choices::of_words(desk, "tier-pick", &["third_party", "own", "screening"])));
        let offered: Vec<&String> = used.iter().collect();
        form.rows("results", "value", offered.len() + SPARE, |row, index| {
            row.field("analyte", Kind::Line, offered.get(index).map_or_else(String::new, |active| w.term(active)));
            row.field(
                "qualifier",
                Kind::Pick(choices::of_words(desk, "qualifier", &["equals", "below_loq", "not_detected"])),
                "equals",
            );
            row.field("value", Kind::Figure(""), "");
            row.field("unit", Kind::Line, "mg/kg");
            row.field("limit", Kind::Figure(""), "").optional();
            row.field("limit_source", Kind::Line, "").optional();
            row.field("method", Kind::Line, "").optional();
        });
        form.field("confirm_gap", Kind::Tick).answer();
        form.field("retests", Kind::Line).optional().hint(w.t("h-retests"));
        form.folded("signer", Kind::Line).hint(w.t("h-sealed"));
        form.told();
        if has_key(desk)? {
            form.may_sign();
        }
        Ok(())
    }

    fn adjust(_: &App, form: &Form, act: &mut Value) -> Result<(), AppError> {
        for result in act.get_mut("results").and_then(Value::as_array_mut).into_iter().flatten() {
            choices::to_term(&mut result["analyte"]);
        }
        Ok(form.sign(act, &["occurred_at", "signer_salt"])?)
    }

    fn prepare(app: &App, caller: Caller, act: ReportTest) -> Result<Option<Prepared>, AppError> {
        prepare::report(app, caller, act).map(Some)
    }

    /// What was used and has no result was forgotten, or is left out knowingly. A rapid screening names no single substance.
    fn ask(desk: &Desk<'_>, act: &mut Value) -> Result<Option<Question>, AppError> {
        let is_confirmed = act.as_object_mut().is_some_and(|act| act.remove("confirm_gap").is_some());
        let Entity::Sample(sample) = &desk.subject()?.entity else { return Ok(None) };
        if is_confirmed || act["tier"] == "screening" {
            return Ok(None);
        }
        let results = act.get("results").and_then(Value::as_array);
        let tested: BTreeSet<&str> = results.into_iter().flatten().filter_map(|it| it["analyte"].as_str()).collect();
        let missing = used(desk.app, sample)?.into_iter().filter(|active| !tested.contains(active.as_str()));
        let missing: Vec<String> = missing.map(|active| desk.w().term(active)).collect();
        let question = || desk.w().t1("form-report-gap", "actives", missing.join(desk.w().comma()));
        Ok((!missing.is_empty()).then(|| ("confirm_gap", question())))
    }

    fn about(act: &mut ReportTest, sample: Handle) {
        act.sample = sample;
    }

    fn then(_: &Recorded) -> String {
        "/console/samples".to_owned()
    }
}

/// Keys of a laboratory that are looked through for one in force; it changes them rarely.
const MOST_KEYS: u32 = 200;

/// Whether the laboratory has a key that counts.
fn has_key(desk: &Desk<'_>) -> Result<bool, AppError> {
    let own = desk.shell.caller.organisation;
    let keys = desk.app.store.of_home(own, SubjectKind::Key, None, MOST_KEYS)?;
    Ok(keys.items.iter().any(|known| matches!(&known.entity, Entity::Key(key) if key.revoked.is_none())))
}

/// The empty table to fill, for this sample: its head, and a row for each substance that the public record names.
pub fn configure(map: &mut Map<'_>) {
    for ending in ["csv", "xlsx"] {
        map.get(&format!("{}.{ending}", Report::PATH), Who::May(Report::OPERATION), template);
    }
}

/// Its columns; the reader knows them by these names in both languages.
const COLUMNS: &[&str] = &["analyte", "qualifier", "value", "unit", "limit", "limit_source", "method"];

async fn template(app: State, asked: Asked) -> HttpResponse {
    let (id, file) = (asked.id.clone(), File::of(&asked.path));
    let made = page::look(&app, &asked, move |app, shell| {
        let missing = || AppError::from(Refusal::not_found("id", id.as_deref().unwrap_or_default()));
        let handle = id.as_deref().and_then(|id| id.parse().ok()).ok_or_else(missing)?;
        let known = subjects::get(app, shell.caller, SubjectKind::Sample, handle)?;
        let Entity::Sample(sample) = &known.entity else { return Err(missing()) };
        if !is_assigned(&known, shell.caller) {
            return Err(missing());
        }
        let head: Vec<String> = COLUMNS.iter().map(|name| shell.w.t(&format!("f-results-{name}"))).collect();
        let row = |active: &String| {
            let cell = |name: &&str| match *name {
                "analyte" => active.as_str(),
                "unit" => "mg/kg",
                _ => "",
            };
            COLUMNS.iter().map(cell).map(Cell::text).collect()
        };
        let rows: Vec<Vec<Cell>> = used(app, sample)?.iter().map(row).collect();
        file.write(&shell.w.t("rows-results"), &head, &rows)
    });
    match made.await {
        Ok(bytes) => file.answer("results", bytes),
        Err(problem) => problem.error_response(),
    }
}

/// 用什么药检什么药: what the public record says was used on the goods and on their plots within a year before the picking.
pub fn used(app: &App, sample: &Sample) -> Result<BTreeSet<String>, AppError> {
    let mut used = BTreeSet::new();
    let Some(Entity::Batch(batch)) = app.store.subject(sample.batch)?.map(|known| known.entity) else {
        return Ok(used);
    };
    used.extend(batch.agents.iter().map(|agent| agent.active.to_string()));
    let picked = batch.picked.as_ref().map_or(batch.opened_on, |window| window.to);
    for known in app.store.subjects(&[batch.ancestors.as_slice(), batch.plots.as_slice()].concat())? {
        match known.entity {
            Entity::Batch(ancestor) => used.extend(ancestor.agents.iter().map(|agent| agent.active.to_string())),
            Entity::Plot(plot) => {
                let season =
                    plot.treatments.into_iter().filter(|it| it.on <= picked && it.on.days_until(picked) <= 365);
                used.extend(season.map(|treatment| treatment.active));
            }
            _ => {}
        }
    }
    Ok(used)
}
