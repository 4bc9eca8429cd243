//! What the texts of a log have in common: decimal sizes and base64 hashes, each with one form only.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::domain::merkle::MAX_SIZE;
use crate::domain::record::Digest;

/// Why lines hold no proof.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HashLinesError {
    #[error("Line {line} of the proof is not the base64 form of 32 bytes: {text:?}.")]
    Hash { line: usize, text: String },
    #[error("The proof has more than {MAX_HASHES} hashes, more than any log can need.")]
    TooMany,
    #[error("The last line of the proof does not end with a line break.")]
    Unfinished,
}

/// Hashes in the longest proof: a log of 2^63 − 1 records is not higher.
pub const MAX_HASHES: usize = 63;

/// A size or an index: digits, no leading zero, at most 2^63 − 1.
pub fn decimal(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let leading_zero = text.len() > 1 && text.starts_with('0');
    let number = if digits && !leading_zero { text.parse().ok() } else { None };
    number.filter(|number| *number <= MAX_SIZE)
}

/// RFC 4648 §4, with padding.
pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Strict: padding as written, no stray bits, no line breaks.
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// Exactly 32 bytes in base64.
pub fn hash_from_base64(text: &str) -> Option<Digest> {
    let bytes: [u8; 32] = from_base64(text)?.try_into().ok()?;
    Some(Digest::from_bytes(bytes))
}

/// One hash a line, each ended by a line break; nothing for no hashes.
pub fn hash_lines(hashes: &[Digest]) -> String {
    let mut lines = String::with_capacity(45 * hashes.len());
    for hash in hashes {
        // Writing to a string cannot fail.
        let _ = writeln!(lines, "{}", base64(hash.as_bytes()));
    }
    lines
}

/// Reads what [`hash_lines`] writes, at most [`MAX_HASHES`].
pub fn read_hash_lines(lines: &str) -> Result<Vec<Digest>, HashLinesError> {
    if lines.is_empty() {
        return Ok(Vec::new());
    }
    let lines = lines.strip_suffix('\n').ok_or(HashLinesError::Unfinished)?;
    read_hashes(lines.split('\n'))
}

/// Lines that were already parted.
pub(super) fn read_hashes<'l>(lines: impl Iterator<Item = &'l str>) -> Result<Vec<Digest>, HashLinesError> {
    let mut hashes = Vec::new();
    for (index, line) in lines.enumerate() {
        if index == MAX_HASHES {
            return Err(HashLinesError::TooMany);
        }
        let wrong = || HashLinesError::Hash { line: index + 1, text: shortened(line) };
        hashes.push(hash_from_base64(line).ok_or_else(wrong)?);
    }
    Ok(hashes)
}

/// Enough of somebody's text to find it again.
pub(super) fn shortened(text: &str) -> String {
    text.chars().take(80).collect()
}
