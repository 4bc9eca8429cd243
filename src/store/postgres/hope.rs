//! A group in a single way to the server and back. What is decided on what the writer remembers needs no lock before it is written:
//! the statement looks itself whether the log ends where it did, and is its own transaction. As long as nobody else writes that is
//! every group, and the server is asked once where begin, write and commit are three waits.

use super::Conn;
use super::append;
use super::queries::group::{Decided, Prepared, Present};
use crate::domain::merkle::Edge;
use crate::store::seen::Seen;
use crate::store::sequencer::GroupResult;
use crate::store::{StoreError, Submission};

pub struct Hope {
    decided: Decided,
    prepared: Prepared,
}

/// `None` where there is nothing to hope on, or what the group comes to is no single statement.
pub fn decide(
    conn: &mut Conn,
    group: &[Submission],
    present: &Present<'_>,
    seen: &mut Seen,
) -> Result<Option<Hope>, StoreError> {
    let (true, Some(end), Some(tree)) = (seen.hopes(), seen.log_end, seen.tree.clone()) else { return Ok(None) };
    let mut decided = Decided::load_and_decide(conn, group, present, end, &mut seen.states, true)?;
    // Whether what is refused here is refused rightly is looked at under the lock.
    if !decided.accepts_any() {
        return Ok(None);
    }
    let prepared = decided.prepare(group, Edge::clone(&tree), present)?;
    Ok(Some(Hope { decided, prepared }).filter(|hope| hope.prepared.erased.is_empty()))
}

impl Hope {
    /// Committed when this answers `true`. `false` where others wrote meanwhile: then nothing was written, and what was
    /// remembered is old.
    pub fn write(&self, conn: &mut Conn, seen: &mut Seen) -> Result<bool, StoreError> {
        let is_written = append::write(conn, &self.prepared.writes)?;
        if !is_written {
            seen.others_wrote(true);
            seen.log_end = None;
            seen.states.clear();
        }
        Ok(is_written)
    }

    pub fn result(mut self, seen: &mut Seen) -> GroupResult {
        self.decided.finish(self.prepared, seen)
    }
}
