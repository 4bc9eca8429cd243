//! Scan pages that nobody asked for before, of the same lots, while the instance around them grows. The lots are real; what
//! surrounds them are rows of the right shape and size under handles spread evenly over all there are, so that the trees are as
//! deep and wide as they would be: a page never reads them, and making ten million batches by acts would take a night.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use clap::Args;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use serde_json::Value;

use crate::engine::{Database, Engine};
use crate::machine::{self, Neighbours};
use crate::scans::{request, write_lots};
use crate::service::{Service, default_binary};
use crate::waits::{Waits, median};

#[derive(Debug, Args)]
pub struct Arguments {
    /// Batches in the instance, ascending
    #[arg(long, value_delimiter = ',', default_value = "100000,1000000")]
    sizes: Vec<u64>,
    /// Lots whose pages are asked for
    #[arg(long, default_value_t = 300)]
    lots: usize,
    /// Times that each is asked for at each size, by a server that was just started
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// What keeps the records
    #[arg(long, value_enum, default_value_t = Engine::Sqlite)]
    engine: Engine,
    /// The server [suyuan beside this program]
    #[arg(long)]
    binary: Option<PathBuf>,
    /// Where the data folder is made
    #[arg(long, default_value_os_t = std::env::temp_dir())]
    folder: PathBuf,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let folder = arguments.folder.join(format!("suyuan-pages-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    println!("{}", machine::describe(&folder));
    println!("engine: {}; {} lots, {} rounds", arguments.engine.describe(), arguments.lots, arguments.rounds);
    let neighbours = Neighbours::watch();
    let cluster = arguments.engine.cluster();
    let binary = arguments.binary.clone().unwrap_or_else(default_binary);
    let mut service = Service::new(&binary, &folder.join("data"))?.within(cluster.as_ref()).demo();
    service.start()?;
    let demo: Value = serde_json::from_slice(&std::fs::read(service.folder.join("demo.json"))?)?;
    let paths = write_lots(&service, &demo, arguments.lots, false)?;
    service.kill()?;
    println!("{:<22}{:>10}{:>9}{:>9}{:>9}{:>9}", "batches", "pages/s", "p50", "p99", "p99.9", "max");
    let mut filled = 0;
    let mut medians = Vec::new();
    for size in &arguments.sizes {
        fill(&service, filled, *size)?;
        filled = *size;
        // Once unseen: after a fill the operating system has forgotten what it had in memory of the rest.
        ask(&mut service, &paths)?;
        let (mut rates, mut waits) = (Vec::new(), Waits::default());
        for _ in 0..arguments.rounds {
            let (some, took) = ask(&mut service, &paths)?;
            rates.push(some.count() as f64 / took.as_secs_f64());
            waits.join(some);
        }
        let mut proofs = prove(&mut service, *size)?;
        let at: String = waits.at(&[500, 990, 999, 1000]).iter().map(|it| format!("{it:>9.2}")).collect();
        println!("{size:<22}{:>10.0}{at}", median(&rates));
        let at: String = proofs.at(&[500, 990, 999, 1000]).iter().map(|it| format!("{it:>9.2}")).collect();
        println!("{:<32}{at}", "  proofs of records in the log");
        medians.push(waits.at(&[500])[0]);
    }
    if let (Some(first), Some(last)) = (medians.first(), medians.last()) {
        println!("time of a page, largest / smallest     {:.2}", last / first);
    }
    neighbours.report();
    drop(service);
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

/// Every page once, from a server that has none of them in memory.
fn ask(service: &mut Service, paths: &[String]) -> anyhow::Result<(Waits, Duration)> {
    service.start()?;
    let mut client = service.client()?;
    let (started, mut waits) = (Instant::now(), Waits::default());
    for path in paths {
        let sent = Instant::now();
        let answer = client.send(&request(path))?;
        waits.add(sent.elapsed());
        ensure!(answer.status == 200, "{path} answered {}", answer.status);
    }
    let took = started.elapsed();
    service.kill()?;
    Ok((waits, took))
}

/// Proofs of records all over the log, each once, from a server that was just started.
fn prove(service: &mut Service, records: u64) -> anyhow::Result<Waits> {
    const PROOFS: u64 = 500;
    service.start()?;
    let mut client = service.client()?;
    let mut waits = Waits::default();
    for number in 0..PROOFS {
        let path = format!("/log/proof/{}", records / PROOFS * number);
        let sent = Instant::now();
        let answer = client.send(&request(&path))?;
        waits.add(sent.elapsed());
        ensure!(answer.status == 200, "{path} answered {}", answer.status);
    }
    service.kill()?;
    Ok(waits)
}

/// Rows of batches number `from` to `to`, each like the first batch that is there.
pub fn fill(service: &Service, from: u64, to: u64) -> anyhow::Result<()> {
    // Behind the records that are there, so that the log has no gap.
    let place = service.database.open()?.log_end()? - from;
    // Ascending, and even over the whole range of handles.
    let step = i64::MAX as u64 / to;
    match &service.database {
        Database::Sqlite(path) => {
            let mut conn = SqliteConnection::establish(&path.to_string_lossy())?;
            // Nothing of this has to survive anything.
            conn.batch_execute("pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -262144;")?;
            let numbers =
                format!("with recursive n(i) as (select {from} union all select i + 1 from n where i + 1 < {to}) ");
            let handle = format!("unhex(printf('%016x%016x', i * {step}, i))");
            conn.batch_execute(&rows(&numbers, &handle, "randomblob(32)", "'F' || i", place)).context("filling")?;
            conn.batch_execute("pragma journal_mode = wal;")?;
        }
        Database::Postgres(url) => {
            let mut conn = PgConnection::establish(url)?;
            conn.batch_execute("set synchronous_commit = off")?;
            let numbers = format!("with n as (select generate_series({from}::bigint, {to} - 1) as i) ");
            let handle = format!("decode(lpad(to_hex(i * {step}), 16, '0') || lpad(to_hex(i), 16, '0'), 'hex')");
            conn.batch_execute(&rows(&numbers, &handle, "sha256(i::text::bytea)", "'F' || i", place))
                .context("filling")?;
            conn.batch_execute("vacuum analyze")?;
        }
    }
    // Opening it notes where the log ends now and makes the tree over it.
    service.verb(&["migrate"])?;
    Ok(())
}

/// A batch leaves a record, a state, a place in lists and a name.
fn rows(numbers: &str, handle: &str, hash: &str, lot: &str, place: u64) -> String {
    let place = format!("{place} + i");
    format!(
        "insert into records (log_index, subject, seq, kind, hash, bytes) {numbers}
             select {place}, {handle}, 0, 'batch.opened', {hash}, like_it.bytes from n,
             (select bytes from records where kind = 'batch.opened' order by log_index limit 1) like_it;
         insert into subjects (handle, kind, home, head_seq, head_hash, head_recorded_at, first_log_index, state) {numbers}
             select {handle}, 'batch', like_it.home, 0, {hash}, like_it.head_recorded_at, {place}, like_it.state from n,
             (select * from subjects where kind = 'batch' order by first_log_index limit 1) like_it;
         insert into batches (home, first_log_index, handle, product, gtin, lot, stage, opened_on, stocked) {numbers}
             select like_it.home, {place}, {handle}, like_it.product, like_it.gtin, {lot}, like_it.stage, like_it.opened_on,
                 case when i % 100 = 0 then {place} end
             from n, (select * from batches order by first_log_index limit 1) like_it;
         insert into unique_names (scope, name, subject) {numbers}
             select like_it.scope, {lot}, {handle} from n,
             (select scope from unique_names join batches on subject = handle order by first_log_index limit 1) like_it;"
    )
}
