//! Acts a second over HTTP to one, two and three instances of the service over one PostgreSQL. Each instance is held to a share of
//! a core, as containers are: on a small machine one alone would take what the database and the generator need, and a second could
//! add nothing, whatever the design.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use suyuan::domain::record::{Actor, Role};

use crate::appends::{cooperative, opened};
use crate::engine::Engine;
use crate::machine::{self, Neighbours};
use crate::service::{Service, default_binary};
use crate::share::Held;
use crate::waits::{Waits, median, span};
use crate::writers::{BATCHES_OF_A_WRITER, Kind, Writers};

#[derive(Debug, Args)]
pub struct Arguments {
    /// Cores that each instance may use
    #[arg(long, default_value_t = 0.3)]
    share: f64,
    /// Instances at once
    #[arg(long, value_delimiter = ',', default_value = "1,2")]
    instances: Vec<usize>,
    /// Writers at once, shared among the instances
    #[arg(long, default_value_t = 64)]
    writers: usize,
    /// Length of each measurement
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
    /// Times that everything is measured, in turns
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Batches that lie in the instance before
    #[arg(long, default_value_t = 1_000)]
    stored: usize,
    /// The server [suyuan beside this program]
    #[arg(long)]
    binary: Option<PathBuf>,
    /// Where data folders are made
    #[arg(long, default_value_os_t = std::env::temp_dir())]
    folder: PathBuf,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let folder = arguments.folder.join(format!("suyuan-instances-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    println!("{}", machine::describe(&folder));
    println!("engine: {}; each instance is held to {} of a core", Engine::Postgres.describe(), arguments.share);
    let neighbours = Neighbours::watch();
    let cluster = Engine::Postgres.cluster();
    let binary = arguments.binary.clone().unwrap_or_else(default_binary);
    let first = Service::new(&binary, &folder.join("data"))?.within(cluster.as_ref());
    let operator = Actor { key: None, org: first.init()?.0.parse()?, role: Role::Operator };
    let store = first.database.open()?;
    let actor = cooperative(&*store, &operator)?;
    let mut batches = opened(&*store, &actor, arguments.writers * BATCHES_OF_A_WRITER + arguments.stored)?;
    batches.truncate(arguments.writers * BATCHES_OF_A_WRITER);
    drop(store);
    let key = first.verb(&["key", "create", "--organisation", &actor.org.to_string()])?.trim().to_owned();
    let span = Duration::from_secs_f64(arguments.seconds);
    let mut rates = vec![[const { Vec::new() }; 2]; arguments.instances.len()];
    let mut waits: Vec<[Waits; 2]> = arguments.instances.iter().map(|_| Default::default()).collect();
    for _ in 0..arguments.rounds {
        for (at, count) in arguments.instances.iter().enumerate() {
            let mut services: Vec<Service> =
                (0..*count).map(|number| first.beside(number)).collect::<Result<_, _>>()?;
            services.iter_mut().try_for_each(|service| service.start().map(drop))?;
            let held: Vec<Held> =
                services.iter().map(|service| Held::to(service.pid(), arguments.share)).collect::<Result<_, _>>()?;
            let addresses: Vec<_> = services.iter().map(|service| service.address).collect();
            for (act, kind) in Kind::ALL.into_iter().enumerate() {
                let writers = Writers::new(&key, &batches, span, kind, false);
                let (found, took) = writers.run(&addresses, arguments.writers)?;
                rates[at][act].push(found.count() as f64 / took.as_secs_f64());
                waits[at][act].join(found);
            }
            services.iter_mut().try_for_each(Service::kill)?;
            drop(held);
        }
    }
    print(arguments, &rates, &mut waits);
    neighbours.report();
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

fn print(arguments: &Arguments, rates: &[[Vec<f64>; 2]], waits: &mut [[Waits; 2]]) {
    println!("{:<28}{:>9}{:>9}{:>9}{:>9}  beside one", "", "acts/s", "p50", "p99", "p99.9");
    for (act, kind) in Kind::ALL.into_iter().enumerate() {
        for ((count, rates_of), waits) in arguments.instances.iter().zip(rates).zip(&mut *waits) {
            let at: String = waits[act].at(&[500, 990, 999]).iter().map(|wait| format!("{wait:>9.2}")).collect();
            let ratios: Vec<f64> = rates_of[act].iter().zip(&rates[0][act]).map(|(many, one)| many / one).collect();
            let (low, high) = span(&ratios);
            let name = format!("{}, {count} at once", kind.operation());
            println!("{name:<28}{:>9.0}{at}  {:.2}  ({low:.2}–{high:.2})", median(&rates_of[act]), median(&ratios));
        }
    }
}
