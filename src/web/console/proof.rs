//! Acts that are dear to take back ask for the password again, before the form is shown and again where it was open for long. What
//! was typed comes back with the form.

use actix_web::HttpResponse;
use actix_web::web::Query;

use super::lists::encoded;
use super::page::Asked;
use crate::app::App;
use crate::auth::policy;
use crate::web::people::typed::{HandedOn, Pairs};
use crate::web::people::{ask_between, escaped, see_other};

/// Bytes of an address to come back to, which `local` takes.
const LONGEST: usize = 500;

/// Before a form is shown: what a link brought along comes back.
pub fn before(app: &App, asked: &Asked, operation: &'static str) -> Option<HttpResponse> {
    if !is_due(app, asked, operation) {
        return None;
    }
    let brought = Query::<Vec<(String, String)>>::from_query(&asked.query).map(Query::into_inner).unwrap_or_default();
    let kept = brought.iter().filter(|(_, value)| !value.is_empty());
    let pairs: Vec<String> = kept.map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    let whole = format!("{}?{}", asked.path, pairs.join("&"));
    let back = if pairs.is_empty() || whole.len() > LONGEST { asked.path.clone() } else { whole };
    Some(see_other(&format!("/console/prove?then={}", escaped(&back))))
}

/// When a form is sent: its fields wait on the page that asks. What a script sent is asked for as a page too.
pub fn between(app: &App, asked: &Asked, operation: &'static str, pairs: &Pairs) -> Option<HttpResponse> {
    let waits = || HandedOn::new(asked.path.clone(), pairs.clone());
    is_due(app, asked, operation).then(|| ask_between(app, &asked.person, asked.locale, waits()))
}

/// Nobody is asked who may not do it at all.
fn is_due(app: &App, asked: &Asked, operation: &'static str) -> bool {
    let due = policy::asks_again(operation) && asked.person.may(operation);
    due && !asked.person.present.is_proven(app.now())
}
