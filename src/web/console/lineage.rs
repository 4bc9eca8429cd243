//! The drawing of where a batch comes from and what became of it: left to right, a band as wide as the weight that flowed, a box a
//! batch. Drawn on the server; on a phone a list says the same.

use std::collections::BTreeMap;

use super::shell::Shell;
use crate::app::desk::{BatchPage, LineageEdge, LineageNode};
use crate::domain::quantity::Unit;
use crate::domain::record::{Handle, SubjectKind};
use crate::i18n::format;

/// Width of a box and of the space between two, by how many columns stand beside each other: up to four fit beside the list of what
/// is next, more have the whole page.
const SIZES: &[(usize, f64, f64)] = &[(3, 200.0, 74.0), (4, 172.0, 32.0), (5, 190.0, 46.0), (usize::MAX, 172.0, 32.0)];
/// Columns of a drawing that stands beside something else.
const MOST_BESIDE: usize = 4;
/// A box holds two lines.
const LEAST_HEIGHT: f64 = 52.0;
const BETWEEN: f64 = 16.0;
/// Steps by which the list is set in.
const DEEPEST: usize = 4;
/// The widest band.
const WIDEST: f64 = 84.0;

/// A drawing, in units of its own that come to pixels.
pub struct Drawing {
    pub width: i64,
    pub height: i64,
    pub boxes: Vec<Box_>,
    pub bands: Vec<Band>,
    /// It needs the whole page.
    pub is_wide: bool,
    /// The boxes as a list: what it came from, itself, what became of it.
    pub sides: Vec<Side>,
    /// Batches that are not drawn.
    pub more: usize,
}

/// One part of the list: key of its heading, and its boxes.
pub struct Side {
    pub heading: &'static str,
    pub boxes: Vec<Box_>,
}

#[derive(Clone)]
pub struct Box_ {
    pub handle: Handle,
    /// In the list: by how many steps it hangs on the batch, up to [`DEEPEST`].
    pub depth: usize,
    pub x: i64,
    pub y: i64,
    pub width: i64,
    pub height: i64,
    pub title: String,
    pub sub: String,
    pub href: Option<String>,
    /// `self`, `plot`, `foreign` or nothing.
    pub class: &'static str,
}

pub struct Band {
    /// The middle line, for a stroke as wide as the amount.
    pub path: String,
    pub width: String,
    pub title: String,
}

/// The drawing, where there is more than the batch alone.
pub fn draw(shell: &Shell, page: &BatchPage) -> Option<Drawing> {
    if page.nodes.len() < 2 {
        return None;
    }
    let scale = scale(page);
    let height_of = |node: &LineageNode| -> f64 {
        let side = |from: bool| -> f64 {
            let touching =
                page.edges.iter().filter(|edge| if from { edge.from == node.handle } else { edge.to == node.handle });
            touching.map(|edge| width(edge.grams, scale) + 2.0).sum()
        };
        side(true).max(side(false)).max(LEAST_HEIGHT)
    };
    let mut columns: BTreeMap<i32, Vec<&LineageNode>> = BTreeMap::new();
    for node in &page.nodes {
        columns.entry(node.column).or_default().push(node);
    }
    for column in columns.values_mut() {
        column.sort_by(|a, b| b.amount.cmp(&a.amount).then(a.handle.cmp(&b.handle)));
    }
    let tall = |column: &[&LineageNode]| -> f64 {
        column.iter().map(|node| height_of(node)).sum::<f64>() + BETWEEN * (column.len().saturating_sub(1) as f64)
    };
    let height = columns.values().map(|column| tall(column)).fold(0.0, f64::max);
    let size = size_of(columns.len());
    let mut places: BTreeMap<Handle, (f64, f64, f64)> = BTreeMap::new();
    for (index, column) in columns.values().enumerate() {
        let mut y = (height - tall(column)) / 2.0;
        for node in column {
            let own = height_of(node);
            places.insert(node.handle, (index as f64 * (size.0 + size.1), y, own));
            y += own + BETWEEN;
        }
    }
    let boxes = page.nodes.iter().filter_map(|node| boxed(shell, page, node, places.get(&node.handle)?, size.0));
    let boxes: Vec<Box_> = boxes.collect();
    Some(Drawing {
        width: (columns.len() as f64 * (size.0 + size.1) - size.1).ceil() as i64 + 4,
        height: height.ceil() as i64 + 4,
        sides: sides(page, &boxes),
        boxes,
        bands: bands(shell, page, &places, scale, size.0),
        is_wide: columns.len() > MOST_BESIDE,
        more: page.more,
    })
}

fn size_of(columns: usize) -> (f64, f64) {
    SIZES.iter().find(|(most, ..)| columns <= *most).map_or((172.0, 32.0), |(_, width, gap)| (*width, *gap))
}

/// What it came from and what became of it, each below the one that it hangs on.
fn sides(page: &BatchPage, boxes: &[Box_]) -> Vec<Side> {
    let own = page.known.subject.handle;
    let mut before = Vec::new();
    hang(page, boxes, own, |edge, at| (edge.to == at).then_some(edge.from), 1, &mut before);
    let mut after = Vec::new();
    hang(page, boxes, own, |edge, at| (edge.from == at).then_some(edge.to), 1, &mut after);
    let itself = boxes.iter().filter(|it| it.handle == own).cloned().collect();
    let all = [("lineage-from", before), ("lineage-self", itself), ("lineage-to", after)];
    all.into_iter().filter(|(_, boxes)| !boxes.is_empty()).map(|(heading, boxes)| Side { heading, boxes }).collect()
}

/// Puts what hangs on `at` into the list, the largest first, and behind each what hangs on that; what hangs on several stands once.
fn hang(
    page: &BatchPage,
    boxes: &[Box_],
    at: Handle,
    next: fn(&LineageEdge, Handle) -> Option<Handle>,
    depth: usize,
    into: &mut Vec<Box_>,
) {
    let mut found: Vec<&Box_> = page
        .edges
        .iter()
        .filter_map(|edge| next(edge, at))
        .filter_map(|handle| boxes.iter().find(|it| it.handle == handle))
        .collect();
    found.sort_by_key(|it| it.y);
    for it in found {
        if into.iter().all(|there| there.handle != it.handle) {
            into.push(Box_ { depth, ..it.clone() });
            hang(page, boxes, it.handle, next, (depth + 1).min(DEEPEST), into);
        }
    }
}

/// Units of amount a pixel: all that flows beside each other fits into the widest band.
fn scale(page: &BatchPage) -> f64 {
    let sum = |node: &LineageNode, from: bool| -> u64 {
        let touching =
            page.edges.iter().filter(|edge| if from { edge.from == node.handle } else { edge.to == node.handle });
        touching.map(|edge| edge.grams).sum()
    };
    let most = page.nodes.iter().flat_map(|node| [sum(node, true), sum(node, false)]).max().unwrap_or(1);
    most.max(1) as f64 / WIDEST
}

fn width(amount: u64, scale: f64) -> f64 {
    (amount as f64 / scale).max(2.0)
}

fn bands(
    shell: &Shell,
    page: &BatchPage,
    places: &BTreeMap<Handle, (f64, f64, f64)>,
    scale: f64,
    box_width: f64,
) -> Vec<Band> {
    let mut edges: Vec<_> =
        page.edges.iter().filter(|edge| places.contains_key(&edge.from) && places.contains_key(&edge.to)).collect();
    // From the top down on both sides, so that no two bands cross without need.
    edges.sort_by(|a, b| {
        places[&a.to].1.total_cmp(&places[&b.to].1).then(places[&a.from].1.total_cmp(&places[&b.from].1))
    });
    let mut used: BTreeMap<(Handle, bool), f64> = BTreeMap::new();
    let total = |handle: Handle, from: bool| -> f64 {
        let touching = page.edges.iter().filter(|edge| if from { edge.from == handle } else { edge.to == handle });
        touching.map(|edge| width(edge.grams, scale) + 2.0).sum()
    };
    let mut bands = Vec::new();
    for edge in edges {
        let own = width(edge.grams, scale);
        let mut end = |handle: Handle, from: bool| {
            let (x, y, height) = places[&handle];
            let before = used.entry((handle, from)).or_insert(0.0);
            let at = y + (height - total(handle, from)) / 2.0 + *before + own / 2.0 + 1.0;
            *before += own + 2.0;
            (if from { x + box_width } else { x }, at)
        };
        let ((x1, y1), (x2, y2)) = (end(edge.from, true), end(edge.to, false));
        let middle = (x1 + x2) / 2.0;
        bands.push(Band {
            path: format!(
                "M{:.0} {:.1}C{middle:.0} {:.1} {middle:.0} {:.1} {:.0} {:.1}",
                x1 + 2.0,
                y1 + 2.0,
                y1 + 2.0,
                y2 + 2.0,
                x2 + 2.0,
                y2 + 2.0
            ),
            width: format!("{own:.1}"),
            title: band_title(shell, page, edge.from, edge.amount),
        });
    }
    bands
}

fn band_title(shell: &Shell, page: &BatchPage, from: Handle, amount: u64) -> String {
    let unit = page.nodes.iter().find(|node| node.handle == from).and_then(|node| node.unit);
    say(shell, amount, unit.unwrap_or(Unit::Grams))
}

fn say(shell: &Shell, amount: u64, unit: Unit) -> String {
    match unit {
        Unit::Grams => format::weight(i64::try_from(amount).unwrap_or(i64::MAX)),
        Unit::Pieces => shell.w.packs(&amount),
    }
}

fn boxed(
    shell: &Shell,
    page: &BatchPage,
    node: &LineageNode,
    (x, y, height): &(f64, f64, f64),
    width: f64,
) -> Option<Box_> {
    let whole = i64::try_from(node.amount).unwrap_or(i64::MAX);
    let (title, sub, class) = match node.kind {
        SubjectKind::Plot => {
            (shell.w.t1("lineage-plot", "code", &node.code), format::area(shell.w.locale, whole), "plot")
        }
        _ => {
            let amount = say(shell, node.amount, node.unit.unwrap_or(Unit::Grams));
            let sub = match &node.grade {
                Some(grade) => format!("{} {amount}", shell.w.term(grade)),
                None => amount,
            };
            let class = match (node.handle == page.known.subject.handle, node.own) {
                (true, _) => "self",
                (_, false) => "foreign",
                _ => "",
            };
            (node.code.clone(), sub, class)
        }
    };
    let href = match node.kind {
        _ if !node.own || class == "self" => None,
        SubjectKind::Plot => Some(format!("/console/plots/{}", node.handle)),
        _ => Some(format!("/console/batches/{}", node.handle)),
    };
    Some(Box_ {
        handle: node.handle,
        depth: 0,
        x: *x as i64 + 2,
        y: *y as i64 + 2,
        width: width as i64,
        height: *height as i64,
        title,
        sub,
        href,
        class,
    })
}
