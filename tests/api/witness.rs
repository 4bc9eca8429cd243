//! The witness, asked as logs ask it (C2SP tlog-witness), over a socket.

use std::thread;

use sha2::{Digest as _, Sha256};
use suyuan::domain::record::Digest;
use suyuan::log::note::parse_signatures;
use suyuan::log::{Note, SigningKey};

use crate::support::hand_log::HandLog;
use crate::support::program::Reply;
use crate::support::witness::Witness;

const ORIGIN: &str = "sy.example/log";

fn key() -> SigningKey {
    SigningKey::from_seed(ORIGIN, &[8; 32]).unwrap()
}

/// The time of the witness' cosignature under this checkpoint.
#[track_caller]
fn cosigned(witness: &Witness, reply: &Reply, log: &HandLog, size: u64) -> u64 {
    assert_eq!(reply.status, 200, "{}", reply.body);
    let note = Note { text: log.signed(size).note.text, signatures: parse_signatures(&reply.body).unwrap() };
    note.verify(std::slice::from_ref(&witness.key)).unwrap()[0].time.unwrap()
}

#[track_caller]
fn refused(reply: &Reply, status: u16, body: &str) {
    assert_eq!(reply.status, status, "{}", reply.body);
    assert!(!reply.body.contains('\u{2014}'), "no signature leaves with a refusal: {}", reply.body);
    assert!(reply.body.contains(body), "{}", reply.body);
}

#[test]
fn a_growing_log_is_cosigned_and_a_witness_that_starts_again_remembers_up_to_where() {
    let folder = tempfile::tempdir().unwrap();
    let log = HandLog::new(&key(), 700, 1);
    let witness = Witness::start(folder.path(), "witness.example", key().verifier());
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let time = cosigned(&witness, &witness.ask(&log.request(0, 5).to_string()), &log, 5);
    assert!(now.abs_diff(time) < 60);
    cosigned(&witness, &witness.ask(&log.request(5, 300).to_string()), &log, 300);
    // The same again is cosigned again.
    cosigned(&witness, &witness.ask(&log.request(300, 300).to_string()), &log, 300);
    let (done, said) = Witness::second(folder.path(), key().verifier());
    assert!(!done && said.contains("another suyuan works"), "{said}");
    drop(witness);
    let witness = Witness::start(folder.path(), "witness.example", key().verifier());
    refused(&witness.ask(&log.request(5, 700).to_string()), 409, "300\n");
    cosigned(&witness, &witness.ask(&log.request(300, 700).to_string()), &log, 700);
}

#[test]
fn each_refusal_has_the_status_of_the_specification() {
    let folder = tempfile::tempdir().unwrap();
    let (log, other) = (HandLog::new(&key(), 300, 1), HandLog::new(&key(), 300, 2));
    let witness = Witness::start(folder.path(), "witness.example", key().verifier());
    cosigned(&witness, &witness.ask(&log.request(0, 200).to_string()), &log, 200);
    // Bad requests.
    let mut beyond = log.request(200, 200);
    beyond.old = 201;
    refused(&witness.ask(&beyond.to_string()), 400, "201");
    let good = log.request(200, 300).to_string();
    let line = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
    for bad in [
        String::new(),
        good.replacen("old 200", "old 0200", 1),
        good.replacen("old 200", "old -1", 1),
        good.replacen("old 200\n", &format!("old 200\n{}", line.repeat(64)), 1),
        good.replacen("\n\n", "\n", 1),
        good[..good.len() - 1].to_owned(),
    ] {
        refused(&witness.ask(&bad), 400, "");
    }
    // Not known, not signed.
    let stranger = SigningKey::from_seed("other.example/log", &[8; 32]).unwrap();
    refused(&witness.ask(&HandLog::new(&stranger, 5, 1).request(0, 5).to_string()), 404, "other.example/log");
    let forger = SigningKey::from_seed(ORIGIN, &[9; 32]).unwrap();
    refused(&witness.ask(&HandLog::new(&forger, 300, 1).request(200, 300).to_string()), 403, "");
    // Another size than the stored one, with the size and its media type.
    let conflict = witness.ask(&log.request(100, 300).to_string());
    refused(&conflict, 409, "200\n");
    assert_eq!(conflict.body, "200\n");
    assert_eq!(conflict.header("content-type"), Some("text/x.tlog.size"));
    refused(&witness.ask(&log.request(0, 100).to_string()), 409, "200\n");
    // A proof that proves nothing; a second history of the same size, and one that grew.
    let mut wrong = log.request(200, 300);
    wrong.proof.pop();
    refused(&witness.ask(&wrong.to_string()), 422, "");
    refused(&witness.ask(&other.request(200, 200).to_string()), 409, "200\n");
    refused(&witness.ask(&other.request(200, 300).to_string()), 422, "");
    assert_eq!(witness.ask(&"x".repeat(65 << 10)).status, 413);
    // None of it changed anything.
    cosigned(&witness, &witness.ask(&good), &log, 300);
}

#[test]
fn of_two_requests_at_once_from_the_same_size_one_is_cosigned() {
    let folder = tempfile::tempdir().unwrap();
    let log = HandLog::new(&key(), 60, 1);
    let witness = Witness::start(folder.path(), "witness.example", key().verifier());
    let mut stored = 0;
    for round in 1..=5u64 {
        let requests: Vec<_> = (0..4).map(|own| log.request(stored, round * 10 + own).to_string()).collect();
        let statuses: Vec<u16> = thread::scope(|scope| {
            let asked: Vec<_> = requests.iter().map(|body| scope.spawn(|| witness.ask(body).status)).collect();
            asked.into_iter().map(|it| it.join().unwrap()).collect()
        });
        let won: Vec<usize> = (0..4).filter(|at| statuses[*at] == 200).collect();
        assert_eq!((won.len(), statuses.iter().filter(|it| **it == 409).count()), (1, 3), "{statuses:?}");
        stored = round * 10 + won[0] as u64;
    }
}

#[test]
fn what_cannot_be_stored_is_not_cosigned() {
    let folder = tempfile::tempdir().unwrap();
    let log = HandLog::new(&key(), 9, 1);
    let witness = Witness::start(folder.path(), "witness.example", key().verifier());
    // A folder in the place of the file: nothing can be stored, whoever runs the test.
    let name: [u8; 32] = Sha256::digest(ORIGIN).into();
    let place = folder.path().join(format!("seen/{}.new", Digest::from_bytes(name)));
    std::fs::create_dir(&place).unwrap();
    refused(&witness.ask(&log.request(0, 9).to_string()), 503, "");
    std::fs::remove_dir(&place).unwrap();
    cosigned(&witness, &witness.ask(&log.request(0, 9).to_string()), &log, 9);
}
