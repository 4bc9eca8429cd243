//! Reading subjects: one by its handle, or a list of one's own.

use super::sift::{Wanted, sift};
use super::{App, AppError, Caller, reads, records};
use crate::domain::acts::{Known, Refusal};
use crate::domain::entities::{Entity, Why};
use crate::domain::kinds::samples::TestReported;
use crate::domain::kinds::{Body, Name};
use crate::domain::record::{Handle, Record, Role, SubjectKind};
use crate::store::{Cursor, Slice};

/// A subject that the caller may see: its home, or a party by an act; organisations are seen by everybody who is
/// admitted. A foreign one answers as a missing one.
pub fn get(app: &App, caller: Caller, kind: SubjectKind, handle: Handle) -> Result<Known, AppError> {
    caller.may(reading(kind))?;
    let missing = || AppError::from(Refusal::not_found("id", handle));
    let mut known = app.store.subject(handle)?.filter(|known| known.subject.kind == kind).ok_or_else(missing)?;
    let open_to_all =
        matches!(kind, SubjectKind::Organisation | SubjectKind::Product | SubjectKind::Mark | SubjectKind::Key);
    let own = known.entity.home() == caller.organisation;
    if !(own || open_to_all || app.store.has_grant(caller.organisation, handle)?) {
        return Err(missing());
    }
    if kind == SubjectKind::Organisation {
        reads::of_organisations(app, caller, std::slice::from_mut(&mut known));
    }
    Ok(known)
}

/// Reading subjects of a kind, in the table of who may do what.
fn reading(kind: SubjectKind) -> &'static str {
    match kind {
        SubjectKind::Organisation => "organisation.read",
        SubjectKind::Site => "site.read",
        SubjectKind::Plot => "plot.read",
        SubjectKind::Product => "product.read",
        SubjectKind::Batch => "batch.read",
        SubjectKind::Sample => "sample.read",
        SubjectKind::Shipment => "shipment.read",
        SubjectKind::Mark => "mark.read",
        SubjectKind::Licence => "licence.read",
        SubjectKind::Key => "key.read",
        // Not in the table: nobody reads one as a subject.
        _ => "subject.read",
    }
}

/// The caller's own subjects of a kind; organisations, products and marks of all.
pub fn list(
    app: &App,
    caller: Caller,
    kind: SubjectKind,
    after: Option<Cursor>,
    limit: u32,
) -> Result<Slice, AppError> {
    caller.may(reading(kind))?;
    let mut slice = match (kind, caller.role) {
        (SubjectKind::Organisation | SubjectKind::Mark, _) => app.store.of_kind(kind, after, limit)?,
        (SubjectKind::Sample, Role::Laboratory) => {
            app.store.granted(caller.organisation, "laboratory", after, limit)?
        }
        (SubjectKind::Licence, Role::Cooperative) => {
            app.store.granted(caller.organisation, "licensee", after, limit)?
        }
        _ => app.store.of_home(caller.organisation, kind, after, limit)?,
    };
    if kind == SubjectKind::Organisation {
        reads::of_organisations(app, caller, &mut slice.items);
    }
    Ok(slice)
}

/// Organisations whose name, code or place holds what is wanted. Only those that are answered count as read.
pub fn organisations_with(
    app: &App,
    caller: Caller,
    wanted: &Wanted,
    after: u64,
    limit: u32,
) -> Result<Slice, AppError> {
    caller.may(reading(SubjectKind::Organisation))?;
    let read = |from, count| {
        let after = (from > 0).then_some(Cursor(from));
        let slice = app.store.of_kind(SubjectKind::Organisation, after, count)?;
        Ok((slice.items, slice.next.map(|next| next.0)))
    };
    // A name that public records withhold is looked through for the operator alone, who may read it.
    let sees_sealed = caller.role == Role::Operator;
    let fits = |known: &Known| {
        let Entity::Organisation(it) = &known.entity else { return false };
        let (name, code) = match sees_sealed {
            true => (it.name_for(Why::Compared), it.uscc_for(Why::Compared)),
            false => (it.name.as_ref(), it.uscc.as_ref()),
        };
        let mut names = [name, it.place.as_ref()].into_iter().flatten();
        let is_in = |name: &Name| wanted.is_in(name.zh.as_str()) || wanted.is_in(name.english());
        names.any(is_in) || code.is_some_and(|code| wanted.is_in(&code.to_string()))
    };
    let sifted = sift((after, limit), read, fits)?;
    let mut items = sifted.items;
    reads::of_organisations(app, caller, &mut items);
    Ok(Slice { items, next: sifted.next.map(Cursor) })
}

/// The signing keys of an organisation, those that ended too: for whoever is admitted.
pub fn keys_of(
    app: &App,
    caller: Caller,
    organisation: Handle,
    after: Option<Cursor>,
    limit: u32,
) -> Result<Slice, AppError> {
    caller.may("key.read")?;
    let known = app.store.subject(organisation)?;
    if known.is_none_or(|known| known.subject.kind != SubjectKind::Organisation) {
        return Err(Refusal::not_found("id", organisation).into());
    }
    Ok(app.store.of_home(organisation, SubjectKind::Key, after, limit)?)
}

/// What was reported on a sample, newest first: the reports stand on the chain of the batch that it was drawn from. For
/// whoever may see the sample.
pub fn reports_on(app: &App, caller: Caller, sample: Handle) -> Result<Vec<(Record, TestReported)>, AppError> {
    let Entity::Sample(drawn) = get(app, caller, SubjectKind::Sample, sample)?.entity else { return Ok(Vec::new()) };
    let mut reports = Vec::new();
    for record in records::read(&*app.store, drawn.batch, 0, u64::MAX)?.into_iter().rev() {
        if record.kind != TestReported::KIND {
            continue;
        }
        let body = TestReported::read(&record).map_err(|error| AppError::Failed(error.to_string()))?;
        if body.sample == sample {
            reports.push((record, body));
        }
    }
    Ok(reports)
}

/// Shipments on their way to the caller.
pub fn incoming_shipments(app: &App, caller: Caller, after: Option<Cursor>, limit: u32) -> Result<Slice, AppError> {
    caller.may("shipment.read")?;
    Ok(app.store.granted(caller.organisation, "receiver", after, limit)?)
}
