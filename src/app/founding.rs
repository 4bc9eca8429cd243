//! The first record of an instance: the operator's own organisation, written by itself.

use std::sync::Arc;

use super::{App, AppError, Caller, Conditions};
use crate::domain::acts::organisations::{FoundInstance, RegisterOrganisation};
use crate::domain::entities::Entity;
use crate::domain::record::{Handle, Role, SubjectKind};
use crate::store::{Receipt, Store};

/// The operator's organisation, if the instance has one.
pub fn operator(store: &dyn Store) -> Result<Option<Handle>, AppError> {
    let organisations = store.log(0, 1)?;
    let Some(first) = organisations.first() else { return Ok(None) };
    let record = crate::domain::record::Record::parse(&first.bytes).map_err(|e| AppError::Failed(e.to_string()))?;
    Ok((record.subject.kind == SubjectKind::Organisation).then_some(record.subject.handle))
}

/// Minutes east of UTC of civil dates, as the operator's record says.
pub fn utc_offset_minutes(store: &dyn Store) -> Result<Option<i32>, AppError> {
    let Some(handle) = operator(store)? else { return Ok(None) };
    Ok(store.subject(handle)?.and_then(|known| match known.entity {
        Entity::Organisation(organisation) => organisation.utc_offset_minutes,
        _ => None,
    }))
}

/// Writes the first record.
pub fn found(app: &App, organisation: RegisterOrganisation) -> Result<Receipt, AppError> {
    let mut bytes = [0; 16];
    app.random.fill(&mut bytes);
    let handle = Handle::from_bytes(bytes);
    let caller = Caller::of(handle, Role::Operator);
    app.perform_blocking(caller, Arc::new(FoundInstance { handle, organisation }), Conditions::default())
}
