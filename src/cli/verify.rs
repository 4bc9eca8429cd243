//! Checking a file that somebody downloaded: no server, no database, no trust.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::say;
use crate::domain::chain::verify_ndjson;
use crate::domain::record::Digest;

#[derive(Debug, Args)]
pub struct Arguments {
    /// File from `/api/v1/batches/{id}/chain` or `/history`
    file: PathBuf,
    /// Hash that the last line must have (the header `Suyuan-Head`)
    #[arg(long)]
    head: Option<Digest>,
}

/// Exit code 0 and one sentence, or 1 and one sentence.
pub fn run(arguments: &Arguments) -> ExitCode {
    let bytes = match std::fs::read(&arguments.file) {
        Ok(bytes) => bytes,
        Err(error) => {
            say(format_args!("{} cannot be read: {error}.", arguments.file.display()));
            return ExitCode::FAILURE;
        }
    };
    match verify_ndjson(&bytes, arguments.head) {
        Ok(verified) => {
            say(verified);
            ExitCode::SUCCESS
        }
        Err(fault) => {
            say(fault);
            ExitCode::FAILURE
        }
    }
}
