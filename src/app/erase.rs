//! Erasing what was sealed: openings are destroyed for good, and every restored state is held against the list of what was.
//!
//! The list is written first, then everything else follows from it ([`settle`]): whatever breaks off is gone on with at the next
//! opening of the instance, and whatever a backup brings back is destroyed again before anything is served.

mod look;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{App, AppError, Caller, Conditions, attachments, founding, records};
use crate::domain::acts::erase::EraseFields;
use crate::domain::kinds::erased::{Erased, ErasedField};
use crate::domain::record::{Digest, Role, Subject, sealed};
use crate::domain::text::LongText;
use crate::log::erased::{Entry, ErasedList, ListFailed};
use crate::store::{Receipt, Scrubbed};

pub use look::{Wanted, find};

impl From<ListFailed> for AppError {
    fn from(error: ListFailed) -> Self {
        Self::Failed(error.to_string())
    }
}

/// What there is to erase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub place: sealed::Place,
    pub commitment: Digest,
    /// Files that the value names.
    pub files: Vec<Digest>,
}

/// What was done.
#[derive(Debug, Default)]
pub struct Settled {
    /// Openings that still stood.
    pub destroyed: usize,
    /// Of the records that say so.
    pub receipts: Vec<Receipt>,
    pub files_removed: u64,
    /// `None` where nothing had to be taken off the disk.
    pub scrubbed: Option<Scrubbed>,
    /// What could not be done now; the next opening tries it again. The openings are gone all the same.
    pub left: Option<AppError>,
}

/// Notes what is to be erased and erases it.
pub fn erase(app: &App, list: &ErasedList, found: &[Found], reason: &LongText<500>) -> Result<Settled, AppError> {
    if let Some(reason) = app.log.as_ref().and_then(|log| log.stopped()) {
        return Err(AppError::LogStopped(reason.to_owned()));
    }
    let entry = |found: &Found| Entry {
        at: app.now(),
        commitment: found.commitment,
        field: found.place.field.clone(),
        files: found.files.clone(),
        reason: reason.clone(),
        seq: found.place.seq,
        subject: found.place.subject,
    };
    list.append(&found.iter().map(entry).collect::<Vec<_>>())?;
    let settled = settle(app, list, true)?;
    match settled.left {
        Some(error) => Err(error),
        None => Ok(settled),
    }
}

/// Brings the instance in line with the list: destroys what stands in it and still exists, writes the records that are missing
/// where records may be written, removes files, and takes the bytes off the disk.
pub fn settle(app: &App, list: &ErasedList, may_record: bool) -> Result<Settled, AppError> {
    let entries = list.read()?;
    if entries.is_empty() {
        return Ok(Settled::default());
    }
    let mut of_subject: BTreeMap<Subject, Vec<&Entry>> = BTreeMap::new();
    for entry in &entries {
        of_subject.entry(entry.subject).or_default().push(entry);
    }
    let (mut standing, mut unsaid) = (Vec::new(), Vec::new());
    for (subject, entries) in of_subject {
        let state = State::of(app, subject)?;
        standing.extend(entries.iter().filter(|entry| state.stands(entry)).map(|entry| entry.place()));
        unsaid.extend(entries.into_iter().filter(|entry| state.is_unsaid(entry)));
    }
    let mut settled = Settled { destroyed: standing.len(), ..Settled::default() };
    if !standing.is_empty() {
        list.begin()?;
    }
    let stopped = app.log.as_ref().is_some_and(|log| log.stopped().is_some());
    if may_record && !stopped && !unsaid.is_empty() {
        settled.left = record(app, &unsaid, &mut settled.receipts).err();
    }
    // Whatever has a record already, or could get none.
    let standing = standing_still(app, &standing)?;
    if !standing.is_empty() {
        app.store.destroy(&standing)?;
    }
    finish(app, list, &entries, &mut settled)?;
    Ok(settled)
}

fn finish(app: &App, list: &ErasedList, entries: &[Entry], settled: &mut Settled) -> Result<(), AppError> {
    let files: BTreeSet<Digest> = entries.iter().flat_map(|entry| entry.files.iter().copied()).collect();
    settled.files_removed = attachments::remove_unnamed(app, files)?;
    if !list.is_unfinished() {
        return Ok(());
    }
    match app.store.scrub() {
        Ok(scrubbed) => {
            list.finish()?;
            settled.scrubbed = Some(scrubbed);
        }
        Err(error) => {
            let why = format!(
                "it is erased, but its bytes may still stand in the database's file, which could not be written anew \
                 ({error}); make room and run `suyuan erase --finish`"
            );
            settled.left.get_or_insert(AppError::Failed(why));
        }
    }
    Ok(())
}

/// One chain, as far as it concerns what was erased of it.
struct State {
    /// Openings that exist.
    opened: BTreeMap<(u64, String), Digest>,
    /// Commitments of its records.
    sealed: BTreeMap<(u64, String), Digest>,
    /// What its records say was erased.
    said: BTreeSet<(u64, String)>,
}

impl State {
    fn of(app: &App, subject: Subject) -> Result<Self, AppError> {
        let failed = |error: String| AppError::Failed(error);
        let mut state = Self { opened: BTreeMap::new(), sealed: BTreeMap::new(), said: BTreeSet::new() };
        for (_, opening) in app.store.openings(subject)? {
            let commitment = opening.commitment().map_err(|error| failed(error.to_string()))?;
            state.opened.insert((opening.seq, opening.field), commitment);
        }
        for record in records::read(&*app.store, subject.handle, 0, u64::MAX)? {
            if Erased::is(&record) {
                let said = Erased::read(&record).map_err(|error| failed(error.to_string()))?;
                state.said.extend(said.fields.into_iter().map(|it| (it.seq, it.field)));
            }
            state.sealed.extend(record.sealed.into_iter().map(|(field, it)| ((record.seq, field), it)));
        }
        Ok(state)
    }

    fn stands(&self, entry: &Entry) -> bool {
        self.opened.get(&(entry.seq, entry.field.clone())) == Some(&entry.commitment)
    }

    fn is_unsaid(&self, entry: &Entry) -> bool {
        let place = (entry.seq, entry.field.clone());
        self.sealed.get(&place) == Some(&entry.commitment) && !self.said.contains(&place)
    }
}

/// Those of `places` that no act has destroyed meanwhile.
fn standing_still(app: &App, places: &[sealed::Place]) -> Result<Vec<sealed::Place>, AppError> {
    let mut left = Vec::new();
    for subject in places.iter().map(|place| place.subject).collect::<BTreeSet<_>>() {
        let openings = app.store.openings(subject)?;
        left.extend(openings.iter().map(|(_, opening)| opening.place()).filter(|place| places.contains(place)));
    }
    Ok(left)
}

/// Writes an erasure record into each chain; of one reason and of no more fields than one record takes.
fn record(app: &App, entries: &[&Entry], receipts: &mut Vec<Receipt>) -> Result<(), AppError> {
    let Some(operator) = founding::operator(&*app.store)? else { return Ok(()) };
    let caller = Caller::of(operator, Role::Operator);
    let mut groups: BTreeMap<(Subject, &str), Vec<&Entry>> = BTreeMap::new();
    for entry in entries {
        groups.entry((entry.subject, entry.reason.as_str())).or_default().push(entry);
    }
    for ((subject, _), entries) in groups {
        for entries in entries.chunks(Erased::MOST_FIELDS) {
            let fields = entries.iter().map(|it| ErasedField { seq: it.seq, field: it.field.clone() }).collect();
            let act = EraseFields { subject, fields, reason: entries[0].reason.clone() };
            receipts.push(app.perform_blocking(caller, Arc::new(act), Conditions::default())?);
        }
    }
    Ok(())
}

/// Which openings a list forbids to bring back.
#[derive(Debug, Default)]
pub struct Forbidden(BTreeSet<Digest>);

impl Forbidden {
    pub fn by(list: &ErasedList) -> Result<Self, AppError> {
        Ok(Self(list.read()?.into_iter().map(|entry| entry.commitment).collect()))
    }

    pub fn forbids(&self, opening: &sealed::Opening) -> bool {
        // Asked of every opening of a whole instance.
        !self.0.is_empty() && opening.commitment().is_ok_and(|commitment| self.0.contains(&commitment))
    }
}
