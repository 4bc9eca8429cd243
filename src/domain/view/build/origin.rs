//! Where it grew and what was sprayed there.

use std::collections::BTreeMap;

use super::history::bilingual;
use super::{Built, Page};
use crate::domain::kinds::batches::Window;
use crate::domain::kinds::sites::{PlotHarvested, PlotRegistered, PlotTreated};
use crate::domain::record::Handle;
use crate::domain::time::CivilDate;
use crate::domain::view::{Bilingual, OriginView, TreatmentView};

/// A treatment and the record that tells it.
pub(super) struct Treated {
    pub record: (Handle, u64),
    pub view: TreatmentView,
}

/// A treatment is shown with a harvest for as long as a panel must look for it.
const SEASON_DAYS: i64 = 365;
/// Parts of a whole; plots' shares are rounded to thousandths only at the end.
const WHOLE: u128 = 1_000_000_000_000;

impl Page<'_> {
    /// Treatments of the branch's plots in the season before their harvest, oldest first.
    pub fn treatments(&self) -> Built<Vec<Treated>> {
        let mut found: BTreeMap<(Handle, u64), Treated> = BTreeMap::new();
        for (_, opening) in self.lineage.harvests() {
            let Some(window) = &opening.picked else { continue };
            for plot in &opening.plots {
                for treated in self.of_plot(*plot, window)? {
                    let shorter =
                        found.get(&treated.record).is_none_or(|it| treated.view.days_kept < it.view.days_kept);
                    if shorter {
                        found.insert(treated.record, treated);
                    }
                }
            }
        }
        let mut treatments: Vec<Treated> = found.into_values().collect();
        treatments.sort_by(|a, b| (&a.view.date, a.record).cmp(&(&b.view.date, b.record)));
        Ok(treatments)
    }

    /// Days are counted to the first day of picking, the shortest wait of any fruit in the lot.
    fn of_plot(&self, plot: Handle, window: &Window) -> Built<Vec<Treated>> {
        let code = self.history.opening::<PlotRegistered>(plot)?.map(|plot| plot.code.to_string());
        let mut applied: Vec<(u64, PlotTreated)> = Vec::new();
        for line in self.history.chain(plot).filter(|line| line.is::<PlotTreated>()) {
            let body: PlotTreated = line.body()?;
            if body.on <= window.to && body.on.days_until(window.to) <= SEASON_DAYS {
                applied.push((line.record.seq, body));
            }
        }
        applied.sort_by_key(|(seq, body)| (body.on, *seq));
        let mut treated = Vec::with_capacity(applied.len());
        for (at, (seq, body)) in applied.iter().enumerate() {
            let same = |(_, it): &&(u64, PlotTreated)| it.active == body.active && it.on.year() == body.on.year();
            let days = body.on.days_until(window.from);
            treated.push(Treated {
                record: (plot, *seq),
                view: TreatmentView {
                    date: body.on.to_string(),
                    site_code: code.clone(),
                    product: Bilingual::term(body.product.as_str()),
                    active: Some(Bilingual::term(body.active.as_str())),
                    dose: body.dose.to_string(),
                    interval_days: body.interval_days,
                    days_kept: u32::try_from(days.max(0)).unwrap_or(u32::MAX),
                    kept: !window.breaks_interval(body.on, body.interval_days),
                    uses: Some(applied[..=at].iter().filter(same).count() as u32),
                    max_uses: body.most_per_season,
                },
            });
        }
        Ok(treated)
    }

    /// Whether a day lies in the season before a harvest of this branch on a plot.
    pub fn in_season(&self, plot: Handle, day: CivilDate) -> bool {
        let windows = self.lineage.harvests().filter(|(_, opening)| opening.plots.contains(&plot));
        let mut ends = windows.filter_map(|(_, opening)| Some(opening.picked.as_ref()?.to));
        ends.any(|end| (0..=SEASON_DAYS).contains(&day.days_until(end)))
    }

    /// Village or county of the first plot.
    pub fn grown_at(&self) -> Built<Option<Bilingual>> {
        for plot in self.lineage.plots(self.history) {
            if let Some(plot) = self.history.opening::<PlotRegistered>(plot)? {
                return Ok(Some(bilingual(&plot.place)));
            }
        }
        Ok(None)
    }

    pub fn origins(&self) -> Built<Vec<OriginView>> {
        let plots = self.lineage.plots(self.history);
        let shares = if plots.len() > 1 { self.shares()? } else { BTreeMap::new() };
        let mut origins = Vec::with_capacity(plots.len());
        for plot in plots {
            let Some(found) = self.history.opening::<PlotRegistered>(plot)? else { continue };
            let centidegrees =
                |degrees: crate::domain::decimal::Decimal| i32::try_from(degrees.rounded(2).scaled(2)).ok();
            origins.push(OriginView {
                place: bilingual(&found.place),
                variety: found.variety.as_ref().map(bilingual),
                altitude_m: found.altitude_m.and_then(|metres| i32::try_from(metres).ok()),
                area_m2: i64::try_from(found.area_m2).ok(),
                lat_centidegrees: centidegrees(found.near.lat),
                lon_centidegrees: centidegrees(found.near.lon),
                site_code: found.code.to_string(),
                plot: plot.to_string(),
                grower: None,
                share_permille: shares.get(&plot).map(|share| ((share * 1000 + WHOLE / 2) / WHOLE) as u32),
            });
        }
        Ok(origins)
    }

    /// What part of the batch came from each plot, by the amounts that plots and parents gave.
    fn shares(&self) -> Built<BTreeMap<Handle, u128>> {
        let mut known: BTreeMap<Handle, BTreeMap<Handle, u128>> = BTreeMap::new();
        let mut waiting = vec![self.lineage.own];
        while let Some(&batch) = waiting.last() {
            let Some(opening) = self.lineage.opening(batch) else { break };
            let before = waiting.len();
            waiting.extend(opening.parents.iter().map(|it| it.batch).filter(|parent| !known.contains_key(parent)));
            if waiting.len() > before {
                continue;
            }
            waiting.pop();
            let mut gave: Vec<(u128, BTreeMap<Handle, u128>)> = Vec::new();
            for parent in &opening.parents {
                gave.extend(known.get(&parent.batch).map(|share| (parent.quantity.get().into(), share.clone())));
            }
            for plot in opening.plots.iter().filter(|_| opening.parents.is_empty()) {
                gave.push((self.picked_from(*plot, batch)?, BTreeMap::from([(*plot, WHOLE)])));
            }
            known.insert(batch, mixed(&gave));
        }
        Ok(known.remove(&self.lineage.own).unwrap_or_default())
    }

    fn picked_from(&self, plot: Handle, batch: Handle) -> Built<u128> {
        let mut sum = 0;
        for line in self.history.chain(plot).filter(|line| line.is::<PlotHarvested>()) {
            let body: PlotHarvested = line.body()?;
            if body.batch == batch {
                sum += u128::from(body.quantity.get());
            }
        }
        Ok(sum)
    }
}

/// Amounts, each with its own shares, put together.
fn mixed(gave: &[(u128, BTreeMap<Handle, u128>)]) -> BTreeMap<Handle, u128> {
    let total: u128 = gave.iter().map(|(amount, _)| amount).sum::<u128>().max(1);
    let mut shares: BTreeMap<Handle, u128> = BTreeMap::new();
    for (amount, parts) in gave {
        for (plot, part) in parts {
            *shares.entry(*plot).or_default() += part * amount / total;
        }
    }
    shares
}
