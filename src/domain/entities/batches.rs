//! A batch as it is now.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{Fact, Inapplicable, misplaced};
use crate::domain::balance::{Balance, Movement};
use crate::domain::gs1::{Gtin, Lot};
use crate::domain::kinds::Body;
use crate::domain::kinds::batches::{
    Agent, Basis, BatchClosed, BatchHeld, BatchOpened, BatchPacked, BatchProcessed, BatchRecalled, BatchReleased,
    BatchReturned, BatchShipped, BatchStored, CertificateIssued, FailedAnalyte, GradingRecorded, HoldReason, Parent,
    Window,
};
use crate::domain::kinds::samples::{TestReported, TestVerdict, Tier};
use crate::domain::quantity::{PositiveGrams, Unit};
use crate::domain::record::{Handle, Record};
use crate::domain::text::Text;
use crate::domain::time::{CivilDate, Instant};

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
    pub const ALL: [Self; 5] = [Self::Open, Self::Graded, Self::Packed, Self::Shipped, Self::Closed];

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
    /// Who gave that report.
    pub laboratory: Option<Handle>,
    /// What failed in it.
    pub failed: Vec<FailedAnalyte>,
}

/// A passing report of an instrument, as certificates rest on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Panel {
    pub report_no: Text<60>,
    pub tier: Tier,
    /// Found within their limits.
    pub actives: Vec<Text<60>>,
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
    /// Passing reports of instruments, at most [`Batch::MOST_PANELS`].
    pub panels: Vec<Panel>,
    pub certified: bool,
    /// When its first certificate was issued; `None` too where that was noted by a program that did not keep it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certified_at: Option<Instant>,
    /// When it was opened, as `certified_at`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened_at: Option<Instant>,
    /// Where it was last put into store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<Handle>,
    /// Left with shipments, less what came back; for lists of stock.
    #[serde(default)]
    pub shipped: u64,
    /// The civil day it was opened on, for lists.
    pub opened_on: CivilDate,
}

impl Batch {
    /// So that the state stays small for ever; more reports on one batch are refused.
    pub const MOST_PANELS: usize = 50;

    pub fn rest(&self) -> u64 {
        self.balance.rest()
    }

    /// Whether a certificate of this batch covers what was made from it into `child`: one that was issued before the goods left.
    pub fn covers(&self, child: &Self) -> bool {
        match (self.certified_at, child.opened_at) {
            (Some(certified), Some(opened)) => certified <= opened,
            _ => self.certified,
        }
    }

    pub fn is_closed(&self) -> bool {
        self.stage == BatchStage::Closed
    }

    /// Something is there to be sold, packed or disposed of.
    pub fn is_stocked(&self) -> bool {
        !self.is_closed() && (self.rest() > 0 || self.balance.returned > 0)
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
            panels: Vec::new(),
            certified: false,
            certified_at: None,
            opened_at: Some(fact.record.recorded_at),
            site: None,
            shipped: 0,
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
            BatchShipped::KIND => {
                self.stage = self.stage.max(BatchStage::Shipped);
                self.shipped = self.shipped.saturating_add(BatchShipped::read(record)?.quantity.get());
            }
            BatchReturned::KIND => {
                self.shipped = self.shipped.saturating_sub(BatchReturned::read(record)?.quantity.get());
            }
            BatchClosed::KIND => self.stage = BatchStage::Closed,
            BatchProcessed::KIND => self.agents.extend(BatchProcessed::read(record)?.agent),
            BatchHeld::KIND => self.hold(record)?,
            BatchReleased::KIND => self.release(record)?,
            BatchRecalled::KIND => self.recalled = true,
            TestReported::KIND => self.note_panel(TestReported::read(record)?),
            CertificateIssued::KIND => {
                self.certified = true;
                self.certified_at.get_or_insert(record.recorded_at);
            }
            BatchStored::KIND => self.site = BatchStored::read(record)?.site.or(self.site),
            _ => {}
        }
        self.moves(record, Movement::of(record)?, None)
    }

    fn moves(&mut self, record: &Record, movement: Movement, declared: Option<i64>) -> Result<(), Inapplicable> {
        self.balance = self
            .balance
            .after(movement, declared)
            .ok_or_else(|| Inapplicable::Overdrawn { subject: record.subject.to_string() })?;
        Ok(())
    }

    fn hold(&mut self, record: &Record) -> Result<(), Inapplicable> {
        let body = BatchHeld::read(record)?;
        let laboratory = body.report_no.as_ref().map(|_| record.actor.org);
        let report_no = body.report_no.map(|no| no.to_string());
        self.holds.push(Hold { reason: body.reason, report_no, laboratory, failed: body.failed });
        Ok(())
    }

    /// Ends the hold of the report that is named; a record that names none ends all holds for its reason.
    fn release(&mut self, record: &Record) -> Result<(), Inapplicable> {
        let body = BatchReleased::read(record)?;
        let ended = body.ends_report_no.as_ref().map(Text::as_str);
        self.holds.retain(|hold| {
            let named =
                ended.is_none() || (hold.report_no.as_deref() == ended && hold.laboratory == body.ends_laboratory);
            hold.reason != body.reason || !named
        });
        Ok(())
    }

    fn note_panel(&mut self, report: TestReported) {
        if report.tier == Tier::Screening || report.verdict != TestVerdict::Pass {
            return;
        }
        let passed = report.results.into_iter().filter(|result| result.verdict == TestVerdict::Pass);
        let actives = passed.map(|result| result.analyte).collect();
        self.panels.push(Panel { report_no: report.report_no, tier: report.tier, actives });
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
        let declared = fact.record.body.get("discrepancy_g").and_then(Value::as_i64);
        self.moves(fact.record, difference, declared)
    }
}
