//! The database server goes away while the service runs, and comes back.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::engine::cluster::Cluster;
use crate::engine::{Place, QUICK};
use crate::support::plot;
use crate::support::program::Service;

#[test]
fn a_server_that_goes_away_is_told_to_callers_and_needs_no_restart_when_it_is_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Cluster::start(QUICK);
    let service = Service::start_at(folder.path(), &Place::Postgres(server.new_database()), &[]);
    let cooperative =
        json!({"kind": "cooperative", "name": {"zh": "示范红旗脐橙合作社"}, "uscc": "93999001MA0000015G"});
    let key = service.admit(&cooperative).1;
    assert_eq!(service.post("/api/v1/plots", &key, &plot("SF-P01")).status, 201);
    server.crash();
    for answer in [service.post("/api/v1/plots", &key, &plot("SF-P02")), service.get("/api/v1/plots", &key)] {
        assert_eq!((answer.status, answer.json()["slug"].as_str()), (503, Some("database-away")), "{}", answer.body);
    }
    assert_eq!(service.get("/livez", "").status, 200);
    assert_eq!(service.get("/readyz", "").status, 503);
    server.run();
    let begun = Instant::now();
    while service.post("/api/v1/plots", &key, &plot("SF-P03")).status != 201 {
        assert!(begun.elapsed() < Duration::from_secs(5), "it does not come back");
        thread::sleep(Duration::from_millis(50));
    }
    let codes = service.plot_codes(&key);
    assert!(codes.contains("SF-P01") && codes.contains("SF-P03") && !codes.contains("SF-P02"), "{codes:?}");
}

#[test]
fn where_no_synchronous_standby_is_attached_the_service_is_not_ready_and_says_so_soon() {
    let folder = tempfile::tempdir().unwrap();
    let server = Cluster::start(QUICK);
    let service = Service::start_at(folder.path(), &Place::Postgres(server.new_database()), &[]);
    assert_eq!(service.get("/readyz", "").body, "ready\n");
    let standby = server.standby(QUICK);
    let reload = || server.sql("postgres", "select pg_reload_conf()");
    server.sql("postgres", "alter system set synchronous_standby_names = '*'");
    reload();
    let awaited = |what: &str, status: u16, line: &str| {
        let begun = Instant::now();
        loop {
            let asked = Instant::now();
            let answer = service.get("/readyz", "");
            assert!(asked.elapsed() < Duration::from_secs(5), "{what}: it hangs");
            if answer.status == status && answer.body.contains(line) {
                return;
            }
            assert!(begun.elapsed() < Duration::from_secs(10), "{what}: {}", answer.body);
            thread::sleep(Duration::from_millis(50));
        }
    };
    awaited("attached", 200, "standby walreceiver sync_state=sync");
    drop(standby);
    awaited("gone", 503, "");
    server.sql("postgres", "alter system reset synchronous_standby_names");
    reload();
    awaited("not waited for", 200, "ready");
}
