//! Signed notes: a text, a blank line, signature lines (C2SP signed-note).

use std::fmt;
use std::str::FromStr;

use super::key::{self, KeyId, SignatureType, VerifierKey};
use super::{cosignature, lines};
use crate::domain::ed25519::{self, SignatureFault};

/// A note as it came. Nothing in it may be believed before [`Note::verify`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Ends with a line break; what signatures cover.
    pub text: String,
    pub signatures: Vec<SignatureLine>,
}

/// `— name base64(key id ‖ signature)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureLine {
    pub name: String,
    pub id: KeyId,
    /// 64 bytes for a log, 72 for a witness, others for types that are not known here.
    pub signature: Vec<u8>,
}

/// A key that signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified<'k> {
    pub key: &'k VerifierKey,
    /// Seconds since 1970, of a cosignature; the latest if there are several.
    pub time: Option<u64>,
}

/// Why a note is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    #[error("The note has {0} bytes; more than {MAX_BYTES} are not read.")]
    TooLong(usize),
    #[error("The note is not text in UTF-8.")]
    NotUtf8,
    #[error("The note holds a control character (code {0}); only line breaks are allowed.")]
    Control(u32),
    #[error("The note has no blank line between its text and its signatures.")]
    NoBlankLine,
    #[error("The note has no signature.")]
    NoSignature,
    #[error("The last line of the note does not end with a line break.")]
    Unfinished,
    #[error("The note has more than {MAX_SIGNATURES} signatures.")]
    TooManySignatures,
    #[error("This is no signature line (— name base64): {0:?}.")]
    Line(String),
    #[error("The signature of {name:?} (key {id}) is wrong: {fault}")]
    Bad { name: String, id: KeyId, fault: SignatureFault },
    #[error("Two different known keys are called {name:?} and {id}; it cannot be told who signed.")]
    Ambiguous { name: String, id: KeyId },
    #[error("No known key signed the note; it is signed by {0}.")]
    Unknown(String),
}

/// The specification demands at least 16.
pub const MAX_SIGNATURES: usize = 100;
/// Far beyond a hundred signatures of the longest known kind.
pub const MAX_BYTES: usize = 1_000_000;
/// An em dash and a space.
const MARK: &str = "\u{2014} ";

impl Note {
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        let whole = readable(bytes)?;
        let blank = whole.rfind("\n\n").ok_or(NoteError::NoBlankLine)?;
        let signatures = parse_signatures(&whole[blank + 2..])?;
        Ok(Self { text: whole[..=blank].to_owned(), signatures })
    }

    /// Who of `keys` signed, each once, in the order of their first signature. Signatures of others are ignored; a wrong
    /// one of a known key refuses the whole note, and so does a note that nobody known signed.
    pub fn verify<'k>(&self, keys: &'k [VerifierKey]) -> Result<Vec<Verified<'k>>, NoteError> {
        self.verify_by(keys.iter())
    }

    /// [`Note::verify`] by keys that stand in several places.
    pub(super) fn verify_by<'k>(
        &self,
        keys: impl Iterator<Item = &'k VerifierKey> + Clone,
    ) -> Result<Vec<Verified<'k>>, NoteError> {
        let mut verified: Vec<Verified<'k>> = Vec::new();
        for line in &self.signatures {
            let Some(key) = line.signer(keys.clone())? else { continue };
            let bad = |fault| NoteError::Bad { name: line.name.clone(), id: line.id, fault };
            let time = check(key, &self.text, &line.signature).map_err(bad)?;
            match verified.iter_mut().find(|before| before.key == key) {
                Some(before) => before.time = before.time.max(time),
                None => verified.push(Verified { key, time }),
            }
        }
        if verified.is_empty() {
            let names: Vec<String> = self.signatures.iter().take(5).map(|line| format!("{:?}", line.name)).collect();
            return Err(NoteError::Unknown(names.join(", ")));
        }
        Ok(verified)
    }

    /// Adds a signature unless the very same stands there already.
    pub fn add(&mut self, line: SignatureLine) {
        if !self.signatures.contains(&line) {
            self.signatures.push(line);
        }
    }
}

/// Signature lines alone, as a witness answers: at least one, each ended by a line break.
pub fn parse_signatures(text: &str) -> Result<Vec<SignatureLine>, NoteError> {
    if text.is_empty() {
        return Err(NoteError::NoSignature);
    }
    let text = text.strip_suffix('\n').ok_or(NoteError::Unfinished)?;
    if text.split('\n').count() > MAX_SIGNATURES {
        return Err(NoteError::TooManySignatures);
    }
    text.split('\n').map(str::parse).collect()
}

impl SignatureLine {
    /// The known key that this line says it was signed by.
    fn signer<'k>(&self, keys: impl Iterator<Item = &'k VerifierKey>) -> Result<Option<&'k VerifierKey>, NoteError> {
        let mut called = keys.filter(|key| key.name() == self.name && key.id() == self.id);
        let first = called.next();
        if called.any(|other| Some(other) != first) {
            return Err(NoteError::Ambiguous { name: self.name.clone(), id: self.id });
        }
        Ok(first)
    }
}

/// The time that a right signature was made at, if it says so.
fn check(key: &VerifierKey, text: &str, signature: &[u8]) -> Result<Option<u64>, SignatureFault> {
    match key.kind() {
        SignatureType::Ed25519 => {
            let signature = signature.try_into().map_err(|_| SignatureFault::Signature)?;
            ed25519::verify(key.public(), text.as_bytes(), signature).map(|()| None)
        }
        SignatureType::Cosignature => cosignature::verify(key.public(), text, signature).map(Some),
    }
}

fn readable(bytes: &[u8]) -> Result<&str, NoteError> {
    if bytes.len() > MAX_BYTES {
        return Err(NoteError::TooLong(bytes.len()));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| NoteError::NotUtf8)?;
    match text.chars().find(|c| *c < ' ' && *c != '\n') {
        Some(control) => Err(NoteError::Control(control.into())),
        None => Ok(text),
    }
}

impl FromStr for SignatureLine {
    type Err = NoteError;

    /// One line without its line break.
    fn from_str(line: &str) -> Result<Self, NoteError> {
        let read = || {
            let (name, signature) = line.strip_prefix(MARK)?.split_once(' ')?;
            key::check_name(name).ok()?;
            let bytes = lines::from_base64(signature)?;
            let (id, signature) = bytes.split_first_chunk::<4>()?;
            let line = Self { name: name.to_owned(), id: KeyId::from_bytes(*id), signature: signature.to_vec() };
            (!line.signature.is_empty()).then_some(line)
        };
        read().ok_or_else(|| NoteError::Line(lines::shortened(line)))
    }
}

impl fmt::Display for SignatureLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&self.id.as_bytes()[..], &self.signature].concat();
        write!(f, "{MARK}{} {}", self.name, lines::base64(&bytes))
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}
