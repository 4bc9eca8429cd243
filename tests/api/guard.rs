//! The guard of the log: what was published binds whoever serves the records afterwards.

use std::path::Path;

use serde_json::json;

use crate::engine::Place;
use crate::support::program::{Reply, Service, fetch, on, suyuan};

const ORIGIN: &str = "sy.example/log";

/// An instance with a log, in a file: here it is the files that are exchanged.
pub struct Instance {
    folder: tempfile::TempDir,
    operator: (String, String),
}

impl Instance {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let service = Service::start_at(folder.path(), &place(folder.path()), &[]);
        let operator = service.operator.clone();
        service.terminate();
        service.ended(std::time::Duration::from_secs(10));
        let new = Self { folder, operator };
        let (code, words) = new.verb(&["log", "key", "--origin", ORIGIN]);
        assert_eq!(code, Some(0), "{words}");
        assert!(words.starts_with(&format!("{ORIGIN}+")), "{words}");
        new
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn serve(&self, variables: &[(&str, &str)]) -> Service {
        Service::serve(self.path(), &place(self.path()), variables, self.operator.clone())
    }

    /// Exit code and all that was said.
    pub fn verb(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let output = on(suyuan(arguments), self.path(), &place(self.path()))
            .stderr(std::process::Stdio::piped())
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
    }

    fn keep(&self, name: &str) {
        std::fs::copy(self.path().join("suyuan.sqlite"), self.path().join(name)).unwrap();
    }

    fn restore(&self, name: &str) {
        std::fs::copy(self.path().join(name), self.path().join("suyuan.sqlite")).unwrap();
    }
}

pub fn place(folder: &Path) -> Place {
    Place::Sqlite(folder.join("suyuan.sqlite"))
}

pub fn admit(service: &Service, zh: &str, uscc: &str) -> Reply {
    let organisation = json!({"kind": "cooperative", "name": {"zh": zh}, "uscc": uscc});
    service.post("/api/v1/organisations", &service.operator.1, &organisation)
}

pub fn stop(service: Service) -> String {
    service.terminate();
    service.ended(std::time::Duration::from_secs(10)).1
}

pub fn public(service: &Service, path: &str) -> (u16, String) {
    fetch(&format!("http://{}{path}", service.address), &[])
}

pub const HONGQI: (&str, &str) = ("示范红旗脐橙合作社", "93999001MA0000015G");
pub const JIANGAN: (&str, &str) = ("示范江岸合作社", "93999001MA0000023B");
pub const BUYER: (&str, &str) = ("示范生鲜甲", "91999002MA00003143");

#[test]
fn a_restored_older_state_is_read_only_until_the_log_is_begun_anew() {
    let instance = Instance::new();
    let service = instance.serve(&[]);
    assert_eq!(admit(&service, HONGQI.0, HONGQI.1).status, 201);
    stop(service);
    instance.keep("backup");
    let service = instance.serve(&[]);
    assert_eq!(admit(&service, JIANGAN.0, JIANGAN.1).status, 201);
    let (_, published) = public(&service, "/log/checkpoint");
    assert_eq!(published.lines().nth(1), Some("3"));
    stop(service);
    instance.restore("backup");

    let service = instance.serve(&[]);
    let refused = admit(&service, BUYER.0, BUYER.1);
    assert_eq!((refused.status, refused.json()["slug"].as_str()), (503, Some("log-stopped")), "{}", refused.body);
    let (ready, _) = public(&service, "/readyz");
    assert_eq!(ready, 503);
    let organisations = service.get("/api/v1/organisations", &service.operator.1);
    assert_eq!(organisations.json()["items"].as_array().unwrap().len(), 2, "reading goes on");
    assert_eq!(public(&service, "/log/checkpoint"), (200, published.clone()), "what was promised stays");
    let words = stop(service);
    assert!(words.contains("3 records were published and only 2 are here"), "{words}");
    assert!(words.contains("suyuan log reopen"), "{words}");

    let (code, words) = instance.verb(&["log", "reopen", "--reason", "the disk failed"]);
    assert_eq!(code, Some(0), "{words}");
    let service = instance.serve(&[]);
    assert_eq!(admit(&service, BUYER.0, BUYER.1).status, 201);
    let (_, note) = public(&service, "/log/checkpoint");
    assert_eq!(note.lines().take(2).collect::<Vec<_>>(), ["sy.example/log/2", "4"]);
    assert!(note.contains("\u{2014} sy.example/log/2 "), "{note}");
    assert_eq!(public(&service, "/log/epoch/1/checkpoint"), (200, published));
    assert!(public(&service, "/log/epoch/1/key").1.starts_with("sy.example/log+"));
    assert!(public(&service, "/log/key").1.starts_with("sy.example/log/2+"));
    assert_eq!(public(&service, "/log/epoch/2/checkpoint").1, note);
    assert_eq!(public(&service, "/log/epoch/3/checkpoint").0, 404);
    // What of the first epoch is proven to stand first in the second can still be had.
    assert_eq!(public(&service, "/log/epoch/1/tile/entries/000.p/3").0, 404);
    assert_eq!(public(&service, "/log/epoch/1/tile/0/000.p/3").0, 404);
    stop(service);
    let (code, words) = instance.verb(&["log", "reopen", "--reason", "again"]);
    assert_eq!(code, Some(1), "{words}");
    assert!(words.contains("nothing is wrong"), "{words}");
}

#[test]
fn the_record_of_a_new_epoch_names_the_old_one_and_is_signed_by_its_key() {
    let instance = Instance::new();
    let service = instance.serve(&[]);
    assert_eq!(admit(&service, HONGQI.0, HONGQI.1).status, 201);
    let (_, old) = public(&service, "/log/checkpoint");
    let (_, old_key) = public(&service, "/log/key");
    stop(service);
    std::fs::remove_file(instance.path().join("log/guard")).unwrap();
    let service = instance.serve(&[]);
    assert_eq!(
        admit(&service, JIANGAN.0, JIANGAN.1).json()["slug"],
        "log-stopped",
        "a lost guard is no licence to go on"
    );
    stop(service);
    assert_eq!(instance.verb(&["log", "reopen", "--reason", "the guard was lost"]).0, Some(0));
    let service = instance.serve(&[]);
    let entries = public(&service, "/log/proof/2").1;
    assert!(entries.starts_with("c2sp.org/tlog-proof@v1\nindex 2\n"), "{entries}");
    stop(service);
    let dump = place(instance.path()).truth()["records"].join("\n");
    let hex = dump.split("bytes=X'").last().unwrap().split('\'').next().unwrap();
    let bytes: Vec<u8> = hex
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect();
    let record: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!((record["kind"].as_str(), record["seq"].as_u64()), (Some("log.reopened"), Some(0)), "{record}");
    assert_eq!(record["body"]["reason"], "the guard was lost");
    // The note over two records was never written beside a later group: what is known is the one before it.
    let known = record["body"]["checkpoint"].as_str().unwrap();
    assert_eq!(known.lines().take(2).collect::<Vec<_>>(), ["sy.example/log", "1"], "{old}");
    let note = suyuan::log::Note::parse(record["body"]["signed"].as_str().unwrap().as_bytes()).unwrap();
    note.verify(&[old_key.trim().parse().unwrap()]).unwrap();
    let vkey = record["body"]["vkey"].as_str().unwrap();
    assert_eq!(note.text, format!("sy.example/log\nlog.reopened\n{}\n{vkey}\n", record["body"]["kept"]));
}

#[test]
fn a_database_that_holds_other_records_than_were_published_takes_no_more() {
    let instance = Instance::new();
    instance.keep("before");
    let service = instance.serve(&[]);
    assert_eq!(admit(&service, HONGQI.0, HONGQI.1).status, 201);
    stop(service);
    instance.restore("before");
    // Somebody writes another history without the guard knowing.
    let elsewhere = instance.path().join("elsewhere");
    std::fs::create_dir(&elsewhere).unwrap();
    let elsewhere = elsewhere.to_str().unwrap();
    let service = instance.serve(&[("SUYUAN_LOG_DIR", elsewhere)]);
    assert_eq!(admit(&service, JIANGAN.0, JIANGAN.1).status, 201);
    stop(service);
    let service = instance.serve(&[]);
    assert_eq!(admit(&service, BUYER.0, BUYER.1).json()["slug"], "log-stopped");
    let words = stop(service);
    assert!(words.contains("not those that were published"), "{words}");
}

#[test]
fn the_key_is_the_services_own_and_changed_by_two_that_sign_together() {
    use std::os::unix::fs::PermissionsExt as _;
    let instance = Instance::new();
    let key = instance.path().join("log/key");
    assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(instance.verb(&["log", "key", "--origin", ORIGIN]).1.contains("there is a key already"));
    assert!(instance.verb(&["log", "key", "--retire"]).1.contains("one key only"));
    assert_eq!(instance.verb(&["log", "key", "--rotate"]).0, Some(0));
    assert!(instance.verb(&["log", "key", "--rotate"]).1.contains("two keys sign already"));
    let service = instance.serve(&[]);
    assert_eq!(admit(&service, HONGQI.0, HONGQI.1).status, 201);
    let (_, keys) = public(&service, "/log/key");
    let (_, note) = public(&service, "/log/checkpoint");
    assert_eq!((keys.lines().count(), note.matches('\u{2014}').count()), (2, 2));
    let keys: Vec<suyuan::log::VerifierKey> = keys.lines().map(|key| key.parse().unwrap()).collect();
    let signed = suyuan::log::SignedCheckpoint::parse(note.as_bytes()).unwrap();
    assert_eq!(signed.verify(&keys).unwrap().len(), 2);
    stop(service);
    assert_eq!(instance.verb(&["log", "key", "--retire"]).0, Some(0));
    let service = instance.serve(&[]);
    assert_eq!(
        admit(&service, JIANGAN.0, JIANGAN.1).status,
        201,
        "the newer key goes on with what the older one began"
    );
    let (_, note) = public(&service, "/log/checkpoint");
    suyuan::log::SignedCheckpoint::parse(note.as_bytes()).unwrap().verify(&keys[1..]).unwrap();
    assert_eq!(note.matches('\u{2014}').count(), 1);
    stop(service);
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    let (code, words) = instance.verb(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(code, Some(1));
    assert!(words.contains("chmod 600"), "{words}");
    std::fs::remove_file(&key).unwrap();
    let (code, words) = instance.verb(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(code, Some(1));
    assert!(words.contains("its key is missing"), "{words}");
}

#[test]
fn a_rewritten_record_is_found_by_looking_through_the_log() {
    let instance = Instance::new();
    let service = instance.serve(&[]);
    assert_eq!(admit(&service, HONGQI.0, HONGQI.1).status, 201);
    let checked = service.beside(&["log", "check"]);
    assert_eq!(String::from_utf8(checked.stdout).unwrap(), "2 records are as they were published\n");
    stop(service);
    // The same length, another name, and a hash that fits: only the tree knows.
    let truth = place(instance.path()).truth()["records"].join("\n");
    let bytes = truth.split("bytes=X'").last().unwrap().split('\'').next().unwrap();
    let other = bytes.replacen("E7BAA2", "E7BBBF", 1);
    assert_ne!(bytes, other);
    let raw: Vec<u8> =
        (0..other.len()).step_by(2).map(|at| u8::from_str_radix(&other[at..at + 2], 16).unwrap()).collect();
    let hash = suyuan::domain::record::record_hash(&raw);
    place(instance.path())
        .execute(&format!("update records set bytes = x'{other}', hash = x'{hash}' where log_index = 1"));
    let (code, words) = instance.verb(&["log", "check"]);
    assert_eq!(code, Some(1), "{words}");
    assert!(words.contains("come to another root than was published"), "{words}");
    let service = instance.serve(&[]);
    assert_eq!(admit(&service, JIANGAN.0, JIANGAN.1).json()["slug"], "log-stopped");
    stop(service);
}

#[test]
fn what_is_restored_or_imported_knows_of_the_log_and_how_much_of_it_is_left() {
    let instance = Instance::new();
    let service = instance.serve(&[]);
    // The note of an act is kept with the next one.
    assert_eq!(admit(&service, HONGQI.0, HONGQI.1).status, 201);
    assert_eq!(admit(&service, JIANGAN.0, JIANGAN.1).status, 201);
    let [backup, export] = ["backup", "export"].map(|name| instance.path().join(name));
    assert_eq!(instance.verb(&["backup", "--to", backup.to_str().unwrap()]).0, Some(0));
    assert_eq!(instance.verb(&["export", "--to", export.to_str().unwrap()]).0, Some(0));
    assert_eq!(admit(&service, BUYER.0, BUYER.1).status, 201);
    stop(service);
    for (verb, from) in [("restore", &backup), ("import", &export)] {
        let folder = tempfile::tempdir().unwrap();
        let there = Place::new(folder.path());
        let run = |arguments: &[&str]| crate::backups::run(arguments, folder.path(), &there);
        let (done, said) = run(&[verb, "--from", from.to_str().unwrap()]);
        assert!(done && said.contains(&format!("The log {ORIGIN} was published from it")), "{verb}: {said}");
        let (started, said) = run(&["serve", "--listen", "127.0.0.1:0"]);
        assert!(!started && said.contains("its key is missing"), "{verb}: {said}");
        std::fs::create_dir(folder.path().join("log")).unwrap();
        for name in ["key", "guard"] {
            std::fs::copy(instance.path().join("log").join(name), folder.path().join("log").join(name)).unwrap();
        }
        let (done, said) = run(&["log", "reopen", "--reason", "旧备份"]);
        assert!(done && said.contains("2 entries were kept"), "{verb}: {said}");
    }
}
