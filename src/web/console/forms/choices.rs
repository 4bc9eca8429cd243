//! What selects offer: the caller's own plots, products and sites, laboratories, receivers. And what is most likely meant.

use crate::app::{AppError, BatchFilter, records, subjects};
use crate::domain::acts::{Known, UniqueName};
use crate::domain::entities::{Batch, Entity, Licence, Plot, Product, Why};
use crate::domain::gs1::Gtin;
use crate::domain::kinds::Body;
use crate::domain::kinds::batches::BatchShipped;
use crate::domain::kinds::organisations::OrganisationKind;
use crate::domain::kinds::products::ProductForm;
use crate::domain::quantity::Unit;
use crate::domain::record::{Handle, Role, SubjectKind};
use crate::domain::terms;
use crate::i18n::format;
use crate::web::console::kit::{Choice, Kind};
use crate::web::console::sheet::Desk;

/// Entries of a select at most: a longer one is no choice.
const MOST: u32 = 500;

pub fn amount(unit: Unit) -> Kind {
    match unit {
        Unit::Grams => Kind::Weight,
        Unit::Pieces => Kind::Pieces,
    }
}

/// As it is typed into a field of that unit.
pub fn typed(amount: u64, unit: Unit) -> String {
    match unit {
        Unit::Grams => crate::domain::quantity::Grams::new(amount).map(|grams| grams.kg()).unwrap_or_default(),
        Unit::Pieces => amount.to_string(),
    }
}

/// As it reads: `9,600 kg（19,200 斤）`, `537 件`.
pub fn shown(desk: &Desk<'_>, amount: u64, unit: Unit) -> String {
    let whole = i64::try_from(amount).unwrap_or(i64::MAX);
    match unit {
        Unit::Grams => format::net_content(desk.w().locale, whole),
        Unit::Pieces => desk.w().packs(&amount),
    }
}

/// The batch that the form is about.
pub fn batch<'d>(desk: &'d Desk<'_>) -> Result<&'d Batch, AppError> {
    match &desk.subject()?.entity {
        Entity::Batch(batch) => Ok(batch),
        _ => Err(crate::domain::acts::Refusal::not_found("id", "").into()),
    }
}

pub fn products(desk: &Desk<'_>, wanted: impl Fn(&Product) -> bool) -> Result<Vec<Product>, AppError> {
    let all = subjects::list(desk.app, desk.shell.caller, SubjectKind::Product, None, MOST)?.items;
    Ok(all.into_iter().filter_map(product).filter(wanted).collect())
}

/// The name of what a bar code stands for, whoever registered it.
pub fn product_of(desk: &Desk<'_>, gtin: Gtin) -> Result<Option<String>, AppError> {
    let Some(handle) = desk.app.store.named(&UniqueName::gtin(gtin))? else { return Ok(None) };
    let known = desk.app.store.subject(handle)?;
    Ok(known.and_then(product).map(|product| desk.shell.name(&product.name).to_owned()))
}

fn product(known: Known) -> Option<Product> {
    match known.entity {
        Entity::Product(product) => Some(product),
        _ => None,
    }
}

pub fn is_loose(product: &Product) -> bool {
    product.form == ProductForm::Loose
}

pub fn of_products(desk: &Desk<'_>, products: &[Product]) -> Vec<Choice> {
    products
        .iter()
        .map(|it| {
            // What tells two packs apart comes first: a closed list shows no more on a phone.
            let grade = it.grade.as_ref().map(|grade| format!("{} · ", desk.w().term(grade))).unwrap_or_default();
            Choice::new(it.gtin, format!("{grade}{} · {}", desk.shell.name(&it.name), it.gtin.short()))
        })
        .collect()
}

pub fn plots(desk: &Desk<'_>) -> Result<Vec<(Handle, Plot)>, AppError> {
    let all = subjects::list(desk.app, desk.shell.caller, SubjectKind::Plot, None, MOST)?.items;
    Ok(all
        .into_iter()
        .filter_map(|known| match known.entity {
            Entity::Plot(plot) => Some((known.subject.handle, plot)),
            _ => None,
        })
        .collect())
}

pub fn of_plots(desk: &Desk<'_>, plots: &[(Handle, Plot)]) -> Vec<Choice> {
    let label = |plot: &Plot| {
        let crop = desk.shell.name(&plot.crop);
        let area = i64::try_from(plot.area_m2).unwrap_or(i64::MAX);
        // What is in its waiting time says so before anybody picks there.
        let free = plot.treatments.iter().map(|treatment| treatment.harvest_from()).max();
        let waits = free.filter(|day| *day > desk.app.today());
        let waits = waits.map(|day| format!("{} · ", desk.w().t1("pick-plot-waits", "day", day))).unwrap_or_default();
        format!("{} · {waits}{crop} · {}", plot.code, format::area(desk.w().locale, area))
    };
    plots.iter().map(|(handle, plot)| Choice::new(handle, label(plot))).collect()
}

pub fn sites(desk: &Desk<'_>) -> Result<Vec<Choice>, AppError> {
    let all = subjects::list(desk.app, desk.shell.caller, SubjectKind::Site, None, MOST)?.items;
    let mut choices = vec![none(desk)];
    for known in &all {
        if let Entity::Site(site) = &known.entity {
            choices.push(Choice::new(known.subject.handle, format!("{} · {}", site.code, desk.shell.name(&site.name))));
        }
    }
    Ok(choices)
}

/// The line that chooses nothing.
pub fn none(desk: &Desk<'_>) -> Choice {
    Choice::new("", desk.w().t("pick-none"))
}

/// A term that was typed in English becomes the one that records hold, as far as the list knows it.
pub fn to_term(typed: &mut serde_json::Value) {
    if let Some(known) = typed.as_str().and_then(terms::chinese) {
        *typed = known.into();
    }
}

pub fn of_words(desk: &Desk<'_>, stem: &str, words: &[&str]) -> Vec<Choice> {
    words.iter().map(|word| Choice::new(word, desk.w().first(&desk.w().t(&format!("{stem}-{word}"))))).collect()
}

pub fn laboratories(desk: &Desk<'_>) -> Result<Vec<Choice>, AppError> {
    organisations(desk, |kind, _| kind == OrganisationKind::Laboratory)
}

/// Who holds goods, by public name; and whom one has shipped to before, by the name that goes with the credit code that was told.
pub fn receivers(desk: &Desk<'_>) -> Result<Vec<Choice>, AppError> {
    let own = desk.shell.caller.organisation;
    let sent = subjects::list(desk.app, desk.shell.caller, SubjectKind::Shipment, None, 50)?.items;
    let buyers: Vec<Handle> = sent
        .iter()
        .filter_map(|known| match &known.entity {
            Entity::Shipment(shipment) => shipment.buyer,
            _ => None,
        })
        .collect();
    let names = crate::app::desk::Names::of(desk.app, desk.shell.caller, buyers.iter().copied())?;
    let mut choices = Vec::new();
    for buyer in buyers.iter().copied() {
        if let Some(name) = names.acquaintance(buyer, Why::ReaderToldIt)
            && let Some(code) = names.code_told(buyer)
            && !choices.iter().any(|choice: &Choice| choice.value == code.to_string())
        {
            choices.push(Choice::new(code, desk.shell.name(name)));
        }
    }
    let own = own.to_string();
    for choice in organisations(desk, |_, role| role == Role::Cooperative)? {
        let is_told = buyers.iter().any(|buyer| choice.value == buyer.to_string());
        if choice.value != own && !is_told {
            choices.push(choice);
        }
    }
    Ok(choices)
}

/// Shipments of the batch of which something is neither taken in nor back.
pub fn under_way(desk: &Desk<'_>) -> Result<Vec<Choice>, AppError> {
    let chain = records::read(&*desk.app.store, desk.subject()?.subject.handle, 0, u64::MAX)?;
    let sent = chain.iter().rev().filter_map(|record| match record.kind == BatchShipped::KIND {
        true => BatchShipped::read(record).ok().map(|body| (record.recorded_at, body.shipment)),
        false => None,
    });
    let mut choices = Vec::new();
    for (at, handle) in sent {
        let Some(Known { entity: Entity::Shipment(shipment), .. }) = desk.app.store.subject(handle)? else { continue };
        if shipment.under_way() > 0 {
            let names = crate::app::desk::Names::of(desk.app, desk.shell.caller, shipment.buyer)?;
            let to = shipment.buyer.and_then(|buyer| names.acquaintance(buyer, Why::ReaderToldIt));
            let to = to.map(|name| format!("{} · ", desk.shell.name(name))).unwrap_or_default();
            let left = shown(desk, shipment.under_way(), shipment.unit);
            // What tells two of one day apart comes first: a closed list shows no more on a phone.
            choices.push(Choice::new(handle, format!("{to}{left} · {}", format::instant(&at.to_string()))));
        }
    }
    Ok(choices)
}

/// Organisations that the public may know by name.
pub fn organisations(
    desk: &Desk<'_>,
    wanted: impl Fn(OrganisationKind, Role) -> bool,
) -> Result<Vec<Choice>, AppError> {
    let all = subjects::list(desk.app, desk.shell.caller, SubjectKind::Organisation, None, MOST)?.items;
    let choice = |known: &Known| match &known.entity {
        Entity::Organisation(it) if wanted(it.kind, it.role) => {
            it.name.as_ref().map(|name| Choice::new(known.subject.handle, desk.shell.name(name)))
        }
        _ => None,
    };
    Ok(all.iter().filter_map(choice).collect())
}

/// Licences of the caller that are in force today.
pub fn licences(desk: &Desk<'_>) -> Result<Vec<(Handle, Licence)>, AppError> {
    let today = desk.app.today();
    let all = subjects::list(desk.app, desk.shell.caller, SubjectKind::Licence, None, MOST)?.items;
    Ok(all
        .into_iter()
        .filter_map(|known| match known.entity {
            Entity::Licence(licence) if licence.in_force_on(today) => Some((known.subject.handle, licence)),
            _ => None,
        })
        .collect())
}

/// The batch opened last: its product and plot are likely meant again.
pub fn last_batch(desk: &Desk<'_>) -> Result<Option<Batch>, AppError> {
    let newest = desk.app.store.batches(desk.shell.caller.organisation, &BatchFilter::default(), None, 20)?.items;
    Ok(newest.into_iter().find_map(|known| match known.entity {
        Entity::Batch(batch) if batch.parents.is_empty() && !batch.plots.is_empty() => Some(batch),
        _ => None,
    }))
}
