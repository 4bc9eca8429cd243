//! What somebody sent by a form of ours: checked that it is ours before its fields are looked at.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::web::{self, Data};
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;

use super::person::{Arrived, Person};
use crate::app::App;
use crate::auth::session::FormToken;
use crate::http::extract::{timely, whole_body};
use crate::http::problem::Problem;

/// Bytes of a form at most.
const MOST: usize = 256 * 1024;

/// A person with the fields of a form he sent. `Fields` names them, all as text where a wrong value should be shown again; or is a
/// `Vec<(String, String)>`, for forms whose fields repeat.
pub struct Form<Fields> {
    pub person: Person,
    pub fields: Fields,
}

impl<Fields: DeserializeOwned + 'static> FromRequest for Form<Fields> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), web::Payload::from_request(request, payload));
        Box::pin(async move {
            let person = Person::extract(&request).await?;
            let fields = Sent::of(&request, payload.await.map_err(|_| unreadable())?).await?.checked(&person.csrf)?;
            Ok(Self { person, fields })
        })
    }
}

/// The same for somebody who has still something to show.
pub struct ArrivedForm<Fields> {
    pub arrived: Arrived,
    pub fields: Fields,
}

impl<Fields: DeserializeOwned + 'static> FromRequest for ArrivedForm<Fields> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), web::Payload::from_request(request, payload));
        Box::pin(async move {
            let arrived = Arrived::of(&request).await?;
            let sent = Sent::of(&request, payload.await.map_err(|_| unreadable())?).await?;
            Ok(Self { fields: sent.checked(&arrived.1.form_token())?, arrived })
        })
    }
}

/// A form's body, not looked at yet.
pub struct Sent(Vec<u8>);

impl Sent {
    /// Refuses what another site sent, whatever it says.
    pub async fn of(request: &HttpRequest, payload: web::Payload) -> Result<Self, Problem> {
        if !is_ours(request) {
            return Err(Problem::new("form-expired"));
        }
        timely(whole_body(payload, MOST)).await?.map(Self)
    }

    /// The fields, if the form carries this token.
    pub fn checked<Fields: DeserializeOwned>(&self, token: &FormToken) -> Result<Fields, Problem> {
        let pairs: Vec<(String, String)> = self.fields()?;
        let sent = pairs.iter().find(|(name, _)| name == "csrf").map(|(_, value)| value.as_str());
        if !sent.is_some_and(|sent| token.is(sent)) {
            return Err(Problem::new("form-expired"));
        }
        self.fields()
    }

    /// The fields, whoever filled them: for showing them again, never for doing what they say.
    pub fn fields<Fields: DeserializeOwned>(&self) -> Result<Fields, Problem> {
        let text = std::str::from_utf8(&self.0).map_err(|_| unreadable())?;
        Ok(web::Query::<Fields>::from_query(text).map_err(|_| unreadable())?.into_inner())
    }
}

pub fn unreadable() -> Problem {
    Problem::new("bad-header").at("body", "").expected("application/x-www-form-urlencoded")
}

/// Whether a form may be of this site, as far as the browser says where it comes from. Browsers say so over https; over plain
/// HTTP the origin has to be this host, where it is told.
pub fn is_ours(request: &HttpRequest) -> bool {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = header("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    match header("origin") {
        // Pages that keep their address to themselves say `null`; the token judges them.
        None | Some("null") => true,
        Some(origin) => {
            let host = origin.split_once("://").map_or(origin, |(_, host)| host);
            let ours = request.app_data::<Data<App>>().map(|app| app.public_url.clone()).unwrap_or_default();
            origin == ours || Some(host) == header("host")
        }
    }
}

/// Whether the browser says that a page of ours sent this: what is asked where no token can say it.
pub fn is_surely_ours(request: &HttpRequest) -> bool {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let says = match header("sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => header("origin").is_some_and(|origin| origin != "null"),
    };
    says && is_ours(request)
}
