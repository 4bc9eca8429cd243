//! Wire types of the resources, and reading them. A wire type names each field that leaves the house; entities are never
//! serialised to the outside.

mod goods;
mod parties;
mod reports;

use actix_web::http::header::ETAG;
use actix_web::web::Json;
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

use super::page::Page;
use crate::app::Slice;
use crate::app::subjects;
use crate::domain::acts::Known;
use crate::domain::record::{Handle, SubjectKind};
use crate::http::extract::{Authenticated, Id, Paging, State, blocking, parameter};
use crate::http::problem::Problem;

pub use goods::{BatchResource, ProductResource, SampleResource, ShipmentResource};
pub use parties::{LicenceResource, MarkResource, OrganisationResource, PlotResource, SiteResource};
pub use reports::ReportResource;

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
    ($kind:ident, $type:ty, $operation:literal, $tag:literal,
     $(#[$list_doc:meta])* $list:ident $path:literal,
     $(#[$get_doc:meta])* $get:ident $one:literal) => {
        $(#[$list_doc])*
        #[utoipa::path(
            tag = $tag,
            params(("cursor" = Option<String>, Query, description = "`next_cursor` of the page before"),
                ("limit" = Option<u32>, Query, description = "1–200, 50 if not said")),
            responses((status = 200, description = "Newest first", body = Page<$type>)),
            security(("bearer" = [$operation]))
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
            security(("bearer" = [$operation]))
        )]
        #[get($one)]
        pub async fn $get(app: State, caller: Authenticated, id: Id) -> Result<HttpResponse, Problem> {
            read(app, caller, SubjectKind::$kind, *id, <$type>::of).await
        }
    };
}

resource!(Site, SiteResource, "site.read", "sites",
    /// List your sites
    list_sites "/sites",
    /// Read a site
    get_site "/sites/{id}");
resource!(Plot, PlotResource, "plot.read", "sites",
    /// List your plots
    list_plots "/plots",
    /// Read a plot
    get_plot "/plots/{id}");
resource!(Product, ProductResource, "product.read", "products",
    /// List your products
    list_products "/products",
    /// Read a product
    get_product "/products/{id}");
resource!(Sample, SampleResource, "sample.read", "laboratory",
    /// List samples: those you drew, or those drawn for your laboratory
    list_samples "/samples",
    /// Read a sample
    get_sample "/samples/{id}");
/// List the reports on a sample
///
/// Every report that was recorded on it, the newest first, with its values. For the laboratory and for whoever drew it.
#[utoipa::path(
    tag = "laboratory",
    params(("id" = String, Path, description = "Handle of the sample")),
    responses((status = 200, description = "Newest first, all on one page", body = Page<ReportResource>)),
    security(("bearer" = ["sample.read"]))
)]
#[get("/samples/{id}/reports")]
pub async fn list_reports(app: State, caller: Authenticated, id: Id) -> Result<Json<Page<ReportResource>>, Problem> {
    let found = blocking(&app, move |app| subjects::reports_on(app, caller.0, *id)).await?;
    Ok(Json(Page::new(found.iter().map(|(record, body)| ReportResource::of(record, body)).collect(), None)))
}

resource!(Mark, MarkResource, "mark.read", "licences",
    /// List marks
    list_marks "/marks",
    /// Read a mark
    get_mark "/marks/{id}");
resource!(Licence, LicenceResource, "licence.read", "licences",
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
    security(("bearer" = ["organisation.read"]))
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
    security(("bearer" = ["organisation.read"]))
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
    security(("bearer" = ["shipment.read"]))
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
    security(("bearer" = ["shipment.read"]))
)]
#[get("/shipments/{id}")]
pub async fn get_shipment(app: State, caller: Authenticated, id: Id) -> Result<HttpResponse, Problem> {
    read(app, caller, SubjectKind::Shipment, *id, ShipmentResource::of).await
}
