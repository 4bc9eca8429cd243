//! The Merkle tree of the log (FORMATS §2): leaf entries, hashes by RFC 6962 and 9162, the right edge that a writer
//! keeps, tiles as others fetch them, proofs and their verification.
//!
//! Promises: roots, proofs and tiles are those of RFC 9162 §2.1 and C2SP tlog-tiles, bit for bit. Nothing here is
//! stored or fetched: tiles come from and go to whoever calls.

/// Entries as others fetch them.
pub mod bundle;
mod edge;
mod head;
/// Proofs from tiles, and verifying them.
pub mod proof;
#[cfg(test)]
mod tests;
/// Names of tiles, and where a node of the tree stands in them.
pub mod tile;

use sha2::{Digest as _, Sha256};

use crate::domain::record::{Digest, Handle};
pub use bundle::BundleError;
pub use edge::{Edge, EdgeError, FullTile};
pub use head::{Published, TreeHead};
pub use proof::{ProofError, ProofFault, Tiles, consistency, inclusion, root_at, verify_consistency, verify_inclusion};
pub use tile::{Tile, TileLevel};

/// SHA-256 of nothing: the root of the tree without leaves.
pub const EMPTY_ROOT: Digest = Digest::from_bytes([
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae, 0x41,
    0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
]);

/// Hashes in a finished tile.
pub const TILE_WIDTH: u16 = 256;

/// The largest size that a checkpoint may name.
pub const MAX_SIZE: u64 = i64::MAX as u64;

/// SHA-256(0x00 ‖ entry).
pub fn leaf_hash(entry: &[u8]) -> Digest {
    Digest::from_bytes(Sha256::new_with_prefix([0]).chain_update(entry).finalize().into())
}

/// SHA-256(0x01 ‖ left ‖ right).
pub fn node_hash(left: &Digest, right: &Digest) -> Digest {
    // One buffer, two blocks: a third faster than three updates, and a tree is made of nothing else.
    let mut bytes = [1; 65];
    bytes[1..33].copy_from_slice(left.as_bytes());
    bytes[33..].copy_from_slice(right.as_bytes());
    Digest::from_bytes(Sha256::digest(bytes).into())
}

/// What the log says of one record: nothing personal, nothing commercial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leaf {
    pub subject: Handle,
    /// Position in the subject's chain.
    pub seq: u64,
    pub record_hash: Digest,
}

impl Leaf {
    pub const ENTRY_BYTES: usize = 57;
    /// The first byte; another layout gets another number.
    const VERSION: u8 = 1;

    /// `0x01 ‖ handle ‖ seq (big-endian) ‖ record_hash`.
    pub fn to_entry(&self) -> [u8; Self::ENTRY_BYTES] {
        let mut entry = [Self::VERSION; Self::ENTRY_BYTES];
        entry[1..17].copy_from_slice(self.subject.as_bytes());
        entry[17..25].copy_from_slice(&self.seq.to_be_bytes());
        entry[25..].copy_from_slice(self.record_hash.as_bytes());
        entry
    }

    /// Reads what [`Leaf::to_entry`] writes and nothing else.
    pub fn parse(entry: &[u8]) -> Result<Self, LeafError> {
        let bytes: &[u8; Self::ENTRY_BYTES] = entry.try_into().map_err(|_| LeafError::Length(entry.len()))?;
        let (version, rest) = (bytes[0], &bytes[1..]);
        if version != Self::VERSION {
            return Err(LeafError::Version(version));
        }
        let (mut subject, mut seq, mut record_hash) = ([0; 16], [0; 8], [0; 32]);
        subject.copy_from_slice(&rest[..16]);
        seq.copy_from_slice(&rest[16..24]);
        record_hash.copy_from_slice(&rest[24..]);
        Ok(Self {
            subject: Handle::from_bytes(subject),
            seq: u64::from_be_bytes(seq),
            record_hash: Digest::from_bytes(record_hash),
        })
    }

    /// The leaf's hash in the tree.
    pub fn hash(&self) -> Digest {
        leaf_hash(&self.to_entry())
    }
}

/// Why bytes are no leaf entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LeafError {
    #[error("An entry of the log has {0} bytes; it must have exactly 57.")]
    Length(usize),
    #[error("An entry of the log begins with the byte {0}; this version reads entries that begin with 1.")]
    Version(u8),
}
