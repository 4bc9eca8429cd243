//! A whole instance out as lines, and in again on either engine.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::backups::{run, working};
use crate::engine::Place;
use crate::support::plot;
use crate::support::program::{Service, ask};

fn export(service: &Service, to: &Path) -> Value {
    let (done, said) = run(&["export", "--to", to.to_str().unwrap()], &service.folder, &service.place);
    assert!(done, "{said}");
    contents(to)
}

/// Registers a plot under a key of its own; answers its handle.
fn register(service: &Service, key: &str, code: &str) -> String {
    let headers = [
        ("Authorization", &*format!("Bearer {key}")),
        ("Content-Type", "application/json"),
        ("Idempotency-Key", &*format!("registers-{code}")),
    ];
    let answer = ask(&service.address, "POST", "/api/v1/plots", &headers, &plot(code).to_string()).unwrap();
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.json()["id"].as_str().unwrap().to_owned()
}

fn contents(export: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(export.join("export.json")).unwrap()).unwrap()
}

fn import(export: &Path, into: &Path, place: &Place) -> (bool, String) {
    run(&["import", "--from", export.to_str().unwrap()], into, place)
}

/// Export of a cooperative with a document, sealed coordinates, an answer under a key, and a chain of two records.
fn exported(folder: &Path) -> PathBuf {
    let service = Service::start(&folder.join("data"), &[]);
    let key = working(&service);
    let id = register(&service, &key, "A");
    let spray = json!({"product": "阿维菌素 1.8% EC", "active": "阿维菌素", "dose": "3000×",
        "on": "2026-06-01", "interval_days": 14});
    let treated = service.post(&format!("/api/v1/plots/{id}/treatments"), &key, &spray);
    assert_eq!(treated.status, 201, "{}", treated.body);
    let to = folder.join("export");
    export(&service, &to);
    to
}

#[test]
fn an_export_made_while_others_write_comes_back_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start(&folder.path().join("data"), &[]);
    let key = working(&service);
    let (to, done) = (folder.path().join("export"), AtomicBool::new(false));
    let before = thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut number = 0;
            while !done.load(Ordering::SeqCst) {
                register(&service, &key, &format!("W{number}"));
                number += 1;
            }
        });
        while service.plot_codes(&key).len() < 20 {
            assert!(!writer.is_finished());
        }
        let before = service.plot_codes(&key);
        export(&service, &to);
        done.store(true, Ordering::SeqCst);
        before
    });
    let (operator, first) = (service.operator.clone(), contents(&to));
    service.terminate();
    service.ended(Duration::from_secs(10));
    let lines = |name: &str| std::fs::read_to_string(to.join(name)).unwrap().lines().count() as u64;
    assert_eq!(first["parts"]["records.ndjson"]["lines"], lines("records.ndjson"));
    assert!(lines("openings.parties.ndjson") > 0);
    assert_eq!((lines("keys.ndjson"), lines("answers.ndjson")), (2, lines("records.ndjson") - 3));
    assert_eq!((&first["files"], &first["missing"]), (&json!(1), &json!(0)));

    for name in ["own", "sqlite"] {
        let into = folder.path().join(name);
        std::fs::create_dir(&into).unwrap();
        let place = if name == "own" { Place::new(&into) } else { Place::Sqlite(into.join("suyuan.sqlite")) };
        let (done, said) = import(&to, &into, &place);
        assert!(done && said.contains("every chain checked"), "{said}");
        let service = Service::serve(&into, &place, &[], operator.clone());
        assert_eq!(export(&service, &into.join("again"))["parts"], first["parts"], "{name}");
        assert!(before.iter().all(|code| service.plot_codes(&key).contains(code)));
        assert_eq!(service.post("/api/v1/plots", &key, &plot("AFTER")).status, 201);
        assert_eq!(std::fs::read_dir(into.join("files")).unwrap().count(), 1, "the document came back");
    }
}

#[test]
fn an_export_of_which_a_byte_changed_is_not_imported() {
    let folder = tempfile::tempdir().unwrap();
    let to = exported(folder.path());
    let into = folder.path().join("into");
    let place = Place::Sqlite(into.join("suyuan.sqlite"));
    let parts: Vec<String> = contents(&to)["parts"].as_object().unwrap().keys().cloned().collect();
    for part in &parts {
        let path = to.join(part);
        let whole = std::fs::read(&path).unwrap();
        let mut changed = whole.clone();
        match changed.len() / 2 {
            0 => changed.push(b'\n'),
            middle => changed[middle] ^= 1,
        }
        std::fs::write(&path, changed).unwrap();
        let (done, said) = import(&to, &into, &place);
        assert!(!done && said.contains(&format!("damaged: {part}: export.json says")), "{said}");
        assert!(!into.join("suyuan.sqlite").exists(), "looked at before anything is made");
        std::fs::write(&path, whole).unwrap();
    }
    let (done, said) = import(&to, &into, &place);
    assert!(done, "{said}");
}

/// Changes a part as somebody would who makes `export.json` fit again.
fn forge(export: &Path, part: &str, change: impl FnOnce(String) -> String) {
    let text = change(std::fs::read_to_string(export.join(part)).unwrap());
    let mut contents = contents(export);
    let sha256: String = Sha256::digest(&text).iter().map(|byte| format!("{byte:02x}")).collect();
    contents["parts"][part] = json!({"lines": text.lines().count(), "bytes": text.len(), "sha256": sha256});
    std::fs::write(export.join("export.json"), contents.to_string()).unwrap();
    std::fs::write(export.join(part), text).unwrap();
}

#[test]
fn a_forged_export_is_not_imported_even_where_its_sums_fit() {
    let without_the_plot = |text: String| {
        let lines = text.split_inclusive('\n').filter(|line| !line.contains("plot.registered"));
        lines.collect::<String>()
    };
    type Change = Box<dyn FnOnce(String) -> String>;
    let cases: [(&str, Change, &str); 6] = [
        (
            "records.ndjson",
            Box::new(|text| text.replace("\"area_m2\":", "\"area_m2\":1")),
            "stand on the head before it",
        ),
        ("records.ndjson", Box::new(without_the_plot), "it opens no record"),
        ("openings.parties.ndjson", Box::new(|text| text.replacen("31.", "32.", 1)), "gives the commitment"),
        ("records.ndjson", Box::new(|text| text.trim_end().to_owned()), "the line has no end"),
        ("openings.parties.ndjson", Box::new(|text| text.repeat(2)), "it opens no record"),
        ("keys.ndjson", Box::new(|text| text.replacen("\"name\"", "\"nome\"", 1)), "keys.ndjson, line 1"),
    ];
    for (number, (part, change, says)) in cases.into_iter().enumerate() {
        let folder = tempfile::tempdir().unwrap();
        let to = exported(folder.path());
        forge(&to, part, change);
        let into = folder.path().join("into");
        let (done, said) = import(&to, &into, &Place::Sqlite(into.join("suyuan.sqlite")));
        assert!(!done && said.contains(says), "{number}: {said}");
    }
}

#[test]
fn what_is_no_export_is_told_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let to = exported(folder.path());
    let into = folder.path().join("into");
    let place = Place::Sqlite(into.join("suyuan.sqlite"));
    let twice = run(&["export", "--to", to.to_str().unwrap()], &folder.path().join("data"), &place);
    assert!(!twice.0, "{}", twice.1);
    let mut other = contents(&to);
    other["format"] = json!("suyuan-export/9");
    std::fs::write(to.join("export.json"), other.to_string()).unwrap();
    let (done, said) = import(&to, &into, &place);
    assert!(!done && said.contains("this program reads \"suyuan-export/1\""), "{said}");
    std::fs::remove_file(to.join("export.json")).unwrap();
    let (done, said) = import(&to, &into, &place);
    assert!(!done && said.contains("is no export, or one that broke off"), "{said}");
}

#[test]
fn an_import_goes_on_where_an_earlier_one_ended() {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start(&folder.path().join("data"), &[]);
    let key = working(&service);
    let (early, late) = (folder.path().join("early"), folder.path().join("late"));
    let there = export(&service, &early)["parts"]["records.ndjson"]["lines"].as_u64().unwrap();
    service.post("/api/v1/plots", &key, &plot("LATE"));
    export(&service, &late);
    let into = folder.path().join("into");
    std::fs::create_dir(&into).unwrap();
    let place = Place::new(&into);
    assert!(import(&early, &into, &place).0);
    let (done, said) = import(&late, &into, &place);
    assert!(done && said.contains(&format!("{there} records were there")), "{said}");
    let (done, said) = import(&early, &into, &place);
    assert!(!done && said.contains("it is another instance, or one that was written to since"), "{said}");
}
