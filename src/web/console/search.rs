//! What the search box found.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use askama::Template;

use super::page::{self, Asked};
use super::read::Typed;
use super::shell::Shell;
use crate::app::desk::{self, Hit};
use crate::domain::entities::Entity;
use crate::domain::gs1::DigitalLink;
use crate::domain::record::Role;
use crate::http::extract::State;
use crate::web::words::Words;

struct Found {
    kind: String,
    text: String,
    sub: String,
    href: Option<String>,
}

#[derive(Template)]
#[template(path = "console/search.html")]
struct SearchPage<'a> {
    s: &'a Shell,
    w: &'a Words,
    found: Vec<Found>,
}

pub async fn show(app: State, asked: Asked) -> HttpResponse {
    let typed = Typed::asked(&asked.query).get("q").unwrap_or_default();
    let typed: String = typed.trim().chars().take(200).collect();
    let looked = page::look(&app, &asked, {
        let typed = typed.clone();
        move |app, shell| {
            Ok(desk::search(app, shell.caller, &typed)?.iter().map(|hit| found(shell, hit)).collect::<Vec<_>>())
        }
    });
    let found = match looked.await {
        Ok(found) => found,
        Err(problem) => return actix_web::ResponseError::error_response(&problem),
    };
    // One thing is opened at once, where it has a page among these: a page for everybody has no way back.
    if let [Found { href: Some(only), .. }] = found.as_slice()
        && only.starts_with("/console/")
    {
        return HttpResponse::SeeOther().insert_header((LOCATION, only.as_str())).finish();
    }
    page::answer(&app, asked, move |_, shell| {
        let shell = Shell { query: typed, ..shell.clone() };
        Ok((StatusCode::OK, page::render(&SearchPage { s: &shell, w: &shell.w, found })))
    })
    .await
}

fn found(shell: &Shell, hit: &Hit) -> Found {
    let w = &shell.w;
    let id = hit.known.subject.handle;
    let kind = w.t(&format!("subject-{}", hit.known.subject.kind.as_str()));
    let say = |text: String, sub: String, href: Option<String>| Found { kind: kind.clone(), text, sub, href };
    match &hit.known.entity {
        Entity::Batch(batch) => {
            if batch.home == shell.caller.organisation {
                let stage = w.t(&format!("stage-{}", batch.stage.as_str()));
                say(batch.lot.to_string(), stage, Some(format!("/console/batches/{id}")))
            } else {
                let public = DigitalLink::lot(batch.gtin, batch.lot.clone()).path();
                say(batch.lot.to_string(), w.t("search-public"), Some(public))
            }
        }
        Entity::Plot(plot) => {
            say(plot.code.clone(), shell.name(&plot.crop).to_owned(), Some(format!("/console/plots/{id}")))
        }
        Entity::Product(product) => {
            let own = product.home == shell.caller.organisation && shell.caller.role == Role::Cooperative;
            let href =
                if own { format!("/console/batches?gtin={}", product.gtin) } else { format!("/01/{}", product.gtin) };
            say(shell.name(&product.name).to_owned(), product.gtin.to_string(), Some(href))
        }
        Entity::Organisation(it) => {
            let name = it.name.as_ref().map(|name| shell.name(name).to_owned()).unwrap_or_default();
            let place = it.place.as_ref().map(|place| shell.name(place).to_owned()).unwrap_or_default();
            say(name, place, Some(format!("/producers/{id}")))
        }
        Entity::Sample(sample) => {
            let own = sample.home == shell.caller.organisation;
            let href = if own { format!("/console/batches/{}", sample.batch) } else { "/console/samples".to_owned() };
            say(sample.code.clone(), sample.report_no.clone().unwrap_or_default(), Some(href))
        }
        Entity::Licence(it) => {
            say(it.number.clone(), shell.name(&it.mark_name).to_owned(), Some(format!("/console/licences/{id}")))
        }
        Entity::Site(site) => say(site.code.clone(), shell.name(&site.name).to_owned(), None),
        _ => say(id.to_string(), String::new(), None),
    }
}
