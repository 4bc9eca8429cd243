//! Policy files: the cases of transparency-dev/formats, `policy/tlog_policy_test.go` (Apache-2.0), with keys of ours.

use super::*;
use crate::log::policy::{LineFault, PolicyError, PolicyFault};

/// A policy's text in which `$L` stands for the log's key and `$1` to `$6` for witnesses'.
fn filled(text: &str) -> String {
    let mut text = text.replace("$L", &log_key(1).verifier().to_string());
    for number in 1..=6u8 {
        text = text.replace(&format!("${number}"), &cosigner(number).verifier().to_string());
    }
    text
}

fn cosigner(number: u8) -> CosigningKey {
    witness(&format!("example.com/w{number}"), 10 + number)
}

fn policy(text: &str) -> Policy {
    Policy::parse(filled(text).as_bytes()).unwrap()
}

fn fault(text: &str) -> (usize, LineFault) {
    match Policy::parse(filled(text).as_bytes()) {
        Err(PolicyError::Line { line, fault }) => (line, fault),
        other => panic!("{text}: {other:?}"),
    }
}

fn cosigned(numbers: &[u8]) -> SignedCheckpoint {
    let mut note = head(42).sign(&[log_key(1)]);
    for number in numbers {
        let line = cosigner(*number).cosign(&note.text, 1_000 + u64::from(*number)).unwrap();
        note.add(line);
    }
    SignedCheckpoint::try_from(note).unwrap()
}

/// The example of the specification.
const EXAMPLE: &str = "log $L

witness X1 $1
witness X2 $2
witness X3 $3
group X-witnesses 2 X1 X2 X3

witness Y1 $4
witness Y2 $5
witness Y3 $6
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
";

#[test]
fn the_example_of_the_specification_demands_two_and_one() {
    let policy = policy(EXAMPLE);
    assert!(policy.needs_witnesses());
    for (numbers, enough) in [
        (&[1, 2, 4][..], true),
        (&[6, 3, 1], true),
        (&[1, 2, 3, 4, 5, 6], true),
        (&[1, 2, 3], false),
        (&[1, 4, 5, 6], false),
        (&[4], false),
        (&[], false),
    ] {
        let signed = cosigned(numbers);
        let satisfied = policy.satisfied(&signed);
        assert_eq!(satisfied.is_ok(), enough, "{numbers:?}");
        if let Ok(approval) = satisfied {
            assert_eq!(approval.log, log_key(1).verifier());
            let times: Vec<u64> = approval.witnesses.iter().map(|(_, time)| *time).collect();
            let mut expected: Vec<u64> = numbers.iter().map(|number| 1_000 + u64::from(*number)).collect();
            expected.sort_unstable();
            assert_eq!(times, expected);
        }
    }
    let error = policy.satisfied(&cosigned(&[1, 4, 5])).unwrap_err().to_string();
    let said =
        "The policy's quorum \"X-and-Y\" is not reached: 3 of its 6 witnesses cosigned this checkpoint (X1, Y1, Y2).";
    assert_eq!(error, said);
}

#[test]
fn without_a_quorum_the_log_alone_is_enough_and_is_needed() {
    let policy = policy("log $L\nquorum none\n");
    assert!(!policy.needs_witnesses());
    assert!(policy.satisfied(&cosigned(&[])).is_ok());
    let unsigned = head(42).sign(&[log_key(9)]);
    let refused = policy.satisfied(&SignedCheckpoint::try_from(unsigned).unwrap());
    assert!(matches!(refused, Err(PolicyFault::Checkpoint(CheckpointError::Note(NoteError::Unknown(_))))));
}

#[test]
fn a_quorum_of_witnesses_does_not_replace_the_log() {
    let policy = policy("log $L\nwitness w $1\nquorum w\n");
    let mut signed = cosigned(&[1]);
    signed.note.signatures.remove(0);
    let refused = policy.satisfied(&signed);
    assert_eq!(refused, Err(PolicyFault::Checkpoint(CheckpointError::NotSigned("example.com/log".into()))));
}

#[test]
fn a_wrong_signature_of_a_known_witness_refuses_even_a_reached_quorum() {
    let policy = policy("log $L\nwitness w1 $1\nwitness w2 $2\ngroup g any w1 w2\nquorum g\n");
    let mut signed = cosigned(&[1, 2]);
    assert!(policy.satisfied(&signed).is_ok());
    signed.note.signatures[2].signature[70] ^= 1;
    assert!(matches!(policy.satisfied(&signed), Err(PolicyFault::Checkpoint(_))));
}

#[test]
fn a_policy_without_a_log_believes_nothing_until_it_is_told_one() {
    let mut policy = policy("witness w $1\nquorum w\n");
    assert_eq!(policy.satisfied(&cosigned(&[1])), Err(PolicyFault::NoLog));
    policy.trust_log(log_key(1).verifier().clone());
    assert!(policy.satisfied(&cosigned(&[1])).is_ok());
}

#[test]
fn spaces_tabs_comments_urls_and_odd_names_are_read() {
    let spaced = "\n# comment\n\t # another\n\twitness \t w1  $1   https://w1.example.com/  \n\n  quorum\tw1";
    let policy = policy(spaced);
    let found: Vec<_> = policy.witnesses().map(|it| (it.name.as_str(), it.url.as_deref())).collect();
    assert_eq!(found, [("w1", Some("https://w1.example.com/"))]);
    assert!(self::policy("log $L https://log.example.com/\nquorum none\n").logs()[0].url.is_some());
    self::policy("witness all $1\nwitness any $2\ngroup group 2 all any\nquorum group\n");
    // Names are bytes: K and the Kelvin sign differ, and so do two that are no UTF-8.
    let bytes = |name: &[u8], quorum: &[u8]| {
        let lines = [b"witness ", name, b" ", filled("$1").as_bytes(), b"\nquorum ", quorum, b"\n"].concat();
        Policy::parse(&lines)
    };
    assert!(bytes(b"K\xe2\x84\xaalvin-w\x80", b"K\xe2\x84\xaalvin-w\x80").is_ok());
    assert!(bytes(b"\xe2\x84\xaa", b"K").is_err());
    assert!(bytes(b"\x80", b"\x81").is_err());
}

#[test]
fn what_the_specification_forbids_is_refused_with_its_line() {
    type Is = fn(&LineFault) -> bool;
    let cases: [(&str, usize, Is); 33] = [
        ("quorum none\n\u{1}", 2, |it| matches!(it, LineFault::Octet(1))),
        ("quorum none\r\n", 1, |it| matches!(it, LineFault::Octet(13))),
        ("quorum none\u{7f}\n", 1, |it| matches!(it, LineFault::Octet(127))),
        ("quibble w1\nquorum none\n", 1, |it| matches!(it, LineFault::Keyword(_))),
        ("witness w1 $1 https://w1.example.com/ # comment\n", 1, |it| matches!(it, LineFault::Form(_))),
        ("log\n", 1, |it| matches!(it, LineFault::Form(_))),
        ("log garbage\n", 1, |it| matches!(it, LineFault::Key(KeyError::Form(_)))),
        ("log $1\n", 1, |it| matches!(it, LineFault::Key(KeyError::WrongType { .. }))),
        ("log $L\nlog $L https://log.example.com/\n", 2, |it| *it == LineFault::SameKey),
        ("witness w1\n", 1, |it| matches!(it, LineFault::Form(_))),
        ("witness\n", 1, |it| matches!(it, LineFault::Form(_))),
        ("witness w1 $L\n", 1, |it| matches!(it, LineFault::Key(KeyError::WrongType { .. }))),
        ("witness none $1\n", 1, |it| matches!(it, LineFault::Reserved(_))),
        ("witness w1 $1\nwitness w1 $2\n", 2, |it| matches!(it, LineFault::SameName(_))),
        ("witness w1 $1\nwitness w2 $1\n", 2, |it| *it == LineFault::SameKey),
        ("witness w1 $1\ngroup w1 any w1\n", 2, |it| matches!(it, LineFault::SameName(_))),
        ("witness w1 $1\ngroup g1 1\n", 2, |it| matches!(it, LineFault::Form(_))),
        ("witness w1 $1\ngroup g1\n", 2, |it| matches!(it, LineFault::Form(_))),
        ("witness w1 $1\ngroup none any w1\n", 2, |it| matches!(it, LineFault::Reserved(_))),
        ("witness w1 $1\ngroup g1 0 w1\n", 2, |it| matches!(it, LineFault::Threshold { .. })),
        ("witness w1 $1\ngroup g1 -1 w1\n", 2, |it| matches!(it, LineFault::Threshold { .. })),
        ("witness w1 $1\ngroup g1 +1 w1\n", 2, |it| matches!(it, LineFault::Threshold { .. })),
        ("witness w1 $1\ngroup g1 2 w1\n", 2, |it| matches!(it, LineFault::Threshold { members: 1, .. })),
        ("witness w1 $1\ngroup g1 99999999999999999999 w1\n", 2, |it| matches!(it, LineFault::Threshold { .. })),
        ("witness w1 $1\ngroup g1 any w2\n", 2, |it| matches!(it, LineFault::Undefined(_))),
        ("group g1 any w1\nwitness w1 $1\n", 1, |it| matches!(it, LineFault::Undefined(_))),
        ("witness w1 $1\ngroup g1 any none w1\n", 2, |it| matches!(it, LineFault::Undefined(_))),
        ("witness w1 $1\ngroup g1 any g1\n", 2, |it| matches!(it, LineFault::Undefined(_))),
        ("witness w1 $1\ngroup g1 all w1 w1\n", 2, |it| matches!(it, LineFault::MemberTwice(_))),
        ("witness w1 $1\nwitness w2 $2\ngroup g1 any w1 w2\ngroup g2 any w1\n", 4, |it| {
            matches!(it, LineFault::MemberTwice(_))
        }),
        ("witness w1 $1\nquorum w1\nquorum w1\n", 3, |it| *it == LineFault::SecondQuorum),
        ("quorum unknown\n", 1, |it| matches!(it, LineFault::Undefined(_))),
        ("quorum w1\nwitness w1 $1\n", 1, |it| matches!(it, LineFault::Undefined(_))),
    ];
    for (text, line, is) in cases {
        let (found, fault) = fault(text);
        assert!(found == line && is(&fault), "{text}: line {found}: {fault}");
    }
    assert_eq!(fault("quorum\n"), (1, LineFault::Form("quorum <name>")));
    assert_eq!(Policy::parse(filled("witness w1 $1\n").as_bytes()), Err(PolicyError::NoQuorum));
    assert_eq!(Policy::parse(b""), Err(PolicyError::NoQuorum));
}

#[test]
fn the_same_witness_under_another_name_and_id_is_still_the_same() {
    let again = witness("impostor.example.com", 11);
    let text = format!("witness w1 $1\nwitness w2 {}\nquorum none\n", again.verifier());
    assert_eq!(fault(&text), (2, LineFault::SameKey));
}
