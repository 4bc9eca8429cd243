//! Loading what a group of acts is decided on: one statement per table and round, keys sorted.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::Conn;
use crate::domain::acts::correct::neighbours;
use crate::domain::acts::{Known, Needs, UniqueName, World};
use crate::domain::record::{Handle, Record};
use crate::store::rows::{IdempotencyRow, NameRow, RecordRow, SubjectRow, handle};
use crate::store::schema::{idempotency, records, subjects, unique_names};
use crate::store::{Damaged, StoreError};

/// SQLite takes 32,766 parameters, PostgreSQL 65,535.
const KEYS_AT_ONCE: usize = 8_000;

/// Loads all that the group needs, what those subjects rest on, and the end of the log.
pub fn world(conn: &mut Conn, needs: &Needs) -> Result<(World, BTreeMap<Handle, u64>), StoreError> {
    let mut world = World { next_log_index: next_log_index(conn)?, ..World::default() };
    let mut opened_at = BTreeMap::new();
    load_names(conn, &needs.names, &mut world)?;
    let mut wanted: BTreeSet<Handle> = needs.handles.clone();
    wanted.extend(world.names.values().copied());
    load_subjects(conn, wanted, &mut world, &mut opened_at)?;
    let names_of_lots = needs.names_of_lots(&world);
    load_names(conn, &names_of_lots, &mut world)?;
    for subject in &needs.chains {
        load_chain(conn, *subject, &mut world)?;
        let beside: BTreeSet<Handle> = world.chains.get(subject).into_iter().flatten().flat_map(neighbours).collect();
        load_subjects(conn, beside.clone(), &mut world, &mut opened_at)?;
        for neighbour in beside {
            load_chain(conn, neighbour, &mut world)?;
        }
    }
    Ok((world, opened_at))
}

fn load_names(conn: &mut Conn, names: &BTreeSet<UniqueName>, world: &mut World) -> Result<(), StoreError> {
    let names: Vec<&UniqueName> = names.iter().collect();
    for chunk in names.chunks(KEYS_AT_ONCE / 2) {
        let scopes: BTreeSet<&str> = chunk.iter().map(|name| name.scope.as_str()).collect();
        let texts: BTreeSet<&str> = chunk.iter().map(|name| name.name.as_str()).collect();
        let rows: Vec<NameRow> = unique_names::table
            .filter(unique_names::scope.eq_any(scopes))
            .filter(unique_names::name.eq_any(texts))
            .select(NameRow::as_select())
            .load(conn)?;
        for row in rows {
            world.names.insert(UniqueName { scope: row.scope, name: row.name }, handle(&row.subject)?);
        }
    }
    Ok(())
}

/// Loads subjects and, round by round, those they rest on.
fn load_subjects(
    conn: &mut Conn,
    mut wanted: BTreeSet<Handle>,
    world: &mut World,
    opened_at: &mut BTreeMap<Handle, u64>,
) -> Result<(), StoreError> {
    let mut asked = BTreeSet::new();
    while !wanted.is_empty() {
        let keys: Vec<&[u8]> = wanted.iter().map(|handle| handle.as_bytes().as_slice()).collect();
        let mut next = BTreeSet::new();
        for chunk in keys.chunks(KEYS_AT_ONCE) {
            let rows: Vec<SubjectRow> =
                subjects::table.filter(subjects::handle.eq_any(chunk)).select(SubjectRow::as_select()).load(conn)?;
            for row in rows {
                let known = Known::try_from(&row)?;
                next.extend(known.entity.rests_on());
                opened_at.insert(known.subject.handle, row.first_log_index as u64);
                world.subjects.insert(known.subject.handle, known);
            }
        }
        asked.append(&mut wanted);
        wanted =
            next.into_iter().filter(|handle| !asked.contains(handle) && !world.subjects.contains_key(handle)).collect();
    }
    Ok(())
}

fn load_chain(conn: &mut Conn, subject: Handle, world: &mut World) -> Result<(), StoreError> {
    let rows: Vec<RecordRow> = records::table
        .filter(records::subject.eq(subject.as_bytes().as_slice()))
        .order(records::seq)
        .select(RecordRow::as_select())
        .load(conn)?;
    let mut chain = Vec::with_capacity(rows.len());
    for row in rows {
        chain.push(Record::parse(&row.bytes).map_err(|cause| Damaged::new("records.bytes", cause))?);
    }
    world.chains.insert(subject, chain);
    Ok(())
}

/// The index that the next record gets.
pub fn next_log_index(conn: &mut Conn) -> Result<u64, StoreError> {
    let last: Option<i64> =
        records::table.select(records::log_index).order(records::log_index.desc()).first(conn).optional()?;
    Ok(last.map_or(0, |index| index as u64 + 1))
}

/// Earlier answers to these keys of these organisations.
pub fn earlier_answers(conn: &mut Conn, keys: &[(Handle, &str)]) -> Result<Vec<IdempotencyRow>, StoreError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let organisations: BTreeSet<&[u8]> = keys.iter().map(|(home, _)| home.as_bytes().as_slice()).collect();
    let texts: BTreeSet<&str> = keys.iter().map(|(_, key)| *key).collect();
    Ok(idempotency::table
        .filter(idempotency::organisation.eq_any(organisations))
        .filter(idempotency::key.eq_any(texts))
        .select(IdempotencyRow::as_select())
        .load(conn)?)
}
