//! The other lines of an audit pack (FORMATS §2): where a record stands in the log, which record a history ends with,
//! what opens a sealed field. Canonical like records, of any subject kind.

use sha2::{Digest as _, Sha256};

use super::envelope::{SubjectRef, digest, quoted_run, subject, word};
use super::scan::{Broken, Cursor, Scan, Stop, is_word_byte};
use crate::domain::record::Digest;
use crate::domain::record::canonical::MAX_KEY;

/// `{"index","seq","subject"}`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IndexLine<'a> {
    pub index: u64,
    pub seq: u64,
    pub subject: SubjectRef<'a>,
}

/// `{"hash","seq","subject"}`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeadLine<'a> {
    pub hash: Digest,
    pub seq: u64,
    pub subject: SubjectRef<'a>,
}

/// `{"field","salt","seq","subject","value"}`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpeningLine<'a> {
    pub field: &'a str,
    pub salt: Digest,
    pub seq: u64,
    pub subject: SubjectRef<'a>,
    /// The canonical bytes of the value.
    pub value: &'a [u8],
}

impl<'a> IndexLine<'a> {
    pub fn scan(line: &'a [u8]) -> Result<Self, Broken> {
        scanned(line, |cursor| {
            cursor.literal("{\"index\":")?;
            let index = cursor.unsigned()?;
            let (seq, subject) = seq_and_subject(cursor)?;
            cursor.literal("}")?;
            Ok(Self { index, seq, subject })
        })
    }
}

impl<'a> HeadLine<'a> {
    pub fn scan(line: &'a [u8]) -> Result<Self, Broken> {
        scanned(line, |cursor| {
            cursor.literal("{\"hash\":")?;
            let hash = digest(cursor)?;
            let (seq, subject) = seq_and_subject(cursor)?;
            cursor.literal("}")?;
            Ok(Self { hash, seq, subject })
        })
    }
}

impl<'a> OpeningLine<'a> {
    pub fn scan(line: &'a [u8]) -> Result<Self, Broken> {
        const FIELD: &str = "a field of 1 to 64 characters a-z 0-9 _";
        if let Err(error) = std::str::from_utf8(line) {
            return Err(word(line, Stop { at: error.valid_up_to(), expected: "UTF-8" }));
        }
        scanned(line, |cursor| {
            cursor.literal("{\"field\":")?;
            let at = cursor.at();
            let field = quoted_run(cursor, is_word_byte, FIELD)?;
            if field.len() > MAX_KEY {
                return Err(Stop { at, expected: FIELD });
            }
            cursor.literal(",\"salt\":")?;
            let salt = digest(cursor)?;
            let (seq, subject) = seq_and_subject(cursor)?;
            cursor.literal(",\"value\":")?;
            let start = cursor.at();
            cursor.value(1)?;
            let value = cursor.since(start);
            cursor.literal("}")?;
            Ok(Self { field, salt, seq, subject, value })
        })
    }

    /// What the record has to hold under this field: SHA-256("suyuan/sealed/v1\n" ‖ field ‖ "\n" ‖ salt ‖ value).
    pub fn commitment(&self) -> Digest {
        let hash = Sha256::new_with_prefix(b"suyuan/sealed/v1\n")
            .chain_update(self.field)
            .chain_update(b"\n")
            .chain_update(self.salt.as_bytes())
            .chain_update(self.value);
        Digest::from_bytes(hash.finalize().into())
    }
}

fn scanned<'a, T>(line: &'a [u8], read: impl FnOnce(&mut Cursor<'a>) -> Scan<T>) -> Result<T, Broken> {
    let mut cursor = Cursor::new(line);
    let whole = read(&mut cursor).and_then(|item| cursor.end().map(|()| item));
    whole.map_err(|stop| word(line, stop))
}

fn seq_and_subject<'a>(cursor: &mut Cursor<'a>) -> Scan<(u64, SubjectRef<'a>)> {
    cursor.literal(",\"seq\":")?;
    let seq = cursor.unsigned()?;
    cursor.literal(",\"subject\":")?;
    Ok((seq, subject(cursor)?))
}
