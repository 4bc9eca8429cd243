//! What happens to a batch without making another: storing, losing, closing, recall.

use serde::Deserialize;
use utoipa::ToSchema;

use super::{Act, Needs, Note, Refusal, Step, Told};
use crate::domain::decimal::Decimal;
use crate::domain::entities::Batch;
use crate::domain::kinds::Name;
use crate::domain::kinds::batches::{BatchClosed, BatchLost, BatchRecalled, BatchStored, LossReason};
use crate::domain::quantity::PositiveAmount;
use crate::domain::record::{Actor, Handle, Subject, SubjectKind};

/// Records where a batch is kept.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"celsius": "5.0", "humidity_percent": 90}))]
pub struct StoreBatch {
    #[serde(skip)]
    pub batch: Handle,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub site: Option<Handle>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub celsius: Option<Decimal>,
    #[serde(default)]
    pub humidity_percent: Option<u32>,
    #[serde(flatten)]
    pub told: Told,
}

impl Act for StoreBatch {
    fn operation(&self) -> &'static str {
        "batch.store"
    }

    fn needs(&self, _actor: &Actor, needs: &mut Needs) {
        needs.subjects([self.batch].into_iter().chain(self.site));
    }

    fn decide(&self, step: &mut Step<'_>) -> Result<Subject, Refusal> {
        step.check_told(&self.told)?;
        step.open_batch(self.batch, "batch")?;
        if let Some(percent) = self.humidity_percent.filter(|percent| *percent > 100) {
            return Err(Refusal::new("percent-range").at("humidity_percent", percent).expected("0–100"));
        }
        let mut note = Note::told(&self.told);
        if let Some(site) = self.site {
            step.own_site(site, "site")?;
            note = note.link(step.link("site", site)?);
        }
        let body = BatchStored {
            site: self.site,
            celsius: self.celsius,
            humidity_percent: self.humidity_percent,
            media: self.told.media(),
        };
        let subject = Subject::new(SubjectKind::Batch, self.batch);
        step.write(subject, &body, note)?;
        Ok(subject)
    }
}

/// Records goods that are gone.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"quantity": 1200, "reason": "rot"}))]
pub struct LoseQuantity {
    #[serde(skip)]
    pub batch: Handle,
    #[schema(value_type = u64)]
    pub quantity: PositiveAmount,
    pub reason: LossReason,
    /// Taken from what came back, not from what is for sale.
    #[serde(default)]
    pub from_returned: bool,
    #[serde(flatten)]
    pub told: Told,
}

impl Act for LoseQuantity {
    fn operation(&self) -> &'static str {
        "batch.lose"
    }

    fn needs(&self, _actor: &Actor, needs: &mut Needs) {
        needs.subject(self.batch);
    }

    fn decide(&self, step: &mut Step<'_>) -> Result<Subject, Refusal> {
        step.check_told(&self.told)?;
        let batch = step.open_batch(self.batch, "batch")?;
        if self.from_returned {
            if self.quantity.get() > batch.balance.returned {
                let refusal = Refusal::new("overdrawn").at("quantity", self.quantity);
                return Err(refusal.expected(batch.balance.returned).detail("lot", &batch.lot));
            }
        } else {
            step.check_rest(batch, self.quantity.get().into(), "quantity")?;
        }
        let body = BatchLost {
            quantity: self.quantity,
            reason: self.reason,
            from_returned: self.from_returned,
            media: self.told.media(),
        };
        let subject = Subject::new(SubjectKind::Batch, self.batch);
        step.write(subject, &body, Note::told(&self.told))?;
        Ok(subject)
    }
}

/// Ends a batch: nothing may be recorded on it afterwards but corrections.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({}))]
pub struct CloseBatch {
    #[serde(skip)]
    pub batch: Handle,
    #[serde(flatten)]
    pub told: Told,
}

impl Act for CloseBatch {
    fn operation(&self) -> &'static str {
        "batch.close"
    }

    fn needs(&self, _actor: &Actor, needs: &mut Needs) {
        needs.subject(self.batch);
    }

    fn decide(&self, step: &mut Step<'_>) -> Result<Subject, Refusal> {
        step.check_told(&self.told)?;
        let batch: &Batch = step.open_batch(self.batch, "batch")?;
        let left = batch.rest() + batch.balance.returned;
        if left > 0 {
            return Err(Refusal::new("batch-not-empty")
                .at("batch", self.batch)
                .detail("left", left)
                .detail("lot", &batch.lot));
        }
        let subject = Subject::new(SubjectKind::Batch, self.batch);
        step.write(subject, &BatchClosed { media: self.told.media() }, Note::told(&self.told))?;
        Ok(subject)
    }
}

/// Calls a batch, and all made from it, back from the market.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"class": 3, "reason": {"zh": "净含量低于允许短缺量", "en": "Net content below tolerance"}}))]
pub struct RecallBatch {
    #[serde(skip)]
    pub batch: Handle,
    /// 食品召回管理办法: 1 (most severe) to 3.
    pub class: u8,
    pub reason: Name,
    #[serde(flatten)]
    pub told: Told,
}

impl Act for RecallBatch {
    fn operation(&self) -> &'static str {
        "batch.recall"
    }

    fn needs(&self, _actor: &Actor, needs: &mut Needs) {
        needs.subject(self.batch);
    }

    fn decide(&self, step: &mut Step<'_>) -> Result<Subject, Refusal> {
        step.check_told(&self.told)?;
        let batch = step.own_batch(self.batch, "batch")?;
        if !(1..=3).contains(&self.class) {
            return Err(Refusal::new("recall-class").at("class", self.class).expected("1–3"));
        }
        if batch.recalled {
            return Err(Refusal::new("batch-recalled").at("batch", self.batch).detail("lot", &batch.lot));
        }
        let body = BatchRecalled {
            class: self.class,
            on: step.day_of(&self.told),
            reason: self.reason.clone(),
            media: self.told.media(),
        };
        let subject = Subject::new(SubjectKind::Batch, self.batch);
        step.write(subject, &body, Note::told(&self.told))?;
        Ok(subject)
    }
}
