//! Looking up what stands on a pack, and browsing products and producers. Public.

use super::{AppError, Visit};
use crate::domain::acts::Known;
use crate::domain::entities::{Batch, Entity, Organisation, Product};
use crate::domain::gs1::{DigitalLink, Gtin, LookedUp, Lot, lookup};
use crate::domain::invalid::Invalid;
use crate::domain::kinds::Name;
use crate::domain::record::{Handle, SubjectKind};
use crate::domain::view::{
    Bilingual, LicenceEntry, LookupError, LookupResult, LookupView, LotEntry, ProducerEntry, ProducerPageView,
    ProductEntry, ProductKind, ProductPageView, Verdict,
};

/// Entries shown in one list.
const SHOWN: u32 = 100;

/// Products that are looked through for a name.
const LOOKED_THROUGH: u32 = 500;

/// Lots on a product's page; each verdict is judged like its own page.
const LOTS_SHOWN: u32 = 20;

/// The look-up page. An exact hit is answered as an address to go to.
pub enum Found {
    Address(String),
    Page(Box<LookupView>),
}

impl Found {
    /// What was typed stands for nothing here.
    pub fn is_nothing(&self) -> bool {
        matches!(self, Self::Page(view) if view.error == Some(LookupError::NotFound))
    }
}

/// Looks up what was typed; an empty query browses.
pub fn look_up(visit: &Visit<'_>, typed: Option<&str>) -> Result<Found, AppError> {
    let mut view = LookupView { query: typed.map(str::to_owned), ..LookupView::default() };
    match typed.map(lookup) {
        None => {}
        Some(Err(invalid)) => {
            view.results = named(visit, typed.unwrap_or_default())?;
            view.error = Some(reason(&invalid)).filter(|_| view.results.is_empty());
        }
        Some(Ok(LookedUp::Link(link))) => return Ok(Found::Address(link.path())),
        Some(Ok(LookedUp::Gtin(gtin))) => return Ok(Found::Address(DigitalLink::product(gtin).path())),
        Some(Ok(LookedUp::Lot(lot))) => {
            view.results = lots(visit, &lot)?;
            if view.results.is_empty()
                && let Ok(upper) = lot.as_str().to_uppercase().parse()
            {
                view.results = lots(visit, &upper)?;
            }
            if let [only] = view.results.as_slice() {
                return Ok(Found::Address(only.url.clone()));
            }
            if view.results.is_empty() {
                view.results = named(visit, typed.unwrap_or_default())?;
            }
            if view.results.is_empty() {
                view.error = Some(LookupError::NotFound);
            }
        }
    }
    browse(visit, &mut view)?;
    Ok(Found::Page(Box::new(view)))
}

fn reason(invalid: &Invalid) -> LookupError {
    match invalid.code.as_ref() {
        "gtin-check-digit" => LookupError::BadCheckDigit,
        code if code.ends_with("-length") || code.ends_with("too-long") => LookupError::TooLong,
        _ => LookupError::BadCharacters,
    }
}

/// Producers and products whose public name holds what was typed.
fn named(visit: &Visit<'_>, typed: &str) -> Result<Vec<LookupResult>, AppError> {
    let wanted = typed.trim().to_lowercase();
    if wanted.chars().count() < 2 {
        return Ok(Vec::new());
    }
    let holds = |name: &Name| {
        name.zh.as_str().to_lowercase().contains(&wanted) || name.english().to_lowercase().contains(&wanted)
    };
    let (mut makers, mut results) = (Vec::new(), Vec::new());
    for known in visit.read.of_kind(SubjectKind::Product, None, LOOKED_THROUGH)?.items {
        let Entity::Product(product) = &known.entity else { continue };
        if !makers.contains(&product.home) {
            makers.push(product.home);
        }
        if results.len() < SHOWN as usize && holds(&product.name) {
            results.extend(entry(visit, product)?.map(|it| LookupResult {
                name: it.name,
                gtin: Some(it.gtin),
                lot: None,
                producer: Some(it.producer),
                date: None,
                verdict: None,
                url: it.url,
            }));
        }
    }
    let mut producers = Vec::new();
    for home in makers {
        if let Some(name) = organisation(visit, home)?.and_then(|maker| maker.name).filter(&holds) {
            producers.push(LookupResult {
                name: bilingual(&name),
                gtin: None,
                lot: None,
                producer: None,
                date: None,
                verdict: None,
                url: format!("/producers/{home}"),
            });
        }
    }
    producers.extend(results);
    Ok(producers)
}

fn lots(visit: &Visit<'_>, lot: &Lot) -> Result<Vec<LookupResult>, AppError> {
    let mut results = Vec::new();
    for known in visit.read.batches_of_lot(lot, SHOWN)? {
        let Entity::Batch(batch) = &known.entity else { continue };
        let product = product(visit, batch.product)?;
        results.push(LookupResult {
            name: product.as_ref().map(|it| bilingual(&it.name)).unwrap_or_default(),
            gtin: Some(batch.gtin.to_string()),
            lot: Some(batch.lot.to_string()),
            producer: organisation(visit, batch.home)?.and_then(|it| it.name.as_ref().map(bilingual)),
            date: Some(batch.opened_on.to_string()),
            verdict: None,
            url: DigitalLink::lot(batch.gtin, batch.lot.clone()).path(),
        });
    }
    Ok(results)
}

fn browse(visit: &Visit<'_>, view: &mut LookupView) -> Result<(), AppError> {
    let products = visit.read.of_kind(SubjectKind::Product, None, SHOWN)?.items;
    let mut makers: Vec<(Handle, u32)> = Vec::new();
    for known in &products {
        let Entity::Product(product) = &known.entity else { continue };
        view.products.extend(entry(visit, product)?);
        match makers.iter_mut().find(|(home, _)| *home == product.home) {
            Some((_, count)) => *count += 1,
            None => makers.push((product.home, 1)),
        }
    }
    for (home, count) in makers {
        let Some(maker) = organisation(visit, home)? else { continue };
        let Some(name) = &maker.name else { continue };
        view.producers.push(ProducerEntry {
            name: bilingual(name),
            place: maker.place.as_ref().map(bilingual),
            products: count,
            url: format!("/producers/{home}"),
        });
    }
    Ok(())
}

fn entry(visit: &Visit<'_>, product: &Product) -> Result<Option<ProductEntry>, AppError> {
    let Some(maker) = organisation(visit, product.home)? else { return Ok(None) };
    Ok(Some(ProductEntry {
        name: graded_name(product),
        kind: kind(&product.commodity),
        gtin: product.gtin.to_string(),
        producer: maker.name.as_ref().map(bilingual).unwrap_or_default(),
        url: DigitalLink::product(product.gtin).path(),
    }))
}

/// Name and grade: packs of two grades often share a name.
fn graded_name(product: &Product) -> Bilingual {
    let name = bilingual(&product.name);
    let Some(grade) = &product.grade else { return name };
    let grade = Bilingual::term(grade.as_str());
    let with = |name: &str, grade: &str| if name.is_empty() { String::new() } else { format!("{name} · {grade}") };
    let en = if grade.en.is_empty() { &grade.zh } else { &grade.en };
    Bilingual::new(with(&name.zh, &grade.zh), with(&name.en, en))
}

/// Whether the GTIN stands for a product here.
pub fn is_known(visit: &Visit<'_>, gtin: Gtin) -> Result<bool, AppError> {
    Ok(visit.read.named(&crate::domain::acts::UniqueName::gtin(gtin))?.is_some())
}

/// The page of a GTIN: what it is and its newest lots.
pub fn product_page(visit: &Visit<'_>, gtin: Gtin) -> Result<Option<ProductPageView>, AppError> {
    let Some(handle) = visit.read.named(&crate::domain::acts::UniqueName::gtin(gtin))? else { return Ok(None) };
    let Some(product) = product(visit, handle)? else { return Ok(None) };
    let maker = organisation(visit, product.home)?;
    let mut lots = Vec::new();
    for known in visit.read.batches_of_product(handle, LOTS_SHOWN)? {
        lots.extend(lot_entry(visit, &known)?);
    }
    Ok(Some(ProductPageView {
        name: bilingual(&product.name),
        variety: product.variety.as_ref().map(bilingual),
        grade: product.grade.as_ref().map(|grade| Bilingual::term(grade.as_str())),
        kind: kind(&product.commodity),
        gtin: gtin.to_string(),
        net_content_g: product.net_g.map(|net| net.as_i64()),
        pieces: None,
        producer: maker.and_then(|it| it.name.as_ref().map(bilingual)).unwrap_or_default(),
        producer_url: Some(format!("/producers/{}", product.home)),
        storage: product
            .storage
            .as_ref()
            .map(|advice| Bilingual::new(advice.zh.as_str(), advice.en.as_ref().map_or("", |text| text.as_str()))),
        lots,
    }))
}

fn lot_entry(visit: &Visit<'_>, known: &Known) -> Result<Option<LotEntry>, AppError> {
    let Entity::Batch(batch) = &known.entity else { return Ok(None) };
    Ok(Some(LotEntry {
        lot: batch.lot.to_string(),
        packed_on: batch.packed_on.map(|day| day.to_string()),
        harvested_on: batch.picked.as_ref().map(|window| window.to.to_string()),
        verdict: verdict(visit, batch)?,
        url: DigitalLink::lot(batch.gtin, batch.lot.clone()).path(),
    }))
}

/// The verdict of a lot's address, from state alone: a list of lots must not cost the story of each.
fn verdict(visit: &Visit<'_>, batch: &Batch) -> Result<Verdict, AppError> {
    let ancestors = visit.read.subjects(&batch.ancestors)?;
    let line: Vec<&Batch> = ancestors
        .iter()
        .filter_map(|known| match &known.entity {
            Entity::Batch(ancestor) => Some(ancestor),
            _ => None,
        })
        .chain([batch])
        .collect();
    let licence = match batch.licence {
        Some(handle) => visit.read.subject(handle)?.map(|known| known.entity),
        None => None,
    };
    let no_right = match &licence {
        Some(Entity::Licence(it)) => batch.packed_on.is_some_and(|day| !it.in_force_on(day)),
        _ => false,
    };
    Ok(if line.iter().any(|it| it.recalled) {
        Verdict::Recalled
    } else if line.iter().any(|it| !it.holds.is_empty()) {
        Verdict::Held
    } else if no_right {
        Verdict::LicenceEnded
    } else if batch.best_before.is_some_and(|day| day < visit.today()) {
        Verdict::Expired
    } else {
        Verdict::Issued
    })
}

/// The page of a producer.
pub fn producer_page(visit: &Visit<'_>, handle: Handle) -> Result<Option<ProducerPageView>, AppError> {
    let Some(maker) = organisation(visit, handle)? else { return Ok(None) };
    let Some(name) = &maker.name else { return Ok(None) };
    let mut products = Vec::new();
    for known in visit.read.of_home(handle, SubjectKind::Product, None, SHOWN)?.items {
        if let Entity::Product(product) = &known.entity {
            products.extend(entry(visit, product)?);
        }
    }
    let mut licences = Vec::new();
    for known in visit.read.granted(handle, "licensee", None, SHOWN)?.items {
        if let Entity::Licence(licence) = &known.entity {
            licences.push(LicenceEntry {
                mark: bilingual(&licence.mark_name),
                licence_no: licence.number.clone(),
                from: licence.from.to_string(),
                until: Some(licence.until.plus_days(-1).to_string()),
                in_force_today: licence.in_force_on(visit.today()),
            });
        }
    }
    Ok(Some(ProducerPageView {
        name: bilingual(name),
        place: maker.place.as_ref().map(bilingual),
        credit_code: maker.uscc.as_ref().map(ToString::to_string),
        households: None,
        area_m2: None,
        phone: maker.phone.clone(),
        licences,
        products,
    }))
}

fn organisation(visit: &Visit<'_>, handle: Handle) -> Result<Option<Organisation>, AppError> {
    Ok(visit.read.subject(handle)?.and_then(|known| match known.entity {
        Entity::Organisation(found) => Some(found),
        _ => None,
    }))
}

fn product(visit: &Visit<'_>, handle: Handle) -> Result<Option<Product>, AppError> {
    Ok(visit.read.subject(handle)?.and_then(|known| match known.entity {
        Entity::Product(found) => Some(found),
        _ => None,
    }))
}

fn bilingual(name: &Name) -> Bilingual {
    Bilingual::new(name.zh.as_str(), name.en.as_ref().map_or("", |text| text.as_str()))
}

/// The drawing for a commodity.
pub fn kind(commodity: &str) -> ProductKind {
    match commodity {
        "navel_orange" | "orange" | "mandarin" => ProductKind::Orange,
        "lychee" => ProductKind::Lychee,
        "tea" => ProductKind::Tea,
        _ => ProductKind::Generic,
    }
}
