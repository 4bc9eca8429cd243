//! Audit packs on their way out, ordered over REST or from a page. Few are made at once, and who does not take what is sent is cut
//! off, so that downloads leave the service its threads.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use actix_web::web::Bytes;
use futures_util::Stream;
use tokio::runtime::Handle as Runtime;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::extract::{State, blocking};
use super::problem::Problem;
use crate::app::audit_pack::{self, Order};
use crate::app::{App, AppError};
use crate::domain::record::Handle;
use crate::web::assets::OFFLINE_VERIFIER;

/// Packs that are made at once for strangers, and as many for those who are admitted.
const AT_ONCE: usize = 2;
/// How long a stranger may take for a whole pack.
const WHOLE: Duration = Duration::from_secs(600);
/// How long a receiver may take for the next piece.
const PATIENCE: Duration = Duration::from_secs(30);
const PIECE: usize = 64 * 1024;
/// Pieces that wait for the receiver.
const WAITING: usize = 4;

/// Who makes packs at the moment.
#[derive(Clone)]
pub struct Makers {
    strangers: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
}

impl Default for Makers {
    fn default() -> Self {
        let lane = || Arc::new(Semaphore::new(AT_ONCE));
        Self { strangers: lane(), admitted: lane() }
    }
}

impl Makers {
    fn enter(&self, for_whom: For) -> Result<OwnedSemaphorePermit, Problem> {
        let busy = |_| Problem { retry_after_seconds: Some(10), ..Problem::new("busy") };
        let lane = match for_whom {
            For::Strangers => &self.strangers,
            For::Admitted => &self.admitted,
        };
        Arc::clone(lane).try_acquire_owned().map_err(busy)
    }
}

/// Who a pack is for: strangers who take their time keep no association from its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum For {
    Strangers,
    Admitted,
}

/// The pack that whoever is admitted ordered, over REST or from a page.
pub async fn for_admitted(
    app: State,
    makers: &Makers,
    id: Handle,
    order: impl FnOnce(&App) -> Result<Order, AppError> + Send + 'static,
) -> Result<HttpResponse, Problem> {
    made(app, makers, (id, For::Admitted), order).await
}

/// Who may have what is asked first: what is refused is refused with a status, not by half a pack.
pub async fn made(
    app: State,
    makers: &Makers,
    (id, for_whom): (Handle, For),
    order: impl FnOnce(&App) -> Result<Order, AppError> + Send + 'static,
) -> Result<HttpResponse, Problem> {
    let permit = makers.enter(for_whom)?;
    let order = blocking(&app, order).await?;
    let until = (for_whom == For::Strangers).then(|| std::time::Instant::now() + WHOLE);
    Ok(stream(&app, order, (permit, until), id))
}

type Deadline = Option<std::time::Instant>;

/// The permit is given back when the last piece was taken.
fn stream(app: &State, order: Order, (permit, until): (OwnedSemaphorePermit, Deadline), id: Handle) -> HttpResponse {
    let (pieces, taken) = channel(WAITING);
    let (app, runtime, whole) = (app.clone(), Runtime::current(), Arc::new(AtomicBool::new(false)));
    let done = Arc::clone(&whole);
    actix_web::rt::task::spawn_blocking(move || {
        let mut out = Pieces { pieces, runtime, piece: Vec::with_capacity(PIECE), until };
        done.store(make(&app, &order, &mut out), Ordering::SeqCst);
        drop((out, permit));
    });
    HttpResponse::Ok()
        .content_type("application/zip")
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"audit-pack-{id}.zip\"")))
        .insert_header((CACHE_CONTROL, "private, no-store"))
        .streaming(until_end(taken, whole))
}

/// The answer has begun: what goes wrong now breaks it off, so that nobody takes half a pack for a whole one.
fn until_end(mut taken: Receiver<io::Result<Bytes>>, whole: Arc<AtomicBool>) -> impl Stream<Item = io::Result<Bytes>> {
    let end = move || (!whole.swap(true, Ordering::SeqCst)).then(|| Err(io::Error::other("the pack broke off")));
    futures_util::stream::poll_fn(move |context| taken.poll_recv(context).map(|piece| piece.or_else(&end)))
}

/// Whether the pack was made and taken to its end. The channel closes after this is known, so that its end can be told.
fn make(app: &App, order: &Order, out: &mut Pieces) -> bool {
    match audit_pack::write(app, order, OFFLINE_VERIFIER, out) {
        Ok(()) => return true,
        Err(audit_pack::WriteError::Out(cause)) => tracing::info!(%cause, "an audit pack was not taken to its end"),
        Err(cause) => tracing::error!(%cause, "an audit pack broke off"),
    }
    false
}

/// Gathers what is written into pieces and hands them to the connection.
struct Pieces {
    pieces: Sender<io::Result<Bytes>>,
    runtime: Runtime,
    piece: Vec<u8>,
    until: Deadline,
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        if self.until.is_some_and(|until| std::time::Instant::now() > until) {
            return Err(io::Error::other("it takes too long"));
        }
        let piece = Bytes::from(std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE)));
        let sent = self.runtime.block_on(async { tokio::time::timeout(PATIENCE, self.pieces.send(Ok(piece))).await });
        match sent {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(io::Error::other("it went away")),
            Err(_) => Err(io::Error::other("it takes nothing any more")),
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt as _;

    use super::*;

    #[test]
    fn two_packs_are_made_at_once_and_a_third_is_told_to_come_again() {
        let makers = Makers::default();
        let enter = || makers.enter(For::Strangers);
        let (first, _second) = (enter().unwrap(), enter().unwrap());
        assert!(makers.enter(For::Admitted).is_ok(), "strangers keep nobody from his own");
        let problem = enter().map(drop).unwrap_err();
        assert_eq!((problem.slug, problem.retry_after_seconds), ("busy", Some(10)));
        drop(first);
        assert!(enter().is_ok());
    }

    #[actix_web::test]
    async fn half_a_pack_does_not_end_like_a_whole_one() {
        for (whole, left) in [(true, 1), (false, 2)] {
            let (pieces, taken) = channel(2);
            pieces.send(Ok(Bytes::from_static(b"PK"))).await.unwrap();
            drop(pieces);
            let told: Vec<_> = until_end(taken, Arc::new(AtomicBool::new(whole))).collect().await;
            assert_eq!((told.len(), told.iter().all(Result::is_ok)), (left, whole));
        }
    }

    #[actix_web::test]
    async fn who_goes_away_ends_the_making() {
        let (pieces, taken) = channel(1);
        let mut out = Pieces { pieces, runtime: Runtime::current(), piece: Vec::new(), until: None };
        drop(taken);
        let written = actix_web::rt::task::spawn_blocking(move || out.write_all(&[0; PIECE])).await.unwrap();
        assert!(written.is_err());
    }
}
