//! What the organisation was told; the addresses that are told too; what became of each message.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use serde::Deserialize;

use super::lists;
use super::page::{self, Asked};
use super::read::Typed;
use super::shell::Shell;
use crate::app::App;
use crate::app::notices::{self, Delivery, DeliveryState, MANAGE, Webhook, WebhookError, shown_secret};
use crate::domain::acts::Refusal;
use crate::domain::notices::{Notice, NoticeKind};
use crate::domain::record::Handle;
use crate::http::extract::{State, blocking};
use crate::http::problem::Problem;
use crate::i18n::format;
use crate::web::map::{Map, Who};
use crate::web::people::{Form, Person, TypedForm, see_other};
use crate::web::words::Words;

pub fn configure(map: &mut Map<'_>) {
    let (notices, manage) = (Who::May("page.notices"), Who::May(MANAGE));
    map.get("/console/notices", notices, told)
        .post("/console/notices/seen", notices, seen)
        .form(HERE, manage, webhooks, add)
        .get("/console/webhooks/{id}", manage, deliveries)
        .post("/console/webhooks/{id}/end", manage, end)
        .post("/console/webhooks/{id}/replay", manage, replay);
}

const HERE: &str = "/console/webhooks";

/// A notice in words.
struct Line {
    tone: &'static str,
    what: String,
    about: String,
    at: String,
    href: String,
    is_new: bool,
}

fn line(w: &Words, notice: &Notice) -> Line {
    let tone = match notice.kind {
        NoticeKind::ResultFailed | NoticeKind::ShipmentRecalled | NoticeKind::LicensedFailed => "stop",
        NoticeKind::LicenceRevoked | NoticeKind::LicenceEnds | NoticeKind::IntervalBroken => "attention",
        _ => "ok",
    };
    Line {
        tone,
        what: what(w, notice.kind),
        about: notice.about.clone(),
        at: format::instant(&notice.told_at.to_string()),
        href: notice.kind.page(notice.subject),
        is_new: notice.seen_at.is_none(),
    }
}

pub(super) fn what(w: &Words, kind: NoticeKind) -> String {
    w.t(&format!("notice-{}", kind.as_str().replace('.', "-")))
}

#[derive(Template)]
#[template(path = "console/notices.html")]
struct NoticesPage<'a> {
    s: &'a Shell,
    w: &'a Words,
    lines: Vec<Line>,
    is_later: bool,
    older: Option<u64>,
}

/// Lines of one page.
const SHOWN: u32 = 50;

async fn told(app: State, asked: Asked) -> HttpResponse {
    let before = lists::before(&Typed::asked(&asked.query));
    page::answer(&app, asked, move |app, shell| {
        let told = notices::list(app, shell.caller, before, SHOWN)?;
        let lines = told.rows.iter().map(|notice| line(&shell.w, notice)).collect();
        let (is_later, older) = (before.is_some(), lists::going_on(told.older));
        Ok((StatusCode::OK, page::render(&NoticesPage { s: shell, w: &shell.w, lines, is_later, older })))
    })
    .await
}

#[derive(Deserialize)]
struct Nothing {}

async fn seen(app: State, form: Form<Nothing>) -> Result<HttpResponse, Problem> {
    let caller = form.person.actor;
    blocking(&app, move |app| notices::see(app, caller)).await?;
    Ok(see_other("/console/notices"))
}

#[derive(Template)]
#[template(path = "console/webhooks.html")]
struct WebhooksPage<'a> {
    s: &'a Shell,
    w: &'a Words,
    webhooks: Vec<Address>,
    proven: bool,
    /// What was typed.
    url: String,
    /// Secret of an address that was just made; it is not shown again.
    made: Option<String>,
    error: Option<String>,
}

struct Address {
    id: String,
    url: String,
    since: String,
    works: bool,
}

#[derive(Default)]
struct Beside {
    url: String,
    made: Option<String>,
    error: Option<String>,
}

async fn webhooks(app: State, asked: Asked) -> HttpResponse {
    addresses(app, asked, StatusCode::OK, |_| Beside::default()).await
}

async fn addresses(
    app: State,
    asked: Asked,
    status: StatusCode,
    beside: impl FnOnce(&Words) -> Beside + Send + 'static,
) -> HttpResponse {
    let proven = asked.person.present.is_proven(app.now());
    page::answer(&app, Asked { path: HERE.to_owned(), ..asked }, move |app, shell| {
        let Beside { url, made, error } = beside(&shell.w);
        let all = notices::own(app, shell.caller)?;
        let webhooks = all.into_iter().map(address).collect();
        let page = WebhooksPage { s: shell, w: &shell.w, webhooks, proven, url, made, error };
        Ok((status, page::render(&page)))
    })
    .await
}

fn address(webhook: Webhook) -> Address {
    Address {
        id: webhook.id.to_string(),
        url: webhook.url,
        since: format::instant(&webhook.created_at.to_string()),
        works: webhook.ended_at.is_none(),
    }
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    url: String,
}

/// Makes an address and shows its secret once.
async fn add(app: State, request: actix_web::HttpRequest, form: TypedForm<Wanted>) -> Result<HttpResponse, Problem> {
    let TypedForm { person, fields: Wanted { url }, is_handed_on, typed } = form;
    if let Some(away) = typed.proves_again(&app, &request, &person, MANAGE, HERE)? {
        return Ok(away);
    }
    let caller = person.actor;
    let asked = Asked::of(&request, person);
    if is_handed_on {
        return Ok(addresses(app, asked, StatusCode::OK, |_| Beside { url, ..Beside::default() }).await);
    }
    let typed = url.clone();
    let made = blocking(&app, move |app| Ok(notices::add(app, caller, &typed))).await?;
    Ok(match made {
        Ok(webhook) => {
            let made = Some(shown_secret(&webhook.secret));
            addresses(app, asked, StatusCode::OK, |_| Beside { made, ..Beside::default() }).await
        }
        Err(WebhookError::App(error)) => return Err(error.into()),
        Err(error) => {
            let key = match error {
                WebhookError::Unreachable(why) => format!("webhook-{}", why.as_str()),
                WebhookError::TooMany => "webhook-too_many".to_owned(),
                _ => "webhook-no_url".to_owned(),
            };
            let beside = move |w: &Words| Beside { url, made: None, error: Some(w.t(&key)) };
            addresses(app, asked, StatusCode::UNPROCESSABLE_ENTITY, beside).await
        }
    })
}

#[derive(Template)]
#[template(path = "console/deliveries.html")]
struct DeliveriesPage<'a> {
    s: &'a Shell,
    w: &'a Words,
    id: String,
    url: String,
    works: bool,
    rows: Vec<Sent>,
    is_later: bool,
    older: Option<u64>,
}

/// A message and what became of it.
struct Sent {
    what: String,
    about: String,
    once: String,
    tone: &'static str,
    state: String,
    attempts: u32,
    last: String,
    next: String,
    outcome: String,
}

fn sent(w: &Words, (delivery, notice): (Delivery, Notice)) -> Sent {
    let at = |moment: Option<crate::domain::time::Instant>| {
        moment.map(|moment| format::instant(&moment.to_string())).unwrap_or_default()
    };
    Sent {
        what: what(w, notice.kind),
        about: notice.about,
        once: delivery.once,
        tone: tone(delivery.state),
        state: w.t(&format!("delivery-{}", delivery.state.as_str())),
        attempts: delivery.attempts,
        last: at(delivery.last_at),
        next: at(delivery.next_at),
        outcome: delivery.outcome.unwrap_or_default(),
    }
}

pub(super) fn tone(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Done => "ok",
        DeliveryState::Waiting => "attention",
        DeliveryState::GivenUp => "stop",
    }
}

async fn deliveries(app: State, asked: Asked) -> HttpResponse {
    let id = asked.id.clone().unwrap_or_default();
    let before = lists::before(&Typed::asked(&asked.query));
    page::answer(&app, asked, move |app, shell| {
        let handle: Handle = id.parse().map_err(|_| Refusal::not_found("id", &id))?;
        let webhook = notices::one(app, shell.caller, handle)?;
        let found = notices::deliveries(app, shell.caller, handle, None, (before, SHOWN))?;
        let page = DeliveriesPage {
            s: shell,
            w: &shell.w,
            id: id.clone(),
            works: webhook.ended_at.is_none(),
            url: webhook.url,
            rows: found.rows.into_iter().map(|row| sent(&shell.w, row)).collect(),
            is_later: before.is_some(),
            older: lists::going_on(found.older),
        };
        Ok((StatusCode::OK, page::render(&page)))
    })
    .await
}

async fn end(app: State, id: Path<String>, form: Form<Nothing>) -> Result<HttpResponse, Problem> {
    let to = HERE.to_owned();
    change(&app, &id, form.person, to, |app, person, id| notices::end(app, person.actor, id)).await
}

#[derive(Deserialize)]
struct Which {
    #[serde(default)]
    once: String,
}

async fn replay(app: State, id: Path<String>, form: Form<Which>) -> Result<HttpResponse, Problem> {
    let to = format!("{HERE}/{id}");
    let once = form.fields.once;
    change(&app, &id, form.person, to, move |app, person, id| notices::replay(app, person.actor, id, &once)).await
}

async fn change(
    app: &State,
    id: &str,
    person: Person,
    to: String,
    work: impl FnOnce(&App, &Person, Handle) -> Result<(), WebhookError> + Send + 'static,
) -> Result<HttpResponse, Problem> {
    person.must(MANAGE)?;
    let missing = || Problem::new("not-found").at("id", id);
    let handle: Handle = id.parse().map_err(|_| missing())?;
    if !person.present.is_proven(app.now()) {
        return Ok(see_other(&format!("/console/prove?then={to}")));
    }
    match blocking(app, move |app| Ok(work(app, &person, handle))).await? {
        Ok(()) => Ok(see_other(&to)),
        Err(WebhookError::App(error)) => Err(error.into()),
        Err(_) => Err(missing()),
    }
}
