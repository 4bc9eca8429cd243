//! Keys as text: the published ones, and every way to spoil them.

use super::*;

/// Every shorter part of a text and every byte of it raised by one, as `note_test.go` does it.
fn spoilt(text: &str) -> impl Iterator<Item = String> {
    assert!(text.is_ascii());
    let parts = (0..=text.len()).flat_map(move |from| (from..=text.len()).map(move |to| from..to));
    let shorter = parts.filter(|part| part.len() < text.len()).map(|part| text[part].to_owned());
    let changed = (0..text.len()).map(|at| {
        let mut bytes = text.as_bytes().to_vec();
        bytes[at] += 1;
        String::from_utf8(bytes).unwrap()
    });
    shorter.chain(changed)
}

#[test]
fn published_keys_are_read_and_written_the_same() {
    for text in [
        PETER,
        ENOCH,
        REAL_LOG,
        REAL_WITNESS,
        // transparency-dev/formats, `note_cosigv1_test.go` and `witness_policy_test.go`.
        "TEST+7997405c+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6",
        "sigsum.org+e4ade967+AZuUY6B08pW3QVHu8uvsrxWPcAv9nykap2Nb4oxCee+r",
        "example.com+3753d3de+AebBhMcghIUoavZpjuDofa4sW6fYHyVn7gvwDBfvkvuM",
    ] {
        assert_eq!(key(text).to_string(), text);
    }
    assert_eq!(key(PETER).kind(), SignatureType::Ed25519);
    assert_eq!(key(REAL_WITNESS).kind(), SignatureType::Cosignature);
}

#[test]
fn a_published_secret_key_makes_its_published_public_key() {
    let signing = SigningKey::parse(PETER_SECRET).unwrap();
    assert_eq!(signing.verifier(), &key(PETER));
    assert_eq!(*signing.to_secret_text(), PETER_SECRET);
    // transparency-dev/formats, `tlog_policy_test.go`.
    let signing = SigningKey::parse("PRIVATE+KEY+Wit1+55ee4561+AeadRiG7XM4XiieCHzD8lxysXMwcViy5nYsoXURWGrlE").unwrap();
    assert_eq!(signing.verifier(), &key("Wit1+55ee4561+AVhZSmQj9+SoL+p/nN0Hh76xXmF7QcHfytUrI1XfSClk"));
}

#[test]
fn every_spoilt_key_is_refused() {
    for text in spoilt(PETER) {
        assert!(text.parse::<VerifierKey>().is_err(), "{text:?}");
    }
    for text in spoilt(PETER_SECRET) {
        assert!(SigningKey::parse(&text).is_err(), "{text:?}");
    }
    for text in [
        // Wrong length and unknown type, each with the right id (`note_test.go`).
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "bananas.sigstore.dev+12344556",
        "rekor.sigstore.dev+12345678+THIS_IS_NOT_BASE64!",
        "rekor.sigstore.dev+12345678+AwEB",
        "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n",
    ] {
        assert!(text.parse::<VerifierKey>().is_err(), "{text:?}");
    }
}

#[test]
fn a_name_has_no_space_no_plus_and_no_control_character() {
    for name in ["", " ", "a b", "a+b", "a\u{a0}b", "a\u{3000}b", "a\tb", "a\nb", "a\u{1}b"] {
        assert_eq!(SigningKey::from_seed(name, &[1; 32]).unwrap_err(), KeyError::Name(name.into()));
    }
    for name in ["a", "example.com/log/2", "溯源.example/log"] {
        let signing = SigningKey::from_seed(name, &[1; 32]).unwrap();
        assert_eq!(signing.verifier().to_string().parse().as_ref(), Ok(signing.verifier()));
    }
}

#[test]
fn a_weak_public_key_is_refused_with_its_name() {
    let error = VerifierKey::new("example.com/log", SignatureType::Ed25519, [0; 32]).unwrap_err();
    assert!(error.to_string().starts_with("The key of \"example.com/log\" is none: The public key"), "{error}");
}

#[test]
fn one_seed_has_another_id_as_a_witness_and_the_two_forms_are_not_mixed_up() {
    let (log, witness) = (log_key(7), witness("example.com/log", 7));
    assert_eq!(log.verifier().public(), witness.verifier().public());
    assert_ne!(log.verifier().id(), witness.verifier().id());
    let error = CosigningKey::parse(&log.to_secret_text()).unwrap_err().to_string();
    assert_eq!(error, "The key of \"example.com/log\" is of a type for a log; here one for a witness is needed.");
    assert!(SigningKey::parse(&witness.to_secret_text()).is_err());
    assert_eq!(CosigningKey::parse(&witness.to_secret_text()).unwrap().verifier(), witness.verifier());
}

#[test]
fn what_is_printed_of_a_key_and_what_is_wrong_with_it_never_shows_the_secret() {
    let signing = SigningKey::parse(PETER_SECRET).unwrap();
    let secret: Vec<&str> = PETER_SECRET.rsplitn(3, '+').take(2).collect();
    let mut shown = format!("{signing:?} {:?}", witness("w", 1));
    for text in spoilt(PETER_SECRET).filter(|text| text.len() == PETER_SECRET.len()) {
        shown += &format!(" {0} {0:?}", SigningKey::parse(&text).unwrap_err());
    }
    assert_eq!(secret, ["Y7hfZx09iUvxdXHKDFz", "AYEKFALVFGyNhPJEMzD1QIDr"]);
    for part in secret {
        assert!(!shown.contains(&part[4..14]), "{shown}");
    }
    assert!(!shown.contains("129, 10, 20, 2"), "{shown}");
}
