//! Where a batch's goods went, amount by amount: what the balance bar shows. Of the records as they are corrected, so that the
//! parts add up to the balance.

use super::Built;
use super::history::as_corrected;
use crate::domain::kinds::Body;
use crate::domain::kinds::batches::{
    BatchLost, BatchMerged, BatchOpened, BatchPacked, BatchProcessed, BatchReturned, BatchSampled, BatchShipped,
    BatchSplit, GradingRecorded,
};
use crate::domain::record::{Handle, Record};

/// Amounts in the unit of the batch: `input` = sum of the parts + rest, but for a declared discrepancy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flow {
    pub input: u64,
    /// What became another batch, oldest first.
    pub given: Vec<Given>,
    pub sampled: u64,
    /// Less what came back.
    pub shipped: u64,
    /// Came back and waits apart.
    pub returned: u64,
    /// 等外: below the lowest grade.
    pub cull: u64,
    pub lost: u64,
}

/// What went into another batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    pub batch: Handle,
    /// Empty where only the other batch says it.
    pub lot: String,
    pub grade: Option<String>,
    pub packs: Option<u64>,
    pub quantity: u64,
}

/// The flow of a batch whose whole chain this is.
pub fn flow(chain: &[Record]) -> Built<Flow> {
    let mut flow = Flow::default();
    for record in as_corrected(chain)? {
        flow.add(&record)?;
    }
    Ok(flow)
}

impl Flow {
    fn add(&mut self, record: &Record) -> Built<()> {
        match record.kind.as_str() {
            BatchOpened::KIND => self.input = BatchOpened::read(record)?.quantity.get(),
            BatchProcessed::KIND => self.process(&BatchProcessed::read(record)?),
            GradingRecorded::KIND => self.grade(GradingRecorded::read(record)?),
            BatchSplit::KIND => {
                let parts = BatchSplit::read(record)?.parts.into_iter();
                self.given
                    .extend(parts.map(|part| Given::whole(part.batch, part.lot.to_string(), part.quantity.get())));
            }
            BatchMerged::KIND => {
                let body = BatchMerged::read(record)?;
                self.given.push(Given::whole(body.into, body.lot.to_string(), body.quantity.get()));
            }
            BatchSampled::KIND => self.sampled += BatchSampled::read(record)?.quantity.get(),
            BatchPacked::KIND => self.pack(BatchPacked::read(record)?),
            BatchShipped::KIND => self.shipped += BatchShipped::read(record)?.quantity.get(),
            BatchReturned::KIND => {
                let back = BatchReturned::read(record)?.quantity.get();
                self.shipped = self.shipped.saturating_sub(back);
                self.returned += back;
            }
            BatchLost::KIND => {
                let body = BatchLost::read(record)?;
                self.lost += body.quantity.get();
                if body.from_returned {
                    self.returned = self.returned.saturating_sub(body.quantity.get());
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn process(&mut self, body: &BatchProcessed) {
        match body.into {
            Some(child) => self.given.push(Given::whole(child, String::new(), body.input.get())),
            None => self.lost += body.input.get().saturating_sub(body.output.get()),
        }
    }

    fn grade(&mut self, body: GradingRecorded) {
        self.cull += body.cull.get();
        self.lost += body.loss.get();
        self.given.extend(body.outputs.into_iter().map(|output| Given {
            grade: Some(output.grade.to_string()),
            ..Given::whole(output.batch, output.lot.to_string(), output.quantity.get())
        }));
    }

    fn pack(&mut self, body: BatchPacked) {
        self.lost += body.loss.get();
        self.given.extend(body.outputs.into_iter().map(|output| Given {
            packs: Some(output.packs.get()),
            ..Given::whole(output.batch, output.lot.to_string(), output.quantity.get())
        }));
    }

    /// All that left, or waits apart.
    pub fn out(&self) -> u64 {
        let given: u64 = self.given.iter().map(|given| given.quantity).sum();
        given + self.sampled + self.shipped + self.returned + self.cull + self.lost
    }
}

impl Given {
    fn whole(batch: Handle, lot: String, quantity: u64) -> Self {
        Self { batch, lot, grade: None, packs: None, quantity }
    }
}
