//! Acts that are dear to take back ask for the password again, before the form is shown and again where it was open for long. What
//! was typed comes back with the form.

use actix_web::HttpResponse;
use actix_web::web::Query;

use super::lists::encoded;
use super::page::Asked;
use crate::app::App;
use crate::auth::policy;
use crate::web::people::{escaped, see_other};

/// Bytes of an address to come back to, which `local` takes.
const LONGEST: usize = 500;

/// Before a form is shown: what a link brought along comes back.
pub fn before(app: &App, asked: &Asked, operation: &'static str) -> Option<HttpResponse> {
    let brought = Query::<Vec<(String, String)>>::from_query(&asked.query).map(Query::into_inner);
    ask(app, asked, operation, &brought.unwrap_or_default())
}

/// Where whoever has to give his password first is sent; nobody who may not do it at all.
pub fn ask(app: &App, asked: &Asked, operation: &'static str, typed: &[(String, String)]) -> Option<HttpResponse> {
    let due = policy::asks_again(operation) && asked.person.may(operation);
    if !due || asked.person.present.is_proven(app.now()) {
        return None;
    }
    let kept = typed.iter().filter(|(name, value)| !OF_THE_FORM.contains(&name.as_str()) && !value.is_empty());
    let pairs: Vec<String> = kept.map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    let whole = format!("{}?{}", asked.path, pairs.join("&"));
    let back = if pairs.is_empty() || whole.len() > LONGEST { asked.path.clone() } else { whole };
    Some(see_other(&format!("/console/prove?then={}", escaped(&back))))
}

/// What a form carries of its own; it gets new ones.
const OF_THE_FORM: &[&str] = &["csrf", "key", "head", "seq", "more"];
