//! The organisation's own API keys: made, shown once, ended. For managers.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::{Form, Person, Said, own, own_page, see_other};
use crate::app::keys::{self, ApiKey, KeyError, KeyName, MANAGE};
use crate::domain::record::Handle;
use crate::domain::time::CivilDate;
use crate::http::extract::{State, blocking};
use crate::http::problem::Problem;

own_page!(KeysPage, "people/keys.html", HERE, KeysView);

const HERE: &str = "/console/keys";
const PROVE: &str = "/console/prove?then=/console/keys";

struct KeysView {
    person: Person,
    keys: Vec<Line>,
    proven: bool,
    name: String,
    until: String,
    /// A key that was just made; it is not shown again.
    made: Option<String>,
    error: Option<Said>,
}

struct Line {
    id: String,
    name: String,
    since: String,
    /// The last day on which it works.
    until: Option<String>,
    used: Option<String>,
    works: bool,
    is_revoked: bool,
}

#[derive(Default)]
struct Beside {
    name: String,
    until: String,
    made: Option<String>,
    error: Option<Said>,
}

pub async fn page(app: State, request: HttpRequest, person: Person) -> Result<HttpResponse, Problem> {
    show(&app, &request, person, StatusCode::OK, Beside::default()).await
}

async fn show(
    app: &State,
    request: &HttpRequest,
    person: Person,
    status: StatusCode,
    beside: Beside,
) -> Result<HttpResponse, Problem> {
    let caller = person.actor;
    let mut all = blocking(app, move |app| keys::own(app, caller)).await?;
    all.reverse();
    let view = KeysView {
        keys: all.iter().map(|key| line(app, key)).collect(),
        proven: person.present.is_proven(app.now()),
        name: beside.name,
        until: beside.until,
        made: beside.made,
        error: beside.error,
        person,
    };
    Ok(own(request, status, &KeysPage::of(&view, app, request)))
}

fn line(app: &State, key: &ApiKey) -> Line {
    Line {
        id: key.id.to_string(),
        name: key.name.clone(),
        since: key.created_at.to_string(),
        until: key.expires_at.map(|end| end.civil_date(app.utc_offset_minutes).plus_days(-1).to_string()),
        used: key.used_at.map(|used| used.to_string()),
        works: key.revoked_at.is_none() && key.expires_at.is_none_or(|end| end > app.now()),
        is_revoked: key.revoked_at.is_some(),
    }
}

#[derive(Deserialize)]
pub struct Wanted {
    #[serde(default)]
    name: String,
    #[serde(default)]
    until: String,
}

/// Makes a key and shows it once.
pub async fn create(app: State, request: HttpRequest, form: Form<Wanted>) -> Result<HttpResponse, Problem> {
    let Form { person, fields: Wanted { name, until } } = form;
    person.must(MANAGE)?;
    if !person.present.is_proven(app.now()) {
        return Ok(see_other(PROVE));
    }
    let caller = person.actor;
    let made = match parsed(&name, &until) {
        Ok((name, day)) => blocking(&app, move |app| Ok(keys::create_own(app, caller, &name, day))).await?,
        Err(said) => {
            let beside = Beside { name, until, made: None, error: Some(said) };
            return show(&app, &request, person, StatusCode::UNPROCESSABLE_ENTITY, beside).await;
        }
    };
    match made {
        Ok(key) => show(&app, &request, person, StatusCode::OK, Beside { made: Some(key), ..Beside::default() }).await,
        Err(error) => {
            let beside = Beside { name, until, made: None, error: Some(said(error)?) };
            show(&app, &request, person, StatusCode::UNPROCESSABLE_ENTITY, beside).await
        }
    }
}

/// The last day is typed; the key ends as the next begins.
fn parsed(name: &str, until: &str) -> Result<(KeyName, Option<CivilDate>), Said> {
    let name = name.parse().map_err(|invalid| Said::invalid("name", invalid))?;
    let day = match until.trim() {
        "" => None,
        day => Some(day.parse::<CivilDate>().map_err(|invalid| Said::invalid("until", invalid))?.plus_days(1)),
    };
    Ok((name, day))
}

fn said(error: KeyError) -> Result<Said, Problem> {
    match error {
        KeyError::ExpiresInThePast { .. } => Ok(Said::at("until", "key-in_the_past")),
        KeyError::TooMany { .. } => Ok(Said::at("name", "key-too_many")),
        KeyError::App(error) => Err(error.into()),
        KeyError::Unknown(id) | KeyError::RevokedBefore { id, .. } => Err(Problem::new("not-found").at("id", id)),
    }
}

#[derive(Deserialize)]
pub struct Which {
    #[serde(default)]
    id: String,
}

/// Ends a key.
pub async fn revoke(app: State, form: Form<Which>) -> Result<HttpResponse, Problem> {
    let Form { person, fields } = form;
    person.must(MANAGE)?;
    if !person.present.is_proven(app.now()) {
        return Ok(see_other(PROVE));
    }
    let id: Handle = fields.id.parse().map_err(|_| Problem::new("not-found").at("id", &fields.id))?;
    let caller = person.actor;
    match blocking(&app, move |app| Ok(keys::revoke_own(app, caller, id))).await? {
        // Twice is as good as once.
        Ok(()) | Err(KeyError::RevokedBefore { .. }) => Ok(see_other(HERE)),
        Err(error) => Err(said(error).err().unwrap_or_else(|| Problem::new("internal"))),
    }
}
