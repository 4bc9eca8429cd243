//! The pages behind links that are good once: to become a member, to set a password anew.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use super::cookies::{self, Cookie};
use super::form::Sent;
use super::login::{admitted, agent, checking, status_of};
use super::{Said, page as html_page, people_page, set};
use crate::app::people::members::{self, Chosen};
use crate::app::people::{Invitation, PeopleError, login};
use crate::auth::session::{FormToken, Secret};
use crate::domain::kinds::Name;
use crate::domain::people::Login;
use crate::http::extract::State;
use crate::http::problem::Problem;
use crate::web::routes::context;

people_page!(JoinPage, "people/join.html", JoinView);
people_page!(ResetPage, "people/reset.html", ResetView);
people_page!(GonePage, "people/link_gone.html", &'static str);

struct JoinView {
    csrf: FormToken,
    token: String,
    organisation: Name,
    kind: &'static str,
    name: String,
    login: String,
    error: Option<Said>,
    plain_http: bool,
}

struct ResetView {
    csrf: FormToken,
    token: String,
    organisation: Name,
    name: String,
    error: Option<Said>,
    plain_http: bool,
}

#[derive(Deserialize)]
struct Fields {
    #[serde(default)]
    name: String,
    #[serde(default)]
    login: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    again: String,
}

/// The login that whoever applied wished for; he may choose another.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Wish {
    login: String,
}

/// A link as it stands in the address.
type Token = web::Path<String>;

pub async fn join(
    app: State,
    request: HttpRequest,
    token: Token,
    wish: web::Query<Wish>,
) -> Result<HttpResponse, Problem> {
    match found(&app, &token, false).await {
        Ok((link, organisation)) => {
            let login = wish.login.parse::<Login>().map(|login| login.to_string()).unwrap_or_default();
            let fields = Fields { name: link.name.to_string(), login, ..Fields::none() };
            Ok(show_join(&app, &request, &token, (&link, organisation), &fields, (StatusCode::OK, None)))
        }
        Err(error) => gone(&app, &request, error),
    }
}

pub async fn reset(app: State, request: HttpRequest, token: Token) -> Result<HttpResponse, Problem> {
    match found(&app, &token, true).await {
        Ok(found) => Ok(show_reset(&app, &request, &token, found, (StatusCode::OK, None))),
        Err(error) => gone(&app, &request, error),
    }
}

/// Becomes a member and is logged in.
pub async fn joined(
    app: State,
    request: HttpRequest,
    token: Token,
    body: web::Payload,
) -> Result<HttpResponse, Problem> {
    let fields = sent(&app, &request, body).await?;
    let (link, organisation) = match found(&app, &token, false).await {
        Ok(found) => found,
        Err(error) => return gone(&app, &request, error),
    };
    let chosen = Chosen { name: fields.name.clone(), login: fields.login.clone(), password: fields.password.clone() };
    let secret = secret_of(&token)?;
    let done = entered(&app, &request, &fields, move |app, turn| members::join(app, secret, &chosen, turn)).await;
    match done {
        Ok(response) => Ok(response),
        Err(error @ PeopleError::LinkGone) => gone(&app, &request, error),
        Err(error) => {
            let again = (status_of(&error).0, Some(said(error)?));
            Ok(show_join(&app, &request, &token, (&link, organisation), &fields, again))
        }
    }
}

/// Sets a password anew and logs in; where there is a second factor, it is asked for.
pub async fn was_reset(
    app: State,
    request: HttpRequest,
    token: Token,
    body: web::Payload,
) -> Result<HttpResponse, Problem> {
    let fields = sent(&app, &request, body).await?;
    let found = match found(&app, &token, true).await {
        Ok(found) => found,
        Err(error) => return gone(&app, &request, error),
    };
    let (secret, password) = (secret_of(&token)?, fields.password.clone());
    let done = entered(&app, &request, &fields, move |app, turn| members::reset(app, secret, &password, turn)).await;
    match done {
        Ok(response) => Ok(response),
        Err(error @ PeopleError::LinkGone) => gone(&app, &request, error),
        Err(error) => {
            let again = (status_of(&error).0, Some(said(error)?));
            Ok(show_reset(&app, &request, &token, found, again))
        }
    }
}

/// Does what the link is for, once both passwords are one, and logs in.
async fn entered(
    app: &State,
    request: &HttpRequest,
    fields: &Fields,
    work: impl FnOnce(&crate::app::App, crate::app::people::door::Turn) -> Result<crate::app::people::Member, PeopleError>
    + Send
    + 'static,
) -> Result<HttpResponse, PeopleError> {
    if fields.password != fields.again {
        return Err(PeopleError::Differ);
    }
    // Whoever has a link is no stranger.
    let turn = app.door.turn(true).await?;
    let agent = agent(request);
    let entered = checking(app, move |app| login::begin(app, &work(app, turn)?, &agent)).await?;
    Ok(admitted(app, request, &entered, ""))
}

fn said(error: PeopleError) -> Result<Said, Problem> {
    Said::of(error, "password")
}

async fn sent(app: &State, request: &HttpRequest, body: web::Payload) -> Result<Fields, Problem> {
    Sent::of(request, body).await?.checked(&cookies::of_forms(app, request).0.form_token())
}

fn secret_of(token: &Token) -> Result<Secret, Problem> {
    Secret::parse(token).ok_or_else(|| Problem::new("not-found").at("path", ""))
}

async fn found(app: &State, token: &Token, resets: bool) -> Result<(Invitation, Name), PeopleError> {
    let secret = Secret::parse(token).ok_or(PeopleError::LinkGone)?;
    checking(app, move |app| members::find_link(app, secret, resets)).await
}

/// A link that is good no more says what to do.
fn gone(app: &State, request: &HttpRequest, error: PeopleError) -> Result<HttpResponse, Problem> {
    match error {
        PeopleError::LinkGone => Ok(html_page(
            request,
            StatusCode::NOT_FOUND,
            &GonePage::of(&"link-gone-sentence", &context(app, request), request),
        )),
        error => Err(said(error).err().unwrap_or_else(|| Problem::new("internal"))),
    }
}

fn show_join(
    app: &State,
    request: &HttpRequest,
    token: &Token,
    (link, organisation): (&Invitation, Name),
    fields: &Fields,
    (status, error): (StatusCode, Option<Said>),
) -> HttpResponse {
    let (secret, is_new) = cookies::of_forms(app, request);
    let view = JoinView {
        csrf: secret.form_token(),
        token: token.to_string(),
        organisation,
        kind: link.kind.as_str(),
        name: fields.name.clone(),
        login: fields.login.clone(),
        error,
        plain_http: !app.is_secure(),
    };
    let response = html_page(request, status, &JoinPage::of(&view, &context(app, request), request));
    with_form(app, response, secret, is_new)
}

fn show_reset(
    app: &State,
    request: &HttpRequest,
    token: &Token,
    (link, organisation): (Invitation, Name),
    (status, error): (StatusCode, Option<Said>),
) -> HttpResponse {
    let (secret, is_new) = cookies::of_forms(app, request);
    let view = ResetView {
        csrf: secret.form_token(),
        token: token.to_string(),
        organisation,
        name: link.name.to_string(),
        error,
        plain_http: !app.is_secure(),
    };
    let response = html_page(request, status, &ResetPage::of(&view, &context(app, request), request));
    with_form(app, response, secret, is_new)
}

fn with_form(app: &State, mut response: HttpResponse, secret: Secret, is_new: bool) -> HttpResponse {
    if is_new {
        set(&mut response, Cookie::Form.set(app, &secret.reveal()));
    }
    response
}

impl Fields {
    fn none() -> Self {
        Self { name: String::new(), login: String::new(), password: String::new(), again: String::new() }
    }
}
