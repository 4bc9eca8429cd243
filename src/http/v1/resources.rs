//! Wire types of the resources, and reading them. A wire type names each field that leaves the house; entities are never
//! serialised to the outside.

use actix_web::http::header::ETAG;
use actix_web::web::Json;
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

use super::page::Page;
use crate::app::Slice;
use crate::app::subjects;
use crate::domain::acts::Known;
use crate::domain::entities::Entity;
use crate::domain::kinds::Name;
use crate::domain::kinds::batches::{Basis, HoldReason, Window};
use crate::domain::kinds::organisations::{Accreditation, OrganisationKind};
use crate::domain::kinds::products::ProductForm;
use crate::domain::kinds::sites::SiteKind;
use crate::domain::quantity::Unit;
use crate::domain::record::{Handle, Role, SubjectKind};
use crate::http::extract::{Authenticated, Id, Paging, State, blocking, parameter};
use crate::http::problem::Problem;

/// What every resource says of its chain.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChainEnd {
    #[schema(value_type = String)]
    pub id: Handle,
    #[schema(value_type = String)]
    pub home: Handle,
    /// Hash of the newest record; give it as `If-Match`.
    #[schema(example = "5f3c0b0e7c1d4f7f8e2c3a4b5d6e7f8091a2b3c4d5e6f70819a2b3c4d5e6f708")]
    pub head: String,
    pub seq: u64,
    pub recorded_at: String,
}

impl From<&Known> for ChainEnd {
    fn from(known: &Known) -> Self {
        Self {
            id: known.subject.handle,
            home: known.entity.home(),
            head: known.head.hash.to_string(),
            seq: known.head.seq,
            recorded_at: known.head.recorded_at.to_string(),
        }
    }
}

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

#[derive(Debug, Serialize, ToSchema)]
pub struct SiteResource {
    #[serde(flatten)]
    pub chain: ChainEnd,
    pub code: String,
    pub kind: SiteKind,
    pub name: Name,
    pub place: Name,
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
pub struct ProductResource {
    #[serde(flatten)]
    pub chain: ChainEnd,
    #[schema(example = "09520000100018")]
    pub gtin: String,
    pub name: Name,
    pub commodity: String,
    pub variety: Option<Name>,
    pub grade: Option<String>,
    pub form: ProductForm,
    pub unit: Unit,
    pub net_g: Option<u64>,
    pub shelf_life_days: Option<u32>,
    pub requires_cert: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct BatchResource {
    #[serde(flatten)]
    pub chain: ChainEnd,
    #[schema(value_type = String)]
    pub product: Handle,
    #[schema(example = "09520000100018")]
    pub gtin: String,
    #[schema(example = "SF26P011116T")]
    pub lot: String,
    pub basis: Basis,
    #[schema(example = "packed")]
    pub stage: &'static str,
    pub unit: Unit,
    pub balance: BalanceResource,
    pub grade: Option<String>,
    pub size: Option<String>,
    pub net_g: Option<u64>,
    #[schema(value_type = Vec<String>)]
    pub plots: Vec<Handle>,
    pub picked: Option<Window>,
    pub packed_on: Option<String>,
    pub best_before: Option<String>,
    #[schema(value_type = Option<String>)]
    pub licence: Option<Handle>,
    /// Holds on this batch itself; one on a parent holds it too.
    pub holds: Vec<HoldReason>,
    pub recalled: bool,
    pub certified: bool,
    pub opened_on: String,
}

/// input = output + loss + returned + discrepancy + rest
#[derive(Debug, Serialize, ToSchema)]
pub struct BalanceResource {
    #[schema(example = 9600000)]
    pub input: u64,
    #[schema(example = 8839200)]
    pub output: u64,
    #[schema(example = 760800)]
    pub loss: u64,
    #[schema(example = 0)]
    pub returned: u64,
    /// Zero, or below it by what went out beyond what came in, as a correction declared; then nothing can be drawn.
    #[schema(example = 0)]
    pub discrepancy: i64,
    #[schema(example = 0)]
    pub rest: u64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SampleResource {
    #[serde(flatten)]
    pub chain: ChainEnd,
    #[schema(value_type = String)]
    pub batch: Handle,
    #[schema(value_type = String)]
    pub laboratory: Handle,
    pub code: String,
    pub quantity: u64,
    pub drawn_at: String,
    pub received_at: Option<String>,
    pub report_no: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ShipmentResource {
    #[serde(flatten)]
    pub chain: ChainEnd,
    #[schema(value_type = String)]
    pub batch: Handle,
    pub gtin: String,
    pub lot: String,
    pub unit: Unit,
    pub quantity: u64,
    pub received: u64,
    pub returned: u64,
    /// You are one of the two parties, so you may see it.
    #[schema(value_type = Option<String>)]
    pub to: Option<Handle>,
    /// Sealed fields that were erased for good: `buyer` (then `to` is null), `order`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub withheld: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct MarkResource {
    #[serde(flatten)]
    pub chain: ChainEnd,
    pub name: Name,
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

impl BatchResource {
    pub fn of(known: &Known) -> Option<Self> {
        let Entity::Batch(batch) = &known.entity else { return None };
        let balance = &batch.balance;
        Some(Self {
            chain: known.into(),
            product: batch.product,
            gtin: batch.gtin.to_string(),
            lot: batch.lot.to_string(),
            basis: batch.basis,
            stage: batch.stage.as_str(),
            unit: batch.unit,
            balance: BalanceResource {
                input: balance.input,
                output: balance.output,
                loss: balance.loss,
                returned: balance.returned,
                discrepancy: balance.discrepancy,
                rest: balance.rest(),
            },
            grade: batch.grade.as_ref().map(ToString::to_string),
            size: batch.size.as_ref().map(ToString::to_string),
            net_g: batch.net_g.map(|net| net.get()),
            plots: batch.plots.clone(),
            picked: batch.picked.clone(),
            packed_on: batch.packed_on.map(|day| day.to_string()),
            best_before: batch.best_before.map(|day| day.to_string()),
            licence: batch.licence,
            holds: batch.holds.iter().map(|hold| hold.reason).collect(),
            recalled: batch.recalled,
            certified: batch.certified,
            opened_on: batch.opened_on.to_string(),
        })
    }
}

impl OrganisationResource {
    fn of(known: &Known) -> Option<Self> {
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
    fn of_party(known: &Known) -> Option<Self> {
        let Entity::Organisation(it) = &known.entity else { return None };
        let mut resource = Self::of(known)?;
        resource.name = resource.name.or_else(|| it.sealed_name.clone());
        resource.withheld = it.withheld.clone();
        resource.uscc = resource.uscc.or_else(|| it.sealed_uscc.as_ref().map(ToString::to_string));
        Some(resource)
    }

    fn seen_by(caller: Authenticated) -> impl Fn(&Known) -> Option<Self> {
        move |known| {
            let party = caller.0.role == Role::Operator || known.subject.handle == caller.0.organisation;
            if party { Self::of_party(known) } else { Self::of(known) }
        }
    }
}

impl SiteResource {
    fn of(known: &Known) -> Option<Self> {
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

impl PlotResource {
    fn of(known: &Known) -> Option<Self> {
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

impl ProductResource {
    fn of(known: &Known) -> Option<Self> {
        let Entity::Product(it) = &known.entity else { return None };
        Some(Self {
            chain: known.into(),
            gtin: it.gtin.to_string(),
            name: it.name.clone(),
            commodity: it.commodity.clone(),
            variety: it.variety.clone(),
            grade: it.grade.as_ref().map(ToString::to_string),
            form: it.form,
            unit: it.unit,
            net_g: it.net_g.map(|net| net.get()),
            shelf_life_days: it.shelf_life_days,
            requires_cert: it.requires_cert,
        })
    }
}

impl SampleResource {
    fn of(known: &Known) -> Option<Self> {
        let Entity::Sample(it) = &known.entity else { return None };
        Some(Self {
            chain: known.into(),
            batch: it.batch,
            laboratory: it.laboratory,
            code: it.code.clone(),
            quantity: it.quantity,
            drawn_at: it.drawn_at.to_string(),
            received_at: it.received_at.map(|at| at.to_string()),
            report_no: it.report_no.clone(),
        })
    }
}

impl ShipmentResource {
    fn of(known: &Known) -> Option<Self> {
        let Entity::Shipment(it) = &known.entity else { return None };
        Some(Self {
            chain: known.into(),
            batch: it.batch,
            gtin: it.gtin.to_string(),
            lot: it.lot.to_string(),
            unit: it.unit,
            quantity: it.quantity,
            received: it.received,
            returned: it.returned,
            to: it.buyer,
            withheld: it.withheld.clone(),
        })
    }
}

impl MarkResource {
    fn of(known: &Known) -> Option<Self> {
        let Entity::Mark(it) = &known.entity else { return None };
        Some(Self { chain: known.into(), name: it.name.clone() })
    }
}

impl LicenceResource {
    fn of(known: &Known) -> Option<Self> {
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

/// One subject as JSON; the ETag is its head.
async fn read<T: Serialize>(
    app: State,
    caller: Authenticated,
    kind: SubjectKind,
    id: Handle,
    wire: impl Fn(&Known) -> Option<T>,
) -> Result<HttpResponse, Problem> {
    let known = blocking(&app, move |app| subjects::get(app, caller.0, kind, id)).await?;
    let resource = wire(&known).ok_or_else(|| Problem::new("not-found").at("id", id))?;
    Ok(HttpResponse::Ok().insert_header((ETAG, format!("\"{}\"", known.head.hash))).json(resource))
}

async fn list<T: Serialize>(
    app: State,
    caller: Authenticated,
    kind: SubjectKind,
    paging: Paging,
    wire: impl Fn(&Known) -> Option<T>,
) -> Result<Json<Page<T>>, Problem> {
    let slice = blocking(&app, move |app| subjects::list(app, caller.0, kind, paging.after, paging.limit)).await?;
    Ok(page(slice, wire))
}

fn page<T>(slice: Slice, wire: impl Fn(&Known) -> Option<T>) -> Json<Page<T>> {
    Json(Page::new(slice.items.iter().filter_map(wire).collect(), slice.next))
}

/// Defines reading one and listing many of a resource.
macro_rules! resource {
    ($kind:ident, $type:ty, $tag:literal,
     $(#[$list_doc:meta])* $list:ident $path:literal,
     $(#[$get_doc:meta])* $get:ident $one:literal) => {
        $(#[$list_doc])*
        #[utoipa::path(
            tag = $tag,
            params(("cursor" = Option<String>, Query, description = "`next_cursor` of the page before"),
                ("limit" = Option<u32>, Query, description = "1–200, 50 if not said")),
            responses((status = 200, description = "Newest first", body = Page<$type>)),
            security(("bearer" = []))
        )]
        #[get($path)]
        pub async fn $list(app: State, caller: Authenticated, paging: Paging) -> Result<Json<Page<$type>>, Problem> {
            list(app, caller, SubjectKind::$kind, paging, <$type>::of).await
        }

        $(#[$get_doc])*
        #[utoipa::path(
            tag = $tag,
            params(("id" = String, Path, description = "Handle")),
            responses((status = 200, description = "As it is now; the ETag is its head", body = $type)),
            security(("bearer" = []))
        )]
        #[get($one)]
        pub async fn $get(app: State, caller: Authenticated, id: Id) -> Result<HttpResponse, Problem> {
            read(app, caller, SubjectKind::$kind, *id, <$type>::of).await
        }
    };
}

resource!(Site, SiteResource, "sites",
    /// List your sites
    list_sites "/sites",
    /// Read a site
    get_site "/sites/{id}");
resource!(Plot, PlotResource, "sites",
    /// List your plots
    list_plots "/plots",
    /// Read a plot
    get_plot "/plots/{id}");
resource!(Product, ProductResource, "products",
    /// List your products
    list_products "/products",
    /// Read a product
    get_product "/products/{id}");
resource!(Sample, SampleResource, "laboratory",
    /// List samples: those you drew, or those drawn for your laboratory
    list_samples "/samples",
    /// Read a sample
    get_sample "/samples/{id}");
resource!(Mark, MarkResource, "licences",
    /// List marks
    list_marks "/marks",
    /// Read a mark
    get_mark "/marks/{id}");
resource!(Licence, LicenceResource, "licences",
    /// List licences: those you granted, or those granted to you
    list_licences "/licences",
    /// Read a licence
    get_licence "/licences/{id}");

/// List organisations
#[utoipa::path(
    tag = "organisations",
    params(("cursor" = Option<String>, Query, description = "`next_cursor` of the page before"),
        ("limit" = Option<u32>, Query, description = "1–200, 50 if not said")),
    responses((status = 200, description = "Newest first", body = Page<OrganisationResource>)),
    security(("bearer" = []))
)]
#[get("/organisations")]
pub async fn list_organisations(
    app: State,
    caller: Authenticated,
    paging: Paging,
) -> Result<Json<Page<OrganisationResource>>, Problem> {
    list(app, caller, SubjectKind::Organisation, paging, OrganisationResource::seen_by(caller)).await
}

/// Read an organisation
#[utoipa::path(
    tag = "organisations",
    params(("id" = String, Path, description = "Handle")),
    responses((status = 200, description = "As it is now; the ETag is its head", body = OrganisationResource)),
    security(("bearer" = []))
)]
#[get("/organisations/{id}")]
pub async fn get_organisation(app: State, caller: Authenticated, id: Id) -> Result<HttpResponse, Problem> {
    read(app, caller, SubjectKind::Organisation, *id, OrganisationResource::seen_by(caller)).await
}

/// List shipments: those you sent, or with `direction=incoming` those on their way to you
#[utoipa::path(
    tag = "shipments",
    params(("direction" = Option<String>, Query, description = "outgoing or incoming"),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before"),
        ("limit" = Option<u32>, Query, description = "1–200, 50 if not said")),
    responses((status = 200, description = "Newest first", body = Page<ShipmentResource>)),
    security(("bearer" = []))
)]
#[get("/shipments")]
pub async fn list_shipments(
    app: State,
    caller: Authenticated,
    paging: Paging,
    request: HttpRequest,
) -> Result<Json<Page<ShipmentResource>>, Problem> {
    match parameter::<String>(&request, "direction", "")?.as_deref() {
        None | Some("outgoing") => list(app, caller, SubjectKind::Shipment, paging, ShipmentResource::of).await,
        Some("incoming") => {
            let incoming =
                move |app: &crate::app::App| subjects::incoming_shipments(app, caller.0, paging.after, paging.limit);
            Ok(page(blocking(&app, incoming).await?, ShipmentResource::of))
        }
        Some(other) => Err(Problem::new("bad-parameter").at("direction", other).expected("outgoing, incoming")),
    }
}

/// Read a shipment
#[utoipa::path(
    tag = "shipments",
    params(("id" = String, Path, description = "Handle")),
    responses((status = 200, description = "As it is now; the ETag is its head", body = ShipmentResource)),
    security(("bearer" = []))
)]
#[get("/shipments/{id}")]
pub async fn get_shipment(app: State, caller: Authenticated, id: Id) -> Result<HttpResponse, Problem> {
    read(app, caller, SubjectKind::Shipment, *id, ShipmentResource::of).await
}
