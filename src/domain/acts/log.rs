//! The log begun anew: what the operator says when the records are fewer or others than what was published.

use super::{Act, Needs, Note, Refusal, Step};
use crate::domain::kinds::log::LogReopened;
use crate::domain::record::{Actor, Handle, Subject, SubjectKind};

/// Says that a new epoch of the log has begun. Not an act of the REST API: `suyuan log reopen` performs it.
#[derive(Debug, Clone)]
pub struct ReopenLog {
    /// The log as a subject, where it was begun anew before.
    pub log: Option<Handle>,
    pub said: LogReopened,
}

impl Act for ReopenLog {
    fn operation(&self) -> &'static str {
        "log.reopen"
    }

    fn needs(&self, actor: &Actor, needs: &mut Needs) {
        needs.subject(actor.org);
        needs.subjects(self.log);
    }

    fn decide(&self, step: &mut Step<'_>) -> Result<Subject, Refusal> {
        let subject = match self.log {
            Some(handle) => Subject::new(SubjectKind::Log, handle),
            None => step.new_subject(SubjectKind::Log),
        };
        let note = Note::default().link(step.link("organisation", step.actor().org)?);
        step.write(subject, &self.said, note)?;
        Ok(subject)
    }
}
