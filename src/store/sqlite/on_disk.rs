//! The log as it lies on the disk: read by a connection that remembers nothing, after the operating system has been told to
//! forget what it keeps of the files. What somebody else reads meanwhile is in memory again, and came from the disk just now.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use diesel::sqlite::SqliteConnection;
use rustix::fs::{Advice, fadvise};

use super::queries::{read, tree};
use super::{Conn, connection};
use crate::domain::merkle::Leaf;
use crate::domain::record::{Digest, Handle};
use crate::store::{Entries, Records, StoreError, StoredRecord};

pub struct OnDisk {
    /// Never waited for: whoever looks does one thing after the other.
    conn: Mutex<SqliteConnection>,
}

impl OnDisk {
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let conn = connection::reader(path)?;
        for file in [path.to_owned(), beside(path)] {
            forget(&file).map_err(|error| StoreError::Engine(format!("{}: {error}", file.display())))?;
        }
        Ok(Self { conn: Mutex::new(conn) })
    }

    fn read<T>(&self, query: impl FnOnce(&mut Conn) -> Result<T, StoreError>) -> Result<T, StoreError> {
        query(&mut self.conn.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The write-ahead log: the newest pages stand there.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

/// What was not written out yet would stay in memory.
fn forget(path: &Path) -> io::Result<()> {
    let file = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        file => file?,
    };
    file.sync_data()?;
    Ok(fadvise(&file, 0, None, Advice::DontNeed)?)
}

impl Records for OnDisk {
    fn chain(&self, subject: Handle, from: u64, to: u64) -> Result<Vec<StoredRecord>, StoreError> {
        self.read(|conn| read::chain(conn, subject, from, to))
    }

    fn log(&self, from: u64, limit: u32) -> Result<Vec<StoredRecord>, StoreError> {
        self.read(|conn| read::log(conn, from, limit))
    }
}

entries_port!(OnDisk);
