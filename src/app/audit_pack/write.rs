//! Making a pack: histories first, each read and written before the next; then what proves them. Memory grows by a few bytes a
//! record. What is written is as of the checkpoint that was the newest when the pack was asked for.

use std::io::{self, Write};

use serde_json::json;

use super::gathered::{Gathered, width};
use super::order::Order;
use crate::app::log;
use crate::app::log::proofs::{Prover, tile};
use crate::app::{App, AppError, Caller, records};
use crate::domain::kinds::MediaType;
use crate::domain::merkle::{Tile, TileLevel};
use crate::domain::record::{Handle, Record, Subject, SubjectKind, canonical};
use crate::exchange::audit_pack::{Member, TILES_FROM};
use crate::exchange::zip::ZipWriter;
use crate::log::{Note, OfflineProof};
use crate::store::StoredRecord;

/// Records of one pack at most. Fewer batches have been asked for by then; a pack that would be larger breaks off.
const MOST_RECORDS: usize = 500_000;
const README: &str = include_str!("README.txt");

/// Why a pack is not written to its end.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error(transparent)]
    App(#[from] AppError),
    /// Nobody takes what is written.
    #[error("the receiver: {0}")]
    Out(#[from] io::Error),
    #[error("it has more than {MOST_RECORDS} records")]
    TooLarge,
}

/// Writes what was ordered; `verifier` is the page that verifies it offline.
pub fn write(app: &App, order: &Order, verifier: &str, out: impl Write) -> Result<(), WriteError> {
    let mut pack =
        Pack { app, order, size: order.checkpoint.tree.size, zip: ZipWriter::new(out), gathered: Gathered::default() };
    pack.histories()?;
    pack.keys()?;
    pack.index()?;
    pack.text(Member::Checkpoint, &order.checkpoint.note)?;
    pack.proofs()?;
    pack.openings()?;
    pack.attachments()?;
    pack.text(Member::Policy, &order.policy)?;
    pack.text(Member::Readme, README)?;
    pack.text(Member::Verifier, verifier)?;
    pack.zip.finish()?;
    Ok(())
}

struct Pack<'a, W: Write> {
    app: &'a App,
    order: &'a Order,
    size: u64,
    zip: ZipWriter<W>,
    gathered: Gathered,
}

impl<W: Write> Pack<'_, W> {
    fn text(&mut self, member: Member, text: &str) -> Result<(), WriteError> {
        Ok(self.zip.deflated(&member.to_string(), |out| out.write_all(text.as_bytes()))?)
    }

    fn lines(&mut self, member: Member, lines: &[u8]) -> Result<(), WriteError> {
        Ok(self.zip.deflated(&member.to_string(), |out| out.write_all(lines))?)
    }

    fn histories(&mut self) -> Result<(), WriteError> {
        let mut heads = Vec::new();
        for batch in &self.order.batches {
            let history = records::history_at(&*self.app.store, *batch, self.size)?;
            // A batch that was opened after the checkpoint is in the next pack.
            let Some((head, last)) = history.last() else { continue };
            line(&mut heads, &json!({"hash": head.hash, "seq": last.seq, "subject": batch}))?;
            let member = if self.order.several { Member::HistoryOf(batch.handle) } else { Member::History };
            self.take(member, &history)?;
            self.note_openable(*batch, &history)?;
        }
        if self.gathered.index.is_empty() {
            return Err(AppError::Failed("no batch of the pack is in the log yet".into()).into());
        }
        if self.order.several { self.lines(Member::Heads, &heads) } else { Ok(()) }
    }

    /// Writes a file of records and keeps in mind what others need of it.
    fn take(&mut self, member: Member, records: &[(StoredRecord, Record)]) -> Result<(), WriteError> {
        for (stored, record) in records {
            self.gathered.add(stored, record);
        }
        if self.gathered.index.len() > MOST_RECORDS {
            return Err(WriteError::TooLarge);
        }
        Ok(self.zip.deflated(&member.to_string(), |out| {
            records.iter().try_for_each(|(stored, _)| {
                out.write_all(&stored.bytes)?;
                out.write_all(b"\n")
            })
        })?)
    }

    /// Of what the caller may see: the batch, and what its organisation wrote of what the batch rests on.
    fn note_openable(&mut self, batch: Subject, history: &[(StoredRecord, Record)]) -> Result<(), WriteError> {
        let Some(caller) = self.order.caller else { return Ok(()) };
        if records::openable(self.app, caller, batch.handle)?.is_none() {
            return Ok(());
        }
        let own = history.iter().filter(|(_, record)| record.actor.org == caller.organisation);
        self.gathered.openable.extend(own.map(|(_, record)| record.subject));
        self.gathered.openable.insert(batch);
        Ok(())
    }

    /// The chains of the keys that records name, and of those that vouch for these.
    fn keys(&mut self) -> Result<(), WriteError> {
        let mut written: Vec<Handle> = Vec::new();
        while let Some(key) = self.gathered.keys.iter().find(|key| !written.contains(key)).copied() {
            written.push(key);
            let mut chain = Vec::new();
            for stored in self.app.store.chain(key, 0, u64::MAX).map_err(AppError::from)? {
                let record = Record::parse(&stored.bytes).map_err(|error| AppError::Failed(error.to_string()))?;
                if stored.log_index < self.size && record.subject.kind == SubjectKind::Key {
                    chain.push((stored, record));
                }
            }
            if !chain.is_empty() {
                self.take(Member::Key(key), &chain)?;
            }
        }
        Ok(())
    }

    fn index(&mut self) -> Result<(), WriteError> {
        let index = &self.gathered.index;
        Ok(self.zip.deflated(&Member::Index.to_string(), |out| {
            index.iter().try_for_each(|(index, (subject, seq))| {
                writeln!(out, "{{\"index\":{index},\"seq\":{seq},\"subject\":\"{subject}\"}}")
            })
        })?)
    }

    fn proofs(&mut self) -> Result<(), WriteError> {
        let many = self.gathered.index.len() >= TILES_FROM;
        if !many {
            let note = Note::parse(self.order.checkpoint.note.as_bytes());
            let note = note.map_err(|cause| AppError::Failed(cause.to_string()))?;
            let prover = Prover::new(self.app, log::of(self.app)?, self.size);
            for index in self.gathered.index.keys() {
                let hashes = prover.inclusion(*index).map_err(AppError::from)?;
                let proof = OfflineProof { index: *index, hashes, note: note.clone() }.to_string();
                self.zip.deflated(&Member::Proof(*index).to_string(), |out| out.write_all(proof.as_bytes()))?;
            }
        }
        for (level, number) in self.gathered.tiles(self.size, many) {
            let Some(width) = width(level, number, self.size) else { continue };
            let named = Tile { level: TileLevel::Hashes(level), number, width };
            let bytes = tile(self.app, named)?;
            let bytes = bytes.ok_or_else(|| AppError::Failed(format!("tile {named} of the log is missing")))?;
            self.zip.stored(&Member::Tile(named).to_string(), &bytes)?;
        }
        Ok(())
    }

    fn openings(&mut self) -> Result<(), WriteError> {
        let (app, caller, gathered) = (self.app, self.order.caller, &mut self.gathered);
        let openable = std::mem::take(&mut gathered.openable);
        let mut failed = None;
        let written = self.zip.deflated(&Member::Openings.to_string(), |out| {
            for subject in openable {
                match shown(app, caller, subject, gathered) {
                    Ok(lines) => out.write_all(&lines)?,
                    Err(error) => {
                        failed = Some(error);
                        return Err(io::Error::other("openings"));
                    }
                }
            }
            Ok(())
        });
        failed.map_or(Ok(written?), |error| Err(error.into()))
    }

    /// Each file that is named and still there.
    fn attachments(&mut self) -> Result<(), WriteError> {
        for sha256 in std::mem::take(&mut self.gathered.named).into_sorted() {
            let Some((media_type, bytes)) = crate::app::attachments::read(self.app, sha256)? else { continue };
            let name = format!("{}.{}", Member::Attachment(sha256), extension(media_type));
            self.zip.stored(&name, &bytes)?;
        }
        Ok(())
    }
}

/// Lines of what the caller sees of a subject's records in the pack; files that they name are named.
fn shown(app: &App, caller: Option<Caller>, subject: Subject, gathered: &mut Gathered) -> Result<Vec<u8>, AppError> {
    let Some(caller) = caller else { return Ok(Vec::new()) };
    let mut lines = Vec::new();
    for opening in records::openings_of(app, caller, subject)? {
        if gathered.holds(subject, opening.seq) {
            let failed = |error: crate::domain::record::ProfileError| AppError::Failed(error.to_string());
            lines.extend(opening.to_bytes().map_err(failed)?);
            lines.push(b'\n');
            gathered.named.collect(&canonical::value_to_bytes(&opening.value).map_err(failed)?);
        }
    }
    Ok(lines)
}

fn line(lines: &mut Vec<u8>, value: &serde_json::Value) -> Result<(), AppError> {
    lines.extend(canonical::value_to_bytes(value).map_err(|error| AppError::Failed(error.to_string()))?);
    lines.push(b'\n');
    Ok(())
}

fn extension(media_type: MediaType) -> &'static str {
    match media_type {
        MediaType::Jpeg => "jpg",
        MediaType::Png => "png",
        MediaType::Webp => "webp",
        MediaType::Pdf => "pdf",
    }
}
