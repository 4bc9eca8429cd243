//! Waiting times between a treatment and the picking (安全间隔期). A harvest inside of one is refused; a treatment that is
//! recorded after the harvest, or a corrected day, can still break one, and then everybody who scans the goods reads it.

use std::collections::BTreeSet;

use super::entities::{Batch, Entity, Plot, Treatment};
use super::kinds::batches::Window;
use super::record::Handle;
use super::time::CivilDate;

impl Window {
    /// Whether it was picked here before the wait of a treatment was over. What was applied after the last day does not count.
    pub fn breaks_interval(&self, applied: CivilDate, interval_days: u32) -> bool {
        applied <= self.to && applied.days_until(self.from) < i64::from(interval_days)
    }
}

/// A wait that was not kept, as seen from a batch with that fruit in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Code of the plot.
    pub plot: String,
    pub treatment: Treatment,
    /// Days from the treatment to the first day of picking.
    pub days: i64,
    /// A report that passed, on the batch or on what it was made from, covers what was applied.
    pub is_tested: bool,
}

/// Everything that [`broken`] looks at beside the batch itself.
pub fn rests_on(batch: &Batch) -> BTreeSet<Handle> {
    batch.ancestors.iter().chain(&batch.plots).copied().collect()
}

/// The waits that were not kept for fruit of this batch, through all it was made from; each treatment once.
pub fn broken<'a>(batch: &'a Batch, known: impl Fn(Handle) -> Option<&'a Entity>) -> Vec<Broken> {
    let ancestors = batch.ancestors.iter().filter_map(|handle| match known(*handle) {
        Some(Entity::Batch(batch)) => Some((Some(*handle), batch)),
        _ => None,
    });
    // The batch itself, without a handle, and all it was made from.
    let branch: Vec<(Option<Handle>, &Batch)> = std::iter::once((None, batch)).chain(ancestors).collect();
    // A report on the fruit of one harvest says nothing of another's, though both went into one lot.
    let is_tested = |harvest: Option<Handle>, active: &str| {
        let has_it = |(handle, it): &&(Option<Handle>, &Batch)| {
            *handle == harvest || harvest.is_some_and(|harvest| it.ancestors.contains(&harvest))
        };
        let panels = branch.iter().filter(has_it).flat_map(|(_, batch)| &batch.panels);
        panels.flat_map(|panel| &panel.actives).any(|tested| tested.as_str() == active)
    };
    let mut found: Vec<Broken> = Vec::new();
    for (own, harvest) in branch.iter().filter(|(_, batch)| batch.parents.is_empty()) {
        let Some(window) = &harvest.picked else { continue };
        for plot in &harvest.plots {
            let Some(Entity::Plot(plot)) = known(*plot) else { continue };
            for treatment in broken_on(plot, window) {
                let days = treatment.on.days_until(window.from);
                let broken = |it: &&mut Broken| it.plot == plot.code && it.treatment == *treatment;
                match found.iter_mut().find(broken) {
                    Some(earlier) => {
                        earlier.days = earlier.days.min(days);
                        earlier.is_tested &= is_tested(*own, &treatment.active);
                    }
                    None => found.push(Broken {
                        plot: plot.code.clone(),
                        treatment: treatment.clone(),
                        days,
                        is_tested: is_tested(*own, &treatment.active),
                    }),
                }
            }
        }
    }
    found
}

/// The treatments of a plot whose wait was not over when it was picked.
pub fn broken_on<'p>(plot: &'p Plot, window: &Window) -> impl Iterator<Item = &'p Treatment> {
    plot.treatments.iter().filter(|treatment| window.breaks_interval(treatment.on, treatment.interval_days))
}
