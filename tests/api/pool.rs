//! Two connections for reading, one of them held by a query that takes long, and five hundred people who ask.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use serde_json::json;

use crate::engine::{Place, cluster};
use crate::support::program::{Service, ask};
use crate::support::{LOOSE, plot, scan_path};

const CLIENTS: usize = 500;
/// Clients of whom each has a thread.
const AT_ONCE: usize = 100;

/// Statuses and the longest wait of many requests.
#[derive(Default)]
struct Crowd {
    answered: AtomicUsize,
    busy: AtomicUsize,
    longest_ms: AtomicUsize,
}

fn lock_batches(place: &Place) -> PgConnection {
    let mut conn = PgConnection::establish(&place.url()).unwrap();
    // Whoever lists batches waits for this, with his connection in hand.
    conn.batch_execute("begin; lock table batches in access exclusive mode").unwrap();
    conn
}

#[test]
fn without_a_free_connection_readers_are_told_soon_and_what_needs_none_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::Postgres(cluster().new_database());
    let variables = [("SUYUAN_DATABASE_CONNECTIONS", "2"), ("SUYUAN_WORKERS", "2")];
    let service = Service::start_at(folder.path(), &place, &variables);
    let cooperative =
        json!({"kind": "cooperative", "name": {"zh": "示范红旗脐橙合作社"}, "uscc": "93999001MA0000015G"});
    let key = service.admit(&cooperative).1;
    let product =
        json!({"gtin": LOOSE, "name": {"zh": "脐橙"}, "commodity": "navel_orange", "form": "loose", "unit": "grams"});
    assert_eq!(service.post("/api/v1/products", &key, &product).status, 201);
    let opening = json!({"basis": "collected", "gtin": LOOSE, "lot": "L1", "quantity": 10, "origin": {"zh": "示范县"}});
    assert_eq!(service.post("/api/v1/batches", &key, &opening).status, 201);
    let page = || ask(&service.address, "GET", &scan_path(LOOSE, "L1"), &[("Accept", "text/html")], "").unwrap();
    // The instance hears of its own commits once more when it follows the log, and drops the page then.
    thread::sleep(Duration::from_millis(1_200));
    assert_eq!(page().status, 200);

    let mut slow = lock_batches(&place);
    let crowd = Crowd::default();
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                for _ in 0..CLIENTS / AT_ONCE {
                    let begun = Instant::now();
                    let answer = service.get("/api/v1/batches", &key);
                    crowd.longest_ms.fetch_max(begun.elapsed().as_millis() as usize, Ordering::SeqCst);
                    let counted = if answer.status == 503 { &crowd.busy } else { &crowd.answered };
                    counted.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        // Meanwhile: alive, the page in memory as quick as ever, for as long as people wait.
        let (mut looked, started) = (0, Instant::now());
        while crowd.busy.load(Ordering::SeqCst) < CLIENTS / 2 {
            let begun = Instant::now();
            assert_eq!(service.get("/livez", "").status, 200);
            assert_eq!(page().status, 200);
            assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
            looked += 1;
            assert!(started.elapsed() < Duration::from_secs(20), "nobody is told anything");
        }
        assert!(looked > 20, "{looked}");
        slow.batch_execute("rollback").unwrap();
    });
    let [busy, answered, longest] =
        [&crowd.busy, &crowd.answered, &crowd.longest_ms].map(|count| count.load(Ordering::SeqCst));
    assert_eq!(busy + answered, CLIENTS, "everybody got an answer");
    assert!(answered >= 2 && busy >= CLIENTS / 2, "{busy} were told to come back, {answered} answered");
    assert!(longest < 10_000, "the longest wait was {longest} ms");
    // Nothing is left locked or lost.
    assert_eq!(service.get("/api/v1/batches", &key).status, 200);
    assert_eq!(service.post("/api/v1/plots", &key, &plot("SF-P01")).status, 201);
}
