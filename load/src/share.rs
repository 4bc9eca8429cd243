//! A share of the processor that a process is held to, as a container is: a control group of its own, under which the kernel gives it
//! so much time in each period. Needs root; takes whichever of the two versions of control groups is mounted.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, bail};

/// Short, so that who has used its time up waits a few milliseconds and not a tenth of a second.
const PERIOD_US: u32 = 10_000;

/// The group of one process; gone with it.
pub struct Held {
    folder: PathBuf,
}

impl Held {
    /// `cores`: 0.25 is a quarter of one core.
    pub fn to(pid: u32, cores: f64) -> anyhow::Result<Self> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let quota = (f64::from(PERIOD_US) * cores).round() as u32;
        let name = format!("suyuan-load-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let (first, second) = (Path::new("/sys/fs/cgroup/cpu"), Path::new("/sys/fs/cgroup"));
        let (root, settings) = if first.join("cpu.cfs_quota_us").exists() || first.join("cgroup.procs").exists() {
            let settings = vec![("cpu.cfs_period_us", PERIOD_US.to_string()), ("cpu.cfs_quota_us", quota.to_string())];
            (first, settings)
        } else if second.join("cgroup.controllers").exists() {
            (second, vec![("cpu.max", format!("{quota} {PERIOD_US}"))])
        } else {
            bail!("no control groups are mounted at /sys/fs/cgroup");
        };
        let held = Self { folder: root.join(name) };
        fs::create_dir(&held.folder).with_context(|| format!("{} (this needs root)", held.folder.display()))?;
        for (file, value) in settings {
            fs::write(held.folder.join(file), value).with_context(|| file.to_owned())?;
        }
        fs::write(held.folder.join("cgroup.procs"), pid.to_string()).context("cgroup.procs")?;
        Ok(held)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // A group whose process has not ended yet stays until the machine is started anew; it holds nobody else.
        let _ = fs::remove_dir(&self.folder);
    }
}
