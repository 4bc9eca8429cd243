//! What was recorded on a plot, besides what its state keeps.

use super::super::{App, AppError, records};
use crate::domain::kinds::sites::{PlotHarvested, PlotInputUsed, PlotNoted};
use crate::domain::kinds::{Attachment, Body};
use crate::domain::record::correction::corrected;
use crate::domain::record::{Handle, Record};
use crate::domain::time::{CivilDate, Instant};

/// The newest first.
#[derive(Default)]
pub struct PlotStory {
    pub harvests: Vec<PlotHarvested>,
    pub inputs: Vec<PlotInputUsed>,
    pub notes: Vec<Note>,
}

/// A remark, a photo, a document.
pub struct Note {
    pub at: Instant,
    pub text: Option<String>,
    pub files: Vec<Attachment>,
}

/// What stands of each record after its corrections. Whoever asks has read that the plot is its own.
pub fn plot(app: &App, plot: Handle) -> Result<PlotStory, AppError> {
    let chain = records::read(&*app.store, plot, 0, u64::MAX)?;
    let mut story = PlotStory::default();
    for record in chain.iter().rev() {
        match record.kind.as_str() {
            PlotHarvested::KIND => story.harvests.push(body(&chain, record)?),
            PlotInputUsed::KIND => story.inputs.push(body(&chain, record)?),
            PlotNoted::KIND => {
                let media = body::<PlotNoted>(&chain, record)?.media;
                let text = media.note.map(|note| note.to_string());
                story.notes.push(Note { at: record.recorded_at, text, files: media.attachments });
            }
            _ => {}
        }
    }
    story.inputs.sort_by_key(|input| std::cmp::Reverse::<CivilDate>(input.on));
    Ok(story)
}

fn body<T: serde::de::DeserializeOwned>(chain: &[Record], record: &Record) -> Result<T, AppError> {
    let failed = |error: &dyn std::fmt::Display| AppError::Failed(error.to_string());
    let mut now = corrected(chain, record.seq).map_err(|error| failed(&error))?;
    serde_json::from_value(now["body"].take()).map_err(|error| failed(&error))
}
