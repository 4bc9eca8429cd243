//! Photos, documents, films and remarks that come later: a record of their own, about an earlier one or the whole.

use serde::Deserialize;
use utoipa::ToSchema;

use super::{Act, Needs, Note, Refusal, Step, Told};
use crate::domain::kinds::batches::BatchNoted;
use crate::domain::kinds::sites::PlotNoted;
use crate::domain::record::{Actor, Handle, Subject, SubjectKind};

/// Adds media or a remark to a batch, closed or not.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"about": 0, "note": "过磅单", "videos": ["https://video.example/harvest.mp4"]}))]
pub struct NoteBatch {
    #[serde(skip)]
    pub batch: Handle,
    /// Position of the record it is about; the whole batch if left out.
    #[serde(default)]
    pub about: Option<u64>,
    #[serde(flatten)]
    pub told: Told,
}

/// Adds media or a remark to a plot.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"note": "新栽防风林"}))]
pub struct NotePlot {
    #[serde(skip)]
    pub plot: Handle,
    /// Position of the record it is about; the whole plot if left out.
    #[serde(default)]
    pub about: Option<u64>,
    #[serde(flatten)]
    pub told: Told,
}

impl Act for NoteBatch {
    fn operation(&self) -> &'static str {
        "batch.note"
    }

    fn needs(&self, _actor: &Actor, needs: &mut Needs) {
        needs.subject(self.batch);
    }

    fn decide(&self, step: &mut Step<'_>) -> Result<Subject, Refusal> {
        step.own_batch(self.batch, "batch")?;
        let subject = Subject::new(SubjectKind::Batch, self.batch);
        check(step, subject, self.about, &self.told)?;
        step.write(subject, &BatchNoted { about: self.about, media: self.told.media() }, Note::told(&self.told))?;
        Ok(subject)
    }
}

impl Act for NotePlot {
    fn operation(&self) -> &'static str {
        "plot.note"
    }

    fn needs(&self, _actor: &Actor, needs: &mut Needs) {
        needs.subject(self.plot);
    }

    fn decide(&self, step: &mut Step<'_>) -> Result<Subject, Refusal> {
        step.own_plot(self.plot, "plot")?;
        let subject = Subject::new(SubjectKind::Plot, self.plot);
        check(step, subject, self.about, &self.told)?;
        step.write(subject, &PlotNoted { about: self.about, media: self.told.media() }, Note::told(&self.told))?;
        Ok(subject)
    }
}

/// Something is said, and about a record that is there.
fn check(step: &Step<'_>, subject: Subject, about: Option<u64>, told: &Told) -> Result<(), Refusal> {
    step.check_told(told)?;
    if told.note.is_none() && told.attachments.is_empty() && told.videos.is_empty() {
        return Err(Refusal::new("nothing-said").at("note", ""));
    }
    let head = step.known(subject.handle).map_or(0, |known| known.head.seq);
    match about {
        Some(seq) if seq > head => Err(Refusal::not_found("about", seq)),
        _ => Ok(()),
    }
}
