//! A sample as it is now.

use serde::{Deserialize, Serialize};

use super::{Fact, Inapplicable, misplaced};
use crate::domain::kinds::Body;
use crate::domain::kinds::samples::{SampleDrawn, SampleReceived, SampleReported};
use crate::domain::record::Handle;
use crate::domain::time::Instant;

/// What was drawn for a laboratory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    pub home: Handle,
    pub batch: Handle,
    pub laboratory: Handle,
    pub code: String,
    pub quantity: u64,
    pub drawn_at: Instant,
    pub received_at: Option<Instant>,
    /// Number of the newest report.
    pub report_no: Option<String>,
}

impl Sample {
    pub(super) fn open(fact: &Fact<'_>) -> Result<Self, Inapplicable> {
        let body = SampleDrawn::read(fact.record)?;
        Ok(Self {
            home: fact.record.actor.org,
            batch: body.batch,
            laboratory: body.laboratory,
            code: body.code.to_string(),
            quantity: body.quantity.get(),
            drawn_at: fact.record.occurred_at,
            received_at: None,
            report_no: None,
        })
    }

    pub(super) fn apply(&mut self, fact: &Fact<'_>) -> Result<(), Inapplicable> {
        match fact.record.kind.as_str() {
            SampleReceived::KIND => self.received_at = Some(fact.record.occurred_at),
            SampleReported::KIND => self.report_no = Some(SampleReported::read(fact.record)?.report_no.to_string()),
            _ => return Err(misplaced(fact.record)),
        }
        Ok(())
    }
}
