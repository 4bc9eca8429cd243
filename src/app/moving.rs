//! A whole instance from one database into another, checked link by link on the way. Breaks off and goes on where it was: what has
//! arrived is what stands first in the log.

use super::AppError;
use crate::store::Store;

/// Records of one transaction.
const STRETCH: u32 = 2_000;
const ANSWERS: u32 = 5_000;

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
pub fn copy(from: &dyn Store, to: &dyn Store, progress: &mut dyn FnMut(u64, u64)) -> Result<Carried, AppError> {
    let there = to.log_end()?;
    check_same_start(from, to, there)?;
    let mut next = there;
    loop {
        let stretch = from.stretch(next, STRETCH)?;
        if stretch.records.is_empty() {
            break;
        }
        to.take(&stretch)?;
        next += stretch.records.len() as u64;
        progress(next, from.log_end()?);
    }
    copy_beside(from, to)?;
    Ok(Carried { there, records: next })
}

/// What has arrived must be how the source begins.
fn check_same_start(from: &dyn Store, to: &dyn Store, there: u64) -> Result<(), AppError> {
    let Some(last) = there.checked_sub(1) else { return Ok(()) };
    let (ours, theirs) = (from.log(last, 1)?, to.log(last, 1)?);
    if ours.first().map(|record| record.hash) == theirs.first().map(|record| record.hash) {
        return Ok(());
    }
    Err(AppError::Failed(format!(
        "the target holds {there} records, and the last of them is not record {last} of the source: it is another \
         instance, or one that was written to since"
    )))
}

/// Rows beside the records: keys, answers under their keys, names of files, reports of problems.
fn copy_beside(from: &dyn Store, to: &dyn Store) -> Result<(), AppError> {
    for key in from.api_keys(None)? {
        to.add_api_key(&key)?;
    }
    for file in from.attachments()? {
        to.add_attachment(&file)?;
    }
    for report in from.problem_reports()? {
        to.add_problem_report(&report)?;
    }
    let mut answers = from.answers(None, ANSWERS)?;
    while let Some(last) = answers.last() {
        to.take_answers(&answers)?;
        let after = (last.organisation, last.key.clone());
        answers = from.answers(Some((after.0, &after.1)), ANSWERS)?;
    }
    Ok(())
}
