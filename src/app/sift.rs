//! Looking through a list, stretch by stretch, for what holds what somebody typed.

use super::AppError;

/// Lines that one look goes through; where nothing or little is found among them, it goes on from there.
const LOOKED_AT: usize = 600;
/// Lines that are read at once.
const STRETCH: u32 = 100;

/// What of a list fits.
pub struct Sifted<T> {
    pub items: Vec<T>,
    /// Where the list goes on.
    pub next: Option<u64>,
    /// How many lines were looked at.
    pub looked_at: usize,
}

/// What is looked for: without leading or trailing space, in small letters; nothing where nothing is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted(String);

impl Wanted {
    pub fn of(typed: &str) -> Option<Self> {
        Some(typed.trim().to_lowercase()).filter(|wanted| !wanted.is_empty()).map(Self)
    }

    pub fn is_in(&self, text: &str) -> bool {
        text.to_lowercase().contains(&self.0)
    }
}

/// Lines from `after` on that `fit`, some more than `limit` at most by a stretch. `read` answers a stretch and where the next begins.
pub fn sift<T>(
    (after, limit): (u64, u32),
    mut read: impl FnMut(u64, u32) -> Result<(Vec<T>, Option<u64>), AppError>,
    fits: impl Fn(&T) -> bool,
) -> Result<Sifted<T>, AppError> {
    let mut sifted = Sifted { items: Vec::new(), next: Some(after), looked_at: 0 };
    while let Some(from) = sifted.next.filter(|_| sifted.looked_at < LOOKED_AT && sifted.items.len() < limit as usize) {
        let (stretch, next) = read(from, STRETCH)?;
        sifted.looked_at += STRETCH as usize;
        sifted.next = next;
        sifted.items.extend(stretch.into_iter().filter(|line| fits(line)));
    }
    Ok(sifted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(until: u64) -> impl FnMut(u64, u32) -> Result<(Vec<u64>, Option<u64>), AppError> {
        move |from, count| {
            let end = until.min(from + u64::from(count));
            Ok(((from..end).collect(), (end < until).then_some(end)))
        }
    }

    #[test]
    fn a_rare_line_is_found_or_the_look_says_where_to_go_on() {
        let found = sift((0, 10), numbers(550), |number| *number == 540).unwrap();
        assert_eq!((found.items, found.next), (vec![540], None));
        let far = sift((0, 10), numbers(5_000), |number| *number == 640).unwrap();
        assert_eq!((far.items, far.next, far.looked_at), (vec![], Some(600), 600));
        let further = sift((600, 10), numbers(5_000), |number| *number == 640).unwrap();
        assert_eq!((further.items, further.next), (vec![640], Some(1_200)));
    }

    #[test]
    fn it_ends_with_the_stretch_in_which_enough_was_found() {
        let found = sift((0, 10), numbers(5_000), |number| number % 5 == 0).unwrap();
        assert_eq!((found.items.len(), found.next), (20, Some(100)));
    }

    #[test]
    fn letters_may_be_large_or_small_and_nothing_typed_looks_for_nothing() {
        assert!(Wanted::of(" st-2 ").unwrap().is_in("Store ST-20"));
        assert_eq!(Wanted::of("  "), None);
    }
}
