//! Batches as a board: what is left, by the stage at which it stands, what has waited longest on top.

use super::super::{App, AppError, Caller};
use crate::domain::acts::Known;
use crate::domain::entities::BatchStage;

/// Batches that are counted; where more are in stock, the board says so.
pub const COUNTED: u32 = 2_000;
/// Batches of one column that are shown.
const SHOWN: usize = 12;

/// A column.
pub struct Lane {
    pub stage: BatchStage,
    /// All that stand there, of those that were counted.
    pub count: usize,
    /// The oldest of them.
    pub shown: Vec<Known>,
}

pub struct Board {
    pub lanes: Vec<Lane>,
    /// More is in stock than was counted.
    pub cut: bool,
}

/// One read of narrow rows, and one of the batches that are shown.
pub fn board(app: &App, caller: Caller) -> Result<Board, AppError> {
    caller.may("batch.read")?;
    let mut stages = app.store.stages_in_stock(caller.organisation, COUNTED + 1)?;
    let cut = stages.len() > COUNTED as usize;
    stages.truncate(COUNTED as usize);
    // What is closed has nothing left.
    let lanes = BatchStage::ALL.iter().filter(|stage| **stage != BatchStage::Closed).map(|stage| {
        let here = stages.iter().filter(|(_, known)| known == stage).map(|(handle, _)| *handle);
        let count = here.clone().count();
        let handles: Vec<_> = here.take(SHOWN).collect();
        let mut shown = app.store.subjects(&handles)?;
        shown.sort_by_key(|known| handles.iter().position(|handle| *handle == known.subject.handle));
        Ok(Lane { stage: *stage, count, shown })
    });
    Ok(Board { lanes: lanes.collect::<Result<_, AppError>>()?, cut })
}
