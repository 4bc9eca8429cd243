//! Addresses for people: look-up, scan page, product and producer pages, the report form, files. Public, without cookies;
//! the same view as JSON for programs that ask for it.

use std::collections::BTreeSet;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCEPT, ACCEPT_ENCODING, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY,
    CONTENT_TYPE, ETAG, HeaderValue, IF_NONE_MATCH, LOCATION, VARY,
};
use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use serde::Deserialize;

use super::assets;
use super::map::{Map, Page, Who};
use super::pages::{self, PageContext};
use super::pages_cache::{FinishedPage, Made, PageCache};
use super::reports;
use crate::app::scan::{self, Scan};
use crate::app::{App, AppError, Visit, attachments, lookup};
use crate::domain::gs1::DigitalLink;
use crate::domain::invalid::Invalid;
use crate::domain::record::{Digest, Handle};
use crate::domain::view::LookupError;
use crate::http::extract::{State, blocking, locale};
use crate::http::problem::Problem;
use crate::i18n::Locale;

/// Seconds that a scan page may be kept by browsers and a CDN.
const PAGE_AGE: &str = "public, max-age=5, s-maxage=60";
/// The same for a page that lists subjects: nothing tells a CDN when one of them changed.
const LIST_AGE: &str = "public, max-age=3";

/// What stands on labels: first, because the router tries one pattern after the other.
pub fn configure_scanned(config: &mut ServiceConfig) -> Vec<Page> {
    let mut map = Map::new(config);
    scanned(&mut map);
    map.pages()
}

/// All other pages.
pub fn configure(config: &mut ServiceConfig) -> Vec<Page> {
    let mut map = Map::new(config);
    others(&mut map);
    map.pages()
}

/// Every page there is.
pub fn pages() -> Vec<Page> {
    let mut pages = Vec::new();
    let _ = actix_web::App::new().configure(|config| {
        pages.extend(configure_scanned(config));
        pages.extend(configure(config));
    });
    pages
}

fn scanned(map: &mut Map<'_>) {
    map.get_and_options("/01/{tail:.*}", Who::Anybody, scan_page, methods);
}

fn others(map: &mut Map<'_>) {
    map.get("/", Who::Anybody, look_up)
        .get("/producers/{id}", Who::Anybody, producer)
        .form("/report", Who::Anybody, reports::form, reports::take)
        .get("/assets/{name}", Who::Anybody, asset)
        .get("/attachments/{sha256}", Who::Anybody, attachment);
    super::install::configure(map);
    super::console::configure(map);
    super::people::configure(map);
}

#[derive(Deserialize)]
struct LookUp {
    q: Option<String>,
}

/// What the typed text leads to, or a page to browse.
async fn look_up(
    app: State,
    cache: Data<PageCache>,
    request: HttpRequest,
    query: web::Query<LookUp>,
) -> Result<HttpResponse, Problem> {
    let language = locale(&request);
    let typed = query.into_inner().q.map(|typed| typed.trim().to_owned()).filter(|typed| !typed.is_empty());
    if typed.is_none() {
        return list(&app, &cache, &request, "/".to_owned(), move |visit, context| {
            match lookup::look_up(visit, None)? {
                lookup::Found::Page(view) => Ok(Some(pages::lookup(&view, language, context))),
                lookup::Found::Address(_) => Ok(None),
            }
        })
        .await;
    }
    let found = blocking(&app, move |app| {
        app.visit(lookup::Found::is_nothing, |visit| lookup::look_up(visit, typed.as_deref()))
    })
    .await?;
    Ok(match found {
        lookup::Found::Address(path) => {
            HttpResponse::SeeOther().insert_header((LOCATION, with_lang(&request, &path, language))).finish()
        }
        lookup::Found::Page(view) => {
            html(StatusCode::OK).body(pages::lookup(&view, language, &context(&app, &request)))
        }
    })
}

/// A page that lists subjects, from memory where it was made a moment ago. What everybody gets holds nothing of one
/// visitor's query. `make` answers `None` where there is no such page.
async fn list(
    app: &State,
    cache: &Data<PageCache>,
    request: &HttpRequest,
    path: String,
    make: impl Fn(&Visit<'_>, &PageContext) -> Result<Option<String>, AppError> + Send + 'static,
) -> Result<HttpResponse, Problem> {
    let key = format!("{path} {}", locale(request).tag());
    if let Some(page) = cache.get_brief(&key) {
        return Ok(send(request, &page, LIST_AGE));
    }
    let missing = Problem::new("not-found").at("path", &path);
    let cache = Data::clone(cache);
    let made = blocking(app, move |app| {
        let look = |visit: &Visit<'_>| make(visit, &of_visit(visit, PageContext::new(&app.public_url, &path)));
        let page = || match app.visit(Option::is_none, look) {
            Ok(page) => page.map(|page| FinishedPage::new(200, page)).ok_or(None),
            Err(error) => Err(Some(error)),
        };
        match cache.brief(key, page) {
            Ok(page) => Ok(Some(page)),
            Err(None) => Ok(None),
            Err(Some(error)) => Err(error),
        }
    });
    let page = made.await?.ok_or(missing)?;
    Ok(send(request, &page, LIST_AGE))
}

/// A language chosen in the address goes along.
fn with_lang(request: &HttpRequest, path: &str, language: Locale) -> String {
    if request.query_string().contains("lang=") { format!("{path}?lang={}", language.tag()) } else { path.to_owned() }
}

/// The page of a GS1 Digital Link address, from memory where nothing has changed.
async fn scan_page(app: State, cache: Data<PageCache>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let language = locale(&request);
    let link = match DigitalLink::parse(request.path(), request.query_string()) {
        Ok(link) => link,
        Err(invalid) if wants_json(&request) => {
            return Err(Problem { slug: "bad-address", ..Problem::invalid("path", &invalid) });
        }
        Err(invalid) => return Ok(bad_address(&app, &request, language, &invalid)),
    };
    if wants_json(&request) {
        return as_json(&app, &cache, link).await;
    }
    let key = format!("{} {}", link.path(), language.tag());
    if is_product(&link) {
        if let Some(page) = cache.get_brief(&key) {
            return Ok(send(&request, &page, LIST_AGE));
        }
        let gtin = link.gtin;
        let is_known = move |app: &App| app.visit(|known| !known, |visit| lookup::is_known(visit, gtin));
        if blocking(&app, is_known).await? {
            return list(&app, &cache, &request, link.path(), move |visit, context| {
                Ok(lookup::product_page(visit, link.gtin)?.map(|view| pages::product(&view, language, context)))
            })
            .await;
        }
    }
    // What everybody gets holds nothing of one visitor's query.
    let context = PageContext::new(&app.public_url, link.path());
    let (page, age) = kept(&app, &cache, key, move |app| render(app, &link, language, &context)).await?;
    let mut response = send(&request, &page, age);
    let policy = HeaderValue::from_static(assets::SCAN_SECURITY_POLICY);
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

/// A page from memory, or made now and kept until one of its subjects changes; and how long others may keep it. One that gets
/// old is made anew beside those who read it.
async fn kept(
    app: &State,
    cache: &Data<PageCache>,
    key: String,
    make: impl Fn(&App) -> Result<Made, AppError> + Send + 'static,
) -> Result<(Arc<FinishedPage>, &'static str), Problem> {
    let pages = Data::clone(cache);
    if app.pages.lag() {
        return Ok((dated(app, pages, key, make).await?, LIST_AGE));
    }
    let page = match cache.get(&key) {
        Some(hit) if hit.is_due => {
            let app = Data::clone(app);
            actix_web::rt::spawn(async move {
                if let Err(problem) = blocking(&app, move |app| pages.renew(key, || make(app))).await {
                    tracing::warn!(slug = problem.slug, "a page could not be renewed; it goes when it is too old");
                }
            });
            hit.page
        }
        Some(hit) => hit.page,
        None => blocking(app, move |app| pages.get_or_make(key, || make(app))).await?,
    };
    Ok((page, PAGE_AGE))
}

/// The same while the replica lags: a page from before does not say so, and one that does must not outlive the lag.
async fn dated(
    app: &State,
    cache: Data<PageCache>,
    key: String,
    make: impl Fn(&App) -> Result<Made, AppError> + Send + 'static,
) -> Result<Arc<FinishedPage>, Problem> {
    if let Some(page) = cache.get_brief(&key) {
        return Ok(page);
    }
    let page = Arc::new(blocking(app, move |app| make(app)).await?.0);
    if page.status == 200 {
        cache.put_brief(key, Arc::clone(&page));
    }
    Ok(page)
}

fn is_product(link: &DigitalLink) -> bool {
    link.lot.is_none() && link.serial.is_none()
}

fn render(app: &App, link: &DigitalLink, language: Locale, context: &PageContext) -> Result<Made, AppError> {
    let scan = app.visit(Scan::is_unknown, |visit| scan::scan(visit, link))?;
    let context = PageContext { data_from: scan.view.data_from.clone(), ..context.clone() };
    Ok(made(FinishedPage::new(status_of(&scan), pages::scan(&scan.view, language, &context)), scan))
}

fn status_of(scan: &Scan) -> u16 {
    if scan.is_unknown() { 404 } else { 200 }
}

/// A page that says from when its data is shows nothing that would drop it: it is handed out and not kept.
fn made(page: FinishedPage, scan: Scan) -> Made {
    (page, if scan.view.data_from.is_some() { BTreeSet::new() } else { scan.rests_on })
}

/// A page's context, with the date of its data where that is old.
fn of_visit(visit: &Visit<'_>, context: PageContext) -> PageContext {
    PageContext { data_from: visit.data_from.map(|from| from.to_string()), ..context }
}

/// What a program asks before it reads from a page of another host.
async fn methods() -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header(("Allow", "GET, HEAD, OPTIONS"))
        .insert_header(("Access-Control-Allow-Origin", "*"))
        .insert_header(("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS"))
        .finish()
}

async fn as_json(app: &State, cache: &Data<PageCache>, link: DigitalLink) -> Result<HttpResponse, Problem> {
    let key = format!("{} json", link.path());
    let (view, age) = kept(app, cache, key, move |app| json_view(app, &link)).await?;
    Ok(json(&view, age))
}

fn json_view(app: &App, link: &DigitalLink) -> Result<Made, AppError> {
    let page = |status, view: serde_json::Result<String>| {
        let text = view.map_err(|error| AppError::Failed(error.to_string()))?;
        Ok::<_, AppError>(FinishedPage::new(status, text))
    };
    if is_product(link)
        && let Some(view) = app.visit(Option::is_none, |visit| lookup::product_page(visit, link.gtin))?
    {
        return Ok((page(200, serde_json::to_string(&view))?, Default::default()));
    }
    let scan = app.visit(Scan::is_unknown, |visit| scan::scan(visit, link))?;
    Ok(made(page(status_of(&scan), serde_json::to_string(&scan.view))?, scan))
}

fn json(view: &FinishedPage, age: &'static str) -> HttpResponse {
    HttpResponse::build(StatusCode::from_u16(view.status).unwrap_or(StatusCode::OK))
        .insert_header((CONTENT_TYPE, "application/json"))
        .insert_header((VARY, "Accept"))
        .insert_header((CACHE_CONTROL, if view.status == 200 { age } else { "no-store" }))
        .insert_header(("Access-Control-Allow-Origin", "*"))
        .body(view.plain.clone())
}

fn bad_address(app: &State, request: &HttpRequest, language: Locale, invalid: &Invalid) -> HttpResponse {
    let reason = match invalid.code.as_ref() {
        "gtin-check-digit" => Some(LookupError::BadCheckDigit),
        "lot-length" | "serial-length" => Some(LookupError::TooLong),
        "lot-character" | "serial-character" => Some(LookupError::BadCharacters),
        // Of anything else the page says that a character is missing or one too many.
        _ => None,
    };
    html(StatusCode::BAD_REQUEST).body(pages::bad_code(request.path(), reason, language, &context(app, request)))
}

fn wants_json(request: &HttpRequest) -> bool {
    let accept = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accept.contains("application/json") && !accept.contains("text/html")
}

/// A finished page, compressed where the browser can read it.
fn send(request: &HttpRequest, page: &FinishedPage, age: &'static str) -> HttpResponse {
    let asked = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let known = page.status == 200 && page.etag.to_str().is_ok_and(|etag| asked(IF_NONE_MATCH).contains(etag));
    let status = if known { 304 } else { page.status };
    let mut response = html(StatusCode::from_u16(status).unwrap_or(StatusCode::OK));
    let gzip = !known && accepts_gzip(request);
    let mut response = if known {
        response.finish()
    } else {
        response.body(if gzip { page.gzip.clone() } else { page.plain.clone() })
    };
    let headers = response.headers_mut();
    let mut set = |name, value: &'static str| drop(headers.insert(name, HeaderValue::from_static(value)));
    set(VARY, "Accept, Accept-Encoding, Accept-Language, Cookie");
    set(ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    // A 404 may become a page with the next record.
    set(CACHE_CONTROL, if page.status == 200 { age } else { "no-store" });
    if gzip {
        set(CONTENT_ENCODING, "gzip");
    }
    if page.status == 200 {
        headers.insert(ETAG, page.etag.clone());
    }
    response
}

pub fn accepts_gzip(request: &HttpRequest) -> bool {
    let accepted = request.headers().get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    accepted.is_some_and(|accepted| accepted.contains("gzip"))
}

pub fn html(status: StatusCode) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response.insert_header((CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")));
    response.insert_header((CONTENT_SECURITY_POLICY, HeaderValue::from_static(assets::CONTENT_SECURITY_POLICY)));
    response
}

pub fn context(app: &State, request: &HttpRequest) -> PageContext {
    let query: Vec<&str> =
        request.query_string().split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("lang=")).collect();
    let path = match query.as_slice() {
        [] => request.path().to_owned(),
        pairs => format!("{}?{}", request.path(), pairs.join("&")),
    };
    PageContext::new(&app.public_url, path)
}

async fn producer(
    app: State,
    cache: Data<PageCache>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let language = locale(&request);
    let handle: Handle = id.parse().map_err(|_| Problem::new("not-found").at("id", id.as_str()))?;
    list(&app, &cache, &request, format!("/producers/{handle}"), move |visit, context| {
        Ok(lookup::producer_page(visit, handle)?.map(|view| pages::producer(&view, language, context)))
    })
    .await
}

async fn asset(request: HttpRequest, name: Path<String>) -> Result<HttpResponse, Problem> {
    let found = assets::find(&name).ok_or_else(|| Problem::new("not-found"))?;
    let mut response = HttpResponse::Ok();
    response
        .insert_header((CONTENT_TYPE, found.content_type))
        .insert_header((CACHE_CONTROL, assets::CACHE_CONTROL))
        .insert_header((VARY, "Accept-Encoding"));
    if accepts_gzip(&request) {
        return Ok(response.insert_header((CONTENT_ENCODING, "gzip")).body(found.gzip.as_slice()));
    }
    Ok(response.body(found.bytes))
}

/// A file that a record names. Photos are shown, everything else is downloaded, nothing may run.
async fn attachment(app: State, sha256: Path<String>) -> Result<HttpResponse, Problem> {
    let missing = || Problem::new("not-found").at("sha256", sha256.as_str());
    let digest: Digest = sha256.parse().map_err(|_| missing())?;
    let (media_type, bytes) = blocking(&app, move |app| attachments::read(app, digest)).await?.ok_or_else(missing)?;
    let mut response = HttpResponse::Ok();
    response
        .insert_header((CONTENT_TYPE, media_type.as_str()))
        .insert_header((CACHE_CONTROL, assets::CACHE_CONTROL))
        .insert_header(("Content-Security-Policy", "sandbox; default-src 'none'"));
    if !media_type.is_image() {
        response.insert_header(("Content-Disposition", format!("attachment; filename=\"{digest}.pdf\"")));
    }
    Ok(response.body(bytes))
}
