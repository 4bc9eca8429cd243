//! How the service is: what `/readyz` says, the log, the nightly look, in sentences.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use crate::app::{App, AppError, readiness};
use crate::http::extract::State;
use crate::i18n::format;
use crate::web::console::page::{self, Asked};
use crate::web::console::shell::Shell;
use crate::web::map::{Map, Who};
use crate::web::words::Words;

pub fn configure(map: &mut Map<'_>) {
    map.get("/console/health", Who::May("page.health"), show);
}

/// One thing that is looked at.
struct Line {
    tone: &'static str,
    what: String,
    how: String,
}

#[derive(Template)]
#[template(path = "console/health.html")]
struct HealthPage<'a> {
    s: &'a Shell,
    w: &'a Words,
    lines: Vec<Line>,
    /// What `/readyz` says of standbys, replica and witnesses, as it stands there.
    detail: String,
}

async fn show(app: State, asked: Asked) -> HttpResponse {
    page::answer(&app, asked, |app, shell| {
        let w = &shell.w;
        let (ready, detail) = readiness(app, w);
        let mut lines = vec![ready];
        lines.extend(log(app, w));
        lines.push(records(app, w)?);
        Ok((StatusCode::OK, page::render(&HealthPage { s: shell, w, lines, detail })))
    })
    .await
}

fn readiness(app: &App, w: &Words) -> (Line, String) {
    let what = w.t("health-ready");
    match readiness::check(app) {
        Ok(detail) => (Line { tone: "ok", what, how: w.t("health-ready-yes") }, detail),
        Err(error) => (Line { tone: "stop", what, how: w.t("health-ready-no") }, format!("{error}\n")),
    }
}

/// Where the log is published, up to where, and whether it was found whole in the last night.
fn log(app: &App, w: &Words) -> Vec<Line> {
    let what = w.t("health-log");
    let Some(log) = &app.log else {
        return vec![Line { tone: "attention", what, how: w.t("health-log-none") }];
    };
    let published = log.published().tree.size;
    let tone = if log.stopped().is_some() { "stop" } else { "ok" };
    let mut lines =
        vec![Line { tone, what, how: w.t2("health-log-size", "n", published, "origin", log.keys().origin()) }];
    let what = w.t("health-night");
    lines.push(match log.last_look().get() {
        None => Line { tone: "unknown", what, how: w.t("health-night-none") },
        Some(looked) => {
            let at = format::instant(&looked.at.to_string());
            match looked.damage {
                None => Line { tone: "ok", what, how: w.t2("health-night-good", "n", looked.records, "at", at) },
                Some(damage) => Line { tone: "stop", what, how: w.t2("health-night-bad", "at", at, "damage", damage) },
            }
        }
    });
    lines
}

fn records(app: &App, w: &Words) -> Result<Line, AppError> {
    let size = app.store.tree()?.size;
    Ok(Line { tone: "ok", what: w.t("health-records"), how: w.t1("records-count", "n", size) })
}
