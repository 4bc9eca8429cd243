//! A disk in a file, mounted in a mount namespace of our own, whose power can be cut: its file system is told to stop at once
//! and to write nothing more, as the ext4 and XFS developers do in their own tests. What had not been synced is gone then.

use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};
use clap::ValueEnum;

/// Room of the disk: the file is sparse, and XFS wants at least this.
const BYTES: u64 = 400 * 1024 * 1024;

/// Tells the run inside the namespace from the one that opens it.
const INSIDE: &str = "SUYUAN_LOAD_INSIDE_NAMESPACE";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FileSystem {
    Ext4,
    Xfs,
}

pub struct Disk {
    image: PathBuf,
    file_system: FileSystem,
    pub mounted_at: PathBuf,
}

/// Starts this program once more in a mount namespace of its own, so that whatever is mounted goes when it ends. Returns where
/// that has been done.
pub fn enter_namespace() -> anyhow::Result<()> {
    if std::env::var_os(INSIDE).is_some() {
        return Ok(());
    }
    let own = std::env::current_exe()?;
    let error =
        Command::new("unshare").arg("--mount").arg(own).args(std::env::args_os().skip(1)).env(INSIDE, "1").exec();
    Err(error).context("unshare (Debian: util-linux) cannot be run")
}

impl Disk {
    pub fn make(folder: &Path, file_system: FileSystem) -> anyhow::Result<Self> {
        let (image, mounted_at) = (folder.join("image"), folder.join("disk"));
        File::create(&image)?.set_len(BYTES)?;
        std::fs::create_dir_all(&mounted_at)?;
        match file_system {
            FileSystem::Ext4 => run("mkfs.ext4", &["-q", "-F"], &[&image])?,
            FileSystem::Xfs => run("mkfs.xfs", &["-q", "-f"], &[&image])?,
        }
        let disk = Self { image, file_system, mounted_at };
        disk.mount().context("mounting a file as a disk needs root and loop devices")?;
        Ok(disk)
    }

    pub fn mount(&self) -> anyhow::Result<()> {
        let options = match self.file_system {
            FileSystem::Ext4 => "loop,errors=remount-ro",
            FileSystem::Xfs => "loop",
        };
        run("mount", &["-o", options], &[&self.image, &self.mounted_at])
    }

    /// Makes ext4 believe that it met an error: it turns read-only under the files that are open, as it does on a dying disk.
    pub fn turn_read_only(&self) -> anyhow::Result<()> {
        let mounts = std::fs::read_to_string("/proc/self/mounts")?;
        let here = self.mounted_at.to_string_lossy();
        let device = mounts.lines().find_map(|line| {
            let mut words = line.split(' ');
            let device = words.next()?.strip_prefix("/dev/")?;
            (words.next()? == here).then_some(device)
        });
        let device = device.with_context(|| format!("{here} is not mounted"))?;
        let trigger = format!("/sys/fs/ext4/{device}/trigger_fs_error");
        std::fs::write(&trigger, "1").with_context(|| format!("{trigger} cannot be written"))
    }

    /// Nothing more is written, not even the file system's own journal as far as it is in memory.
    pub fn cut_power(&self) -> anyhow::Result<()> {
        run("xfs_io", &["-x", "-c", "shutdown"], &[&self.mounted_at])
    }

    pub fn unmount(&self) -> anyhow::Result<()> {
        run("umount", &[], &[&self.mounted_at])
    }
}

fn run(program: &str, options: &[&str], paths: &[&Path]) -> anyhow::Result<()> {
    let done = Command::new(program).args(options).args(paths).output();
    let done = done.with_context(|| format!("{program} cannot be run (Debian: e2fsprogs, xfsprogs, mount)"))?;
    if !done.status.success() {
        bail!("{program}: {}", String::from_utf8_lossy(&done.stderr).trim());
    }
    Ok(())
}
