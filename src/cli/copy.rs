//! A whole instance into another database.

use anyhow::bail;
use clap::Args;

use super::settings::{Flags, Settings};
use super::{erase, instance, progress, say};
use crate::app::erase::Forbidden;
use crate::app::moving;

#[derive(Debug, Args)]
pub struct Arguments {
    /// The database to read: sqlite:PATH or postgres://…
    #[arg(long)]
    from: String,
    /// The database to fill: empty, or filled to some point by an earlier attempt
    #[arg(long)]
    to: String,
}

pub fn run(flags: &Flags, arguments: &Arguments) -> anyhow::Result<()> {
    let settings = Settings::load(flags)?;
    if arguments.from == arguments.to {
        bail!("--from and --to are the same database");
    }
    let from = instance::open_existing(&settings.database_of(&arguments.from)?)?;
    let to = instance::open_store(&settings.database_of(&arguments.to)?)?;
    let bar = progress::bar(Some(from.log_end()?), "records");
    let carried = moving::copy(&*from, &*to, &Forbidden::by(&erase::list(&settings)?)?, &mut |done, of| {
        bar.set_length(of);
        bar.set_position(done);
    })?;
    bar.finish_and_clear();
    if carried.there > 0 {
        say(format_args!("{} records were there from an earlier attempt.", carried.there));
    }
    say(format_args!(
        "{} records have arrived, every chain checked. Photos and documents stay where they are: take --blobs along.",
        carried.records
    ));
    Ok(())
}
