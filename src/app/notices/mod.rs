//! Telling organisations what concerns them: news from the log, licences that end; on a page, and at addresses of theirs.

mod deliver;
mod tell;
mod webhooks;

use std::sync::{Arc, Weak};
use std::time::Duration;

pub use deliver::deliver;
pub use tell::tell;
pub use webhooks::{MANAGE, WebhookError, add, deliveries, end, own, replay};

use super::{App, AppError, Caller};
use crate::domain::notices::Notice;
use crate::outgoing::webhook::Sender;

pub use crate::outgoing::signature::shown as shown_secret;
pub use crate::store::notices::{Delivery, DeliveryState, Webhook};

/// How often the log is looked at for news, and deliveries for what is due.
const TICK: Duration = Duration::from_secs(2);

/// Notices of one page.
const SHOWN: u32 = 200;

/// What the caller's organisation was told, newest first.
pub fn list(app: &App, caller: Caller) -> Result<Vec<Notice>, AppError> {
    Ok(app.store.notices(caller.organisation, SHOWN)?)
}

/// The organisation has looked at what it was told until now.
pub fn see(app: &App, caller: Caller) -> Result<(), AppError> {
    Ok(app.store.see(caller.organisation, app.now())?)
}

/// Tells and delivers as long as the service lives, in a thread of its own.
pub fn start(app: &Arc<App>) -> std::io::Result<()> {
    let (reach, app) = (app.reach, Arc::downgrade(app));
    std::thread::Builder::new().name("notices".into()).spawn(move || run(&app, &Sender::new(reach))).map(drop)
}

fn run(app: &Weak<App>, sender: &Sender) {
    loop {
        std::thread::sleep(TICK);
        let Some(app) = app.upgrade() else { return };
        // The database may be away: what was not told is told when it is back.
        if let Err(error) = tell(&app).and_then(|_| deliver(&app, sender)) {
            tracing::warn!(%error, "notices wait");
        }
    }
}
