//! What was scanned or typed of a label leads to the page of the batch, where it is one's own, else to what everybody sees.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use askama::Template;

use super::page::{self, Asked};
use super::read::Typed;
use super::shell::Shell;
use crate::app::{App, AppError, desk};
use crate::domain::gs1::{LookedUp, lookup};
use crate::domain::record::SubjectKind;
use crate::http::extract::State;
use crate::web::map::{Map, Who};
use crate::web::people::escaped;
use crate::web::words::Words;

pub fn configure(map: &mut Map<'_>) {
    map.get("/console/scan", Who::May("page.scan"), show);
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
        let page = |shell: &Shell| page::render(&ScanPage { s: shell, w: &shell.w });
        return page::answer(&app, asked, move |_, shell| Ok((StatusCode::OK, page(shell)))).await;
    }
    match page::look(&app, &asked, move |app, shell| leads_to(app, shell, &text)).await {
        Ok(to) => HttpResponse::SeeOther().insert_header((LOCATION, to)).finish(),
        Err(problem) => actix_web::ResponseError::error_response(&problem),
    }
}

fn leads_to(app: &App, shell: &Shell, text: &str) -> Result<String, AppError> {
    let found = desk::search(app, shell.caller, text)?;
    let is_own = |hit: &desk::Hit| hit.known.entity.home() == shell.caller.organisation;
    let own = found.into_iter().find(|hit| hit.known.subject.kind == SubjectKind::Batch && is_own(hit));
    Ok(match (own, lookup(text)) {
        (Some(hit), _) => format!("/console/batches/{}", hit.known.subject.handle),
        (None, Ok(LookedUp::Link(link))) => link.path(),
        _ => format!("/console/search?q={}", escaped(text)),
    })
}
