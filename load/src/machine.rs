//! On what it was measured, and whether somebody else used the machine meanwhile. Linux only: reads `/proc`.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::time::{Duration, Instant};

/// One line about processor, memory, kernel and the disk's sync rate.
pub fn describe(folder: &Path) -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let after = |text: &str, key: &str| {
        let line = text.lines().find(|line| line.starts_with(key)).unwrap_or_default();
        line.split_once(':').map_or("unknown", |(_, value)| value.trim()).to_owned()
    };
    let memory: u64 =
        after(&read("/proc/meminfo"), "MemTotal").split(' ').next().and_then(|kb| kb.parse().ok()).unwrap_or(0);
    format!(
        "machine: {} cores, {}, {:.1} GiB, Linux {}; disk {}: {:.0} overwrites of 4 KiB with fdatasync a second",
        cores(),
        after(&read("/proc/cpuinfo"), "model name"),
        memory as f64 / 1024.0 / 1024.0,
        read("/proc/sys/kernel/osrelease").trim(),
        folder.display(),
        syncs(folder).unwrap_or_default()
    )
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(0, usize::from)
}

fn syncs(folder: &Path) -> std::io::Result<f64> {
    let path = folder.join("sync.probe");
    let mut file = File::create(&path)?;
    let page = [7; 4096];
    let (started, mut count) = (Instant::now(), 0);
    while started.elapsed() < Duration::from_millis(500) {
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&page)?;
        file.sync_data()?;
        count += 1;
    }
    std::fs::remove_file(path)?;
    Ok(f64::from(count) / started.elapsed().as_secs_f64())
}

/// Processor time of the machine and of ourselves with all ended children, in clock ticks.
#[derive(Clone, Copy)]
struct Ticks {
    machine: u64,
    own: u64,
}

/// What others did on the machine meanwhile.
pub struct Neighbours {
    before: Ticks,
    started: Instant,
}

impl Neighbours {
    pub fn watch() -> Self {
        Self { before: ticks(), started: Instant::now() }
    }

    /// Share of all cores that others used. Children must have ended.
    pub fn share(&self) -> f64 {
        let now = ticks();
        let others = (now.machine - self.before.machine).saturating_sub(now.own - self.before.own);
        // A tick is 10 ms on every Linux that we know.
        others as f64 / 100.0 / self.started.elapsed().as_secs_f64() / cores() as f64
    }

    pub fn report(&self) {
        println!("others used {:.0} % of the processor meanwhile", 100.0 * self.share());
    }
}

fn ticks() -> Ticks {
    let stat = std::fs::read_to_string("/proc/stat").unwrap_or_default();
    let fields: Vec<u64> =
        stat.lines().next().unwrap_or_default().split_whitespace().skip(1).filter_map(|it| it.parse().ok()).collect();
    // user nice system idle iowait irq softirq steal
    let machine = fields.iter().take(8).sum::<u64>() - fields.iter().skip(3).take(2).sum::<u64>();
    Ticks { machine, own: of_stat("self", 13..17) }
}

fn of_stat(process: &str, fields: std::ops::Range<usize>) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The name in brackets may hold spaces: count from behind it, where field 3 stands.
    let rest = stat.rsplit_once(") ").map(|(_, rest)| rest.to_owned()).unwrap_or_default();
    let values: Vec<u64> = rest.split(' ').map(|it| it.parse().unwrap_or(0)).collect();
    fields.filter_map(|field| values.get(field - 2)).sum()
}

/// Processor seconds that a process has used so far.
pub fn processor_seconds(pid: u32) -> f64 {
    of_stat(&pid.to_string(), 13..15) as f64 / 100.0
}

/// Memory of a process in MB: now and at most.
pub fn memory_mb(pid: u32) -> (f64, f64) {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let of = |key: &str| {
        let line = status.lines().find(|line| line.starts_with(key)).unwrap_or_default();
        line.split_whitespace().nth(1).and_then(|kb| kb.parse::<f64>().ok()).unwrap_or(0.0) * 1024.0 / 1e6
    };
    (of("VmRSS:"), of("VmHWM:"))
}
