//! Writers under a fault: they act as fast as they are answered, and what was answered goes into an fsynced list outside the
//! data folder. The checks read that list, not memory.

use std::fs::File;
use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender};

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::client::Client;
use crate::county;
use crate::random::Random;

/// A request as it was sent.
#[derive(Debug, Clone)]
pub struct Attempt {
    pub key: String,
    pub path: String,
    pub body: String,
}

/// An answered one, as the list holds it.
pub struct Acknowledged {
    pub key: String,
    pub receipt: String,
}

/// Grams of a part that is split off.
pub const SPLIT: u64 = 10;
/// Grams of the packs of a day.
pub const PACKED: u64 = 2 * county::NET;

/// One that acts as fast as it is answered.
pub struct Writer {
    pub prefix: String,
    pub key: String,
    pub random: Random,
    pub attempts: Vec<Attempt>,
    pub acknowledge: Sender<Acknowledged>,
}

impl Writer {
    pub fn run(mut self, address: SocketAddr) -> anyhow::Result<Vec<Attempt>> {
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
pub fn keep_list(mut list: File, acknowledged: &Receiver<Acknowledged>) -> anyhow::Result<()> {
    while let Ok(first) = acknowledged.recv() {
        note(&mut list, std::iter::once(first).chain(acknowledged.try_iter()))?;
    }
    Ok(())
}

/// Durable when this returns.
pub fn note(list: &mut File, acknowledged: impl IntoIterator<Item = Acknowledged>) -> anyhow::Result<()> {
    let mut lines = Vec::new();
    for Acknowledged { key, receipt } in acknowledged {
        writeln!(lines, "{key} {receipt}")?;
    }
    list.write_all(&lines)?;
    Ok(list.sync_data()?)
}

pub fn read_list(path: &Path) -> anyhow::Result<Vec<Acknowledged>> {
    let line = |line: &str| {
        let (key, receipt) = line.split_once(' ').context("a line of the list")?;
        Ok(Acknowledged { key: key.to_owned(), receipt: receipt.to_owned() })
    };
    std::fs::read_to_string(path)?.lines().map(line).collect()
}
