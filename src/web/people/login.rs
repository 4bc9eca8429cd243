//! The login page, and the way out.

use actix_web::http::StatusCode;
use actix_web::http::header::{RETRY_AFTER, USER_AGENT};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use super::cookies::{self, Cookie};
use super::form::{ArrivedForm, Sent};
use super::refusals::escaped;
use super::{Said, local, page as html_page, people_page, see_other, set, source};
use crate::app::AppError;
use crate::app::people::door::Knock;
use crate::app::people::login::{self, Entered, Typed};
use crate::app::people::{PeopleError, Step, sessions};
use crate::auth::session::FormToken;
use crate::http::extract::{State, blocking};
use crate::http::problem::Problem;
use crate::web::routes::context;

/// Where somebody goes who came to log in.
const HOME: &str = "/console";

people_page!(LoginPage, "people/login.html", LoginView);

struct LoginView {
    csrf: FormToken,
    then: String,
    login: String,
    error: Option<Said>,
    /// Passwords travel readable here.
    plain_http: bool,
}

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    pub then: String,
}

/// The form.
pub async fn page(app: State, request: HttpRequest, asked: web::Query<Asked>) -> HttpResponse {
    let then = local(&asked.then).unwrap_or_default().to_owned();
    show(&app, &request, StatusCode::OK, (then, String::new()), None)
}

fn show(
    app: &State,
    request: &HttpRequest,
    status: StatusCode,
    (then, login): (String, String),
    error: Option<Said>,
) -> HttpResponse {
    let (secret, is_new) = cookies::of_forms(app, request);
    let view = LoginView { csrf: secret.form_token(), then, login, error, plain_http: !app.is_secure() };
    let mut response = html_page(request, status, &LoginPage::of(&view, &context(app, request), request));
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
    let sent = Sent::of(&request, payload).await?;
    let fields: Fields = sent.checked(&cookies::of_forms(&app, &request).0.form_token())?;
    let then = local(&fields.then).unwrap_or_default().to_owned();
    let error = match judge(&app, &request, &fields).await {
        Ok(entered) => return Ok(admitted(&app, &request, &entered, &then)),
        Err(error) => error,
    };
    let (status, wait) = status_of(&error);
    let said = Said::of(error, "login")?;
    let mut response = show(&app, &request, status, (then, fields.login), Some(said));
    if let Some(seconds) = wait {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    Ok(response)
}

/// The status of a form that is shown again, and the seconds to wait.
pub fn status_of(error: &PeopleError) -> (StatusCode, Option<u32>) {
    match error {
        PeopleError::Wait { seconds } => (StatusCode::TOO_MANY_REQUESTS, Some(*seconds)),
        _ => (StatusCode::UNPROCESSABLE_ENTITY, None),
    }
}

async fn judge(app: &State, request: &HttpRequest, fields: &Fields) -> Result<Entered, PeopleError> {
    let counted = login::counted_as(&fields.login);
    let device = known(app, request, &counted);
    let knock = Knock { login: &counted, from: source::network(app, request), device: device.as_deref() };
    let (admitted, turn) = app.door.admit(app.now(), knock).await?;
    let typed = Typed { login: fields.login.clone(), password: fields.password.clone(), agent: agent(request) };
    checking(app, move |app| login::enter(app, &typed, &admitted, turn)).await
}

/// Runs what checks or hashes a password, off the threads that answer everybody.
pub async fn checking<T: Send + 'static>(
    app: &State,
    work: impl FnOnce(&crate::app::App) -> Result<T, PeopleError> + Send + 'static,
) -> Result<T, PeopleError> {
    let app = app.clone();
    web::block(move || work(&app)).await.map_err(|_| AppError::Busy)?
}

/// The answer to somebody who is in: his cookies, and where he goes.
pub fn admitted(app: &State, request: &HttpRequest, entered: &Entered, then: &str) -> HttpResponse {
    let then = local(then).unwrap_or(HOME);
    let next = match entered.step {
        Step::Whole => then.to_owned(),
        Step::Password => format!("/login/code?then={}", escaped(then)),
        Step::SetUp => format!("/login/authenticator?then={}", escaped(then)),
    };
    let mut response = see_other(&next);
    set(&mut response, Cookie::Session.set(app, &entered.secret.reveal()));
    set(&mut response, marked(app, request, &entered.mark, &entered.login));
    set(&mut response, Cookie::Form.clear(app));
    response
}

/// Between the marks of those who log in on one device.
const BETWEEN: char = '~';
/// So many are kept, two of whoever shows a code: a packhouse has one PC for a shift.
const MARKS: usize = 16;

/// The device, where attempts that are counted by this name succeeded on it before.
pub fn known(app: &State, request: &HttpRequest, counted: &str) -> Option<String> {
    let marks = Cookie::Device.read(app, request)?;
    marks.split(BETWEEN).find_map(|it| app.door.marks.device(it, counted)).map(str::to_owned)
}

/// The header that marks the device for this name, and keeps the marks of others who logged in on it.
pub fn marked(app: &State, request: &HttpRequest, mark: &str, counted: &str) -> (&'static str, String) {
    let before = Cookie::Device.read(app, request).unwrap_or_default();
    let others = before.split(BETWEEN).filter(|it| it.len() == mark.len());
    let others = others.filter(|it| app.door.marks.device(it, counted).is_none());
    let all: Vec<&str> = std::iter::once(mark).chain(others).take(MARKS).collect();
    Cookie::Device.set(app, &all.join(&BETWEEN.to_string()))
}

/// Ends the session, wherever its owner had got to.
pub async fn leave(app: State, form: ArrivedForm<Vec<(String, String)>>) -> Result<HttpResponse, Problem> {
    let session = form.arrived.0.session;
    let hash = Some(session.token_hash);
    blocking(&app, move |app| sessions::end(app, session.home, session.member, hash)).await?;
    let mut response = see_other("/login");
    set(&mut response, Cookie::Session.clear(&app));
    Ok(response)
}

/// The browser, as it names itself.
pub fn agent(request: &HttpRequest) -> String {
    request.headers().get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}
