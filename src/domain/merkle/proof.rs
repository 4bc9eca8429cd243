//! Proofs of inclusion and consistency: made from tiles, verified by RFC 9162 §2.1.3.2 and §2.1.4.2.

use std::collections::BTreeMap;

use super::tile::{Tile, TileLevel, place};
use super::{EMPTY_ROOT, node_hash};
use crate::domain::record::Digest;

/// Where tiles are read. A proof asks for each tile once, at most two a level.
pub trait Tiles {
    type Error;

    /// The first `width` hashes of a tile; more is an error, and so is less.
    fn tile(&self, level: u8, number: u64, width: u16) -> Result<Vec<Digest>, Self::Error>;
}

/// Why there is no proof.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofError<E> {
    #[error("There is no record {index} in a log of {size} records.")]
    NoSuchLeaf { index: u64, size: u64 },
    #[error("A log of {from} records cannot be the beginning of one of {to} records.")]
    Backwards { from: u64, to: u64 },
    #[error("Tile {tile} of the log was read with {found} hashes.")]
    Width { tile: Tile, found: usize },
    #[error("A tile of the log could not be read: {0}")]
    Tiles(E),
}

/// Why a proof proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofFault {
    #[error("The proof is for record {index}, but the log had only {size} records.")]
    NoSuchLeaf { index: u64, size: u64 },
    #[error("The log had {from} records before and has {to} now: records were taken away.")]
    Backwards { from: u64, to: u64 },
    #[error("The proof has {found} hashes; for these sizes it must have another number.")]
    Length { found: usize },
    #[error("The proof leads to another root than the checkpoint of {size} records names.")]
    Root { size: u64 },
    #[error("The log names a root of {size} records that does not fit to its other checkpoint of the same size.")]
    SameSize { size: u64 },
    #[error("The root of a log without records must be SHA-256 of nothing.")]
    EmptyRoot,
}

/// The root of the tree's first `size` leaves.
pub fn root_at<T: Tiles>(tiles: &T, size: u64) -> Result<Digest, ProofError<T::Error>> {
    if size == 0 { Ok(EMPTY_ROOT) } else { Reader::new(tiles, size).range(0, size) }
}

/// The hashes from the leaf's sibling up to the root's child, by which the leaf is in the tree of `size`.
pub fn inclusion<T: Tiles>(tiles: &T, index: u64, size: u64) -> Result<Vec<Digest>, ProofError<T::Error>> {
    if index >= size {
        return Err(ProofError::NoSuchLeaf { index, size });
    }
    let mut reader = Reader::new(tiles, size);
    let (mut start, mut end) = (0, size);
    let mut proof = Vec::new();
    while end - start > 1 {
        let middle = start + left_part(end - start);
        if index < middle {
            proof.push(reader.range(middle, end)?);
            end = middle;
        } else {
            proof.push(reader.range(start, middle)?);
            start = middle;
        }
    }
    proof.reverse();
    Ok(proof)
}

/// The hashes by which the tree of `from` leaves is the beginning of the tree of `to`; none if one of the two is empty
/// or both are the same.
pub fn consistency<T: Tiles>(tiles: &T, from: u64, to: u64) -> Result<Vec<Digest>, ProofError<T::Error>> {
    if from > to {
        return Err(ProofError::Backwards { from, to });
    }
    if from == 0 || from == to {
        return Ok(Vec::new());
    }
    let mut reader = Reader::new(tiles, to);
    let (mut start, mut end) = (0, to);
    let mut proof = Vec::new();
    while end != from {
        let middle = start + left_part(end - start);
        if from <= middle {
            proof.push(reader.range(middle, end)?);
            end = middle;
        } else {
            proof.push(reader.range(start, middle)?);
            start = middle;
        }
    }
    // The verifier knows this hash if it is the old tree's own root.
    if start > 0 {
        proof.push(reader.range(start, end)?);
    }
    proof.reverse();
    Ok(proof)
}

/// RFC 9162 §2.1.3.2: `leaf` (a leaf hash) stands at `index` in the tree of `size` leaves with this root.
pub fn verify_inclusion(
    leaf: &Digest,
    index: u64,
    size: u64,
    proof: &[Digest],
    root: &Digest,
) -> Result<(), ProofFault> {
    if index >= size {
        return Err(ProofFault::NoSuchLeaf { index, size });
    }
    let length = ProofFault::Length { found: proof.len() };
    let (mut fn_, mut sn) = (index, size - 1);
    let mut computed = *leaf;
    for hash in proof {
        if sn == 0 {
            return Err(length);
        }
        if fn_ & 1 == 1 || fn_ == sn {
            computed = node_hash(hash, &computed);
            // `fn_` is 0 only where `sn` is, and that was refused above.
            let even = fn_.trailing_zeros();
            (fn_, sn) = (fn_ >> even, sn >> even);
        } else {
            computed = node_hash(&computed, hash);
        }
        (fn_, sn) = (fn_ >> 1, sn >> 1);
    }
    if sn != 0 {
        return Err(length);
    }
    if computed == *root { Ok(()) } else { Err(ProofFault::Root { size }) }
}

/// RFC 9162 §2.1.4.2: the tree of `from` leaves with `from_root` is the beginning of the tree of `to` with `to_root`.
/// Beyond the RFC: an empty tree and two equal sizes, both with an empty proof.
pub fn verify_consistency(
    from: u64,
    to: u64,
    from_root: &Digest,
    to_root: &Digest,
    proof: &[Digest],
) -> Result<(), ProofFault> {
    if from > to {
        return Err(ProofFault::Backwards { from, to });
    }
    if (from == 0 && *from_root != EMPTY_ROOT) || (to == 0 && *to_root != EMPTY_ROOT) {
        return Err(ProofFault::EmptyRoot);
    }
    if from == 0 || from == to {
        if !proof.is_empty() {
            return Err(ProofFault::Length { found: proof.len() });
        }
        let same = from == 0 || from_root == to_root;
        return if same { Ok(()) } else { Err(ProofFault::SameSize { size: to }) };
    }
    grow(from, to, from_root, to_root, proof)
}

/// The RFC's own case: 0 < from < to.
fn grow(from: u64, to: u64, from_root: &Digest, to_root: &Digest, proof: &[Digest]) -> Result<(), ProofFault> {
    let length = ProofFault::Length { found: proof.len() };
    let (first, rest) = if from.is_power_of_two() { (from_root, proof) } else { proof.split_first().ok_or(length)? };
    let odd = (from - 1).trailing_ones();
    let (mut fn_, mut sn) = ((from - 1) >> odd, (to - 1) >> odd);
    let (mut old, mut new) = (*first, *first);
    for hash in rest {
        if sn == 0 {
            return Err(length);
        }
        if fn_ & 1 == 1 || fn_ == sn {
            old = node_hash(hash, &old);
            new = node_hash(hash, &new);
            let even = fn_.trailing_zeros();
            (fn_, sn) = (fn_ >> even, sn >> even);
        } else {
            new = node_hash(&new, hash);
        }
        (fn_, sn) = (fn_ >> 1, sn >> 1);
    }
    if sn != 0 {
        return Err(length);
    }
    if old != *from_root {
        return Err(ProofFault::Root { size: from });
    }
    if new == *to_root { Ok(()) } else { Err(ProofFault::Root { size: to }) }
}

/// The largest power of two below `leaves`, which are at least two.
fn left_part(leaves: u64) -> u64 {
    1 << (leaves - 1).ilog2()
}

/// Hashes of subtrees, from tiles that are read once.
struct Reader<'t, T> {
    tiles: &'t T,
    size: u64,
    read: BTreeMap<(u8, u64), Vec<Digest>>,
}

impl<'t, T: Tiles> Reader<'t, T> {
    fn new(tiles: &'t T, size: u64) -> Self {
        Self { tiles, size, read: BTreeMap::new() }
    }

    /// The hash of leaves `start..end`, of which there is at least one: a subtree of the tree by the recursive
    /// definition, complete or at its right edge.
    fn range(&mut self, start: u64, end: u64) -> Result<Digest, ProofError<T::Error>> {
        let leaves = end - start;
        if leaves.is_power_of_two() {
            return self.complete(leaves.ilog2() as u8, start / leaves);
        }
        let middle = start + left_part(leaves);
        let left = self.range(start, middle)?;
        Ok(node_hash(&left, &self.range(middle, end)?))
    }

    fn complete(&mut self, height: u8, index: u64) -> Result<Digest, ProofError<T::Error>> {
        let place = place(height, index);
        let hashes = self.hashes(place.level, place.number)?;
        let mut row = hashes[place.hashes].to_vec();
        while row.len() > 1 {
            row = row.chunks_exact(2).map(|pair| node_hash(&pair[0], &pair[1])).collect();
        }
        Ok(row[0])
    }

    fn hashes(&mut self, level: u8, number: u64) -> Result<&[Digest], ProofError<T::Error>> {
        if !self.read.contains_key(&(level, number)) {
            // A complete subtree within `size` stands in a tile that the tree of `size` has.
            let width = Tile::in_tree(TileLevel::Hashes(level), number, self.size).map_or(0, |tile| tile.width);
            let hashes = self.tiles.tile(level, number, width).map_err(ProofError::Tiles)?;
            if hashes.len() != usize::from(width) {
                let tile = Tile { level: TileLevel::Hashes(level), number, width };
                return Err(ProofError::Width { tile, found: hashes.len() });
            }
            self.read.insert((level, number), hashes);
        }
        Ok(&self.read[&(level, number)])
    }
}
