//! What a phone takes along to where there is no network: the forms of the orchard with what they offer, the page of what is still
//! to be sent, and the ticket by which a script sends it. A form that is kept is the very page that is shown with a network.

use std::io::Write as _;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_ENCODING};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Serialize;

use super::forms::{batches, choices, farm};
use super::page::{self, Asked, SECURITY_POLICY};
use super::sheet::{self, Desk, data};
use super::shell::Shell;
use crate::app::desk::Names;
use crate::app::{App, AppError, BatchFilter, subjects};
use crate::domain::entities::{BatchStage, Entity};
use crate::domain::record::{Handle, SubjectKind};
use crate::http::extract::State;
use crate::http::problem::Problem;
use crate::web::map::{Map, Who};
use crate::web::routes::accepts_gzip;
use crate::web::words::Words;

/// Its page, in the table of pages too.
const HREF: &str = "/console/pending";

/// The newest plots, and the newest batches of each stage with something left: what a phone keeps forms for.
const PLOTS: u32 = 60;
const BATCHES: u32 = 30;

pub fn configure(map: &mut Map<'_>) {
    let who = Who::May("page.pending");
    map.get(HREF, who, pending).get("/console/kept", who, kept);
    // Everybody who works here logs out by it.
    map.get("/console/ticket", Who::May("page.home"), ticket);
}

/// A plot or a batch with the forms that a phone keeps for it.
struct Place {
    handle: Handle,
    name: String,
    sub: String,
}

#[derive(Template)]
#[template(path = "console/pending.html")]
struct PendingPage<'a> {
    s: &'a Shell,
    w: &'a Words,
    plots: &'a [Place],
    batches: &'a [Place],
    is_secure: bool,
}

async fn pending(app: State, asked: Asked) -> HttpResponse {
    page::answer(&app, asked, |app, shell| {
        let (plots, batches) = (plots(app, shell)?, open_batches(app, shell)?);
        Ok((StatusCode::OK, pending_page(app, shell, &plots, &batches)))
    })
    .await
}

fn pending_page(app: &App, shell: &Shell, plots: &[Place], batches: &[Place]) -> String {
    let local = ["http://127.0.0.1", "http://localhost"].iter().any(|host| app.public_url.starts_with(host));
    let is_secure = local || app.is_secure();
    page::render(&PendingPage { s: shell, w: &shell.w, plots, batches, is_secure })
}

fn plots(app: &App, shell: &Shell) -> Result<Vec<Place>, AppError> {
    let newest = subjects::list(app, shell.caller, SubjectKind::Plot, None, PLOTS)?.items;
    let place = |known: crate::domain::acts::Known| match known.entity {
        Entity::Plot(plot) => {
            Some(Place { handle: known.subject.handle, sub: shell.name(&plot.crop).to_owned(), name: plot.code })
        }
        _ => None,
    };
    Ok(newest.into_iter().filter_map(place).collect())
}

/// What can be processed or graded.
fn open_batches(app: &App, shell: &Shell) -> Result<Vec<Place>, AppError> {
    let mut open = Vec::new();
    for stage in [BatchStage::Open, BatchStage::Graded] {
        let filter = BatchFilter { stage: Some(stage), ..BatchFilter::default() };
        open.extend(app.store.batches(shell.caller.organisation, &filter, None, BATCHES)?.items);
    }
    let named = open.iter().filter_map(|known| match &known.entity {
        Entity::Batch(batch) => Some(batch.product),
        _ => None,
    });
    let names = Names::of(app, shell.caller, named)?;
    let desk = Desk { app, shell, subject: None };
    let place = |known: &crate::domain::acts::Known| match &known.entity {
        Entity::Batch(batch) if batch.rest() > 0 && batch.net_g.is_none() && !batch.is_closed() => {
            let product = names.product(batch.product).map(|it| shell.name(&it.name).to_owned());
            let grade = batch.grade.as_ref().map(ToString::to_string);
            let rest = Some(choices::shown(&desk, batch.rest(), batch.unit));
            let sub: Vec<String> = [product, grade, rest].into_iter().flatten().collect();
            Some(Place { handle: known.subject.handle, name: batch.lot.to_string(), sub: sub.join(" · ") })
        }
        _ => None,
    };
    Ok(open.iter().filter_map(place).collect())
}

/// Pages for one member's phone.
#[derive(Serialize)]
struct Kept {
    who: String,
    at: String,
    /// The policy that each of them has to be shown with.
    policy: &'static str,
    /// Addresses and pages.
    pages: Vec<(String, String)>,
}

async fn kept(app: State, request: HttpRequest, asked: Asked) -> HttpResponse {
    let gzip = accepts_gzip(&request);
    let made = page::look(&app, &asked, move |app, shell| {
        let text = serde_json::to_vec(&all_kept(app, shell)?).unwrap_or_default();
        Ok(if gzip { zipped(&text) } else { text })
    });
    match made.await {
        Ok(bytes) => {
            let mut response = HttpResponse::Ok();
            response.insert_header((CACHE_CONTROL, "no-store")).content_type("application/json");
            if gzip {
                response.insert_header((CONTENT_ENCODING, "gzip"));
            }
            response.body(bytes)
        }
        Err(problem) => actix_web::ResponseError::error_response(&problem),
    }
}

fn all_kept(app: &App, shell: &Shell) -> Result<Kept, AppError> {
    let at = app.now().to_string();
    // Nothing of the session: who sends it shows a ticket then.
    let shell = Shell { csrf: String::new(), kept: Some(at.clone()), ..shell.clone() };
    let (plots, open) = (plots(app, &shell)?, open_batches(app, &shell)?);
    let mut pages = Vec::new();
    if shell.may("plot.register") {
        pages.push(sheet::kept::<farm::NewPlot>(app, &shell, None)?);
    }
    if shell.may("batch.open") {
        pages.push(sheet::kept::<batches::Harvest>(app, &shell, None)?);
    }
    for plot in plots.iter().filter(|_| shell.may("plot.treat")) {
        pages.push(sheet::kept::<farm::Treatment>(app, &shell, Some(plot.handle))?);
    }
    for batch in &open {
        if shell.may("batch.process") {
            pages.push(sheet::kept::<batches::Processing>(app, &shell, Some(batch.handle))?);
        }
        if shell.may("batch.grade") {
            pages.push(sheet::kept::<batches::Grading>(app, &shell, Some(batch.handle))?);
        }
    }
    let here = Shell { path: HREF.to_owned(), here: HREF.to_owned(), ..shell.clone() };
    pages.push((HREF.to_owned(), pending_page(app, &here, &plots, &open)));
    Ok(Kept { who: shell.who, at, policy: SECURITY_POLICY, pages })
}

/// A hundred pages that differ in a few words: a tenth of them travels.
fn zipped(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    // Writing to memory does not fail.
    encoder.write_all(text).and_then(|()| encoder.finish()).unwrap_or_default()
}

/// By which a script sends what was filled in before, perhaps in an earlier session.
#[derive(Serialize)]
struct Ticket {
    who: String,
    csrf: String,
    /// The server's clock: that of a phone may be wrong.
    now: String,
}

async fn ticket(app: State, asked: Asked) -> Result<HttpResponse, Problem> {
    let ticket = page::look(&app, &asked, |app, shell| {
        Ok(Ticket { who: shell.who.clone(), csrf: shell.csrf.clone(), now: app.now().to_string() })
    });
    let text = serde_json::to_string(&ticket.await?).unwrap_or_default();
    Ok(data::json(StatusCode::OK, text))
}
