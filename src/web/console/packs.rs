//! Audit packs from a page: of the own organisation, of a licence, and for a regulator of any organisation. Those of a single batch
//! stand on its public page.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;

use super::kit::Choice;
use super::page::{self, Asked};
use super::read::Typed;
use super::shell::Shell;
use crate::app::audit_pack::{self, Period};
use crate::app::{App, AppError, desk, subjects};
use crate::domain::entities::Entity;
use crate::domain::record::{Handle, SubjectKind};
use crate::http::extract::State;
use crate::http::problem::Problem;
use crate::http::streamed::{Makers, for_admitted};
use crate::web::map::{Map, Who};
use crate::web::words::Words;

/// Of licences and of organisations the newest stand to choose from.
const OFFERED: u32 = 500;

pub fn configure(map: &mut Map<'_>) {
    let who = Who::May("audit_pack.read");
    map.get("/console/audit-packs", who, show).get("/console/audit-packs/download", who, download);
}

#[derive(Template)]
#[template(path = "console/packs.html")]
struct PacksPage<'a> {
    s: &'a Shell,
    w: &'a Words,
    choices: Vec<Choice>,
    chosen: String,
}

async fn show(app: State, asked: Asked) -> HttpResponse {
    let chosen = Typed::asked(&asked.query).get("of").unwrap_or_default();
    page::answer(&app, asked, move |app, shell| {
        let choices = choices(app, shell)?;
        Ok((StatusCode::OK, page::render(&PacksPage { s: shell, w: &shell.w, choices, chosen })))
    })
    .await
}

fn choices(app: &App, shell: &Shell) -> Result<Vec<Choice>, AppError> {
    let own = shell.caller.organisation;
    let mut choices = vec![Choice::new(format!("organisation:{own}"), shell.w.t("packs-own"))];
    for known in subjects::list(app, shell.caller, SubjectKind::Licence, None, OFFERED)?.items {
        if let Entity::Licence(it) = &known.entity {
            let label = format!("{} {}", shell.name(&it.mark_name), it.number);
            choices.push(Choice::new(format!("licence:{}", known.subject.handle), label));
        }
    }
    if shell.may("foreign_audit_pack.read") {
        let others = desk::organisations_named(app, OFFERED)?.into_iter().filter(|(handle, _)| *handle != own);
        choices.extend(others.map(|(handle, name)| Choice::new(format!("organisation:{handle}"), shell.name(&name))));
    }
    Ok(choices)
}

async fn download(app: State, asked: Asked, makers: Data<Makers>) -> Result<HttpResponse, Problem> {
    let (typed, caller) = (Typed::asked(&asked.query), asked.person.actor);
    let day = |name: &str| match typed.get(name).filter(|text| !text.is_empty()) {
        Some(text) => text.parse().map(Some).map_err(|invalid| Problem::invalid(name, &invalid)),
        None => Ok(None),
    };
    let period = Period { from: day("from")?, to: day("to")? };
    let of = typed.get("of").unwrap_or_default();
    let missing = || Problem::new("not-found").at("of", &of);
    let (kind, handle) = of.split_once(':').ok_or_else(missing)?;
    let handle: Handle = handle.parse().map_err(|_| missing())?;
    match kind {
        "licence" => {
            for_admitted(app, &makers, handle, move |app| audit_pack::of_licence(app, caller, handle, period)).await
        }
        "organisation" => {
            for_admitted(app, &makers, handle, move |app| audit_pack::of_organisation(app, caller, handle, period))
                .await
        }
        _ => Err(missing()),
    }
}
