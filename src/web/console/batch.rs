//! The page of a batch: what it is, how much is left, what is next, what happened, where it comes from and goes to, its papers.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::lineage::{self, Drawing};
use super::lists::done;
use super::page::{self, Asked};
use super::read::Typed;
use super::shell::Shell;
use super::warnings::{self, Warning};
use crate::app::desk::{self, BatchPage};
use crate::app::{App, AppError};
use crate::domain::acts::Refusal;
use crate::domain::entities::{Batch, BatchStage};
use crate::domain::gs1::DigitalLink;
use crate::domain::quantity::Unit;
use crate::domain::view::*;
use crate::http::extract::State;
use crate::i18n::format;
use crate::web::map::{Map, Who};
use crate::web::words::Words;

pub fn configure(map: &mut Map<'_>) {
    let who = Who::May("page.batches");
    map.get("/console/batches/{id}", who, show);
}

/// One stretch of the balance bar.
struct Part {
    label: String,
    amount: String,
    /// Of a thousand.
    permille: u64,
    x: u64,
    class: String,
    href: Option<String>,
}

/// An act that can be done now.
struct Verb {
    href: String,
    text: String,
    sub: String,
}

#[derive(Template)]
#[template(path = "console/batch.html")]
struct Page<'a> {
    s: &'a Shell,
    w: &'a Words,
    id: String,
    v: &'a ScanView,
    b: &'a Batch,
    product: String,
    chips: Vec<(&'static str, String)>,
    warnings: Vec<Warning>,
    first: Option<Verb>,
    verbs: Vec<Verb>,
    equation: String,
    parts: Vec<Part>,
    drawing: Option<Drawing>,
    public: String,
    records: u64,
    done: Option<String>,
}

async fn show(app: State, asked: Asked) -> HttpResponse {
    let typed = Typed::asked(&asked.query);
    let id = asked.id.clone().unwrap_or_default();
    page::answer(&app, asked, move |app, shell| {
        let page = read(app, shell, &id)?;
        let w = &shell.w;
        let mut verbs = verbs(shell, &page, &id);
        let first = (!verbs.is_empty()).then(|| verbs.remove(0));
        let product = page.names.product(page.batch.product);
        let html = page::render(&Page {
            s: shell,
            w,
            v: &page.public,
            b: &page.batch,
            product: product.map(|it| shell.name(&it.name).to_owned()).unwrap_or_default(),
            chips: chips(w, &page),
            warnings: warnings::of_batch(shell, &page, &id),
            first,
            verbs,
            equation: equation(shell, &page),
            parts: parts(shell, &page),
            drawing: lineage::draw(shell, &page),
            public: DigitalLink::lot(page.batch.gtin, page.batch.lot.clone()).path(),
            records: page.records,
            done: done(w, &typed),
            id: id.clone(),
        });
        Ok((StatusCode::OK, html))
    })
    .await
}

pub(super) fn read(app: &App, shell: &Shell, id: &str) -> Result<BatchPage, AppError> {
    let handle = id.parse().map_err(|_| AppError::from(Refusal::not_found("id", id)))?;
    desk::batch(app, shell.caller, handle)
}

fn amount(shell: &Shell, amount: u64, unit: Unit) -> String {
    match unit {
        _ if amount == 0 => "0".to_owned(),
        Unit::Grams => format::weight(i64::try_from(amount).unwrap_or(i64::MAX)),
        Unit::Pieces => shell.w.packs(&amount),
    }
}

/// Stage, tests and brand in a few words; each with the class of its state.
fn chips(w: &Words, page: &BatchPage) -> Vec<(&'static str, String)> {
    let mut chips = vec![("ok", w.t(&format!("stage-{}", page.batch.stage.as_str())))];
    let batch = page.public.batch.as_ref();
    if batch.is_some_and(|batch| batch.recalled) {
        chips.push(("stop", w.t("stage-recalled")));
    } else if batch.is_some_and(|batch| batch.held) {
        chips.push(("stop", w.t("stage-held")));
    }
    if let Some(report) = page.public.tests.last() {
        let tier = w.tier(&report.tier);
        chips.push((w.report_tone(&report.verdict), format!("{tier} · {}", w.report_verdict(&report.verdict))));
    }
    if let Some(brand) = &page.public.brand {
        let key = if brand.in_force_today { "chip-brand-yes" } else { "chip-brand-no" };
        let tone = if brand.in_force_today { "ok" } else { "attention" };
        chips.push((tone, w.t1(key, "mark", w.b(&brand.mark))));
    }
    if page.batch.certified {
        chips.push(("ok", w.t("chip-certified")));
    }
    chips
}

/// What can be done, the likeliest first; what the policy refuses is not offered.
fn verbs(shell: &Shell, page: &BatchPage, id: &str) -> Vec<Verb> {
    let (w, batch) = (&shell.w, &page.batch);
    let rest = batch.rest();
    let left = amount(shell, rest, batch.unit);
    let is_held = page.public.batch.as_ref().is_some_and(|it| it.held || it.recalled);
    let is_pack = batch.net_g.is_some();
    let mut verbs = if rest == 0 && !batch.is_closed() { go_on(shell, page) } else { Vec::new() };
    let mut offer = |operation: &'static str, act: &str, key: &str, sub: &str, fits: bool| {
        if fits && shell.may(operation) {
            let text = if key == "verb-pack-amount" || key == "verb-grade-amount" {
                w.t1(key, "amount", &left)
            } else {
                w.t(key)
            };
            verbs.push(Verb { href: format!("/console/batches/{id}/{act}"), text, sub: sub.to_owned() });
        }
    };
    if batch.is_closed() {
        offer("batch.note", "note", "verb-note", "", true);
        offer("record.correct", "correct", "verb-correct", "", true);
        offer("batch.recall", "recall", "verb-recall", "", !batch.recalled);
        return verbs;
    }
    let some = rest > 0;
    // What is held waits for a retest before anything else.
    let to_retest = some && !batch.holds.is_empty() && !batch.recalled;
    offer("sample.draw", "sample", "verb-sample", "", to_retest);
    offer("batch.grade", "grade", "verb-grade-amount", "", some && !is_pack && batch.stage == BatchStage::Open);
    offer(
        "batch.pack",
        "pack",
        "verb-pack-amount",
        "",
        some && !is_pack && batch.stage == BatchStage::Graded && !is_held,
    );
    // Before it is sold.
    let due = page.certificate_due && is_pack && !is_held;
    offer("batch.certify", "certify", "verb-certify", "", due);
    offer("batch.ship", "ship", "verb-ship", &left, some && is_pack && !is_held);
    offer("batch.close", "close", "verb-close", "", !some && batch.balance.returned == 0);
    offer("batch.process", "process", "verb-process", "", some && !is_pack);
    offer("sample.draw", "sample", "verb-sample", "", some && !to_retest);
    offer("batch.certify", "certify", "verb-certify", "", !is_held && !batch.certified && !due);
    offer("batch.pack", "pack", "verb-pack", "", some && !is_held && (is_pack || batch.stage == BatchStage::Open));
    offer("batch.store", "store", "verb-store", "", some);
    offer("batch.ship", "ship", "verb-ship", &left, some && !is_pack && !is_held);
    offer("batch.split", "split", "verb-split", "", some && !is_held);
    offer("batch.merge", "merge", "verb-merge", "", some && !is_held);
    offer("batch.return", "return", "verb-return", "", page.flow.shipped > 0);
    offer("batch.lose", "lose", "verb-lose", "", some || batch.balance.returned > 0);
    offer("batch.note", "note", "verb-note", "", true);
    offer("record.correct", "correct", "verb-correct", "", true);
    offer("batch.recall", "recall", "verb-recall", "", !batch.recalled);
    verbs
}

/// Where nothing is left it goes on with what was made of it.
fn go_on(shell: &Shell, page: &BatchPage) -> Vec<Verb> {
    let made = page.flow.given.iter().map(|given| {
        let node = page.nodes.iter().find(|node| node.handle == given.batch);
        let lot = node.map_or(given.lot.as_str(), |node| node.code.as_str()).to_owned();
        let what = given.grade.as_ref().map_or(lot, |grade| shell.w.term(grade));
        let sub = amount(shell, given.quantity, page.batch.unit);
        Verb { href: format!("/console/batches/{}", given.batch), text: shell.w.t1("verb-go-on", "what", what), sub }
    });
    made.collect()
}

/// `进 9,600 kg = 出 9,504 + 样品 7.2 + 损耗 88.8 + 结余 0`
fn equation(shell: &Shell, page: &BatchPage) -> String {
    let (w, flow, unit) = (&shell.w, &page.flow, page.batch.unit);
    let given: u64 = flow.given.iter().map(|given| given.quantity).sum();
    let mut terms = Vec::new();
    let mut term = |key: &str, value: u64, always: bool| {
        if value > 0 || always {
            terms.push(w.t1(key, "amount", amount(shell, value, unit)));
        }
    };
    term("balance-given", given, false);
    term("balance-sampled", flow.sampled, false);
    term("balance-shipped", flow.shipped, false);
    term("balance-returned", flow.returned, false);
    term("balance-cull", flow.cull, false);
    term("balance-lost", flow.lost, false);
    term("balance-rest", page.batch.rest(), true);
    format!("{} = {}", w.t1("balance-in", "amount", amount(shell, flow.input, unit)), terms.join(" + "))
}

fn parts(shell: &Shell, page: &BatchPage) -> Vec<Part> {
    let (w, flow, unit) = (&shell.w, &page.flow, page.batch.unit);
    let whole = flow.input.max(flow.out()).max(1);
    let mut parts: Vec<Part> = Vec::new();
    let mut x = 0;
    let mut add = |label: String, value: u64, class: String, href: Option<String>| {
        if value > 0 {
            let permille = (u128::from(value) * 1000 / u128::from(whole)) as u64;
            parts.push(Part { label, amount: amount(shell, value, unit), permille, x, class, href });
            x += permille;
        }
    };
    for (index, given) in flow.given.iter().enumerate() {
        let lot = page
            .nodes
            .iter()
            .find(|node| node.handle == given.batch)
            .map_or(given.lot.as_str(), |node| node.code.as_str());
        let label = given.grade.as_ref().map_or_else(|| lot.to_owned(), |grade| w.term(grade));
        add(label, given.quantity, format!("given{}", index % 4), Some(format!("/console/batches/{}", given.batch)));
    }
    add(w.t("part-shipped"), flow.shipped, "shipped".into(), None);
    add(w.t("part-sampled"), flow.sampled, "sampled".into(), None);
    add(w.t("part-cull"), flow.cull, "cull".into(), None);
    add(w.t("part-lost"), flow.lost, "lost".into(), None);
    add(w.t("part-returned"), flow.returned, "returned".into(), None);
    add(w.t("part-rest"), page.batch.rest(), "rest".into(), None);
    parts
}

impl Page<'_> {
    /// The story, newest first: what happened last is looked for first.
    fn story(&self) -> impl Iterator<Item = &StepView> {
        self.v.timeline.iter().rev()
    }
}
