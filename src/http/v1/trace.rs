//! Lineage in both directions.

use actix_web::get;
use actix_web::web::Json;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::trace;
use crate::domain::acts::Known;
use crate::domain::entities::Entity;
use crate::domain::quantity::Unit;
use crate::domain::record::Handle;
use crate::http::extract::{Authenticated, Id, State, blocking};
use crate::http::problem::Problem;

/// Batches before and after one batch.
#[derive(Debug, Serialize, ToSchema)]
pub struct TraceAnswer {
    pub batches: Vec<TracedBatch>,
    pub edges: Vec<TraceEdge>,
    /// More than 2,000 batches: what is shown is not all.
    pub cut: bool,
}

/// A batch on the way. Of other organisations' batches only what their public record says.
#[derive(Debug, Serialize, ToSchema)]
pub struct TracedBatch {
    #[schema(value_type = String)]
    pub id: Handle,
    #[schema(value_type = String)]
    pub home: Handle,
    #[schema(example = "09520000100018")]
    pub gtin: String,
    #[schema(example = "SF26P011116T")]
    pub lot: String,
    pub unit: Unit,
    /// What came in.
    pub quantity: u64,
    #[schema(example = "packed")]
    pub stage: &'static str,
}

/// An amount that went from a batch into another.
#[derive(Debug, Serialize, ToSchema)]
pub struct TraceEdge {
    #[schema(value_type = String)]
    pub parent: Handle,
    #[schema(value_type = String)]
    pub child: Handle,
    /// In the parent's unit.
    pub quantity: u64,
}

/// Trace a batch back and forward
#[utoipa::path(
    tag = "batches",
    params(("id" = String, Path, description = "Handle of the batch")),
    responses((status = 200, description = "Lineage with amounts", body = TraceAnswer)),
    security(("bearer" = ["trace.read"]))
)]
#[get("/batches/{id}/trace")]
pub async fn trace_batch(app: State, caller: Authenticated, id: Id) -> Result<Json<TraceAnswer>, Problem> {
    let found = blocking(&app, move |app| trace::trace(app, caller.0, *id)).await?;
    Ok(Json(TraceAnswer {
        batches: found.batches.iter().filter_map(traced).collect(),
        edges: found
            .edges
            .into_iter()
            .map(|edge| TraceEdge { parent: edge.parent, child: edge.child, quantity: edge.quantity })
            .collect(),
        cut: found.cut,
    }))
}

fn traced(known: &Known) -> Option<TracedBatch> {
    let Entity::Batch(batch) = &known.entity else { return None };
    Some(TracedBatch {
        id: known.subject.handle,
        home: batch.home,
        gtin: batch.gtin.to_string(),
        lot: batch.lot.to_string(),
        unit: batch.unit,
        quantity: batch.balance.input,
        stage: batch.stage.as_str(),
    })
}
