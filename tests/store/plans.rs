//! How every read that a page may need finds its rows: by an index, on either engine, however much is stored. The statements
//! are those that the store really runs, caught on their way; their plans stand below.

use std::cell::RefCell;
use std::collections::BTreeSet;

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use diesel::prelude::*;
use diesel::sql_types::Text;
use suyuan::domain::acts::UniqueName;
use suyuan::domain::entities::BatchStage;
use suyuan::domain::record::{Digest, SubjectKind};
use suyuan::store::{BatchFilter, Store};

use crate::engine::Place;
use crate::support::{Founded, GTIN, HOME, open, opening, perform};

thread_local! {
    /// Statements of this thread, where somebody asked for them.
    static CAUGHT: RefCell<Option<BTreeSet<String>>> = const { RefCell::new(None) };
}

fn catch() -> Option<Box<dyn Instrumentation>> {
    Some(Box::new(|event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            let text = query.to_string();
            let statement = text.split(" -- binds").next().unwrap_or_default().trim().to_owned();
            CAUGHT.with_borrow_mut(|caught| caught.as_mut().map(|caught| caught.insert(statement)));
        }
    }))
}

/// Runs everything that pages and public look-ups read.
fn statements(store: &dyn Store) -> BTreeSet<String> {
    let batch = perform(store, opening("L1", 1_000)).unwrap().id;
    let product = store.named(&UniqueName::gtin(GTIN.parse().unwrap())).unwrap().unwrap();
    let lot = "L1".parse().unwrap();
    CAUGHT.set(Some(BTreeSet::new()));
    assert_eq!(store.named(&UniqueName::lot(GTIN.parse().unwrap(), &lot)).unwrap(), Some(batch));
    store.subject(batch).unwrap();
    store.subjects(&[batch]).unwrap();
    store.chain(batch, 0, 5).unwrap();
    store.log(0, 10).unwrap();
    store.children(&[batch]).unwrap();
    store.parents(&[batch]).unwrap();
    store.batches_of_product(product, 5).unwrap();
    store.batches_of_lot(&lot, 5).unwrap();
    store.batches(HOME, &BatchFilter::default(), None, 5).unwrap();
    store.batches(HOME, &BatchFilter { in_stock: true, ..BatchFilter::default() }, None, 5).unwrap();
    store.stages_in_stock(HOME, 5).unwrap();
    let opened = BatchFilter { stage: Some(BatchStage::Open), ..BatchFilter::default() };
    store.batches(HOME, &opened, None, 5).unwrap();
    store.of_home(HOME, SubjectKind::Plot, None, 5).unwrap();
    store.of_kind(SubjectKind::Organisation, None, 5).unwrap();
    store.granted(HOME, "receiver", None, 5).unwrap();
    store.has_grant(HOME, batch).unwrap();
    store.attachment(Digest::from_bytes([1; 32])).unwrap();
    // A pool asks a connection whether it is still there: that is no read of ours.
    let of_ours = |text: &String| text.starts_with("SELECT") && text != "SELECT 1";
    CAUGHT.take().unwrap_or_default().into_iter().filter(of_ours).collect()
}

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

#[derive(QueryableByName)]
#[cfg(feature = "postgres")]
struct PlanLine {
    #[diesel(sql_type = Text)]
    #[diesel(column_name = "QUERY PLAN")]
    line: String,
}

/// What these statements go by: SQLite's steps, PostgreSQL's indexes.
fn ways(place: &Place, statements: &BTreeSet<String>) -> BTreeSet<String> {
    match place {
        Place::Sqlite(path) => {
            let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
            let plan = |statement: &String| -> Vec<Step> {
                diesel::sql_query(format!("explain query plan {statement}")).load(&mut conn).unwrap()
            };
            statements.iter().flat_map(plan).map(|step| step.detail).collect()
        }
        #[cfg(feature = "postgres")]
        Place::Postgres(url) => postgres_indexes(url, statements),
    }
}

#[cfg(feature = "postgres")]
fn postgres_indexes(url: &str, statements: &BTreeSet<String>) -> BTreeSet<String> {
    use diesel::connection::SimpleConnection as _;
    let mut conn = PgConnection::establish(url).unwrap();
    // Many homes, so that an index that leaves the home out costs more; settings as the service's own connections have them,
    // and one plan for all values.
    conn.batch_execute(
        "insert into subjects select decode(md5(i::text), 'hex'), 'plot', decode(md5((i % 100) || 'home'), 'hex'), 0,
             sha256('x'), 0, 1000000 + i, '{}' from generate_series(1, 5000) i;
         insert into grants select handle, home, 'receiver', first_log_index from subjects;
         analyze;
         set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off; set jit = off;
         set plan_cache_mode = force_generic_plan",
    )
    .unwrap();
    let mut found = BTreeSet::new();
    for statement in statements {
        let binds = (1..20).take_while(|number| statement.contains(&format!("${number}"))).count();
        let nothing = vec!["null"; binds].join(", ");
        conn.batch_execute(&format!("deallocate all; prepare asked as {statement}")).unwrap();
        let explain = format!("explain (costs off) execute asked({nothing})");
        let plan: Vec<PlanLine> = diesel::sql_query(explain).load(&mut conn).unwrap();
        for PlanLine { line } in plan.iter().filter(|step| step.line.contains("Scan")) {
            let by = line.split(" using ").nth(1).map(|rest| rest.split(' ').next().unwrap_or_default());
            let by = by.or_else(|| line.split("Bitmap Index Scan on ").nth(1)).map(|name| name.trim().to_owned());
            // The heap's side of a bitmap scan names the table again; anything else is a whole table.
            found.extend(by.or_else(|| (!line.contains("Bitmap Heap Scan")).then(|| line.trim().to_owned())));
        }
    }
    found
}

#[test]
fn every_read_of_a_page_goes_by_an_index() {
    set_default_instrumentation(catch).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let place = Place::new(folder.path());
    let founded = Founded::with(place.clone(), open(&place));
    let statements = statements(&*founded.store);
    assert_eq!(statements.len(), 18, "{statements:#?}");
    let found: Vec<String> = ways(&place, &statements).into_iter().collect();
    let expected = match place {
        Place::Sqlite(_) => SQLITE,
        #[cfg(feature = "postgres")]
        Place::Postgres(_) => POSTGRES,
    };
    assert_eq!(found, expected);
}

const SQLITE: &[&str] = &[
    "SEARCH attachments USING INDEX sqlite_autoindex_attachments_1 (sha256=?)",
    "SEARCH batches USING COVERING INDEX batches_stage (home=? AND stage=? AND first_log_index<?)",
    "SEARCH batches USING INDEX batches_lot (lot=?)",
    "SEARCH batches USING INDEX batches_product (product=?)",
    "SEARCH batches USING INDEX batches_stocked (home=? AND stocked<?)",
    "SEARCH batches USING INDEX batches_stocked (home=? AND stocked>?)",
    "SEARCH batches USING PRIMARY KEY (home=? AND first_log_index<?)",
    "SEARCH grants USING COVERING INDEX grants_organisation (organisation=? AND view=? AND first_log_index<?)",
    "SEARCH grants USING PRIMARY KEY (subject=? AND organisation=?)",
    "SEARCH lineage USING INDEX lineage_parent (parent=?)",
    "SEARCH lineage USING PRIMARY KEY (child=?)",
    "SEARCH records USING INDEX records_log_index (log_index>?)",
    "SEARCH records USING INDEX sqlite_autoindex_records_1 (subject=? AND seq>? AND seq<?)",
    "SEARCH subjects USING INDEX sqlite_autoindex_subjects_1 (handle=?)",
    "SEARCH subjects USING INDEX subjects_home (home=? AND kind=? AND first_log_index<?)",
    "SEARCH subjects USING INDEX subjects_kind (kind=? AND first_log_index<?)",
    "SEARCH unique_names USING PRIMARY KEY (scope=? AND name=?)",
    // Batches of one lot code, of which there are few.
    "USE TEMP B-TREE FOR ORDER BY",
];

#[cfg(feature = "postgres")]
const POSTGRES: &[&str] = &[
    "attachments_pkey",
    "batches_lot",
    "batches_pkey",
    "batches_product",
    "batches_stage",
    "batches_stocked",
    "grants_organisation",
    "grants_pkey",
    "lineage_parent",
    "lineage_pkey",
    "records_log_index",
    "records_pkey",
    "subjects_home",
    "subjects_kind",
    "subjects_pkey",
    "unique_names_pkey",
];
