//! Batches read at random, by one thread and by two: what a scan page needs, its history and view; and, as the least that can
//! be asked, state and chain alone. How SQLite is built decides whether a second thread helps (`.cargo/config.toml`).

use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use clap::Args;
use suyuan::app::clock::SystemClock;
use suyuan::app::{Visit, scan};
use suyuan::domain::ports::Clock;
use suyuan::domain::record::Handle;

use crate::appends::prepared;
use crate::engine::{Database, Engine};
use crate::machine::{self, Neighbours};
use crate::random::Random;
use crate::waits::{median, span};

#[derive(Debug, Args)]
pub struct Arguments {
    /// Batches in the instance
    #[arg(long, default_value_t = 100_000)]
    stored: usize,
    /// Length of each measurement
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
    /// Times that both are measured, in turns
    #[arg(long, default_value_t = 7)]
    rounds: usize,
    /// What keeps the records
    #[arg(long, value_enum, default_value_t = Engine::Sqlite)]
    engine: Engine,
    /// Where the data folder is made
    #[arg(long, default_value_os_t = std::env::temp_dir())]
    folder: PathBuf,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let folder = arguments.folder.join(format!("suyuan-reads-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    println!("{}", machine::describe(&folder));
    println!("engine: {}; {} batches, {} s each", arguments.engine.describe(), arguments.stored, arguments.seconds);
    let neighbours = Neighbours::watch();
    let cluster = arguments.engine.cluster();
    let database = match &cluster {
        Some(cluster) => Database::Postgres(cluster.new_database()),
        None => Database::Sqlite(folder.join("suyuan.sqlite")),
    };
    let store = database.open()?;
    let batches = prepared(&*store, arguments.stored)?;
    let length = Duration::from_secs_f64(arguments.seconds);
    let visit = |batch: Handle| -> anyhow::Result<()> {
        let mut found = None;
        store.at_one_moment(&mut |read| {
            let visit = Visit {
                read,
                database: None,
                now: SystemClock.now(),
                utc_offset_minutes: 480,
                data_from: None,
                witnessed: None,
                awaits_witnesses: false,
            };
            found = Some(scan::of_batch(&visit, batch));
        })?;
        ensure!(!found.context("nothing was looked at")??.is_unknown(), "gone");
        Ok(())
    };
    let look = |batch: Handle| -> anyhow::Result<()> {
        ensure!(store.subject(batch)?.is_some() && !store.chain(batch, 0, u64::MAX)?.is_empty(), "gone");
        Ok(())
    };
    let mut measure = Measure { batches: &batches, length, rounds: arguments.rounds, random: Random::new(1) };
    measure.print("history and view of a page", &visit)?;
    measure.print("state and chain alone", &look)?;
    neighbours.report();
    drop(store);
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

type Read<'r> = &'r (dyn Fn(Handle) -> anyhow::Result<()> + Sync);

struct Measure<'b> {
    batches: &'b [Handle],
    length: Duration,
    rounds: usize,
    random: Random,
}

impl Measure<'_> {
    fn print(&mut self, name: &str, read: Read<'_>) -> anyhow::Result<()> {
        let (mut one, mut two) = (Vec::new(), Vec::new());
        for _ in 0..self.rounds {
            one.push(self.rate(read, 1)?);
            two.push(self.rate(read, 2)?);
        }
        let ratios: Vec<f64> = two.iter().zip(&one).map(|(two, one)| two / one).collect();
        let (low, high) = span(&ratios);
        println!(
            "{name:<28}{:>8.0}/s by one thread, {:>8.0}/s by two: {:.2}  ({low:.2}–{high:.2})",
            median(&one),
            median(&two),
            median(&ratios)
        );
        Ok(())
    }

    fn rate(&mut self, read: Read<'_>, threads: usize) -> anyhow::Result<f64> {
        let seeds: Vec<u64> = (0..threads).map(|_| self.random.next()).collect();
        let (batches, length, started) = (self.batches, self.length, Instant::now());
        let count = thread::scope(|scope| {
            let readers: Vec<_> = seeds
                .into_iter()
                .map(|seed| {
                    scope.spawn(move || {
                        let (mut random, mut count) = (Random::new(seed), 0_u64);
                        while started.elapsed() < length {
                            read(batches[random.between(0, batches.len() as u64) as usize])?;
                            count += 1;
                        }
                        Ok(count)
                    })
                })
                .collect();
            let join = |reader: thread::ScopedJoinHandle<'_, anyhow::Result<u64>>| {
                reader.join().map_err(|_| anyhow::anyhow!("a reader panicked"))?
            };
            readers.into_iter().map(join).sum::<anyhow::Result<u64>>()
        })?;
        Ok(count as f64 / started.elapsed().as_secs_f64())
    }
}
