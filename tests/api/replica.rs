//! Pages that are read from a standby of the database: how old they may be, what they say of it, and what never asks it.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::engine::cluster::Cluster;
use crate::engine::{Place, QUICK, cluster};
use crate::support::program::{Reply, Service, ask, on, suyuan};
use crate::support::{LOOSE, batch_path, scan_path};

/// A service over a primary, whose pages are read from a standby; dropped in this order.
struct Pair {
    service: Service,
    /// Key of a cooperative that has a product.
    key: String,
    standby: Cluster,
    _primary: Cluster,
    _folder: tempfile::TempDir,
}

impl Pair {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let primary = Cluster::start(QUICK);
        let place = Place::Postgres(primary.new_database());
        let standby = primary.standby(QUICK);
        let read = standby.url("t0");
        let alone = Service::start_at(&folder.path().join("data"), &place, &[]);
        let cooperative =
            json!({"kind": "cooperative", "name": {"zh": "示范红旗脐橙合作社"}, "uscc": "93999001MA0000015G"});
        let key = alone.admit(&cooperative).1;
        let operator = alone.operator.clone();
        drop(alone);
        let variables = [("SUYUAN_DATABASE_READ", read.as_str())];
        let service = Service::serve(&folder.path().join("data"), &place, &variables, operator);
        let product = json!({"gtin": LOOSE, "name": {"zh": "脐橙（散装）", "en": "Navel oranges, loose"},
            "commodity": "navel_orange", "form": "loose", "unit": "grams"});
        let pair = Self { service, key, standby, _primary: primary, _folder: folder };
        pair.act("/api/v1/products", &product);
        pair
    }

    fn act(&self, path: &str, body: &Value) -> String {
        let made = self.service.post(path, &self.key, body);
        assert_eq!(made.status, 201, "{}", made.body);
        made.json()["id"].as_str().unwrap().to_owned()
    }

    fn open(&self, lot: &str) -> String {
        let body = json!({"basis": "collected", "gtin": LOOSE, "lot": lot, "quantity": 10, "origin": {"zh": "示范县"}});
        self.act("/api/v1/batches", &body)
    }

    fn recall(&self, batch: &str) {
        self.act(&batch_path(batch, "recalls"), &json!({"class": 1, "reason": {"zh": "农药残留超标"}}));
    }

    fn scan(&self, lot: &str, accept: &str, language: &str) -> Reply {
        let headers = [("Accept", accept), ("Accept-Language", language)];
        ask(&self.service.address, "GET", &scan_path(LOOSE, lot), &headers, "").unwrap()
    }

    fn view(&self, lot: &str) -> Value {
        self.scan(lot, "application/json", "en").json()
    }

    fn verdict(&self, lot: &str) -> String {
        self.view(lot)["verdict"].as_str().unwrap().to_owned()
    }

    fn page(&self, lot: &str, language: &str) -> String {
        self.scan(lot, "text/html", language).body
    }

    fn ready(&self) -> Reply {
        self.service.get("/readyz", "")
    }

    /// Waits until the standby has all that is recorded, and the service knows it.
    fn caught_up(&self) {
        awaited("the replica catches up", || {
            let behind = self.ready().body;
            let seconds =
                behind.split("from the replica, ").nth(1).and_then(|rest| rest.split(' ').next()?.parse().ok());
            seconds.is_some_and(|seconds: f64| seconds < 1.0)
        });
    }

    /// The standby takes in nothing more, as if it had too much to do.
    fn pause(&self) {
        self.standby.sql("postgres", "select pg_wal_replay_pause()");
        let paused = || self.standby.sql("postgres", "select pg_get_wal_replay_pause_state()") == "paused";
        awaited("the standby stands still", paused);
    }

    fn resume(&self) {
        self.standby.sql("postgres", "select pg_wal_replay_resume()");
    }
}

/// Waits for a condition; answers how long.
fn awaited(what: &str, condition: impl Fn() -> bool) -> Duration {
    let begun = Instant::now();
    while !condition() {
        assert!(begun.elapsed() < Duration::from_secs(20), "in vain: {what}");
        thread::sleep(Duration::from_millis(50));
    }
    begun.elapsed()
}

#[test]
fn a_page_that_was_read_before_the_replica_had_a_recall_goes_when_it_has_it() {
    let pair = Pair::start();
    let batch = pair.open("L1");
    pair.caught_up();
    assert_eq!(pair.verdict("L1"), "issued");
    pair.pause();
    pair.recall(&batch);
    // Long enough that this instance has dropped the page for the commit, and keeps a new one that is as old.
    thread::sleep(Duration::from_millis(1_200));
    assert_eq!(pair.verdict("L1"), "issued", "pages are read from the replica");
    assert!(pair.page("L1", "en").contains("L1"));
    pair.resume();
    let took = awaited("the recall shows", || pair.verdict("L1") == "recalled");
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert!(pair.page("L1", "en").contains("ecalled"));
    assert_eq!(pair.view("L1")["data_from"], Value::Null);
}

#[test]
fn a_consent_that_was_withdrawn_is_over_also_where_the_replica_does_not_know_it() {
    let pair = Pair::start();
    let mut plot = crate::support::plot("SF-P01");
    plot["grower"] = json!("李甲乙");
    let plot = pair.act("/api/v1/plots", &plot);
    let given = pair.service.post(&format!("/api/v1/plots/{plot}/consents"), &pair.key, &consent("李某"));
    assert_eq!(given.status, 201, "{}", given.body);
    let day = &pair.service.get("/api/v1/plots", &pair.key).json()["items"][0]["recorded_at"];
    let day = day.as_str().unwrap()[..10].to_owned();
    let harvest = json!({"basis": "harvested", "gtin": LOOSE, "lot": "L1", "quantity": 1_000,
        "plots": [{"plot": plot}], "picked": {"from": day, "to": day}});
    pair.act("/api/v1/batches", &harvest);
    pair.caught_up();
    let named = || {
        let (view, page) = (pair.view("L1"), pair.page("L1", "zh-CN"));
        let name = view["origins"][0]["grower"].as_str().map(str::to_owned);
        assert_eq!(name.is_some(), page.contains("李某"), "{view}");
        name
    };
    assert_eq!(named().as_deref(), Some("李某"));
    pair.pause();
    pair.act(&format!("/api/v1/plots/{plot}/consent-withdrawals"), &json!({}));
    // Longer than pages are dropped for a commit: those that follow are read from the replica.
    for _ in 0..12 {
        assert_eq!(named(), None, "the replica has the consent still");
        thread::sleep(Duration::from_millis(200));
    }
    pair.resume();
    pair.caught_up();
    assert_eq!(named(), None);
    // A new one is shown as soon as the page knows of it.
    pair.act(&format!("/api/v1/plots/{plot}/consents"), &consent("李某"));
    awaited("the grower is named", || named().is_some());
}

fn consent(name: &str) -> Value {
    json!({"shown_as": name, "how": "paper"})
}

#[test]
fn a_page_from_a_replica_that_lags_says_from_when_it_is_and_nothing_else_is_read_there() {
    let pair = Pair::start();
    let batch = pair.open("L1");
    pair.caught_up();
    // Nobody writes for longer than a lag would be told: the replica is as new as the database all the same.
    thread::sleep(Duration::from_secs(6));
    assert_eq!(pair.view("L1")["data_from"], Value::Null, "an idle database is no lag");
    pair.pause();
    pair.recall(&batch);
    let lags = || pair.view("L1")["data_from"].is_string();
    let took = awaited("the lag is told", lags);
    assert!(took > Duration::from_secs(3), "told at once: {took:?}");
    let view = pair.view("L1");
    assert_eq!(view["verdict"], "issued");
    assert!(view["data_from"].as_str() < view["as_of"].as_str(), "{view}");
    for (language, words) in [("en", "This page shows what was recorded until"), ("zh-CN", "本页显示截至")] {
        assert!(pair.page("L1", language).contains(words), "{language}");
    }
    // Its writer reads what he wrote, and the writer's decisions rest on it.
    let own = pair.service.get(&format!("/api/v1/batches/{batch}"), &pair.key).json();
    assert_eq!(own["recalled"], true, "{own}");
    let lost = json!({"quantity": 10, "reason": "rot"});
    pair.act(&batch_path(&batch, "losses"), &lost);
    let again = pair.service.post(&batch_path(&batch, "losses"), &pair.key, &lost);
    assert_eq!((again.status, again.json()["slug"].as_str()), (409, Some("overdrawn")), "{}", again.body);
    // What the replica does not know yet is not called unknown.
    pair.open("L2");
    assert_eq!(pair.verdict("L2"), "issued");
    assert_eq!(pair.verdict("L3"), "unknown");
    pair.resume();
    awaited("the recall shows", || pair.verdict("L1") == "recalled");
    pair.caught_up();
    assert_eq!(pair.view("L1")["data_from"], Value::Null);
    awaited("the page is no longer dated", || !pair.page("L1", "en").contains("recorded until"));
}

#[test]
fn pages_are_read_from_the_database_while_the_replica_is_away_and_from_the_replica_when_it_is_back() {
    let mut pair = Pair::start();
    let batch = pair.open("L1");
    pair.caught_up();
    pair.standby.crash();
    // At once: nobody has noticed yet, and no page is in memory.
    let begun = Instant::now();
    assert_eq!(pair.verdict("L1"), "issued");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    awaited("it is noticed", || pair.ready().body.contains("the replica does not answer"));
    assert_eq!(pair.ready().status, 200, "pages are served, so the service is ready");
    pair.recall(&batch);
    awaited("the database is read", || pair.verdict("L1") == "recalled");
    pair.standby.run();
    pair.caught_up();
    let batch = pair.open("L2");
    pair.caught_up();
    pair.pause();
    pair.recall(&batch);
    thread::sleep(Duration::from_millis(1_200));
    assert_eq!(pair.verdict("L2"), "issued", "pages are read from the replica again");
    pair.resume();
}

#[test]
fn a_record_that_changed_on_the_replica_is_on_no_page() {
    let pair = Pair::start();
    pair.open("L1");
    pair.caught_up();
    // Only so can it be changed: a standby takes no statement that would.
    pair.standby.promote();
    let county = |name: &str| format!("convert_to(replace(convert_from(bytes, 'UTF8'), '示范县', '{name}'), 'UTF8')");
    pair.standby.sql("t0", &format!("update records set bytes = {} where kind = 'batch.opened'", county("示范乡")));
    pair.caught_up();
    let view = pair.view("L1").to_string();
    assert!(view.contains("示范县") && !view.contains("示范乡"), "{view}");
    assert!(!pair.page("L1", "zh-CN").contains("示范乡"));
}

#[test]
fn a_replica_of_another_instance_is_refused_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let [own, other] = ["own", "other"].map(|name| {
        let place = Place::Postgres(cluster().new_database());
        drop(Service::start_at(&folder.path().join(name), &place, &[]));
        place
    });
    let mut serve = on(suyuan(&["serve", "--listen", "127.0.0.1:0"]), &folder.path().join("own"), &own);
    let refused = serve.args(["--database-read", &other.url()]).stderr(std::process::Stdio::piped()).output().unwrap();
    let told = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(1), "{told}");
    assert!(told.contains("--database-read") && told.contains("another instance"), "{told}");
}
