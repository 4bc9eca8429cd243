//! What only the house itself knows of its plots, because it is sealed: where they lie, and who grows there.

use std::collections::HashMap;

use super::{App, AppError, Caller, Cursor, records, subjects};
use crate::domain::acts::Known;
use crate::domain::acts::plots::Point;
use crate::domain::entities::{Entity, Plot};
use crate::domain::kinds::Body;
use crate::domain::kinds::sites::{ConsentForm, PlotConsented};
use crate::domain::outline::Outline;
use crate::domain::record::sealed::Opening;
use crate::domain::record::{Handle, Subject, SubjectKind};
use crate::domain::time::Instant;

/// Hundredths of the smaller plot that may lie in the other: neighbours who walk along one border with a phone differ by metres.
pub const TOLERATED_PERCENT: u64 = 5;
/// Plots that are compared at most, the newest.
const COMPARED: usize = 2_000;
const AT_ONCE: u32 = 200;

/// Who grows on a plot.
pub struct Grower {
    pub name: String,
    /// Under which name the public is told of it, where that was agreed to.
    pub shown_as: Option<String>,
}

/// Who grows on a plot, as far as that was told and stands. Whoever asks has read that the plot is its own.
pub fn grower(app: &App, plot: &Known) -> Result<Option<Grower>, AppError> {
    Ok(growers(app, [plot])?.remove(&plot.subject.handle))
}

/// As [`grower`], of all plots of a page at once.
pub fn growers<'k>(app: &App, plots: impl IntoIterator<Item = &'k Known>) -> Result<HashMap<Handle, Grower>, AppError> {
    let plots: Vec<&Known> = plots.into_iter().collect();
    let subjects: Vec<Subject> = plots.iter().map(|known| known.subject).collect();
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
    let of = |known: &&Known| {
        let plot = known.subject.handle;
        let is_agreed = matches!(&known.entity, Entity::Plot(Plot { consented: Some(_), .. }));
        let shown_as = shown.remove(&plot);
        let name = growers.remove(&plot).or_else(|| shown_as.clone())?;
        Some((plot, Grower { name, shown_as: shown_as.filter(|_| is_agreed) }))
    };
    Ok(plots.iter().filter_map(of).collect())
}

/// What stands of a grower's consent to be named.
pub struct Given {
    pub shown_as: String,
    pub how: ConsentForm,
    pub since: Instant,
}

/// The consent that is in force. Whoever asks has read that the plot is its own.
pub fn consent(app: &App, plot: &Known) -> Result<Option<Given>, AppError> {
    let Entity::Plot(Plot { consented: Some(seq), .. }) = &plot.entity else { return Ok(None) };
    let chain = records::read(&*app.store, plot.subject.handle, *seq, *seq)?;
    let openings = app.store.openings(plot.subject)?;
    let name = openings.iter().rev().find(|(_, opening)| opening.field == PlotConsented::SHOWN_AS);
    let name = name.and_then(|(_, opening)| opening.value.as_str().map(str::to_owned));
    let (Some(record), Some(shown_as)) = (chain.iter().find(|record| record.seq == *seq), name) else {
        return Ok(None);
    };
    let body = PlotConsented::read(record).map_err(|error| AppError::Failed(error.to_string()))?;
    Ok(Some(Given { shown_as, how: body.how, since: record.recorded_at }))
}

/// Before a plot is registered its house is asked whether it is meant to lie over another one; a plot whose outline was erased is
/// not compared. Code of the own plot that an outline lies over most, and how much of the smaller of them that is, in hundredths. One of the code
/// itself is none: that is the plot, recorded already.
pub fn overlapped(app: &App, caller: Caller, code: &str, polygon: &[Point]) -> Result<Option<(String, u64)>, AppError> {
    let Some(outline) = Outline::of(polygon) else { return Ok(None) };
    let others = outlines(app, caller, COMPARED)?.into_iter().filter(|(other, _)| other != code);
    let over = others.map(|(code, other)| (code, outline.overlap_percent(&other)));
    let over = over.filter(|(_, percent)| *percent > TOLERATED_PERCENT);
    // Of equals the newest.
    Ok(over.reduce(|most, it| if it.1 > most.1 { it } else { most }))
}

/// Codes and outlines of the house's own plots, as far as they are known: of the newest `most` plots, the newest first.
pub fn outlines(app: &App, caller: Caller, most: usize) -> Result<Vec<(String, Outline)>, AppError> {
    let mut found = Vec::new();
    let (mut after, mut seen): (Option<Cursor>, usize) = (None, 0);
    loop {
        let slice = subjects::list(app, caller, SubjectKind::Plot, after, AT_ONCE)?;
        seen += slice.items.len();
        let subjects: Vec<Subject> = slice.items.iter().map(|known| known.subject).collect();
        let openings = app.store.openings_of(&subjects)?;
        let outlines = openings.into_iter().filter(|(_, opening)| opening.field == "outline");
        let mut outlines: HashMap<Handle, Outline> = outlines.filter_map(|(_, opening)| outline_of(&opening)).collect();
        for known in slice.items {
            let Entity::Plot(plot) = known.entity else { continue };
            if plot.home != caller.organisation {
                continue;
            }
            found.extend(outlines.remove(&known.subject.handle).map(|outline| (plot.code, outline)));
        }
        after = slice.next;
        if after.is_none() || seen >= most {
            return Ok(found);
        }
    }
}

fn outline_of(opening: &Opening) -> Option<(Handle, Outline)> {
    let corners: Vec<Point> = serde_json::from_value(opening.value.get("polygon")?.clone()).ok()?;
    Some((opening.subject.handle, Outline::of(&corners)?))
}
