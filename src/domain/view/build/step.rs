//! One record as one step: what every step has, and the steps of a batch by kind.

use super::figures::{self, Counted};
use super::history::{Line, bilingual};
use super::{Built, Page};
use crate::domain::kinds::batches::{
    Basis, BatchHeld, BatchLost, BatchOpened, BatchPacked, BatchProcessed, BatchRecalled, BatchReleased, BatchReturned,
    BatchSampled, BatchShipped, BatchSplit, BatchStored, CertificateIssued, GradingRecorded, HoldReason, Process,
};
use crate::domain::kinds::samples::TestReported;
use crate::domain::kinds::sites::{PlotRegistered, SiteRegistered};
use crate::domain::kinds::{Media, UnreadableBody};
use crate::domain::record::Handle;
use crate::domain::time::{CivilDate, Instant};
use crate::domain::view::{Bilingual, Figure, StepKind, StepView};

/// 等外: what a grading run found below its lowest grade.
const BELOW_GRADES: (&str, &str) = ("等外", "Out of grade");

impl Page<'_> {
    pub fn day(&self, at: Instant) -> CivilDate {
        at.civil_date(self.offset_minutes)
    }

    /// A step with what every record tells: day, organisation, lot, note, photos, films.
    pub fn step(&self, line: &Line, kind: StepKind, figures: Vec<Figure>) -> Built<StepView> {
        let record = &line.record;
        let media: Media = read_media(line)?;
        let mut step =
            StepView::new(kind, self.day(record.occurred_at).to_string(), self.history.name_of(record.actor.org)?);
        step.figures = figures;
        step.lot = self.other_lot(record.subject.handle);
        step.note = media.note.as_ref().map(|note| Bilingual::same(note.as_str()));
        step.photos = photos(&media);
        if !line.is::<TestReported>() {
            step.documents = files(&media, false);
        }
        step.videos = media.videos.iter().map(|video| video.as_str().to_owned()).collect();
        Ok(step)
    }

    /// The lot of a batch of the branch, unless it is the one of the page.
    pub fn other_lot(&self, batch: Handle) -> Option<String> {
        self.lineage.opening(batch).filter(|_| batch != self.lineage.own).map(|opening| opening.lot.to_string())
    }

    fn site(&self, site: Option<Handle>) -> Built<Option<Bilingual>> {
        let Some(site) = site else { return Ok(None) };
        Ok(self.history.opening::<SiteRegistered>(site)?.map(|site| bilingual(&site.name)))
    }

    /// How a batch came to be, where no act of a parent tells it already.
    pub fn opened(&self, line: &Line, body: &BatchOpened) -> Built<Option<StepView>> {
        let kind = match body.basis {
            Basis::Harvested => StepKind::Harvested,
            Basis::Collected | Basis::Slaughtered | Basis::Made => StepKind::Opened,
            Basis::BoughtIn => StepKind::Bought,
            Basis::Received => StepKind::Received,
            Basis::Merged => StepKind::Merged,
            Basis::Processed | Basis::Graded | Basis::Split | Basis::Packed => return Ok(None),
        };
        let counted = Counted::of(body);
        let mut step = self.step(line, kind, vec![counted.figure(body.quantity.get())])?;
        step.where_ = match &body.origin {
            Some(origin) => Some(bilingual(origin)),
            None => self.site(body.site)?,
        };
        if body.basis == Basis::Merged {
            for parent in &body.parents {
                let code = self.lineage.opening(parent.batch).map(|opening| opening.lot.to_string());
                let g = counted.grams(parent.quantity.get());
                step.figures.extend(code.map(|code| Figure::Lot { code, g }));
            }
        }
        if let Some(window) = &body.picked
            && body.basis == Basis::Harvested
        {
            step.date = window.from.to_string();
            step.until = (window.to != window.from).then(|| window.to.to_string());
            step.where_ = self.orchards(&body.plots)?;
        }
        Ok(Some(step))
    }

    /// `示范县 · SF-P01、SF-P02`
    fn orchards(&self, plots: &[Handle]) -> Built<Option<Bilingual>> {
        let mut place = None;
        let mut codes = Vec::new();
        for plot in plots {
            if let Some(found) = self.history.opening::<PlotRegistered>(*plot)? {
                codes.push(found.code.to_string());
                place.get_or_insert(found.place);
            }
        }
        Ok(place.map(|place| {
            let place = bilingual(&place);
            let en = if place.en.is_empty() { &place.zh } else { &place.en };
            let en = format!("{en} · {}", codes.join(", "));
            Bilingual::new(format!("{} · {}", place.zh, codes.join("、")), en)
        }))
    }

    pub fn processed(&self, line: &Line, counted: Counted) -> Built<StepView> {
        let body: BatchProcessed = line.body()?;
        let kind = match body.process {
            Process::Washed => StepKind::Washed,
            Process::Withered => StepKind::Withered,
            Process::Dried => StepKind::Dried,
            Process::Dipped => StepKind::Preserved,
            Process::PreCooled => StepKind::Cooled,
            _ => StepKind::Processed,
        };
        let mut figures = Vec::new();
        let (input, output) = (body.input.get(), body.output.get());
        if body.into.is_some() || output != input {
            let into = body.into.and_then(|child| self.lineage.opening(child));
            let made = into.map_or(counted, Counted::of);
            figures.extend(counted.grams(input).map(|g| Figure::Input { g }));
            figures.extend(made.grams(output).map(|g| Figure::Output { g }));
            figures.extend(into.map(|child| Figure::Lot { code: child.lot.to_string(), g: None }));
        }
        figures.extend(body.agent.as_ref().map(figures::agent));
        figures.extend(body.celsius.map(figures::degrees));
        figures.extend(body.minutes.map(|minutes| Figure::Minutes { minutes }));
        self.step(line, kind, figures)
    }

    /// The shares of all grades, also of those that went elsewhere.
    pub fn graded(&self, line: &Line, counted: Counted) -> Built<StepView> {
        let body: GradingRecorded = line.body()?;
        let input = body.input.get();
        let share = |name: Bilingual, amount: u64| {
            let permille = u32::try_from(u128::from(amount) * 1000 / u128::from(input.max(1))).ok();
            counted.grams(amount).filter(|g| *g > 0).map(|g| Figure::GradeShare { grade: name, g, permille })
        };
        let mut figures: Vec<Figure> = body
            .outputs
            .iter()
            .filter_map(|output| {
                let size = output.size.as_ref().map(|size| format!(" {size}")).unwrap_or_default();
                share(Bilingual::term(format!("{}{size}", output.grade)), output.quantity.get())
            })
            .collect();
        figures.extend(share(Bilingual::new(BELOW_GRADES.0, BELOW_GRADES.1), body.cull.get()));
        figures.extend(counted.loss(body.loss.get()));
        figures.extend(body.measures.iter().filter_map(figures::measure));
        let standard = body.standard.map(|standard| Bilingual::same(standard.to_string()));
        figures.extend(standard.map(|name| Figure::Standard { name }));
        self.step(line, StepKind::Graded, figures)
    }

    /// On the page of a child only its own part; on the page of the batch itself all.
    pub fn split(&self, line: &Line, counted: Counted) -> Built<StepView> {
        let body: BatchSplit = line.body()?;
        let own = line.record.subject.handle == self.lineage.own;
        let parts = body.parts.iter().filter(|part| own || self.lineage.holds(part.batch));
        let figures =
            parts.map(|part| Figure::Lot { code: part.lot.to_string(), g: counted.grams(part.quantity.get()) });
        self.step(line, StepKind::Split, figures.collect())
    }

    pub fn packed(&self, line: &Line, counted: Counted) -> Built<StepView> {
        let body: BatchPacked = line.body()?;
        let own = line.record.subject.handle == self.lineage.own;
        let mut figures = Vec::new();
        let mut lot = None;
        for output in body.outputs.iter().filter(|output| own || self.lineage.holds(output.batch)) {
            if output.batch != self.lineage.own {
                figures.push(Figure::Lot { code: output.lot.to_string(), g: None });
                lot = Some(output.lot.to_string());
            }
            figures.push(Figure::Packs { count: output.packs.get(), net_g: Some(output.net_g.as_i64()) });
            figures.extend(counted.grams(output.quantity.get()).map(|g| Figure::Weight { g }));
        }
        figures.extend(counted.loss(body.loss.get()));
        let mut step = self.step(line, StepKind::Packed, figures)?;
        step.date = body.packed_on.to_string();
        step.where_ = self.site(body.site)?;
        step.lot = if own { None } else { lot };
        Ok(step)
    }

    pub fn stored(&self, line: &Line) -> Built<StepView> {
        let body: BatchStored = line.body()?;
        let humidity = body.humidity_percent.map(|at| Figure::Humidity { low_percent: at, high_percent: at });
        let figures = body.celsius.map(figures::degrees).into_iter().chain(humidity).collect();
        let mut step = self.step(line, StepKind::Stored, figures)?;
        step.where_ = self.site(body.site)?;
        Ok(step)
    }

    /// That goods left and how they travelled; never to whom.
    pub fn shipped(&self, line: &Line, counted: Counted) -> Built<StepView> {
        let body: BatchShipped = line.body()?;
        let mut figures = vec![counted.figure(body.quantity.get())];
        figures.extend(body.temperature.iter().flat_map(figures::transport));
        self.step(line, StepKind::Shipped, figures)
    }

    pub fn returned(&self, line: &Line, counted: Counted) -> Built<StepView> {
        let body: BatchReturned = line.body()?;
        let mut step = self.step(line, StepKind::Returned, vec![counted.figure(body.quantity.get())])?;
        let reason = Bilingual::same(body.reason.as_str());
        step.note = Some(step.note.map_or(reason, |note| Bilingual::same(format!("{}\n{}", body.reason, note.zh))));
        Ok(step)
    }

    pub fn lost(&self, line: &Line, counted: Counted) -> Built<StepView> {
        let body: BatchLost = line.body()?;
        let why = Figure::LostBy { reason: body.reason };
        self.step(line, StepKind::Lost, vec![counted.figure(body.quantity.get()), why])
    }

    pub fn sampled(&self, line: &Line, counted: Counted) -> Built<StepView> {
        let body: BatchSampled = line.body()?;
        let code = Figure::Reference { no: body.code.to_string() };
        self.step(line, StepKind::Sampled, vec![counted.figure(body.quantity.get()), code])
    }

    pub fn held(&self, line: &Line, counted: Counted) -> Built<StepView> {
        let body: BatchHeld = line.body()?;
        let mut figures = vec![Figure::HeldFor { reason: body.reason }];
        figures.extend(reference(body.report_no));
        if body.reason == HoldReason::Discrepancy {
            // The correction that left it stands right before it.
            let left_by =
                line.record.seq.checked_sub(1).and_then(|seq| self.history.at(line.record.subject.handle, seq));
            figures.extend(left_by.and_then(|line| figures::discrepancy(&line.record, counted)));
        }
        self.step(line, StepKind::Held, figures)
    }

    pub fn released(&self, line: &Line) -> Built<StepView> {
        let body: BatchReleased = line.body()?;
        let mut figures = vec![Figure::HeldFor { reason: body.reason }];
        figures.extend(reference(body.report_no));
        figures.extend(body.ends_report_no.map(|no| Figure::Retested { no: no.to_string() }));
        self.step(line, StepKind::Released, figures)
    }

    pub fn recalled(&self, line: &Line) -> Built<StepView> {
        let body: BatchRecalled = line.body()?;
        let mut step = self.step(line, StepKind::Recalled, Vec::new())?;
        step.date = body.on.to_string();
        step.note = Some(bilingual(&body.reason));
        Ok(step)
    }

    pub fn certified(&self, line: &Line) -> Built<StepView> {
        let body: CertificateIssued = line.body()?;
        let mut step = self.step(line, StepKind::Certificate, reference(body.reports))?;
        step.date = body.issued_on.to_string();
        Ok(step)
    }
}

fn reference<T: ToString>(numbers: impl IntoIterator<Item = T>) -> Vec<Figure> {
    numbers.into_iter().map(|no| Figure::Reference { no: no.to_string() }).collect()
}

/// Note, attachments and films of a record of any kind.
pub(super) fn read_media(line: &Line) -> Result<Media, UnreadableBody> {
    serde_json::from_value(serde_json::Value::Object(line.shown.body.clone()))
        .map_err(|cause| UnreadableBody { kind: line.record.kind.clone(), cause: cause.to_string() })
}

pub(super) fn photos(media: &Media) -> Vec<String> {
    files(media, true)
}

/// Addresses on this host of the images, or of what is no image.
pub(super) fn files(media: &Media, images: bool) -> Vec<String> {
    let wanted = media.attachments.iter().map(|it| &it.attachment).filter(|it| it.media_type.is_image() == images);
    wanted.map(|file| format!("/attachments/{}", file.sha256)).collect()
}
