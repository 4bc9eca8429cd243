//! What can be wrong with a pack. Each is a sentence that says what, and where.

use crate::domain::chain::{Broken, Fault, StatementFault};
use crate::domain::merkle::{ProofFault, Tile};
use crate::domain::record::Digest;
use crate::exchange::zip::ZipFault;
use crate::log::CheckpointError;
use crate::log::offline_proof::OfflineProofError;
use crate::log::policy::{PolicyError, PolicyFault};

#[derive(Debug, thiserror::Error)]
pub enum PackFault {
    #[error(transparent)]
    Zip(#[from] ZipFault),
    #[error("The pack's {member} cannot be read to its end: {why}.")]
    Unreadable { member: String, why: String },
    #[error("{0:?} does not belong in an audit pack.")]
    Stranger(String),
    #[error("The pack has no {0}.")]
    Missing(String),
    #[error("The pack's {member} has {bytes} bytes, more than it can need.")]
    TooLong { member: String, bytes: u64 },
    #[error("A pack has history.ndjson, or else a folder history and heads.ndjson; this one has not.")]
    Histories,
    #[error("The pack's policy does not hold: {0}")]
    Policy(#[from] PolicyError),
    #[error("The pack's checkpoint is none: {0}")]
    Checkpoint(#[from] CheckpointError),
    #[error("The pack's checkpoint is not believed: {0}")]
    NotBelieved(#[from] PolicyFault),
    #[error("{member}: {fault}.")]
    Records { member: String, fault: Fault },
    #[error("{member}, line {line}: {fault}.")]
    Line { member: String, line: usize, fault: LineFault },
    #[error("index.ndjson names record {seq} of {subject}, which is not in the pack.")]
    NotInPack { subject: String, seq: u64 },
    #[error("{member} does not end with the record that heads.ndjson names for it.")]
    OtherHead { member: String },
    #[error("heads.ndjson names the heads of {heads} batches, but there are {histories} histories.")]
    Heads { heads: usize, histories: usize },
    #[error("None of the pack's histories ends with {0}, which was said to be the head.")]
    Head(Digest),
    #[error("keys/{0} is not the chain of the key that it is called after.")]
    KeyFile(String),
    #[error("tile/{tile} is no tile of a log with {size} entries, or not as wide as it is there.")]
    TileName { tile: Tile, size: u64 },
    #[error("tile/{tile} must have {expected} bytes, found {found}.", expected = u64::from(tile.width) * 32)]
    TileLength { tile: Tile, found: u64 },
    #[error("tile/{0} does not fit the tile above it: it is of another tree.")]
    TileHash(Tile),
    #[error("Tile {number} of level {level} is needed and missing.")]
    TileMissing { level: u8, number: u64 },
    #[error("The tiles make another root than the one that the checkpoint of {size} entries names.")]
    TilesRoot { size: u64 },
    #[error("The pack has neither proofs nor tiles: nothing shows that its records are in the log.")]
    Nothing,
    #[error("The pack has {proofs} proofs for its {records} records.")]
    Proofs { proofs: usize, records: usize },
    #[error("A pack of {0} proofs has to hold tiles instead: proofs are for fewer than 1,000 records.")]
    TooManyProofs(usize),
    #[error("proof/{index}.tlog-proof is no proof for this record: {fault}")]
    Proof { index: u64, fault: OfflineProofError },
    #[error("proof/{0}.tlog-proof is about another record than it is called after.")]
    ProofOther(u64),
    #[error("proof/{0}.tlog-proof is about another checkpoint than the pack's.")]
    ProofCheckpoint(u64),
    #[error("Record {seq} of {subject} is signed wrongly: {fault}.")]
    Statement { subject: String, seq: u64, fault: StatementFault },
    #[error("attachments/{0} is in the pack, but no record and no opening names it.")]
    AttachmentOther(Digest),
    #[error("attachments/{0} is in the pack twice.")]
    AttachmentTwice(Digest),
    #[error("attachments/{0} is not the file that the records name: its bytes are others.")]
    AttachmentBytes(Digest),
    #[error("openings.ndjson, line {line}: record {seq} of {subject} seals no field {field:?}.")]
    NothingSealed { line: usize, subject: String, seq: u64, field: String },
}

/// What can be wrong with one line of a member.
#[derive(Debug, thiserror::Error)]
pub enum LineFault {
    #[error("this is not a line in canonical form: {0}")]
    NotCanonical(Broken),
    #[error("the line must end with a line feed and have at most 256 KiB")]
    NoLineEnd,
    #[error("expected a line, found an empty one")]
    EmptyLine,
    #[error("record {seq} of {subject} is not in index.ndjson")]
    NotInIndex { subject: String, seq: u64 },
    #[error("record {seq} of {subject} stands in the pack in two versions")]
    TwoVersions { subject: String, seq: u64 },
    #[error("the index {index} does not go on in the order of a log with {size} entries")]
    IndexOrder { index: u64, size: u64 },
    #[error("{subject} must go on with record {expected}, found record {found}")]
    Seq { subject: String, expected: u64, found: u64 },
    #[error("a handle belongs to one subject, expected {expected}, found {found}")]
    HandleOfTwo { expected: String, found: String },
    #[error("record {seq} of {subject} stands in the log before a record that it follows or rests on")]
    LogOrder { subject: String, seq: u64 },
    #[error("record {seq} of {subject} is not entry {index} of the log with {size} entries")]
    NotInLog { subject: String, seq: u64, index: u64, size: u64 },
    #[error("record {seq} of {subject} is not in the log: {fault}")]
    NotProven { subject: String, seq: u64, fault: ProofFault },
    #[error("there is no proof that record {seq} of {subject} is entry {index} of the log")]
    NoProof { subject: String, seq: u64, index: u64 },
    #[error("record {seq} of {subject} is entry {index} of the log and says that it saw one of {size} entries")]
    SeenLater { subject: String, seq: u64, index: u64, size: u64 },
    #[error("record {seq} of {subject} saw a log of {size} entries with the root {found}, but it had {expected}")]
    SeenOther { subject: String, seq: u64, size: u64, expected: Digest, found: Digest },
    #[error("the value shown for {field:?} in record {seq} of {subject} is not the one that was sealed")]
    Opening { subject: String, seq: u64, field: String },
    #[error("the field {field:?} of record {seq} of {subject} is opened twice")]
    OpenedTwice { subject: String, seq: u64, field: String },
    #[error("the head of {0} is named twice")]
    HeadTwice(String),
    #[error("tile {number} of level {level} is needed here and missing")]
    TileMissing { level: u8, number: u64 },
}
