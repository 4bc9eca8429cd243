//! Uploading photos and documents, and reading them back.

use std::collections::{BTreeSet, HashMap};

use super::{App, AppError, Caller};
use crate::domain::acts::Refusal;
use crate::domain::kinds::{AttachedFile, Attachment, MediaType};
use crate::domain::record::Digest;
use crate::domain::time::Instant;
use crate::files::{BadPhoto, Files, Kept, UploadError};
use crate::store::StoredFile;

pub use crate::files::MAX_BYTES;

/// Name in the table of who may do what.
pub const OPERATION: &str = "attachment.upload";

/// Stores an upload; durable when this returns. Answers the name by which acts refer to it.
pub fn upload(app: &App, caller: Caller, claimed: &str, bytes: Vec<u8>) -> Result<Attachment, AppError> {
    app.may(caller, OPERATION)?;
    let kept = app.files.keep(claimed, bytes, &*app.random).map_err(refused)?;
    let stored_at = app.now();
    let Kept { sha256, media_type, size } = kept;
    app.store.add_attachment(&StoredFile { sha256, media_type, size, stored_at })?;
    Ok(named(kept))
}

/// The name that an upload would get; nothing is stored.
pub fn name(caller: Caller, claimed: &str, bytes: Vec<u8>) -> Result<Attachment, AppError> {
    caller.may(OPERATION)?;
    Ok(named(Files::cleaned(claimed, bytes).map_err(refused)?.0))
}

fn named(Kept { sha256, media_type, size }: Kept) -> Attachment {
    Attachment { attachment: AttachedFile { bytes: size, media_type, sha256 } }
}

fn refused(error: UploadError) -> AppError {
    match error {
        UploadError::NotWhatItSays { claimed, found } => {
            Refusal::new("file-type").at("Content-Type", claimed).expected(found).into()
        }
        UploadError::Photo(BadPhoto::Crowded(_)) => AppError::Busy,
        UploadError::Photo(photo) => Refusal::new("bad-photo").detail("reason", photo).into(),
        UploadError::Disk(error) => AppError::Failed(error.to_string()),
    }
}

/// A stored file, for whoever knows its hash: what a public record names is public.
pub fn read(app: &App, sha256: Digest) -> Result<Option<(MediaType, Vec<u8>)>, AppError> {
    let Some(file) = app.visit(Option::is_none, |visit| Ok(visit.read.attachment(sha256)?))? else { return Ok(None) };
    match app.files.read(sha256) {
        Ok(bytes) => Ok(Some((file.media_type, bytes))),
        // Swept away: no record names it.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(AppError::Failed(error.to_string())),
    }
}

/// Refuses an act that names a file which is not there, or names it wrongly.
pub fn check_named(app: &App, attachments: &[Attachment]) -> Result<(), AppError> {
    for (index, named) in attachments.iter().enumerate() {
        let known = app.store.attachment(named.attachment.sha256)?;
        let same = known
            .is_some_and(|file| file.media_type == named.attachment.media_type && file.size == named.attachment.bytes);
        if !same || !app.files.holds(named.attachment.sha256) {
            let field = format!("attachments[{index}].attachment.sha256");
            return Err(Refusal::new("unknown-attachment").at(field, named.attachment.sha256).into());
        }
    }
    Ok(())
}

/// Removes those of these files that no record and no opening names; answers how many there were.
pub fn remove_unnamed(app: &App, files: BTreeSet<Digest>) -> Result<u64, AppError> {
    let there = files.into_iter().filter(|sha256| app.files.holds(*sha256)).map(|sha256| (sha256, 0)).collect();
    let unnamed = unnamed(app, there)?;
    for sha256 in unnamed.keys() {
        app.files.remove(*sha256).map_err(|error| AppError::Failed(error.to_string()))?;
    }
    Ok(unnamed.len() as u64)
}

/// Of these files those that neither a record nor an opening of a sealed field names.
fn unnamed(app: &App, mut files: HashMap<Digest, u64>) -> Result<HashMap<Digest, u64>, AppError> {
    let mut next = 0;
    while !files.is_empty() {
        let stretch = app.store.stretch(next, PAGE)?;
        let Some(last) = stretch.records.last() else { break };
        next = last.log_index + 1;
        let opened: Vec<String> = stretch.openings.iter().map(|(_, opening)| opening.value.to_string()).collect();
        let records = stretch.records.iter().map(|record| record.bytes.as_slice());
        // Whatever looks like the hash counts, wherever it stands: what a record may mean is not swept away.
        for text in records.chain(opened.iter().map(String::as_bytes)).flat_map(|it| it.split(|byte| *byte == b'"')) {
            if let Some(sha256) = std::str::from_utf8(text).ok().and_then(|text| text.parse().ok()) {
                files.remove(&sha256);
            }
        }
    }
    Ok(files)
}

/// What a sweep removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    pub files: u64,
    pub bytes: u64,
}

/// Records that are read at once.
const PAGE: u32 = 1_000;

/// Removes files that were stored before `before` and that no record names, not even sealed: uploads that no act followed, and those of a
/// report that was refused. Their rows stay; a file that is uploaded again is there again. Only for a process that is alone
/// in the data folder, else an act could name a file between the look and the removal.
pub fn sweep(app: &App, before: Instant) -> Result<Swept, AppError> {
    let failed = |error: std::io::Error| AppError::Failed(error.to_string());
    let unnamed = unnamed(app, app.files.older_than(before).map_err(failed)?)?;
    let mut swept = Swept::default();
    for (sha256, bytes) in unnamed {
        app.files.remove(sha256).map_err(failed)?;
        swept = Swept { files: swept.files + 1, bytes: swept.bytes + bytes };
    }
    Ok(swept)
}
