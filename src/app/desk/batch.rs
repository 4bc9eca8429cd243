//! All that the page of a batch shows.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::super::{App, AppError, BatchFilter, Caller, records, scan, subjects, trace};
use super::Names;
use crate::domain::acts::{Known, Refusal};
use crate::domain::entities::{Batch, BatchStage, Entity, Product};
use crate::domain::intervals::{self, Broken};
use crate::domain::kinds::Body;
use crate::domain::kinds::batches::BatchShipped;
use crate::domain::kinds::products::ProductForm;
use crate::domain::quantity::Unit;
use crate::domain::record::{Handle, Record, SubjectKind};
use crate::domain::view::ScanView;
use crate::domain::view::build::{Flow, flow};

/// A batch as its own people see it.
pub struct BatchPage {
    pub known: Known,
    pub batch: Batch,
    pub flow: Flow,
    /// What anybody who scans it reads: story, tests, certificate.
    pub public: ScanView,
    /// What it was made from and what became of it, itself included.
    pub nodes: Vec<LineageNode>,
    pub edges: Vec<LineageEdge>,
    /// More batches than are drawn.
    pub more: usize,
    pub names: Names,
    /// Records of its own chain.
    pub records: u64,
    /// It needs a certificate before it is sold, and has none yet.
    pub certificate_due: bool,
    /// Waits that were not kept.
    pub broken: Vec<Broken>,
    /// Who got its shipments, by the position of the record; those whose name is still known.
    pub receivers: BTreeMap<u64, Handle>,
    /// Another batch that it can be merged with.
    pub has_others: bool,
    /// A product for which packs are packed once more.
    pub has_cases: bool,
}

/// A box of the drawing.
pub struct LineageNode {
    pub handle: Handle,
    pub kind: SubjectKind,
    /// Code of the plot or lot of the batch.
    pub code: String,
    pub grade: Option<String>,
    /// What came in; of a plot its area in m².
    pub amount: u64,
    pub unit: Option<crate::domain::quantity::Unit>,
    pub rest: u64,
    pub stage: Option<BatchStage>,
    /// Whether its page opens for the caller.
    pub own: bool,
    /// Column: 0 is the batch itself, what it came from lies left of it.
    pub column: i32,
}

/// A band between two boxes.
pub struct LineageEdge {
    pub from: Handle,
    pub to: Handle,
    /// In the unit of what gave.
    pub amount: u64,
    /// The same in grams, as far as that is known: how wide it is drawn.
    pub grams: u64,
}

/// Boxes that are drawn; a page with more would not be read.
const DRAWN: usize = 24;

pub fn batch(app: &App, caller: Caller, handle: Handle) -> Result<BatchPage, AppError> {
    let known = subjects::get(app, caller, SubjectKind::Batch, handle)?;
    let Entity::Batch(batch) = known.entity.clone() else { return Err(Refusal::not_found("id", handle).into()) };
    // A right to see it, as a laboratory or a buyer has, is not the page of its home.
    if batch.home != caller.organisation {
        return Err(Refusal::not_found("id", handle).into());
    }
    let public = app.visit_database(|visit| scan::of_batch(visit, handle))?.view;
    let chain = records::read(&*app.store, handle, 0, u64::MAX)?;
    let failed = |error: crate::domain::view::build::BuildError| AppError::Failed(error.to_string());
    let flow = flow(&chain).map_err(failed)?;
    let (nodes, edges, more) = lineage(app, caller, handle, &batch)?;
    let receivers = receivers(app, &chain)?;
    let named = [batch.product, batch.home].into_iter().chain(batch.licence).chain(receivers.values().copied());
    let names = Names::of(app, caller, named)?;
    let is_free = batch.rest() > 0 && batch.holds.is_empty() && !batch.recalled;
    let has_others = is_free && !mergeable(app, caller, &batch, handle)?.is_empty();
    let has_cases = is_free && batch.net_g.is_some() && has_cases(app, caller, &batch)?;
    let records = chain.len() as u64;
    let needs = names.product(batch.product).is_some_and(|product| may_be_due(&batch, product));
    let certificate_due = needs && public.certificate.is_none();
    let broken = broken(app, &batch)?;
    Ok(BatchPage {
        records,
        known,
        batch,
        flow,
        public,
        nodes,
        edges,
        more,
        names,
        receivers,
        has_others,
        has_cases,
        certificate_due,
        broken,
    })
}

/// Waits that were not kept for fruit of this batch.
pub fn broken(app: &App, batch: &Batch) -> Result<Vec<Broken>, AppError> {
    let handles: Vec<Handle> = intervals::rests_on(batch).into_iter().collect();
    let known = app.store.subjects(&handles)?;
    let known: HashMap<Handle, Entity> = known.into_iter().map(|it| (it.subject.handle, it.entity)).collect();
    Ok(intervals::broken(batch, |handle| known.get(&handle)))
}

fn receivers(app: &App, chain: &[Record]) -> Result<BTreeMap<u64, Handle>, AppError> {
    let sent = chain.iter().filter(|record| record.kind == BatchShipped::KIND);
    let sent = sent.filter_map(|record| BatchShipped::read(record).ok().map(|body| (record.seq, body.shipment)));
    let sent: Vec<(u64, Handle)> = sent.collect();
    let handles: Vec<Handle> = sent.iter().map(|(_, shipment)| *shipment).collect();
    let known = app.store.subjects(&handles)?;
    let buyer = |handle: Handle| match &known.iter().find(|known| known.subject.handle == handle)?.entity {
        Entity::Shipment(shipment) => shipment.buyer,
        _ => None,
    };
    Ok(sent.into_iter().filter_map(|(seq, shipment)| Some((seq, buyer(shipment)?))).collect())
}

/// What a recall hits.
pub struct Reach {
    /// Batches that were made from it, by whom ever.
    pub batches: usize,
    /// Whom it, or what the caller made of it, was shipped to.
    pub receivers: BTreeSet<Handle>,
}

pub fn reach(app: &App, caller: Caller, batch: Handle) -> Result<Reach, AppError> {
    let found = trace::trace(app, caller, batch)?;
    let columns = columns(batch, &found.edges);
    let below = |known: &&Known| columns.get(&known.subject.handle).is_some_and(|column| *column >= 0);
    let below: Vec<&Known> = found.batches.iter().filter(below).collect();
    let mut reach = Reach { batches: below.len().saturating_sub(1), receivers: BTreeSet::new() };
    for known in below.into_iter().filter(|known| known.entity.home() == caller.organisation) {
        let chain = records::read(&*app.store, known.subject.handle, 0, u64::MAX)?;
        reach.receivers.extend(receivers(app, &chain)?.into_values());
    }
    Ok(reach)
}

/// Own batches that a merge may be offered, the newest.
const OFFERED: u32 = 200;

/// Own open batches of the same product and grade with something left.
pub fn mergeable(app: &App, caller: Caller, first: &Batch, own: Handle) -> Result<Vec<(Handle, Batch)>, AppError> {
    let filter = BatchFilter { gtin: Some(first.gtin), in_stock: true, ..BatchFilter::default() };
    let all = app.store.batches(caller.organisation, &filter, None, OFFERED)?.items;
    let fits = |it: &Batch| {
        let is_free = !it.is_closed() && it.holds.is_empty() && !it.recalled;
        it.grade == first.grade && it.unit == first.unit && it.rest() > 0 && is_free
    };
    let found = all.into_iter().filter_map(|known| match known.entity {
        Entity::Batch(batch) if known.subject.handle != own && fits(&batch) => Some((known.subject.handle, batch)),
        _ => None,
    });
    Ok(found.collect())
}

/// Whether there is a case of the same goods for packs of this batch.
fn has_cases(app: &App, caller: Caller, batch: &Batch) -> Result<bool, AppError> {
    let products = subjects::list(app, caller, SubjectKind::Product, None, OFFERED)?.items;
    let commodity = Names::of(app, caller, [batch.product])?.product(batch.product).map(|it| it.commodity.clone());
    let is_case = |known: &Known| match &known.entity {
        Entity::Product(it) => it.form == ProductForm::Case && Some(&it.commodity) == commodity.as_ref(),
        _ => false,
    };
    Ok(products.iter().any(is_case))
}

/// Whether it still needs a 承诺达标合格证 before it is sold: none of its own, nor one that covered all of it before.
pub fn certificate_due(app: &App, handle: Handle, batch: &Batch, product: &Product) -> Result<bool, AppError> {
    if !may_be_due(batch, product) {
        return Ok(false);
    }
    let before = app.store.subjects(&batch.ancestors)?;
    let is_certified = |known: &Known| matches!(&known.entity, Entity::Batch(ancestor) if ancestor.certified);
    // Which of those covers this one, its public page knows.
    Ok(!before.iter().any(is_certified)
        || app.visit_database(|visit| scan::of_batch(visit, handle))?.view.certificate.is_none())
}

pub(super) fn may_be_due(batch: &Batch, product: &Product) -> bool {
    product.requires_cert && !batch.certified && !batch.recalled && !batch.is_closed()
}

fn lineage(
    app: &App,
    caller: Caller,
    start: Handle,
    batch: &Batch,
) -> Result<(Vec<LineageNode>, Vec<LineageEdge>, usize), AppError> {
    let found = trace::trace(app, caller, start)?;
    let columns = columns(start, &found.edges);
    let mut nodes: Vec<LineageNode> = Vec::new();
    let mut all: Vec<&Known> = found.batches.iter().collect();
    // Where there are too many, those nearest to the batch are drawn.
    all.sort_by_key(|known| columns.get(&known.subject.handle).copied().unwrap_or_default().abs());
    let more = all.len().saturating_sub(DRAWN) + usize::from(found.cut);
    for known in all.into_iter().take(DRAWN) {
        let column = columns.get(&known.subject.handle).copied().unwrap_or_default();
        nodes.extend(node(known, caller, column));
    }
    let drawn: BTreeSet<Handle> = nodes.iter().map(|node| node.handle).collect();
    let mut edges: Vec<LineageEdge> = found
        .edges
        .iter()
        .filter(|edge| drawn.contains(&edge.parent) && drawn.contains(&edge.child))
        .map(|edge| LineageEdge {
            from: edge.parent,
            to: edge.child,
            amount: edge.quantity,
            grams: edge.quantity.saturating_mul(grams_of_one(&found.batches, edge.parent)),
        })
        .collect();
    let roots: Vec<Handle> = nodes.iter().filter(|it| it.column <= 0).map(|node| node.handle).collect();
    for plot in app.store.subjects(&batch.plots)? {
        let Entity::Plot(it) = &plot.entity else { continue };
        let picked: Vec<&Known> = found
            .batches
            .iter()
            .filter(|known| roots.contains(&known.subject.handle) && is_harvest_of(known, plot.subject.handle))
            .collect();
        let Some(first) = picked.iter().filter_map(|known| columns.get(&known.subject.handle)).min() else { continue };
        nodes.push(LineageNode {
            handle: plot.subject.handle,
            kind: SubjectKind::Plot,
            code: it.code.clone(),
            grade: None,
            amount: it.area_m2,
            unit: None,
            rest: 0,
            stage: None,
            own: it.home == caller.organisation,
            column: first - 1,
        });
        for known in picked {
            let Entity::Batch(child) = &known.entity else { continue };
            let share = child.balance.input / (child.plots.len().max(1) as u64);
            edges.push(LineageEdge {
                from: plot.subject.handle,
                to: known.subject.handle,
                amount: share,
                grams: share,
            });
        }
    }
    Ok((nodes, edges, more))
}

/// Grams of one unit of a batch: packs have their net content.
fn grams_of_one(batches: &[Known], handle: Handle) -> u64 {
    let known = batches.iter().find(|known| known.subject.handle == handle);
    match known.map(|known| &known.entity) {
        Some(Entity::Batch(Batch { unit: Unit::Pieces, net_g: Some(net), .. })) => net.get(),
        _ => 1,
    }
}

/// Picked there, not made from what was.
fn is_harvest_of(known: &Known, plot: Handle) -> bool {
    matches!(&known.entity, Entity::Batch(batch) if batch.parents.is_empty() && batch.plots.contains(&plot))
}

fn node(known: &Known, caller: Caller, column: i32) -> Option<LineageNode> {
    let Entity::Batch(batch) = &known.entity else { return None };
    let own = batch.home == caller.organisation;
    Some(LineageNode {
        handle: known.subject.handle,
        kind: SubjectKind::Batch,
        code: batch.lot.to_string(),
        grade: batch.grade.as_ref().map(ToString::to_string),
        amount: batch.balance.input,
        unit: Some(batch.unit),
        // Of others only what their public record says.
        rest: if own { batch.rest() } else { 0 },
        stage: own.then_some(batch.stage),
        own,
        column,
    })
}

/// The longest way from the batch, to either side: so no band runs backwards.
fn columns(start: Handle, edges: &[crate::store::Edge]) -> BTreeMap<Handle, i32> {
    let mut columns = BTreeMap::from([(start, 0)]);
    for sign in [-1, 1] {
        let mut front = vec![(start, 0)];
        // A batch has at most 500 ancestors: a way is never longer than that.
        while let Some((here, depth)) = front.pop() {
            for edge in edges {
                let (near, far) = if sign < 0 { (edge.child, edge.parent) } else { (edge.parent, edge.child) };
                let next = depth + 1;
                if near == here && columns.get(&far).is_none_or(|known: &i32| known.abs() < next) {
                    columns.insert(far, sign * next);
                    front.push((far, next));
                }
            }
        }
    }
    columns
}
