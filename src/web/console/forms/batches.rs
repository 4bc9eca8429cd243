//! A batch on its way: harvest, processing, grading, packing.

use serde_json::Value;

use super::choices::{self, amount, batch, shown, typed};
use super::{opened, to_batch};
use crate::app::{App, AppError, BatchFilter, Receipt};
use crate::domain::acts::UniqueName;
use crate::domain::acts::batches::OpenBatch;
use crate::domain::acts::making::{GradeBatch, ProcessBatch};
use crate::domain::acts::packing::PackBatch;
use crate::domain::entities::{Batch, Entity, Plot};
use crate::domain::gs1::{Gtin, Lot};
use crate::domain::kinds::products::ProductForm;
use crate::domain::quantity::Unit;
use crate::domain::record::{Handle, SubjectKind};
use crate::domain::time::CivilDate;
use crate::i18n::format;
use crate::web::console::batch::state::held_by;
use crate::web::console::kit::{Choice, Form, Kind};
use crate::web::console::sheet::{Desk, Sheet};
use crate::web::console::warnings;

/// What every form about a batch says on top.
pub(super) fn head(desk: &Desk<'_>, form: &mut Form) -> Result<(), AppError> {
    let batch = batch(desk)?;
    form.back = format!("/console/batches/{}", desk.subject()?.subject.handle);
    form.unit = batch.unit;
    let grade = batch.grade.as_ref().map(|grade| format!(" · {}", desk.w().term(grade))).unwrap_or_default();
    form.facts.push((desk.w().t("batch"), format!("{}{grade}", batch.lot)));
    form.facts.push((desk.w().t("batch-left"), shown(desk, batch.rest(), batch.unit)));
    if let Some(why) = held_by(desk.w(), batch) {
        form.stops.push(why);
    }
    Ok(())
}

pub struct Harvest;

impl Sheet for Harvest {
    type Act = OpenBatch;
    const OPERATION: &'static str = "batch.open";
    const KEY: &'static str = "batch-new";
    const PATH: &'static str = "/console/batches/new";
    const TAKES_FILE: bool = true;
    const KEPT: bool = true;

    fn draw(desk: &Desk<'_>, form: &mut Form) -> Result<(), AppError> {
        let w = desk.w();
        let today = desk.app.today();
        let (products, plots, last) =
            (choices::products(desk, choices::is_loose)?, choices::plots(desk)?, choices::last_batch(desk)?);
        form.back = "/console/batches".into();
        form.many = Some("/console/batches/import");
        if products.is_empty() {
            form.needs_first("lead-no-loose-product", "/console/products/new?form=loose", "verb-product-new");
        }
        if plots.is_empty() {
            form.needs_first("lead-no-plot", "/console/plots/new", "verb-plot-new");
        }
        let product = last.as_ref().map(|last| last.gtin).or(products.first().map(|it| it.gtin));
        let chosen = form.told_value("gtin").or(product.map(|gtin| gtin.to_string()));
        form.unit = products.iter().find(|it| Some(it.gtin.to_string()) == chosen).map_or(Unit::Grams, |it| it.unit);
        form.field("gtin", Kind::Pick(choices::of_products(desk, &products)))
            .suggest(product.map(|it| it.to_string()).unwrap_or_default());
        form.field("quantity", amount(form.unit)).hint(w.t("h-weight"));
        let plot = form.told_value("plot").and_then(|plot| plot.parse().ok());
        let plot: Option<Handle> =
            plot.or(last.as_ref().and_then(|last| last.plots.first().copied())).or(plots.first().map(|it| it.0));
        let mut offered = vec![choices::none(desk)];
        offered.extend(choices::of_plots(desk, &plots));
        form.rows("plots", "plot", 1, |row, index| {
            let first = plot.filter(|_| index == 0).map(|plot| plot.to_string()).unwrap_or_default();
            row.field("plot", Kind::Pick(offered.clone()), first);
            row.field("quantity", Kind::Weight, "").optional().hint(w.t("h-share"));
        });
        form.field("picked.from", Kind::Day).suggest(today);
        form.field("picked.to", Kind::Day).suggest(today);
        let code = plots.iter().find(|(handle, _)| Some(*handle) == plot).map(|(_, plot)| plot);
        let gtin = chosen.and_then(|gtin| gtin.parse::<Gtin>().ok());
        let lot = code.map(|plot| free_lot(desk.app, gtin, &lot_of(plot, today))).transpose()?;
        form.field("lot", Kind::Code).hint(w.t("h-lot")).suggest(lot.unwrap_or_default()).taken = taken(desk)?;
        form.field("confirm_yield", Kind::Tick).answer();
        form.folded(
            "basis",
            Kind::Pick(choices::of_words(
                desk,
                "basis-of",
                &["harvested", "collected", "bought_in", "slaughtered", "made"],
            )),
        );
        form.folded("origin.zh", Kind::Line).hint(w.t("h-origin"));
        form.folded("seller", Kind::Line).hint(w.t("h-sealed"));
        form.told();
        Ok(())
    }

    /// Plots and picking days belong to a harvest only.
    fn adjust(_: &App, _: &Form, act: &mut Value) -> Result<(), AppError> {
        if act.get("basis").is_none() {
            act["basis"] = "harvested".into();
        }
        if act["basis"] != "harvested"
            && let Some(fields) = act.as_object_mut()
        {
            fields.remove("plots");
            fields.remove("picked");
        }
        Ok(())
    }

    fn then(receipt: &Receipt) -> String {
        format!("/console/batches/{}", receipt.id)
    }
}

/// The newest lots: a script that follows the plot and the day proposes none of them.
fn taken(desk: &Desk<'_>) -> Result<String, AppError> {
    let own = desk.shell.caller.organisation;
    let newest = desk.app.store.batches(own, &BatchFilter::default(), None, 60)?.items;
    let lots = newest.iter().filter_map(|known| match &known.entity {
        Entity::Batch(batch) => Some(batch.lot.as_str()),
        _ => None,
    });
    Ok(lots.collect::<Vec<_>>().join(" "))
}

/// The lot, or with `-2`, `-3` … behind it where it is taken.
fn free_lot(app: &App, gtin: Option<Gtin>, lot: &str) -> Result<String, AppError> {
    let Some(gtin) = gtin else { return Ok(lot.to_owned()) };
    for number in 1..100 {
        let end = if number == 1 { String::new() } else { format!("-{number}") };
        let begin: String = lot.chars().take(20 - end.len()).collect();
        let tried = format!("{begin}{end}");
        let Ok(lot) = tried.parse::<Lot>() else { break };
        if app.store.named(&UniqueName::lot(gtin, &lot))?.is_none() {
            return Ok(tried);
        }
    }
    Ok(lot.to_owned())
}

/// `SF-P01` picked on 16 November 2026 → `SF26P011116`.
fn lot_of(plot: &Plot, day: CivilDate) -> String {
    let (before, after) = plot.code.split_once('-').unwrap_or(("", &plot.code));
    let lot = format!("{before}{:02}{after}{:02}{:02}", day.year() % 100, day.month(), day.day());
    lot.chars().filter(char::is_ascii_alphanumeric).take(20).collect()
}

pub struct Processing;

impl Sheet for Processing {
    type Act = ProcessBatch;
    const OPERATION: &'static str = "batch.process";
    const KEY: &'static str = "batch-process";
    const PATH: &'static str = "/console/batches/{id}/process";
    const ABOUT: Option<SubjectKind> = Some(SubjectKind::Batch);
    const TAKES_FILE: bool = true;
    const KEPT: bool = true;

    fn draw(desk: &Desk<'_>, form: &mut Form) -> Result<(), AppError> {
        head(desk, form)?;
        let (w, batch) = (desk.w(), batch(desk)?);
        let rest = typed(batch.rest(), batch.unit);
        form.field("process", Kind::Pick(choices::of_words(desk, "process", PROCESSES)));
        form.field("input", amount(batch.unit)).suggest(&rest);
        form.field("output", amount(batch.unit)).suggest(&rest).hint(w.t("h-output"));
        form.field("minutes", Kind::Whole("unit-minutes")).optional();
        form.field("celsius", Kind::Figure("°C")).optional();
        form.folded("agent.product", Kind::Line).hint(w.t("h-agent"));
        form.folded("agent.active", Kind::Line).hint(w.t("h-active"));
        form.folded("agent.dose", Kind::Line).hint(w.t("h-dose"));
        let mut products = vec![choices::none(desk)];
        let others = choices::products(desk, |it| choices::is_loose(it) && it.gtin != batch.gtin)?;
        products.extend(choices::of_products(desk, &others));
        form.folded("into.gtin", Kind::Pick(products)).hint(w.t("h-into"));
        form.folded("into.lot", Kind::Code);
        form.told();
        Ok(())
    }

    fn about(act: &mut ProcessBatch, batch: Handle) {
        act.batch = batch;
    }

    fn then(receipt: &Receipt) -> String {
        format!("/console/batches/{}", receipt.id)
    }
}

const PROCESSES: &[&str] = &[
    "pre_cooled",
    "washed",
    "dipped",
    "trimmed",
    "dried",
    "withered",
    "peeled",
    "roasted",
    "fermented",
    "smoked",
    "cut",
];

pub struct Grading;

/// Grade, and what is put behind the lot for it.
const GRADES: &[(&str, &str)] = &[("特级", "T"), ("一级", "Y"), ("二级", "E")];

impl Sheet for Grading {
    type Act = GradeBatch;
    const OPERATION: &'static str = "batch.grade";
    const KEY: &'static str = "batch-grade";
    const PATH: &'static str = "/console/batches/{id}/grade";
    const ABOUT: Option<SubjectKind> = Some(SubjectKind::Batch);
    const TAKES_FILE: bool = true;
    const KEPT: bool = true;

    fn draw(desk: &Desk<'_>, form: &mut Form) -> Result<(), AppError> {
        head(desk, form)?;
        let (w, batch) = (desk.w(), batch(desk)?);
        form.lead.push(w.t("lead-grade-rows"));
        form.field("input", amount(batch.unit)).suggest(typed(batch.rest(), batch.unit)).hint(w.t("h-grade-input"));
        form.rows("outputs", "quantity", GRADES.len(), |row, index| {
            let (grade, letter) = GRADES.get(index).copied().unwrap_or(("", ""));
            let lot = if letter.is_empty() { String::new() } else { suffixed(batch, letter) };
            row.field("grade", Kind::Line, w.term(grade));
            row.field("quantity", amount(batch.unit), "");
            row.field("size", Kind::Line, "").optional();
            row.field("lot", Kind::Code, lot);
        });
        form.field("cull", amount(batch.unit)).optional().hint(w.t("h-cull"));
        form.field("loss", amount(batch.unit)).optional().hint(w.t("h-loss"));
        form.rows("measures", "mean", 1, |row, _| {
            row.field(
                "name",
                Kind::Pick(choices::of_words(desk, "measure", &["brix", "acid", "ratio", "edible"])),
                "brix",
            );
            row.field("mean", Kind::Figure(""), "");
            row.field("min", Kind::Figure(""), "").optional();
            row.field("max", Kind::Figure(""), "").optional();
            row.field("n", Kind::Whole("unit-fruit"), "").optional();
        });
        form.folded("standard.name", Kind::Line).hint(w.t("h-standard"));
        form.folded("standard.edition", Kind::Code);
        form.folded("line", Kind::Code);
        form.told();
        Ok(())
    }

    fn adjust(_: &App, _: &Form, act: &mut Value) -> Result<(), AppError> {
        for output in act.get_mut("outputs").and_then(Value::as_array_mut).into_iter().flatten() {
            choices::to_term(&mut output["grade"]);
        }
        for measure in act.get_mut("measures").and_then(Value::as_array_mut).into_iter().flatten() {
            measure["unit"] = match measure["name"].as_str() {
                Some("brix") => "°Brix".into(),
                Some("acid") => "g/100 mL".into(),
                Some("edible") => "%".into(),
                _ => "1".into(),
            };
        }
        Ok(())
    }

    fn about(act: &mut GradeBatch, batch: Handle) {
        act.batch = batch;
    }

    fn then(receipt: &Receipt) -> String {
        to_batch(receipt)
    }
}

/// The lot of packs, told apart from that of what they were packed from: without its hyphens, or with a letter behind it.
fn lot_of_packs(batch: &Batch) -> String {
    let lot = batch.lot.as_str().replace('-', "");
    if lot == batch.lot.as_str() { format!("{}B", lot.chars().take(19).collect::<String>()) } else { lot }
}

/// The lot with a letter behind it, within the twenty characters of a label.
fn suffixed(batch: &Batch, letter: &str) -> String {
    let lot: String = batch.lot.as_str().chars().take(20 - letter.len() - 1).collect();
    format!("{lot}-{letter}")
}

pub struct Packing;

impl Sheet for Packing {
    type Act = PackBatch;
    const OPERATION: &'static str = "batch.pack";
    const KEY: &'static str = "batch-pack";
    const PATH: &'static str = "/console/batches/{id}/pack";
    const ABOUT: Option<SubjectKind> = Some(SubjectKind::Batch);

    fn draw(desk: &Desk<'_>, form: &mut Form) -> Result<(), AppError> {
        head(desk, form)?;
        let (w, batch) = (desk.w(), batch(desk)?);
        let (broken, id) = (crate::app::desk::broken(desk.app, batch)?, desk.subject()?.subject.handle.to_string());
        form.warnings.extend(warnings::intervals(desk.shell, batch, &broken, &id));
        let commodity = desk.app.store.subject(batch.product)?.and_then(|known| match known.entity {
            Entity::Product(product) => Some(product.commodity),
            _ => None,
        });
        let fits = |it: &crate::domain::entities::Product| {
            let grade = it.grade.is_none() || it.grade == batch.grade;
            // What is packed already goes into cases.
            let form = batch.net_g.is_none() || it.form == ProductForm::Case;
            !choices::is_loose(it) && form && grade && commodity.as_ref().is_none_or(|known| *known == it.commodity)
        };
        let mut packs = choices::products(desk, fits)?;
        // Those that are for this very grade come first: they are meant more often than those for any; and loose goods go into
        // packs before packs go into cases.
        packs.sort_by_key(|it| (it.form == ProductForm::Case && batch.net_g.is_none(), it.grade.is_none()));
        if packs.is_empty() {
            form.needs_first("lead-no-pack", "/console/products/new?form=pack", "verb-product-new");
        }
        let licences = choices::licences(desk)?;
        let first = packs.first();
        let licence = licences.iter().find(|(_, licence)| first.is_some_and(|it| licence.gtins.contains(&it.gtin)));
        let mut marks = vec![choices::none(desk)];
        marks.extend(licences.iter().map(|(handle, licence)| {
            let left = licence.packs.saturating_sub(licence.used);
            Choice::new(
                handle,
                // What tells one from another comes first: a closed list shows no more on a phone.
                format!(
                    "{} · {}",
                    w.t2(
                        "pick-licence",
                        "name",
                        desk.shell.name(&licence.mark_name),
                        "left",
                        format::thousands(i64::try_from(left).unwrap_or(i64::MAX))
                    ),
                    licence.number
                ),
            )
        }));
        let most = first.and_then(|it| it.net_g).map(|net| match batch.unit {
            Unit::Grams => batch.rest() / net.get(),
            Unit::Pieces => batch.rest() / batch.net_g.map_or(1, |inner| (net.get() / inner.get()).max(1)),
        });
        let lot = first.map(|it| free_lot(desk.app, Some(it.gtin), &lot_of_packs(batch))).transpose()?;
        form.field("packed_on", Kind::Day).suggest(desk.app.today());
        form.rows("outputs", "packs", 1, |row, index| {
            let is_first = index == 0;
            row.field(
                "gtin",
                Kind::Pick(choices::of_products(desk, &packs)),
                first.map(|it| it.gtin.to_string()).unwrap_or_default(),
            );
            row.field(
                "packs",
                Kind::Pieces,
                most.filter(|most| is_first && *most > 0).map(|most| most.to_string()).unwrap_or_default(),
            );
            row.field("lot", Kind::Code, lot.as_deref().filter(|_| is_first).unwrap_or_default().to_owned());
            let mark = licence.filter(|_| is_first).map(|(handle, _)| handle.to_string()).unwrap_or_default();
            row.field("licence", Kind::Pick(marks.clone()), mark).optional();
        });
        form.field("loss", amount(batch.unit)).optional().hint(w.t(if batch.net_g.is_some() {
            "h-pack-broken"
        } else {
            "h-pack-loss"
        }));
        form.folded("site", Kind::Pick(choices::sites(desk)?));
        form.told();
        Ok(())
    }

    fn about(act: &mut PackBatch, batch: Handle) {
        act.batch = batch;
    }

    /// To the label of what was packed, where it is one thing.
    fn then(receipt: &Receipt) -> String {
        match opened(receipt).as_slice() {
            [only] => format!("/console/batches/{only}/label"),
            _ => to_batch(receipt),
        }
    }
}
