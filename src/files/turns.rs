//! Turns at a work that takes much memory: so many do it at once, so many wait, whoever comes then is asked to come again.

use std::sync::{Condvar, Mutex, PoisonError};

/// Whose turn it is, and how many wait.
pub struct Turns {
    most_at_once: usize,
    most_waiting: usize,
    counts: Mutex<Counts>,
    ended: Condvar,
}

#[derive(Default)]
struct Counts {
    at_work: usize,
    waiting: usize,
}

/// One's turn; it ends when this is dropped.
pub struct Turn<'t>(&'t Turns);

/// Too many wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many wait for their turn")]
pub struct Crowded;

impl Turns {
    pub const fn new(most_at_once: usize, most_waiting: usize) -> Self {
        let counts = Mutex::new(Counts { at_work: 0, waiting: 0 });
        Self { most_at_once, most_waiting, counts, ended: Condvar::new() }
    }

    /// Waits for a turn, on a thread that may.
    pub fn wait(&self) -> Result<Turn<'_>, Crowded> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.at_work >= self.most_at_once {
            if counts.waiting >= self.most_waiting {
                return Err(Crowded);
            }
            counts.waiting += 1;
            while counts.at_work >= self.most_at_once {
                counts = self.ended.wait(counts).unwrap_or_else(PoisonError::into_inner);
            }
            counts.waiting -= 1;
        }
        counts.at_work += 1;
        Ok(Turn(self))
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.counts.lock().unwrap_or_else(PoisonError::into_inner).at_work -= 1;
        self.0.ended.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn no_more_work_at_once_than_was_said_and_who_finds_a_crowd_is_sent_away() {
        static TURNS: Turns = Turns::new(2, 3);
        let (at_once, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let (first, second) = (TURNS.wait().unwrap(), TURNS.wait().unwrap());
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    let turn = TURNS.wait().unwrap();
                    most.fetch_max(at_once.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    std::thread::yield_now();
                    at_once.fetch_sub(1, Ordering::SeqCst);
                    drop(turn);
                });
            }
            while TURNS.counts.lock().unwrap().waiting < 3 {
                std::thread::yield_now();
            }
            assert_eq!(TURNS.wait().err(), Some(Crowded));
            drop((first, second));
        });
        assert!((1..=2).contains(&most.into_inner()));
        assert!(TURNS.wait().is_ok(), "all turns have ended");
    }
}
