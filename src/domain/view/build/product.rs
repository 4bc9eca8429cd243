//! What it is, under which brand, and whom to ask.

use super::history::bilingual;
use super::step::{photos, read_media};
use super::{BuildError, Built, Page};
use crate::domain::kinds::Name;
use crate::domain::kinds::batches::GradingRecorded;
use crate::domain::kinds::organisations::OrganisationRegistered;
use crate::domain::kinds::products::ProductRegistered;
use crate::domain::record::Handle;
use crate::domain::time::CivilDate;
use crate::domain::view::{Bilingual, BrandView, ContactView, ProductKind, ProductView};

impl Page<'_> {
    pub fn product(&self) -> Built<ProductView> {
        let own = self.lineage.own;
        let missing = || BuildError::NoBatch(own);
        let batch = self.history.batch(own).ok_or_else(missing)?;
        let opening = self.lineage.opening(own).ok_or_else(missing)?;
        let product: ProductRegistered = self.history.opening(batch.product)?.ok_or_else(missing)?;
        let photo = match self.history.at(batch.product, 0) {
            Some(line) => photos(&read_media(line)?).into_iter().next(),
            None => None,
        };
        let producer = self.producer()?;
        let grade = opening.grade.as_ref().or(product.grade.as_ref());
        Ok(ProductView {
            name: bilingual(&product.name),
            variety: product.variety.as_ref().map(bilingual),
            grade: grade.map(|grade| Bilingual::term(grade.as_str())),
            net_content_g: opening.net_g.or(product.net_g).map(|net_g| net_g.as_i64()),
            pieces: None,
            kind: kind_of(product.commodity.as_str()),
            photo,
            harvested_on: self.harvested_on().map(|day| day.to_string()),
            packed_on: self.packed_on().map(|day| day.to_string()),
            best_before: self.best_before().map(|day| day.to_string()),
            producer_url: producer.as_ref().map(|(handle, ..)| format!("/producers/{handle}")),
            place: self.grown_at()?.or(producer.as_ref().and_then(|(.., it)| it.place.as_ref().map(bilingual))),
            producer: producer.as_ref().map(|(_, name, _)| bilingual(name)).unwrap_or_default(),
            standard: self.standard()?,
            licence_sc: None,
            storage: product
                .storage
                .map(|advice| Bilingual::new(advice.zh.as_str(), advice.en.as_ref().map_or("", |en| en.as_str()))),
        })
    }

    /// The first day of picking of any harvest in it: a child's own opening does not follow a later correction.
    fn harvested_on(&self) -> Option<CivilDate> {
        self.lineage.harvests().filter_map(|(_, opening)| Some(opening.picked.as_ref()?.from)).min()
    }

    fn packed_on(&self) -> Option<CivilDate> {
        self.lineage.batches().find_map(|(_, opening)| opening.packed_on)
    }

    /// Its own, else the earliest of the packs in it.
    pub fn best_before(&self) -> Option<CivilDate> {
        let own = self.lineage.opening(self.lineage.own).and_then(|opening| opening.best_before);
        own.or_else(|| self.lineage.batches().filter_map(|(_, opening)| opening.best_before).min())
    }

    /// Standard and edition it was graded by.
    fn standard(&self) -> Built<Option<Bilingual>> {
        for line in self.history.lines().iter().rev() {
            let of_branch = self.lineage.holds(line.record.subject.handle) && line.is::<GradingRecorded>();
            if of_branch && let Some(standard) = line.body::<GradingRecorded>()?.standard {
                return Ok(Some(Bilingual::same(standard.to_string())));
            }
        }
        Ok(None)
    }

    /// The organisation whose batch it is; where that one has no public name (a buyer), the nearest one before it.
    pub fn producer(&self) -> Built<Option<(Handle, Name, OrganisationRegistered)>> {
        for (handle, _) in self.lineage.batches() {
            let Some(batch) = self.history.batch(handle) else { continue };
            if let Some((name, organisation)) = self.history.organisation(batch.home)? {
                return Ok(Some((batch.home, name, organisation)));
            }
        }
        Ok(None)
    }

    pub fn contact(&self) -> Built<Option<ContactView>> {
        Ok(self.producer()?.map(|(_, name, organisation)| ContactView {
            name: bilingual(&name),
            phone: organisation.phone.map(|phone| phone.to_string()),
            place: organisation.place.as_ref().map(bilingual),
            buy_url: None,
        }))
    }

    /// The mark it wears. A revocation, whenever it came, takes the right also from what was packed before it.
    pub fn brand(&self) -> Built<Option<BrandView>> {
        let mut worst: Option<BrandView> = None;
        for handle in self.lineage.licences(self.history) {
            let Some(licence) = self.history.licence(handle) else { continue };
            let packed = self.lineage.batches().find(|(_, opening)| opening.licence == Some(handle));
            let packed_on = packed.map(|(_, opening)| opening.packed_on.unwrap_or(opening.opened_on));
            let brand = BrandView {
                mark: bilingual(&licence.mark_name),
                sub_brand: None,
                owner: self.history.organisation(licence.home)?.map(|(name, _)| bilingual(&name)),
                licence_no: licence.number.clone(),
                in_force_at_packing: packed_on.is_some_and(|day| licence.in_force_on(day)),
                in_force_today: licence.in_force_on(self.today),
                until: Some(licence.revoked_on.unwrap_or_else(|| licence.until.plus_days(-1)).to_string()),
            };
            // The batch's own stands first; only one that is worse takes its place.
            if worst.as_ref().is_none_or(|shown| shown.in_force_at_packing && !brand.in_force_at_packing) {
                worst = Some(brand);
            }
        }
        Ok(worst)
    }
}

/// The drawing that stands where there is no photo.
fn kind_of(commodity: &str) -> ProductKind {
    if commodity.contains("orange") {
        ProductKind::Orange
    } else if commodity.contains("lychee") {
        ProductKind::Lychee
    } else if commodity == "tea" || commodity.ends_with("_tea") || commodity.starts_with("tea_") {
        ProductKind::Tea
    } else {
        ProductKind::Generic
    }
}
