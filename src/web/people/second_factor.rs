//! The code at the door, and setting up the authenticator that makes it.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use super::cookies::Cookie;
use super::form::ArrivedForm;
use super::login::{Asked, agent, checking, known, marked, status_of};
use super::person::Arrived;
use super::{Said, local, page as html_page, people_page, see_other, set, source};
use crate::app::people::door::Knock;
use crate::app::people::second_factor::{self, Offered, SetUp};
use crate::app::people::{PeopleError, Step};
use crate::auth::session::FormToken;
use crate::http::extract::State;
use crate::http::problem::Problem;
use crate::labels;
use crate::web::routes::context;

const HOME: &str = "/console";

people_page!(CodePage, "people/code.html", CodeView);
people_page!(AuthenticatorPage, "people/authenticator.html", AuthenticatorView);
people_page!(CodesPage, "people/recovery_codes.html", CodesView);

struct CodeView {
    csrf: FormToken,
    then: String,
    error: Option<Said>,
}

struct AuthenticatorView {
    csrf: FormToken,
    then: String,
    /// In groups of four, for typing.
    secret: String,
    /// An SVG image.
    symbol: String,
    /// He may not go on without.
    required: bool,
    error: Option<Said>,
}

struct CodesView {
    codes: Vec<String>,
    then: String,
}

#[derive(Deserialize)]
pub struct Fields {
    #[serde(default)]
    code: String,
    #[serde(default)]
    secret: String,
    #[serde(default)]
    then: String,
}

/// Asks for the code.
pub async fn code(app: State, request: HttpRequest, asked: web::Query<Asked>) -> Result<HttpResponse, Problem> {
    let Arrived(present, secret) = Arrived::of(&request).await?;
    if present.step != Step::Password {
        return Ok(see_other(local(&asked.then).unwrap_or(HOME)));
    }
    let view = CodeView { csrf: secret.form_token(), then: asked.then.clone(), error: None };
    Ok(html_page(&request, StatusCode::OK, &CodePage::of(&view, &context(&app, &request), &request)))
}

/// Takes the code.
pub async fn check(app: State, request: HttpRequest, form: ArrivedForm<Fields>) -> Result<HttpResponse, Problem> {
    let ArrivedForm { arrived: Arrived(present, secret), fields } = form;
    let then = local(&fields.then).unwrap_or(HOME).to_owned();
    if present.step != Step::Password {
        return Ok(see_other(&then));
    }
    let counted = second_factor::counted_as(&present);
    let (from, agent, device) = (source::network(&app, &request), agent(&request), known(&app, &request, &counted));
    let login = counted.clone();
    let checked = checking(&app, move |app| {
        let knock = Knock { login: &login, from, device: device.as_deref() };
        second_factor::check(app, &present, &fields.code, knock, &agent)
    });
    let error = match checked.await {
        Ok(whole) => {
            let mut response = see_other(&then);
            set(&mut response, Cookie::Session.set(&app, &whole.secret.reveal()));
            set(&mut response, marked(&app, &request, &whole.mark, &counted));
            return Ok(response);
        }
        Err(error) => error,
    };
    let status = status_of(&error).0;
    let view = CodeView { csrf: secret.form_token(), then, error: Some(Said::of(error, "code")?) };
    Ok(html_page(&request, status, &CodePage::of(&view, &context(&app, &request), &request)))
}

/// Shows a secret for an authenticator.
pub async fn offer(app: State, request: HttpRequest, asked: web::Query<Asked>) -> Result<HttpResponse, Problem> {
    let arrived = Arrived::of(&request).await?;
    if let Some(elsewhere) = elsewhere(&app, &arrived) {
        return Ok(see_other(elsewhere));
    }
    let offered = second_factor::offer(&app, &arrived.0);
    let then = local(&asked.then).unwrap_or_default().to_owned();
    Ok(show(&app, &request, &arrived, (StatusCode::OK, then), &offered, None))
}

/// Whoever still owes a code owes that first; whoever is in shows his password again.
fn elsewhere(app: &State, arrived: &Arrived) -> Option<&'static str> {
    match arrived.0.step {
        Step::Password => Some("/login/code?then=/login/authenticator"),
        Step::Whole if !arrived.0.is_proven(app.now()) => Some("/console/prove?then=/login/authenticator"),
        _ => None,
    }
}

fn show(
    app: &State,
    request: &HttpRequest,
    arrived: &Arrived,
    (status, then): (StatusCode, String),
    offered: &Offered,
    error: Option<Said>,
) -> HttpResponse {
    let letters: Vec<char> = offered.text.chars().collect();
    let secret = letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ");
    let symbol = labels::symbol(&offered.address).map(|symbol| labels::svg(&symbol, &[])).unwrap_or_default();
    let required = arrived.0.step == Step::SetUp;
    let view = AuthenticatorView { csrf: arrived.1.form_token(), then, secret, symbol, required, error };
    html_page(request, status, &AuthenticatorPage::of(&view, &context(app, request), request))
}

/// Takes the first code of an authenticator, and shows the recovery codes once.
pub async fn set_up(app: State, request: HttpRequest, form: ArrivedForm<Fields>) -> Result<HttpResponse, Problem> {
    let ArrivedForm { arrived, fields } = form;
    if let Some(elsewhere) = elsewhere(&app, &arrived) {
        return Ok(see_other(elsewhere));
    }
    let then = local(&fields.then).unwrap_or_default().to_owned();
    let (present, agent, counted) = (arrived.0.clone(), agent(&request), second_factor::counted_as(&arrived.0));
    let text: String = fields.secret.split_whitespace().collect();
    let (secret, code) = (text.clone(), fields.code);
    match checking(&app, move |app| second_factor::set_up(app, &present, &secret, &code, &agent)).await {
        Ok(done) => Ok(codes(&app, &request, &counted, done, then)),
        Err(error @ PeopleError::WrongCode) => {
            let again = second_factor::offer_again(&text, &arrived.0);
            let offered = again.unwrap_or_else(|| second_factor::offer(&app, &arrived.0));
            let said = Said::of(error, "code")?;
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(show(&app, &request, &arrived, (status, then), &offered, Some(said)))
        }
        Err(error) => Err(Said::of(error, "code").err().unwrap_or_else(|| Problem::new("internal"))),
    }
}

fn codes(app: &State, request: &HttpRequest, counted: &str, done: SetUp, then: String) -> HttpResponse {
    let then = if then.is_empty() { HOME.to_owned() } else { then };
    let view = CodesView { codes: done.recovery_codes, then };
    let mut response = html_page(request, StatusCode::OK, &CodesPage::of(&view, &context(app, request), request));
    if let Some(secret) = done.secret {
        set(&mut response, Cookie::Session.set(app, &secret.reveal()));
    }
    set(&mut response, marked(app, request, &done.mark, counted));
    response
}
