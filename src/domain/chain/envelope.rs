//! The envelope of a record, read from its bytes without copying: what a verifier needs to know of it.

use std::fmt;

use super::scan::{Broken, Cursor, Scan, Stop, is_word_byte};
use crate::domain::record::canonical::{MAX_BYTES, MAX_STRING};
use crate::domain::record::statement::FIELD;
use crate::domain::record::{Digest, Handle, Role, Seen};
use crate::domain::time::Instant;

/// A record of any subject kind, record kind and body, canonical in every byte.
#[derive(Debug, Clone)]
pub struct Envelope<'a> {
    pub subject: SubjectRef<'a>,
    pub seq: u64,
    pub prev: Digest,
    pub kind: &'a str,
    pub occurred_at: Instant,
    pub recorded_at: Instant,
    pub actor_key: Option<Handle>,
    pub actor_org: Handle,
    pub actor_role: Role,
    /// The canonical bytes of the body.
    pub body: &'a [u8],
    /// Those of its member `statement`, if it has one.
    pub statement: Option<&'a [u8]>,
    pub sealed: Vec<(&'a str, Digest)>,
    pub links: Vec<LinkRef<'a>>,
    pub seen: Option<Seen>,
}

/// A subject of any kind, `[a-z_]+:handle`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubjectRef<'a> {
    pub text: &'a str,
    pub handle: Handle,
}

/// A link, its subject of any kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkRef<'a> {
    pub hash: Digest,
    pub rel: &'a str,
    pub seq: u64,
    pub subject: SubjectRef<'a>,
}

const HANDLE: &str = "a handle of 32 digits 0-9 a-f";
const DIGEST: &str = "a hash of 64 digits 0-9 a-f";
const INSTANT: &str = "a real instant of the years 2000 to 9999 like 2026-11-18T01:20:00.000Z";
const KIND: &str = "a record kind like batch.opened";
const SUBJECT: &str = "a subject like batch: and 32 digits 0-9 a-f";
const SHORT: &str = "a string of at most 4,096 bytes";

impl<'a> Envelope<'a> {
    /// Reads one record. Every rule of the profile and of the envelope is judged, the meaning of the body is not.
    pub fn scan(bytes: &'a [u8]) -> Result<Self, Broken> {
        if bytes.len() > MAX_BYTES {
            let found = format!("{} bytes", bytes.len());
            return Err(Broken { at: MAX_BYTES, expected: "the end: a record has at most 256 KiB", found });
        }
        if let Err(error) = std::str::from_utf8(bytes) {
            return Err(word(bytes, Stop { at: error.valid_up_to(), expected: "UTF-8" }));
        }
        read(&mut Cursor::new(bytes)).map_err(|stop| word(bytes, stop))
    }
}

impl<'a> SubjectRef<'a> {
    /// What stands before the handle.
    pub fn kind(&self) -> &'a str {
        &self.text[..self.text.len() - 33]
    }
}

impl fmt::Display for SubjectRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}

/// All keys are always there and sorted, so that the envelope is a fixed sequence of literals and values.
fn read<'a>(cursor: &mut Cursor<'a>) -> Scan<Envelope<'a>> {
    cursor.literal("{\"actor\":{\"key\":")?;
    let actor_key =
        if cursor.peek() == Some(b'n') { cursor.literal("null").map(|()| None)? } else { Some(handle(cursor)?) };
    cursor.literal(",\"org\":")?;
    let actor_org = handle(cursor)?;
    cursor.literal(",\"role\":")?;
    let actor_role = role(cursor)?;
    cursor.literal("},\"body\":")?;
    let start = cursor.at();
    let mut statement = None;
    cursor.members(2, |cursor, key| {
        let at = cursor.at();
        cursor.value(3)?;
        if key == FIELD.as_bytes() {
            statement = Some(cursor.since(at));
        }
        Ok(())
    })?;
    let body = cursor.since(start);
    cursor.literal(",\"kind\":")?;
    let kind = kind(cursor)?;
    cursor.literal(",\"links\":")?;
    let links_at = cursor.at();
    let links = links(cursor)?;
    cursor.literal(",\"occurred_at\":")?;
    let occurred_at = instant(cursor)?;
    cursor.literal(",\"prev\":")?;
    let prev_at = cursor.at();
    let prev = digest(cursor)?;
    cursor.literal(",\"recorded_at\":")?;
    let recorded_at = instant(cursor)?;
    cursor.literal(",\"sealed\":")?;
    let sealed = sealed(cursor)?;
    cursor.literal(",\"seen\":")?;
    let seen = seen(cursor)?;
    cursor.literal(",\"seq\":")?;
    let seq = cursor.unsigned()?;
    cursor.literal(",\"subject\":")?;
    let subject = subject(cursor)?;
    cursor.literal(",\"v\":1}")?;
    cursor.end()?;
    if seq == 0 && prev != Digest::ZERO {
        return Err(Stop { at: prev_at, expected: "64 zeros, because seq is 0" });
    }
    if links.iter().any(|link| link.subject == subject) {
        return Err(Stop { at: links_at, expected: "no link to the record's own subject" });
    }
    Ok(Envelope {
        subject,
        seq,
        prev,
        kind,
        occurred_at,
        recorded_at,
        actor_key,
        actor_org,
        actor_role,
        body,
        statement,
        sealed,
        links,
        seen,
    })
}

fn handle(cursor: &mut Cursor<'_>) -> Scan<Handle> {
    quoted(cursor, 32, HANDLE, Handle::from_text)
}

pub(super) fn digest(cursor: &mut Cursor<'_>) -> Scan<Digest> {
    quoted(cursor, 64, DIGEST, Digest::from_text)
}

fn instant(cursor: &mut Cursor<'_>) -> Scan<Instant> {
    quoted(cursor, 24, INSTANT, Instant::from_text)
}

/// A string of one possible length.
fn quoted<T>(cursor: &mut Cursor<'_>, length: usize, expected: &'static str, parse: fn(&[u8]) -> Option<T>) -> Scan<T> {
    let at = cursor.at();
    let found = cursor.fixed(length + 2, expected)?;
    let inner = found.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\""));
    inner.and_then(parse).ok_or(Stop { at, expected })
}

/// A string of one character class.
pub(super) fn quoted_run<'a>(cursor: &mut Cursor<'a>, class: fn(u8) -> bool, expected: &'static str) -> Scan<&'a str> {
    let at = cursor.at();
    if !cursor.take(b'"') {
        return cursor.stop(expected);
    }
    let run = cursor.run(class, expected)?;
    if !cursor.take(b'"') {
        return cursor.stop(expected);
    }
    if run.len() > MAX_STRING {
        return Err(Stop { at, expected: SHORT });
    }
    std::str::from_utf8(run).map_err(|_| Stop { at, expected })
}

fn role(cursor: &mut Cursor<'_>) -> Scan<Role> {
    const EXPECTED: &str = "a role: cooperative, laboratory, association, operator or regulator";
    let at = cursor.at();
    let word = quoted_run(cursor, is_word_byte, EXPECTED)?;
    word.parse().map_err(|_| Stop { at, expected: EXPECTED })
}

/// `[a-z0-9_]+(\.[a-z0-9_]+)+`
fn kind<'a>(cursor: &mut Cursor<'a>) -> Scan<&'a str> {
    let at = cursor.at();
    let kind = quoted_run(cursor, |byte| is_word_byte(byte) || byte == b'.', KIND)?;
    let dotted = !(kind.starts_with('.') || kind.ends_with('.') || kind.contains("..")) && kind.contains('.');
    if dotted { Ok(kind) } else { Err(Stop { at, expected: KIND }) }
}

/// `[a-z_]+:handle`
pub(super) fn subject<'a>(cursor: &mut Cursor<'a>) -> Scan<SubjectRef<'a>> {
    let at = cursor.at();
    if !cursor.take(b'"') {
        return cursor.stop(SUBJECT);
    }
    cursor.run(|byte| matches!(byte, b'a'..=b'z' | b'_'), SUBJECT)?;
    if !cursor.take(b':') {
        return cursor.stop(SUBJECT);
    }
    let handle = Handle::from_text(cursor.fixed(32, SUBJECT)?).ok_or(Stop { at, expected: SUBJECT })?;
    let text = std::str::from_utf8(&cursor.since(at)[1..]).map_err(|_| Stop { at, expected: SUBJECT })?;
    if !cursor.take(b'"') {
        return cursor.stop(SUBJECT);
    }
    if text.len() > MAX_STRING { Err(Stop { at, expected: SHORT }) } else { Ok(SubjectRef { text, handle }) }
}

fn links<'a>(cursor: &mut Cursor<'a>) -> Scan<Vec<LinkRef<'a>>> {
    let mut links: Vec<LinkRef<'a>> = Vec::new();
    cursor.literal("[")?;
    if cursor.take(b']') {
        return Ok(links);
    }
    loop {
        let at = cursor.at();
        let link = link(cursor)?;
        if links.last().is_some_and(|last| place(last) >= place(&link)) {
            return Err(Stop { at, expected: "a link that sorts by rel, subject and seq after the one before" });
        }
        links.push(link);
        if cursor.take(b']') {
            return Ok(links);
        }
        if !cursor.take(b',') {
            return cursor.stop("',' or ']'");
        }
    }
}

/// What links are sorted by and unique in.
fn place<'a>(link: &LinkRef<'a>) -> (&'a str, &'a str, u64) {
    (link.rel, link.subject.text, link.seq)
}

fn link<'a>(cursor: &mut Cursor<'a>) -> Scan<LinkRef<'a>> {
    cursor.literal("{\"hash\":")?;
    let hash = digest(cursor)?;
    cursor.literal(",\"rel\":")?;
    let rel = quoted_run(cursor, is_word_byte, "a rel of characters a-z 0-9 _")?;
    cursor.literal(",\"seq\":")?;
    let seq = cursor.unsigned()?;
    cursor.literal(",\"subject\":")?;
    let subject = subject(cursor)?;
    cursor.literal("}")?;
    Ok(LinkRef { hash, rel, seq, subject })
}

fn sealed<'a>(cursor: &mut Cursor<'a>) -> Scan<Vec<(&'a str, Digest)>> {
    let mut fields = Vec::new();
    cursor.members(2, |cursor, key| {
        let at = cursor.at();
        let field = std::str::from_utf8(key).map_err(|_| Stop { at, expected: "UTF-8" })?;
        fields.push((field, digest(cursor)?));
        Ok(())
    })?;
    Ok(fields)
}

fn seen(cursor: &mut Cursor<'_>) -> Scan<Option<Seen>> {
    if cursor.peek() == Some(b'n') {
        return cursor.literal("null").map(|()| None);
    }
    cursor.literal("{\"root\":")?;
    let root = digest(cursor)?;
    cursor.literal(",\"size\":")?;
    let at = cursor.at();
    let size = cursor.unsigned()?;
    if size == 0 {
        return Err(Stop { at, expected: "a size of at least 1" });
    }
    cursor.literal("}")?;
    Ok(Some(Seen { root, size }))
}

pub(super) fn word(bytes: &[u8], stop: Stop) -> Broken {
    let rest = bytes.get(stop.at..).unwrap_or_default();
    let shown = String::from_utf8_lossy(&rest[..rest.len().min(24)]).into_owned();
    let found = if rest.is_empty() { "the end of the line".to_owned() } else { format!("{shown:?}") };
    Broken { at: stop.at, expected: stop.expected, found }
}
