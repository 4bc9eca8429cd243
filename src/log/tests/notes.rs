//! Notes: the tests of golang.org/x/mod/sumdb/note, and the limits.

use super::*;
use crate::log::note::{MAX_BYTES, parse_signatures};

fn parse(text: &str) -> Result<Note, NoteError> {
    Note::parse(text.as_bytes())
}

fn names(note: &Note, keys: &[&str]) -> Result<Vec<String>, NoteError> {
    let keys: Vec<VerifierKey> = keys.iter().map(|it| key(it)).collect();
    Ok(note.verify(&keys)?.iter().map(|signer| signer.key.name().to_owned()).collect())
}

#[test]
fn a_published_key_signs_the_published_note() {
    let line = SigningKey::parse(PETER_SECRET).unwrap().sign(TEXT);
    let note = Note { text: TEXT.into(), signatures: vec![line] };
    assert_eq!(note.to_string(), format!("{TEXT}\n{PETER_LINE}"));
}

#[test]
fn known_keys_verify_and_unknown_ones_are_ignored() {
    let note = parse(&format!("{TEXT}\n{PETER_LINE}{ENOCH_LINE}")).unwrap();
    assert_eq!(note.text, TEXT);
    assert_eq!(note.to_string(), format!("{TEXT}\n{PETER_LINE}{ENOCH_LINE}"));
    assert_eq!(names(&note, &[PETER]).unwrap(), ["PeterNeumann"]);
    assert_eq!(names(&note, &[ENOCH, PETER]).unwrap(), ["PeterNeumann", "EnochRoot"]);
    let error = names(&note, &[]).unwrap_err().to_string();
    assert_eq!(error, "No known key signed the note; it is signed by \"PeterNeumann\", \"EnochRoot\".");
}

#[test]
fn a_wrong_signature_of_a_known_key_refuses_the_note_and_of_an_unknown_one_does_not() {
    let wrong = PETER_LINE.replace("ZJkuBS", "ZJkuBT");
    let note = parse(&format!("{TEXT}\n{ENOCH_LINE}{wrong}")).unwrap();
    assert_eq!(names(&note, &[ENOCH]).unwrap(), ["EnochRoot"]);
    let error = names(&note, &[ENOCH, PETER]).unwrap_err();
    assert!(matches!(&error, NoteError::Bad { name, .. } if name == "PeterNeumann"), "{error}");
    // Longer than a signature: still read, refused by the key.
    let long = format!("{}ABCD{}", &PETER_LINE[..60], &PETER_LINE[60..]);
    assert!(matches!(names(&parse(&format!("{TEXT}\n{long}")).unwrap(), &[PETER]), Err(NoteError::Bad { .. })));
}

#[test]
fn a_key_counts_only_with_its_name_and_its_id() {
    let misnamed = PETER_LINE.replace("PeterNeumann", "CarmenSandiego");
    let other_id = PETER_LINE.replace("x08g", "xxxx");
    for line in [misnamed, other_id] {
        let note = parse(&format!("{TEXT}\n{line}")).unwrap();
        assert!(matches!(names(&note, &[PETER]), Err(NoteError::Unknown(_))), "{line}");
    }
}

#[test]
fn a_key_that_signed_twice_counts_once() {
    let note = parse(&format!("{TEXT}\n{PETER_LINE}{PETER_LINE}{ENOCH_LINE}")).unwrap();
    assert_eq!(names(&note, &[PETER, PETER]).unwrap(), ["PeterNeumann"]);
}

#[test]
fn the_text_ends_at_the_last_blank_line() {
    let text = "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n";
    let line = "— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n";
    let note = parse(&format!("{text}\n{line}")).unwrap();
    assert_eq!((note.text.as_str(), note.signatures.len()), (text, 1));
}

#[test]
fn malformed_notes_are_refused_with_what_is_wrong() {
    let peter = PETER_LINE;
    for (note, error) in [
        (TEXT.to_owned(), NoteError::NoBlankLine),
        (format!("{TEXT}\n"), NoteError::NoSignature),
        (format!("{TEXT}\n{}", peter.trim_end()), NoteError::Unfinished),
        (format!("\u{1}{TEXT}\n{peter}"), NoteError::Control(1)),
        (format!("{}\n{peter}", TEXT.replace('\n', "\r\n")), NoteError::Control(13)),
        (String::new(), NoteError::NoBlankLine),
        ("\n\n".to_owned(), NoteError::NoSignature),
    ] {
        assert_eq!(parse(&note).unwrap_err(), error, "{note:?}");
    }
    for line in [
        "Unexpected line.",
        "— Bad Name x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=",
        "- PeterNeumann x08go/ZJ",
        "—PeterNeumann x08go/ZJ",
        "— Peter+Neumann x08go/ZJ",
        "— PeterNeumann",
        "— PeterNeumann ",
        "— PeterNeumann x08g",
        "— PeterNeumann x08gow==",
        "— PeterNeumann x08go/Z",
        "— PeterNeumann x08go/ZJ=",
        "— PeterNeumann x08go/Z J",
        "—  x08go/ZJ",
    ] {
        let error = parse(&format!("{TEXT}\n{line}\n{peter}")).unwrap_err();
        assert_eq!(error, NoteError::Line(line.chars().take(80).collect()));
    }
    assert_eq!(Note::parse(&[b"\xff", TEXT.as_bytes(), b"\n"].concat()), Err(NoteError::NotUtf8));
    assert_eq!(Note::parse(&vec![b'a'; MAX_BYTES + 1]), Err(NoteError::TooLong(MAX_BYTES + 1)));
}

#[test]
fn base64_with_stray_bits_is_refused() {
    // The last character before the padding carries two bits that no byte takes.
    let stray = PETER_LINE.replace("wJnAM=", "wJnAN=");
    assert!(matches!(parse(&format!("{TEXT}\n{stray}")), Err(NoteError::Line(_))));
}

#[test]
fn a_hundred_signatures_are_read_and_a_hundred_and_one_refused() {
    for (count, accepted) in [(16, true), (17, true), (100, true), (101, false)] {
        let lines = format!("{}{PETER_LINE}", ENOCH_LINE.repeat(count - 1));
        let note = parse(&format!("{TEXT}\n{lines}"));
        match note {
            Ok(note) => assert_eq!((names(&note, &[PETER]).unwrap().len(), accepted), (1, true)),
            Err(error) => assert_eq!((error, accepted), (NoteError::TooManySignatures, false)),
        }
        assert_eq!(parse_signatures(&lines).is_ok(), accepted);
    }
    assert_eq!(parse_signatures(""), Err(NoteError::NoSignature));
}

#[test]
fn two_different_keys_with_one_name_and_id_are_told() {
    // Found by trying: two seeds whose keys of the name "a" share the four bytes of their id.
    let [one, other] = [25_666u64, 113_795].map(|counter| {
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&counter.to_le_bytes());
        SigningKey::from_seed("a", &seed).unwrap()
    });
    let keys = [one.verifier().clone(), other.verifier().clone()];
    assert_eq!((keys[0].id(), keys[0].id().to_string()), (keys[1].id(), "a308d78d".to_owned()));
    let note = Note { text: TEXT.into(), signatures: vec![one.sign(TEXT)] };
    assert!(note.verify(&keys[..1]).is_ok());
    assert_eq!(note.verify(&keys), Err(NoteError::Ambiguous { name: "a".into(), id: keys[0].id() }));
}

#[test]
fn a_signature_is_added_once() {
    let mut note = parse(&format!("{TEXT}\n{PETER_LINE}")).unwrap();
    note.add(PETER_LINE.trim_end().parse().unwrap());
    note.add(ENOCH_LINE.trim_end().parse().unwrap());
    assert_eq!(note.to_string(), format!("{TEXT}\n{PETER_LINE}{ENOCH_LINE}"));
}
