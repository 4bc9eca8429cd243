//! Trees of any size against a library of others, and proofs that somebody changed.

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use proptest::prelude::*;

use super::*;

/// Larger than two levels of tiles, with all three partial.
const LARGE: u64 = 70_123;

/// The tree of ct-merkle (RFC 6962 by others) and ours over the same leaves.
fn both(size: u64) -> (MemoryBackedTree<Sha256, [u8; 8]>, Kept) {
    let mut theirs = MemoryBackedTree::new();
    (0..size).for_each(|index| theirs.push(index.to_be_bytes()));
    (theirs, Kept::of(size))
}

fn digests(bytes: &[u8]) -> Vec<Digest> {
    bytes.chunks_exact(32).map(|it| Digest::from_bytes(it.try_into().unwrap())).collect()
}

#[test]
fn a_large_tree_has_the_roots_and_proofs_that_another_library_makes() {
    let (theirs, ours) = both(LARGE);
    assert_eq!(ours.edge.root().as_bytes()[..], theirs.root().as_bytes()[..]);
    assert_eq!(root_at(&ours, LARGE), Ok(ours.edge.root()));
    for index in (0..LARGE).step_by(997).chain([255, 256, 65_535, 65_536, LARGE - 1]) {
        let proof = inclusion(&ours, index, LARGE).unwrap();
        assert_eq!(proof, digests(theirs.prove_inclusion(index as usize).as_bytes()), "{index}");
        assert_eq!(verify_inclusion(&leaf(index), index, LARGE, &proof, &ours.edge.root()), Ok(()));
    }
    for from in (1..LARGE).step_by(997).chain([255, 256, 257, 65_535, 65_536, 65_537, LARGE - 1]) {
        let proof = consistency(&ours, from, LARGE).unwrap();
        assert_eq!(proof, digests(theirs.prove_consistency((LARGE - from) as usize).as_bytes()), "{from}");
        let old = root_at(&ours, from).unwrap();
        assert_eq!(verify_consistency(from, LARGE, &old, &ours.edge.root(), &proof), Ok(()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn any_tree_to_100_000_leaves_proves_any_leaf_and_any_beginning(
        size in 1..100_000u64,
        indexes in prop::collection::vec(any::<prop::sample::Index>(), 20),
    ) {
        let kept = Kept::of(size);
        let root = kept.edge.root();
        for index in indexes {
            let index = index.index(size as usize) as u64;
            let proof = inclusion(&kept, index, size).unwrap();
            prop_assert_eq!(verify_inclusion(&leaf(index), index, size, &proof, &root), Ok(()));
            // A tree that is proven from the tiles of a later one.
            let old = root_at(&kept, index).unwrap();
            let proof = consistency(&kept, index, size).unwrap();
            prop_assert_eq!(verify_consistency(index, size, &old, &root, &proof), Ok(()));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_sizes_and_no_proof_make_the_verifier_panic_or_believe(
        numbers in any::<[u64; 2]>(),
        shifts in prop::array::uniform2(0..64u32),
        proof in prop::collection::vec(any::<[u8; 32]>(), 0..70),
    ) {
        let [a, b] = [numbers[0] >> shifts[0], numbers[1] >> shifts[1]];
        let proof: Vec<Digest> = proof.into_iter().map(Digest::from_bytes).collect();
        let (one, other) = (leaf(1), leaf(2));
        prop_assert!(verify_inclusion(&one, a, b, &proof, &other).is_err());
        let verified = verify_consistency(a, b, &one, &other, &proof);
        prop_assert!(verified.is_err(), "{verified:?}");
    }

    #[test]
    fn paths_of_tiles_are_read_as_they_are_written(
        level in prop::option::of(0..64u8),
        number in any::<u64>(),
        shift in 0..64u32,
        width in 1..=256u16,
    ) {
        let level = level.map_or(TileLevel::Entries, TileLevel::Hashes);
        let tile = Tile { level, number: number >> shift, width };
        prop_assert_eq!(tile.to_string().parse(), Ok(tile));
    }

    #[test]
    fn any_path_is_refused_or_written_the_same(path in "(0|1|63|64|entries)/(x?[0-9]{2,3}/){0,8}x?[0-9]{3}(\\.p/[0-9]{1,3})?") {
        if let Ok(tile) = path.parse::<Tile>() {
            prop_assert_eq!(tile.to_string(), path);
        }
    }
}

/// A proof, the leaf or old root, and what verifies it.
fn every_bit_is_needed(good: &[Digest], verify: impl Fn(&[Digest]) -> Result<(), ProofFault>) {
    assert_eq!(verify(good), Ok(()));
    for bit in 0..256 * good.len() {
        let mut changed = good.to_vec();
        let mut bytes = *changed[bit / 256].as_bytes();
        bytes[bit % 256 / 8] ^= 1 << (bit % 8);
        changed[bit / 256] = Digest::from_bytes(bytes);
        assert!(matches!(verify(&changed), Err(ProofFault::Root { .. })), "{bit}");
    }
    for at in 0..good.len() {
        let mut shorter = good.to_vec();
        shorter.remove(at);
        assert!(verify(&shorter).is_err(), "{at}");
    }
    for at in 0..=good.len() {
        let mut longer = good.to_vec();
        longer.insert(at, leaf(at as u64));
        assert!(verify(&longer).is_err(), "{at}");
    }
    for at in 1..good.len() {
        let mut swapped = good.to_vec();
        swapped.swap(at - 1, at);
        assert!(verify(&swapped).is_err(), "{at}");
    }
}

#[test]
fn every_changed_bit_and_every_other_length_of_a_proof_is_refused() {
    let kept = Kept::of(300);
    for size in [1, 2, 3, 7, 8, 70, 257, 300u64] {
        let root = root_at(&kept, size).unwrap();
        for index in [0, size / 2, size - 1] {
            let proof = inclusion(&kept, index, size).unwrap();
            every_bit_is_needed(&proof, |proof| verify_inclusion(&leaf(index), index, size, proof, &root));
            assert!(verify_inclusion(&leaf(index + 1), index, size, &proof, &root).is_err());
            assert!(verify_inclusion(&leaf(index), index, size, &proof, &leaf(0)).is_err() || size == 1);
        }
        for from in [1, size / 2, size - 1].into_iter().filter(|from| (1..size).contains(from)) {
            let old = root_at(&kept, from).unwrap();
            let proof = consistency(&kept, from, size).unwrap();
            every_bit_is_needed(&proof, |proof| verify_consistency(from, size, &old, &root, proof));
            assert!(verify_consistency(from, size, &root, &root, &proof).is_err());
            assert!(verify_consistency(from, size, &old, &old, &proof).is_err());
            assert_eq!(
                verify_consistency(size, from, &root, &old, &proof),
                Err(ProofFault::Backwards { from: size, to: from })
            );
        }
    }
}

#[test]
fn empty_trees_and_equal_sizes_are_consistent_without_a_proof_and_only_so() {
    let (empty, one, two) = (EMPTY_ROOT, leaf(1), leaf(2));
    assert_eq!(verify_consistency(0, 0, &empty, &empty, &[]), Ok(()));
    assert_eq!(verify_consistency(0, 5, &empty, &one, &[]), Ok(()));
    assert_eq!(verify_consistency(5, 5, &one, &one, &[]), Ok(()));
    assert_eq!(verify_consistency(5, 5, &one, &two, &[]), Err(ProofFault::SameSize { size: 5 }));
    assert_eq!(verify_consistency(0, 0, &one, &one, &[]), Err(ProofFault::EmptyRoot));
    assert_eq!(verify_consistency(0, 5, &one, &one, &[]), Err(ProofFault::EmptyRoot));
    for (from, to, old) in [(0, 0, empty), (0, 5, empty), (5, 5, one)] {
        let new = if to == 0 { empty } else { one };
        assert_eq!(verify_consistency(from, to, &old, &new, &[two]), Err(ProofFault::Length { found: 1 }));
    }
    assert_eq!(verify_consistency(1, 2, &one, &two, &[]), Err(ProofFault::Length { found: 0 }));
    assert_eq!(verify_consistency(3, 4, &one, &two, &[]), Err(ProofFault::Length { found: 0 }));
    assert_eq!(verify_inclusion(&one, 0, 0, &[], &empty), Err(ProofFault::NoSuchLeaf { index: 0, size: 0 }));
}

#[test]
fn paths_of_tiles_are_those_of_the_specification() {
    let tile = |level, number, width| Tile { level, number, width };
    for (path, expected) in [
        ("0/x001/x234/067", tile(TileLevel::Hashes(0), 1_234_067, 256)),
        ("0/000", tile(TileLevel::Hashes(0), 0, 256)),
        ("0/273.p/112", tile(TileLevel::Hashes(0), 273, 112)),
        ("2/000.p/1", tile(TileLevel::Hashes(2), 0, 1)),
        ("63/x001/000.p/255", tile(TileLevel::Hashes(63), 1_000, 255)),
        ("entries/x999/999", tile(TileLevel::Entries, 999_999, 256)),
        ("entries/x018/x446/x744/x073/x709/x551/615", tile(TileLevel::Entries, u64::MAX, 256)),
    ] {
        assert_eq!((path.parse(), expected.to_string().as_str()), (Ok(expected), path));
    }
    for path in [
        "",
        "/",
        "0",
        "0/",
        "64/000",
        "00/000",
        "01/000",
        "+1/000",
        "-1/000",
        "0/0",
        "0/00",
        "0/0000",
        "0/1000",
        "0/x000/001",
        "0/001/002",
        "0/x001",
        "0/x001/",
        "0/x001/x002",
        "0/X001/002",
        "0/000.p/0",
        "0/000.p/256",
        "0/000.p/01",
        "0/000.p/",
        "0/000.p",
        "0/000.p/+1",
        "0/000/",
        "0/0a0",
        "0/+12",
        "Entries/000",
        "data/000",
        "entries",
        "0//000",
        "0/ 00",
        "0/000.p/1/",
        "0/x018/x446/x744/x073/x709/x551/616",
        "0/x001/000.p/1.p/1",
        "0/溯源",
    ] {
        assert!(path.parse::<Tile>().is_err(), "{path}");
    }
}

#[test]
fn bundles_are_read_as_they_are_written_and_nothing_else_is() {
    let leaf = |seq| Leaf { subject: Handle::from_bytes([7; 16]), seq, record_hash: leaf(seq) };
    let leaves = [leaf(0), leaf(1), leaf(u64::MAX)];
    let bytes = bundle::write(&leaves);
    assert_eq!((bytes.len(), &bytes[..3]), (3 * 59, &[0, 57, 1][..]));
    assert_eq!(bundle::read(&bytes).as_deref(), Ok(&leaves[..]));
    assert_eq!(bundle::read(&[]).as_deref(), Ok(&[][..]));
    assert_eq!(bundle::read(&bytes[..bytes.len() - 1]), Err(BundleError::CutOff { entry: 2 }));
    assert_eq!(bundle::read(&bytes[..60]), Err(BundleError::CutOff { entry: 1 }));
    let longer = [&[0, 58], &bytes[2..]].concat();
    assert_eq!(bundle::read(&longer), Err(BundleError::Leaf { entry: 0, error: LeafError::Length(58) }));
    let other = [&[0, 57, 2], &bytes[3..]].concat();
    assert_eq!(bundle::read(&other), Err(BundleError::Leaf { entry: 0, error: LeafError::Version(2) }));
    assert!(bundle::read(&bytes.repeat(86)).is_err(), "258 entries");
}

#[test]
fn a_tile_of_a_tree_has_the_width_that_the_tree_gives_it() {
    let in_tree = |level, number| Tile::in_tree(TileLevel::Hashes(level), number, 70_000).map(|tile| tile.width);
    assert_eq!(
        [in_tree(0, 0), in_tree(0, 272), in_tree(0, 273), in_tree(0, 274)],
        [Some(256), Some(256), Some(112), None]
    );
    assert_eq!([in_tree(1, 0), in_tree(1, 1), in_tree(1, 2)], [Some(256), Some(17), None]);
    assert_eq!([in_tree(2, 0), in_tree(3, 0), in_tree(63, 0), in_tree(0, u64::MAX)], [Some(1), None, None, None]);
    assert!(Tile::in_tree(TileLevel::Entries, 272, 70_000).unwrap().is_full());
}
