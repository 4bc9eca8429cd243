//! The branch of the tree of batches that leads to one of them: which batches, plots and licences it has, and which acts
//! of a parent gave to it. What a parent gave to others, and its life after it gave, is another batch's story.

use std::collections::{BTreeMap, BTreeSet};

use super::history::{History, Line};
use super::{BuildError, Built};
use crate::domain::kinds::Body;
use crate::domain::kinds::batches::{
    Basis, BatchMerged, BatchOpened, BatchPacked, BatchProcessed, BatchShipped, BatchSplit, GradingRecorded,
};
use crate::domain::record::Handle;

pub(super) struct Lineage {
    pub own: Handle,
    /// The batch and all it was made from, with their openings as corrected.
    openings: BTreeMap<Handle, BatchOpened>,
    /// Nearest first, the batch itself in front; each once.
    nearest: Vec<Handle>,
    /// Position of the last record by which an ancestor gave to this branch.
    gave_at: BTreeMap<Handle, u64>,
    /// Shipments by which the goods came.
    shipments: BTreeSet<Handle>,
}

impl Lineage {
    pub fn of(history: &History, own: Handle) -> Built<Self> {
        let mut lineage = Self {
            own,
            openings: BTreeMap::new(),
            nearest: vec![own],
            gave_at: BTreeMap::new(),
            shipments: BTreeSet::new(),
        };
        let mut next = 0;
        while let Some(&handle) = lineage.nearest.get(next) {
            next += 1;
            let opening: BatchOpened = history.opening(handle)?.ok_or(BuildError::NoBatch(handle))?;
            lineage.shipments.extend(opening.shipment);
            for parent in &opening.parents {
                if !lineage.nearest.contains(&parent.batch) {
                    lineage.nearest.push(parent.batch);
                }
            }
            lineage.openings.insert(handle, opening);
        }
        for handle in lineage.ancestors() {
            let mut last = None;
            for line in history.chain(handle) {
                if lineage.given(line)?.is_some_and(|given| given.to_branch) {
                    last = Some(line.record.seq);
                }
            }
            lineage.gave_at.extend(last.map(|seq| (handle, seq)));
        }
        Ok(lineage)
    }

    pub fn holds(&self, handle: Handle) -> bool {
        self.openings.contains_key(&handle)
    }

    /// The batch, then what it was made from, nearest first.
    pub fn batches(&self) -> impl Iterator<Item = (Handle, &BatchOpened)> {
        self.nearest.iter().filter_map(|handle| Some((*handle, self.openings.get(handle)?)))
    }

    pub fn ancestors(&self) -> impl Iterator<Item = Handle> + use<> {
        self.nearest.clone().into_iter().skip(1)
    }

    pub fn opening(&self, handle: Handle) -> Option<&BatchOpened> {
        self.openings.get(&handle)
    }

    /// The batch and the ancestors through which all of it went: no further than where several were mixed.
    pub fn trunk(&self) -> Vec<(Handle, &BatchOpened)> {
        let mut trunk = Vec::new();
        let mut next = Some(self.own);
        while let Some((handle, opening)) = next.and_then(|handle| Some((handle, self.openings.get(&handle)?))) {
            trunk.push((handle, opening));
            next = match opening.parents.as_slice() {
                [parent] => Some(parent.batch),
                _ => None,
            };
        }
        trunk
    }

    /// Batches that were picked on plots, with their plots and days.
    pub fn harvests(&self) -> impl Iterator<Item = (Handle, &BatchOpened)> {
        self.batches().filter(|(_, opening)| opening.basis == Basis::Harvested)
    }

    /// Plots of all harvests, each once, in the order that the batch itself names them.
    pub fn plots(&self, history: &History) -> Vec<Handle> {
        let mut plots: Vec<Handle> = Vec::new();
        for (_, opening) in self.batches() {
            for plot in &opening.plots {
                if !plots.contains(plot) && history.at(*plot, 0).is_some() {
                    plots.push(*plot);
                }
            }
        }
        plots
    }

    /// Licences under which it, or a pack in it, was packed; each once, the batch's own first.
    pub fn licences(&self, history: &History) -> Vec<Handle> {
        let mut licences = Vec::new();
        for licence in self.batches().filter_map(|(_, opening)| opening.licence) {
            if !licences.contains(&licence) && history.licence(licence).is_some() {
                licences.push(licence);
            }
        }
        licences
    }

    /// Whether a record of an ancestor came after the goods of this branch had left it.
    pub fn after_giving(&self, line: &Line) -> bool {
        let handle = line.record.subject.handle;
        handle != self.own && self.gave_at.get(&handle).is_none_or(|gave_at| line.record.seq > *gave_at)
    }

    /// To whom an act gave; `None` for acts that give nothing.
    pub fn given(&self, line: &Line) -> Built<Option<Given>> {
        let children: Vec<Handle> = match line.record.kind.as_str() {
            GradingRecorded::KIND => {
                line.body::<GradingRecorded>()?.outputs.iter().map(|output| output.batch).collect()
            }
            BatchSplit::KIND => line.body::<BatchSplit>()?.parts.iter().map(|part| part.batch).collect(),
            BatchPacked::KIND => line.body::<BatchPacked>()?.outputs.iter().map(|output| output.batch).collect(),
            BatchMerged::KIND => vec![line.body::<BatchMerged>()?.into],
            BatchProcessed::KIND => match line.body::<BatchProcessed>()?.into {
                Some(child) => vec![child],
                None => return Ok(None),
            },
            BatchShipped::KIND => {
                let to_branch = self.shipments.contains(&line.body::<BatchShipped>()?.shipment);
                return Ok(Some(Given { to_branch }));
            }
            _ => return Ok(None),
        };
        Ok(Some(Given { to_branch: children.into_iter().any(|child| self.holds(child)) }))
    }
}

/// An act that gave to other batches or to a shipment.
pub(super) struct Given {
    /// To a batch of this branch.
    pub to_branch: bool,
}
