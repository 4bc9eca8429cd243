//! Folders that appear under their name only when they are whole.

use std::fs::{self, File};
use std::path::Path;

use anyhow::{Context, bail};

/// Makes the folder `to` and has it filled; what breaks off leaves `to` unmade and its beginnings beside it.
pub fn make_whole<T>(to: &Path, fill: impl FnOnce(&Path) -> anyhow::Result<T>) -> anyhow::Result<T> {
    if to.exists() {
        bail!("{} exists already; give a new folder with --to", to.display());
    }
    let part = to.with_extension("part");
    fs::create_dir(&part).with_context(|| {
        format!("{} cannot be made; where an earlier attempt broke off, remove it first", part.display())
    })?;
    let filled = fill(&part)?;
    File::open(&part)?.sync_all()?;
    fs::rename(&part, to)?;
    let parent = to.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(parent)?.sync_all()?;
    Ok(filled)
}
