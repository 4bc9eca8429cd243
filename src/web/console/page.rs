//! Answering a page: read off the async threads, rendered, never kept by anybody; a refusal is a page too.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, HeaderValue, SET_COOKIE};
use actix_web::http::{Method, StatusCode};
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use askama::Template;

use super::sheet::data;
use super::shell::Shell;
use crate::app::{App, AppError};
use crate::http::extract::{State, blocking, locale};
use crate::http::problem::Problem;
use crate::i18n::Locale;
use crate::web::people::{Person, language_cookie, needs};
use crate::web::words::Words;

/// Own script and style, own pictures, and what the person downloads; what a phone keeps for the orchard; nothing else.
pub const SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'";

/// Who asks for which page, in which language.
#[derive(Debug, Clone)]
pub struct Asked {
    pub person: Person,
    pub locale: Locale,
    pub path: String,
    pub query: String,
    /// `{id}` of the address, as it came.
    pub id: Option<String>,
    /// A form that a script sent: it is answered with data, which the script puts into the page.
    pub by_script: bool,
    /// What he has to be allowed to do; it is judged where a refusal can be a page of the console.
    pub(super) needs: Option<&'static str>,
}

impl Asked {
    pub fn of(request: &HttpRequest, person: Person) -> Self {
        Self {
            person,
            locale: locale(request),
            path: request.path().to_owned(),
            query: request.query_string().to_owned(),
            id: request.match_info().get("id").map(str::to_owned),
            by_script: is_by_script(request),
            needs: needs(request),
        }
    }
}

fn is_by_script(request: &HttpRequest) -> bool {
    let accepted = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    request.method() == Method::POST && accepted.starts_with("application/json")
}

impl FromRequest for Asked {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { Ok(Self::of(&request, Person::not_judged(&request).await?)) })
    }
}

/// Looks something up, with the frame of the page at hand.
pub async fn look<T: Send + 'static>(
    app: &State,
    asked: &Asked,
    work: impl FnOnce(&App, &Shell) -> Result<T, AppError> + Send + 'static,
) -> Result<T, Problem> {
    let needs = asked.needs;
    shown(app, asked, move |app, shell| allowed(shell, needs).and_then(|()| work(app, shell))).await
}

fn allowed(shell: &Shell, needs: Option<&'static str>) -> Result<(), AppError> {
    needs.map_or(Ok(()), |operation| shell.caller.may(operation))
}

async fn shown<T: Send + 'static>(
    app: &State,
    asked: &Asked,
    work: impl FnOnce(&App, &Shell) -> Result<T, AppError> + Send + 'static,
) -> Result<T, Problem> {
    let asked = asked.clone();
    blocking(app, move |app| {
        let shell = Shell::new(app, &asked.person, asked.locale, &asked.path, &asked.query);
        work(app, &shell)
    })
    .await
}

/// Draws a page: its status and its text.
pub type Drawing = Box<dyn FnOnce(&App, &Shell) -> Result<(StatusCode, String), AppError> + Send>;

/// A page; where it is refused, a page that says so.
pub async fn answer(
    app: &State,
    asked: Asked,
    work: impl FnOnce(&App, &Shell) -> Result<(StatusCode, String), AppError> + Send + 'static,
) -> HttpResponse {
    drawn(app, asked, Box::new(work)).await
}

/// One body for all pages, so that it is compiled once.
async fn drawn(app: &State, asked: Asked, work: Drawing) -> HttpResponse {
    let by_script = asked.by_script;
    let chosen = asked.query.split('&').any(|pair| pair.starts_with("lang=")).then_some(asked.locale);
    let needs = asked.needs;
    let made = shown(app, &asked, move |app, shell| match allowed(shell, needs).and_then(|()| work(app, shell)) {
        Ok(page) => Ok(page),
        Err(error) => Ok(refusal(shell, &error.into(), by_script)),
    });
    match made.await {
        Ok((status, page)) => {
            let mut response = finished(by_script, status, page);
            // Who works here chooses his language once, not on every page.
            if let Some(chosen) = chosen.and_then(|locale| HeaderValue::from_str(&language_cookie(locale)).ok()) {
                response.headers_mut().append(SET_COOKIE, chosen);
            }
            response
        }
        // Not even the frame could be made: the problem as it is.
        Err(problem) => actix_web::ResponseError::error_response(&problem),
    }
}

#[derive(Template)]
#[template(path = "console/refusal.html")]
struct RefusalPage<'a> {
    s: &'a Shell,
    w: &'a Words,
    heading: String,
    sentence: String,
}

fn refusal(shell: &Shell, problem: &Problem, by_script: bool) -> (StatusCode, String) {
    let status = StatusCode::from_u16(problem.entry().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let key = match status.as_u16() {
        404 => "console-missing",
        403 => "console-forbidden",
        400..=499 => "console-refused",
        _ => "console-failed",
    };
    let sentence = match status.as_u16() {
        404 => shell.w.t("console-missing-say"),
        _ => problem.detail(shell.w.locale),
    };
    if by_script {
        return (status, data::Again::sentence(&[(None, sentence)]).text());
    }
    (status, render(&RefusalPage { s: shell, w: &shell.w, heading: shell.w.t(key), sentence }))
}

/// A page, or what a script gets in its place.
pub fn finished(by_script: bool, status: StatusCode, text: String) -> HttpResponse {
    if by_script { data::json(status, text) } else { html(status, text) }
}

pub fn html(status: StatusCode, page: String) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((CACHE_CONTROL, "no-store"))
        // A form tells this site where it comes from, which the policy of public pages would not.
        .insert_header(("Referrer-Policy", "same-origin"))
        .insert_header(("Content-Security-Policy", SECURITY_POLICY))
        .body(page)
}

pub fn render(page: &impl Template) -> String {
    page.render().expect("templates write into memory and call nothing that fails")
}
