//! `suyuan erase`: what was sealed is found nowhere afterwards, no restored state brings it back, and all that was proven stays so.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use suyuan::app::clock::SystemClock;
use suyuan::app::randomness::SystemRandomness;
use suyuan::domain::acts::erase::EraseFields;
use suyuan::domain::kinds::erased::ErasedField;
use suyuan::domain::ports::Clock as _;
use suyuan::domain::record::{Actor, Role, Subject};
use suyuan::domain::text::LongText;
use suyuan::log::erased::{Entry, ErasedList};
use suyuan::store::Submission;

use crate::backups::run;
use crate::engine::Place;
use crate::support::program::{Service, ask, fetch};
use crate::support::{LOOSE, plot};

const GROWER: &str = "李甲乙丙丁";
const SELLER: &str = "收购站王戊己";
const PHONE: &str = "139-0000-8123";
const SECRETS: [&str; 3] = [GROWER, SELLER, PHONE];

/// A cooperative with a contact, a plot with its grower and a batch with its seller, over a log.
struct County {
    folder: tempfile::TempDir,
    place: Place,
    operator: (String, String),
    cooperative: (String, String),
    batch: String,
}

impl County {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let service = Service::start(&data, &[]);
        let (operator, place) = (service.operator.clone(), service.place.clone());
        stop(service);
        assert!(run(&["log", "key", "--origin", "sy.example/log"], &data, &place).0);
        let service = Service::serve(&data, &place, &[], operator.clone());
        let cooperative = service.admit(&json!({"kind": "cooperative", "name": {"zh": "示范红旗脐橙合作社"},
            "uscc": "93999001MA0000015G", "contact": PHONE}));
        let mut orchard = plot("SF-P01");
        orchard["grower"] = json!(GROWER);
        let made = |path: &str, form: &Value| {
            let made = service.post(path, &cooperative.1, form);
            assert_eq!(made.status, 201, "{}", made.body);
            made.json()["id"].as_str().unwrap().to_owned()
        };
        made("/api/v1/plots", &orchard);
        made(
            "/api/v1/products",
            &json!({"gtin": LOOSE, "name": {"zh": "脐橙（散装）"}, "commodity": "navel_orange",
            "form": "loose", "unit": "grams"}),
        );
        let batch = made(
            "/api/v1/batches",
            &json!({"basis": "bought_in", "gtin": LOOSE, "lot": "B1", "quantity": 1000,
            "origin": {"zh": "示范县"}, "seller": SELLER}),
        );
        stop(service);
        Self { folder, place, operator, cooperative, batch }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn serve(&self) -> Service {
        Service::serve(&self.data(), &self.place, &[], self.operator.clone())
    }

    fn verb(&self, arguments: &[&str]) -> (bool, String) {
        run(arguments, &self.data(), &self.place)
    }

    fn erase(&self, whose: &[&str]) -> (bool, String) {
        self.verb(&[&["erase", "--reason", "应当事人要求"], whose].concat())
    }

    fn erase_all(&self) {
        let id = self.cooperative.0.as_str();
        let (done, said) = self.erase(&["--organisation", id]);
        assert!(done && said.contains("2 sealed fields of 2 subjects erased"), "{said}");
        let subject = format!("batch:{}", self.batch);
        let (done, said) = self.erase(&["--subject", &subject]);
        assert!(done && said.contains("1 sealed field of 1 subject"), "{said}");
    }

    /// What of the secrets stands in any file of the data folder.
    fn held(&self) -> Vec<&'static str> {
        held(&self.data())
    }

    fn openings(&self, service: &Service) -> String {
        service.get(&format!("/api/v1/batches/{}/openings", self.batch), &self.cooperative.1).body
    }

    /// The kinds of records of the batch, which `suyuan verify` finds in order.
    fn verified(&self, service: &Service) -> Vec<String> {
        let kinds = |what: &str| {
            let address = format!("http://{}/api/v1/batches/{}/{what}", service.address, self.batch);
            let (status, lines) = fetch(&address, &[]);
            assert_eq!(status, 200);
            let file = self.folder.path().join(what);
            std::fs::write(&file, &lines).unwrap();
            let (fine, said) = self.verb(&["verify", file.to_str().unwrap()]);
            assert!(fine, "{said}");
            let kind = |line: &str| serde_json::from_str::<Value>(line).unwrap()["kind"].as_str().unwrap().to_owned();
            lines.lines().map(kind).collect()
        };
        let _: Vec<String> = kinds("history");
        kinds("chain")
    }
}

fn stop(service: Service) {
    service.terminate();
    service.ended(Duration::from_secs(20));
}

fn held(folder: &Path) -> Vec<&'static str> {
    let bytes = bytes_of(folder);
    SECRETS.into_iter().filter(|text| bytes.windows(text.len()).any(|at| at == text.as_bytes())).collect()
}

fn bytes_of(folder: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        bytes.extend(if path.is_dir() { bytes_of(&path) } else { std::fs::read(&path).unwrap() });
    }
    bytes
}

#[test]
fn what_is_erased_is_found_nowhere_and_everything_still_verifies() {
    let county = County::new();
    if county.place.file().is_some() {
        assert_eq!(county.held(), SECRETS);
    }
    let service = county.serve();
    assert!(county.openings(&service).contains(SELLER));
    let (done, said) = county.erase(&["--organisation", &county.cooperative.0]);
    assert!(!done && said.contains("another suyuan works"), "{said}");
    let before = fetch(&format!("http://{}/log/checkpoint", service.address), &[]).1;
    stop(service);

    let (done, said) = county.verb(&["erase", "--organisation", &county.cooperative.0, "--dry-run"]);
    assert!(done && said.contains("2 sealed fields of 2 subjects would be erased; nothing was"), "{said}");
    assert!(said.contains("record 0 grower") && !said.contains(GROWER), "{said}");
    county.erase_all();
    if county.place.file().is_some() {
        assert_eq!(county.held(), [] as [&str; 0]);
    }
    let list = std::fs::read_to_string(county.data().join("log/erased")).unwrap();
    assert_eq!(list.lines().count(), 3);
    assert!(!county.data().join("log/erased.unfinished").exists());

    let written = county.place.projections();
    assert!(county.verb(&["rebuild"]).0);
    assert_eq!(county.place.projections(), written);
    let service = county.serve();
    assert_eq!(county.openings(&service), "");
    assert_eq!(county.verified(&service), ["batch.opened", "batch.erased"]);
    let after = fetch(&format!("http://{}/log/checkpoint", service.address), &[]).1;
    let size = |note: &str| note.lines().nth(1).unwrap().parse::<u64>().unwrap();
    assert_eq!(size(&after), size(&before) + 3, "the log goes on from where it was");
    let proof = format!("http://{}/log/consistency?from={}&to={}", service.address, size(&before), size(&after));
    assert_eq!(fetch(&proof, &[]).0, 200);
    let own = service.get(&format!("/api/v1/organisations/{}", county.cooperative.0), &county.cooperative.1);
    assert_eq!(own.json()["withheld"], json!(["contact"]), "{}", own.body);
    let page = |language: &str| fetch(&format!("http://{}/01/{LOOSE}/10/B1?lang={language}", service.address), &[]).1;
    assert!(page("zh").contains("已隐去") && page("en").contains("Withheld"));
    stop(service);
    let (done, said) = county.erase(&["--organisation", &county.cooperative.0]);
    assert!(!done && said.contains("nothing was erased") && said.contains("was erased before"), "{said}");
}

#[test]
fn whose_it_is_has_to_be_said() {
    let county = County::new();
    let (done, said) = county.erase(&["--field", "contact"]);
    assert!(!done && said.contains("say whose"), "{said}");
    let (done, said) = county.erase(&["--person", "没有这个人"]);
    assert!(!done && said.contains("nothing was erased"), "{said}");
    let (done, said) = county.erase(&["--subject", "batch:12"]);
    assert!(!done && said.contains("--subject"), "{said}");
    let (done, said) = county.erase(&["--organisation", &county.cooperative.0, "--field", "name"]);
    assert!(!done && said.contains("nothing was erased"), "{said}");
    let name = county.folder.path().join("name");
    std::fs::write(&name, format!("{GROWER}\n")).unwrap();
    let (done, said) = county.erase(&["--person-from", name.to_str().unwrap()]);
    assert!(done && said.contains("1 sealed field of 1 subject"), "{said}");
    if county.place.file().is_some() {
        assert_eq!(county.held(), [SELLER, PHONE]);
    }
    assert!(county.verb(&["erase", "--finish"]).1.contains("Nothing is left to do"));
}

/// The way that a power cut between the list and the database leaves it.
#[test]
fn an_erasure_that_broke_off_after_its_list_is_carried_out_at_the_next_start() {
    let county = County::new();
    let list = county.data().join("log/erased");
    let Some(database) = county.place.file() else { return };
    let keep = |name: &str| county.folder.path().join(name);
    std::fs::copy(database, keep("database")).unwrap();
    std::fs::copy(county.data().join("log/guard"), keep("guard")).unwrap();
    county.erase_all();
    std::fs::copy(keep("database"), database).unwrap();
    std::fs::copy(keep("guard"), county.data().join("log/guard")).unwrap();
    assert_eq!(county.held(), SECRETS);
    // What broke off in the middle of a line was never begun.
    let text = std::fs::read_to_string(&list).unwrap();
    std::fs::write(&list, &text[..text.len() - 20]).unwrap();

    let service = county.serve();
    assert_eq!(county.held(), [SELLER]);
    assert_eq!(county.verified(&service), ["batch.opened"]);
    stop(service);
    std::fs::write(&list, &text).unwrap();
    let service = county.serve();
    assert_eq!(county.held(), [] as [&str; 0]);
    assert_eq!(county.verified(&service), ["batch.opened", "batch.erased"]);
    stop(service);
    let written = std::fs::read_to_string(&list).unwrap();
    assert_eq!(written, text, "it is done once");
    let service = county.serve();
    assert_eq!(county.verified(&service), ["batch.opened", "batch.erased"]);
}

/// The way that a kill between the commit and the new file leaves it.
#[test]
fn bytes_that_an_attempt_left_behind_are_taken_off_at_the_next_start() {
    let county = County::new();
    let Some(database) = county.place.file() else { return };
    let subject: Subject = format!("batch:{}", county.batch).parse().unwrap();
    let list = ErasedList::within(county.data().join("log"));
    let reason: LongText<500> = "应要求".parse().unwrap();
    {
        let store = county.place.open(Arc::new(SystemClock), Arc::new(SystemRandomness));
        let opening = store.openings(subject).unwrap().remove(0).1;
        let entry = Entry {
            at: SystemClock.now(),
            commitment: opening.commitment().unwrap(),
            field: opening.field.clone(),
            files: Vec::new(),
            reason: reason.clone(),
            seq: opening.seq,
            subject,
        };
        list.append(&[entry]).unwrap();
        list.begin().unwrap();
        let fields = vec![ErasedField { seq: opening.seq, field: opening.field }];
        let actor = Actor { key: None, org: county.operator.0.parse().unwrap(), role: Role::Operator };
        let act = Arc::new(EraseFields { subject, fields, reason });
        let submission = Submission { act, actor, idempotency: None, expected_head: None };
        store.submit(submission).blocking_recv().unwrap().unwrap();
    }
    let held = || {
        let bytes = std::fs::read(database).unwrap();
        bytes.windows(SELLER.len()).any(|at| at == SELLER.as_bytes())
    };
    assert!(held() && list.is_unfinished());
    let service = county.serve();
    assert!(!held() && !list.is_unfinished());
    assert_eq!(county.verified(&service), ["batch.opened", "batch.erased"], "it is said once");
}

#[test]
fn a_restored_backup_does_not_bring_it_back() {
    let county = County::new();
    let backup = county.folder.path().join("backup");
    assert!(county.verb(&["backup", "--to", backup.to_str().unwrap()]).0);
    let export = county.folder.path().join("export");
    assert!(county.verb(&["export", "--to", export.to_str().unwrap()]).0);
    county.erase_all();
    let log = county.data().join("log");
    for (verb, from) in [("restore", &backup), ("import", &export)] {
        // A new machine: the guard and the list lie elsewhere than the data.
        let folder = county.folder.path().join(verb);
        std::fs::create_dir(&folder).unwrap();
        let place = Place::new(&folder);
        std::fs::create_dir(folder.join("log")).unwrap();
        for name in ["key", "guard", "erased"] {
            std::fs::copy(log.join(name), folder.join("log").join(name)).unwrap();
        }
        let (done, said) = run(&[verb, "--from", from.to_str().unwrap()], &folder, &place);
        assert!(done, "{said}");
        let restored = restored(&county, &folder, &place);
        if place.file().is_some() {
            assert_eq!(restored.held(), [] as [&str; 0], "{verb}");
        }
        // As a restore leaves it that was killed.
        let left = folder.join("restoring.sqlite");
        std::fs::copy(backup.join("suyuan.sqlite"), &left).unwrap();
        let service = Service::serve(&folder, &place, &[], county.operator.clone());
        assert!(!left.exists());
        assert_eq!(service.get(&format!("/api/v1/batches/{}/openings", county.batch), &county.cooperative.1).body, "");
        assert_eq!(restored.verified(&service), ["batch.opened"], "the log is stopped: no record can say it");
        stop(service);
        assert!(run(&["log", "reopen", "--reason", "旧备份"], &folder, &place).0);
        let service = Service::serve(&folder, &place, &[], county.operator.clone());
        assert_eq!(restored.verified(&service), ["batch.opened", "batch.erased"]);
        stop(service);
    }
}

#[test]
fn neither_a_copy_nor_an_export_of_an_older_database_holds_it() {
    let county = County::new();
    let Some(database) = county.place.file() else { return };
    let [old, copied, exported] =
        ["old.sqlite", "copied.sqlite", "exported"].map(|name| county.folder.path().join(name));
    std::fs::copy(database, &old).unwrap();
    county.erase_all();
    let url = |path: &Path| format!("sqlite:{}", path.display());
    let (done, said) = county.verb(&["copy", "--from", &url(&old), "--to", &url(&copied)]);
    assert!(done, "{said}");
    let place = Place::Sqlite(old);
    let (done, said) = run(&["export", "--to", exported.to_str().unwrap()], &county.data(), &place);
    assert!(done, "{said}");
    assert_eq!(std::fs::read_to_string(exported.join("records.ndjson")).unwrap().lines().count(), 5);
    std::fs::create_dir(county.folder.path().join("looked-at")).unwrap();
    for made in [copied, county.folder.path().join("copied.sqlite-wal"), exported] {
        if made.exists() {
            std::fs::rename(&made, county.folder.path().join("looked-at").join(made.file_name().unwrap())).unwrap();
        }
    }
    assert_eq!(held(&county.folder.path().join("looked-at")), [] as [&str; 0]);
}

/// As `county`, in another folder.
fn restored(county: &County, folder: &Path, place: &Place) -> County {
    let outer = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(folder, outer.path().join("data")).unwrap();
    County {
        folder: outer,
        place: place.clone(),
        operator: county.operator.clone(),
        cooperative: county.cooperative.clone(),
        batch: county.batch.clone(),
    }
}

#[test]
fn a_file_that_only_an_erased_field_named_goes_with_it() {
    let county = County::new();
    let service = county.serve();
    let key = &county.cooperative.1;
    let headers = [("Authorization", &*format!("Bearer {key}")), ("Content-Type", "application/pdf")];
    let upload = |text: &str| {
        let stored: Value = ask(&service.address, "POST", "/api/v1/attachments", &headers, text).unwrap().json();
        stored["attachment"]["sha256"].as_str().unwrap().to_owned()
    };
    let (public, sealed) = (upload("%PDF-1.7 public"), upload("%PDF-1.7 sealed"));
    let mut orchard = plot("SF-P02");
    orchard["attachments"] = json!([{"attachment": {"bytes": 15, "media_type": "application/pdf", "sha256": public}}]);
    orchard["grower"] = json!(public);
    assert_eq!(service.post("/api/v1/plots", key, &orchard).status, 201);
    let mut orchard = plot("SF-P03");
    orchard["grower"] = json!(sealed);
    assert_eq!(service.post("/api/v1/plots", key, &orchard).status, 201);
    stop(service);
    let there = |hash: &str| county.data().join("files").join(&hash[..2]).join(hash).exists();
    assert!(there(&public) && there(&sealed));
    let (done, said) = county.erase(&["--person", &public]);
    assert!(done && !said.contains("removed"), "{said}");
    let (done, said) = county.erase(&["--person", &sealed]);
    assert!(done && said.contains("1 files that only they named are removed"), "{said}");
    assert!(there(&public) && !there(&sealed));
}
