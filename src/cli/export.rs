//! A whole instance out as lines that a person can read, and in again.

use std::path::PathBuf;

use anyhow::bail;
use clap::Args;

use super::settings::{Flags, Settings};
use super::{erase, folder, instance, log, progress, say};
use crate::app::erase::Forbidden;
use crate::app::{backup, exported, moving};

#[derive(Debug, Args)]
pub struct Export {
    /// Folder to make; must not exist
    #[arg(long)]
    to: PathBuf,
}

#[derive(Debug, Args)]
pub struct Import {
    /// Folder that `suyuan export` made
    #[arg(long)]
    from: PathBuf,
}

/// Exports beside a service that may go on writing.
pub fn export(flags: &Flags, arguments: &Export) -> anyhow::Result<()> {
    let settings = Settings::load(flags)?;
    let forbidden = Forbidden::by(&erase::list(&settings)?)?;
    let instance = instance::open_beside(&settings)?;
    let bar = progress::bar(Some(instance.store.log_end()?), "records");
    let contents = folder::make_whole(&arguments.to, |part| {
        Ok(exported::write(&instance.app, part, &forbidden, &mut |done, of| {
            bar.set_length(of);
            bar.set_position(done);
        })?)
    })?;
    bar.finish_and_clear();
    say(format_args!(
        "{} records and {} files are in {}. It holds what was sealed, and contacts: keep it as you keep the database.",
        contents.records(),
        contents.files,
        arguments.to.display()
    ));
    Ok(())
}

/// Imports into an empty place, or goes on where an earlier attempt ended: every record is hashed and held against the head
/// before it.
pub fn import(flags: &Flags, arguments: &Import) -> anyhow::Result<()> {
    let settings = Settings::load(flags)?;
    let from = exported::Export::open(&arguments.from)?;
    let instance = instance::open_now(&settings)?;
    let bar = progress::bar(Some(from.contents().records()), "records");
    let list = erase::list(&settings)?;
    let carried = moving::copy(&from, &*instance.store, &Forbidden::by(&list)?, &mut |done, _| bar.set_position(done))?;
    bar.finish_and_clear();
    let names = instance.store.attachments()?;
    let app = &instance.app;
    let copied = backup::copy_files(&names, &from.files()?, &app.files, &*app.random, &mut |_| {})?;
    crate::app::erase::settle(app, &list, true)?;
    if copied.files < from.contents().files {
        bail!("{} files have arrived, export.json says {}", copied.files, from.contents().files);
    }
    if carried.there > 0 {
        say(format_args!("{} records were there from an earlier attempt.", carried.there));
    }
    say(format_args!("{} records and {} files have arrived, every chain checked.", carried.records, copied.files));
    log::tell_if_left_behind(&settings, &*instance.store)?;
    Ok(())
}
