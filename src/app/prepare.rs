//! What somebody is going to sign, told before it is recorded: the act is decided on the state of now and nothing is
//! written. What is signed then is recorded byte for byte, or refused because the signature does not fit any more.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{App, AppError, Caller};
use crate::domain::acts::keys::{RegisterKey, RotateKey};
use crate::domain::acts::laboratory::ReportTest;
use crate::domain::acts::{Act, Needs, Refusal, Step, UniqueName, World};
use crate::domain::kinds::Body;
use crate::domain::kinds::samples::TestReported;
use crate::domain::record::statement::{COUNTERSIGN, FIELD, Said, StatementFault};
use crate::domain::record::{Digest, Handle, Nonce, Role};
use crate::store::{PublicReads, StoreError};

/// What is signed, and what goes into the request with it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({"to_sign": {"v": 1, "kind": "key.registered", "subject": "key:5e1f0c2b3a4d5e6f708192a3b4c5d6e7",
    "occurred_at": "2026-11-18T01:20:00.000Z", "org": "00112233445566778899aabbccddeeff",
    "nonce": "7b1d0c52e6f0431a9b8c2d3e4f5a6b7c", "sealed": {}, "body": {"alg": "ed25519",
        "org": "00112233445566778899aabbccddeeff",
        "public": "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"}},
    "into": "countersign", "add": {"id": "5e1f0c2b3a4d5e6f708192a3b4c5d6e7", "occurred_at": "2026-11-18T01:20:00.000Z"}}))]
pub struct Prepared {
    /// Signed are the bytes `suyuan/statement/v1` and a line feed, then this in canonical form (RFC 8785). Read it before
    /// you sign it.
    #[schema(value_type = Object)]
    pub to_sign: Value,
    /// The field of the request that the statement stands in: `statement` or `countersign`.
    pub into: &'static str,
    /// Fields that the request has to have too, because they are covered.
    #[schema(value_type = Object)]
    pub add: Map<String, Value>,
}

/// What a laboratory signs of a report. Refuses whatever recording it would refuse.
pub fn report(app: &App, caller: Caller, mut act: ReportTest) -> Result<Prepared, AppError> {
    app.may(caller, act.operation())?;
    act.statement = None;
    let mut add = Map::new();
    let occurred_at = *act.told.occurred_at.get_or_insert_with(|| app.now());
    add.insert("occurred_at".into(), occurred_at.to_string().into());
    if act.signer.is_some() {
        let salt = *act.signer_salt.get_or_insert_with(|| Digest::from_bytes(drawn(app)));
        add.insert("signer_salt".into(), salt.to_string().into());
    }
    let world = at_one_moment(app, |read| world(read, caller, &act))?;
    let mut random = |buffer: &mut [u8]| app.random.fill(buffer);
    let mut step = Step::new(&world, app.now(), app.utc_offset_minutes, caller.actor(), &mut random);
    act.decide(&mut step)?;
    let effects = step.finish();
    let record = effects.records.iter().map(|new| &new.record).find(|record| record.kind == TestReported::KIND);
    let record = record.ok_or_else(|| AppError::Failed("a report wrote no report".into()))?;
    prepared(Said::of(record, Nonce::from_bytes(drawn(app))), FIELD, add)
}

/// What an association signs to vouch for a key.
pub fn register_key(app: &App, caller: Caller, mut act: RegisterKey) -> Result<Prepared, AppError> {
    app.may(caller, act.operation())?;
    let id = *act.id.get_or_insert_with(|| Handle::from_bytes(drawn(app)));
    let occurred_at = *act.occurred_at.get_or_insert_with(|| app.now());
    let add = Map::from_iter([
        ("id".to_owned(), id.to_string().into()),
        ("occurred_at".to_owned(), occurred_at.to_string().into()),
    ]);
    let said = act.to_countersign(&caller.actor(), Nonce::from_bytes(drawn(app)))?;
    prepared(said, COUNTERSIGN, add)
}

/// What is signed to change a key: first by the association, then, over that too, by the old key. An association signs once.
pub fn rotate_key(app: &App, caller: Caller, mut act: RotateKey) -> Result<Prepared, AppError> {
    app.may(caller, act.operation())?;
    let occurred_at = *act.occurred_at.get_or_insert_with(|| app.now());
    let add = Map::from_iter([("occurred_at".to_owned(), occurred_at.to_string().into())]);
    let nonce = Nonce::from_bytes(drawn(app));
    if act.countersign.is_none() && caller.role != Role::Association {
        return prepared(act.to_countersign(&caller.actor(), nonce)?, COUNTERSIGN, add);
    }
    prepared(act.to_sign(&caller.actor(), nonce)?, FIELD, add)
}

fn prepared(said: Said<'_>, into: &'static str, add: Map<String, Value>) -> Result<Prepared, AppError> {
    said.to_bytes().map_err(|fault| match fault {
        StatementFault::Profile(error) => AppError::Refused(Refusal::from(error)),
        other => AppError::Failed(other.to_string()),
    })?;
    Ok(Prepared { to_sign: said.to_value(), into, add })
}

fn drawn<const BYTES: usize>(app: &App) -> [u8; BYTES] {
    let mut bytes = [0; BYTES];
    app.random.fill(&mut bytes);
    bytes
}

fn at_one_moment<T>(app: &App, look: impl Fn(&dyn PublicReads) -> Result<T, StoreError>) -> Result<T, AppError> {
    let mut found = None;
    app.store.at_one_moment(&mut |read| found = Some(look(read)))?;
    Ok(found.ok_or_else(|| AppError::Failed("the database was not read".into()))??)
}

/// What the act asks for, as the writer loads it; no chains, which only corrections ask for.
fn world(read: &dyn PublicReads, caller: Caller, act: &dyn Act) -> Result<World, StoreError> {
    let mut needs = Needs::default();
    act.needs(&caller.actor(), &mut needs);
    let mut world = World::default();
    let take = |names: std::collections::BTreeSet<UniqueName>, world: &mut World| -> Result<(), StoreError> {
        for name in names {
            if let Some(handle) = read.named(&name)? {
                world.names.insert(name, handle);
            }
        }
        Ok(())
    };
    take(std::mem::take(&mut needs.names), &mut world)?;
    let mut wanted: Vec<Handle> = needs.handles.iter().chain(world.names.values()).copied().collect();
    while !wanted.is_empty() {
        let mut next = Vec::new();
        for known in read.subjects(&wanted)? {
            next.extend(known.entity.rests_on());
            world.subjects.insert(known.subject.handle, known);
        }
        next.sort_unstable();
        next.dedup();
        next.retain(|handle| !world.subjects.contains_key(handle));
        wanted = next;
    }
    take(needs.names_of_lots(&world), &mut world)?;
    Ok(world)
}
