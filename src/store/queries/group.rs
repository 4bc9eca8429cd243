//! A group of acts: load what all of them need, decide them one after the other in memory, lock the end of the log, write
//! the effects table by table. Runs inside a transaction of the engine. A refusal fails alone and leaves nothing.
//!
//! Several instances may write into one database. Each decides on what it loaded; whoever then holds the lock on the log's
//! end looks whether any of these chains has grown since, and decides anew if so. Under the lock nobody else can commit a
//! record, so that a second look is never needed: no chain forks, no batch is overdrawn, no instance starves. A name or key
//! that another took in the meantime breaks a constraint; the sequencer then runs the group act by act, on what is true by now.
//!
//! As long as nobody else writes, that is hoped for: the write itself looks whether the log ends where it did, and keys of
//! earlier acts are looked up only for what is refused. An act that came before breaks a constraint then, too. Over PostgreSQL
//! such a group is a single way to the server and back (`postgres/hope.rs`).

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::answers::{self, Answers};
use super::decide::decide;
use super::{Conn, append, erase, load, lock_log_head, tree};
use crate::domain::acts::{Effects, Needs, NewRecord, World};
use crate::domain::entities::Entity;
use crate::domain::merkle::{Edge, Leaf};
use crate::domain::ports::{Clock, Randomness};
use crate::domain::record::{Digest, Handle, Subject, sealed};
use crate::store::projection::{Growth, Rows, Writes, names_of};
use crate::store::rows::{CheckpointRow, NameRow, OpeningRow, RecordRow, TileRow};
use crate::store::seen::{Seen, States};
use crate::store::sequencer::GroupResult;
use crate::store::{Published, Receipt, StoreError, Submission};

/// What deciding a group needs beside the database.
pub struct Present<'a> {
    pub clock: &'a dyn Clock,
    pub random: &'a dyn Randomness,
    /// Minutes east of UTC of civil dates.
    pub utc_offset_minutes: i32,
    /// The newest signed checkpoint: no record of the group is older than it.
    pub newest: Option<&'a Published>,
}

/// Minutes east of UTC until the operator's record says otherwise: China.
const DEFAULT_OFFSET_MINUTES: i32 = 480;

impl<'a> Present<'a> {
    pub fn new(clock: &'a dyn Clock, random: &'a dyn Randomness, utc_offset_minutes: Option<i32>) -> Self {
        let utc_offset_minutes = utc_offset_minutes.unwrap_or(DEFAULT_OFFSET_MINUTES);
        Self { clock, random, utc_offset_minutes, newest: None }
    }
}

/// Decides and writes a group; the caller commits. `seen` then holds what is true after the group; where this fails, or the
/// commit does, it is worth nothing.
pub fn run(
    conn: &mut Conn,
    group: &[Submission],
    present: &Present<'_>,
    seen: &mut Seen,
) -> Result<GroupResult, StoreError> {
    // Before all else: what is committed while the rest is loaded must show as a log that has moved on.
    let known_end = seen.log_end.map_or_else(|| load::log_end(conn), Ok)?;
    let hopes = seen.hopes();
    let mut decided = Decided::load_and_decide(conn, group, present, known_end, &mut seen.states, hopes)?;
    if let (true, false, Some(tree)) = (hopes, !decided.accepts_any(), seen.tree.clone())
        && let Some(result) = decided.write(conn, group, Edge::clone(&tree), present, seen)?
    {
        return Ok(result);
    }
    let end = lock_log_head(conn)?;
    let others_wrote = decided.loaded.end != end;
    seen.others_wrote(others_wrote);
    if others_wrote {
        // What this group rests on is looked at, the rest is forgotten.
        seen.states.clear();
        if hopes || load::any_moved(conn, &decided.loaded.heads)? {
            tracing::debug!(acts = group.len(), "another instance wrote what this group rests on; it is decided anew");
            decided = Decided::load_and_decide(conn, group, present, end, &mut seen.states, false)?;
        }
    }
    let tree = tree::edge(conn, seen.tree.take().map(Arc::unwrap_or_clone), end)?;
    let written = decided.write(conn, group, tree, present, seen)?;
    written.ok_or_else(|| StoreError::Engine("the end of the log moved under its lock".into()))
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

/// What a group was decided on, to be held against the database again.
struct Loaded {
    /// Index of the record that would have come next.
    end: u64,
    heads: Vec<(Handle, Digest)>,
}

/// What becomes of one act.
enum Outcome {
    /// Refused, or answered as before.
    Answered(Result<Receipt, StoreError>),
    /// It wrote, or repeats within the group what wrote: the position among the accepted.
    Accepted(usize),
}

/// An act that writes.
struct Accepted {
    /// Position in the group.
    act: usize,
    subject: Subject,
    effects: Effects,
}

/// A decided group as it is written.
pub struct Prepared {
    pub writes: Writes,
    pub erased: Vec<sealed::Place>,
    receipts: Vec<Receipt>,
    touched: Vec<Handle>,
    log_end: u64,
    tree: Arc<Edge>,
}

/// A decided group; its log indexes count from where the log ended when it was loaded.
pub struct Decided {
    loaded: Loaded,
    world: World,
    /// Log index of each subject's first record.
    opened_at: BTreeMap<Handle, u64>,
    /// Subjects that an act of this group opened.
    opened: HashSet<Handle>,
    names: Vec<NameRow>,
    /// States as they were loaded, of subjects that changed.
    before: HashMap<Handle, Entity>,
    outcomes: Vec<Outcome>,
    accepted: Vec<Accepted>,
}

impl Decided {
    /// `end`: where the log ended before anything was loaded, or earlier. `hopes` that none of these acts came before: what
    /// is accepted so may break a constraint when it is written.
    pub fn load_and_decide(
        conn: &mut Conn,
        group: &[Submission],
        present: &Present<'_>,
        end: u64,
        states: &mut States,
        hopes: bool,
    ) -> Result<Self, StoreError> {
        let needs = needs_of(group);
        let (world, opened_at) = load::world(conn, &needs, states)?;
        // After the state: whoever sees what a twin of an act did sees the twin's answer too.
        let earlier = if hopes { Answers::default() } else { answers::earlier(conn, group.iter())? };
        let decided = Self::decide(group, present, end, (world, opened_at), &earlier)?;
        // What is refused now may have been done before.
        if hopes && !answers::earlier(conn, decided.refused(group))?.is_empty() {
            return Self::load_and_decide(conn, group, present, end, states, false);
        }
        Ok(decided)
    }

    fn refused<'g>(&self, group: &'g [Submission]) -> impl Iterator<Item = &'g Submission> {
        let answered = |(outcome, act)| matches!(outcome, &Outcome::Answered(_)).then_some(act);
        self.outcomes.iter().zip(group).filter_map(answered)
    }

    /// Decides the acts one after the other.
    fn decide(
        group: &[Submission],
        present: &Present<'_>,
        end: u64,
        (mut world, opened_at): (World, BTreeMap<Handle, u64>),
        earlier: &Answers,
    ) -> Result<Self, StoreError> {
        world.next_log_index = end;
        let loaded = Loaded {
            end,
            heads: world.subjects.values().map(|known| (known.subject.handle, known.head.hash)).collect(),
        };
        let mut decided = Self {
            loaded,
            world,
            opened_at,
            opened: HashSet::new(),
            names: Vec::new(),
            before: HashMap::new(),
            outcomes: Vec::new(),
            accepted: Vec::new(),
        };
        let mut of_group: HashMap<(Handle, &str), usize> = HashMap::new();
        for (act, submission) in group.iter().enumerate() {
            let outcome = decided.answer(act, group, present, earlier, &mut of_group)?;
            if let (Outcome::Accepted(at), Some(key)) = (&outcome, &submission.idempotency) {
                of_group.insert((submission.actor.org, &key.key), *at);
            }
            decided.outcomes.push(outcome);
        }
        Ok(decided)
    }

    /// Answers one act: as before, if its key was used before; else by deciding it.
    fn answer(
        &mut self,
        act: usize,
        group: &[Submission],
        present: &Present<'_>,
        earlier: &Answers,
        of_group: &mut HashMap<(Handle, &str), usize>,
    ) -> Result<Outcome, StoreError> {
        let submission = &group[act];
        if let Some(key) = &submission.idempotency {
            if let Some(row) = earlier.get(&(submission.actor.org, key.key.clone())) {
                return Ok(Outcome::Answered(answers::again(row, key, submission.act.operation())?));
            }
            if let Some(at) = of_group.get(&(submission.actor.org, key.key.as_str())) {
                let first = &group[self.accepted[*at].act];
                return Ok(match answers::same_request(first, submission) {
                    true => Outcome::Accepted(*at),
                    false => Outcome::Answered(Err(answers::reused(key).into())),
                });
            }
        }
        match decide(submission, present, &self.world) {
            Err(refusal) => Ok(Outcome::Answered(Err(refusal.into()))),
            Ok((subject, effects)) => {
                self.take(&effects);
                self.accepted.push(Accepted { act, subject, effects });
                Ok(Outcome::Accepted(self.accepted.len() - 1))
            }
        }
    }

    /// Lets the acts that follow see what this one did.
    fn take(&mut self, effects: &Effects) {
        for new in effects.records.iter().filter(|new| new.record.seq == 0) {
            self.opened_at.insert(new.record.subject.handle, new.log_index);
            self.opened.insert(new.record.subject.handle);
        }
        for changed in &effects.changed {
            let handle = changed.subject.handle;
            if let Some(known) = self.world.subjects.get(&handle)
                && !self.before.contains_key(&handle)
                && !self.opened.contains(&handle)
            {
                self.before.insert(handle, known.entity.clone());
            }
        }
        self.world.absorb(effects);
        // Now, for a later act of the group may give the subject another name.
        for new in &effects.records {
            if let Some(known) = self.world.subjects.get(&new.record.subject.handle) {
                self.names.extend(names_of(&new.record, &known.entity).iter().map(NameRow::from));
            }
        }
    }

    /// Whether anything is to be written.
    pub fn accepts_any(&self) -> bool {
        !self.accepted.is_empty()
    }

    /// Writes everything at the tree's right edge; `None` where the log does not end there: then nothing was written.
    fn write(
        &mut self,
        conn: &mut Conn,
        group: &[Submission],
        tree: Edge,
        present: &Present<'_>,
        seen: &mut Seen,
    ) -> Result<Option<GroupResult>, StoreError> {
        let prepared = self.prepare(group, tree, present)?;
        if prepared.writes.growth.is_some() {
            if !append::write(conn, &prepared.writes)? {
                return Ok(None);
            }
            erase::run(conn, &prepared.erased)?;
        }
        Ok(Some(self.finish(prepared, seen)))
    }

    /// What is to be written at the tree's right edge; no growth where nothing was accepted.
    pub fn prepare(
        &mut self,
        group: &[Submission],
        mut tree: Edge,
        present: &Present<'_>,
    ) -> Result<Prepared, StoreError> {
        let (end, now) = (tree.size(), present.clock.now());
        self.move_to(end);
        let mut receipts = Vec::with_capacity(self.accepted.len());
        let mut answers = Vec::new();
        for accepted in &self.accepted {
            let receipt = answers::receipt(&accepted.subject, &accepted.effects)?;
            answers.extend(answers::row(&group[accepted.act], &receipt, now)?);
            receipts.push(receipt);
        }
        let touched = self.touched();
        let effects = || self.accepted.iter().map(|accepted| &accepted.effects);
        let records: Vec<RecordRow> = effects().flat_map(|it| &it.records).map(RecordRow::from).collect();
        let log_end = end + records.len() as u64;
        let mut writes = Writes::default();
        if !self.accepted.is_empty() {
            writes = Writes {
                records,
                openings: effects().flat_map(|it| &it.openings).map(OpeningRow::from).collect(),
                projections: self.rows(&touched)?,
                answers,
                tiles: grow(&mut tree, effects().flat_map(|it| &it.records)),
                checkpoint: present.newest.map(CheckpointRow::from),
                growth: Some(Growth { from: end, to: log_end }),
            };
        }
        let erased = effects().flat_map(|it| &it.erased).cloned().collect();
        Ok(Prepared { writes, erased, receipts, touched, log_end, tree: Arc::new(tree) })
    }

    /// The answers, and what the writer knows now that all of it is written.
    pub fn finish(&mut self, prepared: Prepared, seen: &mut Seen) -> GroupResult {
        let Prepared { erased, receipts, touched, log_end, tree, .. } = prepared;
        // Their states are other than this writer knows them.
        erased.iter().for_each(|place| drop(self.world.subjects.remove(&place.subject.handle)));
        seen.states.put(std::mem::take(&mut self.world.subjects), &self.opened_at);
        (seen.log_end, seen.tree) = (Some(log_end), Some(Arc::clone(&tree)));
        let answer = |outcome| match outcome {
            Outcome::Answered(answer) => answer,
            Outcome::Accepted(at) => Ok(Receipt::clone(&receipts[at])),
        };
        let written = receipts.first().and_then(|receipt| receipt.records.first()).cloned();
        GroupResult { answers: self.outcomes.drain(..).map(answer).collect(), touched, written, tree }
    }

    /// Counts log indexes from `end`.
    fn move_to(&mut self, end: u64) {
        let (from, mut next) = (self.loaded.end, end);
        if from == end {
            return;
        }
        for new in self.accepted.iter_mut().flat_map(|accepted| &mut accepted.effects.records) {
            new.log_index = next;
            if new.record.seq == 0 {
                self.opened_at.insert(new.record.subject.handle, next);
            }
            next += 1;
        }
    }

    fn touched(&self) -> Vec<Handle> {
        let new_records = self.accepted.iter().flat_map(|accepted| &accepted.effects.records);
        let touched: BTreeSet<Handle> = new_records.map(|new| new.record.subject.handle).collect();
        touched.into_iter().collect()
    }

    fn rows(&self, touched: &[Handle]) -> Result<Rows, StoreError> {
        let mut rows = Rows { names: self.names.clone(), ..Rows::default() };
        for handle in touched {
            if let (Some(known), Some(first)) = (self.world.subjects.get(handle), self.opened_at.get(handle)) {
                rows.add(known, *first, self.before.get(handle))?;
            }
        }
        Ok(rows)
    }
}

/// Puts the records at the tree's right edge; answers the tiles that they finished.
fn grow<'r>(tree: &mut Edge, records: impl Iterator<Item = &'r NewRecord>) -> Vec<TileRow> {
    let mut tiles = Vec::new();
    for new in records {
        let leaf = Leaf { subject: new.record.subject.handle, seq: new.record.seq, record_hash: new.hash };
        tree.push(leaf.hash(), &mut tiles);
    }
    tiles.iter().map(TileRow::from).collect()
}

/// The instance's civil calendar, from the operator's first record; +08:00 until there is one.
pub fn utc_offset_minutes(conn: &mut Conn) -> Result<Option<i32>, StoreError> {
    let first = super::read::first_subject(conn)?;
    Ok(first.and_then(|known| match known.entity {
        Entity::Organisation(operator) => operator.utc_offset_minutes,
        _ => None,
    }))
}
