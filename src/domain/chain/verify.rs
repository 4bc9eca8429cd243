//! Judging a whole file: one subject is a chain, several are a history.
//!
//! One pass over the lines. Per subject it keeps the hashes of its records so far, because links may lead to any.

use std::collections::HashMap;
use std::fmt;

use thiserror::Error;

use super::envelope::{Envelope, LinkRef, SubjectRef};
use super::scan::Broken;
use super::statements::{StatementFault, Statements};
use crate::domain::record::{Digest, Handle, record_hash};
use crate::domain::time::Instant;

/// What a file turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// Records of one subject; links to other subjects were not followed.
    Chain,
    /// Records of several subjects, every link followed.
    History,
}

/// A file that holds together. `Display` is one sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    pub kind: FileKind,
    pub records: usize,
    pub subjects: usize,
    /// Hash of the last line.
    pub head: Digest,
    /// Subject of the last line.
    pub subject: String,
    /// How many links the records hold.
    pub links: usize,
    /// Signatures that hold, by keys whose chains stand in the file.
    pub signed: usize,
    /// Statements by keys that the file does not hold: nobody can say from it whether they hold.
    pub unjudged: usize,
}

/// Something in a file that does not hold. `Display` is one sentence.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}: {reason}")]
pub struct Fault {
    /// From 1.
    pub line: usize,
    /// Boxed, so that results stay small.
    pub reason: Box<FaultReason>,
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FaultReason {
    #[error("expected at least one record, found an empty file")]
    EmptyFile,
    #[error("expected a record, found an empty line")]
    EmptyLine,
    #[error("the line must end with a line feed, found the end of the file")]
    NoLineEnd,
    #[error("a line ends with a line feed only, found a carriage return")]
    CarriageReturn,
    #[error("a file starts with its first record, found a byte order mark")]
    ByteOrderMark,
    #[error("this is not a record in canonical form: {0}")]
    NotCanonical(Broken),
    #[error("{subject} must go on with record {expected}, found record {found}")]
    Seq { subject: String, expected: u64, found: u64 },
    #[error("record {seq} of {subject} must name {expected} as the record before, found {found}")]
    Prev { subject: String, seq: u64, expected: Digest, found: Digest },
    #[error("record {seq} of {subject} must not be recorded before the record it follows ({expected}), found {found}")]
    RecordedEarlier { subject: String, seq: u64, expected: Instant, found: Instant },
    #[error("a handle belongs to one subject, expected {expected}, found {found}")]
    HandleOfTwo { expected: String, found: String },
    #[error("the link {rel:?} leads to record {seq} of {subject}, expected that record further up, found none")]
    LinkMissing { rel: String, subject: String, seq: u64 },
    #[error("the link {rel:?} to record {seq} of {subject} must name the hash {expected}, found {found}")]
    LinkHash { rel: String, subject: String, seq: u64, expected: Digest, found: Digest },
    #[error("expected only what the last line's subject rests on, found {subject}, to which no record leads")]
    NothingLeadsTo { subject: String },
    #[error("the last record of {subject} that another one leads to is {expected}, found record {found} beyond it")]
    BeyondLastLinked { subject: String, expected: u64, found: u64 },
    #[error("record {seq} of {subject}: {fault}")]
    Statement { subject: String, seq: u64, fault: StatementFault },
    #[error("the head must be {expected}, found {found}")]
    Head { expected: Digest, found: Digest },
}

/// Verifies a whole NDJSON file, and that its last line is the record that somebody else named as the head.
pub fn verify_ndjson(file: &[u8], expected_head: Option<Digest>) -> Result<Verified, Fault> {
    if file.is_empty() {
        return Err(Fault::new(1, FaultReason::EmptyFile));
    }
    let mut verifier = Verifier {
        subjects: HashMap::new(),
        lines: 0,
        links: 0,
        missing: None,
        last: None,
        statements: Statements::default(),
    };
    for line in file.split_inclusive(|byte| *byte == b'\n') {
        verifier.lines += 1;
        verifier.line(line).map_err(|reason| Fault::new(verifier.lines, reason))?;
    }
    verifier.finish(expected_head)
}

struct Verifier<'a> {
    /// By handle, because a handle belongs to one subject kind only.
    subjects: HashMap<Handle, Chain<'a>>,
    lines: usize,
    links: usize,
    /// The first link whose target did not stand before it: a fault if the file turns out to be a history.
    missing: Option<(usize, LinkRef<'a>)>,
    last: Option<(SubjectRef<'a>, Digest)>,
    statements: Statements,
}

/// What is known of one subject. A subject that was only linked so far has no records.
struct Chain<'a> {
    subject: SubjectRef<'a>,
    hashes: Vec<Digest>,
    recorded_at: Instant,
    last_line: usize,
    last_linked: Option<u64>,
}

impl<'a> Verifier<'a> {
    fn line(&mut self, line: &'a [u8]) -> Result<(), FaultReason> {
        let bytes = self.record_bytes(line)?;
        let record = Envelope::scan(bytes).map_err(FaultReason::NotCanonical)?;
        let hash = record_hash(bytes);
        self.append(&record, hash)?;
        self.statements.judge(&record).map_err(|fault| FaultReason::Statement {
            subject: record.subject.text.to_owned(),
            seq: record.seq,
            fault,
        })?;
        for link in &record.links {
            self.follow(link)?;
        }
        self.links += record.links.len();
        self.last = Some((record.subject, hash));
        Ok(())
    }

    fn record_bytes(&self, line: &'a [u8]) -> Result<&'a [u8], FaultReason> {
        let bytes = line.strip_suffix(b"\n").ok_or(FaultReason::NoLineEnd)?;
        if self.lines == 1 && bytes.starts_with(b"\xef\xbb\xbf") {
            return Err(FaultReason::ByteOrderMark);
        }
        if bytes.ends_with(b"\r") {
            return Err(FaultReason::CarriageReturn);
        }
        if bytes.is_empty() { Err(FaultReason::EmptyLine) } else { Ok(bytes) }
    }

    /// The record must be the next one of its subject's chain.
    fn append(&mut self, record: &Envelope<'a>, hash: Digest) -> Result<(), FaultReason> {
        let line = self.lines;
        let chain = self.chain(record.subject)?;
        let subject = || record.subject.text.to_owned();
        let (seq, expected) = (record.seq, chain.hashes.len() as u64);
        if seq != expected {
            return Err(FaultReason::Seq { subject: subject(), expected, found: seq });
        }
        let (prev, found) = (chain.hashes.last().copied().unwrap_or(Digest::ZERO), record.prev);
        if found != prev {
            return Err(FaultReason::Prev { subject: subject(), seq, expected: prev, found });
        }
        let (earlier, found) = (chain.recorded_at, record.recorded_at);
        if found < earlier {
            return Err(FaultReason::RecordedEarlier { subject: subject(), seq, expected: earlier, found });
        }
        chain.hashes.push(hash);
        chain.recorded_at = found;
        chain.last_line = line;
        Ok(())
    }

    fn follow(&mut self, link: &LinkRef<'a>) -> Result<(), FaultReason> {
        let line = self.lines;
        let chain = self.chain(link.subject)?;
        chain.last_linked = chain.last_linked.max(Some(link.seq));
        let target = usize::try_from(link.seq).ok().and_then(|seq| chain.hashes.get(seq)).copied();
        let Some(expected) = target else {
            self.missing.get_or_insert((line, *link));
            return Ok(());
        };
        if link.hash == expected {
            return Ok(());
        }
        Err(FaultReason::LinkHash {
            rel: link.rel.to_owned(),
            subject: link.subject.text.to_owned(),
            seq: link.seq,
            expected,
            found: link.hash,
        })
    }

    fn chain(&mut self, subject: SubjectRef<'a>) -> Result<&mut Chain<'a>, FaultReason> {
        let chain = self.subjects.entry(subject.handle).or_insert_with(|| Chain {
            subject,
            hashes: Vec::new(),
            recorded_at: Instant::MIN,
            last_line: 0,
            last_linked: None,
        });
        if chain.subject == subject {
            return Ok(chain);
        }
        Err(FaultReason::HandleOfTwo { expected: chain.subject.text.to_owned(), found: subject.text.to_owned() })
    }

    fn finish(self, expected_head: Option<Digest>) -> Result<Verified, Fault> {
        let at_end = |reason| Fault::new(self.lines, reason);
        let (subject, head) = self.last.ok_or_else(|| at_end(FaultReason::EmptyFile))?;
        let subjects = self.subjects.values().filter(|chain| !chain.hashes.is_empty()).count();
        if subjects > 1 {
            self.check_links(subject)?;
        }
        if let Some(expected) = expected_head.filter(|expected| *expected != head) {
            return Err(at_end(FaultReason::Head { expected, found: head }));
        }
        let kind = if subjects > 1 { FileKind::History } else { FileKind::Chain };
        let subject = subject.text.to_owned();
        let Statements { signed, unjudged, .. } = self.statements;
        Ok(Verified { kind, records: self.lines, subjects, head, subject, links: self.links, signed, unjudged })
    }

    /// Links lead upwards only. So it is enough that of every subject but the last line's own the last record is
    /// linked: whoever links it stands further down, and so on to the end of the file.
    fn check_links(&self, own: SubjectRef<'a>) -> Result<(), Fault> {
        if let Some((line, link)) = self.missing {
            let (rel, subject) = (link.rel.to_owned(), link.subject.text.to_owned());
            return Err(Fault::new(line, FaultReason::LinkMissing { rel, subject, seq: link.seq }));
        }
        let first_surplus = self
            .subjects
            .values()
            .filter(|chain| chain.subject != own && chain.last_linked != chain.last_seq())
            .min_by_key(|chain| chain.last_line);
        let Some(chain) = first_surplus else { return Ok(()) };
        let subject = chain.subject.text.to_owned();
        let reason = match (chain.last_linked, chain.last_seq()) {
            (Some(expected), Some(found)) => FaultReason::BeyondLastLinked { subject, expected, found },
            _ => FaultReason::NothingLeadsTo { subject },
        };
        Err(Fault::new(chain.last_line, reason))
    }
}

impl Fault {
    fn new(line: usize, reason: FaultReason) -> Self {
        Self { line, reason: Box::new(reason) }
    }
}

impl Chain<'_> {
    fn last_seq(&self) -> Option<u64> {
        self.hashes.len().checked_sub(1).map(|seq| seq as u64)
    }
}

impl fmt::Display for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { records, subjects, head, subject, links, signed, unjudged, .. } = self;
        match (self.kind, links) {
            (FileKind::History, _) => write!(
                f,
                "The history of {subject} holds together: {records} records of {subjects} subjects, every link \
                 followed, head {head}."
            ),
            (FileKind::Chain, 0) => {
                write!(f, "The chain of {subject} holds together: {records} records, no links, head {head}.")
            }
            (FileKind::Chain, _) => write!(
                f,
                "The chain of {subject} holds together: {records} records, head {head}; links to other subjects were \
                 not followed."
            ),
        }?;
        match signed {
            0 => {}
            1 => write!(f, " One signed statement, and its signature holds.")?,
            _ => write!(f, " {signed} signed statements, and their signatures hold.")?,
        }
        if *unjudged > 0 {
            write!(f, " Signed by keys that are not in this file, and not judged: {unjudged}.")?;
        }
        Ok(())
    }
}
