//! Handles and digests: fixed numbers of bytes whose only text is lower-case hex.

use std::fmt;
use std::str::FromStr;

use crate::domain::invalid::{Invalid, text_form};

/// 16 random bytes that name a subject, inside and outside. Never a secret. The default, all zeros, names nothing: it
/// stands in inputs whose subject comes from the address.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Handle([u8; 16]);

/// A SHA-256 value.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

/// 16 random bytes that make a statement unlike every other by its key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nonce([u8; 16]);

/// An Ed25519 signature, R and S.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature([u8; 64]);

text_form!(Nonce, "Nonce", "7b1d0c52e6f0431a9b8c2d3e4f5a6b7c", "Nonce of a statement: 32 lower-case hex digits.");
text_form!(
    Signature,
    "Signature",
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    "Ed25519 signature: 128 lower-case hex digits."
);
text_form!(Handle, "Handle", "0f8fad5bd9cb469fa16570867728950e", "Handle of a subject: 32 lower-case hex digits.");
text_form!(
    Digest,
    "Digest",
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "SHA-256 value: 64 lower-case hex digits."
);

impl Digest {
    /// What stands as `prev` in the first record of a chain.
    pub const ZERO: Self = Self([0; 32]);
}

macro_rules! hex_type {
    ($type:ident, $bytes:literal, $digits:literal, $code:literal, $expected:literal) => {
        impl $type {
            pub const fn from_bytes(bytes: [u8; $bytes]) -> Self {
                Self(bytes)
            }

            pub const fn as_bytes(&self) -> &[u8; $bytes] {
                &self.0
            }

            pub(crate) fn to_text(self) -> [u8; $digits] {
                let mut text = [0; $digits];
                write(&self.0, &mut text);
                text
            }

            pub(crate) fn from_text(text: &[u8]) -> Option<Self> {
                read(text).map(Self)
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(std::str::from_utf8(&self.to_text()).map_err(|_| fmt::Error)?)
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($type), "({})"), self)
            }
        }

        impl FromStr for $type {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<Self, Invalid> {
                Self::from_text(text.as_bytes()).ok_or_else(|| Invalid::new($code, text, $expected))
            }
        }
    };
}
hex_type!(Handle, 16, 32, "handle", "32 digits 0-9 a-f");
hex_type!(Digest, 32, 64, "digest", "64 digits 0-9 a-f");
hex_type!(Nonce, 16, 32, "nonce", "32 digits 0-9 a-f");
hex_type!(Signature, 64, 128, "signature", "128 digits 0-9 a-f");

fn write(bytes: &[u8], text: &mut [u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for (byte, pair) in bytes.iter().zip(text.chunks_exact_mut(2)) {
        pair[0] = DIGITS[usize::from(byte >> 4)];
        pair[1] = DIGITS[usize::from(byte & 15)];
    }
}

/// Exactly 2·N lower-case digits.
fn read<const N: usize>(text: &[u8]) -> Option<[u8; N]> {
    if text.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    // One look at the end instead of a branch at every digit: valid digits never set the upper half.
    let mut seen = 0;
    for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        let (high, low) = (VALUES[usize::from(pair[0])], VALUES[usize::from(pair[1])]);
        seen |= high | low;
        *byte = high << 4 | low & 15;
    }
    (seen & 0xf0 == 0).then_some(bytes)
}

const VALUES: [u8; 256] = {
    let mut values = [0xff; 256];
    let mut value = 0;
    while value < 16 {
        values[b"0123456789abcdef"[value] as usize] = value as u8;
        value += 1;
    }
    values
};
