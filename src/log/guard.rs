//! The guard in a file: what the log last promised, in a folder that no restored backup of the records overwrites.
//!
//! Two slots of one page each are written in turns, in place: a sync writes one page and no metadata, and a slot that was torn
//! by a power cut leaves the one before. Several instances on one machine may share the folder.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::domain::merkle::{Published, TreeHead};
use crate::domain::ports::{Guard, GuardFailed};
use crate::domain::record::Digest;

/// Bytes of a slot; a note with a few signatures has some hundred.
const SLOT: usize = 4096;
const SLOTS: u64 = 2;

/// A guard in a file of its own.
pub struct FileGuard {
    path: PathBuf,
}

impl FileGuard {
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    fn open(&self) -> io::Result<Option<File>> {
        match OpenOptions::new().read(true).write(true).open(&self.path) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Makes the file whole before it gets its name.
    fn make(&self, first: &Published) -> io::Result<()> {
        let new = self.path.with_extension("new");
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
        file.set_len(SLOT as u64 * SLOTS)?;
        file.write_all_at(&Slot::of(1, first).to_page()?, 0)?;
        // Both pages get their place on the disk now: a later write into them needs no more room.
        file.write_all_at(&[0; SLOT], SLOT as u64)?;
        file.sync_all()?;
        std::fs::rename(&new, &self.path)?;
        File::open(self.path.parent().unwrap_or(Path::new(".")))?.sync_all()
    }

    fn failed(&self, cause: impl std::fmt::Display) -> GuardFailed {
        GuardFailed { place: self.path.display().to_string(), cause: cause.to_string() }
    }

    /// Runs `change` on the newest slot, beside nobody else; what it answers is written into the other one.
    fn change(&self, change: impl FnOnce(&Published) -> Option<Published>) -> Result<Option<bool>, GuardFailed> {
        let Some(file) = self.open().map_err(|error| self.failed(error))? else { return Ok(None) };
        let changed = || -> io::Result<bool> {
            file.lock()?;
            let newest = newest(&file)?;
            let Some(next) = change(&newest.signed()) else { return Ok(false) };
            let slot = Slot::of(newest.turn + 1, &next);
            file.write_all_at(&slot.to_page()?, (newest.turn % SLOTS) * SLOT as u64)?;
            file.sync_data()?;
            Ok(true)
        };
        // The lock goes with the file.
        changed().map(Some).map_err(|error| self.failed(error))
    }
}

impl Guard for FileGuard {
    fn read(&self) -> Result<Option<Published>, GuardFailed> {
        let read = || -> io::Result<Option<Published>> {
            let Some(file) = self.open()? else { return Ok(None) };
            file.lock_shared()?;
            Ok(Some(newest(&file)?.signed()))
        };
        read().map_err(|error| self.failed(error))
    }

    fn swap(&self, old: &Published, new: &Published) -> Result<bool, GuardFailed> {
        let stands = |it: &Published| (it.epoch, it.tree) == (old.epoch, old.tree);
        let done = self.change(|newest| stands(newest).then(|| new.clone()))?;
        done.ok_or_else(|| self.failed("it is no longer there"))
    }

    fn begin(&self, first: &Published) -> Result<bool, GuardFailed> {
        match self.change(|newest| (newest.epoch < first.epoch).then(|| first.clone()))? {
            Some(begun) => Ok(begun),
            None => self.make(first).map(|()| true).map_err(|error| self.failed(error)),
        }
    }
}

/// What a slot holds.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Slot {
    /// Counts the writes, from 1; tells the newer slot.
    turn: u64,
    epoch: u64,
    size: u64,
    root: Digest,
    note: String,
}

impl Slot {
    fn of(turn: u64, signed: &Published) -> Self {
        let TreeHead { size, root } = signed.tree;
        Self { turn, epoch: signed.epoch, size, root, note: signed.note.clone() }
    }

    fn signed(&self) -> Published {
        let tree = TreeHead { size: self.size, root: self.root };
        Published { epoch: self.epoch, tree, note: self.note.clone() }
    }

    /// SHA-256 of the line, a space, the line, and zeros to the end of the page.
    fn to_page(&self) -> io::Result<[u8; SLOT]> {
        let line = serde_json::to_vec(self)?;
        let mut page = [0; SLOT];
        let room = page.get_mut(65..65 + line.len()).ok_or_else(|| io::Error::other("the note is too long"))?;
        room.copy_from_slice(&line);
        page[..64].copy_from_slice(&sum(&line).to_text());
        page[64] = b' ';
        Ok(page)
    }

    /// `None` for a slot that was never written, or torn.
    fn parse(page: &[u8]) -> Option<Self> {
        let line = page.get(65..)?;
        let line = &line[..line.iter().position(|byte| *byte == 0)?];
        let whole = page.starts_with(&sum(line).to_text());
        whole.then(|| serde_json::from_slice(line).ok()).flatten()
    }
}

fn sum(line: &[u8]) -> Digest {
    Digest::from_bytes(Sha256::digest(line).into())
}

fn newest(file: &File) -> io::Result<Slot> {
    let mut pages = [0; SLOT * SLOTS as usize];
    file.read_exact_at(&mut pages, 0)?;
    let slots = pages.chunks(SLOT).filter_map(Slot::parse);
    let damaged =
        || io::Error::other("it holds nothing that can be read; restore it from nowhere, see docs/OPERATIONS.md");
    slots.max_by_key(|slot| slot.turn).ok_or_else(damaged)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(epoch: u64, size: u64) -> Published {
        let tree = TreeHead { size, root: Digest::from_bytes([size as u8; 32]) };
        Published { epoch, tree, note: format!("example/log\n{size}\n\n— signed\n") }
    }

    fn guard() -> (tempfile::TempDir, FileGuard) {
        let folder = tempfile::tempdir().unwrap();
        let guard = FileGuard::at(folder.path().join("guard"));
        (folder, guard)
    }

    #[test]
    fn it_moves_only_from_what_stands_there() {
        let (_folder, guard) = guard();
        assert_eq!(guard.read().unwrap(), None);
        assert!(guard.swap(&signed(1, 0), &signed(1, 1)).is_err(), "what is not there cannot move");
        assert!(guard.begin(&signed(1, 0)).unwrap());
        assert!(!guard.begin(&signed(1, 5)).unwrap(), "it is begun once");
        for size in 1..10 {
            assert!(guard.swap(&signed(1, size - 1), &signed(1, size)).unwrap());
            assert_eq!(guard.read().unwrap(), Some(signed(1, size)));
        }
        assert!(!guard.swap(&signed(1, 8), &signed(1, 12)).unwrap());
        assert_eq!(guard.read().unwrap(), Some(signed(1, 9)));
        assert!(guard.begin(&signed(2, 4)).unwrap(), "a new epoch may begin with fewer records");
        assert!(!guard.swap(&signed(1, 9), &signed(1, 10)).unwrap());
        assert_eq!(guard.read().unwrap(), Some(signed(2, 4)));
    }

    #[test]
    fn a_torn_slot_leaves_the_one_before() {
        let (_folder, guard) = guard();
        guard.begin(&signed(1, 0)).unwrap();
        guard.swap(&signed(1, 0), &signed(1, 1)).unwrap();
        guard.swap(&signed(1, 1), &signed(1, 2)).unwrap();
        let file = guard.open().unwrap().unwrap();
        // The third write went into the first slot.
        for torn in [0, 64, 70, 100] {
            let mut byte = [0];
            file.read_exact_at(&mut byte, torn).unwrap();
            file.write_all_at(&[byte[0] ^ 1], torn).unwrap();
            assert_eq!(guard.read().unwrap().unwrap().tree.size, if torn == 64 { 2 } else { 1 }, "byte {torn}");
            file.write_all_at(&byte, torn).unwrap();
        }
        assert_eq!(guard.read().unwrap(), Some(signed(1, 2)));
        file.write_all_at(&[0; SLOT * 2], 0).unwrap();
        assert!(guard.read().unwrap_err().to_string().contains("nothing that can be read"));
    }

    #[test]
    fn of_two_that_move_it_at_once_one_does() {
        let (_folder, guard) = guard();
        guard.begin(&signed(1, 0)).unwrap();
        let moved: usize = std::thread::scope(|scope| {
            let tries: Vec<_> =
                (0..8).map(|_| scope.spawn(|| guard.swap(&signed(1, 0), &signed(1, 1)).unwrap())).collect();
            tries.into_iter().map(|it| usize::from(it.join().unwrap())).sum()
        });
        assert_eq!(moved, 1);
    }
}
