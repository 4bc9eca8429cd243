//! A service under faults, and what has to hold after each of them.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use serde_json::Value;
use suyuan::domain::chain::verify_ndjson;

use super::acts::{Acknowledged, Attempt, PACKED, SPLIT, Span, Trouble, Writer, keep_list, read_list};
use crate::county::{self, Cooperative};
use crate::database::{Reader, Remembered};
use crate::random::Random;
use crate::service::Service;

/// Requests by their keys.
pub type Attempts = HashMap<String, Attempt>;

#[derive(Default)]
pub struct Totals {
    pub acknowledged: usize,
    pub stored: usize,
    pub unanswered_but_stored: usize,
    pub slowest_start: Duration,
}

pub struct Trial {
    pub service: Service,
    pub cooperative: Cooperative,
    pub random: Random,
    pub totals: Totals,
    /// Of the lists.
    folder: PathBuf,
    /// Index that the next record gets.
    log_end: i64,
}

impl Trial {
    /// Founds the county of the writers in an empty service.
    pub fn found(mut service: Service, folder: &Path, seed: u64) -> anyhow::Result<Self> {
        let cooperative = county::found(&mut service)?;
        Self::on(service, cooperative, folder, seed)
    }

    /// As [`Self::found`], on a county that is there already.
    pub fn on(service: Service, cooperative: Cooperative, folder: &Path, seed: u64) -> anyhow::Result<Self> {
        let log_end = Reader::open(&service.database)?.log(0)?.len() as i64;
        let (random, totals) = (Random::new(seed), Totals::default());
        Ok(Self { service, cooperative, random, totals, folder: folder.to_owned(), log_end })
    }

    /// Index that the next record gets.
    pub fn log_end(&self) -> i64 {
        self.log_end
    }

    /// Lets the writers act for a while; `end` then takes the server away in its manner. Answers every request that was sent.
    pub fn write_until(
        &mut self,
        prefix: &str,
        writers: usize,
        end: impl FnOnce(&mut Service) -> anyhow::Result<()>,
    ) -> anyhow::Result<Attempts> {
        let moment = Duration::from_millis(self.random.between(30, 250));
        let end = |service: &mut Service| {
            thread::sleep(moment);
            end(service)
        };
        let ((), attempts, _) = self.write(prefix, writers, &Trouble::Ends, end)?;
        Ok(attempts)
    }

    /// Lets the writers act while `meanwhile` makes trouble that the service is to last out, and until it has returned. Answers
    /// what it did, every request that was sent, and a span for each that was acknowledged.
    pub fn write_through<T>(
        &mut self,
        prefix: &str,
        writers: usize,
        meanwhile: impl FnOnce() -> anyhow::Result<T>,
    ) -> anyhow::Result<(T, Attempts, Vec<Span>)> {
        let over = Arc::new(AtomicBool::new(false));
        self.write(prefix, writers, &Trouble::IsLastedOut(Arc::clone(&over)), |_| {
            let done = meanwhile();
            over.store(true, Ordering::SeqCst);
            done
        })
    }

    fn write<T>(
        &mut self,
        prefix: &str,
        writers: usize,
        trouble: &Trouble,
        meanwhile: impl FnOnce(&mut Service) -> anyhow::Result<T>,
    ) -> anyhow::Result<(T, Attempts, Vec<Span>)> {
        let (address, key) = (self.service.address, self.cooperative.key.clone());
        let (acknowledge, acknowledged) = channel();
        let list = File::create(self.list(prefix))?;
        let keeper = thread::spawn(move || keep_list(list, &acknowledged));
        let threads: Vec<_> = (0..writers)
            .map(|number| {
                let writer = Writer {
                    prefix: format!("{prefix}w{number:02}"),
                    key: key.clone(),
                    random: Random::new(self.random.next()),
                    attempts: Vec::new(),
                    acknowledge: acknowledge.clone(),
                    trouble: trouble.clone(),
                };
                thread::spawn(move || writer.run(address))
            })
            .collect();
        drop(acknowledge);
        let done = meanwhile(&mut self.service)?;
        let mut attempts = HashMap::new();
        for thread in threads {
            for attempt in thread.join().map_err(|_| anyhow::anyhow!("a writer panicked"))?? {
                attempts.insert(attempt.key.clone(), attempt);
            }
        }
        let spans = keeper.join().map_err(|_| anyhow::anyhow!("the list's keeper panicked"))??;
        Ok((done, attempts, spans))
    }

    pub fn list(&self, prefix: &str) -> PathBuf {
        self.folder.join(format!("{prefix}acknowledged"))
    }

    /// Starts the server, unless it runs still, and checks all that the head of `faults` promises, before and after every attempt is repeated.
    pub fn start_and_check(&mut self, prefix: &str, attempts: &Attempts, writers: usize) -> anyhow::Result<()> {
        if !self.service.runs() {
            let start = self.service.start()?;
            self.totals.slowest_start = self.totals.slowest_start.max(start);
        }
        let acknowledged = read_list(&self.list(prefix))?;
        let before = self.check_kept(prefix, attempts, &acknowledged)?;
        self.check_chains(&before)?;
        self.repeat(attempts, &before, writers)?;
        let after = self.check_kept(prefix, attempts, &acknowledged)?;
        ensure!(after.len() == attempts.len(), "{} attempts left {} effects", attempts.len(), after.len());
        self.check_chains(&after)?;
        self.check_balances(&after)?;
        self.log_end = after.values().flat_map(indexes).max().map_or(self.log_end, |last| last + 1);
        self.totals.acknowledged += acknowledged.len();
        self.totals.stored += before.len();
        self.totals.unanswered_but_stored += before.len() - acknowledged.len();
        std::fs::remove_file(self.list(prefix))?;
        Ok(())
    }

    /// acknowledged ⊆ stored ⊆ attempted, and the log is exactly what the kept receipts say.
    fn check_kept(
        &self,
        prefix: &str,
        attempts: &Attempts,
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
    fn repeat(&self, attempts: &Attempts, kept: &BTreeMap<String, Value>, writers: usize) -> anyhow::Result<()> {
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
                "batch.packed" => taken.entry(subject).or_default().1 += PACKED,
                "batch.noted" => {}
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
    pub fn end(&mut self) -> anyhow::Result<()> {
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

fn indexes(receipt: &Value) -> impl Iterator<Item = i64> {
    receipt["records"].as_array().into_iter().flatten().filter_map(|record| record["log_index"].as_i64())
}
