//! What was packed under a licence.

use actix_web::web::Json;
use actix_web::{HttpRequest, get};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::batches;
use crate::domain::record::{Digest, Handle};
use crate::http::extract::{Authenticated, Id, Paging, State, blocking};
use crate::http::problem::Problem;

/// Packs that were packed under a mark, with the record that says so.
#[derive(Debug, Serialize, ToSchema)]
pub struct MarkUseResource {
    /// Position in the licence's chain.
    pub seq: u64,
    #[schema(value_type = String)]
    pub record: Digest,
    pub recorded_at: String,
    #[schema(value_type = String)]
    pub batch: Handle,
    #[schema(example = "09520000100018")]
    pub gtin: String,
    #[schema(example = "SF26P011116T")]
    pub lot: String,
    #[schema(example = 537)]
    pub packs: u64,
    #[schema(example = "2026-11-19")]
    pub packed_on: String,
    pub chain_url: String,
    pub history_url: String,
}

/// What was packed under one licence.
#[derive(Debug, Serialize, ToSchema)]
pub struct PackedUnder {
    #[schema(example = "LIC-SF-2026-001")]
    pub number: String,
    /// Quota in packs.
    #[schema(example = 120000)]
    pub quota: u64,
    #[schema(example = 1420)]
    pub used: u64,
    pub items: Vec<MarkUseResource>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// List what was packed under a licence
#[utoipa::path(
    tag = "licences",
    params(("id" = String, Path, description = "Handle of the licence"),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before"),
        ("limit" = Option<u32>, Query, description = "Records read, 1–200, 50 if not said")),
    responses((status = 200, description = "Packs, oldest first", body = PackedUnder)),
    security(("bearer" = ["licence.read"]))
)]
#[get("/licences/{id}/packs")]
pub async fn packed_under(
    app: State,
    caller: Authenticated,
    id: Id,
    paging: Paging,
    _request: HttpRequest,
) -> Result<Json<PackedUnder>, Problem> {
    let from = paging.after.map_or(0, |cursor| cursor.0);
    let (known, uses, next) =
        blocking(&app, move |app| batches::packed_under(app, caller.0, *id, from, paging.limit)).await?;
    let crate::domain::entities::Entity::Licence(licence) = known.entity else {
        return Err(Problem::new("not-found").at("id", *id));
    };
    let items = uses
        .into_iter()
        .map(|mark_use| MarkUseResource {
            seq: mark_use.seq,
            record: mark_use.hash,
            recorded_at: mark_use.recorded_at.to_string(),
            batch: mark_use.used.batch,
            gtin: mark_use.used.gtin.to_string(),
            lot: mark_use.used.lot.to_string(),
            packs: mark_use.used.packs.get(),
            packed_on: mark_use.used.packed_on.to_string(),
            chain_url: format!("/api/v1/batches/{}/chain", mark_use.used.batch),
            history_url: format!("/api/v1/batches/{}/history", mark_use.used.batch),
        })
        .collect();
    Ok(Json(PackedUnder {
        number: licence.number,
        quota: licence.packs,
        used: licence.used,
        items,
        next_cursor: next.map(|seq| seq.to_string()),
    }))
}
