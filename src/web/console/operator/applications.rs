//! Applications: the list, one of them, approving and refusing.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::{Beside, decided};
use crate::app::admission::{self, Application, DECIDE};
use crate::app::reads::{self, What};
use crate::app::{App, AppError};
use crate::domain::acts::{Refusal, UniqueName};
use crate::domain::record::Handle;
use crate::domain::uscc::Uscc;
use crate::http::extract::State;
use crate::http::problem::Problem;
use crate::web::console::lists::{Filter, Found, Lines, Row, Shown, contains, lines};
use crate::web::console::page::{self, Asked};
use crate::web::console::read::Typed;
use crate::web::console::shell::Shell;
use crate::web::map::{Map, Who};
use crate::web::people::handing::Handed;
use crate::web::people::{Form, Person, Said, TypedForm, see_other};
use crate::web::words::Words;

pub fn configure(map: &mut Map<'_>) {
    let decide = Who::May(DECIDE);
    lines::<Applications>(map);
    map.get("/console/applications/{id}", Who::May("page.applications"), show)
        .post("/console/applications/{id}/approve", decide, approve)
        .post("/console/applications/{id}/refuse", decide, refuse);
}

struct Applications;

impl Lines for Applications {
    const HREF: &'static str = "/console/applications";
    const OPERATION: &'static str = "page.applications";
    const KEY: &'static str = "nav-applications";
    /// Each one of a buyer that is shown is a read that its owner is told of.
    const IS_LOOKED_THROUGH: bool = false;

    fn columns() -> &'static [(&'static str, bool)] {
        &[
            ("col-organisation", false),
            ("col-org-kind", false),
            ("col-uscc", false),
            ("col-place", false),
            ("col-applied", false),
            ("col-org-state", false),
        ]
    }

    fn filters(_: &App, shell: &Shell, typed: &Typed) -> Result<Vec<Filter>, AppError> {
        Ok(vec![contains::filter(shell, typed)])
    }

    fn found(app: &App, shell: &Shell, typed: &Typed, after: u64, limit: u32) -> Result<Found, AppError> {
        let w = &shell.w;
        let (all, next) = admission::list(app, shell.caller, contains::wanted(typed).as_ref(), (after, limit))?;
        let row = |it: &Application| {
            let (state, tone) = state(app, it);
            Row {
                href: Some(format!("/console/applications/{}", it.id)),
                cells: vec![
                    Shown::text(it.name_zh.as_str()),
                    Shown::text(w.t(&format!("org-{}", admission::word(it.kind)))),
                    Shown::text(it.uscc.as_str()),
                    Shown::text(it.place.as_str()),
                    Shown::text(w.instant(&it.created_at.to_string())),
                    Shown::text(w.t(state)).toned(tone),
                ],
                verb: None,
            }
        };
        Ok(Found { rows: all.iter().map(row).collect(), next })
    }
}

fn state(app: &App, it: &Application) -> (&'static str, &'static str) {
    match &it.decision {
        None if admission::has_lapsed(app, it) => ("application-lapsed", ""),
        None => ("application-open", "attention"),
        Some(decision) if decision.organisation.is_some() => ("application-approved", "ok"),
        Some(_) => ("application-refused", "stop"),
    }
}

#[derive(Template)]
#[template(path = "console/application.html")]
struct ApplicationPage<'a> {
    s: &'a Shell,
    w: &'a Words,
    a: &'a Application,
    number: String,
    kind: String,
    state: &'static str,
    tone: &'static str,
    may: bool,
    proven: bool,
    /// Nobody has joined it yet: its link can be made anew.
    awaited: bool,
    link: Option<Handed>,
    /// Others with the same credit code: registered already, or waiting too.
    others: Vec<(String, String)>,
    reason: String,
    error: Option<Said>,
}

async fn show(app: State, asked: Asked) -> HttpResponse {
    answer(&app, asked, None, Beside { status: StatusCode::OK, ..Beside::default() }).await
}

async fn answer(app: &State, asked: Asked, link: Option<String>, beside: Beside) -> HttpResponse {
    let (id, present) = (asked.id.clone().unwrap_or_default(), asked.person.present.clone());
    page::answer(app, asked, move |app, shell| {
        let handle: Handle = id.parse().map_err(|_| AppError::from(Refusal::not_found("id", &id)))?;
        let a = admission::get(app, shell.caller, handle)?;
        let home = a.decision.as_ref().and_then(|decision| decision.organisation);
        if let Some(home) = home {
            reads::note(app, shell.caller, home, What::Application, None)?;
        }
        // What came back to a form stands at an address that only takes forms.
        let shell = &Shell { here: format!("/console/applications/{id}"), ..shell.clone() };
        let awaited = home.map_or(Ok(false), |home| admission::is_awaited(app, home))?;
        let (state, tone) = state(app, &a);
        let page = ApplicationPage {
            s: shell,
            w: &shell.w,
            number: admission::number(a.id),
            kind: shell.w.t(&format!("org-{}", admission::word(a.kind))),
            state,
            tone,
            may: shell.may(DECIDE),
            proven: present.is_proven(app.now()),
            awaited,
            link: link.map(|link| Handed::new(link, &shell.w.t1("link-says-first", "organisation", &a.name_zh))),
            others: others(app, shell, &a)?,
            reason: beside.reason,
            error: beside.error,
            a: &a,
        };
        Ok((beside.status, page::render(&page)))
    })
    .await
}

/// Who has the same credit code, for whom decides: strangers who apply are not told.
fn others(app: &App, shell: &Shell, a: &Application) -> Result<Vec<(String, String)>, AppError> {
    let mut others = Vec::new();
    if a.decision.is_some() {
        return Ok(others);
    }
    if let Ok(uscc) = a.uscc.parse::<Uscc>()
        && let Some(registered) = app.store.named(&UniqueName::uscc(&uscc))?
    {
        let href = format!("/console/organisations/{registered}");
        others.push((shell.w.t("application-code-registered"), href));
    }
    for other in admission::of_code(app, shell.caller, &a.uscc)? {
        if other.id != a.id && other.decision.is_none() {
            let says = shell.w.t1("application-code-waits", "number", admission::number(other.id));
            others.push((says, format!("/console/applications/{}", other.id)));
        }
    }
    Ok(others)
}

/// Of an address with `{id}`, the handle; what cannot be one is not found.
fn id_of(request: &HttpRequest) -> Result<Handle, Problem> {
    let text = request.match_info().get("id").unwrap_or_default();
    text.parse().map_err(|_| Problem::new("not-found").at("id", text))
}

#[derive(Deserialize)]
struct Nothing {}

async fn approve(app: State, request: HttpRequest, form: Form<Nothing>) -> Result<HttpResponse, Problem> {
    let (person, id) = (form.person, id_of(&request)?);
    let caller = person.actor;
    let here = there(&app, &person, id).await?;
    if let Some(away) = person.proves_again(&app, DECIDE, &here)? {
        return Ok(away);
    }
    let done = decided(&app, move |app| {
        let secret = admission::approve(app, caller, id)?;
        let login = admission::get(app, caller, id)?.manager_login;
        Ok(format!("{}/invitation/{}?login={login}", app.public_url, secret.reveal()))
    });
    let (link, beside) = match done.await? {
        Ok(link) => (Some(link), Beside { status: StatusCode::OK, ..Beside::default() }),
        Err(said) => (None, wrong(String::new(), said)),
    };
    Ok(answer(&app, Asked::of(&request, person), link, beside).await)
}

#[derive(Deserialize)]
struct Refused {
    #[serde(default)]
    reason: String,
}

async fn refuse(app: State, request: HttpRequest, form: TypedForm<Refused>) -> Result<HttpResponse, Problem> {
    let TypedForm { person, fields: Refused { reason }, is_handed_on, typed } = form;
    let (id, caller) = (id_of(&request)?, person.actor);
    let here = there(&app, &person, id).await?;
    if let Some(away) = typed.proves_again(&app, &request, &person, DECIDE, &here)? {
        return Ok(away);
    }
    if is_handed_on {
        let beside = Beside { reason, ..Beside::default() };
        return Ok(answer(&app, Asked::of(&request, person), None, beside).await);
    }
    let typed = reason.clone();
    match decided(&app, move |app| admission::refuse(app, caller, id, &typed)).await? {
        Ok(()) => Ok(see_other(&here)),
        Err(said) => Ok(answer(&app, Asked::of(&request, person), None, wrong(reason, said)).await),
    }
}

fn wrong(reason: String, said: Said) -> Beside {
    Beside { status: StatusCode::UNPROCESSABLE_ENTITY, reason, error: Some(said) }
}

/// The page of an application; of what is not there nobody is asked for his password.
async fn there(app: &State, person: &Person, id: Handle) -> Result<String, Problem> {
    let caller = person.actor;
    crate::http::extract::blocking(app, move |app| admission::get(app, caller, id)).await?;
    Ok(format!("/console/applications/{id}"))
}
