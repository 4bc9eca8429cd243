//! Whether the disk takes writes. A file system that met an error turns read-only under open files, and SQLite calls that an
//! I/O error like any other; but then nothing has to end: reading goes on, and whoever repairs the disk is not hurried.

use std::fs::{self, OpenOptions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::store::StoreError;

pub struct Medium {
    probe: PathBuf,
    read_only: bool,
}

impl Medium {
    pub fn of(database: &Path) -> Self {
        let mut probe = database.as_os_str().to_owned();
        probe.push("-probe");
        Self { probe: probe.into(), read_only: false }
    }

    /// Before a write: refuses it while the disk is read-only, so that nothing of it is begun.
    pub fn check(&mut self) -> Result<(), StoreError> {
        if self.read_only && self.is_read_only() {
            return Err(StoreError::Full("Read-only file system".into()));
        }
        Ok(())
    }

    /// Tries to write beside the database, and remembers what came of it.
    pub fn is_read_only(&mut self) -> bool {
        self.read_only = match OpenOptions::new().write(true).create(true).truncate(true).open(&self.probe) {
            Ok(_) => fs::remove_file(&self.probe).is_err_and(|error| error.kind() == ErrorKind::ReadOnlyFilesystem),
            Err(error) => error.kind() == ErrorKind::ReadOnlyFilesystem,
        };
        self.read_only
    }
}
