//! Follows a log twice a second and tells the listeners which subjects changed, so that finished pages are dropped: of the
//! database, for what other instances commit; of a replica, because a page that was read from it before it had a record is
//! old only once it has it.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::r2d2::{ConnectionManager, Pool};

use super::{load, read};
use crate::domain::record::{Digest, Handle};
use crate::store::StoreError;
use crate::store::rows::handle;
use crate::store::schema::records;
use crate::store::sequencer::Listeners;

const INTERVAL: Duration = Duration::from_millis(500);
/// Changes taken in at once.
const PAGE: i64 = 10_000;

type Connections = Pool<ConnectionManager<PgConnection>>;

/// The following thread; it ends with this.
pub struct Follower {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// Where a log ended, and when the look at it began.
pub struct Look {
    pub end: u64,
    pub at: Instant,
    /// Hash of the log's first record.
    pub first: Option<Digest>,
}

impl Follower {
    /// Tells of what stands in the log from index `next` on, or from the end that the first look finds; `looked` hears of every look, also of those that failed.
    pub fn start(
        name: &str,
        pool: Connections,
        mut next: Option<u64>,
        listeners: Listeners,
        looked: impl Fn(Result<Look, StoreError>) + Send + 'static,
    ) -> std::io::Result<Self> {
        let (stop, stopped) = channel::<()>();
        let follow = move || {
            loop {
                looked(look(&pool, &mut next, &mut |touched| listeners.notify(touched)));
                if stopped.recv_timeout(INTERVAL) != Err(RecvTimeoutError::Timeout) {
                    return;
                }
            }
        };
        let thread = std::thread::Builder::new().name(name.into()).spawn(follow)?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Reads from `next` to the log's end; where there is no `next` yet, from its end on.
pub fn look(pool: &Connections, next: &mut Option<u64>, notify: &mut dyn FnMut(&[Handle])) -> Result<Look, StoreError> {
    let mut conn = pool.get().map_err(|error| StoreError::Unavailable(error.to_string()))?;
    loop {
        let at = Instant::now();
        let from = next.map_or_else(|| load::log_end(&mut conn), Ok)?;
        let (touched, end, more) = changes(&mut conn, from)?;
        notify(&touched);
        *next = Some(end);
        if !more {
            let first = read::log(&mut conn, 0, 1)?.pop().map(|record| record.hash);
            return Ok(Look { end, at, first });
        }
    }
}

/// Subjects of the records from `next` on, where to go on, and whether there may be more.
fn changes(conn: &mut PgConnection, next: u64) -> Result<(Vec<Handle>, u64, bool), StoreError> {
    let rows: Vec<(i64, Vec<u8>)> = records::table
        .filter(records::log_index.ge(next as i64))
        .order(records::log_index)
        .limit(PAGE)
        .select((records::log_index, records::subject))
        .load(conn)?;
    let end = rows.last().map_or(next, |(index, _)| *index as u64 + 1);
    let mut touched = rows.iter().map(|(_, subject)| handle(subject)).collect::<Result<Vec<_>, _>>()?;
    touched.sort_unstable();
    touched.dedup();
    Ok((touched, end, rows.len() as i64 == PAGE))
}
