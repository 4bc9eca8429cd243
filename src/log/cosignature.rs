//! What a witness signs: a time and a checkpoint's text (C2SP tlog-cosignature, Ed25519, "cosignature/v1").

use zeroize::Zeroizing;

use super::key::{KeyError, SignatureType, SigningKey, VerifierKey};
use super::note::SignatureLine;
use crate::domain::ed25519::{self, SignatureFault};
use crate::domain::merkle::MAX_SIZE;

/// A witness' key. Never the key of a log: one public key, one duty.
#[derive(Debug, Clone)]
pub struct CosigningKey(SigningKey);

/// A time that a cosignature cannot hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} is no time that a cosignature can name: it must be at most 2^63-1 seconds.")]
pub struct TimeError(pub u64);

impl CosigningKey {
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        SigningKey::with_type(name, SignatureType::Cosignature, seed).map(Self)
    }

    pub fn parse(text: &str) -> Result<Self, KeyError> {
        SigningKey::parse_as(text, SignatureType::Cosignature).map(Self)
    }

    /// The text form, to be kept where nobody else reads it.
    pub fn to_secret_text(&self) -> Zeroizing<String> {
        self.0.to_secret_text()
    }

    pub fn verifier(&self) -> &VerifierKey {
        self.0.verifier()
    }

    /// Says: at `time` (seconds since 1970) this was the largest consistent tree that I had seen of this log. Whoever
    /// calls has verified that and has stored the checkpoint durably.
    pub fn cosign(&self, text: &str, time: u64) -> Result<SignatureLine, TimeError> {
        if time > MAX_SIZE {
            return Err(TimeError(time));
        }
        let signature = self.0.secret.sign(message(time, text).as_bytes());
        Ok(self.0.line([&time.to_be_bytes()[..], &signature].concat()))
    }
}

/// The time of a right cosignature (u64 big-endian ‖ 64 bytes).
pub(super) fn verify(public: &[u8; 32], text: &str, signature: &[u8]) -> Result<u64, SignatureFault> {
    let (time, signature) = signature.split_first_chunk::<8>().ok_or(SignatureFault::Signature)?;
    let signature: &[u8; 64] = signature.try_into().map_err(|_| SignatureFault::Signature)?;
    let time = u64::from_be_bytes(*time);
    if time > MAX_SIZE {
        return Err(SignatureFault::Signature);
    }
    ed25519::verify(public, message(time, text).as_bytes(), signature)?;
    Ok(time)
}

fn message(time: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}
