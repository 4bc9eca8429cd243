//! Reading state and chain of batches at random from SQLite, by one thread and by two. The engine's own settings decide
//! whether a second thread helps: built otherwise, all connections share one lock (`.cargo/config.toml`).

use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::ensure;
use clap::Args;
use suyuan::domain::record::Handle;
use suyuan::store::Store;

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
    let (mut one, mut two, mut seed) = (Vec::new(), Vec::new(), 1);
    for _ in 0..arguments.rounds {
        for (threads, rates) in [(1, &mut one), (2, &mut two)] {
            seed += 1;
            rates.push(rate(&store, &batches, threads, length, seed)?);
        }
    }
    let ratios: Vec<f64> = two.iter().zip(&one).map(|(two, one)| two / one).collect();
    let (low, high) = span(&ratios);
    println!("one thread   {:>9.0} batches/s", median(&one));
    println!("two threads  {:>9.0} batches/s", median(&two));
    println!("two / one    {:>9.2}  ({low:.2}–{high:.2})", median(&ratios));
    neighbours.report();
    drop(store);
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

fn rate(
    store: &Arc<dyn Store>,
    batches: &[Handle],
    threads: usize,
    length: Duration,
    seed: u64,
) -> anyhow::Result<f64> {
    let started = Instant::now();
    let counts = thread::scope(|scope| {
        let readers: Vec<_> = (0..threads as u64)
            .map(|number| {
                scope.spawn(move || {
                    let (mut random, mut count) = (Random::new(seed << 8 | number), 0_u64);
                    while started.elapsed() < length {
                        let batch = batches[random.between(0, batches.len() as u64) as usize];
                        ensure!(
                            store.subject(batch)?.is_some() && !store.chain(batch, 0, u64::MAX)?.is_empty(),
                            "gone"
                        );
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
    Ok(counts as f64 / started.elapsed().as_secs_f64())
}
