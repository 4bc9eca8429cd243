//! Where a figure stands: what went from one subject to another is written in both, so it is corrected in both.

use serde_json::Value;

use super::{One, unreadable};
use crate::domain::acts::{Refusal, Step};
use crate::domain::kinds::Body;
use crate::domain::kinds::batches::{
    BatchMerged, BatchOpened, BatchPacked, BatchProcessed, BatchReturned, BatchSampled, BatchShipped, BatchSplit,
    GradingRecorded,
};
use crate::domain::kinds::sites::PlotHarvested;
use crate::domain::record::correction::{Pointer, corrected};
use crate::domain::record::{Handle, Record, Subject, SubjectKind};

/// Acts whose amounts no correction changes. Packs are counted, not weighed: what a pack took follows from its count. Merged
/// amounts, samples and shipments are known to their other side as they were given.
const KNOWN_TO_OTHERS: &[&str] =
    &[BatchPacked::KIND, BatchMerged::KIND, BatchShipped::KIND, BatchSampled::KIND, BatchReturned::KIND];

/// One value to be replaced.
pub(super) struct Place {
    pub subject: Subject,
    pub seq: u64,
    pub path: Pointer,
    pub new: Value,
}

impl One<'_> {
    /// Every place where the same figure stands; what gives comes before what it gives to.
    pub(super) fn places(&self, step: &Step<'_>, target: &Record) -> Result<Vec<Place>, Refusal> {
        if let Some(elsewhere) = elsewhere(target, self.last_name())? {
            return Err(match elsewhere {
                Elsewhere::AtParent(parent) => Refusal::new("correct-at-parent").detail("parent", parent),
                Elsewhere::AtPlots => Refusal::new("correct-at-plots"),
                Elsewhere::Nowhere => Refusal::new("not-correctable"),
            }
            .at("path", self.path));
        }
        let own = Place { subject: target.subject, seq: self.seq, path: self.path.clone(), new: self.new.clone() };
        let in_child = match (target.kind.as_str(), self.last_name()) {
            (BatchOpened::KIND, "quantity") => return self.of_harvest(step, target, own),
            (BatchOpened::KIND, "from" | "to" | "picked") => return self.of_picking(step, target, own),
            (PlotHarvested::KIND, "quantity") => return self.of_share(step, target, own),
            (GradingRecorded::KIND, "quantity") => {
                self.nth(&read::<GradingRecorded>(target)?.outputs).map(|it| it.batch)
            }
            (BatchSplit::KIND, "quantity") => self.nth(&read::<BatchSplit>(target)?.parts).map(|it| it.batch),
            (BatchProcessed::KIND, "output") => read::<BatchProcessed>(target)?.into,
            _ => None,
        };
        let Some(child) = in_child else { return Ok(vec![own]) };
        let in_child = Place {
            subject: Subject::new(SubjectKind::Batch, child),
            seq: 0,
            path: pointer("/body/quantity")?,
            new: self.new.clone(),
        };
        Ok(vec![own, in_child])
    }

    /// The item that `/body/outputs/1/quantity` points into.
    fn nth<'i, T>(&self, items: &'i [T]) -> Option<&'i T> {
        items.get(self.path.tokens().get(2)?.parse::<usize>().ok()?)
    }

    fn not_correctable(&self) -> Refusal {
        Refusal::new("not-correctable").at("path", self.path)
    }

    /// The weight of a harvest stands in its plot too.
    fn of_harvest(&self, step: &Step<'_>, target: &Record, own: Place) -> Result<Vec<Place>, Refusal> {
        let in_plot = match read::<BatchOpened>(target)?.plots.as_slice() {
            [plot] => Some(in_plot(step, *plot, target, "/body/quantity", self.new)?),
            _ => None,
        };
        Ok(in_plot.into_iter().chain([own]).collect())
    }

    /// The days of picking stand in every plot.
    fn of_picking(&self, step: &Step<'_>, target: &Record, own: Place) -> Result<Vec<Place>, Refusal> {
        let body: BatchOpened = read(target)?;
        let path = match self.path.tokens() {
            [_, picked, end] if picked == "picked" => format!("/body/{end}"),
            _ => return Err(self.not_correctable().expected("/body/picked/from")),
        };
        let in_plots = body.plots.iter().map(|plot| in_plot(step, *plot, target, &path, self.new));
        in_plots.chain([Ok(own)]).collect()
    }

    /// One plot's part of a harvest: the batch has the sum of them.
    fn of_share(&self, step: &Step<'_>, target: &Record, own: Place) -> Result<Vec<Place>, Refusal> {
        let number = |value: Option<&Value>| value.and_then(Value::as_u64);
        let batch = read::<PlotHarvested>(target)?.batch;
        let now = |chain: &[Record], seq: u64| -> Result<Option<u64>, Refusal> {
            let value = corrected(chain, seq).map_err(unreadable)?;
            Ok(number(value.pointer("/body/quantity")))
        };
        let share = now(step.chain(target.subject.handle), self.seq)?;
        let whole = now(step.chain(batch), 0)?;
        let wrong = || Refusal::new("wrong-shape").at("new", self.new);
        let (Some(new), Some(share), Some(whole)) = (number(Some(self.new)), share, whole) else {
            return Err(wrong());
        };
        let total = whole.checked_sub(share).and_then(|others| others.checked_add(new)).ok_or_else(wrong)?;
        let subject = Subject::new(SubjectKind::Batch, batch);
        let in_batch = Place { subject, seq: 0, path: pointer("/body/quantity")?, new: total.into() };
        Ok(vec![own, in_batch])
    }
}

/// Where a figure is corrected that is not corrected in this record.
enum Elsewhere {
    AtParent(Handle),
    AtPlots,
    /// It was known to others as it was given, or follows from something else.
    Nowhere,
}

fn elsewhere(record: &Record, last: &str) -> Result<Option<Elsewhere>, Refusal> {
    Ok(match (record.kind.as_str(), last) {
        (BatchOpened::KIND, "quantity" | "from" | "to" | "picked") => {
            let body: BatchOpened = read(record)?;
            let parent = body.parents.first().map(|parent| Elsewhere::AtParent(parent.batch));
            parent.or((last == "quantity" && body.plots.len() > 1).then_some(Elsewhere::AtPlots))
        }
        // The days stand in the batch, which has one window for all its plots.
        (PlotHarvested::KIND, "from" | "to") => Some(Elsewhere::Nowhere),
        (kind, "quantity") if KNOWN_TO_OTHERS.contains(&kind) => Some(Elsewhere::Nowhere),
        _ => None,
    })
}

/// Whether the figure is another's to correct, or nobody's.
pub(super) fn stands_elsewhere(record: &Record, last: &str) -> bool {
    elsewhere(record, last).is_ok_and(|elsewhere| elsewhere.is_some())
}

/// The place in a plot's record of this harvest.
fn in_plot(step: &Step<'_>, plot: Handle, harvest: &Record, path: &str, new: &Value) -> Result<Place, Refusal> {
    let batch = harvest.subject.handle.to_string();
    let of_batch = |record: &&Record| {
        record.kind == PlotHarvested::KIND && record.body.get("batch").and_then(Value::as_str) == Some(&batch)
    };
    let record = step.chain(plot).iter().find(of_batch).ok_or_else(|| Refusal::not_found("plots", plot))?;
    Ok(Place { subject: record.subject, seq: record.seq, path: pointer(path)?, new: new.clone() })
}

fn read<B: Body>(record: &Record) -> Result<B, Refusal> {
    B::read(record).map_err(unreadable)
}

fn pointer(text: &str) -> Result<Pointer, Refusal> {
    text.parse().map_err(|_| Refusal::new("not-correctable").at("path", text))
}

/// Subjects whose chains a correction of this record may have to follow: those that the same figure stands in.
pub fn neighbours(record: &Record) -> Vec<Handle> {
    let list = |name: &str| record.body.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let handle = |value: &Value| value.as_str().and_then(|text| text.parse().ok());
    let one = |name: &str| record.body.get(name).and_then(handle).into_iter().collect();
    match record.kind.as_str() {
        BatchOpened::KIND => list("plots").iter().filter_map(handle).collect(),
        GradingRecorded::KIND => list("outputs").iter().filter_map(|output| handle(&output["batch"])).collect(),
        BatchSplit::KIND => list("parts").iter().filter_map(|part| handle(&part["batch"])).collect(),
        BatchProcessed::KIND => one("into"),
        PlotHarvested::KIND => one("batch"),
        _ => Vec::new(),
    }
}
