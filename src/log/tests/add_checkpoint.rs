//! What a witness is asked: real requests of a log, and bodies that are none.
//!
//! Source: FiloSottile/torchwood, `internal/witness/witness_test.go` (ISC): the log's key, three requests and their
//! proofs.

use super::*;
use crate::domain::merkle::{ProofFault, verify_consistency};
use crate::log::add_checkpoint::AddCheckpointError;
use crate::log::lines::HashLinesError;

const ORIGIN: &str = "sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562";
const PUBLIC: &str = "ffdc2d4d98e4124d3feaf788c0c2f9abfd796083d1f0495437f302ec79cf100f";

/// From 0 to 1, from 1 to 3, from 1 to 5; without the origin.
const REQUESTS: [&str; 3] = [
    "old 0

@
1
KgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=

— @ UgIom7fPZTqpxWWhyjWduBvTvGVqsokMbqTArsQilegKoFBJQjUFAmQ0+YeSPM3wfUQMFSzVnnNuWRTYrajXpNUbIQY=
",
    "old 1
KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
KgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=

@
3
RcCI1Nk56ZcSmIEfIn0SleqtV7uvrlXNccFx595Iwl0=

— @ UgIom2VbtIcdFbwFAy1n7s6IkAxIY6J/GQOTuZF2ORV39d75cbAj2aQYwyJre36kezNobZs4SUUdrcawfAB8WVrx6go=
",
    "old 1
KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
+fUDV+k970B4I3uKrqJM4aP1lloPZP8mvr2Z4wRw2LI=
KgQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=

@
5
QrtXrQZCCvpIgsSmOsah7HdICzMLLyDfxToMql9WTjY=

— @ UgIomw/EOJmWi0i1FQsOj+etB7F8IccFam/jgd6wzRns4QPVmyEZtdvl1U2KEmLOZ/ASRcWJi0tW90dJWAShei7sDww=
",
];

fn request(index: usize) -> String {
    REQUESTS[index].replace('@', ORIGIN)
}

fn parse(body: &str) -> Result<AddCheckpoint, AddCheckpointError> {
    AddCheckpoint::parse(body.as_bytes())
}

#[test]
fn requests_of_another_log_are_read_verified_and_written_the_same() {
    let public = std::array::from_fn(|at| u8::from_str_radix(&PUBLIC[2 * at..2 * at + 2], 16).unwrap());
    let keys = [VerifierKey::new(ORIGIN, SignatureType::Ed25519, public).unwrap()];
    let asked = [0, 1, 2].map(|index| parse(&request(index)).unwrap());
    for (index, asked) in asked.iter().enumerate() {
        assert_eq!(asked.to_string(), request(index));
        assert_eq!(asked.checkpoint.verify(&keys).unwrap().len(), 1);
    }
    let first = &asked[0].checkpoint.checkpoint;
    for later in &asked[1..] {
        let head = &later.checkpoint.checkpoint;
        assert_eq!(verify_consistency(later.old, head.size, &first.root, &head.root, &later.proof), Ok(()));
        let shorter = &later.proof[1..];
        let refused = verify_consistency(later.old, head.size, &first.root, &head.root, shorter);
        assert_eq!(refused, Err(ProofFault::Length { found: shorter.len() }));
    }
}

#[test]
fn sixty_three_hashes_are_read_and_sixty_four_refused() {
    let with = |count: usize| {
        let hash = "KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
        parse(&request(0).replacen("\n\n", &format!("\n{}\n", hash.repeat(count)), 1))
    };
    assert_eq!(with(63).unwrap().proof.len(), 63);
    assert_eq!(with(64).unwrap_err(), AddCheckpointError::Proof(HashLinesError::TooMany));
    assert!(with(1_000).unwrap_err().to_string().contains("more than 63 hashes"));
}

#[test]
fn malformed_requests_are_refused_with_what_is_wrong() {
    let good = request(1);
    let replaced = |from: &str, to: &str| parse(&good.replacen(from, to, 1)).unwrap_err();
    for old in ["old 01", "old", "old ", "old -1", "old 9223372036854775808", "OLD 1", "old 1 ", "1", ""] {
        assert_eq!(replaced("old 1", old), AddCheckpointError::Old, "{old:?}");
    }
    assert_eq!(replaced("old 1", "old 4"), AddCheckpointError::OldBeyond { old: 4, size: 3 });
    let second = AddCheckpointError::Proof(HashLinesError::Hash { line: 2, text: "KgIAAAA".into() });
    assert_eq!(replaced("KgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "KgIAAAA"), second);
    assert_eq!(replaced("\n3\n", "\n03\n"), AddCheckpointError::Checkpoint(CheckpointError::Size("03".into())));
    assert_eq!(parse("old 0\n"), Err(AddCheckpointError::NoCheckpoint));
    assert!(matches!(parse("old 0\n\n"), Err(AddCheckpointError::Checkpoint(CheckpointError::Note(_)))));
    assert_eq!(AddCheckpoint::parse(b"old 0\n\n\xff"), Err(AddCheckpointError::NotUtf8));
}
