//! Telling organisations what concerns them: news from the log, licences that end; on a page, and at addresses of theirs.

mod deliver;
mod intervals;
mod tell;
mod webhooks;

use std::sync::{Arc, Weak};
use std::time::Duration;

pub use deliver::deliver;
pub use tell::tell;
pub use webhooks::{MANAGE, WebhookError, add, deliveries, end, one, own, replay};

use super::{App, AppError, Caller};
use crate::domain::notices::Notice;
use crate::domain::time::Instant;
use crate::outgoing::webhook::Sender;

pub use crate::outgoing::signature::shown as shown_secret;
pub use crate::store::notices::{Delivery, DeliveryState, Stretch, Webhook};

/// How often the log is looked at for news, and deliveries for what is due.
const TICK: Duration = Duration::from_secs(2);

/// What the caller's organisation was told before a moment, newest first.
pub fn list(app: &App, caller: Caller, before: Option<Instant>, limit: u32) -> Result<Stretch<Notice>, AppError> {
    Ok(app.store.notices(caller.organisation, before, limit)?)
}

/// The organisation has looked at what it was told until now.
pub fn see(app: &App, caller: Caller) -> Result<(), AppError> {
    Ok(app.store.see(caller.organisation, app.now())?)
}

/// Tells and delivers as long as the service lives, in two threads: addresses that do not answer hold up no news.
pub fn start(app: &Arc<App>) -> std::io::Result<()> {
    let sender = Sender::new(app.reach);
    every_tick(app, "notices", tell)?;
    every_tick(app, "webhooks", move |app| deliver(app, &sender))
}

fn every_tick(
    app: &Arc<App>,
    name: &'static str,
    work: impl Fn(&App) -> Result<usize, AppError> + Send + 'static,
) -> std::io::Result<()> {
    let app = Arc::downgrade(app);
    let run = move || {
        loop {
            std::thread::sleep(TICK);
            let Some(app) = Weak::upgrade(&app) else { return };
            // The database may be away: what was not done now is done when it is back.
            if let Err(error) = work(&app) {
                tracing::warn!(%error, "{name} wait");
            }
        }
    };
    std::thread::Builder::new().name(name.into()).spawn(run).map(drop)
}
