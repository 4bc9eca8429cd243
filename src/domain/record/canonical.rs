//! The restricted profile of RFC 8785 (JCS) in which records, sealed values and openings are written.
//!
//! Promises: sorted keys whatever map is given, the shortest escapes, integers only, every limit of FORMATS §1 checked
//! while writing. The general JCS crates are an order of magnitude slower because of floats and UTF-16 sorting, which
//! the profile does not have. Reading strangers' bytes is the scanner's work (`crate::domain::chain`).

use serde_json::{Map, Value};
use thiserror::Error;

use super::{Actor, Digest, Link, Record, Seen, Subject};

/// Longest record, in bytes.
pub const MAX_BYTES: usize = 256 * 1024;
/// Longest string, in bytes of UTF-8 after unescaping.
pub const MAX_STRING: usize = 4096;
/// Longest key.
pub const MAX_KEY: usize = 64;
/// Deepest nesting of objects and arrays; the record itself is 1.
pub const MAX_DEPTH: usize = 8;
/// Largest absolute value of an integer: 2^53 − 1.
pub const MAX_INTEGER: u64 = (1 << 53) - 1;

/// The rule of the profile that a value or its bytes break.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ProfileError {
    #[error("the bytes are not a record: {0}")]
    Syntax(String),
    #[error("the version must be 1, found {0}")]
    Version(u64),
    #[error("the bytes are not the canonical form: they differ from it at byte {0}")]
    NotCanonical(usize),
    #[error("a record has at most {MAX_BYTES} bytes, found {0}")]
    TooLong(usize),
    #[error("objects and arrays nest at most {MAX_DEPTH} deep")]
    TooDeep,
    #[error("a key has 1 to {MAX_KEY} characters a-z 0-9 _, found {0:?}")]
    Key(String),
    #[error("a string has at most {MAX_STRING} bytes of UTF-8, found {0}")]
    StringTooLong(usize),
    #[error("a string holds no U+0000")]
    Nul,
    #[error("a number is an integer of at most 2^53 - 1, found {0}")]
    Number(String),
    #[error("a record kind looks like batch.opened, found {0:?}")]
    Kind(String),
    #[error("a link's rel has characters a-z 0-9 _, found {0:?}")]
    Rel(String),
    #[error("links stand sorted by rel, subject and seq, each once: link {0} does not follow the one before")]
    LinkOrder(usize),
    #[error("link {0} leads to the record's own subject")]
    LinkToItself(usize),
    #[error("the first record of a chain has 64 zeros as prev")]
    FirstPrev,
    #[error("the size of a seen checkpoint is at least 1")]
    SeenSize,
}

/// The canonical bytes of any value of the profile; the value's own outermost object or array is depth 1.
pub fn value_to_bytes(value: &Value) -> Result<Vec<u8>, ProfileError> {
    let mut writer = Writer::with_capacity(128);
    writer.value(value, 1)?;
    writer.finish()
}

/// `[a-z0-9_]+(\.[a-z0-9_]+)+`
pub fn is_record_kind(text: &str) -> bool {
    text.contains('.') && text.split('.').all(is_word)
}

/// `[a-z0-9_]+`
pub fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
}

pub(super) fn record_to_bytes(record: &Record) -> Result<Vec<u8>, ProfileError> {
    check_envelope(record)?;
    let mut writer = Writer::with_capacity(1024);
    writer.raw(b"{\"actor\":");
    writer.actor(&record.actor);
    writer.raw(b",\"body\":");
    writer.object(&record.body, 2)?;
    writer.raw(b",\"kind\":");
    writer.string(&record.kind)?;
    writer.raw(b",\"links\":");
    writer.links(&record.links)?;
    writer.raw(b",\"occurred_at\":");
    writer.quoted(&record.occurred_at.to_text());
    writer.raw(b",\"prev\":");
    writer.quoted(&record.prev.to_text());
    writer.raw(b",\"recorded_at\":");
    writer.quoted(&record.recorded_at.to_text());
    writer.raw(b",\"sealed\":");
    writer.sealed(record.sealed.iter())?;
    writer.raw(b",\"seen\":");
    writer.seen(record.seen)?;
    writer.raw(b",\"seq\":");
    writer.unsigned(record.seq)?;
    writer.raw(b",\"subject\":");
    writer.subject(&record.subject);
    writer.raw(b",\"v\":1}");
    writer.finish()
}

/// The canonical bytes of an opening.
pub(super) fn opening_to_bytes(opening: &super::sealed::Opening) -> Result<Vec<u8>, ProfileError> {
    let mut writer = Writer::with_capacity(512);
    check_key(&opening.field)?;
    writer.raw(b"{\"field\":");
    writer.string(&opening.field)?;
    writer.raw(b",\"salt\":");
    writer.quoted(&Digest::from_bytes(opening.salt).to_text());
    writer.raw(b",\"seq\":");
    writer.unsigned(opening.seq)?;
    writer.raw(b",\"subject\":");
    writer.subject(&opening.subject);
    writer.raw(b",\"value\":");
    writer.value(&opening.value, 1)?;
    writer.raw(b"}");
    writer.finish()
}

/// Refuses bytes that came in and are not the ones that we would write.
pub(super) fn must_equal(canonical: &[u8], found: &[u8]) -> Result<(), ProfileError> {
    if canonical == found {
        return Ok(());
    }
    let same = canonical.iter().zip(found).take_while(|(a, b)| a == b).count();
    Err(ProfileError::NotCanonical(same))
}

fn check_envelope(record: &Record) -> Result<(), ProfileError> {
    if !is_record_kind(&record.kind) {
        return Err(ProfileError::Kind(record.kind.clone()));
    }
    if record.seq == 0 && record.prev != Digest::ZERO {
        return Err(ProfileError::FirstPrev);
    }
    for (index, link) in record.links.iter().enumerate() {
        if !is_word(&link.rel) {
            return Err(ProfileError::Rel(link.rel.clone()));
        }
        if link.subject == record.subject {
            return Err(ProfileError::LinkToItself(index));
        }
        if index > 0 && record.links[index - 1].place() >= link.place() {
            return Err(ProfileError::LinkOrder(index));
        }
    }
    Ok(())
}

pub(super) fn check_key(key: &str) -> Result<(), ProfileError> {
    if key.len() <= MAX_KEY && is_word(key) { Ok(()) } else { Err(ProfileError::Key(key.to_owned())) }
}

/// Appends to one buffer. `entries` is a stack of the members of the objects that are being written: sorting needs no
/// allocation per object.
struct Writer<'a> {
    out: Vec<u8>,
    entries: Vec<(&'a str, &'a Value)>,
}

impl<'a> Writer<'a> {
    fn with_capacity(bytes: usize) -> Self {
        Self { out: Vec::with_capacity(bytes), entries: Vec::new() }
    }

    fn finish(self) -> Result<Vec<u8>, ProfileError> {
        if self.out.len() > MAX_BYTES { Err(ProfileError::TooLong(self.out.len())) } else { Ok(self.out) }
    }

    fn raw(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    /// Text that needs no escape and is short.
    fn quoted(&mut self, text: &[u8]) {
        self.out.push(b'"');
        self.out.extend_from_slice(text);
        self.out.push(b'"');
    }

    fn value(&mut self, value: &'a Value, depth: usize) -> Result<(), ProfileError> {
        match value {
            Value::Null => self.raw(b"null"),
            Value::Bool(true) => self.raw(b"true"),
            Value::Bool(false) => self.raw(b"false"),
            Value::Number(number) => self.number(number)?,
            Value::String(text) => self.string(text)?,
            Value::Array(items) => self.array(items, depth)?,
            Value::Object(members) => self.object(members, depth)?,
        }
        Ok(())
    }

    fn array(&mut self, items: &'a [Value], depth: usize) -> Result<(), ProfileError> {
        if depth > MAX_DEPTH {
            return Err(ProfileError::TooDeep);
        }
        self.out.push(b'[');
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.out.push(b',');
            }
            self.value(item, depth + 1)?;
        }
        self.out.push(b']');
        Ok(())
    }

    fn object(&mut self, members: &'a Map<String, Value>, depth: usize) -> Result<(), ProfileError> {
        if depth > MAX_DEPTH {
            return Err(ProfileError::TooDeep);
        }
        let first = self.entries.len();
        self.entries.extend(members.iter().map(|(key, value)| (key.as_str(), value)));
        self.entries[first..].sort_unstable_by_key(|(key, _)| *key);
        self.out.push(b'{');
        for index in first..self.entries.len() {
            let (key, value) = self.entries[index];
            check_key(key)?;
            self.key(index > first, key);
            self.value(value, depth + 1)?;
        }
        self.out.push(b'}');
        self.entries.truncate(first);
        Ok(())
    }

    fn key(&mut self, follows: bool, key: &str) {
        if follows {
            self.out.push(b',');
        }
        self.quoted(key.as_bytes());
        self.out.push(b':');
    }

    fn string(&mut self, text: &str) -> Result<(), ProfileError> {
        if text.len() > MAX_STRING {
            return Err(ProfileError::StringTooLong(text.len()));
        }
        let bytes = text.as_bytes();
        self.out.push(b'"');
        let mut written = 0;
        for (index, &byte) in bytes.iter().enumerate() {
            if byte >= 0x20 && byte != b'"' && byte != b'\\' {
                continue;
            }
            self.out.extend_from_slice(&bytes[written..index]);
            self.escape(byte)?;
            written = index + 1;
        }
        self.out.extend_from_slice(&bytes[written..]);
        self.out.push(b'"');
        Ok(())
    }

    /// RFC 8785 §3.2.2.2.
    fn escape(&mut self, byte: u8) -> Result<(), ProfileError> {
        let short = match byte {
            0 => return Err(ProfileError::Nul),
            0x08 => b'b',
            0x09 => b't',
            0x0a => b'n',
            0x0c => b'f',
            0x0d => b'r',
            b'"' | b'\\' => byte,
            _ => {
                self.raw(b"\\u00");
                self.out.push(b'0' + (byte >> 4));
                self.out.push(b"0123456789abcdef"[usize::from(byte & 15)]);
                return Ok(());
            }
        };
        self.raw(&[b'\\', short]);
        Ok(())
    }

    fn number(&mut self, number: &serde_json::Number) -> Result<(), ProfileError> {
        if let Some(positive) = number.as_u64() {
            return self.unsigned(positive);
        }
        let negative = number.as_i64().ok_or_else(|| ProfileError::Number(number.to_string()))?;
        self.out.push(b'-');
        self.unsigned(negative.unsigned_abs()).map_err(|_| ProfileError::Number(number.to_string()))
    }

    fn unsigned(&mut self, number: u64) -> Result<(), ProfileError> {
        if number > MAX_INTEGER {
            return Err(ProfileError::Number(number.to_string()));
        }
        let (mut text, mut first, mut rest) = ([0; 16], 16, number);
        loop {
            first -= 1;
            text[first] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        self.raw(&text[first..]);
        Ok(())
    }

    fn subject(&mut self, subject: &Subject) {
        self.out.push(b'"');
        self.raw(subject.kind.as_str().as_bytes());
        self.out.push(b':');
        self.raw(&subject.handle.to_text());
        self.out.push(b'"');
    }

    fn actor(&mut self, actor: &Actor) {
        self.raw(b"{\"key\":");
        match actor.key {
            Some(key) => self.quoted(&key.to_text()),
            None => self.raw(b"null"),
        }
        self.raw(b",\"org\":");
        self.quoted(&actor.org.to_text());
        self.raw(b",\"role\":");
        self.quoted(actor.role.as_str().as_bytes());
        self.out.push(b'}');
    }

    fn links(&mut self, links: &[Link]) -> Result<(), ProfileError> {
        self.out.push(b'[');
        for (index, link) in links.iter().enumerate() {
            self.raw(if index > 0 { b",{\"hash\":" } else { b"{\"hash\":" });
            self.quoted(&link.hash.to_text());
            self.raw(b",\"rel\":");
            self.string(&link.rel)?;
            self.raw(b",\"seq\":");
            self.unsigned(link.seq)?;
            self.raw(b",\"subject\":");
            self.subject(&link.subject);
            self.out.push(b'}');
        }
        self.out.push(b']');
        Ok(())
    }

    fn sealed<'s>(&mut self, fields: impl Iterator<Item = (&'s String, &'s Digest)>) -> Result<(), ProfileError> {
        self.out.push(b'{');
        for (index, (field, commitment)) in fields.enumerate() {
            check_key(field)?;
            self.key(index > 0, field);
            self.quoted(&commitment.to_text());
        }
        self.out.push(b'}');
        Ok(())
    }

    fn seen(&mut self, seen: Option<Seen>) -> Result<(), ProfileError> {
        let Some(seen) = seen else {
            self.raw(b"null");
            return Ok(());
        };
        if seen.size == 0 {
            return Err(ProfileError::SeenSize);
        }
        self.raw(b"{\"root\":");
        self.quoted(&seen.root.to_text());
        self.raw(b",\"size\":");
        self.unsigned(seen.size)?;
        self.out.push(b'}');
        Ok(())
    }
}
