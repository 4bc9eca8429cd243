//! The demo: a county of invented data, loaded through the real use cases with a clock of its own, then served.

mod clock;
mod county;
mod files;
mod harvests;
mod leaves;
mod registers;
mod seasons;
mod signing;
mod summary;
mod teller;

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::Arc;

use anyhow::Context;
use clap::Args;

use super::instance::{self, Instance};
use super::log;
use super::say;
use super::serve;
use super::settings::{Flags, Settings};
use crate::app::founding;
use crate::app::people::door::SecondFactor;
use crate::http::operations;
use clock::DemoClock;
use summary::Summary;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Listen on all addresses and print this machine's own in links and symbols
    #[arg(long)]
    lan: bool,
    /// Load the county, write demo.json and stop
    #[arg(long, hide = true)]
    load_only: bool,
    /// Load as if it were this day
    #[arg(long, hide = true)]
    today: Option<crate::domain::time::CivilDate>,
}

pub fn run(flags: &Flags, arguments: &Arguments) -> anyhow::Result<()> {
    let mut settings = Settings::load(flags)?;
    if arguments.lan {
        let port = settings.listen.rsplit(':').next().unwrap_or("8080").to_owned();
        settings.listen = format!("0.0.0.0:{port}");
    }
    instance::start_logging(settings.log_format);
    let listener = instance::listen(&settings.listen)?;
    let mut address = listener.local_addr()?;
    if arguments.lan {
        address = SocketAddr::new(own_address().unwrap_or(address.ip()), address.port());
    }
    let url = instance::public_url(&settings, Some(address));
    let clock = Arc::new(DemoClock::new(arguments.today));
    // Invented data has no backup to be kept apart from: whoever deletes the demo deletes all of it.
    settings.log_dir.get_or_insert_with(|| settings.data_dir.join("log"));
    let guard = log::guard(&settings)?;
    if settings.log_keys()?.is_none() && guard.read()?.is_none() {
        log::make(&settings, &*guard, &log::origin_of(&url))?;
    }
    let metrics = operations::recorder();
    let mut instance = instance::open(&settings, Arc::clone(&clock) as _, url.clone())?;
    // Whoever tries the demo need not set up an authenticator first; who likes may.
    instance.app.door.second_factor = SecondFactor::Offered;
    let mut summary = load(&mut instance, &clock, &settings, &url)?;
    clock.release();
    summary.tell_log(&settings.data_dir, instance.app.log.as_deref())?;
    say(summary.printout(&settings.data_dir, arguments.lan));
    if arguments.load_only {
        return Ok(());
    }
    serve::serve(instance, listener, serve::workers(&settings), metrics)
}

/// Loads the county into an empty instance; an instance that holds it already keeps its data.
fn load(instance: &mut Instance, clock: &DemoClock, settings: &Settings, url: &str) -> anyhow::Result<Summary> {
    let path = settings.data_dir.join("demo.json");
    if founding::operator(&*instance.app.store)?.is_some() {
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("{} holds an instance that is not the demo", settings.data_dir.display()))?;
        let mut summary: Summary = serde_json::from_str(&text)?;
        summary.move_to(url);
        std::fs::write(&path, serde_json::to_string_pretty(&summary)?)?;
        return Ok(summary);
    }
    let summary = county::load(&instance.app, clock, url, &settings.data_dir)?;
    std::fs::write(&path, serde_json::to_string_pretty(&summary)?)?;
    Ok(summary)
}

/// The address by which others in the network reach this machine. Sends nothing: a datagram socket only looks up a route.
fn own_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("10.255.255.255:1").ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_unspecified()).then_some(address)
}
