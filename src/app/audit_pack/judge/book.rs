//! What is known of the pack's records while its members are read: `index.ndjson` says which records there are and where they
//! stand in the log; histories and chains of keys then bring them, each judged when it comes.

use std::collections::HashMap;

use super::fault::LineFault;
use super::tree::{NoTile, Tree};
use crate::app::audit_pack::named::Named;
use crate::domain::chain::lines::{IndexLine, OpeningLine};
use crate::domain::chain::{Envelope, SubjectRef};
use crate::domain::merkle::{Leaf, verify_inclusion};
use crate::domain::record::{Digest, Handle};

/// Subjects are known by their number here, so that records cost few bytes.
pub type Number = u32;

pub struct Book {
    numbers: HashMap<Handle, Number>,
    chains: Vec<Chain>,
    /// Values that were opened, by record: what each record has to seal.
    openings: HashMap<(Number, u64), Vec<Opened>>,
    pub opened: usize,
    pub proof: Proof,
    /// Records that hold a signed statement or are of a key, with their index: judged last, in the order of the log.
    pub signing: Vec<(u64, Box<[u8]>)>,
    /// Files that records and openings name.
    pub named: Named,
    last_index: Option<u64>,
    pub records: usize,
}

/// One subject.
pub struct Chain {
    pub subject: Box<str>,
    handle: Handle,
    /// Where its records stand in the log, by seq.
    indexes: Vec<u64>,
    /// Hashes of those that came.
    hashes: Vec<Digest>,
}

/// An opening that waits for its record.
pub struct Opened {
    field: Box<str>,
    commitment: Digest,
    line: usize,
}

/// What shows that a record is in the log.
pub struct Proof {
    pub size: u64,
    pub root: Digest,
    /// By index; empty where tiles prove.
    pub hashes: HashMap<u64, Vec<Digest>>,
    pub tree: Option<Tree>,
}

impl Book {
    pub fn new(proof: Proof) -> Self {
        Self {
            numbers: HashMap::new(),
            chains: Vec::new(),
            openings: HashMap::new(),
            opened: 0,
            proof,
            signing: Vec::new(),
            named: Named::default(),
            last_index: None,
            records: 0,
        }
    }

    pub fn subjects(&self) -> usize {
        self.chains.len()
    }

    pub fn chain(&self, number: Number) -> &Chain {
        &self.chains[number as usize]
    }

    /// One line of `index.ndjson`.
    pub fn index(&mut self, line: IndexLine<'_>) -> Result<(), LineFault> {
        let IndexLine { index, seq, subject } = line;
        if index >= self.proof.size || self.last_index.is_some_and(|last| last >= index) {
            return Err(LineFault::IndexOrder { index, size: self.proof.size });
        }
        self.last_index = Some(index);
        let next = self.chains.len() as Number;
        let number = *self.numbers.entry(subject.handle).or_insert(next);
        if number == next {
            let (text, handle) = (subject.text.into(), subject.handle);
            self.chains.push(Chain { subject: text, handle, indexes: Vec::new(), hashes: Vec::new() });
        }
        let chain = &mut self.chains[number as usize];
        chain.must_be(subject)?;
        let expected = chain.indexes.len() as u64;
        if seq != expected {
            return Err(LineFault::Seq { subject: subject.text.to_owned(), expected, found: seq });
        }
        chain.indexes.push(index);
        self.records += 1;
        Ok(())
    }

    /// One line of `openings.ndjson`. Judged when the record comes.
    pub fn opening(&mut self, line_number: usize, line: OpeningLine<'_>) -> Result<(), LineFault> {
        let OpeningLine { field, seq, subject, .. } = line;
        let number = self.number_of(subject, seq)?;
        let waiting = self.openings.entry((number, seq)).or_default();
        if waiting.iter().any(|opened| &*opened.field == field) {
            return Err(LineFault::OpenedTwice { subject: subject.text.to_owned(), seq, field: field.to_owned() });
        }
        waiting.push(Opened { field: field.into(), commitment: line.commitment(), line: line_number });
        self.opened += 1;
        self.named.collect(line.value);
        Ok(())
    }

    /// The subject's number, if `index.ndjson` names this record of it.
    pub fn number_of(&self, subject: SubjectRef<'_>, seq: u64) -> Result<Number, LineFault> {
        let missing = || LineFault::NotInIndex { subject: subject.text.to_owned(), seq };
        let number = *self.numbers.get(&subject.handle).ok_or_else(missing)?;
        let chain = self.chain(number);
        chain.must_be(subject)?;
        if seq < chain.indexes.len() as u64 { Ok(number) } else { Err(missing()) }
    }

    /// Where a record stands in the log; `None` for one that is not in the pack.
    pub fn index_of(&self, subject: SubjectRef<'_>, seq: u64) -> Option<u64> {
        let number = self.numbers.get(&subject.handle)?;
        self.chain(*number).indexes.get(usize::try_from(seq).ok()?).copied()
    }

    /// The hash of a record that came already.
    pub fn hash_of(&self, subject: SubjectRef<'_>, seq: u64) -> Option<Digest> {
        let number = self.numbers.get(&subject.handle)?;
        self.chain(*number).hashes.get(usize::try_from(seq).ok()?).copied()
    }

    /// A record that its file's chain accepts. Answers where in the log it stands.
    pub fn record(&mut self, record: &Envelope<'_>, line: &[u8], hash: Digest) -> Result<(Number, u64), LineFault> {
        let (subject, seq) = (record.subject, record.seq);
        let number = self.number_of(subject, seq)?;
        let chain = &mut self.chains[number as usize];
        let index = chain.indexes[seq as usize];
        match chain.hashes.get(seq as usize) {
            // It stood in an earlier file, where all else was judged.
            Some(known) if *known == hash => return Ok((number, index)),
            Some(_) => return Err(LineFault::TwoVersions { subject: subject.text.to_owned(), seq }),
            None => {}
        }
        // Files bring the records of a subject in the order of seq, from 0.
        chain.hashes.push(hash);
        self.in_log(record, index, hash)?;
        self.seen(record, index)?;
        self.check_openings(record, number)?;
        self.named.collect(record.body);
        if record.statement.is_some() || record.subject.kind() == "key" {
            self.signing.push((index, line.into()));
        }
        Ok((number, index))
    }

    fn in_log(&self, record: &Envelope<'_>, index: u64, hash: Digest) -> Result<(), LineFault> {
        let Envelope { subject, seq, .. } = *record;
        let leaf = Leaf { subject: subject.handle, seq, record_hash: hash }.hash();
        let named = || subject.text.to_owned();
        let Proof { size, root, hashes, tree } = &self.proof;
        if hashes.is_empty() {
            let found = tree.as_ref().map(|tree| tree.leaf(index)).transpose().map_err(missing)?;
            let fits = found == Some(leaf);
            return if fits { Ok(()) } else { Err(LineFault::NotInLog { subject: named(), seq, index, size: *size }) };
        }
        let hashes = hashes.get(&index).ok_or_else(|| LineFault::NoProof { subject: named(), seq, index })?;
        let proven = verify_inclusion(&leaf, index, *size, hashes, root);
        proven.map_err(|fault| LineFault::NotProven { subject: named(), seq, fault })
    }

    /// What the record saw of the log is what there was before it.
    fn seen(&mut self, record: &Envelope<'_>, index: u64) -> Result<(), LineFault> {
        let Some(seen) = record.seen else { return Ok(()) };
        let (subject, seq, size) = (record.subject.text, record.seq, seen.size);
        if size > index {
            return Err(LineFault::SeenLater { subject: subject.to_owned(), seq, index, size });
        }
        let tree = self.proof.tree.as_mut().ok_or(LineFault::TileMissing { level: 0, number: 0 })?;
        let expected = tree.root(size).map_err(missing)?;
        if expected == seen.root {
            return Ok(());
        }
        Err(LineFault::SeenOther { subject: subject.to_owned(), seq, size, expected, found: seen.root })
    }

    fn check_openings(&mut self, record: &Envelope<'_>, number: Number) -> Result<(), LineFault> {
        if self.openings.is_empty() {
            return Ok(());
        }
        let Some(waiting) = self.openings.get_mut(&(number, record.seq)) else { return Ok(()) };
        for (field, sealed) in &record.sealed {
            let Some(at) = waiting.iter().position(|opened| &*opened.field == *field) else { continue };
            if waiting.swap_remove(at).commitment != *sealed {
                let (subject, seq) = (record.subject.text.to_owned(), record.seq);
                return Err(LineFault::Opening { subject, seq, field: (*field).to_owned() });
            }
        }
        Ok(())
    }

    /// A record that was named and did not come.
    pub fn absent(&self) -> Option<(&Chain, u64)> {
        let absent = self.chains.iter().find(|chain| chain.hashes.len() < chain.indexes.len())?;
        Some((absent, absent.hashes.len() as u64))
    }

    /// An opening whose record seals no such field, with its line, its subject, seq and field.
    pub fn unopened(&self) -> Option<(usize, &str, u64, &str)> {
        let left = self.openings.iter().flat_map(|(place, waiting)| waiting.iter().map(move |opened| (place, opened)));
        let ((number, seq), opened) = left.min_by_key(|(_, opened)| opened.line)?;
        Some((opened.line, &self.chain(*number).subject, *seq, &opened.field))
    }
}

impl Chain {
    fn must_be(&self, subject: SubjectRef<'_>) -> Result<(), LineFault> {
        if *self.subject == *subject.text {
            return Ok(());
        }
        Err(LineFault::HandleOfTwo { expected: self.subject.to_string(), found: subject.text.to_owned() })
    }

    pub fn handle(&self) -> Handle {
        self.handle
    }
}

fn missing(NoTile { level, number }: NoTile) -> LineFault {
    LineFault::TileMissing { level, number }
}
