//! The power is cut under writers. The server is stopped first: what it answers while the disk dies would be told as lost
//! although it had been synced. `--synchronous normal` shows that the rig bites: it has to lose acknowledged acts.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, ensure};
use clap::{Args, ValueEnum};

use super::disk::{Disk, FileSystem, enter_namespace};
use super::trial::Trial;
use crate::service::{Service, default_binary};

#[derive(Debug, Args)]
pub struct Arguments {
    /// Power cuts
    #[arg(long, default_value_t = 20)]
    rounds: u64,
    /// Writers at once
    #[arg(long, default_value_t = 16)]
    writers: usize,
    /// The server [suyuan beside this program]
    #[arg(long)]
    binary: Option<PathBuf>,
    /// What the disk holds
    #[arg(long, value_enum, default_value_t = FileSystem::Ext4)]
    filesystem: FileSystem,
    /// `normal` syncs no commit: the test has to fail, or it proves nothing
    #[arg(long, value_enum, default_value_t = Synchronous::Full)]
    synchronous: Synchronous,
    /// Where disk and list are made
    #[arg(long, default_value_os_t = std::env::temp_dir())]
    folder: PathBuf,
    /// Repeats the choices of a run
    #[arg(long)]
    seed: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Synchronous {
    Full,
    Normal,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    enter_namespace()?;
    let seed = arguments.seed.unwrap_or_else(|| u64::from(std::process::id()));
    let folder = arguments.folder.join(format!("suyuan-powercut-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let done = cut(arguments, seed, &folder);
    // Mounts go with the namespace; a disk that was lost is of no use to anybody.
    std::fs::remove_file(folder.join("image")).ok();
    done.with_context(|| format!("seed {seed}; log and list in {}", folder.display()))?;
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

fn cut(arguments: &Arguments, seed: u64, folder: &Path) -> anyhow::Result<()> {
    let Arguments { rounds, writers, filesystem, synchronous, .. } = arguments;
    println!("{rounds} rounds, {writers} writers, seed {seed}, on {filesystem:?}, synchronous={synchronous:?}");
    let binary = arguments.binary.clone().unwrap_or_else(default_binary);
    let binary = match synchronous {
        Synchronous::Full => binary,
        Synchronous::Normal => weakened(&binary, folder)?,
    };
    let disk = Disk::make(folder, *filesystem)?;
    let started = Instant::now();
    let service = Service::new(&binary, &disk.mounted_at.join("data"))?.logging_to(folder.join("server.log"));
    let mut test = Trial::found(service, folder, seed)?;
    for number in 0..*rounds {
        let prefix = format!("r{number:05}-");
        let attempts = test.write_until(&prefix, *writers, |service| {
            service.stop()?;
            disk.cut_power()?;
            service.kill()
        })?;
        disk.unmount()?;
        disk.mount()?;
        test.start_and_check(&prefix, &attempts, *writers).with_context(|| format!("round {number}"))?;
    }
    test.end()?;
    ensure!(test.totals.acknowledged as u64 >= *rounds, "hardly anything was acknowledged before the cuts");
    println!(
        "{rounds} power cuts in {:.0} s: {} acts acknowledged, all kept; {} stored, {} of them never answered; slowest start {} ms",
        started.elapsed().as_secs_f64(),
        test.totals.acknowledged,
        test.totals.stored,
        test.totals.unanswered_but_stored,
        test.totals.slowest_start.as_millis()
    );
    disk.unmount()
}

/// A copy of the server in which the one setting is another. The program itself has no switch that would weaken it: the
/// words are changed in the finished file, so that all the rest is what is handed out.
fn weakened(binary: &Path, folder: &Path) -> anyhow::Result<PathBuf> {
    const FULL: &[u8] = b"synchronous = full";
    const NORMAL: &[u8] = b"synchronous = 1   ";
    let mut bytes = std::fs::read(binary).with_context(|| binary.display().to_string())?;
    let places: Vec<usize> =
        bytes.windows(FULL.len()).enumerate().filter(|(_, it)| *it == FULL).map(|(at, _)| at).collect();
    ensure!(places.len() == 1, "`synchronous = full` stands {} times in {}", places.len(), binary.display());
    bytes[places[0]..places[0] + FULL.len()].copy_from_slice(NORMAL);
    let copy = folder.join("suyuan-weakened");
    std::fs::write(&copy, bytes)?;
    std::fs::set_permissions(&copy, std::fs::metadata(binary)?.permissions())?;
    Ok(copy)
}
