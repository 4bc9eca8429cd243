//! Bringing the tables up to date, and spreading them over a cluster.

use anyhow::bail;
use clap::Args;

use super::settings::{Database, Flags, Settings};
use super::{instance, say};
#[cfg(feature = "postgres")]
use crate::store::postgres::PostgresStore;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Also spread the tables over the machines of a Citus cluster; with every instance of the service stopped
    #[arg(long)]
    distributed: bool,
}

pub fn run(flags: &Flags, arguments: &Arguments) -> anyhow::Result<()> {
    let settings = Settings::load(flags)?;
    if arguments.distributed {
        return distribute(&settings);
    }
    // Opening migrates.
    instance::open_without_log(&settings)?;
    match settings.database()? {
        Database::Sqlite(path) => say(format_args!("{} is up to date.", path.display())),
        Database::Postgres(_) => say("The PostgreSQL database is up to date."),
    }
    Ok(())
}

fn distribute(settings: &Settings) -> anyhow::Result<()> {
    match settings.database()? {
        Database::Sqlite(_) => {
            bail!(
                "--distributed: SQLite is one file on one machine; give --database postgres://… of a Citus coordinator"
            )
        }
        #[cfg(feature = "postgres")]
        Database::Postgres(address) => {
            let spread = PostgresStore::distribute(&address)?;
            match spread.is_empty() {
                true => say("Every table was spread before."),
                false => say(format_args!("Spread over the cluster: {}.", spread.join(", "))),
            }
            Ok(())
        }
        #[cfg(not(feature = "postgres"))]
        Database::Postgres(_) => bail!("PostgreSQL is not built into this program"),
    }
}
