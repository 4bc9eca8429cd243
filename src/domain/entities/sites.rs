//! Plots and other places as they are now.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Fact, Inapplicable, misplaced};
use crate::domain::kinds::sites::{
    PlotConsentWithdrawn, PlotConsented, PlotHarvested, PlotInputUsed, PlotNoted, PlotRegistered, PlotTreated,
    SiteKind, SiteRegistered,
};
use crate::domain::kinds::{Body, Name};
use crate::domain::record::Handle;
use crate::domain::time::CivilDate;

/// A packhouse, store or other place that is no plot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Site {
    pub home: Handle,
    pub code: String,
    pub kind: SiteKind,
    pub name: Name,
    pub place: Name,
}

impl Site {
    pub(super) fn open(fact: &Fact<'_>) -> Result<Self, Inapplicable> {
        let body = SiteRegistered::read(fact.record)?;
        let home = fact.record.actor.org;
        Ok(Self { home, code: body.code.to_string(), kind: body.kind, name: body.name, place: body.place })
    }
}

/// Where goods grow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plot {
    pub home: Handle,
    pub code: String,
    pub place: Name,
    pub area_m2: u64,
    pub crop: Name,
    pub variety: Option<Name>,
    pub altitude_m: Option<i64>,
    /// Applications of the last two years.
    pub treatments: Vec<Treatment>,
    /// What was harvested, by year of picking; the last three years.
    pub harvested: BTreeMap<i32, Season>,
    /// Position of the record by which the grower agreed to be named in public, while that is in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consented: Option<u64>,
}

/// Harvest of one year.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Season {
    pub quantity: u64,
}

/// One application of a plant protection product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Treatment {
    /// Position of the record in the plot's chain.
    pub seq: u64,
    pub product: String,
    pub active: String,
    pub dose: String,
    pub on: CivilDate,
    pub interval_days: u32,
}

impl Treatment {
    /// First civil day on which picking is allowed.
    pub fn harvest_from(&self) -> CivilDate {
        self.on.plus_days(i64::from(self.interval_days))
    }
}

const TREATMENTS_KEPT_DAYS: i64 = 730;

impl Plot {
    pub(super) fn open(fact: &Fact<'_>) -> Result<Self, Inapplicable> {
        let body = PlotRegistered::read(fact.record)?;
        Ok(Self {
            home: fact.record.actor.org,
            code: body.code.to_string(),
            place: body.place,
            area_m2: body.area_m2,
            crop: body.crop,
            variety: body.variety,
            altitude_m: body.altitude_m,
            treatments: Vec::new(),
            harvested: BTreeMap::new(),
            consented: None,
        })
    }

    pub(super) fn apply(&mut self, fact: &Fact<'_>) -> Result<(), Inapplicable> {
        let record = fact.record;
        match record.kind.as_str() {
            PlotTreated::KIND => {
                let body = PlotTreated::read(record)?;
                self.treatments.retain(|old| old.on.days_until(body.on) <= TREATMENTS_KEPT_DAYS);
                self.treatments.push(Treatment {
                    seq: record.seq,
                    product: body.product.to_string(),
                    active: body.active.to_string(),
                    dose: body.dose.to_string(),
                    on: body.on,
                    interval_days: body.interval_days,
                });
            }
            PlotInputUsed::KIND | PlotNoted::KIND => {}
            PlotConsented::KIND => self.consented = Some(record.seq),
            PlotConsentWithdrawn::KIND => self.consented = None,
            PlotHarvested::KIND => {
                let body = PlotHarvested::read(record)?;
                self.harvested.entry(body.to.year()).or_default().quantity += body.quantity.get();
                while self.harvested.len() > 3 {
                    self.harvested.pop_first();
                }
            }
            "plot.corrected" => self.apply_correction(fact)?,
            _ => return Err(misplaced(record)),
        }
        Ok(())
    }

    fn apply_correction(&mut self, fact: &Fact<'_>) -> Result<(), Inapplicable> {
        let Some(corrected) = &fact.correction else { return Err(misplaced(fact.record)) };
        match corrected.after.kind.as_str() {
            PlotTreated::KIND => {
                let body = PlotTreated::read(&corrected.after)?;
                if let Some(known) = self.treatments.iter_mut().find(|known| known.seq == corrected.after.seq) {
                    known.product = body.product.to_string();
                    known.active = body.active.to_string();
                    known.dose = body.dose.to_string();
                    known.on = body.on;
                    known.interval_days = body.interval_days;
                }
                Ok(())
            }
            PlotHarvested::KIND => {
                let (before, after) = (PlotHarvested::read(&corrected.before)?, PlotHarvested::read(&corrected.after)?);
                // A season older than those that are kept is not brought back.
                if let Some(season) = self.harvested.get_mut(&before.to.year()) {
                    season.quantity = season.quantity.saturating_sub(before.quantity.get());
                    self.harvested.entry(after.to.year()).or_default().quantity += after.quantity.get();
                }
                Ok(())
            }
            PlotRegistered::KIND => {
                let body = PlotRegistered::read(&corrected.after)?;
                self.place = body.place;
                self.area_m2 = body.area_m2;
                self.crop = body.crop;
                self.variety = body.variety;
                self.altitude_m = body.altitude_m;
                Ok(())
            }
            _ => Ok(()),
        }
    }
}
