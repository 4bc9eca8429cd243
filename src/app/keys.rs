//! API keys and the tokens they are exchanged for.

use super::{App, AppError, Caller};
use crate::auth::api_key;
use crate::auth::token::Bearer;
use crate::domain::acts::Refusal;
use crate::domain::entities::Entity;
use crate::domain::record::{Digest, Handle};
use crate::store::ApiKey;

/// Makes a key for an organisation. The secret is answered once and kept nowhere.
pub fn create(app: &App, organisation: Handle, name: &str) -> Result<String, AppError> {
    match app.store.subject(organisation)?.map(|known| known.entity) {
        Some(Entity::Organisation(_)) => {}
        _ => return Err(Refusal::not_found("organisation", organisation).into()),
    }
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
        expires_at: None,
        revoked_at: None,
    })?;
    Ok(secret)
}

/// Whom the key with this hash speaks for; `None` for one that is unknown, expired or revoked.
pub fn caller(app: &App, hash: Digest) -> Result<Option<Caller>, AppError> {
    let Some(key) = app.store.api_key(hash)? else { return Ok(None) };
    let now = app.now();
    if key.revoked_at.is_some() || key.expires_at.is_some_and(|end| end <= now) {
        return Ok(None);
    }
    match app.store.subject(key.organisation)?.map(|known| known.entity) {
        Some(Entity::Organisation(organisation)) => {
            Ok(Some(Caller { organisation: key.organisation, role: organisation.role }))
        }
        _ => Ok(None),
    }
}

/// A token for whoever showed a key.
pub fn token(app: &App, caller: Caller) -> Result<String, AppError> {
    let bearer = Bearer { organisation: caller.organisation, role: caller.role };
    app.tokens.issue(bearer, app.now()).map_err(|error| AppError::Failed(error.to_string()))
}
