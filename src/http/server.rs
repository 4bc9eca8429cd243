//! Building the service: [`service!`] is what the binary and the tests run; [`run`] binds it to an address.

use std::net::TcpListener;
use std::time::Duration;

use actix_web::web::{Data, PayloadConfig};
use actix_web::{App as ActixApp, HttpServer};
use metrics_exporter_prometheus::PrometheusHandle;

use super::callers::Callers;
use super::extract::MAX_JSON;
use super::log::TileCache;
use super::streamed::Makers;
use crate::app::App;
use crate::web::pages_cache::PageCache;
use crate::web::throttle::Throttle;

/// What the service shares between its workers.
#[derive(Clone)]
pub struct Shared {
    pub app: Data<App>,
    pub pages: Data<PageCache>,
    pub callers: Data<Callers>,
    pub metrics: Data<PrometheusHandle>,
    pub throttle: Data<Throttle>,
    pub tiles: Data<TileCache>,
    pub makers: Data<Makers>,
}

impl Shared {
    /// With the recorder that has counted since before the app was opened.
    pub fn new(app: App, metrics: PrometheusHandle) -> Self {
        let pages = PageCache::new();
        let drops = pages.clone();
        app.store.on_commit(Box::new(move |touched| drops.drop_subjects(touched)));
        Self {
            app: Data::new(app),
            pages: Data::new(pages),
            callers: Data::new(Callers::new()),
            metrics: Data::new(metrics),
            throttle: Data::new(Throttle::default()),
            tiles: Data::new(TileCache::new()),
            makers: Data::new(Makers::default()),
        }
    }
}

/// The application with all its middleware, outermost last.
#[macro_export]
macro_rules! service {
    ($shared:expr) => {{
        use $crate::http::server::wrapped as w;
        let shared: $crate::http::server::Shared = $shared;
        actix_web::App::new()
            .app_data(shared.app.clone())
            .app_data(shared.pages.clone())
            .app_data(shared.callers.clone())
            .app_data(shared.metrics.clone())
            .app_data(shared.throttle.clone())
            .app_data(shared.tiles.clone())
            .app_data(shared.makers.clone())
            .app_data($crate::http::server::payload_limits())
            .configure($crate::http::configure)
            .wrap(actix_web::middleware::from_fn(w::authenticate))
            .wrap(actix_web::middleware::from_fn(w::problems))
            .wrap(actix_web::middleware::from_fn(w::security_headers))
            .wrap(actix_web::middleware::from_fn(w::measure))
            .wrap(actix_web::middleware::from_fn(w::request_id))
    }};
}

/// The middleware of [`service!`].
pub mod wrapped {
    pub use crate::http::middleware::{authenticate, measure, problems, request_id, security_headers};
}

pub fn payload_limits() -> PayloadConfig {
    PayloadConfig::new(MAX_JSON)
}

/// Connections of one worker at most; more wait in the kernel.
const MAX_CONNECTIONS: usize = 8_000;

/// Serves until a signal comes; requests in flight end first.
pub async fn run(listener: TcpListener, shared: Shared, workers: usize) -> std::io::Result<()> {
    let _: fn() -> ActixApp<_> = ActixApp::new;
    actix_web::rt::spawn(gather_samples(shared.metrics.clone()));
    HttpServer::new(move || service!(shared.clone()))
        .workers(workers)
        .max_connections(MAX_CONNECTIONS)
        .client_request_timeout(Duration::from_secs(5))
        .keep_alive(Duration::from_secs(75))
        .shutdown_timeout(10)
        .listen(listener)?
        .run()
        .await
}

/// Histograms keep every sample until they are read: where nobody scrapes `/metrics`, they would grow for ever.
async fn gather_samples(metrics: Data<PrometheusHandle>) {
    let mut ticks = actix_web::rt::time::interval(Duration::from_secs(1));
    loop {
        ticks.tick().await;
        metrics.run_upkeep();
    }
}
