//! The server dies at its n-th system call of a kind, or the call fails, for every n of a short working day: while the
//! instance is founded, while acts are written, while the server ends. Over SQLite; PostgreSQL's own calls are its makers' to
//! try.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use clap::{Args, ValueEnum};

use super::day::{self, Day};
use super::strace::{self, Attached, Fault, Injection};
use super::trial::Trial;
use crate::county::{self, Cooperative};
use crate::database::Reader;
use crate::service::{Service, default_binary};

#[derive(Debug, Args)]
pub struct Arguments {
    /// What becomes of the call
    #[arg(long, value_enum, default_value_t = Fault::Kill)]
    fault: Fault,
    /// Kinds of calls
    #[arg(long, value_delimiter = ',', default_value = "fsync,fdatasync,pwrite64,ftruncate,rename,unlink,linkat")]
    calls: Vec<String>,
    /// Every call, or every second, third …
    #[arg(long, default_value_t = 1)]
    step: u64,
    /// Every call after the n-th fails too, until the fault ends
    #[arg(long)]
    and_on: bool,
    /// The server [suyuan beside this program]
    #[arg(long)]
    binary: Option<PathBuf>,
    /// Where data folders and lists are made
    #[arg(long, default_value_os_t = std::env::temp_dir())]
    folder: PathBuf,
}

/// What the server does while the fault waits for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Phase {
    Founding,
    Working,
    Ending,
}

#[derive(Default)]
struct Totals {
    faults: u64,
    ended: u64,
    refused: usize,
    acknowledged: usize,
}

struct Place<'a> {
    arguments: &'a Arguments,
    binary: PathBuf,
    folder: PathBuf,
    /// Of the county that each working day begins with.
    cooperative: Cooperative,
    totals: Totals,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let folder = arguments.folder.join(format!("suyuan-syscalls-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let started = Instant::now();
    let binary = arguments.binary.clone().unwrap_or_else(default_binary);
    let cooperative = prepare(&binary, &folder)?;
    let mut place = Place { arguments, binary, folder: folder.clone(), cooperative, totals: Totals::default() };
    for call in &arguments.calls {
        for phase in [Phase::Founding, Phase::Working, Phase::Ending] {
            let met = place.every(call, phase)?;
            println!("{call} while {phase:?}: {met} calls, each met by {:?}", arguments.fault);
        }
    }
    let Totals { faults, ended, refused, acknowledged } = place.totals;
    ensure!(faults > 0, "no call was met: nothing was tried");
    println!(
        "{faults} faults ({:?}) in {:.0} s: the process ended {ended} times, {refused} requests were answered 5xx, \
         {acknowledged} acts acknowledged, all kept",
        arguments.fault,
        started.elapsed().as_secs_f64()
    );
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

/// The county, ended in good order, that is copied for each day.
fn prepare(binary: &Path, folder: &Path) -> anyhow::Result<Cooperative> {
    let mut service = Service::new(binary, &folder.join("prepared"))?;
    let cooperative = county::found(&mut service)?;
    county::register(&service, &cooperative, &county::carton())?;
    service.signal("TERM")?;
    service.ended_within(Duration::from_secs(20))?.context("the server does not end")?;
    Ok(cooperative)
}

impl Place<'_> {
    /// The n-th call for every n, until there is none. Answers how many were met.
    fn every(&mut self, call: &str, phase: Phase) -> anyhow::Result<u64> {
        let mut met = 0;
        for when in (1..).step_by(self.arguments.step as usize) {
            let injection =
                Injection { fault: self.arguments.fault, call, when, and_on: self.arguments.and_on, files: &[] };
            let was_met = match phase {
                Phase::Founding => self.founding(&injection),
                Phase::Working | Phase::Ending => self.day(&injection, phase),
            };
            let what = || format!("{injection:?} while {phase:?}; data in {}", self.folder.display());
            if !was_met.with_context(what)? {
                break;
            }
            met += 1;
        }
        self.totals.faults += met;
        Ok(met)
    }

    fn fresh(&self, copy: bool) -> anyhow::Result<Service> {
        let data = self.folder.join("data");
        if data.exists() {
            std::fs::remove_dir_all(&data)?;
        }
        if copy {
            let copied = Command::new("cp").arg("-a").arg(self.folder.join("prepared")).arg(&data).status()?;
            ensure!(copied.success(), "the prepared folder cannot be copied");
        }
        Service::new(&self.binary, &data)
    }

    fn day(&mut self, injection: &Injection, phase: Phase) -> anyhow::Result<bool> {
        let mut service = self.fresh(true)?;
        service.start()?;
        let mut test = Trial::on(service, self.cooperative.clone(), &self.folder, 0)?;
        let list = test.list(PREFIX);
        let work = |test: &Trial| day::work(&test.service, &self.cooperative, PREFIX, &list);
        let trace = self.folder.join("trace");
        let (day, met): (Day, bool) = if phase == Phase::Working {
            let attached = Attached::to(&test.service, injection, &trace)?;
            let day = work(&test)?;
            let patience = if day.broken_off { Duration::from_secs(5) } else { Duration::ZERO };
            let ended = test.service.ended_within(patience)?;
            ensure!(ended.is_some() || !day.broken_off, "the server goes on and does not answer");
            self.note_end(ended)?;
            (day, attached.detach()?)
        } else {
            let day = work(&test)?;
            ensure!(day.whole, "a day without a fault was not worked through");
            let attached = Attached::to(&test.service, injection, &trace)?;
            test.service.signal("TERM")?;
            let ended = test.service.ended_within(Duration::from_secs(20))?;
            ensure!(ended.is_some(), "the server does not end");
            (day, attached.detach()?)
        };
        self.totals.refused += day.refused;
        test.start_and_check(PREFIX, &day.attempts, 1)?;
        day::check_document(&test.service, &day)?;
        ensure!(met || day.whole, "a day without a fault was not worked through");
        self.totals.acknowledged += test.totals.acknowledged;
        test.end()?;
        Ok(met)
    }

    /// A server that ends by itself says so by its code.
    fn note_end(&mut self, ended: Option<std::process::ExitStatus>) -> anyhow::Result<()> {
        use std::os::unix::process::ExitStatusExt;
        let Some(status) = ended else { return Ok(()) };
        self.totals.ended += 1;
        match self.arguments.fault {
            Fault::Kill => ensure!(status.signal() == Some(9), "the server ended with {status}"),
            Fault::Eio | Fault::Enospc | Fault::Erofs => {
                ensure!(status.code() == Some(74), "the server ended with {status}")
            }
        }
        Ok(())
    }

    /// Whatever the fault leaves of a new instance: founding it again works, or it is there and works.
    fn founding(&mut self, injection: &Injection) -> anyhow::Result<bool> {
        let mut service = self.fresh(false)?;
        let mut command = vec![self.binary.display().to_string()];
        command.extend(["init", "--name", "示范县农业农村局", "--uscc", "11999001MA0000423G"].map(str::to_owned));
        command.extend(service.flags());
        let (met, done) = strace::run(&command, injection, &self.folder.join("trace"))?;
        ensure!(met || done.status.success(), "init: {}", String::from_utf8_lossy(&done.stderr));
        if !done.status.success() {
            self.totals.ended += 1;
            let again = service.init();
            let there = again.as_ref().err().is_some_and(|error| error.to_string().contains("has an operator already"));
            ensure!(again.is_ok() || there, "founding again: {again:?}");
        }
        service.start().context("a start after founding")?;
        let mut reader = Reader::open(&service.database)?;
        let (records, verdict) = (reader.log(0)?.len(), reader.integrity()?);
        ensure!(records == 1 && verdict == "ok", "{records} records in place of the operator's; {verdict}");
        service.kill()?;
        Ok(met)
    }
}

const PREFIX: &str = "day-";
