//! Audit packs: of a batch for everybody, of a licence and of an organisation for those whom they concern.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get};

use crate::app::audit_pack::{self, Period};
use crate::http::extract::{Authenticated, Id, State, parameter};
use crate::http::problem::Problem;
use crate::http::streamed::{For, Makers, for_admitted, made};

/// Download a batch's audit pack
///
/// Public. A zip of the history, the log's signed checkpoint, proofs, keys, photos and documents, and a page that verifies all
/// of it offline (FORMATS §2); `suyuan verify` does the same. With credentials it also holds the openings that you may see.
#[utoipa::path(
    tag = "public",
    operation_id = "download_batch_pack",
    params(("id" = String, Path, description = "Handle of the batch")),
    responses((status = 200, description = "Zip, streamed", content_type = "application/zip", body = Vec<u8>))
)]
#[get("/batches/{id}/audit-pack")]
pub async fn of_batch(
    app: State,
    caller: Option<Authenticated>,
    makers: Data<Makers>,
    id: Id,
) -> Result<HttpResponse, Problem> {
    let caller = caller.map(|it| it.0);
    let for_whom = if caller.is_some() { For::Admitted } else { For::Strangers };
    made(app, &makers, (*id, for_whom), move |app| audit_pack::of_batch(app, caller, *id)).await
}

/// Download the audit pack of a licence
///
/// The histories of all batches that were packed under the licence, for the association that granted it, the licensee and
/// regulators. At most 2,000 batches: give a period.
#[utoipa::path(
    tag = "licences",
    operation_id = "download_licence_pack",
    params(("id" = String, Path, description = "Handle of the licence"),
        ("from" = Option<String>, Query, description = "First day of packing"),
        ("to" = Option<String>, Query, description = "Last day of packing")),
    responses((status = 200, description = "Zip, streamed", content_type = "application/zip", body = Vec<u8>)),
    security(("bearer" = ["audit_pack.read"]))
)]
#[get("/licences/{id}/audit-pack")]
pub async fn of_licence(
    app: State,
    caller: Authenticated,
    makers: Data<Makers>,
    id: Id,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let period = period(&request)?;
    for_admitted(app, &makers, *id, move |app| audit_pack::of_licence(app, caller.0, *id, period)).await
}

/// Download the audit pack of an organisation
///
/// The histories of all batches that the organisation opened, for itself and for regulators. At most 2,000 batches: give a
/// period.
#[utoipa::path(
    tag = "organisations",
    operation_id = "download_organisation_pack",
    params(("id" = String, Path, description = "Handle of the organisation"),
        ("from" = Option<String>, Query, description = "First day of opening"),
        ("to" = Option<String>, Query, description = "Last day of opening")),
    responses((status = 200, description = "Zip, streamed", content_type = "application/zip", body = Vec<u8>)),
    security(("bearer" = ["audit_pack.read"]))
)]
#[get("/organisations/{id}/audit-pack")]
pub async fn of_organisation(
    app: State,
    caller: Authenticated,
    makers: Data<Makers>,
    id: Id,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let period = period(&request)?;
    for_admitted(app, &makers, *id, move |app| audit_pack::of_organisation(app, caller.0, *id, period)).await
}

fn period(request: &HttpRequest) -> Result<Period, Problem> {
    Ok(Period { from: parameter(request, "from", "2026-11-16")?, to: parameter(request, "to", "2026-11-16")? })
}
