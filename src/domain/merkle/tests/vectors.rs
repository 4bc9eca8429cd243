//! The eight leaves of the certificate-transparency reference implementations, and proofs in their trees.
//!
//! Source: github.com/transparency-dev/merkle, `proof/verify_test.go` (Apache-2.0), which has them from
//! google/certificate-transparency `cpp/merkletree/merkle_tree_test.cc`.

use super::*;

const LEAVES: [&[u8]; 8] = [
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    b"\x40\x41\x42\x43",
    b"\x50\x51\x52\x53\x54\x55\x56\x57",
    b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
];

/// Roots of the trees of one to eight leaves.
const ROOTS: [&str; 8] = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

/// Index from 0, size, proof.
const INCLUSION: [(u64, u64, &[&str]); 5] = [
    (0, 1, &[]),
    (
        0,
        8,
        &[
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        &[
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (2, 3, &["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (
        1,
        5,
        &[
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
];

/// From, to, proof.
const CONSISTENCY: [(u64, u64, &[&str]); 5] = [
    (1, 1, &[]),
    (
        1,
        8,
        &[
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        6,
        8,
        &[
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        5,
        &[
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
    (
        6,
        7,
        &[
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
];

fn hex(text: &str) -> Digest {
    text.parse().unwrap()
}

fn hashes(proof: &[&str]) -> Vec<Digest> {
    proof.iter().map(|it| hex(it)).collect()
}

fn tree() -> Kept {
    let mut kept = Kept::default();
    for leaf in LEAVES {
        kept.edge.push(leaf_hash(leaf), &mut kept.full);
    }
    kept
}

#[test]
fn the_empty_tree_and_the_two_kinds_of_hash_are_those_of_the_reference() {
    // rfc6962/rfc6962_test.go of the same repository.
    assert_eq!(EMPTY_ROOT, hex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
    assert_eq!(EMPTY_ROOT, Edge::default().root());
    assert_eq!(leaf_hash(b"L123456"), hex("395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56"));
    assert_eq!(leaf_hash(b""), hex(ROOTS[0]));
}

#[test]
fn the_roots_are_those_of_the_reference() {
    let (mut edge, kept) = (Edge::default(), tree());
    for (size, (leaf, root)) in (1..).zip(LEAVES.iter().zip(ROOTS)) {
        edge.push(leaf_hash(leaf), &mut Vec::new());
        assert_eq!(edge.root(), hex(root));
        assert_eq!(root_at(&kept, size), Ok(hex(root)));
    }
}

#[test]
fn proofs_of_inclusion_are_those_of_the_reference() {
    for (index, size, proof) in INCLUSION {
        let (proof, root) = (hashes(proof), hex(ROOTS[size as usize - 1]));
        assert_eq!(inclusion(&tree(), index, size).as_ref(), Ok(&proof));
        let leaf = leaf_hash(LEAVES[index as usize]);
        assert_eq!(verify_inclusion(&leaf, index, size, &proof, &root), Ok(()));
    }
}

#[test]
fn proofs_of_consistency_are_those_of_the_reference() {
    for (from, to, proof) in CONSISTENCY {
        let proof = hashes(proof);
        let roots = [from, to].map(|size| hex(ROOTS[size as usize - 1]));
        assert_eq!(consistency(&tree(), from, to).as_ref(), Ok(&proof));
        assert_eq!(verify_consistency(from, to, &roots[0], &roots[1], &proof), Ok(()));
    }
}
