//! A whole instance into a database, out of another or out of an export, checked link by link on the way. Breaks off and goes on
//! where it was: what has arrived is what stands first in the log.

use serde::{Deserialize, Serialize};

use super::AppError;
use super::erase::Forbidden;
use super::log::reopen;
use crate::domain::record::Handle;
use crate::store::notices::Told;
use crate::store::people::Enrolled;
use crate::store::{
    ApiKey, Application, DataRead, KeptAnswer, Member, ProblemReport, Receipt, Store, StoredFile, Stretch, Suspension,
};

/// Records of one transaction.
const STRETCH: u32 = 2_000;
const ANSWERS: u32 = 5_000;

/// What an instance comes from: a database, or the folder of an export.
pub trait Source {
    /// Index of the record to come.
    fn log_end(&self) -> Result<u64, AppError>;

    fn stretch(&self, from: u64, limit: u32) -> Result<Stretch, AppError>;

    fn api_keys(&self) -> Result<Vec<ApiKey>, AppError>;

    /// Answers in the order of organisation and key; asked from the first on, without gaps.
    fn answers(&self, after: Option<(Handle, &str)>, limit: u32) -> Result<Vec<KeptAnswer>, AppError>;

    fn attachments(&self) -> Result<Vec<StoredFile>, AppError>;

    fn problem_reports(&self) -> Result<Vec<ProblemReport>, AppError>;

    fn members(&self) -> Result<Vec<Enrolled>, AppError>;

    fn admission(&self) -> Result<Vec<Kept>, AppError>;

    /// What organisations were told, their webhooks, and what still waits to be sent there.
    fn told(&self) -> Result<Vec<Told>, AppError>;

    /// What was published of the first `end` records; nothing where no log is known.
    fn note(&self, end: u64) -> Result<Option<KeptNote>, AppError>;
}

/// What is kept of who came in, who was suspended, who was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kept {
    Application(Application),
    Suspension(Suspension),
    Read(DataRead),
}

/// A signed note of the log. It goes along so that the new place knows of the log: it does not write on without the log's key,
/// and can tell how much of what was published it still has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeptNote {
    pub epoch: u64,
    pub note: String,
}

impl Source for dyn Store + '_ {
    fn log_end(&self) -> Result<u64, AppError> {
        Ok(self.log_end()?)
    }

    fn stretch(&self, from: u64, limit: u32) -> Result<Stretch, AppError> {
        Ok(self.stretch(from, limit)?)
    }

    fn api_keys(&self) -> Result<Vec<ApiKey>, AppError> {
        Ok(self.api_keys(None)?)
    }

    fn answers(&self, after: Option<(Handle, &str)>, limit: u32) -> Result<Vec<KeptAnswer>, AppError> {
        Ok(self.answers(after, limit)?)
    }

    fn attachments(&self) -> Result<Vec<StoredFile>, AppError> {
        Ok(self.attachments()?)
    }

    fn problem_reports(&self) -> Result<Vec<ProblemReport>, AppError> {
        Ok(self.problem_reports()?)
    }

    fn members(&self) -> Result<Vec<Enrolled>, AppError> {
        let enrolled = |member: Member| {
            let recovery_codes = self.recovery_codes(member.home, member.id)?;
            Ok(Enrolled { member, recovery_codes })
        };
        self.members(None)?.into_iter().map(enrolled).collect()
    }

    fn admission(&self) -> Result<Vec<Kept>, AppError> {
        let mut kept: Vec<Kept> = self.applications(0, u32::MAX)?.into_iter().map(Kept::Application).collect();
        kept.extend(self.suspensions(None)?.into_iter().map(Kept::Suspension));
        kept.extend(self.all_reads()?.into_iter().map(Kept::Read));
        Ok(kept)
    }

    fn told(&self) -> Result<Vec<Told>, AppError> {
        Ok(self.all_told()?)
    }

    fn note(&self, end: u64) -> Result<Option<KeptNote>, AppError> {
        let found = reopen::note_within(self, end).map_err(|error| AppError::Failed(error.to_string()))?;
        Ok(found.map(|found| KeptNote { epoch: found.epoch, note: found.note }))
    }
}

/// What was carried.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Carried {
    /// Records that were there before, from an earlier attempt.
    pub there: u64,
    /// All records that are there now.
    pub records: u64,
}

/// Copies until nothing is left. `progress` is told how many records have arrived, of how many. The source may be written to
/// meanwhile; what comes after the end of the copying is not in it.
/// Openings that are forbidden stay behind.
pub fn copy<S: Source + ?Sized>(
    from: &S,
    to: &dyn Store,
    forbidden: &Forbidden,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Carried, AppError> {
    let there = to.log_end()?;
    check_same_start(from, to, there)?;
    let records = records_of(from, there, &mut |mut stretch, done, of| {
        stretch.openings.retain(|(_, opening)| !forbidden.forbids(opening));
        to.take(&stretch)?;
        progress(done, of);
        Ok(())
    })?;
    copy_beside(from, to, records)?;
    Ok(Carried { there, records })
}

/// Hands on the records from `next` to the last, a stretch at a time, with how many are done and of how many; answers where
/// they end.
pub fn records_of<S: Source + ?Sized>(
    from: &S,
    mut next: u64,
    each: &mut dyn FnMut(Stretch, u64, u64) -> Result<(), AppError>,
) -> Result<u64, AppError> {
    loop {
        let stretch = from.stretch(next, STRETCH)?;
        if stretch.records.is_empty() {
            return Ok(next);
        }
        next += stretch.records.len() as u64;
        each(stretch, next, from.log_end()?)?;
    }
}

/// Hands on the answers that name records before `end`. Of one that was written meanwhile the record would be missing, and a
/// repetition would be told of an effect that is not there.
pub fn answers_of<S: Source + ?Sized>(
    from: &S,
    end: u64,
    each: &mut dyn FnMut(&[KeptAnswer]) -> Result<(), AppError>,
) -> Result<(), AppError> {
    let mut answers = from.answers(None, ANSWERS)?;
    while let Some(last) = answers.last() {
        let after = (last.organisation, last.key.clone());
        let mut carried = Vec::with_capacity(answers.len());
        for answer in answers {
            let receipt: Receipt = serde_json::from_str(&answer.receipt)
                .map_err(|error| AppError::Failed(format!("the answer to the key {:?}: {error}", answer.key)))?;
            if receipt.log_index < end {
                carried.push(answer);
            }
        }
        each(&carried)?;
        answers = from.answers(Some((after.0, &after.1)), ANSWERS)?;
    }
    Ok(())
}

/// What has arrived must be how the source begins.
fn check_same_start<S: Source + ?Sized>(from: &S, to: &dyn Store, there: u64) -> Result<(), AppError> {
    let Some(last) = there.checked_sub(1) else { return Ok(()) };
    let (ours, theirs) = (from.stretch(last, 1)?.records, to.log(last, 1)?);
    if ours.first().map(|record| record.hash) == theirs.first().map(|record| record.hash) {
        return Ok(());
    }
    Err(AppError::Failed(format!(
        "the target holds {there} records, and the last of them is not record {last} of the source: it is another \
         instance, or one that was written to since"
    )))
}

/// Rows beside the records: members, applications and suspensions, keys, answers under their keys, names of files, reports of problems,
/// notices and webhooks, the newest note of the log.
fn copy_beside<S: Source + ?Sized>(from: &S, to: &dyn Store, end: u64) -> Result<(), AppError> {
    for key in from.api_keys()? {
        to.add_api_key(&key)?;
    }
    for file in from.attachments()? {
        to.add_attachment(&file)?;
    }
    for report in from.problem_reports()? {
        to.add_problem_report(&report)?;
    }
    for one in Source::members(from)? {
        to.add_member(&one.member, &one.recovery_codes)?;
    }
    for kept in from.admission()? {
        match kept {
            Kept::Application(application) => to.add_application(&application)?,
            Kept::Suspension(suspension) => to.add_suspension(&suspension)?,
            Kept::Read(read) => to.add_reads(&[read])?,
        }
    }
    to.take_told(&from.told()?)?;
    if let Some(KeptNote { epoch, note }) = from.note(end)? {
        let signed = reopen::read_note(epoch, note).map_err(|error| AppError::Failed(error.to_string()))?;
        to.keep_checkpoint(&signed)?;
    }
    answers_of(from, end, &mut |answers| Ok(to.take_answers(answers)?))
}
