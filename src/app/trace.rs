//! Lineage in both directions, with amounts: what a batch was made from, and what became of it.

use std::collections::{BTreeMap, BTreeSet};

use super::{App, AppError, Caller};
use crate::domain::acts::{Known, Refusal};
use crate::domain::record::{Handle, SubjectKind};
use crate::store::Edge;

/// Batches on the way, and the amounts between them.
pub struct Trace {
    pub batches: Vec<Known>,
    pub edges: Vec<Edge>,
    /// More batches than are shown: the trace was cut.
    pub cut: bool,
}

/// A trace longer than this is cut and says so.
const MAX_BATCHES: usize = 2_000;

/// All batches that `batch` was made from and all that were made from it. What others made of it is in the trace, because
/// a recall must reach it; its state is not (see `http::v1::trace`).
pub fn trace(app: &App, caller: Caller, batch: Handle) -> Result<Trace, AppError> {
    caller.may("trace.read")?;
    let missing = || AppError::from(Refusal::not_found("id", batch));
    let known =
        app.store.subject(batch)?.filter(|known| known.subject.kind == SubjectKind::Batch).ok_or_else(missing)?;
    if known.entity.home() != caller.organisation {
        return Err(missing());
    }
    let mut edges = BTreeMap::new();
    let mut seen = BTreeSet::from([batch]);
    let back = walk(batch, &mut seen, &mut edges, |front| app.store.parents(front), |edge| edge.parent)?;
    let mut below = BTreeSet::from([batch]);
    let forth = walk(batch, &mut below, &mut edges, |front| app.store.children(front), |edge| edge.child)?;
    seen.extend(below);
    let handles: Vec<Handle> = seen.into_iter().collect();
    let mut batches = app.store.subjects(&handles)?;
    batches.sort_by_key(|known| (known.head.recorded_at, known.subject.handle));
    Ok(Trace { batches, edges: edges.into_values().collect(), cut: back || forth })
}

fn walk(
    start: Handle,
    seen: &mut BTreeSet<Handle>,
    edges: &mut BTreeMap<(Handle, Handle), Edge>,
    step: impl Fn(&[Handle]) -> Result<Vec<Edge>, crate::store::StoreError>,
    far_end: impl Fn(&Edge) -> Handle,
) -> Result<bool, AppError> {
    let mut front = vec![start];
    while !front.is_empty() {
        let mut next = Vec::new();
        for edge in step(&front)? {
            edges.insert((edge.child, edge.parent), edge);
            if seen.insert(far_end(&edge)) {
                next.push(far_end(&edge));
            }
        }
        if seen.len() > MAX_BATCHES {
            return Ok(true);
        }
        front = next;
    }
    Ok(false)
}
