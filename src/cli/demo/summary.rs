//! `demo.json` and the printout.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::app::log::PublishedLog;
use crate::labels;

/// What the demo holds, for people and for programs that test it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Summary {
    pub base_url: String,
    pub accounts: Vec<Account>,
    pub labels: Vec<Label>,
    pub batches: Vec<BatchLine>,
    /// Keys of the association and of the laboratory, which signs its reports.
    #[serde(default)]
    pub keys: Vec<KeyLine>,
    pub log: LogLine,
    /// Acts that were tried and refused, in words.
    #[serde(default)]
    pub refused: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Account {
    pub role: String,
    pub organisation: String,
    /// Handle of the organisation.
    pub id: String,
    pub name: String,
    pub login: Option<String>,
    pub password: Option<String>,
    pub api_key: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Label {
    pub state: String,
    pub url: String,
    pub lot_code: String,
    pub gtin: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BatchLine {
    pub state: String,
    pub held: bool,
    pub recalled: bool,
    pub id: String,
    pub lot_code: String,
    pub gtin: String,
    pub product: String,
}

/// A signing key of the demo, with its private half: in the demo, all hands are one.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KeyLine {
    pub organisation: String,
    /// Handle of the key.
    pub id: String,
    pub public: String,
    /// In the data folder.
    pub file: String,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct LogLine {
    pub origin: Option<String>,
    pub vkey: Option<String>,
}

impl Summary {
    /// The same data served from another address.
    pub fn move_to(&mut self, url: &str) {
        for label in &mut self.labels {
            if let Some(path) = label.url.strip_prefix(&self.base_url) {
                label.url = format!("{url}{path}");
            }
        }
        self.base_url = url.to_owned();
    }

    /// Notes by which name and key the log is checked.
    pub fn tell_log(&mut self, data_dir: &Path, log: Option<&PublishedLog>) -> anyhow::Result<()> {
        let newest = log.and_then(|log| log.keys().verifying().last());
        self.log = LogLine { origin: newest.map(|key| key.name().to_owned()), vkey: newest.map(ToString::to_string) };
        Ok(std::fs::write(data_dir.join("demo.json"), serde_json::to_string_pretty(self)?)?)
    }

    /// What the terminal shows.
    pub fn printout(&self, data_dir: &Path, lan: bool) -> String {
        let mut text = format!("\n溯源 Suyuan · 示范县 demo county · {}\n\n", self.base_url);
        let mut line = |parts: std::fmt::Arguments<'_>| {
            text.push_str(&parts.to_string());
            text.push('\n');
        };
        line(format_args!("  look-up   {}/", self.base_url));
        line(format_args!("  API       {}/api/docs/", self.base_url));
        line(format_args!("  all this  {}\n", data_dir.join("demo.json").display()));
        line(format_args!("Labels"));
        for label in &self.labels {
            line(format_args!("  {:<14} {}", label.state, label.url));
        }
        line(format_args!("\nAccounts (log in at {}/login)", self.base_url));
        for account in &self.accounts {
            let (login, password) = (account.login.as_deref(), account.password.as_deref());
            let (login, password) = (login.unwrap_or("-"), password.unwrap_or("-"));
            line(format_args!("  {:<12} {login:<12} {password}  {}", account.role, account.organisation));
        }
        line(format_args!("\nTheir API keys"));
        for account in &self.accounts {
            line(format_args!("  {:<12} {}  {}", account.role, account.api_key, account.organisation));
        }
        line(format_args!("\nTried and refused"));
        for refused in &self.refused {
            line(format_args!("  {refused}"));
        }
        if let Some(label) = self.labels.iter().find(|label| label.state == "issued") {
            let hint = if lan { "" } else { " (start with --lan to open it on a phone in the same network)" };
            line(format_args!("\n{}{hint}", label.url));
            if let Ok(symbol) = labels::symbol(&label.url) {
                line(format_args!("{}", labels::terminal(&symbol)));
            }
        }
        line(format_args!("Ctrl-C stops it."));
        text
    }
}
