//! What handlers ask of a request: who calls, which subject, which body, under which conditions. Every refusal names the
//! field, the value and what would be right.

use std::future::{Future, Ready, ready};
use std::ops::Deref;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use actix_web::dev::Payload;
use actix_web::http::header::{CONTENT_TYPE, IF_MATCH};
use actix_web::web::{Bytes, Data};
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use futures_util::StreamExt;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

use super::problem::Problem;
use crate::app::{App, Caller, Conditions, Cursor, IdempotencyKey};
use crate::domain::json;
use crate::domain::kinds::Attachment;
use crate::domain::record::{Digest, Handle, statement};
use crate::i18n::Locale;

/// JSON bodies at most, in bytes (a record holds 256 KiB).
pub const MAX_JSON: usize = 512 * 1024;
const MAX_KEY: usize = 200;

/// Who calls. The authentication middleware put it there; without it a non-public route answers 401.
#[derive(Debug, Clone, Copy)]
pub struct Authenticated(pub Caller, pub Proof);

/// How a caller was proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    Key,
    /// A token, which makes no other token: it ends when it ends.
    Token,
}

impl FromRequest for Authenticated {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(request.extensions().get::<Self>().copied().ok_or_else(|| Problem::new("unauthorised")))
    }
}

/// `{id}` of the address. What cannot be a handle is not found, like a handle that nobody has.
#[derive(Debug, Clone, Copy)]
pub struct Id(pub Handle);

impl FromRequest for Id {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let text = request.match_info().get("id").unwrap_or_default();
        ready(text.parse().map(Self).map_err(|_| Problem::new("not-found").at("id", text)))
    }
}

impl Deref for Id {
    type Target = Handle;

    fn deref(&self) -> &Handle {
        &self.0
    }
}

/// The caller's language.
pub fn locale(request: &HttpRequest) -> Locale {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let query = request.query_string().split('&').find_map(|pair| pair.strip_prefix("lang="));
    let cookie =
        header("cookie").and_then(|cookies| cookies.split(';').find_map(|one| one.trim().strip_prefix("lang=")));
    Locale::negotiate(query, cookie, header("accept-language"))
}

/// The JSON form of an act, by the name of the act in the table of who may do what: so a role is judged before there is an act.
pub trait Form: DeserializeOwned + 'static {
    const OPERATION: &'static str;
}

/// A JSON body, parsed strictly: no unknown, missing or double field, at most 512 KiB. It is read only of callers whose
/// role may do such a thing at all; others learn nothing of its faults.
pub struct Body<T> {
    pub value: T,
    /// SHA-256 of the bytes as they came.
    pub hash: Digest,
    /// Files that the body names.
    pub attachments: Vec<Attachment>,
    /// The first text that had to be brought into normal form, as it came. Under a signature nothing is changed.
    pub not_normal: Option<String>,
}

impl<T: Form> FromRequest for Body<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let media_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let caller = request.extensions().get::<Authenticated>().map(|it| it.0);
        let bytes = Bytes::from_request(request, payload);
        Box::pin(async move {
            caller.ok_or_else(|| Problem::new("unauthorised"))?.may(T::OPERATION)?;
            let bytes = timely(bytes).await?.map_err(|_| Problem::new("too-large").expected(MAX_JSON))?;
            if essence != "application/json" {
                return Err(Problem::new("unsupported-media-type")
                    .at("Content-Type", essence)
                    .expected("application/json"));
            }
            Self::parse(&bytes)
        })
    }
}

impl<T: DeserializeOwned> Body<T> {
    pub fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        let value = json::parse(bytes)?;
        #[derive(Deserialize)]
        struct Named {
            #[serde(default)]
            attachments: Vec<Attachment>,
        }
        let named: Named = serde_json::from_slice(bytes).unwrap_or(Named { attachments: Vec::new() });
        let hash = Digest::from_bytes(Sha256::digest(bytes).into());
        Ok(Self { value, hash, attachments: named.attachments, not_normal: not_normal(bytes) })
    }
}

fn not_normal(bytes: &[u8]) -> Option<String> {
    // Nearly every body passes the look at the whole.
    if bytes.is_ascii() || std::str::from_utf8(bytes).is_ok_and(unicode_normalization::is_nfc) {
        return None;
    }
    let value: serde_json::Value = serde_json::from_slice(bytes).ok()?;
    statement::not_normal(&value).map(str::to_owned)
}

/// `Idempotency-Key` and `If-Match` of a request.
#[derive(Debug, Clone)]
pub struct Doing {
    pub caller: Caller,
    key: Option<String>,
    if_match: Option<Digest>,
    /// The answer shall prove that the log holds what was recorded.
    pub with_proofs: bool,
    /// Method and path: what the key is for, beside the body.
    target: String,
}

impl FromRequest for Doing {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(Self::of(request, payload))
    }
}

impl Doing {
    fn of(request: &HttpRequest, payload: &mut Payload) -> Result<Self, Problem> {
        let Authenticated(caller, _) = Authenticated::from_request(request, payload).into_inner()?;
        let header =
            |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap_or("\u{fffd}").to_owned());
        let key = header("idempotency-key");
        if let Some(key) = &key
            && (key.is_empty() || key.len() > MAX_KEY || !key.bytes().all(|byte| byte.is_ascii_graphic()))
        {
            return Err(Problem::new("bad-header").at("Idempotency-Key", key).expected(format!("1–{MAX_KEY} ASCII")));
        }
        let if_match = match header(IF_MATCH.as_str()) {
            None => None,
            Some(text) => {
                let hash = text.trim().strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
                let expected = || Problem::new("bad-header").at("If-Match", &text).expected("\"<64 hex>\"");
                Some(hash.and_then(|hash| hash.parse().ok()).ok_or_else(expected)?)
            }
        };
        let target = format!("{} {}", request.method(), request.path());
        let with_proofs = parameter(request, "proof", "true or false")?.unwrap_or(false);
        Ok(Self { caller, key, if_match, with_proofs, target })
    }

    /// The conditions of an act on `subject` with a body of this hash.
    pub fn conditions(&self, subject: Option<Handle>, body: Digest) -> Conditions {
        let mut hasher = Sha256::new();
        hasher.update(self.target.as_bytes());
        hasher.update(b"\n");
        hasher.update(body.as_bytes());
        let request_hash = Digest::from_bytes(hasher.finalize().into());
        let key = self.key.clone();
        Conditions {
            idempotency: key.map(|key| IdempotencyKey { key, request_hash }),
            expected_head: subject.zip(self.if_match),
        }
    }
}

/// `?cursor=…&limit=…`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paging {
    pub after: Option<Cursor>,
    pub limit: u32,
}

const DEFAULT_LIMIT: u32 = 50;
const MAX_LIMIT: u32 = 200;

impl FromRequest for Paging {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::parse(request.query_string()))
    }
}

impl Paging {
    fn parse(query: &str) -> Result<Self, Problem> {
        let value = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        let after = match value("cursor") {
            None | Some("") => None,
            Some(text) => {
                let bad = |_| Problem::new("bad-parameter").at("cursor", text).expected("next_cursor");
                Some(Cursor(text.parse().map_err(bad)?))
            }
        };
        let limit =
            match value("limit") {
                None => DEFAULT_LIMIT,
                Some(text) => text.parse().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit)).ok_or_else(|| {
                    Problem::new("bad-parameter").at("limit", text).expected(format!("1–{MAX_LIMIT}"))
                })?,
            };
        Ok(Self { after, limit })
    }
}

/// A parameter of the query, parsed; an empty one counts as absent.
pub fn parameter<T: std::str::FromStr>(
    request: &HttpRequest,
    name: &str,
    expected: &str,
) -> Result<Option<T>, Problem> {
    let pairs = actix_web::web::Query::<Vec<(String, String)>>::from_query(request.query_string());
    let pairs = pairs.map(actix_web::web::Query::into_inner).unwrap_or_default();
    match pairs.iter().find(|(key, value)| key == name && !value.is_empty()) {
        None => Ok(None),
        Some((_, text)) => {
            text.parse().map(Some).map_err(|_| Problem::new("bad-parameter").at(name, text).expected(expected))
        }
    }
}

/// Seconds that a body, or the next piece of a file, may take to arrive.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);

/// Cuts off who sends too slowly.
pub async fn timely<T>(arriving: impl Future<Output = T>) -> Result<T, Problem> {
    actix_web::rt::time::timeout(PATIENCE, arriving).await.map_err(|_| Problem::new("request-timeout"))
}

/// A body of at most `most` bytes that is no JSON: a file.
pub async fn whole_body(mut payload: actix_web::web::Payload, most: usize) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    while let Some(chunk) = timely(payload.next()).await? {
        let chunk = chunk.map_err(|_| Problem::new("bad-header").at("body", ""))?;
        if bytes.len() + chunk.len() > most {
            return Err(Problem::new("too-large").expected(most));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// The application of a request.
pub type State = Data<App>;

/// Runs a blocking use case off the async threads. The pool is handed the same type for every use case: its machinery is
/// large, and compiling it anew for each took a tenth of our own crate's time.
pub async fn blocking<T: Send + 'static>(
    app: &State,
    work: impl FnOnce(&App) -> Result<T, crate::app::AppError> + Send + 'static,
) -> Result<T, Problem> {
    let app = app.clone();
    let answer = Arc::new(Mutex::new(None));
    let slot = answer.clone();
    run(Box::new(move || *held(&slot) = Some(work(&app)))).await?;
    let answered = held(&answer).take();
    Ok(answered.ok_or_else(|| Problem::new("busy"))??)
}

/// Nothing is half done in a slot: it is filled at once or stays empty.
fn held<T>(slot: &Mutex<T>) -> MutexGuard<'_, T> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn run(work: Box<dyn FnOnce() + Send>) -> Result<(), Problem> {
    Ok(actix_web::web::block(work).await?)
}
