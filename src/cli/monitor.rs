//! Following a log as an outsider: every checkpoint, every entry. Trusts nothing that the log says of itself but, at the first
//! time and unless told otherwise, its key.

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, anyhow};
use clap::Args;

use super::settings::{Flags, Settings};
use super::{instance, progress, say};
use crate::domain::merkle::{ProofError, Tile, TileLevel, TreeHead, bundle, consistency, verify_consistency};
use crate::log::fetch::RemoteLog;
use crate::log::monitor::{Alarm, Monitor};
use crate::log::policy::PolicyFault;
use crate::log::{Policy, SignedCheckpoint, VerifierKey, witness};

#[derive(Debug, Args)]
pub struct Arguments {
    /// Address of the service, such as https://sy.example, or of its log
    url: String,
    /// Folder for what is remembered from one run to the next; one a log
    #[arg(long)]
    state: PathBuf,
    /// Public key of the log; may be given several times. Without it the keys that the log tells at the first run stay for ever
    #[arg(long)]
    vkey: Vec<VerifierKey>,
}

/// Why a run did not end well.
enum Trouble {
    /// The log broke its word.
    Alarm(Alarm, Option<String>),
    /// Nothing can be said.
    Later(anyhow::Error),
}

impl From<Alarm> for Trouble {
    fn from(alarm: Alarm) -> Self {
        Self::Alarm(alarm, None)
    }
}

impl From<anyhow::Error> for Trouble {
    fn from(error: anyhow::Error) -> Self {
        Self::Later(error)
    }
}

/// How often a checkpoint is asked for that is smaller than it was: one of several servers may be a moment behind.
const TRIES: u32 = 4;

/// Exit code 0: the log kept its word; 1: it did not; 2: it could not be told.
pub fn run(flags: &Flags, arguments: &Arguments) -> ExitCode {
    let (code, sentence) = match follow(flags, arguments) {
        Ok(sentence) => {
            say(sentence);
            return ExitCode::SUCCESS;
        }
        Err(Trouble::Alarm(alarm, note)) => {
            let kept = note.and_then(|note| replace(&arguments.state.join("alarm"), note.as_bytes()).err());
            let kept = kept.map_or(String::new(), |error| format!(" (the checkpoint could not be kept: {error})"));
            (1, format!("ALARM: {alarm}.{kept}"))
        }
        Err(Trouble::Later(error)) => (2, format!("not checked: {error:#}")),
    };
    #[expect(clippy::print_stderr, reason = "this is where the program speaks")]
    {
        eprintln!("suyuan: {sentence}");
    }
    ExitCode::from(code)
}

fn follow(flags: &Flags, arguments: &Arguments) -> Result<String, Trouble> {
    let folder = &arguments.state;
    fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let _lock = instance::lock(folder)?;
    let log = RemoteLog::at(&arguments.url);
    let mut monitor = remembered(folder)?;
    let policy = policy(flags, arguments, &log, &monitor)?;
    let before = monitor.size();
    // First what was witnessed, then what is newest: the second may not be smaller.
    let witnessed = witnessed(&log, &policy)?;
    let newest = newest(&log, &policy, &monitor)?;
    let evidence = |trouble: Trouble| match trouble {
        Trouble::Alarm(alarm, _) => Trouble::Alarm(alarm, Some(newest.note.to_string())),
        later => later,
    };
    let read = || -> Result<SignedCheckpoint, Trouble> {
        consistent(&log, monitor.tree(), &newest)?;
        let accepted = accepted(&policy, witnessed, &newest)?;
        consistent(&log, accepted.checkpoint.tree(), &newest)?;
        if accepted.checkpoint.size >= before {
            read(&log, &mut monitor, &accepted)?;
        }
        Ok(accepted)
    };
    let accepted = read().map_err(evidence)?;
    replace(&folder.join("state"), &monitor.to_file())?;
    let approval = policy.satisfied(&accepted).map_err(Alarm::Policy)?;
    let names: Vec<&str> = approval.witnesses.iter().map(|(witness, _)| witness.name.as_str()).collect();
    let by = if names.is_empty() { String::new() } else { format!(", cosigned by {}", names.join(", ")) };
    Ok(format!(
        "{} kept its word: {} records of {} subjects, {} of them new{by}.",
        newest.checkpoint.origin,
        monitor.size(),
        monitor.subjects(),
        monitor.size() - before
    ))
}

fn remembered(folder: &Path) -> anyhow::Result<Monitor> {
    let path = folder.join("state");
    match fs::read(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Monitor::default()),
        read => {
            let bytes = read.with_context(|| format!("{} cannot be read", path.display()))?;
            Monitor::from_file(&bytes).with_context(|| format!("{}", path.display()))
        }
    }
}

/// The policy with the keys of the log: those given, those in the policy, else those that the log told at the first run.
fn policy(flags: &Flags, arguments: &Arguments, log: &RemoteLog, monitor: &Monitor) -> anyhow::Result<Policy> {
    let file = match Settings::load(flags)?.policy {
        Some(path) => fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?,
        None => b"quorum none\n".to_vec(),
    };
    let mut policy = Policy::parse(&file).context("--policy")?;
    arguments.vkey.iter().for_each(|key| policy.trust_log(key.clone()));
    if !policy.logs().is_empty() {
        return Ok(policy);
    }
    let path = arguments.state.join("keys");
    let text = match fs::read_to_string(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound && monitor.size() == 0 => {
            let text = String::from_utf8(log.fetch("key")?).context("the log's keys are not text")?;
            witness::parse_logs(&text).context("the log's keys cannot be read")?;
            replace(&path, text.as_bytes())?;
            text
        }
        read => read.with_context(|| format!("{} cannot be read; give the log's key with --vkey", path.display()))?,
    };
    let keys = witness::parse_logs(&text).with_context(|| format!("{}", path.display()))?;
    keys.into_iter().for_each(|key| policy.trust_log(key));
    Ok(policy)
}

/// The newest checkpoint that enough witnesses cosigned, as the log says, where the policy wants any.
fn witnessed(log: &RemoteLog, policy: &Policy) -> Result<Option<SignedCheckpoint>, Trouble> {
    if !policy.needs_witnesses() {
        return Ok(None);
    }
    log.find("witnessed").context("the log does not answer")?.as_deref().map(parse).transpose()
}

/// The newest checkpoint of all, signed by the log, and not smaller than what was read.
fn newest(log: &RemoteLog, policy: &Policy, monitor: &Monitor) -> Result<SignedCheckpoint, Trouble> {
    let keys: Vec<VerifierKey> = policy.logs().iter().map(|log| log.key.clone()).collect();
    let mut tried = 0;
    loop {
        let signed = parse(&log.fetch("checkpoint").context("the log does not answer")?)?;
        let checked = signed.verify(&keys).map_err(Alarm::Checkpoint).and_then(|_| monitor.compare(&signed));
        match checked {
            Err(Alarm::Shrunk { .. }) if tried + 1 < TRIES => {
                tried += 1;
                std::thread::sleep(Duration::from_millis(500));
            }
            Err(alarm) => return Err(Trouble::Alarm(alarm, Some(signed.note.to_string()))),
            Ok(()) => return Ok(signed),
        }
    }
}

/// What the policy accepts: the newest checkpoint, else the one that was witnessed. That a witness is away proves nothing against
/// the log, and nothing for it.
fn accepted(
    policy: &Policy,
    witnessed: Option<SignedCheckpoint>,
    newest: &SignedCheckpoint,
) -> Result<SignedCheckpoint, Trouble> {
    let mut missed = None;
    for signed in [Some(newest.clone()), witnessed].into_iter().flatten() {
        match policy.satisfied(&signed) {
            Ok(_) => return Ok(signed),
            Err(fault @ PolicyFault::Quorum { .. }) => missed = Some(fault),
            Err(fault) => return Err(Alarm::Policy(fault).into()),
        }
    }
    Err(Trouble::Later(missed.map_or_else(|| anyhow!("there is no checkpoint"), |fault| anyhow!(fault))))
}

fn parse(bytes: &[u8]) -> Result<SignedCheckpoint, Trouble> {
    // Nobody signed this: it may come from whoever stands between.
    Ok(SignedCheckpoint::parse(bytes).context("what answers there is no log")?)
}

/// Proves by tiles that the log only grew since it was this tree.
fn consistent(log: &RemoteLog, before: TreeHead, new: &SignedCheckpoint) -> Result<(), Trouble> {
    let now = &new.checkpoint;
    let proof = consistency(log, before.size, now.size).map_err(|error| match error {
        ProofError::Tiles(error) => anyhow!(error),
        other => anyhow!(other.to_string()),
    })?;
    let fault = |fault| Alarm::Rewritten { before: before.size, now: now.size, fault };
    Ok(verify_consistency(before.size, now.size, &before.root, &now.root, &proof).map_err(fault)?)
}

/// Reads what is new and builds the tree from it.
fn read(log: &RemoteLog, monitor: &mut Monitor, signed: &SignedCheckpoint) -> Result<(), Trouble> {
    let now = &signed.checkpoint;
    let bar = progress::bar(Some(now.size - monitor.size()), "reading the log");
    while monitor.size() < now.size {
        let known = monitor.size();
        let number = known / u64::from(Tile::FULL);
        let tile = Tile::in_tree(TileLevel::Entries, number, now.size).context("the log has no such entries")?;
        let entry = |fault| Alarm::Entry { index: number * u64::from(Tile::FULL), fault };
        let mut leaves = bundle::read(&log.tile(tile).map_err(|error| anyhow!(error))?).map_err(entry)?;
        // Where the partial bundle is gone, the full one holds more than was signed.
        leaves.truncate(tile.width.into());
        let again = (known % u64::from(Tile::FULL)) as usize;
        if leaves.len() != usize::from(tile.width) {
            return Err(Trouble::Later(anyhow!("the log gives {} of {} entries of {tile}", leaves.len(), tile.width)));
        }
        monitor.compare_again(&leaves[..again])?;
        monitor.read(&leaves[again..])?;
        bar.inc(monitor.size() - known);
    }
    bar.finish_and_clear();
    Ok(monitor.settle(signed)?)
}

/// A file that is whole or as it was.
fn replace(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let failed = || format!("{} cannot be written", path.display());
    let new = path.with_extension("new");
    let write = || -> std::io::Result<()> {
        let mut file = File::create(&new)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&new, path)?;
        File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()
    };
    write().with_context(failed)
}
