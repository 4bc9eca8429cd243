//! GS1 Digital Link: the web address that a label carries (FORMATS §4).
//!
//! Promises: `path` of any value parses back to it; an address is refused rather than guessed at. Does not resolve
//! anything, and keeps of the query only that it was well-formed: data attributes in it are claims of whoever wrote the
//! address, not of a record.

use std::fmt::Write as _;
use std::str::FromStr;

use super::attribute;
use super::{Cpv, Gtin, Lot, Serial, Tpx};
use crate::domain::invalid::Invalid;

/// What an address names: a product, a lot of it, one pack of it. The rightmost key wins.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DigitalLink {
    pub gtin: Gtin,
    pub cpv: Option<Cpv>,
    pub lot: Option<Lot>,
    pub serial: Option<Serial>,
    /// Stands alone after the GTIN: GS1 allows it neither beside a lot nor beside a serial.
    pub tpx: Option<Tpx>,
}

impl DigitalLink {
    /// The address of a product.
    pub fn product(gtin: Gtin) -> Self {
        Self { gtin, cpv: None, lot: None, serial: None, tpx: None }
    }

    /// The address of a lot.
    pub fn lot(gtin: Gtin, lot: Lot) -> Self {
        Self { lot: Some(lot), ..Self::product(gtin) }
    }

    /// The address of one pack; labels printed before the lot is known carry none.
    pub fn serial(gtin: Gtin, lot: Option<Lot>, serial: Serial) -> Self {
        Self { lot, serial: Some(serial), ..Self::product(gtin) }
    }

    /// `/01/{gtin14}[/22/{cpv}][/10/{lot}][/21/{serial}]` or `/01/{gtin14}/235/{tpx}`, percent-encoded.
    pub fn path(&self) -> String {
        let mut path = format!("/01/{}", self.gtin);
        let keys = [
            ("22", self.cpv.as_ref().map(Cpv::as_str)),
            ("10", self.lot.as_ref().map(Lot::as_str)),
            ("21", self.serial.as_ref().map(Serial::as_str)),
            ("235", self.tpx.as_ref().map(Tpx::as_str)),
        ];
        for (key, value) in keys {
            if let Some(value) = value {
                path.push('/');
                path.push_str(key);
                path.push('/');
                push_encoded(&mut path, value);
            }
        }
        path
    }

    /// The whole address; `host_url` is such as `https://trace.example`, with or without a slash at its end.
    pub fn uri(&self, host_url: &str) -> String {
        format!("{}{}", host_url.trim_end_matches('/'), self.path())
    }

    /// Reads an address as the web server received it, path and query (`""` if none) still percent-encoded.
    pub fn parse(path: &str, query: &str) -> Result<Self, Invalid> {
        let shape = || Invalid::new("link-shape", path, "/01/{gtin14}/10/{lot}/21/{serial}");
        let inner = path.strip_prefix('/').ok_or_else(shape)?;
        let segments: Vec<&str> = inner.strip_suffix('/').unwrap_or(inner).split('/').collect();
        let (pairs, rest) = segments.as_chunks::<2>();
        let Some(([first, gtin], qualifiers)) = pairs.split_first() else { return Err(shape()) };
        if *first != "01" || !rest.is_empty() {
            return Err(shape());
        }
        let mut link = Self::product(gtin_14(&decode(gtin)?)?);
        let mut last = Rank::Gtin;
        for [key, value] in qualifiers {
            let rank = link.qualify(key, value)?;
            // Equal ranks are a key given twice; nothing may stand beside 235, so it also needs the first place.
            if rank <= last || (rank == Rank::Tpx && last != Rank::Gtin) {
                return Err(Invalid::new("link-order", key, "22, 10, 21 | 235"));
            }
            last = rank;
        }
        attribute::check_query(query)?;
        Ok(link)
    }

    fn qualify(&mut self, key: &str, value: &str) -> Result<Rank, Invalid> {
        match key {
            "22" => self.cpv = Some(decoded(value)?),
            "10" => self.lot = Some(decoded(value)?),
            "21" => self.serial = Some(decoded(value)?),
            "235" => self.tpx = Some(decoded(value)?),
            _ => return Err(Invalid::new("link-key", key, "22, 10, 21 | 235")),
        }
        Ok(match key {
            "22" => Rank::Cpv,
            "10" => Rank::Lot,
            "21" => Rank::Serial,
            _ => Rank::Tpx,
        })
    }
}

/// The order of keys in a path.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Gtin,
    Cpv,
    Lot,
    Serial,
    Tpx,
}

/// A shelf barcode has 13 digits; in an address the standard wants the leading zero.
fn gtin_14(text: &str) -> Result<Gtin, Invalid> {
    let gtin: Gtin = text.parse()?;
    if text.len() == 14 { Ok(gtin) } else { Err(Invalid::new("gtin-14-digits", text, gtin)) }
}

fn decoded<T: FromStr<Err = Invalid>>(segment: &str) -> Result<T, Invalid> {
    decode(segment)?.parse()
}

/// Percent-decoding (RFC 3986 §2.1) of one path segment or query value; `+` stays `+`.
pub(super) fn decode(encoded: &str) -> Result<String, Invalid> {
    let bad = || Invalid::new("link-percent-encoding", encoded, "%41 = A");
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        if byte != b'%' {
            bytes.push(byte);
            rest = after;
            continue;
        }
        let (digits, after) = after.split_at_checked(2).ok_or_else(bad)?;
        let value = digits.iter().try_fold(0, |value, &digit| Some(value * 16 + char::from(digit).to_digit(16)?));
        bytes.push(value.ok_or_else(bad)? as u8);
        rest = after;
    }
    String::from_utf8(bytes).map_err(|_| bad())
}

/// Everything but RFC 3986's unreserved characters is encoded, so that no server or browser reads it as syntax.
fn push_encoded(path: &mut String, value: &str) {
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            path.push(char::from(byte));
        } else {
            write!(path, "%{byte:02X}").expect("writing to a string cannot fail");
        }
    }
}
