//! What pages of their own show with forms beside it, as lists to filter and to keep: members, API keys, notices, what was sent to an
//! address.

use super::{Filter, Found, Lines, Row, Shown, going_on, lines, moment};
use crate::app::notices::DeliveryState;
use crate::app::people::{PeopleError, members};
use crate::app::{App, AppError, keys, notices};
use crate::domain::acts::Refusal;
use crate::domain::notices::Notice;
use crate::domain::record::Handle;
use crate::domain::time::Instant;
use crate::web::console::kit::Choice;
use crate::web::console::notices::{tone, what};
use crate::web::console::read::Typed;
use crate::web::console::shell::Shell;
use crate::web::map::Map;

pub fn configure(map: &mut Map<'_>) {
    lines::<Members>(map);
    lines::<Keys>(map);
    lines::<Notices>(map);
    lines::<Deliveries>(map);
}

/// The stretch of a list that is read whole.
pub(super) fn stretch(rows: impl Iterator<Item = Row>, after: u64, limit: u32) -> Found {
    let from = usize::try_from(after).unwrap_or(usize::MAX);
    Found::counted(rows.skip(from).take(limit as usize + 1).collect(), after, limit)
}

fn at(shell: &Shell, moment: Option<Instant>) -> Shown {
    Shown::text(moment.map(|moment| shell.w.instant(&moment.to_string())).unwrap_or_default())
}

fn row(cells: Vec<Shown>) -> Row {
    Row { href: None, cells, verb: None }
}

struct Members;

impl Lines for Members {
    const HREF: &'static str = "/console/members/list";
    const OPERATION: &'static str = members::MANAGE;
    const KEY: &'static str = "members-title";

    fn columns() -> &'static [(&'static str, bool)] {
        &[
            ("account-name", false),
            ("col-login", false),
            ("members-kind", false),
            ("col-joined", false),
            ("col-second", false),
            ("col-state", false),
        ]
    }

    fn found(app: &App, shell: &Shell, _: &Typed, after: u64, limit: u32) -> Result<Found, AppError> {
        let w = &shell.w;
        let all = members::list(app, shell.caller).map_err(|error| match error {
            PeopleError::App(error) => error,
            other => AppError::Failed(other.to_string()),
        })?;
        let rows = all.iter().map(|it| {
            row(vec![
                Shown::text(it.name.to_string()),
                Shown::text(it.login.to_string()),
                Shown::text(w.kind(it.kind.as_str())),
                at(shell, Some(it.created_at)),
                Shown::text(w.t(if it.totp_secret.is_some() { "members-second" } else { "members-no-second" })),
                match it.disabled_at {
                    Some(_) => Shown::text(w.t("members-disabled")).toned("stop"),
                    None => Shown::text(w.t("state-active")),
                },
            ])
        });
        Ok(stretch(rows, after, limit))
    }
}

struct Keys;

impl Lines for Keys {
    const HREF: &'static str = "/console/keys/list";
    const OPERATION: &'static str = keys::MANAGE;
    const KEY: &'static str = "keys-title";

    fn columns() -> &'static [(&'static str, bool)] {
        &[
            ("keys-name", false),
            ("col-since", false),
            ("col-until", false),
            ("col-last", false),
            ("keys-may", false),
            ("col-state", false),
        ]
    }

    fn found(app: &App, shell: &Shell, _: &Typed, after: u64, limit: u32) -> Result<Found, AppError> {
        let (w, now) = (&shell.w, app.now());
        let all = keys::own(app, shell.caller)?;
        let rows = all.iter().rev().map(|it| {
            let state = match (it.revoked_at, it.expires_at.is_some_and(|end| end <= now)) {
                (Some(_), _) => Shown::text(w.t("keys-revoked")).toned("stop"),
                (None, true) => Shown::text(w.t("keys-expired")).toned("stop"),
                (None, false) => Shown::text(w.t("state-active")),
            };
            let last_day = it.expires_at.map(|end| end.civil_date(app.utc_offset_minutes).plus_days(-1).to_string());
            row(vec![
                Shown::text(it.name.as_str()),
                at(shell, Some(it.created_at)),
                Shown::text(last_day.unwrap_or_else(|| w.t("keys-open"))),
                match it.used_at {
                    Some(_) => at(shell, it.used_at),
                    None => Shown::text(w.t("keys-unused")),
                },
                Shown::text(it.scope.as_deref().map_or_else(|| w.t("keys-may-all"), |scope| w.scope(scope))),
                state,
            ])
        });
        Ok(stretch(rows, after, limit))
    }
}

struct Notices;

impl Lines for Notices {
    const HREF: &'static str = "/console/notices/list";
    const OPERATION: &'static str = "page.notices";
    const KEY: &'static str = "nav-notices";

    fn columns() -> &'static [(&'static str, bool)] {
        &[("col-about", false), ("col-notice", false), ("col-told", false), ("col-seen", false)]
    }

    fn found(app: &App, shell: &Shell, _: &Typed, after: u64, limit: u32) -> Result<Found, AppError> {
        let all = notices::list(app, shell.caller, moment(after), limit)?;
        let rows = all.rows.iter().map(|it: &Notice| Row {
            href: Some(it.kind.page(it.subject)),
            ..row(vec![
                Shown::text(it.about.as_str()),
                Shown::text(what(&shell.w, it.kind)),
                at(shell, Some(it.told_at)),
                at(shell, it.seen_at),
            ])
        });
        Ok(Found { rows: rows.collect(), next: going_on(all.older) })
    }
}

/// What was sent to one address.
struct Deliveries;

/// The state that is asked for.
fn state(typed: &Typed) -> Option<DeliveryState> {
    DeliveryState::of(&typed.get("state")?)
}

fn webhook(shell: &Shell) -> Result<Handle, AppError> {
    Ok(shell.id().parse().map_err(|_| Refusal::not_found("id", shell.id()))?)
}

impl Lines for Deliveries {
    const HREF: &'static str = "/console/webhooks/{id}/list";
    const OPERATION: &'static str = notices::MANAGE;
    const KEY: &'static str = "deliveries-title";

    fn heading(app: &App, shell: &Shell) -> Result<String, AppError> {
        let to = notices::one(app, shell.caller, webhook(shell)?)?;
        Ok(shell.w.t1("deliveries-to", "url", to.url))
    }

    fn columns() -> &'static [(&'static str, bool)] {
        &[
            ("col-notice", false),
            ("col-about", false),
            ("col-told", false),
            ("col-state", false),
            ("col-attempts", true),
            ("col-last", false),
            ("col-next", false),
            ("col-outcome", false),
        ]
    }

    fn found(app: &App, shell: &Shell, typed: &Typed, after: u64, limit: u32) -> Result<Found, AppError> {
        let w = &shell.w;
        let span = (moment(after), limit);
        let all = notices::deliveries(app, shell.caller, webhook(shell)?, state(typed), span)?;
        let rows = all.rows.iter().map(|(sent, notice)| {
            row(vec![
                Shown::text(what(w, notice.kind)),
                Shown::text(notice.about.as_str()),
                at(shell, Some(notice.told_at)),
                Shown::text(w.t(&format!("delivery-{}", sent.state.as_str()))).toned(tone(sent.state)),
                Shown::number(sent.attempts.to_string(), sent.attempts),
                at(shell, sent.last_at),
                at(shell, sent.next_at),
                Shown::text(sent.outcome.clone().unwrap_or_default()),
            ])
        });
        Ok(Found { rows: rows.collect(), next: going_on(all.older) })
    }

    fn filters(_: &App, shell: &Shell, typed: &Typed) -> Result<Vec<Filter>, AppError> {
        let w = &shell.w;
        let mut choices = vec![Choice::new("", w.t("filter-all"))];
        choices.extend(
            DeliveryState::ALL.iter().map(|it| Choice::new(it.as_str(), w.t(&format!("delivery-{}", it.as_str())))),
        );
        let value = state(typed).map_or(String::new(), |state| state.as_str().to_owned());
        Ok(vec![Filter::choice("state", w.t("col-state"), choices, value)])
    }

    fn other_look(shell: &Shell) -> Option<(String, String)> {
        Some((format!("/console/webhooks/{}", shell.id()), shell.w.t("deliveries-back")))
    }
}
