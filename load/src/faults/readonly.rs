//! A file system that turns read-only under the running server: whatever is read is still read, pages and records alike;
//! writes are answered 5xx in words, and so is `/readyz`. Where the disk takes writes again, so does the service, without a
//! restart.
//!
//! The kernel turns an ext4 read-only by an error, and never back while it is mounted: that the server goes on by itself is
//! shown by calls that fail with EROFS and then no longer do.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use clap::Args;
use serde_json::Value;

use super::day::{self, Day};
use super::disk::{Disk, FileSystem, enter_namespace};
use super::strace::{Attached, Fault, Injection};
use super::trial::Trial;
use crate::county;
use crate::service::{Service, default_binary};

#[derive(Debug, Args)]
pub struct Arguments {
    /// The server [suyuan beside this program]
    #[arg(long)]
    binary: Option<PathBuf>,
    /// Where disk and list are made
    #[arg(long, default_value_os_t = std::env::temp_dir())]
    folder: PathBuf,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    enter_namespace()?;
    let folder = arguments.folder.join(format!("suyuan-readonly-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let done = try_both(&arguments.binary.clone().unwrap_or_else(default_binary), &folder);
    std::fs::remove_file(folder.join("image")).ok();
    let refused = done.with_context(|| format!("log and list in {}", folder.display()))?;
    println!(
        "{refused} writes refused on a read-only disk, reads went on, writing went on when it could, without a restart"
    );
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

fn try_both(binary: &Path, folder: &Path) -> anyhow::Result<usize> {
    let disk = Disk::make(folder, FileSystem::Ext4)?;
    let data = disk.mounted_at.join("data");
    let mut service = Service::new(binary, &data)?.logging_to(folder.join("server.log"));
    let cooperative = county::found(&mut service)?;
    county::register(&service, &cooperative, &county::carton())?;
    let mut test = Trial::on(service, cooperative, folder, 0)?;

    let sound = work(&test, "a-")?;
    ensure!(sound.whole && sound.refused == 0, "a day on a sound disk was not worked through");
    test.start_and_check("a-", &sound.attempts, 1)?;

    let (wal, probe) = (data.join("suyuan.sqlite-wal"), data.join("suyuan.sqlite-probe"));
    let calls =
        Injection { fault: Fault::Erofs, call: "openat,pwrite64,fsync", when: 1, and_on: true, files: &[&wal, &probe] };
    let attached = Attached::to(&test.service, &calls, &folder.join("trace"))?;
    let failing = work(&test, "b-")?;
    refuses_and_reads(&mut test, &failing, &sound)?;
    ensure!(attached.detach()?, "no call failed");
    // The same server, the same keys.
    test.start_and_check("b-", &failing.attempts, 1)?;

    disk.turn_read_only()?;
    let broken = work(&test, "c-")?;
    refuses_and_reads(&mut test, &broken, &sound)?;
    test.service.kill()?;
    let Err(refused) = test.service.verb(&["serve"]) else { bail!("a server starts on a read-only disk") };
    ensure!(format!("{refused:#}").contains("Read-only file system"), "starting on a read-only disk said: {refused:#}");
    disk.unmount()?;
    disk.mount()?;
    test.start_and_check("c-", &broken.attempts, 1)?;
    test.end()?;
    disk.unmount()?;
    Ok(failing.refused + broken.refused)
}

fn work(test: &Trial, prefix: &str) -> anyhow::Result<Day> {
    day::work(&test.service, &test.cooperative, prefix, &test.list(prefix))
}

fn refuses_and_reads(test: &mut Trial, refused: &Day, sound: &Day) -> anyhow::Result<()> {
    ensure!(refused.refused >= 3 && !refused.broken_off, "writes were not refused: {} were", refused.refused);
    let slugs = &refused.slugs;
    ensure!(
        slugs.iter().all(|slug| ["outcome-unknown", "storage-full"].contains(&slug.as_str())),
        "writes were refused as {slugs:?}"
    );
    let mut client = test.service.client()?;
    let ready = client.get("/readyz", "")?.status;
    ensure!(ready == 503, "/readyz answered {ready} on a read-only disk");
    let key = &test.cooperative.key;
    let list = client.get("/api/v1/batches", key)?;
    ensure!(list.status == 200, "batches: {}", list.text());
    let batches: Value = serde_json::from_slice(list.body)?;
    let batch = batches["items"].as_array().context("items")?.last().context("a batch")?.clone();
    let link =
        format!("/01/{}/10/{}", batch["gtin"].as_str().unwrap_or_default(), batch["lot"].as_str().unwrap_or_default());
    let chain = format!("/api/v1/batches/{}/chain", batch["id"].as_str().unwrap_or_default());
    for path in ["/", &link, &chain] {
        let answer = client.get(path, "")?;
        ensure!(answer.status == 200, "{path} answered {} on a read-only disk: {}", answer.status, answer.text());
    }
    day::check_document(&test.service, sound)?;
    ensure!(test.service.ended_within(std::time::Duration::ZERO)?.is_none(), "the server ended");
    Ok(())
}
