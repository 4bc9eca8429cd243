//! Durable acts a second: over HTTP with several numbers of writers; the same acts handed to the store in groups of 64 in
//! this process; bare inserts of the same rows in transactions of 64; on PostgreSQL also over HTTP to two instances, and by
//! `pgbench`. All of them in each round, on the same disk, so that
//! a busy machine slows them alike: the ratios are what counts.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::ensure;
use clap::Args;
use suyuan::domain::acts::Act;
use suyuan::domain::acts::batches::OpenBatch;
use suyuan::domain::acts::keeping::LoseQuantity;
use suyuan::domain::acts::organisations::RegisterOrganisation;
use suyuan::domain::acts::products::RegisterProduct;
use suyuan::domain::record::{Actor, Digest, Handle, Record, Role};
use suyuan::store::{IdempotencyKey, Receipt, Store, Submission};

use crate::cluster::Cluster;
use crate::county;
use crate::database::{Bare, Inserting, RecordRow, pgbench};
use crate::engine::{Database, Engine};
use crate::machine::{self, Neighbours};
use crate::service::{Service, default_binary};
use crate::waits::{Waits, median, span};
use crate::writers::{BATCHES_OF_A_WRITER, Kind, Writers};

#[derive(Debug, Args)]
pub struct Arguments {
    /// Writers at once
    #[arg(long, value_delimiter = ',', default_value = "1,16,64")]
    writers: Vec<usize>,
    /// Length of each measurement
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
    /// Times that everything is measured, in turns
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// What keeps the records
    #[arg(long, value_enum, default_value_t = Engine::Sqlite)]
    engine: Engine,
    /// Batches that lie in the instance before; several, to see what growing costs
    #[arg(long, value_delimiter = ',', default_value = "0")]
    stored: Vec<usize>,
    /// The server [suyuan beside this program]
    #[arg(long)]
    binary: Option<PathBuf>,
    /// Where data folders are made
    #[arg(long, default_value_os_t = std::env::temp_dir())]
    folder: PathBuf,
}

const GROUP: usize = 64;

/// Acts a second of each round, and all waits.
#[derive(Default)]
struct Line {
    rates: Vec<f64>,
    waits: Waits,
}

impl Line {
    fn add(&mut self, (waits, took): (Waits, Duration), each: usize) {
        self.rates.push((waits.count() * each) as f64 / took.as_secs_f64());
        self.waits.join(waits);
    }

    /// Half of what the last round reached.
    fn half(&self) -> f64 {
        self.rates.last().copied().unwrap_or_default() / 2.0
    }
}

/// Everything about one act.
struct Table {
    kind: Kind,
    http: Vec<(usize, Line)>,
    /// Over HTTP, with the most writers, at half of what they reached.
    half: Line,
    /// The same two with the log published.
    published: Line,
    published_half: Line,
    /// Each answered with its proof.
    proven: Line,
    proven_half: Line,
    /// Over HTTP to two instances, with the most writers.
    two: Line,
    inside: Line,
    groups: Vec<f64>,
    bare: [Line; 2],
    pgbench: Vec<f64>,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let folder = arguments.folder.join(format!("suyuan-appends-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    println!("{}", machine::describe(&folder));
    println!("engine: {}; an act is answered when its transaction is synced", arguments.engine.describe());
    println!("{} s each, {} rounds", arguments.seconds, arguments.rounds);
    let neighbours = Neighbours::watch();
    let mut sizes: Vec<_> = arguments.stored.iter().map(|stored| (*stored, Table::both(&arguments.writers))).collect();
    let cluster = arguments.engine.cluster();
    for round in 0..arguments.rounds {
        for (stored, tables) in &mut sizes {
            let folder = folder.join(format!("round-{round}-{stored}"));
            // An instance that has published a log does not go on without it.
            let [plain, published] = ["plain", "published"]
                .map(|name| Round::prepare(arguments, *stored, cluster.as_ref(), &folder.join(name)));
            measure(round, plain?, published?, tables)?;
            std::fs::remove_dir_all(&folder)?;
        }
    }
    for (stored, tables) in &mut sizes {
        println!("\n{stored} batches stored before");
        tables.iter_mut().for_each(print);
    }
    if let [(few, before), .., (many, after)] = sizes.as_slice() {
        println!("\ntime of an act with {many} batches stored before / with {few}");
        for (before, after) in before.iter().zip(after) {
            let name = before.kind.operation();
            ratio(&format!("{name}, HTTP, most writers"), &before.most().rates, &after.most().rates);
            ratio(&format!("{name}, in the process"), &before.inside.rates, &after.inside.rates);
        }
    }
    neighbours.report();
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

impl Table {
    fn both(writers: &[usize]) -> [Self; 2] {
        Kind::ALL.map(|kind| Self {
            kind,
            http: writers.iter().map(|writers| (*writers, Line::default())).collect(),
            half: Line::default(),
            published: Line::default(),
            published_half: Line::default(),
            proven: Line::default(),
            proven_half: Line::default(),
            two: Line::default(),
            inside: Line::default(),
            groups: Vec::new(),
            bare: Default::default(),
            pgbench: Vec::new(),
        })
    }

    /// Over HTTP with the most writers.
    fn most_writers(&self) -> usize {
        self.http.iter().map(|(writers, _)| *writers).max().unwrap_or(1)
    }

    fn most(&self) -> &Line {
        self.http.iter().max_by_key(|(writers, _)| *writers).map_or(&self.half, |(_, line)| line)
    }
}

/// The order changes from round to round, because the files grow meanwhile.
fn measure(round: usize, mut plain: Round<'_>, mut published: Round<'_>, tables: &mut [Table]) -> anyhow::Result<()> {
    if round.is_multiple_of(2) {
        plain.inside(tables)?;
        plain.http(tables)?;
        published.published(tables)?;
    } else {
        published.published(tables)?;
        plain.http(tables)?;
        plain.inside(tables)?;
    }
    tables.iter_mut().try_for_each(|table| plain.bare(table))
}

/// One data folder with everything that is measured on it.
struct Round<'c> {
    folder: PathBuf,
    cluster: Option<&'c Cluster>,
    service: Service,
    key: String,
    actor: Actor,
    batches: Vec<Handle>,
    span: Duration,
}

impl<'c> Round<'c> {
    fn prepare(
        arguments: &Arguments,
        stored: usize,
        cluster: Option<&'c Cluster>,
        folder: &Path,
    ) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let binary = arguments.binary.clone().unwrap_or_else(default_binary);
        let service = Service::new(&binary, &folder.join("data"))?.within(cluster);
        let operator = Actor { key: None, org: service.init()?.0.parse()?, role: Role::Operator };
        let store = service.database.open()?;
        let actor = cooperative(&*store, &operator)?;
        let org = actor.org;
        let most = arguments.writers.iter().copied().max().unwrap_or(1).max(GROUP);
        let mut batches = opened(&*store, &actor, most * BATCHES_OF_A_WRITER + stored)?;
        drop(store);
        let key = service.verb(&["key", "create", "--organisation", &org.to_string()])?.trim().to_owned();
        let span = Duration::from_secs_f64(arguments.seconds);
        batches.truncate(most * BATCHES_OF_A_WRITER);
        Ok(Self { folder: folder.to_owned(), cluster, service, key, actor, batches, span })
    }

    fn http(&mut self, tables: &mut [Table]) -> anyhow::Result<()> {
        self.service.start()?;
        let own = [self.service.address];
        for table in tables.iter_mut() {
            for (writers, line) in &mut table.http {
                line.add(self.writers(table.kind, false).run(&own, *writers)?, 1);
            }
            let rate = table.most().half();
            table.half.add(self.writers(table.kind, false).paced(own[0], rate)?, 1);
        }
        if self.cluster.is_some() {
            let mut other = self.service.beside(2)?;
            other.start()?;
            let both = [self.service.address, other.address];
            for table in tables {
                let most = table.most_writers();
                table.two.add(self.writers(table.kind, false).run(&both, most)?, 1);
            }
        }
        self.service.kill()
    }

    /// Over HTTP once more, with the log published: signed and guarded before an act is answered.
    fn published(&mut self, tables: &mut [Table]) -> anyhow::Result<()> {
        self.service.publish()?;
        self.service.start()?;
        let own = [self.service.address];
        for table in tables.iter_mut() {
            let most = table.most_writers();
            let lines = [
                (false, &mut table.published, &mut table.published_half),
                (true, &mut table.proven, &mut table.proven_half),
            ];
            for (proven, line, half) in lines {
                line.add(self.writers(table.kind, proven).run(&own, most)?, 1);
                half.add(self.writers(table.kind, proven).paced(own[0], line.half())?, 1);
            }
        }
        self.service.kill()
    }

    fn writers(&self, kind: Kind, proven: bool) -> Writers<'_> {
        Writers::new(&self.key, &self.batches, self.span, kind, proven)
    }

    /// Groups of 64, handed to the store at once and waited for.
    fn inside(&self, tables: &mut [Table]) -> anyhow::Result<()> {
        let store = self.service.database.open()?;
        let groups = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&groups);
        store.on_commit(Box::new(move |_| {
            counted.fetch_add(1, Ordering::Relaxed);
        }));
        for table in tables {
            groups.store(0, Ordering::Relaxed);
            let (started, mut waits) = (Instant::now(), Waits::default());
            while started.elapsed() < self.span {
                let acts = (0..GROUP).map(|n| self.act(table.kind, waits.count() * GROUP + n));
                let acts = acts.collect::<anyhow::Result<_>>()?;
                let handed = Instant::now();
                perform(&*store, &self.actor, acts)?;
                waits.add(handed.elapsed());
            }
            table.groups.push((waits.count() * GROUP) as f64 / groups.load(Ordering::Relaxed) as f64);
            table.inside.add((waits, started.elapsed()), GROUP);
        }
        Ok(())
    }

    fn act(&self, kind: Kind, number: usize) -> anyhow::Result<Arc<dyn Act>> {
        Ok(match kind {
            Kind::Open => opening(&format!("I{number}"))?,
            Kind::Lose => {
                let act: LoseQuantity = serde_json::from_value(county::loss())?;
                Arc::new(LoseQuantity { batch: self.batches[number % self.batches.len()], ..act })
            }
        })
    }

    /// Rows that the acts left, inserted again, in transactions of 64.
    fn bare(&self, table: &mut Table) -> anyhow::Result<()> {
        let rows = self.rows(table.kind)?;
        for (how, line) in [Inserting::RowByRow, Inserting::Together].into_iter().zip(&mut table.bare) {
            let file = self.folder.join(format!("{:?}-{how:?}.sqlite", table.kind));
            let database = self.cluster.map_or(Database::Sqlite(file), |it| Database::Postgres(it.new_database()));
            let mut bare = Bare::create(&database)?;
            let mut number = 0;
            let (started, mut waits) = (Instant::now(), Waits::default());
            while started.elapsed() < self.span {
                let group: Vec<RecordRow> = (number..number + GROUP)
                    // A seq and place of its own for each: the table's keys are unique.
                    .map(|n| RecordRow { log_index: n as i64, seq: n as i64, ..rows[n % rows.len()].clone() })
                    .collect();
                let handed = Instant::now();
                bare.insert(&group, how)?;
                waits.add(handed.elapsed());
                number += GROUP;
            }
            line.add((waits, started.elapsed()), GROUP);
        }
        if let Some(cluster) = self.cluster {
            let bytes = rows.iter().map(|row| row.bytes.len()).sum::<usize>() / rows.len();
            table.pgbench.push(pgbench(cluster, bytes, GROUP, self.span.as_secs().max(2))?);
        }
        Ok(())
    }

    fn rows(&self, kind: Kind) -> anyhow::Result<Vec<RecordRow>> {
        let store = self.service.database.open()?;
        let wanted = if kind == Kind::Lose { "batch.lost" } else { "batch.opened" };
        let mut rows = Vec::new();
        let mut from = 0;
        loop {
            let records = store.log(from, 5_000)?;
            let Some(last) = records.last() else { break };
            from = last.log_index + 1;
            for stored in &records {
                let record = Record::parse(&stored.bytes)?;
                if record.kind == wanted && rows.len() < 100_000 {
                    rows.push(RecordRow {
                        log_index: 0,
                        subject: record.subject.handle.as_bytes().to_vec(),
                        seq: 0,
                        kind: record.kind,
                        hash: stored.hash.as_bytes().to_vec(),
                        bytes: stored.bytes.clone(),
                    });
                }
            }
        }
        ensure!(!rows.is_empty(), "the log holds no {wanted}");
        Ok(rows)
    }
}

/// A cooperative with a product, in a store that has an operator.
pub fn cooperative(store: &dyn Store, operator: &Actor) -> anyhow::Result<Actor> {
    let cooperative: RegisterOrganisation = serde_json::from_value(county::organisation())?;
    let org = perform(store, operator, vec![Arc::new(cooperative)])?[0].id;
    let actor = Actor { key: None, org, role: Role::Cooperative };
    let product: RegisterProduct = serde_json::from_value(county::product())?;
    perform(store, &actor, vec![Arc::new(product)])?;
    Ok(actor)
}

/// So many batches.
pub fn opened(store: &dyn Store, actor: &Actor, count: usize) -> anyhow::Result<Vec<Handle>> {
    let lots: Vec<String> = (0..count).map(|n| format!("P{n}")).collect();
    let mut batches = Vec::with_capacity(count);
    for some in lots.chunks(1000) {
        let acts = some.iter().map(|lot| opening(lot)).collect::<Result<_, _>>()?;
        batches.extend(perform(store, actor, acts)?.iter().map(|receipt| receipt.id));
    }
    Ok(batches)
}

/// Founds an instance in an empty store and opens so many batches.
pub fn prepared(store: &dyn Store, batches: usize) -> anyhow::Result<Vec<Handle>> {
    let operator = Actor { key: None, org: Handle::from_bytes([1; 16]), role: Role::Operator };
    let actor = cooperative(store, &operator)?;
    opened(store, &actor, batches)
}

fn opening(lot: &str) -> anyhow::Result<Arc<dyn Act>> {
    Ok(Arc::new(serde_json::from_value::<OpenBatch>(county::opening(lot))?))
}

/// Hands all acts to the store, then waits for all answers. With keys, as over HTTP.
fn perform(store: &dyn Store, actor: &Actor, acts: Vec<Arc<dyn Act>>) -> anyhow::Result<Vec<Receipt>> {
    static KEYS: AtomicU64 = AtomicU64::new(0);
    let waiting: Vec<_> = acts
        .into_iter()
        .map(|act| {
            let key = format!("inside-{}", KEYS.fetch_add(1, Ordering::Relaxed));
            let idempotency = Some(IdempotencyKey { key, request_hash: Digest::ZERO });
            store.submit(Submission { act, actor: actor.clone(), idempotency, expected_head: None })
        })
        .collect();
    waiting.into_iter().map(|answer| Ok(answer.blocking_recv()??)).collect()
}

fn print(table: &mut Table) {
    println!("\n{} (waits in ms: of an act over HTTP, else of a group of {GROUP})", table.kind.operation());
    println!("{:<34}{:>9}{:>9}{:>9}{:>9}{:>9}", "", "acts/s", "p50", "p99", "p99.9", "max");
    let show = |name: String, line: &mut Line| {
        let waits = line.waits.at(&[500, 990, 999, 1000]);
        let waits: String = waits.iter().map(|wait| format!("{wait:>9.2}")).collect();
        println!("{name:<34}{:>9.0}{waits}", median(&line.rates));
    };
    for (writers, line) in &mut table.http {
        show(format!("HTTP, {writers} writers"), line);
    }
    show("HTTP, most writers, at half".into(), &mut table.half);
    show("HTTP, most writers, log published".into(), &mut table.published);
    show("HTTP, log published, at half".into(), &mut table.published_half);
    show("HTTP, most writers, with proofs".into(), &mut table.proven);
    show("HTTP, with proofs, at half".into(), &mut table.proven_half);
    if table.two.waits.count() > 0 {
        show("HTTP, most writers, two instances".into(), &mut table.two);
    }
    show(format!("in the process, groups of {:.0}", median(&table.groups)), &mut table.inside);
    let [row_by_row, together] = &mut table.bare;
    show("bare inserts, row by row".into(), row_by_row);
    show("bare inserts, one statement".into(), together);
    let best: Vec<f64> = row_by_row.rates.iter().zip(&together.rates).map(|(a, b)| a.max(*b)).collect();
    for (writers, line) in &table.http {
        ratio(&format!("HTTP, {writers} writers / in the process"), &line.rates, &table.inside.rates);
    }
    ratio("in the process / bare inserts", &table.inside.rates, &best);
    if let Some((_, most)) = table.http.iter().max_by_key(|(writers, _)| *writers) {
        ratio("time with the log published / without", &most.rates, &table.published.rates);
        ratio("time with proofs / without a log", &most.rates, &table.proven.rates);
    }
    if let (false, Some((_, most))) = (table.pgbench.is_empty(), table.http.iter().max_by_key(|(writers, _)| *writers))
    {
        println!("{:<34}{:>9.0}", format!("pgbench, {GROUP} clients"), median(&table.pgbench));
        ratio("HTTP, most writers / pgbench", &most.rates, &table.pgbench);
        ratio("two instances / one", &table.two.rates, &most.rates);
    }
}

/// The median of the rounds' ratios, and how far they lie apart.
fn ratio(name: &str, part: &[f64], whole: &[f64]) {
    let ratios: Vec<f64> = part.iter().zip(whole).map(|(a, b)| a / b).collect();
    let (low, high) = span(&ratios);
    println!("{name:<43}{:.2}  ({low:.2}–{high:.2})", median(&ratios));
}
