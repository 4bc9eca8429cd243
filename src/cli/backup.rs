//! Backup and restore. A backup is a folder: a SQLite file, whatever engine it came from, the photos and documents by their
//! hashes, and `backup.json`, written last. It appears under its name only when it is whole.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;

use super::settings::{Database, Flags, Settings};
use super::{erase, folder, instance, log, progress, say};
use crate::app::backup::{Copied, Manifest, copy_files};
use crate::app::clock::SystemClock;
use crate::app::erase::{Forbidden, settle};
use crate::app::moving;
use crate::app::randomness::SystemRandomness;
use crate::domain::ports::Clock;
use crate::files::Files;
use crate::log::erased::ErasedList;
use crate::store::Store;
use crate::store::sqlite::snapshot;

const DATABASE: &str = "suyuan.sqlite";
const FILES: &str = "files";
const MANIFEST: &str = "backup.json";
/// In the data folder, while a backup is read.
const RESTORING: &str = "restoring.sqlite";

#[derive(Debug, Args)]
pub struct Backup {
    /// Folder to make; must not exist
    #[arg(long)]
    to: PathBuf,
}

#[derive(Debug, Args)]
pub struct Restore {
    /// Folder that `suyuan backup` made
    #[arg(long)]
    from: PathBuf,
}

/// Backs up beside a service that may go on writing.
pub fn backup(flags: &Flags, arguments: &Backup) -> anyhow::Result<()> {
    let settings = Settings::load(flags)?;
    let manifest = folder::make_whole(&arguments.to, |part| fill(&settings, part))?;
    say(format_args!(
        "{} records and {} files are in {}; the database was read through. Keep it on another machine.",
        manifest.records,
        manifest.files,
        arguments.to.display()
    ));
    Ok(())
}

fn fill(settings: &Settings, part: &Path) -> anyhow::Result<Manifest> {
    let database = part.join(DATABASE);
    let list = erase::list(settings)?;
    match settings.database()? {
        Database::Sqlite(path) if !path.exists() => bail!("there is no database {}", path.display()),
        Database::Sqlite(path) => snapshot(&path, &database)?,
        source @ Database::Postgres(_) => {
            let from = instance::open_existing(&source)?;
            copy_with_bar(&*from, &*instance::open_store(&Database::Sqlite(database.clone()))?, &list)?;
        }
    }
    let store = instance::open_store(&Database::Sqlite(database.clone()))?;
    let copied = copy_files_with_bar(&*store, &Files::open(&settings.blobs()?)?, &Files::open(&part.join(FILES))?)?;
    let manifest = Manifest::of(&*store, SystemClock.now(), copied)?;
    drop(store);
    File::open(&database)?.sync_all()?;
    let written = part.join(MANIFEST);
    fs::write(&written, serde_json::to_string_pretty(&manifest)?)?;
    File::open(&written)?.sync_all()?;
    Ok(manifest)
}

/// Restores into an empty place, of either engine: every record is hashed and held against the head before it.
pub fn restore(flags: &Flags, arguments: &Restore) -> anyhow::Result<()> {
    let settings = Settings::load(flags)?;
    let from = &arguments.from;
    let manifest = fs::read(from.join(MANIFEST))
        .with_context(|| format!("{} holds no {MANIFEST}: it is no backup, or one that broke off", from.display()))?;
    let manifest: Manifest = serde_json::from_slice(&manifest)?;
    let instance = instance::open_now(&settings)?;
    if instance.store.log_end()? > 0 {
        bail!("the database holds records already; restore into an empty data folder or database");
    }
    let list = erase::list(&settings)?;
    // The backup is not written to: a database is, as soon as it is opened.
    let opened = settings.data_dir.join(RESTORING);
    fs::copy(from.join(DATABASE), &opened)?;
    let source = instance::open_store(&Database::Sqlite(opened.clone()))?;
    let found = Manifest::of(&*source, manifest.made_at, Copied { files: manifest.files, missing: manifest.missing })?;
    if (found.records, found.last) != (manifest.records, manifest.last) {
        bail!("the backup holds {} records, its {MANIFEST} says {}", found.records, manifest.records);
    }
    copy_with_bar(&*source, &*instance.store, &list)?;
    let copied = copy_files_with_bar(&*source, &Files::open(&from.join(FILES))?, &instance.app.files)?;
    drop(source);
    remove(&opened)?;
    settle(&instance.app, &list, true)?;
    if copied.files != manifest.files {
        bail!("{} files are in the backup, its {MANIFEST} says {}", copied.files, manifest.files);
    }
    say(format_args!(
        "{} records and {} files are restored, every chain checked. What was recorded after {} is not in it.",
        manifest.records, copied.files, manifest.made_at
    ));
    log::tell_if_left_behind(&settings, &*instance.store)?;
    Ok(())
}

fn copy_with_bar(from: &dyn Store, to: &dyn Store, list: &ErasedList) -> anyhow::Result<()> {
    let bar = progress::bar(Some(from.log_end()?), "records");
    moving::copy(from, to, &Forbidden::by(list)?, &mut |done, of| {
        bar.set_length(of);
        bar.set_position(done);
    })?;
    bar.finish_and_clear();
    Ok(())
}

fn copy_files_with_bar(store: &dyn Store, from: &Files, to: &Files) -> anyhow::Result<Copied> {
    let names = store.attachments()?;
    let bar = progress::bar(Some(names.len() as u64), "files");
    let copied = copy_files(&names, from, to, &SystemRandomness, &mut |done| bar.set_position(done))?;
    bar.finish_and_clear();
    Ok(copied)
}

/// Removes what a restore left that broke off: it may hold what was erased since. The caller holds the lock on the folder.
pub fn remove_left(data: &Path) -> std::io::Result<()> {
    let left = data.join(RESTORING);
    if left.exists() { remove(&left) } else { Ok(()) }
}

/// Removes a database that was opened here, with what SQLite lays beside it.
fn remove(database: &Path) -> std::io::Result<()> {
    fs::remove_file(database)?;
    for beside in ["-wal", "-shm"] {
        let mut name = database.as_os_str().to_owned();
        name.push(beside);
        if Path::new(&name).exists() {
            fs::remove_file(&name)?;
        }
    }
    Ok(())
}
