//! One file of records: chains from their beginning, links that lead upwards, nothing missing and nothing too much.

use std::collections::HashMap;
use std::io::Read;

use super::book::{Book, Number};
use super::fault::{LineFault, PackFault};
use super::lines::Lines;
use crate::domain::chain::{Envelope, Fault, FaultReason, LinkRef};
use crate::domain::record::{Digest, record_hash};
use crate::domain::time::Instant;

/// What a file has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileOf {
    /// The last line's subject and all that it rests on.
    Batch,
    /// One chain, whose links may lead out of the file.
    Key,
}

/// The last record of a file.
#[derive(Debug, Clone, Copy)]
pub struct Head {
    pub subject: Number,
    pub seq: u64,
    pub hash: Digest,
}

/// A subject's part of the file.
struct Part {
    records: u64,
    head: Digest,
    recorded_at: Instant,
    last_line: usize,
    last_linked: Option<u64>,
}

/// Judges a file and enters its records in the book.
pub fn judge(book: &mut Book, member: &str, from: impl Read, is: FileOf) -> Result<Head, PackFault> {
    let mut lines = Lines::new(member, from);
    let mut file = File { parts: HashMap::new(), last_index: None, head: None, links: 0, is };
    let mut last_line = 0;
    while let Some((number, line)) = lines.next()? {
        last_line = number;
        file.line(book, number, line).map_err(|fault| fault.at(member, number))?;
    }
    let records = |line, reason| PackFault::Records { member: member.to_owned(), fault: fault(line, reason) };
    let head = file.head.ok_or_else(|| records(1, FaultReason::EmptyFile))?;
    if is == FileOf::Batch {
        file.check_reach(book, head).map_err(|(line, reason)| records(line.max(1).min(last_line), reason))?;
    }
    Ok(head)
}

struct File {
    parts: HashMap<Number, Part>,
    last_index: Option<u64>,
    head: Option<Head>,
    links: usize,
    is: FileOf,
}

/// What is wrong with a line: with its record, or with where it stands.
enum Wrong {
    Record(FaultReason),
    Line(LineFault),
}

impl File {
    fn line(&mut self, book: &mut Book, number: usize, line: &[u8]) -> Result<(), Wrong> {
        let record = Envelope::scan(line).map_err(FaultReason::NotCanonical)?;
        let hash = record_hash(line);
        let subject = book.number_of(record.subject, record.seq)?;
        self.append(subject, &record, hash, number)?;
        let (_, index) = book.record(&record, line, hash)?;
        if self.last_index.is_some_and(|last| last >= index) {
            return Err(log_order(&record));
        }
        self.last_index = Some(index);
        for link in &record.links {
            match self.is {
                FileOf::Batch => self.follow(book, link)?,
                FileOf::Key => outwards(book, link, index).ok_or_else(|| log_order(&record))??,
            }
        }
        self.links += record.links.len();
        self.head = Some(Head { subject, seq: record.seq, hash });
        Ok(())
    }

    /// The record must be the next one of its subject's chain.
    fn append(&mut self, subject: Number, record: &Envelope<'_>, hash: Digest, line: usize) -> Result<(), FaultReason> {
        let part = self.parts.entry(subject).or_insert(Part {
            records: 0,
            head: Digest::ZERO,
            recorded_at: Instant::MIN,
            last_line: 0,
            last_linked: None,
        });
        let (named, seq) = (|| record.subject.text.to_owned(), record.seq);
        if seq != part.records {
            return Err(FaultReason::Seq { subject: named(), expected: part.records, found: seq });
        }
        if record.prev != part.head {
            return Err(FaultReason::Prev { subject: named(), seq, expected: part.head, found: record.prev });
        }
        let (expected, found) = (part.recorded_at, record.recorded_at);
        if found < expected {
            return Err(FaultReason::RecordedEarlier { subject: named(), seq, expected, found });
        }
        *part = Part { records: seq + 1, head: hash, recorded_at: found, last_line: line, ..*part };
        Ok(())
    }

    /// Links lead upwards in the file. As its lines stand in the order of the log, so do the records that are linked.
    fn follow(&mut self, book: &Book, link: &LinkRef<'_>) -> Result<(), Wrong> {
        let missing = || FaultReason::LinkMissing {
            rel: link.rel.to_owned(),
            subject: link.subject.text.to_owned(),
            seq: link.seq,
        };
        let subject = book.number_of(link.subject, link.seq).map_err(|fault| match fault {
            LineFault::NotInIndex { .. } => Wrong::Record(missing()),
            other => Wrong::Line(other),
        })?;
        let part = self.parts.get_mut(&subject).filter(|part| link.seq < part.records).ok_or_else(missing)?;
        part.last_linked = part.last_linked.max(Some(link.seq));
        Ok(same_hash(book, link)?)
    }

    /// It is enough that of every subject but the last line's own the last record is linked: whoever links it stands further
    /// down, and so on to the end of the file.
    fn check_reach(&self, book: &Book, head: Head) -> Result<(), (usize, FaultReason)> {
        let surplus = self
            .parts
            .iter()
            .filter(|(subject, part)| **subject != head.subject && part.last_linked != part.records.checked_sub(1));
        let Some((subject, part)) = surplus.min_by_key(|(_, part)| part.last_line) else { return Ok(()) };
        let subject = book.chain(*subject).subject.to_string();
        let reason = match part.last_linked {
            Some(expected) => FaultReason::BeyondLastLinked { subject, expected, found: part.records - 1 },
            None => FaultReason::NothingLeadsTo { subject },
        };
        Err((part.last_line, reason))
    }
}

/// A link out of the file: where its record is in the pack, it stands before and has this hash. `None` if it stands behind.
fn outwards(book: &Book, link: &LinkRef<'_>, index: u64) -> Option<Result<(), Wrong>> {
    match book.index_of(link.subject, link.seq) {
        Some(target) if target >= index => None,
        Some(_) => Some(same_hash(book, link).map_err(Wrong::from)),
        None => Some(Ok(())),
    }
}

fn same_hash(book: &Book, link: &LinkRef<'_>) -> Result<(), FaultReason> {
    match book.hash_of(link.subject, link.seq) {
        Some(expected) if expected != link.hash => Err(FaultReason::LinkHash {
            rel: link.rel.to_owned(),
            subject: link.subject.text.to_owned(),
            seq: link.seq,
            expected,
            found: link.hash,
        }),
        _ => Ok(()),
    }
}

fn log_order(record: &Envelope<'_>) -> Wrong {
    Wrong::Line(LineFault::LogOrder { subject: record.subject.text.to_owned(), seq: record.seq })
}

fn fault(line: usize, reason: FaultReason) -> Fault {
    Fault { line, reason: Box::new(reason) }
}

impl Wrong {
    fn at(self, member: &str, line: usize) -> PackFault {
        let member = member.to_owned();
        match self {
            Self::Record(reason) => PackFault::Records { member, fault: fault(line, reason) },
            Self::Line(fault) => PackFault::Line { member, line, fault },
        }
    }
}

impl From<FaultReason> for Wrong {
    fn from(reason: FaultReason) -> Self {
        Self::Record(reason)
    }
}

impl From<LineFault> for Wrong {
    fn from(fault: LineFault) -> Self {
        Self::Line(fault)
    }
}
