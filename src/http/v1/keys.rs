//! Signing keys of laboratories and associations: registering, changing, revoking, and reading them. (Keys by which
//! programs call the service are another thing: `suyuan key`.)

use actix_web::http::header::ETAG;
use actix_web::web::Json;
use actix_web::{HttpRequest, HttpResponse, get, post};
use serde::Serialize;
use utoipa::ToSchema;

use super::acts::{Recorded, perform};
use super::batches::download;
use super::page::Page;
use super::resources::ChainEnd;
use crate::app::prepare::{self, Prepared};
use crate::app::{records, subjects};
use crate::domain::acts::Known;
use crate::domain::acts::keys::{RegisterKey, RevokeKey, RotateKey};
use crate::domain::entities::Entity;
use crate::domain::record::{Handle, SubjectKind};
use crate::http::extract::{Authenticated, Body, Doing, Form, Id, Paging, State, blocking, parameter};
use crate::http::problem::Problem;

impl Form for RegisterKey {
    const OPERATION: &'static str = "key.register";
}

impl Form for RotateKey {
    const OPERATION: &'static str = "key.rotate";
}

impl Form for RevokeKey {
    const OPERATION: &'static str = "key.revoke";
}

#[derive(Debug, Serialize, ToSchema)]
pub struct KeyResource {
    #[serde(flatten)]
    pub chain: ChainEnd,
    #[schema(example = "ed25519")]
    pub alg: &'static str,
    /// The newest public key, 64 hex digits; those before it stand in the chain.
    #[schema(example = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")]
    pub public: String,
    /// The association's key that vouched for it; `null` for a root, which the operator admitted.
    #[schema(value_type = Option<String>)]
    pub countersigned_by: Option<Handle>,
    pub registered_at: String,
    pub rotated_at: Option<String>,
    pub revoked_at: Option<String>,
    pub revoked_for: Option<String>,
}

impl KeyResource {
    fn of(known: &Known) -> Option<Self> {
        let Entity::Key(key) = &known.entity else { return None };
        Some(Self {
            chain: known.into(),
            alg: "ed25519",
            public: key.public.to_string(),
            countersigned_by: key.countersigned_by,
            registered_at: key.registered_at.to_string(),
            rotated_at: key.rotated_at.map(|at| at.to_string()),
            revoked_at: key.revoked.as_ref().map(|revoked| revoked.at.to_string()),
            revoked_for: key.revoked.as_ref().map(|revoked| revoked.reason.clone()),
        })
    }
}

/// `?prepare=true`: nothing is recorded, what is to be signed is answered.
pub(super) fn preparing(request: &HttpRequest) -> Result<bool, Problem> {
    Ok(parameter(request, "prepare", "true, false")?.unwrap_or(false))
}

/// Register a signing key
///
/// The private half stays with whom it is of. A laboratory's key is countersigned by an association: with `prepare=true`
/// nothing is recorded and what the association signs is answered. The operator admits the first key of an association,
/// without a countersignature.
#[utoipa::path(
    tag = "keys",
    request_body = RegisterKey,
    params(("prepare" = Option<bool>, Query, description = "`true` records nothing and answers what to sign"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a repetition harmless; kept 30 days"),
                ("proof" = Option<bool>, Query, description = "true: the answer proves that the log holds what was recorded")),
    responses((status = 200, description = "Prepared: nothing is recorded", body = Prepared),
        (status = 201, description = "Recorded", body = Recorded)),
    security(("bearer" = ["key.register"]))
)]
#[post("/keys")]
pub async fn register_key(
    app: State,
    doing: Doing,
    request: HttpRequest,
    body: Body<RegisterKey>,
) -> Result<HttpResponse, Problem> {
    if preparing(&request)? {
        let (caller, act) = (doing.caller, body.value);
        return prepared(blocking(&app, move |app| prepare::register_key(app, caller, act)).await?);
    }
    perform(app, doing, None, body.value, body.hash, body.attachments).await
}

/// Change a signing key for another one
///
/// Signed by the old key, over the countersignature of the association too: `prepare=true` answers first what the
/// association signs, and with its `countersign` in the body what the old key signs.
#[utoipa::path(
    tag = "keys",
    request_body = RotateKey,
    params(("id" = String, Path, description = "Handle of the key"),
        ("prepare" = Option<bool>, Query, description = "`true` records nothing and answers what to sign"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a repetition harmless; kept 30 days"),
                ("proof" = Option<bool>, Query, description = "true: the answer proves that the log holds what was recorded"),
        ("If-Match" = Option<String>, Header, description = "Head of the key that you saw; another one answers 412")),
    responses((status = 200, description = "Prepared: nothing is recorded", body = Prepared),
        (status = 201, description = "Recorded", body = Recorded)),
    security(("bearer" = ["key.rotate"]))
)]
#[post("/keys/{id}/rotations")]
pub async fn rotate_key(
    app: State,
    doing: Doing,
    id: Id,
    request: HttpRequest,
    body: Body<RotateKey>,
) -> Result<HttpResponse, Problem> {
    let act = RotateKey { key: *id, ..body.value };
    if preparing(&request)? {
        let caller = doing.caller;
        return prepared(blocking(&app, move |app| prepare::rotate_key(app, caller, act)).await?);
    }
    perform(app, doing, Some(*id), act, body.hash, body.attachments).await
}

/// Revoke a signing key
///
/// What was signed before stays signed. By whose key it is, or by the association that countersigned it.
#[utoipa::path(
    tag = "keys",
    request_body = RevokeKey,
    params(("id" = String, Path, description = "Handle of the key"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a repetition harmless; kept 30 days"),
                ("proof" = Option<bool>, Query, description = "true: the answer proves that the log holds what was recorded"),
        ("If-Match" = Option<String>, Header, description = "Head of the key that you saw; another one answers 412")),
    responses((status = 201, description = "Recorded", body = Recorded)),
    security(("bearer" = ["key.revoke"]))
)]
#[post("/keys/{id}/revocation")]
pub async fn revoke_key(app: State, doing: Doing, id: Id, body: Body<RevokeKey>) -> Result<HttpResponse, Problem> {
    let act = RevokeKey { key: *id, ..body.value };
    perform(app, doing, Some(*id), act, body.hash, body.attachments).await
}

fn prepared(prepared: Prepared) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(prepared))
}

/// List the signing keys of an organisation
#[utoipa::path(
    tag = "keys",
    params(("id" = String, Path, description = "Handle of the organisation"),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before"),
        ("limit" = Option<u32>, Query, description = "1–200, 50 if not said")),
    responses((status = 200, description = "Newest first, those that ended too", body = Page<KeyResource>)),
    security(("bearer" = ["key.read"]))
)]
#[get("/organisations/{id}/keys")]
pub async fn list_keys(
    app: State,
    caller: Authenticated,
    id: Id,
    paging: Paging,
) -> Result<Json<Page<KeyResource>>, Problem> {
    let slice = blocking(&app, move |app| subjects::keys_of(app, caller.0, *id, paging.after, paging.limit)).await?;
    Ok(Json(Page::new(slice.items.iter().filter_map(KeyResource::of).collect(), slice.next)))
}

/// Read a signing key
#[utoipa::path(
    tag = "keys",
    params(("id" = String, Path, description = "Handle of the key")),
    responses((status = 200, description = "As it is now; the ETag is its head", body = KeyResource)),
    security(("bearer" = ["key.read"]))
)]
#[get("/keys/{id}")]
pub async fn get_key(app: State, caller: Authenticated, id: Id) -> Result<HttpResponse, Problem> {
    let known = blocking(&app, move |app| subjects::get(app, caller.0, SubjectKind::Key, *id)).await?;
    let resource = KeyResource::of(&known).ok_or_else(|| Problem::new("not-found").at("id", *id))?;
    Ok(HttpResponse::Ok().insert_header((ETAG, format!("\"{}\"", known.head.hash))).json(resource))
}

/// Download a signing key's chain
///
/// Public. Each line is exactly a record's bytes; `Suyuan-Head` is the hash of the last line.
#[utoipa::path(
    tag = "public",
    params(("id" = String, Path, description = "Handle of the key")),
    responses((status = 200, description = "NDJSON", content_type = "application/x-ndjson", body = String))
)]
#[get("/keys/{id}/chain")]
pub async fn key_chain(app: State, id: Id) -> Result<HttpResponse, Problem> {
    download(blocking(&app, move |app| records::chain(app, SubjectKind::Key, *id)).await?, *id)
}
