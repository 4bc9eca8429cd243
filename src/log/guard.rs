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

    /// What is answered is written into the other slot.
    fn advance(&self, next: &mut dyn FnMut(&Published) -> Option<Published>) -> Result<Option<Published>, GuardFailed> {
        let mut advance = || -> io::Result<Option<Published>> {
            // The lock goes with the file.
            let Some(file) = self.open()? else { return Ok(None) };
            file.lock()?;
            let newest = newest(&file)?;
            let held = newest.signed();
            let Some(next) = next(&held) else { return Ok(Some(held)) };
            let slot = Slot::of(newest.turn + 1, &next);
            file.write_all_at(&slot.to_page()?, (newest.turn % SLOTS) * SLOT as u64)?;
            file.sync_data()?;
            Ok(Some(next))
        };
        advance().map_err(|error| self.failed(error))
    }

    fn begin(&self, first: &Published) -> Result<bool, GuardFailed> {
        let mut begun = false;
        let held = self.advance(&mut |held| {
            begun = held.epoch < first.epoch;
            begun.then(|| first.clone())
        })?;
        match held {
            Some(_) => Ok(begun),
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

    /// Moves the guard to `size` of its epoch if that is more.
    fn advance(guard: &FileGuard, epoch: u64, size: u64) -> Option<Published> {
        let next = |held: &Published| (held.epoch == epoch && held.tree.size < size).then(|| signed(epoch, size));
        guard.advance(&mut { next }).unwrap()
    }

    #[test]
    fn it_moves_from_what_stands_there() {
        let (_folder, guard) = guard();
        assert_eq!(guard.read().unwrap(), None);
        assert_eq!(advance(&guard, 1, 1), None, "what is not there cannot move");
        assert!(guard.begin(&signed(1, 0)).unwrap());
        assert!(!guard.begin(&signed(1, 5)).unwrap(), "it is begun once");
        for size in 1..10 {
            assert_eq!(advance(&guard, 1, size), Some(signed(1, size)));
            assert_eq!(guard.read().unwrap(), Some(signed(1, size)));
        }
        assert_eq!(advance(&guard, 1, 8), Some(signed(1, 9)), "it stays where nothing is answered");
        assert!(guard.begin(&signed(2, 4)).unwrap(), "a new epoch may begin with fewer records");
        assert_eq!(advance(&guard, 1, 10), Some(signed(2, 4)));
        assert_eq!(guard.read().unwrap(), Some(signed(2, 4)));
    }

    #[test]
    fn a_torn_slot_leaves_the_one_before() {
        let (_folder, guard) = guard();
        guard.begin(&signed(1, 0)).unwrap();
        advance(&guard, 1, 1);
        advance(&guard, 1, 2);
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
    fn of_those_that_move_it_at_once_each_sees_what_the_one_before_left() {
        let (_folder, guard) = guard();
        guard.begin(&signed(1, 0)).unwrap();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| guard.advance(&mut |held| Some(signed(1, held.tree.size + 1))).unwrap());
            }
        });
        assert_eq!(guard.read().unwrap(), Some(signed(1, 8)));
    }
}
