//! Uploading photos and documents.

use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{Bytes, Payload};
use actix_web::{HttpRequest, HttpResponse, post};
use futures_util::StreamExt;

use crate::app::attachments;
use crate::domain::kinds::Attachment;
use crate::files::MAX_BYTES;
use crate::http::extract::{Authenticated, State, blocking};
use crate::http::problem::Problem;

/// Upload a photo or document
///
/// The body is the file itself (JPEG, PNG, WebP or PDF, at most 10 MiB) with its `Content-Type`. Photos are made smaller,
/// turned upright and freed of camera data; the original is not kept. The answer goes into `attachments` of an act.
#[utoipa::path(
    tag = "attachments",
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, description = "Stored", body = Attachment)),
    security(("bearer" = []))
)]
#[post("/attachments")]
pub async fn upload(
    app: State,
    caller: Authenticated,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let claimed =
        request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let bytes = read(payload).await?;
    let stored = blocking(&app, move |app| attachments::upload(app, caller.0, &claimed, bytes.to_vec())).await?;
    Ok(HttpResponse::Created().json(stored))
}

async fn read(mut payload: Payload) -> Result<Bytes, Problem> {
    let mut bytes = Vec::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Problem::new("bad-header").at("body", ""))?;
        if bytes.len() + chunk.len() > MAX_BYTES {
            return Err(Problem::new("too-large").expected(MAX_BYTES));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.into())
}
