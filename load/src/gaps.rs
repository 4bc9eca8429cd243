//! Moments at which a thread that never sleeps could not go on: its core was taken away, by the machine below or by another
//! thread. No server can answer in them.

use std::time::{Duration, Instant};

use clap::Args;

use crate::waits::Waits;

#[derive(Debug, Args)]
pub struct Arguments {
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
}

/// Gaps above this are counted; below lie interrupts and the caller's own steps.
const SHORTEST: Duration = Duration::from_micros(500);

#[derive(Debug)]
pub struct Gaps {
    last: Instant,
    looked: Duration,
    lost: Duration,
    found: Waits,
}

impl Gaps {
    pub fn start() -> Self {
        Self { last: Instant::now(), looked: Duration::ZERO, lost: Duration::ZERO, found: Waits::default() }
    }

    /// To be called all the time. Answers the time.
    pub fn look(&mut self) -> Instant {
        let now = Instant::now();
        let gap = now - self.last;
        self.looked += gap;
        if gap > SHORTEST {
            self.found.add(gap);
            self.lost += gap;
        }
        self.last = now;
        now
    }

    pub fn join(&mut self, other: Self) {
        self.looked += other.looked;
        self.lost += other.lost;
        self.found.join(other.found);
    }

    /// Number, milliseconds lost in each second, milliseconds of the longest.
    pub fn told(&mut self) -> String {
        let seconds = self.looked.as_secs_f64();
        let longest = self.found.at(&[1000])[0];
        format!(
            "{:.1} a second, {:.1} ms of each second, longest {longest:.1} ms",
            self.found.count() as f64 / seconds,
            self.lost.as_secs_f64() * 1e3 / seconds
        )
    }
}

/// Does nothing but look at the clock.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let mut gaps = Gaps::start();
    let end = Instant::now() + Duration::from_secs_f64(arguments.seconds);
    while gaps.look() < end {}
    println!("{}", gaps.told());
    Ok(())
}
