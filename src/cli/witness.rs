//! A witness: its key, and serving it. Everything it has is in one folder, which no other process may use.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use actix_web::web::Data;
use anyhow::{Context, bail};
use clap::{Args, Subcommand};

use super::settings::{Flags, Settings};
use super::{instance, say};
use crate::app::clock::SystemClock;
use crate::app::randomness::SystemRandomness;
use crate::app::witness::Witness;
use crate::domain::ports::Randomness as _;
use crate::http::witness as served;
use crate::log::{CosigningKey, SignatureType, VerifierKey, keyring, witness};

#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Make the witness' key and print the public one, for the policy files of others
    Key {
        #[command(flatten)]
        place: Place,
        /// Name of the witness for ever, a URL without scheme such as witness.example
        #[arg(long)]
        name: String,
    },
    /// Serve POST /add-checkpoint on --listen, until a signal comes
    Serve {
        #[command(flatten)]
        place: Place,
        /// Public key of a log to witness; may be given several times. Besides those in the file `logs` of the folder, one a line
        #[arg(long)]
        log: Vec<VerifierKey>,
    },
    /// Print the public key and the checkpoint of each log that was cosigned last
    Status {
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Debug, Args)]
pub struct Place {
    /// Folder of the witness: its key, its list of logs, what it cosigned. Never put it back to an older state
    #[arg(long)]
    dir: PathBuf,
}

pub fn run(flags: &Flags, verb: &Verb) -> anyhow::Result<()> {
    match verb {
        Verb::Key { place, name } => key(&place.dir, name),
        Verb::Serve { place, log } => serve(flags, &place.dir, log),
        Verb::Status { place } => status(&place.dir),
    }
}

fn key(folder: &Path, name: &str) -> anyhow::Result<()> {
    let mut builder = DirBuilder::new();
    let made = builder.recursive(true).mode(0o700).create(folder);
    made.with_context(|| format!("{} cannot be made", folder.display()))?;
    let path = folder.join("key");
    if path.exists() {
        bail!("there is a key already ({}); a witness keeps its key", path.display());
    }
    let mut seed = zeroize::Zeroizing::new([0; 32]);
    SystemRandomness.fill(&mut *seed);
    let key = CosigningKey::from_seed(name, &seed).context("--name")?;
    keyring::write_cosigning(&path, &key)?;
    say(key.verifier());
    Ok(())
}

fn open(folder: &Path, more: &[VerifierKey]) -> anyhow::Result<crate::log::Witness> {
    let path = folder.join("key");
    let key = keyring::read_cosigning(&path)?
        .with_context(|| format!("there is no key ({}); make one with `suyuan witness key`", path.display()))?;
    let list = folder.join("logs");
    let mut logs = match std::fs::read_to_string(&list) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        read => {
            let text = read.with_context(|| format!("{} cannot be read", list.display()))?;
            witness::parse_logs(&text).with_context(|| format!("{}", list.display()))?
        }
    };
    for log in more {
        logs.push(log.clone().must_be(SignatureType::Ed25519).context("--log")?);
    }
    witness_of(folder, key, logs)
}

fn witness_of(folder: &Path, key: CosigningKey, logs: Vec<VerifierKey>) -> anyhow::Result<crate::log::Witness> {
    if logs.is_empty() {
        bail!(
            "no log is named; give its public key with --log, or one a line in {}; a log tells its key at /log/key",
            folder.join("logs").display()
        );
    }
    crate::log::Witness::open(folder, key, logs).context("what this witness cosigned cannot be read")
}

fn serve(flags: &Flags, folder: &Path, logs: &[VerifierKey]) -> anyhow::Result<()> {
    let settings = Settings::load(flags)?;
    instance::start_logging(settings.log_format);
    if !folder.is_dir() {
        bail!("there is no folder {}; make it with `suyuan witness key`", folder.display());
    }
    let lock = instance::lock(folder)?;
    let witness = open(folder, logs)?;
    let listener = instance::listen(&settings.listen)?;
    let names: Vec<&str> = witness.logs().iter().map(VerifierKey::name).collect();
    tracing::info!(address = %listener.local_addr()?, vkey = %witness.key(), logs = names.join(", "), "serving");
    let witness = Data::new(Witness::new(witness, Arc::new(SystemClock)));
    let served = actix_web::rt::System::new().block_on(served::run(listener, witness));
    drop(lock);
    Ok(served?)
}

fn status(folder: &Path) -> anyhow::Result<()> {
    let path = folder.join("key");
    let key = keyring::read_cosigning(&path)?.with_context(|| format!("there is no key ({})", path.display()))?;
    say(key.verifier());
    for seen in witness::all_seen(folder)? {
        say(format_args!("\n{}", seen.note));
    }
    Ok(())
}
