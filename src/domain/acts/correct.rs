//! Corrections: a new record says what an earlier one should have said; both stay visible (FORMATS §1).
//!
//! A weight that went from one subject to another stands in both, so it is corrected in both, in one act. Where a batch
//! would then have given more than it got, the act is refused with what must be corrected first.

mod places;

use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::batches::sum;
use super::{Act, BlockingAct, Needs, Note, Refusal, Step, Written};
use crate::domain::balance::Movement;
use crate::domain::entities::{Corrected, Entity};
use crate::domain::kinds::Body;
use crate::domain::kinds::batches::{
    BatchClosed, BatchHeld, BatchOpened, BatchProcessed, BatchReleased, CertificateIssued, GradingRecorded,
};
use crate::domain::kinds::samples::TestReported;
use crate::domain::record::correction::{Correction, Corrects, Pointer, corrected, is_correction};
use crate::domain::record::{Actor, Digest, Record, Subject, SubjectKind, record_hash};
use crate::domain::text::LongText;
use places::Place;
pub use places::neighbours;

/// Corrects one value of an earlier record of the same subject.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"seq": 0, "path": "/body/quantity", "new": 9600000, "reason": "录入多一个零"}))]
pub struct CorrectRecord {
    /// Filled from the address.
    #[serde(skip)]
    pub subject: Option<Subject>,
    /// Position of the wrong record in the chain.
    pub seq: u64,
    /// RFC 6901 pointer into that record, below `/body/`.
    #[schema(value_type = String)]
    pub path: Pointer,
    pub new: Value,
    #[schema(value_type = String)]
    pub reason: LongText<500>,
}

/// What a correction may be about. A product, an organisation or a licence is said anew by another record: no state would
/// follow a correction of it, and a licensee could correct how much of a quota it used.
const SUBJECTS: [SubjectKind; 2] = [SubjectKind::Batch, SubjectKind::Plot];

/// Values of a record that acts rest on and that no correction may change: whose they are, which subjects they name, by
/// what they were judged.
const FIXED: &[&str] = &[
    "batch",
    "product",
    "gtin",
    "lot",
    "code",
    "unit",
    "basis",
    "parents",
    "ancestors",
    "plots",
    "into",
    "shipment",
    "sample",
    "licence",
    "laboratory",
    "attachments",
    "videos",
    "net_g",
    "packs",
    "packed_on",
    "best_before",
    "opened_on",
    "grade",
    "kind",
    "input",
];

/// Kinds that rules judged when they were written, or by which a batch is held: only their note is corrected. A wrong
/// report is followed by another report.
const JUDGED: &[&str] =
    &[TestReported::KIND, BatchHeld::KIND, BatchReleased::KIND, BatchClosed::KIND, CertificateIssued::KIND];

impl Act for CorrectRecord {
    fn operation(&self) -> &'static str {
        "record.correct"
    }

    fn needs(&self, _actor: &Actor, needs: &mut Needs) {
        if let Some(subject) = self.subject {
            needs.subject(subject.handle);
            needs.chains.insert(subject.handle);
        }
    }

    fn decide(&self, step: &mut Step<'_>) -> Result<Subject, Refusal> {
        let subject = self.subject.ok_or_else(|| Refusal::not_found("subject", ""))?;
        self.check_target(step, subject)?;
        let target = self.target(step, subject)?;
        self.check_author(step, &target)?;
        let places = self.places(step, &target)?;
        let Some((last, earlier)) = places.split_last() else { return Ok(subject) };
        // The last place rests on all the others, and they do not rest on each other.
        let mut giving = Vec::with_capacity(earlier.len());
        for place in earlier {
            giving.push(self.write(step, place, &[])?);
        }
        self.write(step, last, &giving)?;
        Ok(subject)
    }
}

impl CorrectRecord {
    fn check_target(&self, step: &Step<'_>, subject: Subject) -> Result<(), Refusal> {
        let known = step.known(subject.handle).filter(|known| known.subject == subject);
        let visible = known.is_some_and(|known| {
            known.entity.home() == step.actor().org
                || step.chain(subject.handle).iter().any(|r| r.actor.org == step.actor().org)
        });
        if !visible {
            return Err(Refusal::not_found("subject", subject.handle));
        }
        if !SUBJECTS.contains(&subject.kind) {
            return Err(Refusal::new("not-correctable").at("subject", subject).expected("batch plot"));
        }
        let tokens = self.path.tokens();
        let fixed = tokens.get(1..).unwrap_or_default().iter().any(|token| FIXED.contains(&token.as_str()));
        if tokens.len() < 2 || tokens[0] != "body" || fixed {
            return Err(Refusal::new("not-correctable").at("path", &self.path).expected("/body/quantity"));
        }
        Ok(())
    }

    fn target(&self, step: &Step<'_>, subject: Subject) -> Result<Record, Refusal> {
        let missing = || Refusal::not_found("seq", self.seq);
        let record = step.chain(subject.handle).get(self.seq as usize).cloned().ok_or_else(missing)?;
        if is_correction(&record) {
            return Err(Refusal::new("not-correctable").at("seq", self.seq));
        }
        if JUDGED.contains(&record.kind.as_str()) && self.last_name() != "note" {
            return Err(Refusal::new("not-correctable").at("path", &self.path).expected("/body/note"));
        }
        Ok(record)
    }

    /// Whoever said it corrects it: a cooperative cannot correct what a laboratory reported.
    fn check_author(&self, step: &Step<'_>, target: &Record) -> Result<(), Refusal> {
        if target.actor.org == step.actor().org {
            return Ok(());
        }
        Err(Refusal::new("not-the-author").at("seq", self.seq))
    }

    fn last_name(&self) -> &str {
        self.path.tokens().last().map_or("", String::as_str)
    }

    fn write(&self, step: &mut Step<'_>, place: &Place, giving: &[Written]) -> Result<Written, Refusal> {
        let Place { subject, seq, path, new } = place;
        let chain = step.chain(subject.handle);
        let missing = || Refusal::not_found("seq", seq);
        let target = chain.get(*seq as usize).ok_or_else(missing)?;
        let before = corrected(chain, *seq).map_err(unreadable)?;
        let old = path.find(&before).cloned().ok_or_else(|| Refusal::new("nothing-there").at("path", path))?;
        // A whole list or object would take figures with it that stand elsewhere too.
        if [&old, new].iter().any(|value| value.is_object() || value.is_array()) {
            return Err(Refusal::new("not-correctable").at("path", path).expected("/body/quantity"));
        }
        if old == *new {
            return Err(Refusal::new("nothing-changed").at("new", new));
        }
        let mut after = before.clone();
        crate::domain::record::correction::apply_pointer(&mut after, path, new.clone()).map_err(unreadable)?;
        let before = with_body(target, &before);
        let after = with_body(target, &after);
        self.check_shape(&after)?;
        self.check_sense(step, &after)?;
        self.check_balance(step, *subject, &before, &after)?;
        let hash = target.to_bytes().map(|bytes| record_hash(&bytes))?;
        let body = Correction {
            corrects: Corrects { hash, seq: *seq },
            new: new.clone(),
            old,
            path: path.clone(),
            reason: self.reason.to_string(),
        };
        let map = match serde_json::to_value(&body) {
            Ok(Value::Object(map)) => map,
            _ => return Err(Refusal::new("unreadable-record")),
        };
        let kind = format!("{}.corrected", subject.kind.as_str());
        let note = Note::default().links(giving.iter().map(|written| written.link("correction")));
        step.write_kind(*subject, kind, map, note, Some(Corrected { before, after }))
    }

    /// The corrected record must still have the shape of its kind.
    fn check_shape(&self, after: &Record) -> Result<(), Refusal> {
        let invalid = |cause: crate::domain::kinds::UnreadableBody| {
            Refusal::new("wrong-shape").at("new", &self.new).detail("reason", cause.cause)
        };
        crate::domain::kinds::check_shape(after).map_err(invalid)
    }

    /// The corrected record must still make sense in itself: nothing comes out that did not go in, no window ends before it
    /// begins.
    fn check_sense(&self, step: &Step<'_>, after: &Record) -> Result<(), Refusal> {
        let (used, input) = match after.kind.as_str() {
            GradingRecorded::KIND => {
                let body = GradingRecorded::read(after).map_err(unreadable)?;
                let outputs = sum(body.outputs.iter().map(|output| output.quantity.get()));
                (outputs + sum([body.cull.get(), body.loss.get()]), body.input.get())
            }
            BatchProcessed::KIND => {
                let body = BatchProcessed::read(after).map_err(unreadable)?;
                let unit = |handle| step.any_batch(handle, "subject").map(|batch| batch.unit);
                let into = body.into.unwrap_or(after.subject.handle);
                let comparable = unit(into)? == unit(after.subject.handle)?;
                (if comparable { body.output.get().into() } else { 0 }, body.input.get())
            }
            BatchOpened::KIND => {
                let picked = BatchOpened::read(after).map_err(unreadable)?.picked;
                return match picked.filter(|window| window.from > window.to) {
                    Some(window) => Err(Refusal::new("window-reversed").at("new", window.to).expected(window.from)),
                    None => Ok(()),
                };
            }
            _ => return Ok(()),
        };
        if used > u128::from(input) {
            return Err(Refusal::new("outputs-exceed-input").at("new", used).expected(input));
        }
        Ok(())
    }

    /// Refuses where the batch would have given more than it got, naming what it gave.
    fn check_balance(&self, step: &Step<'_>, subject: Subject, before: &Record, after: &Record) -> Result<(), Refusal> {
        let Some(Entity::Batch(batch)) = step.entity(subject.handle) else { return Ok(()) };
        let difference = Movement::of(after).map_err(unreadable)?.minus(Movement::of(before).map_err(unreadable)?);
        if batch.balance.after(difference).is_some() {
            return Ok(());
        }
        let mut refusal = Refusal::new("correct-first").at("new", &self.new).detail("lot", &batch.lot);
        let used = batch.balance.output + batch.balance.loss + batch.balance.returned;
        refusal = refusal.expected(used);
        for record in step.chain(subject.handle) {
            let movement = Movement::of(record).map_err(unreadable)?;
            if record.seq != after.seq && (movement.output > 0 || movement.loss > 0) {
                refusal.blocking.push(BlockingAct {
                    subject,
                    seq: record.seq,
                    kind: record.kind.clone(),
                    hash: hash_of(record)?,
                });
            }
        }
        Err(refusal)
    }
}

fn hash_of(record: &Record) -> Result<Digest, Refusal> {
    Ok(record_hash(&record.to_bytes()?))
}

fn with_body(record: &Record, value: &Value) -> Record {
    let mut changed = record.clone();
    if let Some(Value::Object(body)) = value.get("body") {
        changed.body = body.clone();
    }
    changed
}

fn unreadable(cause: impl std::fmt::Display) -> Refusal {
    Refusal::new("unreadable-record").detail("reason", cause)
}
