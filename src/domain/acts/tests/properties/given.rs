//! What a batch was given, counted from the records of those that gave.

use super::Tried;
use crate::domain::entities::Batch;
use crate::domain::kinds::Body;
use crate::domain::kinds::batches::{Basis, BatchMerged, BatchPacked, BatchProcessed, BatchSplit, GradingRecorded};
use crate::domain::kinds::shipments::ShipmentReceived;
use crate::domain::record::correction::corrected;
use crate::domain::record::{Handle, Record};

/// What the records of its parents, as corrected, say that they gave to a batch, in the batch's unit.
pub(super) fn given_to(tried: &Tried, child: Handle, batch: &Batch) -> u64 {
    let it = &tried.county.it;
    if batch.basis == Basis::Received {
        let received = it.log.iter().filter_map(|new| ShipmentReceived::read(&new.record).ok());
        return received.filter(|body| body.batch == child).map(|body| body.quantity.get()).sum();
    }
    let mut sum = 0;
    for parent in &batch.parents {
        let chain = it.chain(parent.batch);
        for record in &chain {
            let mut now: Record = record.clone();
            now.body = corrected(&chain, record.seq).unwrap()["body"].as_object().unwrap().clone();
            sum += gave(&now, child);
        }
    }
    sum
}

fn gave(record: &Record, child: Handle) -> u64 {
    match record.kind.as_str() {
        GradingRecorded::KIND => {
            let outputs = GradingRecorded::read(record).unwrap().outputs;
            outputs.iter().filter(|it| it.batch == child).map(|it| it.quantity.get()).sum()
        }
        BatchSplit::KIND => {
            let parts = BatchSplit::read(record).unwrap().parts;
            parts.iter().filter(|it| it.batch == child).map(|it| it.quantity.get()).sum()
        }
        BatchPacked::KIND => {
            let outputs = BatchPacked::read(record).unwrap().outputs;
            outputs.iter().filter(|it| it.batch == child).map(|it| it.packs.get()).sum()
        }
        BatchMerged::KIND => {
            let body = BatchMerged::read(record).unwrap();
            if body.into == child { body.quantity.get() } else { 0 }
        }
        BatchProcessed::KIND => {
            let body = BatchProcessed::read(record).unwrap();
            if body.into == Some(child) { body.output.get() } else { 0 }
        }
        _ => 0,
    }
}
