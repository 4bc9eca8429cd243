//! kill -9 at a random moment under writers, again and again.

use std::fs::File;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use clap::Args;

use super::trial::Trial;
use crate::client::get;
use crate::engine::Engine;
use crate::machine::Neighbours;
use crate::service::{Service, default_binary};

#[derive(Debug, Args)]
pub struct Arguments {
    /// Kills
    #[arg(long, default_value_t = 200)]
    rounds: u64,
    /// Writers at once
    #[arg(long, default_value_t = 16)]
    writers: usize,
    /// The server [suyuan beside this program]
    #[arg(long)]
    binary: Option<PathBuf>,
    /// What keeps the records
    #[arg(long, value_enum, default_value_t = Engine::Sqlite)]
    engine: Engine,
    /// Where data folder and list are made
    #[arg(long, default_value_os_t = std::env::temp_dir())]
    folder: PathBuf,
    /// Empties SQLite's write-ahead log after each kill: the test has to fail, or it proves nothing
    #[arg(long)]
    sabotage: bool,
    /// Repeats the choices of a run
    #[arg(long)]
    seed: Option<u64>,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let seed = arguments.seed.unwrap_or_else(|| u64::from(std::process::id()));
    let folder = arguments.folder.join(format!("suyuan-crash-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    println!("{} rounds, {} writers, seed {seed}, in {}", arguments.rounds, arguments.writers, folder.display());
    let binary = arguments.binary.clone().unwrap_or_else(default_binary);
    let neighbours = Neighbours::watch();
    let started = Instant::now();
    let cluster = arguments.engine.cluster();
    let service = Service::new(&binary, &folder.join("data"))?.within(cluster.as_ref());
    let mut test = Trial::found(service, &folder, seed)?;
    if !arguments.sabotage {
        // Kills come between commit, signature, guard and answer, too. What the sabotage takes away the guard would tell first.
        test.service.kill()?;
        test.service.publish()?;
        test.service.start()?;
    }
    for number in 0..arguments.rounds {
        round(&mut test, number, arguments)
            .with_context(|| format!("round {number}, seed {seed}; data in {}", folder.display()))?;
        if (number + 1) % 20 == 0 {
            println!("{} rounds, {} acknowledged, none lost", number + 1, test.totals.acknowledged);
        }
    }
    test.end()?;
    // On a busy machine a kill may come before the first answer, but not every time.
    ensure!(test.totals.acknowledged as u64 >= arguments.rounds, "hardly anything was acknowledged before the kills");
    let totals = &test.totals;
    println!(
        "{} kills in {:.0} s: {} acts acknowledged, all kept; {} stored, {} of them never answered; slowest start {} ms",
        arguments.rounds,
        started.elapsed().as_secs_f64(),
        totals.acknowledged,
        totals.stored,
        totals.unanswered_but_stored,
        totals.slowest_start.as_millis()
    );
    drop(test);
    neighbours.report();
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

fn round(test: &mut Trial, round: u64, arguments: &Arguments) -> anyhow::Result<()> {
    let prefix = format!("r{round:05}-");
    let attempts = test.write_until(&prefix, arguments.writers, Service::kill)?;
    if arguments.sabotage {
        let wal = File::options().write(true).open(test.service.folder.join("suyuan.sqlite-wal"))?;
        wal.set_len(0)?;
    }
    if test.random.between(0, 8) == 0 {
        // A second kill while the server is still starting.
        test.service.spawn()?;
        thread::sleep(Duration::from_millis(test.random.between(0, 40)));
        test.service.kill()?;
    }
    test.start_and_check(&prefix, &attempts, arguments.writers)?;
    if arguments.sabotage { Ok(()) } else { check_published(test) }
}

/// Everything that is stored is covered by the checkpoint that is published now.
fn check_published(test: &Trial) -> anyhow::Result<()> {
    let mut client = test.service.client()?;
    let answer = client.send(&get("/log/checkpoint", ""))?;
    let note = answer.text();
    let size: i64 =
        note.lines().nth(1).unwrap_or_default().parse().with_context(|| format!("the checkpoint {note}"))?;
    ensure!(size == test.log_end(), "{} records are stored, {size} are published", test.log_end());
    Ok(())
}
