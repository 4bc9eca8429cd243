//! Destroying openings: the record that says which, written in the transaction in which they go.

use super::{Act, Needs, Note, Refusal, Step};
use crate::domain::kinds::erased::{Erased, ErasedField};
use crate::domain::record::{Actor, Subject, sealed};
use crate::domain::text::LongText;

/// Destroys what opens sealed fields of one subject. Not an act of the REST API: `suyuan erase` performs it.
#[derive(Debug, Clone)]
pub struct EraseFields {
    pub subject: Subject,
    pub fields: Vec<ErasedField>,
    pub reason: LongText<500>,
}

impl Act for EraseFields {
    fn operation(&self) -> &'static str {
        "sealed.erase"
    }

    fn needs(&self, actor: &Actor, needs: &mut Needs) {
        needs.subjects([self.subject.handle, actor.org]);
    }

    fn decide(&self, step: &mut Step<'_>) -> Result<Subject, Refusal> {
        let known = step.known(self.subject.handle).filter(|known| known.subject == self.subject);
        let head = known.ok_or_else(|| Refusal::not_found("subject", self.subject))?.head.seq;
        let mut fields = self.fields.clone();
        fields.sort();
        fields.dedup();
        // What is sealed and what of it still stands was looked up by whoever names the fields.
        if fields.is_empty() || fields.len() > Erased::MOST_FIELDS || fields.iter().any(|it| it.seq > head) {
            return Err(Refusal::new("nothing-to-erase").at("subject", self.subject).expected(Erased::MOST_FIELDS));
        }
        let places =
            fields.iter().map(|it| sealed::Place { subject: self.subject, seq: it.seq, field: it.field.clone() });
        step.erase(places.collect());
        let said = Erased { fields, reason: self.reason.clone() };
        let note = Note::default().link(step.link("organisation", step.actor().org)?);
        step.write_kind(self.subject, Erased::kind(self.subject.kind), said.to_map(), note, None)?;
        Ok(self.subject)
    }
}
