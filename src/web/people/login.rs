//! The login page.

use actix_web::http::StatusCode;
use actix_web::http::header::USER_AGENT;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::cookies::{self, Cookie};
use super::form::{ArrivedForm, Sent};
use super::{local, page as html_page, see_other, source};
use crate::app::people::Step;
use crate::app::people::door::Knock;
use crate::app::people::login::{self, Entered, Typed};
use crate::app::people::{PeopleError, sessions};
use crate::auth::session::FormToken;
use crate::http::extract::{State, locale};
use crate::http::problem::Problem;
use crate::web::pages::PageContext;
use crate::web::routes::context;
use crate::web::words::Words;

/// Where somebody goes who came to log in.
const HOME: &str = "/console";

#[derive(Template)]
#[template(path = "people/login.html")]
struct LoginPage<'a> {
    v: &'a LoginView,
    c: &'a PageContext,
    w: Words,
}

struct LoginView {
    csrf: FormToken,
    then: String,
    login: String,
    /// Why it was not right.
    error: Option<Said>,
    /// Passwords travel readable here.
    plain_http: bool,
}

/// A sentence, with the seconds to wait where there are any.
struct Said {
    key: &'static str,
    minutes: u32,
}

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    then: String,
}

/// The form.
pub async fn page(app: State, request: HttpRequest, asked: web::Query<Asked>) -> HttpResponse {
    let then = local(&asked.then).unwrap_or_default().to_owned();
    show(&app, &request, StatusCode::OK, then, String::new(), None)
}

fn show(
    app: &State,
    request: &HttpRequest,
    status: StatusCode,
    then: String,
    login: String,
    error: Option<Said>,
) -> HttpResponse {
    let (secret, is_new) = cookies::of_forms(app, request);
    let view = LoginView { csrf: secret.form_token(), then, login, error, plain_http: !cookies::is_secure(app) };
    let context = context(app, request);
    let mut response = html_page(status, &LoginPage { v: &view, c: &context, w: Words::new(locale(request), "") });
    if is_new {
        set(&mut response, Cookie::Form.set(app, &secret.reveal()));
    }
    response
}

#[derive(Deserialize)]
struct Fields {
    #[serde(default)]
    login: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    then: String,
}

/// Takes a login and a password.
pub async fn enter(app: State, request: HttpRequest, payload: web::Payload) -> Result<HttpResponse, Problem> {
    let fields: Fields =
        Sent::of(&request, payload).await?.checked(&cookies::of_forms(&app, &request).0.form_token())?;
    let then = local(&fields.then).unwrap_or_default().to_owned();
    match judge(&app, &request, &fields).await {
        Ok(entered) => Ok(admitted(&app, &entered, &then)),
        Err(PeopleError::Wrong) => {
            let said = Said { key: "login-wrong", minutes: 0 };
            Ok(show(&app, &request, StatusCode::UNPROCESSABLE_ENTITY, then, fields.login, Some(said)))
        }
        Err(PeopleError::Wait { seconds }) => {
            let said = Said { key: "login-wait", minutes: seconds.div_ceil(60) };
            let status = StatusCode::TOO_MANY_REQUESTS;
            let mut response = show(&app, &request, status, then, fields.login, Some(said));
            response.headers_mut().insert(actix_web::http::header::RETRY_AFTER, seconds.into());
            Ok(response)
        }
        Err(error) => Err(problem_of(error)),
    }
}

async fn judge(app: &State, request: &HttpRequest, fields: &Fields) -> Result<Entered, PeopleError> {
    let counted = login::counted_as(&fields.login);
    let mark = Cookie::Device.read(app, request);
    let device = mark.as_deref().and_then(|mark| app.door.marks.device(mark, &counted));
    let knock = Knock { login: &counted, from: source::network(app, request), device };
    let (admitted, turn) = app.door.admit(app.now(), knock).await?;
    let typed = Typed { login: fields.login.clone(), password: fields.password.clone(), agent: agent(request) };
    let app = app.clone();
    web::block(move || login::enter(&app, &typed, &admitted, turn)).await.map_err(|_| crate::app::AppError::Busy)?
}

/// The answer to somebody who is in: his cookies, and where he goes.
pub fn admitted(app: &State, entered: &Entered, then: &str) -> HttpResponse {
    let then = local(then).unwrap_or(HOME);
    let next = match entered.step {
        Step::Whole => then.to_owned(),
        Step::Password => format!("/login/code?then={}", super::refusals::escaped(then)),
        Step::SetUp => format!("/login/authenticator?then={}", super::refusals::escaped(then)),
    };
    let mut response = see_other(&next);
    set(&mut response, Cookie::Session.set(app, &entered.secret.reveal()));
    set(&mut response, Cookie::Device.set(app, &entered.mark));
    set(&mut response, Cookie::Form.clear(app));
    response
}

/// Ends the session, wherever its owner had got to.
pub async fn leave(app: State, form: ArrivedForm<Vec<(String, String)>>) -> Result<HttpResponse, Problem> {
    let present = form.arrived.0;
    let (home, member, hash) = (present.session.home, present.session.member, present.session.token_hash);
    crate::http::extract::blocking(&app, move |app| sessions::end(app, home, member, Some(hash))).await?;
    let mut response = see_other("/login");
    set(&mut response, Cookie::Session.clear(&app));
    Ok(response)
}

/// The browser, as it names itself.
pub fn agent(request: &HttpRequest) -> String {
    request.headers().get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}

pub fn set(response: &mut HttpResponse, (name, value): (&'static str, String)) {
    if let Ok(value) = actix_web::http::header::HeaderValue::from_str(&value) {
        response
            .headers_mut()
            .append(actix_web::http::header::HeaderName::from_bytes(name.as_bytes()).expect("a header's name"), value);
    }
}

/// What is not shown beside a field.
pub fn problem_of(error: PeopleError) -> Problem {
    match error {
        PeopleError::App(error) => error.into(),
        PeopleError::Wait { seconds } => {
            Problem { retry_after_seconds: Some(seconds), ..Problem::new("too-many-requests") }
        }
        PeopleError::NoSuchMember | PeopleError::LinkGone => Problem::new("not-found").at("path", ""),
        _ => Problem::new("form-expired"),
    }
}
