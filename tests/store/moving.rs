//! A whole instance into another database: the same bytes in the same places, and nothing that does not hold together.

use suyuan::app::AppError;
use suyuan::app::erase::Forbidden;
use suyuan::app::moving::{Carried, Kept, KeptNote, Source, copy};
use suyuan::domain::kinds::MediaType;
use suyuan::domain::kinds::organisations::OrganisationKind;
use suyuan::domain::notices::{Notice, NoticeKind};
use suyuan::domain::people::MemberKind;
use suyuan::domain::record::{Digest, Handle};
use suyuan::domain::time::Instant;
use suyuan::store::admission::Decision;
use suyuan::store::notices::{NewsRead, Told, Webhook};
use suyuan::store::people::Enrolled;
use suyuan::store::{
    ApiKey, Application, DataRead, KeptAnswer, Member, ProblemReport, Store, StoreError, StoredFile, Stretch,
    Suspension,
};

use crate::engine::Place;
use crate::support::{Founded, HOME, check_log, loss, open, opening, perform, rest, submit};

/// An empty database of the engine under test, and one in SQLite: the way there and the way back.
fn targets(folder: &std::path::Path) -> [Place; 2] {
    let own = folder.join("own");
    std::fs::create_dir(&own).unwrap();
    [Place::new(&own), Place::Sqlite(folder.join("other.sqlite"))]
}

fn county() -> (Founded, Handle) {
    let founded = Founded::new();
    let store = &*founded.store;
    let batch = perform(store, opening("L0", 1_000)).unwrap().id;
    for number in 1..60 {
        submit(store, loss(batch, 1), Some(&format!("k{number}"))).blocking_recv().unwrap().unwrap();
        perform(store, opening(&format!("L{number}"), 10)).unwrap();
    }
    let (id, at) = (Handle::from_bytes([5; 16]), Instant::from_millis(1_790_000_000_000).unwrap());
    store
        .add_api_key(&ApiKey {
            id,
            organisation: HOME,
            name: "scale".into(),
            secret_hash: Digest::from_bytes([6; 32]),
            created_at: at,
            expires_at: Some(at),
            revoked_at: None,
            used_at: None,
            scope: Some("batch.pack batch.store".to_owned()),
        })
        .unwrap();
    let file = StoredFile { sha256: Digest::from_bytes([8; 32]), media_type: MediaType::Pdf, size: 3, stored_at: at };
    store.add_attachment(&file).unwrap();
    store.add_member(&member(id, at), &[Digest::from_bytes([6; 32])]).unwrap();
    let report = ProblemReport {
        id,
        gtin: String::new(),
        lot: "L0".into(),
        what: "other".into(),
        story: "空箱".into(),
        contact: String::new(),
        created_at: at,
    };
    store.add_problem_report(&report).unwrap();
    admission(store, id, at);
    told(store, id, at);
    (founded, batch)
}

fn admission(store: &dyn Store, id: Handle, at: Instant) {
    let application = Application {
        id,
        kind: OrganisationKind::Laboratory,
        name_zh: "示范县农产品快检中心".into(),
        name_en: String::new(),
        uscc: "12999001MA00001115".into(),
        place: "示范县".into(),
        contact: "王五".into(),
        cma: Some(("示范-2026-001".into(), "2029-06-01".parse().unwrap())),
        manager_name: "王五".into(),
        manager_login: "wang.wu".into(),
        created_at: at,
        decision: Some(Decision { at, by: Some(id), organisation: None, refusal: Some("late".into()) }),
    };
    store.add_application(&application).unwrap();
    let reason = "许可证核查中".to_owned();
    let (lifted_at, lifted_by) = (Some(at), Some(id));
    store.add_suspension(&Suspension { home: HOME, since: at, reason, by: None, lifted_at, lifted_by }).unwrap();
    let what = "openings".to_owned();
    store.add_reads(&[DataRead { home: HOME, at, id, reader: id, member: None, what, subject: Some(HOME) }]).unwrap();
}

/// One notice that was delivered before its address knew of it, one that waits.
fn told(store: &dyn Store, id: Handle, at: Instant) {
    let notice = |once: &str| Notice {
        home: HOME,
        once: once.to_owned(),
        kind: NoticeKind::LicenceEnds,
        subject: id,
        about: "LIC-1".into(),
        told_at: at,
        seen_at: None,
    };
    let read = |next_log_index| NewsRead { next_log_index, looked_on: "2026-11-18".parse().unwrap() };
    assert!(store.tell(None, read(7), &[notice("log:6")]).unwrap());
    let webhook = Webhook {
        home: HOME,
        id,
        url: "https://hooks.example/".into(),
        secret: vec![9; 32],
        created_at: at,
        ended_at: None,
    };
    store.add_webhook(&webhook).unwrap();
    assert!(store.tell(Some(read(7)), read(9), &[notice("log:8")]).unwrap());
    store.see(HOME, at).unwrap();
}

fn member(id: Handle, at: Instant) -> Member {
    Member {
        home: HOME,
        id,
        login: "li.na".parse().unwrap(),
        name: "李娜".parse().unwrap(),
        kind: MemberKind::Manager,
        password: "$argon2id$".into(),
        password_at: at,
        totp_secret: Some(vec![5; 20]),
        totp_step: Some(59_000_000),
        created_at: at,
        disabled_at: None,
    }
}

fn assert_same(one: &dyn Store, other: &dyn Store) {
    let end = one.log_end().unwrap();
    assert_eq!(other.log_end().unwrap(), end);
    assert_eq!(other.stretch(0, 1_000).unwrap(), one.stretch(0, 1_000).unwrap());
    assert_eq!(other.api_keys(None).unwrap(), one.api_keys(None).unwrap());
    assert_eq!(other.attachments().unwrap(), one.attachments().unwrap());
    assert_eq!(other.problem_reports().unwrap(), one.problem_reports().unwrap());
    assert_eq!(Source::members(other).unwrap(), Source::members(one).unwrap());
    assert!(Source::members(one).unwrap().iter().any(|one| !one.recovery_codes.is_empty()));
    assert_eq!(Source::admission(other).unwrap(), Source::admission(one).unwrap());
    assert_eq!(Source::admission(one).unwrap().len(), 3);
    let all = Source::told(one).unwrap();
    assert_eq!(Source::told(other).unwrap(), all);
    let waiting = all.iter().filter(|it| matches!(it, Told::Waiting(_))).count();
    assert_eq!((all.len(), waiting), (5, 1), "what was told before the address was there is not sent to it");
    assert_eq!(other.answers(None, 1_000).unwrap(), one.answers(None, 1_000).unwrap());
    assert_eq!(check_log(other), end);
}

#[test]
fn a_copy_has_the_same_bytes_answers_the_same_keys_and_is_written_to() {
    let (founded, batch) = county();
    let folder = tempfile::tempdir().unwrap();
    for place in targets(folder.path()) {
        let to = open(&place);
        let carried = copy(&*founded.store, &*to, &Forbidden::default(), &mut |_, _| {}).unwrap();
        assert_eq!(carried, Carried { there: 0, records: 121 });
        assert_same(&*founded.store, &*to);
        assert_eq!(to.subject(batch).unwrap(), founded.store.subject(batch).unwrap());
        let before = place.projections();
        to.rebuild(&mut |_| {}).unwrap();
        assert_eq!(place.projections(), before);
        let again = submit(&*to, loss(batch, 1), Some("k7")).blocking_recv().unwrap().unwrap();
        assert_eq!(
            again.log_index,
            founded
                .store
                .answers(None, 1_000)
                .unwrap()
                .iter()
                .find(|it| it.key == "k7")
                .map(|it| serde_json::from_str::<suyuan::store::Receipt>(&it.receipt).unwrap().log_index)
                .unwrap()
        );
        perform(&*to, loss(batch, 1)).unwrap();
        assert_eq!((rest(&*to, batch), check_log(&*to)), (940, 122));
    }
}

#[test]
fn a_copy_that_broke_off_goes_on_where_it_was() {
    let (founded, _) = county();
    let folder = tempfile::tempdir().unwrap();
    for place in targets(folder.path()) {
        let to = open(&place);
        to.take(&founded.store.stretch(0, 50).unwrap()).unwrap();
        assert_eq!(
            copy(&*founded.store, &*to, &Forbidden::default(), &mut |_, _| {}).unwrap(),
            Carried { there: 50, records: 121 }
        );
        assert_same(&*founded.store, &*to);
        let again = copy(&*founded.store, &*to, &Forbidden::default(), &mut |_, _| {}).unwrap();
        assert_eq!(again, Carried { there: 121, records: 121 });
        assert_same(&*founded.store, &*to);
    }
}

#[test]
fn another_instance_is_not_copied_over() {
    let (founded, _) = county();
    let other = Founded::new();
    let refused = copy(&*founded.store, &*other.store, &Forbidden::default(), &mut |_, _| {}).unwrap_err().to_string();
    assert!(refused.contains("it is another instance"), "{refused}");
    assert_eq!(other.store.log_end().unwrap(), 2);
}

#[test]
fn what_does_not_hold_together_is_not_taken_over() {
    let (founded, _) = county();
    let folder = tempfile::tempdir().unwrap();
    for place in targets(folder.path()) {
        let to = open(&place);
        let whole = founded.store.stretch(0, 100).unwrap();
        let mut changed = [whole.clone(), whole.clone(), whole.clone(), whole.clone()];
        changed[0].records.remove(40);
        let bytes = &mut changed[1].records[40].bytes;
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        changed[2].records.swap(40, 41);
        changed[3].records[40].hash = Digest::from_bytes([9; 32]);
        for (number, stretch) in changed.iter().enumerate() {
            let refused = to.take(stretch).unwrap_err();
            assert!(matches!(refused, StoreError::Damaged(_)), "{number}: {refused}");
            assert_eq!(to.log_end().unwrap(), 0, "nothing of a refused stretch is kept");
        }
        to.take(&whole).unwrap();
        assert_eq!(check_log(&*to), 100);
    }
}

/// A source as it is while its last act is still under way: the answer is there already, the record is not carried any more.
struct Early<'s> {
    source: &'s dyn Store,
    records: u64,
}

impl Source for Early<'_> {
    fn log_end(&self) -> Result<u64, AppError> {
        Ok(self.records)
    }

    fn stretch(&self, from: u64, limit: u32) -> Result<Stretch, AppError> {
        let left = self.records.saturating_sub(from).min(limit.into());
        Ok(if left == 0 { Stretch::default() } else { self.source.stretch(from, left as u32)? })
    }

    fn api_keys(&self) -> Result<Vec<ApiKey>, AppError> {
        Source::api_keys(self.source)
    }

    fn answers(&self, after: Option<(Handle, &str)>, limit: u32) -> Result<Vec<KeptAnswer>, AppError> {
        Source::answers(self.source, after, limit)
    }

    fn attachments(&self) -> Result<Vec<StoredFile>, AppError> {
        Source::attachments(self.source)
    }

    fn problem_reports(&self) -> Result<Vec<ProblemReport>, AppError> {
        Source::problem_reports(self.source)
    }

    fn members(&self) -> Result<Vec<Enrolled>, AppError> {
        Source::members(self.source)
    }

    fn admission(&self) -> Result<Vec<Kept>, AppError> {
        Source::admission(self.source)
    }

    fn told(&self) -> Result<Vec<Told>, AppError> {
        Source::told(self.source)
    }

    fn note(&self, end: u64) -> Result<Option<KeptNote>, AppError> {
        Source::note(self.source, end)
    }
}

#[test]
fn an_answer_is_carried_only_with_its_record() {
    let (founded, batch) = county();
    let folder = tempfile::tempdir().unwrap();
    for place in targets(folder.path()) {
        let to = open(&place);
        // The county's 121 records end with a loss and an opened batch.
        copy(&Early { source: &*founded.store, records: 119 }, &*to, &Forbidden::default(), &mut |_, _| {}).unwrap();
        assert_eq!(to.answers(None, 1_000).unwrap().len(), 58);
        let again = submit(&*to, loss(batch, 1), Some("k59")).blocking_recv().unwrap().unwrap();
        assert_eq!((again.log_index, rest(&*to, batch)), (119, 941));
    }
}
