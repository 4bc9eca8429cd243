//! Results: as JSON, or as multipart with the report's PDF beside the values.

use actix_multipart::Multipart;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::Payload;
use actix_web::{FromRequest, HttpRequest, HttpResponse, post};
use futures_util::StreamExt;
use utoipa::ToSchema;

use super::acts::{Recorded, perform};
use super::keys::preparing;
use crate::app::attachments::MAX_BYTES;
use crate::app::prepare::{self, Prepared};
use crate::app::{App, attachments};
use crate::domain::acts::laboratory::ReportTest;
use crate::domain::record::Handle;
use crate::http::extract::{Body, Doing, Form, Id, MAX_JSON, State, blocking, timely};
use crate::http::problem::Problem;

impl Form for ReportTest {
    const OPERATION: &'static str = "sample.report";
}

/// The two parts of a report with its document. For the description only: the parts are read as they arrive.
#[derive(ToSchema)]
#[schema(example = json!({"report": {"report_no": "SFJC-2026-0217", "tier": "third_party", "results": [
    {"analyte": "啶虫脒", "value": "0.058", "unit": "mg/kg", "limit": "0.5", "limit_source": "GB 2763-2026"}]},
    "file": "%PDF-1.7 …"}))]
#[expect(dead_code, reason = "its fields are the names of the parts")]
pub struct ReportForm {
    /// The values, as in the JSON body.
    report: ReportTest,
    /// The signed report, a PDF of at most 10 MiB. It is stored and named in the record.
    #[schema(value_type = String, content_media_type = "application/pdf", required = false)]
    file: Vec<u8>,
}

/// Report on a sample
///
/// JSON, or `multipart/form-data` with a part `report` (the JSON) and a part `file` (the signed PDF), which is stored and
/// named in the record.
///
/// A laboratory may sign what will be recorded with its own key. With `prepare=true` nothing is recorded: what is to be
/// signed is answered, and which fields the report then has to have. The same report with them and with `statement` is
/// recorded exactly so, or refused.
#[utoipa::path(
    tag = "laboratory",
    request_body(content(
        (ReportTest = "application/json"),
        (ReportForm = "multipart/form-data", encoding(
            ("report" = (content_type = "application/json")),
            ("file" = (content_type = "application/pdf"))
        ))
    )),
    params(("id" = String, Path, description = "Handle of the sample"),
        ("prepare" = Option<bool>, Query, description = "`true` records nothing and answers what to sign"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a repetition harmless; kept 30 days"),
                ("proof" = Option<bool>, Query, description = "true: the answer proves that the log holds what was recorded"),
        ("If-Match" = Option<String>, Header, description = "Head of the sample that you saw; another one answers 412")),
    responses((status = 200, description = "Prepared: nothing is recorded", body = Prepared),
        (status = 201, description = "Recorded on the batch", body = Recorded)),
    security(("bearer" = ["sample.report"]))
)]
#[post("/samples/{id}/reports")]
pub async fn report_test(
    app: State,
    doing: Doing,
    id: Id,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    doing.caller.may(ReportTest::OPERATION)?;
    let prepare = preparing(&request)?;
    let media_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let body = if media_type.starts_with("multipart/form-data") {
        multipart(&app, &doing, &request, payload, prepare).await?
    } else {
        Body::<ReportTest>::from_request(&request, &mut payload.into_inner()).await?
    };
    report(app, doing, *id, body, prepare).await
}

async fn report(
    app: State,
    doing: Doing,
    id: Handle,
    body: Body<ReportTest>,
    prepare: bool,
) -> Result<HttpResponse, Problem> {
    let act = ReportTest { sample: id, ..body.value };
    if let Some(text) = body.not_normal.filter(|_| prepare || act.statement.is_some()) {
        return Err(Problem::new("statement-not-normal").at("statement", text).expected("NFC"));
    }
    if prepare {
        let (caller, named) = (doing.caller, body.attachments);
        let told = move |app: &App| {
            attachments::check_named(app, &named)?;
            prepare::report(app, caller, act)
        };
        return Ok(HttpResponse::Ok().json(blocking(&app, told).await?));
    }
    perform(app, doing, Some(id), act, body.hash, body.attachments).await
}

async fn multipart(
    app: &State,
    doing: &Doing,
    request: &HttpRequest,
    payload: Payload,
    prepare: bool,
) -> Result<Body<ReportTest>, Problem> {
    let broken = |_| Problem::new("bad-header").at("Content-Type", "multipart/form-data");
    let mut parts = Multipart::new(request.headers(), payload);
    let (mut report, mut file) = (None, None);
    while let Some(part) = timely(parts.next()).await? {
        let mut part = part.map_err(broken)?;
        let name = part.name().unwrap_or_default().to_owned();
        let media_type = part.content_type().map(ToString::to_string).unwrap_or_default();
        let most = if name == "file" { MAX_BYTES } else { MAX_JSON };
        let mut bytes = Vec::new();
        while let Some(chunk) = timely(part.next()).await? {
            let chunk = chunk.map_err(broken)?;
            if bytes.len() + chunk.len() > most {
                return Err(Problem::new("too-large").at(name, bytes.len()).expected(most));
            }
            bytes.extend_from_slice(&chunk);
        }
        match name.as_str() {
            "report" if report.is_none() => report = Some(bytes),
            "file" if file.is_none() => file = Some((media_type, bytes)),
            "report" | "file" => return Err(Problem::new("duplicate-field").at(&name, &name)),
            _ => return Err(Problem::new("unknown-field").at(&name, &name).expected("report, file")),
        }
    }
    let report = report.ok_or_else(|| Problem::new("missing-field").at("report", ""))?;
    let mut body = Body::<ReportTest>::parse(&report)?;
    if let Some((media_type, bytes)) = file {
        let caller = doing.caller;
        let keep = move |app: &App| match prepare {
            true => attachments::name(caller, &media_type, bytes),
            false => attachments::upload(app, caller, &media_type, bytes),
        };
        let stored = blocking(app, keep).await?;
        body.hash = fold(body.hash, stored.attachment.sha256);
        body.value.told.attachments.push(stored);
    }
    Ok(body)
}

/// The file is part of what an idempotency key stands for.
fn fold(values: crate::domain::record::Digest, file: crate::domain::record::Digest) -> crate::domain::record::Digest {
    use sha2::Digest as _;
    let mut hasher = sha2::Sha256::new();
    hasher.update(values.as_bytes());
    hasher.update(file.as_bytes());
    crate::domain::record::Digest::from_bytes(hasher.finalize().into())
}
