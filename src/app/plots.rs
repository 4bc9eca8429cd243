//! What only the house itself knows of its plots, because it is sealed: where they lie, and who grows there.

use super::{App, AppError, Caller, Cursor, subjects};
use crate::domain::acts::Known;
use crate::domain::acts::plots::Point;
use crate::domain::entities::Entity;
use crate::domain::kinds::sites::PlotConsented;
use crate::domain::outline::Outline;
use crate::domain::record::SubjectKind;

/// Hundredths of the smaller plot that may lie in the other: neighbours who walk along one border with a phone differ by metres.
const TOLERATED_PERCENT: u64 = 5;
/// Plots that are compared at most, the newest.
const COMPARED: usize = 2_000;
const AT_ONCE: u32 = 200;

/// Who grows on a plot, as far as that was told and stands. Whoever asks has read that the plot is its own.
pub fn grower(app: &App, plot: &Known) -> Result<Option<String>, AppError> {
    let openings = app.store.openings(plot.subject)?;
    let named = |field: &str| {
        let last = openings.iter().rev().find(|(_, opening)| opening.field == field);
        last.and_then(|(_, opening)| opening.value.as_str().map(str::to_owned))
    };
    Ok(named("grower").or_else(|| named(PlotConsented::SHOWN_AS)))
}

/// Before a plot is registered its house is asked whether it is meant to lie over another one; a plot whose outline was erased is
/// not compared. Code of the own plot that an outline lies over most, and how much of the smaller of them that is, in hundredths. One of the code
/// itself is none: that is the plot, recorded already.
pub fn overlapped(app: &App, caller: Caller, code: &str, polygon: &[Point]) -> Result<Option<(String, u64)>, AppError> {
    let Some(outline) = Outline::of(polygon) else { return Ok(None) };
    let mut most: Option<(String, u64)> = None;
    let (mut after, mut seen): (Option<Cursor>, usize) = (None, 0);
    loop {
        let slice = subjects::list(app, caller, SubjectKind::Plot, after, AT_ONCE)?;
        seen += slice.items.len();
        for known in slice.items {
            let Entity::Plot(plot) = known.entity else { continue };
            if plot.home != caller.organisation || plot.code == code {
                continue;
            }
            let openings = app.store.openings(known.subject)?;
            let other = openings.iter().filter(|(_, opening)| opening.field == "outline").find_map(|(_, opening)| {
                let corners: Vec<Point> = serde_json::from_value(opening.value.get("polygon")?.clone()).ok()?;
                Outline::of(&corners)
            });
            let percent = other.map_or(0, |other| outline.overlap_percent(&other));
            if percent > TOLERATED_PERCENT && most.as_ref().is_none_or(|(_, known)| percent > *known) {
                most = Some((plot.code, percent));
            }
        }
        after = slice.next;
        if after.is_none() || seen >= COMPARED {
            return Ok(most);
        }
    }
}
