//! Sending what is due. Whoever claims a delivery tries it; if he dies over it, it is due again a little later. The same message
//! keeps its id, so that whoever receives it twice sees that it is one.

use serde_json::json;

use super::{Delivery, DeliveryState, Webhook};
use crate::app::{App, AppError};
use crate::domain::notices::Notice;
use crate::domain::time::Instant;
use crate::outgoing::webhook::{Message, Sender};

/// Deliveries tried at the same time.
const AT_ONCE: u32 = 8;
/// Longer than an attempt can take.
const CLAIMED_MINUTES: i64 = 1;
/// Seconds until the next attempt, after each that failed; the standard's own schedule.
const AGAIN_AFTER: &[i64] = &[5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

/// How long the rest of what is due at an address waits when the address failed.
const ADDRESS_RESTS_MINUTES: i64 = 1;

/// Tries what is due now; answers how many attempts were made.
pub fn deliver(app: &App, sender: &Sender) -> Result<usize, AppError> {
    let mut made = 0;
    loop {
        let now = app.now();
        let claimed_until = now.plus_minutes(CLAIMED_MINUTES);
        let mut mine = Vec::new();
        for (delivery, webhook, notice) in app.store.due(now, AT_ONCE)? {
            if app.store.claim(&delivery, claimed_until)? {
                mine.push((delivery, webhook, notice));
            }
        }
        if mine.is_empty() {
            return Ok(made);
        }
        made += mine.len();
        let tried: Vec<Delivery> = std::thread::scope(|scope| {
            let tries = mine.into_iter().map(|(delivery, webhook, notice)| {
                scope.spawn(move || attempt(app, sender, delivery, &webhook, &notice))
            });
            let tries: Vec<_> = tries.collect();
            tries.into_iter().filter_map(|tried| tried.join().ok()).collect()
        });
        for delivery in &tried {
            app.store.settle(delivery, claimed_until)?;
        }
        // Whoever keeps an address that never answers does not keep others waiting.
        for delivery in tried.iter().filter(|delivery| delivery.state != DeliveryState::Done) {
            let now = app.now();
            app.store.rest(delivery.home, delivery.webhook, now, now.plus_minutes(ADDRESS_RESTS_MINUTES))?;
        }
    }
}

fn attempt(app: &App, sender: &Sender, mut delivery: Delivery, webhook: &Webhook, notice: &Notice) -> Delivery {
    let now = app.now();
    let id = format!("{}.{}", notice.home, notice.once);
    let body = body(app, notice);
    let message =
        Message { url: &webhook.url, secret: &webhook.secret, id: &id, seconds: now.millis() / 1_000, body: &body };
    let answered = sender.send(&message);
    delivery.attempts += 1;
    delivery.last_at = Some(now);
    let is_done = matches!(answered, Ok(200..=299));
    delivery.outcome = Some(answered.map_or_else(|error| error, |status| status.to_string()));
    (delivery.state, delivery.next_at) = match AGAIN_AFTER.get(delivery.attempts as usize - 1) {
        _ if is_done => (DeliveryState::Done, None),
        Some(seconds) => (DeliveryState::Waiting, Instant::from_millis(now.millis() + seconds * 1_000).ok()),
        None => (DeliveryState::GivenUp, None),
    };
    delivery
}

/// What is sent: kind, moment, and where to read more. Nothing of it is secret to whoever may see the page.
fn body(app: &App, notice: &Notice) -> String {
    json!({
        "type": notice.kind.as_str(),
        "timestamp": notice.told_at.to_string(),
        "data": {
            "organisation": notice.home.to_string(),
            "subject": notice.subject.to_string(),
            "about": notice.about,
            "url": format!("{}{}", app.public_url, notice.kind.page(notice.subject)),
        },
    })
    .to_string()
}
