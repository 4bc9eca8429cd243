//! Checkpoints and cosignatures: one of a real log, and the small rules of the text.

use super::*;
use crate::domain::ed25519::SignatureFault;
use crate::domain::merkle::MAX_SIZE;

fn parse(text: &str) -> Result<Checkpoint, CheckpointError> {
    text.parse()
}

#[test]
fn the_checkpoint_of_a_real_log_verifies_by_its_own_key_and_by_a_witness() {
    let signed = SignedCheckpoint::parse(REAL.as_bytes()).unwrap();
    assert_eq!(signed.checkpoint.size, 1_432_088_532);
    assert_eq!(signed.checkpoint.to_string(), signed.note.text);
    assert_eq!(signed.note.to_string(), REAL);
    let keys = [key(REAL_WITNESS), key(REAL_LOG)];
    let verified = signed.verify(&keys).unwrap();
    let who: Vec<_> = verified.iter().map(|it| (it.key.name(), it.time)).collect();
    assert_eq!(who, [("arche2025h1.staging.ct.transparency.dev", None), ("remora.n621.de", Some(1_779_573_024))]);
    // A witness alone is no log.
    assert!(matches!(signed.verify(&keys[..1]), Err(CheckpointError::NotSigned(_))));
}

#[test]
fn no_other_size_root_time_or_signature_passes_for_that_log() {
    let keys = [key(REAL_WITNESS), key(REAL_LOG)];
    for (from, to) in [
        ("1432088532", "1432088533"),
        ("U7WM79", "U7WM78"),
        ("ui8GwCF1", "ui8GwCF2"),
        ("2net5wAAAABqEiEg", "2net5wAAAABqEiEh"),
        ("2net5wAAAAB", "2net54AAAAB"),
        ("\n\n", "\nextension\n\n"),
    ] {
        assert!(REAL.contains(from));
        let signed = SignedCheckpoint::parse(REAL.replace(from, to).as_bytes()).unwrap();
        assert!(matches!(signed.verify(&keys), Err(CheckpointError::Note(NoteError::Bad { .. }))), "{to}");
    }
}

#[test]
fn a_key_of_another_name_does_not_make_a_checkpoint_of_this_log() {
    let other = SigningKey::from_seed("example.com/other", &[1; 32]).unwrap();
    let signed = SignedCheckpoint::try_from(head(0).sign(std::slice::from_ref(&other))).unwrap();
    let error = signed.verify(&[other.verifier().clone()]).unwrap_err();
    assert_eq!(error, CheckpointError::NotSigned("example.com/log".into()));
}

#[test]
fn a_witness_that_bears_the_name_of_the_log_is_not_the_log() {
    let impostor = witness("example.com/log", 4);
    let text = head(5).to_string();
    let note = Note { signatures: vec![impostor.cosign(&text, 1).unwrap()], text };
    let signed = SignedCheckpoint::try_from(note).unwrap();
    let error = signed.verify(&[impostor.verifier().clone()]).unwrap_err();
    assert_eq!(error, CheckpointError::NotSigned("example.com/log".into()));
}

#[test]
fn two_keys_sign_while_a_log_changes_its_key() {
    let keys = [log_key(1), log_key(2)];
    let note = head(12).sign(&keys);
    for old_or_new in keys {
        let signed = SignedCheckpoint::try_from(note.clone()).unwrap();
        assert_eq!(signed.verify(&[old_or_new.verifier().clone()]).unwrap().len(), 1);
    }
}

#[test]
fn sizes_have_one_form_and_end_at_two_to_the_63() {
    let with = |size: &str| parse(&head(0).to_string().replace("\n0\n", &format!("\n{size}\n")));
    assert_eq!(with("9223372036854775807").unwrap().size, MAX_SIZE);
    for size in ["00", "01", "+1", "-1", "", " 1", "1 ", "1_000", "0x10", "१", "9223372036854775808", "bananas"] {
        assert_eq!(with(size).unwrap_err(), CheckpointError::Size(size.into()), "{size:?}");
    }
    assert!(with("3438945738945739845734895735").is_err());
}

#[test]
fn roots_are_32_bytes_in_strict_base64() {
    let root = lines::base64(crate::domain::merkle::EMPTY_ROOT.as_bytes());
    let with = |root: &str| parse(&format!("Log\n1\n{root}\n"));
    assert!(with(&root).is_ok());
    for bad in
        ["", "YmFuYW5hcw==", "ThisIsn'tBase64", &root[..43], &format!("{root}="), &root.replace("hSuFU=", "hSuFV=")]
    {
        assert!(matches!(with(bad), Err(CheckpointError::Root(_))), "{bad:?}");
    }
}

#[test]
fn three_lines_are_needed_and_extension_lines_of_others_are_read_over() {
    let text = head(5).to_string();
    assert_eq!(parse(&format!("{text}extension 1\nextension 2\n")).unwrap(), head(5));
    assert_eq!(parse(&format!("{text}one\n\ntwo\n")), Err(CheckpointError::EmptyLine));
    assert_eq!(parse(&format!("{text}\n")), Err(CheckpointError::EmptyLine));
    assert_eq!(parse(text.trim_end()), Err(CheckpointError::Lines));
    assert_eq!(parse("Head\n9944\n"), Err(CheckpointError::Lines));
    assert_eq!(parse(""), Err(CheckpointError::Lines));
    assert_eq!(parse(&text.replace("example.com/log", "")), Err(CheckpointError::Origin));
    // Another log may be called what we could not call ours.
    assert_eq!(parse(&text.replace("example.com/log", "Moon Log+")).unwrap().origin, "Moon Log+");
}

#[test]
fn a_cosignature_covers_time_and_extension_lines() {
    let witness = witness("example.com/w", 3);
    let text = format!("{}extension 1\n", head(123));
    let line = witness.cosign(&text, 1_700_000_000).unwrap();
    assert_eq!(line.signature.len(), 72);
    let keys = [witness.verifier().clone()];
    let mut note = Note { text, signatures: vec![line.clone()] };
    assert_eq!(note.verify(&keys).unwrap()[0].time, Some(1_700_000_000));
    note.text = note.text.replace("extension 1", "extension X");
    assert!(matches!(note.verify(&keys), Err(NoteError::Bad { fault: SignatureFault::Signature, .. })));
    note.text = note.text.replace("extension X", "extension 1");
    note.signatures[0].signature[7] ^= 1;
    assert!(matches!(note.verify(&keys), Err(NoteError::Bad { .. })));
}

#[test]
fn the_latest_of_several_cosignatures_of_a_witness_tells_the_time() {
    let witness = witness("example.com/w", 3);
    let text = head(7).to_string();
    let signatures = [5, 9, 6].map(|time| witness.cosign(&text, time).unwrap()).to_vec();
    let keys = [witness.verifier().clone()];
    let note = Note { text, signatures };
    let verified = note.verify(&keys).unwrap();
    assert_eq!((verified.len(), verified[0].time), (1, Some(9)));
}

#[test]
fn a_time_beyond_two_to_the_63_is_neither_signed_nor_read() {
    let witness = witness("example.com/w", 3);
    let text = head(7).to_string();
    assert!(witness.cosign(&text, MAX_SIZE).is_ok());
    assert!(witness.cosign(&text, MAX_SIZE + 1).is_err());
    // Signed by somebody who does not keep the rule.
    let secret = crate::domain::ed25519::SecretKey::from_seed(&[3; 32]);
    let signature = secret.sign(format!("cosignature/v1\ntime {}\n{text}", u64::MAX).as_bytes());
    let mut line = witness.cosign(&text, 1).unwrap();
    line.signature = [&u64::MAX.to_be_bytes()[..], &signature].concat();
    let note = Note { text, signatures: vec![line] };
    assert!(matches!(note.verify(&[witness.verifier().clone()]), Err(NoteError::Bad { .. })));
}
