//! Load on a Suyuan service, and faults: what it keeps through kill -9, how fast it appends and answers, always beside
//! a baseline of the same run. Talks to the released binary over HTTP as any client would; `docs/PERFORMANCE.md` tells how
//! to read the figures.

mod appends;
mod bare;
mod carry;
mod client;
mod console;
#[path = "../../tests/engine/cluster.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod cluster;
mod county;
mod database;
mod engine;
mod faults;
mod gaps;
mod instances;
mod logins;
mod machine;
mod outsider;
mod paced;
mod pages;
mod random;
mod reads;
mod scans;
mod service;
mod share;
mod waits;
mod writers;

use clap::Parser;

#[derive(Debug, Parser)]
#[command(name = "suyuan-load", version, about)]
enum Cli {
    /// Kill the server at random moments under writers; nothing acknowledged may be lost
    Crash(faults::crash::Arguments),
    /// Cut the power under writers: the disk forgets what was not synced; nothing acknowledged may be lost
    Powercut(faults::powercut::Arguments),
    /// End the server, or fail its call, at the n-th system call for every n
    Syscalls(faults::syscalls::Arguments),
    /// Kill the database's primary under writers and promote its synchronous standby; nothing acknowledged may be lost
    Failover(faults::failover::Arguments),
    /// A reader that stays while others write
    Reader(faults::reader::Arguments),
    /// A disk that turns read-only under the server
    Readonly(faults::readonly::Arguments),
    /// Durable acts a second, beside the same acts without HTTP and beside bare inserts
    Appends(appends::Arguments),
    /// Durable acts a second by several instances over one PostgreSQL, each held to a share of a core
    Instances(instances::Arguments),
    /// Scan pages a second, beside a bare handler that answers the same bytes
    Scans(scans::Arguments),
    /// Scan pages that nobody asked for before, while the instance grows
    Pages(pages::Arguments),
    /// What everybody else waits while passwords are guessed
    Logins(logins::Arguments),
    /// Pages of the console where much is stored
    Console(console::Arguments),
    /// Reads of batches by one thread and by two
    Reads(reads::Arguments),
    /// A whole instance into another database
    Carry(carry::Arguments),
    /// A log of many records, held against a program that others wrote
    Outsider(outsider::Arguments),
    /// The bare handler
    #[command(hide = true)]
    Bare(bare::Arguments),
    /// How often and how long this core is taken away from a thread that only looks at the clock
    Gaps(gaps::Arguments),
}

fn main() -> anyhow::Result<()> {
    match Cli::parse() {
        Cli::Crash(arguments) => faults::crash::run(&arguments),
        Cli::Powercut(arguments) => faults::powercut::run(&arguments),
        Cli::Syscalls(arguments) => faults::syscalls::run(&arguments),
        Cli::Failover(arguments) => faults::failover::run(&arguments),
        Cli::Reader(arguments) => faults::reader::run(&arguments),
        Cli::Readonly(arguments) => faults::readonly::run(&arguments),
        Cli::Appends(arguments) => appends::run(&arguments),
        Cli::Instances(arguments) => instances::run(&arguments),
        Cli::Scans(arguments) => scans::run(&arguments),
        Cli::Pages(arguments) => pages::run(&arguments),
        Cli::Logins(arguments) => logins::run(&arguments),
        Cli::Console(arguments) => console::run(&arguments),
        Cli::Reads(arguments) => reads::run(&arguments),
        Cli::Carry(arguments) => carry::run(&arguments),
        Cli::Outsider(arguments) => outsider::run(&arguments),
        Cli::Bare(arguments) => bare::run(&arguments),
        Cli::Gaps(arguments) => gaps::run(&arguments),
    }
}
