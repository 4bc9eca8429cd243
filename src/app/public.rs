//! What the public reads: from a replica where there is one that answers, else from the database. The use cases of pages get a
//! [`Visit`], which can only read; whatever writes, decides or answers its own writer has the [`App`] and its store.

use std::sync::Arc;
use std::time::Duration;

use super::log::witnesses::{Witnessed, Witnesses};
use super::{App, AppError};
use crate::domain::time::{CivilDate, Instant};
use crate::store::{PublicReads, Replica, Standing, Store};

/// A replica that is further behind is told on the page.
const NOTICEABLE: Duration = Duration::from_secs(5);

/// What pages read from.
pub struct Pages {
    database: Arc<dyn PublicReads>,
    replica: Option<Arc<dyn Replica>>,
}

impl Pages {
    pub fn new(store: &Arc<dyn Store>, replica: Option<Arc<dyn Replica>>) -> Self {
        Self { database: Arc::clone(store) as _, replica }
    }

    /// The replica, where there is one.
    pub fn replica(&self) -> Option<&Arc<dyn Replica>> {
        self.replica.as_ref()
    }

    /// How the replica stands; `None` where there is none.
    pub fn standing(&self) -> Option<Standing> {
        self.replica.as_ref().map(|replica| replica.standing())
    }

    /// Whether pages say at the moment from when their data is: one that was made before does not, and must not be shown.
    pub fn lag(&self) -> bool {
        matches!(self.standing(), Some(Standing::Following { behind }) if behind > NOTICEABLE)
    }
}

/// Somebody without credentials who looks at one page: where it is read from, and when.
pub struct Visit<'a> {
    pub read: &'a dyn PublicReads,
    /// Where a copy is read: the database, for what a copy that is behind must not undo. It answers at a later moment than `read`.
    pub database: Option<&'a dyn PublicReads>,
    pub now: Instant,
    pub utc_offset_minutes: i32,
    /// Where what is read may be noticeably old: everything that was recorded until then is in it.
    pub data_from: Option<Instant>,
    /// What witnesses said of the log.
    pub witnessed: Option<Arc<Witnessed>>,
    /// They are asked, and too few of them said anything so far.
    pub awaits_witnesses: bool,
}

impl Visit<'_> {
    /// The civil day of now.
    pub fn today(&self) -> CivilDate {
        self.now.civil_date(self.utc_offset_minutes)
    }
}

impl App {
    /// Looks at a page: on the replica, and on the database where that is away, fails, or does not have what is asked for.
    /// What a replica does not know may have been recorded a moment ago, and "not issued here" must not be said of it.
    pub fn visit<T>(
        &self,
        is_missing: impl Fn(&T) -> bool,
        look: impl Fn(&Visit<'_>) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        let found = match (&self.pages.replica, self.pages.standing()) {
            (Some(replica), Some(Standing::Following { behind })) => {
                let data_from = (behind > NOTICEABLE).then(|| before(self.now(), behind));
                Some(self.look_at(&**replica, Some(&*self.pages.database), data_from, &look))
            }
            _ => None,
        };
        match found {
            Some(Ok(found)) if !is_missing(&found) => Ok(found),
            Some(Ok(missing)) => Ok(self.visit_database(look).unwrap_or(missing)),
            Some(Err(error)) => {
                tracing::warn!(%error, "a page could not be read from the replica and is read from the database itself");
                self.visit_database(look)
            }
            None => self.visit_database(look),
        }
    }

    /// As [`App::visit`], never on a replica: for what has to show what was written a moment ago.
    pub fn visit_database<T>(&self, look: impl Fn(&Visit<'_>) -> Result<T, AppError>) -> Result<T, AppError> {
        self.look_at(&*self.pages.database, None, None, &look)
    }

    /// One moment for the whole page: what it says of a batch and of what that rests on belongs together.
    fn look_at<T>(
        &self,
        read: &dyn PublicReads,
        database: Option<&dyn PublicReads>,
        data_from: Option<Instant>,
        look: &impl Fn(&Visit<'_>) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        let mut found = None;
        let witnesses = self.log.as_ref().and_then(|log| log.witnesses());
        let witnessed = witnesses.and_then(Witnesses::witnessed);
        let awaits_witnesses = witnessed.is_none() && witnesses.is_some_and(Witnesses::are_needed);
        let reached = read.at_one_moment(&mut |read| {
            let utc_offset_minutes = self.utc_offset_minutes;
            let witnessed = witnessed.clone();
            found = Some(look(&Visit {
                read,
                database,
                now: self.now(),
                utc_offset_minutes,
                data_from,
                witnessed,
                awaits_witnesses,
            }));
        });
        match (found, reached) {
            // Where a read failed, so does the end of its transaction: the first failure is the one to tell.
            (Some(found), _) => found,
            (None, Err(error)) => Err(error.into()),
            (None, Ok(())) => Err(AppError::Failed("nothing was looked at".into())),
        }
    }
}

fn before(now: Instant, behind: Duration) -> Instant {
    let millis = i64::try_from(behind.as_millis()).unwrap_or(i64::MAX);
    Instant::from_millis(now.millis().saturating_sub(millis)).unwrap_or(Instant::MIN)
}
