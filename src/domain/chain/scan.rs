//! A cursor over the bytes of one line that accepts the canonical profile and nothing else, in one pass, uncopied.
//!
//! Written independently of the record writer: the tests hold the two against each other.

use std::fmt;

use crate::domain::record::canonical::{MAX_DEPTH, MAX_INTEGER, MAX_KEY, MAX_STRING};

/// Where a line stops being a record, and what would have been right there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Byte of the line, from 0.
    pub at: usize,
    pub expected: &'static str,
    /// What stands there, shortened.
    pub found: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at byte {} there must stand {}, found {}", self.at, self.expected, self.found)
    }
}

impl std::error::Error for Broken {}

/// A failure before it is put into words: the hot path builds no strings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stop {
    pub at: usize,
    pub expected: &'static str,
}

pub(super) type Scan<T> = Result<T, Stop>;

pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub fn at(&self) -> usize {
        self.at
    }

    pub fn since(&self, start: usize) -> &'a [u8] {
        &self.bytes[start..self.at]
    }

    pub fn stop<T>(&self, expected: &'static str) -> Scan<T> {
        Err(Stop { at: self.at, expected })
    }

    pub fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Steps over one byte if it is the next one.
    pub fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// Steps over bytes that have no choice.
    pub fn literal(&mut self, literal: &'static str) -> Scan<()> {
        if self.bytes[self.at..].starts_with(literal.as_bytes()) {
            self.at += literal.len();
            return Ok(());
        }
        self.stop(literal)
    }

    pub fn end(&self) -> Scan<()> {
        if self.at == self.bytes.len() { Ok(()) } else { self.stop("the end of the line") }
    }

    /// The next `count` bytes.
    pub fn fixed(&mut self, count: usize, expected: &'static str) -> Scan<&'a [u8]> {
        match self.bytes.get(self.at..self.at + count) {
            Some(found) => {
                self.at += count;
                Ok(found)
            }
            None => self.stop(expected),
        }
    }

    /// One or more bytes of a character class, which holds no quote, backslash or non-ASCII byte.
    pub fn run(&mut self, class: fn(u8) -> bool, expected: &'static str) -> Scan<&'a [u8]> {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|byte| !class(*byte)).unwrap_or(rest.len());
        if length == 0 {
            return self.stop(expected);
        }
        self.at += length;
        Ok(&rest[..length])
    }

    /// An integer ≥ 0 of at most 2^53 − 1.
    pub fn unsigned(&mut self) -> Scan<u64> {
        let start = self.at;
        if self.take(b'0') {
            return Ok(0);
        }
        let mut number = 0;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            number = number * 10 + u64::from(digit - b'0');
            self.at += 1;
            if number > MAX_INTEGER {
                return Err(Stop { at: start, expected: "an integer of at most 2^53 - 1" });
            }
        }
        if self.at == start { self.stop("an integer") } else { Ok(number) }
    }

    /// Any value; its outermost object or array is at `depth`.
    pub fn value(&mut self, depth: usize) -> Scan<()> {
        match self.peek() {
            Some(b'"') => self.string(),
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b't') => self.literal("true"),
            Some(b'f') => self.literal("false"),
            Some(b'n') => self.literal("null"),
            Some(b'-') => {
                self.at += 1;
                if self.peek() == Some(b'0') { self.stop("a digit 1-9 after the minus") } else { self.integer() }
            }
            Some(b'0'..=b'9') => self.integer(),
            _ => self.stop("a value"),
        }
    }

    /// What follows an integer is judged here, so that a float is named as one.
    fn integer(&mut self) -> Scan<()> {
        self.unsigned()?;
        match self.peek() {
            Some(b'.' | b'e' | b'E' | b'0'..=b'9') => self.stop("an integer without fraction, exponent, leading zero"),
            _ => Ok(()),
        }
    }

    pub fn object(&mut self, depth: usize) -> Scan<()> {
        self.members(depth, |cursor, _| cursor.value(depth + 1))
    }

    /// An object with sorted keys; `value` reads what stands behind each.
    pub fn members(&mut self, depth: usize, mut value: impl FnMut(&mut Self, &'a [u8]) -> Scan<()>) -> Scan<()> {
        self.open(b'{', depth, "an object")?;
        if self.take(b'}') {
            return Ok(());
        }
        let mut last: &[u8] = b"";
        loop {
            let start = self.at;
            let key = self.key()?;
            if key <= last {
                return Err(Stop { at: start, expected: "a key that sorts after the one before" });
            }
            last = key;
            value(self, key)?;
            if self.take(b'}') {
                return Ok(());
            }
            if !self.take(b',') {
                return self.stop("',' or '}'");
            }
        }
    }

    fn key(&mut self) -> Scan<&'a [u8]> {
        const EXPECTED: &str = "a quoted key of 1 to 64 characters a-z 0-9 _";
        let start = self.at;
        if !self.take(b'"') {
            return self.stop(EXPECTED);
        }
        let key = self.run(is_word_byte, EXPECTED)?;
        if key.len() > MAX_KEY || !self.take(b'"') {
            return Err(Stop { at: start, expected: EXPECTED });
        }
        if self.take(b':') { Ok(key) } else { self.stop("':'") }
    }

    fn array(&mut self, depth: usize) -> Scan<()> {
        self.open(b'[', depth, "an array")?;
        if self.take(b']') {
            return Ok(());
        }
        loop {
            self.value(depth + 1)?;
            if self.take(b']') {
                return Ok(());
            }
            if !self.take(b',') {
                return self.stop("',' or ']'");
            }
        }
    }

    fn open(&mut self, bracket: u8, depth: usize, expected: &'static str) -> Scan<()> {
        if depth > MAX_DEPTH {
            return self.stop("no object or array more than 8 deep");
        }
        if self.take(bracket) { Ok(()) } else { self.stop(expected) }
    }

    /// A string with the escapes of RFC 8785 §3.2.2.2. That the line is UTF-8 was seen before.
    fn string(&mut self) -> Scan<()> {
        let start = self.at;
        self.at += 1;
        // Bytes of the source that are not bytes of the string.
        let mut surplus = 0;
        loop {
            let rest = &self.bytes[self.at..];
            let Some(plain) = rest.iter().position(|byte| is_special(*byte)) else {
                return Err(Stop { at: start, expected: "a string that ends" });
            };
            self.at += plain;
            match rest[plain] {
                b'"' => break,
                b'\\' => surplus += self.escape()?,
                _ => return self.stop("control characters escaped"),
            }
        }
        let length = self.at - start - 1 - surplus;
        self.at += 1;
        if length > MAX_STRING {
            return Err(Stop { at: start, expected: "a string of at most 4,096 bytes" });
        }
        Ok(())
    }

    /// Steps over one escape and says how many bytes longer it is than the character it stands for.
    fn escape(&mut self) -> Scan<usize> {
        let escape = &self.bytes[self.at..];
        match escape.get(1) {
            Some(b'"' | b'\\' | b'b' | b't' | b'n' | b'f' | b'r') => {
                self.at += 2;
                Ok(1)
            }
            Some(b'u') if escape.get(2..6).is_some_and(is_needed_unicode_escape) => {
                self.at += 6;
                Ok(5)
            }
            _ => self.stop("the shortest escape of a character that needs one, and no U+0000"),
        }
    }
}

pub(super) fn is_word_byte(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_')
}

fn is_special(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

/// U+0001 to U+001F in lower-case hex, without those that have a short form.
fn is_needed_unicode_escape(digits: &[u8]) -> bool {
    match digits {
        [b'0', b'0', b'0', low] => matches!(low, b'1'..=b'7' | b'b' | b'e' | b'f'),
        [b'0', b'0', b'1', low] => matches!(low, b'0'..=b'9' | b'a'..=b'f'),
        _ => false,
    }
}
