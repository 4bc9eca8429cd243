//! Walks over a US keyboard, which most keyboards in China are: along a row, along a slanting column, backwards, with or without shift.

/// Keys from the top row down; a key stands half a width to the left of the one after which it is numbered in the row above, so that a
/// column is one number in all rows.
const ROWS: [&str; 4] = ["`1234567890-=", " qwertyuiop[]\\", " asdfghjkl;'", " zxcvbnm,./"];
const SHIFTED: [&str; 4] = ["~!@#$%^&*()_+", " QWERTYUIOP{}|", " ASDFGHJKL:\"", " ZXCVBNM<>?"];

type Key = (i32, i32);

/// Whether at least two keys of three belong to straight walks of three keys or more; of every second key too, as in `q1w2e3r4`.
pub fn is_walk(password: &str) -> bool {
    let keys: Vec<Option<Key>> = password.chars().map(key).collect();
    let mut walked = vec![false; keys.len()];
    for stride in [1, 2] {
        for at in 0..keys.len().saturating_sub(2 * stride) {
            let steps = [step(keys[at], keys[at + stride]), step(keys[at + stride], keys[at + 2 * stride])];
            if steps[0].is_some() && steps[0] == steps[1] {
                (0..=2).for_each(|nth| walked[at + nth * stride] = true);
            }
        }
    }
    walked.iter().filter(|it| **it).count() * 3 >= keys.len() * 2
}

fn key(typed: char) -> Option<Key> {
    let row_of = |rows: [&str; 4]| {
        let found = rows.iter().zip(0..).find_map(|(row, down)| Some((row.find(typed)?, down)));
        found.and_then(|(across, down)| Some((i32::try_from(across).ok()?, down)))
    };
    (typed != ' ').then(|| row_of(ROWS).or_else(|| row_of(SHIFTED)))?
}

/// The direction from a key to one that touches it.
fn step(from: Option<Key>, to: Option<Key>) -> Option<Key> {
    let ((x, y), (to_x, to_y)) = (from?, to?);
    let step = (to_x - x, to_y - y);
    // Along the row; down or up the column; up to the right or down to the left, as the rows are shifted.
    matches!(step, (-1 | 1, 0) | (0, -1 | 1) | (1, -1) | (-1, 1)).then_some(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn walks_in_any_direction_are_seen() {
        for text in [
            "!QAZ2wsx3edc4rfv",
            "5tgb6yhn7ujm8ik,",
            "qwer1234asdf5678",
            "zaq1xsw2cde3vfr4",
            "ZAQ!2wsxCDE#4rfv",
            "0okm9ijn8uhb7ygv",
            "poiuytrewqlkjh",
            "q1w2e3r4t5y6u7i8",
            "1q2w3e4r%T^Y&U*I",
            "!@#$QWER1234asdf",
            "zxcvbnm,./asdfgh2026",
            "zse4xdr5cft6",
        ] {
            assert!(is_walk(text), "{text}");
        }
    }

    #[test]
    fn words_are_no_walks() {
        for text in [
            "oranges picked at dawn",
            "we were assessed as property",
            "treasures were assessed",
            "早上六点去东边果园看看露水",
            "zaoshang qu guoyuan kan lushui",
            "vK7#pq2Lm9!x",
            "kettle 1qaz2wsx tractor",
            "",
        ] {
            assert!(!is_walk(text) || text.is_empty(), "{text}");
        }
    }
}
