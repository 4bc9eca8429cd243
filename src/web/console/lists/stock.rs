//! What is there: by store and lot, what may be sold, what is held, what went out and what came back; summed on top. Lots of which
//! nothing is left are shown to whoever asks for them.

use std::collections::{BTreeMap, BTreeSet};

use super::{Filter, Found, Lines, NeedsFirst, Row, Shown, Sums, amount, contains, lines};
use crate::app::desk::Names;
use crate::app::sift::sift;
use crate::app::{App, AppError, BatchFilter, Cursor, Slice, subjects};
use crate::domain::acts::Known;
use crate::domain::entities::{Batch, Entity};
use crate::domain::intervals;
use crate::domain::quantity::Unit;
use crate::domain::record::SubjectKind;
use crate::web::console::kit::Choice;
use crate::web::console::read::Typed;
use crate::web::console::shell::Shell;
use crate::web::map::Map;

pub fn configure(map: &mut Map<'_>) {
    lines::<Stock>(map);
}

/// Batches that the sums look at; where there are more, the page says so.
const SUMMED: u32 = 1_500;
/// Of what is looked for each row is drawn to see whether it fits, which costs more.
const SUMMED_FITTING: u32 = 200;

/// Which lots are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    /// Something is left, or came back and waits for what becomes of it.
    InStock,
    /// Nothing is left, and some of it was shipped or came back.
    Gone,
    Both,
}

impl Which {
    fn asked(typed: &Typed) -> Self {
        match typed.get("lots").as_deref() {
            Some("gone") => Self::Gone,
            Some("all") => Self::Both,
            _ => Self::InStock,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::InStock => "",
            Self::Gone => "gone",
            Self::Both => "all",
        }
    }

    fn has(self, known: &Known) -> bool {
        let Entity::Batch(batch) = &known.entity else { return false };
        match (batch.is_stocked(), batch.shipped > 0 || batch.balance.returned > 0) {
            (true, _) => self != Self::Gone,
            (false, moved) => moved && self != Self::InStock,
        }
    }

    /// What is left has an index of its own; of all that ever was, stretches are looked through.
    fn slice(self, app: &App, shell: &Shell, after: Option<Cursor>, limit: u32) -> Result<Slice, AppError> {
        let filter = BatchFilter { in_stock: self == Self::InStock, ..BatchFilter::default() };
        let read = |after, count| Ok(app.store.batches(shell.caller.organisation, &filter, after, count)?);
        if self == Self::InStock {
            return read(after, limit);
        }
        let stretch = |from: u64, count| {
            read((from > 0).then_some(Cursor(from)), count)
                .map(|slice: Slice| (slice.items, slice.next.map(|next| next.0)))
        };
        let sifted = sift((after.map_or(0, |after| after.0), limit), stretch, |known| self.has(known))?;
        Ok(Slice { items: sifted.items, next: sifted.next.map(Cursor) })
    }
}

/// What of a batch may go out, and what may not; and why, where it is not held or recalled.
fn free_and_held(names: &Names, batch: &Batch) -> (u64, u64, Option<&'static str>) {
    match batch.recalled || !batch.holds.is_empty() {
        true => (0, batch.rest(), None),
        // Nobody may sell it before a test says that it is good all the same.
        false if batch.rest() > 0 && names.is_interval_broken(batch) => (0, batch.rest(), Some("stock-not-kept")),
        false => (batch.rest(), 0, None),
    }
}

/// What the rows name, and what they rest on.
fn named(app: &App, shell: &Shell, batches: &[Known]) -> Result<Names, AppError> {
    let mut handles = BTreeSet::new();
    for known in batches {
        if let Entity::Batch(batch) = &known.entity {
            handles.extend([batch.product].into_iter().chain(batch.site));
            handles.extend(intervals::rests_on(batch));
        }
    }
    Names::of(app, shell.caller, handles)
}

fn has_sites(app: &App, shell: &Shell) -> Result<bool, AppError> {
    Ok(!subjects::list(app, shell.caller, SubjectKind::Site, None, 1)?.items.is_empty())
}

pub struct Stock;

impl Lines for Stock {
    const HREF: &'static str = "/console/stock";
    const OPERATION: &'static str = "page.stock";
    const KEY: &'static str = "nav-stock";

    fn columns() -> &'static [(&'static str, bool)] {
        &[
            ("col-lot", false),
            ("col-product", false),
            ("col-store", false),
            ("col-on-hand", true),
            ("col-held", true),
            ("col-shipped", true),
            ("col-returned", true),
        ]
    }

    fn found(app: &App, shell: &Shell, typed: &Typed, after: u64, limit: u32) -> Result<Found, AppError> {
        let slice = Which::asked(typed).slice(app, shell, (after > 0).then_some(Cursor(after)), limit)?;
        let names = named(app, shell, &slice.items)?;
        // Without a store there is nothing to put it into.
        let may_store = shell.may("batch.store") && has_sites(app, shell)?;
        let rows = slice.items.iter().filter_map(|known| row(shell, &names, known, may_store)).collect();
        Ok(Found { rows, next: slice.next.map(|next| next.0) })
    }

    fn needs_first(app: &App, shell: &Shell) -> Result<Option<NeedsFirst>, AppError> {
        let is_missing = shell.may("batch.store") && shell.may("site.register") && !has_sites(app, shell)?;
        let needed = || (shell.w.t("lead-no-site"), "/console/sites/new", shell.w.t("verb-site-new"));
        Ok(is_missing.then(needed))
    }

    fn filters(_: &App, shell: &Shell, typed: &Typed) -> Result<Vec<Filter>, AppError> {
        let choices = [("", "stock-in"), ("gone", "stock-gone"), ("all", "filter-all")];
        let choices = choices.map(|(value, key)| Choice::new(value, shell.w.t(key))).to_vec();
        Ok(vec![Filter::choice("lots", shell.w.t("stock-lots"), choices, Which::asked(typed).word().to_owned())])
    }

    fn sums(app: &App, shell: &Shell, typed: &Typed) -> Result<Option<Sums>, AppError> {
        let wanted = contains::wanted(typed);
        let fits = |row: &Row| wanted.as_ref().is_none_or(|wanted| contains::fits(row, wanted));
        let most = if wanted.is_some() { SUMMED_FITTING } else { SUMMED };
        let all = Which::asked(typed).slice(app, shell, None, most)?;
        let names = named(app, shell, &all.items)?;
        let mut sums: BTreeMap<(String, String, String, bool), [u64; 4]> = BTreeMap::new();
        for known in &all.items {
            let Entity::Batch(batch) = &known.entity else { continue };
            if wanted.is_some() && !row(shell, &names, known, false).as_ref().is_some_and(fits) {
                continue;
            }
            let (free, held, _) = free_and_held(&names, batch);
            let (product, grade) = product(shell, &names, batch);
            let sum = sums.entry((place(shell, &names, batch), product, grade, batch.unit == Unit::Grams)).or_default();
            for (sum, part) in sum.iter_mut().zip([free, held, batch.shipped, batch.balance.returned]) {
                *sum = sum.saturating_add(part);
            }
        }
        if sums.is_empty() {
            return Ok(None);
        }
        let row = |((place, product, grade, is_grams), parts): ((String, String, String, bool), [u64; 4])| {
            let unit = if is_grams { Unit::Grams } else { Unit::Pieces };
            let product = if grade.is_empty() { Shown::text(product) } else { Shown::text(product).sub(grade) };
            let mut cells = vec![product, Shown::text(place)];
            cells.extend(parts.map(|part| amount(shell, part, unit)));
            cells
        };
        let columns = [
            ("col-product", false),
            ("col-store", false),
            ("col-on-hand", true),
            ("col-held", true),
            ("col-shipped", true),
            ("col-returned", true),
        ];
        Ok(Some(Sums {
            heading: shell.w.t(match Which::asked(typed) {
                _ if wanted.is_some() => "stock-sums-fitting",
                Which::InStock => "stock-sums-in",
                _ => "stock-sums",
            }),
            columns: columns.iter().map(|(key, number)| (shell.w.t(key), *number)).collect(),
            rows: sums.into_iter().map(row).collect(),
            note: all.next.map(|_| shell.w.t1("stock-cut", "n", all.items.len())),
        }))
    }
}

fn row(shell: &Shell, names: &Names, known: &Known, may_store: bool) -> Option<Row> {
    let Entity::Batch(batch) = &known.entity else { return None };
    let (free, held, why) = free_and_held(names, batch);
    let store = format!("/console/batches/{}/store", known.subject.handle);
    let (product, grade) = product(shell, names, batch);
    let held = amount(shell, held, batch.unit);
    let held = if free < batch.rest() { held.toned("stop") } else { held };
    Some(Row {
        href: Some(format!("/console/batches/{}", known.subject.handle)),
        cells: vec![
            Shown::text(batch.lot.to_string()),
            if grade.is_empty() { Shown::text(product) } else { Shown::text(product).sub(grade) },
            Shown::text(place(shell, names, batch)),
            amount(shell, free, batch.unit),
            match why {
                Some(why) => held.sub(shell.w.t(why)),
                None => held,
            },
            amount(shell, batch.shipped, batch.unit),
            amount(shell, batch.balance.returned, batch.unit),
        ],
        verb: (may_store && batch.rest() > 0).then(|| (store, shell.w.t("verb-store"))),
    })
}

fn place(shell: &Shell, names: &Names, batch: &Batch) -> String {
    let site = batch.site.and_then(|site| names.site(site));
    site.map_or_else(|| shell.w.t("stock-no-store"), |site| format!("{} · {}", site.code, shell.name(&site.name)))
}

/// Name and grade.
fn product(shell: &Shell, names: &Names, batch: &Batch) -> (String, String) {
    let product = names.product(batch.product).map(|it| shell.name(&it.name).to_owned()).unwrap_or_default();
    (product, batch.grade.as_ref().map(|grade| shell.w.term(grade)).unwrap_or_default())
}
