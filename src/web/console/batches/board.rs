//! The other look at batches: a column a stage, the oldest on top. What is used up is not there; the list has it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::state;
use crate::app::desk::{self, Names};
use crate::app::{App, AppError};
use crate::domain::acts::Known;
use crate::domain::entities::{Batch, BatchStage, Entity};
use crate::domain::quantity::Unit;
use crate::http::extract::State;
use crate::i18n::{Locale, format};
use crate::web::console::lists::{Shown, amount};
use crate::web::console::page::{self, Asked};
use crate::web::console::shell::Shell;
use crate::web::words::Words;

pub const HREF: &str = "/console/batches/board";

struct Lane {
    name: String,
    count: usize,
    /// All of them, where not all are shown.
    all: Option<String>,
    cards: Vec<Card>,
}

struct Card {
    href: String,
    lot: String,
    about: String,
    left: Shown,
    /// The same in 斤; and that it is the loose rest of what was packed.
    note: Option<String>,
    opened: String,
    /// That it is held or recalled.
    state: Option<Shown>,
}

#[derive(Template)]
#[template(path = "console/board.html")]
struct BoardPage<'a> {
    s: &'a Shell,
    w: &'a Words,
    lanes: Vec<Lane>,
    note: Option<String>,
}

pub async fn show(app: State, asked: Asked) -> HttpResponse {
    page::answer(&app, asked, |app, shell| {
        let (lanes, note) = lanes(app, shell)?;
        Ok((StatusCode::OK, page::render(&BoardPage { s: shell, w: &shell.w, lanes, note })))
    })
    .await
}

fn lanes(app: &App, shell: &Shell) -> Result<(Vec<Lane>, Option<String>), AppError> {
    let board = desk::board(app, shell.caller)?;
    let shown = board.lanes.iter().flat_map(|lane| &lane.shown);
    let names = Names::of(app, shell.caller, shown.filter_map(product))?;
    let lanes = board.lanes.iter().map(|lane| {
        let stage = lane.stage.as_str();
        Lane {
            name: shell.w.t(&format!("stage-{stage}")),
            count: lane.count,
            all: (lane.count > lane.shown.len()).then(|| format!("/console/batches?stage={stage}&left=yes")),
            cards: lane.shown.iter().filter_map(|known| card(shell, &names, known)).collect(),
        }
    });
    Ok((lanes.collect(), board.cut.then(|| shell.w.t1("board-cut", "n", desk::COUNTED))))
}

fn product(known: &Known) -> Option<crate::domain::record::Handle> {
    match &known.entity {
        Entity::Batch(batch) => Some(batch.product),
        _ => None,
    }
}

fn card(shell: &Shell, names: &Names, known: &Known) -> Option<Card> {
    let Entity::Batch(batch) = &known.entity else { return None };
    let product = names.product(batch.product).map(|it| shell.name(&it.name).to_owned());
    let grade = batch.grade.as_ref().map(|grade| shell.w.term(grade));
    Some(Card {
        href: format!("/console/batches/{}", known.subject.handle),
        lot: batch.lot.to_string(),
        about: [product, grade].into_iter().flatten().collect::<Vec<_>>().join(" · "),
        left: amount(shell, batch.rest(), batch.unit),
        note: note(shell, batch),
        opened: batch.opened_on.to_string(),
        state: (batch.recalled || !batch.holds.is_empty()).then(|| state(shell, batch)),
    })
}

/// `3,456 斤 · 散装余量`
fn note(shell: &Shell, batch: &Batch) -> Option<String> {
    let w = &shell.w;
    let is_loose = batch.net_g.is_none() && batch.unit == Unit::Grams;
    let jin = (is_loose && w.locale == Locale::ZhCn)
        .then(|| w.t1("board-jin", "jin", format::jin(i64::try_from(batch.rest()).unwrap_or(i64::MAX))));
    let rest = (is_loose && batch.stage == BatchStage::Packed).then(|| w.t("board-loose"));
    let parts: Vec<String> = [jin, rest].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(" · "))
}
