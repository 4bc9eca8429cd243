//! Entry bundles of C2SP tlog-tiles: each entry behind its length, at most 256.

use super::{Leaf, LeafError};

/// Entries in a full bundle.
const FULL: usize = 256;

/// Why bytes are no bundle of this log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    #[error("The bundle of entries ends in the middle of entry {entry}.")]
    CutOff { entry: usize },
    #[error("Entry {entry} of the bundle: {error}")]
    Leaf { entry: usize, error: LeafError },
    #[error("The bundle has more than 256 entries.")]
    TooMany,
}

/// u16 (big-endian) length ‖ entry, for each leaf.
pub fn write(leaves: &[Leaf]) -> Vec<u8> {
    const LENGTH: [u8; 2] = (Leaf::ENTRY_BYTES as u16).to_be_bytes();
    leaves.iter().flat_map(|leaf| LENGTH.into_iter().chain(leaf.to_entry())).collect()
}

/// Reads what [`write`] writes.
pub fn read(mut bytes: &[u8]) -> Result<Vec<Leaf>, BundleError> {
    let mut leaves = Vec::new();
    while !bytes.is_empty() {
        let entry = leaves.len();
        if entry == FULL {
            return Err(BundleError::TooMany);
        }
        let cut_off = BundleError::CutOff { entry };
        let (length, rest) = bytes.split_first_chunk().ok_or(cut_off)?;
        let (leaf, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length))).ok_or(cut_off)?;
        leaves.push(Leaf::parse(leaf).map_err(|error| BundleError::Leaf { entry, error })?);
        bytes = rest;
    }
    Ok(leaves)
}
