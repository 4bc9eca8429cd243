//! The tree of the log out of the pack's tiles. A tile is held against the tree above it before anything is read from it, so
//! that memory is spent on what the checkpoint answers for and on nothing else.

use std::collections::HashMap;

use crate::domain::merkle::tile::place;
use crate::domain::merkle::{EMPTY_ROOT, Tile, TileLevel, node_hash};
use crate::domain::record::Digest;

/// The part of a tree that tiles show.
#[derive(Default)]
pub struct Tree {
    tiles: HashMap<(u8, u64), Nodes>,
    /// Roots of earlier sizes, each computed once.
    roots: HashMap<u64, Digest>,
}

/// A tile that is needed and not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoTile {
    pub level: u8,
    pub number: u64,
}

/// A tile's hashes and all that follows from them: rows of 1, 2, 4 … 256 hashes together.
struct Nodes {
    /// The rows one behind the other.
    hashes: Vec<Digest>,
    /// Where each row begins.
    rows: Vec<u16>,
}

impl Tree {
    /// Adds a tile unseen: those of the right edge, which come first. Full tiles follow from the top down.
    pub fn add(&mut self, tile: Tile, hashes: Vec<Digest>) {
        if let TileLevel::Hashes(level) = tile.level {
            self.tiles.insert((level, tile.number), Nodes::of(hashes));
        }
    }

    /// Adds a full tile whose root stands in the tile above it; `false` where another one stands there.
    pub fn add_below(&mut self, tile: Tile, hashes: Vec<Digest>) -> Result<bool, NoTile> {
        let TileLevel::Hashes(level) = tile.level else { return Ok(false) };
        let nodes = Nodes::of(hashes);
        let fits = nodes.row(8).first() == Some(&self.subtree(8 * (level + 1), tile.number)?);
        if fits {
            self.tiles.insert((level, tile.number), nodes);
        }
        Ok(fits)
    }

    /// The hash of a leaf.
    pub fn leaf(&self, index: u64) -> Result<Digest, NoTile> {
        self.subtree(0, index)
    }

    /// The root of the tree's first `size` leaves.
    pub fn root(&mut self, size: u64) -> Result<Digest, NoTile> {
        if let Some(root) = self.roots.get(&size) {
            return Ok(*root);
        }
        let mut root = None;
        for height in (0..64).filter(|height| size >> height & 1 == 1) {
            let part = self.subtree(height, (size >> height) - 1)?;
            root = Some(root.map_or(part, |right| node_hash(&part, &right)));
        }
        let root = root.unwrap_or(EMPTY_ROOT);
        self.roots.insert(size, root);
        Ok(root)
    }

    /// The hash over the 2^height leaves from `index` · 2^height on.
    fn subtree(&self, height: u8, index: u64) -> Result<Digest, NoTile> {
        let place = place(height, index);
        let missing = NoTile { level: place.level, number: place.number };
        let nodes = self.tiles.get(&(place.level, place.number)).ok_or(missing)?;
        let above = height % 8;
        nodes.row(above).get(place.hashes.start >> above).copied().ok_or(missing)
    }
}

impl Nodes {
    fn of(hashes: Vec<Digest>) -> Self {
        let mut nodes = Self { rows: vec![0, hashes.len() as u16], hashes };
        let mut start = 0;
        while nodes.hashes.len() - start > 1 {
            let end = nodes.hashes.len();
            for at in (start..end - 1).step_by(2) {
                nodes.hashes.push(node_hash(&nodes.hashes[at], &nodes.hashes[at + 1]));
            }
            start = end;
            nodes.rows.push(nodes.hashes.len() as u16);
        }
        nodes
    }

    fn row(&self, height: u8) -> &[Digest] {
        match self.rows.get(usize::from(height)..usize::from(height) + 2) {
            Some([start, end]) => &self.hashes[usize::from(*start)..usize::from(*end)],
            _ => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::merkle::{self, Tiles, leaf_hash, proof};

    /// A tree of leaves that are their own numbers.
    struct Numbers(u64);

    impl Tiles for Numbers {
        type Error = std::convert::Infallible;

        fn tile(&self, level: u8, number: u64, width: u16) -> Result<Vec<Digest>, Self::Error> {
            let leaf = |index: u64| leaf_hash(&index.to_be_bytes());
            let first = number * 256;
            let row = (first..first + u64::from(width)).map(|index| match level {
                0 => leaf(index),
                _ => {
                    let below = self.tile(level - 1, index, 256).unwrap();
                    Nodes::of(below).row(8)[0]
                }
            });
            Ok(row.collect())
        }
    }

    #[test]
    fn roots_of_all_sizes_are_those_of_the_recursive_definition() {
        let size = 67_000;
        let (numbers, mut tree) = (Numbers(size), Tree::default());
        for level in [2, 1, 0] {
            for number in 0.. {
                let Some(tile) = Tile::in_tree(TileLevel::Hashes(level), number, numbers.0) else { break };
                tree.add(tile, numbers.tile(level, number, tile.width).unwrap());
            }
        }
        for seen in [1, 2, 3, 255, 256, 257, 511, 65_535, 65_536, 65_537, 66_999, size] {
            assert_eq!(tree.root(seen).unwrap(), proof::root_at(&numbers, seen).unwrap(), "{seen}");
        }
        assert_eq!(tree.root(0).unwrap(), merkle::EMPTY_ROOT);
        assert_eq!(tree.leaf(66_000).unwrap(), leaf_hash(&66_000_u64.to_be_bytes()));
        assert_eq!(tree.leaf(size), Err(NoTile { level: 0, number: size / 256 }));
    }
}
