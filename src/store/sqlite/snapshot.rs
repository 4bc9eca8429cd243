//! A copy of the file as it is at one moment, made while others write.

use std::fs::File;
use std::path::Path;

use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::store::{Damaged, StoreError};

#[derive(QueryableByName)]
struct Verdict {
    #[diesel(sql_type = Text)]
    integrity_check: String,
}

/// Copies `path` to `into`, which must not exist yet, reads the copy through and syncs it.
pub fn snapshot(path: &Path, into: &Path) -> Result<(), StoreError> {
    let mut conn = super::connection::establish(path)?;
    diesel::sql_query("pragma busy_timeout = 5000").execute(&mut conn)?;
    diesel::sql_query("vacuum into ?").bind::<Text, _>(into.to_string_lossy()).execute(&mut conn)?;
    let mut copy = super::connection::establish(into)?;
    let verdict: Verdict = diesel::sql_query("pragma integrity_check").get_result(&mut copy)?;
    if verdict.integrity_check != "ok" {
        return Err(Damaged::new("the copy", verdict.integrity_check).into());
    }
    drop(copy);
    let io = |error: std::io::Error| StoreError::Full(error.to_string());
    File::open(into).and_then(|file| file.sync_all()).map_err(io)
}
