//! Members of organisations: by which name they log in, and what they are in their house. Nothing of this stands in a record.

use std::fmt;
use std::str::FromStr;

use unicode_normalization::UnicodeNormalization;

use super::invalid::{Invalid, text_form};
use super::record::Handle;
use super::text::Text;

/// A member's id within the organisation.
pub type MemberId = Handle;

/// As a member is called on pages.
pub type MemberName = Text<60>;

/// What a member is in the organisation. The organisation's role says what all of them may do; this says who of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MemberKind {
    /// Invites and disables members, makes keys, decides what cannot be taken back.
    Manager,
    /// Does the daily work.
    Worker,
    /// Answers for results: in a laboratory, whoever reports them.
    Signer,
}

impl MemberKind {
    pub const ALL: &'static [Self] = &[Self::Manager, Self::Worker, Self::Signer];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Manager => "manager",
            Self::Worker => "worker",
            Self::Signer => "signer",
        }
    }
}

impl fmt::Display for MemberKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for MemberKind {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let found = Self::ALL.iter().find(|kind| kind.as_str() == text);
        found.copied().ok_or_else(|| Invalid::new("member-kind", text, "manager worker signer"))
    }
}

/// The name by which somebody logs in: a telephone number, a mail address, a short name. However it is typed, full-width or in
/// capitals, it is one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Login(String);

const LENGTH: std::ops::RangeInclusive<usize> = 3..=60;

impl Login {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Login {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        // Of a long text, no more than would be refused anyway.
        let normal: String = text.trim().chars().take(200).nfkc().flat_map(char::to_lowercase).nfc().collect();
        if !LENGTH.contains(&normal.chars().count()) {
            return Err(Invalid::new("login-length", &normal, "3-60"));
        }
        if let Some(odd) = normal.chars().find(|&c| !(c.is_alphanumeric() || "._-@+".contains(c))) {
            return Err(Invalid::new("login-character", odd.escape_default(), "a-z 0-9 汉字 . _ - @ +"));
        }
        Ok(Self(normal))
    }
}

text_form!(MemberKind, "MemberKind", "worker", "What a member is in the organisation.");
text_form!(Login, "Login", "li.na", "The name by which a member logs in.");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn however_a_login_is_typed_it_is_one() {
        for typed in ["Li.Na", "ｌｉ．ｎａ", "  li.na ", "LI.NA"] {
            assert_eq!(typed.parse::<Login>().unwrap().as_str(), "li.na", "{typed}");
        }
        assert_eq!("李娜１".parse::<Login>().unwrap().as_str(), "李娜1");
    }

    #[test]
    fn what_hides_or_is_too_short_is_no_login() {
        for (typed, code) in [
            ("ab", "login-length"),
            ("", "login-length"),
            ("li na", "login-character"),
            ("li\u{202e}na", "login-character"),
        ] {
            assert_eq!(typed.parse::<Login>().unwrap_err().code, code, "{typed}");
        }
        assert_eq!("x".repeat(100_000).parse::<Login>().unwrap_err().code, "login-length");
    }
}
