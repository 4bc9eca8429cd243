//! The answers to a script that sends a form: where to go when it is recorded, or what is wrong at which field. The same outcomes
//! as the pages tell, for a form that was filled where there was no network.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::CACHE_CONTROL;
use serde::Serialize;

use crate::app::{App, Receipt};
use crate::domain::acts::Head;
use crate::domain::record::{Digest, Handle};
use crate::web::console::kit::Form;

/// It is recorded.
#[derive(Serialize)]
struct Done<'a> {
    location: &'a str,
    /// The newest record of what the form was about, for the next form about it that was filled meanwhile.
    head: Option<Digest>,
    seq: Option<u64>,
}

/// It is refused.
#[derive(Serialize)]
pub struct Again<'a> {
    /// Id of the field, where it is one, and the sentence.
    errors: &'a [(Option<String>, String)],
    /// What others recorded since the form was opened.
    meanwhile: &'a [String],
    head: Option<Digest>,
    seq: Option<u64>,
}

impl<'a> Again<'a> {
    pub fn of(form: &'a Form) -> Self {
        let Form { errors, meanwhile, seen, .. } = form;
        Self { errors, meanwhile, head: seen.map(|Head { hash, .. }| hash), seq: seen.map(|Head { seq, .. }| seq) }
    }

    pub fn sentence(errors: &'a [(Option<String>, String)]) -> Self {
        Self { errors, meanwhile: &[], head: None, seq: None }
    }

    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

pub fn done(location: &str, receipt: &Receipt, about: Option<Handle>) -> HttpResponse {
    let last = about.and_then(|id| receipt.records.iter().rfind(|record| record.subject.handle == id));
    let done = Done { location, head: last.map(|record| record.hash), seq: last.map(|record| record.seq) };
    json(StatusCode::OK, serde_json::to_string(&done).unwrap_or_default())
}

pub fn json(status: StatusCode, text: String) -> HttpResponse {
    HttpResponse::build(status).insert_header((CACHE_CONTROL, "no-store")).content_type("application/json").body(text)
}

/// By which a form that is sent twice is known again.
pub fn new_key(app: &App) -> String {
    let mut bytes = [0; 16];
    app.random.fill(&mut bytes);
    Handle::from_bytes(bytes).to_string()
}
