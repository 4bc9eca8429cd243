//! A replica of the database, for pages and for looking through the log. Its connections are told to take no write, whatever server the address leads to.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use diesel::pg::PgConnection;
use diesel::r2d2::{ConnectionManager, Pool};

use super::Conn;
use super::connection;
use super::follower::{Follower, Look, look};
use super::lag::Ends;
use super::queries::{access, one_moment, read, tree};
use crate::domain::acts::{Known, UniqueName};
use crate::domain::entities::BatchStage;
use crate::domain::gs1::Lot;
use crate::domain::merkle::Leaf;
use crate::domain::record::{Digest, Handle, SubjectKind};
use crate::store::sequencer::Listeners;
use crate::store::{
    Attachments, BatchFilter, Cursor, Edge, Entries, Listings, PostgresSettings, PublicReads, Records, Replica, Slice,
    Standing, StoreError, StoredFile, StoredRecord, Subjects,
};

/// A replica that was not heard of for so long is away: one that hangs must not hold up pages.
const SILENT: Duration = Duration::from_secs(2);

/// What the last look at the replica's log found, `Err` where that log begins with another record than ours, `None` where it
/// does not answer.
type Heard = Arc<Mutex<Option<Result<Look, ()>>>>;

/// A PostgreSQL replica that is followed.
pub struct PostgresReplica {
    pool: Pool<ConnectionManager<PgConnection>>,
    heard: Heard,
    ends: Arc<Mutex<Ends>>,
    _follower: Follower,
}

impl PostgresReplica {
    /// Follows a replica. One that is away is waited for; one that holds another instance is refused.
    pub fn follow(
        settings: &PostgresSettings,
        first: Option<Digest>,
        ends: Arc<Mutex<Ends>>,
        listeners: Listeners,
    ) -> Result<Self, StoreError> {
        let following = connection::replica_readers(settings, 1);
        let mut next = None;
        let heard: Heard = Arc::default();
        match look(&following, &mut next, &mut |_| ()) {
            Ok(found) if is_foreign(first, &found) => {
                return Err(StoreError::Engine(
                    "the replica holds another instance: its log begins with another record; give --database-read the \
                     address of a replica of --database"
                        .into(),
                ));
            }
            Ok(found) => *lock(&heard) = Some(Ok(found)),
            Err(error) => {
                tracing::warn!(%error, "the replica does not answer; pages are read from the database itself")
            }
        }
        let telling = Arc::clone(&heard);
        let looked = move |found: Result<Look, StoreError>| note(&telling, first, found);
        let follower = Follower::start("replica", following, next, listeners, looked)
            .map_err(|error| StoreError::Engine(error.to_string()))?;
        let pool = connection::replica_readers(settings, settings.connections);
        Ok(Self { pool, heard, ends, _follower: follower })
    }

    fn read<T>(&self, query: impl FnOnce(&mut Conn) -> Result<T, StoreError>) -> Result<T, StoreError> {
        query(&mut *self.pool.get().map_err(|error| StoreError::Unavailable(error.to_string()))?)
    }
}

fn is_foreign(first: Option<Digest>, found: &Look) -> bool {
    first.is_some() && found.first.is_some() && found.first != first
}

/// What a look found, said once where it changes.
fn note(heard: &Heard, first: Option<Digest>, found: Result<Look, StoreError>) {
    match found {
        Ok(look) if is_foreign(first, &look) => {
            if !matches!(*lock(heard), Some(Err(()))) {
                tracing::error!("the replica holds another instance; pages are read from the database itself");
            }
            *lock(heard) = Some(Err(()));
        }
        Ok(look) => {
            if lock(heard).replace(Ok(look)).is_none() {
                tracing::info!("the replica answers; pages are read from it");
            }
        }
        Err(error) => {
            if lock(heard).take().is_some() {
                tracing::warn!(%error, "the replica does not answer; pages are read from the database itself");
            }
        }
    }
}

impl Replica for PostgresReplica {
    fn standing(&self) -> Standing {
        let now = Instant::now();
        let end = match &*lock(&self.heard) {
            Some(Ok(look)) if now.saturating_duration_since(look.at) < SILENT => look.end,
            Some(Err(())) => return Standing::Foreign,
            _ => return Standing::Away,
        };
        match lock(&self.ends).behind(end, now) {
            Some(behind) => Standing::Following { behind },
            None => Standing::CatchingUp,
        }
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

reading_ports!(PostgresReplica);
entries_port!(PostgresReplica);

impl PublicReads for PostgresReplica {
    fn at_one_moment(&self, look: &mut dyn FnMut(&dyn PublicReads)) -> Result<(), StoreError> {
        self.read(|conn| one_moment::look(conn, look))
    }
}
