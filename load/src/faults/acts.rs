//! Writers under a fault: they act as fast as they are answered, and what was answered goes into an fsynced list outside the
//! data folder. The checks read that list, not memory.

use std::fs::File;
use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
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

/// When a request was sent that was acknowledged, and when it was answered.
pub type Span = (Instant, Instant);

/// What writers do when the service does not acknowledge.
#[derive(Clone)]
pub enum Trouble {
    /// The service itself goes away: whoever loses the connection goes, and any answer but an acknowledgement is a fault.
    Ends,
    /// Its database goes away: ask again with the same key, as clients do, and write on until this is set.
    IsLastedOut(Arc<AtomicBool>),
}

/// An outage that lasts longer is a fault.
const PATIENCE: Duration = Duration::from_secs(60);
const BETWEEN_TRIES: Duration = Duration::from_millis(100);

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
    pub acknowledge: Sender<(Acknowledged, Span)>,
    pub trouble: Trouble,
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

    /// Sends an act; `None` where this writer is to go.
    fn act(&mut self, client: &mut Client, path: String, body: String) -> anyhow::Result<Option<Value>> {
        if self.is_over() {
            return Ok(None);
        }
        let attempt = Attempt { key: format!("{}-{:05}", self.prefix, self.attempts.len()), path, body };
        self.attempts.push(attempt.clone());
        let Some((receipt, span)) = self.until_answered(client, &attempt)? else { return Ok(None) };
        let value = serde_json::from_str(&receipt)?;
        self.acknowledge.send((Acknowledged { key: attempt.key, receipt }, span))?;
        Ok(Some(value))
    }

    fn is_over(&self) -> bool {
        matches!(&self.trouble, Trouble::IsLastedOut(over) if over.load(Ordering::SeqCst))
    }

    /// The receipt, and when it was asked for and given; `None` where the connection ended with the service.
    fn until_answered(&self, client: &mut Client, attempt: &Attempt) -> anyhow::Result<Option<(String, Span)>> {
        let begun = Instant::now();
        loop {
            let sent = Instant::now();
            match client.post(&attempt.path, &self.key, &attempt.key, &attempt.body) {
                Ok(answer) if answer.status == 201 => {
                    return Ok(Some((answer.text().into_owned(), (sent, Instant::now()))));
                }
                Err(_) if matches!(self.trouble, Trouble::Ends) => return Ok(None),
                // Whatever is not an opening names a batch whose opening was acknowledged.
                Ok(answer) if answer.status == 404 => {
                    bail!("LOST: a batch that was acknowledged is gone: {attempt:?} answered {}", answer.text())
                }
                Ok(answer) => {
                    let patient = matches!(self.trouble, Trouble::IsLastedOut(_)) && answer.status == 503;
                    ensure!(patient, "{attempt:?} answered {}: {}", answer.status, answer.text());
                }
                Err(error) => bail!("the service lives, and the connection ended: {error}"),
            }
            ensure!(begun.elapsed() < PATIENCE, "{attempt:?} was not acknowledged in {PATIENCE:?}");
            thread::sleep(BETWEEN_TRIES);
        }
    }
}

/// Writes what arrives, and syncs it whenever nothing more waits.
pub fn keep_list(mut list: File, acknowledged: &Receiver<(Acknowledged, Span)>) -> anyhow::Result<Vec<Span>> {
    let mut spans = Vec::new();
    while let Ok(first) = acknowledged.recv() {
        let arrived = std::iter::once(first).chain(acknowledged.try_iter());
        note(
            &mut list,
            arrived.map(|(acknowledged, span)| {
                spans.push(span);
                acknowledged
            }),
        )?;
    }
    Ok(spans)
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
