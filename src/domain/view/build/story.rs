//! The timeline: which records of the branch become steps, and in what order.

use std::collections::BTreeSet;

use super::evidence;
use super::figures::Counted;
use super::history::Line;
use super::origin::Treated;
use super::{Built, Page};
use crate::domain::kinds::Body;
use crate::domain::kinds::batches::{
    BatchClosed, BatchHeld, BatchLost, BatchMerged, BatchNoted, BatchOpened, BatchPacked, BatchProcessed,
    BatchRecalled, BatchReleased, BatchReturned, BatchSampled, BatchShipped, BatchSplit, BatchStored,
    CertificateIssued, GradingRecorded,
};
use crate::domain::kinds::erased::Erased;
use crate::domain::kinds::licences::LicenceRevoked;
use crate::domain::kinds::samples::{SampleDrawn, SampleReceived, TestReported};
use crate::domain::kinds::sites::PlotNoted;
use crate::domain::record::{Handle, SubjectKind};
use crate::domain::view::{Bilingual, Figure, StepKind, StepView};

/// Records that became steps or treatments: a correction of one of them is told too.
pub(super) type Told = BTreeSet<(Handle, u64)>;

impl Page<'_> {
    /// All steps of the branch, in the order in which they happened; the log decides between equals.
    pub fn timeline(&self, treatments: &[Treated]) -> Built<Vec<StepView>> {
        let mut told: Told = treatments.iter().map(|treatment| treatment.record).collect();
        let mut steps = Vec::new();
        for (place, line) in self.history.lines().iter().enumerate() {
            let step = match line.record.subject.kind {
                SubjectKind::Batch => self.of_batch(line, treatments)?,
                SubjectKind::Sample => self.of_sample(line)?,
                SubjectKind::Licence => self.of_licence(line)?,
                SubjectKind::Plot => self.of_plot_note(line, &told)?,
                _ => None,
            };
            if let Some(mut step) = step {
                let record = (line.record.subject.handle, line.record.seq);
                told.insert(record);
                step.record = Some(record);
                steps.push((line.record.occurred_at, place, self.with_day_recorded(line, step)));
            }
        }
        for (place, line) in self.history.lines().iter().enumerate() {
            if let Some(mut step) = self.correction(line, &told)? {
                step.record = Some((line.record.subject.handle, line.record.seq));
                steps.push((line.record.occurred_at, place, step));
            }
        }
        steps.sort_by_key(|(occurred_at, place, _)| (*occurred_at, *place));
        Ok(steps.into_iter().map(|(.., step)| step).collect())
    }

    fn with_day_recorded(&self, line: &Line, mut step: StepView) -> StepView {
        let day = self.day(line.record.recorded_at).to_string();
        step.recorded_on = (day != *step.until.as_ref().unwrap_or(&step.date)).then_some(day);
        step
    }

    fn of_batch(&self, line: &Line, treatments: &[Treated]) -> Built<Option<StepView>> {
        let handle = line.record.subject.handle;
        let Some(opening) = self.lineage.opening(handle) else { return Ok(None) };
        let counted = Counted::of(opening);
        // Whether goods are safe concerns every branch, whenever it was found out.
        let step = match line.record.kind.as_str() {
            BatchSampled::KIND => Some(self.sampled(line, counted)?),
            TestReported::KIND => Some(self.tested(line)?),
            BatchHeld::KIND => Some(self.held(line, counted)?),
            BatchReleased::KIND => Some(self.released(line)?),
            BatchRecalled::KIND => Some(self.recalled(line)?),
            _ if Erased::is(&line.record) => Some(self.withheld(line)?),
            _ if self.lineage.after_giving(line) => None,
            BatchOpened::KIND => self.came_to_be(line, opening, treatments)?,
            _ => self.of_life(line, counted)?,
        };
        Ok(step)
    }

    /// What was sealed was never shown here; that it is gone is.
    fn withheld(&self, line: &Line) -> Built<StepView> {
        let reason = Erased::read(&line.record)?.reason;
        let mut step = self.step(line, StepKind::Withheld, Vec::new())?;
        step.note = Some(Bilingual::same(reason.as_str()));
        Ok(step)
    }

    fn came_to_be(&self, line: &Line, opening: &BatchOpened, treatments: &[Treated]) -> Built<Option<StepView>> {
        let Some(mut step) = self.opened(line, opening)? else { return Ok(None) };
        let mut before = treatments.iter().filter(|treatment| opening.plots.contains(&treatment.record.0)).peekable();
        if step.kind == StepKind::Harvested && before.peek().is_some() {
            let (mut kept, mut last) = (true, u32::MAX);
            for treatment in before {
                kept &= treatment.view.kept;
                last = last.min(treatment.view.days_kept);
            }
            step.figures.extend(kept.then_some(Figure::IntervalsKept { last_days: Some(last) }));
        }
        Ok(Some(step))
    }

    /// What happened to the goods of a batch before this branch left it.
    fn of_life(&self, line: &Line, counted: Counted) -> Built<Option<StepView>> {
        let own = line.record.subject.handle == self.lineage.own;
        if self.lineage.given(line)?.is_some_and(|given| !own && !given.to_branch) {
            return Ok(None);
        }
        Ok(match line.record.kind.as_str() {
            BatchProcessed::KIND => Some(self.processed(line, counted)?),
            GradingRecorded::KIND => Some(self.graded(line, counted)?),
            BatchSplit::KIND => Some(self.split(line, counted)?),
            BatchPacked::KIND => Some(self.packed(line, counted)?),
            BatchStored::KIND => Some(self.stored(line)?),
            BatchShipped::KIND => Some(self.shipped(line, counted)?),
            BatchLost::KIND => Some(self.lost(line, counted)?),
            CertificateIssued::KIND => Some(self.certified(line)?),
            BatchNoted::KIND => Some(self.step(line, StepKind::Noted, Vec::new())?),
            // What came back to a parent stayed there.
            BatchReturned::KIND if own => Some(self.returned(line, counted)?),
            BatchClosed::KIND if own => Some(self.step(line, StepKind::Closed, Vec::new())?),
            // A child that was mixed tells of all its parents at once.
            BatchMerged::KIND if own => {
                let body: BatchMerged = line.body()?;
                let figure = Figure::Lot { code: body.lot.to_string(), g: counted.grams(body.quantity.get()) };
                Some(self.step(line, StepKind::Merged, vec![figure])?)
            }
            _ => None,
        })
    }

    fn of_sample(&self, line: &Line) -> Built<Option<StepView>> {
        if !line.is::<SampleReceived>() {
            return Ok(None);
        }
        let Some(drawn) = self.history.opening::<SampleDrawn>(line.record.subject.handle)? else { return Ok(None) };
        if !self.lineage.holds(drawn.batch) {
            return Ok(None);
        }
        let figure = Figure::Reference { no: drawn.code.to_string() };
        let mut step = self.step(line, StepKind::SampleReceived, vec![figure])?;
        step.lot = self.other_lot(drawn.batch);
        let condition = line.body::<SampleReceived>()?.condition.map(|text| Bilingual::term(text.as_str()));
        step.note = condition.or(step.note);
        Ok(Some(step))
    }

    /// A remark on a plot belongs to the season that was picked, or to a treatment that is shown; another year's does not.
    fn of_plot_note(&self, line: &Line, told: &Told) -> Built<Option<StepView>> {
        if !line.is::<PlotNoted>() {
            return Ok(None);
        }
        let plot = line.record.subject.handle;
        let about = line.body::<PlotNoted>()?.about;
        let day = self.day(line.record.occurred_at);
        if about.is_some_and(|seq| told.contains(&(plot, seq))) || self.in_season(plot, day) {
            return Ok(Some(self.step(line, StepKind::Noted, Vec::new())?));
        }
        Ok(None)
    }

    fn of_licence(&self, line: &Line) -> Built<Option<StepView>> {
        let licence = line.record.subject.handle;
        if !line.is::<LicenceRevoked>() || !self.lineage.licences(self.history).contains(&licence) {
            return Ok(None);
        }
        let body: LicenceRevoked = line.body()?;
        let number = self.history.licence(licence).map(|licence| Figure::Reference { no: licence.number.clone() });
        let mut step = self.step(line, StepKind::LicenceEnded, number.into_iter().collect())?;
        step.date = body.on.to_string();
        step.note = Some(Bilingual::same(body.reason.as_str()));
        Ok(Some(step))
    }

    fn tested(&self, line: &Line) -> Built<StepView> {
        let body: TestReported = line.body()?;
        let mut step = self.step(line, evidence::step_kind(body.tier), evidence::figures(&body))?;
        step.date = body.issued_on.to_string();
        Ok(step)
    }
}
