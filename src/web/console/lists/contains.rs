//! Rows that hold what somebody typed, in any of their cells: the filter that every list has.

use super::{Filter, Found, Lines, Row};
use crate::app::sift::{Wanted, sift};
use crate::app::{App, AppError};
use crate::web::console::read::Typed;
use crate::web::console::shell::Shell;

/// What is typed.
pub fn wanted(typed: &Typed) -> Option<Wanted> {
    Wanted::of(&typed.get("contains")?)
}

pub fn filter(shell: &Shell, typed: &Typed) -> Filter {
    let value = typed.get("contains").map(|value| value.trim().to_owned()).unwrap_or_default();
    Filter::typed("contains", shell.w.t("filter-contains"), value)
}

/// As [`Lines::found`], of the rows that fit; it may be some more than `limit`. `looked_at` counts the rows that were looked at.
pub fn found<L: Lines>(
    app: &App,
    shell: &Shell,
    typed: &Typed,
    (after, limit): (u64, u32),
    looked_at: &mut usize,
) -> Result<Found, AppError> {
    let Some(wanted) = wanted(typed).filter(|_| L::IS_LOOKED_THROUGH) else {
        let found = L::found(app, shell, typed, after, limit)?;
        *looked_at += found.rows.len();
        return Ok(found);
    };
    let read = |from, count| L::found(app, shell, typed, from, count).map(|found| (found.rows, found.next));
    let sifted = sift((after, limit), read, |row| fits(row, &wanted))?;
    *looked_at += sifted.looked_at;
    Ok(Found { rows: sifted.items, next: sifted.next })
}

pub fn fits(row: &Row, wanted: &Wanted) -> bool {
    row.cells.iter().any(|cell| wanted.is_in(&cell.text) || cell.sub.as_deref().is_some_and(|sub| wanted.is_in(sub)))
}
