//! API keys and the tokens they are exchanged for.

use super::{App, AppError, Caller};
use crate::auth::api_key;
use crate::auth::scope::Scope;
use crate::auth::token::Bearer;
use crate::domain::acts::Refusal;
use crate::domain::entities::Entity;
use crate::domain::invalid::Invalid;
use crate::domain::record::{Digest, Handle, Role};
use crate::domain::text::Text;
use crate::domain::time::{CivilDate, Instant};
use crate::store::StoreError;

pub use crate::store::ApiKey;

/// What a key is for, as its makers call it.
pub type KeyName = Text<60>;

/// Why a key is not made or not revoked. The sentences are those of the server's terminal; pages have their own.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("a key that expires on {expires} never works: today is {today}")]
    ExpiresInThePast { expires: CivilDate, today: CivilDate },
    #[error("no key has the id {0}; `suyuan key list` names them")]
    Unknown(Handle),
    #[error("the key {id} was revoked before, at {at}")]
    RevokedBefore { id: Handle, at: Instant },
    /// An operation that no key of such an organisation performs.
    #[error("a key of this organisation cannot be made for {}; it can for: {}", .0.value, .0.expected)]
    Scope(Invalid),
    #[error("an organisation has at most {most} keys that work")]
    TooMany { most: usize },
    #[error(transparent)]
    App(#[from] AppError),
}

impl From<StoreError> for KeyError {
    fn from(error: StoreError) -> Self {
        Self::App(error.into())
    }
}

/// What a key is to be: one that works until it is revoked and may all that its organisation may, unless more is said.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// The day in the instance's zone with which it no longer works.
    pub expires: Option<CivilDate>,
    pub scope: Option<Scope>,
}

/// Makes a key for an organisation. The secret is answered once and kept nowhere.
pub fn create(app: &App, organisation: Handle, name: &str) -> Result<String, AppError> {
    check_organisation(app, organisation)?;
    add(app, organisation, name, None, Scope::ALL)
}

/// As [`create`], for a key that may less or not for ever.
pub fn create_as(app: &App, organisation: Handle, name: &str, wanted: Wanted) -> Result<String, KeyError> {
    let (today, scope) = (app.today(), wanted.scope.unwrap_or(Scope::ALL));
    if let Some(expires) = wanted.expires.filter(|day| *day <= today) {
        return Err(KeyError::ExpiresInThePast { expires, today });
    }
    scope.check(check_organisation(app, organisation)?).map_err(KeyError::Scope)?;
    let expires_at = wanted.expires.map(|day| day.at_midnight(app.utc_offset_minutes));
    Ok(add(app, organisation, name, expires_at, scope)?)
}

fn add(
    app: &App,
    organisation: Handle,
    name: &str,
    expires_at: Option<Instant>,
    scope: Scope,
) -> Result<String, AppError> {
    let secret = api_key::generate(&*app.random);
    let Some(secret_hash) = api_key::hash(&secret) else {
        return Err(AppError::Failed("a generated key has no hash".into()));
    };
    let mut id = [0; 16];
    app.random.fill(&mut id);
    app.store.add_api_key(&ApiKey {
        id: Handle::from_bytes(id),
        organisation,
        name: name.to_owned(),
        secret_hash,
        created_at: app.now(),
        expires_at,
        revoked_at: None,
        used_at: None,
        scope: scope.to_kept(),
    })?;
    Ok(secret)
}

/// The organisation's role.
fn check_organisation(app: &App, organisation: Handle) -> Result<Role, AppError> {
    match app.store.subject(organisation)?.map(|known| known.entity) {
        Some(Entity::Organisation(found)) => Ok(found.role),
        _ => Err(Refusal::not_found("organisation", organisation).into()),
    }
}

/// Keys of one organisation or of all, oldest first, also those that work no more.
pub fn list(app: &App, organisation: Option<Handle>) -> Result<Vec<ApiKey>, AppError> {
    if let Some(organisation) = organisation {
        check_organisation(app, organisation)?;
    }
    Ok(app.store.api_keys(organisation)?)
}

/// Ends a key. Where it was used a moment ago it works for two seconds more (`http/callers.rs`).
pub fn revoke(app: &App, id: Handle) -> Result<(), KeyError> {
    if app.store.revoke_api_key(id, app.now())? {
        return Ok(());
    }
    let revoked_at = app.store.api_keys(None)?.into_iter().find(|key| key.id == id).and_then(|key| key.revoked_at);
    Err(revoked_at.map_or(KeyError::Unknown(id), |at| KeyError::RevokedBefore { id, at }))
}

/// Operation that manages an organisation's keys, in the table of who may do what.
pub const MANAGE: &str = "api_keys.manage";

/// Keys in use of one organisation.
const MOST: usize = 100;

/// Keys of the caller's own organisation, oldest first, also those that work no more.
pub fn own(app: &App, caller: Caller) -> Result<Vec<ApiKey>, AppError> {
    caller.may(MANAGE)?;
    Ok(app.store.api_keys(Some(caller.organisation))?)
}

/// Makes a key for the caller's own organisation.
pub fn create_own(app: &App, caller: Caller, name: &KeyName, wanted: Wanted) -> Result<String, KeyError> {
    app.may(caller, MANAGE)?;
    let now = app.now();
    let works = |key: &&ApiKey| key.revoked_at.is_none() && key.expires_at.is_none_or(|end| end > now);
    if own(app, caller)?.iter().filter(works).count() >= MOST {
        return Err(KeyError::TooMany { most: MOST });
    }
    create_as(app, caller.organisation, name.as_str(), wanted)
}

/// Ends a key of the caller's own organisation; one of another is none.
pub fn revoke_own(app: &App, caller: Caller, id: Handle) -> Result<(), KeyError> {
    if own(app, caller)?.iter().any(|key| key.id == id) { revoke(app, id) } else { Err(KeyError::Unknown(id)) }
}

/// Whom the key with this hash speaks for; `None` for one that is unknown, expired or revoked.
pub fn caller(app: &App, hash: Digest) -> Result<Option<Caller>, AppError> {
    let Some(key) = app.store.api_key(hash)? else { return Ok(None) };
    let now = app.now();
    if key.revoked_at.is_some() || key.expires_at.is_some_and(|end| end <= now) {
        return Ok(None);
    }
    note_use(app, &key, now);
    match app.store.subject(key.organisation)?.map(|known| known.entity) {
        Some(Entity::Organisation(organisation)) => {
            let scope = key.scope.as_deref().map_or(Scope::ALL, Scope::kept);
            let suspended = app.store.suspension(key.organisation)?.is_some();
            Ok(Some(Caller { scope, suspended, ..Caller::of(key.organisation, organisation.role) }))
        }
        _ => Ok(None),
    }
}

/// Notes once an hour that a key is used. A database that takes no writes still knows its keys.
fn note_use(app: &App, key: &ApiKey, now: Instant) {
    if key.used_at.is_some_and(|used| used.plus_minutes(60) > now) {
        return;
    }
    if let Err(error) = app.store.touch_api_key(key.id, now) {
        tracing::warn!(%error, "the use of a key could not be noted");
    }
}

/// A token for whoever showed a key.
pub fn token(app: &App, caller: Caller) -> Result<String, AppError> {
    let bearer = Bearer { organisation: caller.organisation, role: caller.role, scope: caller.scope };
    app.tokens.issue(bearer, app.now()).map_err(|error| AppError::Failed(error.to_string()))
}
