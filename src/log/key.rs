//! Keys of C2SP signed-note: `name+id+key` for who verifies, `PRIVATE+KEY+name+id+seed` (golang.org/x/mod/sumdb/note)
//! for who signs. Two types: a log's own signature and a witness' cosignature.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::lines;
use super::note::SignatureLine;
use crate::domain::ed25519::{self, SecretKey, SignatureFault};

/// What a signature of a key covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignatureType {
    /// The note's text: what a log signs.
    Ed25519 = 0x01,
    /// A time and the note's text: what a witness signs.
    Cosignature = 0x04,
}

/// The first four bytes of SHA-256(name ‖ 0x0A ‖ type ‖ public key). Tells keys apart, proves nothing.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyId([u8; 4]);

/// A public key with its name and type; as text a "vkey".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    kind: SignatureType,
    public: [u8; 32],
    id: KeyId,
}

/// A log's key. Witnesses have a [`super::CosigningKey`].
#[derive(Debug, Clone)]
pub struct SigningKey {
    pub(super) secret: SecretKey,
    pub(super) verifier: VerifierKey,
}

/// Why a text or bytes are no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error(
        "{0:?} cannot be the name of a key: a name has at least one character, no space, no + and no control character."
    )]
    Name(String),
    #[error("A key for verifying looks like name+1a2b3c4d+AbCd…=; this does not: {0:?}.")]
    Form(String),
    #[error("A secret key looks like PRIVATE+KEY+name+1a2b3c4d+AbCd…=; this text does not.")]
    SecretForm,
    #[error(
        "The key of {name:?} has the type {kind}; Ed25519 has 1, a cosigner's Ed25519 has 4, others are not known here."
    )]
    Type { name: String, kind: u8 },
    #[error("The key of {name:?} is of a type for {is}; here one for {must} is needed.")]
    WrongType { name: String, is: SignatureType, must: SignatureType },
    #[error("The key of {name:?} names itself {is}, but its bytes make {must}: it was mistyped or changed.")]
    Id { name: String, is: String, must: KeyId },
    #[error("The key of {name:?} is none: {fault}")]
    Public { name: String, fault: SignatureFault },
}

impl SignatureType {
    fn from_byte(byte: u8) -> Option<Self> {
        [Self::Ed25519, Self::Cosignature].into_iter().find(|kind| *kind as u8 == byte)
    }
}

impl VerifierKey {
    pub fn new(name: &str, kind: SignatureType, public: [u8; 32]) -> Result<Self, KeyError> {
        check_name(name)?;
        ed25519::check_public(&public).map_err(|fault| KeyError::Public { name: name.to_owned(), fault })?;
        Ok(Self { name: name.to_owned(), kind, public, id: KeyId::of(name, kind, &public) })
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn kind(&self) -> SignatureType {
        self.kind
    }

    pub fn public(&self) -> &[u8; 32] {
        &self.public
    }

    pub fn id(&self) -> KeyId {
        self.id
    }

    /// Refuses a key of another type.
    pub fn must_be(self, must: SignatureType) -> Result<Self, KeyError> {
        let is = self.kind;
        if is == must { Ok(self) } else { Err(KeyError::WrongType { name: self.name, is, must }) }
    }
}

impl SigningKey {
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        Self::with_type(name, SignatureType::Ed25519, seed)
    }

    /// The text form, to be kept where nobody else reads it.
    pub fn to_secret_text(&self) -> Zeroizing<String> {
        let mut bytes = Zeroizing::new([self.verifier.kind as u8; 33]);
        bytes[1..].copy_from_slice(self.secret.seed());
        let seed = Zeroizing::new(lines::base64(&*bytes));
        Zeroizing::new(format!("PRIVATE+KEY+{}+{}+{}", self.verifier.name, self.verifier.id, *seed))
    }

    pub fn parse(text: &str) -> Result<Self, KeyError> {
        Self::parse_as(text, SignatureType::Ed25519)
    }

    /// What others need to verify.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// Signs a note's text, which ends with a line break.
    pub fn sign(&self, text: &str) -> SignatureLine {
        self.line(self.secret.sign(text.as_bytes()).to_vec())
    }

    pub(super) fn with_type(name: &str, kind: SignatureType, seed: &[u8; 32]) -> Result<Self, KeyError> {
        let secret = SecretKey::from_seed(seed);
        let verifier = VerifierKey::new(name, kind, secret.public())?;
        Ok(Self { secret, verifier })
    }

    pub(super) fn parse_as(text: &str, must: SignatureType) -> Result<Self, KeyError> {
        let rest = text.strip_prefix("PRIVATE+KEY+").ok_or(KeyError::SecretForm)?;
        let (name, id, key) = parts(rest).ok_or(KeyError::SecretForm)?;
        let bytes = Zeroizing::new(lines::from_base64(key).ok_or(KeyError::SecretForm)?);
        let (kind, seed) = bytes.split_first().ok_or(KeyError::SecretForm)?;
        let seed: &[u8; 32] = seed.try_into().map_err(|_| KeyError::SecretForm)?;
        let key = Self::with_type(name, known_type(name, *kind)?, seed)?;
        // The sentence of the public key would show a part of this text.
        key.verifier.must_name(id).map_err(|_| KeyError::SecretForm)?;
        Ok(Self { verifier: key.verifier.must_be(must)?, ..key })
    }

    pub(super) fn line(&self, signature: Vec<u8>) -> SignatureLine {
        SignatureLine { name: self.verifier.name.clone(), id: self.verifier.id, signature }
    }
}

impl KeyId {
    pub const fn from_bytes(bytes: [u8; 4]) -> Self {
        Self(bytes)
    }

    pub const fn as_bytes(&self) -> &[u8; 4] {
        &self.0
    }

    fn of(name: &str, kind: SignatureType, public: &[u8; 32]) -> Self {
        let hash: [u8; 32] = Sha256::new_with_prefix(name)
            .chain_update(b"\n")
            .chain_update([kind as u8])
            .chain_update(public)
            .finalize()
            .into();
        Self([hash[0], hash[1], hash[2], hash[3]])
    }
}

impl VerifierKey {
    fn must_name(&self, id: &str) -> Result<(), KeyError> {
        if id == self.id.to_string() {
            return Ok(());
        }
        Err(KeyError::Id { name: self.name.clone(), is: lines::shortened(id), must: self.id })
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let form = || KeyError::Form(lines::shortened(text));
        let (name, id, key) = parts(text).ok_or_else(form)?;
        let bytes = lines::from_base64(key).ok_or_else(form)?;
        let (kind, public) = bytes.split_first().ok_or_else(form)?;
        let kind = known_type(name, *kind)?;
        let key = Self::new(name, kind, public.try_into().map_err(|_| form())?)?;
        key.must_name(id)?;
        Ok(key)
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = [self.kind as u8; 33];
        bytes[1..].copy_from_slice(&self.public);
        write!(f, "{}+{}+{}", self.name, self.id, lines::base64(&bytes))
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", u32::from_be_bytes(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

impl fmt::Display for SignatureType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ed25519 => "a log",
            Self::Cosignature => "a witness",
        })
    }
}

/// At least one character, no space of Unicode, no `+`, nothing that a note cannot hold.
pub(super) fn check_name(name: &str) -> Result<(), KeyError> {
    let bad = |c: char| c.is_whitespace() || c == '+' || c < ' ';
    if name.is_empty() || name.contains(bad) { Err(KeyError::Name(lines::shortened(name))) } else { Ok(()) }
}

/// Name, id and key; base64 may hold a `+` of its own.
fn parts(text: &str) -> Option<(&str, &str, &str)> {
    let (name, rest) = text.split_once('+')?;
    let (id, key) = rest.split_once('+')?;
    Some((name, id, key))
}

fn known_type(name: &str, kind: u8) -> Result<SignatureType, KeyError> {
    SignatureType::from_byte(kind).ok_or_else(|| KeyError::Type { name: lines::shortened(name), kind })
}
