//! What only the house itself knows of its plots, because it is sealed: where they lie, and who grows there.

use std::collections::HashMap;

use super::{App, AppError, Caller, Cursor, subjects};
use crate::domain::acts::Known;
use crate::domain::acts::plots::Point;
use crate::domain::entities::Entity;
use crate::domain::kinds::sites::PlotConsented;
use crate::domain::outline::Outline;
use crate::domain::record::sealed::Opening;
use crate::domain::record::{Handle, Subject, SubjectKind};

/// Hundredths of the smaller plot that may lie in the other: neighbours who walk along one border with a phone differ by metres.
const TOLERATED_PERCENT: u64 = 5;
/// Plots that are compared at most, the newest.
const COMPARED: usize = 2_000;
const AT_ONCE: u32 = 200;

/// Who grows on a plot, as far as that was told and stands. Whoever asks has read that the plot is its own.
pub fn grower(app: &App, plot: &Known) -> Result<Option<String>, AppError> {
    Ok(growers(app, [plot])?.remove(&plot.subject.handle))
}

/// As [`grower`], of all plots of a page at once.
pub fn growers<'k>(app: &App, plots: impl IntoIterator<Item = &'k Known>) -> Result<HashMap<Handle, String>, AppError> {
    let subjects: Vec<Subject> = plots.into_iter().map(|known| known.subject).collect();
    let (mut growers, mut shown) = (HashMap::new(), HashMap::new());
    for (_, opening) in app.store.openings_of(&subjects)? {
        let named = match opening.field.as_str() {
            "grower" => &mut growers,
            PlotConsented::SHOWN_AS => &mut shown,
            _ => continue,
        };
        if let Some(name) = opening.value.as_str() {
            // The later record's stands.
            named.insert(opening.subject.handle, name.to_owned());
        }
    }
    shown.extend(growers);
    Ok(shown)
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
        let subjects: Vec<Subject> = slice.items.iter().map(|known| known.subject).collect();
        let openings = app.store.openings_of(&subjects)?;
        let outlines = openings.into_iter().filter(|(_, opening)| opening.field == "outline");
        let outlines: HashMap<Handle, Outline> = outlines.filter_map(|(_, opening)| outline_of(&opening)).collect();
        for known in slice.items {
            let Entity::Plot(plot) = known.entity else { continue };
            if plot.home != caller.organisation || plot.code == code {
                continue;
            }
            let other = outlines.get(&known.subject.handle);
            let percent = other.map_or(0, |other| outline.overlap_percent(other));
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

fn outline_of(opening: &Opening) -> Option<(Handle, Outline)> {
    let corners: Vec<Point> = serde_json::from_value(opening.value.get("polygon")?.clone()).ok()?;
    Some((opening.subject.handle, Outline::of(&corners)?))
}
