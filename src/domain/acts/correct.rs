//! Corrections: a new record says what an earlier one should have said; both stay visible (FORMATS §1).
//!
//! A weight that went from one subject to another stands in both, so it is corrected in both, in one act. Where a batch
//! would then have given more than it got, the act is refused with what must be corrected first.

use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{Act, BlockingAct, Needs, Note, Refusal, Step, Written};
use crate::domain::balance::Movement;
use crate::domain::entities::{Corrected, Entity};
use crate::domain::kinds::Body;
use crate::domain::kinds::batches::{BatchMerged, BatchOpened, BatchPacked, BatchSplit, GradingRecorded};
use crate::domain::kinds::sites::PlotHarvested;
use crate::domain::record::correction::{Correction, Corrects, Pointer, corrected, is_correction};
use crate::domain::record::{Actor, Digest, Handle, Record, Subject, SubjectKind, record_hash};
use crate::domain::text::LongText;

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

/// Subject, position and pointer of one value.
type Place = (Subject, u64, Pointer);

/// Values of a record that acts rest on and that no correction may change: whose they are, which subjects they name.
const FIXED: &[&str] = &[
    "batch",
    "product",
    "gtin",
    "lot",
    "unit",
    "basis",
    "parents",
    "ancestors",
    "plots",
    "into",
    "shipment",
    "sample",
    "licence",
    "licensee",
    "mark",
    "laboratory",
    "attachments",
    "videos",
    "verdict",
    "tier",
    "results",
    "net_g",
    "kind",
    "role",
    "uscc",
    "input",
];

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
        let mut giving = None;
        for (place, seq, path) in self.places(step, subject, &target)? {
            giving = Some(self.write(step, place, seq, &path, giving)?);
        }
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
        Ok(record)
    }

    /// Whoever said it corrects it: a cooperative cannot correct what a laboratory reported.
    fn check_author(&self, step: &Step<'_>, target: &Record) -> Result<(), Refusal> {
        if target.actor.org == step.actor().org {
            return Ok(());
        }
        Err(Refusal::new("not-the-author").at("seq", self.seq))
    }

    /// Every place where the same figure stands; what gives comes before what it gives to.
    fn places(&self, step: &Step<'_>, subject: Subject, target: &Record) -> Result<Vec<Place>, Refusal> {
        let own = (subject, self.seq, self.path.clone());
        if self.path.tokens().last().map(String::as_str) != Some("quantity") {
            return Ok(vec![own]);
        }
        let index = self.path.tokens().get(2).and_then(|token| token.parse::<usize>().ok()).unwrap_or(usize::MAX);
        let child = match target.kind.as_str() {
            BatchOpened::KIND => return Ok(self.of_opening(step, target)?.into_iter().chain([own]).collect()),
            GradingRecorded::KIND => {
                GradingRecorded::read(target).map_err(unreadable)?.outputs.get(index).map(|output| output.batch)
            }
            BatchSplit::KIND => BatchSplit::read(target).map_err(unreadable)?.parts.get(index).map(|part| part.batch),
            // Packs are counted, not weighed: what a pack took follows from its count. Merged amounts, samples and
            // shipments are known to their other side as they were given.
            BatchPacked::KIND | BatchMerged::KIND | "batch.shipped" | "batch.sampled" | "batch.returned" => {
                return Err(Refusal::new("not-correctable").at("path", &self.path));
            }
            _ => None,
        };
        let Some(child) = child else { return Ok(vec![own]) };
        let in_child = (Subject::new(SubjectKind::Batch, child), 0, pointer("/body/quantity")?);
        Ok(vec![own, in_child])
    }

    /// A harvest stands in its plots too; what came from a parent is corrected there.
    fn of_opening(&self, step: &Step<'_>, target: &Record) -> Result<Vec<Place>, Refusal> {
        let body = BatchOpened::read(target).map_err(unreadable)?;
        if !body.parents.is_empty() {
            return Err(Refusal::new("correct-at-parent")
                .at("path", &self.path)
                .detail("parent", body.parents[0].batch));
        }
        match body.plots.as_slice() {
            [] => Ok(Vec::new()),
            [plot] => {
                let harvested = step.chain(*plot).iter().find(|record| {
                    record.kind == PlotHarvested::KIND
                        && record.body.get("batch").and_then(Value::as_str) == Some(&target.subject.handle.to_string())
                });
                let record = harvested.ok_or_else(|| Refusal::not_found("plots", plot))?;
                Ok(vec![(record.subject, record.seq, pointer("/body/quantity")?)])
            }
            _ => Err(Refusal::new("correct-at-plots").at("path", &self.path)),
        }
    }

    fn write(
        &self,
        step: &mut Step<'_>,
        subject: Subject,
        seq: u64,
        path: &Pointer,
        giving: Option<Written>,
    ) -> Result<Written, Refusal> {
        let chain = step.chain(subject.handle);
        let missing = || Refusal::not_found("seq", seq);
        let target = chain.get(seq as usize).ok_or_else(missing)?;
        let before = corrected(chain, seq).map_err(unreadable)?;
        let old = path.find(&before).cloned().ok_or_else(|| Refusal::new("nothing-there").at("path", path))?;
        if old == self.new {
            return Err(Refusal::new("nothing-changed").at("new", &self.new));
        }
        let mut after = before.clone();
        crate::domain::record::correction::apply_pointer(&mut after, path, self.new.clone()).map_err(unreadable)?;
        let before = with_body(target, &before);
        let after = with_body(target, &after);
        self.check_shape(&after)?;
        self.check_balance(step, subject, &before, &after)?;
        let hash = target.to_bytes().map(|bytes| record_hash(&bytes))?;
        let body = Correction {
            corrects: Corrects { hash, seq },
            new: self.new.clone(),
            old,
            path: path.clone(),
            reason: self.reason.to_string(),
        };
        let map = match serde_json::to_value(&body) {
            Ok(Value::Object(map)) => map,
            _ => return Err(Refusal::new("unreadable-record")),
        };
        let kind = format!("{}.corrected", subject.kind.as_str());
        let note = Note::default().links(giving.map(|written| written.link("correction")));
        step.write_kind(subject, kind, map, note, Some(Corrected { before, after }))
    }

    /// The corrected record must still have the shape of its kind.
    fn check_shape(&self, after: &Record) -> Result<(), Refusal> {
        let invalid = |cause: crate::domain::kinds::UnreadableBody| {
            Refusal::new("wrong-shape").at("new", &self.new).detail("reason", cause.cause)
        };
        crate::domain::kinds::check_shape(after).map_err(invalid)
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

fn pointer(text: &str) -> Result<Pointer, Refusal> {
    text.parse().map_err(|_| Refusal::new("not-correctable").at("path", text))
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

/// Subjects whose chains a correction of this record may have to follow: those that the same figure stands in.
pub fn neighbours(record: &Record) -> Vec<Handle> {
    let body = |list: &str| record.body.get(list).and_then(Value::as_array).cloned().unwrap_or_default();
    let handle = |value: &Value| value.as_str().and_then(|text| text.parse().ok());
    match record.kind.as_str() {
        BatchOpened::KIND => body("plots").iter().filter_map(handle).collect(),
        GradingRecorded::KIND => body("outputs").iter().filter_map(|output| handle(&output["batch"])).collect(),
        BatchSplit::KIND => body("parts").iter().filter_map(|part| handle(&part["batch"])).collect(),
        _ => Vec::new(),
    }
}
