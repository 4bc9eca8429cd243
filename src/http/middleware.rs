//! What happens to every request: a request id, credentials, problems in the caller's language, security headers, metrics.

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{AUTHORIZATION, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage};

use super::extract::{Authenticated, blocking, locale};
use super::problem::Problem;
use crate::app::{App, Caller, keys};
use crate::domain::record::Handle;

/// Identifies a request in logs and problems.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// Routes below `/api/v1` that need no credentials. Everything else there does.
const PUBLIC: &[(&str, &str)] = &[
    ("GET", "/api/v1/batches/{id}/chain"),
    ("GET", "/api/v1/batches/{id}/history"),
    ("GET", "/api/v1/batches/{id}/qr.svg"),
    ("GET", "/api/v1/batches/{id}/qr.png"),
];

/// Whether a route may be called by anybody.
pub fn is_public(method: &str, pattern: Option<&str>) -> bool {
    let method = if method == "HEAD" { "GET" } else { method };
    pattern.is_some_and(|pattern| PUBLIC.contains(&(method, pattern)))
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
    let mut bytes = [0; 16];
    if let Some(app) = request.app_data::<Data<App>>() {
        app.random.fill(&mut bytes);
    }
    let id = Handle::from_bytes(bytes).to_string();
    request.extensions_mut().insert(RequestId(id.clone()));
    let mut response = next.call(request).await?;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), value);
    }
    Ok(response)
}

/// Below `/api/v1`: without valid credentials 401, before path, headers or body are looked at.
pub async fn authenticate(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<EitherBody<impl MessageBody, BoxBody>>, Error> {
    if request.path().starts_with("/api/v1")
        && !is_public(request.method().as_str(), request.match_pattern().as_deref())
    {
        let refused = match credentials(&request).await {
            Ok(Some(caller)) => {
                request.extensions_mut().insert(Authenticated(caller));
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

async fn credentials(request: &ServiceRequest) -> Result<Option<Caller>, Problem> {
    let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let Some((scheme, secret)) = header.split_once(' ') else { return Ok(None) };
    let Some(app) = request.app_data::<Data<App>>().cloned() else { return Ok(None) };
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Ok(None);
    }
    let secret = secret.trim().to_owned();
    if secret.contains('.') {
        let bearer = app.tokens.check(&secret, app.now()).ok();
        return Ok(bearer.map(|bearer| Caller { organisation: bearer.organisation, role: bearer.role }));
    }
    blocking(&app, move |app| keys::caller(app, &secret)).await
}

/// Puts every error into the one shape, in the caller's language: ours as they are, actix's own by their status.
pub async fn problems<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    let language = locale(request.request());
    let id = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    // The request may not be kept beside the call: routing needs it alone.
    let response = next.call(request).await?;
    let problem = match response.response().error() {
        Some(error) => Some(of_error(error, response.status())),
        None if is_bare_error(&response) => Some(of_status(response.status())),
        None => None,
    };
    Ok(match problem {
        Some(problem) => {
            let http_request = response.into_parts().0;
            ServiceResponse::new(http_request, problem.respond(language, &id).map_into_right_body())
        }
        None => response.map_into_left_body(),
    })
}

/// An error without a body of ours: an unknown route, a wrong method.
fn is_bare_error<B: MessageBody>(response: &ServiceResponse<B>) -> bool {
    let status = response.status();
    (status.is_client_error() || status.is_server_error()) && response.headers().get("content-type").is_none()
}

fn of_error(error: &Error, status: StatusCode) -> Problem {
    match error.as_error::<Problem>() {
        Some(problem) => problem.clone(),
        None => of_status(status),
    }
}

fn of_status(status: StatusCode) -> Problem {
    Problem::new(match status.as_u16() {
        404 => "not-found",
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

/// Headers of CHECKLIST rows 19, 26, 42. Pages bring their own content policy; everything else may load nothing.
pub async fn security_headers(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let private = request.path().starts_with("/api/v1")
        && !is_public(request.method().as_str(), request.match_pattern().as_deref());
    let mut response = next.call(request).await?;
    let headers = response.headers_mut();
    let mut set = |name: &'static str, value: &'static str| {
        let name = HeaderName::from_static(name);
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    set("content-security-policy", "default-src 'none'; frame-ancestors 'none'");
    set("x-content-type-options", "nosniff");
    set("referrer-policy", "no-referrer");
    set("cross-origin-opener-policy", "same-origin");
    set("cross-origin-resource-policy", "same-origin");
    if private {
        set("cache-control", "no-store");
    }
    Ok(response)
}

/// Counts and times requests by route pattern; an unknown route is one series.
pub async fn measure(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let route = request.match_pattern().unwrap_or_else(|| "unmatched".to_owned());
    let method = request.method().as_str().to_owned();
    let started = std::time::Instant::now();
    let response = next.call(request).await?;
    let status = response.status().as_u16().to_string();
    metrics::histogram!("http_request_seconds", "route" => route, "method" => method, "status" => status)
        .record(started.elapsed().as_secs_f64());
    Ok(response)
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
        assert!(is_public("GET", Some("/api/v1/batches/{id}/chain")));
        assert!(is_public("HEAD", Some("/api/v1/batches/{id}/chain")));
        assert!(!is_public("POST", Some("/api/v1/batches/{id}/chain")));
        assert!(!is_public("GET", Some("/api/v1/batches/{id}/openings")));
        assert!(!is_public("GET", None));
    }
}
