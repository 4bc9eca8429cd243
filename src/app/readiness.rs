//! Whether the service can do its work, and how whoever stands by for its database stands.

use std::fmt::Write as _;

use super::log::PublishedLog;
use super::{App, AppError};
use crate::store::{Standbys, Standing};

/// Reads and writes once. Answers a line for each standby of the database and one for the replica of pages; nothing where
/// there are none. A replica that is away is no reason not to be ready: pages are read from the database meanwhile.
pub fn check(app: &App) -> Result<String, AppError> {
    app.store.check()?;
    if let Some(reason) = app.log.as_ref().and_then(|log| log.stopped()) {
        return Err(AppError::LogStopped(reason.to_owned()));
    }
    let looked = app.log.as_ref().and_then(|log| log.last_look().get());
    if let Some(damage) = looked.as_ref().and_then(|looked| looked.damage.clone()) {
        return Err(AppError::LogStopped(damage));
    }
    let mut lines = standby_lines(&app.store.standbys()?);
    if let Some(standing) = app.pages.standing() {
        let _ = writeln!(lines, "pages {}", replica_line(standing));
    }
    if let Some(log) = &app.log {
        lines.push_str(&witness_lines(log));
    }
    if let Some(looked) = looked {
        let _ = writeln!(lines, "looked through {} records {}, {}", looked.records, looked.source, looked.at);
    }
    Ok(lines)
}

/// A witness that is away is no reason not to be ready: nobody who writes waits for it.
fn witness_lines(log: &PublishedLog) -> String {
    let mut lines = String::new();
    let Some(witnesses) = log.witnesses() else { return lines };
    let size = log.published().tree.size;
    let _ = match witnesses.witnessed() {
        Some(it) => writeln!(lines, "witnessed {} of {size} records, {}", it.checkpoint.tree.size, it.at),
        None => writeln!(lines, "witnessed 0 of {size} records"),
    };
    for it in witnesses.standings() {
        let _ = match it.failures {
            0 => writeln!(lines, "witness {} cosigned {} records", it.name, it.size),
            failures => {
                writeln!(lines, "witness {} cosigned {} records, failed {failures} times since", it.name, it.size)
            }
        };
    }
    lines
}

fn standby_lines(standbys: &Standbys) -> String {
    let mut lines = String::new();
    for standby in &standbys.attached {
        let _ = match &standby.state {
            Some(state) => writeln!(lines, "standby {} sync_state={state}", standby.name),
            None => writeln!(lines, "standby attached, sync_state hidden: grant pg_monitor to the service's role"),
        };
    }
    lines
}

fn replica_line(standing: Standing) -> String {
    match standing {
        Standing::Following { behind } => format!("from the replica, {:.1} s behind", behind.as_secs_f64()),
        Standing::CatchingUp => "from the database: the replica is catching up".into(),
        Standing::Away => "from the database: the replica does not answer".into(),
        Standing::Foreign => "from the database: the replica holds another instance".into(),
    }
}
