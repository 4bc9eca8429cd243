//! Who is there: the extractor of every page for people.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest, HttpResponse};

use super::{cookies, see_other};
use crate::app::people::Step;
use crate::app::people::sessions::{self, Present};
use crate::app::{App, AppError, Caller};
use crate::auth::session::{FormToken, Secret};
use crate::domain::kinds::Name;
use crate::domain::people::{MemberId, MemberKind};
use crate::domain::record::Role;
use crate::http::extract::{State, blocking};
use crate::http::problem::Problem;
use crate::web::map::Who;

/// A member of an organisation who is logged in and has nothing left to show. Without one, a page that is looked at sends to
/// `/login?then=…`, and a form is answered 401.
#[derive(Debug, Clone)]
pub struct Person {
    /// For use cases: his organisation with its role, and he in it. The same rules judge it that judge callers of the REST API.
    pub actor: Caller,
    pub member: MemberId,
    pub kind: MemberKind,
    pub name: String,
    pub organisation: Name,
    /// His house deals in what others grow.
    pub is_trader: bool,
    /// `{{ person.csrf }}` in the hidden field `csrf` of every form.
    pub csrf: FormToken,
    pub present: Present,
}

impl Person {
    pub fn role(&self) -> Role {
        self.actor.role
    }

    /// Whether he may do this at all: for leaving out what would be refused.
    pub fn may(&self, operation: &'static str) -> bool {
        self.actor.may(operation).is_ok()
    }

    /// Refuses what he may not do.
    pub fn must(&self, operation: &'static str) -> Result<(), AppError> {
        self.actor.may(operation)
    }

    /// Refuses what he may not do; where his password is asked for again first, answers the way there and back to `here`.
    pub fn proves_again(
        &self,
        app: &App,
        operation: &'static str,
        here: &str,
    ) -> Result<Option<HttpResponse>, AppError> {
        self.must(operation)?;
        Ok((!self.present.is_proven(app.now())).then(|| see_other(&format!("/console/prove?then={here}"))))
    }

    /// Whoever is there, whether he may have this page or not.
    pub async fn not_judged(request: &HttpRequest) -> Result<Self, Problem> {
        let arrived = Arrived::of(request).await?;
        match arrived.0.step {
            Step::Whole => Ok(Self::of(arrived.0, arrived.1)),
            half => Err(Problem::new("log-in-first").at("step", half.as_str())),
        }
    }

    fn of(present: Present, secret: Secret) -> Self {
        Self {
            actor: present.caller(),
            member: present.member.id,
            kind: present.member.kind,
            name: present.member.name.to_string(),
            organisation: present.organisation.clone(),
            is_trader: present.is_trader,
            csrf: secret.form_token(),
            present,
        }
    }
}

impl FromRequest for Person {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let person = Self::not_judged(&request).await?;
            needs(&request).map_or(Ok(()), |operation| person.must(operation))?;
            Ok(person)
        })
    }
}

/// What the map of pages says that one has to be allowed to do here.
pub fn needs(request: &HttpRequest) -> Option<&'static str> {
    match request.app_data::<Who>() {
        Some(Who::May(operation)) => Some(operation),
        _ => None,
    }
}

/// Somebody whose password was right, whatever he has still to show.
pub struct Arrived(pub Present, pub Secret);

impl Arrived {
    /// `log-in-first` where nobody is.
    pub async fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let nobody = || Problem::new("log-in-first");
        let app: State = request.app_data::<Data<App>>().cloned().ok_or_else(|| Problem::new("internal"))?;
        let secret = cookies::session(&app, request).ok_or_else(nobody)?;
        let hash = secret.hash();
        let present = blocking(&app, move |app| sessions::find(app, hash)).await?.ok_or_else(nobody)?;
        Ok(Self(present, secret))
    }
}
