//! The log as it is now: when it was begun anew.

use serde::{Deserialize, Serialize};

use super::{Fact, Inapplicable};
use crate::domain::kinds::Body as _;
use crate::domain::kinds::log::LogReopened;
use crate::domain::record::Handle;

/// The log of the instance; there is such a subject only once it was begun anew.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Log {
    /// The operator.
    pub home: Handle,
    /// Key of the newest epoch.
    pub vkey: String,
}

impl Log {
    pub(super) fn open(fact: &Fact<'_>) -> Result<Self, Inapplicable> {
        let body = LogReopened::read(fact.record)?;
        Ok(Self { home: fact.record.actor.org, vkey: body.vkey })
    }

    pub(super) fn apply(&mut self, fact: &Fact<'_>) -> Result<(), Inapplicable> {
        self.vkey = LogReopened::read(fact.record)?.vkey;
        Ok(())
    }
}
