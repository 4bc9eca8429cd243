//! The tables of both engines: the same names, columns, nullability, keys and indexes.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::engine::{Place, cluster};
use crate::support::open;

#[derive(QueryableByName, Debug)]
struct Line {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    line: String,
}

/// Name → what it is, in words that both engines share.
type Shape = BTreeMap<String, String>;

const SQLITE_COLUMNS: &str = "select t.name || '.' || c.name as name,
    lower(c.type) || case when c.\"notnull\" then ' not null' else '' end
    || case when c.pk > 0 then ' key ' || c.pk else '' end as line
    from sqlite_master t join pragma_table_info(t.name) c
    where t.type = 'table' and t.name not like 'sqlite_%' and t.name not like '__diesel%'";

const POSTGRES_COLUMNS: &str = "select (c.table_name || '.' || c.column_name)::text as name,
    (case c.data_type when 'bytea' then 'blob' else c.data_type end
    || case when c.is_nullable = 'NO' then ' not null' else '' end
    || coalesce(' key ' || k.ordinal_position, ''))::text as line
    from information_schema.columns c
    left join (select k.table_name, k.column_name, k.ordinal_position from information_schema.key_column_usage k
        join information_schema.table_constraints t using (constraint_schema, constraint_name)
        where t.constraint_type = 'PRIMARY KEY') k using (table_name, column_name)
    where c.table_schema = 'public' and c.table_name not like '\\_\\_diesel%'";

const SQLITE_INDEXES: &str = "select t.name || '.' || i.name as name,
    case when i.\"unique\" then 'unique ' else '' end
    || (select group_concat(name, ',') from (select c.name from pragma_index_info(i.name) c order by c.seqno)) as line
    from sqlite_master t join pragma_index_list(t.name) i
    where t.type = 'table' and i.origin = 'c'";

const POSTGRES_INDEXES: &str = "select (t.relname || '.' || i.relname)::text as name,
    (case when x.indisunique then 'unique ' else '' end
    || (select string_agg(a.attname, ',' order by k.position) from unnest(x.indkey) with ordinality k(number, position)
        join pg_attribute a on a.attrelid = t.oid and a.attnum = k.number))::text as line
    from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid
    join pg_namespace n on n.oid = t.relnamespace
    where n.nspname = 'public' and not x.indisprimary and t.relname not like '\\_\\_diesel%'";

const POSTGRES_TEXTS: &str = "select (table_name || '.' || column_name)::text as name,
    coalesce(collation_name, 'of the database')::text as line from information_schema.columns
    where table_schema = 'public' and data_type = 'text' and table_name not like '\\_\\_diesel%'";

fn shape(lines: Vec<Line>) -> Shape {
    assert!(!lines.is_empty());
    lines.into_iter().map(|line| (line.name, line.line)).collect()
}

#[test]
fn both_engines_have_the_same_tables() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("parity.sqlite");
    drop(open(&Place::Sqlite(path.clone())));
    let url = cluster().new_database();
    drop(open(&Place::Postgres(url.clone())));
    let mut sqlite = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    let mut postgres = PgConnection::establish(&url).unwrap();
    for (of_sqlite, of_postgres) in [(SQLITE_COLUMNS, POSTGRES_COLUMNS), (SQLITE_INDEXES, POSTGRES_INDEXES)] {
        let of_sqlite: Vec<Line> = diesel::sql_query(of_sqlite).load(&mut sqlite).unwrap();
        let of_postgres: Vec<Line> = diesel::sql_query(of_postgres).load(&mut postgres).unwrap();
        assert_eq!(shape(of_postgres), shape(of_sqlite));
    }
    let texts: Vec<Line> = diesel::sql_query(POSTGRES_TEXTS).load(&mut postgres).unwrap();
    for (column, collation) in shape(texts) {
        assert_eq!(collation, "C", "{column} is not ordered by its bytes, as it is in SQLite");
    }
}

#[test]
fn both_engines_have_the_same_versions_of_migrations() {
    let versions = |engine: &str| {
        let folder = format!("{}/migrations/{engine}", env!("CARGO_MANIFEST_DIR"));
        let mut names: Vec<String> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    assert_eq!(versions("postgres"), versions("sqlite"));
}
