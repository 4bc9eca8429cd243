//! Rows that hold what somebody typed, in any of their cells: the filter that every list has.

use super::{Filter, Found, Lines, Row};
use crate::app::{App, AppError};
use crate::web::console::read::Typed;
use crate::web::console::shell::Shell;

/// Rows that one page looks at; where nothing or little is found among them, it goes on by its link.
const LOOKED_AT: usize = 600;
/// Rows that are read at once.
const STRETCH: u32 = 100;

/// What is typed, in small letters.
fn wanted<L: Lines>(typed: &Typed) -> Option<String> {
    let typed = typed.get("contains").filter(|_| L::HAS_CONTAINS)?;
    Some(typed.trim().to_lowercase()).filter(|wanted| !wanted.is_empty())
}

pub fn filter<L: Lines>(shell: &Shell, typed: &Typed) -> Option<Filter> {
    let value = typed.get("contains").map(|value| value.trim().to_owned()).unwrap_or_default();
    let label = shell.w.t("filter-contains");
    L::HAS_CONTAINS.then(|| Filter { name: "contains", label, choices: Vec::new(), value })
}

/// As [`Lines::found`], of the rows that fit; it may be some more than `limit`. `looked_at` counts the rows that were looked at.
pub fn found<L: Lines>(
    app: &App,
    shell: &Shell,
    typed: &Typed,
    (after, limit): (u64, u32),
    looked_at: &mut usize,
) -> Result<Found, AppError> {
    let Some(wanted) = wanted::<L>(typed) else {
        let found = L::found(app, shell, typed, after, limit)?;
        *looked_at += found.rows.len();
        return Ok(found);
    };
    let until = *looked_at + LOOKED_AT;
    let (mut rows, mut next) = (Vec::new(), Some(after));
    while let Some(from) = next.filter(|_| *looked_at < until && rows.len() < limit as usize) {
        let stretch = L::found(app, shell, typed, from, STRETCH)?;
        *looked_at += STRETCH as usize;
        next = stretch.next;
        rows.extend(stretch.rows.into_iter().filter(|row| fits(row, &wanted)));
    }
    Ok(Found { rows, next })
}

fn fits(row: &Row, wanted: &str) -> bool {
    let holds = |text: &str| text.to_lowercase().contains(wanted);
    row.cells.iter().any(|cell| holds(&cell.text) || cell.sub.as_deref().is_some_and(holds))
}
