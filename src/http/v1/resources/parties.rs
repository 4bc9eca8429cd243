//! Wire types of who acts and by what right, and where: organisations, sites, plots, marks, licences.

use serde::Serialize;
use utoipa::ToSchema;

use super::ChainEnd;
use crate::domain::acts::Known;
use crate::domain::entities::{Entity, Why};
use crate::domain::kinds::Name;
use crate::domain::kinds::organisations::{Accreditation, OrganisationKind};
use crate::domain::kinds::sites::SiteKind;
use crate::domain::record::{Handle, Role};
use crate::http::extract::Authenticated;

#[derive(Debug, Serialize, ToSchema)]
pub struct OrganisationResource {
    #[serde(flatten)]
    pub chain: ChainEnd,
    pub kind: OrganisationKind,
    pub role: Role,
    /// Absent where the name is sealed and you are not a party.
    pub name: Option<Name>,
    pub uscc: Option<String>,
    pub place: Option<Name>,
    pub phone: Option<String>,
    pub accreditation: Option<Accreditation>,
    /// Sealed fields that were erased for good: `name`, `uscc`, `contact`. For the parties, as the sealed name is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub withheld: Vec<String>,
}

impl OrganisationResource {
    pub(super) fn of(known: &Known) -> Option<Self> {
        let Entity::Organisation(it) = &known.entity else { return None };
        Some(Self {
            chain: known.into(),
            kind: it.kind,
            role: it.role,
            name: it.name.clone(),
            uscc: it.uscc.as_ref().map(ToString::to_string),
            place: it.place.clone(),
            phone: it.phone.clone(),
            accreditation: it.accreditation.clone(),
            withheld: Vec::new(),
        })
    }

    /// With the sealed name, for the organisation itself and the operator who admitted it.
    fn of_party(known: &Known, why: Why) -> Option<Self> {
        let Entity::Organisation(it) = &known.entity else { return None };
        let mut resource = Self::of(known)?;
        resource.name = it.name_for(why).cloned();
        resource.withheld = it.withheld.clone();
        resource.uscc = it.uscc_for(why).map(ToString::to_string);
        Some(resource)
    }

    pub(super) fn seen_by(caller: Authenticated) -> impl Fn(&Known) -> Option<Self> {
        move |known| {
            if known.subject.handle == caller.0.organisation {
                Self::of_party(known, Why::Own)
            } else if caller.0.role == Role::Operator {
                Self::of_party(known, Why::Noted)
            } else {
                Self::of(known)
            }
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SiteResource {
    #[serde(flatten)]
    pub chain: ChainEnd,
    pub code: String,
    pub kind: SiteKind,
    pub name: Name,
    pub place: Name,
}

impl SiteResource {
    pub(super) fn of(known: &Known) -> Option<Self> {
        let Entity::Site(it) = &known.entity else { return None };
        Some(Self {
            chain: known.into(),
            code: it.code.clone(),
            kind: it.kind,
            name: it.name.clone(),
            place: it.place.clone(),
        })
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PlotResource {
    #[serde(flatten)]
    pub chain: ChainEnd,
    pub code: String,
    pub place: Name,
    pub area_m2: u64,
    pub crop: Name,
    pub variety: Option<Name>,
    pub altitude_m: Option<i64>,
    pub treatments: Vec<TreatmentResource>,
    /// First civil day on which everything sprayed so far allows picking.
    pub harvest_from: Option<String>,
}

impl PlotResource {
    pub(super) fn of(known: &Known) -> Option<Self> {
        let Entity::Plot(it) = &known.entity else { return None };
        Some(Self {
            chain: known.into(),
            code: it.code.clone(),
            place: it.place.clone(),
            area_m2: it.area_m2,
            crop: it.crop.clone(),
            variety: it.variety.clone(),
            altitude_m: it.altitude_m,
            treatments: it
                .treatments
                .iter()
                .map(|treatment| TreatmentResource {
                    seq: treatment.seq,
                    product: treatment.product.clone(),
                    active: treatment.active.clone(),
                    dose: treatment.dose.clone(),
                    on: treatment.on.to_string(),
                    interval_days: treatment.interval_days,
                    harvest_from: treatment.harvest_from().to_string(),
                })
                .collect(),
            harvest_from: it
                .treatments
                .iter()
                .map(|treatment| treatment.harvest_from())
                .max()
                .map(|day| day.to_string()),
        })
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub struct TreatmentResource {
    pub seq: u64,
    pub product: String,
    pub active: String,
    pub dose: String,
    pub on: String,
    pub interval_days: u32,
    pub harvest_from: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct MarkResource {
    #[serde(flatten)]
    pub chain: ChainEnd,
    pub name: Name,
}

impl MarkResource {
    pub(super) fn of(known: &Known) -> Option<Self> {
        let Entity::Mark(it) = &known.entity else { return None };
        Some(Self { chain: known.into(), name: it.name.clone() })
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub struct LicenceResource {
    #[serde(flatten)]
    pub chain: ChainEnd,
    pub number: String,
    #[schema(value_type = String)]
    pub mark: Handle,
    #[schema(value_type = String)]
    pub licensee: Handle,
    pub gtins: Vec<String>,
    pub from: String,
    /// First day on which it is no longer in force.
    pub until: String,
    pub quota: u64,
    pub used: u64,
    pub revoked_on: Option<String>,
}

impl LicenceResource {
    pub(super) fn of(known: &Known) -> Option<Self> {
        let Entity::Licence(it) = &known.entity else { return None };
        Some(Self {
            chain: known.into(),
            number: it.number.clone(),
            mark: it.mark,
            licensee: it.licensee,
            gtins: it.gtins.iter().map(ToString::to_string).collect(),
            from: it.from.to_string(),
            until: it.until.to_string(),
            quota: it.packs,
            used: it.used,
            revoked_on: it.revoked_on.map(|day| day.to_string()),
        })
    }
}
