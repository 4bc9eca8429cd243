//! SQLite inside: one writer, several readers, WAL with `synchronous=FULL`, so that an acknowledged write survives a power
//! cut. Refuses a SQLite in which a checkpoint may lose commits (before 3.51.3).

mod append;
mod connection;
mod medium;
mod pairs;
mod snapshot;
mod wal;
#[macro_use]
#[path = "../queries/mod.rs"]
#[cfg_attr(feature = "postgres", expect(clippy::duplicate_mod, reason = "written once, compiled for each engine"))]
mod queries;
mod on_disk;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use diesel::Connection;
use diesel::connection::SimpleConnection;
use diesel::r2d2::{ConnectionManager, Pool};
use diesel::sqlite::SqliteConnection;

use super::sequencer::{Engine, GroupResult, Sequencer};
use super::{LookThrough, Published, Scrubbed, Source, Standbys, StoreError, Submission};
use crate::domain::ports::{Clock, Randomness};
use crate::domain::time::Instant;
use crate::store::seen::Memory;
use medium::Medium;
use on_disk::OnDisk;
use queries::group::Present;
use queries::{group, keep, rebuild};

pub use snapshot::snapshot;
use wal::WalWatch;

type Conn = SqliteConnection;
type Database = SqliteStore;

const READERS: u32 = 4;

/// A store in one file.
pub struct SqliteStore {
    sequencer: Sequencer,
    writer: Arc<Mutex<SqliteConnection>>,
    memory: Memory,
    readers: Pool<ConnectionManager<SqliteConnection>>,
    path: PathBuf,
}

impl SqliteStore {
    /// Opens the file, brings its tables up to date and starts the writer.
    pub fn open(path: &Path, clock: Arc<dyn Clock>, random: Arc<dyn Randomness>) -> Result<Self, StoreError> {
        let mut writer = connection::writer(path)?;
        connection::migrate(&mut writer)?;
        writer.immediate_transaction(rebuild::settle)?;
        Self::start(writer, path, clock, random)
    }

    /// As [`Self::open`], beside a service that may be running: refuses tables that are not up to date.
    pub fn open_beside(path: &Path, clock: Arc<dyn Clock>, random: Arc<dyn Randomness>) -> Result<Self, StoreError> {
        let mut writer = connection::writer(path)?;
        connection::check_migrated(&mut writer)?;
        Self::start(writer, path, clock, random)
    }

    fn start(
        writer: SqliteConnection,
        path: &Path,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Randomness>,
    ) -> Result<Self, StoreError> {
        let readers = connection::readers(path, READERS)?;
        let (writer, memory) = (Arc::new(Mutex::new(writer)), Memory::default());
        let engine = SqliteEngine {
            writer: Arc::clone(&writer),
            clock,
            random,
            utc_offset_minutes: None,
            forgot_at: Instant::MIN,
            wal: WalWatch::of(path),
            medium: Medium::of(path),
            memory: memory.clone(),
        };
        let sequencer = Sequencer::start(engine).map_err(|error| StoreError::Engine(error.to_string()))?;
        Ok(Self { sequencer, writer, memory, readers, path: path.to_owned() })
    }

    fn read<T>(&self, query: impl FnOnce(&mut Conn) -> Result<T, StoreError>) -> Result<T, StoreError> {
        query(&mut *self.readers.get().map_err(|error| StoreError::Engine(error.to_string()))?)
    }

    fn write<T>(&self, query: impl FnOnce(&mut Conn) -> Result<T, StoreError>) -> Result<T, StoreError> {
        query(&mut lock(&self.writer))
    }

    /// As [`Self::write`], in one transaction beside which nobody else writes; the writer forgets what it has seen.
    fn write_alone<T>(&self, query: impl FnOnce(&mut Conn) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.memory.beside(|| self.write(|conn| conn.immediate_transaction(query)))
    }

    /// Deleting leaves the bytes in the file and in the log beside it: the file is written anew without them, the log emptied.
    /// Needs the size of the database once more where SQLite keeps temporary files, and once more beside the database.
    fn scrub_files(&self) -> Result<Scrubbed, StoreError> {
        self.write(|conn| {
            conn.batch_execute("vacuum")?;
            wal::empty(conn)
        })?;
        Ok(Scrubbed::Gone)
    }

    fn check_writable(&self) -> Result<(), StoreError> {
        // A transaction that changes nothing does not ask the disk.
        if Medium::of(&self.path).is_read_only() {
            return Err(StoreError::Full("Read-only file system".into()));
        }
        self.write(|conn| conn.immediate_transaction(|_| Ok(())))
    }

    fn look_past_memory(&self, look: &mut LookThrough<'_>) -> Result<Source, StoreError> {
        look(&OnDisk::open(&self.path)?)?;
        Ok(Source::Disk)
    }

    /// A file has none.
    fn attached_standbys(&self) -> Result<Standbys, StoreError> {
        Ok(Standbys::default())
    }
}

fn lock(writer: &Mutex<SqliteConnection>) -> std::sync::MutexGuard<'_, SqliteConnection> {
    writer.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where the log ends. `begin immediate` holds the lock on it already.
fn lock_log_head(conn: &mut Conn) -> Result<u64, StoreError> {
    queries::load::log_end(conn)
}

/// Several reads as of one moment.
fn read_only<T>(conn: &mut Conn, query: impl FnOnce(&mut Conn) -> Result<T, StoreError>) -> Result<T, StoreError> {
    conn.transaction(query)
}

struct SqliteEngine {
    writer: Arc<Mutex<SqliteConnection>>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Randomness>,
    /// Known once the operator's record is there.
    utc_offset_minutes: Option<i32>,
    /// When old answers were last forgotten.
    forgot_at: Instant,
    wal: WalWatch,
    medium: Medium,
    /// What our last group left; nobody else writes.
    memory: Memory,
}

impl Engine for SqliteEngine {
    fn run(&mut self, submissions: &[Submission], newest: Option<&Published>) -> Result<GroupResult, StoreError> {
        let hoped = self.memory.hold().hopes();
        match self.attempt(submissions, newest) {
            Err(StoreError::Constraint(cause)) if hoped => {
                tracing::debug!(cause, "an act came before");
                self.attempt(submissions, newest)
            }
            other => other,
        }
    }
}

impl SqliteEngine {
    fn attempt(&mut self, submissions: &[Submission], newest: Option<&Published>) -> Result<GroupResult, StoreError> {
        let (memory, writer) = (self.memory.clone(), Arc::clone(&self.writer));
        // In this order, as who writes beside us.
        let mut remembered = memory.hold();
        let mut conn = lock(&writer);
        self.medium.check()?;
        keep::forget_old_answers(&mut conn, self.clock.now(), &mut self.forgot_at)?;
        if self.utc_offset_minutes.is_none() {
            self.utc_offset_minutes = group::utc_offset_minutes(&mut conn)?;
        }
        let present = Present { newest, ..Present::new(&*self.clock, &*self.random, self.utc_offset_minutes) };
        let mut seen = std::mem::take(&mut *remembered);
        let mut committing = false;
        let done = conn.immediate_transaction(|conn| {
            let result = group::run(conn, submissions, &present, &mut seen)?;
            committing = true;
            Ok(result)
        });
        self.wal.look(self.clock.now());
        if done.is_ok() {
            *remembered = seen;
        }
        done.map_err(|error| match error {
            // The same again, with its key, learns what became of it.
            StoreError::Engine(cause) if self.medium.is_read_only() => match committing {
                true => StoreError::Unresolved(cause),
                false => StoreError::Full(cause),
            },
            // Where the disk is full, SQLite takes the transaction back. Any other failure may be that of a sync.
            StoreError::Engine(cause) if committing => StoreError::CommitUnknown(cause),
            other => other,
        })
    }
}
