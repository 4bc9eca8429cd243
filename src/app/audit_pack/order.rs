//! What a pack is to hold, and who may ask for it. Record bytes are public; which batches an organisation has is not.

use std::sync::Arc;

use crate::app::log::{self, proofs};
use crate::app::reads::{self, What};
use crate::app::{App, AppError, Caller, records};
use crate::domain::acts::{Known, Refusal};
use crate::domain::entities::Entity;
use crate::domain::kinds::Body;
use crate::domain::kinds::licences::LicenceUsed;
use crate::domain::merkle::Published;
use crate::domain::record::{Handle, Record, Subject, SubjectKind};
use crate::domain::time::CivilDate;
use crate::log::Policy;
use crate::store::{BatchFilter, Cursor};

/// Batches of one pack at most: a season of a large packhouse.
pub const MOST_BATCHES: usize = 2_000;
/// Rows that are read at once.
const PAGE: u32 = 200;

/// A pack that can be made: everything that could be refused was asked.
pub struct Order {
    pub(super) batches: Vec<Subject>,
    /// One history of its own, or a folder of them.
    pub(super) several: bool,
    pub(super) checkpoint: Arc<Published>,
    pub(super) policy: String,
    /// Whose openings are shown.
    pub(super) caller: Option<Caller>,
}

/// Days, both included.
#[derive(Debug, Clone, Copy, Default)]
pub struct Period {
    pub from: Option<CivilDate>,
    pub to: Option<CivilDate>,
}

impl Period {
    fn holds(&self, day: CivilDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }

    fn check(&self) -> Result<(), AppError> {
        match (self.from, self.to) {
            (Some(from), Some(to)) if from > to => {
                Err(Refusal::new("window-reversed").at("to", to).expected(format!("{from} or later")).into())
            }
            _ => Ok(()),
        }
    }
}

/// One batch, for anybody; with openings for whom they are shown to.
pub fn of_batch(app: &App, caller: Option<Caller>, batch: Handle) -> Result<Order, AppError> {
    let known = find(app, batch, SubjectKind::Batch)?;
    let order = order(app, caller, vec![known.subject], false)?;
    // Anybody may have the rest.
    if let Some(caller) = order.caller
        && records::openable(app, caller, batch)?.is_some()
    {
        reads::note(app, caller, known.entity.home(), What::AuditPack, Some(batch))?;
    }
    Ok(order)
}

/// The batches that were packed under a licence on days of a period: for the association that granted it and for the licensee.
pub fn of_licence(app: &App, caller: Caller, licence: Handle, period: Period) -> Result<Order, AppError> {
    caller.may("audit_pack.read")?;
    let known = find(app, licence, SubjectKind::Licence)?;
    let party = match &known.entity {
        Entity::Licence(it) => it.home == caller.organisation || it.licensee == caller.organisation,
        _ => false,
    };
    if !party && !may_see_all(caller) {
        return Err(missing(licence));
    }
    period.check()?;
    let mut batches = Vec::new();
    let mut from = 0;
    loop {
        let chain = app.store.chain(licence, from, from + u64::from(PAGE) - 1)?;
        from += chain.len() as u64;
        for stored in &chain {
            let used = used(&stored.bytes).map_err(AppError::Failed)?.filter(|used| period.holds(used.packed_on));
            let batch = used.map(|used| Subject::new(SubjectKind::Batch, used.batch));
            batches.extend(batch.filter(|batch| !batches.contains(batch)));
        }
        check_number(&batches)?;
        if chain.len() < PAGE as usize {
            let order = order(app, Some(caller), batches, true)?;
            note_licence(app, caller, &known)?;
            return Ok(order);
        }
    }
}

/// Which batches are packed under a licence is between its two sides.
fn note_licence(app: &App, caller: Caller, known: &Known) -> Result<(), AppError> {
    if let Entity::Licence(it) = &known.entity {
        reads::note(app, caller, it.licensee, What::AuditPack, Some(known.subject.handle))?;
    }
    Ok(())
}

/// The batches that an organisation opened on days of a period: for itself.
pub fn of_organisation(app: &App, caller: Caller, organisation: Handle, period: Period) -> Result<Order, AppError> {
    caller.may("audit_pack.read")?;
    find(app, organisation, SubjectKind::Organisation)?;
    if organisation != caller.organisation && !may_see_all(caller) {
        return Err(missing(organisation));
    }
    period.check()?;
    let filter = BatchFilter { opened_from: period.from, opened_to: period.to, ..BatchFilter::default() };
    let (mut batches, mut after): (Vec<Subject>, Option<Cursor>) = (Vec::new(), None);
    loop {
        let slice = app.store.batches(organisation, &filter, after, PAGE)?;
        batches.extend(slice.items.iter().map(|known| known.subject));
        check_number(&batches)?;
        after = slice.next;
        if after.is_none() {
            let order = order(app, Some(caller), batches, true)?;
            reads::note(app, caller, organisation, What::AuditPack, Some(organisation))?;
            return Ok(order);
        }
    }
}

fn order(app: &App, caller: Option<Caller>, batches: Vec<Subject>, several: bool) -> Result<Order, AppError> {
    // A key that is not for reading openings gets what anybody gets.
    let caller = caller.filter(|caller| caller.may("openings.read").is_ok());
    let Some(first) = batches.first() else { return Err(Refusal::new("no-batches").into()) };
    let log = log::of(app)?;
    // One batch is as new as it is asked for. Many are as of what the witnesses know: of those one is always just changing.
    let checkpoint = match several {
        true => log.witnessed().map_or_else(|| log.published(), |it| Arc::clone(&it.checkpoint)),
        false => proofs::covering(log, last_index(app, *first)?),
    };
    Ok(Order { batches, several, checkpoint, policy: policy_of(log)?, caller })
}

/// Where the batch's newest record stands in the log.
fn last_index(app: &App, batch: Subject) -> Result<u64, AppError> {
    let known = find(app, batch.handle, batch.kind)?;
    Ok(app.store.chain(batch.handle, known.head.seq, known.head.seq)?.first().map_or(0, |stored| stored.log_index))
}

/// The operator's policy with the log's keys where it names none; without one, the log's keys alone.
fn policy_of(log: &log::PublishedLog) -> Result<String, AppError> {
    let keys: String = log.keys().verifying().iter().map(|key| format!("log {key}\n")).collect();
    let Some(witnesses) = log.witnesses() else { return Ok(format!("{keys}quorum none\n")) };
    let file = witnesses.file();
    let parsed = Policy::parse(file.as_bytes()).map_err(|error| AppError::Failed(error.to_string()))?;
    Ok(if parsed.logs().is_empty() { format!("{keys}{file}") } else { file.to_owned() })
}

fn find(app: &App, handle: Handle, kind: SubjectKind) -> Result<Known, AppError> {
    let known = app.store.subject(handle)?.filter(|known| known.subject.kind == kind);
    known.ok_or_else(|| missing(handle))
}

fn missing(handle: Handle) -> AppError {
    Refusal::not_found("id", handle).into()
}

fn may_see_all(caller: Caller) -> bool {
    caller.may("foreign_audit_pack.read").is_ok()
}

fn check_number(batches: &[Subject]) -> Result<(), AppError> {
    if batches.len() <= MOST_BATCHES {
        return Ok(());
    }
    Err(Refusal::new("pack-too-large").expected(MOST_BATCHES.to_string()).into())
}

fn used(bytes: &[u8]) -> Result<Option<LicenceUsed>, String> {
    let record = Record::parse(bytes).map_err(|error| error.to_string())?;
    if record.kind != LicenceUsed::KIND {
        return Ok(None);
    }
    LicenceUsed::read(&record).map(Some).map_err(|error| error.to_string())
}
