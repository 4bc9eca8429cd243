//! What a grower agreed to show in public. The name itself stays sealed; a [`Consent`] is made from records alone, and the public
//! side of the store opens nothing without one (personal information law, art. 25: a separate consent, which ends when withdrawn).

use std::collections::BTreeMap;

use super::kinds::Body;
use super::kinds::sites::{PlotConsentWithdrawn, PlotConsented};
use super::record::sealed::Place;
use super::record::{Handle, Record, Subject, SubjectKind};

/// A consent that is in force: to the name of who grows on one plot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Consent {
    plot: Handle,
    seq: u64,
}

impl Consent {
    /// Those in force by these records of plots, which stand in any order.
    pub fn in_force<'r>(records: impl IntoIterator<Item = &'r Record>) -> Vec<Self> {
        let mut newest: BTreeMap<Handle, (u64, bool)> = BTreeMap::new();
        for record in records.into_iter().filter(|record| record.subject.kind == SubjectKind::Plot) {
            let is_given = match record.kind.as_str() {
                PlotConsented::KIND => true,
                PlotConsentWithdrawn::KIND => false,
                _ => continue,
            };
            let known = newest.entry(record.subject.handle).or_insert((record.seq, is_given));
            if record.seq > known.0 {
                *known = (record.seq, is_given);
            }
        }
        newest.into_iter().filter(|(_, (_, is_given))| *is_given).map(|(plot, (seq, _))| Self { plot, seq }).collect()
    }

    pub fn plot(&self) -> Handle {
        self.plot
    }

    /// Where the name stands that was agreed to.
    pub fn place(&self) -> Place {
        let subject = Subject::new(SubjectKind::Plot, self.plot);
        Place { subject, seq: self.seq, field: PlotConsented::SHOWN_AS.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::testing::County;

    #[test]
    fn the_newest_word_of_a_grower_counts_whatever_order_records_come_in() {
        let mut county = County::new();
        let (by, plot) = (county.hongqi.clone(), county.plots[0]);
        let records = |county: &County| county.it.chain(plot);
        assert_eq!(Consent::in_force(&records(&county)), []);
        county.consent(&by, plot, json!({"shown_as": "王某", "how": "paper"})).unwrap();
        county.consent(&by, plot, json!({"shown_as": "王大山", "how": "paper"})).unwrap();
        let mut given = records(&county);
        given.reverse();
        let found = Consent::in_force(&given);
        assert_eq!((found.len(), found[0].plot(), found[0].place().seq), (1, plot, 2));
        county.withdraw_consent(&by, plot, json!({})).unwrap();
        let mut withdrawn = records(&county);
        assert_eq!(Consent::in_force(&withdrawn), []);
        withdrawn.reverse();
        assert_eq!(Consent::in_force(&withdrawn), []);
    }
}
