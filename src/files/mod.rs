//! Attachments: stored once by the SHA-256 of the bytes that we keep, and on the disk for good before a record names them.
//! Photos are decoded within limits, turned upright and encoded anew, so that no camera data (place, person) is kept;
//! other files are kept as they came and never opened here.

mod photo;
mod turns;

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use sha2::{Digest as _, Sha256};

use crate::domain::kinds::MediaType;
use crate::domain::ports::Randomness;
use crate::domain::record::{Digest, Handle};
use crate::domain::time::Instant;

pub use photo::BadPhoto;

/// Largest upload in bytes.
pub const MAX_BYTES: usize = 10 * 1024 * 1024;

/// A folder of files named by their hash.
pub struct Files {
    folder: PathBuf,
}

/// Why an upload is not kept.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// Neither JPEG, PNG, WebP nor PDF by its first bytes, or not what it was said to be.
    #[error("the file is {found}, said to be {claimed}")]
    NotWhatItSays { claimed: String, found: String },
    #[error(transparent)]
    Photo(#[from] BadPhoto),
    #[error(transparent)]
    Disk(#[from] io::Error),
}

/// What was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    pub sha256: Digest,
    pub media_type: MediaType,
    pub size: u64,
}

impl Files {
    pub fn open(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// Checks, cleans and stores an upload. When this returns, the bytes survive a power cut.
    pub fn keep(&self, claimed: &str, bytes: Vec<u8>, random: &dyn Randomness) -> Result<Kept, UploadError> {
        let (kept, bytes) = Self::cleaned(claimed, bytes)?;
        self.write(kept.sha256, &bytes, random)?;
        Ok(kept)
    }

    /// What an upload would be kept as, and its bytes then; nothing is stored.
    pub fn cleaned(claimed: &str, bytes: Vec<u8>) -> Result<(Kept, Vec<u8>), UploadError> {
        let found = sniff(&bytes);
        let media_type = match found {
            Some(media_type) if media_type.as_str() == claimed => media_type,
            _ => {
                let found = found.map_or("application/octet-stream", MediaType::as_str).to_owned();
                return Err(UploadError::NotWhatItSays { claimed: claimed.chars().take(80).collect(), found });
            }
        };
        let (bytes, media_type) = if media_type.is_image() { photo::clean(&bytes)? } else { (bytes, media_type) };
        let sha256 = Digest::from_bytes(Sha256::digest(&bytes).into());
        Ok((Kept { sha256, media_type, size: bytes.len() as u64 }, bytes))
    }

    /// Stores bytes that were kept before, somewhere else, as they are. Others than the hash says are refused.
    pub fn take(&self, sha256: Digest, bytes: &[u8], random: &dyn Randomness) -> io::Result<()> {
        if Digest::from_bytes(Sha256::digest(bytes).into()) != sha256 {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "its bytes are not those that its name says"));
        }
        self.write(sha256, bytes, random)
    }

    /// The bytes of a stored file.
    pub fn read(&self, sha256: Digest) -> io::Result<Vec<u8>> {
        fs::read(self.path(sha256))
    }

    pub fn holds(&self, sha256: Digest) -> bool {
        self.path(sha256).exists()
    }

    /// Files that were last written before a moment, with their size.
    pub fn older_than(&self, moment: Instant) -> io::Result<HashMap<Digest, u64>> {
        let mut found = HashMap::new();
        for folder in fs::read_dir(&self.folder)? {
            for file in fs::read_dir(folder?.path())? {
                let (file, metadata) = file.and_then(|file| Ok((file.file_name(), file.metadata()?)))?;
                let Some(sha256) = file.to_str().and_then(|name| name.parse().ok()) else { continue };
                let age = metadata.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
                if i64::try_from(age.as_millis()).is_ok_and(|millis| millis < moment.millis()) {
                    found.insert(sha256, metadata.len());
                }
            }
        }
        Ok(found)
    }

    pub fn remove(&self, sha256: Digest) -> io::Result<()> {
        fs::remove_file(self.path(sha256))
    }

    fn path(&self, sha256: Digest) -> PathBuf {
        let name = sha256.to_string();
        self.folder.join(&name[..2]).join(name)
    }

    fn write(&self, sha256: Digest, bytes: &[u8], random: &dyn Randomness) -> io::Result<()> {
        // Written anew where it stands already: its age says when it was last uploaded.
        let path = self.path(sha256);
        let folder = path.parent().unwrap_or(&self.folder).to_owned();
        fs::create_dir_all(&folder)?;
        let mut unique = [0; 16];
        random.fill(&mut unique);
        let temporary = folder.join(format!("{}.part", Handle::from_bytes(unique)));
        let mut file = File::create_new(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&temporary, &path)?;
        File::open(&folder)?.sync_all()?;
        File::open(&self.folder)?.sync_all()
    }
}

/// The type by the first bytes.
fn sniff(bytes: &[u8]) -> Option<MediaType> {
    if bytes.starts_with(b"%PDF-") {
        return Some(MediaType::Pdf);
    }
    match image::guess_format(bytes).ok()? {
        image::ImageFormat::Jpeg => Some(MediaType::Jpeg),
        image::ImageFormat::Png => Some(MediaType::Png),
        image::ImageFormat::WebP => Some(MediaType::Webp),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
