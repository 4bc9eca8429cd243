//! PostgreSQL, when it grows: several instances of the service write into one database. The state of a group is loaded and
//! written set-wise; the end of the log is locked last (`queries::group`), which puts all groups of all instances in one
//! order. Nothing else is locked by hand: no advisory lock, no listening, no trigger.

mod append;
mod connection;
pub mod distributed;
mod follower;
mod guard;
mod hope;
mod lag;
mod pairs;
mod standbys;
#[macro_use]
#[path = "../queries/mod.rs"]
#[expect(clippy::duplicate_mod, reason = "written once, compiled for each engine")]
mod queries;
mod replica;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::r2d2::{ConnectionManager, Pool};

use super::schema::log_head;
use super::sequencer::{Engine, GroupResult, Sequencer};
use super::{LookThrough, PostgresSettings, Published, Scrubbed, Source, Standbys, StoreError, Submission};
use crate::domain::ports::{Clock, Randomness};
use crate::domain::time::Instant;
use crate::store::seen::Memory;
use follower::{Follower, Look};
use lag::Ends;
use queries::group::Present;
use queries::{group, keep, load, read, rebuild};

pub use guard::PostgresGuard;
pub use replica::PostgresReplica;

type Conn = PgConnection;
type Database = PostgresStore;

/// A store in a PostgreSQL database.
pub struct PostgresStore {
    sequencer: Sequencer,
    memory: Memory,
    pool: Pool<ConnectionManager<PgConnection>>,
    /// Where the log ended of late, by which a replica's age is told.
    ends: Arc<Mutex<Ends>>,
    _follower: Follower,
}

impl PostgresStore {
    /// Connects, brings the tables up to date and starts the writer.
    pub fn open(
        settings: PostgresSettings,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Randomness>,
    ) -> Result<Self, StoreError> {
        let mut conn = connection::writer(&settings)?;
        connection::check_server(&mut conn)?;
        connection::migrate(&mut conn)?;
        alone(&mut conn, rebuild::settle)?;
        Self::start(conn, settings, clock, random)
    }

    /// As [`Self::open`], beside instances that may be running: refuses tables that are not up to date.
    pub fn open_beside(
        settings: PostgresSettings,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Randomness>,
    ) -> Result<Self, StoreError> {
        let mut conn = connection::writer(&settings)?;
        connection::check_migrated(&mut conn)?;
        Self::start(conn, settings, clock, random)
    }

    /// Brings the tables up to date and spreads them over the machines of a Citus cluster; answers which were spread now.
    pub fn distribute(settings: &PostgresSettings) -> Result<Vec<&'static str>, StoreError> {
        let mut conn = connection::writer(settings)?;
        connection::migrate(&mut conn)?;
        alone(&mut conn, distributed::distribute)
    }

    fn start(
        mut conn: PgConnection,
        settings: PostgresSettings,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Randomness>,
    ) -> Result<Self, StoreError> {
        let mut ends = Ends::default();
        let began = std::time::Instant::now();
        let end = load::log_end(&mut conn)?;
        ends.saw(end, began);
        let ends = Arc::new(Mutex::new(ends));
        let pool = connection::readers(&settings, settings.connections);
        // A connection of its own: pages are dropped in time also while the others are all in use.
        let following = connection::readers(&settings, 1);
        let memory = Memory::default();
        let engine = PostgresEngine {
            settings,
            conn: Some(conn),
            clock,
            random,
            utc_offset_minutes: None,
            forgot_at: Instant::MIN,
            memory: memory.clone(),
        };
        let io = |error: std::io::Error| StoreError::Engine(error.to_string());
        let sequencer = Sequencer::start(engine).map_err(io)?;
        let telling = Arc::clone(&ends);
        let looked = move |found: Result<Look, StoreError>| match found {
            Ok(look) => telling.lock().unwrap_or_else(PoisonError::into_inner).saw(look.end, look.at),
            Err(error) => tracing::warn!(%error, "the log cannot be followed; pages may be a minute old"),
        };
        let follower = Follower::start("follower", following, Some(end), sequencer.listeners(), looked).map_err(io)?;
        Ok(Self { sequencer, memory, pool, ends, _follower: follower })
    }

    /// A replica of this database, for pages.
    pub fn replica(&self, settings: &PostgresSettings) -> Result<PostgresReplica, StoreError> {
        let first = self.read(|conn| read::log(conn, 0, 1))?.pop().map(|record| record.hash);
        PostgresReplica::follow(settings, first, Arc::clone(&self.ends), self.sequencer.listeners())
    }

    fn read<T>(&self, query: impl FnOnce(&mut Conn) -> Result<T, StoreError>) -> Result<T, StoreError> {
        query(&mut *self.pool.get().map_err(|error| StoreError::Unavailable(error.to_string()))?)
    }

    fn write<T>(&self, query: impl FnOnce(&mut Conn) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.read(|conn| {
            conn.transaction(|conn| {
                connection::durable(conn)?;
                query(conn)
            })
        })
    }

    /// As [`Self::write`], in one transaction beside which nobody writes a record; our writer forgets what it has seen.
    fn write_alone<T>(&self, query: impl FnOnce(&mut Conn) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.memory.beside(|| self.read(|conn| alone(conn, query)))
    }

    /// Where commits wait for a standby and none is there, a write would wait too, for as long as that lasts.
    fn check_writable(&self) -> Result<(), StoreError> {
        if self.attached_standbys()?.block_writes() {
            return Err(StoreError::Unavailable("no synchronous standby is attached; commits wait for one".into()));
        }
        self.read(|conn| alone(conn, |_| Ok(())))
    }

    /// The server's memory is its own affair.
    fn look_past_memory(&self, look: &mut LookThrough<'_>) -> Result<Source, StoreError> {
        look(self)?;
        Ok(Source::Server)
    }

    /// `vacuum full` locks whole tables under instances that may be serving, and archived logs are not ours: its operator does it.
    fn scrub_files(&self) -> Result<Scrubbed, StoreError> {
        Ok(Scrubbed::LeftToServer)
    }

    fn attached_standbys(&self) -> Result<Standbys, StoreError> {
        self.read(standbys::attached)
    }
}

fn alone<T>(conn: &mut Conn, query: impl FnOnce(&mut Conn) -> Result<T, StoreError>) -> Result<T, StoreError> {
    conn.transaction(|conn| {
        connection::durable(conn)?;
        lock_log_head(conn)?;
        query(conn)
    })
}

/// Where the log ends; until the transaction ends nobody else commits a record.
fn lock_log_head(conn: &mut Conn) -> Result<u64, StoreError> {
    let end: i64 = log_head::table.find(1).select(log_head::next_log_index).for_update().first(conn)?;
    Ok(end as u64)
}

/// Several reads as of one moment.
fn read_only<T>(conn: &mut Conn, query: impl FnOnce(&mut Conn) -> Result<T, StoreError>) -> Result<T, StoreError> {
    conn.build_transaction().read_only().repeatable_read().run(query)
}

struct PostgresEngine {
    settings: PostgresSettings,
    /// `None` after it failed; the next group opens another.
    conn: Option<PgConnection>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Randomness>,
    /// Known once the operator's record is there.
    utc_offset_minutes: Option<i32>,
    /// When old answers were last forgotten.
    forgot_at: Instant,
    /// What our last group left; other instances may have gone on since.
    memory: Memory,
}

/// How often a group is tried again that collided with another, or whose connection had died before it began.
const TRIES: u32 = 5;
/// How long a new connection is sought to learn what became of a commit.
const RESOLVING: Duration = Duration::from_secs(10);
const BETWEEN_TRIES: Duration = Duration::from_millis(200);

impl Engine for PostgresEngine {
    fn run(&mut self, submissions: &[Submission], newest: Option<&Published>) -> Result<GroupResult, StoreError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let hoped = self.memory.hold().hopes();
            match self.attempt(submissions, newest) {
                Err(StoreError::Collision(cause)) if tries < TRIES => {
                    tracing::debug!(cause, tries, "transactions collided");
                }
                Err(StoreError::Constraint(cause)) if hoped => {
                    tracing::debug!(cause, "an act came before");
                }
                // Another instance took the name or the key meanwhile. The sequencer takes a larger group apart.
                Err(StoreError::Constraint(cause)) if submissions.len() == 1 && tries < TRIES => {
                    tracing::debug!(cause, "another instance was first");
                }
                // The connection had died while nobody wrote, or in a commit that is known not to have happened.
                Err(StoreError::Unavailable(cause)) if tries < 2 => {
                    tracing::warn!(cause, "the writer lost its connection and opens another");
                }
                other => return other,
            }
        }
    }
}

impl PostgresEngine {
    fn attempt(&mut self, submissions: &[Submission], newest: Option<&Published>) -> Result<GroupResult, StoreError> {
        let memory = self.memory.clone();
        let mut remembered = memory.hold();
        let mut conn = match self.conn.take() {
            Some(conn) => conn,
            None => connection::writer(&self.settings)?,
        };
        keep::forget_old_answers(&mut conn, self.clock.now(), &mut self.forgot_at)?;
        if self.utc_offset_minutes.is_none() {
            self.utc_offset_minutes = group::utc_offset_minutes(&mut conn)?;
        }
        let present = Present { newest, ..Present::new(&*self.clock, &*self.random, self.utc_offset_minutes) };
        let mut seen = std::mem::take(&mut *remembered);
        // A pooler gives each transaction another session, which is told first what it must promise.
        if !self.settings.is_pooled()
            && let Some(hope) = hope::decide(&mut conn, submissions, &present, &mut seen)?
        {
            match hope.write(&mut conn, &mut seen) {
                Ok(true) => {
                    let result = hope.result(&mut seen);
                    (self.conn, *remembered) = (Some(conn), seen);
                    return Ok(result);
                }
                Ok(false) => {}
                Err(error @ (StoreError::Collision(_) | StoreError::Constraint(_))) => {
                    self.conn = Some(conn);
                    return Err(error);
                }
                // The server says so itself. It may be one that only reads since another took over: the next group asks anew.
                Err(error @ StoreError::Full(_)) => return Err(error),
                Err(error) => {
                    tracing::warn!(%error, "a statement that commits itself failed; looking what became of it");
                    return self.resolve(hope.result(&mut seen));
                }
            }
        }
        let mut decided = None;
        let done = conn.transaction(|conn| {
            if self.settings.is_pooled() {
                connection::durable(conn)?;
            }
            decided = Some(group::run(conn, submissions, &present, &mut seen)?);
            Ok(())
        });
        match (done, decided) {
            (Ok(()), Some(result)) => {
                self.conn = Some(conn);
                *remembered = seen;
                Ok(result)
            }
            (Err(error @ (StoreError::Collision(_) | StoreError::Constraint(_))), _) => {
                self.conn = Some(conn);
                Err(error)
            }
            (Err(error), Some(result)) => {
                tracing::warn!(%error, "a commit failed; looking what became of it");
                self.resolve(result)
            }
            // A connection that failed may be half dead: the next group gets another.
            (Err(error), None) => Err(error),
            (Ok(()), None) => Err(StoreError::Engine("a group was committed without being decided".into())),
        }
    }

    /// What became of a commit that was not answered. The lock on the log's end is free only once the old transaction has
    /// ended, one way or the other; then one of its records is there, or none.
    fn resolve(&mut self, result: GroupResult) -> Result<GroupResult, StoreError> {
        let Some(written) = &result.written else { return Ok(result) };
        let deadline = std::time::Instant::now() + RESOLVING;
        loop {
            let found = connection::writer(&self.settings).and_then(|mut conn| {
                let found =
                    alone(&mut conn, |conn| read::chain(conn, written.subject.handle, written.seq, written.seq))?;
                self.conn = Some(conn);
                Ok(found)
            });
            match found {
                Ok(found) if found.first().is_some_and(|record| record.hash == written.hash) => return Ok(result),
                Ok(_) => return Err(StoreError::Unavailable("the connection was lost; nothing was committed".into())),
                Err(error) if std::time::Instant::now() >= deadline => {
                    return Err(StoreError::Unresolved(error.to_string()));
                }
                Err(_) => std::thread::sleep(BETWEEN_TRIES),
            }
        }
    }
}
