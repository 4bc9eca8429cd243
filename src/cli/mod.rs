//! The command line. Each verb is a file; settings come from flags, `SUYUAN_*` variables or a TOML file, in this order.

mod admin;
mod backup;
mod copy;
mod demo;
mod erase;
mod export;
mod files;
mod folder;
mod init;
mod instance;
mod key;
mod log;
mod migrate;
mod monitor;
mod openapi;
mod permissions;
mod progress;
mod rebuild;
mod serve;
mod settings;
mod sign;
mod verify;
mod witness;

use std::io::Write as _;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use settings::Flags;

/// Farm-to-label traceability 溯源
#[derive(Debug, Parser)]
#[command(name = "suyuan", version, about)]
struct Cli {
    #[command(flatten)]
    flags: Flags,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Load a county of invented data and serve it
    Demo(demo::Arguments),
    /// Serve the REST API and the pages
    Serve,
    /// Write the operator's record into a new data folder and print its API key
    Init(init::Arguments),
    /// Bring the database's tables up to date
    Migrate(migrate::Arguments),
    /// Check a downloaded chain, history or audit pack, without any server
    Verify(verify::Arguments),
    /// Sign results or keys with a key of your own, on your own machine; makes such keys too
    Sign(sign::Arguments),
    /// Make all projections anew from the records
    Rebuild,
    /// Copy a whole instance into another database; goes on where an earlier attempt ended
    Copy(copy::Arguments),
    /// Back up database and files into a new folder; the service may go on writing
    Backup(backup::Backup),
    /// Restore a backup into an empty place, checking every chain
    Restore(backup::Restore),
    /// Write a whole instance into a new folder of NDJSON and files; the service may go on writing
    Export(export::Export),
    /// Read an export into an empty place, checking every chain; goes on where an earlier attempt ended
    Import(export::Import),
    /// Print the OpenAPI document
    Openapi,
    /// Print who may do what
    Permissions,
    /// Destroy what opens sealed fields, for good; the service must be stopped
    Erase(erase::Arguments),
    /// Let people in: links for a first manager, for a forgotten password
    #[command(subcommand)]
    Admin(admin::Verb),
    /// API keys of organisations
    #[command(subcommand)]
    Key(key::Verb),
    /// The published log: its key, how it stands
    #[command(subcommand)]
    Log(log::Verb),
    /// Follow a log as an outsider; exit code 0 it kept its word, 1 it did not, 2 it could not be told
    Monitor(monitor::Arguments),
    /// Witness the logs of others: a service of its own, with its own key and folder
    #[command(subcommand)]
    Witness(witness::Verb),
    /// Photos and documents
    #[command(subcommand)]
    Files(files::Verb),
}

/// Runs the program; the exit code is 0, or 1 after one plain sentence on standard error.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.verb {
        Verb::Verify(arguments) => return verify::run(&arguments),
        Verb::Monitor(arguments) => return monitor::run(&cli.flags, &arguments),
        Verb::Openapi => openapi::run(),
        Verb::Permissions => permissions::run(),
        Verb::Sign(arguments) => sign::run(&arguments),
        Verb::Demo(arguments) => demo::run(&cli.flags, &arguments),
        Verb::Serve => serve::run(&cli.flags),
        Verb::Init(arguments) => init::run(&cli.flags, &arguments),
        Verb::Migrate(arguments) => migrate::run(&cli.flags, &arguments),
        Verb::Rebuild => rebuild::run(&cli.flags),
        Verb::Backup(arguments) => backup::backup(&cli.flags, &arguments),
        Verb::Restore(arguments) => backup::restore(&cli.flags, &arguments),
        Verb::Export(arguments) => export::export(&cli.flags, &arguments),
        Verb::Import(arguments) => export::import(&cli.flags, &arguments),
        Verb::Copy(arguments) => copy::run(&cli.flags, &arguments),
        Verb::Erase(arguments) => erase::run(&cli.flags, &arguments),
        Verb::Admin(verb) => admin::run(&cli.flags, &verb),
        Verb::Key(verb) => key::run(&cli.flags, &verb),
        Verb::Log(verb) => log::run(&cli.flags, &verb),
        Verb::Witness(verb) => witness::run(&cli.flags, &verb),
        Verb::Files(verb) => files::run(&cli.flags, &verb),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            #[expect(clippy::print_stderr, reason = "this is where the program speaks")]
            {
                eprintln!("suyuan: {}", sentence(&error));
            }
            ExitCode::FAILURE
        }
    }
}

/// A refusal of a use case or of a value in the words that the service has for it; anything else with its causes.
fn sentence(error: &anyhow::Error) -> String {
    use crate::app::AppError;
    use crate::http::problem::Problem;
    use crate::i18n::Locale;
    if let Some(AppError::Refused(refusal)) = error.downcast_ref() {
        return Problem::from(refusal.clone()).detail(Locale::En);
    }
    if let Some(invalid) = error.root_cause().downcast_ref() {
        // The context names the flag.
        let flag = error.to_string();
        return format!("{flag}: {}", Problem::invalid(&flag, invalid).detail(Locale::En));
    }
    format!("{error:#}")
}

/// Prints a line for the person at the terminal. Nobody reading is no reason to stop: `suyuan demo | head` goes on serving.
fn say(text: impl std::fmt::Display) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_help_of_a_verb_tells_its_own_flags_apart_from_the_settings() {
        let mut cli = Cli::command();
        cli.build();
        let init = cli.find_subcommand("init").unwrap();
        let under = |heading| init.get_arguments().filter(move |flag| flag.get_help_heading() == heading);
        let own: Vec<_> = under(None).map(|flag| flag.get_id().as_str()).collect();
        assert_eq!(own, ["name", "uscc", "utc_offset_minutes", "help"]);
        assert!(under(Some("Settings")).any(|flag| flag.get_id() == "data_dir"));
    }
}
