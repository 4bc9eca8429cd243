//! Ed25519 with one rule for everybody who verifies (FORMATS §1): S < L, key and R canonical and not of small order, the
//! equation without cofactor. Libraries differ in these corners; the page's script and this file must not.
//!
//! Knows bytes only: what is signed, and who may sign it, is said elsewhere.

use std::fmt;

use ed25519_dalek::Signer as _;

/// A key that signs. Its bytes are wiped when it is dropped and are never shown.
#[derive(Clone)]
pub struct SecretKey(ed25519_dalek::SigningKey);

/// Why a signature or a key counts for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureFault {
    #[error("The public key is not one that Ed25519 makes: its 32 bytes are no point, or one of the few weak ones.")]
    Key,
    #[error("The signature was not made by this key over exactly this text.")]
    Signature,
}

impl SecretKey {
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// What has to be kept secret and is enough to make the key again.
    pub fn seed(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    pub fn public(&self) -> [u8; 32] {
        self.0.verifying_key().to_bytes()
    }

    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(not shown)")
    }
}

/// Checks a public key that somebody hands in: canonical, a point, not of small order.
pub fn check_public(public: &[u8; 32]) -> Result<(), SignatureFault> {
    read_public(public).map(|_| ())
}

pub fn verify(public: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> Result<(), SignatureFault> {
    let key = read_public(public)?;
    // Refuses S ≥ L and R of small order; R is compared as bytes, so that another form of the same point fails.
    let verified = key.verify_strict(message, &ed25519_dalek::Signature::from_bytes(signature));
    verified.map_err(|_| SignatureFault::Signature)
}

fn read_public(public: &[u8; 32]) -> Result<ed25519_dalek::VerifyingKey, SignatureFault> {
    let key = ed25519_dalek::VerifyingKey::from_bytes(public).map_err(|_| SignatureFault::Key)?;
    // The library takes a y of p or more, and hashes the bytes as they came.
    let canonical = key.to_edwards().compress().as_bytes() == public;
    if canonical && !key.is_weak() { Ok(key) } else { Err(SignatureFault::Key) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex<const N: usize>(text: &str) -> [u8; N] {
        assert_eq!(text.len(), 2 * N);
        std::array::from_fn(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap())
    }

    /// RFC 8032 §7.1, tests 1 to 3: seed, public key, message, signature.
    const RFC_8032: [(&str, &str, &[u8], &str); 3] = [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            b"",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155\
             5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            b"\x72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
             085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
        (
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            b"\xaf\x82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac\
             18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        ),
    ];

    #[test]
    fn signatures_are_those_of_rfc_8032() {
        for (seed, public, message, signature) in RFC_8032 {
            let key = SecretKey::from_seed(&hex(seed));
            assert_eq!(key.public(), hex(public));
            assert_eq!(key.sign(message), hex(signature));
            assert_eq!(verify(&hex(public), message, &hex(signature)), Ok(()));
        }
    }

    #[test]
    fn every_changed_bit_of_a_signature_is_refused() {
        let (_, public, message, signature) = RFC_8032[2];
        for bit in 0..512 {
            let mut changed: [u8; 64] = hex(signature);
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(verify(&hex(public), message, &changed), Err(SignatureFault::Signature), "{bit}");
        }
        assert_eq!(verify(&hex(public), b"\xaf\x83", &hex(signature)), Err(SignatureFault::Signature));
    }

    #[test]
    fn the_same_signature_with_s_plus_l_is_refused() {
        let (_, public, message, signature) = RFC_8032[0];
        // L = 2^252 + 27742317777372353535851937790883648493, little-endian.
        let order: [u8; 32] = hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
        let mut malleated: [u8; 64] = hex(signature);
        let mut carry = 0;
        for (byte, add) in malleated[32..].iter_mut().zip(order) {
            carry += u16::from(*byte) + u16::from(add);
            *byte = carry as u8;
            carry >>= 8;
        }
        assert_eq!(verify(&hex(public), message, &malleated), Err(SignatureFault::Signature));
    }

    /// All of C2SP/CCTV's `ed25519/ed25519vectors.json`; each of them is accepted by some library. The one without a flag
    /// is an ordinary signature, and a component of small order that cancels out breaks no rule of ours.
    #[test]
    fn of_the_published_edge_cases_those_hold_whose_points_break_no_rule() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/published/ed25519vectors.json");
        let cases: Vec<serde_json::Value> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        assert_eq!(cases.len(), 914);
        let mut accepted = 0;
        for case in cases {
            let text = |name: &str| case[name].as_str().unwrap();
            let flags: Vec<_> =
                case["flags"].as_array().into_iter().flatten().map(|flag| flag.as_str().unwrap()).collect();
            let expected = flags.iter().all(|flag| ["low_order_component_A", "low_order_component_R"].contains(flag));
            let verified = verify(&hex(text("key")), text("msg").as_bytes(), &hex(text("sig")));
            assert_eq!(verified.is_ok(), expected, "{}: {flags:?}", case["number"]);
            let key_at_fault = ["low_order_A", "non_canonical_A"].iter().any(|flag| flags.contains(flag));
            assert_eq!(verified == Err(SignatureFault::Key), key_at_fault, "{}: {flags:?}", case["number"]);
            accepted += usize::from(expected);
        }
        assert_eq!(accepted, 43);
    }

    /// The 14 encodings of points of small order, from the README of the same collection.
    #[test]
    fn keys_of_small_order_are_refused_in_every_encoding() {
        let (_, good, _, _) = RFC_8032[0];
        assert_eq!(check_public(&hex(good)), Ok(()));
        for weak in [
            "0000000000000000000000000000000000000000000000000000000000000000",
            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "0000000000000000000000000000000000000000000000000000000000000080",
            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            "0100000000000000000000000000000000000000000000000000000000000000",
            "0100000000000000000000000000000000000000000000000000000000000080",
            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        ] {
            assert_eq!(check_public(&hex(weak)), Err(SignatureFault::Key), "{weak}");
        }
    }

    #[test]
    fn a_key_with_a_y_beyond_p_is_refused_even_if_it_is_strong() {
        // y = p + 3 and y = p + 4 are other forms of y = 3 and y = 4, both on the curve and of large order.
        for (low, high) in [("03", "f0"), ("04", "f1")] {
            let high = format!("{high}{}7f", "ff".repeat(30));
            assert_eq!(check_public(&hex(&format!("{low}{}", "00".repeat(31)))), Ok(()));
            assert_eq!(check_public(&hex(&high)), Err(SignatureFault::Key));
        }
    }

    #[test]
    fn a_secret_key_shows_nothing_of_itself() {
        let shown = format!("{:?}", SecretKey::from_seed(&[0x5a; 32]));
        assert_eq!(shown, "SecretKey(not shown)");
    }
}
