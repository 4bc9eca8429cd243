//! Mass balance: what a record puts into its batch and what it takes out. in = out + losses + returned + discrepancy +
//! rest, to the gram, at every moment; there is no tolerance, a re-weighing is a correction. A discrepancy is what a
//! correction declares that it leaves: it is never positive, and while it stands there is no rest.

use serde::{Deserialize, Serialize};

use super::kinds::batches::{
    BatchLost, BatchMerged, BatchOpened, BatchPacked, BatchProcessed, BatchReturned, BatchSampled, BatchShipped,
    BatchSplit, GradingRecorded,
};
use super::kinds::{Body, UnreadableBody};
use super::quantity::MAX_WHOLE;
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
    /// Zero, or below it by what went out beyond what came in.
    pub discrepancy: i64,
}

impl Balance {
    /// What may still be used.
    pub fn rest(&self) -> u64 {
        // Never above `input`, so that it fits.
        u64::try_from(self.over()).unwrap_or_default()
    }

    /// What came in beyond what is used; negative where more is used.
    fn over(&self) -> i128 {
        i128::from(self.input) - i128::from(self.output) - i128::from(self.loss) - i128::from(self.returned)
    }

    /// The balance after `movement`, whatever it comes to; `None` where a part would fall below zero or grow beyond what a
    /// record can say.
    pub fn moved(&self, movement: Movement) -> Option<Self> {
        let moved = |now: u64, by: i128| u64::try_from(i128::from(now).checked_add(by)?).ok();
        let mut next = Self {
            input: moved(self.input, movement.input)?,
            output: moved(self.output, movement.output)?,
            loss: moved(self.loss, movement.loss)?,
            returned: moved(self.returned, movement.returned)?,
            discrepancy: 0,
        };
        next.discrepancy = i64::try_from(next.over().min(0)).ok()?;
        (next.discrepancy.unsigned_abs() <= MAX_WHOLE).then_some(next)
    }

    /// The balance after `movement`; `None` where more would be out than in. A discrepancy may stay as it is, go away, or be
    /// the one that is declared.
    pub fn after(&self, movement: Movement, declared: Option<i64>) -> Option<Self> {
        let next = self.moved(movement)?;
        let allowed = match declared {
            Some(declared) => next.discrepancy == declared,
            None => next.discrepancy == 0 || next.discrepancy == self.discrepancy,
        };
        allowed.then_some(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full(input: u64, output: u64) -> Balance {
        Balance { input, output, ..Balance::default() }
    }

    #[test]
    fn more_goes_out_than_came_in_only_where_exactly_that_is_declared() {
        let less = Movement { input: -40, ..Movement::default() };
        let balance = full(100, 90);
        assert_eq!(balance.after(less, None), None);
        assert_eq!((balance.after(less, Some(-29)), balance.after(less, Some(-31))), (None, None));
        let gap = balance.after(less, Some(-30)).unwrap();
        assert_eq!((gap.discrepancy, gap.rest()), (-30, 0));
        let taken = Movement { output: 1, ..Movement::default() };
        assert_eq!(gap.after(taken, None), None);
        let back = Movement { output: -5, returned: 5, ..Movement::default() };
        assert_eq!(gap.after(back, None).unwrap().discrepancy, -30);
        let more = Movement { input: 30, ..Movement::default() };
        assert_eq!(gap.after(more, None), Some(full(90, 90)));
        assert_eq!(balance.after(Movement::default(), Some(-1)), None, "nothing is declared where all adds up");
    }

    #[test]
    fn sums_beyond_64_bits_are_refused_and_do_not_wrap() {
        let balance = Balance { input: 1, output: u64::MAX, loss: u64::MAX, returned: u64::MAX, discrepancy: 0 };
        assert_eq!(balance.rest(), 0);
        assert_eq!(balance.moved(Movement { output: 1, ..Movement::default() }), None);
        let beyond = Movement { output: i128::from(MAX_WHOLE) + 2, ..Movement::default() };
        assert_eq!(full(1, 0).moved(beyond), None);
    }
}
