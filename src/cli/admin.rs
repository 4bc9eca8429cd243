//! Letting the first people in, from the server's own terminal: links that are good once and for a day.

use anyhow::Context;
use clap::Subcommand;

use super::instance;
use super::settings::{Flags, Settings};
use crate::app::founding;
use crate::app::people::{PeopleError, members};
use crate::domain::people::MemberKind;
use crate::domain::record::Handle;

#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Print a link by which somebody becomes a member of an organisation; good once, for a day. The service may go on running
    Invite {
        /// Whom it is for
        #[arg(long)]
        name: String,
        /// Handle of the organisation; without it, the operator's
        #[arg(long)]
        organisation: Option<Handle>,
        /// manager, worker or signer
        #[arg(long, default_value = "manager")]
        kind: MemberKind,
    },
    /// Print a link by which a member sets his password anew; good once, for a day. The service may go on running
    Reset {
        /// The name by which he logs in
        #[arg(long)]
        login: String,
    },
}

pub fn run(flags: &Flags, verb: &Verb) -> anyhow::Result<()> {
    let instance = instance::open_beside(&Settings::load(flags)?)?;
    let app = &instance.app;
    let (way, secret) = match verb {
        Verb::Invite { name, organisation, kind } => {
            let operator =
                || founding::operator(&*app.store)?.context("there is no operator yet; begin with `suyuan init`");
            let home = organisation.map_or_else(operator, Ok)?;
            ("invitation", members::invite_from_terminal(app, home, name, *kind).map_err(told)?)
        }
        Verb::Reset { login } => ("reset", members::reset_from_terminal(app, login).map_err(told)?),
    };
    super::say(format_args!("{}/{way}/{}", app.public_url, secret.reveal()));
    Ok(())
}

/// What the service has a sentence for is told by it.
fn told(error: PeopleError) -> anyhow::Error {
    match error {
        PeopleError::App(error) => error.into(),
        other => other.into(),
    }
}
