//! kill -9 at a random moment under writers, again and again. After each restart:
//!
//! - acknowledged ⊆ stored ⊆ attempted: each acknowledged receipt is kept as it was answered, each kept one was asked for;
//! - each record of the log stands in exactly one kept receipt, and the log has no gap;
//! - each chain that was written to verifies, and holds exactly the records of the receipts;
//! - a repetition of every attempt with its key gives the same receipt, and one effect;
//! - what is left in each batch is what was put in less what went out.
//!
//! Acknowledgements go into an fsynced list outside the data folder; the checks read that list, not memory.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::File;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use clap::Args;
use serde_json::Value;
use suyuan::domain::chain::verify_ndjson;

use crate::client::Client;
use crate::county::{self, Cooperative};
use crate::database::{Reader, Remembered};
use crate::engine::Engine;
use crate::machine::Neighbours;
use crate::random::Random;
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

/// A request as it was sent.
#[derive(Debug, Clone)]
struct Attempt {
    key: String,
    path: String,
    body: String,
}

/// An answered one, as the list holds it.
struct Acknowledged {
    key: String,
    receipt: String,
}

#[derive(Default)]
struct Totals {
    acknowledged: usize,
    stored: usize,
    unanswered_but_stored: usize,
    slowest_start: Duration,
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
    let mut service = Service::new(&binary, &folder.join("data"))?.within(cluster.as_ref());
    let cooperative = county::found(&mut service)?;
    let mut test = Crash {
        service,
        cooperative,
        folder: folder.clone(),
        random: Random::new(seed),
        log_end: 0,
        sabotage: arguments.sabotage,
        totals: Totals::default(),
    };
    test.log_end = Reader::open(&test.service.database)?.log(0)?.len() as i64;
    for round in 0..arguments.rounds {
        test.round(round, arguments.writers)
            .with_context(|| format!("round {round}, seed {seed}; data in {}", folder.display()))?;
        if (round + 1) % 20 == 0 {
            println!("{} rounds, {} acknowledged, none lost", round + 1, test.totals.acknowledged);
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

struct Crash {
    service: Service,
    cooperative: Cooperative,
    folder: PathBuf,
    random: Random,
    /// Index that the next record gets.
    log_end: i64,
    sabotage: bool,
    totals: Totals,
}

impl Crash {
    fn round(&mut self, round: u64, writers: usize) -> anyhow::Result<()> {
        let prefix = format!("r{round:05}-");
        let attempts = self.write_until_killed(&prefix, writers)?;
        if self.sabotage {
            let wal = File::options().write(true).open(self.service.folder.join("suyuan.sqlite-wal"))?;
            wal.set_len(0)?;
        }
        if self.random.between(0, 8) == 0 {
            // A second kill while the server is still starting.
            self.service.spawn()?;
            thread::sleep(Duration::from_millis(self.random.between(0, 40)));
            self.service.kill()?;
        }
        let start = self.service.start()?;
        self.totals.slowest_start = self.totals.slowest_start.max(start);
        let acknowledged = read_list(&self.list(&prefix))?;
        let before = self.check_kept(&prefix, &attempts, &acknowledged)?;
        self.check_chains(&before)?;
        self.repeat(&attempts, &before, writers)?;
        let after = self.check_kept(&prefix, &attempts, &acknowledged)?;
        ensure!(after.len() == attempts.len(), "{} attempts left {} effects", attempts.len(), after.len());
        self.check_chains(&after)?;
        self.check_balances(&after)?;
        self.log_end = after.values().flat_map(indexes).max().map_or(self.log_end, |last| last + 1);
        self.totals.acknowledged += acknowledged.len();
        self.totals.stored += before.len();
        self.totals.unanswered_but_stored += before.len() - acknowledged.len();
        std::fs::remove_file(self.list(&prefix))?;
        Ok(())
    }

    fn list(&self, prefix: &str) -> PathBuf {
        self.folder.join(format!("{prefix}acknowledged"))
    }

    /// Writers act until the kill ends their connections. Answers every request that was sent.
    fn write_until_killed(&mut self, prefix: &str, writers: usize) -> anyhow::Result<HashMap<String, Attempt>> {
        let (address, key) = (self.service.address, self.cooperative.key.clone());
        let (acknowledge, acknowledged) = channel();
        let list = File::create(self.list(prefix))?;
        let keeper = thread::spawn(move || keep_list(list, &acknowledged));
        let moment = Duration::from_millis(self.random.between(30, 250));
        let threads: Vec<_> = (0..writers)
            .map(|number| {
                let writer = Writer {
                    prefix: format!("{prefix}w{number:02}"),
                    key: key.clone(),
                    random: Random::new(self.random.next()),
                    attempts: Vec::new(),
                    acknowledge: acknowledge.clone(),
                };
                thread::spawn(move || writer.run(address))
            })
            .collect();
        drop(acknowledge);
        thread::sleep(moment);
        self.service.kill()?;
        let mut attempts = HashMap::new();
        for thread in threads {
            for attempt in thread.join().map_err(|_| anyhow::anyhow!("a writer panicked"))?? {
                attempts.insert(attempt.key.clone(), attempt);
            }
        }
        keeper.join().map_err(|_| anyhow::anyhow!("the list's keeper panicked"))??;
        Ok(attempts)
    }

    /// acknowledged ⊆ stored ⊆ attempted, and the log is exactly what the kept receipts say.
    fn check_kept(
        &self,
        prefix: &str,
        attempts: &HashMap<String, Attempt>,
        acknowledged: &[Acknowledged],
    ) -> anyhow::Result<BTreeMap<String, Value>> {
        let mut reader = Reader::open(&self.service.database)?;
        let kept = reader.remembered(&self.cooperative.organisation, prefix)?;
        let texts: HashMap<&str, &str> = kept.iter().map(|it| (it.key.as_str(), it.receipt.as_str())).collect();
        for Acknowledged { key, receipt } in acknowledged {
            match texts.get(key.as_str()) {
                None => bail!("LOST: {key} was acknowledged with {receipt} and is gone"),
                Some(text) => ensure!(text == receipt, "{key} was answered {receipt}, kept is {text}"),
            }
        }
        let mut from_receipts = BTreeMap::new();
        let mut receipts = BTreeMap::new();
        for Remembered { key, receipt } in &kept {
            ensure!(attempts.contains_key(key), "{key} is stored and was never asked for");
            let receipt: Value = serde_json::from_str(receipt)?;
            for record in receipt["records"].as_array().context("records")? {
                let index = record["log_index"].as_i64().context("log_index")?;
                let hash = record["hash"].as_str().context("hash")?.to_owned();
                ensure!(from_receipts.insert(index, hash).is_none(), "two receipts name index {index}");
            }
            receipts.insert(key.clone(), receipt);
        }
        let log = reader.log(self.log_end)?;
        ensure!(
            log.len() == from_receipts.len(),
            "the log holds {} records, receipts name {}",
            log.len(),
            from_receipts.len()
        );
        for (place, stored) in (self.log_end..).zip(&log) {
            ensure!(stored.log_index == place, "the log has a gap at {place}: next is {}", stored.log_index);
            ensure!(from_receipts.get(&place) == Some(&stored.hash), "index {place} is not what its receipt names");
        }
        Ok(receipts)
    }

    /// Every chain written to verifies and holds the records of the receipts, in their places.
    fn check_chains(&self, receipts: &BTreeMap<String, Value>) -> anyhow::Result<()> {
        let mut chains: HashMap<&str, BTreeMap<u64, &str>> = HashMap::new();
        for record in receipts.values().filter_map(|it| it["records"].as_array()).flatten() {
            let subject = record["subject"].as_str().context("subject")?;
            let seq = record["seq"].as_u64().context("seq")?;
            let earlier = chains.entry(subject).or_default().insert(seq, record["hash"].as_str().context("hash")?);
            ensure!(earlier.is_none(), "{subject} forks at {seq}");
        }
        let mut client = self.service.client()?;
        for (subject, expected) in chains {
            let id = subject.strip_prefix("batch:").with_context(|| format!("{subject} is no batch"))?;
            let answer = client.get(&format!("/api/v1/batches/{id}/chain"), "")?;
            ensure!(answer.status == 200, "{subject}: chain answered {}", answer.status);
            let head = answer.header("suyuan-head").context("Suyuan-Head")?.parse()?;
            let verified =
                verify_ndjson(answer.body, Some(head)).with_context(|| format!("{subject} does not verify"))?;
            ensure!(
                verified.records == expected.len(),
                "{subject} holds {} records, receipts name {}",
                verified.records,
                expected.len()
            );
            for ((seq, hash), line) in expected.iter().zip(answer.body.split(|byte| *byte == b'\n')) {
                let found = suyuan::domain::record::record_hash(line).to_string();
                ensure!(found == **hash, "{subject} at {seq}: {found} is stored, {hash} was answered");
            }
        }
        Ok(())
    }

    /// Sends every attempt again with its key.
    fn repeat(
        &self,
        attempts: &HashMap<String, Attempt>,
        kept: &BTreeMap<String, Value>,
        writers: usize,
    ) -> anyhow::Result<()> {
        let attempts: Vec<&Attempt> = attempts.values().collect();
        thread::scope(|scope| {
            let repeaters: Vec<_> = attempts
                .chunks(attempts.len().div_ceil(writers).max(1))
                .map(|part| {
                    scope.spawn(move || {
                        let mut client = self.service.client()?;
                        for attempt in part {
                            let again =
                                client.post(&attempt.path, &self.cooperative.key, &attempt.key, &attempt.body)?;
                            ensure!(again.status == 201, "{} again: {} {}", attempt.key, again.status, again.text());
                            let receipt: Value = serde_json::from_slice(again.body)?;
                            if let Some(first) = kept.get(&attempt.key) {
                                ensure!(receipt == *first, "{}: {receipt}, first {first}", attempt.key);
                            }
                        }
                        Ok(())
                    })
                })
                .collect();
            repeaters.into_iter().try_for_each(|it| it.join().map_err(|_| anyhow::anyhow!("a repeater panicked"))?)
        })
    }

    /// What is left of the big batches is what the receipts took from them.
    fn check_balances(&self, receipts: &BTreeMap<String, Value>) -> anyhow::Result<()> {
        let mut taken: HashMap<String, (u64, u64)> = HashMap::new();
        let mut opened = HashSet::new();
        for record in receipts.values().filter_map(|it| it["records"].as_array()).flatten() {
            let subject = record["subject"].as_str().unwrap_or_default().to_owned();
            match record["kind"].as_str().unwrap_or_default() {
                "batch.opened" => drop(opened.insert(subject)),
                "batch.lost" => taken.entry(subject).or_default().0 += 1,
                "batch.split" => taken.entry(subject).or_default().1 += SPLIT,
                other => bail!("{other} was not asked for"),
            }
        }
        let mut client = self.service.client()?;
        for (subject, (lost, split)) in taken {
            ensure!(opened.contains(&subject), "{subject} was never opened");
            let id = subject.trim_start_matches("batch:");
            let answer = client.get(&format!("/api/v1/batches/{id}"), &self.cooperative.key)?;
            let batch: Value = serde_json::from_slice(answer.body)?;
            let figure = |name: &str| batch["balance"][name].as_u64().with_context(|| format!("{name}: {batch}"));
            let (input, output, loss, rest) = (figure("input")?, figure("output")?, figure("loss")?, figure("rest")?);
            ensure!(
                input == county::PLENTY && output == split && loss == lost && rest == input - output - loss,
                "{subject}: {lost} lost and {split} split off, balance {}",
                batch["balance"]
            );
        }
        Ok(())
    }

    /// Once more over everything: the whole log, and the engine's own check.
    fn end(&mut self) -> anyhow::Result<()> {
        let mut reader = Reader::open(&self.service.database)?;
        let log = reader.log(0)?;
        let hashes: HashSet<&str> = log.iter().map(|it| it.hash.as_str()).collect();
        ensure!(log.iter().zip(0..).all(|(it, place)| it.log_index == place), "the log has a gap");
        ensure!(log.len() as i64 == self.log_end && hashes.len() == log.len(), "the log changed behind us");
        let verdict = reader.integrity()?;
        ensure!(verdict == "ok", "integrity_check: {verdict}");
        self.service.kill()
    }
}

const SPLIT: u64 = 10;

fn indexes(receipt: &Value) -> impl Iterator<Item = i64> {
    receipt["records"].as_array().into_iter().flatten().filter_map(|record| record["log_index"].as_i64())
}

/// One that acts as fast as it is answered.
struct Writer {
    prefix: String,
    key: String,
    random: Random,
    attempts: Vec<Attempt>,
    acknowledge: Sender<Acknowledged>,
}

impl Writer {
    fn run(mut self, address: SocketAddr) -> anyhow::Result<Vec<Attempt>> {
        // The kill may come before the connection.
        let Ok(mut client) = Client::connect(address) else { return Ok(self.attempts) };
        let Some(batch) = self.open(&mut client)? else { return Ok(self.attempts) };
        loop {
            let done = match self.random.between(0, 100) {
                0..5 => self.open(&mut client)?.is_some(),
                5..12 => {
                    let body = county::split(&self.lot("T")).to_string();
                    self.act(&mut client, format!("/api/v1/batches/{batch}/splits"), body)?.is_some()
                }
                _ => {
                    let body = county::loss().to_string();
                    self.act(&mut client, format!("/api/v1/batches/{batch}/losses"), body)?.is_some()
                }
            };
            if !done {
                return Ok(self.attempts);
            }
        }
    }

    fn lot(&self, letter: &str) -> String {
        format!("{}{letter}{}", self.prefix.to_uppercase(), self.attempts.len())
    }

    fn open(&mut self, client: &mut Client) -> anyhow::Result<Option<String>> {
        let body = county::opening(&self.lot("B")).to_string();
        let receipt = self.act(client, "/api/v1/batches".into(), body)?;
        Ok(receipt.and_then(|receipt| receipt["id"].as_str().map(str::to_owned)))
    }

    /// Sends an act; `None` where the connection ended before the answer.
    fn act(&mut self, client: &mut Client, path: String, body: String) -> anyhow::Result<Option<Value>> {
        let attempt = Attempt { key: format!("{}-{:05}", self.prefix, self.attempts.len()), path, body };
        self.attempts.push(attempt.clone());
        let Ok(answer) = client.post(&attempt.path, &self.key, &attempt.key, &attempt.body) else { return Ok(None) };
        ensure!(answer.status == 201, "{attempt:?} answered {}: {}", answer.status, answer.text());
        let receipt = answer.text().into_owned();
        let value = serde_json::from_str(&receipt)?;
        self.acknowledge.send(Acknowledged { key: attempt.key, receipt })?;
        Ok(Some(value))
    }
}

/// Writes what arrives, and syncs it whenever nothing more waits.
fn keep_list(mut list: File, acknowledged: &Receiver<Acknowledged>) -> anyhow::Result<()> {
    while let Ok(first) = acknowledged.recv() {
        let mut lines = Vec::new();
        for Acknowledged { key, receipt } in std::iter::once(first).chain(acknowledged.try_iter()) {
            writeln!(lines, "{key} {receipt}")?;
        }
        list.write_all(&lines)?;
        list.sync_data()?;
    }
    Ok(())
}

fn read_list(path: &Path) -> anyhow::Result<Vec<Acknowledged>> {
    let line = |line: &str| {
        let (key, receipt) = line.split_once(' ').context("a line of the list")?;
        Ok(Acknowledged { key: key.to_owned(), receipt: receipt.to_owned() })
    };
    std::fs::read_to_string(path)?.lines().map(line).collect()
}
