//! Uploading photos and documents, and reading them back.

use super::{App, AppError, Caller};
use crate::domain::acts::Refusal;
use crate::domain::kinds::{AttachedFile, Attachment, MediaType};
use crate::domain::record::Digest;
use crate::files::{Kept, UploadError};
use crate::store::StoredFile;

pub use crate::files::MAX_BYTES;

/// Name in the table of who may do what.
pub const OPERATION: &str = "attachment.upload";

/// Stores an upload; durable when this returns. Answers the name by which acts refer to it.
pub fn upload(app: &App, caller: Caller, claimed: &str, bytes: Vec<u8>) -> Result<Attachment, AppError> {
    caller.may(OPERATION)?;
    let kept = app.files.keep(claimed, bytes, &*app.random).map_err(refused)?;
    let stored_at = app.now();
    let Kept { sha256, media_type, size } = kept;
    app.store.add_attachment(&StoredFile { sha256, media_type, size, stored_at })?;
    Ok(Attachment { attachment: AttachedFile { bytes: size, media_type, sha256 } })
}

fn refused(error: UploadError) -> AppError {
    match error {
        UploadError::NotWhatItSays { claimed, found } => {
            Refusal::new("file-type").at("Content-Type", claimed).expected(found).into()
        }
        UploadError::Photo(photo) => Refusal::new("bad-photo").detail("reason", photo).into(),
        UploadError::Disk(error) => AppError::Failed(error.to_string()),
    }
}

/// A stored file, for whoever knows its hash: what a public record names is public.
pub fn read(app: &App, sha256: Digest) -> Result<Option<(MediaType, Vec<u8>)>, AppError> {
    let Some(file) = app.store.attachment(sha256)? else { return Ok(None) };
    let bytes = app.files.read(sha256).map_err(|error| AppError::Failed(error.to_string()))?;
    Ok(Some((file.media_type, bytes)))
}

/// Refuses an act that names a file which is not there, or names it wrongly.
pub fn check_named(app: &App, attachments: &[Attachment]) -> Result<(), AppError> {
    for (index, named) in attachments.iter().enumerate() {
        let known = app.store.attachment(named.attachment.sha256)?;
        let same = known
            .is_some_and(|file| file.media_type == named.attachment.media_type && file.size == named.attachment.bytes);
        if !same {
            let field = format!("attachments[{index}].attachment.sha256");
            return Err(Refusal::new("unknown-attachment").at(field, named.attachment.sha256).into());
        }
    }
    Ok(())
}
