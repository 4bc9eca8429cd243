//! Addresses that an organisation has its news sent to: made by its managers, the secret shown once.

use super::{Delivery, DeliveryState, Stretch, Webhook};
use crate::app::{App, AppError, Caller};
use crate::domain::acts::Refusal;
use crate::domain::notices::Notice;
use crate::domain::record::Handle;
use crate::domain::time::Instant;
use crate::outgoing::reach::Unreachable;
use crate::outgoing::signature::SECRET;

/// In the table of who may do what.
pub const MANAGE: &str = "webhooks.manage";

/// Addresses of one organisation at most.
const MOST: usize = 10;
/// Bytes of an address at most.
const LONGEST: usize = 400;

#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    #[error("the address cannot be called: {0:?}")]
    Unreachable(Unreachable),
    #[error("an address has at most {LONGEST} bytes")]
    TooLong,
    #[error("an organisation has at most {MOST} addresses")]
    TooMany,
    #[error("there is no such address")]
    Unknown,
    #[error(transparent)]
    App(#[from] AppError),
}

impl From<crate::store::StoreError> for WebhookError {
    fn from(error: crate::store::StoreError) -> Self {
        Self::App(error.into())
    }
}

/// The newest first.
pub fn own(app: &App, caller: Caller) -> Result<Vec<Webhook>, AppError> {
    caller.may(MANAGE)?;
    Ok(app.store.webhooks(caller.organisation)?)
}

/// From now on news goes there; what was told before does not.
pub fn add(app: &App, caller: Caller, url: &str) -> Result<Webhook, WebhookError> {
    app.may(caller, MANAGE)?;
    let url = url.trim();
    if url.len() > LONGEST {
        return Err(WebhookError::TooLong);
    }
    app.reach.check(url).map_err(WebhookError::Unreachable)?;
    let working = app.store.webhooks(caller.organisation)?.into_iter().filter(|it| it.ended_at.is_none()).count();
    if working >= MOST {
        return Err(WebhookError::TooMany);
    }
    let (mut id, mut secret) = ([0; 16], vec![0; SECRET]);
    app.random.fill(&mut id);
    app.random.fill(&mut secret);
    let webhook = Webhook {
        home: caller.organisation,
        id: Handle::from_bytes(id),
        url: url.to_owned(),
        secret,
        created_at: app.now(),
        ended_at: None,
    };
    app.store.add_webhook(&webhook)?;
    Ok(webhook)
}

/// Nothing is sent there any more.
pub fn end(app: &App, caller: Caller, id: Handle) -> Result<(), WebhookError> {
    caller.may(MANAGE)?;
    match app.store.end_webhook(caller.organisation, id, app.now())? {
        true => Ok(()),
        false => Err(WebhookError::Unknown),
    }
}

/// An address of one's own.
pub fn one(app: &App, caller: Caller, id: Handle) -> Result<Webhook, AppError> {
    let found = own(app, caller)?.into_iter().find(|webhook| webhook.id == id);
    found.ok_or_else(|| Refusal::not_found("id", id).into())
}

/// What was sent there of what was told before a moment, newest first; of one state or of any.
pub fn deliveries(
    app: &App,
    caller: Caller,
    id: Handle,
    state: Option<DeliveryState>,
    (before, limit): (Option<Instant>, u32),
) -> Result<Stretch<(Delivery, Notice)>, AppError> {
    let webhook = one(app, caller, id)?;
    Ok(app.store.deliveries(webhook.home, webhook.id, state, before, limit)?)
}

/// Sends something once more, from the first attempt on.
pub fn replay(app: &App, caller: Caller, id: Handle, once: &str) -> Result<(), WebhookError> {
    app.may(caller, MANAGE)?;
    match app.store.replay(caller.organisation, id, once, app.now())? {
        true => Ok(()),
        false => Err(WebhookError::Unknown),
    }
}
