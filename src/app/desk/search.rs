//! The search box on top: a lot, a GTIN, an organisation, a plot, a sample or its report. Finds what its user may see and nothing
//! else; of lots of others that is what whoever scans them sees.

use std::collections::HashSet;

use super::super::sift::Wanted;
use super::super::{App, AppError, BatchFilter, Caller, subjects};
use crate::domain::acts::{Known, UniqueName};
use crate::domain::entities::Entity;
use crate::domain::gs1::{Gtin, LookedUp, Lot, lookup};
use crate::domain::kinds::Name;
use crate::domain::record::{Handle, Role, SubjectKind};

/// Hits of one kind at most.
const SHOWN: usize = 20;
/// Own products that are looked through.
const PRODUCTS: u32 = 500;
/// Own batches and samples that are looked through for what begins as what was typed.
const BEGINNINGS: u32 = 1_000;
/// Organisations that are looked through.
const ORGANISATIONS: u32 = 1_000;

/// Something that was found.
pub struct Hit {
    pub known: Known,
}

pub fn search(app: &App, caller: Caller, typed: &str) -> Result<Vec<Hit>, AppError> {
    let typed = typed.trim();
    let mut found = Vec::new();
    match lookup(typed) {
        Ok(LookedUp::Link(link)) => {
            if let Some(lot) = &link.lot {
                found.extend(app.store.named(&UniqueName::lot(link.gtin, lot))?);
            }
            found.extend(product(app, link.gtin)?);
        }
        Ok(LookedUp::Gtin(gtin)) => found.extend(product(app, gtin)?),
        Ok(LookedUp::Lot(lot)) => found.extend(lots(app, &lot)?),
        Err(_) => {}
    }
    found.extend(coded(app, caller, typed)?);
    found.extend(samples(app, caller, typed)?);
    found.extend(products(app, caller, typed)?);
    if found.is_empty() {
        found.extend(begun(app, caller, typed)?);
    }
    let mut seen = HashSet::new();
    found.retain(|handle| seen.insert(*handle));
    let mut known: Vec<Known> = app.store.subjects(&found)?.into_iter().filter(|it| may_see(it, caller)).collect();
    known.sort_by_key(|known| found.iter().position(|handle| *handle == known.subject.handle));
    let mut hits: Vec<Hit> = known.into_iter().map(|known| Hit { known }).take(SHOWN).collect();
    hits.extend(organisations(app, typed)?);
    Ok(hits)
}

/// Plots and the rest are found by their home; lots, products, marks and organisations by everybody who is admitted.
fn may_see(known: &Known, caller: Caller) -> bool {
    known.entity.home() == caller.organisation
        || matches!(&known.entity, Entity::Sample(sample) if sample.laboratory == caller.organisation)
        || matches!(
            known.subject.kind,
            SubjectKind::Batch | SubjectKind::Product | SubjectKind::Organisation | SubjectKind::Mark
        )
}

fn product(app: &App, gtin: Gtin) -> Result<Option<Handle>, AppError> {
    Ok(app.store.named(&UniqueName::gtin(gtin))?)
}

fn lots(app: &App, lot: &Lot) -> Result<Vec<Handle>, AppError> {
    let mut found = app.store.batches_of_lot(lot, SHOWN as u32)?;
    if found.is_empty()
        && let Ok(upper) = lot.as_str().to_uppercase().parse()
    {
        found = app.store.batches_of_lot(&upper, SHOWN as u32)?;
    }
    Ok(found.into_iter().map(|known| known.subject.handle).collect())
}

/// Plots and sites by their code; licences where the association looks.
fn coded(app: &App, caller: Caller, typed: &str) -> Result<Vec<Handle>, AppError> {
    let kinds: &[&str] = match caller.role {
        Role::Cooperative => &["plot", "site"],
        Role::Association => &["licence"],
        _ => &[],
    };
    let mut found = Vec::new();
    for kind in kinds {
        for code in [typed.to_owned(), typed.to_uppercase()] {
            if let Some(handle) = app.store.named(&UniqueName::own(kind, caller.organisation, &code))?
                && !found.contains(&handle)
            {
                found.push(handle);
            }
        }
    }
    Ok(found)
}

/// Samples by their code, or by the number of their newest report: for whom they were drawn from, and for the laboratory.
fn samples(app: &App, caller: Caller, typed: &str) -> Result<Vec<Handle>, AppError> {
    if !matches!(caller.role, Role::Cooperative | Role::Laboratory) {
        return Ok(Vec::new());
    }
    let is_this = |text: &str| text.eq_ignore_ascii_case(typed);
    let fits = |known: &Known| match &known.entity {
        Entity::Sample(it) => is_this(&it.code) || it.report_no.as_deref().is_some_and(is_this),
        _ => false,
    };
    let own = subjects::list(app, caller, SubjectKind::Sample, None, BEGINNINGS)?.items;
    Ok(own.iter().filter(|known| fits(known)).take(SHOWN).map(|known| known.subject.handle).collect())
}

/// Own lots that begin with it, the newest first.
fn begun(app: &App, caller: Caller, typed: &str) -> Result<Vec<Handle>, AppError> {
    if caller.role != Role::Cooperative || typed.chars().count() < 2 {
        return Ok(Vec::new());
    }
    let typed = typed.to_uppercase();
    let newest = app.store.batches(caller.organisation, &BatchFilter::default(), None, BEGINNINGS)?.items;
    let fits = |known: &&Known| match &known.entity {
        Entity::Batch(batch) => batch.lot.as_str().to_uppercase().starts_with(&typed),
        _ => false,
    };
    Ok(newest.iter().filter(fits).take(SHOWN).map(|known| known.subject.handle).collect())
}

/// Own products by their names.
fn products(app: &App, caller: Caller, typed: &str) -> Result<Vec<Handle>, AppError> {
    let Some(wanted) = Wanted::of(typed).filter(|_| typed.chars().count() >= 2) else { return Ok(Vec::new()) };
    let own = subjects::list(app, caller, SubjectKind::Product, None, PRODUCTS)?.items;
    let fits = |known: &Known| match &known.entity {
        Entity::Product(it) => wanted.is_in(it.name.zh.as_str()) || wanted.is_in(it.name.english()),
        _ => false,
    };
    Ok(own.iter().filter(|known| fits(known)).take(SHOWN).map(|known| known.subject.handle).collect())
}

/// Organisations that have a public name, the newest.
pub fn organisations_named(app: &App, limit: u32) -> Result<Vec<(Handle, Name)>, AppError> {
    let all = app.store.of_kind(SubjectKind::Organisation, None, limit)?.items;
    let named = all.into_iter().filter_map(|known| match known.entity {
        Entity::Organisation(it) => Some((known.subject.handle, it.name?)),
        _ => None,
    });
    Ok(named.collect())
}

fn organisations(app: &App, typed: &str) -> Result<Vec<Hit>, AppError> {
    if typed.chars().count() < 2 {
        return Ok(Vec::new());
    }
    let wanted = typed.to_lowercase();
    let all = app.store.of_kind(SubjectKind::Organisation, None, ORGANISATIONS)?;
    let fits = |known: &Known| match &known.entity {
        // By the public name only: that of a buyer or a household is not searched for.
        Entity::Organisation(it) => it.name.as_ref().is_some_and(|name| {
            name.zh.as_str().to_lowercase().contains(&wanted) || name.english().to_lowercase().contains(&wanted)
        }),
        _ => false,
    };
    Ok(all.items.into_iter().filter(fits).take(SHOWN).map(|known| Hit { known }).collect())
}
