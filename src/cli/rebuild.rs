//! Projections anew.

use super::settings::{Flags, Settings};
use super::{instance, progress, say};

pub fn run(flags: &Flags) -> anyhow::Result<()> {
    let instance = instance::open_without_log(&Settings::load(flags)?)?;
    let bar = progress::bar(None, "records");
    let records = instance.store.rebuild(&mut |done| bar.set_position(done))?;
    bar.finish_and_clear();
    say(format_args!("{records} records read, all projections made anew."));
    Ok(())
}
