//! Bringing tables up to date, the same way on every engine.

use diesel::backend::Backend;
use diesel::migration::MigrationSource;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness};

use super::StoreError;

/// Runs what is missing; refuses a database that a newer program has migrated. A migration runs whole or not at all.
pub fn run<DB: Backend>(
    conn: &mut impl MigrationHarness<DB>,
    migrations: EmbeddedMigrations,
) -> Result<(), StoreError> {
    let ours = MigrationSource::<DB>::migrations(&migrations).map_err(failed)?;
    let applied = conn.applied_migrations().map_err(failed)?;
    if let Some(newer) = applied.iter().find(|version| !ours.iter().any(|own| own.name().version() == **version)) {
        return Err(StoreError::Engine(format!(
            "the database was migrated by a newer program (version {newer}); use that one, or restore an older backup"
        )));
    }
    conn.run_pending_migrations(migrations).map_err(failed)?;
    Ok(())
}

/// Refuses where any is missing.
pub fn check<DB: Backend>(
    conn: &mut impl MigrationHarness<DB>,
    migrations: EmbeddedMigrations,
) -> Result<(), StoreError> {
    match conn.pending_migrations(migrations).map_err(failed)?.len() {
        0 => Ok(()),
        missing => Err(StoreError::Engine(format!(
            "the database is {missing} migrations behind this program; stop every instance of the service, then run \
             `suyuan migrate`"
        ))),
    }
}

fn failed(error: Box<dyn std::error::Error + Send + Sync>) -> StoreError {
    StoreError::Engine(error.to_string())
}
