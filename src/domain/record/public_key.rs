//! A public key that somebody registers: 32 bytes that signatures can be judged by.

use std::fmt;
use std::str::FromStr;

use super::Digest;
use crate::domain::ed25519::check_public;
use crate::domain::invalid::{Invalid, text_form};

/// An Ed25519 public key: a canonical point that is not of small order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The bytes as a key, if they are one that signatures can be judged by.
    pub fn from_bytes(bytes: [u8; 32]) -> Option<Self> {
        check_public(&bytes).is_ok().then_some(Self(bytes))
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Digest::from_bytes(self.0).fmt(f)
    }
}

impl FromStr for PublicKey {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let bytes = Digest::from_text(text.as_bytes());
        let bytes = bytes.ok_or_else(|| Invalid::new("public-key-hex", text, "64 digits 0-9 a-f"))?;
        Self::from_bytes(*bytes.as_bytes())
            .ok_or_else(|| Invalid::new("public-key", text, "suyuan sign --new-key FILE"))
    }
}

text_form!(
    PublicKey,
    "PublicKey",
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    "Ed25519 public key: 64 lower-case hex digits, a canonical point that is not of small order."
);
