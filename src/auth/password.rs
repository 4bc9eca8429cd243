//! Passwords: which are good enough, how they are kept (Argon2id, 19 MiB, two passes), how one is checked. Checking costs some
//! 20 ms of a core and 19 MiB: whoever calls bounds how many at once (`app/people/door.rs`).
//!
//! `zxcvbn` asks the system's clock, past our port, for the year from which it counts how far a date lies off; there is no way to
//! give it one. A date is a pattern to it in any year, so a clock that is wrong shifts an estimate and opens nothing.

use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use unicode_normalization::UnicodeNormalization;
use zxcvbn::{Score, zxcvbn};

use crate::domain::ports::Randomness;

/// Characters of a password.
const LENGTH: std::ops::RangeInclusive<usize> = 12..=128;

/// Words that anybody would try here, with 'l33t' and capitals seen through.
const OF_THE_TRADE: &[&str] = &[
    "suyuan",
    "溯源",
    "zhuisu",
    "traceability",
    "traceable",
    "hezuoshe",
    "cooperative",
    "laboratory",
    "orchard",
    "orange",
    "qicheng",
    "nongye",
    "nongchang",
    "mima",
    "guanliyuan",
    "woaini",
    "password",
    "administrator",
];

/// A password as it is hashed: in normal form, whatever keyboard typed it.
pub struct Password(String);

/// Why a password is not taken, in the order in which it is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weak {
    TooShort,
    TooLong,
    /// The login, the name or the organisation, with little beside it.
    OwnName,
    /// It stands in lists of used passwords, or is one word with little beside it.
    Common,
    /// A walk over the keyboard.
    KeyboardWalk,
    /// `aaaa`, `abcabc`, `12345678`.
    Pattern,
    /// Mostly a date, or nothing but figures: dates, years, telephone numbers.
    Date,
    /// Guessed too soon, by no single rule.
    Guessable,
}

impl Weak {
    /// The key of its sentence.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TooShort => "too_short",
            Self::TooLong => "too_long",
            Self::OwnName => "own_name",
            Self::Common => "common",
            Self::KeyboardWalk => "keyboard_walk",
            Self::Pattern => "pattern",
            Self::Date => "date",
            Self::Guessable => "guessable",
        }
    }
}

impl Password {
    pub fn typed(text: &str) -> Self {
        // A text of megabytes is too long with its first thousand characters already.
        Self(text.chars().take(1_000).nfc().collect())
    }

    /// Refuses what is guessed too soon. `own` are names that go with whoever chooses it.
    pub fn judge(&self, own: &[&str]) -> Result<(), Weak> {
        let length = self.0.chars().count();
        if length < *LENGTH.start() {
            return Err(Weak::TooShort);
        }
        if length > *LENGTH.end() {
            return Err(Weak::TooLong);
        }
        let lower: Vec<String> = own.iter().flat_map(|name| parts(name)).collect();
        let inputs: Vec<&str> = lower.iter().map(String::as_str).chain(OF_THE_TRADE.iter().copied()).collect();
        let entropy = zxcvbn(&self.0, &inputs);
        if is_mostly(&self.0, lower.iter().map(String::as_str)) {
            return Err(Weak::OwnName);
        }
        if is_mostly(&self.0, inputs.iter().copied()) {
            return Err(Weak::Common);
        }
        if entropy.score() < Score::Three {
            return Err(cause(entropy.sequence()));
        }
        // Two dates after each other are guessed as two dates are; the estimate takes them for much more.
        if is_only_figures(&self.0) { Err(Weak::Date) } else { Ok(()) }
    }

    /// The form that is kept.
    pub fn hash(&self, random: &dyn Randomness) -> Option<String> {
        let mut salt = [0; 16];
        random.fill(&mut salt);
        let hash = Argon2::default().hash_password_with_salt(self.0.as_bytes(), &salt).ok()?;
        Some(hash.to_string())
    }

    /// Whether this is the password. Where nobody is known, the same work is done against a hash that nothing fits.
    pub fn fits(&self, kept: Option<&str>) -> bool {
        let nobody = kept.is_none();
        let kept = kept.unwrap_or(NOBODY);
        Argon2::default().verify_password(self.0.as_bytes(), kept).is_ok() && !nobody
    }
}

/// With our costs, of nothing: the work is the same.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A name and its words, lower case.
fn parts(name: &str) -> Vec<String> {
    let whole = name.nfc().collect::<String>().to_lowercase();
    let words = whole.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() >= 2);
    let mut parts: Vec<String> = words.map(str::to_owned).collect();
    parts.push(whole);
    parts
}

/// These words, with fewer than eight other characters.
fn is_mostly<'w>(password: &str, words: impl Iterator<Item = &'w str>) -> bool {
    let lower = password.to_lowercase();
    let mut words: Vec<&str> = words.filter(|word| word.chars().count() >= 2).collect();
    // What holds another goes first.
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let rest = words.iter().fold(lower.clone(), |rest, word| rest.replace(word, ""));
    rest.len() < lower.len() && rest.chars().count() < 8
}

/// Digits and what stands between them, 年月日 too, and nothing else.
fn is_only_figures(password: &str) -> bool {
    password
        .chars()
        .all(|c| c.is_numeric() || c.is_whitespace() || c.is_ascii_punctuation() || "年月日号—–·．／：".contains(c))
        && password.chars().any(char::is_numeric)
}

/// The pattern that covers most of it.
fn cause(sequence: &[zxcvbn::matching::Match]) -> Weak {
    use zxcvbn::matching::patterns::MatchPattern as Is;
    let longest = sequence.iter().max_by_key(|part| part.token.chars().count());
    match longest.map(|part| &part.pattern) {
        Some(Is::Dictionary(_)) => Weak::Common,
        Some(Is::Spatial(_)) => Weak::KeyboardWalk,
        Some(Is::Repeat(_) | Is::Sequence(_)) => Weak::Pattern,
        Some(Is::Date(_) | Is::Regex(_)) => Weak::Date,
        _ => Weak::Guessable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Sevens;

    impl Randomness for Sevens {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(7);
        }
    }

    fn judged(text: &str) -> Result<(), Weak> {
        Password::typed(text).judge(&["li.na", "李娜", "示范红旗脐橙合作社", "Hongqi Cooperative"])
    }

    #[test]
    fn what_is_guessed_soon_is_refused_and_told_why() {
        for (text, why) in [
            ("", Weak::TooShort),
            ("eleven-char", Weak::TooShort),
            ("password1234", Weak::Common),
            ("P@ssw0rd2026!", Weak::Common),
            ("woaini1314520", Weak::Common),
            ("suyuan-suyuan", Weak::Common),
            ("qwertyuiop[]asdf", Weak::KeyboardWalk),
            ("1qaz2wsx3edc", Weak::Common),
            ("aaaaaaaaaaaaaaaa", Weak::Pattern),
            ("123456789012", Weak::Pattern),
            ("abcdefghijklmnop", Weak::Pattern),
            ("2026-11-18 26", Weak::Date),
            ("2026-11-18 2026", Weak::Date),
            ("1985年3月9日 2026", Weak::Date),
            ("13812345678 0719", Weak::Date),
            ("hongqi123456", Weak::OwnName),
            ("Li.Na-8848xy", Weak::OwnName),
            ("李娜李娜李娜李娜李娜李娜", Weak::OwnName),
        ] {
            assert_eq!(judged(text), Err(why), "{text}");
        }
        assert_eq!(judged(&"长".repeat(129)), Err(Weak::TooLong));
    }

    #[test]
    fn what_nobody_guesses_is_taken_whatever_it_is_made_of() {
        for text in
            ["kettle orchid ninety tractor", "早上六点去东边果园看看露水", "vK7#pq2Lm9!x", "春风又绿江南岸和三头黄牛"]
        {
            assert_eq!(judged(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn a_password_fits_its_hash_however_its_characters_are_composed() {
        let kept = Password::typed("cafe\u{301} tracteur verger").hash(&Sevens).unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert!(Password::typed("caf\u{e9} tracteur verger").fits(Some(&kept)));
        assert!(!Password::typed("cafe tracteur verger").fits(Some(&kept)));
    }

    #[test]
    fn nothing_fits_nobody_and_it_takes_as_long() {
        // The hash that nobody has is of our costs, or the time would tell who is known.
        assert!(NOBODY.starts_with(&Password::typed("x").hash(&Sevens).unwrap()[..31]));
        assert!(argon2::PasswordHash::new(NOBODY).is_ok());
        assert!(!Password::typed("").fits(None) && !Password::typed("x").fits(None));
    }
}
