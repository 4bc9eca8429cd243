//! What other instances commit: follows the log twice a second and tells the listeners which subjects changed, so that
//! finished pages are dropped here too.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::r2d2::{ConnectionManager, Pool};

use crate::domain::record::Handle;
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

impl Follower {
    /// Tells of what is committed from log index `next` on.
    pub fn start(pool: Connections, mut next: u64, listeners: Listeners) -> std::io::Result<Self> {
        let (stop, stopped) = channel::<()>();
        let follow = move || {
            loop {
                match changes(&pool, next) {
                    Ok((touched, end)) => {
                        listeners.notify(&touched);
                        next = end;
                    }
                    Err(error) => tracing::warn!(%error, "the log cannot be followed; pages may be a minute old"),
                }
                if stopped.recv_timeout(INTERVAL) != Err(RecvTimeoutError::Timeout) {
                    return;
                }
            }
        };
        let thread = std::thread::Builder::new().name("follower".into()).spawn(follow)?;
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

/// Subjects of the records from `next` on, and where to go on.
fn changes(pool: &Connections, next: u64) -> Result<(Vec<Handle>, u64), StoreError> {
    let mut conn = pool.get().map_err(|error| StoreError::Unavailable(error.to_string()))?;
    let rows: Vec<(i64, Vec<u8>)> = records::table
        .filter(records::log_index.ge(next as i64))
        .order(records::log_index)
        .limit(PAGE)
        .select((records::log_index, records::subject))
        .load(&mut conn)?;
    let end = rows.last().map_or(next, |(index, _)| *index as u64 + 1);
    let mut touched = rows.iter().map(|(_, subject)| handle(subject)).collect::<Result<Vec<_>, _>>()?;
    touched.sort_unstable();
    touched.dedup();
    Ok((touched, end))
}
