//! One's own account: password, second factor, where one is logged in.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::login::{Asked, checking, status_of};
use super::typed::{HANDED_ON, HandedOn, Pairs};
use super::{Form, Person, Said, local, own, own_page, see_other};
use crate::app::App;
use crate::app::people::door::Knock;
use crate::app::people::sessions::Present;
use crate::app::people::{PeopleError, login, members, second_factor, sessions};
use crate::http::extract::{State, blocking, locale};
use crate::http::problem::Problem;
use crate::i18n::Locale;
use crate::web::console::page;
use crate::web::console::shell::Shell;
use crate::web::words::Words;

own_page!(AccountPage, "people/account.html", "/console/account", AccountView);

#[derive(Template)]
#[template(path = "people/prove.html")]
struct ProvePage<'a> {
    v: &'a ProveView,
    s: Shell,
    w: Words,
}

struct AccountView {
    person: Person,
    sessions: Vec<Line>,
    has_second_factor: bool,
    codes_left: usize,
    done: &'static str,
    error: Option<Said>,
}

/// A place where one is logged in.
struct Line {
    id: String,
    agent: String,
    since: String,
    used: String,
    is_this: bool,
}

struct ProveView {
    person: Person,
    then: String,
    /// What was typed in the form that asked for it, to be sent on to `then`.
    typed: Pairs,
    error: Option<Said>,
}

#[derive(Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
}

pub async fn page(
    app: State,
    request: HttpRequest,
    person: Person,
    asked: web::Query<Done>,
) -> Result<HttpResponse, Problem> {
    let known = ["account-done-password", "account-done-session", "account-done-sessions"];
    let done = known.into_iter().find(|key| key.ends_with(&format!("-{}", asked.done))).unwrap_or_default();
    show(&app, &request, person, StatusCode::OK, (done, None)).await
}

async fn show(
    app: &State,
    request: &HttpRequest,
    person: Person,
    status: StatusCode,
    (done, error): (&'static str, Option<Said>),
) -> Result<HttpResponse, Problem> {
    let present = person.present.clone();
    let read = checking(app, move |app| {
        let member = &present.member;
        Ok((sessions::list(app, member.home, member.id)?, second_factor::codes_left(app, &present)?))
    });
    let (all, codes_left) = read.await.map_err(problem)?;
    let this = person.present.session.token_hash;
    let line = |session: &crate::app::people::Session| Line {
        id: session.token_hash.to_string(),
        agent: agent(&session.agent),
        since: session.created_at.to_string(),
        used: session.used_at.to_string(),
        is_this: session.token_hash == this,
    };
    let view = AccountView {
        sessions: all.iter().map(line).collect(),
        has_second_factor: person.present.member.totp_secret.is_some(),
        codes_left,
        done,
        error,
        person,
    };
    Ok(own(request, status, &AccountPage::of(&view, app, request)))
}

/// A browser in few words, as far as its own tell.
fn agent(text: &str) -> String {
    let first = |known: &[&'static str]| known.iter().copied().find(|name| text.contains(name));
    let browser = first(&["MicroMessenger", "Edg", "Firefox", "Chrome", "Safari"]);
    let system = first(&["HarmonyOS", "Android", "iPhone", "iPad", "Windows", "Macintosh", "Linux"]);
    match (browser, system) {
        (Some("MicroMessenger"), Some(system)) => format!("WeChat · {system}"),
        (Some("Edg"), Some(system)) => format!("Edge · {system}"),
        (Some(browser), Some(system)) => format!("{browser} · {system}"),
        _ => text.chars().take(60).collect(),
    }
}

#[derive(Deserialize)]
pub struct Passwords {
    #[serde(default)]
    current: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    again: String,
}

/// Changes the password; other sessions end.
pub async fn change_password(app: State, request: HttpRequest, form: Form<Passwords>) -> Result<HttpResponse, Problem> {
    let Form { person, fields } = form;
    match change(&app, &person.present, fields).await {
        Ok(()) => Ok(see_other("/console/account?done=password")),
        Err((error, at)) => {
            let (status, said) = (status_of(&error).0, Said::of(error, at)?);
            show(&app, &request, person, status, ("", Some(said))).await
        }
    }
}

async fn change(app: &State, present: &Present, fields: Passwords) -> Result<(), (PeopleError, &'static str)> {
    let Passwords { current, password, again } = fields;
    if password != again {
        return Err((PeopleError::Differ, "password"));
    }
    prove_by(app, present, current).await.map_err(|error| (of_current(error), "current"))?;
    let turn = app.door.turn(true).await.map_err(|error| (error.into(), "password"))?;
    let present = present.clone();
    let changed = checking(app, move |app| members::change_password(app, &present, &password, turn));
    changed.await.map_err(|error| (error, "password"))
}

/// The login is not in question here.
fn of_current(error: PeopleError) -> PeopleError {
    match error {
        PeopleError::Wrong => PeopleError::WrongPassword,
        other => other,
    }
}

/// Judges a password that is asked for again.
async fn prove_by(app: &State, present: &Present, typed: String) -> Result<(), PeopleError> {
    let login = present.member.login.to_string();
    let device = present.session.token_hash.to_string();
    // Counted by the session: whoever took it over guesses no faster than a stranger.
    let from = crate::app::people::throttle::Network::of([0, 0, 0, 0].into());
    let knock = Knock { login: &login, from, device: Some(&device) };
    let (admitted, turn) = app.door.admit(app.now(), knock).await?;
    let present = present.clone();
    checking(app, move |app| login::prove(app, &present, &typed, &admitted, turn)).await
}

#[derive(Deserialize)]
pub struct Which {
    /// Of one session; absent for all others.
    #[serde(default)]
    session: String,
}

/// Ends another session, or all others.
pub async fn end_session(app: State, form: Form<Which>) -> Result<HttpResponse, Problem> {
    let Form { person, fields } = form;
    let session = person.present.session;
    let (home, member, this) = (session.home, session.member, session.token_hash);
    let Ok(which) = fields.session.parse() else {
        blocking(&app, move |app| sessions::end_others(app, home, member, this)).await?;
        return Ok(see_other("/console/account?done=sessions"));
    };
    blocking(&app, move |app| sessions::end(app, home, member, Some(which))).await?;
    Ok(see_other("/console/account?done=session"))
}

/// Asks for the password again, before what cannot be taken back.
pub async fn ask_proof(app: State, request: HttpRequest, person: Person, asked: web::Query<Asked>) -> HttpResponse {
    let then = local(&asked.then).unwrap_or_default().to_owned();
    prove_page(&app, locale(&request), StatusCode::OK, ProveView { person, then, typed: Vec::new(), error: None })
}

/// The same in answer to a form, which was not done: its fields wait on the page.
pub fn ask_between(app: &App, person: &Person, locale: Locale, HandedOn { path, pairs }: HandedOn) -> HttpResponse {
    let view = ProveView { person: person.clone(), then: path, typed: pairs, error: None };
    prove_page(app, locale, StatusCode::FORBIDDEN, view)
}

fn prove_page(app: &App, locale: Locale, status: StatusCode, view: ProveView) -> HttpResponse {
    let s = Shell::new(app, &view.person, locale, "/console/prove", "");
    page::html(status, page::render(&ProvePage { v: &view, w: s.w.clone(), s }))
}

/// Takes the password. A form that waited is sent on by the browser, as it stands on the page, and is shown there.
pub async fn prove(app: State, request: HttpRequest, form: Form<Pairs>) -> Result<HttpResponse, Problem> {
    let Form { person, fields } = form;
    let of = |name: &str| fields.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str());
    let then = local(of("then")).unwrap_or("/console/account").to_owned();
    let waited = fields.iter().any(|(name, _)| name == HANDED_ON);
    match prove_by(&app, &person.present, of("password").to_owned()).await {
        Ok(()) if waited => Ok(HttpResponse::TemporaryRedirect().insert_header(("Location", then)).finish()),
        Ok(()) => Ok(see_other(&then)),
        Err(error) => {
            let (status, error) = (status_of(&error).0, Some(Said::of(of_current(error), "password")?));
            let typed = if waited { HandedOn::new(then.clone(), fields).pairs } else { Vec::new() };
            Ok(prove_page(&app, locale(&request), status, ProveView { person, then, typed, error }))
        }
    }
}

/// An error that no field is to blame for.
pub fn problem(error: PeopleError) -> Problem {
    Said::of(error, "").err().unwrap_or_else(|| Problem::new("internal"))
}
