//! A reader that stays while others write: writing goes on, the write-ahead log grows and says so (metric, warning), and is
//! short again once the reader has gone.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use clap::Args;

use super::trial::Trial;
use crate::database::Reader;
use crate::service::{Service, default_binary};

/// What the log is brought back to, and what it is warned of from on (`src/store/sqlite/wal.rs`).
const KEPT_BYTES: u64 = 64 << 20;
const ALARM_BYTES: u64 = 2 * KEPT_BYTES;

#[derive(Debug, Args)]
pub struct Arguments {
    /// How long the reader stays, at the least: it waits for the alarm
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Writers at once
    #[arg(long, default_value_t = 16)]
    writers: usize,
    /// The server [suyuan beside this program]
    #[arg(long)]
    binary: Option<PathBuf>,
    /// Where data folder and list are made
    #[arg(long, default_value_os_t = std::env::temp_dir())]
    folder: PathBuf,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let folder = arguments.folder.join(format!("suyuan-reader-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let binary = arguments.binary.clone().unwrap_or_else(default_binary);
    let service = Service::new(&binary, &folder.join("data"))?;
    let mut test = Trial::found(service, &folder, 0)?;
    let (mut grown, mut stayed) = (0, Duration::ZERO);
    let attempts = test.write_until("reader-", arguments.writers, |service| {
        (grown, stayed) = read_long(service, Duration::from_secs(arguments.seconds))?;
        shrinks(service)?;
        service.kill()
    })?;
    test.start_and_check("reader-", &attempts, arguments.writers)?;
    test.end()?;
    let log = std::fs::read_to_string(folder.join("data.log"))?;
    ensure!(log.contains("the write-ahead log grows"), "the service did not warn of its log");
    println!(
        "a reader stayed for {:.0} s: {} acts acknowledged meanwhile and after, the log grew to {} MB, was warned of, and is \
         short again",
        stayed.as_secs_f64(),
        test.totals.acknowledged,
        grown >> 20
    );
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

/// Holds one view of the database. Answers how long the log was at the end, and how long that took.
fn read_long(service: &Service, at_least: Duration) -> anyhow::Result<(u64, Duration)> {
    let mut reader = Reader::open(&service.database)?;
    reader.stay()?;
    let (begun, mut records) = (Instant::now(), log_end(service)?);
    let seen = reader.log(0)?.len();
    loop {
        std::thread::sleep(Duration::from_secs(1));
        let now = log_end(service)?;
        ensure!(now > records, "nothing was written for a second while a reader stayed");
        records = now;
        let length = wal_bytes(service)?;
        if begun.elapsed() >= at_least && length > ALARM_BYTES {
            ensure!(reader.log(0)?.len() == seen, "the reader did not keep its view");
            let told = gauge(service)?;
            ensure!(told > KEPT_BYTES, "the metric says {told} bytes, the log has {length}");
            return Ok((length, begun.elapsed()));
        }
        ensure!(begun.elapsed() < at_least + Duration::from_secs(60), "the log has not grown: {length} bytes");
    }
}

/// The reader has gone; writing goes on.
fn shrinks(service: &Service) -> anyhow::Result<()> {
    let begun = Instant::now();
    while wal_bytes(service)? > KEPT_BYTES || gauge(service)? > KEPT_BYTES {
        if begun.elapsed() > Duration::from_secs(20) {
            bail!("the log still has {} bytes", wal_bytes(service)?);
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

fn wal_bytes(service: &Service) -> anyhow::Result<u64> {
    Ok(std::fs::metadata(service.folder.join("suyuan.sqlite-wal"))?.len())
}

fn log_end(service: &Service) -> anyhow::Result<usize> {
    Ok(Reader::open(&service.database)?.log(0)?.len())
}

/// `suyuan_wal_bytes` as the service tells it.
fn gauge(service: &Service) -> anyhow::Result<u64> {
    let mut client = service.client()?;
    let text = client.get("/metrics", "")?.text().into_owned();
    let line = text.lines().find_map(|line| line.strip_prefix("suyuan_wal_bytes "));
    Ok(line.with_context(|| format!("no suyuan_wal_bytes in {text}"))?.trim().parse::<f64>()? as u64)
}
