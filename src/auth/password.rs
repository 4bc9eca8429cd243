//! Passwords: which are good enough, how they are kept (Argon2id, 19 MiB, two passes), how one is checked. Checking costs some
//! 20 ms of a core and 19 MiB: whoever calls bounds how many at once (`app/people/door.rs`).
//!
//! `zxcvbn` asks the system's clock, past our port, for the year from which it counts how far a date lies off; there is no way to
//! give it one. A date is a pattern to it in any year, so a clock that is wrong shifts an estimate and opens nothing.

use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use unicode_normalization::UnicodeNormalization;
use zxcvbn::{Score, zxcvbn};

use crate::domain::ports::Randomness;

mod lists;
mod walk;

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
    /// It stands in lists of used passwords, or is one or two known words with little beside them.
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
        let own: Vec<String> = own.iter().flat_map(|name| parts(name)).collect();
        let own: Vec<&str> = own.iter().map(String::as_str).collect();
        let others = OF_THE_TRADE.iter().copied().chain(lists::pinyin());
        let known: Vec<&str> = own.iter().copied().chain(others.map(|word| word as &str)).collect();
        // A name hides nothing: what stands beside it has to hold alone.
        let beside = without(&self.0, &own);
        if beside.is_some_and(|rest| is_guessed(&rest, &known)) {
            return Err(Weak::OwnName);
        }
        if without(&self.0, OF_THE_TRADE).is_some_and(|rest| rest.chars().count() < 8) {
            return Err(Weak::Common);
        }
        let estimate = zxcvbn(&self.0, &known);
        if estimate.score() < Score::Three {
            return Err(cause(estimate.sequence()));
        }
        if walk::is_walk(&self.0) {
            return Err(Weak::KeyboardWalk);
        }
        // Two dates after each other are guessed as two dates are; the estimate takes them for much more.
        if is_only_figures(&self.0) {
            return Err(Weak::Date);
        }
        if lists::was_used(&self.0) || is_guessed(&self.0, &known) {
            return Err(Weak::Common);
        }
        Ok(())
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

/// A name and its words, lower case; of a Chinese one, which has no spaces, each two characters that stand together.
fn parts(name: &str) -> Vec<String> {
    let whole = name.nfc().collect::<String>().to_lowercase();
    let words = whole.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() >= 2);
    let mut parts: Vec<String> = words.clone().map(str::to_owned).collect();
    for word in words.filter(|word| !word.is_ascii()) {
        let letters: Vec<char> = word.chars().collect();
        parts.extend(letters.windows(2).map(|pair| pair.iter().collect()));
    }
    parts.push(whole);
    parts
}

/// What is left where these words are taken out; nothing where none of them is in it.
fn without(password: &str, words: &[&str]) -> Option<String> {
    let lower = password.to_lowercase();
    let mut words: Vec<&str> = words.iter().copied().filter(|word| word.chars().count() >= 2).collect();
    // What holds another goes first.
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let rest = words.iter().fold(lower.clone(), |rest, word| rest.replace(word, ""));
    (rest.len() < lower.len()).then_some(rest)
}

/// Fewer than 10^8 guesses by its parts alone, each counted once, without the signs between them. `zxcvbn` adds 10^4 for every part
/// past the first, so that three parts always pass with it, `beijing` `2008` `aoyun` too.
fn is_guessed(text: &str, known: &[&str]) -> bool {
    let bare: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
    let estimate = zxcvbn(&bare, known);
    let mut counted: Vec<&str> = Vec::new();
    let mut power = 0.0;
    for part in estimate.sequence() {
        if !counted.contains(&part.token.as_str()) {
            counted.push(&part.token);
            power += part.guesses.map_or(0.0, |guesses| (guesses as f64).log10());
        }
    }
    power < 8.0
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
            ("hongqicoop2026!!", Weak::OwnName),
            ("Hongqi-2026-Cooperative", Weak::OwnName),
            ("Hongqi@Xunwu!2026", Weak::OwnName),
            ("红旗脐橙合作社2026年！", Weak::OwnName),
            ("!QAZ2wsx3edc4rfv", Weak::KeyboardWalk),
            ("5tgb6yhn7ujm8ik,", Weak::KeyboardWalk),
            ("qwer1234asdf5678", Weak::KeyboardWalk),
            ("correcthorsebatterystaple", Weak::Common),
            ("CorrectHorseBatteryStaple2026!", Weak::Common),
            ("IchLiebeDich-1", Weak::Common),
            ("shuaige123456", Weak::Common),
            ("tiankong123456", Weak::Common),
            ("zhangsan19900101", Weak::Date),
            ("woaizhongguo1949", Weak::Common),
            ("beijing2008aoyun", Weak::Common),
            ("jinjiangqicheng", Weak::Common),
            ("aini1314520aini", Weak::Common),
            ("Qicheng@Xunwu2026", Weak::Common),
            ("zhangwei19851203", Weak::Date),
            ("wangxiaoming2026", Weak::Common),
            ("gongsi2026caiwu!!", Weak::Common),
            ("xiaomi13812345678", Weak::Common),
            ("Admin@2026#qwe", Weak::Common),
            ("wo ai zhongguo 1949!", Weak::Common),
            ("laopo-5201314-woaini", Weak::Common),
        ] {
            assert_eq!(judged(text), Err(why), "{text}");
        }
        assert_eq!(judged(&"长".repeat(129)), Err(Weak::TooLong));
    }

    #[test]
    fn what_nobody_guesses_is_taken_whatever_it_is_made_of() {
        for text in [
            "kettle orchid ninety tractor",
            "kettleorchidninetytractor",
            "oranges picked at dawn",
            "seven crates by the old gate",
            "six crates before noon",
            "rapid results under purple lamps",
            "my aunt sells purple umbrellas",
            "Rain fell twice on Tuesday.",
            "the blue tractor needs a new wheel",
            "lamp-gravel-mitten-oyster",
            "we were red as properties",
            "早上六点去东边果园看看露水",
            "春风又绿江南岸和三头黄牛",
            "奶奶的柿子饼藏在米缸底下",
            "昨天下雨我没带伞淋成落汤鸡",
            "三只白鹅追着邮递员跑过桥",
            "果园里最老的那棵树今年没结果",
            "zaoshang liudian qu guoyuan kan lushui",
            "nainai de shizibing cang zai migang",
            "zuotian xiayu wo wangle dai yusan",
            "sanzhi baie zhuizhe youdiyuan pao",
            "wo jintian hen gaoxing",
            "mama zuo de fan zhen haochi",
            "红旗下面有三只白鹅在吃草",
            "hongqi kettle orchid ninety",
            "huangniu chidiao le linju de baicai",
            "vK7#pq2Lm9!x",
            "tR4-wqz8-Hn2m",
            "x9$Lf02bVmQ7kd",
            "8ad1f0c37be94421",
            "pomegranate 42 tractor",
        ] {
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
