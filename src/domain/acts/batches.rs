//! Opening a batch at its origin.

use serde::Deserialize;
use utoipa::ToSchema;

use super::{Act, Needs, Note, Refusal, Step, Told, Written};
use crate::domain::gs1::{Gtin, Lot};
use crate::domain::intervals;
use crate::domain::kinds::Name;
use crate::domain::kinds::batches::{Basis, BatchOpened, Parent, Window};
use crate::domain::kinds::products::ProductForm;
use crate::domain::kinds::sites::PlotHarvested;
use crate::domain::quantity::{PositiveAmount, Unit};
use crate::domain::record::{Actor, Handle, Link, Subject, SubjectKind};
use crate::domain::text::Text;

/// How goods first come into the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OriginBasis {
    Harvested,
    Collected,
    Slaughtered,
    BoughtIn,
    Made,
}

impl From<OriginBasis> for Basis {
    fn from(basis: OriginBasis) -> Self {
        match basis {
            OriginBasis::Harvested => Self::Harvested,
            OriginBasis::Collected => Self::Collected,
            OriginBasis::Slaughtered => Self::Slaughtered,
            OriginBasis::BoughtIn => Self::BoughtIn,
            OriginBasis::Made => Self::Made,
        }
    }
}

/// A plot that was picked.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PickedPlot {
    #[schema(value_type = String)]
    pub plot: Handle,
    /// Its part of the harvest; may be left out for a single plot.
    #[serde(default)]
    #[schema(value_type = Option<u64>)]
    pub quantity: Option<PositiveAmount>,
}

/// Opens a batch: harvested from plots, or collected, slaughtered, bought in or made at a site.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"basis": "harvested", "gtin": "09520000100049", "lot": "SF26P011116", "quantity": 9600000,
    "plots": [{"plot": "00112233445566778899aabbccddeeff"}], "picked": {"from": "2026-11-16", "to": "2026-11-17"}}))]
pub struct OpenBatch {
    pub basis: OriginBasis,
    #[schema(value_type = String)]
    pub gtin: Gtin,
    #[schema(value_type = String)]
    pub lot: Lot,
    /// Grams or pieces, as the product counts.
    #[schema(value_type = u64)]
    pub quantity: PositiveAmount,
    #[serde(default)]
    pub plots: Vec<PickedPlot>,
    #[serde(default)]
    pub picked: Option<Window>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub site: Option<Handle>,
    /// Where it was gathered or from which region it was bought, as the public may read it.
    #[serde(default)]
    pub origin: Option<Name>,
    /// From whom it was bought; sealed.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub seller: Option<Text<120>>,
    /// Says yes to a harvest above the plausible yield.
    #[serde(default)]
    pub confirm_yield: bool,
    #[serde(flatten)]
    pub told: Told,
}

const MAX_PLOTS: usize = 50;

impl Act for OpenBatch {
    fn operation(&self) -> &'static str {
        "batch.open"
    }

    fn needs(&self, actor: &Actor, needs: &mut Needs) {
        needs.subject(actor.org);
        needs.lot(self.gtin, &self.lot);
        needs.subjects(self.plots.iter().map(|picked| picked.plot).chain(self.site));
    }

    fn decide(&self, step: &mut Step<'_>) -> Result<Subject, Refusal> {
        step.check_told(&self.told)?;
        let (product, unit) = self.loose_product(step)?;
        let subject = step.new_subject(SubjectKind::Batch);
        step.claim_lot(self.gtin, &self.lot, subject.handle, "lot")?;
        let mut links = vec![step.link("organisation", step.actor().org)?, step.link("product", product)?];
        if let Some(site) = self.site {
            step.own_site(site, "site")?;
            links.push(step.link("site", site)?);
        }
        let mut confirmed = false;
        if self.basis == OriginBasis::Harvested {
            confirmed = self.check_harvest(step, product, unit)?;
            links.extend(self.pick(step, subject)?);
        } else {
            self.check_origin_site()?;
        }
        let body = BatchOpened {
            plots: self.plots.iter().map(|picked| picked.plot).collect(),
            site: self.site,
            picked: self.picked.clone(),
            origin: self.origin.clone(),
            yield_confirmed: confirmed,
            media: self.told.media(),
            ..opened(
                self.basis.into(),
                product,
                self.gtin,
                self.lot.clone(),
                unit,
                self.quantity,
                step.day_of(&self.told),
            )
        };
        let mut note = Note::told(&self.told).links(links);
        if let Some(seller) = &self.seller {
            note = note.seal("seller", seller.as_str());
        }
        step.write(subject, &body, note)?;
        Ok(subject)
    }
}

impl OpenBatch {
    fn loose_product(&self, step: &Step<'_>) -> Result<(Handle, Unit), Refusal> {
        let (handle, product) = step.own_product_of(self.gtin, "gtin")?;
        if product.form != ProductForm::Loose && self.basis == OriginBasis::Harvested {
            return Err(Refusal::new("harvest-is-loose").at("gtin", self.gtin));
        }
        Ok((handle, product.unit))
    }

    fn check_origin_site(&self) -> Result<(), Refusal> {
        if let Some(first) = self.plots.first() {
            return Err(Refusal::new("plots-only-for-harvest").at("plots[0].plot", first.plot));
        }
        if self.site.is_none() && self.origin.is_none() {
            return Err(Refusal::new("origin-required").at("site", ""));
        }
        Ok(())
    }

    /// Intervals, dates and yields. Answers whether a high yield was confirmed.
    fn check_harvest(&self, step: &Step<'_>, product: Handle, unit: Unit) -> Result<bool, Refusal> {
        if self.plots.is_empty() || self.plots.len() > MAX_PLOTS {
            return Err(Refusal::new("plots-required")
                .at("plots", self.plots.len())
                .expected(format!("1–{MAX_PLOTS}")));
        }
        let window = self.picked.as_ref().ok_or_else(|| Refusal::new("picking-days-required").at("picked", ""))?;
        step.check_day("picked.from", window.from)?;
        step.check_day("picked.to", window.to)?;
        if window.from > window.to {
            return Err(Refusal::new("window-reversed").at("picked.to", window.to).expected(window.from));
        }
        let mut high = None;
        for (index, (picked, amount)) in self.plots.iter().zip(self.shares()?).enumerate() {
            let field = format!("plots[{index}].plot");
            if self.plots[..index].iter().any(|earlier| earlier.plot == picked.plot) {
                return Err(Refusal::new("plot-twice").at(field, picked.plot));
            }
            self.check_intervals(step, picked.plot, &field)?;
            if unit == Unit::Grams {
                high = high.or(self.implausible(step, picked.plot, product, amount, &field)?);
            }
        }
        match high {
            Some(refusal) if !self.confirm_yield => Err(refusal),
            high => Ok(high.is_some()),
        }
    }

    /// What each plot gave; they add up to the harvest.
    fn shares(&self) -> Result<Vec<u64>, Refusal> {
        if let [PickedPlot { quantity: None, .. }] = self.plots.as_slice() {
            return Ok(vec![self.quantity.get()]);
        }
        let mut shares = Vec::with_capacity(self.plots.len());
        for (index, picked) in self.plots.iter().enumerate() {
            let share = picked
                .quantity
                .ok_or_else(|| Refusal::new("share-required").at(format!("plots[{index}].quantity"), ""))?;
            shares.push(share.get());
        }
        let sum: u128 = shares.iter().map(|share| u128::from(*share)).sum();
        if sum != u128::from(self.quantity.get()) {
            return Err(Refusal::new("shares-differ").at("quantity", self.quantity).expected(sum));
        }
        Ok(shares)
    }

    fn check_intervals(&self, step: &Step<'_>, plot: Handle, field: &str) -> Result<(), Refusal> {
        let known = step.own_plot(plot, field)?;
        let Some(window) = &self.picked else { return Ok(()) };
        match intervals::broken_on(known, window).max_by_key(|treatment| treatment.harvest_from()) {
            None => Ok(()),
            Some(treatment) => Err(Refusal::new("pre-harvest-interval")
                .at("picked.from", window.from)
                .expected(treatment.harvest_from())
                .detail("plot", &known.code)
                .detail("active", &treatment.active)
                .detail("sprayed", treatment.on)
                .detail("day", treatment.on.days_until(window.from))
                .detail("interval", treatment.interval_days)),
        }
    }

    fn implausible(
        &self,
        step: &Step<'_>,
        plot: Handle,
        product: Handle,
        amount: u64,
        field: &str,
    ) -> Result<Option<Refusal>, Refusal> {
        let known = step.own_plot(plot, field)?;
        let ceiling_t_per_ha = step.any_product(product, "gtin")?.plausible_t_per_ha;
        let Some(window) = &self.picked else { return Ok(None) };
        let before = known.harvested.get(&window.to.year()).map_or(0, |season| season.quantity);
        let sum = u128::from(before) + u128::from(amount);
        // t/ha = 1,000,000 g per 10,000 m² = 100 g/m²
        let ceiling = u128::from(ceiling_t_per_ha) * 100 * u128::from(known.area_m2);
        Ok((sum > ceiling).then(|| {
            Refusal::new("implausible-yield")
                .at("quantity", sum)
                .expected(ceiling)
                .detail("plot", &known.code)
                .detail("ceiling", ceiling_t_per_ha)
        }))
    }

    /// Writes the harvest into each plot: what gives is written first and names what it gives to.
    fn pick(&self, step: &mut Step<'_>, batch: Subject) -> Result<Vec<Link>, Refusal> {
        let Some(window) = &self.picked else { return Ok(Vec::new()) };
        let mut links = Vec::with_capacity(self.plots.len());
        for (picked, share) in self.plots.iter().zip(self.shares()?) {
            let body = PlotHarvested {
                batch: batch.handle,
                lot: self.lot.clone(),
                quantity: amount(share, "plots")?,
                from: window.from,
                to: window.to,
            };
            let plot = Subject::new(SubjectKind::Plot, picked.plot);
            links.push(step.write(plot, &body, Note::told(&self.told))?.link("plot"));
        }
        Ok(links)
    }
}

impl Written {
    pub(super) fn link(self, rel: &str) -> Link {
        Link { hash: self.hash, rel: rel.to_owned(), seq: self.seq, subject: self.subject }
    }
}

/// A positive amount, or a refusal at `field`.
pub(super) fn amount(value: u64, field: &str) -> Result<PositiveAmount, Refusal> {
    PositiveAmount::new(value)
        .map_err(|invalid| Refusal::new("amount-range").at(field, value).expected(invalid.expected))
}

/// An opening with nothing but the facts that every batch has.
pub(super) fn opened(
    basis: Basis,
    product: Handle,
    gtin: Gtin,
    lot: Lot,
    unit: Unit,
    quantity: PositiveAmount,
    opened_on: crate::domain::time::CivilDate,
) -> BatchOpened {
    BatchOpened {
        basis,
        product,
        gtin,
        lot,
        unit,
        quantity,
        plots: Vec::new(),
        site: None,
        picked: None,
        parents: Vec::new(),
        ancestors: Vec::new(),
        opened_on,
        grade: None,
        size: None,
        net_g: None,
        packed_on: None,
        best_before: None,
        licence: None,
        shipment: None,
        origin: None,
        yield_confirmed: false,
        media: Default::default(),
    }
}

/// A batch that descends from more than this many others is refused: its page could not be read.
const MAX_ANCESTORS: usize = 500;

/// Fills in what a child has from its parents: plots, ancestors, picking days.
pub(super) fn descend(step: &Step<'_>, parents: &[Parent], body: &mut BatchOpened) -> Result<(), Refusal> {
    for parent in parents {
        let batch = step.any_batch(parent.batch, "parents")?;
        add_new(&mut body.ancestors, batch.ancestors.iter().copied().chain([parent.batch]));
        add_new(&mut body.plots, batch.plots.iter().copied());
        body.picked = match (body.picked.take(), batch.picked.clone()) {
            (Some(a), Some(b)) => Some(Window { from: a.from.min(b.from), to: a.to.max(b.to) }),
            (a, b) => a.or(b),
        };
    }
    body.parents = parents.to_vec();
    if body.ancestors.len() > MAX_ANCESTORS {
        return Err(Refusal::new("too-many-ancestors").at("parents", body.ancestors.len()).expected(MAX_ANCESTORS));
    }
    Ok(())
}

fn add_new(list: &mut Vec<Handle>, more: impl Iterator<Item = Handle>) {
    for handle in more {
        if !list.contains(&handle) {
            list.push(handle);
        }
    }
}

/// The sum of amounts, without overflow.
pub(super) fn sum(amounts: impl IntoIterator<Item = u64>) -> u128 {
    amounts.into_iter().map(u128::from).sum()
}

/// Names of lots for children: each once in the act, none taken before.
pub(super) fn need_lots<'a>(needs: &mut Needs, lots: impl IntoIterator<Item = (Gtin, &'a Lot)>) {
    for (gtin, lot) in lots {
        needs.lot(gtin, lot);
    }
}
