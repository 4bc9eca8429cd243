//! A form with a file beside its fields (`multipart/form-data`), as browsers send it.

use actix_multipart::Multipart;
use actix_web::HttpRequest;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::Payload;
use futures_util::StreamExt as _;

use super::extract::{MAX_JSON, timely};
use super::problem::Problem;

/// Fields by name, and the one file, where one was chosen.
#[derive(Debug, Default)]
pub struct Parts {
    pub fields: Vec<(String, String)>,
    pub file: Option<SentFile>,
}

/// A file as it came: what it says of itself is not believed yet.
#[derive(Debug)]
pub struct SentFile {
    pub media_type: String,
    pub bytes: Vec<u8>,
}

/// Fields of a form at most.
const MOST_FIELDS: usize = 2_000;

pub fn is_multipart(request: &HttpRequest) -> bool {
    let media_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    media_type.starts_with("multipart/form-data")
}

/// Reads the parts; the one called `file` may have `most` bytes, all others together those of a form.
pub async fn read(request: &HttpRequest, payload: Payload, most: usize) -> Result<Parts, Problem> {
    let broken = |_| Problem::new("bad-header").at("Content-Type", "multipart/form-data");
    let mut stream = Multipart::new(request.headers(), payload);
    let (mut parts, mut read) = (Parts::default(), 0);
    while let Some(part) = timely(stream.next()).await? {
        let mut part = part.map_err(broken)?;
        let name = part.name().unwrap_or_default().to_owned();
        let media_type = part.content_type().map(ToString::to_string).unwrap_or_default();
        let is_file = name == "file";
        let mut bytes = Vec::new();
        while let Some(chunk) = timely(part.next()).await? {
            let chunk = chunk.map_err(broken)?;
            let limit = if is_file { most } else { MAX_JSON.saturating_sub(read) };
            if bytes.len() + chunk.len() > limit {
                return Err(Problem::new("too-large").at(name, bytes.len()).expected(limit));
            }
            bytes.extend_from_slice(&chunk);
        }
        if is_file {
            // A browser sends an empty part where no file was chosen.
            if bytes.is_empty() {
                continue;
            }
            if parts.file.replace(SentFile { media_type, bytes }).is_some() {
                return Err(Problem::new("too-large").at("file", 2).expected(1));
            }
            continue;
        }
        read += bytes.len() + name.len();
        if read > MAX_JSON {
            return Err(Problem::new("too-large").at(name, read).expected(MAX_JSON));
        }
        let text = String::from_utf8(bytes).map_err(|_| Problem::new("bad-header").at("body", "UTF-8"))?;
        parts.fields.push((name, text));
        if parts.fields.len() > MOST_FIELDS {
            return Err(Problem::new("too-large").expected(MOST_FIELDS));
        }
    }
    Ok(parts)
}
