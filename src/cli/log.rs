//! The published log from the server's own terminal: its keys, how it stands.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::Subcommand;

use super::instance;
use super::settings::{Database, Flags, GuardPlace, Settings};
use super::{progress, say};
use crate::app::log::witnesses::Witnesses;
use crate::app::log::{Keys, PublishedLog, recheck, reopen};
use crate::app::randomness::SystemRandomness;
use crate::domain::merkle::{EMPTY_ROOT, TreeHead};
use crate::domain::ports::{Guard, Randomness as _};
use crate::log::guard::FileGuard;
use crate::log::{SignedCheckpoint, SigningKey, VerifierKey, keyring};
#[cfg(feature = "postgres")]
use crate::store::postgres::PostgresGuard;
use crate::store::{Source, Store};

#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Make the key that signs the log, and the guard beside the data folder; print the public key
    Key {
        /// Name of the log for ever, a URL without scheme such as sy.example/log [host of --public-url and /log]
        #[arg(long)]
        origin: Option<String>,
        /// Make a second key; both sign until the older one is retired
        #[arg(long, conflicts_with = "origin")]
        rotate: bool,
        /// Take back the older of two keys, once everybody knows the newer one
        #[arg(long, conflicts_with_all = ["origin", "rotate"])]
        retire: bool,
    },
    /// Begin the log anew, where the records are fewer or others than what was published; the service must be stopped
    Reopen {
        /// Why, for everybody to read: such as "the disk failed; restored from the backup of 3 May"
        #[arg(long)]
        reason: String,
        /// The key of the log is lost for good: begin anew without its signature. Nobody can then tell from the log that the new
        /// epoch is yours and not a stranger's; tell everybody the new key by other ways
        #[arg(long)]
        old_key_lost: bool,
    },
    /// Read every published record from the disk and hold it against the tree; the service may go on. It does so itself each night
    Check,
    /// Say what was published and whether records may be written
    Status,
}

pub fn run(flags: &Flags, verb: &Verb) -> anyhow::Result<()> {
    let settings = Settings::load(flags)?;
    match verb {
        Verb::Key { rotate: true, .. } => rotate(&settings),
        Verb::Key { retire: true, .. } => retire(&settings),
        Verb::Key { origin, .. } => create(&settings, origin.as_deref()),
        Verb::Reopen { reason, old_key_lost } => reopen(&settings, reason, *old_key_lost),
        Verb::Check => check(&settings),
        Verb::Status => status(&settings),
    }
}

/// Opens the log of an instance, where it has one.
pub fn open(settings: &Settings, store: &Arc<dyn Store>) -> anyhow::Result<Option<Arc<PublishedLog>>> {
    let guard = guard(settings)?;
    match settings.log_keys()? {
        Some(keys) => {
            let log = PublishedLog::open(store, guard, &keys).context("the log cannot be published")?;
            if reopen::is_unannounced(&**store, &log.published())? {
                bail!("a new log was begun and its first record is missing; finish it with `suyuan log reopen`");
            }
            witnessed(settings, &log)?;
            Ok(Some(log))
        }
        None if guard.read()?.is_some() || reopen::published_as(&**store)?.is_some() => bail!(key_is_missing(settings)),
        None => {
            tracing::warn!("no log is published, for it has no key; make one with `suyuan log key`");
            Ok(None)
        }
    }
}

/// Shows the log to the witnesses that the operator names.
fn witnessed(settings: &Settings, log: &Arc<PublishedLog>) -> anyhow::Result<()> {
    let Some(path) = &settings.policy else { return Ok(()) };
    let file = std::fs::read(path).with_context(|| format!("{} cannot be read (--policy)", path.display()))?;
    Witnesses::start(log, &file).with_context(|| format!("{} (--policy)", path.display()))?;
    Ok(())
}

pub fn guard(settings: &Settings) -> anyhow::Result<Box<dyn Guard>> {
    Ok(match settings.guard()? {
        GuardPlace::File(path) => Box::new(FileGuard::at(path)),
        #[cfg(feature = "postgres")]
        GuardPlace::Postgres(settings) => Box::new(PostgresGuard::at(settings)),
        #[cfg(not(feature = "postgres"))]
        GuardPlace::Postgres(_) => bail!("PostgreSQL is not built into this program"),
    })
}

fn create(settings: &Settings, origin: Option<&str>) -> anyhow::Result<()> {
    if settings.log_keys()?.is_some() {
        bail!("there is a key already ({}); a second one is made with --rotate", settings.log_key_place());
    }
    let guard = guard(settings)?;
    if guard.read()?.is_some() || is_published(settings)? {
        bail!(key_is_missing(settings));
    }
    let origin = match (origin, &settings.public_url) {
        (Some(origin), _) => origin.to_owned(),
        (None, Some(url)) => origin_of(url),
        (None, None) => bail!(
            "the log's name stays for ever: give the host that is printed on labels with --public-url https://sy.example, or \
             the name itself with --origin sy.example/log"
        ),
    };
    let key = make(settings, &*guard, &origin)?;
    say(key.verifier());
    Ok(())
}

fn key_is_missing(settings: &Settings) -> String {
    format!(
        "a log was published from here, and its key is missing ({}); put it back: nothing is published without it. If it is lost \
         for good, begin anew with `suyuan log reopen --old-key-lost` (docs/OPERATIONS.md, The published log)",
        settings.log_key_place()
    )
}

/// Says of an instance that came from elsewhere that its log's folder did not come along.
pub fn tell_if_left_behind(settings: &Settings, store: &dyn Store) -> anyhow::Result<()> {
    if settings.log_keys()?.is_none()
        && let Some(origin) = reopen::published_as(store)?
    {
        say(format_args!(
            "The log {origin} was published from it, and its key is not here ({}): start the service with --log-dir of the log's \
             folder as it was, else it does not start.",
            settings.log_key_place()
        ));
    }
    Ok(())
}

/// Whether the database, where there is one yet, knows of a log.
fn is_published(settings: &Settings) -> anyhow::Result<bool> {
    match settings.database()? {
        Database::Sqlite(path) if !path.exists() => Ok(false),
        database => Ok(reopen::published_as(&*instance::open_store(&database)?)?.is_some()),
    }
}

/// A URL without its scheme, and `/log`.
pub fn origin_of(public_url: &str) -> String {
    let host = public_url.split_once("://").map_or(public_url, |(_, rest)| rest);
    format!("{}/log", host.trim_end_matches('/'))
}

/// A key and a guard that holds nothing yet.
pub fn make(settings: &Settings, guard: &dyn Guard, origin: &str) -> anyhow::Result<SigningKey> {
    make_folder(settings)?;
    let key = fresh(origin)?;
    keyring::write(&settings.log_key_file()?, std::slice::from_ref(&key))?;
    let empty = TreeHead { size: 0, root: EMPTY_ROOT };
    guard.begin(&Keys::of(origin, std::slice::from_ref(&key))?.sign(1, empty))?;
    Ok(key)
}

fn make_folder(settings: &Settings) -> anyhow::Result<()> {
    let folder = settings.log_dir()?;
    let made = DirBuilder::new().recursive(true).mode(0o700).create(&folder);
    made.with_context(|| format!("{} cannot be made", folder.display()))
}

fn fresh(origin: &str) -> anyhow::Result<SigningKey> {
    let mut seed = [0; 32];
    SystemRandomness.fill(&mut seed);
    SigningKey::from_seed(origin, &seed).context("--origin")
}

fn rotate(settings: &Settings) -> anyhow::Result<()> {
    let mut keys = present(settings)?;
    let origin = newest(&keys).name().to_owned();
    if keys.iter().filter(|key| key.verifier().name() == origin).count() > 1 {
        bail!("two keys sign already; take the older one back first, with --retire");
    }
    let key = fresh(&origin)?;
    say(key.verifier());
    keys.push(key);
    keyring::write(&settings.log_key_file()?, &keys)?;
    say(
        "Both keys sign after the next start of the service. Tell whoever checks the log the new one, then --retire the older.",
    );
    Ok(())
}

fn retire(settings: &Settings) -> anyhow::Result<()> {
    let mut keys = present(settings)?;
    let origin = newest(&keys).name().to_owned();
    let of_log: Vec<usize> = (0..keys.len()).filter(|at| keys[*at].verifier().name() == origin).collect();
    let [older, _] = of_log[..] else { bail!("the log has one key only; make another first, with --rotate") };
    let gone = keys.remove(older);
    if let Some(held) = guard(settings)?.read()? {
        let signed = SignedCheckpoint::parse(held.note.as_bytes())?;
        signed
            .verify(Keys::of(&origin, &keys)?.verifying())
            .context("the newer key has not signed yet; start the service once, so that both sign")?;
    }
    keyring::write(&settings.log_key_file()?, &keys)?;
    say(format_args!("{} signs no more after the next start of the service", gone.verifier()));
    Ok(())
}

fn reopen(settings: &Settings, reason: &str, old_key_lost: bool) -> anyhow::Result<()> {
    let reason = reason.parse().context("--reason")?;
    let mut instance = instance::open_without_log(settings)?;
    let guard = guard(settings)?;
    let mut keys = if old_key_lost { settings.log_keys()?.unwrap_or_default() } else { present(settings)? };
    let plan = reopen::plan(&*instance.store, &*guard, &keys, old_key_lost)?;
    if plan.needs_key(&keys) {
        make_folder(settings)?;
        keys.push(fresh(&plan.origin)?);
        keyring::write(&settings.log_key_file()?, &keys)?;
    }
    let receipt = plan.carry_out(&mut instance.app, guard, &keys, reason)?;
    say(format_args!(
        "epoch {} has begun as {}; {} entries were kept; the record {} says so. Tell whoever checks the log the new key:\n{}",
        plan.epoch,
        plan.origin,
        plan.kept,
        receipt.log_index,
        newest(&keys)
    ));
    if old_key_lost {
        say(
            "The old key did not sign this. From the log alone nobody can tell it from a stranger's: tell this key on paper or by \
             telephone, and have policies and monitors begin again with it.",
        );
    }
    Ok(())
}

fn check(settings: &Settings) -> anyhow::Result<()> {
    let store = instance::open_beside(settings)?.store;
    let Some(held) = guard(settings)?.read()? else { bail!("no log is published from here") };
    let bar = progress::bar(Some(held.tree.size), "records");
    let (source, damage) = recheck::of_store(&*store, held.tree, &mut |done| bar.set_position(done))?;
    bar.finish_and_clear();
    match damage {
        Some(damage) => bail!("the records are not those that were published: {damage}"),
        None if source == Source::Disk => say(format_args!("{} records are as they were published", held.tree.size)),
        None => say(format_args!("{} records are as they were published, {source}", held.tree.size)),
    }
    Ok(())
}

fn present(settings: &Settings) -> anyhow::Result<Vec<SigningKey>> {
    settings.log_keys()?.with_context(|| {
        format!(
            "there is no key ({}); if one was there and is lost for good, `suyuan log reopen --old-key-lost` begins anew without \
             it",
            settings.log_key_place()
        )
    })
}

fn newest(keys: &[SigningKey]) -> &VerifierKey {
    keys[keys.len() - 1].verifier()
}

fn status(settings: &Settings) -> anyhow::Result<()> {
    let store = instance::open_existing(&settings.database()?)?;
    let Some(held) = guard(settings)?.read()? else { bail!("no log is published from here") };
    say(held.note);
    let end = store.log_end()?;
    say(format_args!("{end} records are here, {} were published, epoch {}", held.tree.size, held.epoch));
    Ok(())
}
