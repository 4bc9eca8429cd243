//! The database's primary dies whole (kill -9 of every process), its synchronous standby is promoted, and the service, which
//! was told both addresses, goes on. Writers write through it, asking again with the same key. In each round:
//!
//! - before the kill the primary itself says that the standby is synchronous: one that is only configured protects nothing;
//! - the first write that was sent after the kill is acknowledged soon;
//! - the old primary stays down, then follows the new one from a fresh copy, and takes no write;
//! - everything at the head of [`super`] holds.
//!
//! The service is never restarted. Nobody here decides that a primary is dead: the promotion follows the kill at once, where
//! Patroni would first wait for its lease to run out.

use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use clap::Args;

use super::trial::Trial;
use crate::cluster::{Cluster, program};
use crate::engine::Database;
use crate::machine::Neighbours;
use crate::service::{Service, default_binary};

#[derive(Debug, Args)]
pub struct Arguments {
    /// Primaries to kill
    #[arg(long, default_value_t = 20)]
    rounds: u64,
    /// Writers at once
    #[arg(long, default_value_t = 16)]
    writers: usize,
    /// The server [suyuan beside this program]
    #[arg(long)]
    binary: Option<PathBuf>,
    /// Where data folder and list are made
    #[arg(long, default_value_os_t = std::env::temp_dir())]
    folder: PathBuf,
    /// Cuts the standby off, and commits do not wait for it: the test has to fail, or it proves nothing
    #[arg(long)]
    sabotage: bool,
    /// Repeats the choices of a run
    #[arg(long)]
    seed: Option<u64>,
}

/// From the kill to the first acknowledged write that was sent after it.
const SOON: Duration = Duration::from_secs(10);

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let seed = arguments.seed.unwrap_or_else(|| u64::from(std::process::id()));
    let folder = arguments.folder.join(format!("suyuan-failover-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    println!("{} rounds, {} writers, seed {seed}, in {}", arguments.rounds, arguments.writers, folder.display());
    let (neighbours, started) = (Neighbours::watch(), Instant::now());
    let primary = Cluster::start(SETTINGS);
    let standby = primary.standby(SETTINGS);
    let binary = arguments.binary.clone().unwrap_or_else(default_binary);
    let mut service = Service::new(&binary, &folder.join("data"))?.within(Some(&primary));
    service.database = both(&service.database, &standby)?;
    let trial = Trial::found(service, &folder, seed)?;
    let mut test = Failover { trial, pair: [primary, standby], sabotage: arguments.sabotage };
    let mut waits = Vec::new();
    for round in 0..arguments.rounds {
        let (count, wait) = test
            .round(round, arguments.writers)
            .with_context(|| format!("round {round}, seed {seed}; data in {}", folder.display()))?;
        println!(
            "round {round}: {count} acknowledged, none lost; first write {:.2} s after the kill",
            wait.as_secs_f64()
        );
        waits.push(wait);
    }
    test.trial.end()?;
    waits.sort();
    let of = |place: usize| waits.get(place).map_or(0.0, Duration::as_secs_f64);
    println!(
        "{} primaries killed in {:.0} s: {} acts acknowledged, all kept; first write after {:.2} s (median), {:.2} s (longest)",
        arguments.rounds,
        started.elapsed().as_secs_f64(),
        test.trial.totals.acknowledged,
        of(waits.len() / 2),
        of(waits.len().saturating_sub(1)),
    );
    drop(test);
    neighbours.report();
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

/// Every commit is synced, here and on the standby.
const SETTINGS: &[&str] = &["max_connections=100", "shared_buffers=256MB"];

/// The address of a database that is on either of two servers: wherever it takes writes.
fn both(database: &Database, other: &Cluster) -> anyhow::Result<Database> {
    let Database::Postgres(url) = database else { bail!("a failover needs PostgreSQL") };
    let (place, rest) = url.split_once("&user=").context("the address of a cluster")?;
    let other = other.folder().display();
    Ok(Database::Postgres(format!("{place},{other}&user={rest}&target_session_attrs=read-write")))
}

struct Failover {
    trial: Trial,
    /// The primary and its standby, for now.
    pair: [Cluster; 2],
    sabotage: bool,
}

impl Failover {
    /// Answers how many acts were acknowledged, and how long the first one after the kill took.
    fn round(&mut self, round: u64, writers: usize) -> anyhow::Result<(usize, Duration)> {
        if self.sabotage {
            self.pair[1].sql("postgres", "alter system set primary_conninfo = ''");
            self.pair[1].sql("postgres", "select pg_reload_conf()");
        } else {
            self.wait_for_the_standby()?;
        }
        let prefix = format!("r{round:05}-");
        let mut moment = |from, to| Duration::from_millis(self.trial.random.between(from, to));
        let (before, after) = (moment(300, 1_000), moment(1_500, 2_500));
        let [primary, standby] = &mut self.pair;
        let (moments, attempts, spans) = self.trial.write_through(&prefix, writers, || {
            thread::sleep(before);
            let killed = Instant::now();
            primary.kill_all();
            let dead = Instant::now();
            standby.promote();
            thread::sleep(after);
            ensure!(!answers(primary), "the old primary is back by itself");
            Ok((killed, dead))
        })?;
        let (killed, dead) = moments;
        // What was sent before may have been committed and answered by the old one.
        let first = spans.iter().filter(|(sent, _)| *sent > dead).map(|(_, answered)| *answered).min();
        let wait = first.context("nothing was acknowledged after the kill")? - killed;
        ensure!(wait < SOON, "the first write was acknowledged {wait:?} after the kill");
        ensure!(spans.len() > writers, "hardly anything was acknowledged");
        self.trial.start_and_check(&prefix, &attempts, writers)?;
        self.change_places()?;
        Ok((spans.len(), wait))
    }

    /// From now on commits wait for the standby; answers once the primary says so.
    fn wait_for_the_standby(&self) -> anyhow::Result<()> {
        let [primary, _] = &self.pair;
        primary.sql("postgres", "alter system set synchronous_standby_names = '*'");
        primary.sql("postgres", "select pg_reload_conf()");
        let begun = Instant::now();
        loop {
            let state = primary.sql("postgres", "select sync_state from pg_stat_replication");
            if state == "sync" {
                return Ok(());
            }
            ensure!(begun.elapsed() < Duration::from_secs(30), "the standby is not synchronous: {state}");
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// The old primary follows the new one, from a fresh copy, and takes no write.
    fn change_places(&mut self) -> anyhow::Result<()> {
        self.pair.swap(0, 1);
        let [primary, standby] = &mut self.pair;
        standby.rejoin(primary);
        // The copy holds the setting; once this one is promoted, nobody stands by for it at first.
        standby.sql("postgres", "alter system reset synchronous_standby_names");
        standby.sql("postgres", "select pg_reload_conf()");
        let write = Command::new(program("psql"))
            .args(["-X", "-U", "suyuan", "-d", "postgres", "-c", "create table forked (id bigint)", "-h"])
            .arg(standby.folder())
            .output()?;
        ensure!(!write.status.success(), "the old primary takes writes");
        Ok(())
    }
}

fn answers(cluster: &Cluster) -> bool {
    let asked = Command::new(program("pg_isready")).arg("-q").arg("-h").arg(cluster.folder()).status();
    asked.is_ok_and(|status| status.success())
}
