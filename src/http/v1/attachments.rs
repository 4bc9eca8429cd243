//! Uploading photos and documents.

use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse, post};

use crate::app::attachments;
use crate::app::attachments::MAX_BYTES;
use crate::domain::kinds::Attachment;
use crate::http::extract::{Authenticated, State, blocking, whole_body};
use crate::http::problem::Problem;

/// Upload a photo or document
///
/// The body is the file itself (JPEG, PNG, WebP or PDF, at most 10 MiB) with its `Content-Type`. Photos are made smaller,
/// turned upright and freed of camera data; the original is not kept. The answer goes into `attachments` of an act.
#[utoipa::path(
    tag = "attachments",
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, description = "Stored", body = Attachment)),
    security(("bearer" = ["attachment.upload"]))
)]
#[post("/attachments")]
pub async fn upload(
    app: State,
    caller: Authenticated,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    caller.0.may(attachments::OPERATION)?;
    let claimed =
        request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let bytes = whole_body(payload, MAX_BYTES).await?;
    let stored = blocking(&app, move |app| attachments::upload(app, caller.0, &claimed, bytes)).await?;
    Ok(HttpResponse::Created().json(stored))
}
