//! All cases that transparency-dev publishes for verifiers of proofs (`tests/vectors/published/merkle.json`).

use base64::Engine as _;
use serde_json::Value;

use super::*;
use crate::domain::record::tests::samples::vector_json;

/// What is no hash: other than 32 bytes. Such proofs are refused where they are read.
fn hash(text: &Value) -> Option<Digest> {
    let bytes = base64::engine::general_purpose::STANDARD.decode(text.as_str().unwrap()).unwrap();
    Some(Digest::from_bytes(bytes.try_into().ok()?))
}

fn hashes(proof: &Value) -> Option<Vec<Digest>> {
    proof.as_array().map_or(Some(Vec::new()), |hashes| hashes.iter().map(hash).collect())
}

fn number(case: &Value, name: &str) -> u64 {
    case[name].as_u64().unwrap()
}

#[test]
fn the_published_proofs_of_inclusion_are_judged_as_published() {
    let cases = vector_json("published/merkle.json")["inclusion"].clone();
    assert_eq!(cases.as_array().unwrap().len(), 98);
    for case in cases.as_array().unwrap() {
        let read = (|| Some((hash(&case["leafHash"])?, hash(&case["root"])?, hashes(&case["proof"])?)))();
        let holds = read.is_some_and(|(leaf, root, proof)| {
            verify_inclusion(&leaf, number(case, "leafIdx"), number(case, "treeSize"), &proof, &root).is_ok()
        });
        assert_eq!(holds, !case["wantErr"].as_bool().unwrap(), "{}", case["file"]);
    }
}

/// Where we judge otherwise: roots that are no hashes, though they are equal.
const NO_HASHES: &str = "testdata/consistency/additional/sizes-are-equal-one-and-proof-is-empty.json";

#[test]
fn the_published_proofs_of_consistency_are_judged_as_published() {
    let cases = vector_json("published/merkle.json")["consistency"].clone();
    assert_eq!(cases.as_array().unwrap().len(), 98);
    for case in cases.as_array().unwrap() {
        let read = (|| Some((hash(&case["root1"])?, hash(&case["root2"])?, hashes(&case["proof"])?)))();
        let holds = read.is_some_and(|(old, new, proof)| {
            verify_consistency(number(case, "size1"), number(case, "size2"), &old, &new, &proof).is_ok()
        });
        let expected = !case["wantErr"].as_bool().unwrap() && case["file"] != NO_HASHES;
        assert_eq!(holds, expected, "{}", case["file"]);
    }
}
