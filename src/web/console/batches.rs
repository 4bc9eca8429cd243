//! The list of batches: by stage, product and lot.

mod board;

use super::kit::Choice;
use super::lists::{self, Filter, List, Row, Shown};
use super::read::Typed;
use super::shell::Shell;
use crate::app::desk::Names;
use crate::app::{App, AppError, BatchFilter, Cursor, Slice, batches, subjects};
use crate::domain::acts::Known;
use crate::domain::entities::{Batch, BatchStage, Entity};
use crate::domain::record::{Handle, SubjectKind};
use crate::web::map::{Map, Who};

pub fn configure(map: &mut Map<'_>) {
    lists::lines::<Batches>(map);
    map.get(board::HREF, Who::May(Batches::OPERATION), board::show);
}

pub struct Batches;

/// What the address asks for; what is no stage, GTIN or lot fits nothing and is left out.
fn filter(typed: &Typed) -> BatchFilter {
    let stage = typed.get("stage").unwrap_or_default();
    BatchFilter {
        stage: BatchStage::ALL.iter().copied().find(|known| known.as_str() == stage),
        gtin: typed.get("gtin").and_then(|gtin| gtin.parse().ok()),
        lot: typed.get("lot").and_then(|lot| lot.trim().to_uppercase().parse().ok()),
        opened_from: typed.get("from").and_then(|day| day.parse().ok()),
        opened_to: typed.get("to").and_then(|day| day.parse().ok()),
        in_stock: typed.get("left").as_deref() == Some("yes"),
    }
}

/// Where it stands; that it is held or recalled comes before.
fn state(shell: &Shell, batch: &Batch) -> Shown {
    let w = &shell.w;
    if batch.recalled {
        Shown::text(w.t("stage-recalled")).toned("stop")
    } else if !batch.holds.is_empty() {
        Shown::text(w.t("stage-held")).toned("stop")
    } else {
        Shown::text(w.t(&format!("stage-{}", batch.stage.as_str()))).toned("ok")
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
        batches::list(app, shell.caller, &filter(typed), after, limit)
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
                lists::amount(shell, batch.rest(), batch.unit),
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
        let (w, set) = (&shell.w, filter(typed));
        let mut stages = vec![Choice::new("", w.t("filter-all"))];
        stages.extend(
            BatchStage::ALL.iter().map(|stage| Choice::new(stage.as_str(), w.t(&format!("stage-{}", stage.as_str())))),
        );
        let mut products = vec![Choice::new("", w.t("filter-all"))];
        for known in subjects::list(app, shell.caller, SubjectKind::Product, None, 200)?.items {
            if let Entity::Product(product) = known.entity {
                products.push(Choice::new(product.gtin, shell.name(&product.name)));
            }
        }
        let text = |value: Option<String>| value.unwrap_or_default();
        Ok(vec![
            Filter {
                name: "stage",
                label: w.t("col-stage"),
                choices: stages,
                value: text(set.stage.map(|stage| stage.as_str().to_owned())),
            },
            Filter {
                name: "gtin",
                label: w.t("col-product"),
                choices: products,
                value: text(set.gtin.map(|gtin| gtin.to_string())),
            },
            Filter {
                name: "lot",
                label: w.t("col-lot"),
                choices: Vec::new(),
                value: text(set.lot.map(|lot| lot.to_string())),
            },
            Filter {
                name: "left",
                label: w.t("col-left"),
                choices: vec![Choice::new("", w.t("filter-all")), Choice::new("yes", w.t("filter-left"))],
                value: if set.in_stock { "yes".to_owned() } else { String::new() },
            },
        ])
    }
}
