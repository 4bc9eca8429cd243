//! How long pages of the console take where much is stored: twenty people of one cooperative, each looking at a page twice a second,
//! the same page for all, one page after the other.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, ensure};
use clap::Args;
use serde_json::Value;

use crate::client::Client;
use crate::machine::{self, Neighbours};
use crate::paced::{Plan, Waiting};
use crate::pages::fill;
use crate::service::{Service, default_binary};

#[derive(Debug, Args)]
pub struct Arguments {
    /// Batches of the cooperative; one in a hundred is in stock
    #[arg(long, default_value_t = 100_000)]
    batches: u64,
    /// People who look
    #[arg(long, default_value_t = 20)]
    people: usize,
    /// Pages a second, by all of them
    #[arg(long, default_value_t = 40.0)]
    rate: f64,
    /// Length of each measurement
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
    /// The server
    #[arg(long, default_value_os_t = default_binary())]
    binary: PathBuf,
    /// Where the data folder is made
    #[arg(long, default_value_os_t = std::env::temp_dir())]
    folder: PathBuf,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let folder = arguments.folder.join(format!("suyuan-console-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    println!("{}", machine::describe(&folder));
    println!("{} batches, {} people, {} pages/s", arguments.batches, arguments.people, arguments.rate);
    let mut service = Service::new(&arguments.binary, &folder.join("data"))?.demo();
    service.start()?;
    let demo: Value = serde_json::from_slice(&std::fs::read(service.folder.join("demo.json"))?)?;
    service.kill()?;
    fill(&service, 0, arguments.batches)?;
    service.start()?;
    let cookie = log_in(&service, &demo)?;
    let neighbours = Neighbours::watch();
    println!("{:<44}{:>8}{:>8}{:>8}{:>8}", "ms", "p50", "p95", "p99", "max");
    let mut worst = (0.0, String::new());
    for path in paths(&mut service.client()?, &cookie)? {
        let ask =
            format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\nCookie: {cookie}\r\n\r\n");
        let request = |_: usize| ask.clone().into_bytes();
        let plan = Plan {
            address: service.address,
            request: &request,
            status: 200,
            connections: arguments.people,
            reconnect: false,
            rate: arguments.rate,
            span: Duration::from_secs_f64(arguments.seconds),
            waiting: Waiting::Asleep,
        };
        let mut waits = plan.run()?.waits;
        let found = waits.at(&[500, 950, 990, 1000]);
        let at: String = found.iter().map(|it| format!("{it:>8.1}")).collect();
        println!("{:<44}{at}", shown(&path));
        if found[1] > worst.0 {
            worst = (found[1], path);
        }
    }
    println!("longest p95: {:.1} ms, {}", worst.0, shown(&worst.1));
    neighbours.report();
    drop(service);
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

/// The session of a manager of the cooperative that the many batches are of.
fn log_in(service: &Service, demo: &Value) -> anyhow::Result<String> {
    let accounts = demo["accounts"].as_array().context("accounts in demo.json")?;
    for account in accounts.iter().filter(|it| it["role"] == "cooperative") {
        let cookie = session(service, account)?;
        let ask = format!("GET /console/batches HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n");
        if service.client()?.send(ask.as_bytes())?.text().contains("?after=") {
            return Ok(cookie);
        }
    }
    anyhow::bail!("no cooperative has the batches")
}

fn session(service: &Service, account: &Value) -> anyhow::Result<String> {
    let told = |name: &str| account[name].as_str().unwrap_or_default().to_owned();
    let (login, password) = (told("login"), told("password"));
    let mut client = service.client()?;
    let page = client.get("/login", "")?;
    let cookie = page.header("set-cookie").and_then(|it| it.split(';').next()).context("a cookie")?.to_owned();
    let token = between(&page.text(), "name=\"csrf\" value=\"").context("a token in the form")?;
    let body = format!("csrf={token}&then=&login={login}&password={}", password.replace(' ', "+"));
    let request = format!(
        "POST /login HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let answer = client.send(request.as_bytes())?;
    ensure!(answer.status == 303, "the login was answered {}", answer.status);
    Ok(answer.header("set-cookie").and_then(|it| it.split(';').next()).context("a session")?.to_owned())
}

fn between(text: &str, before: &str) -> Option<String> {
    Some(text.split(before).nth(1)?.split('"').next()?.to_owned())
}

/// Lists, filters, a form, and the pages of one batch and one plot.
fn paths(client: &mut Client, cookie: &str) -> anyhow::Result<Vec<String>> {
    let mut look = |path: &str| -> anyhow::Result<String> {
        let ask = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n");
        let answer = client.send(ask.as_bytes())?;
        ensure!(answer.status == 200, "{path} was answered {}", answer.status);
        Ok(answer.text().into_owned())
    };
    let plot = between(&look("/console/plots")?, "<th scope=\"row\"><a href=\"").context("a plot")?;
    let batch = between(&look("/console/batches?stage=packed")?, "<th scope=\"row\"><a href=\"").context("a batch")?;
    let lists = [
        "/console",
        "/console/batches",
        "/console/batches?stage=packed",
        "/console/batches?stage=closed",
        "/console/batches?lot=F50000",
        "/console/batches?sort=4",
        "/console/batches/board",
        "/console/stock?contains=nothing",
        "/console/stock",
        "/console/samples",
        "/console/shipments",
        "/console/notices",
        "/console/search?q=F",
        "/console/batches/new",
    ];
    let mut all: Vec<String> = lists.map(str::to_owned).into();
    all.extend([format!("{batch}/ship"), batch, plot]);
    Ok(all)
}

/// Without handles.
fn shown(path: &str) -> String {
    path.split('/').map(|part| if part.len() == 32 { "…" } else { part }).collect::<Vec<_>>().join("/")
}
