//! Lists: one table each, the newest first, fifty a page, all of it as CSV or XLSX.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError as _};

use super::page::{self, Asked};
use super::read::Typed;
use super::shell::Shell;
use crate::app::desk::{Names, sheet};
use crate::app::{App, AppError, Cursor, Slice};
use crate::domain::acts::Known;
use crate::domain::record::Handle;
use crate::domain::time::Instant;
use crate::http::extract::State;
use crate::web::map::{Map, Who};

mod address;
pub mod contains;
mod farm;
mod file;
mod goods;
mod licensees;
mod people;
mod reads;
mod reports;
mod rights;
mod shown;
mod signing;
mod stock;
mod table;

pub use address::encoded;
use address::query;
pub use file::File;
pub use goods::amount;
pub use shown::Shown;
pub use signing::in_groups;
use table::ListPage;
pub use table::{Filter, Head, Sums, Table};

/// Rows of one page.
const SHOWN: u32 = 50;
/// Rows of an export at most; beyond it the file ends with a line that says so.
const EXPORTED: usize = 50_000;
const AT_ONCE: u32 = 200;
/// Rows that are put in order by a column; a list that goes on is cut there, and says so.
const SORTED: usize = 1_000;
/// Rows that are looked through for those.
const LOOKED_SORTED: usize = 2_000;

/// A list of subjects of one kind.
pub trait List: 'static {
    /// Its address.
    const HREF: &'static str;
    /// Who may see it, by the table of operations.
    const OPERATION: &'static str;
    const KEY: &'static str;
    /// As that of [`Lines`].
    const IS_LOOKED_THROUGH: bool = true;

    /// Keys of the heads of its columns, and whether numbers stand below.
    fn columns() -> &'static [(&'static str, bool)];
    fn slice(app: &App, shell: &Shell, typed: &Typed, after: Option<Cursor>, limit: u32) -> Result<Slice, AppError>;
    /// Subjects that a row names.
    fn names(_: &Known) -> Vec<Handle> {
        Vec::new()
    }
    fn row(shell: &Shell, names: &Names, known: &Known) -> Option<Row>;
    /// What one does here first: address and text.
    fn verb(_: &Shell) -> Option<(&'static str, String)> {
        None
    }
    /// What the rows come to that fit what is typed.
    fn sums(_: &App, _: &Shell, _: &Typed) -> Result<Option<Sums>, AppError> {
        Ok(None)
    }
    /// The same seen in another way: address and text.
    fn other_look(_: &Shell) -> Option<(String, String)> {
        None
    }
    /// What stands above the table to choose from.
    fn filters(_: &App, _: &Shell, _: &Typed) -> Result<Vec<Filter>, AppError> {
        Ok(Vec::new())
    }
}

/// A list of anything: what [`List`] is of subjects, and what has rows of its own.
pub trait Lines: 'static {
    /// Where it has an `{id}`, [`Shell::id`] says of what.
    const HREF: &'static str;
    const OPERATION: &'static str;
    const KEY: &'static str;
    /// Whether its rows are looked through for what somebody types. Not where every look is a read that its owner is told of, nor where
    /// the store finds it faster: such a list has filters of its own and finds what fits them itself.
    const IS_LOOKED_THROUGH: bool = true;

    fn heading(_: &App, shell: &Shell) -> Result<String, AppError> {
        Ok(shell.w.t(Self::KEY))
    }
    fn columns() -> &'static [(&'static str, bool)];
    /// Rows from `after` on, `limit` of them; 0 is where the list begins.
    fn found(app: &App, shell: &Shell, typed: &Typed, after: u64, limit: u32) -> Result<Found, AppError>;
    fn verb(_: &Shell) -> Option<(&'static str, String)> {
        None
    }
    fn filters(_: &App, _: &Shell, _: &Typed) -> Result<Vec<Filter>, AppError> {
        Ok(Vec::new())
    }
    /// What the rows come to that fit what is typed.
    fn sums(_: &App, _: &Shell, _: &Typed) -> Result<Option<Sums>, AppError> {
        Ok(None)
    }
    /// What has to be there before anything can be done with the rows.
    fn needs_first(_: &App, _: &Shell) -> Result<Option<NeedsFirst>, AppError> {
        Ok(None)
    }
    /// The same seen in another way: address and text.
    fn other_look(_: &Shell) -> Option<(String, String)> {
        None
    }
}

/// A sentence, and the address and name of what mends it.
pub type NeedsFirst = (String, &'static str, String);

/// A stretch of a list.
pub struct Found {
    pub rows: Vec<Row>,
    /// Where it goes on.
    pub next: Option<u64>,
}

impl Found {
    /// Of a list that is counted from its beginning; one row more than asked for says that it goes on.
    pub fn counted(mut rows: Vec<Row>, after: u64, limit: u32) -> Self {
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        Self { rows, next: more.then(|| after + u64::from(limit)) }
    }
}

impl<L: List> Lines for L {
    const HREF: &'static str = L::HREF;
    const OPERATION: &'static str = L::OPERATION;
    const KEY: &'static str = L::KEY;
    const IS_LOOKED_THROUGH: bool = L::IS_LOOKED_THROUGH;

    fn columns() -> &'static [(&'static str, bool)] {
        L::columns()
    }

    fn found(app: &App, shell: &Shell, typed: &Typed, after: u64, limit: u32) -> Result<Found, AppError> {
        let slice = L::slice(app, shell, typed, (after > 0).then_some(Cursor(after)), limit)?;
        let names = Names::of(app, shell.caller, slice.items.iter().flat_map(L::names))?;
        let rows = slice.items.iter().filter_map(|known| L::row(shell, &names, known)).collect();
        Ok(Found { rows, next: slice.next.map(|next| next.0) })
    }

    fn verb(shell: &Shell) -> Option<(&'static str, String)> {
        L::verb(shell)
    }

    fn filters(app: &App, shell: &Shell, typed: &Typed) -> Result<Vec<Filter>, AppError> {
        L::filters(app, shell, typed)
    }

    fn sums(app: &App, shell: &Shell, typed: &Typed) -> Result<Option<Sums>, AppError> {
        L::sums(app, shell, typed)
    }

    fn other_look(shell: &Shell) -> Option<(String, String)> {
        L::other_look(shell)
    }
}

/// One line of a list.
pub struct Row {
    pub href: Option<String>,
    pub cells: Vec<Shown>,
    /// One act that is due: address and text.
    pub verb: Option<(String, String)>,
}

impl Row {
    fn is_again(&self) -> bool {
        self.cells.first().is_some_and(|cell| cell.is_again)
    }
}

pub fn configure(map: &mut Map<'_>) {
    farm::configure(map);
    goods::configure(map);
    rights::configure(map);
    licensees::configure(map);
    reads::configure(map);
    reports::configure(map);
    people::configure(map);
    signing::configure(map);
    stock::configure(map);
}

/// The routes of a list: the page, and the two files.
pub fn lines<L: Lines>(map: &mut Map<'_>) {
    let who = Who::May(L::OPERATION);
    map.get(L::HREF, who, show::<L>).get(&format!("{}.csv", L::HREF), who, export::<L>).get(
        &format!("{}.xlsx", L::HREF),
        who,
        export::<L>,
    );
}

async fn show<L: Lines>(app: State, asked: Asked) -> HttpResponse {
    let typed = Typed::asked(&asked.query);
    page::answer(&app, asked, move |app, shell| {
        let table = table::<L>(app, shell, &typed)?;
        Ok((StatusCode::OK, page::render(&ListPage { s: shell, w: &shell.w, t: &table })))
    })
    .await
}

/// A column, and whether the largest comes first: `2`, `-2`; columns are counted from one.
fn order<L: Lines>(typed: &Typed) -> Option<(usize, bool)> {
    let wanted: i64 = typed.get("sort")?.parse().ok()?;
    let column = usize::try_from(wanted.unsigned_abs()).ok()?.checked_sub(1)?;
    (column < L::columns().len()).then_some((column, wanted < 0))
}

/// The newest rows that fit, in the order of a column; and whether there are more.
fn sorted<L: Lines>(app: &App, shell: &Shell, typed: &Typed, by: (usize, bool)) -> Result<(Vec<Row>, bool), AppError> {
    let (column, descending) = by;
    let (mut all, mut next) = (Vec::new(), Some(0));
    let mut looked_at = 0;
    while let Some(after) = next.filter(|_| all.len() < SORTED && looked_at < LOOKED_SORTED) {
        let found = contains::found::<L>(app, shell, typed, (after, AT_ONCE), &mut looked_at)?;
        all.extend(found.rows);
        next = found.next;
    }
    // What stood together does no longer.
    all.iter_mut().flat_map(|row| row.cells.first_mut()).for_each(|cell| cell.is_again = false);
    all.sort_by(|a, b| {
        let order = match (a.cells.get(column), b.cells.get(column)) {
            (Some(a), Some(b)) => a.raw.compare(&b.raw),
            _ => std::cmp::Ordering::Equal,
        };
        if descending { order.reverse() } else { order }
    });
    Ok((all, next.is_some()))
}

/// Of a list that goes on before a moment: 0 is where it begins.
pub fn before(typed: &Typed) -> Option<Instant> {
    moment(after(typed))
}

fn moment(after: u64) -> Option<Instant> {
    let millis = i64::try_from(after).ok().filter(|millis| *millis > 0)?;
    Instant::from_millis(millis).ok()
}

pub fn going_on(older: Option<Instant>) -> Option<u64> {
    older.and_then(|older| u64::try_from(older.millis()).ok())
}

fn after(typed: &Typed) -> u64 {
    typed.get("after").and_then(|after| after.parse().ok()).unwrap_or(0)
}

fn table<L: Lines>(app: &App, shell: &Shell, typed: &Typed) -> Result<Table, AppError> {
    let by = order::<L>(typed);
    let after = if by.is_some() { 0 } else { after(typed) };
    let (rows, next, cut) = match by {
        Some(by) => {
            let (rows, cut) = sorted::<L>(app, shell, typed, by)?;
            (rows, None, cut)
        }
        None => {
            let found = contains::found::<L>(app, shell, typed, (after, SHOWN), &mut 0)?;
            (found.rows, found.next, false)
        }
    };
    let mut filters = L::filters(app, shell, typed)?;
    if L::IS_LOOKED_THROUGH {
        filters.push(contains::filter(shell, typed));
    }
    let (query, here) = (query(&filters), &shell.path);
    let address = |file: &str, more: &str| {
        let pairs: Vec<&str> = [query.as_str(), more].into_iter().filter(|part| !part.is_empty()).collect();
        if pairs.is_empty() { format!("{here}{file}") } else { format!("{here}{file}?{}", pairs.join("&")) }
    };
    let (filtered, rows_are_there) = (!query.is_empty(), !rows.is_empty());
    let w = &shell.w;
    Ok(Table {
        heading: L::heading(app, shell)?,
        columns: L::columns()
            .iter()
            .enumerate()
            .map(|(index, (key, is_number))| {
                let order = by.filter(|(column, _)| *column == index).map(|(_, descending)| descending);
                let sign = if order == Some(false) { "-" } else { "" };
                Head {
                    label: w.t(key),
                    is_number: *is_number,
                    href: address("", &format!("sort={sign}{}", index + 1)),
                    order: order.map(|descending| if descending { "descending" } else { "ascending" }),
                }
            })
            .collect(),
        note: cut.then(|| w.t1("list-sorted-cut", "n", SORTED)),
        older: next.map(|next| address("", &format!("after={next}"))),
        newest: (after > 0 || by.is_some()).then(|| address("", "")),
        csv: address(".csv", ""),
        xlsx: address(".xlsx", ""),
        rows,
        verb: L::verb(shell),
        other_look: L::other_look(shell),
        needs_first: if rows_are_there { L::needs_first(app, shell)? } else { None },
        // What all of it comes to would stand above a part of it.
        sums: if after == 0 { L::sums(app, shell, typed)? } else { None },
        filters,
        sort: by
            .map(|(column, descending)| format!("{}{}", if descending { "-" } else { "" }, column + 1))
            .unwrap_or_default(),
        empty: match (next.is_some(), filtered) {
            (true, _) => w.t("list-none-so-far"),
            (false, true) => w.t("list-none-fits"),
            (false, false) => w.t(&format!("empty-{}", L::KEY)),
        },
        done: done(w, typed),
    })
}

/// What was done a moment ago: only words that we have ourselves.
pub fn done(w: &crate::web::words::Words, typed: &Typed) -> Option<String> {
    let key = format!("done-{}", typed.get("done")?);
    let text = w.t(&key);
    (text != key && key.len() < 40).then_some(text)
}

/// All rows that fit the filters, as a file.
async fn export<L: Lines>(app: State, asked: Asked) -> HttpResponse {
    let (typed, kind) = (Typed::asked(&asked.query), File::of(&asked.path));
    let made = page::look(&app, &asked, move |app, shell| file::<L>(app, shell, &typed, kind));
    let name = L::HREF.rsplit('/').next().unwrap_or_default();
    match made.await {
        Ok(bytes) => kind.answer(name, bytes),
        Err(problem) => problem.error_response(),
    }
}

fn file<L: Lines>(app: &App, shell: &Shell, typed: &Typed, kind: File) -> Result<Vec<u8>, AppError> {
    let mut rows: Vec<Vec<Shown>> = Vec::new();
    let mut cut = None;
    let (mut after, mut looked_at) = (0, 0);
    loop {
        let found = contains::found::<L>(app, shell, typed, (after, AT_ONCE), &mut looked_at)?;
        rows.extend(found.rows.into_iter().map(|row| row.cells));
        match found.next {
            Some(next) if rows.len().max(looked_at) < EXPORTED => after = next,
            Some(_) => {
                cut = Some(vec![sheet::Cell::text(shell.w.t1("list-cut", "n", EXPORTED))]);
                break;
            }
            None => break,
        }
    }
    let (head, mut lines) = with_units(&shell.w, L::columns(), rows);
    lines.extend(cut);
    kind.write(&shell.w.t(L::KEY), &head, &lines)
}

/// The head and the cells of a file: behind the figures of a row a column says in which unit they are.
fn with_units(
    w: &crate::web::words::Words,
    columns: &[(&str, bool)],
    rows: Vec<Vec<Shown>>,
) -> (Vec<String>, Vec<Vec<sheet::Cell>>) {
    let has_unit = |column: &usize| rows.iter().any(|row| row.get(*column).is_some_and(|cell| cell.unit.is_some()));
    let last = (0..columns.len()).rev().find(has_unit);
    let mut head: Vec<String> = columns.iter().map(|(key, _)| w.t(key)).collect();
    last.into_iter().for_each(|last| head.insert(last + 1, w.t("col-unit")));
    let line = |row: Vec<Shown>| {
        let unit = row.iter().find_map(|cell| cell.unit.clone()).unwrap_or_default();
        let mut line: Vec<sheet::Cell> = row.into_iter().map(|cell| cell.raw).collect();
        last.into_iter().for_each(|last| line.insert(last + 1, sheet::Cell::text(unit.as_str())));
        line
    };
    let lines = rows.into_iter().map(line).collect();
    (head, lines)
}
