//! Telling the service what happened, at its moment, as one of the organisations; and noting what it refused.

use std::sync::Arc;

use anyhow::{Context, bail};

use super::super::sign::KeyFile;
use super::clock::DemoClock;
use super::seasons::Season;
use crate::app::{App, AppError, Caller, Conditions, prepare};
use crate::domain::acts::laboratory::ReportTest;
use crate::domain::acts::{Act, Told};
use crate::domain::record::{Handle, SubjectKind};
use crate::store::Receipt;

/// Tells acts one after the other.
pub struct Teller<'a> {
    pub app: &'a App,
    pub season: Season,
    clock: &'a DemoClock,
    /// The laboratory's key, once there is one.
    pub key: Option<KeyFile>,
    /// What was refused, in words.
    pub refused: Vec<String>,
}

impl<'a> Teller<'a> {
    pub fn new(app: &'a App, clock: &'a DemoClock) -> Self {
        Self { app, season: Season::before(clock.today()), clock, key: None, refused: Vec::new() }
    }

    /// Sets the clock to a moment of the season.
    pub fn at(&self, month_day: &str, time: &str) {
        self.clock.set(self.season.at(month_day, time));
    }

    pub fn tell(&self, caller: Caller, act: impl Act + 'static) -> anyhow::Result<Receipt> {
        let operation = act.operation();
        self.app
            .perform_blocking(caller, Arc::new(act), Conditions::default())
            .with_context(|| format!("the demo's {operation} at {}", self.app.now()))
    }

    /// Tells a report that the laboratory signs with its own key: it prepares, signs what it is answered, and uploads.
    pub fn tell_signed(&self, caller: Caller, report: ReportTest) -> anyhow::Result<Receipt> {
        let key = self.key.as_ref().context("the demo's laboratory has no key yet")?;
        let mut signed =
            ReportTest { told: Told { occurred_at: Some(self.app.now()), ..report.told.clone() }, ..report };
        let prepared = prepare::report(self.app, caller, signed.clone())?;
        signed.statement = Some(key.sign(&prepared.to_sign)?);
        self.tell(caller, signed)
    }

    /// Tells an act that the service must refuse with `code`; `what` names it for the printout.
    pub fn tell_refused(
        &mut self,
        caller: Caller,
        what: &str,
        code: &str,
        act: impl Act + 'static,
    ) -> anyhow::Result<()> {
        match self.app.perform_blocking(caller, Arc::new(act), Conditions::default()) {
            Err(AppError::Refused(refusal)) if refusal.code == code => {
                let sentence = crate::http::problem::Problem::from(refusal).detail(crate::i18n::Locale::ZhCn);
                self.refused.push(format!("{what}: {sentence}"));
                Ok(())
            }
            other => bail!("the demo's {what} should be refused with {code}, not {other:?}"),
        }
    }
}

/// The batch that a receipt opened under a lot, or the first one.
pub fn opened(receipt: &Receipt, index: usize) -> anyhow::Result<Handle> {
    receipt
        .records
        .iter()
        .filter(|record| record.kind == "batch.opened" && record.subject.kind == SubjectKind::Batch)
        .nth(index)
        .map(|record| record.subject.handle)
        .context("the demo's act opened no batch")
}
