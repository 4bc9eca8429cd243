//! Acts that turn a batch into others: processing, grading, splitting, merging. What gives is written first and names the
//! children; each child's opening links the record that gave.

use serde::Deserialize;
use utoipa::ToSchema;

use super::batches::{descend, need_lots, opened, sum};
use super::{Act, Needs, Note, Refusal, Step, Told};
use crate::domain::decimal::Decimal;
use crate::domain::gs1::{Gtin, Lot};
use crate::domain::kinds::batches::{
    Agent, Basis, BatchMerged, BatchOpened, BatchProcessed, BatchSplit, GradeOutput, GradingRecorded, Measure, Parent,
    Process, SplitPart, StandardRef,
};
use crate::domain::kinds::products::ProductForm;
use crate::domain::quantity::{Amount, PositiveAmount, Unit};
use crate::domain::record::{Actor, Handle, Link, Subject, SubjectKind};
use crate::domain::text::{Code, Text};

/// Children of one act.
pub(super) const MAX_CHILDREN: usize = 100;

fn batch_subject(handle: Handle) -> Subject {
    Subject::new(SubjectKind::Batch, handle)
}

/// Opens a child of `parents`; `giving` are the records that gave.
pub(super) fn open_child(
    step: &mut Step<'_>,
    child: Subject,
    mut body: BatchOpened,
    parents: &[Parent],
    giving: Vec<Link>,
    told: &Told,
) -> Result<(), Refusal> {
    descend(step, parents, &mut body)?;
    let known = ancestor_links(step, &body.ancestors, &giving)?;
    let mut note = Note { occurred_at: told.occurred_at, ..Note::default() }.links(giving).links(known);
    note = note.link(step.link("organisation", step.actor().org)?).link(step.link("product", body.product)?);
    step.write(child, &body, note)?;
    Ok(())
}

/// Links to the newest records of the batches that something rests on, but for those that `linked` leads to already: what
/// was known of them (a report that came after grading, a hold, a correction) is part of what a child or a certificate
/// commits to.
pub(super) fn ancestor_links(step: &Step<'_>, ancestors: &[Handle], linked: &[Link]) -> Result<Vec<Link>, Refusal> {
    let others = ancestors.iter().filter(|ancestor| linked.iter().all(|link| link.subject.handle != **ancestor));
    others.map(|ancestor| step.link("ancestor", *ancestor)).collect()
}

/// Washing, drying, dipping, pre-cooling and the like. With `into`, the product changes and a new batch is opened.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"process": "dipped", "agent": {"product": "咪鲜胺 45% EW", "active": "咪鲜胺", "dose": "1000×"},
    "minutes": 1, "input": 9600000, "output": 9600000}))]
pub struct ProcessBatch {
    #[serde(skip)]
    pub batch: Handle,
    pub process: Process,
    #[serde(default)]
    pub agent: Option<Agent>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub celsius: Option<Decimal>,
    #[serde(default)]
    pub minutes: Option<u32>,
    #[schema(value_type = u64)]
    pub input: PositiveAmount,
    #[schema(value_type = u64)]
    pub output: PositiveAmount,
    #[serde(default)]
    pub into: Option<NewLot>,
    #[serde(flatten)]
    pub told: Told,
}

/// Product and lot of a new batch.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLot {
    #[schema(value_type = String)]
    pub gtin: Gtin,
    #[schema(value_type = String)]
    pub lot: Lot,
}

impl Act for ProcessBatch {
    fn operation(&self) -> &'static str {
        "batch.process"
    }

    fn needs(&self, actor: &Actor, needs: &mut Needs) {
        needs.subjects([self.batch, actor.org]);
        need_lots(needs, self.into.iter().map(|new| (new.gtin, &new.lot)));
    }

    fn decide(&self, step: &mut Step<'_>) -> Result<Subject, Refusal> {
        step.check_told(&self.told)?;
        let batch = step.open_batch(self.batch, "batch")?;
        let unit = batch.unit;
        step.check_rest(batch, self.input.get().into(), "input")?;
        let subject = batch_subject(self.batch);
        let child = match &self.into {
            Some(new) => {
                Some((step.new_subject(SubjectKind::Batch), step.own_product_of(new.gtin, "into.gtin")?.0, new))
            }
            None => None,
        };
        let child_unit = match &self.into {
            Some(new) => step.own_product_of(new.gtin, "into.gtin")?.1.unit,
            None => unit,
        };
        if child_unit == unit && self.output > self.input {
            return Err(Refusal::new("outputs-exceed-input").at("output", self.output).expected(self.input));
        }
        let body = BatchProcessed {
            process: self.process,
            agent: self.agent.clone(),
            celsius: self.celsius,
            minutes: self.minutes,
            input: self.input,
            output: self.output,
            into: child.as_ref().map(|(child, ..)| child.handle),
            media: self.told.media(),
        };
        let written = step.write(subject, &body, Note::told(&self.told))?;
        let Some((child, product, new)) = child else { return Ok(subject) };
        step.claim_lot(new.gtin, &new.lot, child.handle, "into.lot")?;
        let day = step.day_of(&self.told);
        let body = opened(Basis::Processed, product, new.gtin, new.lot.clone(), child_unit, self.output, day);
        let parents = [Parent { batch: self.batch, quantity: self.input }];
        open_child(step, child, body, &parents, vec![written.link("parent")], &self.told)?;
        Ok(child)
    }
}

/// One grade of a grading run.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Grade {
    /// Product of the child; that of the graded batch if left out.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub gtin: Option<Gtin>,
    #[schema(value_type = String, example = "SF26P011116-T")]
    pub lot: Lot,
    #[schema(value_type = String, example = "特级")]
    pub grade: Text<40>,
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "75–85 mm")]
    pub size: Option<Text<40>>,
    #[schema(value_type = u64, example = 2688000)]
    pub quantity: PositiveAmount,
}

/// Grades a batch: every output opens a child batch; cull and loss leave.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"input": 9592800, "outputs": [{"lot": "SF26P011116-T", "grade": "特级", "quantity": 2688000}],
    "cull": 672000, "loss": 88800, "measures": [{"name": "brix", "unit": "°Brix", "mean": "12.4", "n": 20}]}))]
pub struct GradeBatch {
    #[serde(skip)]
    pub batch: Handle,
    #[serde(default)]
    pub standard: Option<StandardRef>,
    /// What went over the line; outputs, cull and loss may not exceed it.
    #[schema(value_type = u64)]
    pub input: PositiveAmount,
    pub outputs: Vec<Grade>,
    /// 等外: below the lowest grade.
    #[serde(default)]
    #[schema(value_type = u64)]
    pub cull: Option<Amount>,
    #[serde(default)]
    #[schema(value_type = u64)]
    pub loss: Option<Amount>,
    #[serde(default)]
    pub measures: Vec<Measure>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub line: Option<Code<40>>,
    #[serde(flatten)]
    pub told: Told,
}

impl Act for GradeBatch {
    fn operation(&self) -> &'static str {
        "batch.grade"
    }

    fn needs(&self, actor: &Actor, needs: &mut Needs) {
        needs.subjects([self.batch, actor.org]);
        for output in &self.outputs {
            match output.gtin {
                Some(gtin) => needs.lot(gtin, &output.lot),
                None => needs.lot_of(self.batch, &output.lot),
            }
        }
    }

    fn decide(&self, step: &mut Step<'_>) -> Result<Subject, Refusal> {
        step.check_told(&self.told)?;
        let batch = step.open_batch(self.batch, "batch")?;
        let (own_product, own_gtin, unit) = (batch.product, batch.gtin, batch.unit);
        // A pack has the grade of its GTIN; what is graded anew is unpacked first.
        if batch.net_g.is_some() {
            return Err(Refusal::new("other-unit").at("batch", self.batch).expected("loose").detail("lot", &batch.lot));
        }
        self.check_amounts(step)?;
        let mut outputs = Vec::with_capacity(self.outputs.len());
        let mut products = Vec::with_capacity(self.outputs.len());
        for (index, grade) in self.outputs.iter().enumerate() {
            let field = format!("outputs[{index}].gtin");
            let gtin = grade.gtin.unwrap_or(own_gtin);
            let product = match grade.gtin {
                Some(gtin) => loose_same_unit(step, gtin, unit, &field)?,
                None => own_product,
            };
            let child = step.new_subject(SubjectKind::Batch);
            step.claim_lot(gtin, &grade.lot, child.handle, &format!("outputs[{index}].lot"))?;
            products.push(product);
            outputs.push(GradeOutput {
                batch: child.handle,
                gtin,
                lot: grade.lot.clone(),
                grade: grade.grade.clone(),
                size: grade.size.clone(),
                quantity: grade.quantity,
            });
        }
        let body = GradingRecorded {
            standard: self.standard.clone(),
            input: self.input,
            outputs: outputs.clone(),
            cull: self.cull.unwrap_or(Amount::ZERO),
            loss: self.loss.unwrap_or(Amount::ZERO),
            measures: self.measures.clone(),
            line: self.line.clone(),
            media: self.told.media(),
        };
        let subject = batch_subject(self.batch);
        let written = step.write(subject, &body, Note::told(&self.told))?;
        let day = step.day_of(&self.told);
        for (output, product) in outputs.into_iter().zip(products) {
            let parents = [Parent { batch: self.batch, quantity: output.quantity }];
            let body = BatchOpened {
                grade: Some(output.grade),
                size: output.size,
                ..opened(Basis::Graded, product, output.gtin, output.lot, unit, output.quantity, day)
            };
            open_child(step, batch_subject(output.batch), body, &parents, vec![written.link("parent")], &self.told)?;
        }
        Ok(subject)
    }
}

impl GradeBatch {
    fn check_amounts(&self, step: &Step<'_>) -> Result<(), Refusal> {
        let batch = step.open_batch(self.batch, "batch")?;
        if self.outputs.is_empty() || self.outputs.len() > MAX_CHILDREN {
            let refusal = Refusal::new("outputs-required").at("outputs", self.outputs.len());
            return Err(refusal.expected(format!("1–{MAX_CHILDREN}")));
        }
        let used = sum(self.outputs.iter().map(|output| output.quantity.get()))
            + sum([self.cull, self.loss].into_iter().flatten().map(Amount::get));
        if used > u128::from(self.input.get()) {
            return Err(Refusal::new("outputs-exceed-input").at("outputs", used).expected(self.input));
        }
        step.check_rest(batch, self.input.get().into(), "input")
    }
}

fn loose_same_unit(step: &Step<'_>, gtin: Gtin, unit: Unit, field: &str) -> Result<Handle, Refusal> {
    let (handle, product) = step.own_product_of(gtin, field)?;
    if product.form != ProductForm::Loose || product.unit != unit {
        return Err(Refusal::new("other-unit").at(field, gtin));
    }
    Ok(handle)
}

/// One part of a split.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Part {
    #[schema(value_type = String, example = "SF26P011116-T1")]
    pub lot: Lot,
    #[schema(value_type = u64, example = 1000000)]
    pub quantity: PositiveAmount,
}

/// Splits parts off a batch; each opens a child of the same product with its own amount.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"parts": [{"lot": "SF26P011116-T1", "quantity": 1000000}]}))]
pub struct SplitBatch {
    #[serde(skip)]
    pub batch: Handle,
    pub parts: Vec<Part>,
    #[serde(flatten)]
    pub told: Told,
}

impl Act for SplitBatch {
    fn operation(&self) -> &'static str {
        "batch.split"
    }

    fn needs(&self, actor: &Actor, needs: &mut Needs) {
        needs.subjects([self.batch, actor.org]);
        self.parts.iter().for_each(|part| needs.lot_of(self.batch, &part.lot));
    }

    fn decide(&self, step: &mut Step<'_>) -> Result<Subject, Refusal> {
        step.check_told(&self.told)?;
        let batch = step.open_batch(self.batch, "batch")?.clone();
        if self.parts.is_empty() || self.parts.len() > MAX_CHILDREN {
            return Err(Refusal::new("outputs-required")
                .at("parts", self.parts.len())
                .expected(format!("1–{MAX_CHILDREN}")));
        }
        step.check_rest(&batch, sum(self.parts.iter().map(|part| part.quantity.get())), "parts")?;
        let mut parts = Vec::with_capacity(self.parts.len());
        for (index, part) in self.parts.iter().enumerate() {
            let child = step.new_subject(SubjectKind::Batch);
            step.claim_lot(batch.gtin, &part.lot, child.handle, &format!("parts[{index}].lot"))?;
            parts.push(SplitPart { batch: child.handle, lot: part.lot.clone(), quantity: part.quantity });
        }
        let subject = batch_subject(self.batch);
        let body = BatchSplit { parts: parts.clone(), media: self.told.media() };
        let written = step.write(subject, &body, Note::told(&self.told))?;
        let day = step.day_of(&self.told);
        for part in parts {
            let parents = [Parent { batch: self.batch, quantity: part.quantity }];
            let body = BatchOpened {
                grade: batch.grade.clone(),
                size: batch.size.clone(),
                net_g: batch.net_g,
                packed_on: batch.packed_on,
                best_before: batch.best_before,
                licence: batch.licence,
                ..opened(Basis::Split, batch.product, batch.gtin, part.lot, batch.unit, part.quantity, day)
            };
            open_child(step, batch_subject(part.batch), body, &parents, vec![written.link("parent")], &self.told)?;
        }
        Ok(subject)
    }
}

/// An amount of one parent of a merge.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeParent {
    #[schema(value_type = String)]
    pub batch: Handle,
    #[schema(value_type = u64, example = 1000000)]
    pub quantity: PositiveAmount,
}

/// Mixes amounts of several batches of one product and grade into a new lot that names all parents.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"lot": "SF26M1120", "parents": [{"batch": "00112233445566778899aabbccddeeff", "quantity": 1000},
    {"batch": "ffeeddccbbaa99887766554433221100", "quantity": 3000}]}))]
pub struct MergeBatches {
    #[schema(value_type = String)]
    pub lot: Lot,
    pub parents: Vec<MergeParent>,
    #[serde(flatten)]
    pub told: Told,
}

impl Act for MergeBatches {
    fn operation(&self) -> &'static str {
        "batch.merge"
    }

    fn needs(&self, actor: &Actor, needs: &mut Needs) {
        needs.subject(actor.org);
        needs.subjects(self.parents.iter().map(|parent| parent.batch));
        self.parents.iter().take(1).for_each(|first| needs.lot_of(first.batch, &self.lot));
    }

    fn decide(&self, step: &mut Step<'_>) -> Result<Subject, Refusal> {
        step.check_told(&self.told)?;
        let total = self.check_parents(step)?;
        let first = step.open_batch(self.parents[0].batch, "parents[0].batch")?.clone();
        let child = step.new_subject(SubjectKind::Batch);
        step.claim_lot(first.gtin, &self.lot, child.handle, "lot")?;
        let mut giving = Vec::with_capacity(self.parents.len());
        let mut parents = Vec::with_capacity(self.parents.len());
        for parent in &self.parents {
            let body = BatchMerged {
                into: child.handle,
                lot: self.lot.clone(),
                quantity: parent.quantity,
                media: Default::default(),
            };
            giving.push(step.write(batch_subject(parent.batch), &body, Note::told(&self.told))?.link("parent"));
            parents.push(Parent { batch: parent.batch, quantity: parent.quantity });
        }
        let day = step.day_of(&self.told);
        let body = BatchOpened {
            grade: first.grade.clone(),
            size: first.size.clone(),
            media: self.told.media(),
            ..opened(Basis::Merged, first.product, first.gtin, self.lot.clone(), first.unit, total, day)
        };
        open_child(step, child, body, &parents, giving, &self.told)?;
        Ok(child)
    }
}

impl MergeBatches {
    /// Parents of one product and grade, each once, none held, none overdrawn. Answers their sum.
    fn check_parents(&self, step: &Step<'_>) -> Result<PositiveAmount, Refusal> {
        if !(2..=MAX_CHILDREN).contains(&self.parents.len()) {
            let refusal = Refusal::new("parents-required").at("parents", self.parents.len());
            return Err(refusal.expected(format!("2–{MAX_CHILDREN}")));
        }
        let first = step.open_batch(self.parents[0].batch, "parents[0].batch")?;
        for (index, parent) in self.parents.iter().enumerate() {
            let field = format!("parents[{index}].batch");
            let batch = step.open_batch(parent.batch, &field)?;
            if self.parents[..index].iter().any(|earlier| earlier.batch == parent.batch) {
                return Err(Refusal::new("parent-twice").at(field, &batch.lot));
            }
            if batch.product != first.product || batch.grade != first.grade || batch.net_g.is_some() {
                return Err(Refusal::new("parents-differ").at(field, parent.batch).detail("lot", &batch.lot));
            }
            step.check_not_held(parent.batch, &field)?;
            step.check_rest(batch, parent.quantity.get().into(), &format!("parents[{index}].quantity"))?;
        }
        let total = sum(self.parents.iter().map(|parent| parent.quantity.get()));
        super::batches::amount(u64::try_from(total).unwrap_or(u64::MAX), "parents")
    }
}
