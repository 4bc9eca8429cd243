//! Importing tables.

use std::sync::Arc;

use actix_web::web::{Path, Payload};
use actix_web::{HttpResponse, post};
use sha2::{Digest as _, Sha256};

use super::acts::{Recorded, record};
use crate::app::import::{self, Kind};
use crate::domain::acts::Act as _;
use crate::domain::record::Digest;
use crate::http::extract::{Doing, State, blocking, whole_body};
use crate::http::problem::Problem;

/// Bytes of a file at most.
const MAX_BYTES: usize = 8 * 1024 * 1024;

/// Import a table
///
/// A CSV file (UTF-8, UTF-16 or GB18030) of `organisations`, `plots`, `treatments` or `batches`, at most 10,000 rows. The
/// file is judged whole; one bad row refuses it all and is named by its line. Columns: see docs/API.md.
#[utoipa::path(
    tag = "imports",
    request_body(content = String, content_type = "text/csv", example = json!("code,place_zh,area_m2,crop_zh,lat,lon\nSF-P05,示范县,12000,脐橙,31.01,109.46\n")),
    params(("kind" = String, Path, description = "organisations, plots, treatments or batches"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a repetition harmless; kept 30 days"),
                ("proof" = Option<bool>, Query, description = "true: the answer proves that the log holds what was recorded")),
    responses((status = 201, description = "All rows recorded", body = Recorded)),
    security(("bearer" = ["organisation.register"]), ("bearer" = ["plot.register"]), ("bearer" = ["plot.treat"]), ("bearer" = ["batch.open"]))
)]
#[post("/imports/{kind}")]
pub async fn import_table(
    app: State,
    doing: Doing,
    kind: Path<String>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let kind = Kind::parse(&kind).ok_or_else(|| Problem::new("not-found").at("kind", kind.as_str()))?;
    doing.caller.may(kind.operation())?;
    let bytes = whole_body(payload, MAX_BYTES).await?;
    let hash = Digest::from_bytes(Sha256::digest(&bytes).into());
    let caller = doing.caller;
    let act = blocking(&app, move |app| import::read(app, caller, kind, &bytes)).await?;
    debug_assert_eq!(act.operation(), kind.operation());
    record(app, doing, None, Arc::new(act), hash, Vec::new()).await
}
