//! A backup made while others write, put back into an empty place of either engine.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::engine::Place;
use crate::support::plot;
use crate::support::program::{Service, on, suyuan};

/// A cooperative that works, with a document that a record names.
pub fn working(service: &Service) -> String {
    let cooperative =
        json!({"kind": "cooperative", "name": {"zh": "示范红旗脐橙合作社"}, "uscc": "93999001MA0000015G"});
    let key = service.admit(&cooperative).1;
    let headers = [("Authorization", &*format!("Bearer {key}")), ("Content-Type", "application/pdf")];
    let stored = crate::support::program::ask(&service.address, "POST", "/api/v1/attachments", &headers, "%PDF-1.7 x");
    let stored: Value = stored.unwrap().json();
    let mut with_file = plot("FILE");
    with_file["attachments"] = json!([stored]);
    assert_eq!(service.post("/api/v1/plots", &key, &with_file).status, 201);
    key
}

pub fn run(arguments: &[&str], folder: &Path, place: &Place) -> (bool, String) {
    let output = on(suyuan(arguments), folder, place).stderr(std::process::Stdio::piped()).output().unwrap();
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (output.status.success(), said)
}

#[test]
fn a_backup_made_while_others_write_is_a_prefix_and_comes_back_whole() {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start(&folder.path().join("data"), &[]);
    let key = working(&service);
    let backup = folder.path().join("backup");
    let done = AtomicBool::new(false);
    let (before, said) = thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut number = 0;
            while !done.load(Ordering::SeqCst) {
                assert_eq!(service.post("/api/v1/plots", &key, &plot(&format!("W{number}"))).status, 201);
                number += 1;
            }
        });
        let before = service.plot_codes(&key);
        let said = run(&["backup", "--to", backup.to_str().unwrap()], &service.folder, &service.place);
        done.store(true, Ordering::SeqCst);
        writer.join().unwrap();
        (before, said)
    });
    assert!(said.0 && said.1.contains("1 files"), "{}", said.1);
    let again = run(&["backup", "--to", backup.to_str().unwrap()], &service.folder, &service.place);
    assert!(!again.0 && again.1.contains("exists already"), "{}", again.1);
    let (operator, all) = (service.operator.clone(), service.plot_codes(&key));
    service.terminate();
    service.ended(Duration::from_secs(10));

    for name in ["own", "sqlite"] {
        let to = folder.path().join(name);
        std::fs::create_dir(&to).unwrap();
        let place = if name == "own" { Place::new(&to) } else { Place::Sqlite(to.join("suyuan.sqlite")) };
        let restored = run(&["restore", "--from", backup.to_str().unwrap()], &to, &place);
        assert!(restored.0 && restored.1.contains("every chain checked"), "{}", restored.1);
        let twice = run(&["restore", "--from", backup.to_str().unwrap()], &to, &place);
        assert!(!twice.0 && twice.1.contains("holds records already"), "{}", twice.1);
        let service = Service::serve(&to, &place, &[], operator.clone());
        let found = service.plot_codes(&key);
        assert!(before.iter().all(|code| found.contains(code)) && found.iter().all(|code| all.contains(code)));
        assert_eq!(service.post("/api/v1/plots", &key, &plot("AFTER")).status, 201);
        let stored = std::fs::read_dir(to.join("files")).unwrap().count();
        assert_eq!(stored, 1, "the document came back");
    }
}

#[test]
fn a_backup_that_was_changed_is_not_restored() {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start(&folder.path().join("data"), &[]);
    working(&service);
    let backup = folder.path().join("backup");
    assert!(run(&["backup", "--to", backup.to_str().unwrap()], &service.folder, &service.place).0);
    let restore = |name: &str| {
        let to = folder.path().join(name);
        run(&["restore", "--from", backup.to_str().unwrap()], &to, &Place::Sqlite(to.join("suyuan.sqlite")))
    };
    let manifest = std::fs::read_to_string(backup.join("backup.json")).unwrap();
    let mut other: Value = serde_json::from_str(&manifest).unwrap();
    other["records"] = json!(other["records"].as_u64().unwrap() + 1);
    std::fs::write(backup.join("backup.json"), other.to_string()).unwrap();
    let (done, said) = restore("counted");
    assert!(!done && said.contains("its backup.json says"), "{said}");

    std::fs::write(backup.join("backup.json"), &manifest).unwrap();
    let part = std::fs::read_dir(backup.join("files")).unwrap().next().unwrap().unwrap().path();
    let file = std::fs::read_dir(part).unwrap().next().unwrap().unwrap().path();
    std::fs::write(&file, "%PDF-1.7 y").unwrap();
    let (done, said) = restore("document");
    assert!(!done && said.contains("its bytes are not those that its name says"), "{said}");

    std::fs::remove_file(backup.join("backup.json")).unwrap();
    let (done, said) = restore("broken-off");
    assert!(!done && said.contains("holds no backup.json"), "{said}");
}
