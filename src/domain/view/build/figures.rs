//! Amounts, temperatures and measures of records as figures of a step.

use crate::domain::decimal::Decimal;
use crate::domain::kinds::batches::{Agent, BatchOpened, Measure, TemperatureSummary};
use crate::domain::quantity::{PositiveGrams, Unit};
use crate::domain::record::Record;
use crate::domain::view::{Bilingual, Figure};

/// What a batch counts, and how much one piece holds if it is a pack.
#[derive(Clone, Copy)]
pub(super) struct Counted {
    pub unit: Unit,
    pub net_g: Option<PositiveGrams>,
}

impl Counted {
    pub fn of(opening: &BatchOpened) -> Self {
        Self { unit: opening.unit, net_g: opening.net_g }
    }

    /// An amount of the batch as it is counted.
    pub fn figure(self, amount: u64) -> Figure {
        match (self.unit, self.net_g) {
            (Unit::Grams, _) => Figure::Weight { g: whole(amount) },
            (Unit::Pieces, Some(net_g)) => Figure::Packs { count: amount, net_g: Some(net_g.as_i64()) },
            (Unit::Pieces, None) => Figure::Pieces { count: amount },
        }
    }

    /// The weight of an amount, where it has one on record.
    pub fn grams(self, amount: u64) -> Option<i64> {
        match (self.unit, self.net_g) {
            (Unit::Grams, _) => Some(whole(amount)),
            (Unit::Pieces, Some(net_g)) => Some(whole(amount.saturating_mul(net_g.get()))),
            (Unit::Pieces, None) => None,
        }
    }

    /// A loss, if there is any.
    pub fn loss(self, amount: u64) -> Option<Figure> {
        let grams = self.grams(amount).filter(|g| *g > 0)?;
        Some(Figure::Loss { g: grams })
    }

    /// An amount with its unit, for the two values of a correction.
    pub fn text(self, amount: u64) -> String {
        match self.unit {
            Unit::Grams if amount < 1000 => format!("{amount} g"),
            Unit::Grams => format!("{} kg", kilograms(amount)),
            Unit::Pieces => grouped(amount),
        }
    }
}

fn whole(amount: u64) -> i64 {
    i64::try_from(amount).unwrap_or(i64::MAX)
}

/// `9,592.8`: every gram is kept.
fn kilograms(g: u64) -> String {
    let (whole, rest) = (grouped(g / 1000), g % 1000);
    if rest == 0 { whole } else { format!("{whole}.{rest:03}").trim_end_matches('0').to_owned() }
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Tenths of a degree.
pub(super) fn tenths(celsius: Decimal) -> i32 {
    i32::try_from(celsius.rounded(1).scaled(1)).unwrap_or(i32::MAX)
}

pub(super) fn degrees(celsius: Decimal) -> Figure {
    Figure::Temperature { low_tenths: tenths(celsius), high_tenths: tenths(celsius) }
}

pub(super) fn transport(summary: &TemperatureSummary) -> impl Iterator<Item = Figure> {
    let span =
        Figure::Temperature { low_tenths: tenths(summary.min_celsius), high_tenths: tenths(summary.max_celsius) };
    let excursions = summary
        .excursions
        .iter()
        .map(|above| Figure::Excursion { tenths: tenths(above.peak_celsius), minutes: above.minutes });
    std::iter::once(span).chain(excursions.collect::<Vec<_>>())
}

/// What a correction declares that it leaves open.
pub(super) fn discrepancy(correction: &Record, counted: Counted) -> Option<Figure> {
    let declared = correction.body.get("discrepancy_g")?.as_i64()?;
    Some(Figure::Discrepancy { amount: counted.text(declared.unsigned_abs()) })
}

pub(super) fn agent(agent: &Agent) -> Figure {
    Figure::Agent {
        product: Bilingual::term(agent.product.as_str()),
        active: Some(Bilingual::term(agent.active.as_str())),
        dose: agent.dose.to_string(),
    }
}

/// The measures that pages have words for; others stay in the record.
pub(super) fn measure(measure: &Measure) -> Option<Figure> {
    let value = measure.mean.to_string();
    let (low, high) = (measure.min.unwrap_or(measure.mean), measure.max.unwrap_or(measure.mean));
    let span = || Some((u32::try_from(low.scaled(0)).ok()?, u32::try_from(high.scaled(0)).ok()?));
    Some(match measure.name.as_str() {
        "brix" => Figure::Brix {
            mean: value,
            low: measure.min.map(|min| min.to_string()),
            high: measure.max.map(|max| max.to_string()),
            n: measure.n,
        },
        "acid" => Figure::Acid { value },
        "ratio" => Figure::SugarAcidRatio { value },
        "edible" => Figure::EdiblePercent { value },
        "mass" if measure.unit.as_str() == "g" => span().map(|(low_g, high_g)| Figure::FruitMass { low_g, high_g })?,
        "size" | "diameter" if measure.unit.as_str() == "mm" => {
            span().map(|(low_mm, high_mm)| Figure::FruitSize { low_mm, high_mm })?
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_of_corrections_carry_their_unit_and_every_gram() {
        let grams = Counted { unit: Unit::Grams, net_g: None };
        assert_eq!(grams.text(96_000_000), "96,000 kg");
        assert_eq!(grams.text(9_592_800), "9,592.8 kg");
        assert_eq!(grams.text(1_000_001), "1,000.001 kg");
        assert_eq!(grams.text(50), "50 g");
        assert_eq!(Counted { unit: Unit::Pieces, net_g: None }.text(1_234_567), "1,234,567");
    }
}
