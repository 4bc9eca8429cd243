//! The page of a batch: what it is, how much is left, what is next, what happened, where it comes from and goes to, its papers.

mod balance;
pub(super) mod state;
mod verbs;

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use self::balance::Part;
use self::verbs::Verbs;
use super::lineage::{self, Drawing};
use super::lists::done;
use super::page::{self, Asked};
use super::read::Typed;
use super::shell::Shell;
use super::warnings::{self, Warning};
use crate::app::desk::{self, BatchPage};
use crate::app::{App, AppError};
use crate::domain::acts::Refusal;
use crate::domain::entities::{Batch, Why};
use crate::domain::gs1::DigitalLink;
use crate::domain::quantity::Unit;
use crate::domain::record::Handle;
use crate::domain::view::*;
use crate::http::extract::State;
use crate::i18n::format;
use crate::web::map::{Map, Who};
use crate::web::words::Words;

pub fn configure(map: &mut Map<'_>) {
    let who = Who::May("page.batches");
    map.get("/console/batches/{id}", who, show);
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
    stops: Vec<String>,
    warnings: Vec<Warning>,
    verbs: Verbs,
    equation: String,
    jin: Option<String>,
    parts: Vec<Part>,
    drawing: Option<Drawing>,
    public: String,
    records: u64,
    /// To whom a shipment of this batch went, by the position of its record.
    sent_to: BTreeMap<u64, String>,
    done: Option<String>,
}

async fn show(app: State, asked: Asked) -> HttpResponse {
    let typed = Typed::asked(&asked.query);
    let id = asked.id.clone().unwrap_or_default();
    page::answer(&app, asked, move |app, shell| {
        let page = read(app, shell, &id)?;
        let w = &shell.w;
        let product = page.names.product(page.batch.product);
        let html = page::render(&Page {
            s: shell,
            w,
            v: &page.public,
            b: &page.batch,
            product: product.map(|it| shell.name(&it.name).to_owned()).unwrap_or_default(),
            chips: state::chips(w, &page),
            stops: state::stops(w, &page),
            warnings: warnings::of_batch(shell, &page, &id),
            verbs: verbs::verbs(shell, &page, &id),
            equation: balance::equation(shell, &page),
            jin: balance::in_jin(shell, &page),
            parts: balance::parts(shell, &page),
            drawing: lineage::draw(shell, &page),
            public: DigitalLink::lot(page.batch.gtin, page.batch.lot.clone()).path(),
            records: page.records,
            sent_to: sent_to(shell, &page),
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

fn sent_to(shell: &Shell, page: &BatchPage) -> BTreeMap<u64, String> {
    let name =
        |buyer: &Handle| page.names.acquaintance(*buyer, Why::ReaderToldIt).map(|name| shell.name(name).to_owned());
    page.receivers.iter().filter_map(|(seq, buyer)| Some((*seq, name(buyer)?))).collect()
}

fn amount(shell: &Shell, amount: u64, unit: Unit) -> String {
    match unit {
        Unit::Grams => format::weight(i64::try_from(amount).unwrap_or(i64::MAX)),
        Unit::Pieces => shell.w.packs(&amount),
    }
}

impl Page<'_> {
    /// The story, newest first: what happened last is looked for first. With each step the one above it.
    fn story(&self) -> impl Iterator<Item = (&StepView, Option<&StepView>)> {
        let steps = &self.v.timeline;
        steps.iter().enumerate().rev().map(move |(at, step)| (step, steps.get(at + 1)))
    }

    fn is_wide(&self) -> bool {
        self.drawing.as_ref().is_some_and(|drawing| drawing.is_wide)
    }

    /// Who did it; of its own steps the house that looks, also where the public is not told its name.
    fn who<'s>(&'s self, step: &'s StepView) -> &'s str {
        let is_own = step.record.is_some_and(|(chain, _)| chain.to_string() == self.id);
        match self.w.b(&step.who) {
            "" if is_own => &self.s.organisation,
            name => name,
        }
    }

    /// To whom the shipment went, where it was one of this batch: only its house is told.
    fn receiver(&self, step: &StepView) -> Option<&str> {
        let (chain, seq) = step.record.filter(|_| step.kind == StepKind::Shipped)?;
        self.sent_to.get(&seq).filter(|_| chain.to_string() == self.id).map(String::as_str)
    }

    /// The day of a step: with its year where the one above it was in another.
    fn day<'s>(&self, step: &'s StepView, above: &Option<&StepView>) -> &'s str {
        let year = |step: &StepView| step.date.chars().take(4).collect::<String>();
        match above {
            Some(above) if year(above) == year(step) => step.date.get(5..).unwrap_or(&step.date),
            _ => &step.date,
        }
    }
}
