//! Forms in which somebody types: what stands in them comes back where the session ended meanwhile, or the password has to be given
//! again first. It is handed on by hidden fields of the page between, without script, and stored nowhere; passwords and codes never.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::web;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, HttpResponse};
use serde::de::DeserializeOwned;

use super::account;
use super::form::{Sent, is_surely_ours, unreadable};
use super::person::Person;
use crate::app::App;
use crate::http::extract::locale;
use crate::http::problem::Problem;

/// Names and values, as they were sent.
pub type Pairs = Vec<(String, String)>;

/// Says that a form was filled by what was handed on: it is shown, and nothing is done.
pub const HANDED_ON: &str = "handed_on";

/// What a form carries that is of no use later, and the password that was given between. Forms that ask for passwords, codes or secrets
/// of their own are no [`TypedForm`].
const NEVER: &[&str] = &["csrf", "more", "then", HANDED_ON, "password"];

/// A person with the fields of a form he typed into.
pub struct TypedForm<Fields> {
    pub person: Person,
    pub fields: Fields,
    /// The form comes from the page between: whoever takes it shows it, filled, and does nothing. Only so may it have come without
    /// the token of this session.
    pub is_handed_on: bool,
    pub typed: HandedOn,
}

/// What was typed, to be kept by the next page.
#[derive(Debug, Clone)]
pub struct HandedOn {
    pub path: String,
    pub pairs: Pairs,
}

impl HandedOn {
    pub fn new(path: String, mut pairs: Pairs) -> Self {
        pairs.retain(|(name, _)| !NEVER.contains(&name.as_str()));
        Self { path, pairs }
    }

    fn is_empty(&self) -> bool {
        self.pairs.iter().all(|(_, value)| value.is_empty())
    }

    /// Asks for the password and brings back what was typed; `None` where it was given of late. `here` is the page of the form.
    pub fn proves_again(
        &self,
        app: &App,
        request: &HttpRequest,
        person: &Person,
        operation: &'static str,
        here: &str,
    ) -> Result<Option<HttpResponse>, Problem> {
        let away = person.proves_again(app, operation, here)?;
        if away.is_none() || self.is_empty() {
            return Ok(away);
        }
        Ok(Some(account::ask_between(app, person, locale(request), self.clone())))
    }
}

impl<Fields: DeserializeOwned + 'static> FromRequest for TypedForm<Fields> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), web::Payload::from_request(request, payload));
        Box::pin(async move {
            let person = Person::extract(&request).await;
            let sent = Sent::of(&request, payload.await.map_err(|_| unreadable())?);
            match person {
                Ok(person) => of_person(&request, person, sent.await?),
                Err(problem) => {
                    if is_kept(&request, &problem) {
                        keep(&request, sent.await?.fields()?);
                    }
                    Err(problem)
                }
            }
        })
    }
}

fn of_person<Fields: DeserializeOwned>(
    request: &HttpRequest,
    person: Person,
    sent: Sent,
) -> Result<TypedForm<Fields>, Problem> {
    let pairs: Pairs = sent.fields()?;
    let is_handed_on = pairs.iter().any(|(name, _)| name == HANDED_ON);
    // It was sent with the token of a session that has ended, or with none.
    let fields = match is_handed_on && is_surely_ours(request) {
        true => sent.fields()?,
        false => sent.checked(&person.csrf)?,
    };
    Ok(TypedForm { person, fields, is_handed_on, typed: HandedOn::new(request.path().to_owned(), pairs) })
}

/// Whether what was sent is kept for the page that says this: that one has to log in first.
pub fn is_kept(request: &HttpRequest, problem: &Problem) -> bool {
    problem.slug == "log-in-first" && is_surely_ours(request)
}

pub fn keep(request: &HttpRequest, sent: Pairs) {
    let kept = HandedOn::new(request.path().to_owned(), sent);
    if !kept.is_empty() {
        request.extensions_mut().insert(kept);
    }
}

/// What was kept of a form that nobody could send.
pub fn kept(request: &HttpRequest) -> Option<HandedOn> {
    request.extensions_mut().remove()
}
