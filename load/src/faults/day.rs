//! A short working day, always the same: a batch is opened, split, noted with a document, packed, and loses a gram. One client
//! that behaves as clients should: what was not done is asked for again, with the same key, a few times.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;

use anyhow::{Context, bail, ensure};
use serde_json::{Value, json};

use super::acts::{Acknowledged, Attempt, note};
use super::trial::Attempts;
use crate::client::Client;
use crate::county::{self, CARTON, Cooperative};
use crate::service::Service;

/// How often an act is asked for before the day is given up.
const PATIENCE: usize = 3;

/// What became of a day.
#[derive(Default)]
pub struct Day {
    /// All acts that were asked for.
    pub attempts: Attempts,
    /// Answers 5xx on the way.
    pub refused: usize,
    /// What they said.
    pub slugs: BTreeSet<String>,
    /// The document that was answered as stored.
    pub document: Option<String>,
    /// Whether every act was answered.
    pub whole: bool,
    /// Whether the server went away.
    pub broken_off: bool,
}

impl Day {
    fn note_refusal(&mut self, body: &[u8]) {
        self.refused += 1;
        let problem: Value = serde_json::from_slice(body).unwrap_or_default();
        self.slugs.insert(problem["slug"].as_str().unwrap_or("no problem").to_owned());
    }
}

/// Works through the day as far as it goes.
pub fn work(service: &Service, cooperative: &Cooperative, prefix: &str, list: &Path) -> anyhow::Result<Day> {
    let Ok(client) = service.client() else { return Ok(Day::default()) };
    let mut worker = Worker { client, key: &cooperative.key, prefix, list: File::create(list)?, day: Day::default() };
    worker.day()?;
    Ok(worker.day)
}

struct Worker<'a> {
    client: Client,
    key: &'a str,
    prefix: &'a str,
    list: File,
    day: Day,
}

impl Worker<'_> {
    fn day(&mut self) -> anyhow::Result<()> {
        let lot = |letter: &str| format!("{}{letter}", self.prefix.to_uppercase());
        let [whole, part, packs] = ["B", "T", "P"].map(lot);
        let Some(receipt) = self.act("/api/v1/batches".into(), &county::opening(&whole))? else { return Ok(()) };
        let batch = format!("/api/v1/batches/{}", receipt["id"].as_str().context("id")?);
        let Some(document) = self.upload()? else { return Ok(()) };
        let packing = json!({"packed_on": "2026-11-19", "outputs": [{"gtin": CARTON, "lot": packs, "packs": 2}]});
        for (what, body) in [
            ("splits", county::split(&part)),
            ("notes", json!({"attachments": [document]})),
            ("losses", county::loss()),
            ("packings", packing),
        ] {
            if self.act(format!("{batch}/{what}"), &body)?.is_none() {
                return Ok(());
            }
        }
        self.day.whole = true;
        Ok(())
    }

    /// The receipt; `None` where the server went away or goes on refusing.
    fn act(&mut self, path: String, body: &Value) -> anyhow::Result<Option<Value>> {
        let key = format!("{}{:05}", self.prefix, self.day.attempts.len());
        let attempt = Attempt { key: key.clone(), path, body: body.to_string() };
        self.day.attempts.insert(key.clone(), attempt.clone());
        for _ in 0..PATIENCE {
            let answer = self.client.post(&attempt.path, self.key, &key, &attempt.body);
            let Ok(answer) = answer else {
                self.day.broken_off = true;
                return Ok(None);
            };
            match answer.status {
                201 => {
                    let receipt = answer.text().into_owned();
                    let value = serde_json::from_str(&receipt)?;
                    note(&mut self.list, [Acknowledged { key, receipt }])?;
                    return Ok(Some(value));
                }
                500..=599 => self.day.note_refusal(answer.body),
                other => bail!("{attempt:?} answered {other}: {}", answer.text()),
            }
        }
        Ok(None)
    }

    fn upload(&mut self) -> anyhow::Result<Option<Value>> {
        let document = "%PDF-1.4 a certificate, as short as can be";
        let request = format!(
            "POST /api/v1/attachments HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\
             Content-Type: application/pdf\r\nContent-Length: {}\r\n\r\n{document}",
            self.key,
            document.len()
        );
        for _ in 0..PATIENCE {
            let Ok(answer) = self.client.send(request.as_bytes()) else {
                self.day.broken_off = true;
                return Ok(None);
            };
            match answer.status {
                201 => {
                    let stored: Value = serde_json::from_slice(answer.body)?;
                    let sha256 = stored["attachment"]["sha256"].as_str().context("sha256")?;
                    self.day.document = Some(sha256.to_owned());
                    return Ok(Some(stored));
                }
                500..=599 => self.day.note_refusal(answer.body),
                other => bail!("the document answered {other}: {}", answer.text()),
            }
        }
        Ok(None)
    }
}

/// A document that was answered as stored is read as it was sent.
pub fn check_document(service: &Service, day: &Day) -> anyhow::Result<()> {
    let Some(sha256) = &day.document else { return Ok(()) };
    let file = service.folder.join("files").join(&sha256[..2]).join(sha256);
    let bytes = std::fs::read(&file).with_context(|| format!("LOST: the document {sha256}"))?;
    ensure!(bytes.starts_with(b"%PDF-1.4 a certificate"), "the document {sha256} is another");
    Ok(())
}
