//! A form with a file beside its fields (`multipart/form-data`), as browsers send it.

use actix_multipart::Multipart;
use actix_web::HttpRequest;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::Payload;
use futures_util::StreamExt as _;

use super::extract::{MAX_JSON, timely};
use super::problem::Problem;

/// Fields by name, and the files, where any were chosen: one that is kept, and a table that is read into the fields.
#[derive(Debug, Default)]
pub struct Parts {
    pub fields: Vec<(String, String)>,
    pub file: Option<SentFile>,
    pub table: Option<SentFile>,
    /// A file was larger than is taken: it was read past, and the fields beside it are here.
    pub too_large: Option<Problem>,
}

/// A file as it came: what it says of itself is not believed yet.
#[derive(Debug)]
pub struct SentFile {
    pub media_type: String,
    pub bytes: Vec<u8>,
}

/// Fields of a form at most.
const MOST_FIELDS: usize = 2_400;
/// Bytes that are read past, for the sake of the fields behind them.
const MOST_PAST: usize = 64 * MIB;
const MIB: usize = 1024 * 1024;

pub fn is_multipart(request: &HttpRequest) -> bool {
    let media_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    media_type.starts_with("multipart/form-data")
}

/// Bytes that the files of a form may have.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub file: usize,
    pub table: usize,
    /// Whether files are read for keeping, or past.
    pub keeps: bool,
}

/// Reads the parts; those called `file` and `table` have their limits, all others together that of a form. Of a file that is too large
/// the rest is read past, so that what was typed beside it is not lost.
pub async fn read(request: &HttpRequest, payload: Payload, most: Limits) -> Result<Parts, Problem> {
    let broken = |_| Problem::new("bad-header").at("Content-Type", "multipart/form-data");
    let mut stream = Multipart::new(request.headers(), payload);
    let (mut parts, mut read, mut past) = (Parts::default(), 0, 0);
    while let Some(part) = timely(stream.next()).await? {
        let mut part = part.map_err(broken)?;
        let name = part.name().unwrap_or_default().to_owned();
        let media_type = part.content_type().map(ToString::to_string).unwrap_or_default();
        let file = match name.as_str() {
            "file" => Some((&mut parts.file, most.file)),
            "table" => Some((&mut parts.table, most.table)),
            _ => None,
        };
        let (mut bytes, mut is_past) = (Vec::new(), false);
        while let Some(chunk) = timely(part.next()).await? {
            let chunk = chunk.map_err(broken)?;
            match &file {
                None if bytes.len() + chunk.len() > MAX_JSON.saturating_sub(read) => {
                    return Err(Problem::new("too-large").at(name, bytes.len()).expected(MAX_JSON));
                }
                Some((_, limit)) if is_past || !most.keeps || bytes.len() + chunk.len() > *limit => {
                    is_past = true;
                    past += bytes.len() + chunk.len();
                    bytes = Vec::new();
                    // For a stranger no more is read than would be taken of a member.
                    if past > if most.keeps { MOST_PAST } else { *limit } {
                        return Err(Problem::new("too-large").at(name, past).expected(limit));
                    }
                }
                _ => bytes.extend_from_slice(&chunk),
            }
        }
        if is_past {
            let limit = file.map_or(0, |(_, limit)| limit);
            let refused = || Problem::new("file-too-large").at(name, "").expected(format!("{} MB", limit / MIB));
            parts.too_large = parts.too_large.take().or_else(|| most.keeps.then(refused));
            continue;
        }
        if let Some((place, _)) = file {
            // A browser sends an empty part where no file was chosen.
            if bytes.is_empty() {
                continue;
            }
            if place.replace(SentFile { media_type, bytes }).is_some() {
                return Err(Problem::new("too-large").at(name, 2).expected(1));
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
