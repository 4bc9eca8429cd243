//! What is put into sentences: pieces of text that are the same everywhere.

use super::Words;
use crate::auth::scope::Scope;
use crate::i18n::Locale;
use crate::web::figures;

impl Words {
    /// Between the members of a list.
    pub fn comma(&self) -> &'static str {
        match self.locale {
            Locale::En => ", ",
            Locale::ZhCn => "、",
        }
    }

    /// A preparation by the word for its code: `80% WP` → `80% 可湿性粉剂`.
    pub fn preparation(&self, name: &str) -> String {
        let Some((before, code)) = name.rsplit_once(' ') else { return name.to_owned() };
        let key = format!("preparation-{}", code.to_lowercase());
        let word = self.t(&key);
        if word == key { name.to_owned() } else { format!("{before} {word}") }
    }

    /// `3000×` in words.
    pub fn dose(&self, dose: &str) -> String {
        figures::dose(self.locale, dose)
    }

    /// A number and its unit are not parted by the end of a line.
    pub fn whole(&self, text: &str) -> String {
        let mut told = String::with_capacity(text.len() + 8);
        let mut letters = text.chars().peekable();
        while let Some(letter) = letters.next() {
            let after_digit = told.ends_with(|it: char| it.is_ascii_digit());
            let before_unit = letters.peek().is_some_and(|next| next.is_alphabetic() || *next == '°');
            told.push(if letter == ' ' && after_digit && before_unit { '\u{a0}' } else { letter });
        }
        told
    }

    /// A word that stands alone: in English with a capital.
    pub fn first(&self, word: &str) -> String {
        let mut letters = word.chars();
        match (self.locale, letters.next()) {
            (Locale::En, Some(first)) => first.to_uppercase().chain(letters).collect(),
            _ => word.to_owned(),
        }
    }

    /// A label inside a sentence: in English without its capital.
    pub fn inside(&self, label: &str) -> String {
        let mut letters = label.chars();
        match (self.locale, letters.next()) {
            (Locale::En, Some(first)) => first.to_lowercase().chain(letters).collect(),
            _ => label.to_owned(),
        }
    }

    /// A serial of 16 characters in fours, as it stands on the label; any other as it is.
    pub fn serial(&self, serial: &str) -> String {
        if serial.len() != 16 || !serial.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return serial.to_owned();
        }
        [&serial[..4], &serial[4..8], &serial[8..12], &serial[12..]].join(" ")
    }

    /// What an operation that a key can be narrowed to is called.
    pub fn operation(&self, operation: &str) -> String {
        self.t(&format!("op-{}", operation.replace(['.', '_'], "-")))
    }

    /// What a key is narrowed to, as it is kept.
    pub fn scope(&self, kept: &str) -> String {
        let named = Scope::kept(kept).operations().into_iter().map(|operation| self.operation(operation));
        named.collect::<Vec<_>>().join(&self.t("keys-joint"))
    }

    /// A telephone number for a `tel:` address.
    pub fn tel(&self, phone: &str) -> String {
        phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
    }
}
