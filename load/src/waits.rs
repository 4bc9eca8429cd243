//! Waiting times of one measurement.

use std::time::Duration;

#[derive(Debug, Default, Clone)]
pub struct Waits(Vec<u32>);

impl Waits {
    pub fn add(&mut self, wait: Duration) {
        self.0.push(u32::try_from(wait.as_micros()).unwrap_or(u32::MAX));
    }

    pub fn join(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Milliseconds below which these parts of all waits lie, in thousandths; 1000 is the longest.
    pub fn at(&mut self, thousandths: &[usize]) -> Vec<f64> {
        self.0.sort_unstable();
        let last = self.0.len().saturating_sub(1);
        thousandths
            .iter()
            .map(|part| self.0.get(last * part / 1000).map_or(0.0, |it| f64::from(*it) / 1000.0))
            .collect()
    }
}

/// The middle one; of an even number the upper.
pub fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// Smallest and largest.
pub fn span(values: &[f64]) -> (f64, f64) {
    values.iter().fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(*value), high.max(*value)))
}
