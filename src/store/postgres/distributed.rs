//! Spreading the tables over the machines of a Citus cluster (docs/SCALING.md). Each table goes by the column that all its keys
//! hold, so that a subject, or an organisation's list, lies whole on one machine.

use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

use super::Conn;
use crate::store::StoreError;

/// Where the rows of a table lie.
enum Lies {
    /// By the hash of this column.
    By(&'static str),
    /// All of them on every machine.
    Everywhere,
    /// On the coordinator alone.
    Here,
}

const TABLES: &[(&str, Lies)] = &[
    ("records", Lies::By("subject")),
    ("openings", Lies::By("subject")),
    ("grants", Lies::By("subject")),
    ("subjects", Lies::By("handle")),
    ("lineage", Lies::By("child")),
    ("batches", Lies::By("home")),
    ("idempotency", Lies::By("organisation")),
    // The scope of a lot holds its GTIN.
    ("unique_names", Lies::By("scope")),
    ("attachments", Lies::By("sha256")),
    ("problem_reports", Lies::By("id")),
    // Looked up by every request, some thousands of rows.
    ("api_keys", Lies::Everywhere),
    // Likewise: a login is one in the whole instance.
    ("members", Lies::Everywhere),
    ("invitations", Lies::Everywhere),
    ("recovery_codes", Lies::By("home")),
    ("applications", Lies::Everywhere),
    // Looked up by every request.
    ("suspensions", Lies::Everywhere),
    ("data_reads", Lies::By("home")),
    ("sessions", Lies::By("token_hash")),
    ("notices", Lies::By("home")),
    ("webhooks", Lies::Everywhere),
    ("deliveries", Lies::By("home")),
    ("notice_head", Lies::Here),
    // One row, which every group locks last.
    ("log_head", Lies::Here),
    // The tree over the log, which the same groups append to.
    ("log_tiles", Lies::Here),
    ("log_checkpoints", Lies::Here),
];

/// A cluster keeps no constraint over all machines. That no index is given twice is what the lock on `log_head` sees to.
const BEFORE: &[&str] =
    &["drop index if exists records_log_index", "create index if not exists records_in_order on records (log_index)"];

/// What is told to the coordinator, in order, each with its table.
pub fn statements() -> Vec<(&'static str, String)> {
    let told = |(table, lies): &(&'static str, Lies)| match lies {
        Lies::By(column) => Some((*table, format!("select create_distributed_table('{table}', '{column}')"))),
        Lies::Everywhere => Some((*table, format!("select create_reference_table('{table}')"))),
        Lies::Here => None,
    };
    TABLES.iter().filter_map(told).collect()
}

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Bool)]
    yes: bool,
}

/// Spreads the tables that are not spread yet; answers their names. To be run while nobody writes.
pub fn distribute(conn: &mut Conn) -> Result<Vec<&'static str>, StoreError> {
    let known = "select to_regproc('create_distributed_table') is not null as yes";
    if !diesel::sql_query(known).get_result::<Answer>(conn)?.yes {
        return Err(StoreError::Engine(
            "this server is no Citus coordinator; an administrator makes it one with: create extension citus".into(),
        ));
    }
    for statement in BEFORE {
        diesel::sql_query(*statement).execute(conn)?;
    }
    let mut spread = Vec::new();
    for (table, statement) in statements() {
        let there = "select exists (select 1 from pg_dist_partition where logicalrelid = to_regclass($1)) as yes";
        if !diesel::sql_query(there).bind::<Text, _>(table).get_result::<Answer>(conn)?.yes {
            diesel::sql_query(statement).execute(conn)?;
            spread.push(table);
        }
    }
    Ok(spread)
}
