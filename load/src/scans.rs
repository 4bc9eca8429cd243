//! Scan pages: a hot one over kept and over new connections, beside a bare handler that answers the same bytes with the
//! same headers; how long a scan waits at half of that load; pages that nobody asked for before.
//!
//! Server and bare handler run all the time and are asked in turns, so that a busy machine slows both alike. The load
//! generator shares the cores with them: beside requests a second it counts the processor time that each server used.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use clap::Args;
use serde_json::{Value, json};
use suyuan::app::clock::SystemClock;
use suyuan::domain::ports::Clock;

use crate::client::{Client, get};
use crate::gaps::Gaps;
use crate::machine::{self, Neighbours};
use crate::paced::{Plan, Waiting};
use crate::service::{Service, default_binary, on_core};
use crate::waits::{Waits, median, span};

#[derive(Debug, Args)]
pub struct Arguments {
    /// Length of each measurement
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
    /// Times that everything is measured, in turns
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Connections at once
    #[arg(long, default_value_t = 32)]
    connections: usize,
    /// Batches whose pages are asked for the first time
    #[arg(long, default_value_t = 500)]
    cold: usize,
    /// What is asked for in place of the page, such as a tile of the log
    #[arg(long)]
    path: Option<String>,
    /// Runs both servers on this core alone; start this program on another (`taskset -c 1 …`), so that they do not wait for each other
    #[arg(long)]
    server_core: Option<usize>,
    /// The server [suyuan beside this program]
    #[arg(long)]
    binary: Option<PathBuf>,
    /// Where the data folder is made
    #[arg(long, default_value_os_t = std::env::temp_dir())]
    folder: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Kept,
    New,
}

/// Requests a second and microseconds of the server's processor time for each, of all rounds.
#[derive(Default)]
struct Line {
    rates: Vec<f64>,
    costs: Vec<f64>,
    waits: Waits,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let folder = arguments.folder.join(format!("suyuan-scans-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    println!("{}", machine::describe(&folder));
    let neighbours = Neighbours::watch();
    let binary = arguments.binary.clone().unwrap_or_else(default_binary);
    let mut service = Service::new(&binary, &folder.join("data"))?.demo();
    service.core = arguments.server_core;
    service.start()?;
    let demo: Value = serde_json::from_slice(&std::fs::read(service.folder.join("demo.json"))?)?;
    let path = arguments.path.clone().map_or_else(|| hot_path(&demo), Ok)?;
    let request = request(&path);
    let bare = BareServer::start(&service, &request, &folder)?;
    let mut measured = Vec::new();
    for mode in [Mode::Kept, Mode::New] {
        let (mut ours, mut theirs) = (Line::default(), Line::default());
        for round in 0..arguments.rounds {
            let mut pair = [(service.address, service.pid(), &mut ours), (bare.address, bare.child.id(), &mut theirs)];
            if round % 2 == 1 {
                pair.reverse();
            }
            for (address, pid, line) in pair {
                full(arguments, mode, address, pid, &request, line)?;
            }
        }
        print(mode, &mut ours, &mut theirs);
        measured.push((mode, median(&ours.rates)));
    }
    at_half(arguments, &measured, [service.address, bare.address], &request)?;
    let (now, most) = machine::memory_mb(service.pid());
    println!("server's memory: {now:.0} MB now, {most:.0} MB at most");
    if arguments.path.is_none() {
        cold(&service, &demo, arguments.cold)?;
    }
    let (now, most) = machine::memory_mb(service.pid());
    println!("server's memory: {now:.0} MB now, {most:.0} MB at most");
    drop(bare);
    drop(service);
    neighbours.report();
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

/// How long a scan waits at half of the load, in turns with the bare handler at the same rate; and what part of it is the
/// machine's own.
fn at_half(
    arguments: &Arguments,
    measured: &[(Mode, f64)],
    addresses: [SocketAddr; 2],
    request: &[u8],
) -> anyhow::Result<()> {
    println!("\nat half of that load (waits from the moment at which the request was due)");
    println!("{:<34}{:>9}{:>9}{:>9}{:>9}{:>9}", "", "scans/s", "p50", "p99", "p99.9", "max");
    let mut gaps = Gaps::start();
    for (mode, rate) in measured {
        let mut lines = [Line::default(), Line::default()];
        let mut tails = [Vec::new(), Vec::new()];
        for _ in 0..arguments.rounds {
            for (which, address) in addresses.into_iter().enumerate() {
                let mut answered = Plan {
                    address,
                    request: &|_| request.to_vec(),
                    status: 200,
                    connections: arguments.connections,
                    reconnect: *mode == Mode::New,
                    rate: rate / 2.0,
                    span: Duration::from_secs_f64(arguments.seconds),
                    waiting: Waiting::Awake,
                }
                .run()?;
                lines[which].rates.push(answered.waits.count() as f64 / answered.took.as_secs_f64());
                tails[which].push(answered.waits.at(&[990])[0]);
                lines[which].waits.join(answered.waits);
                gaps.join(answered.gaps);
            }
        }
        for ((name, mut line), tails) in ["scan page", "bare handler"].into_iter().zip(lines).zip(tails) {
            row(&format!("{name}, {}", mode.name()), median(&line.rates), &mut line.waits);
            let (low, high) = span(&tails);
            println!("{:<34}{:>27.2}  ({low:.2}–{high:.2})", "  p99 of each round, median", median(&tails));
        }
    }
    println!("the generator could not go on: {}", gaps.told());
    if let Some(core) = arguments.server_core {
        let seconds = (arguments.seconds * arguments.rounds as f64).to_string();
        let alone = on_core(&std::env::current_exe()?, Some(core)).args(["gaps", "--seconds", &seconds]).output()?;
        print!("a thread alone on the server's core could not go on: {}", String::from_utf8_lossy(&alone.stdout));
    }
    Ok(())
}

impl Mode {
    fn name(self) -> &'static str {
        match self {
            Self::Kept => "kept connections",
            Self::New => "new connections",
        }
    }
}

/// As a browser asks; without gzip, so that the bytes are those of the page.
pub fn request(path: &str) -> Vec<u8> {
    let plain = get(path, "");
    let head = &plain[..plain.len() - 2];
    let browser =
        b"Accept: text/html,application/xhtml+xml\r\nAccept-Language: zh-CN,zh;q=0.9\r\nAccept-Encoding: gzip\r\n\r\n";
    [head, browser].concat()
}

fn hot_path(demo: &Value) -> anyhow::Result<String> {
    let labels = demo["labels"].as_array().context("labels")?;
    let issued = labels.iter().find(|label| label["state"] == "issued").context("an issued label")?;
    let url = issued["url"].as_str().context("url")?;
    Ok(url[url.find("/01/").context("a Digital Link")?..].to_owned())
}

struct BareServer {
    address: SocketAddr,
    child: Child,
}

impl BareServer {
    /// Asks the service once and answers that ever after.
    fn start(service: &Service, request: &[u8], folder: &Path) -> anyhow::Result<Self> {
        let mut client = service.client()?;
        let answer = client.send(request)?;
        ensure!(answer.status == 200, "the page answered {}", answer.status);
        println!("a page of {} bytes as sent", answer.body.len());
        // The framework writes these itself.
        let own = ["content-length", "date", "connection"];
        let headers: Vec<(String, String)> =
            answer.headers().into_iter().filter(|(name, _)| !own.contains(&name.as_str())).collect();
        let (head, body) = (folder.join("headers.json"), folder.join("body"));
        std::fs::write(&head, json!(headers).to_string())?;
        std::fs::write(&body, answer.body)?;
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let workers = thread::available_parallelism()?.to_string();
        let child = on_core(&std::env::current_exe()?, service.core)
            .args(["bare", "--listen", &address.to_string(), "--workers", &workers])
            .arg("--headers")
            .arg(head)
            .arg("--body")
            .arg(body)
            .spawn()?;
        let server = Self { address, child };
        let started = Instant::now();
        while Client::connect(address).is_err() {
            ensure!(started.elapsed() < Duration::from_secs(5), "the bare handler did not start");
            thread::sleep(Duration::from_millis(5));
        }
        let mut client = Client::connect(address)?;
        let same = client.send(request)?;
        ensure!(same.body == std::fs::read(folder.join("body"))?, "the bare handler answers other bytes");
        Ok(server)
    }
}

impl Drop for BareServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// As many requests as the connections carry.
fn full(
    arguments: &Arguments,
    mode: Mode,
    address: SocketAddr,
    pid: u32,
    request: &[u8],
    line: &mut Line,
) -> anyhow::Result<()> {
    let before = machine::processor_seconds(pid);
    let (waits, took) = many(arguments.connections, arguments.seconds, |_, span| {
        let (started, mut waits) = (Instant::now(), Waits::default());
        let mut client = Client::connect(address)?;
        while started.elapsed() < span {
            let sent = Instant::now();
            if mode == Mode::New {
                client = Client::connect(address)?;
            }
            ensure!(client.send(request)?.status == 200, "not 200");
            waits.add(sent.elapsed());
        }
        Ok(waits)
    })?;
    line.costs.push((machine::processor_seconds(pid) - before) * 1e6 / waits.count() as f64);
    line.rates.push(waits.count() as f64 / took.as_secs_f64());
    line.waits.join(waits);
    Ok(())
}

/// Runs one worker for each connection; all start at one moment.
fn many(
    connections: usize,
    seconds: f64,
    work: impl Fn(usize, Duration) -> anyhow::Result<Waits> + Sync,
) -> anyhow::Result<(Waits, Duration)> {
    let span = Duration::from_secs_f64(seconds);
    let barrier = Barrier::new(connections + 1);
    thread::scope(|scope| {
        let threads: Vec<_> = (0..connections)
            .map(|number| {
                let (barrier, work) = (&barrier, &work);
                scope.spawn(move || {
                    barrier.wait();
                    work(number, span)
                })
            })
            .collect();
        barrier.wait();
        let (started, mut waits) = (Instant::now(), Waits::default());
        for thread in threads {
            waits.join(thread.join().map_err(|_| anyhow::anyhow!("a connection's thread panicked"))??);
        }
        Ok((waits, started.elapsed()))
    })
}

fn print(mode: Mode, ours: &mut Line, theirs: &mut Line) {
    println!("\n{} (waits in ms)", mode.name());
    println!("{:<34}{:>9}{:>9}{:>9}{:>9}{:>9}{:>12}", "", "scans/s", "p50", "p99", "p99.9", "max", "server µs");
    for (name, line) in [("scan page", &mut *ours), ("bare handler, same bytes", &mut *theirs)] {
        let waits: String = line.waits.at(&[500, 990, 999, 1000]).iter().map(|it| format!("{it:>9.2}")).collect();
        println!("{name:<34}{:>9.0}{waits}{:>12.1}", median(&line.rates), median(&line.costs));
    }
    let ratios: Vec<f64> = ours.rates.iter().zip(&theirs.rates).map(|(a, b)| a / b).collect();
    let costs: Vec<f64> = theirs.costs.iter().zip(&ours.costs).map(|(a, b)| a / b).collect();
    let ((low, high), (cheap, dear)) = (span(&ratios), span(&costs));
    println!("scans/s, page / bare handler           {:.2}  ({low:.2}–{high:.2})", median(&ratios));
    println!("processor time, bare handler / page    {:.2}  ({cheap:.2}–{dear:.2})", median(&costs));
}

fn row(name: &str, rate: f64, waits: &mut Waits) {
    let waits: String = waits.at(&[500, 990, 999, 1000]).iter().map(|it| format!("{it:>9.2}")).collect();
    println!("{name:<34}{rate:>9.0}{waits}");
}

/// Pages of batches that were just written: history read, page built, compressed. The first and the last quarter of the
/// batches show whether a page costs more when more is stored.
fn cold(service: &Service, demo: &Value, batches: usize) -> anyhow::Result<()> {
    println!("\npages nobody asked for before ({batches} lots, each harvested, graded, packed and certified)");
    println!("{:<34}{:>9}{:>9}{:>9}{:>9}{:>9}", "", "pages/s", "p50", "p99", "p99.9", "max");
    for licensed in [false, true] {
        let paths = write_lots(service, demo, batches, licensed)?;
        // Not before: the service hangs up on a connection that says nothing for five seconds.
        let mut client = service.client()?;
        let quarter = paths.len().div_ceil(4);
        let name = if licensed { "under one licence" } else { "without a licence" };
        for (which, some) in [("first", &paths[..quarter]), ("last", &paths[paths.len() - quarter..])] {
            let (started, mut waits) = (Instant::now(), Waits::default());
            for path in some {
                let sent = Instant::now();
                let answer = client.send(&request(path))?;
                waits.add(sent.elapsed());
                ensure!(answer.status == 200, "{path} answered {}", answer.status);
            }
            let rate = waits.count() as f64 / started.elapsed().as_secs_f64();
            row(&format!("{name}, {which} {quarter}"), rate, &mut waits);
        }
    }
    Ok(())
}

const LOOSE: &str = "09520000100049";
const CARTON: &str = "09520000100018";
/// Harvests of one plot in a season.
const OF_A_PLOT: usize = 10;

/// Lots of the demo's first cooperative; answers the addresses of the cartons.
pub fn write_lots(service: &Service, demo: &Value, count: usize, licensed: bool) -> anyhow::Result<Vec<String>> {
    let accounts = demo["accounts"].as_array().context("accounts")?;
    let account = accounts.iter().find(|it| it["role"] == "cooperative").context("a cooperative")?;
    let key = account["api_key"].as_str().context("api_key")?;
    let mut teller = Teller { client: service.client()?, key, told: 0, prefix: if licensed { "L" } else { "N" } };
    let licence = match licensed {
        true => teller.licence()?,
        false => Value::Null,
    };
    let today = SystemClock.now().civil_date(480).to_string();
    let mut plot = Value::Null;
    let mut paths = Vec::new();
    for number in 0..count {
        let lot = format!("{}{number}", teller.prefix);
        if number % OF_A_PLOT == 0 {
            let county = json!({"zh": "示范县", "en": "Demo County"});
            plot = teller.tell(
                "plots",
                &json!({"code": format!("LOAD-{lot}"), "place": county, "area_m2": 12_000,
                "crop": {"zh": "脐橙", "en": "navel orange"}, "point": {"lat": "31.018320", "lon": "109.464210"}}),
            )?["id"]
                .clone();
        }
        let harvest = teller.tell(
            "batches",
            &json!({"basis": "harvested", "gtin": LOOSE, "lot": format!("{lot}H"),
            "quantity": 1_000_000, "plots": [{"plot": plot}], "picked": {"from": today, "to": today}}),
        )?;
        let graded = teller.tell(
            &format!("batches/{}/gradings", text(&harvest["id"])?),
            &json!({"input": 1_000_000,
            "outputs": [{"lot": format!("{lot}G"), "grade": "特级", "quantity": 900_000}], "cull": 90_000}),
        )?;
        let mut output = json!({"gtin": CARTON, "lot": lot, "packs": 100});
        if licensed {
            output["licence"] = licence.clone();
        }
        let packing = json!({"packed_on": today, "outputs": [output]});
        let packed = teller.tell(&format!("batches/{}/packings", child(&graded)?), &packing)?;
        let certificate = json!({"basis": "quality_control"});
        teller.tell(&format!("batches/{}/certificates", child(&packed)?), &certificate)?;
        paths.push(format!("/01/{CARTON}/10/{lot}"));
    }
    Ok(paths)
}

/// One who acts as the cooperative.
struct Teller<'a> {
    client: Client,
    key: &'a str,
    told: usize,
    prefix: &'static str,
}

impl Teller<'_> {
    fn tell(&mut self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.told += 1;
        let idempotency = format!("{}-{}", self.prefix, self.told);
        let answer = self.client.post(&format!("/api/v1/{path}"), self.key, &idempotency, &body.to_string())?;
        ensure!(answer.status == 201, "{path} answered {}: {}", answer.status, answer.text());
        Ok(serde_json::from_slice(answer.body)?)
    }

    fn licence(&mut self) -> anyhow::Result<Value> {
        let answer = self.client.get("/api/v1/licences", self.key)?;
        let page: Value = serde_json::from_slice(answer.body)?;
        let licences = page["items"].as_array().with_context(|| page.to_string())?;
        let ours = licences.iter().find(|it| it.to_string().contains(CARTON)).context("a licence for the cartons")?;
        Ok(ours["id"].clone())
    }
}

fn text(value: &Value) -> anyhow::Result<&str> {
    value.as_str().context("text")
}

/// Handle of the batch that an act opened.
fn child(receipt: &Value) -> anyhow::Result<&str> {
    let records = receipt["records"].as_array().context("records")?;
    let opened = records.iter().find(|it| it["kind"] == "batch.opened").context("batch.opened")?;
    text(&opened["subject"])?.strip_prefix("batch:").context("a batch")
}
