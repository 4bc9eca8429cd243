//! What happens to every request: a request id, credentials, problems in the caller's language, security headers, metrics.

use std::cell::RefCell;
use std::collections::HashMap;

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{AUTHORIZATION, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage};
use metrics::Histogram;

use super::callers::Callers;
use super::extract::{Authenticated, Proof, blocking, locale};
use super::problem::Problem;
use crate::app::{App, Caller, keys};
use crate::auth::api_key;
use crate::domain::record::Handle;

/// Identifies a request in logs and problems.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// Routes below `/api/v1` that need no credentials. Everything else there does.
const PUBLIC: &[(&str, &str)] = &[
    ("GET", "/api/v1/batches/{id}/chain"),
    ("GET", "/api/v1/batches/{id}/history"),
    ("GET", "/api/v1/batches/{id}/proof"),
    ("GET", AUDIT_PACK),
    ("GET", "/api/v1/batches/{id}/qr.svg"),
    ("GET", "/api/v1/batches/{id}/qr.png"),
    ("GET", "/api/v1/keys/{id}/chain"),
];

const API: &str = "/api/v1";

/// Public, and it holds more for whom it knows.
const AUDIT_PACK: &str = "/api/v1/batches/{id}/audit-pack";

/// Whether a route may be called by anybody. Judges the path itself, because asking the router before it has routed costs
/// a walk over all its patterns.
pub fn is_public(method: &str, path: &str) -> bool {
    if !path.starts_with(API) {
        return false;
    }
    let method = if method == "HEAD" { "GET" } else { method };
    PUBLIC.iter().any(|(allowed, pattern)| *allowed == method && matches(pattern, path))
}

fn matches(pattern: &str, path: &str) -> bool {
    let (mut expected, mut found) = (pattern.split('/'), path.split('/'));
    loop {
        match (expected.next(), found.next()) {
            (None, None) => return true,
            (Some("{id}"), Some(segment)) if !segment.is_empty() => {}
            (Some(expected), Some(segment)) if expected == segment => {}
            _ => return false,
        }
    }
}

/// Gives each request an id of our own; one that a client sends is not taken over.
///
/// A `HEAD` goes on as a `GET`: the connection leaves out the body by itself.
pub async fn request_id(
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
    }
    let id = request.app_data::<Data<App>>().map(|app| new_id(app).to_string()).unwrap_or_default();
    request.extensions_mut().insert(RequestId(id.clone()));
    let mut response = next.call(request).await?;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), value);
    }
    Ok(response)
}

/// Sixteen random bytes; the system is asked for those of 32 requests at once.
fn new_id(app: &App) -> Handle {
    thread_local! {
        static LEFT: RefCell<Vec<[u8; 16]>> = const { RefCell::new(Vec::new()) };
    }
    LEFT.with_borrow_mut(|left| {
        if left.is_empty() {
            let mut bytes = [0; 16 * 32];
            app.random.fill(&mut bytes);
            left.extend(bytes.as_chunks::<16>().0);
        }
        Handle::from_bytes(left.pop().unwrap_or_default())
    })
}

/// Below `/api/v1`: without valid credentials 401, before path, headers or body are looked at.
pub async fn authenticate(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<EitherBody<impl MessageBody, BoxBody>>, Error> {
    if request.path().starts_with(API) && !may_be_anybody(&request) {
        let refused = match credentials(&request).await {
            Ok(Some((caller, proof))) => {
                request.extensions_mut().insert(Authenticated(caller, proof));
                None
            }
            Ok(None) => {
                tracing::info!(route = request.match_pattern(), "credentials refused");
                Some(Problem::new("unauthorised"))
            }
            Err(problem) => Some(problem),
        };
        if let Some(problem) = refused {
            return Ok(request.error_response(problem).map_into_right_body());
        }
    }
    Ok(next.call(request).await?.map_into_left_body())
}

/// Nobody has to say who he is; who wants to be shown more does.
fn may_be_anybody(request: &ServiceRequest) -> bool {
    let shown_more = request.headers().contains_key(AUTHORIZATION) && matches(AUDIT_PACK, request.path());
    is_public(request.method().as_str(), request.path()) && !shown_more
}

async fn credentials(request: &ServiceRequest) -> Result<Option<(Caller, Proof)>, Problem> {
    let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let Some((scheme, secret)) = header.split_once(' ') else { return Ok(None) };
    let Some(app) = request.app_data::<Data<App>>().cloned() else { return Ok(None) };
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Ok(None);
    }
    let secret = secret.trim().to_owned();
    if secret.contains('.') {
        let Ok(bearer) = app.tokens.check(&secret, app.now()) else { return Ok(None) };
        let callers = request.app_data::<Data<Callers>>().cloned();
        let suspended = is_suspended(&app, callers, bearer.organisation).await?;
        let of_house = Caller::of(bearer.organisation, bearer.role);
        return Ok(Some((Caller { scope: bearer.scope, suspended, ..of_house }, Proof::Token)));
    }
    let Some(hash) = api_key::hash(&secret) else { return Ok(None) };
    let callers = request.app_data::<Data<Callers>>().cloned();
    if let Some(caller) = callers.as_ref().and_then(|callers| callers.get(hash)) {
        return Ok(Some((caller, Proof::Key)));
    }
    let caller = blocking(&app, move |app| keys::caller(app, hash)).await?;
    if let (Some(callers), Some(caller)) = (callers, caller) {
        callers.put(hash, caller);
    }
    Ok(caller.map(|caller| (caller, Proof::Key)))
}

/// A token says nothing of it: it was made before.
async fn is_suspended(app: &Data<App>, callers: Option<Data<Callers>>, home: Handle) -> Result<bool, Problem> {
    if let Some(known) = callers.as_ref().and_then(|callers| callers.suspended(home)) {
        return Ok(known);
    }
    let suspended = blocking(app, move |app| Ok(app.suspension(home)?.is_some())).await?;
    if let Some(callers) = callers {
        callers.put_suspended(home, suspended);
    }
    Ok(suspended)
}

/// Puts every error into the one shape, in the caller's language: ours as they are, actix's own by their status.
pub async fn problems<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    let response = next.call(request).await?;
    let path = response.request().path();
    let problem = match response.response().error() {
        Some(error) => Some(of_error(error, response.status(), path)),
        None if is_bare_error(&response) => Some(of_status(response.status(), path)),
        None => None,
    };
    Ok(match problem {
        Some(problem) => {
            let http_request = response.into_parts().0;
            let id = http_request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
            let language = locale(&http_request);
            let page = crate::web::people::refusals::page(&http_request, &problem, &id);
            let answer = page.unwrap_or_else(|| problem.respond(language, &id));
            ServiceResponse::new(http_request, answer.map_into_right_body())
        }
        None => response.map_into_left_body(),
    })
}

/// An error without a body of ours: an unknown route, a wrong method.
fn is_bare_error<B: MessageBody>(response: &ServiceResponse<B>) -> bool {
    let status = response.status();
    (status.is_client_error() || status.is_server_error()) && response.headers().get("content-type").is_none()
}

fn of_error(error: &Error, status: StatusCode, path: &str) -> Problem {
    match error.as_error::<Problem>() {
        Some(problem) => problem.clone(),
        None => of_status(status, path),
    }
}

fn of_status(status: StatusCode, path: &str) -> Problem {
    if status == StatusCode::NOT_FOUND {
        return Problem::new("not-found").at("path", path);
    }
    Problem::new(match status.as_u16() {
        405 => "method-not-allowed",
        408 => "request-timeout",
        413 => "too-large",
        415 => "unsupported-media-type",
        401 => "unauthorised",
        403 => "forbidden",
        400..=499 => "bad-parameter",
        503 => "busy",
        _ => "internal",
    })
}

const STRICT_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";
/// The page of the OpenAPI document brings its own script and style, and asks this service only.
const DOCS_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                           connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A year of https for this name and no other: what else its owner runs beside it is not ours to decide.
const HTTPS_ONLY: &str = "max-age=31536000";

/// Headers that browsers obey. Pages bring their own content policy; everything else may load nothing.
pub async fn security_headers(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let private = request.path().starts_with(API) && !is_public(request.method().as_str(), request.path());
    let policy = if request.path().starts_with("/api/docs/") { DOCS_POLICY } else { STRICT_POLICY };
    let secure = request.app_data::<Data<App>>().is_some_and(|app| app.is_secure());
    let mut response = next.call(request).await?;
    let failed = response.status().is_client_error() || response.status().is_server_error();
    let headers = response.headers_mut();
    let mut set = |name: &'static str, value: &'static str| {
        let name = HeaderName::from_static(name);
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    set("content-security-policy", policy);
    set("x-content-type-options", "nosniff");
    set("referrer-policy", "no-referrer");
    set("cross-origin-opener-policy", "same-origin");
    set("cross-origin-resource-policy", "same-origin");
    if secure {
        set("strict-transport-security", HTTPS_ONLY);
    }
    if private || failed {
        set("cache-control", "no-store");
    }
    Ok(response)
}

/// Counts and times requests by route pattern; an unknown route is one series, and so is an invented method.
pub async fn measure(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let started = std::time::Instant::now();
    let response = next.call(request).await?;
    let request = response.request();
    // Asked after the call: by then the router knows the pattern and need not search for it.
    let route = request.match_pattern().unwrap_or_else(|| "unmatched".to_owned());
    log_line(&response, &route, started.elapsed());
    let series = Series { route, method: known(request.method()), status: response.status().as_u16() };
    series.histogram().record(started.elapsed().as_secs_f64());
    Ok(response)
}

/// One line a request: writes and refusals always, reads only where somebody asked for detail. Never the path itself or the
/// query, which may hold what is secret or says who looked at what.
fn log_line<B>(response: &ServiceResponse<B>, route: &str, took: std::time::Duration) {
    let (status, method) = (response.status().as_u16(), response.request().method().as_str());
    let id = || response.request().extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    let milliseconds = took.as_secs_f64() * 1_000.0;
    match status {
        500.. => tracing::error!(method, route, status, milliseconds, id = id(), "request"),
        _ if method != "GET" || status == 401 || status == 403 => {
            tracing::info!(method, route, status, milliseconds, id = id(), "request");
        }
        _ => tracing::debug!(method, route, status, milliseconds, id = id(), "request"),
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Series {
    route: String,
    method: &'static str,
    status: u16,
}

fn known(method: &Method) -> &'static str {
    const METHODS: [Method; 6] =
        [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS];
    const NAMES: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"];
    METHODS.iter().position(|it| it == method).map_or("other", |at| NAMES[at])
}

impl Series {
    /// The recorder finds a series by hashing and comparing all its labels: each worker asks it once.
    fn histogram(self) -> Histogram {
        thread_local! {
            static FOUND: RefCell<HashMap<Series, Histogram>> = RefCell::default();
        }
        FOUND.with_borrow_mut(|found| match found.get(&self) {
            Some(histogram) => histogram.clone(),
            None => {
                let (route, status) = (self.route.clone(), self.status.to_string());
                let histogram = metrics::histogram!("http_request_seconds",
                    "route" => route, "method" => self.method, "status" => status);
                found.entry(self).or_insert(histogram).clone()
            }
        })
    }
}

impl From<Authenticated> for Caller {
    fn from(authenticated: Authenticated) -> Self {
        authenticated.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_listed_patterns_are_public() {
        assert!(is_public("GET", "/api/v1/batches/{id}/chain") && is_public("GET", "/api/v1/batches/00ff/chain"));
        assert!(is_public("HEAD", "/api/v1/batches/00ff/chain"));
        assert!(!is_public("POST", "/api/v1/batches/00ff/chain"));
        assert!(!is_public("GET", "/api/v1/batches/00ff/openings"));
        for odd in ["", "/", "/api/v1/batches//chain", "/api/v1/batches/00ff/chain/", "/api/v1/batches/00ff/00ff/chain"]
        {
            assert!(!is_public("GET", odd), "{odd}");
        }
    }
}
