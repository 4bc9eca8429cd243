//! What makes the console an app on a phone: the manifest, and the service worker that keeps pages for places without a network.

use std::sync::LazyLock;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::assets;
use super::map::{Map, Who};
use super::words::Words;
use crate::http::extract::locale;

pub fn configure(map: &mut Map<'_>) {
    map.get("/manifest.webmanifest", Who::Anybody, manifest).get("/sw.js", Who::Anybody, worker);
}

/// In the language that the page asked for.
async fn manifest(request: HttpRequest) -> HttpResponse {
    let w = Words::new(locale(&request), "");
    let icon = |href: &str, sizes: &str, purpose: &str| json!({"src": href, "sizes": sizes, "type": "image/png", "purpose": purpose});
    let [small, large, maskable] = assets::icon_hrefs();
    let text = json!({
        "id": "/console",
        "name": w.t("app-name"),
        "short_name": w.t("site-name"),
        "lang": w.locale.tag(),
        "start_url": "/console",
        "scope": "/console",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#1d6b3a",
        "icons": [icon(small, "192x192", "any"), icon(large, "512x512", "any"), icon(maskable, "512x512", "maskable")],
        "shortcuts": [
            {"name": w.t("verb-batch-new"), "url": "/console/batches/new"},
            {"name": w.t("nav-pending"), "url": "/console/pending"},
        ],
    });
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/manifest+json"))
        .insert_header((CACHE_CONTROL, "public, max-age=3600"))
        .body(text.to_string())
}

/// The worker with the files of this release; a new release is another text, and so another worker.
static WORKER: LazyLock<String> = LazyLock::new(|| {
    let files = json!(assets::of_the_console()).to_string();
    let code = concat!(include_str!("assets/queue.js"), include_str!("assets/worker.js"));
    let release: String =
        Sha256::digest([&files, code].concat().as_bytes()).iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    format!("\"use strict\";\nconst FILES = {files};\nconst RELEASE = \"{release}\";\n{code}")
});

async fn worker() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/javascript; charset=utf-8"))
        .insert_header((CACHE_CONTROL, "no-cache"))
        .insert_header((CONTENT_SECURITY_POLICY, "default-src 'none'; connect-src 'self'"))
        .body(WORKER.as_str())
}
