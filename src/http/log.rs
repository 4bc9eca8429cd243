//! The published log, as C2SP tlog-tiles and tlog-proof have it (FORMATS §2): for anybody, without credentials, below `/log`.

use actix_web::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::{self, Bytes, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use moka::sync::Cache;

use super::extract::{State, blocking, parameter};
use super::problem::Problem;
use crate::app::log::lines::{decimal, hash_lines};
use crate::app::log::{self, proofs};
use crate::domain::merkle::Tile;

pub fn configure(config: &mut ServiceConfig) {
    config
        .route("/log/checkpoint", web::get().to(checkpoint))
        .route("/log/witnessed", web::get().to(witnessed))
        .route("/log/key", web::get().to(key))
        .route("/log/tile/{tile:.*}", web::get().to(tile))
        .route("/log/proof/{index}", web::get().to(proof))
        .route("/log/consistency", web::get().to(consistency))
        .route("/log/epoch/{epoch}/checkpoint", web::get().to(checkpoint_of_epoch))
        .route("/log/epoch/{epoch}/key", web::get().to(key_of_epoch))
        .route("/log/epoch/{epoch}/tile/{tile:.*}", web::get().to(tile_of_epoch))
        .route("/log/epoch/{epoch}/proof/{index}", web::get().to(proof_of_epoch))
        .route("/log/epoch/{epoch}/consistency", web::get().to(consistency_of_epoch));
}

/// What never changes: the bytes of a tile, whole or not.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// A partial tile is no longer asked for once it is full.
const FOR_A_DAY: &str = "public, max-age=86400, immutable";
/// What may be other in the next moment.
const FOR_A_MOMENT: &str = "public, max-age=1";
const NEVER: &str = "no-store";
const NUMBER: &str = "a number without leading zeros";
const TEXT: &str = "text/plain; charset=utf-8";

/// Tiles that were asked for lately: they never change, so that none is ever dropped for being old.
#[derive(Clone)]
pub struct TileCache(Cache<Tile, Bytes>);

impl TileCache {
    const BYTES: u64 = 32 << 20;

    pub fn new() -> Self {
        let weight = |_: &Tile, bytes: &Bytes| u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        Self(Cache::builder().max_capacity(Self::BYTES).weigher(weight).build())
    }
}

impl Default for TileCache {
    fn default() -> Self {
        Self::new()
    }
}

fn answer(kept: &'static str, media_type: &'static str) -> HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response
        .insert_header((CONTENT_TYPE, media_type))
        .insert_header((CACHE_CONTROL, kept))
        .insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .insert_header(("cross-origin-resource-policy", "cross-origin"));
    response
}

/// The newest signed checkpoint.
async fn checkpoint(app: State) -> Result<HttpResponse, Problem> {
    let note = blocking(&app, proofs::newest).await?;
    Ok(answer(FOR_A_MOMENT, TEXT).body(note))
}

/// The newest checkpoint that enough witnesses cosigned.
async fn witnessed(app: State) -> Result<HttpResponse, Problem> {
    let witnessed = log::of(&app)?.witnessed().ok_or_else(|| Problem::new("not-found").at("path", "/log/witnessed"))?;
    Ok(answer(FOR_A_MOMENT, TEXT).body(witnessed.checkpoint.note.clone()))
}

/// The keys that sign it, one a line, the newest last.
async fn key(app: State) -> Result<HttpResponse, Problem> {
    let lines = log::of(&app)?.keys().verifying().iter().map(|key| format!("{key}\n"));
    Ok(answer(FOR_A_MOMENT, TEXT).body(lines.collect::<String>()))
}

async fn tile(app: State, cache: Data<TileCache>, path: web::Path<String>) -> Result<HttpResponse, Problem> {
    let missing = || Problem::new("not-found").at("path", format!("/log/tile/{path}"));
    let tile: Tile = path.parse().map_err(|_| missing())?;
    let bytes = match cache.0.get(&tile) {
        Some(bytes) => bytes,
        None => {
            let found = blocking(&app, move |app| proofs::tile(app, tile)).await?;
            let bytes = Bytes::from(found.ok_or_else(missing)?);
            cache.0.insert(tile, bytes.clone());
            bytes
        }
    };
    let kept = if tile.is_full() { FOR_EVER } else { FOR_A_DAY };
    Ok(answer(kept, "application/octet-stream").body(bytes))
}

async fn checkpoint_of_epoch(app: State, epoch: web::Path<u64>) -> Result<HttpResponse, Problem> {
    let epoch = *epoch;
    let found = blocking(&app, move |app| proofs::checkpoint_of_epoch(app, epoch)).await?;
    Ok(answer(FOR_A_MOMENT, TEXT).body(found.ok_or_else(|| Problem::new("not-found").at("epoch", epoch))?))
}

async fn key_of_epoch(app: State, epoch: web::Path<u64>) -> Result<HttpResponse, Problem> {
    let lines: String = log::of(&app)?.keys_of_epoch(*epoch).iter().map(|key| format!("{key}\n")).collect();
    if lines.is_empty() {
        return Err(Problem::new("not-found").at("epoch", *epoch));
    }
    Ok(answer(FOR_A_MOMENT, TEXT).body(lines))
}

async fn tile_of_epoch(app: State, path: web::Path<(u64, String)>) -> Result<HttpResponse, Problem> {
    let (epoch, path) = path.into_inner();
    let missing = || Problem::new("not-found").at("path", format!("/log/epoch/{epoch}/tile/{path}"));
    let tile: Tile = path.parse().map_err(|_| missing())?;
    let found = blocking(&app, move |app| proofs::tile_of_epoch(app, epoch, tile)).await?;
    let kept = if tile.is_full() { FOR_EVER } else { FOR_A_DAY };
    Ok(answer(kept, "application/octet-stream").body(found.ok_or_else(missing)?))
}

/// An offline proof, against the newest checkpoint or the one of `size`.
async fn proof(app: State, index: web::Path<String>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let (index, size) = place(&index, &request)?;
    let proof = blocking(&app, move |app| proofs::inclusion(app, index, size)).await?;
    Ok(answer(if size.is_some() { FOR_A_DAY } else { NEVER }, TEXT).body(proof.to_string()))
}

async fn proof_of_epoch(
    app: State,
    path: web::Path<(u64, String)>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (epoch, index) = path.into_inner();
    let (index, size) = place(&index, &request)?;
    let proof = blocking(&app, move |app| proofs::inclusion_of_epoch(app, epoch, index, size)).await?;
    let proof = proof.ok_or_else(|| Problem::new("not-found").at("epoch", epoch))?;
    Ok(answer(if size.is_some() { FOR_A_DAY } else { NEVER }, TEXT).body(proof.to_string()))
}

/// Which record's proof is asked for, and of which size.
fn place(index: &str, request: &HttpRequest) -> Result<(u64, Option<u64>), Problem> {
    let index = decimal(index).ok_or_else(|| Problem::new("bad-parameter").at("index", index).expected(NUMBER))?;
    Ok((index, number(request, "size")?))
}

/// One hash a line, in base64.
async fn consistency(app: State, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let (from, to) = sizes(&request)?;
    let hashes = blocking(&app, move |app| proofs::consistency(app, from, to)).await?;
    Ok(answer(FOR_A_DAY, TEXT).body(hash_lines(&hashes)))
}

async fn consistency_of_epoch(
    app: State,
    epoch: web::Path<u64>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (epoch, (from, to)) = (*epoch, sizes(&request)?);
    let hashes = blocking(&app, move |app| proofs::consistency_of_epoch(app, epoch, from, to)).await?;
    let hashes = hashes.ok_or_else(|| Problem::new("not-found").at("epoch", epoch))?;
    Ok(answer(FOR_A_DAY, TEXT).body(hash_lines(&hashes)))
}

fn sizes(request: &HttpRequest) -> Result<(u64, u64), Problem> {
    let needed =
        |name| number(request, name)?.ok_or_else(|| Problem::new("bad-parameter").at(name, "").expected(NUMBER));
    Ok((needed("from")?, needed("to")?))
}

/// A number of records in the query, as the log's own texts write it.
fn number(request: &HttpRequest, name: &'static str) -> Result<Option<u64>, Problem> {
    let Some(text) = parameter::<String>(request, name, NUMBER)? else { return Ok(None) };
    let number = decimal(&text).ok_or_else(|| Problem::new("bad-parameter").at(name, &text).expected(NUMBER))?;
    Ok(Some(number))
}
