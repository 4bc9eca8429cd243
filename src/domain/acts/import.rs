//! Many acts of one kind in one: all of an imported file or nothing of it.

use std::sync::Arc;

use super::{Act, Needs, Refusal, RefusedRow, Step};
use crate::domain::record::{Actor, Subject};

/// Rows of a file, each an act.
#[derive(Debug, Clone)]
pub struct ImportRows {
    /// Line of the file and what it says.
    pub rows: Vec<(u64, Arc<dyn Act>)>,
}

/// Refused rows that are told at once.
pub const MAX_REFUSED: usize = 100;

impl Act for ImportRows {
    fn operation(&self) -> &'static str {
        self.rows.first().map_or("nothing", |(_, act)| act.operation())
    }

    fn needs(&self, actor: &Actor, needs: &mut Needs) {
        for (_, act) in &self.rows {
            act.needs(actor, needs);
        }
    }

    /// Decides row by row, each on what the rows before it changed; tells all refused rows, and then writes none.
    fn decide(&self, step: &mut Step<'_>) -> Result<Subject, Refusal> {
        let mut refused = Vec::new();
        let mut last = None;
        for (line, act) in &self.rows {
            match act.decide(step) {
                Ok(subject) => last = Some(subject),
                Err(refusal) => refused.push(RefusedRow { line: *line, refusal }),
            }
            if refused.len() == MAX_REFUSED {
                break;
            }
        }
        match last {
            Some(subject) if refused.is_empty() => Ok(subject),
            _ => Err(Refusal::of_rows(refused)),
        }
    }
}
