//! A group of acts: load what all of them need, decide them one after the other in memory, write the effects table by
//! table. Runs inside a transaction of the engine. A refusal fails alone and leaves nothing.

use std::collections::{BTreeMap, HashMap};

use super::{Conn, append, load};
use crate::domain::acts::{Effects, Needs, Refusal, Step, World};
use crate::domain::entities::Entity;
use crate::domain::ports::{Clock, Randomness};
use crate::domain::record::{Handle, Subject};
use crate::store::projection::{Rows, names_of};
use crate::store::rows::{IdempotencyRow, NameRow, OpeningRow, RecordRow};
use crate::store::sequencer::GroupResult;
use crate::store::{Damaged, IdempotencyKey, Receipt, ReceiptRecord, StoreError, Submission};

/// What deciding a group needs beside the database.
pub struct Present<'a> {
    pub clock: &'a dyn Clock,
    pub random: &'a dyn Randomness,
    /// Minutes east of UTC of civil dates.
    pub utc_offset_minutes: i32,
}

/// Decides and writes a group; the caller commits.
pub fn run(conn: &mut Conn, group: &[Submission], present: &Present<'_>) -> Result<GroupResult, StoreError> {
    let mut earlier = earlier_answers(conn, group)?;
    let (world, opened_at) = load::world(conn, &needs_of(group))?;
    let mut writing = Writing { world, opened_at, ..Writing::default() };
    let mut answers = Vec::with_capacity(group.len());
    for submission in group {
        answers.push(answer(submission, present, &mut earlier, &mut writing)?);
    }
    writing.write(conn)?;
    Ok(GroupResult { answers, touched: writing.touched })
}

type Answers = HashMap<(Handle, String), IdempotencyRow>;

fn earlier_answers(conn: &mut Conn, group: &[Submission]) -> Result<Answers, StoreError> {
    let keys: Vec<(Handle, &str)> = group
        .iter()
        .filter_map(|submission| Some((submission.actor.org, submission.idempotency.as_ref()?.key.as_str())))
        .collect();
    let rows = load::earlier_answers(conn, &keys)?;
    rows.into_iter().map(|row| Ok(((crate::store::rows::handle(&row.organisation)?, row.key.clone()), row))).collect()
}

fn needs_of(group: &[Submission]) -> Needs {
    let mut needs = Needs::default();
    for submission in group {
        submission.act.needs(&submission.actor, &mut needs);
        needs.handles.extend(submission.expected_head.map(|(handle, _)| handle));
    }
    needs.handles.extend(needs.chains.clone());
    needs
}

/// The group's effects, gathered.
#[derive(Default)]
struct Writing {
    world: World,
    /// Log index of each subject's first record.
    opened_at: BTreeMap<Handle, u64>,
    records: Vec<RecordRow>,
    openings: Vec<OpeningRow>,
    names: Vec<NameRow>,
    answers: Vec<IdempotencyRow>,
    touched: Vec<Handle>,
}

/// Answers one act: as before, if its key was used before; else by deciding it.
fn answer(
    submission: &Submission,
    present: &Present<'_>,
    earlier: &mut Answers,
    writing: &mut Writing,
) -> Result<Result<Receipt, StoreError>, StoreError> {
    let operation = submission.act.operation();
    if let Some(idempotency) = &submission.idempotency
        && let Some(row) = earlier.get(&(submission.actor.org, idempotency.key.clone()))
    {
        return again(row, idempotency, operation);
    }
    let decided = match decide(submission, present, &writing.world) {
        Ok(decided) => decided,
        Err(refusal) => return Ok(Err(refusal.into())),
    };
    let receipt = writing.take(&decided.0, &decided.1)?;
    if let Some(idempotency) = &submission.idempotency {
        let row = IdempotencyRow {
            organisation: submission.actor.org.as_bytes().to_vec(),
            key: idempotency.key.clone(),
            operation: operation.to_owned(),
            request_hash: idempotency.request_hash.as_bytes().to_vec(),
            receipt: serde_json::to_string(&receipt).map_err(|cause| Damaged::new("idempotency.receipt", cause))?,
            created_at: present.clock.now().millis(),
        };
        earlier.insert((submission.actor.org, idempotency.key.clone()), row.clone());
        writing.answers.push(row);
    }
    Ok(Ok(receipt))
}

fn again(
    row: &IdempotencyRow,
    idempotency: &IdempotencyKey,
    operation: &str,
) -> Result<Result<Receipt, StoreError>, StoreError> {
    if row.operation != operation || row.request_hash != idempotency.request_hash.as_bytes() {
        return Ok(Err(Refusal::new("idempotency-key-reused").at("Idempotency-Key", &idempotency.key).into()));
    }
    let receipt = serde_json::from_str(&row.receipt).map_err(|cause| Damaged::new("idempotency.receipt", cause))?;
    Ok(Ok(receipt))
}

fn decide(submission: &Submission, present: &Present<'_>, world: &World) -> Result<(Subject, Effects), Refusal> {
    let mut random = |buffer: &mut [u8]| present.random.fill(buffer);
    let mut step =
        Step::new(world, present.clock.now(), present.utc_offset_minutes, submission.actor.clone(), &mut random);
    let decided = submission.act.decide(&mut step);
    if let Some((handle, expected)) = submission.expected_head {
        // Nobody learns the head of what is another's by a wrong `If-Match`: who may act on it, or is its home, may know.
        let home = world.subjects.get(&handle).is_some_and(|known| known.entity.home() == submission.actor.org);
        if decided.is_ok() || home {
            check_head(world, handle, expected)?;
        }
    }
    Ok((decided?, step.finish()))
}

/// Refuses where somebody else wrote since the actor looked.
fn check_head(world: &World, handle: Handle, expected: crate::domain::record::Digest) -> Result<(), Refusal> {
    match world.subjects.get(&handle) {
        None => Err(Refusal::not_found("id", handle)),
        Some(known) if known.head.hash == expected => Ok(()),
        Some(known) => Err(Refusal::new("stale")
            .at("If-Match", expected)
            .expected(known.head.hash)
            .detail("seq", known.head.seq)
            .detail("subject", known.subject)),
    }
}

impl Writing {
    /// Takes over the effects of an accepted act.
    fn take(&mut self, subject: &Subject, effects: &Effects) -> Result<Receipt, StoreError> {
        for new in &effects.records {
            let handle = new.record.subject.handle;
            if new.record.seq == 0 {
                self.opened_at.insert(handle, new.log_index);
            }
            self.touched.push(handle);
            self.records.push(RecordRow::from(new));
        }
        self.openings.extend(effects.openings.iter().map(OpeningRow::from));
        self.world.absorb(effects);
        for new in &effects.records {
            if let Some(known) = self.world.subjects.get(&new.record.subject.handle) {
                self.names.extend(names_of(&new.record, &known.entity).iter().map(NameRow::from));
            }
        }
        receipt(subject, effects)
    }

    fn write(&mut self, conn: &mut Conn) -> Result<(), StoreError> {
        self.touched.sort_unstable();
        self.touched.dedup();
        let mut rows = Rows { names: std::mem::take(&mut self.names), ..Rows::default() };
        for handle in &self.touched {
            if let (Some(known), Some(first)) = (self.world.subjects.get(handle), self.opened_at.get(handle)) {
                rows.add(known, *first)?;
            }
        }
        append::truth(conn, &self.records, &self.openings)?;
        append::projections(conn, &rows)?;
        append::answers(conn, &self.answers)
    }
}

fn receipt(subject: &Subject, effects: &Effects) -> Result<Receipt, StoreError> {
    let of_subject = effects.records.iter().rev().find(|new| new.record.subject == *subject);
    let last = effects.records.last().ok_or_else(|| StoreError::Engine("an act wrote no record".into()))?;
    Ok(Receipt {
        id: subject.handle,
        subject: *subject,
        head: of_subject.unwrap_or(last).hash,
        log_index: last.log_index,
        records: effects
            .records
            .iter()
            .map(|new| ReceiptRecord {
                log_index: new.log_index,
                subject: new.record.subject,
                seq: new.record.seq,
                kind: new.record.kind.clone(),
                hash: new.hash,
            })
            .collect(),
    })
}

/// The instance's civil calendar, from the operator's first record; +08:00 until there is one.
pub fn utc_offset_minutes(conn: &mut Conn) -> Result<Option<i32>, StoreError> {
    let first = super::read::of_kind_oldest(conn)?;
    Ok(first.and_then(|known| match known.entity {
        Entity::Organisation(operator) => operator.utc_offset_minutes,
        _ => None,
    }))
}
