//! The list of batches: by stage, product and lot.

mod board;

use super::kit::Choice;
use super::lists::{self, Filter, List, Row, Shown};
use super::read::Typed;
use super::shell::Shell;
use crate::app::desk::Names;
use crate::app::sift::sift;
use crate::app::{App, AppError, BatchFilter, Cursor, Slice, batches, subjects};
use crate::domain::acts::Known;
use crate::domain::entities::{Batch, BatchStage, Entity};
use crate::domain::invalid::Invalid;
use crate::domain::quantity::Unit;
use crate::domain::record::{Handle, SubjectKind};
use crate::http::problem::Problem;
use crate::i18n::{Locale, format};
use crate::web::map::{Map, Who};

pub fn configure(map: &mut Map<'_>) {
    lists::lines::<Batches>(map);
    map.get(board::HREF, Who::May(Batches::OPERATION), board::show);
}

pub struct Batches;

/// Why a batch stands still: the choice of it, whose word is `stage-…`, and whether it does.
type Standstill = (&'static str, fn(&Batch) -> bool);

/// As [`state`] says it; these batches have no index of their own, so stretches are looked through.
const STANDSTILLS: [Standstill; 2] =
    [("held", |batch| !batch.holds.is_empty() && !batch.recalled), ("recalled", |batch| batch.recalled)];

/// What the address asks for, and what is wrong with what was typed for it: field and sentence. Such finds nothing.
struct Wanted {
    filter: BatchFilter,
    standstill: Option<Standstill>,
    wrong: Vec<(&'static str, String)>,
}

/// What is no stage or product is none of the choices, and is left out.
fn wanted(shell: &Shell, typed: &Typed) -> Wanted {
    let stage = typed.get("stage").unwrap_or_default();
    let mut wrong = Vec::new();
    let filter = BatchFilter {
        stage: BatchStage::ALL.iter().copied().find(|known| known.as_str() == stage),
        gtin: typed.get("gtin").and_then(|gtin| gtin.parse().ok()),
        lot: read(shell, typed, ("lot", "col-lot"), |lot| lot.to_uppercase().parse(), &mut wrong),
        opened_from: read(shell, typed, ("from", "filter-from"), str::parse, &mut wrong),
        opened_to: read(shell, typed, ("to", "filter-to"), str::parse, &mut wrong),
        in_stock: typed.get("left").as_deref() == Some("yes"),
    };
    if let (Some(from), Some(to)) = (filter.opened_from, filter.opened_to)
        && to < from
    {
        let problem = Problem::new("window-reversed").at("to", to).expected(from.to_string());
        wrong.push(("to", problem.detail(shell.w.locale)));
    }
    let standstill = STANDSTILLS.iter().copied().find(|(word, _)| *word == stage);
    Wanted { filter, standstill, wrong }
}

fn read<T>(
    shell: &Shell,
    typed: &Typed,
    (name, label): (&'static str, &str),
    parse: impl FnOnce(&str) -> Result<T, Invalid>,
    wrong: &mut Vec<(&'static str, String)>,
) -> Option<T> {
    let text = typed.get(name)?;
    match parse(text.trim()) {
        _ if text.trim().is_empty() => None,
        Ok(value) => Some(value),
        Err(invalid) => {
            wrong.push((name, Problem::invalid(shell.w.t(label), &invalid).detail(shell.w.locale)));
            None
        }
    }
}

/// What is left, in 斤 beside it: by these people buy and sell.
fn in_jin(shell: &Shell, batch: &Batch, left: Shown) -> Shown {
    let is_told = shell.w.locale == Locale::ZhCn && batch.unit == Unit::Grams && batch.rest() > 0;
    let jin = i64::try_from(batch.rest()).ok().filter(|_| is_told).map(|grams| format!("{} 斤", format::jin(grams)));
    jin.into_iter().fold(left, Shown::sub)
}

/// Where it stands; that it is held or recalled comes before.
fn state(shell: &Shell, batch: &Batch) -> Shown {
    let w = &shell.w;
    if batch.recalled {
        Shown::text(w.t("stage-recalled")).toned("stop")
    } else if !batch.holds.is_empty() {
        Shown::text(w.t("stage-held")).toned("stop")
    } else {
        Shown::text(w.t(&format!("stage-{}", batch.stage.as_str())))
    }
}

impl List for Batches {
    const HREF: &'static str = "/console/batches";
    const OPERATION: &'static str = "page.batches";
    const KEY: &'static str = "nav-batches";
    const IS_LOOKED_THROUGH: bool = false;

    fn columns() -> &'static [(&'static str, bool)] {
        &[
            ("col-lot", false),
            ("col-product", false),
            ("col-stage", false),
            ("col-left", true),
            ("col-came-in", true),
            ("col-opened", false),
        ]
    }

    fn slice(app: &App, shell: &Shell, typed: &Typed, after: Option<Cursor>, limit: u32) -> Result<Slice, AppError> {
        let Wanted { filter, standstill, wrong } = wanted(shell, typed);
        if !wrong.is_empty() {
            return Ok(Slice { items: Vec::new(), next: None });
        }
        let Some((_, stands)) = standstill else { return batches::list(app, shell.caller, &filter, after, limit) };
        let stretch = |from: u64, count| {
            let slice = batches::list(app, shell.caller, &filter, (from > 0).then_some(Cursor(from)), count)?;
            Ok((slice.items, slice.next.map(|next| next.0)))
        };
        let fits = |known: &Known| matches!(&known.entity, Entity::Batch(batch) if stands(batch));
        let sifted = sift((after.map_or(0, |after| after.0), limit), stretch, fits)?;
        Ok(Slice { items: sifted.items, next: sifted.next.map(Cursor) })
    }

    fn names(known: &Known) -> Vec<Handle> {
        match &known.entity {
            Entity::Batch(batch) => vec![batch.product],
            _ => Vec::new(),
        }
    }

    fn row(shell: &Shell, names: &Names, known: &Known) -> Option<Row> {
        let Entity::Batch(batch) = &known.entity else { return None };
        let product = names.product(batch.product).map(|it| shell.name(&it.name).to_owned()).unwrap_or_default();
        let product = match &batch.grade {
            Some(grade) => Shown::text(product).sub(shell.w.term(grade)),
            None => Shown::text(product),
        };
        Some(Row {
            href: Some(format!("/console/batches/{}", known.subject.handle)),
            cells: vec![
                Shown::text(batch.lot.to_string()),
                product,
                state(shell, batch),
                in_jin(shell, batch, lists::amount(shell, batch.rest(), batch.unit)),
                lists::amount(shell, batch.balance.input, batch.unit),
                Shown::text(batch.opened_on.to_string()),
            ],
            verb: None,
        })
    }

    fn verb(shell: &Shell) -> Option<(&'static str, String)> {
        shell.may("batch.open").then(|| ("/console/batches/new", shell.w.t("verb-batch-new")))
    }

    fn other_look(shell: &Shell) -> Option<(String, String)> {
        Some((board::HREF.to_owned(), shell.w.t("board-board")))
    }

    fn filters(app: &App, shell: &Shell, typed: &Typed) -> Result<Vec<Filter>, AppError> {
        let (w, Wanted { filter: set, standstill, wrong }) = (&shell.w, wanted(shell, typed));
        let stage = |word: &str| Choice::new(word, w.t(&format!("stage-{word}")));
        let mut stages = vec![Choice::new("", w.t("filter-all"))];
        stages.extend(BatchStage::ALL.iter().map(|known| stage(known.as_str())));
        stages.extend(STANDSTILLS.iter().map(|(word, _)| stage(word)));
        let chosen = set.stage.map(BatchStage::as_str).or(standstill.map(|(word, _)| word)).unwrap_or_default();
        let mut products = vec![Choice::new("", w.t("filter-all"))];
        for known in subjects::list(app, shell.caller, SubjectKind::Product, None, 200)?.items {
            if let Entity::Product(product) = known.entity {
                let grade = product.grade.as_ref().map(|grade| format!(" · {}", w.term(grade)));
                let label = format!("{}{}", shell.name(&product.name), grade.unwrap_or_default());
                products.push(Choice::new(product.gtin, label));
            }
        }
        let text = |value: Option<String>| value.unwrap_or_default();
        let as_typed = |name| typed.get(name).map(|text| text.trim().to_owned()).unwrap_or_default();
        let error = |name| wrong.iter().find(|(field, _)| *field == name).map(|(_, sentence)| sentence.clone());
        let left = vec![Choice::new("", w.t("filter-all")), Choice::new("yes", w.t("filter-left"))];
        let lot = set.lot.as_ref().map_or_else(|| as_typed("lot"), ToString::to_string);
        Ok(vec![
            Filter::choice("stage", w.t("col-stage"), stages, chosen.to_owned()),
            Filter::choice("gtin", w.t("col-product"), products, text(set.gtin.map(|gtin| gtin.to_string()))),
            Filter::typed("lot", w.t("col-lot"), lot).wrong(error("lot")),
            Filter::day("from", w.t("filter-from"), as_typed("from")).wrong(error("from")),
            Filter::day("to", w.t("filter-to"), as_typed("to")).wrong(error("to")),
            Filter::choice("left", w.t("col-left"), left, if set.in_stock { "yes".to_owned() } else { String::new() }),
        ])
    }
}
