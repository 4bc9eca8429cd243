//! Stored files from the server's own terminal.

use anyhow::bail;
use clap::Subcommand;

use super::settings::{Database, Flags, Settings};
use super::{instance, say};
use crate::app::attachments;

#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Remove uploads that no record names; with the service stopped
    Sweep {
        /// Younger ones stay: an act may still be about to name them
        #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(i64).range(1..))]
        older_than_days: i64,
        /// Over PostgreSQL: that no instance of the service runs anywhere, which this program cannot see
        #[arg(long)]
        every_instance_is_stopped: bool,
    },
}

pub fn run(flags: &Flags, verb: &Verb) -> anyhow::Result<()> {
    let Verb::Sweep { older_than_days, every_instance_is_stopped } = verb;
    let settings = Settings::load(flags)?;
    if matches!(settings.database()?, Database::Postgres(_)) && !every_instance_is_stopped {
        bail!("stop every instance of the service, then say so with --every-instance-is-stopped");
    }
    let instance = instance::open_without_log(&settings)?;
    let before = instance.app.now().plus_minutes(-older_than_days.saturating_mul(24 * 60));
    let swept = attachments::sweep(&instance.app, before)?;
    say(format_args!("{} files of {} bytes that no record names are removed.", swept.files, swept.bytes));
    Ok(())
}
