//! Whatever comes: no panic, and nothing that was changed is believed.

use proptest::prelude::*;

use super::*;

/// Everything that is read from strangers.
fn read_all(bytes: &[u8]) {
    let _ = Note::parse(bytes);
    let _ = SignedCheckpoint::parse(bytes);
    let _ = OfflineProof::parse(bytes);
    let _ = AddCheckpoint::parse(bytes);
    let _ = Policy::parse(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = text.parse::<VerifierKey>();
        let _ = SigningKey::parse(text);
        let _ = lines::read_hash_lines(text);
        let _ = note::parse_signatures(text);
    }
}

/// Texts of every kind, all of them right.
fn texts() -> Vec<String> {
    let note = head(3).sign(&[log_key(1)]);
    let signed = SignedCheckpoint::try_from(note.clone()).unwrap();
    let hash = crate::domain::merkle::EMPTY_ROOT;
    vec![
        REAL.to_owned(),
        OfflineProof { index: 2, hashes: vec![hash, hash], note }.to_string(),
        AddCheckpoint { old: 1, proof: vec![hash], checkpoint: signed }.to_string(),
        format!("log {PETER}\nwitness w {REAL_WITNESS} https://w/\ngroup g any w\nquorum g\n"),
        PETER.to_owned(),
        PETER_SECRET.to_owned(),
    ]
}

/// A text in which some bytes were replaced, taken out or put in.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let change = (any::<prop::sample::Index>(), any::<u8>(), 0..3u8);
    (prop::sample::select(texts()), prop::collection::vec(change, 1..6)).prop_map(|(text, changes)| {
        let mut bytes = text.into_bytes();
        for (at, byte, how) in changes.into_iter() {
            if bytes.is_empty() {
                break;
            }
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => drop(bytes.remove(at)),
                _ => bytes.insert(at, byte),
            }
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        read_all(&bytes);
    }

    #[test]
    fn changed_texts_never_panic_and_what_is_read_is_written_the_same(bytes in mutated()) {
        read_all(&bytes);
        if let Ok(note) = Note::parse(&bytes) {
            prop_assert_eq!(note.to_string().into_bytes(), bytes.clone());
        }
        if let Ok(asked) = AddCheckpoint::parse(&bytes) {
            prop_assert_eq!(asked.to_string().into_bytes(), bytes.clone());
        }
        if let Some(key) = std::str::from_utf8(&bytes).ok().and_then(|text| text.parse::<VerifierKey>().ok()) {
            prop_assert_eq!(key.to_string().into_bytes(), bytes);
        }
    }

    #[test]
    fn notes_of_any_text_are_read_back_and_verify(text in "[a-z—\n]{0,40}", seed in any::<[u8; 32]>()) {
        let signing = SigningKey::from_seed("example.com/log", &seed).unwrap();
        let text = format!("{text}\n");
        let note = Note { signatures: vec![signing.sign(&text)], text };
        let read = Note::parse(note.to_string().as_bytes()).unwrap();
        prop_assert_eq!(&read, &note);
        prop_assert!(read.verify(&[signing.verifier().clone()]).is_ok());
    }
}

#[test]
fn every_changed_bit_of_a_signed_checkpoint_is_noticed() {
    let keys = [log_key(1).verifier().clone(), witness("w", 2).verifier().clone()];
    let mut note = head(70_000).sign(&[log_key(1)]);
    note.add(witness("w", 2).cosign(&note.text, 5).unwrap());
    let good = note.to_string();
    let believed = |bytes: &[u8]| SignedCheckpoint::parse(bytes).ok()?.verify(&keys).ok().map(|it| it.len());
    assert_eq!(believed(good.as_bytes()), Some(2));
    let cosigner = good.rfind('—').unwrap();
    for bit in 0..8 * good.len() {
        let mut bytes = good.clone().into_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        // A cosigner whose name or id was changed is somebody unknown; the log itself still signed.
        let unknown = bit / 8 >= cosigner;
        match believed(&bytes) {
            None => {}
            Some(1) if unknown => {}
            other => panic!("bit {bit} of {good}: {other:?}"),
        }
    }
}
