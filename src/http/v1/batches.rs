//! Batches: lists, state, and what anybody may download of them.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG};
use actix_web::web::Json;
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

use super::page::Page;
use super::resources::BatchResource;
use crate::app::BatchFilter;
use crate::app::log::lines::base64;
use crate::app::log::{self, proofs};
use crate::app::records::{self, Download};
use crate::app::{batches, subjects};
use crate::domain::entities::{BatchStage, Entity};
use crate::domain::gs1::DigitalLink;
use crate::domain::record::{Handle, Subject, SubjectKind};
use crate::http::extract::{Authenticated, Id, Paging, State, blocking, parameter};
use crate::http::problem::Problem;
use crate::labels;

/// List your batches
#[utoipa::path(
    tag = "batches",
    operation_id = "list_batches",
    params(
        ("stage" = Option<String>, Query, description = "open, graded, packed, shipped or closed"),
        ("gtin" = Option<String>, Query, description = "Product"),
        ("lot" = Option<String>, Query, description = "Lot code"),
        ("opened_from" = Option<String>, Query, description = "First day of opening"),
        ("opened_to" = Option<String>, Query, description = "Last day of opening"),
        ("in_stock" = Option<bool>, Query, description = "Only those of which something is left"),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before"),
        ("limit" = Option<u32>, Query, description = "1–200, 50 if not said")
    ),
    responses((status = 200, description = "Batches, newest first", body = Page<BatchResource>)),
    security(("bearer" = ["batch.read"]))
)]
#[get("/batches")]
pub async fn list(
    app: State,
    caller: Authenticated,
    paging: Paging,
    request: HttpRequest,
) -> Result<Json<Page<BatchResource>>, Problem> {
    let stage = match parameter::<String>(&request, "stage", "")? {
        None => None,
        Some(text) => Some(serde_json::from_value::<BatchStage>(text.clone().into()).map_err(|_| {
            Problem::new("bad-parameter").at("stage", text).expected("open, graded, packed, shipped, closed")
        })?),
    };
    let filter = BatchFilter {
        stage,
        gtin: parameter(&request, "gtin", "09520000100018")?,
        lot: parameter(&request, "lot", "SF26P011116")?,
        opened_from: parameter(&request, "opened_from", "2026-11-16")?,
        opened_to: parameter(&request, "opened_to", "2026-11-16")?,
        in_stock: parameter(&request, "in_stock", "true")?.unwrap_or_default(),
    };
    let slice = blocking(&app, move |app| batches::list(app, caller.0, &filter, paging.after, paging.limit)).await?;
    Ok(Json(Page::new(slice.items.iter().filter_map(BatchResource::of).collect(), slice.next)))
}

/// Read a batch
#[utoipa::path(
    tag = "batches",
    operation_id = "get_batch",
    params(("id" = String, Path, description = "Handle of the batch")),
    responses((status = 200, description = "The batch as it is now; the ETag is its head", body = BatchResource)),
    security(("bearer" = ["batch.read"]))
)]
#[get("/batches/{id}")]
pub async fn get(app: State, caller: Authenticated, id: Id) -> Result<HttpResponse, Problem> {
    let known = blocking(&app, move |app| subjects::get(app, caller.0, SubjectKind::Batch, *id)).await?;
    let resource = BatchResource::of(&known).ok_or_else(|| Problem::new("not-found").at("id", *id))?;
    Ok(HttpResponse::Ok().insert_header((ETAG, format!("\"{}\"", known.head.hash))).json(resource))
}

/// Download a batch's chain
///
/// Public. Each line is exactly a record's bytes; `Suyuan-Head` is the hash of the last line.
#[utoipa::path(
    tag = "public",
    operation_id = "download_chain",
    params(("id" = String, Path, description = "Handle of the batch")),
    responses((status = 200, description = "NDJSON", content_type = "application/x-ndjson", body = String))
)]
#[get("/batches/{id}/chain")]
pub async fn chain(app: State, id: Id) -> Result<HttpResponse, Problem> {
    download(blocking(&app, move |app| records::chain(app, SubjectKind::Batch, *id)).await?, *id)
}

/// Download a batch's history
///
/// Public. The chain of the batch and of everything it rests on, in the order of the log.
#[utoipa::path(
    tag = "public",
    operation_id = "download_history",
    params(("id" = String, Path, description = "Handle of the batch")),
    responses((status = 200, description = "NDJSON", content_type = "application/x-ndjson", body = String))
)]
#[get("/batches/{id}/history")]
pub async fn history(app: State, id: Id) -> Result<HttpResponse, Problem> {
    download(blocking(&app, move |app| records::history(app, *id)).await?, *id)
}

/// Prove that a batch's history is in the log
///
/// Public. One proof for each record of the history, all against one signed checkpoint (FORMATS: RFC 9162 §2.1.3.2): what the
/// scan page's button checks on the phone. A record that was made in this very moment may still be missing.
#[utoipa::path(
    tag = "public",
    operation_id = "prove_batch",
    params(("id" = String, Path, description = "Handle of the batch")),
    responses((status = 200, description = "Proofs in the order of the log", body = BatchProofResource))
)]
#[get("/batches/{id}/proof")]
pub async fn proof(app: State, id: Id) -> Result<HttpResponse, Problem> {
    let found = blocking(&app, move |app| proofs::of_batch(app, *id)).await?;
    let found = found.ok_or_else(|| Problem::new("not-found").at("id", *id))?;
    let log = log::of(&app)?;
    let policy = log.witnesses().map(|witnesses| witnesses.file().to_owned());
    let vkeys = log.keys().verifying().iter().map(ToString::to_string).collect();
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "public, max-age=1"))
        .insert_header(("Access-Control-Allow-Origin", "*"))
        .json(BatchProofResource::of(found, vkeys, policy)))
}

/// Proofs of a batch's history.
#[derive(Serialize, ToSchema)]
pub struct BatchProofResource {
    /// The signed note.
    checkpoint: String,
    /// The log's keys, as C2SP signed-note writes them, the newest last.
    vkeys: Vec<String>,
    /// Whose signatures are asked for (C2SP tlog-policy), where the operator says so.
    policy: Option<String>,
    records: Vec<RecordProofResource>,
}

/// Proof of one record.
#[derive(Serialize, ToSchema)]
pub struct RecordProofResource {
    /// Its place in the log.
    index: u64,
    #[schema(value_type = String, example = "batch:00112233445566778899aabbccddeeff")]
    subject: Subject,
    seq: u64,
    /// Hashes in base64, from the leaf's sibling up.
    proof: Vec<String>,
}

impl BatchProofResource {
    fn of(found: proofs::BatchProof, vkeys: Vec<String>, policy: Option<String>) -> Self {
        let record = |it: proofs::RecordProof| RecordProofResource {
            index: it.index,
            subject: it.subject,
            seq: it.seq,
            proof: it.hashes.iter().map(|hash| base64(hash.as_bytes())).collect(),
        };
        let records = found.records.into_iter().map(record).collect();
        Self { checkpoint: found.checkpoint.note.clone(), vkeys, policy, records }
    }
}

pub(super) fn download(found: Option<Download>, id: Handle) -> Result<HttpResponse, Problem> {
    let found = found.ok_or_else(|| Problem::new("not-found").at("id", id))?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/x-ndjson"))
        .insert_header(("Suyuan-Head", found.head.to_string()))
        .insert_header((ETAG, format!("\"{}\"", found.head)))
        .insert_header((CACHE_CONTROL, "public, max-age=5"))
        .insert_header(("Access-Control-Allow-Origin", "*"))
        .insert_header(("Access-Control-Expose-Headers", "Suyuan-Head"))
        .body(found.lines))
}

/// Read openings of sealed fields
///
/// What the batch's records seal, as far as you may see it: buyers and orders for the parties, persons for the home.
#[utoipa::path(
    tag = "batches",
    operation_id = "read_openings",
    params(("id" = String, Path, description = "Handle of the batch")),
    responses((status = 200, description = "NDJSON", content_type = "application/x-ndjson", body = String)),
    security(("bearer" = ["openings.read"]))
)]
#[get("/batches/{id}/openings")]
pub async fn openings(app: State, caller: Authenticated, id: Id) -> Result<HttpResponse, Problem> {
    let lines = blocking(&app, move |app| records::openings(app, caller.0, *id)).await?;
    Ok(HttpResponse::Ok().insert_header((CONTENT_TYPE, "application/x-ndjson")).body(lines))
}

/// Draw a batch's QR symbol as SVG
///
/// Public: the symbol holds the batch's Digital Link address and nothing else.
#[utoipa::path(
    tag = "public",
    params(("id" = String, Path, description = "Handle of the batch"),
        ("caption" = Option<bool>, Query, description = "Whether GTIN and lot stand under it; they do, if not said")),
    responses((status = 200, description = "SVG", content_type = "image/svg+xml", body = String))
)]
#[get("/batches/{id}/qr.svg")]
pub async fn qr_svg(app: State, id: Id, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let caption = parameter::<bool>(&request, "caption", "true false")?.unwrap_or(true);
    let label = label(&app, *id).await?;
    let symbol = labels::symbol(&label.uri).map_err(|invalid| Problem::invalid("uri", &invalid))?;
    let under: &[String] = if caption { &label.caption } else { &[] };
    Ok(image("image/svg+xml").body(labels::svg(&symbol, under)))
}

/// Draw a batch's QR symbol as PNG
///
/// Public. `module` is the width of a module in pixels, 2 to 40.
#[utoipa::path(
    tag = "public",
    params(("id" = String, Path, description = "Handle of the batch"),
        ("module" = Option<u32>, Query, description = "Pixels a module, 2–40, 8 if not said")),
    responses((status = 200, description = "PNG", content_type = "image/png", body = Vec<u8>))
)]
#[get("/batches/{id}/qr.png")]
pub async fn qr_png(app: State, id: Id, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let module = parameter::<u32>(&request, "module", "2–40")?.unwrap_or(8);
    let label = label(&app, *id).await?;
    let symbol = labels::symbol(&label.uri).map_err(|invalid| Problem::invalid("uri", &invalid))?;
    let png = labels::png(&symbol, module, &label.caption).map_err(|invalid| Problem::invalid("module", &invalid))?;
    Ok(image("image/png").body(png))
}

struct Label {
    uri: String,
    caption: Vec<String>,
}

async fn label(app: &State, id: Handle) -> Result<Label, Problem> {
    let known = blocking(app, move |app| Ok(app.store.subject(id)?)).await?;
    let Some(Entity::Batch(batch)) = known.map(|known| known.entity) else {
        return Err(Problem::new("not-found").at("id", id));
    };
    let uri = DigitalLink::lot(batch.gtin, batch.lot.clone()).uri(&app.public_url);
    Ok(Label { uri, caption: vec![format!("(01) {}", batch.gtin), format!("(10) {}", batch.lot)] })
}

fn image(media_type: &'static str) -> actix_web::HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response.insert_header((CONTENT_TYPE, media_type)).insert_header((CACHE_CONTROL, "public, max-age=86400"));
    response
}
