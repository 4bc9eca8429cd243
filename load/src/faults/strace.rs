//! Faults at the n-th call of a kind that a thread of the server makes, by strace: the call is the end of the process, or it
//! fails.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};

use anyhow::{Context, bail, ensure};
use clap::ValueEnum;

use crate::service::Service;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Fault {
    /// The process ends as by kill -9
    Kill,
    /// The device fails
    Eio,
    /// The device is full
    Enospc,
    /// The file system is read-only
    Erofs,
}

/// Which calls a fault meets.
#[derive(Debug, Clone, Copy)]
pub struct Injection<'a> {
    pub fault: Fault,
    pub call: &'a str,
    /// Counted from one, in each thread.
    pub when: u64,
    /// Whether all that follow fail too.
    pub and_on: bool,
    /// Only calls on these files; on any where there are none.
    pub files: &'a [&'a Path],
}

impl Injection<'_> {
    fn options(&self, trace: &Path) -> Vec<String> {
        let what = match self.fault {
            Fault::Kill => "signal=SIGKILL",
            Fault::Eio => "error=EIO",
            Fault::Enospc => "error=ENOSPC",
            Fault::Erofs => "error=EROFS",
        };
        let Self { call, when, .. } = self;
        let on = if self.and_on { "+" } else { "" };
        let inject = format!("inject={call}:{what}:when={when}{on}");
        let files = self.files.iter().flat_map(|file| ["-P".to_owned(), file.display().to_string()]);
        let options = ["-f", "-o", &trace.display().to_string(), "-e", &format!("trace={call}"), "-e", &inject]
            .map(str::to_owned);
        options.into_iter().chain(files).collect()
    }
}

/// strace at work on a server.
pub struct Attached {
    strace: Child,
    trace: PathBuf,
    // strace ends when nobody reads what it says.
    _said: BufReader<ChildStderr>,
}

impl Attached {
    /// Returns once every thread is watched: from then on calls count.
    pub fn to(service: &Service, injection: &Injection, trace: &Path) -> anyhow::Result<Self> {
        let strace = Command::new("strace")
            .args(injection.options(trace))
            .args(["-p", &service.pid().to_string()])
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn();
        let mut strace = strace.context("strace cannot be run (Debian: strace)")?;
        let mut said = BufReader::new(strace.stderr.take().context("strace's words")?);
        let mut line = String::new();
        said.read_line(&mut line)?;
        if !line.contains(" attached") {
            strace.kill()?;
            bail!("strace said {line:?} in place of attaching");
        }
        Ok(Self { strace, trace: trace.to_owned(), _said: said })
    }

    /// Leaves the server alone again. Answers whether a call was met.
    pub fn detach(mut self) -> anyhow::Result<bool> {
        if self.strace.try_wait()?.is_none() {
            let sent = Command::new("kill").args(["-s", "INT", &self.strace.id().to_string()]).status()?;
            ensure!(sent.success(), "strace cannot be told to end");
            self.strace.wait()?;
        }
        met(&self.trace)
    }
}

/// A command under a fault from its start. Answers whether a call was met, and what the command said.
pub fn run(command: &[String], injection: &Injection, trace: &Path) -> anyhow::Result<(bool, std::process::Output)> {
    let done = Command::new("strace").args(injection.options(trace)).arg("--").args(command).output();
    Ok((met(trace)?, done.context("strace cannot be run (Debian: strace)")?))
}

fn met(trace: &Path) -> anyhow::Result<bool> {
    let mut met = false;
    for line in BufReader::new(File::open(trace)?).lines() {
        let line = line?;
        met |= line.contains("(INJECTED)") || line.contains("+++ killed by SIGKILL");
    }
    Ok(met)
}
