//! What everybody else waits while passwords are guessed: pages and reads of the API at an even pace, without a flood, under a
//! flood that comes from everywhere (no count of failures stops it, each guess wants its password checked), and under one that comes
//! from one network (which is turned away).

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use clap::Args;

use crate::client::{self, Client};
use crate::county;
use crate::machine::{self, Neighbours};
use crate::paced::{Plan, Waiting};
use crate::service::{Service, default_binary};

#[derive(Debug, Args)]
pub struct Arguments {
    /// Guesses a second
    #[arg(long, default_value_t = 200.0)]
    guesses: f64,
    /// Other requests a second
    #[arg(long, default_value_t = 50.0)]
    rate: f64,
    /// Length of each measurement
    #[arg(long, default_value_t = 15.0)]
    seconds: f64,
    /// The server
    #[arg(long, default_value_os_t = default_binary())]
    binary: PathBuf,
    /// Where the data folder is made
    #[arg(long, default_value_os_t = std::env::temp_dir())]
    folder: PathBuf,
}

/// Connections that guess.
const GUESSERS: usize = 64;

#[derive(Clone, Copy, PartialEq, Eq)]
enum From {
    /// Each guess by another name, out of another network.
    Everywhere,
    OneNetwork,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let folder = arguments.folder.join(format!("suyuan-logins-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    println!("{}", machine::describe(&folder));
    println!("{} guesses/s, {} other requests/s, {} s each", arguments.guesses, arguments.rate, arguments.seconds);
    let mut service = Service::new(&arguments.binary, &folder.join("data"))?.with(&["--trusted-proxies", "127.0.0.1"]);
    let cooperative = county::found(&mut service)?;
    let neighbours = Neighbours::watch();
    measure(arguments, &service, &cooperative.key, "no flood", None)?;
    measure(arguments, &service, &cooperative.key, "a flood from everywhere", Some(From::Everywhere))?;
    measure(arguments, &service, &cooperative.key, "a flood from one network", Some(From::OneNetwork))?;
    neighbours.report();
    drop(service);
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

fn measure(arguments: &Arguments, service: &Service, key: &str, what: &str, flood: Option<From>) -> anyhow::Result<()> {
    let request = |number: usize| match number % 3 {
        0 => client::get("/", ""),
        1 => client::get("/login", ""),
        _ => client::get("/api/v1/products", key),
    };
    let plan = Plan {
        address: service.address,
        request: &request,
        status: 200,
        connections: 64,
        reconnect: false,
        rate: arguments.rate,
        span: Duration::from_secs_f64(arguments.seconds),
        waiting: Waiting::Asleep,
    };
    let (ended, sent) = (AtomicBool::new(false), AtomicUsize::new(0));
    let began = Instant::now();
    let (answered, told) = thread::scope(|scope| -> anyhow::Result<_> {
        let guessers: Vec<_> = flood
            .map(|from| (0..GUESSERS).map(|number| (number, from)).collect::<Vec<_>>())
            .unwrap_or_default()
            .into_iter()
            .map(|(number, from)| {
                let (ended, sent) = (&ended, &sent);
                scope.spawn(move || guess(service.address, arguments.guesses, from, number, (ended, sent)))
            })
            .collect();
        let answered = plan.run();
        ended.store(true, Ordering::SeqCst);
        let mut told: BTreeMap<u16, usize> = BTreeMap::new();
        for guesser in guessers {
            for (status, count) in guesser.join().ok().context("a guesser panicked")?? {
                *told.entry(status).or_default() += count;
            }
        }
        Ok((answered?, told))
    })?;
    let mut waits = answered.waits;
    let found = waits.at(&[500, 990, 1000]);
    let rate = sent.load(Ordering::SeqCst) as f64 / began.elapsed().as_secs_f64();
    println!("{what}: p50 {:.1} ms, p99 {:.1} ms, worst {:.1} ms of {}", found[0], found[1], found[2], waits.count());
    if flood.is_some() {
        println!("  {rate:.0} guesses/s; answered by status: {told:?}");
    }
    Ok(())
}

/// Guesses until it is over, its share of the pace; answers how often each status came.
fn guess(
    address: SocketAddr,
    rate: f64,
    from: From,
    number: usize,
    (ended, sent): (&AtomicBool, &AtomicUsize),
) -> anyhow::Result<BTreeMap<u16, usize>> {
    let mut client = Client::connect(address)?;
    let page = client.get("/login", "")?;
    let cookie = page.header("set-cookie").context("a cookie")?.split(';').next().context("a cookie")?.to_owned();
    let text = page.text();
    let token = text.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let token = token.context("a token in the form")?.to_owned();
    let pace = Duration::from_secs_f64(GUESSERS as f64 / rate);
    let mut due = Instant::now() + pace.mul_f64(number as f64 / GUESSERS as f64);
    let mut told = BTreeMap::new();
    for attempt in 0.. {
        thread::sleep(due.saturating_duration_since(Instant::now()));
        if ended.load(Ordering::SeqCst) {
            break;
        }
        due += pace;
        let (network, login) = match from {
            From::Everywhere => (format!("100.{number}.{}.1", attempt % 256), format!("guess-{number}-{attempt}")),
            From::OneNetwork => ("100.64.0.1".to_owned(), "guess".to_owned()),
        };
        let body = format!("csrf={token}&then=&login={login}&password=wrong-{attempt}-password");
        let request = format!(
            "POST /login HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\nX-Forwarded-For: {network}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        sent.fetch_add(1, Ordering::SeqCst);
        let status = client.send(request.as_bytes())?.status;
        ensure!(matches!(status, 422 | 429 | 503), "a guess was answered {status}");
        *told.entry(status).or_default() += 1;
    }
    Ok(told)
}
