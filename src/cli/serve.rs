//! Serving until a signal comes.

use anyhow::bail;
use metrics_exporter_prometheus::PrometheusHandle;

use super::instance::{self, Instance};
use super::settings::{Flags, Settings};
use crate::app::founding;
use crate::app::log::recheck::Nightly;
use crate::app::notices;
use crate::http::operations;
use crate::http::server::{self, Shared};

pub fn run(flags: &Flags) -> anyhow::Result<()> {
    let settings = Settings::load(flags)?;
    instance::start_logging(settings.log_format);
    let listener = instance::listen(&settings.listen)?;
    let url = instance::public_url(&settings, listener.local_addr().ok());
    let metrics = operations::recorder();
    let instance = instance::open(&settings, std::sync::Arc::new(crate::app::clock::SystemClock), url)?;
    if founding::operator(&*instance.app.store)?.is_none() {
        bail!("the instance has no operator yet; write it with `suyuan init --name … --uscc …`");
    }
    serve(instance, listener, workers(&settings), metrics)
}

pub fn workers(settings: &Settings) -> usize {
    settings.workers.unwrap_or_else(|| std::thread::available_parallelism().map_or(2, usize::from))
}

/// Runs the service on an open instance; the lock is held until the last request has ended.
pub fn serve(
    instance: Instance,
    listener: std::net::TcpListener,
    workers: usize,
    metrics: PrometheusHandle,
) -> anyhow::Result<()> {
    let Instance { app, store, lock } = instance;
    if let Some(nightly) = Nightly::of(&app) {
        nightly.start()?;
    }
    if !app.is_secure() {
        tracing::warn!(
            "passwords and sessions travel readable: people are to reach this by https (--public-url https://…)"
        );
    }
    tracing::info!(address = %listener.local_addr()?, public_url = app.public_url, "serving");
    let shared = Shared::new(app, metrics);
    notices::start(&shared.app)?;
    let served = actix_web::rt::System::new().block_on(server::run(listener, shared, workers));
    drop(store);
    drop(lock);
    tracing::info!("stopped");
    Ok(served?)
}
