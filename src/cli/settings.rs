//! Settings: a flag wins over `SUYUAN_*`, that over the TOML file, that over what is built in.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use serde::{Deserialize, Serialize};

/// Flags of every verb. Each may also stand in the environment or in the file given by `--config`.
#[derive(Debug, Clone, Default, Args, Serialize)]
pub struct Flags {
    /// TOML file with settings
    #[arg(long, global = true, env = "SUYUAN_CONFIG")]
    #[serde(skip)]
    pub config: Option<PathBuf>,
    /// Folder of the database, files and keys [SUYUAN_DATA_DIR; suyuan-data]
    #[arg(long, global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_dir: Option<PathBuf>,
    /// sqlite:PATH [SUYUAN_DATABASE; a file in the data folder]
    #[arg(long, global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database: Option<String>,
    /// Address to listen on [SUYUAN_LISTEN; 127.0.0.1:8080]
    #[arg(long, global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<String>,
    /// Host that is printed on labels [SUYUAN_PUBLIC_URL; http:// and the listening address]
    #[arg(long, global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
    /// How logs are written [SUYUAN_LOG_FORMAT; pretty]
    #[arg(long, global = true, value_enum)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_format: Option<LogFormat>,
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

/// Settings as they hold.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub data_dir: PathBuf,
    #[serde(default)]
    pub database: Option<String>,
    pub listen: String,
    #[serde(default)]
    pub public_url: Option<String>,
    pub log_format: LogFormat,
    #[serde(default)]
    pub workers: Option<usize>,
}

#[derive(Serialize)]
struct BuiltIn {
    data_dir: &'static str,
    listen: &'static str,
    log_format: LogFormat,
}

const BUILT_IN: BuiltIn = BuiltIn { data_dir: "suyuan-data", listen: "127.0.0.1:8080", log_format: LogFormat::Pretty };

impl Settings {
    pub fn load(flags: &Flags) -> anyhow::Result<Self> {
        let mut figment = Figment::from(Serialized::defaults(BUILT_IN));
        if let Some(file) = &flags.config {
            if !file.is_file() {
                bail!("the settings file {} does not exist (--config)", file.display());
            }
            figment = figment.merge(Toml::file(file));
        }
        let known = ["data_dir", "database", "listen", "public_url", "log_format", "workers"];
        figment = figment.merge(Env::prefixed("SUYUAN_").only(&known)).merge(Serialized::defaults(flags));
        figment.extract().context("a setting is not right")
    }

    /// Path of the SQLite file.
    pub fn sqlite_path(&self) -> anyhow::Result<PathBuf> {
        match self.database.as_deref() {
            None => Ok(self.data_dir.join("suyuan.sqlite")),
            Some(url) => match url.split_once(':') {
                Some(("sqlite", path)) if !path.is_empty() => Ok(PathBuf::from(path)),
                Some(("postgres" | "postgresql", _)) => {
                    bail!("PostgreSQL is not built into this program; give --database sqlite:PATH")
                }
                _ => bail!("--database {url}: give sqlite:PATH"),
            },
        }
    }
}
