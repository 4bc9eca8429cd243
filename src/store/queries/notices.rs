//! Notices, webhooks, deliveries. What must agree is one transaction; each begins with a write.

use diesel::prelude::*;

use super::super::Database;
use super::{Conn, load};
use crate::domain::notices::Notice;
use crate::domain::record::Handle;
use crate::domain::time::Instant;
use crate::store::notice_rows::{DeliveryRow, NoticeRow, WebhookRow};
use crate::store::notices::{Delivery, DeliveryState, NewsRead, Notices, Stretch, Told, Webhook};
use crate::store::schema::{deliveries, notice_head, notices, webhooks};
use crate::store::{Damaged, StoreError};

/// The one row of `notice_head`.
const HEAD: i64 = 1;

fn key(handle: &Handle) -> &[u8] {
    handle.as_bytes().as_slice()
}

impl Notices for Database {
    fn all_told(&self) -> Result<Vec<Told>, StoreError> {
        let read = self.news_read()?.map(Told::Read);
        let mut all: Vec<Told> = self.read(|conn| {
            let webhooks: Vec<WebhookRow> =
                webhooks::table.order((webhooks::home, webhooks::id)).select(WebhookRow::as_select()).load(conn)?;
            let notices: Vec<NoticeRow> =
                notices::table.order((notices::home, notices::once)).select(NoticeRow::as_select()).load(conn)?;
            let waiting: Vec<DeliveryRow> = deliveries::table
                .filter(deliveries::next_at.is_not_null())
                .order((deliveries::home, deliveries::webhook, deliveries::once))
                .select(DeliveryRow::as_select())
                .load(conn)?;
            let webhooks = webhooks.into_iter().map(|row| Ok(Told::Webhook(row.try_into()?)));
            let notices = notices.into_iter().map(|row| Ok(Told::Notice(row.try_into()?)));
            let waiting = waiting.into_iter().map(|row| Ok(Told::Waiting(row.try_into()?)));
            webhooks.chain(notices).chain(waiting).collect::<Result<_, StoreError>>()
        })?;
        all.extend(read);
        Ok(all)
    }

    fn take_told(&self, told: &[Told]) -> Result<(), StoreError> {
        self.write(|conn| conn.transaction(|conn| told.iter().try_for_each(|one| take(conn, one))))
    }

    fn news_read(&self) -> Result<Option<NewsRead>, StoreError> {
        self.read(|conn| {
            let row: Option<(i64, String)> = notice_head::table
                .find(HEAD)
                .select((notice_head::next_log_index, notice_head::looked_on))
                .first(conn)
                .optional()?;
            let read = |(next, looked): (i64, String)| {
                let looked_on = looked.parse().map_err(|cause| Damaged::new("notice_head.looked_on", cause))?;
                Ok(NewsRead { next_log_index: next as u64, looked_on })
            };
            row.map(read).transpose()
        })
    }

    fn tell(&self, before: Option<NewsRead>, after: NewsRead, told: &[Notice]) -> Result<bool, StoreError> {
        self.write(|conn| {
            conn.transaction(|conn| {
                if !read_on(conn, before, after)? {
                    return Ok(false);
                }
                for notice in told {
                    keep(conn, notice)?;
                }
                Ok(true)
            })
        })
    }

    fn notices(&self, home: Handle, before: Option<Instant>, limit: u32) -> Result<Stretch<Notice>, StoreError> {
        self.read(|conn| {
            let mine = || notices::table.filter(notices::home.eq(key(&home)));
            let older_than = |moment| mine().filter(notices::told_at.lt(moment)).order(notices::told_at.desc());
            let before = older_than(before.map_or(i64::MAX, Instant::millis)).limit(limit.into());
            let Some((first, last)) = span(&before.select(notices::told_at).load::<i64>(conn)?) else {
                return Ok(Stretch::default());
            };
            let rows: Vec<NoticeRow> = mine()
                .filter(notices::told_at.between(last, first))
                .order((notices::told_at.desc(), notices::once.desc()))
                .select(NoticeRow::as_select())
                .load(conn)?;
            let older = older_than(last).select(notices::told_at).first(conn).optional()?;
            Stretch::of(rows.into_iter().map(Notice::try_from), older.map(|_: i64| last))
        })
    }

    fn unseen(&self, home: Handle) -> Result<u64, StoreError> {
        self.read(|conn| {
            let mine = notices::table.filter(notices::home.eq(key(&home))).filter(notices::seen_at.is_null());
            let count: i64 = mine.count().get_result(conn)?;
            Ok(count as u64)
        })
    }

    fn see(&self, home: Handle, at: Instant) -> Result<(), StoreError> {
        self.write(|conn| {
            let mine = notices::table.filter(notices::home.eq(key(&home))).filter(notices::seen_at.is_null());
            let told = mine.filter(notices::told_at.le(at.millis()));
            diesel::update(told).set(notices::seen_at.eq(Some(at.millis()))).execute(conn)?;
            Ok(())
        })
    }

    fn webhooks(&self, home: Handle) -> Result<Vec<Webhook>, StoreError> {
        self.read(|conn| {
            let rows: Vec<WebhookRow> = webhooks::table
                .filter(webhooks::home.eq(key(&home)))
                .order((webhooks::created_at.desc(), webhooks::id))
                .select(WebhookRow::as_select())
                .load(conn)?;
            rows.into_iter().map(Webhook::try_from).collect()
        })
    }

    fn add_webhook(&self, webhook: &Webhook) -> Result<(), StoreError> {
        self.write(|conn| {
            diesel::insert_into(webhooks::table).values(&WebhookRow::from(webhook)).execute(conn)?;
            Ok(())
        })
    }

    fn end_webhook(&self, home: Handle, id: Handle, at: Instant) -> Result<bool, StoreError> {
        self.write(|conn| {
            conn.transaction(|conn| {
                let open = webhooks::table.find((key(&home), key(&id))).filter(webhooks::ended_at.is_null());
                let ended = diesel::update(open).set(webhooks::ended_at.eq(Some(at.millis()))).execute(conn)? == 1;
                let waiting = deliveries::table
                    .filter(deliveries::home.eq(key(&home)))
                    .filter(deliveries::webhook.eq(key(&id)))
                    .filter(deliveries::next_at.is_not_null());
                let given_up =
                    (deliveries::state.eq(DeliveryState::GivenUp.as_str()), deliveries::next_at.eq(None::<i64>));
                diesel::update(waiting).set(given_up).execute(conn)?;
                Ok(ended)
            })
        })
    }

    fn deliveries(
        &self,
        home: Handle,
        webhook: Handle,
        state: Option<DeliveryState>,
        before: Option<Instant>,
        limit: u32,
    ) -> Result<Stretch<(Delivery, Notice)>, StoreError> {
        let wanted = DeliveryState::ALL.iter().filter(|it| state.is_none_or(|state| state == **it));
        let states: Vec<&str> = wanted.map(|it| it.as_str()).collect();
        let on = || deliveries::home.eq(notices::home).and(deliveries::once.eq(notices::once));
        self.read(|conn| {
            let mine = || {
                deliveries::table
                    .inner_join(notices::table.on(on()))
                    .filter(deliveries::home.eq(key(&home)))
                    .filter(deliveries::webhook.eq(key(&webhook)))
                    .filter(deliveries::state.eq_any(&states))
            };
            let older_than = |moment| mine().filter(notices::told_at.lt(moment)).order(notices::told_at.desc());
            let before = older_than(before.map_or(i64::MAX, Instant::millis)).limit(limit.into());
            let Some((first, last)) = span(&before.select(notices::told_at).load::<i64>(conn)?) else {
                return Ok(Stretch::default());
            };
            let rows: Vec<(DeliveryRow, NoticeRow)> = mine()
                .filter(notices::told_at.between(last, first))
                .order((notices::told_at.desc(), notices::once.desc()))
                .select((DeliveryRow::as_select(), NoticeRow::as_select()))
                .load(conn)?;
            let older = older_than(last).select(notices::told_at).first(conn).optional()?;
            let rows = rows.into_iter().map(|(delivery, notice)| Ok((delivery.try_into()?, notice.try_into()?)));
            Stretch::of(rows, older.map(|_: i64| last))
        })
    }

    fn due(&self, now: Instant, limit: u32) -> Result<Vec<(Delivery, Webhook, Notice)>, StoreError> {
        self.read(|conn| {
            let to = deliveries::home.eq(webhooks::home).and(deliveries::webhook.eq(webhooks::id));
            let of = deliveries::home.eq(notices::home).and(deliveries::once.eq(notices::once));
            let rows: Vec<(DeliveryRow, WebhookRow, NoticeRow)> = deliveries::table
                .inner_join(webhooks::table.on(to))
                .inner_join(notices::table.on(of))
                .filter(deliveries::next_at.le(now.millis()))
                .filter(webhooks::ended_at.is_null())
                .order(deliveries::next_at)
                .limit(limit.into())
                .select((DeliveryRow::as_select(), WebhookRow::as_select(), NoticeRow::as_select()))
                .load(conn)?;
            rows.into_iter().map(|(d, w, n)| Ok((d.try_into()?, w.try_into()?, n.try_into()?))).collect()
        })
    }

    fn claim(&self, delivery: &Delivery, until: Instant) -> Result<bool, StoreError> {
        self.write(|conn| {
            let which = (key(&delivery.home), key(&delivery.webhook), delivery.once.as_str());
            let unclaimed =
                deliveries::table.find(which).filter(deliveries::next_at.eq(delivery.next_at.map(Instant::millis)));
            Ok(diesel::update(unclaimed).set(deliveries::next_at.eq(Some(until.millis()))).execute(conn)? == 1)
        })
    }

    fn settle(&self, delivery: &Delivery, claimed_until: Instant) -> Result<(), StoreError> {
        self.write(|conn| {
            let which = (key(&delivery.home), key(&delivery.webhook), delivery.once.as_str());
            let came_to = (
                deliveries::state.eq(delivery.state.as_str()),
                deliveries::attempts.eq(i64::from(delivery.attempts)),
                deliveries::next_at.eq(delivery.next_at.map(Instant::millis)),
                deliveries::last_at.eq(delivery.last_at.map(Instant::millis)),
                deliveries::outcome.eq(delivery.outcome.as_deref()),
            );
            // Whoever ended the address or asked for another try meanwhile has the last word.
            let still_claimed =
                deliveries::table.find(which).filter(deliveries::next_at.eq(Some(claimed_until.millis())));
            diesel::update(still_claimed).set(came_to).execute(conn)?;
            Ok(())
        })
    }

    fn rest(&self, home: Handle, webhook: Handle, now: Instant, until: Instant) -> Result<(), StoreError> {
        self.write(|conn| {
            let due = deliveries::table
                .filter(deliveries::home.eq(key(&home)))
                .filter(deliveries::webhook.eq(key(&webhook)))
                .filter(deliveries::next_at.le(now.millis()));
            diesel::update(due).set(deliveries::next_at.eq(Some(until.millis()))).execute(conn)?;
            Ok(())
        })
    }

    fn replay(&self, home: Handle, webhook: Handle, once: &str, now: Instant) -> Result<bool, StoreError> {
        self.write(|conn| {
            let works = webhooks::table.find((key(&home), key(&webhook))).filter(webhooks::ended_at.is_null());
            if works.count().get_result::<i64>(conn)? == 0 {
                return Ok(false);
            }
            let again = (
                deliveries::state.eq(DeliveryState::Waiting.as_str()),
                deliveries::attempts.eq(0),
                deliveries::next_at.eq(Some(now.millis())),
            );
            let which = deliveries::table.find((key(&home), key(&webhook), once));
            Ok(diesel::update(which).set(again).execute(conn)? == 1)
        })
    }
}

/// The newest and the oldest of moments, newest first.
fn span(moments: &[i64]) -> Option<(i64, i64)> {
    Some((*moments.first()?, *moments.last()?))
}

/// Moves the one row on; `false` where it does not stand at `before`.
fn read_on(conn: &mut Conn, before: Option<NewsRead>, after: NewsRead) -> Result<bool, StoreError> {
    let looked_on = after.looked_on.to_string();
    let moved = match before {
        None => diesel::insert_into(notice_head::table)
            .values((
                notice_head::id.eq(HEAD),
                notice_head::next_log_index.eq(after.next_log_index as i64),
                notice_head::looked_on.eq(looked_on),
            ))
            .on_conflict_do_nothing()
            .execute(conn)?,
        Some(before) => {
            let standing = notice_head::table
                .find(HEAD)
                .filter(notice_head::next_log_index.eq(before.next_log_index as i64))
                .filter(notice_head::looked_on.eq(before.looked_on.to_string()));
            let on =
                (notice_head::next_log_index.eq(after.next_log_index as i64), notice_head::looked_on.eq(looked_on));
            diesel::update(standing).set(on).execute(conn)?
        }
    };
    Ok(moved == 1)
}

fn take(conn: &mut Conn, told: &Told) -> Result<(), StoreError> {
    match told {
        Told::Webhook(it) => {
            let row = WebhookRow::from(it);
            diesel::insert_into(webhooks::table).values(&row).on_conflict_do_nothing().execute(conn)?;
        }
        Told::Notice(it) => {
            let row = NoticeRow::from(it);
            diesel::insert_into(notices::table).values(&row).on_conflict_do_nothing().execute(conn)?;
        }
        Told::Waiting(it) => {
            let row = DeliveryRow::from(it);
            diesel::insert_into(deliveries::table).values(&row).on_conflict_do_nothing().execute(conn)?;
        }
        // What came after the end of the copying is news here, under the indexes it gets here.
        Told::Read(it) => {
            let next_log_index = it.next_log_index.min(load::log_end(conn)?);
            read_on(conn, None, NewsRead { next_log_index, ..*it })?;
        }
    }
    Ok(())
}

/// What was told before is not told again.
fn keep(conn: &mut Conn, notice: &Notice) -> Result<(), StoreError> {
    let row = NoticeRow::from(notice);
    if diesel::insert_into(notices::table).values(&row).on_conflict_do_nothing().execute(conn)? == 0 {
        return Ok(());
    }
    let addresses: Vec<Vec<u8>> = webhooks::table
        .filter(webhooks::home.eq(key(&notice.home)))
        .filter(webhooks::ended_at.is_null())
        .select(webhooks::id)
        .load(conn)?;
    let waiting = addresses.into_iter().map(|webhook| DeliveryRow {
        home: row.home.clone(),
        webhook,
        once: row.once.clone(),
        state: DeliveryState::Waiting.as_str().to_owned(),
        attempts: 0,
        next_at: Some(row.told_at),
        last_at: None,
        outcome: None,
    });
    let waiting: Vec<DeliveryRow> = waiting.collect();
    diesel::insert_into(deliveries::table).values(&waiting).execute(conn)?;
    Ok(())
}
