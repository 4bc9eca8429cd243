//! Mass balance: what a record puts into its batch and what it takes out. in = out + losses + returned + rest, to the
//! gram, at every moment; there is no tolerance, a re-weighing is a correction.

use serde::{Deserialize, Serialize};

use super::kinds::batches::{
    BatchLost, BatchMerged, BatchOpened, BatchPacked, BatchProcessed, BatchReturned, BatchSampled, BatchShipped,
    BatchSplit, GradingRecorded,
};
use super::kinds::{Body, UnreadableBody};
use super::record::Record;

/// Amounts that one record moves, in the unit of its batch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Movement {
    /// Came into the batch.
    pub input: i128,
    /// Left for a child, a sample or a shipment.
    pub output: i128,
    /// Left for nothing.
    pub loss: i128,
    /// Came back from a shipment (positive) or left what had come back (negative); never part of the rest.
    pub returned: i128,
}

impl Movement {
    /// What `record` moves in the batch whose chain it stands on.
    pub fn of(record: &Record) -> Result<Self, UnreadableBody> {
        Ok(match record.kind.as_str() {
            BatchOpened::KIND => Self::input(BatchOpened::read(record)?.quantity.get()),
            BatchProcessed::KIND => processed(&BatchProcessed::read(record)?),
            GradingRecorded::KIND => graded(&GradingRecorded::read(record)?),
            BatchSplit::KIND => {
                let parts: u128 =
                    BatchSplit::read(record)?.parts.iter().map(|part| u128::from(part.quantity.get())).sum();
                Self { output: parts as i128, ..Self::default() }
            }
            BatchMerged::KIND => Self::output(BatchMerged::read(record)?.quantity.get()),
            BatchSampled::KIND => Self::output(BatchSampled::read(record)?.quantity.get()),
            BatchPacked::KIND => packed(&BatchPacked::read(record)?),
            BatchShipped::KIND => Self::output(BatchShipped::read(record)?.quantity.get()),
            BatchReturned::KIND => {
                let back = i128::from(BatchReturned::read(record)?.quantity.get());
                Self { output: -back, returned: back, ..Self::default() }
            }
            BatchLost::KIND => lost(&BatchLost::read(record)?),
            _ => Self::default(),
        })
    }

    fn input(amount: u64) -> Self {
        Self { input: amount.into(), ..Self::default() }
    }

    fn output(amount: u64) -> Self {
        Self { output: amount.into(), ..Self::default() }
    }

    pub fn minus(self, other: Self) -> Self {
        Self {
            input: self.input - other.input,
            output: self.output - other.output,
            loss: self.loss - other.loss,
            returned: self.returned - other.returned,
        }
    }
}

fn processed(body: &BatchProcessed) -> Movement {
    let (input, output) = (i128::from(body.input.get()), i128::from(body.output.get()));
    match body.into {
        // The product changed: all that went in has left; what came out is the child's to count.
        Some(_) => Movement { output: input, ..Movement::default() },
        None => Movement { loss: input - output, ..Movement::default() },
    }
}

fn graded(body: &GradingRecorded) -> Movement {
    let output: u128 = body.outputs.iter().map(|part| u128::from(part.quantity.get())).sum();
    Movement {
        output: output as i128,
        loss: i128::from(body.loss.get()) + i128::from(body.cull.get()),
        ..Movement::default()
    }
}

fn packed(body: &BatchPacked) -> Movement {
    let output: u128 = body.outputs.iter().map(|part| u128::from(part.quantity.get())).sum();
    Movement { output: output as i128, loss: body.loss.get().into(), ..Movement::default() }
}

fn lost(body: &BatchLost) -> Movement {
    let amount = i128::from(body.quantity.get());
    if body.from_returned {
        Movement { loss: amount, returned: -amount, ..Movement::default() }
    } else {
        Movement { loss: amount, ..Movement::default() }
    }
}

/// Running balance of a batch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balance {
    pub input: u64,
    pub output: u64,
    pub loss: u64,
    /// Came back and waits apart.
    pub returned: u64,
}

impl Balance {
    /// What may still be used.
    pub fn rest(&self) -> u64 {
        self.input.saturating_sub(self.output + self.loss + self.returned)
    }

    /// The balance after `movement`; `None` where any part would fall below zero or more would be out than in.
    pub fn after(&self, movement: Movement) -> Option<Self> {
        let moved = |now: u64, by: i128| u64::try_from(i128::from(now) + by).ok();
        let next = Self {
            input: moved(self.input, movement.input)?,
            output: moved(self.output, movement.output)?,
            loss: moved(self.loss, movement.loss)?,
            returned: moved(self.returned, movement.returned)?,
        };
        let used = u128::from(next.output) + u128::from(next.loss) + u128::from(next.returned);
        (used <= u128::from(next.input)).then_some(next)
    }
}
