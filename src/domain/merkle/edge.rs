//! The right edge of a growing tree: what a writer keeps in memory to append without reading.

use super::{EMPTY_ROOT, MAX_SIZE, node_hash};
use crate::domain::record::Digest;

/// Hashes in a full tile.
const FULL: usize = 256;

/// For each tile level the unfinished tile: less than 256 hashes a level, whatever the tree's size.
///
/// A push costs two hashes on average, a root one for each level of the tree at most. A clone is the whole state (at
/// most 64 KiB): who may have to take pushes back, clones before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edge {
    levels: Vec<Unfinished>,
    size: u64,
}

/// A tile that became full: nothing will ever change in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FullTile {
    pub level: u8,
    pub number: u64,
    /// 256 of them.
    pub hashes: Vec<Digest>,
    /// What the tile puts into the level above.
    pub root: Digest,
}

/// Why levels are no right edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EdgeError {
    #[error("The unfinished tile of level {level} holds {hashes} hashes; a tile with more than 255 is finished.")]
    Full { level: usize, hashes: usize },
    #[error("The unfinished tiles make a tree of more than 2^63-1 records, which no checkpoint can name.")]
    Size,
}

/// A level's unfinished tile and the complete subtrees in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Unfinished {
    hashes: Vec<Digest>,
    /// Roots of the largest complete subtrees, left to right: one for each 1 in the binary number of hashes.
    peaks: Vec<Digest>,
}

impl Edge {
    /// The edge of a stored tree, from the partial tile of each level (level 0 first).
    pub fn from_levels(levels: Vec<Vec<Digest>>) -> Result<Self, EdgeError> {
        let mut edge = Self::default();
        for (level, hashes) in levels.into_iter().enumerate() {
            if hashes.len() >= FULL {
                return Err(EdgeError::Full { level, hashes: hashes.len() });
            }
            if !hashes.is_empty() {
                edge.size = grown(edge.size, level, hashes.len()).ok_or(EdgeError::Size)?;
                edge.levels.resize_with(level, Unfinished::default);
                edge.levels.push(Unfinished::of(hashes));
            }
        }
        Ok(edge)
    }

    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    pub fn root(&self) -> Digest {
        let from_the_right = self.levels.iter().flat_map(|level| level.peaks.iter().rev());
        let root = from_the_right.fold(None, |right, left| Some(right.map_or(*left, |it| node_hash(left, &it))));
        root.unwrap_or(EMPTY_ROOT)
    }

    /// Appends a leaf. Tiles that became full by it are added to `full`, the lowest level first; they are no longer
    /// kept here.
    pub fn push(&mut self, leaf_hash: Digest, full: &mut Vec<FullTile>) {
        self.size += 1;
        let mut hash = leaf_hash;
        for level in 0.. {
            if self.levels.len() == level {
                self.levels.push(Unfinished::default());
            }
            let Some((hashes, root)) = self.levels[level].push(hash) else { return };
            let number = (self.size >> (8 * (level + 1))) - 1;
            // A tree of 2^63 leaves has eight levels.
            full.push(FullTile { level: level as u8, number, hashes, root });
            hash = root;
        }
    }

    /// The hashes of a tile, if it is the unfinished one of its level.
    pub fn unfinished(&self, level: u8, number: u64) -> Option<&[Digest]> {
        let finished = self.size.checked_shr(8 * (u32::from(level) + 1)).unwrap_or(0);
        (number == finished).then(|| self.level(level))
    }

    /// The unfinished tile of a level; empty where there is none.
    pub fn level(&self, level: u8) -> &[Digest] {
        self.levels.get(usize::from(level)).map_or(&[], |it| &it.hashes)
    }
}

impl Unfinished {
    fn of(hashes: Vec<Digest>) -> Self {
        let mut tile = Self::default();
        for hash in hashes {
            tile.add(hash);
        }
        tile
    }

    /// All hashes and their root if the tile became full.
    fn push(&mut self, hash: Digest) -> Option<(Vec<Digest>, Digest)> {
        self.add(hash);
        if self.hashes.len() < FULL {
            return None;
        }
        // 256 hashes are one complete subtree: one peak is left.
        let root = self.peaks.pop()?;
        Some((std::mem::take(&mut self.hashes), root))
    }

    fn add(&mut self, hash: Digest) {
        let mut peak = hash;
        for _ in 0..self.hashes.len().trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                peak = node_hash(&left, &peak);
            }
        }
        self.peaks.push(peak);
        self.hashes.push(hash);
    }
}

/// `size` and `hashes` of a level more, if a checkpoint can still name it.
fn grown(size: u64, level: usize, hashes: usize) -> Option<u64> {
    let leaves_of_one = u32::try_from(8 * level).ok().and_then(|bits| 1u64.checked_shl(bits))?;
    let sum = leaves_of_one.checked_mul(hashes as u64)?.checked_add(size)?;
    (sum <= MAX_SIZE).then_some(sum)
}
