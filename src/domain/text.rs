//! What people type: names, notes, short codes, the address of a film.
//!
//! Promises: trimmed, NFC (normalised here and never again once it is in a record), within its length, and free of
//! characters that hide, reorder or impersonate. Does not judge the words.

use std::fmt;
use std::str::FromStr;

use unicode_normalization::UnicodeNormalization;

use crate::domain::invalid::{Invalid, text_form};

/// One line of at most `MAX` characters: a name, a place, a reason.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<const MAX: usize>(String);

/// Lines of at most `MAX` characters in all: a note, a story. Lines end with `\n` alone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LongText<const MAX: usize>(String);

/// A short machine code of at most `MAX` characters `A-Z a-z 0-9 . _ -`, kept as typed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code<const MAX: usize>(String);

/// Where a film about a producer lies: an `https` address that can stand in an attribute of a page.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VideoUrl(String);

/// A record's strings hold no more bytes (FORMATS §1).
const MAX_BYTES: usize = 4096;

impl<const MAX: usize> FromStr for Text<MAX> {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        readable(text.trim(), MAX, |_| false).map(Self)
    }
}

impl<const MAX: usize> FromStr for LongText<MAX> {
    type Err = Invalid;

    /// Browsers send `\r\n`.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        readable(text.trim().replace("\r\n", "\n").as_str(), MAX, |c| c == '\n').map(Self)
    }
}

impl<const MAX: usize> FromStr for Code<MAX> {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        if let Some(character) = text.chars().find(|&c| !(c.is_ascii_alphanumeric() || "._-".contains(c))) {
            return Err(Invalid::new("code-character", named(character), "A-Z a-z 0-9 . _ -"));
        }
        if !(1..=MAX).contains(&text.len()) {
            return Err(Invalid::new("code-length", text, format!("1-{MAX}")));
        }
        Ok(Self(text.to_owned()))
    }
}

impl FromStr for VideoUrl {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let url = text.trim();
        let Some(rest) = url.strip_prefix("https://") else {
            return Err(Invalid::new("video-url-scheme", url, VIDEO_EXAMPLE));
        };
        if url.len() > 500 {
            return Err(Invalid::new("video-url-length", url, 500));
        }
        if let Some(character) = url.chars().find(|&c| !c.is_ascii_graphic() || "\"'`<>\\^{|}".contains(c)) {
            return Err(Invalid::new("video-url-character", named(character), VIDEO_EXAMPLE));
        }
        let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
        if authority.contains('@') {
            return Err(Invalid::new("video-url-userinfo", authority, VIDEO_EXAMPLE));
        }
        if !is_host_and_port(authority) {
            return Err(Invalid::new("video-url-host", authority, VIDEO_EXAMPLE));
        }
        Ok(Self(url.to_owned()))
    }
}

const VIDEO_EXAMPLE: &str = "https://video.example/harvest.mp4";

text_form!(
    VideoUrl,
    "VideoUrl",
    "https://video.example/harvest.mp4",
    "An https address of at most 500 ASCII characters, without user name or quotes."
);

fn is_host_and_port(authority: &str) -> bool {
    let (host, port) = authority.split_once(':').unwrap_or((authority, "443"));
    let is_label = |label: &str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    host.split('.').all(is_label) && port.parse::<u16>().is_ok_and(|port| port > 0)
}

/// The common part of [`Text`] and [`LongText`]; `allowed` are control characters that may stand.
fn readable(text: &str, max: usize, allowed: impl Fn(char) -> bool) -> Result<String, Invalid> {
    let normal: String = text.nfc().collect();
    if normal.is_empty() {
        return Err(Invalid::new("text-empty", text, format!("1-{max}")));
    }
    for character in normal.chars().filter(|&c| !allowed(c)) {
        if let Some(code) = refusal(character) {
            return Err(Invalid::new(code, named(character), "A-Z 0-9 汉字"));
        }
    }
    if normal.chars().count() > max {
        return Err(Invalid::new("text-too-long", &normal, max));
    }
    if normal.len() > MAX_BYTES {
        return Err(Invalid::new("text-too-long", &normal, format!("{MAX_BYTES} UTF-8 bytes")));
    }
    Ok(normal)
}

/// Why a character may not stand in a text. Variation selectors may: they choose the form of a hanzi in a name.
fn refusal(character: char) -> Option<&'static str> {
    let code_point = u32::from(character);
    match code_point {
        _ if character.is_control() => Some("text-control"),
        // Line and paragraph separator break lines where `\n` may not.
        0x2028 | 0x2029 => Some("text-control"),
        0x061C | 0x200E | 0x200F | 0x202A..=0x202E | 0x2066..=0x2069 => Some("text-bidi"),
        0x200B..=0x200D | 0x2060 | 0xFEFF | 0xE0000..=0xE007F => Some("text-invisible"),
        // Soft hyphen, grapheme joiner, Hangul fillers, Mongolian vowel separator, invisible operators, annotations.
        0x00AD | 0x034F | 0x115F | 0x1160 | 0x180E | 0x2061..=0x2065 | 0x206A..=0x206F | 0x3164 | 0xFFA0 => {
            Some("text-invisible")
        }
        0xFFF9..=0xFFFB => Some("text-invisible"),
        0xE000..=0xF8FF | 0xF0000..=0x10FFFF => Some("text-private"),
        // Noncharacters: for a program's own use, like the private ones.
        0xFDD0..=0xFDEF => Some("text-private"),
        _ if code_point & 0xFFFE == 0xFFFE => Some("text-private"),
        _ => None,
    }
}

/// A refused character by its number: to show it would be to let it act.
fn named(character: char) -> String {
    format!("U+{:04X}", u32::from(character))
}

macro_rules! sized_text_form {
    ($type:ident, $description:literal) => {
        impl<const MAX: usize> $type<MAX> {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl<const MAX: usize> fmt::Display for $type<MAX> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<const MAX: usize> serde::Serialize for $type<MAX> {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de, const MAX: usize> serde::Deserialize<'de> for $type<MAX> {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(|invalid: Invalid| serde::de::Error::custom(invalid.to_transport()))
            }
        }

        impl<const MAX: usize> utoipa::PartialSchema for $type<MAX> {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::schema::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .min_length(Some(1))
                    .max_length(Some(MAX))
                    .description(Some($description))
                    .into()
            }
        }

        impl<const MAX: usize> utoipa::ToSchema for $type<MAX> {
            fn name() -> std::borrow::Cow<'static, str> {
                std::borrow::Cow::Owned(format!(concat!(stringify!($type), "{}"), MAX))
            }
        }
    };
}

sized_text_form!(Text, "One line of text, trimmed and in NFC; no control, invisible or private characters.");
sized_text_form!(LongText, "Text that may have several lines, trimmed and in NFC; no other control characters.");
sized_text_form!(Code, "A short code of A-Z a-z 0-9 . _ -");

impl VideoUrl {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for VideoUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests;
