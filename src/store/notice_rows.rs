//! Rows of notices, webhooks and deliveries.

use diesel::prelude::*;

use super::notices::{Delivery, DeliveryState, Webhook};
use super::rows::{handle, instant};
use super::schema::*;
use super::{Damaged, StoreError};
use crate::domain::notices::Notice;
use crate::domain::time::Instant;

#[derive(Debug, Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = notices, treat_none_as_default_value = false)]
pub struct NoticeRow {
    pub home: Vec<u8>,
    pub once: String,
    pub kind: String,
    pub subject: Vec<u8>,
    pub about: String,
    pub told_at: i64,
    pub seen_at: Option<i64>,
}

#[derive(Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = webhooks, treat_none_as_default_value = false)]
pub struct WebhookRow {
    pub home: Vec<u8>,
    pub id: Vec<u8>,
    pub url: String,
    pub secret: Vec<u8>,
    pub created_at: i64,
    pub ended_at: Option<i64>,
}

#[derive(Debug, Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = deliveries, treat_none_as_default_value = false)]
pub struct DeliveryRow {
    pub home: Vec<u8>,
    pub webhook: Vec<u8>,
    pub once: String,
    pub state: String,
    pub attempts: i64,
    pub next_at: Option<i64>,
    pub last_at: Option<i64>,
    pub outcome: Option<String>,
}

impl From<&Notice> for NoticeRow {
    fn from(notice: &Notice) -> Self {
        Self {
            home: notice.home.as_bytes().to_vec(),
            once: notice.once.clone(),
            kind: notice.kind.as_str().to_owned(),
            subject: notice.subject.as_bytes().to_vec(),
            about: notice.about.clone(),
            told_at: notice.told_at.millis(),
            seen_at: notice.seen_at.map(Instant::millis),
        }
    }
}

impl TryFrom<NoticeRow> for Notice {
    type Error = StoreError;

    fn try_from(row: NoticeRow) -> Result<Self, StoreError> {
        Ok(Self {
            home: handle(&row.home)?,
            once: row.once,
            kind: row.kind.parse().map_err(|cause| Damaged::new("notices.kind", cause))?,
            subject: handle(&row.subject)?,
            about: row.about,
            told_at: instant(row.told_at)?,
            seen_at: row.seen_at.map(instant).transpose()?,
        })
    }
}

impl From<&Webhook> for WebhookRow {
    fn from(webhook: &Webhook) -> Self {
        Self {
            home: webhook.home.as_bytes().to_vec(),
            id: webhook.id.as_bytes().to_vec(),
            url: webhook.url.clone(),
            secret: webhook.secret.clone(),
            created_at: webhook.created_at.millis(),
            ended_at: webhook.ended_at.map(Instant::millis),
        }
    }
}

impl TryFrom<WebhookRow> for Webhook {
    type Error = StoreError;

    fn try_from(row: WebhookRow) -> Result<Self, StoreError> {
        Ok(Self {
            home: handle(&row.home)?,
            id: handle(&row.id)?,
            url: row.url,
            secret: row.secret,
            created_at: instant(row.created_at)?,
            ended_at: row.ended_at.map(instant).transpose()?,
        })
    }
}

impl From<&Delivery> for DeliveryRow {
    fn from(delivery: &Delivery) -> Self {
        Self {
            home: delivery.home.as_bytes().to_vec(),
            webhook: delivery.webhook.as_bytes().to_vec(),
            once: delivery.once.clone(),
            state: delivery.state.as_str().to_owned(),
            attempts: i64::from(delivery.attempts),
            next_at: delivery.next_at.map(Instant::millis),
            last_at: delivery.last_at.map(Instant::millis),
            outcome: delivery.outcome.clone(),
        }
    }
}

impl TryFrom<DeliveryRow> for Delivery {
    type Error = StoreError;

    fn try_from(row: DeliveryRow) -> Result<Self, StoreError> {
        Ok(Self {
            home: handle(&row.home)?,
            webhook: handle(&row.webhook)?,
            once: row.once,
            state: DeliveryState::of(&row.state).ok_or_else(|| Damaged::new("deliveries.state", row.state))?,
            attempts: u32::try_from(row.attempts).unwrap_or(u32::MAX),
            next_at: row.next_at.map(instant).transpose()?,
            last_at: row.last_at.map(instant).transpose()?,
            outcome: row.outcome,
        })
    }
}
