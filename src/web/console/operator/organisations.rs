//! Organisations: the list with who is suspended, and the page of one, with suspending and lifting.

use std::collections::BTreeSet;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::{Beside, decided};
use crate::app::admission::{self, SUSPEND, Suspension};
use crate::app::{App, AppError, Cursor, subjects};
use crate::domain::acts::{Known, Refusal};
use crate::domain::entities::{self, Entity, Organisation};
use crate::domain::record::{Handle, Role, SubjectKind};
use crate::http::extract::{State, blocking};
use crate::http::problem::Problem;
use crate::web::console::lists::{Filter, Found, Lines, Row, Shown, contains, lines};
use crate::web::console::page::{self, Asked};
use crate::web::console::read::Typed;
use crate::web::console::shell::Shell;
use crate::web::map::{Map, Who};
use crate::web::people::{Form, Person, Said, TypedForm, see_other};
use crate::web::words::Words;

pub fn configure(map: &mut Map<'_>) {
    lines::<Organisations>(map);
    map.get("/console/organisations/{id}", Who::May("page.organisations"), show)
        .post("/console/organisations/{id}/suspend", Who::May(SUSPEND), suspend)
        .post("/console/organisations/{id}/lift", Who::May(SUSPEND), lift);
}

struct Organisations;

impl Lines for Organisations {
    const HREF: &'static str = "/console/organisations";
    const OPERATION: &'static str = "page.organisations";
    const KEY: &'static str = "nav-organisations";
    /// Each sealed name that is shown is a read that its owner is told of.
    const IS_LOOKED_THROUGH: bool = false;

    fn columns() -> &'static [(&'static str, bool)] {
        &[("col-organisation", false), ("col-org-kind", false), ("col-uscc", false), ("col-org-state", false)]
    }

    fn verb(shell: &Shell) -> Option<(&'static str, String)> {
        let may = shell.may("organisation.register");
        may.then(|| ("/console/organisations/import", shell.w.t("import-of-organisation-register")))
    }

    fn filters(_: &App, shell: &Shell, typed: &Typed) -> Result<Vec<Filter>, AppError> {
        Ok(vec![contains::filter(shell, typed)])
    }

    fn found(app: &App, shell: &Shell, typed: &Typed, after: u64, limit: u32) -> Result<Found, AppError> {
        let (w, caller, cursor) = (&shell.w, shell.caller, (after > 0).then_some(Cursor(after)));
        let slice = match contains::wanted(typed) {
            None => subjects::list(app, caller, SubjectKind::Organisation, cursor, limit)?,
            Some(wanted) => subjects::organisations_with(app, caller, &wanted, after, limit)?,
        };
        let all = admission::suspensions(app, shell.caller, None)?;
        let suspended: BTreeSet<Handle> = all.iter().filter(|it| it.lifted_at.is_none()).map(|it| it.home).collect();
        let row = |known: &Known| {
            let Entity::Organisation(it) = &known.entity else { return None };
            let state = match suspended.contains(&known.subject.handle) {
                true => Shown::text(w.t("state-suspended")).toned("stop"),
                false => Shown::text(w.t("state-active")),
            };
            Some(Row {
                href: Some(format!("/console/organisations/{}", known.subject.handle)),
                cells: vec![
                    Shown::text(name(shell, it)),
                    Shown::text(w.t(&format!("org-{}", admission::word(it.kind)))),
                    Shown::text(uscc(it)),
                    state,
                ],
                verb: None,
            })
        };
        let rows = slice.items.iter().filter_map(row).collect();
        Ok(Found { rows, next: slice.next.map(|next| next.0) })
    }
}

fn name(shell: &Shell, it: &Organisation) -> String {
    it.name_for(entities::Why::Noted).map(|name| shell.name(name).to_owned()).unwrap_or_default()
}

fn uscc(it: &Organisation) -> String {
    it.uscc_for(entities::Why::Noted).map(ToString::to_string).unwrap_or_default()
}

#[derive(Template)]
#[template(path = "console/organisation.html")]
struct OrganisationPage<'a> {
    s: &'a Shell,
    w: &'a Words,
    id: String,
    name: String,
    kind: String,
    uscc: String,
    place: String,
    /// The one that holds now.
    now: Option<&'a Suspension>,
    before: Vec<&'a Suspension>,
    may: bool,
    proven: bool,
    reason: String,
    error: Option<Said>,
}

async fn show(app: State, asked: Asked) -> HttpResponse {
    answer(&app, asked, Beside { status: StatusCode::OK, ..Beside::default() }).await
}

async fn answer(app: &State, asked: Asked, beside: Beside) -> HttpResponse {
    let (id, present) = (asked.id.clone().unwrap_or_default(), asked.person.present.clone());
    page::answer(app, asked, move |app, shell| {
        let missing = || AppError::from(Refusal::not_found("id", &id));
        let handle: Handle = id.parse().map_err(|_| missing())?;
        let known = admission::organisation(app, shell.caller, handle)?;
        let Entity::Organisation(it) = &known.entity else { return Err(missing()) };
        let all = admission::suspensions(app, shell.caller, Some(handle))?;
        let page = OrganisationPage {
            s: shell,
            w: &shell.w,
            name: name(shell, it),
            kind: shell.w.t(&format!("org-{}", admission::word(it.kind))),
            uscc: uscc(it),
            place: it.place.as_ref().map(|place| shell.name(place).to_owned()).unwrap_or_default(),
            now: all.iter().find(|it| it.lifted_at.is_none()),
            before: all.iter().filter(|it| it.lifted_at.is_some()).collect(),
            may: shell.may(SUSPEND) && it.role != Role::Operator,
            proven: present.is_proven(app.now()),
            reason: beside.reason,
            error: beside.error,
            id: id.clone(),
        };
        Ok((beside.status, page::render(&page)))
    })
    .await
}

#[derive(Deserialize)]
struct Why {
    #[serde(default)]
    reason: String,
}

#[derive(Deserialize)]
struct Nothing {}

async fn suspend(app: State, request: HttpRequest, form: TypedForm<Why>) -> Result<HttpResponse, Problem> {
    let TypedForm { person, fields: Why { reason }, is_handed_on, typed } = form;
    let (home, here) = there(&app, &request, &person).await?;
    if let Some(away) = typed.proves_again(&app, &request, &person, SUSPEND, &here)? {
        return Ok(away);
    }
    if is_handed_on {
        let beside = Beside { reason, ..Beside::default() };
        return Ok(answer(&app, Asked::of(&request, person), beside).await);
    }
    let (caller, typed) = (person.actor, reason.clone());
    match decided(&app, move |app| admission::suspend(app, caller, home, &typed)).await? {
        Ok(()) => Ok(see_other(&here)),
        Err(said) => {
            let beside = Beside { status: StatusCode::UNPROCESSABLE_ENTITY, reason, error: Some(said) };
            Ok(answer(&app, Asked::of(&request, person), beside).await)
        }
    }
}

async fn lift(app: State, request: HttpRequest, form: Form<Nothing>) -> Result<HttpResponse, Problem> {
    let person = form.person;
    let (home, here) = there(&app, &request, &person).await?;
    if let Some(away) = person.proves_again(&app, SUSPEND, &here)? {
        return Ok(away);
    }
    let caller = person.actor;
    match decided(&app, move |app| admission::lift(app, caller, home)).await? {
        Ok(()) => Ok(see_other(&here)),
        Err(_) => Err(Problem::new("not-found").at("id", home)),
    }
}

/// The organisation of the address and its page; of what is not there nobody is asked for his password.
async fn there(app: &State, request: &HttpRequest, person: &Person) -> Result<(Handle, String), Problem> {
    let text = request.match_info().get("id").unwrap_or_default();
    let home: Handle = text.parse().map_err(|_| Problem::new("not-found").at("id", text))?;
    let caller = person.actor;
    blocking(app, move |app| admission::organisation(app, caller, home)).await?;
    Ok((home, format!("/console/organisations/{home}")))
}
