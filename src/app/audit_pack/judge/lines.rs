//! The lines of a member, one at a time: nothing of a member is held but the line that is judged.

use std::io::{BufRead, BufReader, Read};

use super::fault::{LineFault, PackFault};
use crate::domain::record::canonical::MAX_BYTES;

/// Counts lines, so that each fault names its place.
pub struct Lines<R> {
    from: BufReader<R>,
    member: String,
    number: usize,
    line: Vec<u8>,
}

impl<R: Read> Lines<R> {
    pub fn new(member: &str, from: R) -> Self {
        let from = BufReader::with_capacity(1 << 16, from);
        Self { from, member: member.to_owned(), number: 0, line: Vec::new() }
    }

    /// The next line without its end; `None` behind the last one.
    pub fn next(&mut self) -> Result<Option<(usize, &[u8])>, PackFault> {
        self.line.clear();
        // An opening holds a value of a record, its salt and its names beside it.
        let most = 2 * MAX_BYTES as u64;
        let read = (&mut self.from).take(most).read_until(b'\n', &mut self.line);
        read.map_err(|why| PackFault::Unreadable { member: self.member.clone(), why: why.to_string() })?;
        if self.line.is_empty() {
            return Ok(None);
        }
        self.number += 1;
        if self.line.pop() != Some(b'\n') {
            return Err(self.fault(LineFault::NoLineEnd));
        }
        if self.line.is_empty() {
            return Err(self.fault(LineFault::EmptyLine));
        }
        Ok(Some((self.number, &self.line)))
    }

    fn fault(&self, fault: LineFault) -> PackFault {
        PackFault::Line { member: self.member.clone(), line: self.number, fault }
    }
}
