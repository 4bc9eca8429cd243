//! Asking one witness for its cosignature.

use super::Witnesses;
use crate::app::log::{PublishedLog, Stored, unproven};
use crate::domain::merkle::{self, Published};
use crate::log::note::parse_signatures;
use crate::log::policy::Witness;
use crate::log::{AddCheckpoint, Note, SignatureLine, SignedCheckpoint, lines};

pub(super) type Answer = Result<Vec<SignatureLine>, Failed>;

/// Why there is no cosignature.
pub(super) struct Failed {
    pub cause: String,
    /// What the witness says that it cosigned last.
    pub size: Option<u64>,
    /// More than being away: the witness and the log do not agree.
    pub is_grave: bool,
}

/// A witness may have gone on since it was last asked, and once more meanwhile.
const TRIES: u32 = 3;

impl Failed {
    fn away(cause: impl ToString) -> Self {
        Self { cause: cause.to_string(), size: None, is_grave: false }
    }
}

impl Witnesses {
    /// Shows a checkpoint to a witness whose last one had `known` records, as far as is known.
    pub(super) fn submit(&self, log: &PublishedLog, published: &Published, witness: &Witness, known: u64) -> Answer {
        let size = published.tree.size;
        let checkpoint = SignedCheckpoint::parse(published.note.as_bytes()).map_err(Failed::away)?;
        let url = witness.url.as_deref().unwrap_or_default().trim_end_matches('/');
        let url = format!("{url}/add-checkpoint");
        let mut old = known.min(size);
        for _ in 0..TRIES {
            // The store is not held while the witness thinks.
            let proof = {
                let store = log.store().map_err(Failed::away)?;
                merkle::consistency(&Stored(&*store), old, size).map_err(unproven).map_err(Failed::away)?
            };
            let body = AddCheckpoint { old, proof, checkpoint: checkpoint.clone() }.to_string();
            let fetched = self.fetcher.post(&url, &body).map_err(Failed::away)?;
            let text = String::from_utf8(fetched.body).map_err(|_| Failed::away("its answer is not text"))?;
            match fetched.status {
                200 => return cosignatures(&checkpoint, witness, &text),
                409 => old = resync(&text, old, size)?,
                403 | 404 | 422 => {
                    let cause = format!("it refuses the checkpoint with {}: {}", fetched.status, first_line(&text));
                    return Err(Failed { is_grave: true, ..Failed::away(cause) });
                }
                status => return Err(Failed::away(format!("it answers with the status {status}"))),
            }
        }
        Err(Failed::away("it names another size each time"))
    }
}

/// The size that the witness cosigned last.
fn resync(text: &str, old: u64, size: u64) -> Result<u64, Failed> {
    let stored = text.strip_suffix('\n').and_then(lines::decimal);
    let stored = stored.ok_or_else(|| Failed::away("its answer 409 names no size"))?;
    if stored > size {
        let cause = format!("it has cosigned {stored} records of this log, of which only {size} are here");
        return Err(Failed { size: Some(stored), is_grave: true, ..Failed::away(cause) });
    }
    if stored == old {
        let cause = format!("it has cosigned another history of {stored} records");
        return Err(Failed { size: Some(stored), is_grave: true, ..Failed::away(cause) });
    }
    Ok(stored)
}

/// Those of this witness, verified; others are left out.
fn cosignatures(checkpoint: &SignedCheckpoint, witness: &Witness, text: &str) -> Answer {
    let lines =
        parse_signatures(text).map_err(|cause| Failed::away(format!("its answer is no cosignature: {cause}")))?;
    let own = |line: &SignatureLine| line.name == witness.key.name() && line.id == witness.key.id();
    let own: Vec<SignatureLine> = lines.into_iter().filter(own).collect();
    let note = Note { text: checkpoint.note.text.clone(), signatures: own };
    let verified = note.verify(std::slice::from_ref(&witness.key));
    verified.map_err(|cause| Failed::away(format!("its answer is no cosignature of its key: {cause}")))?;
    Ok(note.signatures.into_iter().take(1).collect())
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().chars().take(200).collect()
}
