//! The organisation's own API keys: made, shown once, ended. For managers.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::{Form, Person, Said, TypedForm, own, own_page, see_other};
use crate::app::keys::{self, ApiKey, KeyError, KeyName, MANAGE};
use crate::auth::scope::{self, Scope};
use crate::domain::record::Handle;
use crate::domain::time::CivilDate;
use crate::http::extract::{State, blocking, locale};
use crate::http::problem::Problem;
use crate::web::words::Words;

own_page!(KeysPage, "people/keys.html", HERE, KeysView);

const HERE: &str = "/console/keys";

struct KeysView {
    person: Person,
    keys: Vec<Line>,
    proven: bool,
    name: String,
    until: String,
    /// Whether the key to be made is narrowed, and what it could be narrowed to.
    narrow: bool,
    choices: Vec<Choice>,
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
    /// What it is narrowed to, in words.
    scope: Option<String>,
    works: bool,
    is_revoked: bool,
}

/// An operation that a key can be narrowed to.
struct Choice {
    operation: &'static str,
    label: String,
    ticked: bool,
}

#[derive(Default)]
struct Beside {
    wanted: Wanted,
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
    let w = Words::new(locale(request), "");
    let choice = |operation| Choice {
        operation,
        label: w.operation(operation),
        ticked: beside.wanted.scope.iter().any(|ticked| ticked == operation),
    };
    let view = KeysView {
        keys: all.iter().map(|key| line(app, &w, key)).collect(),
        proven: person.present.is_proven(app.now()),
        narrow: beside.wanted.narrow,
        choices: scope::of_keys(caller.role).map(choice).collect(),
        name: beside.wanted.name,
        until: beside.wanted.until,
        made: beside.made,
        error: beside.error,
        person,
    };
    Ok(own(request, status, &KeysPage::of(&view, app, request)))
}

fn line(app: &State, w: &Words, key: &ApiKey) -> Line {
    Line {
        id: key.id.to_string(),
        name: key.name.clone(),
        since: key.created_at.to_string(),
        until: key.expires_at.map(|end| end.civil_date(app.utc_offset_minutes).plus_days(-1).to_string()),
        used: key.used_at.map(|used| used.to_string()),
        scope: key.scope.as_deref().map(|scope| w.scope(scope)),
        works: key.revoked_at.is_none() && key.expires_at.is_none_or(|end| end > app.now()),
        is_revoked: key.revoked_at.is_some(),
    }
}

/// What was typed.
#[derive(Default, Clone)]
struct Wanted {
    name: String,
    until: String,
    narrow: bool,
    scope: Vec<String>,
}

impl Wanted {
    fn sent(fields: Vec<(String, String)>) -> Self {
        let mut wanted = Self::default();
        for (name, value) in fields {
            match name.as_str() {
                "name" => wanted.name = value,
                "until" => wanted.until = value,
                "may" => wanted.narrow = value == "some",
                "scope" => wanted.scope.push(value),
                _ => {}
            }
        }
        wanted
    }
}

/// Makes a key and shows it once.
pub async fn create(
    app: State,
    request: HttpRequest,
    form: TypedForm<Vec<(String, String)>>,
) -> Result<HttpResponse, Problem> {
    let TypedForm { person, fields, is_handed_on, typed } = form;
    let wanted = Wanted::sent(fields);
    if let Some(away) = typed.proves_again(&app, &request, &person, MANAGE, HERE)? {
        return Ok(away);
    }
    if is_handed_on {
        return show(&app, &request, person, StatusCode::OK, Beside { wanted, ..Beside::default() }).await;
    }
    let caller = person.actor;
    let made = match parsed(&wanted) {
        Ok((name, key)) => blocking(&app, move |app| Ok(keys::create_own(app, caller, &name, key))).await?,
        Err(said) => {
            let beside = Beside { wanted, made: None, error: Some(said) };
            return show(&app, &request, person, StatusCode::UNPROCESSABLE_ENTITY, beside).await;
        }
    };
    match made {
        Ok(key) => show(&app, &request, person, StatusCode::OK, Beside { made: Some(key), ..Beside::default() }).await,
        Err(error) => {
            let beside = Beside { wanted, made: None, error: Some(said(error)?) };
            show(&app, &request, person, StatusCode::UNPROCESSABLE_ENTITY, beside).await
        }
    }
}

/// The last day is typed; the key ends as the next begins.
fn parsed(wanted: &Wanted) -> Result<(KeyName, keys::Wanted), Said> {
    let name = wanted.name.parse().map_err(|invalid| Said::invalid("name", invalid))?;
    let expires = match wanted.until.trim() {
        "" => None,
        day => Some(day.parse::<CivilDate>().map_err(|invalid| Said::invalid("until", invalid))?.plus_days(1)),
    };
    let scope = match (wanted.narrow, wanted.scope.is_empty()) {
        (false, _) => None,
        // Nothing ticked is not everything.
        (true, true) => return Err(Said::at("scope", "key-no_scope")),
        (true, false) => {
            let typed = wanted.scope.join(" ");
            Some(typed.parse::<Scope>().map_err(|invalid| Said::invalid("scope", invalid))?)
        }
    };
    Ok((name, keys::Wanted { expires, scope }))
}

fn said(error: KeyError) -> Result<Said, Problem> {
    match error {
        KeyError::ExpiresInThePast { .. } => Ok(Said::at("until", "key-in_the_past")),
        KeyError::TooMany { .. } => Ok(Said::at("name", "key-too_many")),
        KeyError::Scope(invalid) => Ok(Said::invalid("scope", invalid)),
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
    if let Some(away) = person.proves_again(&app, MANAGE, HERE)? {
        return Ok(away);
    }
    let id: Handle = fields.id.parse().map_err(|_| Problem::new("not-found").at("id", &fields.id))?;
    let caller = person.actor;
    match blocking(&app, move |app| Ok(keys::revoke_own(app, caller, id))).await? {
        // Twice is as good as once.
        Ok(()) | Err(KeyError::RevokedBefore { .. }) => Ok(see_other(HERE)),
        Err(error) => Err(said(error).err().unwrap_or_else(|| Problem::new("internal"))),
    }
}
