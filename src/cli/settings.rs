//! Settings: a flag wins over `SUYUAN_*`, that over the TOML file, that over what is built in.

use std::net::IpAddr;
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use serde::{Deserialize, Serialize};

use crate::log::{SigningKey, keyring};
use crate::outgoing::reach::Reach;
use crate::store::PostgresSettings;

/// Flags of every verb. Each may also stand in the environment or in the file given by `--config`.
#[derive(Debug, Clone, Default, Args, Serialize)]
#[command(next_help_heading = "Settings")]
pub struct Flags {
    /// TOML file with settings
    #[arg(long, global = true, env = "SUYUAN_CONFIG")]
    #[serde(skip)]
    pub config: Option<PathBuf>,
    /// Folder of the database, files and keys [SUYUAN_DATA_DIR; suyuan-data]
    #[arg(long, global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_dir: Option<PathBuf>,
    /// sqlite:PATH, or postgres://… in a program built for it [SUYUAN_DATABASE; a file in the data folder]
    #[arg(long, global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database: Option<String>,
    /// postgres://… of a replica that pages are read from [SUYUAN_DATABASE_READ; none]
    #[arg(long, global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database_read: Option<String>,
    /// Connections to PostgreSQL for reading [SUYUAN_DATABASE_CONNECTIONS; 8]
    #[arg(long, global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database_connections: Option<u32>,
    /// false behind a pooler that hands each transaction to another connection [SUYUAN_PREPARED_STATEMENTS; true]
    #[arg(long, global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prepared_statements: Option<bool>,
    /// file:PATH of the folder of photos and documents, shared by all instances [SUYUAN_BLOBS; `files` in the data folder]
    #[arg(long, global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blobs: Option<String>,
    /// Seed of the key that signs tokens, the same for all instances [SUYUAN_TOKEN_KEY; `token.key` in the data folder]
    #[arg(long, global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_key: Option<PathBuf>,
    /// Folder of the log's key and guard, which no backup of the records may overwrite [SUYUAN_LOG_DIR; beside the data folder,
    /// its name with `.log`]
    #[arg(long, global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_dir: Option<PathBuf>,
    /// File of the log's key, or in SUYUAN_LOG_KEY the key itself [SUYUAN_LOG_KEY; `key` in the folder of the log]
    #[arg(long, global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_key: Option<String>,
    /// file:PATH, or postgres://… where several instances publish one log [SUYUAN_GUARD; `guard` in the folder of the log]
    #[arg(long, global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guard: Option<String>,
    /// File that says whose cosignatures make a checkpoint believed (C2SP tlog-policy). `serve` asks the witnesses in it that have
    /// a URL [SUYUAN_POLICY; none]
    #[arg(long, global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<PathBuf>,
    /// Address to listen on [SUYUAN_LISTEN; 127.0.0.1:8080]
    #[arg(long, global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<String>,
    /// Host that is printed on labels [SUYUAN_PUBLIC_URL; http:// and the listening address]
    #[arg(long, global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
    /// Addresses of proxies, separated by commas, whose X-Forwarded-For is believed [SUYUAN_TRUSTED_PROXIES; none]
    #[arg(long, global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trusted_proxies: Option<String>,
    /// How logs are written [SUYUAN_LOG_FORMAT; pretty]
    #[arg(long, global = true, value_enum)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_format: Option<LogFormat>,
    /// How far webhooks reach; `private` also calls http and addresses that are not on the public internet, for an instance
    /// within one house [SUYUAN_WEBHOOK_REACH; public]
    #[arg(long, global = true, value_enum)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook_reach: Option<WebhookReach>,
    /// Threads that answer requests [SUYUAN_WORKERS; one a core]
    #[arg(long, global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workers: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Pretty,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WebhookReach {
    Public,
    Private,
}

impl From<WebhookReach> for Reach {
    fn from(reach: WebhookReach) -> Self {
        match reach {
            WebhookReach::Public => Self::Public,
            WebhookReach::Private => Self::Private,
        }
    }
}

/// Settings as they hold.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub data_dir: PathBuf,
    #[serde(default)]
    pub database: Option<String>,
    #[serde(default)]
    pub database_read: Option<String>,
    pub database_connections: u32,
    pub prepared_statements: bool,
    #[serde(default)]
    pub blobs: Option<String>,
    #[serde(default)]
    pub token_key: Option<PathBuf>,
    #[serde(default)]
    pub log_dir: Option<PathBuf>,
    #[serde(default)]
    log_key: Option<String>,
    #[serde(default)]
    guard: Option<String>,
    #[serde(default)]
    pub policy: Option<PathBuf>,
    pub listen: String,
    #[serde(default)]
    pub public_url: Option<String>,
    #[serde(default)]
    trusted_proxies: Option<String>,
    pub log_format: LogFormat,
    pub webhook_reach: WebhookReach,
    #[serde(default)]
    pub workers: Option<usize>,
}

#[derive(Serialize)]
struct BuiltIn {
    data_dir: &'static str,
    database_connections: u32,
    prepared_statements: bool,
    listen: &'static str,
    log_format: LogFormat,
    webhook_reach: WebhookReach,
}

const BUILT_IN: BuiltIn = BuiltIn {
    data_dir: "suyuan-data",
    database_connections: 8,
    prepared_statements: true,
    listen: "127.0.0.1:8080",
    log_format: LogFormat::Pretty,
    webhook_reach: WebhookReach::Public,
};

/// Which engine keeps the records.
#[derive(Clone, PartialEq, Eq)]
pub enum Database {
    /// A file.
    Sqlite(PathBuf),
    /// A server, in a program built for it.
    Postgres(PostgresSettings),
}

/// Where the guard of the log is.
pub enum GuardPlace {
    File(PathBuf),
    #[cfg_attr(not(feature = "postgres"), expect(dead_code, reason = "only read where it can be reached"))]
    Postgres(PostgresSettings),
}

const KNOWN: &[&str] = &[
    "data_dir",
    "database",
    "database_read",
    "database_connections",
    "prepared_statements",
    "blobs",
    "token_key",
    "log_dir",
    "log_key",
    "guard",
    "policy",
    "listen",
    "public_url",
    "trusted_proxies",
    "log_format",
    "webhook_reach",
    "workers",
];

impl Settings {
    pub fn load(flags: &Flags) -> anyhow::Result<Self> {
        let mut figment = Figment::from(Serialized::defaults(BUILT_IN));
        if let Some(file) = &flags.config {
            if !file.is_file() {
                bail!("the settings file {} does not exist (--config)", file.display());
            }
            figment = figment.merge(Toml::file(file));
        }
        figment = figment.merge(Env::prefixed("SUYUAN_").only(KNOWN)).merge(Serialized::defaults(flags));
        figment.extract().context("a setting is not right")
    }

    /// The engine and its place, by the scheme of `database`.
    pub fn database(&self) -> anyhow::Result<Database> {
        match self.database.as_deref() {
            None => Ok(Database::Sqlite(self.data_dir.join("suyuan.sqlite"))),
            Some(url) => self.database_of(url),
        }
    }

    /// The replica that pages are read from.
    pub fn database_read(&self) -> anyhow::Result<Option<PostgresSettings>> {
        let Some(url) = self.database_read.as_deref() else { return Ok(None) };
        // No address is told: it may hold a password.
        match (self.database()?, self.database_of(url)) {
            (Database::Sqlite(path), _) => bail!(
                "--database-read: the records are in the file {}, which has no replica; leave it out, or give \
                 --database postgres://USER@HOST/NAME",
                path.display()
            ),
            (Database::Postgres(_), Ok(Database::Postgres(replica))) => Ok(Some(replica)),
            _ => bail!("--database-read: give postgres://USER@HOST/NAME of a replica of --database"),
        }
    }

    /// As [`Self::database`], of any address.
    pub fn database_of(&self, url: &str) -> anyhow::Result<Database> {
        match url.split_once(':') {
            Some(("sqlite", path)) if !path.is_empty() => Ok(Database::Sqlite(PathBuf::from(path))),
            Some(("postgres" | "postgresql", _)) if cfg!(feature = "postgres") => {
                Ok(Database::Postgres(PostgresSettings {
                    url: url.to_owned(),
                    connections: self.database_connections,
                    prepared_statements: self.prepared_statements,
                }))
            }
            Some(("postgres" | "postgresql", _)) => bail!(
                "PostgreSQL is not built into this program; build it with `cargo build --release --features postgres`, \
                 or give --database sqlite:PATH"
            ),
            // Not the whole: it may hold a password.
            Some((scheme, _)) if scheme.chars().all(|letter| letter.is_ascii_alphanumeric()) => {
                bail!("--database {scheme}:…: give sqlite:PATH or postgres://USER@HOST/NAME")
            }
            Some(_) => bail!("--database: give sqlite:PATH or postgres://USER@HOST/NAME"),
            None => bail!("--database: give sqlite:PATH or postgres://USER@HOST/NAME"),
        }
    }

    /// Folder of photos and documents.
    pub fn blobs(&self) -> anyhow::Result<PathBuf> {
        match self.blobs.as_deref().map(|url| (url, url.split_once(':'))) {
            None => Ok(self.data_dir.join("files")),
            Some((_, Some(("file", path)))) if !path.is_empty() => Ok(PathBuf::from(path)),
            Some((url, _)) => bail!("--blobs {url}: give file:PATH"),
        }
    }

    /// Folder of the log's key and guard.
    pub fn log_dir(&self) -> anyhow::Result<PathBuf> {
        if let Some(folder) = &self.log_dir {
            return Ok(folder.clone());
        }
        let name =
            self.data_dir.file_name().context("--log-dir: the data folder has no name to stand beside; give one")?;
        let mut name = name.to_owned();
        name.push(".log");
        Ok(self.data_dir.with_file_name(name))
    }

    /// Where the guard of the log is.
    pub fn guard(&self) -> anyhow::Result<GuardPlace> {
        match self.guard.as_deref().map(|url| (url, url.split_once(':'))) {
            None => Ok(GuardPlace::File(self.log_dir()?.join("guard"))),
            Some((_, Some(("file", path)))) if !path.is_empty() => Ok(GuardPlace::File(PathBuf::from(path))),
            Some((url, Some(("postgres" | "postgresql", _)))) => match self.database_of(url)? {
                Database::Postgres(settings) => Ok(GuardPlace::Postgres(settings)),
                Database::Sqlite(path) => Ok(GuardPlace::File(path)),
            },
            // Not the whole: it may hold a password.
            Some(_) => bail!("--guard: give file:PATH or postgres://USER@HOST/NAME of a database of its own"),
        }
    }

    /// The log's keys, where there are any.
    pub fn log_keys(&self) -> anyhow::Result<Option<Vec<SigningKey>>> {
        match self.secret_log_key() {
            Some(secret) => Ok(Some(keyring::parse(secret, "SUYUAN_LOG_KEY")?)),
            None => Ok(keyring::read(&self.log_key_file()?)?),
        }
    }

    /// Where new keys are written.
    pub fn log_key_file(&self) -> anyhow::Result<PathBuf> {
        match &self.log_key {
            Some(_) if self.secret_log_key().is_some() => {
                bail!("SUYUAN_LOG_KEY holds the key itself; put the new one there by hand, or give a file")
            }
            Some(path) => Ok(PathBuf::from(path)),
            None => Ok(self.log_dir()?.join("key")),
        }
    }

    /// Where the key is looked for, without the key.
    pub fn log_key_place(&self) -> String {
        self.log_key_file().map_or_else(|_| "SUYUAN_LOG_KEY".into(), |path| path.display().to_string())
    }

    fn secret_log_key(&self) -> Option<&str> {
        self.log_key.as_deref().filter(|text| text.starts_with("PRIVATE+KEY+"))
    }

    /// Whose word is taken for where a request comes from.
    pub fn trusted_proxies(&self) -> anyhow::Result<Vec<IpAddr>> {
        let listed = self.trusted_proxies.as_deref().unwrap_or_default();
        let addresses = listed.split(',').map(str::trim).filter(|address| !address.is_empty());
        let parsed = addresses.map(|address| {
            let address = address.parse::<IpAddr>().map(|it| it.to_canonical());
            address.with_context(|| format!("--trusted-proxies {listed}: give addresses such as 127.0.0.1,::1"))
        });
        parsed.collect()
    }

    pub fn token_key(&self) -> PathBuf {
        self.token_key.clone().unwrap_or_else(|| self.data_dir.join("token.key"))
    }
}
