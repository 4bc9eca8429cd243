//! Opening an instance: the lock on its data folder, its token key, its store.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};

use super::settings::{Database, LogFormat, Settings};
use crate::app::clock::SystemClock;
use crate::app::people::door::Door;
use crate::app::randomness::SystemRandomness;
use crate::app::{App, Pages, erase, founding};
use crate::auth::session::Marks;
use crate::auth::token::Tokens;
use crate::domain::ports::{Clock, Randomness};
use crate::domain::record::Handle;
use crate::files::Files;
#[cfg(feature = "postgres")]
use crate::store::PostgresSettings;
#[cfg(feature = "postgres")]
use crate::store::postgres::PostgresStore;
use crate::store::sqlite::SqliteStore;
use crate::store::{Replica, Store};

/// Minutes east of UTC where the operator's record does not say: China.
const DEFAULT_OFFSET_MINUTES: i32 = 480;

/// An open instance. The lock goes with it.
pub struct Instance {
    pub app: App,
    pub store: Arc<dyn Store>,
    /// `None` for a verb that may run beside the service.
    pub lock: Option<File>,
}

/// Opens the data folder for this process alone, and the log that is published from it.
pub fn open(settings: &Settings, clock: Arc<dyn Clock>, public_url: String) -> anyhow::Result<Instance> {
    let mut instance = open_alone(settings, clock, public_url)?;
    instance.app.log = super::log::open(settings, &instance.store)?;
    settle(settings, &instance.app, true)?;
    Ok(instance)
}

/// As [`open_now`], and what is written is not published.
pub fn open_without_log(settings: &Settings) -> anyhow::Result<Instance> {
    let instance = open_alone(settings, Arc::new(SystemClock), public_url(settings, None))?;
    settle(settings, &instance.app, false)?;
    Ok(instance)
}

/// What was erased stays so, whatever was restored: before anything is served. What only could not be taken off the disk is no
/// reason to serve nothing.
fn settle(settings: &Settings, app: &App, may_record: bool) -> anyhow::Result<()> {
    let list = super::erase::list(settings)?;
    let settled = erase::settle(app, &list, may_record).context("what was erased before has to be erased again")?;
    if settled.destroyed > 0 {
        tracing::warn!(fields = settled.destroyed, "what was erased stood here again, and is erased again");
    }
    if let Some(left) = settled.left {
        tracing::warn!(%left, "what was erased is gone, but something is left to do");
    }
    Ok(())
}

fn open_alone(settings: &Settings, clock: Arc<dyn Clock>, public_url: String) -> anyhow::Result<Instance> {
    let folder = &settings.data_dir;
    // Readable by the service's own account alone: it holds keys and sealed values.
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true).mode(0o700);
    builder.create(folder).with_context(|| format!("the data folder {} cannot be made", folder.display()))?;
    let lock = lock(folder)?;
    super::backup::remove_left(folder)?;
    let random: Arc<dyn Randomness> = Arc::new(SystemRandomness);
    let (store, replica): Opened = match (settings.database()?, settings.database_read()?) {
        #[cfg(feature = "postgres")]
        (Database::Postgres(address), Some(read)) => with_replica(address, &read, &clock, &random)?,
        (database, _) => (store_with(database, Arc::clone(&clock), Arc::clone(&random))?, None),
    };
    Ok(Instance { lock: Some(lock), ..instance(settings, store, replica, clock, random, public_url)? })
}

type Opened = (Arc<dyn Store>, Option<Arc<dyn Replica>>);

#[cfg(feature = "postgres")]
fn with_replica(
    address: PostgresSettings,
    read: &PostgresSettings,
    clock: &Arc<dyn Clock>,
    random: &Arc<dyn Randomness>,
) -> anyhow::Result<Opened> {
    let store = PostgresStore::open(address, Arc::clone(clock), Arc::clone(random))
        .context("the PostgreSQL database cannot be opened")?;
    let replica = store.replica(read).context("pages cannot be read from there (--database-read)")?;
    Ok((Arc::new(store), Some(Arc::new(replica))))
}

/// Opens the data folder beside a service that may be running: for operational rows only, never for records, whose log
/// index and chains have one writer.
pub fn open_beside(settings: &Settings) -> anyhow::Result<Instance> {
    let (clock, random): (Arc<dyn Clock>, Arc<dyn Randomness>) = (Arc::new(SystemClock), Arc::new(SystemRandomness));
    let store: Arc<dyn Store> = match settings.database()? {
        Database::Sqlite(path) if !path.exists() => {
            bail!("there is no database {}; start with `suyuan init`", path.display())
        }
        Database::Sqlite(path) => {
            let store = SqliteStore::open_beside(&path, Arc::clone(&clock), Arc::clone(&random));
            Arc::new(store.with_context(|| format!("the database {} cannot be opened", path.display()))?)
        }
        #[cfg(feature = "postgres")]
        Database::Postgres(address) => {
            let store = PostgresStore::open_beside(address, Arc::clone(&clock), Arc::clone(&random));
            Arc::new(store.context("the PostgreSQL database cannot be opened")?)
        }
        #[cfg(not(feature = "postgres"))]
        Database::Postgres(_) => bail!("PostgreSQL is not built into this program"),
    };
    instance(settings, store, None, clock, random, public_url(settings, None))
}

fn instance(
    settings: &Settings,
    store: Arc<dyn Store>,
    replica: Option<Arc<dyn Replica>>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Randomness>,
    public_url: String,
) -> anyhow::Result<Instance> {
    let utc_offset_minutes = founding::utc_offset_minutes(&*store)?.unwrap_or(DEFAULT_OFFSET_MINUTES);
    let seed = token_seed(&settings.token_key(), &*random)?;
    let mut door = Door::new(Marks::from_seed(&seed));
    door.trusted_proxies = settings.trusted_proxies()?;
    let app = App {
        store: Arc::clone(&store),
        pages: Pages::new(&store, replica),
        files: Files::open(&settings.blobs()?)?,
        clock,
        random: Arc::clone(&random),
        tokens: Tokens::from_seed(&seed)?,
        door,
        log: None,
        public_url,
        utc_offset_minutes,
        reach: settings.webhook_reach.into(),
    };
    Ok(Instance { app, store, lock: None })
}

/// A database of itself, with the system's clock; made where there is none yet.
pub fn open_store(database: &Database) -> anyhow::Result<Arc<dyn Store>> {
    store_with(database.clone(), Arc::new(SystemClock), Arc::new(SystemRandomness))
}

/// As [`open_store`], where there has to be one.
pub fn open_existing(database: &Database) -> anyhow::Result<Arc<dyn Store>> {
    if let Database::Sqlite(path) = database
        && !path.exists()
    {
        bail!("there is no database {}", path.display());
    }
    open_store(database)
}

fn store_with(
    database: Database,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Randomness>,
) -> anyhow::Result<Arc<dyn Store>> {
    match database {
        Database::Sqlite(path) => {
            let store = SqliteStore::open(&path, clock, random)
                .with_context(|| format!("the database {} cannot be opened", path.display()))?;
            Ok(Arc::new(store))
        }
        #[cfg(feature = "postgres")]
        Database::Postgres(settings) => {
            let store =
                PostgresStore::open(settings, clock, random).context("the PostgreSQL database cannot be opened")?;
            Ok(Arc::new(store))
        }
        #[cfg(not(feature = "postgres"))]
        Database::Postgres(_) => bail!("PostgreSQL is not built into this program"),
    }
}

/// As [`open`], with the system's clock and the public address of the settings.
pub fn open_now(settings: &Settings) -> anyhow::Result<Instance> {
    open(settings, Arc::new(SystemClock), public_url(settings, None))
}

/// Of several processes one works in a folder.
pub fn lock(folder: &Path) -> anyhow::Result<File> {
    let path = folder.join("lock");
    let file = File::create(&path).with_context(|| format!("{} cannot be written", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(_) => bail!("another suyuan works in the data folder {}; stop it first", folder.display()),
    }
}

/// The seed of the token key; made once, readable by the service alone. Linked into its place whole, so that of instances
/// that share it and start at once one makes it and all read it.
fn token_seed(path: &Path, random: &dyn Randomness) -> anyhow::Result<[u8; 32]> {
    if !path.exists() {
        let mut unique = [0; 16];
        random.fill(&mut unique);
        let own = path.with_extension(Handle::from_bytes(unique).to_string());
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&own)?;
        file.write_all(&Tokens::new_seed(random))?;
        file.sync_all()?;
        let linked = std::fs::hard_link(&own, path);
        std::fs::remove_file(&own)?;
        if let Err(error) = linked
            && error.kind() != std::io::ErrorKind::AlreadyExists
        {
            return Err(error).with_context(|| format!("{} cannot be written", path.display()));
        }
    }
    let seed = std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
    seed.try_into().map_err(|_| anyhow::anyhow!("{} is not a token key of 32 bytes", path.display()))
}

/// The host of labels: as set, else the address that is listened on.
pub fn public_url(settings: &Settings, listening: Option<SocketAddr>) -> String {
    let listening = listening.map_or_else(|| settings.listen.clone(), |address| address.to_string());
    let url = settings.public_url.clone().unwrap_or_else(|| format!("http://{listening}"));
    url.trim_end_matches('/').to_owned()
}

pub fn listen(address: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .with_context(|| format!("{address} cannot be listened on; give another with --listen, such as 127.0.0.1:8081"))
}

/// Logs to standard error; what is logged is chosen by `RUST_LOG`.
pub fn start_logging(format: LogFormat) {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let terminal = std::io::IsTerminal::is_terminal(&std::io::stderr());
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(terminal).with_writer(std::io::stderr);
    // A second call (tests) finds a logger in place and leaves it.
    let _ = match format {
        LogFormat::Pretty => builder.with_target(false).try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
}
