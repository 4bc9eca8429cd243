//! How long `suyuan copy` takes for a whole instance, from SQLite into PostgreSQL or into another file.

use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use anyhow::ensure;
use clap::Args;

use crate::appends::prepared;
use crate::engine::{Database, Engine};
use crate::machine::{self, Neighbours};
use crate::service::default_binary;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Records to carry
    #[arg(long, default_value_t = 1_000_000)]
    records: usize,
    /// What they are carried into
    #[arg(long, value_enum, default_value_t = Engine::Postgres)]
    engine: Engine,
    /// The program [suyuan beside this one]
    #[arg(long)]
    binary: Option<PathBuf>,
    /// Where the data folder is made
    #[arg(long, default_value_os_t = std::env::temp_dir())]
    folder: PathBuf,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let folder = arguments.folder.join(format!("suyuan-carry-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    println!("{}", machine::describe(&folder));
    let neighbours = Neighbours::watch();
    let from = Database::Sqlite(folder.join("from.sqlite"));
    let (begun, store) = (Instant::now(), from.open()?);
    prepared(&*store, arguments.records)?;
    let records = store.log_end()?;
    drop(store);
    println!("{records} records written in {:.0} s", begun.elapsed().as_secs_f64());
    let cluster = arguments.engine.cluster();
    let to = match &cluster {
        Some(cluster) => Database::Postgres(cluster.new_database()),
        None => Database::Sqlite(folder.join("to.sqlite")),
    };
    let binary = arguments.binary.clone().unwrap_or_else(default_binary);
    let begun = Instant::now();
    let copied = Command::new(binary).args(["copy", "--from", &from.url(), "--to", &to.url()]).output()?;
    let took = begun.elapsed().as_secs_f64();
    ensure!(copied.status.success(), "copy: {}", String::from_utf8_lossy(&copied.stderr));
    ensure!(to.open()?.log_end()? == records, "not all records arrived");
    println!("carried into {:?} in {took:.0} s: {:.0} records/s", arguments.engine, records as f64 / took);
    neighbours.report();
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}
