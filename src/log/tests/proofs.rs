//! Offline proofs.

use super::*;
use crate::domain::merkle::{Edge, ProofFault, leaf_hash, node_hash};
use crate::domain::record::Digest;
use crate::log::lines::HashLinesError;
use crate::log::offline_proof::OfflineProofError;

/// A log of three records, signed and cosigned: the proof of the last one.
fn proof() -> (OfflineProof, Digest, Policy) {
    let leaves = [leaf_hash(b"a"), leaf_hash(b"b"), leaf_hash(b"c")];
    let mut edge = Edge::default();
    leaves.iter().for_each(|leaf| edge.push(*leaf, &mut Vec::new()));
    let log = log_key(1);
    let mut note = Checkpoint { size: 3, root: edge.root(), ..head(3) }.sign(std::slice::from_ref(&log));
    let witness = witness("example.com/w", 2);
    note.add(witness.cosign(&note.text, 1_700_000_000).unwrap());
    let policy = format!("log {}\nwitness w {}\nquorum w\n", log.verifier(), witness.verifier());
    let proof = OfflineProof { index: 2, hashes: vec![node_hash(&leaves[0], &leaves[1])], note };
    (proof, leaves[2], Policy::parse(policy.as_bytes()).unwrap())
}

fn parse(text: &str) -> Result<OfflineProof, OfflineProofError> {
    OfflineProof::parse(text.as_bytes())
}

#[test]
fn a_proof_is_written_as_the_specification_shows_it_and_read_again() {
    let (proof, leaf, policy) = proof();
    let text = proof.to_string();
    let expected =
        format!("c2sp.org/tlog-proof@v1\nindex 2\n{}\n\n{}", lines::base64(proof.hashes[0].as_bytes()), proof.note);
    assert_eq!(text, expected);
    assert_eq!(parse(&text).as_ref(), Ok(&proof));
    let approval = proof.verify(&leaf, &policy).unwrap();
    assert_eq!((approval.log.name(), approval.witnesses[0].1), ("example.com/log", 1_700_000_000));
}

#[test]
fn extra_data_of_others_is_read_over_and_must_be_base64() {
    let (proof, ..) = proof();
    let with = |extra: &str| parse(&proof.to_string().replacen("index", &format!("{extra}\nindex"), 1));
    assert_eq!(with("extra aGVsbG8="), Ok(proof.clone()));
    assert_eq!(with("extra "), Ok(proof.clone()));
    assert_eq!(with("extra !!notbase64!!"), Err(OfflineProofError::Extra));
    assert_eq!(with("extra"), Err(OfflineProofError::Extra));
    assert_eq!(with("extra aGVsbG8=\nextra aGVsbG8="), Err(OfflineProofError::Index));
}

#[test]
fn another_leaf_index_hash_or_size_proves_nothing() {
    let (proof, leaf, policy) = proof();
    let fault = |proof: &OfflineProof, leaf: &Digest| match proof.verify(leaf, &policy) {
        Err(OfflineProofError::Proof(fault)) => fault,
        other => panic!("{other:?}"),
    };
    assert_eq!(fault(&proof, &leaf_hash(b"b")), ProofFault::Root { size: 3 });
    assert_eq!(fault(&OfflineProof { index: 1, ..proof.clone() }, &leaf), ProofFault::Length { found: 1 });
    assert_eq!(fault(&OfflineProof { index: 3, ..proof.clone() }, &leaf), ProofFault::NoSuchLeaf { index: 3, size: 3 });
    let other_hash = OfflineProof { hashes: vec![leaf], ..proof.clone() };
    assert_eq!(fault(&other_hash, &leaf), ProofFault::Root { size: 3 });
    let other_size =
        OfflineProof { note: Note { text: proof.note.text.replace("\n3\n", "\n4\n"), ..proof.note }, ..proof };
    assert!(matches!(other_size.verify(&leaf, &policy), Err(OfflineProofError::Policy(_))));
}

#[test]
fn malformed_proofs_are_refused_with_what_is_wrong() {
    let (proof, ..) = proof();
    let good = proof.to_string();
    let replaced = |from: &str, to: &str| parse(&good.replacen(from, to, 1)).unwrap_err();
    for header in ["wrong-header", "c2sp.org/tlog-proof@v2", "c2sp.org/tlog-proof@v1 "] {
        assert_eq!(replaced("c2sp.org/tlog-proof@v1", header), OfflineProofError::Header);
    }
    for index in ["", "index", "index ", "index notanumber", "index -5", "index 02", "index 9223372036854775808"] {
        assert_eq!(replaced("index 2", index), OfflineProofError::Index, "{index:?}");
    }
    let hash = lines::base64(proof.hashes[0].as_bytes());
    let long = lines::base64(&[0; 64]);
    for bad in ["!!notbase64!!", &long, &hash[..43]] {
        assert!(matches!(replaced(&hash, bad), OfflineProofError::Hashes(HashLinesError::Hash { line: 1, .. })));
    }
    let many = vec![hash.as_str(); 64].join("\n");
    assert_eq!(replaced(&hash, &many), OfflineProofError::Hashes(HashLinesError::TooMany));
    assert_eq!(parse("c2sp.org/tlog-proof@v1\nindex 0\n"), Err(OfflineProofError::NoCheckpoint));
    assert_eq!(OfflineProof::parse(b"\xff"), Err(OfflineProofError::NotUtf8));
}

#[test]
fn hash_lines_are_one_a_line_and_nothing_for_none() {
    let hashes = [leaf_hash(b"a"), leaf_hash(b"b")];
    let text = lines::hash_lines(&hashes);
    assert_eq!((text.len(), text.lines().count()), (90, 2));
    assert_eq!(lines::read_hash_lines(&text), Ok(hashes.to_vec()));
    assert_eq!((lines::hash_lines(&[]), lines::read_hash_lines("")), (String::new(), Ok(vec![])));
    assert_eq!(lines::read_hash_lines(text.trim_end()), Err(HashLinesError::Unfinished));
    assert!(lines::read_hash_lines(&text.repeat(32)).is_err());
    assert!(matches!(lines::read_hash_lines("\n"), Err(HashLinesError::Hash { line: 1, .. })));
}
