//! API keys from the server's own terminal.

use clap::Subcommand;

use super::instance;
use super::settings::{Flags, Settings};
use crate::app::keys;
use crate::domain::record::Handle;

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
    },
}

pub fn run(flags: &Flags, verb: &Verb) -> anyhow::Result<()> {
    let Verb::Create { organisation, name } = verb;
    let instance = instance::open_beside(&Settings::load(flags)?)?;
    super::say(keys::create(&instance.app, *organisation, name)?);
    Ok(())
}
