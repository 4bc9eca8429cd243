//! Lists of what others try first: passwords of published breaches, words in pinyin. `README.md` beside it says where they are from.

/// In lower case, sorted by bytes, one a line.
const USED: &str = include_str!("used.txt");

const PINYIN: &str = include_str!("pinyin.txt");

/// Whether it stands in the list of breaches: as it is, or less the figures and signs around it. Capitals are seen through.
pub fn was_used(password: &str) -> bool {
    let lower = password.to_lowercase();
    let around = |c: char| !c.is_alphabetic();
    let sign = |c: char| c.is_ascii_punctuation() || c.is_whitespace();
    [lower.as_str(), lower.trim_end_matches(sign), lower.trim_end_matches(around), lower.trim_matches(around)]
        .into_iter()
        .any(listed)
}

/// Words in pinyin, best known first.
pub fn pinyin() -> std::str::Lines<'static> {
    PINYIN.lines()
}

/// Halves the text, to the beginning of a line each time.
fn listed(word: &str) -> bool {
    let (mut from, mut to) = (0, USED.len());
    while from < to {
        let line = USED[..(from + to) / 2].rfind('\n').map_or(0, |end| end + 1).max(from);
        let end = USED[line..].find('\n').map_or(USED.len(), |length| line + length);
        match USED[line..end].cmp(word) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => from = end + 1,
            std::cmp::Ordering::Greater => to = line,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_stands_in_the_list_is_found() {
        assert!(USED.lines().is_sorted(), "what is not sorted is not found");
        assert!(USED.lines().all(listed));
        let never = ["", "0", "zzzzzzzzzzzzz", "correcthors", "correcthorse\n", "长江长江"];
        assert!(never.into_iter().all(|word| !listed(word)));
    }

    #[test]
    fn capitals_and_what_stands_around_hide_nothing() {
        for text in [
            "correcthorsebatterystaple",
            "CorrectHorseBatteryStaple",
            "correcthorsebatterystaple2026!",
            "1correcthorse!",
        ] {
            assert!(was_used(text), "{text}");
        }
        assert!(!was_used("correct horse battery orchard") && !was_used("123456789012"));
    }
}
