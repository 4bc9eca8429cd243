//! Loading what a group of acts is decided on: one statement per table and round, keys sorted.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use diesel::prelude::*;

use super::{Conn, pairs, read};
use crate::domain::acts::correct::neighbours;
use crate::domain::acts::{Known, Needs, UniqueName, World};
use crate::domain::record::{Digest, Handle, Record};
use crate::store::rows::{IdempotencyRow, SubjectRow, handle};
use crate::store::schema::{log_head, subjects};
use crate::store::seen::{State, States};
use crate::store::{Damaged, StoreError};

/// SQLite takes 32,766 parameters, PostgreSQL 65,535.
const KEYS_AT_ONCE: usize = 8_000;

/// Loads all that the group needs and what those subjects rest on; with the log index of each subject's first record. States
/// that are known already are taken, not asked for.
pub fn world(
    conn: &mut Conn,
    needs: &Needs,
    states: &mut States,
) -> Result<(World, BTreeMap<Handle, u64>), StoreError> {
    let mut world = World { names: names(conn, &needs.names)?, ..World::default() };
    let mut opened_at = BTreeMap::new();
    let mut wanted: BTreeSet<Handle> = needs.handles.clone();
    wanted.extend(world.names.values().copied());
    load_subjects(conn, wanted, states, &mut world, &mut opened_at)?;
    let names_of_lots = needs.names_of_lots(&world);
    world.names.extend(names(conn, &names_of_lots)?);
    for subject in &needs.chains {
        load_chain(conn, *subject, &mut world)?;
        let beside: BTreeSet<Handle> = world.chains.get(subject).into_iter().flatten().flat_map(neighbours).collect();
        load_subjects(conn, beside.clone(), states, &mut world, &mut opened_at)?;
        for neighbour in beside {
            load_chain(conn, neighbour, &mut world)?;
        }
    }
    Ok((world, opened_at))
}

/// Who has these names; a name that nobody has is left out.
pub fn names(conn: &mut Conn, asked: &BTreeSet<UniqueName>) -> Result<HashMap<UniqueName, Handle>, StoreError> {
    if asked.is_empty() {
        return Ok(HashMap::new());
    }
    let asked: Vec<(&str, &str)> = asked.iter().map(|name| (name.scope.as_str(), name.name.as_str())).collect();
    let found = pairs::names(conn, &asked)?.into_iter();
    found.map(|row| Ok((UniqueName { scope: row.scope, name: row.name }, handle(&row.subject)?))).collect()
}

/// Whether any of these chains has another head by now.
pub fn any_moved(conn: &mut Conn, heads: &[(Handle, Digest)]) -> Result<bool, StoreError> {
    let known: HashMap<&[u8], &Digest> =
        heads.iter().map(|(handle, hash)| (handle.as_bytes().as_slice(), hash)).collect();
    let mut keys: Vec<&[u8]> = known.keys().copied().collect();
    keys.sort_unstable();
    for chunk in keys.chunks(KEYS_AT_ONCE) {
        let rows: Vec<(Vec<u8>, Vec<u8>)> = subjects::table
            .filter(subjects::handle.eq_any(chunk))
            .select((subjects::handle, subjects::head_hash))
            .load(conn)?;
        let moved = |(handle, hash): &(Vec<u8>, Vec<u8>)| {
            known.get(handle.as_slice()).is_none_or(|loaded| loaded.as_bytes().as_slice() != hash)
        };
        if rows.iter().any(moved) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Loads subjects and, round by round, those they rest on.
fn load_subjects(
    conn: &mut Conn,
    mut wanted: BTreeSet<Handle>,
    states: &mut States,
    world: &mut World,
    opened_at: &mut BTreeMap<Handle, u64>,
) -> Result<(), StoreError> {
    let mut asked = BTreeSet::new();
    while !wanted.is_empty() {
        let mut next = BTreeSet::new();
        let mut add = |(known, first): State| {
            next.extend(known.entity.rests_on());
            opened_at.insert(known.subject.handle, first);
            world.subjects.insert(known.subject.handle, known);
        };
        let mut unknown = Vec::new();
        for handle in &wanted {
            match states.take(*handle) {
                Some(state) => add(state),
                None => unknown.push(*handle),
            }
        }
        let keys: Vec<&[u8]> = unknown.iter().map(|handle| handle.as_bytes().as_slice()).collect();
        for chunk in keys.chunks(KEYS_AT_ONCE) {
            let rows: Vec<SubjectRow> =
                subjects::table.filter(subjects::handle.eq_any(chunk)).select(SubjectRow::as_select()).load(conn)?;
            for row in rows {
                add((Known::try_from(&row)?, row.first_log_index as u64));
            }
        }
        asked.append(&mut wanted);
        wanted =
            next.into_iter().filter(|handle| !asked.contains(handle) && !world.subjects.contains_key(handle)).collect();
    }
    Ok(())
}

fn load_chain(conn: &mut Conn, subject: Handle, world: &mut World) -> Result<(), StoreError> {
    let mut chain = Vec::new();
    for stored in read::chain(conn, subject, 0, u64::MAX)? {
        chain.push(Record::parse(&stored.bytes).map_err(|cause| Damaged::new("records.bytes", cause))?);
    }
    world.chains.insert(subject, chain);
    Ok(())
}

/// The index that the next record gets.
pub fn log_end(conn: &mut Conn) -> Result<u64, StoreError> {
    let end: i64 = log_head::table.find(1).select(log_head::next_log_index).first(conn)?;
    Ok(end as u64)
}

/// Earlier answers to these keys of these organisations.
pub fn earlier_answers(conn: &mut Conn, keys: &[(Handle, &str)]) -> Result<Vec<IdempotencyRow>, StoreError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    // Each once, sorted: a key that came twice would be found twice.
    let keys: BTreeSet<(&[u8], &str)> = keys.iter().map(|(home, key)| (home.as_bytes().as_slice(), *key)).collect();
    pairs::answers(conn, &keys.into_iter().collect::<Vec<_>>())
}
