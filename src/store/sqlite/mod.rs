//! SQLite inside: one writer, several readers, WAL with `synchronous=FULL`, so that an acknowledged write survives a power
//! cut. Refuses a SQLite in which a checkpoint may lose commits (before 3.51.3).

mod connection;
#[path = "../queries/mod.rs"]
mod queries;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use diesel::r2d2::{ConnectionManager, Pool, PooledConnection};
use diesel::sqlite::SqliteConnection;
use tokio::sync::oneshot;

use super::sequencer::{Engine, GroupResult, Sequencer};
use super::{
    Access, ApiKey, BatchFilter, Cursor, Edge, Listener, Listings, ProblemReport, Receipt, Records, Reports, Slice,
    Store, StoreError, StoredFile, StoredRecord, Subjects, Submission,
};
use crate::domain::acts::{Known, UniqueName};
use crate::domain::gs1::Lot;
use crate::domain::ports::{Clock, Randomness};
use crate::domain::record::{Digest, Handle, Subject, SubjectKind, sealed};
use crate::domain::time::Instant;
use queries::group::Present;
use queries::{access, append, group, read, rebuild};

type Conn = SqliteConnection;

/// Minutes east of UTC until the operator's record says otherwise: China.
const DEFAULT_OFFSET_MINUTES: i32 = 480;
const READERS: u32 = 4;

/// A store in one file.
pub struct SqliteStore {
    sequencer: Sequencer,
    writer: Arc<Mutex<SqliteConnection>>,
    readers: Pool<ConnectionManager<SqliteConnection>>,
}

impl SqliteStore {
    /// Opens the file, brings its tables up to date and starts the writer.
    pub fn open(path: &Path, clock: Arc<dyn Clock>, random: Arc<dyn Randomness>) -> Result<Self, StoreError> {
        let mut writer = connection::writer(path)?;
        connection::migrate(&mut writer)?;
        let readers = connection::readers(path, READERS)?;
        let writer = Arc::new(Mutex::new(writer));
        let engine = SqliteEngine {
            writer: Arc::clone(&writer),
            clock,
            random,
            utc_offset_minutes: None,
            forgot_at: Instant::MIN,
        };
        let sequencer = Sequencer::start(engine).map_err(|error| StoreError::Engine(error.to_string()))?;
        Ok(Self { sequencer, writer, readers })
    }

    /// Makes the projections anew. Answers how many records were read.
    pub fn rebuild(&self, progress: &mut dyn FnMut(u64)) -> Result<u64, StoreError> {
        lock(&self.writer).immediate_transaction(|conn| rebuild::run(conn, progress))
    }

    fn reader(&self) -> Result<PooledConnection<ConnectionManager<SqliteConnection>>, StoreError> {
        self.readers.get().map_err(|error| StoreError::Engine(error.to_string()))
    }
}

fn lock(writer: &Mutex<SqliteConnection>) -> std::sync::MutexGuard<'_, SqliteConnection> {
    writer.lock().unwrap_or_else(PoisonError::into_inner)
}

struct SqliteEngine {
    writer: Arc<Mutex<SqliteConnection>>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Randomness>,
    /// Known once the operator's record is there.
    utc_offset_minutes: Option<i32>,
    /// When old answers were last forgotten.
    forgot_at: Instant,
}

impl SqliteEngine {
    /// Forgets old answers once an hour; packing houses that were offline for a month are still told apart.
    fn forget(&mut self, conn: &mut SqliteConnection) -> Result<(), StoreError> {
        let now = self.clock.now();
        if now < self.forgot_at.plus_minutes(60) {
            return Ok(());
        }
        self.forgot_at = now;
        append::forget_answers(conn, now.plus_minutes(-ANSWERS_KEPT_MINUTES))
    }
}

/// 30 days (DESIGN §4, idempotency).
const ANSWERS_KEPT_MINUTES: i64 = 30 * 24 * 60;

impl Engine for SqliteEngine {
    fn run(&mut self, submissions: &[Submission]) -> Result<GroupResult, StoreError> {
        let writer = Arc::clone(&self.writer);
        let mut conn = lock(&writer);
        self.forget(&mut conn)?;
        if self.utc_offset_minutes.is_none() {
            self.utc_offset_minutes = group::utc_offset_minutes(&mut conn)?;
        }
        let present = Present {
            clock: &*self.clock,
            random: &*self.random,
            utc_offset_minutes: self.utc_offset_minutes.unwrap_or(DEFAULT_OFFSET_MINUTES),
        };
        conn.immediate_transaction(|conn| group::run(conn, submissions, &present))
    }
}

impl Store for SqliteStore {
    fn submit(&self, submission: Submission) -> oneshot::Receiver<Result<Receipt, StoreError>> {
        self.sequencer.submit(submission)
    }

    fn check(&self) -> Result<(), StoreError> {
        read::of_kind_oldest(&mut *self.reader()?)?;
        connection::check_writable(&mut lock(&self.writer))
    }

    fn on_commit(&self, listener: Listener) {
        self.sequencer.listen(listener);
    }
}

impl Records for SqliteStore {
    fn chain(&self, subject: Handle, from: u64, to: u64) -> Result<Vec<StoredRecord>, StoreError> {
        read::chain(&mut *self.reader()?, subject, from, to)
    }

    fn log(&self, from: u64, limit: u32) -> Result<Vec<StoredRecord>, StoreError> {
        read::log(&mut *self.reader()?, from, limit)
    }

    fn openings(&self, subject: Subject) -> Result<Vec<(String, sealed::Opening)>, StoreError> {
        read::openings_of(&mut *self.reader()?, subject)
    }
}

impl Subjects for SqliteStore {
    fn subject(&self, handle: Handle) -> Result<Option<Known>, StoreError> {
        Ok(read::subjects_of(&mut *self.reader()?, &[handle])?.pop())
    }

    fn subjects(&self, handles: &[Handle]) -> Result<Vec<Known>, StoreError> {
        read::subjects_of(&mut *self.reader()?, handles)
    }

    fn named(&self, name: &UniqueName) -> Result<Option<Handle>, StoreError> {
        read::named(&mut *self.reader()?, name)
    }
}

impl Listings for SqliteStore {
    fn of_home(&self, home: Handle, kind: SubjectKind, after: Option<Cursor>, limit: u32) -> Result<Slice, StoreError> {
        read::of_home(&mut *self.reader()?, home, kind, after, limit)
    }

    fn of_kind(&self, kind: SubjectKind, after: Option<Cursor>, limit: u32) -> Result<Slice, StoreError> {
        read::of_kind(&mut *self.reader()?, kind, after, limit)
    }

    fn granted(
        &self,
        organisation: Handle,
        view: &str,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<Slice, StoreError> {
        read::granted(&mut *self.reader()?, organisation, view, after, limit)
    }

    fn has_grant(&self, organisation: Handle, subject: Handle) -> Result<bool, StoreError> {
        read::has_grant(&mut *self.reader()?, organisation, subject)
    }

    fn batches(
        &self,
        home: Handle,
        filter: &BatchFilter,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<Slice, StoreError> {
        read::batches_of_home(&mut *self.reader()?, home, filter, after, limit)
    }

    fn batches_of_product(&self, product: Handle, limit: u32) -> Result<Vec<Known>, StoreError> {
        read::batches_of_product(&mut *self.reader()?, product, limit)
    }

    fn batches_of_lot(&self, lot: &Lot, limit: u32) -> Result<Vec<Known>, StoreError> {
        read::batches_of_lot(&mut *self.reader()?, lot, limit)
    }

    fn children(&self, parents: &[Handle]) -> Result<Vec<Edge>, StoreError> {
        read::children(&mut *self.reader()?, parents)
    }

    fn parents(&self, children: &[Handle]) -> Result<Vec<Edge>, StoreError> {
        read::parents(&mut *self.reader()?, children)
    }
}

impl Access for SqliteStore {
    fn add_api_key(&self, key: &ApiKey) -> Result<(), StoreError> {
        access::add_api_key(&mut lock(&self.writer), key)
    }

    fn api_key(&self, secret_hash: Digest) -> Result<Option<ApiKey>, StoreError> {
        access::api_key(&mut *self.reader()?, secret_hash)
    }

    fn add_attachment(&self, file: &StoredFile) -> Result<(), StoreError> {
        access::add_attachment(&mut lock(&self.writer), file)
    }

    fn attachment(&self, sha256: Digest) -> Result<Option<StoredFile>, StoreError> {
        access::attachment(&mut *self.reader()?, sha256)
    }
}

impl Reports for SqliteStore {
    fn add_problem_report(&self, report: &ProblemReport) -> Result<(), StoreError> {
        access::add_problem_report(&mut lock(&self.writer), report)
    }
}
