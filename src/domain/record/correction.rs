//! Corrections: a later record of the same chain says that a value of an earlier one was wrong. Both stay visible.
//!
//! Promises: the earlier state is found again by giving only the chain up to then; `old` must be what stood there after
//! earlier corrections, so that two people cannot correct past each other. A correction record is itself not corrected:
//! who wants another value corrects the first record once more. Knows nothing of balances.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use super::{Digest, ProfileError, Record};
use crate::domain::invalid::{Invalid, text_form};

/// The body of `<subject kind>.corrected`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    pub corrects: Corrects,
    /// What the subject's balance is then short of, in its unit and negative: in = out + losses + discrepancy + rest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discrepancy_g: Option<i64>,
    pub new: Value,
    pub old: Value,
    pub path: Pointer,
    pub reason: String,
}

/// The record that is corrected, in the same chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Corrects {
    pub hash: Digest,
    pub seq: u64,
}

/// A JSON pointer (RFC 6901) into a record, such as `/body/quantity`. The whole document has none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pointer {
    tokens: Vec<String>,
}

text_form!(Pointer, "Pointer", "/body/quantity", "JSON pointer (RFC 6901) into a record.");

/// Why a correction does not fit the chain it stands in.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CorrectionFault {
    #[error("the chain given does not hold record {0} at its place")]
    NoSuchRecord(u64),
    #[error("the body of correction {seq} does not have the shape of one: {reason}")]
    Shape { seq: u64, reason: String },
    #[error("correction {seq} must name an earlier record, found {corrects}")]
    NotEarlier { seq: u64, corrects: u64 },
    #[error("correction {seq} names record {corrects} by the hash {found}, that record has {expected}")]
    OtherHash { seq: u64, corrects: u64, expected: Digest, found: Digest },
    #[error("record {corrects} is a correction, which is not corrected itself")]
    OfCorrection { corrects: u64 },
    #[error("nothing stands at {0}")]
    NothingThere(Pointer),
    #[error("at {path} stands {found}, the correction expected {expected}")]
    OtherOld { path: Pointer, expected: Value, found: Value },
    #[error(transparent)]
    Profile(#[from] ProfileError),
}

/// The record `seq` of a chain given from its first record on, as JSON, with every correction that the given part of
/// the chain holds. Give a shorter part to see an earlier state.
pub fn corrected(chain: &[Record], seq: u64) -> Result<Value, CorrectionFault> {
    let mut value = at(chain, seq)?.to_value()?;
    for later in chain.iter().skip(seq as usize + 1) {
        let Some(correction) = Correction::of(later)? else { continue };
        if correction.corrects.seq == seq {
            correction.check(later, chain)?;
            correction.apply(&mut value)?;
        }
    }
    Ok(value)
}

/// Puts `new` where the pointer leads and gives back what stood there. Adds nothing: the place must exist.
pub fn apply_pointer(document: &mut Value, path: &Pointer, new: Value) -> Result<Value, CorrectionFault> {
    let place = path.find_mut(document).ok_or_else(|| CorrectionFault::NothingThere(path.clone()))?;
    Ok(std::mem::replace(place, new))
}

impl Correction {
    /// The correction that a record is; `None` for a record of another kind.
    pub fn of(record: &Record) -> Result<Option<Self>, CorrectionFault> {
        if !is_correction(record) {
            return Ok(None);
        }
        Self::deserialize(&record.body)
            .map(Some)
            .map_err(|error| CorrectionFault::Shape { seq: record.seq, reason: error.to_string() })
    }

    /// Whether `old` stands where it should, and then `new` in its place.
    pub fn apply(&self, document: &mut Value) -> Result<(), CorrectionFault> {
        let found = self.path.find(document).ok_or_else(|| CorrectionFault::NothingThere(self.path.clone()))?;
        if *found != self.old {
            return Err(CorrectionFault::OtherOld {
                path: self.path.clone(),
                expected: self.old.clone(),
                found: found.clone(),
            });
        }
        apply_pointer(document, &self.path, self.new.clone()).map(|_| ())
    }

    /// Whether this correction, which stands in `record`, names an earlier record of the chain by its hash: a
    /// record's hash is the `prev` of the one after it, and after a corrected record stands at least its correction.
    pub fn check(&self, record: &Record, chain: &[Record]) -> Result<(), CorrectionFault> {
        let Corrects { hash: found, seq: corrects } = self.corrects;
        if corrects >= record.seq {
            return Err(CorrectionFault::NotEarlier { seq: record.seq, corrects });
        }
        if is_correction(at(chain, corrects)?) {
            return Err(CorrectionFault::OfCorrection { corrects });
        }
        let expected = at(chain, corrects + 1)?.prev;
        if found == expected {
            Ok(())
        } else {
            Err(CorrectionFault::OtherHash { seq: record.seq, corrects, expected, found })
        }
    }
}

/// `<subject kind>.corrected`
pub fn is_correction(record: &Record) -> bool {
    record.kind.strip_suffix(".corrected") == Some(record.subject.kind.as_str())
}

impl Pointer {
    /// The keys and indexes on the way, unescaped; the first names the part of the record.
    pub fn tokens(&self) -> &[String] {
        &self.tokens
    }

    pub fn find<'v>(&self, document: &'v Value) -> Option<&'v Value> {
        self.tokens.iter().try_fold(document, |place, token| match place {
            Value::Object(members) => members.get(token),
            Value::Array(items) => items.get(index(token)?),
            _ => None,
        })
    }

    fn find_mut<'v>(&self, document: &'v mut Value) -> Option<&'v mut Value> {
        self.tokens.iter().try_fold(document, |place, token| match place {
            Value::Object(members) => members.get_mut(token),
            Value::Array(items) => items.get_mut(index(token)?),
            _ => None,
        })
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.tokens.iter().try_for_each(|token| write!(f, "/{}", token.replace('~', "~0").replace('/', "~1")))
    }
}

impl FromStr for Pointer {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let refused = || Invalid::new("pointer", text, "/body/quantity");
        let tokens = text.strip_prefix('/').ok_or_else(refused)?.split('/');
        let tokens = tokens.map(unescape).collect::<Option<Vec<_>>>().ok_or_else(refused)?;
        Ok(Self { tokens })
    }
}

fn at(chain: &[Record], seq: u64) -> Result<&Record, CorrectionFault> {
    let found = usize::try_from(seq).ok().and_then(|place| chain.get(place));
    found.filter(|record| record.seq == seq).ok_or(CorrectionFault::NoSuchRecord(seq))
}

/// RFC 6901 §4: `~1` is '/', `~0` is '~', every other use of '~' is an error.
fn unescape(token: &str) -> Option<String> {
    let mut parts = token.split('~');
    let mut text = parts.next()?.to_owned();
    for part in parts {
        let (escaped, rest) = part.split_at_checked(1)?;
        text.push(match escaped {
            "0" => '~',
            "1" => '/',
            _ => return None,
        });
        text.push_str(rest);
    }
    Some(text)
}

/// An array index has no leading zeros, and "-" (the place after the last) is nothing that exists.
fn index(token: &str) -> Option<usize> {
    let plain = token == "0" || token.starts_with(|first: char| matches!(first, '1'..='9'));
    if plain && token.bytes().all(|byte| byte.is_ascii_digit()) { token.parse().ok() } else { None }
}
