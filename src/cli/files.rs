//! Stored files from the server's own terminal.

use clap::Subcommand;

use super::settings::{Flags, Settings};
use super::{instance, say};
use crate::app::attachments;

#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Remove uploads that no record names; with the service stopped
    Sweep {
        /// Younger ones stay: an act may still be about to name them
        #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(i64).range(1..))]
        older_than_days: i64,
    },
}

pub fn run(flags: &Flags, verb: &Verb) -> anyhow::Result<()> {
    let Verb::Sweep { older_than_days } = verb;
    let instance = instance::open_now(&Settings::load(flags)?)?;
    let before = instance.app.now().plus_minutes(-older_than_days.saturating_mul(24 * 60));
    let swept = attachments::sweep(&instance.app, before)?;
    say(format_args!("{} files of {} bytes that no record names are removed.", swept.files, swept.bytes));
    Ok(())
}
