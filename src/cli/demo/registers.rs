//! Who and what the demo county has: organisations, plots, products, licences.

use super::seasons::Season;
use crate::domain::acts::licences::GrantLicence;
use crate::domain::acts::organisations::RegisterOrganisation;
use crate::domain::acts::plots::{Point, RegisterPlot, TreatPlot};
use crate::domain::acts::products::RegisterProduct;
use crate::domain::kinds::Name;
use crate::domain::kinds::organisations::{Accreditation, OrganisationKind};
use crate::domain::kinds::products::{ProductForm, StorageAdvice};
use crate::domain::quantity::{PositiveAmount, PositiveGrams, Unit};
use crate::domain::record::Handle;

/// Parses a literal of the demo.
pub fn lit<T: std::str::FromStr>(text: &str) -> T
where
    T::Err: std::fmt::Display,
{
    match text.parse() {
        Ok(value) => value,
        Err(error) => unreachable!("a literal of the demo, {text:?}: {error}"),
    }
}

pub fn name(zh: &str, en: &str) -> Name {
    Name { zh: lit(zh), en: Some(lit(en)) }
}

pub fn amount(number: u64) -> PositiveAmount {
    match PositiveAmount::new(number) {
        Ok(amount) => amount,
        Err(error) => unreachable!("an amount of the demo: {error}"),
    }
}

fn county() -> Name {
    name("示范县", "Demo County")
}

/// An organisation of the county.
pub fn organisation(kind: OrganisationKind, zh: &str, en: &str, uscc: &str) -> RegisterOrganisation {
    RegisterOrganisation {
        kind,
        name: name(zh, en),
        uscc: Some(lit(uscc)),
        gln: None,
        place: Some(county()),
        region: Some(lit("999001")),
        phone: (!kind.is_unnamed_in_public()).then(|| lit("000-0000000")),
        accreditation: None,
        contact: None,
        utc_offset_minutes: (kind == OrganisationKind::Operator).then_some(super::clock::OFFSET_MINUTES),
        told: Default::default(),
    }
}

pub fn laboratory(season: &Season) -> RegisterOrganisation {
    RegisterOrganisation {
        accreditation: Some(Accreditation { cma: lit("示范-2026-001"), until: season.written("2029-06-01") }),
        ..organisation(
            OrganisationKind::Laboratory,
            "示范县农产品检测中心",
            "Demo County Produce Testing Centre",
            "12999001MA00001115",
        )
    }
}

/// A plot: code, latitude, longitude, square metres, metres above the sea, crop, variety.
pub fn plot(
    code: &str,
    (lat, lon): (&str, &str),
    area_m2: u64,
    altitude_m: Option<i64>,
    crop: Name,
    variety: Option<Name>,
) -> RegisterPlot {
    RegisterPlot {
        code: lit(code),
        place: county(),
        area_m2,
        crop,
        variety,
        altitude_m,
        point: Point { lat: lit(lat), lon: lit(lon) },
        polygon: Vec::new(),
        grower: None,
        consent: None,
        told: Default::default(),
    }
}

pub fn oranges() -> Name {
    name("脐橙", "navel orange")
}

/// A spray: product, active, dose, interval in days, most a season.
pub fn spray(
    season: &Season,
    plot: Handle,
    month_day: &str,
    (product, active, dose): (&str, &str, &str),
    interval_days: u32,
    most: Option<u32>,
) -> TreatPlot {
    TreatPlot {
        plot,
        product: lit(product),
        active: lit(active),
        dose: lit(dose),
        on: season.day(month_day),
        interval_days,
        most_per_season: most,
        worker: None,
        told: Default::default(),
    }
}

/// A product; `net_g` makes it a pack.
pub fn product(gtin: &str, zh: &str, en: &str, commodity: &str, net_g: Option<u64>) -> RegisterProduct {
    RegisterProduct {
        gtin: lit(gtin),
        name: name(zh, en),
        commodity: lit(commodity),
        variety: None,
        grade: None,
        form: if net_g.is_some() { ProductForm::Pack } else { ProductForm::Loose },
        unit: if net_g.is_some() { Unit::Pieces } else { Unit::Grams },
        net_g: net_g.and_then(|net| PositiveGrams::new(net).ok()),
        shelf_life_days: None,
        requires_cert: true,
        plausible_t_per_ha: None,
        storage: Some(advice(commodity)),
        told: Default::default(),
    }
}

fn advice(commodity: &str) -> StorageAdvice {
    let (zh, en) = match commodity {
        "lychee" => ("3–5 °C 冷藏，尽快食用。", "Keep at 3–5 °C and eat soon."),
        "tea" => ("避光、干燥、密封保存。", "Keep dark, dry and closed."),
        _ => ("阴凉通风处存放；3–8 °C 冷藏可放更久。", "Keep cool and airy; longer at 3–8 °C."),
    };
    StorageAdvice { zh: lit(zh), en: Some(lit(en)) }
}

/// A licence for some packs.
pub fn licence(
    number: &str,
    mark: Handle,
    licensee: Handle,
    gtins: &[&str],
    (from, until): (crate::domain::time::CivilDate, crate::domain::time::CivilDate),
    packs: u64,
) -> GrantLicence {
    GrantLicence {
        number: lit(number),
        mark,
        licensee,
        gtins: gtins.iter().map(|gtin| lit(gtin)).collect(),
        from,
        until,
        packs: amount(packs),
        told: Default::default(),
    }
}
