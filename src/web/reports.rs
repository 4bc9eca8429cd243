//! The form by which somebody who scanned a label reports a problem.

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Form};
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use serde::Deserialize;

use super::pages;
use super::people::source;
use super::routes::{context, html};
use super::throttle::Throttle;
use crate::app::reports;
use crate::domain::view::{ReportForm, ReportKind};
use crate::http::extract::{State, blocking, locale, timely};
use crate::http::problem::Problem;

#[derive(Deserialize)]
pub struct ReportCode {
    code: Option<String>,
}

pub async fn form(app: State, request: HttpRequest, query: web::Query<ReportCode>) -> HttpResponse {
    let form = ReportForm { code: query.into_inner().code.unwrap_or_default(), ..ReportForm::default() };
    html(StatusCode::OK).body(pages::report(&form, locale(&request), &context(&app, &request)))
}

#[derive(Deserialize)]
struct Reported {
    #[serde(default)]
    code: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    contact: String,
}

/// Takes a report; what was typed stays in the form where something is missing.
pub async fn take(
    app: State,
    throttle: Data<Throttle>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    if !same_site(&request) {
        return Err(Problem::new("forbidden"));
    }
    let form = timely(Form::<Reported>::from_request(&request, &mut payload.into_inner())).await?;
    let form =
        form.map_err(|_| Problem::new("bad-header").at("body", "").expected("application/x-www-form-urlencoded"))?;
    let language = locale(&request);
    let Reported { code, kind, text, contact } = form.into_inner();
    let mut form = ReportForm { code, kind: ReportKind::parse(&kind), text, contact, error: None };
    form.error = reports::check(&form);
    if form.error.is_some() {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(html(status).body(pages::report(&form, language, &context(&app, &request))));
    }
    if !throttle.admits(app.now(), source::network(&app, &request)) {
        return Err(Problem { retry_after_seconds: Some(60), ..Problem::new("too-many-requests") });
    }
    let code = form.code.clone();
    let number = blocking(&app, move |app| reports::take(app, &form)).await?;
    let back = code.starts_with("/01/").then_some(code.as_str());
    Ok(html(StatusCode::OK).body(pages::thanks(Some(&number), back, language, &context(&app, &request))))
}

/// A form of another site is refused; old browsers send neither header and are let through, there is no session to abuse.
fn same_site(request: &HttpRequest) -> bool {
    let site = request.headers().get("sec-fetch-site").and_then(|value| value.to_str().ok());
    site.is_none_or(|site| matches!(site, "same-origin" | "none"))
}
