//! Packing, under a mark or without, and the 承诺达标合格证.

use serde::Deserialize;
use utoipa::ToSchema;

use super::batches::{amount, need_lots, opened, sum};
use super::making::{MAX_CHILDREN, ancestor_links, open_child};
use super::{Act, Needs, Note, Refusal, Step, Told};
use crate::domain::entities::{Batch, Panel, Product};
use crate::domain::gs1::{Gtin, Lot};
use crate::domain::intervals;
use crate::domain::kinds::batches::{
    Basis, BatchOpened, BatchPacked, CertificateBasis, CertificateIssued, PackOutput, Parent,
};
use crate::domain::kinds::licences::LicenceUsed;
use crate::domain::kinds::products::ProductForm;
use crate::domain::kinds::samples::Tier;
use crate::domain::quantity::{Amount, PositiveAmount, Unit};
use crate::domain::record::{Actor, Handle, Link, Subject, SubjectKind};
use crate::domain::text::Text;
use crate::domain::time::CivilDate;

/// The packs of one GTIN.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Packs {
    #[schema(value_type = String, example = "09520000100018")]
    pub gtin: Gtin,
    #[schema(value_type = String, example = "SF26P011116T")]
    pub lot: Lot,
    #[schema(value_type = u64, example = 537)]
    pub packs: PositiveAmount,
    /// The licence under whose mark they are packed.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub licence: Option<Handle>,
}

/// Packs a batch: one child batch per GTIN, counted in packs of the product's stated net content.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"packed_on": "2026-11-19",
    "outputs": [{"gtin": "09520000100018", "lot": "SF26P011116T", "packs": 537}]}))]
pub struct PackBatch {
    #[serde(skip)]
    pub batch: Handle,
    #[schema(value_type = String)]
    pub packed_on: CivilDate,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub site: Option<Handle>,
    pub outputs: Vec<Packs>,
    /// Overfill and shrink.
    #[serde(default)]
    #[schema(value_type = u64)]
    pub loss: Option<Amount>,
    #[serde(flatten)]
    pub told: Told,
}

/// One output, judged.
struct Judged {
    child: Subject,
    product: Handle,
    output: PackOutput,
    best_before: Option<CivilDate>,
}

impl Act for PackBatch {
    fn operation(&self) -> &'static str {
        "batch.pack"
    }

    fn needs(&self, actor: &Actor, needs: &mut Needs) {
        needs.subjects([self.batch, actor.org].into_iter().chain(self.site));
        need_lots(needs, self.outputs.iter().map(|packs| (packs.gtin, &packs.lot)));
        needs.subjects(self.outputs.iter().filter_map(|packs| packs.licence));
    }

    fn decide(&self, step: &mut Step<'_>) -> Result<Subject, Refusal> {
        step.check_told(&self.told)?;
        step.check_day("packed_on", self.packed_on)?;
        let batch = step.open_batch(self.batch, "batch")?.clone();
        step.check_not_held(self.batch, "batch")?;
        self.check_picked(&batch)?;
        if self.outputs.is_empty() || self.outputs.len() > MAX_CHILDREN {
            let refusal = Refusal::new("outputs-required").at("outputs", self.outputs.len());
            return Err(refusal.expected(format!("1–{MAX_CHILDREN}")));
        }
        let mut judged = Vec::with_capacity(self.outputs.len());
        for (index, packs) in self.outputs.iter().enumerate() {
            judged.push(self.judge(step, &batch, packs, &format!("outputs[{index}]"))?);
        }
        let used = sum(judged.iter().map(|one| one.output.quantity.get())) + sum(self.loss.map(Amount::get));
        step.check_rest(&batch, used, "outputs")?;
        self.check_quotas(step)?;
        let mut note = Note::told(&self.told);
        if let Some(site) = self.site {
            step.own_site(site, "site")?;
            note = note.link(step.link("site", site)?);
        }
        let body = BatchPacked {
            packed_on: self.packed_on,
            site: self.site,
            outputs: judged.iter().map(|one| one.output.clone()).collect(),
            loss: self.loss.unwrap_or(Amount::ZERO),
            media: self.told.media(),
        };
        let subject = Subject::new(SubjectKind::Batch, self.batch);
        let written = step.write(subject, &body, note)?;
        for one in judged {
            self.open_packs(step, &batch, one, written.link("parent"))?;
        }
        Ok(subject)
    }
}

impl PackBatch {
    /// Nothing is packed before the first of it is picked.
    fn check_picked(&self, batch: &Batch) -> Result<(), Refusal> {
        match batch.picked.as_ref().filter(|window| self.packed_on < window.from) {
            Some(window) => {
                Err(Refusal::new("packed-before-picked").at("packed_on", self.packed_on).expected(window.from))
            }
            None => Ok(()),
        }
    }

    fn judge(&self, step: &mut Step<'_>, batch: &Batch, packs: &Packs, field: &str) -> Result<Judged, Refusal> {
        let (product, known) = step.own_product_of(packs.gtin, &format!("{field}.gtin"))?;
        check_product(known, batch, packs, field)?;
        let best_before = known.shelf_life_days.map(|days| self.packed_on.plus_days(i64::from(days)));
        let net_g =
            known.net_g.ok_or_else(|| Refusal::new("net-content-required").at(format!("{field}.gtin"), packs.gtin))?;
        let taken = match batch.unit {
            Unit::Grams => u128::from(net_g.get()) * u128::from(packs.packs.get()),
            // Packs of packs: a case takes as many packs as its net content holds, and holds nothing else.
            Unit::Pieces => match batch.net_g {
                Some(inner) if net_g.get() % inner.get() != 0 => {
                    let refusal = Refusal::new("other-unit").at(format!("{field}.gtin"), packs.gtin);
                    return Err(refusal.detail("lot", &batch.lot));
                }
                Some(inner) => u128::from(net_g.get() / inner.get()) * u128::from(packs.packs.get()),
                None => u128::from(packs.packs.get()),
            },
        };
        let quantity = amount(u64::try_from(taken).unwrap_or(u64::MAX), &format!("{field}.packs"))?;
        if let Some(licence) = packs.licence {
            self.check_licence(step, licence, packs.gtin, &format!("{field}.licence"))?;
        }
        let child = step.new_subject(SubjectKind::Batch);
        step.claim_lot(packs.gtin, &packs.lot, child.handle, &format!("{field}.lot"))?;
        let output = PackOutput {
            batch: child.handle,
            gtin: packs.gtin,
            lot: packs.lot.clone(),
            packs: packs.packs,
            net_g,
            quantity,
            licence: packs.licence,
        };
        Ok(Judged { child, product, output, best_before })
    }

    fn check_licence(&self, step: &Step<'_>, licence: Handle, gtin: Gtin, field: &str) -> Result<(), Refusal> {
        let known = step.any_licence(licence, field)?;
        if known.licensee != step.actor().org {
            return Err(Refusal::not_found(field, licence));
        }
        let refusal = |code| Refusal::new(code).at(field, &known.number);
        if !known.gtins.contains(&gtin) {
            return Err(refusal("licence-other-product").detail("gtin", gtin));
        }
        if let Some(day) = known.revoked_on {
            return Err(refusal("licence-revoked").detail("day", day));
        }
        if !known.in_force_on(self.packed_on) {
            let period = format!("{}…{}", known.from, known.until.plus_days(-1));
            return Err(refusal("licence-not-in-force").expected(period).detail("day", self.packed_on));
        }
        Ok(())
    }

    fn check_quotas(&self, step: &Step<'_>) -> Result<(), Refusal> {
        for (index, packs) in self.outputs.iter().enumerate() {
            let Some(licence) = packs.licence else { continue };
            let field = format!("outputs[{index}].packs");
            let known = step.any_licence(licence, &field)?;
            let now = sum(self.outputs.iter().filter(|o| o.licence == Some(licence)).map(|o| o.packs.get()));
            let left = known.packs.saturating_sub(known.used);
            if now > u128::from(left) {
                return Err(Refusal::new("licence-quota")
                    .at(field, now)
                    .expected(left)
                    .detail("number", &known.number));
            }
        }
        Ok(())
    }

    fn open_packs(&self, step: &mut Step<'_>, batch: &Batch, one: Judged, giving: Link) -> Result<(), Refusal> {
        let mut links = vec![giving];
        let output = one.output;
        if let Some(licence) = output.licence {
            let used = LicenceUsed {
                batch: output.batch,
                gtin: output.gtin,
                lot: output.lot.clone(),
                packs: output.packs,
                packed_on: self.packed_on,
            };
            let subject = Subject::new(SubjectKind::Licence, licence);
            step.write(subject, &used, Note::told(&self.told))?;
            links.push(step.any_licence(licence, "licence")?.granted.clone());
        }
        let day = step.day_of(&self.told);
        let body = BatchOpened {
            grade: batch.grade.clone(),
            size: batch.size.clone(),
            net_g: Some(output.net_g),
            packed_on: Some(self.packed_on),
            best_before: one.best_before,
            licence: output.licence,
            site: self.site,
            ..opened(Basis::Packed, one.product, output.gtin, output.lot, Unit::Pieces, output.packs, day)
        };
        let parents = [Parent { batch: self.batch, quantity: output.quantity }];
        open_child(step, one.child, body, &parents, links, &self.told)
    }
}

fn check_product(known: &Product, batch: &Batch, packs: &Packs, field: &str) -> Result<(), Refusal> {
    let field = format!("{field}.gtin");
    if known.form == ProductForm::Loose {
        return Err(Refusal::new("not-a-pack").at(field, packs.gtin));
    }
    match (&known.grade, &batch.grade) {
        (Some(wanted), Some(graded)) if wanted != graded => {
            Err(Refusal::new("other-grade").at(field, packs.gtin).expected(wanted).detail("grade", graded))
        }
        (Some(wanted), None) => {
            Err(Refusal::new("other-grade").at(field, packs.gtin).expected(wanted).detail("grade", "-"))
        }
        _ => Ok(()),
    }
}

/// Issues the 承诺达标合格证 of a batch.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"basis": "commissioned_test", "reports": ["SFJC-2026-0217"]}))]
pub struct IssueCertificate {
    #[serde(skip)]
    pub batch: Handle,
    pub basis: CertificateBasis,
    /// Numbers of the reports that a test basis rests on: passing ones of this batch or of what it was made from. Left
    /// out, all of them.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub reports: Vec<Text<60>>,
    #[serde(flatten)]
    pub told: Told,
}

impl Act for IssueCertificate {
    fn operation(&self) -> &'static str {
        "batch.certify"
    }

    fn needs(&self, _actor: &Actor, needs: &mut Needs) {
        needs.subject(self.batch);
    }

    fn decide(&self, step: &mut Step<'_>) -> Result<Subject, Refusal> {
        step.check_told(&self.told)?;
        let batch = step.own_batch(self.batch, "batch")?;
        step.check_not_held(self.batch, "batch")?;
        let panels = self.named(batch, self.panels(step, batch)?)?;
        let mut reports: Vec<Text<60>> = panels.iter().map(|panel| panel.report_no.clone()).collect();
        reports.sort_unstable();
        reports.dedup();
        if self.basis == CertificateBasis::QualityControl {
            check_intervals(step, batch)?;
        } else {
            self.check_panel(step, batch, &panels)?;
        }
        let bought_in = batch.basis == Basis::BoughtIn || batch.basis == Basis::Merged;
        let body = CertificateIssued {
            basis: self.basis,
            issued_on: step.day_of(&self.told),
            reports,
            bought_in,
            media: self.told.media(),
        };
        let subject = Subject::new(SubjectKind::Batch, self.batch);
        // The reports it rests on may have come after the goods had left the batch that was tested.
        let ancestors = batch.ancestors.clone();
        let note = Note::told(&self.told).links(ancestor_links(step, &ancestors, &[])?);
        step.write(subject, &body, note)?;
        Ok(subject)
    }
}

impl IssueCertificate {
    /// The passing reports that the basis may rest on, of the batch and of all it was made from. 委托检测 rests on an
    /// accredited laboratory; 自行检测 may rest on either.
    fn panels<'s>(&self, step: &'s Step<'_>, batch: &'s Batch) -> Result<Vec<&'s Panel>, Refusal> {
        let of_tier =
            |panel: &&Panel| self.basis != CertificateBasis::CommissionedTest || panel.tier == Tier::ThirdParty;
        let mut panels: Vec<&Panel> = batch.panels.iter().filter(of_tier).collect();
        for ancestor in &batch.ancestors {
            panels.extend(step.any_batch(*ancestor, "batch")?.panels.iter().filter(of_tier));
        }
        Ok(panels)
    }

    /// Those that are named, each of which must be there; with none named all, for a test basis.
    fn named<'s>(&self, batch: &Batch, mut panels: Vec<&'s Panel>) -> Result<Vec<&'s Panel>, Refusal> {
        if self.basis != CertificateBasis::QualityControl && panels.is_empty() {
            return Err(Refusal::new("no-passing-report").at("basis", "test").detail("lot", &batch.lot));
        }
        for (index, number) in self.reports.iter().enumerate() {
            if !panels.iter().any(|panel| panel.report_no == *number) {
                let known: Vec<&str> = panels.iter().map(|panel| panel.report_no.as_str()).collect();
                let refusal = Refusal::new("not-a-passing-report").at(format!("reports[{index}]"), number);
                return Err(refusal.expected(known.join("、")).detail("lot", &batch.lot));
            }
        }
        let all = self.reports.is_empty() && self.basis != CertificateBasis::QualityControl;
        panels.retain(|panel| all || self.reports.contains(&panel.report_no));
        Ok(panels)
    }

    /// 用什么药检什么药: every active that was used must have passed in the reports that the certificate rests on.
    fn check_panel(&self, step: &Step<'_>, batch: &Batch, panels: &[&Panel]) -> Result<(), Refusal> {
        let mut used: Vec<String> = batch.agents.iter().map(|agent| agent.active.to_string()).collect();
        for ancestor in &batch.ancestors {
            let known = step.any_batch(*ancestor, "batch")?;
            used.extend(known.agents.iter().map(|agent| agent.active.to_string()));
        }
        for plot in &batch.plots {
            let known = step.any_plot(*plot, "batch")?;
            let picked_to = batch.picked.as_ref().map_or(batch.opened_on, |window| window.to);
            let season = known.treatments.iter().filter(|t| t.on <= picked_to && t.on.days_until(picked_to) <= 365);
            used.extend(season.map(|treatment| treatment.active.clone()));
        }
        let tested =
            |active: &String| panels.iter().any(|panel| panel.actives.iter().any(|known| known.as_str() == active));
        let mut missing: Vec<String> = used.into_iter().filter(|active| !tested(active)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        missing.sort();
        missing.dedup();
        Err(Refusal::new("panel-incomplete").at("basis", missing.join("、")).detail("lot", &batch.lot))
    }
}

/// Fruit that was picked before a wait was over was not under control: only a test of what was applied can stand behind the
/// promise then, and [`IssueCertificate::check_panel`] asks for it.
fn check_intervals(step: &Step<'_>, batch: &Batch) -> Result<(), Refusal> {
    let broken = intervals::broken(batch, |handle| step.entity(handle));
    let Some(broken) = broken.into_iter().min_by_key(|broken| broken.days - i64::from(broken.treatment.interval_days))
    else {
        return Ok(());
    };
    Err(Refusal::new("interval-not-kept")
        .at("basis", "quality_control")
        .detail("lot", &batch.lot)
        .detail("plot", broken.plot)
        .detail("active", broken.treatment.active)
        .detail("sprayed", broken.treatment.on)
        .detail("day", broken.days.max(0))
        .detail("interval", broken.treatment.interval_days))
}
