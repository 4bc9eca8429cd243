//! Judging an audit pack (FORMATS §2), from its bytes alone: no server, no database, no network.
//!
//! Promises: whatever a pack shows is held against the checkpoint, and the checkpoint against a policy; members are read as
//! streams, so that memory grows with what was proven and not with what a file claims. Nothing is believed but the policy: where
//! it is the pack's own, the verdict says so.

mod book;
mod fault;
mod file;
mod lines;
mod tree;
mod verdict;

use std::collections::{HashMap, HashSet};
use std::io::{Read, Seek};

use book::{Book, Proof};
pub use fault::{LineFault, PackFault};
use file::{FileOf, Head};
use lines::Lines;

use sha2::{Digest as _, Sha256};
use tree::{NoTile, Tree};
pub use verdict::{Signers, Verdict};

use crate::domain::chain::lines::{HeadLine, IndexLine, OpeningLine};
use crate::domain::chain::{Envelope, Statements};
use crate::domain::merkle::Tile;
use crate::domain::record::{Digest, Handle};
use crate::exchange::audit_pack::{Member, TILES_FROM};
use crate::exchange::zip::{Entry, ZipReader};
use crate::log::offline_proof::OfflineProof;
use crate::log::{Checkpoint, Note, Policy, SignedCheckpoint};

/// Members that are read whole have at most this many bytes: the longest note that is read, and then some.
const MOST_WHOLE: u64 = 1 << 20;

/// Judges a pack by the policy that somebody brought, or else by its own; `head` is the hash that a history has to end with.
pub fn verify(pack: impl Read + Seek, policy: Option<&Policy>, head: Option<Digest>) -> Result<Verdict, PackFault> {
    let mut pack = Pack::open(pack)?;
    let own = match policy {
        Some(_) => None,
        None => Some(Policy::parse(&pack.whole(Member::Policy)?)?),
    };
    let (signed, signers) = {
        let policy = policy.or(own.as_ref()).ok_or_else(|| PackFault::Missing(Member::Policy.to_string()))?;
        let signed = SignedCheckpoint::parse(&pack.whole(Member::Checkpoint)?)?;
        let signers = Signers::of(&policy.satisfied(&signed)?, policy, own.is_some());
        (signed, signers)
    };
    let proof = pack.proof(&signed)?;
    let proofs = proof.hashes.len();
    let mut book = Book::new(proof);
    pack.index(&mut book)?;
    if proofs > 0 && proofs != book.records {
        return Err(PackFault::Proofs { proofs, records: book.records });
    }
    pack.openings(&mut book)?;
    let heads = pack.histories(&mut book)?;
    pack.keys(&mut book)?;
    if let Some((chain, seq)) = book.absent() {
        return Err(PackFault::NotInPack { subject: chain.subject.to_string(), seq });
    }
    if let Some((line, subject, seq, field)) = book.unopened() {
        let (subject, field) = (subject.to_owned(), field.to_owned());
        return Err(PackFault::NothingSealed { line, subject, seq, field });
    }
    if let Some(head) = head.filter(|head| heads.iter().all(|it| it.hash != *head)) {
        return Err(PackFault::Head(head));
    }
    let statements = statements(&mut book.signing)?;
    let attachments = pack.attachments(&book)?;
    pack.rest()?;
    Ok(verdict::of(&book, &heads, statements, attachments, signed.checkpoint, signers))
}

/// Statements that were signed before they were chained, each by the records of its key before it.
fn statements(signing: &mut [(u64, Box<[u8]>)]) -> Result<Statements, PackFault> {
    signing.sort_by_key(|(index, _)| *index);
    let mut statements = Statements::default();
    for (_, line) in signing {
        // Its form was judged when it came.
        let Ok(record) = Envelope::scan(line) else { continue };
        let (subject, seq) = (record.subject.text, record.seq);
        let named = |fault| PackFault::Statement { subject: subject.to_owned(), seq, fault };
        statements.judge(&record).map_err(named)?;
    }
    Ok(statements)
}

struct Pack<R> {
    zip: ZipReader<R>,
    members: Vec<(Member, Entry)>,
}

impl<R: Read + Seek> Pack<R> {
    fn open(from: R) -> Result<Self, PackFault> {
        let zip = ZipReader::open(from)?;
        let named = |entry: &Entry| Member::parse(&entry.name).ok_or_else(|| PackFault::Stranger(entry.name.clone()));
        let members = zip.entries().iter().map(|entry| Ok((named(entry)?, entry.clone())));
        let members = members.collect::<Result<_, PackFault>>()?;
        Ok(Self { zip, members })
    }

    fn find(&self, member: Member) -> Option<Entry> {
        self.members.iter().find(|(it, _)| *it == member).map(|(_, entry)| entry.clone())
    }

    fn need(&self, member: Member) -> Result<Entry, PackFault> {
        self.find(member).ok_or_else(|| PackFault::Missing(member.to_string()))
    }

    /// Members of one kind, in the order of the archive.
    fn all<T>(&self, of: impl Fn(Member) -> Option<T>) -> Vec<(T, Entry)> {
        self.members.iter().filter_map(|(member, entry)| Some((of(*member)?, entry.clone()))).collect()
    }

    fn whole(&mut self, member: Member) -> Result<Vec<u8>, PackFault> {
        let entry = self.need(member)?;
        self.bytes(&entry, MOST_WHOLE)
    }

    fn bytes(&mut self, entry: &Entry, most: u64) -> Result<Vec<u8>, PackFault> {
        if entry.size > most {
            return Err(PackFault::TooLong { member: entry.name.clone(), bytes: entry.size });
        }
        let mut bytes = Vec::new();
        let read = self.zip.read(entry)?.read_to_end(&mut bytes);
        read.map_err(|why| unreadable(entry, &why))?;
        Ok(bytes)
    }

    /// Each line of a member.
    fn lines(
        &mut self,
        entry: &Entry,
        mut each: impl FnMut(usize, &[u8]) -> Result<(), LineFault>,
    ) -> Result<(), PackFault> {
        let mut lines = Lines::new(&entry.name, self.zip.read(entry)?);
        while let Some((number, line)) = lines.next()? {
            each(number, line).map_err(|fault| PackFault::Line { member: entry.name.clone(), line: number, fault })?;
        }
        Ok(())
    }

    /// Proof files or tiles; tiles beside proof files show what records saw of the log.
    fn proof(&mut self, signed: &SignedCheckpoint) -> Result<Proof, PackFault> {
        let Checkpoint { size, root, .. } = signed.checkpoint;
        let hashes = self.proofs(&signed.note)?;
        let tree = self.tiles(size, root)?;
        if hashes.is_empty() && tree.is_none() {
            return Err(PackFault::Nothing);
        }
        Ok(Proof { size, root, hashes, tree })
    }

    fn proofs(&mut self, note: &Note) -> Result<HashMap<u64, Vec<Digest>>, PackFault> {
        let found = self.all(|member| if let Member::Proof(index) = member { Some(index) } else { None });
        if found.len() >= TILES_FROM {
            return Err(PackFault::TooManyProofs(found.len()));
        }
        let mut proofs = HashMap::new();
        for (index, entry) in found {
            let bytes = self.bytes(&entry, MOST_WHOLE)?;
            let proof = OfflineProof::parse(&bytes).map_err(|fault| PackFault::Proof { index, fault })?;
            if proof.index != index {
                return Err(PackFault::ProofOther(index));
            }
            if proof.note != *note {
                return Err(PackFault::ProofCheckpoint(index));
            }
            proofs.insert(index, proof.hashes);
        }
        Ok(proofs)
    }

    fn tiles(&mut self, size: u64, root: Digest) -> Result<Option<Tree>, PackFault> {
        let mut found = self.all(|member| if let Member::Tile(tile) = member { Some(tile) } else { None });
        if found.is_empty() {
            return Ok(None);
        }
        if let Some((tile, _)) =
            found.iter().find(|(tile, _)| Tile::in_tree(tile.level, tile.number, size) != Some(*tile))
        {
            return Err(PackFault::TileName { tile: *tile, size });
        }
        let mut tree = Tree::default();
        // The right edge, one a level, makes the root; below it each full tile makes its entry in the tile above.
        found.sort_by_key(|(tile, _)| (tile.is_full(), std::cmp::Reverse(level_of(tile)), tile.number));
        let edge = found.iter().take_while(|(tile, _)| !tile.is_full()).count();
        for (tile, entry) in &found[..edge] {
            tree.add(*tile, self.hashes(*tile, entry)?);
        }
        if tree.root(size).map_err(missing)? != root {
            return Err(PackFault::TilesRoot { size });
        }
        for (tile, entry) in &found[edge..] {
            let hashes = self.hashes(*tile, entry)?;
            if !tree.add_below(*tile, hashes).map_err(missing)? {
                return Err(PackFault::TileHash(*tile));
            }
        }
        Ok(Some(tree))
    }

    fn hashes(&mut self, tile: Tile, entry: &Entry) -> Result<Vec<Digest>, PackFault> {
        if entry.size != u64::from(tile.width) * 32 {
            return Err(PackFault::TileLength { tile, found: entry.size });
        }
        let bytes = self.bytes(entry, entry.size)?;
        let (hashes, _) = bytes.as_chunks::<32>();
        Ok(hashes.iter().map(|hash| Digest::from_bytes(*hash)).collect())
    }

    fn index(&mut self, book: &mut Book) -> Result<(), PackFault> {
        let entry = self.need(Member::Index)?;
        self.lines(&entry, |_, line| book.index(IndexLine::scan(line).map_err(LineFault::NotCanonical)?))
    }

    fn openings(&mut self, book: &mut Book) -> Result<(), PackFault> {
        let Some(entry) = self.find(Member::Openings) else { return Ok(()) };
        self.lines(&entry, |number, line| {
            book.opening(number, OpeningLine::scan(line).map_err(LineFault::NotCanonical)?)
        })
    }

    /// One history, or several with their heads.
    fn histories(&mut self, book: &mut Book) -> Result<Vec<Head>, PackFault> {
        let several = self.all(|member| if let Member::HistoryOf(handle) = member { Some(handle) } else { None });
        match (self.find(Member::History), self.find(Member::Heads)) {
            (Some(entry), None) if several.is_empty() => {
                Ok(vec![file::judge(book, &entry.name, self.zip.read(&entry)?, FileOf::Batch)?])
            }
            (None, Some(heads)) if !several.is_empty() => self.several(book, &heads, several),
            _ => Err(PackFault::Histories),
        }
    }

    fn several(
        &mut self,
        book: &mut Book,
        heads: &Entry,
        histories: Vec<(Handle, Entry)>,
    ) -> Result<Vec<Head>, PackFault> {
        let mut named: HashMap<Handle, (String, u64, Digest)> = HashMap::new();
        self.lines(heads, |_, line| {
            let HeadLine { hash, seq, subject } = HeadLine::scan(line).map_err(LineFault::NotCanonical)?;
            match named.insert(subject.handle, (subject.text.to_owned(), seq, hash)) {
                None => Ok(()),
                Some(_) => Err(LineFault::HeadTwice(subject.text.to_owned())),
            }
        })?;
        if named.len() != histories.len() {
            return Err(PackFault::Heads { heads: named.len(), histories: histories.len() });
        }
        let mut found = Vec::new();
        for (handle, entry) in histories {
            let head = file::judge(book, &entry.name, self.zip.read(&entry)?, FileOf::Batch)?;
            let subject = book.chain(head.subject);
            let fits = named.get(&handle).is_some_and(|(text, seq, hash)| {
                (text.as_str(), *seq, *hash) == (&*subject.subject, head.seq, head.hash)
            });
            if !fits {
                return Err(PackFault::OtherHead { member: entry.name });
            }
            found.push(head);
        }
        Ok(found)
    }

    fn keys(&mut self, book: &mut Book) -> Result<(), PackFault> {
        for (handle, entry) in self.all(|member| if let Member::Key(handle) = member { Some(handle) } else { None }) {
            let head = file::judge(book, &entry.name, self.zip.read(&entry)?, FileOf::Key)?;
            let chain = book.chain(head.subject);
            if chain.handle() != handle || !chain.subject.starts_with("key:") {
                return Err(PackFault::KeyFile(handle.to_string()));
            }
        }
        Ok(())
    }

    /// How many files are there; each is named and is what it is called.
    fn attachments(&mut self, book: &Book) -> Result<usize, PackFault> {
        let mut found = HashSet::new();
        for (sha256, entry) in
            self.all(|member| if let Member::Attachment(sha256) = member { Some(sha256) } else { None })
        {
            let named = book.named.bytes(&sha256).ok_or(PackFault::AttachmentOther(sha256))?;
            if !found.insert(sha256) {
                return Err(PackFault::AttachmentTwice(sha256));
            }
            if named != Some(entry.size) || self.sha256(&entry)? != sha256 {
                return Err(PackFault::AttachmentBytes(sha256));
            }
        }
        Ok(found.len())
    }

    /// What proves nothing has to be whole all the same, so that damage is told.
    fn rest(&mut self) -> Result<(), PackFault> {
        for member in [Member::Policy, Member::Readme, Member::Verifier] {
            if let Some(entry) = self.find(member) {
                self.sha256(&entry)?;
            }
        }
        Ok(())
    }

    fn sha256(&mut self, entry: &Entry) -> Result<Digest, PackFault> {
        let (mut hash, mut buffer) = (Sha256::new(), vec![0; 1 << 16]);
        let mut content = self.zip.read(entry)?;
        loop {
            match content.read(&mut buffer).map_err(|why| unreadable(entry, &why))? {
                0 => return Ok(Digest::from_bytes(hash.finalize().into())),
                read => hash.update(&buffer[..read]),
            }
        }
    }
}

fn level_of(tile: &Tile) -> u8 {
    match tile.level {
        crate::domain::merkle::TileLevel::Hashes(level) => level,
        crate::domain::merkle::TileLevel::Entries => 0,
    }
}

fn unreadable(entry: &Entry, why: &std::io::Error) -> PackFault {
    PackFault::Unreadable { member: entry.name.clone(), why: why.to_string() }
}

fn missing(NoTile { level, number }: NoTile) -> PackFault {
    PackFault::TileMissing { level, number }
}
