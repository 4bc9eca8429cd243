//! The tree against the recursive definition of RFC 9162 §2.1, written out here a second time and slowly.

mod properties;
mod published;
mod vectors;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::convert::Infallible;

use sha2::{Digest as _, Sha256};

use super::tile::partial_width;
use super::*;
use crate::domain::record::{Digest, Handle};

/// The recursive definition; what was computed once is kept.
struct Definition {
    leaves: Vec<Digest>,
    known: RefCell<BTreeMap<(usize, usize), Digest>>,
}

impl Definition {
    fn of(leaves: Vec<Digest>) -> Self {
        Self { leaves, known: RefCell::default() }
    }

    /// MTH(D[start:end]).
    fn mth(&self, start: usize, end: usize) -> Digest {
        let known = self.known.borrow().get(&(start, end)).copied();
        known.unwrap_or_else(|| {
            let hash = match end - start {
                0 => Digest::from_bytes(Sha256::digest([]).into()),
                1 => self.leaves[start],
                leaves => {
                    let middle = start + split(leaves);
                    let (left, right) = (self.mth(start, middle), self.mth(middle, end));
                    Digest::from_bytes(Sha256::digest([&[1], &left.as_bytes()[..], right.as_bytes()].concat()).into())
                }
            };
            self.known.borrow_mut().insert((start, end), hash);
            hash
        })
    }

    fn root(&self, size: usize) -> Digest {
        self.mth(0, size)
    }

    /// PATH(index, D[start:end]), the index counted from the first of all leaves.
    fn path(&self, index: usize, start: usize, end: usize) -> Vec<Digest> {
        if end - start == 1 {
            return Vec::new();
        }
        let middle = start + split(end - start);
        let (mut proof, sibling) = if index < middle {
            (self.path(index, start, middle), self.mth(middle, end))
        } else {
            (self.path(index, middle, end), self.mth(start, middle))
        };
        proof.push(sibling);
        proof
    }

    /// SUBPROOF(from, D[start:end], known), the old size counted from the first of all leaves.
    fn subproof(&self, from: usize, start: usize, end: usize, known: bool) -> Vec<Digest> {
        if from == end {
            return if known { Vec::new() } else { vec![self.mth(start, end)] };
        }
        let middle = start + split(end - start);
        let (mut proof, other) = if from <= middle {
            (self.subproof(from, start, middle, known), self.mth(middle, end))
        } else {
            (self.subproof(from, middle, end, false), self.mth(start, middle))
        };
        proof.push(other);
        proof
    }
}

/// Every size to 130 and those around a full tile.
fn sizes() -> impl Iterator<Item = usize> {
    (1..=130).chain([255, 256, 257, 258, 299, 300])
}

fn split(leaves: usize) -> usize {
    leaves.next_power_of_two() / 2
}

fn leaf(index: u64) -> Digest {
    leaf_hash(&index.to_be_bytes())
}

fn leaves(count: u64) -> Vec<Digest> {
    (0..count).map(leaf).collect()
}

/// A tree as a server keeps it: full tiles and the right edge. Notes which tiles were asked for.
#[derive(Default)]
struct Kept {
    edge: Edge,
    full: Vec<FullTile>,
    /// Tiles that were read, in order.
    asked: RefCell<Vec<(u8, u64)>>,
}

impl Kept {
    fn of(count: u64) -> Self {
        let mut kept = Self::default();
        for index in 0..count {
            kept.edge.push(leaf(index), &mut kept.full);
        }
        kept
    }
}

impl Tiles for Kept {
    type Error = Infallible;

    fn tile(&self, level: u8, number: u64, width: u16) -> Result<Vec<Digest>, Infallible> {
        self.asked.borrow_mut().push((level, number));
        let full = self.full.iter().find(|tile| (tile.level, tile.number) == (level, number));
        let hashes = full.map_or_else(|| self.edge.level(level), |tile| &tile.hashes);
        Ok(hashes[..usize::from(width)].to_vec())
    }
}

#[test]
fn a_leaf_entry_is_57_bytes_and_is_read_back() {
    let leaf = Leaf {
        subject: Handle::from_bytes([0xaa; 16]),
        seq: 0x0102_0304_0506_0708,
        record_hash: Digest::from_bytes([0xbb; 32]),
    };
    let entry = leaf.to_entry();
    let by_hand = [&[1][..], &[0xaa; 16], &[1, 2, 3, 4, 5, 6, 7, 8], &[0xbb; 32]].concat();
    assert_eq!(entry.as_slice(), by_hand);
    assert_eq!(Leaf::parse(&entry), Ok(leaf));
    assert_eq!(leaf.hash(), Digest::from_bytes(Sha256::digest([&[0], by_hand.as_slice()].concat()).into()));
}

#[test]
fn an_entry_of_another_length_or_version_is_refused_by_name() {
    let mut entry = Leaf { subject: Handle::default(), seq: 0, record_hash: Digest::ZERO }.to_entry();
    assert_eq!(Leaf::parse(&entry[..56]), Err(LeafError::Length(56)));
    assert_eq!(Leaf::parse(&[&entry[..], &[0]].concat()), Err(LeafError::Length(58)));
    entry[0] = 2;
    assert_eq!(Leaf::parse(&entry), Err(LeafError::Version(2)));
}

#[test]
fn every_tree_to_300_leaves_has_the_root_of_the_definition() {
    let definition = Definition::of(leaves(300));
    let mut edge = Edge::default();
    let mut full = Vec::new();
    for (size, leaf) in definition.leaves.iter().enumerate() {
        assert_eq!(edge.root(), definition.root(size), "{size}");
        assert_eq!(edge.size(), size as u64);
        edge.push(*leaf, &mut full);
    }
    assert_eq!(full.len(), 1);
    assert_eq!((full[0].level, full[0].number, full[0].root), (0, 0, definition.root(256)));
    assert_eq!(full[0].hashes, definition.leaves[..256]);
    assert_eq!(edge.level(0), &definition.leaves[256..]);
    assert_eq!(edge.level(1), &[definition.root(256)]);
    assert!(edge.level(2).is_empty() && edge.level(255).is_empty());
}

#[test]
fn every_proof_of_inclusion_is_that_of_the_definition() {
    let (definition, kept) = (Definition::of(leaves(300)), Kept::of(300));
    for size in sizes() {
        let root = definition.root(size);
        for index in 0..size {
            let proof = inclusion(&kept, index as u64, size as u64).unwrap();
            assert_eq!(proof, definition.path(index, 0, size), "{index} in {size}");
            let leaf = &definition.leaves[index];
            assert_eq!(verify_inclusion(leaf, index as u64, size as u64, &proof, &root), Ok(()));
        }
    }
    assert_eq!(inclusion(&kept, 5, 5), Err(ProofError::NoSuchLeaf { index: 5, size: 5 }));
    assert_eq!(inclusion(&kept, 0, 0), Err(ProofError::NoSuchLeaf { index: 0, size: 0 }));
}

#[test]
fn every_proof_of_consistency_is_that_of_the_definition() {
    let (definition, kept) = (Definition::of(leaves(300)), Kept::of(300));
    for to in sizes() {
        let new = definition.root(to);
        assert_eq!(root_at(&kept, to as u64), Ok(new));
        for from in 1..=to {
            let proof = consistency(&kept, from as u64, to as u64).unwrap();
            assert_eq!(proof, definition.subproof(from, 0, to, true), "{from} in {to}");
            let old = definition.root(from);
            assert_eq!(verify_consistency(from as u64, to as u64, &old, &new, &proof), Ok(()));
        }
    }
    assert_eq!(consistency(&kept, 0, 300), Ok(Vec::new()));
    assert_eq!(consistency(&kept, 4, 3), Err(ProofError::Backwards { from: 4, to: 3 }));
}

#[test]
fn an_edge_read_back_from_its_levels_grows_like_the_one_that_was_kept() {
    for size in [0, 1, 255, 256, 257, 65_535, 65_536, 65_793, 70_000] {
        let mut kept = Kept::of(size);
        let levels = (0..3).map(|level| kept.edge.level(level).to_vec()).collect();
        let mut edge = Edge::from_levels(levels).unwrap();
        assert_eq!((edge.size(), edge.root()), (size, kept.edge.root()), "{size}");
        let (mut full, before) = (Vec::new(), kept.full.len());
        for index in size..size + 300 {
            edge.push(leaf(index), &mut full);
            kept.edge.push(leaf(index), &mut kept.full);
        }
        assert_eq!(edge, kept.edge, "{size}");
        assert_eq!(full, kept.full[before..], "{size}");
    }
}

#[test]
fn levels_that_cannot_be_an_edge_are_refused() {
    let full = Edge::from_levels(vec![vec![], leaves(256)]);
    assert_eq!(full, Err(EdgeError::Full { level: 1, hashes: 256 }));
    let mut levels = vec![leaves(255); 7];
    levels.push(leaves(127));
    assert_eq!(Edge::from_levels(levels.clone()).unwrap().size(), MAX_SIZE);
    levels[7].push(leaf(0));
    assert_eq!(Edge::from_levels(levels), Err(EdgeError::Size));
    assert_eq!(Edge::from_levels(vec![vec![]; 300]).unwrap(), Edge::default());
    let mut high = vec![vec![]; 40];
    high.push(leaves(1));
    assert_eq!(Edge::from_levels(high), Err(EdgeError::Size));
}

#[test]
fn seventy_thousand_leaves_make_the_tiles_that_the_specification_counts() {
    let kept = Kept::of(70_000);
    let of_level = |level| kept.full.iter().filter(|tile| tile.level == level).count();
    assert_eq!((of_level(0), of_level(1), of_level(2)), (273, 1, 0));
    let partial = [0, 1, 2, 3].map(|level| (partial_width(level, 70_000), kept.edge.level(level).len()));
    assert_eq!(partial, [(112, 112), (17, 17), (1, 1), (0, 0)]);
    assert_eq!([0, 1].map(|level| partial_width(level, 256)), [0, 1]);
}

#[test]
fn a_proof_reads_each_tile_once_and_at_most_two_a_level() {
    let kept = Kept::of(70_000);
    let most = |proof: &dyn Fn()| {
        kept.asked.borrow_mut().clear();
        proof();
        let mut asked = kept.asked.borrow().clone();
        let all = asked.len();
        asked.sort_unstable();
        asked.dedup();
        assert_eq!(asked.len(), all, "a tile was read twice: {asked:?}");
        all
    };
    assert_eq!(most(&|| drop(root_at(&kept, 70_000))), 3);
    assert_eq!(most(&|| drop(inclusion(&kept, 0, 70_000))), 4);
    assert_eq!(most(&|| drop(inclusion(&kept, 69_999, 70_000))), 3);
    assert!(most(&|| drop(consistency(&kept, 33_333, 70_000))) <= 6);
}

#[test]
fn a_tile_of_another_width_is_told_and_not_hashed() {
    struct Short;
    impl Tiles for Short {
        type Error = Infallible;
        fn tile(&self, _: u8, _: u64, width: u16) -> Result<Vec<Digest>, Infallible> {
            Ok(leaves(u64::from(width) - 1))
        }
    }
    let error = root_at(&Short, 300).unwrap_err();
    assert_eq!(error.to_string(), "Tile 1/000.p/1 of the log was read with 0 hashes.");
}
