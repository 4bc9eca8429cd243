//! The list of what was erased, NDJSON beside the guard: no backup of the records brings it back, so that whatever is restored is
//! held against it. A line is on the disk before anything is destroyed; it names a sealed field and its commitment, which open
//! nothing.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::domain::record::{Digest, Subject, sealed};
use crate::domain::text::LongText;
use crate::domain::time::Instant;

/// One erased opening.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    pub at: Instant,
    /// What the record holds; tells this field from one that stands at its place in another course of things.
    pub commitment: Digest,
    pub field: String,
    /// Files that the opened value named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<Digest>,
    pub reason: LongText<500>,
    pub seq: u64,
    pub subject: Subject,
}

impl Entry {
    pub fn place(&self) -> sealed::Place {
        sealed::Place { subject: self.subject, seq: self.seq, field: self.field.clone() }
    }
}

/// Why the list cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("the list of what was erased ({place}) cannot be read or written: {cause}")]
pub struct ListFailed {
    place: String,
    cause: io::Error,
}

/// The list in a file.
#[derive(Debug, Clone)]
pub struct ErasedList {
    folder: PathBuf,
}

impl ErasedList {
    /// In the folder of the log; made where there is none yet.
    pub fn within(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// All that was erased, oldest first. A last line that broke off was never acted on.
    pub fn read(&self) -> Result<Vec<Entry>, ListFailed> {
        let text = match std::fs::read(self.path()) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            read => read.map_err(|cause| self.failed(cause))?,
        };
        let lines = text[..whole(&text)].split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        lines.map(|line| serde_json::from_slice(line).map_err(|cause| self.failed(cause.into()))).collect()
    }

    /// Adds entries; durable when it returns.
    pub fn append(&self, entries: &[Entry]) -> Result<(), ListFailed> {
        self.try_append(entries).map_err(|cause| self.failed(cause))
    }

    /// Whether bytes of what was erased may still stand in the database's files.
    pub fn is_unfinished(&self) -> bool {
        self.mark().exists()
    }

    /// Notes that something is about to be destroyed.
    pub fn begin(&self) -> Result<(), ListFailed> {
        let made = private().create(true).truncate(true).open(self.mark()).and_then(|file| file.sync_all());
        made.and_then(|()| sync(&self.folder)).map_err(|cause| self.failed(cause))
    }

    pub fn finish(&self) -> Result<(), ListFailed> {
        match std::fs::remove_file(self.mark()) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(self.failed(error)),
            _ => Ok(()),
        }
    }

    fn try_append(&self, entries: &[Entry]) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(&self.folder)?;
        let mut file = private().create(true).truncate(false).read(true).open(self.path())?;
        file.lock()?;
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        // The reader stands at the end; what broke off there gives way.
        let end = whole(&text) as u64;
        file.set_len(end)?;
        let mut lines = Vec::new();
        for entry in entries {
            lines.extend(serde_json::to_vec(entry)?);
            lines.push(b'\n');
        }
        use std::os::unix::fs::FileExt as _;
        file.write_all_at(&lines, end)?;
        file.flush()?;
        file.sync_all()?;
        sync(&self.folder)
    }

    fn path(&self) -> PathBuf {
        self.folder.join("erased")
    }

    fn mark(&self) -> PathBuf {
        self.folder.join("erased.unfinished")
    }

    fn failed(&self, cause: io::Error) -> ListFailed {
        ListFailed { place: self.path().display().to_string(), cause }
    }
}

/// Bytes of whole lines.
fn whole(text: &[u8]) -> usize {
    text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1)
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).mode(0o600);
    options
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(seq: u64) -> Entry {
        Entry {
            at: Instant::from_millis(1_700_000_000_000).unwrap(),
            commitment: Digest::from_bytes([7; 32]),
            field: "contact".into(),
            files: Vec::new(),
            reason: "she asked".parse().unwrap(),
            seq,
            subject: "organisation:00112233445566778899aabbccddeeff".parse().unwrap(),
        }
    }

    #[test]
    fn it_keeps_every_line_and_goes_on_over_one_that_broke_off() {
        let folder = tempfile::tempdir().unwrap();
        let list = ErasedList::within(folder.path().join("log"));
        assert_eq!(list.read().unwrap(), []);
        list.append(&[entry(0), entry(1)]).unwrap();
        assert_eq!(list.read().unwrap(), [entry(0), entry(1)]);
        let text = std::fs::read(list.path()).unwrap();
        for cut in 1..text.len() / 2 {
            std::fs::write(list.path(), &text[..text.len() - cut]).unwrap();
            assert_eq!(list.read().unwrap(), [entry(0)], "{cut}");
            list.append(&[entry(2)]).unwrap();
            assert_eq!(list.read().unwrap(), [entry(0), entry(2)], "{cut}");
        }
    }

    #[test]
    fn a_damaged_line_is_told_and_not_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let list = ErasedList::within(folder.path());
        list.append(&[entry(0)]).unwrap();
        let text = std::fs::read_to_string(list.path()).unwrap();
        std::fs::write(list.path(), text.replace("\"seq\"", "\"sex\"")).unwrap();
        assert!(list.read().unwrap_err().to_string().contains("the list of what was erased"));
    }
}
