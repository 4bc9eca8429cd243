//! API keys from the server's own terminal.

use anyhow::{Context, bail};
use clap::Subcommand;

use super::instance;
use super::settings::{Flags, Settings};
use crate::app::App;
use crate::app::keys::{self, Wanted};
use crate::auth::scope::Scope;
use crate::domain::record::Handle;
use crate::domain::time::CivilDate;
use crate::store::ApiKey;

#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Make a key for an organisation and print it; it is shown this once. The service may go on running
    Create {
        /// Handle of the organisation
        #[arg(long)]
        organisation: Handle,
        /// What the key is for
        #[arg(long, default_value = "cli")]
        name: String,
        /// First day on which the key no longer works, such as 2027-12-31; without it, it works until it is revoked
        #[arg(long)]
        expires: Option<CivilDate>,
        /// Operations that the key is narrowed to, such as batch.pack,batch.store (docs/PERMISSIONS.md); without it, all that
        /// the organisation may
        #[arg(long)]
        scope: Option<Scope>,
    },
    /// List keys, also those that work no more; never what would let somebody use one
    List {
        /// Handle of an organisation; without it, the keys of all
        #[arg(long)]
        organisation: Option<Handle>,
    },
    /// End a key. The service may go on running and refuses it within two seconds
    Revoke {
        /// Id of the key, as `key list` names it
        #[arg(long)]
        id: String,
    },
}

pub fn run(flags: &Flags, verb: &Verb) -> anyhow::Result<()> {
    let instance = instance::open_beside(&Settings::load(flags)?)?;
    let app = &instance.app;
    match verb {
        Verb::Create { organisation, name, expires, scope } => {
            super::say(keys::create_as(app, *organisation, name, Wanted { expires: *expires, scope: *scope })?);
        }
        Verb::List { organisation } => {
            let keys = keys::list(app, *organisation)?;
            super::say(line("id", "organisation", "created", "expires", "revoked", "scope", "name"));
            keys.iter().for_each(|key| super::say(line_of(app, key)));
        }
        Verb::Revoke { id } => {
            if id.starts_with("sy_") {
                bail!("that is a key itself, which this terminal may remember; its id stands in `suyuan key list`");
            }
            let id: Handle = id.parse().context("--id")?;
            keys::revoke(app, id)?;
            super::say(format_args!("the key {id} is revoked."));
        }
    }
    Ok(())
}

/// A key that somebody wants to find again; its hash stays in the database. The day of expiry is the one that was given.
fn line_of(app: &App, key: &ApiKey) -> String {
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    line(
        &key.id.to_string(),
        &key.organisation.to_string(),
        &key.created_at.to_string(),
        &or_dash(key.expires_at.map(|at| at.civil_date(app.utc_offset_minutes).to_string())),
        &or_dash(key.revoked_at.map(|at| at.to_string())),
        key.scope.as_deref().map_or_else(|| "all".to_owned(), |scope| scope.replace(' ', ",")).as_str(),
        // A line break or a control sequence in a name would forge another line.
        &key.name.escape_debug().to_string(),
    )
}

fn line(id: &str, organisation: &str, created: &str, expires: &str, revoked: &str, scope: &str, name: &str) -> String {
    format!("{id:32}  {organisation:32}  {created:24}  {expires:10}  {revoked:24}  {scope:10}  {name}")
}
