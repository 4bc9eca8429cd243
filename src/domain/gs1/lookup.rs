//! The look-up box: whatever a person types or pastes of what stands on a label.
//!
//! Forgiving about how (spaces, full-width characters, a whole address or a part of it), never about what: a wrong check
//! digit is named, not corrected. Does not look anything up.

use unicode_normalization::UnicodeNormalization;

use super::attribute;
use super::{DigitalLink, Gtin, Lot};
use crate::domain::invalid::Invalid;

/// What was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LookedUp {
    Link(DigitalLink),
    Gtin(Gtin),
    /// A lot, or a serial: both are free text, so the caller tries it as one of its own serials as well.
    Lot(Lot),
}

/// Reads a URL, a path, an element string such as `(01)09520000100018(10)SF26P011116T`, a GTIN, else a lot.
///
/// Digits alone: 13 or 14 are a GTIN and need a right check digit; 8 or 12 that fail it are a lot (`20261116` is one in
/// many packing houses), as is any other number of digits.
pub fn lookup(text: &str) -> Result<LookedUp, Invalid> {
    let typed: String = text.nfkc().filter(|&c| !c.is_whitespace() && !is_invisible(c)).collect();
    if typed.is_empty() {
        return Err(Invalid::new("lookup-empty", text, "(01)09520000100018(10)SF26P011116T"));
    }
    if typed.len() > MAX_BYTES {
        return Err(Invalid::new("lookup-too-long", &typed, MAX_BYTES));
    }
    if let Some(address) = address_in(&typed) {
        return address_parts(&address).map(LookedUp::Link);
    }
    if starts_with_key(&typed) {
        return element_string(&typed);
    }
    let digits = typed.replace('-', "");
    if digits.bytes().all(|b| b.is_ascii_digit()) {
        match (digits.len(), digits.parse()) {
            (8 | 12 | 13 | 14, Ok(gtin)) => return Ok(LookedUp::Gtin(gtin)),
            (13 | 14, Err(invalid)) => return Err(invalid),
            _ => {}
        }
    }
    typed.parse().map(LookedUp::Lot)
}

/// Longer than any address that we or others print.
const MAX_BYTES: usize = 2048;

/// Chat programs paste these along with a text.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// The path and query of an address, with or without scheme and host.
fn address_in(typed: &str) -> Option<String> {
    let is_scheme = |scheme: &&str| typed.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    if let Some(scheme) = ["https://", "http://"].iter().find(|scheme| is_scheme(scheme)) {
        let rest = &typed[scheme.len()..];
        return Some(rest.find('/').map_or_else(String::new, |slash| rest[slash..].to_owned()));
    }
    if typed.starts_with('/') {
        return Some(typed.to_owned());
    }
    // A host without scheme, or nothing before the key; a lot may contain slashes, so only a key and 14 digits will do.
    let slashed = format!("/{typed}");
    let start = slashed.find("/01/")?;
    let digits = slashed[start + 4..].bytes().take_while(u8::is_ascii_digit).count();
    (digits == 14).then(|| slashed[start..].to_owned())
}

fn address_parts(address: &str) -> Result<DigitalLink, Invalid> {
    let address = address.split('#').next().unwrap_or(address);
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    DigitalLink::parse(path, query)
}

/// Whether an AI in brackets stands in front: `(01)`.
fn starts_with_key(typed: &str) -> bool {
    key_at(typed).is_some()
}

fn key_at(text: &str) -> Option<(&str, &str)> {
    let (key, rest) = text.strip_prefix('(')?.split_once(')')?;
    ((2..=4).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_digit())).then_some((key, rest))
}

/// A human readable element string (GS1 General Specifications §4.14). Keys may stand in any order there.
fn element_string(typed: &str) -> Result<LookedUp, Invalid> {
    let (mut gtin, mut cpv, mut lot, mut serial, mut tpx) = (None, None, None, None, None);
    let mut rest = typed;
    while let Some((key, after)) = key_at(rest) {
        // A value may itself contain brackets; only an AI in brackets ends it.
        let end =
            after.char_indices().map(|(at, _)| at).find(|&at| key_at(&after[at..]).is_some()).unwrap_or(after.len());
        let (value, next) = after.split_at(end);
        let twice = match key {
            "01" => gtin.replace(value.parse::<Gtin>()?).is_some(),
            "22" => cpv.replace(value.parse()?).is_some(),
            "10" => lot.replace(value.parse::<Lot>()?).is_some(),
            "21" => serial.replace(value.parse()?).is_some(),
            "235" => tpx.replace(value.parse()?).is_some(),
            _ => attribute::check(key, value).map(|()| false)?,
        };
        if twice {
            return Err(Invalid::new("link-order", format!("({key})"), "(01) (22) (10) (21)"));
        }
        rest = next;
    }
    match (gtin, lot) {
        (Some(_), lot) if tpx.is_some() && (lot.is_some() || cpv.is_some() || serial.is_some()) => {
            Err(Invalid::new("link-order", "(235)", "(01) (235)"))
        }
        (Some(gtin), None) if cpv.is_none() && serial.is_none() && tpx.is_none() => Ok(LookedUp::Gtin(gtin)),
        (Some(gtin), lot) => Ok(LookedUp::Link(DigitalLink { gtin, cpv, lot, serial, tpx })),
        (None, Some(lot)) if cpv.is_none() && serial.is_none() && tpx.is_none() => Ok(LookedUp::Lot(lot)),
        (None, _) => Err(Invalid::new("lookup-gtin-missing", typed, "(01)09520000100018(10)SF26P011116T")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gtin(text: &str) -> Gtin {
        text.parse().unwrap()
    }

    #[test]
    fn the_look_up_box_takes_addresses_whole_or_in_part() {
        let link = LookedUp::Link(DigitalLink::lot(gtin("9520000100018"), "SF26P011116T".parse().unwrap()));
        for typed in [
            "https://trace.example/01/09520000100018/10/SF26P011116T",
            "HTTPS://trace.example:8443/01/09520000100018/10/SF26P011116T/?17=270131#top",
            "  http://127.0.0.1:8080/01/09520000100018/10/\n SF26P011116T ",
            "trace.example/01/09520000100018/10/SF26P011116T",
            "/01/09520000100018/10/SF26P011116T",
            "01/09520000100018/10/SF26P011116T",
            "／０１／０９５２００００１０００１８／１０／ＳＦ２６Ｐ０１１１１６Ｔ",
            "\u{feff}https：／／trace.example/01/09520000100018/10/SF26P011116T\u{200b}",
            "(01)09520000100018(10)SF26P011116T",
            "(01) 0952 0000 100018\n(10) SF26P011116T",
            "（０１）09520000100018（10）SF26P011116T",
            "(10)SF26P011116T(01)9520000100018",
            "(01)09520000100018(17)270131(10)SF26P011116T",
        ] {
            assert_eq!(lookup(typed).unwrap(), link, "{typed:?}");
        }
    }

    #[test]
    fn the_look_up_box_takes_numbers_lots_and_serials() {
        for typed in [
            "9520000100018",
            "09520000100018",
            "9 520000 100018",
            "952-0000-100018",
            "９５２００００１０００１８",
            "(01)09520000100018",
        ] {
            assert_eq!(lookup(typed).unwrap(), LookedUp::Gtin(gtin("9520000100018")), "{typed}");
        }
        assert_eq!(lookup("96385074").unwrap(), LookedUp::Gtin(gtin("96385074")));
        for (typed, lot) in [
            (" sf26P011116 ", "sf26P011116"),
            ("ＳＦ２６", "SF26"),
            ("(10)SF26", "SF26"),
            ("20261116", "20261116"),
            ("2026-1116", "2026-1116"),
            ("202611", "202611"),
            ("A/01/9520", "A/01/9520"),
            ("(A)1", "(A)1"),
            ("7K3M9Q2XWB4TZ0HC", "7K3M9Q2XWB4TZ0HC"),
        ] {
            assert_eq!(lookup(typed).unwrap(), LookedUp::Lot(lot.parse().unwrap()), "{typed}");
        }
    }

    #[test]
    fn an_element_string_keeps_brackets_that_enclose_no_key() {
        let LookedUp::Link(link) = lookup("(01)09520000100018(10)A(B)(21)7(1)").unwrap() else { panic!("not a link") };
        assert_eq!(link.lot.unwrap().as_str(), "A(B)");
        assert_eq!(link.serial.unwrap().as_str(), "7(1)");
    }

    #[test]
    fn a_refused_look_up_names_its_rule() {
        let long = "x".repeat(2049);
        for (typed, rule) in [
            ("", "lookup-empty"),
            (" \u{3000}\n", "lookup-empty"),
            (long.as_str(), "lookup-too-long"),
            ("9520000100019", "gtin-check-digit"),
            ("批号", "lot-character"),
            ("https://trace.example", "link-shape"),
            ("https://trace.example/01/9520000100018", "gtin-14-digits"),
            ("(01)09520000100019", "gtin-check-digit"),
            ("(21)ABC", "lookup-gtin-missing"),
            ("(01)09520000100018(01)09520000100018", "link-order"),
            ("(01)09520000100018(10)A(235)B", "link-order"),
            ("(01)09520000100018(55)A", "link-query-key"),
            ("(01)09520000100018(17)27", "link-attribute"),
            ("abcdefghijklmnopqrstu", "lot-length"),
        ] {
            assert_eq!(lookup(typed).unwrap_err().code, rule, "{typed:?}");
        }
    }
}
