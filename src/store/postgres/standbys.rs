//! The standbys of the server, as the server sees them.

use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable, Text};

use super::Conn;
use crate::store::{Standby, Standbys, StoreError};

#[derive(QueryableByName)]
struct Setting {
    #[diesel(sql_type = Bool)]
    synchronous: bool,
}

#[derive(QueryableByName)]
struct Sender {
    #[diesel(sql_type = Nullable<Text>)]
    application_name: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    sync_state: Option<String>,
}

/// Names and states are hidden from a role without `pg_read_all_stats` (or `pg_monitor`): how many there are is seen by all.
pub fn attached(conn: &mut Conn) -> Result<Standbys, StoreError> {
    let setting: Setting =
        diesel::sql_query("select current_setting('synchronous_standby_names') <> '' as synchronous")
            .get_result(conn)?;
    let senders: Vec<Sender> =
        diesel::sql_query("select application_name, sync_state from pg_stat_replication order by 1, 2").load(conn)?;
    let standby = |it: Sender| Standby { name: it.application_name.unwrap_or_default(), state: it.sync_state };
    Ok(Standbys { synchronous: setting.synchronous, attached: senders.into_iter().map(standby).collect() })
}
