//! Checking a file that somebody downloaded: no server, no database, no trust.

use std::fs::File;
use std::io::{BufReader, Read as _, Seek as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::say;
use crate::app::audit_pack::judge;
use crate::domain::chain::verify_ndjson;
use crate::domain::record::Digest;
use crate::log::Policy;

#[derive(Debug, Args)]
pub struct Arguments {
    /// File from `/api/v1/batches/{id}/chain` or `/history`, or an audit pack
    file: PathBuf,
    /// Whose signatures you believe, as a C2SP policy file that did not come with the pack
    #[arg(long)]
    policy: Option<PathBuf>,
    /// Hash that the last line must have (the header `Suyuan-Head`)
    #[arg(long)]
    head: Option<Digest>,
}

/// Exit code 0 and one sentence, or 1 and one sentence.
pub fn run(arguments: &Arguments) -> ExitCode {
    match judged(arguments) {
        Ok(sentence) => {
            say(sentence);
            ExitCode::SUCCESS
        }
        Err(sentence) => {
            say(sentence);
            ExitCode::FAILURE
        }
    }
}

fn judged(arguments: &Arguments) -> Result<String, String> {
    let unreadable = |path: &Path, error: std::io::Error| format!("{} cannot be read: {error}.", path.display());
    let file = &arguments.file;
    let mut opened = File::open(file).map_err(|error| unreadable(file, error))?;
    if is_zip(&mut opened).map_err(|error| unreadable(file, error))? {
        let policy = arguments.policy.as_deref().map(policy).transpose()?;
        let verdict = judge::verify(BufReader::new(opened), policy.as_ref(), arguments.head);
        return verdict.map(|verdict| verdict.to_string()).map_err(|fault| fault.to_string());
    }
    if arguments.policy.is_some() {
        return Err("--policy is for audit packs; records alone hold no signature of the log.".to_owned());
    }
    let mut bytes = Vec::new();
    opened.read_to_end(&mut bytes).map_err(|error| unreadable(file, error))?;
    let verified = verify_ndjson(&bytes, arguments.head).map_err(|fault| fault.to_string())?;
    Ok(verified.to_string())
}

/// An archive begins with its first member, or with its end where it has none; a record begins with a brace.
fn is_zip(file: &mut File) -> std::io::Result<bool> {
    let mut first = Vec::new();
    file.take(2).read_to_end(&mut first)?;
    file.rewind()?;
    Ok(first == b"PK")
}

fn policy(path: &Path) -> Result<Policy, String> {
    let bytes = std::fs::read(path).map_err(|error| format!("{} cannot be read: {error}.", path.display()))?;
    Policy::parse(&bytes).map_err(|error| format!("{}: {error}", path.display()))
}
