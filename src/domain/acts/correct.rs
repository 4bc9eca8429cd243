//! Corrections: a new record says what an earlier one should have said; both stay visible (FORMATS §1).
//!
//! A weight that went from one subject to another stands in both, so it is corrected in both, in one act. Where a batch
//! would then have given more than it got, the act is refused with what must be corrected first, unless the act corrects
//! that too or declares the discrepancy (see `gap`).

mod gap;
mod places;

use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::batches::sum;
use super::{Act, Needs, Note, Refusal, Step, Written};
use crate::domain::entities::Corrected;
use crate::domain::invalid::Invalid;
use crate::domain::kinds::Body;
use crate::domain::kinds::batches::{
    BatchClosed, BatchHeld, BatchOpened, BatchProcessed, BatchReleased, CertificateIssued, GradingRecorded,
};
use crate::domain::kinds::samples::TestReported;
use crate::domain::record::correction::{Correction, Corrects, Pointer, corrected, is_correction};
use crate::domain::record::{Actor, Record, Subject, SubjectKind, record_hash};
use crate::domain::text::LongText;
use gap::hold_or_release;
use places::Place;
pub use places::neighbours;

/// Corrects one value of an earlier record of the same subject, and others with it that make sense only together.
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
    /// Where more is out than came in, and the records are right: exactly that difference, in the batch's unit and
    /// negative. It holds the batch and what was made from it until a correction closes it.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub discrepancy_g: Option<i64>,
    /// Corrections that are made before this one, in this order and for the same reason; all of them or none.
    #[serde(default)]
    #[schema(max_items = 20, example = json!([]))]
    pub also: Vec<AlsoCorrect>,
}

/// One more correction of the same command.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"subject": "batch:00112233445566778899aabbccddeeff", "seq": 1, "path": "/body/quantity",
    "new": 800000}))]
pub struct AlsoCorrect {
    /// `batch:` or `plot:` and the handle.
    #[schema(value_type = String)]
    pub subject: Subject,
    pub seq: u64,
    #[schema(value_type = String)]
    pub path: Pointer,
    pub new: Value,
    #[serde(default)]
    pub discrepancy_g: Option<i64>,
}

/// Other values that are corrected in the same act.
pub const MAX_ALSO: usize = 20;

/// One of the corrections of a command.
struct One<'a> {
    subject: Subject,
    seq: u64,
    path: &'a Pointer,
    new: &'a Value,
    discrepancy_g: Option<i64>,
    reason: &'a LongText<500>,
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
    "statement",
    "kind",
    "input",
];

/// Kinds that rules judged when they were written, or by which a batch is held: only their note is corrected. A wrong
/// report is followed by another report.
const JUDGED: &[&str] =
    &[TestReported::KIND, BatchHeld::KIND, BatchReleased::KIND, BatchClosed::KIND, CertificateIssued::KIND];

/// Whether a correction of this value, at this place of this record, is ever taken.
pub fn may_be_corrected(record: &Record, path: &Pointer) -> bool {
    let last = path.tokens().last().map_or("", String::as_str);
    let is_judged = JUDGED.contains(&record.kind.as_str()) && last != "note";
    !is_fixed(path) && !is_judged && !places::stands_elsewhere(record, last)
}

fn is_fixed(path: &Pointer) -> bool {
    path.tokens().get(1..).unwrap_or_default().iter().any(|token| FIXED.contains(&token.as_str()))
}

impl Act for CorrectRecord {
    fn operation(&self) -> &'static str {
        "record.correct"
    }

    fn needs(&self, _actor: &Actor, needs: &mut Needs) {
        for subject in self.also.iter().map(|also| also.subject).chain(self.subject) {
            needs.subject(subject.handle);
            needs.chains.insert(subject.handle);
        }
    }

    fn decide(&self, step: &mut Step<'_>) -> Result<Subject, Refusal> {
        let subject = self.subject.ok_or_else(|| Refusal::not_found("subject", ""))?;
        if self.also.len() > MAX_ALSO {
            return Err(Refusal::new("too-many-corrections").at("also", self.also.len()).expected(MAX_ALSO));
        }
        for (index, also) in self.also.iter().enumerate() {
            let AlsoCorrect { subject, seq, path, new, discrepancy_g } = also;
            let (subject, seq, discrepancy_g) = (*subject, *seq, *discrepancy_g);
            let one = One { subject, seq, path, new, discrepancy_g, reason: &self.reason };
            one.decide(step)
                .map_err(|refusal| Refusal { field: format!("also[{index}].{}", refusal.field), ..refusal })?;
        }
        let Self { seq, path, new, discrepancy_g, reason, .. } = self;
        One { subject, seq: *seq, path, new, discrepancy_g: *discrepancy_g, reason }.decide(step)?;
        Ok(subject)
    }
}

impl One<'_> {
    fn decide(&self, step: &mut Step<'_>) -> Result<(), Refusal> {
        self.check_target(step)?;
        let target = self.target(step)?;
        self.check_author(step, &target)?;
        let places = self.places(step, &target)?;
        let Some((last, earlier)) = places.split_last() else { return Ok(()) };
        // The last place rests on all the others, and they do not rest on each other.
        let mut giving = Vec::with_capacity(places.len());
        for place in earlier {
            giving.push(self.write(step, place, &[])?);
        }
        giving.push(self.write(step, last, &giving)?);
        self.check_declared(step, &giving)
    }

    fn check_target(&self, step: &Step<'_>) -> Result<(), Refusal> {
        let subject = self.subject;
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
        if tokens.len() < 2 || tokens[0] != "body" || is_fixed(self.path) {
            return Err(Refusal::new("not-correctable").at("path", self.path).expected("/body/quantity"));
        }
        Ok(())
    }

    fn target(&self, step: &Step<'_>) -> Result<Record, Refusal> {
        let missing = || Refusal::not_found("seq", self.seq);
        let record = step.chain(self.subject.handle).get(self.seq as usize).cloned().ok_or_else(missing)?;
        if is_correction(&record) {
            return Err(Refusal::new("not-correctable").at("seq", self.seq));
        }
        if JUDGED.contains(&record.kind.as_str()) && self.last_name() != "note" {
            return Err(Refusal::new("not-correctable").at("path", self.path).expected("/body/note"));
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
        let discrepancy_g = self.discrepancy(step, *subject, &before, &after)?;
        let hash = target.to_bytes().map(|bytes| record_hash(&bytes))?;
        let body = Correction {
            corrects: Corrects { hash, seq: *seq },
            discrepancy_g,
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
        let written = step.write_kind(*subject, kind, map, note, Some(Corrected { before, after }))?;
        hold_or_release(step, *subject)?;
        Ok(written)
    }

    /// The corrected record must still have the shape of its kind.
    fn check_shape(&self, after: &Record) -> Result<(), Refusal> {
        let invalid = |cause: crate::domain::kinds::UnreadableBody| match Invalid::from_transport(&cause.cause) {
            Some(invalid) => Refusal::invalid("new", &invalid),
            None => Refusal::new("wrong-shape").at("new", self.new).detail("reason", cause.cause),
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
