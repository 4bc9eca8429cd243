//! What waits for somebody, each one act away from done.

use std::collections::{BTreeSet, HashMap};

use super::super::{App, AppError, BatchFilter, Caller, admission, subjects};
use super::batch::may_be_due;
use crate::domain::acts::{Known, UniqueName};
use crate::domain::entities::{Batch, BatchStage, Entity};
use crate::domain::intervals::{self, Broken};
use crate::domain::kinds::products::ProductForm;
use crate::domain::record::{Handle, Role, SubjectKind};
use crate::domain::time::{CivilDate, Instant};

/// Newest subjects of a kind that are looked at; what is older shows in its list.
const LOOKED_AT: u32 = 100;

/// One thing that waits.
#[derive(Debug, Clone)]
pub enum Waiting {
    /// On hold: nothing goes on until the hold ends.
    Held(Handle, Batch),
    /// Picked before a wait was over, and no report shows yet that nothing is left of what was applied.
    IntervalBroken(Handle, Batch, Broken),
    /// Recalled, and some of it still lies here.
    Recalled(Handle, Batch),
    /// On its way to the caller: what is under way.
    Arriving {
        shipment: Handle,
        from: Handle,
        /// What the goods are, where that is known here.
        product: Option<Handle>,
        lot: String,
        unit: crate::domain::quantity::Unit,
        quantity: u64,
    },
    /// Neither graded nor closed, and something is left.
    ToGrade(Handle, Batch),
    /// Graded, loose, and something is left.
    ToPack(Handle, Batch),
    /// Packed, and the certificate that it needs before it is sold is not issued.
    ToCertify(Handle, Batch),
    /// Drawn and not at the laboratory yet.
    SampleOut {
        sample: Handle,
        code: String,
        batch: Handle,
        drawn_at: Instant,
    },
    /// For the laboratory: not received yet.
    SampleToReceive {
        sample: Handle,
        code: String,
        drawn_at: Instant,
    },
    /// For the laboratory: received, no report yet; its 24 hours.
    SampleToReport {
        sample: Handle,
        code: String,
        due: Instant,
        late: bool,
    },
    /// For the operator: so many ask to be admitted.
    Applications(u64),
    LicenceEnds {
        licence: Handle,
        number: String,
        licensee: Handle,
        last_day: CivilDate,
    },
}

/// The first page of the console.
#[derive(Debug, Clone, Default)]
pub struct Home {
    pub waiting: Vec<Waiting>,
    /// For whom has none yet: the first steps.
    pub has_products: bool,
    pub has_packs: bool,
    pub has_plots: bool,
    pub has_batches: bool,
    /// More subjects than were looked at.
    pub cut: bool,
}

pub fn home(app: &App, caller: Caller) -> Result<Home, AppError> {
    let mut home = Home::default();
    match caller.role {
        Role::Cooperative => {
            goods(app, caller, &mut home)?;
            samples_out(app, caller, &mut home)?;
            licences(app, caller, &mut home)?;
        }
        Role::Laboratory => inbox(app, caller, &mut home)?,
        Role::Association => licences(app, caller, &mut home)?,
        Role::Operator => {
            let waiting = admission::waiting(app, caller)?;
            home.waiting.extend((waiting > 0).then_some(Waiting::Applications(waiting)));
        }
        Role::Regulator => {}
    }
    Ok(home)
}

fn goods(app: &App, caller: Caller, home: &mut Home) -> Result<(), AppError> {
    let incoming = subjects::incoming_shipments(app, caller, None, LOOKED_AT)?;
    for known in &incoming.items {
        if let Entity::Shipment(it) = &known.entity
            && it.under_way() > 0
        {
            let (shipment, quantity) = (known.subject.handle, it.under_way());
            home.waiting.push(Waiting::Arriving {
                shipment,
                from: it.home,
                product: app.store.named(&UniqueName::gtin(it.gtin))?,
                lot: it.lot.to_string(),
                unit: it.unit,
                quantity,
            });
        }
    }
    let mut stocked = Vec::new();
    for stage in [BatchStage::Open, BatchStage::Graded, BatchStage::Packed, BatchStage::Shipped] {
        let filter = BatchFilter { stage: Some(stage), in_stock: true, ..BatchFilter::default() };
        let slice = app.store.batches(caller.organisation, &filter, None, LOOKED_AT)?;
        home.cut |= slice.next.is_some();
        stocked.extend(slice.items);
    }
    let around = around(app, &stocked)?;
    let products = subjects::list(app, caller, SubjectKind::Product, None, LOOKED_AT)?;
    let net = |known: &Known| match &known.entity {
        Entity::Product(it) => it.net_g.map(|net| net.get()),
        _ => None,
    };
    let least = products.items.iter().filter_map(net).min().unwrap_or(u64::MAX);
    for known in stocked {
        home.waiting.extend(next_of(known, &around, least));
    }
    home.waiting.sort_by_key(|waiting| match waiting {
        Waiting::Held(..) | Waiting::Recalled(..) => 0,
        Waiting::IntervalBroken(..) => 1,
        _ => 2,
    });
    home.has_batches = has_batches(app, caller)?;
    let is_loose = |known: &Known| matches!(&known.entity, Entity::Product(it) if it.form == ProductForm::Loose);
    home.has_products = products.items.iter().any(is_loose);
    home.has_packs = products.items.iter().any(|known| !is_loose(known));
    home.has_plots = !subjects::list(app, caller, SubjectKind::Plot, None, 1)?.items.is_empty();
    Ok(())
}

/// Whether it has begun: the first steps end with the first batch.
pub fn has_batches(app: &App, caller: Caller) -> Result<bool, AppError> {
    Ok(!app.store.batches(caller.organisation, &BatchFilter::default(), None, 1)?.items.is_empty())
}

/// What the batches were made from, where that grew, and their products.
fn around(app: &App, batches: &[Known]) -> Result<HashMap<Handle, Entity>, AppError> {
    let mut handles = BTreeSet::new();
    for known in batches {
        if let Entity::Batch(batch) = &known.entity {
            handles.extend(intervals::rests_on(batch));
            handles.insert(batch.product);
        }
    }
    let handles: Vec<Handle> = handles.into_iter().collect();
    Ok(app.store.subjects(&handles)?.into_iter().map(|known| (known.subject.handle, known.entity)).collect())
}

/// Whether all of it went through a batch whose certificate covers it, as far as states tell: no further than where several were
/// mixed. Of goods that came from another house, one that was issued while they were on their way counts here and not on their
/// page, which reads their whole history; to do that for each packed batch would make this page slow.
fn is_covered(batch: &Batch, around: &HashMap<Handle, Entity>) -> bool {
    let mut child = batch;
    while let [parent] = child.parents.as_slice() {
        let Some(Entity::Batch(before)) = around.get(&parent.batch) else { return false };
        if before.covers(child) {
            return true;
        }
        child = before;
    }
    false
}

/// `least`: grams in the smallest own pack.
fn next_of(known: Known, around: &HashMap<Handle, Entity>, least: u64) -> Option<Waiting> {
    let handle = known.subject.handle;
    let Entity::Batch(batch) = known.entity else { return None };
    if !batch.holds.is_empty() && !batch.recalled {
        return Some(Waiting::Held(handle, batch));
    }
    if batch.recalled {
        return (batch.rest() > 0).then_some(Waiting::Recalled(handle, batch));
    }
    if batch.rest() == 0 {
        return None;
    }
    let broken = intervals::broken(&batch, |handle| around.get(&handle)).into_iter().filter(|broken| !broken.is_tested);
    if let Some(broken) = broken.max_by_key(|it| i64::from(it.treatment.interval_days) - it.days) {
        return Some(Waiting::IntervalBroken(handle, batch, broken));
    }
    if batch.net_g.is_some()
        && let Some(Entity::Product(product)) = around.get(&batch.product)
        && may_be_due(&batch, product)
        && !is_covered(&batch, around)
    {
        return Some(Waiting::ToCertify(handle, batch));
    }
    let is_loose = batch.net_g.is_none() && batch.grade.is_some();
    match batch.stage {
        BatchStage::Open if batch.net_g.is_none() => Some(Waiting::ToGrade(handle, batch)),
        // As long as it fills a pack.
        BatchStage::Graded | BatchStage::Packed | BatchStage::Shipped if is_loose && batch.rest() >= least => {
            Some(Waiting::ToPack(handle, batch))
        }
        // Who has no packs yet is led to them by the form.
        BatchStage::Graded if is_loose && least == u64::MAX => Some(Waiting::ToPack(handle, batch)),
        _ => None,
    }
}

fn samples_out(app: &App, caller: Caller, home: &mut Home) -> Result<(), AppError> {
    let slice = subjects::list(app, caller, SubjectKind::Sample, None, LOOKED_AT)?;
    for known in slice.items {
        let Entity::Sample(it) = known.entity else { continue };
        if it.received_at.is_none() {
            let (sample, drawn_at) = (known.subject.handle, it.drawn_at);
            home.waiting.push(Waiting::SampleOut { sample, code: it.code, batch: it.batch, drawn_at });
        }
    }
    Ok(())
}

fn inbox(app: &App, caller: Caller, home: &mut Home) -> Result<(), AppError> {
    let slice = subjects::list(app, caller, SubjectKind::Sample, None, LOOKED_AT)?;
    home.cut |= slice.next.is_some();
    let now = app.now();
    for known in slice.items {
        let sample = known.subject.handle;
        let Entity::Sample(it) = known.entity else { continue };
        match it.received_at {
            None => home.waiting.push(Waiting::SampleToReceive { sample, code: it.code, drawn_at: it.drawn_at }),
            Some(at) if it.report_no.is_none() => {
                let due = at.plus_minutes(24 * 60);
                home.waiting.push(Waiting::SampleToReport { sample, code: it.code, due, late: due < now });
            }
            Some(_) => {}
        }
    }
    home.waiting.sort_by_key(|waiting| match waiting {
        Waiting::SampleToReport { due, .. } => due.millis(),
        Waiting::SampleToReceive { drawn_at, .. } => drawn_at.plus_minutes(24 * 60).millis(),
        _ => i64::MAX,
    });
    Ok(())
}

fn licences(app: &App, caller: Caller, home: &mut Home) -> Result<(), AppError> {
    let today = app.today();
    for known in subjects::list(app, caller, SubjectKind::Licence, None, LOOKED_AT)?.items {
        let Entity::Licence(it) = known.entity else { continue };
        if it.ends_soon(today) {
            let (licence, last_day) = (known.subject.handle, it.until.plus_days(-1));
            home.waiting.push(Waiting::LicenceEnds { licence, number: it.number, licensee: it.licensee, last_day });
        }
    }
    Ok(())
}
