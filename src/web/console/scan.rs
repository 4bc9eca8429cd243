//! What was scanned or typed of a label leads to the page of the batch, where it is one's own, else to what everybody sees.

use actix_web::HttpResponse;
use actix_web::http::header::LOCATION;
use actix_web::web::{self, ServiceConfig};
use askama::Template;

use super::nav;
use super::page::{self, Asked};
use super::read::Typed;
use super::shell::Shell;
use crate::app::{App, AppError, desk};
use crate::domain::gs1::{LookedUp, lookup};
use crate::domain::record::SubjectKind;
use crate::http::extract::State;
use crate::web::people::escaped;
use crate::web::words::Words;

const HREF: &str = "/console/scan";

pub fn configure(config: &mut ServiceConfig) {
    config.route(HREF, web::get().to(show));
}

#[derive(Template)]
#[template(path = "console/scan.html")]
struct ScanPage<'a> {
    s: &'a Shell,
    w: &'a Words,
}

async fn show(app: State, asked: Asked) -> HttpResponse {
    let text: String = Typed::asked(&asked.query).get("q").unwrap_or_default().trim().chars().take(500).collect();
    if text.is_empty() {
        return page::listed(&app, asked, HREF, |_, shell| Ok(page::render(&ScanPage { s: shell, w: &shell.w }))).await;
    }
    match page::look(&app, &asked, move |app, shell| leads_to(app, shell, &text)).await {
        Ok(to) => HttpResponse::SeeOther().insert_header((LOCATION, to)).finish(),
        Err(problem) => actix_web::ResponseError::error_response(&problem),
    }
}

fn leads_to(app: &App, shell: &Shell, text: &str) -> Result<String, AppError> {
    if !nav::has(shell.caller.role, HREF) {
        return Err(AppError::Forbidden { role: shell.caller.role.as_str(), operation: "console" });
    }
    // Of batches the search finds one's own only.
    let found = desk::search(app, shell.caller, text)?;
    let own = found.into_iter().find(|hit| hit.known.subject.kind == SubjectKind::Batch);
    Ok(match (own, lookup(text)) {
        (Some(hit), _) => format!("/console/batches/{}", hit.known.subject.handle),
        (None, Ok(LookedUp::Link(link))) => link.path(),
        _ => format!("/console/search?q={}", escaped(text)),
    })
}
