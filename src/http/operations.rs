//! For whoever runs the service: is it alive, is it ready, which version, how busy; and the public key of its tokens.

use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpResponse, Responder};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use super::extract::{State, blocking};
use super::problem::{Problem, REGISTRY};
use crate::app::readiness;

/// Seconds of the histogram's buckets.
const BUCKETS: &[f64] = &[0.000_5, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// Installs the recorder of metrics: before anything is opened that counts. Once a process; later calls give a recorder of their own that nothing writes to.
pub fn recorder() -> PrometheusHandle {
    let builder = PrometheusBuilder::new();
    let builder = match builder.set_buckets_for_metric(Matcher::Suffix("_seconds".into()), BUCKETS) {
        Ok(builder) => builder,
        Err(_) => PrometheusBuilder::new(),
    };
    let recorder = builder.build_recorder();
    let handle = recorder.handle();
    let _ = metrics::set_global_recorder(recorder);
    handle
}

pub fn configure(config: &mut ServiceConfig) {
    config
        .route("/livez", web::get().to(livez))
        .route("/readyz", web::get().to(readyz))
        .route("/version", web::get().to(version))
        .route("/metrics", web::get().to(metrics))
        .route("/.well-known/jwks.json", web::get().to(keys))
        .route("/problems/{slug}", web::get().to(problem));
}

/// The process answers. Asks no database.
async fn livez() -> impl Responder {
    HttpResponse::Ok().content_type("text/plain").body("ok\n")
}

/// Reads and writes work; after that, how standbys and the replica of pages stand.
async fn readyz(app: State) -> Result<HttpResponse, Problem> {
    let standing = blocking(&app, readiness::check).await.map_err(told)?;
    Ok(HttpResponse::Ok().content_type("text/plain").body(format!("ready\n{standing}")))
}

/// Whoever asks is a program that waits; only that the operator has to look is told apart.
fn told(problem: Problem) -> Problem {
    if problem.entry().slug == "log-stopped" { problem } else { Problem::new("busy") }
}

async fn version() -> impl Responder {
    HttpResponse::Ok().json(serde_json::json!({"name": "suyuan", "version": env!("CARGO_PKG_VERSION")}))
}

async fn metrics(handle: Data<PrometheusHandle>) -> impl Responder {
    HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(handle.render())
}

async fn keys(app: State) -> impl Responder {
    HttpResponse::Ok().json(app.tokens.key_set())
}

/// What a problem's `type` leads to.
async fn problem(slug: web::Path<String>) -> Result<HttpResponse, Problem> {
    let found = REGISTRY.iter().find(|entry| entry.slug == *slug).ok_or_else(|| Problem::new("not-found"))?;
    let text = format!("{} ({})\n{}\nAll problems: docs/API.md\n", found.slug, found.status, found.title);
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(text))
}
