//! A no, as a page: whoever looks at pages is not answered with JSON.

use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT, HOST, REFERER, RETRY_AFTER};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::typed::{self, HandedOn};
use super::{local, page as html_page, see_other};
use crate::app::App;
use crate::http::extract::locale;
use crate::http::parts;
use crate::http::problem::Problem;
use crate::web::pages::PageContext;
use crate::web::words::Words;

/// Beginnings of the addresses that people look at logged in, or on their way there.
const OF_PEOPLE: &[&str] = &["/console", "/login", "/logout", "/join", "/invitation", "/reset"];

#[derive(Template)]
#[template(path = "people/refusal.html")]
struct Refusal<'a> {
    v: &'a Said,
    c: &'a PageContext,
    w: Words,
}

struct Said {
    heading: &'static str,
    sentence: String,
    /// Where to log in, for whoever is not.
    log_in: Option<String>,
    /// What he sent, to be sent again by whoever has logged in.
    kept: Option<HandedOn>,
    /// A file may have stood beside it: it was read past.
    had_file: bool,
    request_id: String,
}

/// The answer to a person, or `None` for a program.
pub fn page(request: &HttpRequest, problem: &Problem, request_id: &str) -> Option<HttpResponse> {
    if !wants_page(request) {
        return None;
    }
    let is_get = request.method() == actix_web::http::Method::GET;
    let log_in = (problem.slug == "log-in-first").then(|| where_to(request, &problem.value));
    if let (true, Some(log_in)) = (is_get, &log_in) {
        return Some(see_other(log_in));
    }
    let app = request.app_data::<Data<App>>()?;
    let language = locale(request);
    let heading = if problem.slug == "not-found" { "people-missing" } else { "people-refused" };
    let said = Said {
        heading,
        sentence: problem.detail(language),
        had_file: log_in.is_some() && parts::is_multipart(request),
        log_in,
        kept: typed::kept(request),
        request_id: request_id.to_owned(),
    };
    let context = PageContext::new(&app.public_url, "/login");
    let status = StatusCode::from_u16(problem.entry().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = html_page(request, status, &Refusal { v: &said, c: &context, w: Words::new(language, "") });
    if let Some(seconds) = problem.retry_after_seconds {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    Some(response)
}

/// Who asks for a page says so; on addresses of people that is also taken for granted. The API answers programs alone.
fn wants_page(request: &HttpRequest) -> bool {
    let path = request.path();
    let below =
        |beginning: &&str| path.strip_prefix(*beginning).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let accept = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok());
    match OF_PEOPLE.iter().any(&below) {
        true => accept.is_none_or(|accept| accept.contains("text/html") || accept.contains("*/*")),
        false => !below(&"/api") && accept.is_some_and(|accept| accept.contains("text/html")),
    }
}

/// The next thing to show, and the address to come back to: of a form that was sent, the page on which it stood.
fn where_to(request: &HttpRequest, step: &str) -> String {
    let door = match step {
        "password" => "/login/code",
        "setup" => "/login/authenticator",
        _ => "/login",
    };
    let is_get = request.method() == actix_web::http::Method::GET;
    let here = match is_get {
        true => request.uri().path_and_query().map(|it| it.as_str()),
        false => sent_from(request),
    };
    match here.and_then(local) {
        Some(here) => format!("{door}?then={}", escaped(here)),
        None => door.to_owned(),
    }
}

/// The page of ours on which a form stood, as the browser tells it.
fn sent_from(request: &HttpRequest) -> Option<&str> {
    let text = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let (_, address) = text(REFERER)?.split_once("://")?;
    let at = address.find('/')?;
    (Some(&address[..at]) == text(HOST)).then_some(&address[at..])
}

/// A path as the value of a parameter.
pub fn escaped(path: &str) -> String {
    path.replace('%', "%25").replace('&', "%26").replace('+', "%2B").replace('=', "%3D").replace('?', "%3F")
}
