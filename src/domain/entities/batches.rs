//! A batch as it is now.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Fact, Inapplicable, misplaced};
use crate::domain::balance::{Balance, Movement};
use crate::domain::gs1::{Gtin, Lot};
use crate::domain::kinds::Body;
use crate::domain::kinds::batches::{
    Agent, Basis, BatchClosed, BatchHeld, BatchOpened, BatchPacked, BatchProcessed, BatchRecalled, BatchReleased,
    BatchShipped, CertificateIssued, GradingRecorded, HoldReason, Parent, Window,
};
use crate::domain::kinds::samples::TestReported;
use crate::domain::quantity::{PositiveGrams, Unit};
use crate::domain::record::{Handle, Record};
use crate::domain::text::Text;
use crate::domain::time::CivilDate;

/// Where a batch stands on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BatchStage {
    Open,
    Graded,
    Packed,
    Shipped,
    Closed,
}

impl BatchStage {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Graded => "graded",
            Self::Packed => "packed",
            Self::Shipped => "shipped",
            Self::Closed => "closed",
        }
    }
}

/// A hold that has not ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    pub reason: HoldReason,
    pub report_no: Option<String>,
}

/// Goods of one product, one lot, one history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Batch {
    pub home: Handle,
    pub product: Handle,
    pub gtin: Gtin,
    pub lot: Lot,
    pub unit: Unit,
    pub basis: Basis,
    pub stage: BatchStage,
    pub balance: Balance,
    pub grade: Option<Text<40>>,
    pub size: Option<Text<40>>,
    pub net_g: Option<PositiveGrams>,
    /// Where it grew, through all parents.
    pub plots: Vec<Handle>,
    /// What it was made from, with amounts.
    pub parents: Vec<Parent>,
    /// Every batch it was made from, directly or through others.
    pub ancestors: Vec<Handle>,
    pub picked: Option<Window>,
    pub packed_on: Option<CivilDate>,
    pub best_before: Option<CivilDate>,
    pub licence: Option<Handle>,
    /// Substances used after harvest.
    pub agents: Vec<Agent>,
    pub holds: Vec<Hold>,
    pub recalled: bool,
    /// Actives that an accredited laboratory found within their limits.
    pub tested_actives: Vec<Text<60>>,
    /// Actives that the producer's own instrument found within their limits: evidence of another tier.
    #[serde(default)]
    pub own_tested_actives: Vec<Text<60>>,
    pub certified: bool,
    /// The civil day it was opened on, for lists.
    pub opened_on: CivilDate,
}

impl Batch {
    pub fn rest(&self) -> u64 {
        self.balance.rest()
    }

    pub fn is_closed(&self) -> bool {
        self.stage == BatchStage::Closed
    }

    pub(super) fn open(fact: &Fact<'_>) -> Result<Self, Inapplicable> {
        let body = BatchOpened::read(fact.record)?;
        let balance = Balance { input: body.quantity.get(), ..Balance::default() };
        let stage = match body.basis {
            Basis::Packed => BatchStage::Packed,
            Basis::Graded => BatchStage::Graded,
            _ if body.net_g.is_some() => BatchStage::Packed,
            _ if body.grade.is_some() => BatchStage::Graded,
            _ => BatchStage::Open,
        };
        Ok(Self {
            home: fact.record.actor.org,
            product: body.product,
            gtin: body.gtin,
            lot: body.lot,
            unit: body.unit,
            basis: body.basis,
            stage,
            balance,
            grade: body.grade,
            size: body.size,
            net_g: body.net_g,
            plots: body.plots,
            parents: body.parents,
            ancestors: body.ancestors,
            picked: body.picked,
            packed_on: body.packed_on,
            best_before: body.best_before,
            licence: body.licence,
            agents: Vec::new(),
            holds: Vec::new(),
            recalled: false,
            tested_actives: Vec::new(),
            own_tested_actives: Vec::new(),
            certified: false,
            opened_on: body.opened_on,
        })
    }

    pub(super) fn apply(&mut self, fact: &Fact<'_>) -> Result<(), Inapplicable> {
        let record = fact.record;
        match record.kind.as_str() {
            BatchOpened::KIND => return Err(misplaced(record)),
            "batch.corrected" => return self.apply_correction(fact),
            GradingRecorded::KIND => self.stage = self.stage.max(BatchStage::Graded),
            BatchPacked::KIND => self.stage = self.stage.max(BatchStage::Packed),
            BatchShipped::KIND => self.stage = self.stage.max(BatchStage::Shipped),
            BatchClosed::KIND => self.stage = BatchStage::Closed,
            BatchProcessed::KIND => self.agents.extend(BatchProcessed::read(record)?.agent),
            BatchHeld::KIND => self.hold(record)?,
            BatchReleased::KIND => self.release(record)?,
            BatchRecalled::KIND => self.recalled = true,
            TestReported::KIND => self.note_panel(&TestReported::read(record)?),
            CertificateIssued::KIND => self.certified = true,
            _ => {}
        }
        self.moves(record, Movement::of(record)?)
    }

    fn moves(&mut self, record: &Record, movement: Movement) -> Result<(), Inapplicable> {
        self.balance = self
            .balance
            .after(movement)
            .ok_or_else(|| Inapplicable::Overdrawn { subject: record.subject.to_string() })?;
        Ok(())
    }

    fn hold(&mut self, record: &Record) -> Result<(), Inapplicable> {
        let body = BatchHeld::read(record)?;
        self.holds.push(Hold { reason: body.reason, report_no: body.report_no.map(|no| no.to_string()) });
        Ok(())
    }

    fn release(&mut self, record: &Record) -> Result<(), Inapplicable> {
        let body = BatchReleased::read(record)?;
        self.holds.retain(|hold| hold.reason != body.reason);
        Ok(())
    }

    fn note_panel(&mut self, report: &TestReported) {
        use crate::domain::kinds::samples::{TestVerdict, Tier};
        let tested = match report.tier {
            Tier::Screening => return,
            Tier::Own => &mut self.own_tested_actives,
            Tier::ThirdParty => &mut self.tested_actives,
        };
        if report.verdict == TestVerdict::Fail {
            return;
        }
        for result in &report.results {
            if result.verdict == TestVerdict::Pass && !tested.contains(&result.analyte) {
                tested.push(result.analyte.clone());
            }
        }
    }

    fn apply_correction(&mut self, fact: &Fact<'_>) -> Result<(), Inapplicable> {
        let Some(corrected) = &fact.correction else { return Err(misplaced(fact.record)) };
        if corrected.after.kind == BatchProcessed::KIND {
            let agent = |record| BatchProcessed::read(record).map(|body| body.agent);
            let (before, after) = (agent(&corrected.before)?, agent(&corrected.after)?);
            if let (Some(before), Some(after)) = (before, after)
                && let Some(known) = self.agents.iter_mut().find(|known| **known == before)
            {
                *known = after;
            }
        }
        if corrected.after.kind == BatchOpened::KIND {
            let body = BatchOpened::read(&corrected.after)?;
            self.picked = body.picked;
            self.size = body.size;
            self.best_before = body.best_before;
            self.opened_on = body.opened_on;
            if let [parent] = self.parents.as_mut_slice()
                && matches!(self.basis, Basis::Graded | Basis::Split)
            {
                parent.quantity = body.quantity;
            }
        }
        let difference = Movement::of(&corrected.after)?.minus(Movement::of(&corrected.before)?);
        self.moves(fact.record, difference)
    }
}
